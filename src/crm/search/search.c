#include "crm/search/search.h"

#include "base/err.h"
#include "base/strbuf.h"
#include "crm/search/search_gram.h"
#include "sql/search.h"

#include <stdlib.h>
#include <string.h>

static const char *sequence_of(enum entity entity)
{
	return entity == ENTITY_PERSON ? "person"
	       : entity == ENTITY_LEAD ? "lead"
				       : "company";
}

/* --- looking --- */

/* Keys are of one kind of records: from here on, they are ids. */
static int find_indexed(struct db *db, enum entity entity, const char *grams,
			struct ids *out, struct err *err)
{
	size_t before = out->n;

	if (db_list_ids(db, SQL_SEARCH_FIND,
			SQL_ARGS(sql_text(grams), sql_int(entity),
				 sql_int(SEARCH_MOST + 1)),
			out, err) < 0)
		return -1;
	for (size_t i = before; i < out->n; i++)
		out->v[i] /= 4;
	return out->n - before <= SEARCH_MOST;
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

/* Those that the index does not know, or not as they are: 1, 0 too many, -1. */
static int find_unknown(struct db *db, enum entity entity, struct ids *out,
			struct err *err)
{
	size_t before = out->n;
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
	if (out->n - before > SEARCH_BEHIND_MOST)
		return 0;
	for (int64_t id = until + 1; id <= newest; id++)
		vec_push(out, id);
	return 1;
}

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

/* 1, 0 too many, -1. */
static int find_all(struct db *db, enum entity entity, struct question *q,
		    struct ids *out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	/* what the job takes in meanwhile must not be missed: first those */
	int narrow = find_unknown(db, entity, out, err);

	for (size_t i = 0; i < ARRAY_SIZE(q->ways) && narrow > 0; i++) {
		if (q->ways[i].n == 0)
			continue;
		grams_format(&q->ways[i], db_backend(db), &text);
		narrow = find_indexed(db, entity, text.buf, out, err);
	}
	return narrow;
}

int search_find(struct db *db, enum entity entity,
		const struct search_word *words, size_t n, struct ids *out,
		struct err *err)
{
	CLEANUP(question_release) struct question q = { 0 };
	CLEANUP(vec_release) struct ids found = VEC_INIT;
	int narrow = 0;

	make_question(words, n, &q);
	if (q.ways[0].n > 0)
		narrow = find_all(db, entity, &q, &found, err);
	if (narrow <= 0)
		return narrow;
	ids_sort(&found);
	vec_each (&found, id)
		vec_push(out, *id);
	return narrow;
}

/* --- what changed --- */

int search_mark_many(struct tx *tx, enum entity entity, const struct ids *ids,
		     struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;

	return db_exec(tx, SQL_SEARCH_MARK,
		       SQL_ARGS(sql_int(entity), sql_keys(ids, &keys)), err) < 0
		       ? -1
		       : 0;
}

int search_mark(struct tx *tx, enum entity entity, int64_t record_id,
		struct err *err)
{
	struct ids one = { .v = &record_id, .n = 1 };

	if (entity == ENTITY_COMPANY &&
	    db_exec(tx, SQL_SEARCH_MARK_STAFF, SQL_ARGS(sql_int(record_id)),
		    err) < 0)
		return -1;
	return search_mark_many(tx, entity, &one, err);
}

int search_mark_batch(struct batch *b, enum entity entity, int64_t record_id,
		      struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	struct ids one = { .v = &record_id, .n = 1 };

	if (entity == ENTITY_COMPANY &&
	    batch_add(b, SQL_SEARCH_MARK_STAFF, SQL_ARGS(sql_int(record_id)),
		      err) < 0)
		return -1;
	return batch_add(b, SQL_SEARCH_MARK,
			 SQL_ARGS(sql_int(entity), sql_keys(&one, &keys)), err);
}
