/*
 * Where an import that is only tried is written: see import_batch.h.
 *
 * A trial says exactly what the import would do,
 * because it is the import: the same matching and the same writing, in a
 * database of its own (store/scratch.h) that is gone when the job is over. What
 * stands in the real one of those whom a batch is about is copied into it
 * before the batch is matched: records by id, key, address and name, who shares
 * an address with them, their companies, tags and words about mail. Nothing of
 * the real one is written or locked.
 */
#include "crm/import/import_batch.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/random.h"
#include "base/strbuf.h"
#include "crm/import/import_lookup.h"
#include "crm/import/import_plan.h"
#include "crm/import/read/import_seen.h"
#include "sql/import.h"
#include "store/scratch.h"

#include <string.h>

#define FIRST_ID ((int64_t)1 << 50) /* no real id is as large */
#define KINDS (ENTITY_COMPANY + 1)

/* --- opening --- */

static int begin_ids(struct tx *tx, struct err *err)
{
	struct sql_value first = sql_int(FIRST_ID);

	if (db_exec(tx, SQL_IMPORT_TRIAL_BEGIN,
		    SQL_ARGS(first, first, first, first), err) < 0 ||
	    db_exec(tx, SQL_IMPORT_TRIAL_CONSENT, SQL_ARGS(first), err) < 0)
		return -1;
	return db_exec(tx, SQL_IMPORT_TRIAL_TAG, SQL_ARGS(first), err) < 0 ? -1
									   : 0;
}

