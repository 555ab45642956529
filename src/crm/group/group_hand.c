/*
 * Who is put into a static group by hand, or taken out. Called by handlers and
 * bulk acts; any thread. The group is locked first: of two acts, and of an act
 * and the criteria that are applied, the later one sees what the other did.
 */
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "crm/group/group_private.h"
#include "sql/group.h"
#include "store/db.h"

static const struct sql *include_of(enum entity entity)
{
	if (entity == ENTITY_PERSON)
		return SQL_GROUP_INCLUDE_PEOPLE;
	return entity == ENTITY_LEAD ? SQL_GROUP_INCLUDE_LEADS
				     : SQL_GROUP_INCLUDE_COMPANIES;
}

static const struct sql *exclude_of(enum entity entity)
{
	if (entity == ENTITY_PERSON)
		return SQL_GROUP_EXCLUDE_PEOPLE;
	return entity == ENTITY_LEAD ? SQL_GROUP_EXCLUDE_LEADS
				     : SQL_GROUP_EXCLUDE_COMPANIES;
}

/* Run two statements of (group, ids); the rows changed by the first count. */
static int change_in(struct tx *tx, const struct group *group,
		     const struct ids *ids, const struct sql *counted,
		     const struct sql *other, int64_t now_ms, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	struct sql_value id = sql_int(group->id);
	const struct sql_args args = SQL_ARGS(id, sql_keys(ids, &keys));
	int changed = db_exec(tx, counted, args, err);

	if (changed < 0 || db_exec(tx, other, args, err) < 0 ||
	    db_exec(tx, SQL_GROUP_TOUCH, SQL_ARGS(sql_int(now_ms), id), err) <
		    0)
		return -1;
	return changed;
}

int group_include_in(struct tx *tx, const struct group *group,
		     const struct ids *ids, int64_t now_ms, struct err *err)
{
	return change_in(tx, group, ids, include_of(group->entity),
			 SQL_GROUP_EXCLUSION_LIFT, now_ms, err);
}

/* Who is neither a member nor taken out yet is taken out, too: they stay out
 * when the criteria are applied again. */
int group_exclude_in(struct tx *tx, const struct group *group,
		     const struct ids *ids, int64_t now_ms, struct err *err)
{
	return change_in(tx, group, ids, SQL_GROUP_EXCLUDE_MEMBERS,
			 exclude_of(group->entity), now_ms, err);
}

/* Of some ids, those with whom something was done by hand. */
static int touched_of(struct tx *tx, const struct group *group,
		      const struct ids *ids, struct ids *out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	struct sql_value id = sql_int(group->id), some = sql_keys(ids, &keys);

	return db_list_ids(tx->db, SQL_GROUP_HAND_OF,
			   SQL_ARGS(id, some, id, some), out, err);
}

static int reset_in(struct tx *tx, const struct group *group,
		    const struct ids *ids, int64_t now_ms, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf fit_keys = STRBUF_INIT;
	CLEANUP(vec_release) struct ids touched = VEC_INIT;
	CLEANUP(vec_release) struct ids fit = VEC_INIT;
	struct sql_value id = sql_int(group->id);

	if (touched_of(tx, group, ids, &touched, err) < 0 ||
	    group_fitting(tx->db, group->entity, group->criteria, &touched,
			  &fit, err) < 0 ||
	    change_in(tx, group, &touched, SQL_GROUP_EXCLUDE_MEMBERS,
		      SQL_GROUP_EXCLUSION_LIFT, now_ms, err) < 0 ||
	    db_exec(tx, SQL_GROUP_MEMBERS_FIT,
		    SQL_ARGS(id, sql_keys(&fit, &fit_keys), id), err) < 0)
		return -1;
	return (int)touched.n;
}

typedef int (*change_fn)(struct tx *tx, const struct group *group,
			 const struct ids *ids, int64_t now_ms,
			 struct err *err);

static int change(struct db *db, int64_t id, const struct ids *ids,
		  change_fn fn, int64_t now_ms, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct group group;
	int changed;

	if (ids->n > GROUP_IDS_MAX)
		return err_field(err, "ids", "must be at most %d",
				 GROUP_IDS_MAX);
	if (tx_begin(db, &tx, err) < 0 ||
	    group_get_static(db, id, arena, &group, err) < 0)
		return -1;
	changed = fn(&tx, &group, ids, now_ms, err);
	if (changed < 0 || tx_commit(&tx, err) < 0)
		return -1;
	return changed;
}

int group_include(struct db *db, int64_t id, const struct ids *ids,
		  int64_t now_ms, struct err *err)
{
	return change(db, id, ids, group_include_in, now_ms, err);
}

int group_exclude(struct db *db, int64_t id, const struct ids *ids,
		  int64_t now_ms, struct err *err)
{
	return change(db, id, ids, group_exclude_in, now_ms, err);
}

int group_reset(struct db *db, int64_t id, const struct ids *ids,
		int64_t now_ms, struct err *err)
{
	return change(db, id, ids, reset_in, now_ms, err);
}

int group_count_by_hand(struct db *db, const struct group *group,
			struct group_more *out, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct sql_value id = sql_int(group->id);

	out->by_hand = false;
	if (group->kind != GROUP_STATIC)
		return 0;
	if (db_query(db, SQL_GROUP_HAND_COUNT, SQL_ARGS(id, id), &rows, err) <
		    0 ||
	    rows_next(rows, err) < 0)
		return -1;
	out->by_hand = true;
	out->included = rows_int(rows, 0);
	out->excluded = rows_int(rows, 1);
	return 0;
}
