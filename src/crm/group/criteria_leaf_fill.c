/*
 * Leaves from the rows, all or of some records. Called by set_bring, in a
 * snapshot. SQLite is in our process: a walk gives us row by row. From
 * PostgreSQL every row would be a message, so it sends words of 64 records.
 */
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "crm/group/criteria_leaf.h"
#include "crm/group/criteria_sql.h"
#include "sets/set_whom.h"
#include "sql/record_change.h"
#include "store/sqlbuild.h"

#define AT_ONCE 50 /* columns of a walk */

struct fill {
	struct db *db;
	struct wanted_set *v[AT_ONCE];
	size_t n;
	enum entity entity;
	struct set_whom whom;
	struct err *err;
};

static const struct criteria_leaf *leaf_of(const struct wanted_set *w)
{
	return w->about;
}

static int64_t hour_end(const struct criteria_leaf *leaf)
{
	return (leaf->hour + 1) * MS_HOUR;
}

/* --- what comes --- */

static int take_ids(struct fill *f, struct sqlbuild *b)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (sqlbuild_query(b, f->db, &rows, f->err) < 0)
		return -1;
	while ((more = rows_next(rows, f->err)) > 0)
		id_set_add(&f->v[0]->set->set, rows_int(rows, 0));
	return more;
}

/* An id, and for each leaf whether it fits. */
static int take_rows(struct fill *f, struct sqlbuild *b)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (sqlbuild_query(b, f->db, &rows, f->err) < 0)
		return -1;
	while ((more = rows_next(rows, f->err)) > 0) {
		int64_t id = rows_int(rows, 0);

		for (size_t i = 0; i < f->n; i++)
			if (rows_int(rows, (int)i + 1))
				id_set_add(&f->v[i]->set->set, id);
	}
	return more;
}

static int take_words(struct fill *f, struct sqlbuild *b)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (sqlbuild_query(b, f->db, &rows, f->err) < 0)
		return -1;
	while ((more = rows_next(rows, f->err)) > 0)
		for (size_t i = 0; i < f->n; i++)
			id_set_add_word(&f->v[i]->set->set, rows_int(rows, 0),
					(uint64_t)rows_int(rows, (int)i + 1));
	return more;
}

/* --- of the records' rows --- */

static void add_time(const struct criteria_leaf *leaf, struct sqlbuild *b)
{
	sqlbuild_add(b, leaf->condition.of_company ? "c." : "r.");
	sqlbuild_add(b, leaf->condition.column);
}

static void add_test(const struct criteria_leaf *leaf, struct sqlbuild *b)
{
	if (leaf->kind == LEAF_LIVE) {
		criteria_sql_live(leaf->entity, b);
	} else if (leaf->kind == LEAF_ROW) {
		criteria_sql_positive(leaf->entity, &leaf->condition, b);
	} else {
		add_time(leaf, b);
		sqlbuild_add(b, " >= ");
		sqlbuild_bind_int(b, hour_end(leaf));
	}
}

static void add_tables(struct fill *f, struct sqlbuild *b)
{
	bool of_company = false;

	for (size_t i = 0; i < f->n; i++)
		of_company =
			of_company || leaf_of(f->v[i])->condition.of_company;
	criteria_sql_tables(f->entity, of_company, b);
	sqlbuild_add(b, " WHERE TRUE");
	set_whom_add(&f->whom, "r.id", b);
}

static int fill_rows(struct fill *f)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(sqlbuild_release) struct sqlbuild b = SQLBUILD(f->db, arena);
	bool pg = db_backend(f->db) == DB_PG;

	sqlbuild_add(&b, pg ? "SELECT r.id >> 6" : "SELECT r.id");
	for (size_t i = 0; i < f->n; i++) {
		sqlbuild_add(&b, pg ? ", bit_or(CASE WHEN (" : ", (");
		add_test(leaf_of(f->v[i]), &b);
		sqlbuild_add(&b, pg ? ") THEN CAST(1 AS BIGINT) << CAST(r.id &"
				      " 63 AS INTEGER) ELSE 0 END)"
				    : ")");
	}
	add_tables(f, &b);
	if (!pg)
		return take_rows(f, &b);
	sqlbuild_add(&b, " GROUP BY 1");
	return take_words(f, &b);
}

