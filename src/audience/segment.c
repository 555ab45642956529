#include "audience/segment.h"

#include "audience/list.h"
#include "audience/member_private.h"
#include "audience/segment_private.h"
#include "base/arena.h"
#include "base/email.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "sql/member.h"
#include "sql/segment.h"
#include "store/update.h"

#include <string.h>

#define NAME_MAX_BYTES 100

void segment_change_release(struct segment_change *change)
{
	vec_release(&change->added);
	vec_release(&change->removed);
	vec_release(&change->unknown);
}

static int not_found(struct err *err)
{
	return err_set(err, ERR_NOT_FOUND,
		       "The requested resource could not be found.");
}

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
	int found = db_get(db, SQL_SEGMENT_GET,
			   SQL_ARGS(sql_int(list_id), sql_int(id)), read_row,
			   arena, out, err);

	return found == 0 ? not_found(err) : (found < 0 ? -1 : 0);
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

static void add_where(struct sqlbuild *b, const struct segment_filter *f,
		      struct arena *arena)
{
	sqlbuild_add(b, " FROM segment WHERE list_id = ");
	sqlbuild_bind_int(b, f->list_id);
	add_bound(b, " AND kind = ", f->kind);
	add_bound(b, " AND created_ms >= ", f->since_created_ms);
	add_bound(b, " AND created_ms < ", f->before_created_ms);
	add_bound(b, " AND updated_ms >= ", f->since_updated_ms);
	add_bound(b, " AND updated_ms < ", f->before_updated_ms);
	if (f->name && *f->name) {
		char *name = arena_strdup(arena, f->name);

		for (char *c = name; *c; c++)
			if (*c >= 'A' && *c <= 'Z')
				*c = (char)(*c + 32);
		sqlbuild_add(b, " AND lower(name) ");
		sqlbuild_like(b, false, name, true);
	}
}

int segment_list(struct db *db, const struct segment_filter *filter,
		 struct arena *arena, struct segments *out, int64_t *total_out,
		 struct err *err)
{
	CLEANUP(sqlbuild_release) struct sqlbuild count;
	CLEANUP(sqlbuild_release) struct sqlbuild page;
	CLEANUP(rows_free) struct rows *total = NULL;
	CLEANUP(rows_free) struct rows *rows = NULL;

