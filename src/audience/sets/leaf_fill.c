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
#include "sets/set_whom.h"
#include "sql/segment.h"

#define LEAVES_AT_ONCE 100 /* columns of a query */

struct leaf {
	const struct leaf_about *about;
	struct kept_set *into;
};

struct fill {
	struct db *db;
	struct arena *arena;
	struct leaf leaves[LEAVES_AT_ONCE];
	size_t n;
	struct set_whom whom;
	struct err *err;
};

static int64_t hour_start(const struct leaf *leaf)
{
	return leaf->about->id * MS_HOUR;
}

static bool is_of_campaign(const struct leaf_about *about)
{
	return about->kind >= LEAF_SENT && about->kind <= LEAF_CLICKED;
}

/* Rows of members, or of the recipients of a campaign: one walk fills many. */
static bool is_walked(const struct leaf_about *about)
{
	return leaf_is_of_rows(about) || is_of_campaign(about);
}

static const char *id_column(const struct fill *f)
{
	return is_of_campaign(f->leaves[0].about) ? "m.member_id" : "m.id";
}

static const char *column_of(const struct leaf_about *about)
{
	switch (about->kind) {
	case LEAF_SENT:
		return "1";
	case LEAF_OPENED:
		return "m.opens";
	case LEAF_CLICKED:
		return "m.clicks";
	default:
		return leaf_row_column(about);
	}
}

static void write_reacted(const struct fill *f, struct sqlbuild *b)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->leaves[i].about->kind == LEAF_SENT)
			return;
	sqlbuild_add(b, " AND (");
	for (size_t i = 0; i < f->n; i++) {
		sqlbuild_add(b, i ? " OR " : "");
		sqlbuild_add(b, column_of(f->leaves[i].about));
		sqlbuild_add(b, " > 0");
	}
	sqlbuild_add(b, ")");
}

/* Any campaign: one after the other, as the rows of each lie in the order of
 * members; their index would lead to the rows one by one. */
static void write_recipients(const struct fill *f, struct sqlbuild *b)
{
	sqlbuild_add(b, " FROM recipient m WHERE +m.sent_seq IS NOT NULL"
			" AND m.campaign_id");
	if (f->leaves[0].about->id) {
		sqlbuild_add(b, " = ");
		sqlbuild_bind_int(b, f->leaves[0].about->id);
	} else {
		sqlbuild_add(b, " IN (SELECT id FROM campaign)");
	}
	write_reacted(f, b);
}

/* `+ 0` keeps SQLite from sorting what another index gives: the rows lie in
 * the order of their ids. */
static void write_from(const struct fill *f, struct sqlbuild *b)
{
	const struct leaf_about *about = f->leaves[0].about;

	if (is_of_campaign(about)) {
		write_recipients(f, b);
	} else {
		sqlbuild_add(b, db_backend(f->db) == DB_PG
					? " FROM member m WHERE m.list_id = "
					: " FROM member m"
					  " WHERE m.list_id + 0 = ");
		sqlbuild_bind_int(b, about->list_id);
	}
	set_whom_add(&f->whom, id_column(f), b);
}

/* --- SQLite: a walk --- */

static void take_row(const struct leaf *leaf, int64_t id,
		     const struct leaf_row *row)
{
	const struct leaf_about *about = leaf->about;
	int64_t ms;

	if (about->kind == LEAF_ROW) {
		if (leaf_row_fits(&about->condition, row))
			id_set_add(&leaf->into->set, id);
		return;
	}
	ms = rows_int(row->rows, row->column);
	if (about->kind == LEAF_STATUS) {
		if (ms == about->id)
			id_set_add(&leaf->into->set, id);
	} else if (is_of_campaign(about)) {
		if (ms > 0)
			id_set_add(&leaf->into->set, id);
	} else if (ms >= hour_start(leaf) + MS_HOUR) {
		id_set_add(&leaf->into->set, id);
	} else if (ms >= hour_start(leaf) && ms > 0) {
		kept_set_add_edge(leaf->into, ms, id);
	}
}

