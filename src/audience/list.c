#include "audience/list.h"

#include "audience/form/signup_form.h"
#include "audience/interest/interest.h"
#include "audience/interest/permission.h"
#include "audience/kept/list_kept.h"
#include "audience/member.h"
#include "audience/merge_field.h"
#include "audience/must_exist.h"
#include "audience/side/side.h"
#include "audience/suppression.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/email.h"
#include "base/err.h"
#include "base/random.h"
#include "base/strbuf.h"
#include "base/text/time_zone.h"
#include "sql/list.h"
#include "sql/member_word.h"
#include "sql/merge_field.h"
#include "sql/segment.h"
#include "store/store.h"
#include "store/tally.h"
#include "store/update.h"

#include <string.h>

#define HEX_DIGITS 10
#define NAME_MAX_BYTES 100

static void read_row(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct list *)out = (struct list){
		.id = rows_int(rows, 0),
		.hex = rows_dup(rows, 1, arena),
		.name = rows_dup(rows, 2, arena),
		.is_master = rows_int(rows, 3) != 0,
		.contact = rows_dup(rows, 4, arena),
		.permission_reminder = rows_dup(rows, 5, arena),
		.campaign_defaults = rows_dup(rows, 6, arena),
		.email_type_option = rows_int(rows, 7) != 0,
		.use_archive_bar = rows_int(rows, 8) != 0,
		.double_optin = rows_int(rows, 9) != 0,
		.marketing_permissions = rows_int(rows, 10) != 0,
		.notify_on_subscribe = rows_dup(rows, 11, arena),
		.notify_on_unsubscribe = rows_dup(rows, 12, arena),
		.visibility = rows_dup(rows, 13, arena),
		.created_ms = rows_int(rows, 14),
	};
}

int list_find(struct db *db, const char *hex, struct arena *arena,
	      struct list *out, struct err *err)
{
	return db_get(db, SQL_LIST_FIND, SQL_ARGS(sql_text(hex)), read_row,
		      arena, out, err);
}

int list_get(struct db *db, const char *hex, struct arena *arena,
	     struct list *out, struct err *err)
{
	return must_exist(list_find(db, hex, arena, out, err), err);
}

int list_get_by_id(struct db *db, int64_t id, struct arena *arena,
		   struct list *out, struct err *err)
{
	return must_exist(db_get(db, SQL_LIST_BY_ID, SQL_ARGS(sql_int(id)),
				 read_row, arena, out, err),
			  err);
}

/* A text of one of its objects; "" if there is none. */
static const char *text_of(const char *object, const char *key,
			   struct arena *arena)
{
	CLEANUP(json_free) json_t *tree = NULL;
	struct err ignored = ERR_INIT; /* our own column */
	const char *text = NULL;

	if (json_parse(str_of(object), &tree, &ignored) == 0)
		text = json_string_value(json_object_get(tree, key));
	return text ? arena_strdup(arena, text) : "";
}

const char *list_company(const struct list *list, struct arena *arena)
{
	return text_of(list->contact, "company", arena);
}

const char *list_contact_lines(const char *contact, struct arena *arena)
{
	static const char *const parts[] = { "company", "address1", "address2",
					     "city",    "state",    "zip",
					     "country" };
	CLEANUP(strbuf_release) struct strbuf lines = STRBUF_INIT;
	CLEANUP(json_free) json_t *tree = NULL;
	struct err ignored = ERR_INIT; /* our own column */
	const char *street;

	if (json_parse(str_of(contact), &tree, &ignored) < 0)
		return "";
	street = json_string_value(json_object_get(tree, "address1"));
	if (!street || !*street)
		return "";
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		const char *part =
			json_string_value(json_object_get(tree, parts[i]));

		if (part && *part)
			strbuf_addf(&lines, "%s%s", lines.len ? "\n" : "",
				    part);
	}
	return arena_str(arena, strbuf_str(&lines));
}

const char *list_language(const struct list *list, struct arena *arena)
{
	return text_of(list->campaign_defaults, "language", arena);
}

struct list_sender list_sender_of(const struct list *list, struct arena *arena)
{
	return (struct list_sender){
		.name = text_of(list->campaign_defaults, "from_name", arena),
		.email = text_of(list->campaign_defaults, "from_email", arena),
	};
}

