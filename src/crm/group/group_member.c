/*
 * Who is in a group: counting, walking, evaluating. Called by handlers, pushes
 * and group.c; any thread.
 */
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "base/thread/patience.h"
#include "crm/group/criteria_set.h"
#include "crm/group/criteria_sql.h"
#include "crm/group/group.h"
#include "crm/group/group_private.h"
#include "sql/group.h"
#include "store/db.h"
#include "store/sqlbuild.h"

#include <string.h>

#define WALK_PAGE 20000 /* ids read at once */
#define WRITE_PAGE 5000 /* ids written in a transaction */
#define COUNTED_AT_ONCE 100

/* Who is in a transaction sees what it has not committed: plain SQL. */
static int count_rows(struct db *db, const struct criteria *criteria,
		      int64_t *out, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(sqlbuild_release) struct sqlbuild b = SQLBUILD(db, arena);

	sqlbuild_add(&b, "SELECT COUNT(*)");
	criteria_sql_from(criteria, &b);
	criteria_sql_where(criteria, CRITERIA_SET, &b);
	return sqlbuild_find_int(&b, db, out, err) < 0 ? -1 : 0;
}

static int count_fitting(struct db *db, const struct criteria *criteria,
			 int64_t *out, struct err *err)
{
	CLEANUP(id_set_release) struct id_set set = ID_SET_INIT;

	if (db_is_in_tx(db))
		return count_rows(db, criteria, out, err);
	if (criteria_set(db, criteria, &set, err) < 0)
		return -1;
	*out = id_set_count(&set);
	return 0;
}

static int walk_rows(struct db *db, const struct criteria *criteria,
		     int64_t after_id, int64_t limit, struct ids *out,
		     struct err *err)
{
	enum criteria_use use =
		limit >= GROUP_WALK_LONG ? CRITERIA_WALK : CRITERIA_SET;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(sqlbuild_release) struct sqlbuild b = SQLBUILD(db, arena);
	CLEANUP(rows_free) struct rows *rows = NULL;

	sqlbuild_add(&b, "SELECT r.id");
	criteria_sql_from(criteria, &b);
	criteria_sql_where(criteria, use, &b);
	sqlbuild_add(&b, " AND r.id > ");
	sqlbuild_bind_int(&b, after_id);
	sqlbuild_add(&b, " ORDER BY r.id LIMIT ");
	sqlbuild_bind_int(&b, limit);
	if (sqlbuild_query(&b, db, &rows, err) < 0)
		return -1;
	return rows_ids(rows, out, err);
}

/* Ids that fit, greater than after_id, in order. */
static int walk_fitting(struct db *db, const struct criteria *criteria,
			int64_t after_id, int64_t limit, struct ids *out,
			struct err *err)
{
	CLEANUP(id_set_release) struct id_set set = ID_SET_INIT;
	int n = 0;

	if (db_is_in_tx(db))
		return walk_rows(db, criteria, after_id, limit, out, err);
	if (criteria_set(db, criteria, &set, err) < 0)
		return -1;
	for (int64_t id = after_id > 0 ? after_id : 0;
	     n < limit && (id = id_set_next(&set, id)) > 0; n++)
		vec_push(out, id);
	return n;
}

int group_count(struct db *db, const struct group *group, int64_t *out,
		struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct criteria *criteria;

	if (group->kind == GROUP_STATIC)
		return db_find_int(db, SQL_GROUP_MEMBERS_COUNT,
				   SQL_ARGS(sql_int(group->id)), out, err) < 0
			       ? -1
			       : 0;
	if (criteria_parse_text(db, group->entity, group->criteria,
				clock_now_ms(), arena, &criteria, err) < 0)
		return -1;
	return count_fitting(db, criteria, out, err);
}

/* Dynamic groups of one kind of records, whose counts are asked together. */
struct asked {
	const struct criteria *criteria[COUNTED_AT_ONCE];
	int64_t *of[COUNTED_AT_ONCE];
	size_t n;
};

