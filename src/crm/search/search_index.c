/*
 * What fills the index: pages of records that are new or have changed, in short
 * transactions. Called by its job, whose wake is called by upkeep; a thread a
 * job.
 */
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "crm/search/search.h"
#include "crm/search/search_fill.h"
#include "crm/search/search_gram.h"
#include "sql/search.h"

#include <string.h>

#define PAGE 500
#define IDLE_MS MS_HOUR /* it is woken before */

/* Companies first: people have their texts, too. */
static const enum entity kinds[] = { ENTITY_COMPANY, ENTITY_PERSON,
				     ENTITY_LEAD };

static const struct sql *next_of(enum entity entity)
{
	return entity == ENTITY_PERSON ? SQL_SEARCH_PEOPLE
	       : entity == ENTITY_LEAD ? SQL_SEARCH_LEADS
				       : SQL_SEARCH_COMPANIES;
}

static const struct sql *those_of(enum entity entity)
{
	return entity == ENTITY_PERSON ? SQL_SEARCH_THOSE_PEOPLE
	       : entity == ENTITY_LEAD ? SQL_SEARCH_THOSE_LEADS
				       : SQL_SEARCH_THOSE_COMPANIES;
}

/* --- what a record's text is --- */

struct found {
	int64_t id;
	const char *plain;   /* NULL: not made yet */
	const char *company; /* NULL: none */
};
struct founds VEC_FIELDS(struct found);

struct addressed {
	int64_t record_id;
	const char *folded, *plain; /* NULL: the same */
};
struct addresseds VEC_FIELDS(struct addressed);

static void read_found(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct found *)out =
		(struct found){ rows_int(rows, 0), rows_dup(rows, 1, arena),
				rows_dup(rows, 2, arena) };
}

static void read_addressed(const struct rows *rows, struct arena *arena,
			   void *out)
{
	*(struct addressed *)out = (struct addressed){
		.record_id = rows_int(rows, 0),
		.folded = rows_dup(rows, 1, arena),
		.plain = rows_dup(rows, 2, arena),
	};
}

static void add_line(const char *line, struct strbuf *text)
{
	if (!line)
		return;
	strbuf_addch(text, '\n');
	strbuf_addstr(text, line);
}

/* Of a record that was erased: "". */
static void text_of(const struct found *found, const struct addresseds *all,
		    struct strbuf *out)
{
	strbuf_reset(out);
	if (found->plain)
		strbuf_addstr(out, found->plain);
	add_line(found->company, out);
	for (size_t i = vec_lower(all, record_id, found->id);
	     i < all->n && all->v[i].record_id == found->id; i++) {
		add_line(all->v[i].folded, out);
		add_line(all->v[i].plain, out);
	}
}

static int load_addresses(struct db *db, enum entity entity,
			  const struct founds *records, struct arena *arena,
			  struct addresseds *out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;

	if (entity == ENTITY_COMPANY || records->n == 0)
		return 0;
	return db_list(
		db, SQL_SEARCH_ADDRESSES,
		SQL_ARGS(sql_int(entity), sql_keys_of(records, id, &keys)),
		read_addressed, arena, out, err);
}

/* --- docs --- */

static int64_t key_of(enum entity entity, int64_t id)
{
	return id * 4 + entity;
}

static void format_grams(struct db *db, const char *text, struct strbuf *out)
{
	CLEANUP(vec_release) struct grams grams = VEC_INIT;

	grams_of_text(str_of(text), &grams);
	grams_format(&grams, db_backend(db), out);
}

static int add_doc(struct batch *b, int64_t key, const char *text,
		   struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf grams = STRBUF_INIT;

	if (!*text)
		return 0;
	format_grams(b->tx->db, text, &grams);
	if (batch_add(b, SQL_SEARCH_DOC_ADD,
		      SQL_ARGS(sql_int(key), sql_text(text)), err) < 0)
		return -1;
	return batch_add(b, SQL_SEARCH_GRAM_ADD,
			 SQL_ARGS(sql_int(key), sql_str(strbuf_str(&grams))),
			 err);
}

/* 0, also if there is none. */
static int remove_doc(struct tx *tx, int64_t key, struct arena *arena,
		      struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf grams = STRBUF_INIT;
	const char *text;
	int found = db_find_text(tx->db, SQL_SEARCH_DOC, SQL_ARGS(sql_int(key)),
				 arena, &text, err);

	if (found <= 0)
		return found;
	format_grams(tx->db, text, &grams);
	if (db_exec(tx, SQL_SEARCH_GRAM_REMOVE,
		    SQL_ARGS(sql_int(key), sql_str(strbuf_str(&grams))),
		    err) < 0)
		return -1;
	return db_exec(tx, SQL_SEARCH_DOC_REMOVE, SQL_ARGS(sql_int(key)), err);
}

/* What was indexed before it was marked as erased is taken out again. */
int search_forget(struct tx *tx, enum entity entity, int64_t record_id,
		  struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();

	if (search_mark(tx, entity, record_id, err) < 0)
		return -1;
	return remove_doc(tx, key_of(entity, record_id), arena, err) < 0 ? -1
									 : 0;
}

static int add_docs(struct tx *tx, enum entity entity,
		    const struct founds *records, struct arena *arena,
		    struct err *err)
{
	CLEANUP(vec_release) struct addresseds addresses = VEC_INIT;
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct batch batch;

	if (load_addresses(tx->db, entity, records, arena, &addresses, err) < 0)
		return -1;
	batch_begin(tx, &batch);
	vec_each (records, r) {
		text_of(r, &addresses, &text);
		if (add_doc(&batch, key_of(entity, r->id), text.buf, err) < 0)
			return -1;
	}
	return batch_end(&batch, err) < 0 ? -1 : 0;
}

