#include "audience/side/member_event.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "sql/member_event.h"
#include "store/db.h"

#include <stdio.h>
#include <string.h>

static void read_row(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct member_event *)out = (struct member_event){
		.name = rows_dup(rows, 0, arena),
		.properties = rows_dup(rows, 1, arena),
		.occurred_ms = rows_int(rows, 2),
	};
}

int member_event_list(struct db *db, int64_t member_id, int64_t count,
		      int64_t offset, struct arena *arena,
		      struct member_events *out, int64_t *total_out,
		      struct err *err)
{
	if (db_find_int(db, SQL_MEMBER_EVENT_COUNT,
			SQL_ARGS(sql_int(member_id)), total_out, err) < 0)
		return -1;
	return db_list(
		db, SQL_MEMBER_EVENT_PAGE,
		SQL_ARGS(sql_int(member_id), sql_int(count), sql_int(offset)),
		read_row, arena, out, err);
}

static bool is_name(const char *text)
{
	size_t len = strlen(text);

	return len >= MEMBER_EVENT_NAME_MIN && len <= MEMBER_EVENT_NAME_MAX &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyz"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == len;
}

static int read_properties(const json_t *body, struct strbuf *out,
			   struct err *err)
{
	const json_t *given = NULL, *value;
	const char *key;
	int has = json_get_object(body, "properties", &given, err);

	if (has < 0)
		return -1;
	if (!has) {
		strbuf_addstr(out, "{}");
		return 0;
	}
	json_object_foreach ((json_t *)given, key, value)
		if (!json_is_string(value))
			return err_field(err, "properties",
					 "should have texts as values");
	json_dump(given, out);
	return out->len <= MEMBER_EVENT_PROPERTIES_MAX
		       ? 0
		       : err_field(err, "properties", "are too long");
}

int member_event_add(struct tx *tx, int64_t member_id, const json_t *body,
		     int64_t now_ms, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf properties = STRBUF_INIT;
	const char *name = "", *occurred = "";
	int64_t at_ms = now_ms;
	bool is_syncing = false;

	if (json_get_text(body, "name", &name, err) < 0 ||
	    json_get_text(body, "occurred_at", &occurred, err) < 0 ||
	    json_get_bool(body, "is_syncing", &is_syncing, err) < 0 ||
	    read_properties(body, &properties, err) < 0)
		return -1;
	if (!is_name(name))
		return err_field(err, "name",
				 "must have %d to %d letters, digits, _ and -",
				 MEMBER_EVENT_NAME_MIN, MEMBER_EVENT_NAME_MAX);
	if (*occurred && !time_parse_iso(occurred, &at_ms))
		return err_field(err, "occurred_at",
				 "This value is not a valid datetime.");
	return db_exec(tx, SQL_MEMBER_EVENT_ADD,
		       SQL_ARGS(sql_int(member_id), sql_text(name),
				sql_str(strbuf_str(&properties)),
				sql_int(at_ms), sql_int(is_syncing)),
		       err) < 0
		       ? -1
		       : 0;
}
