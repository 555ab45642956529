#include "bridge/target/send_target.h"

#include "base/arena.h"
#include "base/err.h"
#include "bridge/bridge_private.h"
#include "bridge/target/ledger.h"
#include "crm/campaign_figures.h"
#include "crm/campaign_record.h"

#include "sql/bridge.h"
#include "sql/campaign_target.h"

#include <string.h>

#define RECHECKS 5

void send_target_release(struct send_target *t)
{
	hash_set_release(&t->barred);
	json_free(&t->conditions);
}

/* --- whom the CRM bars --- */

/* What the audience refuses for good does not matter: they are barred, too. */
static int unsubscribe_all(struct work *w, struct err *err)
{
	CLEANUP(vec_release) struct texts hashes = VEC_INIT;

	if (db_list_texts(w->db, SQL_RECONCILE_OPTED_OUT, SQL_NO_ARGS, w->arena,
			  &hashes, err) < 0)
		return -1;
	vec_each (&hashes, hash) {
		struct err why = ERR_INIT;

		if (unsubscribe_opted_out(w, *hash, 0, &why) < 0 &&
		    is_passing(&why)) {
			*err = why;
			return -1;
		}
	}
	return 0;
}

/* The tag by its name; 0: there is none. */
static int find_tag(struct send_target *t, struct err *err)
{
	CLEANUP(mc_pages_release)
	struct mc_pages pages = {
		.path = list_path(t->w, "/segments?type=static&fields="
					"segments.id,segments.name,"
					"total_items"),
		.items = "segments",
		.count = ITEMS_A_PAGE,
	};
	const json_t *page;
	json_t *s;
	size_t i;
	int more;

	t->barred_id = 0;
	while ((more = mc_next_page(t->w->client, &pages, &page, err)) > 0)
		json_array_foreach (page, i, s) {
			const char *name =
				json_string_value(json_object_get(s, "name"));

			if (name && strcmp(name, BARRED_TAG) == 0)
				t->barred_id = json_integer_value(
					json_object_get(s, "id"));
		}
	return more;
}

/* One call a member: it makes the tag, too, and doing it twice is nothing. */
static int set_tag(struct work *w, const char *hash, bool on, struct err *err)
{
	struct err why = ERR_INIT;

	if (mc_call(w->client, "POST", list_path(w, "/members/%s/tags", hash),
		    on ? "{\"tags\":[{\"name\":\"" BARRED_TAG
			 "\",\"status\":\"active\"}]}"
		       : "{\"tags\":[{\"name\":\"" BARRED_TAG
			 "\",\"status\":\"inactive\"}]}",
		    NULL, &why) == 0 ||
	    why.code == ERR_NOT_FOUND) /* no member any more */
		return 0;
	*err = why;
	return -1;
}

static int load_barred(struct work *w, struct texts *out, struct err *err)
{
	return db_list_texts(w->db, SQL_TARGET_BARRED, SQL_NO_ARGS, w->arena,
			     out, err);
}

static int load_tagged(struct send_target *t, struct err *err)
{
	CLEANUP(mc_pages_release)
	struct mc_pages pages = { .items = "members", .count = ITEMS_A_PAGE };
	const json_t *page;
	json_t *m;
	size_t i;
	int more = 0;

	if (t->barred_id > 0) {
		pages.path = list_path(
			t->w, "/segments/%lld/members?fields=members.id",
			(long long)t->barred_id);
		while ((more = mc_next_page(t->w->client, &pages, &page, err)) >
		       0)
			json_array_foreach (page, i, m)
				(void)hash_set_add(
					&t->barred,
					json_string_value(
						json_object_get(m, "id")));
	}
	hash_set_seal(&t->barred);
	return more;
}

/* Those who lack it get the tag; how many, or -1. */
static int add_tags(struct send_target *t, struct err *err)
{
	CLEANUP(vec_release) struct texts hashes = VEC_INIT;
	int n = 0;

	if (load_barred(t->w, &hashes, err) < 0)
		return -1;
	vec_each (&hashes, hash) {
		if (hash_set_see(&t->barred, *hash))
			continue;
		if (set_tag(t->w, *hash, true, err) < 0)
			return -1;
		(void)hash_set_add(&t->barred, *hash);
		n++;
	}
	hash_set_seal(&t->barred);
	return n;
}

