#include "crm/search/search.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "crm/search/search_gram.h"
#include "sql/search.h"
#include "store/sqlbuild.h"

#include <stdlib.h>
#include <string.h>

static const char *sequence_of(enum entity entity)
{
	return entity == ENTITY_PERSON ? "person"
	       : entity == ENTITY_LEAD ? "lead"
				       : "company";
}

static int find_span(struct db *db, enum entity entity, int64_t *until,
		     int64_t *newest, struct err *err)
{
	*until = *newest = 0;
	if (db_find_int(db, SQL_SEARCH_UNTIL, SQL_ARGS(sql_int(entity)), until,
			err) < 0)
		return -1;
	return db_find_int(db, SQL_SEARCH_NEWEST,
			   SQL_ARGS(sql_text(sequence_of(entity))), newest,
			   err) < 0
		       ? -1
		       : 0;
}

int search_behind(struct db *db, enum entity entity, int64_t *out,
		  struct err *err)
{
	int64_t until, newest;

	if (find_span(db, entity, &until, &newest, err) < 0)
		return -1;
	*out = newest > until ? newest - until : 0;
	return 0;
}

/* --- what the index does not know, or not as it is --- */

/* A company whose name changed; its people are indexed by any of these. */
struct renamed {
	int64_t id;
	const char *plain, *folded; /* now; NULL: it is gone */
	const char *indexed;        /* NULL: it was not */
};
struct renameds VEC_FIELDS(struct renamed);

static void read_renamed(const struct rows *rows, struct arena *arena,
			 void *out)
{
	*(struct renamed *)out =
		(struct renamed){ rows_int(rows, 0), rows_dup(rows, 1, arena),
				  rows_dup(rows, 2, arena),
				  rows_dup(rows, 3, arena) };
}

static bool has(const char *text, const char *part)
{
	return text && part && strstr(text, part);
}

/* Else what it was called, and is, finds nobody. */
static bool concerns(const struct renamed *c, const struct search_word *word)
{
	return has(c->plain, word->plain) || has(c->folded, word->folded) ||
	       has(c->indexed, word->plain) || has(c->plain, word->number) ||
	       has(c->indexed, word->number);
}

/* 1, 0 too many, -1. */
static int add_staff(struct db *db, const struct renamed *c, struct ids *out,
		     struct err *err)
{
	if (db_list_ids(db, SQL_SEARCH_STAFF,
			SQL_ARGS(sql_int(c->id), sql_int(0),
				 sql_int(SEARCH_BEHIND_MOST + 1)),
			out, err) < 0)
		return -1;
	return out->n <= SEARCH_BEHIND_MOST;
}

/* The people of companies whose name changed, if it is looked for: 1, 0 too
 * many, -1. */
static int find_staff(struct db *db, const struct search_word *words, size_t n,
		      struct ids *out, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct renameds all = VEC_INIT;
	int narrow = 1;

	if (db_list(db, SQL_SEARCH_STALE_COMPANIES,
		    SQL_ARGS(sql_int(SEARCH_BEHIND_MOST + 1)), read_renamed,
		    arena, &all, err) < 0)
		return -1;
	if (all.n > SEARCH_BEHIND_MOST)
		return 0;
	vec_each (&all, c) {
		bool is_sought = false;

		for (size_t i = 0; i < n; i++)
			is_sought = is_sought || concerns(c, &words[i]);
		if (is_sought && narrow > 0)
			narrow = add_staff(db, c, out, err);
	}
	return narrow;
}

/* New ones, and those that changed: 1, 0 too many, -1. */
static int find_unknown(struct db *db, enum entity entity, struct ids *out,
			struct err *err)
{
	int64_t until, newest;

	if (find_span(db, entity, &until, &newest, err) < 0)
		return -1;
	if (newest - until > SEARCH_BEHIND_MOST)
		return 0;
	if (db_list_ids(
		    db, SQL_SEARCH_STALE,
		    SQL_ARGS(sql_int(entity), sql_int(SEARCH_BEHIND_MOST + 1)),
		    out, err) < 0)
		return -1;
	for (int64_t id = until + 1; id <= newest; id++)
		vec_push(out, id);
	return out->n <= SEARCH_BEHIND_MOST;
}

/* --- what it knows --- */

/*
 * Whatever fits has all the pieces of words that are written in one way. If
 * there are none, it has those of the first word, in either of its ways.
 */
struct question {
	struct grams ways[2];
};

static void question_release(struct question *q)
{
	vec_release(&q->ways[0]);
	vec_release(&q->ways[1]);
}

/* What every way of the word has; NULL: the text and the number have nothing in
 * common. */
static const char *only_way(const struct search_word *word)
{
	if (!word->number)
		return word->plain;
	return !word->plain || strstr(word->plain, word->number) ? word->number
								 : NULL;
}

