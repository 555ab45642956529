/* Audiences. Handlers; any worker. */
#include "api/mc30/mc30.h"

#include "api/handlers.h"
#include "audience/form/signup_form.h"
#include "audience/list.h"
#include "base/arena.h"
#include "base/err.h"

#include <string.h>

static void write_stats(struct json_writer *w, const struct list_stats *s,
			bool total)
{
	json_key_begin_object(w, "stats");
	json_key_int(w, "member_count", s->member_count);
	if (total)
		json_key_int(w, "total_contacts", s->total_contacts);
	json_key_int(w, "unsubscribe_count", s->unsubscribe_count);
	json_key_int(w, "cleaned_count", s->cleaned_count);
	json_key_int(w, "member_count_since_send", s->members_since_send);
	json_key_int(w, "unsubscribe_count_since_send",
		     s->unsubscribes_since_send);
	json_key_int(w, "cleaned_count_since_send", s->cleaned_since_send);
	json_key_int(w, "campaign_count", s->campaign_count);
	json_key_time(w, "campaign_last_sent", s->campaign_last_sent_ms);
	json_key_int(w, "merge_field_count", s->merge_field_count);
	json_key_number(w, "avg_sub_rate", s->avg_sub_rate);
	json_key_number(w, "avg_unsub_rate", s->avg_unsub_rate);
	json_key_number(w, "target_sub_rate", s->target_sub_rate);
	json_key_number(w, "open_rate", s->open_rate);
	json_key_number(w, "click_rate", s->click_rate);
	json_key_time(w, "last_sub_date", s->last_sub_ms);
	json_key_time(w, "last_unsub_date", s->last_unsub_ms);
	json_end_object(w);
}

static void write_links(struct json_writer *w, const char *base,
			const char *hex)
{
	static const struct {
		const char *rel, *method, *path;
	} links[] = {
		{ "self", "GET", "" },
		{ "update", "PATCH", "" },
		{ "batch-sub-unsub-members", "POST", "" },
		{ "delete", "DELETE", "" },
		{ "members", "GET", "/members" },
		{ "merge-fields", "GET", "/merge-fields" },
		{ "segments", "GET", "/segments" },
		{ "signup-forms", "GET", "/signup-forms" },
		{ "webhooks", "GET", "/webhooks" },
	};

	mc_links_begin(w);
	mc_link(w, "parent", "GET", base, "/lists");
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		mc_link(w, links[i].rel, links[i].method, base, "/lists/%s%s",
			hex, links[i].path);
	mc_links_end(w);
}

/* All texts of an object, those that nobody has given as "". */
static void write_texts(struct json_writer *w, const char *key,
			const char *column, const char *const *names)
{
	CLEANUP(json_free) json_t *given = NULL;
	struct err ignored = ERR_INIT;

	(void)json_parse(str_of(column ? column : "{}"), &given, &ignored);
	json_key_begin_object(w, key);
	for (; *names; names++) {
		const char *text =
			json_string_value(json_object_get(given, *names));

		json_key_text(w, *names, text ? text : "");
	}
	json_end_object(w);
}

static int write_list(const struct request *rq, struct db *db,
		      const struct list *list, struct json_writer *w,
		      struct err *err)
{
	bool total = request_query_bool(rq, "include_total_contacts", false);
	const char *public_url = api_of(rq)->public_url;
	struct list_stats stats = { 0 };
	char account[LIST_ACCOUNT_HEX + 1];
	const char *form;

	if (list_account_id(db, account, err) < 0 ||
	    (json_wants(w, "stats") &&
	     list_stats(db, list, rq->now_ms, &stats, err) < 0))
		return -1;
	form = signup_form_url(public_url ? public_url : "", account, list->hex,
			       rq->arena);
	json_begin_object(w);
	json_key_text(w, "id", list->hex);
	json_key_int(w, "web_id", list->id);
	json_key_text(w, "name", list->name);
	write_texts(w, "contact", list->contact, list_contact_keys);
	json_key_text(w, "permission_reminder", list->permission_reminder);
	json_key_bool(w, "use_archive_bar", list->use_archive_bar);
	write_texts(w, "campaign_defaults", list->campaign_defaults,
		    list_default_keys);
	json_key_text(w, "notify_on_subscribe", list->notify_on_subscribe);
	json_key_text(w, "notify_on_unsubscribe", list->notify_on_unsubscribe);
	json_key_time(w, "date_created", list->created_ms);
	json_key_int(w, "list_rating", 0);
	json_key_bool(w, "email_type_option", list->email_type_option);
	json_key_text(w, "subscribe_url_short", form);
	json_key_text(w, "subscribe_url_long", form);
	json_key_text(w, "beamer_address", "");
	json_key_text(w, "visibility", list->visibility);
	json_key_bool(w, "double_optin", list->double_optin);
	json_key_bool(w, "has_welcome", false);
	json_key_bool(w, "marketing_permissions", list->marketing_permissions);
	json_key_begin_array(w, "modules");
	json_end_array(w);
	write_stats(w, &stats, total);
	write_links(w, mc_base(rq), list->hex);
	json_end_object(w);
	return 0;
}