int list_list(struct db *db, const struct list_filter *filter,
	      struct arena *arena, struct lists *out, int64_t *total_out,
	      struct err *err)
{
	struct sql_value before = sql_id_or_null(filter->before_created_ms);
	struct sql_value since = sql_id_or_null(filter->since_created_ms);
	struct sql_value sent_before = sql_id_or_null(filter->before_sent_ms);
	struct sql_value sent_since = sql_id_or_null(filter->since_sent_ms);
	struct sql_value hash = sql_null();
	char digits[MD5_HEX + 1];

	if (filter->email) {
		email_hash(filter->email, digits);
		hash = sql_text(digits);
	}
	if (db_find_int(db, SQL_LIST_COUNT,
			SQL_ARGS(before, before, since, since, hash, hash,
				 sent_before, sent_before, sent_since,
				 sent_since),
			total_out, err) < 0)
		return -1;
	return db_list(db, SQL_LIST_PAGE,
		       SQL_ARGS(before, before, since, since, hash, hash,
				sent_before, sent_before, sent_since,
				sent_since, sql_int(filter->newest_first),
				sql_int(filter->count),
				sql_int(filter->offset)),
		       read_row, arena, out, err);
}

/* --- changes --- */

/* Lay the texts of an object over those of a stored one. */
static int lay_texts(const json_t *body, const char *key,
		     const char *const *names, const char **column,
		     struct arena *arena, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	CLEANUP(json_free) json_t *old = NULL;
	struct json_writer w = JSON_WRITER(&out);
	const json_t *given = NULL;

	if (json_get_object(body, key, &given, err) < 0 ||
	    json_parse(str_of(*column), &old, err) < 0)
		return -1;
	json_begin_object(&w);
	for (; *names; names++) {
		const char *text = "";

		if (json_get_text(old, *names, &text, err) < 0 ||
		    json_get_text(given, *names, &text, err) < 0)
			return -1;
		json_key_text(&w, *names, text);
	}
	json_end_object(&w);
	*column = arena_str(arena, strbuf_str(&out));
	return 0;
}

const char *const list_contact_keys[] = { "company", "address1", "address2",
					  "city",    "state",    "zip",
					  "country", "phone",    NULL };
const char *const list_default_keys[] = { "from_name", "from_email", "subject",
					  "language", NULL };

static int read_texts(const json_t *body, struct list *list,
		      struct arena *arena, struct err *err)
{
	const char *visibility = NULL;

	if (json_get_text(body, "name", &list->name, err) < 0 ||
	    json_get_text(body, "permission_reminder",
			  &list->permission_reminder, err) < 0 ||
	    json_get_text(body, "notify_on_subscribe",
			  &list->notify_on_subscribe, err) < 0 ||
	    json_get_text(body, "notify_on_unsubscribe",
			  &list->notify_on_unsubscribe, err) < 0 ||
	    json_get_text(body, "visibility", &visibility, err) < 0)
		return -1;
	if (visibility && *visibility) /* some clients send what they lack */
		list->visibility = visibility;
	if (!*list->name || strlen(list->name) > NAME_MAX_BYTES)
		return err_field(err, "name", "must have 1 to %d bytes",
				 NAME_MAX_BYTES);
	if (strcmp(list->visibility, "pub") != 0 &&
	    strcmp(list->visibility, "prv") != 0)
		return err_field(err, "visibility", "should be pub or prv");
	list->name = arena_strdup(arena, list->name);
	list->permission_reminder =
		arena_strdup(arena, list->permission_reminder);
	list->notify_on_subscribe =
		arena_strdup(arena, list->notify_on_subscribe);
	list->notify_on_unsubscribe =
		arena_strdup(arena, list->notify_on_unsubscribe);
	list->visibility = arena_strdup(arena, list->visibility);
	if (lay_texts(body, "contact", list_contact_keys, &list->contact, arena,
		      err) < 0)
		return -1;
	return lay_texts(body, "campaign_defaults", list_default_keys,
			 &list->campaign_defaults, arena, err);
}

static int read_body(const json_t *body, struct list *list, struct arena *arena,
		     struct err *err)
{
	if (json_get_bool(body, "email_type_option", &list->email_type_option,
			  err) < 0 ||
	    json_get_bool(body, "use_archive_bar", &list->use_archive_bar,
			  err) < 0 ||
	    json_get_bool(body, "double_optin", &list->double_optin, err) < 0 ||
	    json_get_bool(body, "marketing_permissions",
			  &list->marketing_permissions, err) < 0)
		return -1;
	return read_texts(body, list, arena, err);
}

