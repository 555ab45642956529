#include "audience/segment.h"

#include "audience/list.h"
#include "audience/must_exist.h"
#include "audience/segment_private.h"
#include "audience/tag_members.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "sql/segment.h"
#include "store/sqlbuild.h"
#include "store/update.h"

#define NAME_MAX_BYTES 100

/* --- reading --- */

static void read_row(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct segment *)out = (struct segment){
		.id = rows_int(rows, 0),
		.list_id = rows_int(rows, 1),
		.name = rows_dup(rows, 2, arena),
		.kind = (enum segment_kind)rows_int(rows, 3),
		.conditions = rows_dup(rows, 4, arena),
		.created_ms = rows_int(rows, 5),
		.updated_ms = rows_int(rows, 6),
	};
}

int segment_get(struct db *db, int64_t list_id, int64_t id, struct arena *arena,
		struct segment *out, struct err *err)
{
	return must_exist(db_get(db, SQL_SEGMENT_GET,
				 SQL_ARGS(sql_int(list_id), sql_int(id)),
				 read_row, arena, out, err),
			  err);
}

int segment_lock(struct tx *tx, int64_t list_id, int64_t id,
		 struct arena *arena, struct segment *out, struct err *err)
{
	int64_t locked;

	if (db_find_int(tx->db, SQL_SEGMENT_LOCK,
			SQL_ARGS(sql_int(list_id), sql_int(id)), &locked,
			err) < 0)
		return -1;
	return segment_get(tx->db, list_id, id, arena, out, err);
}

int segment_find_by_name(struct db *db, int64_t list_id, const char *name,
			 struct arena *arena, struct segment *out,
			 struct err *err)
{
	return db_get(db, SQL_SEGMENT_BY_NAME,
		      SQL_ARGS(sql_int(list_id), sql_text(name)), read_row,
		      arena, out, err);
}

static void add_bound(struct sqlbuild *b, const char *literal, int64_t n)
{
	if (!n)
		return;
	sqlbuild_add(b, literal);
	sqlbuild_bind_int(b, n);
}

static void add_where(struct sqlbuild *b, const struct segment_filter *f)
{
	sqlbuild_add(b, " FROM segment WHERE list_id = ");
	sqlbuild_bind_int(b, f->list_id);
	add_bound(b, " AND kind = ", f->kind);
	add_bound(b, " AND created_ms >= ", f->since_created_ms);
	add_bound(b, " AND created_ms < ", f->before_created_ms);
	add_bound(b, " AND updated_ms >= ", f->since_updated_ms);
	add_bound(b, " AND updated_ms < ", f->before_updated_ms);
	if (f->name && *f->name) {
		CLEANUP(strbuf_release) struct strbuf name = STRBUF_INIT;

		strbuf_addstr(&name, f->name);
		strbuf_tolower(&name);
		sqlbuild_add(b, " AND lower(name) ");
		sqlbuild_like(b, false, name.buf, true);
	}
}

int segment_list(struct db *db, const struct segment_filter *filter,
		 struct arena *arena, struct segments *out, int64_t *total_out,
		 struct err *err)
{
	CLEANUP(sqlbuild_release) struct sqlbuild count = SQLBUILD(db, arena);
	CLEANUP(sqlbuild_release) struct sqlbuild page = SQLBUILD(db, arena);
	CLEANUP(rows_free) struct rows *total = NULL;
	CLEANUP(rows_free) struct rows *rows = NULL;

	sqlbuild_add(&count, "SELECT COUNT(*)");
	add_where(&count, filter);
	sqlbuild_add(&page, "SELECT id, list_id, name, kind, conditions, "
			    "created_ms, updated_ms");
	add_where(&page, filter);
	sqlbuild_add(&page, " ORDER BY id LIMIT ");
	sqlbuild_bind_int(&page, filter->count);
	sqlbuild_add(&page, " OFFSET ");
	sqlbuild_bind_int(&page, filter->offset);
	if (sqlbuild_query(&count, db, &total, err) < 0 ||
	    rows_next(total, err) < 0 ||
	    sqlbuild_query(&page, db, &rows, err) < 0)
		return -1;
	*total_out = rows_int(total, 0);
	return rows_list(rows, read_row, arena, out, err);
}

/* --- changes --- */

static int read_name(const json_t *body, const char **name, struct arena *arena,
		     struct err *err)
{
	struct str trimmed;

	if (json_get_text(body, "name", name, err) < 0)
		return -1;
	trimmed = str_trim(str_of(*name));
	if (utf8_is_blank(*name) || trimmed.len > NAME_MAX_BYTES)
		return err_field(err, "name", "must have 1 to %d bytes",
				 NAME_MAX_BYTES);
	*name = arena_str(arena, trimmed);
	return 0;
}