/* Those of the hour, with their times. */
static int fill_edges(struct fill *f)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(sqlbuild_release) struct sqlbuild b = SQLBUILD(f->db, arena);
	CLEANUP(rows_free) struct rows *rows = NULL;
	const struct criteria_leaf *leaf = leaf_of(f->v[0]);
	int more;

	sqlbuild_add(&b, "SELECT r.id, ");
	add_time(leaf, &b);
	add_tables(f, &b);
	sqlbuild_add(&b, " AND ");
	add_time(leaf, &b);
	sqlbuild_add(&b, " >= ");
	sqlbuild_bind_int(&b, leaf->hour * MS_HOUR);
	sqlbuild_add(&b, " AND ");
	add_time(leaf, &b);
	sqlbuild_add(&b, " < ");
	sqlbuild_bind_int(&b, hour_end(leaf));
	if (sqlbuild_query(&b, f->db, &rows, f->err) < 0)
		return -1;
	while ((more = rows_next(rows, f->err)) > 0)
		kept_set_add_edge(f->v[0]->set, rows_int(rows, 1),
				  rows_int(rows, 0));
	return more;
}

/* --- of other tables, and of few rows that an index finds --- */

static int fill_ids(struct fill *f)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(sqlbuild_release) struct sqlbuild b = SQLBUILD(f->db, arena);
	const struct criteria_leaf *leaf = leaf_of(f->v[0]);
	bool pg = db_backend(f->db) == DB_PG;

	sqlbuild_add(&b, pg ? "SELECT i.id >> 6, bit_or(CAST(1 AS BIGINT) <<"
			      " CAST(i.id & 63 AS INTEGER)) FROM "
			    : "SELECT i.id FROM ");
	criteria_sql_ids(leaf->entity, &leaf->condition, &b);
	sqlbuild_add(&b, " AS i WHERE TRUE");
	set_whom_add(&f->whom, "i.id", &b);
	if (!pg)
		return take_ids(f, &b);
	sqlbuild_add(&b, " GROUP BY 1");
	return take_words(f, &b);
}

/* --- all of it --- */

/* What was gathered. */
static int fill_gathered(struct fill *f)
{
	int ret = 0;

	if (f->n > 0)
		ret = leaf_of(f->v[0])->kind == LEAF_OTHER ? fill_ids(f)
							   : fill_rows(f);
	f->n = 0;
	return ret;
}

static int fill_one(struct fill *f, struct wanted_set *w)
{
	f->v[f->n++] = w;
	return fill_gathered(f);
}

static int fill_time(struct fill *f, struct wanted_set *w)
{
	int ret;

	f->v[f->n++] = w;
	ret = fill_edges(f);
	f->n = 0;
	return ret;
}

int criteria_leaf_fill(struct db *db, struct wanted_set *const *v, size_t n,
		       const struct set_part *part, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	struct fill f = { .db = db,
			  .entity = leaf_of(v[0])->entity,
			  .whom = set_whom_of(part, &keys),
			  .err = err };

	for (size_t i = 0; i < n; i++) {
		enum criteria_leaf_kind kind = leaf_of(v[i])->kind;

		if ((kind == LEAF_OTHER && fill_one(&f, v[i]) < 0) ||
		    (kind == LEAF_TIME && fill_time(&f, v[i]) < 0))
			return -1;
	}
	for (size_t i = 0; i < n; i++) {
		if (leaf_of(v[i])->kind == LEAF_OTHER)
			continue;
		f.v[f.n++] = v[i];
		if (f.n == AT_ONCE && fill_gathered(&f) < 0)
			return -1;
	}
	return fill_gathered(&f);
}

int criteria_leaf_last(struct db *db, struct wanted_set *const *v, int64_t *out,
		       struct err *err)
{
	int64_t planned;

	if (db_find_int(db, SQL_RECORD_PLAN_SETS, SQL_NO_ARGS, &planned, err) <
	    0)
		return -1;
	return db_find_int(db, SQL_RECORD_LAST,
			   SQL_ARGS(sql_int(leaf_of(v[0])->entity)), out,
			   err) < 0
		       ? -1
		       : 0;
}