static int insert_list(struct tx *tx, struct list *list, struct arena *arena,
		       struct err *err)
{
	char hex[HEX_DIGITS + 1];

	random_hex(hex, HEX_DIGITS);
	if (db_exec(tx, SQL_LIST_ADD,
		    SQL_ARGS(sql_text(hex), sql_text(list->name),
			     sql_int(list->is_master), sql_text(list->contact),
			     sql_text(list->permission_reminder),
			     sql_text(list->campaign_defaults),
			     sql_int(list->email_type_option),
			     sql_int(list->use_archive_bar),
			     sql_int(list->double_optin),
			     sql_int(list->marketing_permissions),
			     sql_text(list->notify_on_subscribe),
			     sql_text(list->notify_on_unsubscribe),
			     sql_text(list->visibility),
			     sql_int(list->created_ms)),
		    err) < 0)
		return -1;
	if (list_get(tx->db, hex, arena, list, err) < 0)
		return -1;
	if (list->marketing_permissions &&
	    permission_begin(tx, list->id, arena, err) < 0)
		return -1;
	return merge_field_add_defaults(tx, list->id, err);
}

static struct list new_list(int64_t now_ms)
{
	return (struct list){
		.name = "",
		.contact = "{}",
		.permission_reminder = "",
		.campaign_defaults = "{}",
		.notify_on_subscribe = "",
		.notify_on_unsubscribe = "",
		.visibility = "prv",
		.use_archive_bar = true,
		.created_ms = now_ms,
	};
}

int list_add(struct tx *tx, const json_t *body, int64_t now_ms,
	     struct arena *arena, struct list *out, struct err *err)
{
	static const char *const required[] = { "name", "contact",
						"permission_reminder",
						"campaign_defaults",
						"email_type_option" };
	struct list list = new_list(now_ms);

	for (size_t i = 0; i < ARRAY_SIZE(required); i++) {
		const json_t *value = json_object_get(body, required[i]);

		if (!value || json_is_null(value))
			return err_field(err, required[i],
					 "This value should not be blank.");
	}
	if (read_body(body, &list, arena, err) < 0 ||
	    insert_list(tx, &list, arena, err) < 0)
		return -1;
	*out = list;
	return 0;
}

static void note_changes(const struct list *before, const struct list *now,
			 struct update *u)
{
	update_text(u, "name", before->name, now->name);
	update_text(u, "contact", before->contact, now->contact);
	update_text(u, "permission_reminder", before->permission_reminder,
		    now->permission_reminder);
	update_text(u, "campaign_defaults", before->campaign_defaults,
		    now->campaign_defaults);
	update_int(u, "email_type_option", before->email_type_option,
		   now->email_type_option);
	update_int(u, "use_archive_bar", before->use_archive_bar,
		   now->use_archive_bar);
	update_int(u, "double_optin", before->double_optin, now->double_optin);
	update_int(u, "marketing_permissions", before->marketing_permissions,
		   now->marketing_permissions);
	update_text(u, "notify_on_subscribe", before->notify_on_subscribe,
		    now->notify_on_subscribe);
	update_text(u, "notify_on_unsubscribe", before->notify_on_unsubscribe,
		    now->notify_on_unsubscribe);
	update_text(u, "visibility", before->visibility, now->visibility);
}

#define ZONE_SETTING "account_timezone"

int account_zone_load(struct db *db, struct arena *arena,
		      const struct time_zone **out, struct err *err)
{
	const char *name = NULL;

	if (setting_find(db, ZONE_SETTING, arena, &name, err) < 0)
		return -1;
	*out = name && *name ? time_zone_find(name, arena) : NULL;
	return 0;
}

/* Ours alone: in Mailchimp it is a setting of the account's own pages. */
static int take_zone(struct tx *tx, const struct list *list, const json_t *body,
		     struct err *err)
{
	const char *name = NULL;
	int given = json_get_text(body, ZONE_SETTING, &name, err);

	if (given <= 0 || !list->is_master)
		return given < 0 ? -1 : 0;
	if (*name && !time_zone_is_known(name))
		return err_field(err, ZONE_SETTING, "is no time zone");
	return setting_put(tx, ZONE_SETTING, name, err) < 0 ? -1 : 0;
}

