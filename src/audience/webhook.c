#include "audience/webhook.h"

#include "audience/must_exist.h"
#include "audience/webhook_private.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/random.h"
#include "base/strbuf.h"
#include "sql/webhook.h"
#include "store/db.h"
#include "store/update.h"

#include <string.h>

#define HEX_DIGITS 10
#define URL_MAX 2000

static const char *const event_names[WEBHOOK_EVENTS] = {
	[WEBHOOK_SUBSCRIBE] = "subscribe",
	[WEBHOOK_UNSUBSCRIBE] = "unsubscribe",
	[WEBHOOK_PROFILE] = "profile",
	[WEBHOOK_CLEANED] = "cleaned",
	[WEBHOOK_UPEMAIL] = "upemail",
	[WEBHOOK_CAMPAIGN] = "campaign",
};
static const char *const source_names[] = { "user", "admin", "api" };

const char *webhook_event_name(enum webhook_event event)
{
	return event_names[event];
}

/* --- reading --- */

static int read_flags(const char *json, const char *const *names, size_t n,
		      bool *out, struct err *err)
{
	CLEANUP(json_free) json_t *tree = NULL;

	if (json_parse(str_of(json), &tree, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (json_get_bool(tree, names[i], &out[i], err) < 0)
			return -1;
	return 0;
}

static int read_row(const struct rows *rows, struct arena *arena,
		    struct webhook *out, struct err *err)
{
	*out = (struct webhook){
		.id = rows_int(rows, 0),
		.list_id = rows_int(rows, 1),
		.hex = rows_dup(rows, 2, arena),
		.url = rows_dup(rows, 3, arena),
		.is_disabled = !rows_is_null(rows, 6),
	};
	if (read_flags(rows_text(rows, 4), event_names, WEBHOOK_EVENTS,
		       out->events, err) < 0)
		return -1;
	return read_flags(rows_text(rows, 5), source_names,
			  ARRAY_SIZE(source_names), out->sources, err);
}

int webhook_list(struct db *db, int64_t list_id, struct arena *arena,
		 struct webhooks *out, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (db_query(db, SQL_WEBHOOK_LIST, SQL_ARGS(sql_int(list_id)), &rows,
		     err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		struct webhook webhook;

		if (read_row(rows, arena, &webhook, err) < 0)
			return -1;
		vec_push(out, webhook);
	}
	return more;
}

int webhook_get(struct db *db, int64_t list_id, const char *hex,
		struct arena *arena, struct webhook *out, struct err *err)
{
	CLEANUP(vec_release) struct webhooks all = VEC_INIT;

	if (webhook_list(db, list_id, arena, &all, err) < 0)
		return -1;
	vec_each (&all, webhook) {
		if (strcmp(webhook->hex, hex) == 0) {
			*out = *webhook;
			return 0;
		}
	}
	return must_exist(0, err);
}

int webhook_find_by_id(struct db *db, int64_t id, struct arena *arena,
		       struct webhook *out, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int found;

	if (db_query(db, SQL_WEBHOOK_BY_ID, SQL_ARGS(sql_int(id)), &rows, err) <
	    0)
		return -1;
	found = rows_next(rows, err);
	if (found > 0 && read_row(rows, arena, out, err) < 0)
		return -1;
	return found;
}

int webhook_listeners(struct db *db, int64_t list_id, enum change_source source,
		      struct arena *arena, struct webhooks *out,
		      struct err *err)
{
	CLEANUP(vec_release) struct webhooks all = VEC_INIT;

	if (webhook_list(db, list_id, arena, &all, err) < 0)
		return -1;
	vec_each (&all, webhook)
		if (!webhook->is_disabled &&
		    webhook->sources[source - SOURCE_USER])
			vec_push(out, *webhook);
	return 0;
}

/* --- changes --- */

/*
 * Flags of the body over those there are. Of one that is new, an object says
 * all: who names one event wants no other. Later it says what changes.
 */
static int take_flags(const json_t *body, const char *key,
		      const char *const *names, size_t n, bool is_new,
		      bool *out, struct err *err)
{
	const json_t *given = NULL;
	int has = json_get_object(body, key, &given, err);

	if (has <= 0)
		return has;
	for (size_t i = 0; i < n; i++) {
		if (is_new)
			out[i] = false;
		if (json_get_bool(given, names[i], &out[i], err) < 0)
			return -1;
	}
	return 0;
}

static const char *flags_json(const char *const *names, size_t n,
			      const bool *flags, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&out);

	json_begin_object(&w);
	for (size_t i = 0; i < n; i++)
		json_key_bool(&w, names[i], flags[i]);
	json_end_object(&w);
	return arena_str(arena, strbuf_str(&out));
}

bool webhook_same_place(const char *a, const char *b)
{
	size_t la = strcspn(a, "?#"), lb = strcspn(b, "?#");

	return la == lb && strncasecmp(a, b, la) == 0;
}

int webhook_url_is_taken(struct err *err)
{
	return err_field(err, "url",
			 "Sorry, you can't set up multiple WebHooks for one "
			 "URL");
}

int webhook_url_check(const char *url, struct err *err)
{
	if (!*url)
		return err_field(err, "url", "This value should not be blank.");
	if (strlen(url) > URL_MAX)
		return err_field(err, "url", "is too long");
	return 0;
}

/* After a write: somebody else took it since it was looked for. */
static int lost_url(struct err *err)
{
	return err->code == ERR_CONFLICT ? webhook_url_is_taken(err) : -1;
}

static int read_body(struct tx *tx, const json_t *body, struct webhook *hook,
		     struct arena *arena, struct err *err)
{
	CLEANUP(vec_release) struct webhooks all = VEC_INIT;

	if (json_get_text(body, "url", &hook->url, err) < 0 ||
	    take_flags(body, "events", event_names, WEBHOOK_EVENTS, !hook->id,
		       hook->events, err) < 0 ||
	    take_flags(body, "sources", source_names, ARRAY_SIZE(source_names),
		       !hook->id, hook->sources, err) < 0)
		return -1;
	if (webhook_url_check(hook->url, err) < 0 ||
	    webhook_list(tx->db, hook->list_id, arena, &all, err) < 0)
		return -1;
	vec_each (&all, other)
		if (other->id != hook->id &&
		    webhook_same_place(other->url, hook->url))
			return webhook_url_is_taken(err);
	hook->url = arena_strdup(arena, hook->url);
	return 0;
}

static const char *events_of(const struct webhook *hook, struct arena *arena)
{
	return flags_json(event_names, WEBHOOK_EVENTS, hook->events, arena);
}

static const char *sources_of(const struct webhook *hook, struct arena *arena)
{
	return flags_json(source_names, ARRAY_SIZE(source_names), hook->sources,
			  arena);
}

int webhook_add(struct tx *tx, int64_t list_id, const json_t *body,
		int64_t now_ms, struct arena *arena, struct webhook *out,
		struct err *err)
{
	struct webhook hook = { .list_id = list_id, .url = "" };
	char hex[HEX_DIGITS + 1];

	memset(hook.events, true, sizeof(hook.events));
	memset(hook.sources, true, sizeof(hook.sources));
	random_hex(hex, HEX_DIGITS);
	if (read_body(tx, body, &hook, arena, err) < 0)
		return -1;
	if (db_exec(tx, SQL_WEBHOOK_ADD,
		    SQL_ARGS(sql_text(hex), sql_int(list_id),
			     sql_text(hook.url),
			     sql_text(events_of(&hook, arena)),
			     sql_text(sources_of(&hook, arena)),
			     sql_int(now_ms)),
		    err) < 0)
		return lost_url(err);
	return webhook_get(tx->db, list_id, hex, arena, out, err);
}

int webhook_update(struct tx *tx, int64_t list_id, const char *hex,
		   const json_t *body, struct arena *arena, struct webhook *out,
		   struct err *err)
{
	CLEANUP(update_release) struct update u = UPDATE_OF("webhook");
	struct webhook before, hook;
	int64_t id;

	if (db_find_int(tx->db, SQL_WEBHOOK_LOCK,
			SQL_ARGS(sql_int(list_id), sql_text(hex)), &id,
			err) < 0 ||
	    webhook_get(tx->db, list_id, hex, arena, &before, err) < 0)
		return -1;
	hook = before;
	if (read_body(tx, body, &hook, arena, err) < 0)
		return -1;
	update_text(&u, "url", before.url, hook.url);
	update_text(&u, "events", events_of(&before, arena),
		    events_of(&hook, arena));
	update_text(&u, "sources", sources_of(&before, arena),
		    sources_of(&hook, arena));
	if (before.is_disabled) /* changing it puts it to use again */
		update_id(&u, "disabled_ms", 1, 0);
	if (update_run(&u, tx, "id = ?", SQL_ARGS(sql_int(hook.id)), err) < 0)
		return lost_url(err);
	hook.is_disabled = false;
	*out = hook;
	return 0;
}

int webhook_remove(struct tx *tx, int64_t list_id, const char *hex,
		   struct err *err)
{
	return must_exist(db_exec(tx, SQL_WEBHOOK_REMOVE,
				  SQL_ARGS(sql_int(list_id), sql_text(hex)),
				  err),
			  err);
}