static int name_is_taken(const char *name, struct err *err)
{
	return err_title(err, ERR_INVALID, "Bad Request",
			 "Sorry, that tag or segment name already exists: %s",
			 name);
}

/* After a write: somebody else took it since it was looked for. */
static int lost_name(const struct segment *segment, struct err *err)
{
	return err->code == ERR_CONFLICT ? name_is_taken(segment->name, err)
					 : -1;
}

/* A tag's name is its identity. */
static int check_name(struct tx *tx, const struct segment *segment,
		      struct arena *arena, struct err *err)
{
	struct segment other;
	int found = segment_find_by_name(tx->db, segment->list_id,
					 segment->name, arena, &other, err);

	if (found < 0)
		return -1;
	if (found && other.id != segment->id)
		return name_is_taken(segment->name, err);
	return 0;
}

/* {name, static_segment | options} over *segment. 1: `addresses` are its new
 * members. */
static int read_body(struct tx *tx, const json_t *body, struct arena *arena,
		     struct segment *segment, const json_t **addresses,
		     struct err *err)
{
	const json_t *options = NULL;
	int has_static, has_options;

	if (read_name(body, &segment->name, arena, err) < 0 ||
	    check_name(tx, segment, arena, err) < 0)
		return -1;
	has_static = json_get_array(body, "static_segment", addresses, err);
	has_options = json_get_object(body, "options", &options, err);
	if (has_static < 0 || has_options < 0)
		return -1;
	if (has_static && has_options)
		return err_field(err, "static_segment",
				 "static_segment and options exclude each "
				 "other");
	if (has_options) {
		if (segment_options_read(tx->db, segment->list_id, options,
					 arena, &segment->conditions, err) < 0)
			return -1;
		segment->kind = SEGMENT_SAVED;
	}
	return has_static;
}

int segment_add(struct tx *tx, const struct list *list, const json_t *body,
		int64_t now_ms, struct arena *arena, struct segment *out,
		struct err *err)
{
	struct segment segment = { .list_id = list->id, .name = "" };
	const json_t *addresses = NULL;
	int has = read_body(tx, body, arena, &segment, &addresses, err);

	if (has < 0)
		return -1;
	if (!segment.kind)
		segment.kind = SEGMENT_STATIC;
	if (db_exec(tx, SQL_SEGMENT_ADD,
		    SQL_ARGS(sql_int(list->id), sql_text(segment.name),
			     sql_int(segment.kind),
			     sql_text(segment.conditions), sql_int(now_ms),
			     sql_int(now_ms)),
		    err) < 0)
		return lost_name(&segment, err);
	if (segment_find_by_name(tx->db, list->id, segment.name, arena, out,
				 err) < 0)
		return -1;
	return has ? tag_members_set(tx, out, addresses, now_ms, arena, err)
		   : 0;
}

int segment_update(struct tx *tx, const struct list *list, int64_t id,
		   const json_t *body, int64_t now_ms, struct arena *arena,
		   struct segment *out, struct err *err)
{
	CLEANUP(update_release) struct update u = UPDATE_OF("segment");
	struct segment before, segment;
	const json_t *addresses = NULL;
	int has;

	if (segment_lock(tx, list->id, id, arena, &before, err) < 0)
		return -1;
	segment = before;
	has = read_body(tx, body, arena, &segment, &addresses, err);
	if (has < 0)
		return -1;
	if (segment.kind != before.kind ||
	    (has && before.kind == SEGMENT_SAVED))
		return err_title(err, ERR_INVALID, "Bad Request",
				 "The type of a segment cannot be changed.");
	segment.updated_ms = now_ms;
	update_text(&u, "name", before.name, segment.name);
	update_text(&u, "conditions", before.conditions, segment.conditions);
	update_int(&u, "updated_ms", before.updated_ms, segment.updated_ms);
	if (update_run(&u, tx, "id = ?", SQL_ARGS(sql_int(id)), err) < 0)
		return lost_name(&segment, err);
	*out = segment;
	return has ? tag_members_set(tx, out, addresses, now_ms, arena, err)
		   : 0;
}

int segment_remove(struct tx *tx, int64_t list_id, int64_t id, struct err *err)
{
	if (must_exist(db_exec(tx, SQL_SEGMENT_REMOVE,
			       SQL_ARGS(sql_int(list_id), sql_int(id)), err),
		       err) < 0)
		return -1;
	return db_exec(tx, SQL_SEGMENT_EMPTY, SQL_ARGS(sql_int(id)), err) < 0
		       ? -1
		       : 0;
}