int list_update(struct tx *tx, const char *hex, const json_t *body,
		struct arena *arena, struct list *out, struct err *err)
{
	CLEANUP(update_release) struct update u = UPDATE_OF("list");
	struct list before, list;
	int64_t id;

	if (db_find_int(tx->db, SQL_LIST_LOCK, SQL_ARGS(sql_text(hex)), &id,
			err) < 0 ||
	    list_get(tx->db, hex, arena, &before, err) < 0)
		return -1;
	list = before;
	if (read_body(body, &list, arena, err) < 0 ||
	    take_zone(tx, &list, body, err) < 0)
		return -1;
	note_changes(&before, &list, &u);
	if (update_run(&u, tx, "id = ?", SQL_ARGS(sql_int(list.id)), err) < 0 ||
	    (list.marketing_permissions &&
	     permission_begin(tx, list.id, arena, err) < 0))
		return -1;
	*out = list;
	return 0;
}

int list_remove(struct tx *tx, const char *hex, int64_t now_ms, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const struct sql *const steps[] = {
		SQL_LIST_DELETE_SEGMENT_MEMBERS, SQL_LIST_DELETE_SEGMENTS,
		SQL_LIST_DELETE_WEBHOOKS,        SQL_LIST_DELETE_ADDRESSES,
		SQL_LIST_DELETE_MEMBERS,         SQL_MEMBER_WORD_LIST_REMOVE,
		SQL_MERGE_FIELD_REMOVE_ALL,
	};
	struct list list;
	int64_t id;

	if (db_find_int(tx->db, SQL_LIST_LOCK, SQL_ARGS(sql_text(hex)), &id,
			err) < 0 ||
	    list_get(tx->db, hex, arena, &list, err) < 0)
		return -1;
	if (list.is_master)
		return err_title(err, ERR_CONFLICT, "Method Not Allowed",
				 "The master audience cannot be deleted.");
	if (member_sides_drop_list(tx, list.id, err) < 0 ||
	    interest_remove_all(tx, list.id, err) < 0 ||
	    signup_form_remove(tx, list.id, err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
		if (db_exec(tx, steps[i], SQL_ARGS(sql_int(list.id)), err) < 0)
			return -1;
	if (list_kept_remove(tx, list.id, err) < 0)
		return -1;
	return db_exec(tx, SQL_LIST_DELETE,
		       SQL_ARGS(sql_int(now_ms), sql_int(list.id)), err) < 0
		       ? -1
		       : 0;
}

int list_find_master(struct db *db, struct arena *arena, struct list *out,
		     struct err *err)
{
	return db_get(db, SQL_LIST_MASTER, SQL_NO_ARGS, read_row, arena, out,
		      err);
}

int list_ensure_master(struct tx *tx, const char *organisation, int64_t now_ms,
		       struct arena *arena, struct list *out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf contact = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&contact);
	struct suppression_key key;
	struct list list = new_list(now_ms);
	int found = list_find_master(tx->db, arena, out, err);

	if (found)
		return found < 0 ? -1 : 0;
	json_begin_object(&w);
	json_key_text(&w, "company", organisation);
	json_end_object(&w);
	list.name = *organisation ? organisation : "Master audience";
	list.is_master = true;
	/* nobody is signed up by somebody else, unless its owner wants that */
	list.double_optin = true;
	list.contact = contact.buf;
	list.permission_reminder =
		"You are receiving this because you are in touch with us.";
	if (suppression_key_ensure(tx, &key, err) < 0 ||
	    insert_list(tx, &list, arena, err) < 0)
		return -1;
	*out = list;
	return 1;
}

int list_account_id(struct db *db, char out[LIST_ACCOUNT_HEX + 1],
		    struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	char digits[SHA256_HEX + 1];
	struct list master;
	int found = list_find_master(db, arena, &master, err);

	*out = '\0';
	if (found <= 0)
		return found;
	sha256_hex(str_of(master.hex), digits);
	memcpy(out, digits, LIST_ACCOUNT_HEX);
	out[LIST_ACCOUNT_HEX] = '\0';
	return 0;
}

/* --- figures --- */

int list_last_sent_ms(struct db *db, int64_t list_id, int64_t *out,
		      struct err *err)
{
	return db_find_int(db, SQL_SEGMENT_LAST_SENT_MS,
			   SQL_ARGS(sql_int(list_id)), out, err) < 0
		       ? -1
		       : 0;
}

/* Each fills its part of a struct list_stats. */
static void read_campaigns(const struct rows *rows, struct arena *arena,
			   void *out)
{
	struct list_stats *stats = out;

	(void)arena; /* figures only */
	stats->campaign_count = rows_int(rows, 0);
	stats->campaign_last_sent_ms = rows_int(rows, 1);
}

static void read_rates(const struct rows *rows, struct arena *arena, void *out)
{
	double recipients = (double)rows_int(rows, 0);
	struct list_stats *stats = out;

	(void)arena;
	if (recipients <= 0)
		return;
	stats->open_rate = 100.0 * (double)rows_int(rows, 1) / recipients;
	stats->click_rate = 100.0 * (double)rows_int(rows, 2) / recipients;
}

static int add_since_send(struct db *db, int64_t list_id,
			  struct list_stats *out, struct err *err)
{
	struct sql_value id = sql_int(list_id);
	struct sql_value from = sql_int(out->campaign_last_sent_ms);

	if (db_find_int(db, SQL_LIST_GONE_SINCE,
			SQL_ARGS(id, sql_int(MEMBER_UNSUBSCRIBED), from),
			&out->unsubscribes_since_send, err) < 0 ||
	    db_find_int(db, SQL_LIST_GONE_SINCE,
			SQL_ARGS(id, sql_int(MEMBER_CLEANED), from),
			&out->cleaned_since_send, err) < 0)
		return -1;
	return db_find_int(db, SQL_LIST_JOINED_SINCE, SQL_ARGS(id, from, from),
			   &out->members_since_send, err);
}

static int add_campaign_stats(struct db *db, int64_t list_id,
			      struct list_stats *out, struct err *err)
{
	struct sql_value id = sql_int(list_id);

	if (db_get(db, SQL_LIST_CAMPAIGNS, SQL_ARGS(id), read_campaigns, NULL,
		   out, err) < 0)
		return -1;
	if (out->campaign_count && db_get(db, SQL_LIST_RATES, SQL_ARGS(id),
					  read_rates, NULL, out, err) < 0)
		return -1;
	if (!out->campaign_last_sent_ms)
		return 0;
	return add_since_send(db, list_id, out, err) < 0 ? -1 : 0;
}

int list_stats(struct db *db, const struct list *list, int64_t now_ms,
	       struct list_stats *out, struct err *err)
{
	struct sql_value id = sql_int(list->id);
	CLEANUP(tally_release) struct tally t = TALLY_INIT;
	struct list_stats stats = { 0 };
	double months = (double)(now_ms - list->created_ms) / (30.0 * MS_DAY);

	if (list_kept_read(db, list->id, &t, err) < 0 ||
	    add_campaign_stats(db, list->id, &stats, err) < 0 ||
	    db_find_int(db, SQL_LIST_MERGE_FIELDS, SQL_ARGS(id),
			&stats.merge_field_count, err) < 0 ||
	    db_find_int(db, SQL_LIST_LAST_CHANGE,
			SQL_ARGS(id, sql_int(MEMBER_SUBSCRIBED)),
			&stats.last_sub_ms, err) < 0 ||
	    db_find_int(db, SQL_LIST_LAST_GONE,
			SQL_ARGS(id, sql_int(MEMBER_UNSUBSCRIBED)),
			&stats.last_unsub_ms, err) < 0)
		return -1;
	stats.member_count = list_kept_sum(&t, MEMBER_SUBSCRIBED);
	stats.unsubscribe_count = list_kept_sum(&t, MEMBER_UNSUBSCRIBED);
	stats.cleaned_count = list_kept_sum(&t, MEMBER_CLEANED);
	stats.total_contacts = stats.member_count + stats.unsubscribe_count +
			       stats.cleaned_count +
			       list_kept_sum(&t, MEMBER_PENDING);
	if (months < 1)
		months = 1;
	stats.avg_sub_rate = (double)stats.member_count / months;
	stats.avg_unsub_rate = (double)stats.unsubscribe_count / months;
	stats.target_sub_rate = stats.avg_unsub_rate;
	*out = stats;
	return 0;
}