/* Who has the tag and may be mailed again. */
static int take_tags(struct send_target *t, struct err *err)
{
	CLEANUP(hash_set_release) struct hash_set now = HASH_SET_INIT;
	CLEANUP(vec_release) struct texts hashes = VEC_INIT;

	if (load_barred(t->w, &hashes, err) < 0)
		return -1;
	vec_each (&hashes, hash)
		(void)hash_set_add(&now, *hash);
	hash_set_seal(&now);
	for (size_t i = 0; i < t->barred.n; i++) {
		char hash[MD5_HEX + 1];

		hash_set_get(&t->barred, i, hash);
		if (!hash_set_see(&now, hash) &&
		    set_tag(t->w, hash, false, err) < 0)
			return -1;
	}
	return 0;
}

/* --- the saved segment, less those --- */

static int read_conditions(struct send_target *t, struct err *err)
{
	CLEANUP(json_free) json_t *reply = NULL;
	const json_t *options;
	const char *match;

	if (mc_get(t->w->client,
		   list_path(t->w, "/segments/%lld",
			     (long long)t->c->segment_id),
		   &reply, err) < 0)
		return -1;
	options = json_object_get(reply, "options");
	match = json_string_value(json_object_get(options, "match"));
	t->conditions = json_deep_copy(json_object_get(options, "conditions"));
	if (json_array_size(t->conditions) == 0 ||
	    (json_array_size(t->conditions) > 1 &&
	     (!match || strcmp(match, "all") != 0)))
		return err_set(err, ERR_CONFLICT,
			       "some members of this audience must not be "
			       "mailed, and a segment that matches any of "
			       "several conditions cannot leave them out: send "
			       "to a tag or a group, or let the segment match "
			       "all of its conditions");
	return 0;
}

int send_target_prepare(struct send_target *t, struct err *err)
{
	CLEANUP(field_map_release) struct field_map map = { 0 };
	int added;

	if (field_map_load(t->w, &map, err) < 0 ||
	    mirror_refresh(t->w, &map, false, err) < 0 ||
	    unsubscribe_all(t->w, err) < 0 || find_tag(t, err) < 0 ||
	    load_tagged(t, err) < 0)
		return -1;
	added = add_tags(t, err);
	if (added < 0 || take_tags(t, err) < 0 ||
	    (added > 0 && t->barred_id == 0 && find_tag(t, err) < 0))
		return -1;
	if (added > 0 && t->barred_id == 0)
		return err_set(err, ERR_RETRY,
			       "the tag that bars members is "
			       "not there yet");
	if (t->barred_id > 0 && t->c->to_kind == CRM_CAMPAIGN_TO_SEGMENT)
		return read_conditions(t, err);
	return 0;
}

static void write_static(const char *op, int64_t segment_id,
			 struct json_writer *j)
{
	json_begin_object(j);
	json_key_text(j, "condition_type", "StaticSegment");
	json_key_text(j, "field", "static_segment");
	json_key_text(j, "op", op);
	json_key_int(j, "value", segment_id);
	json_end_object(j);
}

void send_target_write(const struct send_target *t, struct json_writer *j)
{
	json_t *condition;
	size_t i;

	if (t->barred_id == 0 && t->c->segment_id == 0)
		return;
	json_key_begin_object(j, "segment_opts");
	if (t->barred_id == 0) {
		json_key_int(j, "saved_segment_id", t->c->segment_id);
		json_end_object(j);
		return;
	}
	json_key_text(j, "match", "all");
	json_key_begin_array(j, "conditions");
	if (t->c->to_kind == CRM_CAMPAIGN_TO_TAG)
		write_static("static_is", t->c->segment_id, j);
	json_array_foreach (t->conditions, i, condition)
		json_tree(j, condition);
	write_static("static_not", t->barred_id, j);
	json_end_array(j);
	json_end_object(j);
}

/* --- the ledger --- */

static const char *members_path(struct send_target *t)
{
	static const char fields[] = "fields=members.id,members.status,"
				     "members.email_address,total_items";

	if (t->c->segment_id == 0)
		return list_path(t->w, "/members?status=subscribed&%s", fields);
	return list_path(t->w, "/segments/%lld/members?%s",
			 (long long)t->c->segment_id, fields);
}