static int count_asked(struct db *db, struct asked *a, struct err *err)
{
	int64_t counts[COUNTED_AT_ONCE];

	if (a->n == 0)
		return 0;
	if (criteria_counts(db, a->criteria, a->n, counts, err) < 0)
		return -1;
	for (size_t i = 0; i < a->n; i++)
		*a->of[i] = counts[i];
	a->n = 0;
	return 0;
}

static int ask_count(struct db *db, struct asked *a, const struct group *group,
		     struct arena *arena, int64_t *out, struct err *err)
{
	struct criteria *criteria;

	if (group->kind == GROUP_STATIC || db_is_in_tx(db))
		return group_count(db, group, out, err);
	if (criteria_parse_text(db, group->entity, group->criteria,
				clock_now_ms(), arena, &criteria, err) < 0)
		return -1;
	if (a->n > 0 &&
	    (a->n == COUNTED_AT_ONCE ||
	     a->criteria[0]->entity != group->entity) &&
	    count_asked(db, a, err) < 0)
		return -1;
	a->criteria[a->n] = criteria;
	a->of[a->n++] = out;
	return 0;
}

int group_counts(struct db *db, const struct groups *groups, int64_t *out,
		 struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct asked a = { .n = 0 };

	for (size_t i = 0; i < groups->n; i++)
		if (ask_count(db, &a, &groups->v[i], arena, &out[i], err) < 0)
			return -1;
	return count_asked(db, &a, err);
}

int group_walk(struct db *db, const struct group *group, int64_t after_id,
	       int64_t limit, struct ids *out, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct criteria *criteria;

	if (group->kind == GROUP_DYNAMIC) {
		if (criteria_parse_text(db, group->entity, group->criteria,
					clock_now_ms(), arena, &criteria,
					err) < 0)
			return -1;
		return walk_fitting(db, criteria, after_id, limit, out, err);
	}
	if (db_query(db, SQL_GROUP_MEMBERS_WALK,
		     SQL_ARGS(sql_int(group->id), sql_int(after_id),
			      sql_int(limit)),
		     &rows, err) < 0)
		return -1;
	return rows_ids(rows, out, err);
}

/* Those of some ids, which are in order. */
static int fitting_of(struct db *db, enum entity entity, const char *criteria,
		      const struct ids *ids, struct ids *out, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(sqlbuild_release) struct sqlbuild b = SQLBUILD(db, arena);
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct criteria *parsed;

	if (criteria_parse_text(db, entity, criteria, clock_now_ms(), arena,
				&parsed, err) < 0)
		return -1;
	(void)sql_keys(ids, &keys); /* as text */
	sqlbuild_add(&b, "SELECT r.id");
	criteria_sql_from(parsed, &b);
	criteria_sql_where(parsed, CRITERIA_WALK, &b);
	sqlbuild_add(&b, " AND r.id");
	sqlbuild_among(&b, keys.buf);
	if (sqlbuild_query(&b, db, &rows, err) < 0)
		return -1;
	return rows_ids(rows, out, err) < 0 ? -1 : 0;
}

int group_has(struct db *db, const struct group *group, int64_t record_id,
	      struct err *err)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	struct ids one = { .v = &record_id, .n = 1 };
	int64_t found;

	if (group->kind == GROUP_STATIC)
		return db_find_int(
			db, SQL_GROUP_MEMBERS_HAS,
			SQL_ARGS(sql_int(group->id), sql_int(record_id)),
			&found, err);
	if (fitting_of(db, group->entity, group->criteria, &one, &ids, err) < 0)
		return -1;
	return ids.n == 1;
}

int group_preview(struct db *db, enum entity entity, const json_t *criteria,
		  int64_t *count_out, struct ids *sample, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct criteria *parsed;

	if (criteria_parse(db, entity, "criteria", criteria, clock_now_ms(),
			   arena, &parsed, err) < 0 ||
	    walk_fitting(db, parsed, 0, GROUP_SAMPLE_MAX, sample, err) < 0)
		return -1;
	return count_fitting(db, parsed, count_out, err);
}