	sqlbuild_init(&count, db_backend(db), arena);
	sqlbuild_init(&page, db_backend(db), arena);
	sqlbuild_add(&count, "SELECT COUNT(*)");
	add_where(&count, filter, arena);
	sqlbuild_add(&page, "SELECT id, list_id, name, kind, conditions, "
			    "created_ms, updated_ms");
	add_where(&page, filter, arena);
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
	if (!trimmed.len || trimmed.len > NAME_MAX_BYTES)
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

static int add_members(struct tx *tx, int64_t segment_id, const struct ids *ids,
		       int64_t now_ms, struct err *err)
{
	struct batch batch;

	batch_begin(tx, &batch);
	vec_each (ids, id)
		if (batch_add(&batch, SQL_MEMBER_TAG,
			      SQL_ARGS(sql_int(segment_id), sql_int(*id),
				       sql_int(now_ms)),
			      err) < 0)
			return -1;
	return batch_end(&batch, err) < 0 ? -1 : 0;
}

static int remove_members(struct tx *tx, int64_t segment_id,
			  const struct ids *ids, struct err *err)
{
	struct batch batch;

	batch_begin(tx, &batch);
	vec_each (ids, id)
		if (batch_add(&batch, SQL_MEMBER_UNTAG,
			      SQL_ARGS(sql_int(segment_id), sql_int(*id)),
			      err) < 0)
			return -1;
	return batch_end(&batch, err) < 0 ? -1 : 0;
}

/* One address on its way to a member id. */
struct named {
	const char *address;
	char hash[MD5_HEX + 1];
	int64_t member_id;
};

static int load_ids(struct db *db, int64_t list_id, struct named *named,
		    size_t n, struct arena *arena, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf json = STRBUF_INIT;
	CLEANUP(rows_free) struct rows *rows = NULL;
	CLEANUP(json_free) json_t *by_hash = json_object();
	int more;

	(void)arena;
	for (size_t i = 0; i < n; i++)
		strbuf_addf(&json, "%s\"%s\"", i ? "," : "[", named[i].hash);
	strbuf_addch(&json, ']');
	if (db_query(db, SQL_MEMBER_IDS_OF_HASHES,
		     SQL_ARGS(sql_int(list_id), sql_text(json.buf)), &rows,
		     err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0)
		if (json_object_set_new(by_hash, rows_text(rows, 0),
					json_integer(rows_int(rows, 1))) < 0)
			return err_set(err, ERR_IO, "out of memory");
	for (size_t i = 0; i < n; i++)
		named[i].member_id = json_integer_value(
			json_object_get(by_hash, named[i].hash));
	return more;
}

/* Addresses (or hashes) to ids; unknown ones go to *unknown. */
static int find_members(struct db *db, int64_t list_id, const json_t *addresses,
			struct arena *arena, struct ids *ids,
			struct texts *unknown, struct err *err)
{
	size_t n = json_array_size(addresses), i;
	struct named *named = arena_array(arena, struct named, n + 1);
	const json_t *item;

	if (n == 0)
		return 0;
	json_array_foreach (addresses, i, item) {
		struct email email;
		struct err ignored = ERR_INIT;

		if (!json_is_string(item))
			return err_set(err, ERR_INVALID,
				       "addresses should be texts");
		named[i].address = json_string_value(item);
		if (email_parse(named[i].address, arena, &email, &ignored) == 0)
			memcpy(named[i].hash, email.hash,
			       sizeof(named[i].hash));
	}
	if (load_ids(db, list_id, named, n, arena, err) < 0)
		return -1;
	for (i = 0; i < n; i++) {
		if (named[i].member_id)
			vec_push(ids, named[i].member_id);
		else
			vec_push(unknown, named[i].address);
	}
	return 0;
}

/* Of *ids keep those that are (or are not) in the segment. */
static int keep_members(struct db *db, int64_t segment_id, bool inside,
			struct ids *ids, struct err *err)
{
	CLEANUP(member_set_release) struct member_set in = MEMBER_SET_INIT;
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(vec_release) struct ids found = VEC_INIT;
	size_t kept = 0;

	if (ids->n == 0)
		return 0;
	if (db_list_ids(db, SQL_SEGMENT_MEMBERS_AMONG,
			SQL_ARGS(sql_int(segment_id), sql_keys(ids, &keys)),
			&found, err) < 0)
		return -1;
	vec_each (&found, id)
		member_set_add(&in, *id);
	for (size_t i = 0; i < ids->n; i++) {
		if (member_set_has(&in, ids->v[i]) != inside)
			continue;
		/* The same address twice in a call counts once. */
		if (inside)
			member_set_remove(&in, ids->v[i]);
		else
			member_set_add(&in, ids->v[i]);
		ids->v[kept++] = ids->v[i];
	}
	ids->n = kept;
	return 0;
}

int segment_change_members(struct tx *tx, const struct list *list, int64_t id,
			   const json_t *add, const json_t *remove,
			   int64_t now_ms, struct arena *arena,
			   struct segment_change *out, struct err *err)
{
	struct segment segment;

	if (json_array_size(add) > SEGMENT_CHANGE_MAX ||
	    json_array_size(remove) > SEGMENT_CHANGE_MAX)
		return err_field(err,
				 json_array_size(add) > SEGMENT_CHANGE_MAX
					 ? "members_to_add"
					 : "members_to_remove",
				 "This collection should contain %d elements "
				 "or less.",
				 SEGMENT_CHANGE_MAX);
	if (segment_get(tx->db, list->id, id, arena, &segment, err) < 0)
		return -1;
	if (segment.kind != SEGMENT_STATIC)
		return err_title(err, ERR_INVALID, "Bad Request",
				 "Only the members of a static segment can be "
				 "changed.");
	if (find_members(tx->db, list->id, add, arena, &out->added,
			 &out->unknown, err) < 0 ||
	    find_members(tx->db, list->id, remove, arena, &out->removed,
			 &out->unknown, err) < 0 ||
	    keep_members(tx->db, id, false, &out->added, err) < 0 ||
	    add_members(tx, id, &out->added, now_ms, err) < 0 ||
	    keep_members(tx->db, id, true, &out->removed, err) < 0 ||
	    remove_members(tx, id, &out->removed, err) < 0)
		return -1;
	if (out->added.n + out->removed.n == 0)
		return 0;
	return db_exec(tx, SQL_SEGMENT_TOUCH,
		       SQL_ARGS(sql_int(now_ms), sql_int(id)), err) < 0
		       ? -1
		       : 0;
}

/* {name, static_segment | options} over *segment. 1: `addresses` are its new
 * members. */
static int read_body(struct tx *tx, const json_t *body, int64_t now_ms,
		     struct arena *arena, struct segment *segment,
		     const json_t **addresses, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf column = STRBUF_INIT;
	const json_t *options = NULL;
	struct condition_tree tree;
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
		if (segment_parse(tx->db, segment->list_id, options, now_ms,
				  arena, &tree, err) < 0)
			return -1;
		json_dump(options, &column);
		segment->conditions = arena_str(arena, strbuf_str(&column));
		segment->kind = SEGMENT_SAVED;
	}
	return has_static;
}

static int set_members(struct tx *tx, const struct segment *segment,
		       const json_t *addresses, int64_t now_ms,
		       struct arena *arena, struct err *err)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	CLEANUP(vec_release) struct texts unknown = VEC_INIT;