static int read_filter(const struct request *rq, struct list_filter *out,
		       struct err *err)
{
	static const char *const dirs[] = { "ASC", "DESC", NULL };
	struct mc_page page;
	int dir = mc_query_word(rq, "sort_dir", dirs, 0, err);

	*out = (struct list_filter){ .email = request_query(rq, "email") };
	if (dir < 0 || mc_page(rq, &page, err) < 0 ||
	    mc_query_ms(rq, "before_date_created", &out->before_created_ms,
			err) < 0 ||
	    mc_query_ms(rq, "since_date_created", &out->since_created_ms, err) <
		    0 ||
	    mc_query_ms(rq, "before_campaign_last_sent", &out->before_sent_ms,
			err) < 0 ||
	    mc_query_ms(rq, "since_campaign_last_sent", &out->since_sent_ms,
			err) < 0)
		return -1;
	/* No list has one: none is as new as that. */
	if (request_query_bool(rq, "has_ecommerce_store", false))
		out->since_created_ms = INT64_MAX;
	if (out->email && !*out->email)
		out->email = NULL;
	out->newest_first = dir == 1;
	out->count = page.count;
	out->offset = page.offset;
	return 0;
}

int mc_lists_list(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct lists lists = VEC_INIT;
	struct json_writer w = mc_writer(rq, rs);
	struct list_filter filter;
	int64_t total = 0;

	if (read_filter(rq, &filter, err) < 0 || mc_db(rq, &db, err) < 0 ||
	    list_list(db, &filter, rq->arena, &lists, &total, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_begin_array(&w, "lists");
	vec_each (&lists, list)
		if (write_list(rq, db, list, &w, err) < 0)
			return -1;
	json_end_array(&w);
	json_key_begin_object(&w, "constraints");
	json_key_bool(&w, "may_create", true);
	json_key_int(&w, "max_instances", -1);
	json_key_int(&w, "current_total_instances", total);
	json_end_object(&w);
	mc_collection_end(&w, total, mc_base(rq), "/lists", "/");
	json_end_object(&w);
	return 0;
}

int mc_lists_get(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct json_writer w = mc_writer(rq, rs);
	struct list list;

	if (mc_db(rq, &db, err) < 0 || mc_list_of_path(rq, db, &list, err) < 0)
		return -1;
	return write_list(rq, db, &list, &w, err);
}

int mc_lists_add(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct json_writer w = mc_writer(rq, rs);
	const json_t *body;
	struct list list;

	if (mc_body(rq, &body, err) < 0 || mc_db(rq, &db, err) < 0 ||
	    tx_begin(db, &tx, err) < 0 ||
	    list_add(&tx, body, rq->now_ms, rq->arena, &list, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	return write_list(rq, db, &list, &w, err);
}

int mc_lists_update(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct json_writer w = mc_writer(rq, rs);
	const json_t *body;
	struct list list;

	if (mc_body(rq, &body, err) < 0 || mc_db(rq, &db, err) < 0 ||
	    tx_begin(db, &tx, err) < 0 ||
	    list_update(&tx, request_param(rq, "list_id"), body, rq->arena,
			&list, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	return write_list(rq, db, &list, &w, err);
}

int mc_lists_remove(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	response_header(rs, "Allow", "GET, PATCH, POST");
	if (mc_db(rq, &db, err) < 0 || tx_begin(db, &tx, err) < 0 ||
	    list_remove(&tx, request_param(rq, "list_id"), rq->now_ms, err) <
		    0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	response_empty(rs, 204);
	return 0;
}
