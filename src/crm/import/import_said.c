#include "crm/import/import_said.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "crm/consent/consent.h"
#include "crm/consent/kept_opt_out.h"
#include "crm/import/import.h"
#include "crm/import/import_plan.h"
#include "sql/opt_out_witness.h"

#include <string.h>

static void read_of_address(const struct rows *rows, struct arena *arena,
			    void *out)
{
	*(struct import_word *)out =
		(struct import_word){ .hash = rows_dup(rows, 0, arena),
				      .import_id = rows_int(rows, 1) };
}

static int find_of_addresses(struct import_said *said,
			     const struct import_batch *b,
			     struct import_row *const *fresh, size_t n,
			     struct db *db, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf json = STRBUF_INIT;

	for (size_t i = 0; i < n; i++) {
		if (fresh[i]->shares_address)
			import_json_text(&json, str_of(fresh[i]->email.hash));
	}
	if (json.len == 0)
		return 0;
	return db_list(db, SQL_OPT_OUT_WITNESS_OF_ADDRESSES,
		       SQL_ARGS(sql_text(import_json_end(&json))),
		       read_of_address, b->arena, said, err);
}

/* Of an address that nobody had. */
static int find_of_kept(struct import_said *said, const struct import_row *row,
			struct db *db, struct err *err)
{
	CLEANUP(vec_release) struct ids witnesses = VEC_INIT;

	if (kept_opt_out_witnesses(db, row->email.folded, &witnesses, err) < 0)
		return -1;
	vec_each (&witnesses, import_id) {
		struct import_word word = { .hash = row->email.hash,
					    .import_id = *import_id };

		vec_push(said, word);
	}
	return 0;
}

static void read_of_company(const struct rows *rows, struct arena *arena,
			    void *out)
{
	(void)arena;
	*(struct import_word *)out =
		(struct import_word){ .company_id = rows_int(rows, 0),
				      .import_id = rows_int(rows, 1) };
}

static int find_of_companies(struct import_said *said,
			     struct import_row *const *fresh, size_t n,
			     struct db *db, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	CLEANUP(vec_release) struct ids locked = VEC_INIT;

	for (size_t i = 0; i < n; i++) {
		if (fresh[i]->company_id)
			vec_push(&ids, fresh[i]->company_id);
	}
	if (ids.n == 0)
		return 0;
	if (db_list_ids(db, SQL_OPT_OUT_WITNESS_LOCK_COMPANIES,
			SQL_ARGS(sql_keys(&ids, &keys)), &locked, err) < 0)
		return -1;
	return db_list(db, SQL_OPT_OUT_WITNESS_OF_COMPANIES,
		       SQL_ARGS(sql_keys(&ids, &keys)), read_of_company, NULL,
		       said, err);
}

/* Only a ground is a matter of that. */
static int mark_forgotten(const struct import_batch *b,
			  struct import_row *const *fresh, size_t n,
			  struct err *err)
{
	const struct import_elsewhere *e = b->plan->elsewhere;
	const char **folded = arena_array(b->arena, const char *, n + 1);
	bool *out = arena_array(b->arena, bool, n + 1);
	size_t asked = 0;

	if (!e || !e->forgotten || !b->plan->opted_in)
		return 0;
	for (size_t i = 0; i < n; i++)
		if (import_row_has_email(fresh[i]))
			folded[asked++] = fresh[i]->email.folded;
	if (asked == 0)
		return 0;
	if (e->forgotten(e->context, folded, asked, out, err) < 0)
		return -1;
	asked = 0;
	for (size_t i = 0; i < n; i++)
		if (import_row_has_email(fresh[i]))
			fresh[i]->forgotten_elsewhere = out[asked++];
	return 0;
}

/* By text: most of a batch were shown the same. */
static int put_texts(struct tx *tx, struct import_agreement *all, size_t n,
		     struct err *err)
{
	const struct import_agreement *last = NULL;

	for (size_t i = 0; i < n; i++) {
		struct import_agreement *a = &all[i];

		if (!a->form || !a->text)
			continue;
		if (last && strcmp(last->text, a->text) == 0)
			a->text_id = last->text_id;
		else if (consent_text_put(tx, a->text, &a->text_id, err) < 0)
			return -1;
		last = a;
	}
	return 0;
}

static int mark_agreed(const struct import_batch *b,
		       struct import_row *const *fresh, size_t n, struct tx *tx,
		       struct err *err)
{
	const struct import_elsewhere *e = b->plan->elsewhere;
	const char **hashes = arena_array(b->arena, const char *, n + 1);
	struct import_agreement *out =
		arena_array(b->arena, struct import_agreement, n + 1);
	size_t asked = 0;

	if (!e || !e->agreements || !b->plan->opted_in)
		return 0;
	for (size_t i = 0; i < n; i++)
		if (import_row_has_email(fresh[i]))
			hashes[asked++] = fresh[i]->email.hash;
	if (asked == 0)
		return 0;
	if (e->agreements(e->context, hashes, asked, b->arena, out, err) < 0 ||
	    put_texts(tx, out, asked, err) < 0)
		return -1;
	asked = 0;
	for (size_t i = 0; i < n; i++) {
		const struct import_agreement *a;

		if (!import_row_has_email(fresh[i]))
			continue;
		a = &out[asked++];
		if (a->form && !fresh[i]->forgotten_elsewhere)
			fresh[i]->agreement = a;
	}
	return 0;
}

int import_said_agreed(const struct import_agreement *a, struct consent *c)
{
	c->state = CONSENT_OPTED_IN;
	c->source = CONSENT_BY_PERSON;
	c->user_id = 0;
	c->at_ms = a->agreed_ms;
	c->ip = a->agreed_ip;
	c->signup = (struct consent_signup){ .asked_ms = a->asked_ms,
					     .asked_ip = a->asked_ip,
					     .form = a->form,
					     .text_id = a->text_id };
	return 1;
}

int import_said_find(struct import_said *said, const struct import_batch *b,
		     struct import_row *const *fresh, size_t n, struct tx *tx,
		     struct err *err)
{
	struct db *db = tx->db;

	for (size_t i = 0; i < n; i++) {
		if (fresh[i]->kept && find_of_kept(said, fresh[i], db, err) < 0)
			return -1;
	}
	if (find_of_addresses(said, b, fresh, n, db, err) < 0 ||
	    mark_forgotten(b, fresh, n, err) < 0 ||
	    mark_agreed(b, fresh, n, tx, err) < 0)
		return -1;
	return find_of_companies(said, fresh, n, db, err);
}

static bool is_of_row(const struct import_word *word,
		      const struct import_row *row)
{
	if (word->hash)
		return (row->shares_address || row->kept) &&
		       strcmp(word->hash, row->email.hash) == 0;
	return word->company_id == row->company_id;
}

const char *import_said_of(const struct import_said *said,
			   const struct import_row *row, struct ids *out)
{
	const char *why = row->kept;

	if (!row->shares_address && !row->kept && !row->company_id)
		return NULL;
	vec_each (said, word) {
		if (!is_of_row(word, row))
			continue;
		vec_push(out, word->import_id);
		if (!why)
			why = word->hash ? "somebody with the same address "
					   "opted out"
					 : "the company opted out";
	}
	return why;
}