static void write_walk(const struct fill *f, struct sqlbuild *b)
{
	sqlbuild_add(b, "SELECT ");
	sqlbuild_add(b, id_column(f));
	for (size_t i = 0; i < f->n; i++) {
		sqlbuild_add(b, ", ");
		sqlbuild_add(b, column_of(f->leaves[i].about));
	}
	write_from(f, b);
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

			take_row(&f->leaves[i], id, &row);
		}
	}
	return more;
}

/* --- PostgreSQL: words --- */

static void write_test(struct sqlbuild *b, const struct leaf *leaf)
{
	const struct leaf_about *about = leaf->about;

	if (about->kind == LEAF_ROW) {
		segment_sql_test(b, &about->condition);
		return;
	}
	sqlbuild_add(b, column_of(about));
	if (about->kind == LEAF_STATUS) {
		sqlbuild_add(b, " = ");
		sqlbuild_bind_int(b, about->id);
	} else if (is_of_campaign(about)) {
		sqlbuild_add(b, " > 0");
	} else {
		sqlbuild_add(b, " >= ");
		sqlbuild_bind_int(b, hour_start(leaf) + MS_HOUR);
	}
}

static void write_bit(struct sqlbuild *b, const char *id)
{
	sqlbuild_add(b, "CAST(1 AS BIGINT) << CAST(");
	sqlbuild_add(b, id);
	sqlbuild_add(b, " & 63 AS INTEGER)");
}

static void write_words(const struct fill *f, struct sqlbuild *b)
{
	sqlbuild_add(b, "SELECT ");
	sqlbuild_add(b, id_column(f));
	sqlbuild_add(b, " >> 6");
	for (size_t i = 0; i < f->n; i++) {
		sqlbuild_add(b, ", bit_or(CASE WHEN ");
		write_test(b, &f->leaves[i]);
		sqlbuild_add(b, " THEN ");
		write_bit(b, id_column(f));
		sqlbuild_add(b, " ELSE 0 END)");
	}
	write_from(f, b);
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
			id_set_add_word(&f->leaves[i].into->set,
					rows_int(rows, 0),
					(uint64_t)rows_int(rows, (int)i + 1));
	return more;
}

static int take_edges(struct fill *f, const struct leaf *leaf)
{
	CLEANUP(sqlbuild_release) struct sqlbuild b = SQLBUILD(f->db, f->arena);
	CLEANUP(rows_free) struct rows *rows = NULL;
	const char *column = leaf_row_column(leaf->about);
	int more;

	sqlbuild_add(&b, "SELECT m.id, ");
	sqlbuild_add(&b, column);
	sqlbuild_add(&b, " FROM member m WHERE m.list_id = ");
	sqlbuild_bind_int(&b, leaf->about->list_id);
	sqlbuild_add(&b, " AND ");
	sqlbuild_add(&b, column);
	sqlbuild_add(&b, " >= ");
	sqlbuild_bind_int(&b, leaf->about->id ? hour_start(leaf) : 1);
	sqlbuild_add(&b, " AND ");
	sqlbuild_add(&b, column);
	sqlbuild_add(&b, " < ");
	sqlbuild_bind_int(&b, hour_start(leaf) + MS_HOUR);
	set_whom_add(&f->whom, "m.id", &b);
	if (sqlbuild_query(&b, f->db, &rows, f->err) < 0)
		return -1;
	while ((more = rows_next(rows, f->err)) > 0)
		kept_set_add_edge(leaf->into, rows_int(rows, 1),
				  rows_int(rows, 0));
	return more;
}

static int word_rows(struct fill *f)
{
	CLEANUP(sqlbuild_release) struct sqlbuild b = SQLBUILD(f->db, f->arena);

	write_words(f, &b);
	if (take_words(f, &b) < 0)
		return -1;
	for (size_t i = 0; i < f->n; i++)
		if (f->leaves[i].about->kind == LEAF_SINCE &&
		    take_edges(f, &f->leaves[i]) < 0)
			return -1;
	return 0;
}

/* --- of an index: tags, interests, clients, places --- */

