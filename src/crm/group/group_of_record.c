/*
 * The groups that a record is in. Called by handlers; any thread. Dynamic ones
 * are asked many at a time: a query each would be a thousand.
 */
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "crm/group/criteria_sql.h"
#include "crm/group/group_private.h"
#include "crm/record.h"
#include "sql/group.h"
#include "store/db.h"
#include "store/sqlbuild.h"

#define AT_ONCE 50

/* A group that the record may be in; how 0: its criteria say. */
struct candidate {
	struct record_group group;
	const char *criteria;
};
struct candidates VEC_FIELDS(struct candidate);

struct asked {
	struct candidate *of[AT_ONCE];
	const struct criteria *criteria[AT_ONCE];
	size_t n;
};

static void read_candidate(const struct rows *rows, struct arena *arena,
			   void *out)
{
	*(struct candidate *)out = (struct candidate){
		.group = { .id = rows_int(rows, 0),
			   .name = rows_dup(rows, 1, arena),
			   .kind = (enum group_kind)rows_int(rows, 2),
			   .how = (enum group_how)rows_int(rows, 3),
			   .has_criteria = !rows_is_null(rows, 4),
			   .campaign_id = rows_int(rows, 5) },
		.criteria = rows_dup(rows, 4, arena),
	};
}

static int ask(struct db *db, struct asked *a, int64_t record_id,
	       struct arena *arena, struct err *err)
{
	CLEANUP(sqlbuild_release) struct sqlbuild b = SQLBUILD(db, arena);
	CLEANUP(rows_free) struct rows *rows = NULL;
	int found;

	if (a->n == 0)
		return 0;
	criteria_sql_fits(a->criteria, a->n, record_id, &b);
	if (sqlbuild_query(&b, db, &rows, err) < 0)
		return -1;
	found = rows_next(rows, err);
	for (size_t i = 0; found > 0 && i < a->n; i++)
		if (rows_int(rows, (int)i))
			a->of[i]->group.how = GROUP_BY_CRITERIA;
	a->n = 0;
	return found < 0 ? -1 : 0;
}

/* Criteria on a field that has gone have no members: 1, 0, -1. */
static int parse(struct db *db, enum entity entity, const struct candidate *c,
		 struct arena *arena, const struct criteria **out,
		 struct err *err)
{
	struct criteria *parsed;

	if (criteria_parse_text(db, entity, c->criteria, clock_now_ms(), arena,
				&parsed, err) < 0)
		return err->code == ERR_INVALID ? 0 : -1;
	*out = parsed;
	return 1;
}

static int ask_all(struct db *db, enum entity entity, int64_t record_id,
		   struct candidates *all, struct arena *arena, struct err *err)
{
	struct asked a = { .n = 0 };

	vec_each (all, c) {
		int parsed;

		if (c->group.how)
			continue;
		parsed = parse(db, entity, c, arena, &a.criteria[a.n], err);
		if (parsed < 0)
			return -1;
		if (!parsed)
			continue;
		a.of[a.n++] = c;
		if (a.n == AT_ONCE && ask(db, &a, record_id, arena, err) < 0)
			return -1;
	}
	return ask(db, &a, record_id, arena, err);
}

int group_list_of(struct db *db, enum entity entity, int64_t record_id,
		  struct arena *arena, struct record_groups *out,
		  struct err *err)
{
	CLEANUP(vec_release) struct candidates all = VEC_INIT;
	struct record record;

	if (record_get(db, entity, record_id, arena, &record, err) < 0 ||
	    db_list(db, SQL_GROUP_OF_RECORD,
		    SQL_ARGS(sql_int(record_id), sql_int(entity)),
		    read_candidate, arena, &all, err) < 0 ||
	    ask_all(db, entity, record_id, &all, arena, err) < 0)
		return -1;
	vec_each (&all, c)
		if (c->group.how)
			vec_push(out, c->group);
	return 0;
}
