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
#include "crm/search/search_text.h"
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

struct doc {
	int64_t key;
	const char *text;
};
struct docs VEC_FIELDS(struct doc);

static int add_grams(struct batch *b, const struct doc *doc, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf grams = STRBUF_INIT;

	format_grams(b->tx->db, doc->text, &grams);
	return batch_add(b, SQL_SEARCH_GRAM_ADD,
			 SQL_ARGS(sql_int(doc->key),
				  sql_str(strbuf_str(&grams)),
				  sql_text(doc->text)),
			 err);
}

/* Kind by kind, so that they travel together. */
static int write_docs(struct tx *tx, const struct docs *docs, struct err *err)
{
	struct batch b;

	batch_begin(tx, &b);
	vec_each (docs, doc)
		if (batch_add(&b, SQL_SEARCH_DOC_ADD,
			      SQL_ARGS(sql_int(doc->key), sql_text(doc->text)),
			      err) < 0)
			return -1;
	vec_each (docs, doc)
		if (add_grams(&b, doc, err) < 0)
			return -1;
	return batch_end(&b, err) < 0 ? -1 : 0;
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
		    const struct founds *records,
		    const struct addresseds *addresses, struct arena *arena,
		    struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(vec_release) struct docs docs = VEC_INIT;

	vec_each (records, r) {
		text_of(r, addresses, &text);
		if (text.len > 0)
			vec_push(
				&docs,
				((struct doc){
					key_of(entity, r->id),
					arena_str(arena, strbuf_str(&text)) }));
	}
	return write_docs(tx, &docs, err);
}

/* --- records that are read --- */

struct read {
	struct founds records;
	struct addresseds addresses;
};

static void read_release(struct read *read)
{
	vec_release(&read->records);
	vec_release(&read->addresses);
}

static int read_those(struct db *db, enum entity entity,
		      const struct sql *query, struct sql_args args,
		      struct arena *arena, struct read *out, struct err *err)
{
	out->records.n = out->addresses.n = 0;
	if (db_list(db, query, args, read_found, arena, &out->records, err) < 0)
		return -1;
	return load_addresses(db, entity, &out->records, arena, &out->addresses,
			      err);
}

/* Of before there were plain texts, or edited by then, which wrote the record's
 * and not its address's. */
static void list_unfilled(const struct read *read, struct ids *out)
{
	vec_each (&read->records, r) {
		if (!r->plain)
			vec_push(out, r->id);
	}
	vec_each (&read->addresses, a) {
		CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

		if (!a->plain && search_text_of_address(a->folded, &text))
			vec_push(out, a->record_id);
	}
	ids_sort(out);
}

/* Reads them, with plain texts for those that have none. */
static int read_filled(struct tx *tx, enum entity entity,
		       const struct sql *query, struct sql_args args,
		       struct arena *arena, struct read *out, struct err *err)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;

	if (read_those(tx->db, entity, query, args, arena, out, err) < 0)
		return -1;
	list_unfilled(out, &ids);
	if (ids.n == 0)
		return 0;
	if (search_fill(tx, entity, &ids, arena, err) < 0)
		return -1;
	return read_those(tx->db, entity, query, args, arena, out, err);
}

/* Those that are in the index, anew: ids in order. */
static int index_again(struct tx *tx, enum entity entity, const struct ids *ids,
		       struct arena *arena, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(read_release) struct read read = { 0 };

	vec_each (ids, id) {
		if (remove_doc(tx, key_of(entity, *id), arena, err) < 0)
			return -1;
	}
	if (read_filled(tx, entity, those_of(entity),
			SQL_ARGS(sql_keys(ids, &keys)), arena, &read, err) < 0)
		return -1;
	return add_docs(tx, entity, &read.records, &read.addresses, arena, err);
}

/* --- pages --- */

/* The next records that are not in the index yet: how many, or -1. */
static int index_new(struct tx *tx, enum entity entity, int64_t until,
		     struct arena *arena, struct err *err)
{
	CLEANUP(read_release) struct read read = { 0 };
	size_t n;

	if (read_filled(tx, entity, next_of(entity),
			SQL_ARGS(sql_int(until), sql_int(PAGE)), arena, &read,
			err) < 0)
		return -1;
	n = read.records.n;
	if (n == 0)
		return 0;
	if (add_docs(tx, entity, &read.records, &read.addresses, arena, err) <
		    0 ||
	    db_exec(tx, SQL_SEARCH_GO_ON,
		    SQL_ARGS(sql_int(read.records.v[n - 1].id),
			     sql_int(entity)),
		    err) < 0)
		return -1;
	return (int)n;
}

/* Not stale any more; those above until are not indexed yet, and will be. */
static int refresh(struct tx *tx, enum entity entity, struct ids *stale,
		   int64_t until, struct arena *arena, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;

	if (db_exec(tx, SQL_SEARCH_FRESH,
		    SQL_ARGS(sql_int(entity), sql_keys(stale, &keys)), err) < 0)
		return -1;
	while (stale->n > 0 && stale->v[stale->n - 1] > until)
		stale->n--;
	return index_again(tx, entity, stale, arena, err);
}