static void make_question(const struct search_word *words, size_t n,
			  struct question *out)
{
	const struct search_word *either = NULL;

	for (size_t i = 0; i < n; i++) {
		const char *way = only_way(&words[i]);

		if (way)
			grams_of_word(str_of(way), &out->ways[0]);
		else if (!either)
			either = &words[i];
	}
	if (out->ways[0].n > 0 || !either)
		return;
	grams_of_word(str_of(either->plain), &out->ways[0]);
	grams_of_word(str_of(either->number), &out->ways[1]);
}

void search_found_release(struct search_found *found)
{
	vec_release(&found->ids);
}

struct search {
	struct db *db;
	enum entity entity;
	const struct search_word *words;
	size_t n;
	bool has_number; /* which may be in what was indexed by chance */
	size_t most;
	struct ids unknown; /* not to be believed of the index */
};

static void search_release(struct search *s)
{
	vec_release(&s->unknown);
}

static void find_sql(const struct search *s, const char *grams,
		     struct sqlbuild *b)
{
	bool pg = b->backend == DB_PG;

	sqlbuild_add(b, pg ? "SELECT d.key FROM search_gram d"
			     " WHERE d.grams @> CAST("
			   : "SELECT g.rowid FROM search_gram g CROSS JOIN"
			     " search_doc d ON d.key = g.rowid"
			     " WHERE g.search_gram MATCH ");
	sqlbuild_bind_text(b, grams);
	sqlbuild_add(b, pg ? " AS INTEGER[]) AND d.key % 4 = "
			   : " AND g.rowid % 4 = ");
	sqlbuild_bind_int(b, s->entity);
	for (size_t i = 0; i < s->n && !s->has_number; i++) {
		sqlbuild_add(b, " AND ");
		search_word_sql(&s->words[i], "d.text", "d.text", b);
	}
	sqlbuild_add(b, " LIMIT ");
	sqlbuild_bind_int(b, (int64_t)(s->most + s->unknown.n + 1));
}

/* Keys are of one kind of records: from here on, they are ids. */
static int find_indexed(const struct search *s, const char *grams,
			struct ids *out, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(sqlbuild_release) struct sqlbuild b = SQLBUILD(s->db, arena);
	CLEANUP(rows_free) struct rows *rows = NULL;
	size_t before = out->n;

	find_sql(s, grams, &b);
	if (sqlbuild_query(&b, s->db, &rows, err) < 0 ||
	    rows_ids(rows, out, err) < 0)
		return -1;
	for (size_t i = before; i < out->n; i++)
		out->v[i] /= 4;
	return 0;
}

static int find_all(const struct search *s, struct question *q, struct ids *out,
		    struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(q->ways); i++) {
		if (q->ways[i].n == 0)
			continue;
		grams_format(&q->ways[i], db_backend(s->db), &text);
		if (find_indexed(s, text.buf, out, err) < 0)
			return -1;
	}
	ids_sort(out);
	return 0;
}

/* Those of the index that are as it says. */
static size_t count_sure(const struct search *s, const struct ids *found)
{
	size_t n = found->n;

	vec_each (&s->unknown, id)
		n -= ids_has(found, *id);
	return n;
}

static int answer(struct search *s, struct question *q,
		  struct search_found *out, struct err *err)
{
	CLEANUP(vec_release) struct ids found = VEC_INIT;

	if (find_all(s, q, &found, err) < 0)
		return -1;
	if (count_sure(s, &found) > s->most)
		return s->has_number ? SEARCH_NO_HELP : SEARCH_MANY;
	vec_each (&s->unknown, id)
		vec_push(&found, *id);
	ids_sort(&found);
	out->is_sure = !s->has_number && s->unknown.n == 0;
	out->ids = found;
	found = (struct ids)VEC_INIT;
	return SEARCH_FOUND;
}

int search_find(struct db *db, enum entity entity,
		const struct search_word *words, size_t n, size_t most,
		struct search_found *out, struct err *err)
{
	CLEANUP(question_release) struct question q = { 0 };
	CLEANUP(search_release) struct search s = { db, entity, words, n };
	int narrow;

	make_question(words, n, &q);
	if (q.ways[0].n == 0)
		return SEARCH_NO_HELP;
	for (size_t i = 0; i < n; i++)
		s.has_number = s.has_number || words[i].number;
	s.most = s.has_number ? SEARCH_MOST : most;
	/* what the job takes in meanwhile must not be missed: first those */
	narrow = find_unknown(db, entity, &s.unknown, err);
	if (narrow > 0 && entity == ENTITY_PERSON)
		narrow = find_staff(db, words, n, &s.unknown, err);
	if (narrow <= 0)
		return narrow < 0 ? -1 : SEARCH_NO_HELP;
	ids_sort(&s.unknown);
	return answer(&s, &q, out, err);
}