int group_fitting(struct db *db, enum entity entity, const char *criteria,
		  const struct ids *ids, struct ids *out, struct err *err)
{
	return criteria ? fitting_of(db, entity, criteria, ids, out, err) : 0;
}

/* Before its members are written: 0, or ERR_NOT_FOUND. */
static int lock(struct tx *tx, int64_t id, struct err *err)
{
	int64_t locked;
	int found = db_find_int(tx->db, SQL_GROUP_LOCK, SQL_ARGS(sql_int(id)),
				&locked, err);

	if (found == 0)
		return err_set(err, ERR_NOT_FOUND,
			       "group %lld was removed meanwhile",
			       (long long)id);
	return found < 0 ? -1 : 0;
}

/* Within (after, until], the members by criteria become exactly ids. */
static int store_span(struct db *db, int64_t group_id, int64_t after,
		      int64_t until, const struct ids *ids, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct sql_value group = sql_int(group_id), fit = sql_keys(ids, &keys);

	if (tx_begin(db, &tx, err) < 0 || lock(&tx, group_id, err) < 0 ||
	    db_exec(&tx, SQL_GROUP_MEMBERS_UNFIT,
		    SQL_ARGS(group, sql_int(after), sql_int(until), fit),
		    err) < 0 ||
	    db_exec(&tx, SQL_GROUP_MEMBERS_FIT, SQL_ARGS(group, fit, group),
		    err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* Who waits for a request knows that a million rows take a while: each page may
 * wait for its turn to write as the first one did. */
static void wait_anew(void)
{
	if (patience_is_bound() && !patience_is_given_up())
		patience_begin();
}

static int store_page(struct db *db, int64_t group_id, int64_t *after,
		      const struct ids *ids, bool is_last, struct err *err)
{
	size_t done = 0;

	do {
		struct ids span = vec_page(ids, done, WRITE_PAGE);
		int64_t until;

		done += span.n;
		until = is_last && done == ids->n ? INT64_MAX
						  : ids->v[done - 1];
		wait_anew();
		if (store_span(db, group_id, *after, until, &span, err) < 0)
			return -1;
		*after = until;
	} while (done < ids->n);
	return 0;
}

int group_evaluate(struct db *db, int64_t id, enum entity entity,
		   const char *criteria, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	struct criteria *parsed;
	int64_t after = 0;
	int n = 0;

	if (criteria_parse_text(db, entity, criteria, clock_now_ms(), arena,
				&parsed, err) < 0)
		return -1;
	do {
		vec_reset(&ids);
		if (criteria)
			n = walk_fitting(db, parsed, after, WALK_PAGE, &ids,
					 err);
		if (n < 0 ||
		    store_page(db, id, &after, &ids, n < WALK_PAGE, err) < 0)
			return -1;
	} while (n == WALK_PAGE);
	return 0;
}

int group_evaluate_again(struct db *db, int64_t id, enum entity entity,
			 const char *criteria, int64_t now_ms, struct err *err)
{
	if (group_evaluate(db, id, entity, criteria, err) < 0)
		return -1;
	return db_write(db, SQL_GROUP_REFRESHED,
			SQL_ARGS(sql_int(now_ms), sql_int(now_ms), sql_int(id)),
			err);
}

int group_get_static(struct db *db, int64_t id, struct arena *arena,
		     struct group *out, struct err *err)
{
	if (group_get(db, id, arena, out, err) < 0)
		return -1;
	if (out->kind != GROUP_STATIC)
		return err_set(err, ERR_CONFLICT,
			       "group %lld is dynamic: its criteria alone say "
			       "who is in it",
			       (long long)id);
	return 0;
}

int group_refresh(struct db *db, int64_t id, int64_t now_ms, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct group group;

	if (group_get_static(db, id, arena, &group, err) < 0)
		return -1;
	return group_evaluate_again(db, id, group.entity, group.criteria,
				    now_ms, err);
}