int import_trial_begin(struct db *real, struct db *trial, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(trial, &tx, err) < 0 || begin_ids(&tx, err) < 0 ||
	    scratch_copy(real, SQL_IMPORT_TRIAL_SETTING, SQL_NO_ARGS, &tx,
			 "setting", err) < 0 ||
	    scratch_copy(real, SQL_IMPORT_TRIAL_TAGS, SQL_NO_ARGS, &tx, "tag",
			 err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

int import_trial_open(const char *folder, struct db **out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	char name[33];

	random_hex(name, 32);
	strbuf_addf(&path, "%s/imports/%s.db", folder, name);
	return scratch_open(path.buf, STORE_CRM, out, err);
}

int import_trial_forget(struct db *real, int64_t import_id, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct sql_args import = SQL_ARGS(sql_int(import_id));

	if (tx_begin(real, &tx, err) < 0 ||
	    db_exec(&tx, SQL_IMPORT_FORGET_COUNTS, import, err) < 0 ||
	    db_exec(&tx, SQL_IMPORT_FORGET_REFUSED, import, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* --- what a batch is about --- */

struct fetch {
	struct db *real;
	struct tx *tx;
	struct import_seen *fetched;
	const struct import_batch *b;
	struct ids records[KINDS]; /* by kind */
};

static void fetch_release(struct fetch *f)
{
	for (int i = 0; i < KINDS; i++)
		vec_release(&f->records[i]);
}

struct holder {
	enum entity entity;
	int64_t id;
};
struct holders VEC_FIELDS(struct holder);

static void read_holder(const struct rows *rows, struct arena *arena, void *out)
{
	(void)arena;
	*(struct holder *)out = (struct holder){ (enum entity)rows_int(rows, 0),
						 rows_int(rows, 1) };
}

static void read_address_holder(const struct rows *rows, struct arena *arena,
				void *out)
{
	(void)arena;
	*(struct holder *)out = (struct holder){ (enum entity)rows_int(rows, 1),
						 rows_int(rows, 2) };
}

static void read_second(const struct rows *rows, struct arena *arena, void *out)
{
	(void)arena;
	*(int64_t *)out = rows_int(rows, 1);
}

/* Rows of (text, id) of a kind. */
static int find_by_texts(struct fetch *f, const struct sql *sql,
			 enum entity entity, struct strbuf *json,
			 struct err *err)
{
	if (json->len == 0)
		return 0;
	return db_list(f->real, sql, SQL_ARGS(sql_text(import_json_end(json))),
		       read_second, NULL, &f->records[entity], err);
}

static int find_named(struct fetch *f, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf names = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf companies = STRBUF_INIT;
	enum entity entity = f->b->plan->entity;

	for (size_t i = 0; i < f->b->n; i++) {
		const struct import_row *row = &f->b->rows[i];
		const char *key = row->given.text[TEXT_EXTERNAL_KEY];

		if (row->id)
			vec_push(&f->records[entity], row->id);
		if (key)
			import_json_text(&keys, str_of(key));
		if (import_row_is_sought_by_name(row))
			import_json_text(&names,
					 str_of(row->given.name_folded));
		if (row->company_folded)
			import_json_text(&companies,
					 str_of(row->company_folded));
	}
	if (find_by_texts(f, import_key_query(entity), entity, &keys, err) <
		    0 ||
	    find_by_texts(f, import_name_query(entity), entity, &names, err) <
		    0)
		return -1;
	return find_by_texts(f, import_name_query(ENTITY_COMPANY),
			     ENTITY_COMPANY, &companies, err);
}

static void add_hash(const struct import_batch *b, const struct email *email,
		     struct strbuf *json)
{
	char keyed[FORGOTTEN_HASH + 1];

	import_json_text(json, str_of(email->hash));
	if (!b->forgotten->any)
		return;
	forgotten_hash(b->forgotten, email->folded, keyed);
	import_json_text(json, str_of(keyed));
}

static void collect_hashes(const struct import_batch *b, struct strbuf *json)
{
	for (size_t i = 0; i < b->n; i++) {
		const struct import_row *row = &b->rows[i];
		struct str text = str_of(row->not_email);
		struct email email;
		size_t at = 0;

		if (import_row_has_email(row))
			add_hash(b, &row->email, json);
		while (email_next(text, &at, b->arena, &email))
			add_hash(b, &email, json);
	}
}

static void add_holders(struct fetch *f, const struct holders *holders)
{
	vec_each (holders, h)
		vec_push(&f->records[h->entity], h->id);
}

/* Who has, or had, an address; and opt-outs that were kept of it. */
static int find_by_address(struct fetch *f, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf json = STRBUF_INIT;
	CLEANUP(vec_release) struct holders holders = VEC_INIT;
	struct sql_args hashes;

	collect_hashes(f->b, &json);
	if (json.len == 0)
		return 0;
	hashes = SQL_ARGS(sql_text(import_json_end(&json)));
	if (db_list(f->real, SQL_IMPORT_HOLDERS, hashes, read_address_holder,
		    NULL, &holders, err) < 0)
		return -1;
	add_holders(f, &holders);
	return scratch_copy(f->real, SQL_IMPORT_TRIAL_KEPT, hashes, f->tx,
			    "kept_opt_out", err);
}

/* An opt-out holds for all who share an address. */
static int find_sharers(struct fetch *f, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf people = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf leads = STRBUF_INIT;
	CLEANUP(vec_release) struct holders holders = VEC_INIT;

	if (f->records[ENTITY_PERSON].n + f->records[ENTITY_LEAD].n == 0)
		return 0;
	if (db_list(f->real, SQL_IMPORT_TRIAL_SHARERS,
		    SQL_ARGS(sql_keys(&f->records[ENTITY_PERSON], &people),
			     sql_keys(&f->records[ENTITY_LEAD], &leads)),
		    read_holder, NULL, &holders, err) < 0)
		return -1;
	add_holders(f, &holders);
	return 0;
}

static int find_employers(struct fetch *f, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf people = STRBUF_INIT;

	if (f->records[ENTITY_PERSON].n == 0)
		return 0;
	return db_list_ids(
		f->real, SQL_IMPORT_TRIAL_EMPLOYERS,
		SQL_ARGS(sql_keys(&f->records[ENTITY_PERSON], &people)),
		&f->records[ENTITY_COMPANY], err);
}

/* --- copying --- */

/* Leaves those that earlier batches did not copy, in order. */
static void drop_fetched(struct fetch *f, enum entity entity)
{
	struct ids *ids = &f->records[entity];
	size_t n = 0;

	ids_sort(ids);
	for (size_t i = 0; i < ids->n; i++) {
		struct str id = { (const char *)&ids->v[i], sizeof(ids->v[i]) };

		if (import_seen_add(
			    f->fetched,
			    import_fingerprint((char)entity, id, STR(""))))
			ids->v[n++] = ids->v[i];
	}
	ids->n = n;
}

/* What is copied into a table: rows by ids, and by their kind. */
struct part {
	const struct sql *query;
	const char *table;
};

static int copy_rows(struct fetch *f, enum entity entity, struct err *err)
{
	static const struct part records[KINDS] = {
		[ENTITY_PERSON] = { SQL_IMPORT_TRIAL_PEOPLE, "person" },
		[ENTITY_LEAD] = { SQL_IMPORT_TRIAL_LEADS, "lead" },
		[ENTITY_COMPANY] = { SQL_IMPORT_TRIAL_COMPANIES, "company" },
	};
	static const struct part parts[] = {
		{ SQL_IMPORT_TRIAL_EMAILS, "email" },
		{ SQL_IMPORT_TRIAL_CONSENTS, "consent" },
		{ SQL_IMPORT_TRIAL_WITNESSES, "opt_out_witness" },
		{ SQL_IMPORT_TRIAL_RECORD_TAGS, "record_tag" },
	};
	CLEANUP(strbuf_release) struct strbuf json = STRBUF_INIT;
	struct sql_value ids;

	drop_fetched(f, entity);
	if (f->records[entity].n == 0)
		return 0;
	ids = sql_keys(&f->records[entity], &json);
	if (scratch_copy(f->real, records[entity].query, SQL_ARGS(ids), f->tx,
			 records[entity].table, err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (scratch_copy(f->real, parts[i].query,
				 SQL_ARGS(ids, sql_int(entity)), f->tx,
				 parts[i].table, err) < 0)
			return -1;
	return 0;
}

int import_trial_fetch(struct db *real, struct tx *trial,
		       const struct import_batch *b,
		       struct import_seen *fetched, struct err *err)
{
	CLEANUP(fetch_release)
	struct fetch f = {
		.real = real, .tx = trial, .b = b, .fetched = fetched
	};

	if (find_named(&f, err) < 0 || find_by_address(&f, err) < 0 ||
	    find_sharers(&f, err) < 0 || find_employers(&f, err) < 0 ||
	    copy_rows(&f, ENTITY_PERSON, err) < 0 ||
	    copy_rows(&f, ENTITY_LEAD, err) < 0)
		return -1;
	return copy_rows(&f, ENTITY_COMPANY, err);
}