static void write_index(struct fill *f, struct sqlbuild *b)
{
	const struct leaf_about *about = f->leaves[0].about;

	if (about->kind == LEAF_TAG) {
		sqlbuild_add(b, " FROM segment_member m WHERE m.segment_id = ");
		sqlbuild_bind_int(b, about->id);
	} else if (about->kind == LEAF_INTEREST) {
		sqlbuild_add(b, " FROM member_interest m "
				"WHERE m.interest_id = ");
		sqlbuild_bind_int(b, about->id);
	} else if (about->kind == LEAF_CLIENT) {
		sqlbuild_add(b, " FROM member_client m WHERE m.client = ");
		sqlbuild_bind_int(b, about->id);
	} else {
		sqlbuild_add(b, " FROM member_place mp WHERE 1 = 1");
		segment_sql_place(b, &about->condition.place);
	}
	set_whom_add(&f->whom, "member_id", b);
}

static int word_index(struct fill *f)
{
	CLEANUP(sqlbuild_release) struct sqlbuild b = SQLBUILD(f->db, f->arena);

	sqlbuild_add(&b, "SELECT member_id >> 6, bit_or(");
	write_bit(&b, "member_id");
	sqlbuild_add(&b, ")");
	write_index(f, &b);
	sqlbuild_add(&b, " GROUP BY 1");
	return take_words(f, &b);
}

static int list_index(struct fill *f)
{
	CLEANUP(sqlbuild_release) struct sqlbuild b = SQLBUILD(f->db, f->arena);
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	sqlbuild_add(&b, "SELECT member_id");
	write_index(f, &b);
	if (sqlbuild_query(&b, f->db, &rows, f->err) < 0)
		return -1;
	while ((more = rows_next(rows, f->err)) > 0)
		id_set_add(&f->leaves[0].into->set, rows_int(rows, 0));
	return more;
}

/* --- all of it --- */

static int fill_range(struct fill *f)
{
	bool by_walk = is_walked(f->leaves[0].about);

	if (db_backend(f->db) == DB_PG)
		return by_walk ? word_rows(f) : word_index(f);
	return by_walk ? walk(f) : list_index(f);
}

static int fill_now(struct fill *f)
{
	int ret = fill_range(f);

	f->n = 0;
	return ret;
}

static void take(struct fill *f, const struct wanted_set *wanted)
{
	f->leaves[f->n++] = (struct leaf){ wanted->about, wanted->set };
}

static bool share_a_walk(const struct leaf_about *a, const struct leaf_about *b)
{
	if (leaf_is_of_rows(a))
		return leaf_is_of_rows(b); /* all are of one list */
	return is_of_campaign(a) && is_of_campaign(b) && a->id == b->id;
}

static bool is_filled(struct wanted_set *const *v, size_t i)
{
	for (size_t before = 0; before < i; before++)
		if (share_a_walk(v[before]->about, v[i]->about))
			return true;
	return false;
}

/* With all that share its walk. */
static int fill_with(struct fill *f, struct wanted_set *const *v, size_t n,
		     size_t i)
{
	take(f, v[i]);
	for (size_t other = i + 1; other < n; other++) {
		if (!share_a_walk(v[i]->about, v[other]->about))
			continue;
		if (f->n == LEAVES_AT_ONCE && fill_now(f) < 0)
			return -1;
		take(f, v[other]);
	}
	return fill_now(f);
}

int leaf_fill(struct db *db, struct wanted_set *const *v, size_t n,
	      const struct set_part *part, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	struct fill f = { .db = db,
			  .arena = arena,
			  .whom = set_whom_of(part, &keys),
			  .err = err };

	for (size_t i = 0; i < n; i++)
		if (!is_filled(v, i) && fill_with(&f, v, n, i) < 0)
			return -1;
	return 0;
}

int leaf_last(struct db *db, struct wanted_set *const *v, int64_t *out,
	      struct err *err)
{
	int64_t planned;

	(void)v; /* all are of members */
	if (db_find_int(db, SQL_SEGMENT_PLAN_SETS, SQL_NO_ARGS, &planned, err) <
	    0)
		return -1;
	return db_find_int(db, SQL_SEGMENT_LAST_MEMBER, SQL_NO_ARGS, out, err) <
			       0
		       ? -1
		       : 0;
}