	if (db_exec(tx, SQL_SEGMENT_EMPTY, SQL_ARGS(sql_int(segment->id)),
		    err) < 0 ||
	    find_members(tx->db, segment->list_id, addresses, arena, &ids,
			 &unknown, err) < 0)
		return -1;
	return add_members(tx, segment->id, &ids, now_ms, err);
}

int segment_add(struct tx *tx, const struct list *list, const json_t *body,
		int64_t now_ms, struct arena *arena, struct segment *out,
		struct err *err)
{
	struct segment segment = { .list_id = list->id, .name = "" };
	const json_t *addresses = NULL;
	int has = read_body(tx, body, now_ms, arena, &segment, &addresses, err);

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
	return has ? set_members(tx, out, addresses, now_ms, arena, err) : 0;
}

int segment_update(struct tx *tx, const struct list *list, int64_t id,
		   const json_t *body, int64_t now_ms, struct arena *arena,
		   struct segment *out, struct err *err)
{
	CLEANUP(update_release) struct update u = UPDATE_OF("segment");
	struct segment before, segment;
	const json_t *addresses = NULL;
	int64_t locked;
	int has;

	if (db_find_int(tx->db, SQL_SEGMENT_LOCK,
			SQL_ARGS(sql_int(list->id), sql_int(id)), &locked,
			err) < 0 ||
	    segment_get(tx->db, list->id, id, arena, &before, err) < 0)
		return -1;
	segment = before;
	has = read_body(tx, body, now_ms, arena, &segment, &addresses, err);
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
	return has ? set_members(tx, out, addresses, now_ms, arena, err) : 0;
}

int segment_remove(struct tx *tx, int64_t list_id, int64_t id, struct err *err)
{
	int n = db_exec(tx, SQL_SEGMENT_REMOVE,
			SQL_ARGS(sql_int(list_id), sql_int(id)), err);

	if (n <= 0)
		return n < 0 ? -1 : not_found(err);
	return db_exec(tx, SQL_SEGMENT_EMPTY, SQL_ARGS(sql_int(id)), err) < 0
		       ? -1
		       : 0;
}