/* The next stale ones: how many, or -1. */
static int index_stale(struct tx *tx, enum entity entity, int64_t until,
		       struct arena *arena, struct err *err)
{
	CLEANUP(vec_release) struct ids stale = VEC_INIT;
	int n;

	if (db_list_ids(tx->db, SQL_SEARCH_LOCK_STALE,
			SQL_ARGS(sql_int(entity), sql_int(PAGE)), &stale,
			err) < 0)
		return -1;
	n = (int)stale.n;
	return n > 0 && refresh(tx, entity, &stale, until, arena, err) < 0 ? -1
									   : n;
}

/* --- companies, whose people are found by their names --- */

struct renamed {
	int64_t id, staff_until;
};
struct renameds VEC_FIELDS(struct renamed);

static void read_renamed(const struct rows *rows, struct arena *arena,
			 void *out)
{
	(void)arena;
	*(struct renamed *)out =
		(struct renamed){ rows_int(rows, 0), rows_int(rows, 1) };
}

/* Until the last of its people, the index has all names that they may be
 * indexed by: those of before, and this one. */
static int add_name(struct tx *tx, int64_t id, struct arena *arena,
		    struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(read_release) struct read read = { 0 };
	const struct ids one = { .v = &id, .n = 1 };
	const char *before = "";
	struct doc doc;

	if (db_find_text(tx->db, SQL_SEARCH_DOC,
			 SQL_ARGS(sql_int(key_of(ENTITY_COMPANY, id))), arena,
			 &before, err) < 0 ||
	    remove_doc(tx, key_of(ENTITY_COMPANY, id), arena, err) < 0 ||
	    read_filled(tx, ENTITY_COMPANY, SQL_SEARCH_THOSE_COMPANIES,
			SQL_ARGS(sql_keys(&one, &keys)), arena, &read, err) < 0)
		return -1;
	strbuf_addstr(&text, before);
	vec_each (&read.records, r)
		add_line(r->plain, &text);
	doc = (struct doc){ key_of(ENTITY_COMPANY, id), text.buf };
	return write_docs(
		tx, &(struct docs){ .v = &doc, .n = text.len > 0 ? 1 : 0 },
		err);
}

/* Up to which id they are in the index. */
struct untils {
	int64_t companies, people;
};

/* The next of its people, at most *room, which gets less: 1 if there are more,
 * 0, -1. */
static int index_staff(struct tx *tx, const struct renamed *c,
		       const struct untils *until, size_t *room,
		       struct arena *arena, struct err *err)
{
	CLEANUP(vec_release) struct ids staff = VEC_INIT;
	bool more;
	int64_t last;

	if (db_list_ids(tx->db, SQL_SEARCH_STAFF,
			SQL_ARGS(sql_int(c->id), sql_int(c->staff_until),
				 sql_int((int64_t)*room)),
			&staff, err) < 0)
		return -1;
	if (staff.n == 0)
		return 0;
	more = staff.n == *room;
	*room -= staff.n;
	last = staff.v[staff.n - 1];
	while (staff.n > 0 && staff.v[staff.n - 1] > until->people)
		staff.n--;
	if (index_again(tx, ENTITY_PERSON, &staff, arena, err) < 0)
		return -1;
	if (!more)
		return 0;
	if (c->staff_until == 0 && c->id <= until->companies &&
	    add_name(tx, c->id, arena, err) < 0)
		return -1;
	return db_exec(tx, SQL_SEARCH_STAFF_UNTIL,
		       SQL_ARGS(sql_int(last), sql_int(c->id)), err) < 0
		       ? -1
		       : 1;
}

/* As index_stale; a company is stale until all its people are taken in. */
static int index_companies(struct tx *tx, int64_t companies_until,
			   struct arena *arena, struct err *err)
{
	CLEANUP(vec_release) struct renameds all = VEC_INIT;
	CLEANUP(vec_release) struct ids done = VEC_INIT;
	struct untils until = { .companies = companies_until };
	size_t room = PAGE;
	int more = 0;

	if (db_list(tx->db, SQL_SEARCH_LOCK_COMPANIES, SQL_ARGS(sql_int(PAGE)),
		    read_renamed, arena, &all, err) < 0)
		return -1;
	if (all.n == 0)
		return 0;
	if (db_find_int(tx->db, SQL_SEARCH_UNTIL,
			SQL_ARGS(sql_int(ENTITY_PERSON)), &until.people,
			err) < 0)
		return -1;
	for (size_t i = 0; i < all.n && more == 0 && room > 0; i++) {
		more = index_staff(tx, &all.v[i], &until, &room, arena, err);
		if (more == 0)
			vec_push(&done, all.v[i].id);
	}
	if (more < 0 ||
	    (done.n > 0 && refresh(tx, ENTITY_COMPANY, &done, until.companies,
				   arena, err) < 0))
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
	n = entity == ENTITY_COMPANY
		    ? index_companies(tx, until, arena, err)
		    : index_stale(tx, entity, until, arena, err);
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