/* --- pages --- */

static int list_next(struct db *db, enum entity entity, int64_t until,
		     struct arena *arena, struct founds *out, struct err *err)
{
	out->n = 0;
	return db_list(db, next_of(entity),
		       SQL_ARGS(sql_int(until), sql_int(PAGE)), read_found,
		       arena, out, err);
}

/* Those that were made before there was a plain text: 1 if there were any, 0,
 * -1. */
static int fill(struct tx *tx, enum entity entity, const struct founds *records,
		struct arena *arena, struct err *err)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;

	vec_each (records, r) {
		if (!r->plain)
			vec_push(&ids, r->id);
	}
	if (ids.n == 0)
		return 0;
	return search_fill(tx, entity, &ids, arena, err) < 0 ? -1 : 1;
}

/* The next records that are not in the index yet: how many, or -1. */
static int index_new(struct tx *tx, enum entity entity, int64_t until,
		     struct arena *arena, struct err *err)
{
	CLEANUP(vec_release) struct founds records = VEC_INIT;
	int filled;

	if (list_next(tx->db, entity, until, arena, &records, err) < 0)
		return -1;
	if (records.n == 0)
		return 0;
	filled = fill(tx, entity, &records, arena, err);
	if (filled < 0 || (filled > 0 && list_next(tx->db, entity, until, arena,
						   &records, err) < 0))
		return -1;
	if (add_docs(tx, entity, &records, arena, err) < 0 ||
	    db_exec(tx, SQL_SEARCH_GO_ON,
		    SQL_ARGS(sql_int(records.v[records.n - 1].id),
			     sql_int(entity)),
		    err) < 0)
		return -1;
	return (int)records.n;
}

/* The next stale ones: how many, or -1. What is not indexed yet will be. */
static int index_stale(struct tx *tx, enum entity entity, int64_t until,
		       struct arena *arena, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(vec_release) struct founds records = VEC_INIT;
	CLEANUP(vec_release) struct ids stale = VEC_INIT;
	size_t known = 0;

	if (db_list_ids(tx->db, SQL_SEARCH_LOCK_STALE,
			SQL_ARGS(sql_int(entity), sql_int(PAGE)), &stale,
			err) < 0)
		return -1;
	if (stale.n == 0)
		return 0;
	while (known < stale.n && stale.v[known] <= until) {
		if (remove_doc(tx, key_of(entity, stale.v[known++]), arena,
			       err) < 0)
			return -1;
	}
	if (db_exec(tx, SQL_SEARCH_FRESH,
		    SQL_ARGS(sql_int(entity), sql_keys(&stale, &keys)),
		    err) < 0)
		return -1;
	stale.n = known;
	if (db_list(tx->db, those_of(entity), SQL_ARGS(sql_keys(&stale, &keys)),
		    read_found, arena, &records, err) < 0 ||
	    add_docs(tx, entity, &records, arena, err) < 0)
		return -1;
	return 1;
}

static int index_kind(struct tx *tx, enum entity entity, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	int64_t until = 0;
	int n;

	if (db_find_int(tx->db, SQL_SEARCH_LOCK_UNTIL,
			SQL_ARGS(sql_int(entity)), &until, err) < 0)
		return -1;
	n = index_stale(tx, entity, until, arena, err);
	return n == 0 ? index_new(tx, entity, until, arena, err) : n;
}

int search_index_page(struct db *db, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int n = 0;

	if (tx_begin(db, &tx, err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(kinds) && n == 0; i++)
		n = index_kind(&tx, kinds[i], err);
	if (n <= 0)
		return n;
	return tx_commit(&tx, err) < 0 ? -1 : 1;
}

/* --- the job --- */

/* 1: an import has the disk to itself. */
static int is_held(struct db *db, struct err *err)
{
	int64_t one;

	return db_find_int(db, SQL_SEARCH_IMPORT_RUNS, SQL_NO_ARGS, &one, err);
}

static int index_all(struct job_run *run, struct err *err)
{
	int held = is_held(run->db, err);
	int more = 1;

	while (more > 0 && held == 0 && !job_is_stopping(run)) {
		more = search_index_page(run->db, err);
		if (more > 0)
			held = is_held(run->db, err);
	}
	if (more < 0 || held < 0)
		return -1;
	return job_again(run, clock_now_ms() + IDLE_MS);
}

int search_job(struct job_run *run, struct err *err)
{
	int ret;

	db_set_bulk(run->db, true);
	ret = index_all(run, err);
	db_set_bulk(run->db, false);
	return ret;
}

/* The job that waits, which may be one of these only, is due now. */
static int hurry(struct tx *tx, int64_t id, int64_t now_ms, struct err *err)
{
	return db_exec(tx, SQL_SEARCH_HURRY,
		       SQL_ARGS(sql_int(now_ms), sql_int(id), sql_int(now_ms)),
		       err) < 0
		       ? -1
		       : 0;
}

int search_wake(struct db *db, int64_t now_ms, struct err *err)
{
	const struct job_new job = { .kind = SEARCH_JOB,
				     .single_key = SEARCH_JOB,
				     .run_at_ms = now_ms };
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int64_t id;
	int found =
		db_find_int(db, SQL_SEARCH_IS_BEHIND, SQL_NO_ARGS, &id, err);
	int held = found > 0 ? is_held(db, err) : found;

	if (found <= 0 || held != 0)
		return found < 0 || held < 0 ? -1 : 0;
	if (tx_begin(db, &tx, err) < 0)
		return -1;
	found = job_find_active(db, SEARCH_JOB, &id, err);
	if (found < 0 || (found > 0 ? hurry(&tx, id, now_ms, err)
				    : job_add(&tx, &job, now_ms, &id, err)) < 0)
		return -1;
	return tx_commit(&tx, err);
}