/* --- who is in it --- */

static int parse_text(struct db *db, int64_t list_id, const char *opts,
		      int64_t now_ms, struct arena *arena,
		      struct condition_tree *out, struct err *err)
{
	CLEANUP(json_free) json_t *tree = NULL;

	if (json_parse(str_of(opts), &tree, err) < 0)
		return -1;
	return segment_parse(db, list_id, tree, now_ms, arena, out, err);
}

/* The conditions of a target; those of a tag are one condition. */
static int read_target(struct db *db, const struct segment_target *target,
		       int64_t now_ms, struct arena *arena,
		       struct condition_tree *out, struct err *err)
{
	struct segment segment;

	*out = (struct condition_tree){ .any = false };
	if (!target->segment_id)
		return target->opts
			       ? parse_text(db, target->list_id, target->opts,
					    now_ms, arena, out, err)
			       : 0;
	if (segment_get(db, target->list_id, target->segment_id, arena,
			&segment, err) < 0)
		return -1;
	if (segment.kind == SEGMENT_SAVED)
		return parse_text(db, target->list_id, segment.conditions,
				  now_ms, arena, out, err);
	out->v = arena_array(arena, struct condition, 1);
	out->v[0] = (struct condition){ .kind = CONDITION_STATIC,
					.id = segment.id,
					.text = "" };
	out->n = 1;
	return 0;
}

static bool needs_rows(const struct condition_tree *tree)
{
	for (size_t i = 0; i < tree->n; i++)
		if (tree->v[i].kind < CONDITION_STATIC)
			return true;
	return false;
}

int segment_members(struct db *db, const struct segment_target *target,
		    int64_t now_ms, struct member_set *out, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct segment_scope scope = {
		.list_id = target->list_id,
		.statuses = target->statuses
				    ? target->statuses
				    : MEMBER_STATUS_BIT(MEMBER_SUBSCRIBED),
	};
	struct condition_tree tree;

	if (read_target(db, target, now_ms, arena, &tree, err) < 0)
		return -1;
	if (db_backend(db) == DB_PG && needs_rows(&tree))
		return segment_query(db, &scope, &tree, arena, out, err);
	return segment_eval(db, &scope, &tree, out, err);
}

/* Costs what the tag has members, not what the list has. */
static int count_static(struct db *db, int64_t segment_id, unsigned statuses,
			int64_t *out, struct err *err)
{
	int64_t n, sum = 0;

	for (int status = 1; status <= MEMBER_ARCHIVED; status++) {
		if (!(statuses & MEMBER_STATUS_BIT(status)))
			continue;
		if (db_find_int(db, SQL_SEGMENT_COUNT_STATIC,
				SQL_ARGS(sql_int(segment_id), sql_int(status)),
				&n, err) < 0)
			return -1;
		sum += n;
	}
	*out = sum;
	return 0;
}

int segment_count(struct db *db, const struct segment_target *target,
		  int64_t now_ms, int64_t *out, struct err *err)
{
	CLEANUP(member_set_release) struct member_set set = MEMBER_SET_INIT;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct segment segment = { .kind = SEGMENT_SAVED };

	if (target->segment_id &&
	    segment_get(db, target->list_id, target->segment_id, arena,
			&segment, err) < 0)
		return -1;
	if (segment.kind == SEGMENT_STATIC)
		return count_static(
			db, segment.id,
			target->statuses ? target->statuses
					 : MEMBER_STATUS_BIT(MEMBER_SUBSCRIBED),
			out, err);
	if (segment_members(db, target, now_ms, &set, err) < 0)
		return -1;
	*out = member_set_count(&set);
	return 0;
}

int segment_check_opts(struct db *db, int64_t list_id, const json_t *opts,
		       struct arena *arena, struct err *err)
{
	struct condition_tree tree;

	return segment_parse(db, list_id, opts, 0, arena, &tree, err);
}
