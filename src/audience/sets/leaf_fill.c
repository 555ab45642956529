/*
 * SQLite is in our process: a walk gives us row by row, and C decides. From
 * PostgreSQL every row would be a message, so it decides, and sends the set as
 * words of 64 members.
 */
#include "audience/sets/leaf_fill.h"

#include "audience/sets/leaf_row.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "sql/segment.h"

/* Of so many members words come at once: 64 thousand, 4 MB at most. */
#define RANGE (INT64_C(1) << 22)

struct fill {
	struct db *db;
	struct arena *arena;
	struct leaf *const *leaves;
	size_t n;
	const char *among; /* JSON of ids; NULL: all */
	int64_t from, to;  /* PostgreSQL, all: the range of ids; to 0: any */
	struct err *err;
};

static int64_t hour_start(const struct leaf *leaf)
{
	return leaf->about.id * MS_HOUR;
}

static void add_edge(struct leaf *leaf, int64_t ms, int64_t member_id)
{
	struct leaf_edge edge = { ms, member_id };

	vec_push(&leaf->edges, edge);
}

static void add_whom(struct fill *f, struct sqlbuild *b, const char *id)
{
	if (f->among) {
		sqlbuild_add(b, " AND ");
		sqlbuild_add(b, id);
		sqlbuild_among(b, f->among);
	} else if (f->to) {
		sqlbuild_add(b, " AND ");
		sqlbuild_add(b, id);
		sqlbuild_add(b, " >= ");
		sqlbuild_bind_int(b, f->from);
		sqlbuild_add(b, " AND ");
		sqlbuild_add(b, id);
		sqlbuild_add(b, " < ");
		sqlbuild_bind_int(b, f->to);
	}
}

/* --- SQLite, of rows: a walk --- */

static void take_row(struct leaf *leaf, int64_t id, const struct leaf_row *row)
{
	const struct leaf_about *about = &leaf->about;
	int64_t ms;

	if (about->kind == LEAF_ROW) {
		if (leaf_row_fits(&about->condition, row))
			member_set_add(&leaf->set, id);
		return;
	}
	ms = rows_int(row->rows, row->column);
	if (about->kind == LEAF_STATUS) {
		if (ms == about->id)
			member_set_add(&leaf->set, id);
	} else if (ms >= hour_start(leaf) + MS_HOUR) {
		member_set_add(&leaf->set, id);
	} else if (ms >= hour_start(leaf) && ms > 0) {
		add_edge(leaf, ms, id);
	}
}

/* `+ 0` keeps SQLite from sorting what another index gives: the rows lie in
 * the order of their ids. */
static void write_walk(struct fill *f, struct sqlbuild *b)
{
	sqlbuild_add(b, "SELECT m.id");
	for (size_t i = 0; i < f->n; i++) {
		sqlbuild_add(b, ", ");
		sqlbuild_add(b, leaf_row_column(&f->leaves[i]->about));
	}
	sqlbuild_add(b, " FROM member m WHERE m.list_id + 0 = ");
	sqlbuild_bind_int(b, f->leaves[0]->about.list_id);
	add_whom(f, b, "m.id");
}

static int walk(struct fill *f)
{
	CLEANUP(sqlbuild_release) struct sqlbuild b = SQLBUILD(f->db, f->arena);
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	write_walk(f, &b);
	if (sqlbuild_query(&b, f->db, &rows, f->err) < 0)
		return -1;
	while ((more = rows_next(rows, f->err)) > 0) {
		int64_t id = rows_int(rows, 0);

		for (size_t i = 0; i < f->n; i++) {
			struct leaf_row row = { rows, (int)i + 1 };

			take_row(f->leaves[i], id, &row);
		}
	}
	return more;
}

/* --- PostgreSQL, of rows: words --- */

static void write_test(struct sqlbuild *b, const struct leaf *leaf)
{
	const struct leaf_about *about = &leaf->about;

	if (about->kind == LEAF_ROW) {
		segment_sql_test(b, &about->condition);
		return;
	}
	sqlbuild_add(b, leaf_row_column(about));
	if (about->kind == LEAF_STATUS) {
		sqlbuild_add(b, " = ");
		sqlbuild_bind_int(b, about->id);
	} else {
		sqlbuild_add(b, " >= ");
		sqlbuild_bind_int(b, hour_start(leaf) + MS_HOUR);
	}
}

static void write_words(struct fill *f, struct sqlbuild *b)
{
	sqlbuild_add(b, "SELECT m.id >> 6");
	for (size_t i = 0; i < f->n; i++) {
		sqlbuild_add(b, ", bit_or(CASE WHEN ");
		write_test(b, f->leaves[i]);
		sqlbuild_add(b, " THEN CAST(1 AS BIGINT) << "
				"CAST(m.id & 63 AS INTEGER) ELSE 0 END)");
	}
	sqlbuild_add(b, " FROM member m WHERE m.list_id = ");
	sqlbuild_bind_int(b, f->leaves[0]->about.list_id);
	add_whom(f, b, "m.id");
	sqlbuild_add(b, " GROUP BY 1");
}

static int take_words(struct fill *f, struct sqlbuild *b)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (sqlbuild_query(b, f->db, &rows, f->err) < 0)
		return -1;
	while ((more = rows_next(rows, f->err)) > 0)
		for (size_t i = 0; i < f->n; i++)
			member_set_add_word(
				&f->leaves[i]->set, rows_int(rows, 0),
				(uint64_t)rows_int(rows, (int)i + 1));
	return more;
}