static int add_page(struct send_target *t, const json_t *page, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(strbuf_release) struct strbuf hashes = STRBUF_INIT;
	CLEANUP(figures_release) struct figures_change figures = FIGURES_CHANGE;

	ledger_hashes(page, "id", &hashes);
	if (tx_begin(t->w->db, &tx, err) < 0 ||
	    figures_begin(&tx, t->c->id, sql_str(strbuf_str(&hashes)), &figures,
			  err) < 0 ||
	    ledger_add(&tx, t->w, t->c->id, page, "id", strbuf_str(&hashes),
		       true, err) < 0 ||
	    figures_end(&tx, &figures, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* Those who are subscribed, of a page. */
static int add_subscribed(struct send_target *t, const json_t *page,
			  struct err *err)
{
	CLEANUP(json_free) json_t *chosen = json_array();
	json_t *m;
	size_t i;

	json_array_foreach (page, i, m)
		if (member_status(m) == MIRROR_SUBSCRIBED)
			(void)json_array_append(chosen, m);
	return json_array_size(chosen) ? add_page(t, chosen, err) : 0;
}

/* Opted out before the CRM forgot them: whoever brought the address into the
 * audience did not know. */
static int unsubscribe_kept(struct send_target *t, struct err *err)
{
	CLEANUP(vec_release) struct texts hashes = VEC_INIT;

	if (db_list_texts(t->w->db, SQL_TARGET_LEFT_HASHES,
			  SQL_ARGS(sql_int(t->c->id)), t->w->arena, &hashes,
			  err) < 0)
		return -1;
	vec_each (&hashes, hash)
		if (unsubscribe_member(t->w, *hash, err) < 0)
			return -1;
	return 0;
}

int send_target_fill(struct send_target *t, struct err *err)
{
	CLEANUP(mc_pages_release)
	struct mc_pages pages = { .path = members_path(t),
				  .items = "members",
				  .count = ITEMS_A_PAGE };
	const json_t *page;
	int more;

	while ((more = mc_next_page(t->w->client, &pages, &page, err)) > 0)
		if (add_subscribed(t, page, err) < 0)
			return -1;
	return more < 0 ? -1 : unsubscribe_kept(t, err);
}

/* --- just before it goes out --- */

/* Their rows are made anew, by the present. How many addresses, or -1. */
static int renew_overtaken(struct send_target *t, struct err *err)
{
	CLEANUP(vec_release) struct texts hashes = VEC_INIT;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(json_free) json_t *page = json_array();
	CLEANUP(figures_release) struct figures_change figures = FIGURES_CHANGE;

	if (db_list_texts(t->w->db, SQL_LEDGER_OVERTAKEN,
			  SQL_ARGS(sql_int(t->c->id)), t->w->arena, &hashes,
			  err) < 0)
		return -1;
	if (hashes.n == 0)
		return 0;
	vec_each (&hashes, hash) {
		json_t *item = json_object();

		(void)json_object_set_new(item, "id", json_string(*hash));
		(void)json_array_append_new(page, item);
	}
	ledger_hashes(page, "id", &text);
	if (tx_begin(t->w->db, &tx, err) < 0 ||
	    figures_begin(&tx, t->c->id, sql_str(strbuf_str(&text)), &figures,
			  err) < 0 ||
	    db_exec(&tx, SQL_LEDGER_DROP,
		    SQL_ARGS(sql_int(t->c->id), sql_str(strbuf_str(&text))),
		    err) < 0 ||
	    ledger_add(&tx, t->w, t->c->id, page, "id", strbuf_str(&text),
		       false, err) < 0 ||
	    figures_end(&tx, &figures, err) < 0 || tx_commit(&tx, err) < 0)
		return -1;
	return (int)hashes.n;
}

int send_target_recheck(struct send_target *t, struct err *err)
{
	bool excluded = t->barred_id > 0;

	for (int i = 0; i < RECHECKS; i++) {
		int rows, tags;

		if (unsubscribe_all(t->w, err) < 0)
			return -1;
		tags = add_tags(t, err);
		rows = tags < 0 ? -1 : renew_overtaken(t, err);
		if (rows < 0)
			return -1;
		if (tags > 0 && !excluded)
			break; /* the draft is to be written anew */
		if (tags == 0 && rows == 0)
			return 0;
	}
	return err_set(err, ERR_RETRY,
		       "who may be mailed changes while the campaign is made "
		       "ready");
}