static int take_edges(struct fill *f, struct leaf *leaf)
{
	CLEANUP(sqlbuild_release) struct sqlbuild b = SQLBUILD(f->db, f->arena);
	CLEANUP(rows_free) struct rows *rows = NULL;
	const char *column = leaf_row_column(&leaf->about);
	int more;

	sqlbuild_add(&b, "SELECT m.id, ");
	sqlbuild_add(&b, column);
	sqlbuild_add(&b, " FROM member m WHERE m.list_id = ");
	sqlbuild_bind_int(&b, leaf->about.list_id);
	sqlbuild_add(&b, " AND ");
	sqlbuild_add(&b, column);
	sqlbuild_add(&b, " >= ");
	sqlbuild_bind_int(&b, leaf->about.id ? hour_start(leaf) : 1);
	sqlbuild_add(&b, " AND ");
	sqlbuild_add(&b, column);
	sqlbuild_add(&b, " < ");
	sqlbuild_bind_int(&b, hour_start(leaf) + MS_HOUR);
	add_whom(f, &b, "m.id");
	if (sqlbuild_query(&b, f->db, &rows, f->err) < 0)
		return -1;
	while ((more = rows_next(rows, f->err)) > 0)
		add_edge(leaf, rows_int(rows, 1), rows_int(rows, 0));
	return more;
}

static int word_rows(struct fill *f)
{
	CLEANUP(sqlbuild_release) struct sqlbuild b = SQLBUILD(f->db, f->arena);

	write_words(f, &b);
	if (take_words(f, &b) < 0)
		return -1;
	for (size_t i = 0; i < f->n; i++)
		if (f->leaves[i]->about.kind == LEAF_SINCE &&
		    take_edges(f, f->leaves[i]) < 0)
			return -1;
	return 0;
}

/* --- of an index: tags and campaigns --- */

static void write_index(struct fill *f, struct sqlbuild *b)
{
	const struct leaf_about *about = &f->leaves[0]->about;

	if (about->kind == LEAF_TAG) {
		sqlbuild_add(b, " FROM segment_member m WHERE m.segment_id = ");
		sqlbuild_bind_int(b, about->id);
	} else {
		/* `+`: not through an index of those, which leads to the
		 * rows one by one. */
		sqlbuild_add(b, " FROM recipient m WHERE "
				"+m.sent_seq IS NOT NULL");
		if (about->kind == LEAF_OPENED)
			sqlbuild_add(b, " AND m.opens > 0");
		if (about->kind == LEAF_CLICKED)
			sqlbuild_add(b, " AND m.clicks > 0");
		if (about->id) {
			sqlbuild_add(b, " AND m.campaign_id = ");
			sqlbuild_bind_int(b, about->id);
		}
	}
	add_whom(f, b, "m.member_id");
}

static int word_index(struct fill *f)
{
	CLEANUP(sqlbuild_release) struct sqlbuild b = SQLBUILD(f->db, f->arena);

	sqlbuild_add(&b, "SELECT m.member_id >> 6, bit_or(CAST(1 AS BIGINT) << "
			 "CAST(m.member_id & 63 AS INTEGER))");
	write_index(f, &b);
	sqlbuild_add(&b, " GROUP BY 1");
	return take_words(f, &b);
}

static int list_index(struct fill *f)
{
	CLEANUP(sqlbuild_release) struct sqlbuild b = SQLBUILD(f->db, f->arena);
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	sqlbuild_add(&b, "SELECT m.member_id");
	write_index(f, &b);
	if (sqlbuild_query(&b, f->db, &rows, f->err) < 0)
		return -1;
	while ((more = rows_next(rows, f->err)) > 0)
		member_set_add(&f->leaves[0]->set, rows_int(rows, 0));
	return more;
}

/* --- all of it --- */

static int fill_range(struct fill *f)
{
	bool of_rows = leaf_is_of_rows(&f->leaves[0]->about);

	if (db_backend(f->db) == DB_PG)
		return of_rows ? word_rows(f) : word_index(f);
	return of_rows ? walk(f) : list_index(f);
}

static int fill_ranges(struct fill *f)
{
	int64_t last;

	if (f->among || db_backend(f->db) == DB_SQLITE)
		return fill_range(f);
	if (db_find_int(f->db, SQL_SEGMENT_PLAN_SETS, SQL_NO_ARGS, &last,
			f->err) < 0 ||
	    db_find_int(f->db, SQL_SEGMENT_LAST_MEMBER, SQL_NO_ARGS, &last,
			f->err) < 0)
		return -1;
	for (; f->from <= last; f->from = f->to) {
		f->to = f->from + RANGE;
		if (fill_range(f) < 0)
			return -1;
	}
	return 0;
}

static void forget_edges(struct leaf *leaf, const struct ids *among)
{
	size_t kept = 0;

	vec_each (&leaf->edges, edge)
		if (!ids_has(among, edge->member_id))
			leaf->edges.v[kept++] = *edge;
	leaf->edges.n = kept;
}

static void forget(struct fill *f, const struct ids *among)
{
	CLEANUP(member_set_release) struct member_set set = MEMBER_SET_INIT;

	vec_each (among, id)
		member_set_add(&set, *id);
	for (size_t i = 0; i < f->n; i++) {
		member_set_subtract(&f->leaves[i]->set, &set);
		forget_edges(f->leaves[i], among);
	}
}

int leaf_fill(struct db *db, struct leaf *const *leaves, size_t n,
	      const struct ids *among, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	struct fill f = {
		.db = db, .arena = arena, .leaves = leaves, .n = n, .err = err
	};

	if (among) {
		(void)sql_keys(among, &keys);
		f.among = keys.buf;
		forget(&f, among);
	}
	if (fill_ranges(&f) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		member_set_settle(&leaves[i]->set);
	return 0;
}
