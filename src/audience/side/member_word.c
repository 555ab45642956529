#include "audience/side/member_word.h"

#include "audience/member_private.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "sql/member_word.h"

#include <string.h>

#define PAGE 500
#define WORDS_MAX 6    /* of a name */
#define WORD_BYTES 200 /* what is longer is found by its beginning */

/* --- what a member is found by --- */

struct namer {
	struct batch *batch;
	const struct member *member;
	struct err *err;
};

static int add_word(struct namer *n, struct str word)
{
	if (word.len > WORD_BYTES)
		word.len = utf8_prefix(word, WORD_BYTES);
	if (word.len == 0)
		return 0;
	return batch_add(n->batch, SQL_MEMBER_WORD_ADD,
			 SQL_ARGS(sql_int(n->member->list_id), sql_str(word),
				  sql_int(n->member->id)),
			 n->err);
}

/* The name as a whole, and each word of it. */
static int add_name(struct namer *n, struct str name)
{
	struct str rest = name;
	int words = 0;

	if (add_word(n, name) < 0)
		return -1;
	while (rest.s && words++ < WORDS_MAX) {
		struct str word = str_cut(&rest, ' ');

		if (word.len < name.len && add_word(n, word) < 0)
			return -1;
	}
	return 0;
}

static int add_member(struct batch *batch, const struct member *m,
		      const struct merge_defs *defs, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf whole = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf name = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf address = STRBUF_INIT;
	struct namer n = { batch, m, err };

	utf8_plain(str_of(m->address), &address);
	merge_values_name(defs, m->merge, &whole);
	utf8_plain(strbuf_str(&whole), &name);
	if (add_word(&n, strbuf_str(&address)) < 0)
		return -1;
	return add_name(&n, str_trim(strbuf_str(&name)));
}

/* --- filling --- */

/* Merge fields of the list that was asked for last. */
struct fields {
	int64_t list_id;
	struct merge_defs defs;
};

static void fields_release(struct fields *f)
{
	vec_release(&f->defs);
}

static int use_list(struct db *db, struct fields *f, int64_t list_id,
		    struct arena *arena, struct err *err)
{
	if (f->list_id == list_id)
		return 0;
	vec_reset(&f->defs);
	f->list_id = list_id;
	return merge_field_list(db, list_id, arena, &f->defs, err);
}

/* A batch for each stretch of one list: nothing is read while one is open. */
static int add_members(struct tx *tx, const struct members *members,
		       struct arena *arena, struct err *err)
{
	CLEANUP(fields_release) struct fields fields = { 0 };
	struct batch batch;

	for (size_t i = 0; i < members->n;) {
		int64_t list_id = members->v[i].list_id;

		if (list_id <= 0) { /* forgotten */
			i++;
			continue;
		}
		if (use_list(tx->db, &fields, list_id, arena, err) < 0)
			return -1;
		batch_begin(tx, &batch);
		for (; i < members->n && members->v[i].list_id == list_id; i++)
			if (add_member(&batch, &members->v[i], &fields.defs,
				       err) < 0)
				return -1;
		if (batch_end(&batch, err) < 0)
			return -1;
	}
	return 0;
}

/* These are in it as they are now: their rows are locked, so whoever changes
 * one does it before this, or notes it after. */
static int refresh(struct tx *tx, const struct ids *ids, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct members members = VEC_INIT;
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	struct sql_value of = sql_keys(ids, &keys);

	if (member_list_by_ids(tx->db, of, arena, &members, err) < 0 ||
	    db_exec(tx, SQL_MEMBER_WORD_FRESH, SQL_ARGS(of), err) < 0 ||
	    db_exec(tx, SQL_MEMBER_WORD_REMOVE, SQL_ARGS(of), err) < 0)
		return -1;
	return add_members(tx, &members, arena, err);
}

static int fill_some(struct tx *tx, struct err *err)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	int64_t until = 0;

	if (db_find_int(tx->db, SQL_MEMBER_WORD_LOCK, SQL_NO_ARGS, &until,
			err) < 0 ||
	    db_list_ids(tx->db, SQL_MEMBER_WORD_STALE, SQL_ARGS(sql_int(PAGE)),
			&ids, err) < 0)
		return -1;
	if (ids.n)
		return refresh(tx, &ids, err) < 0 ? -1 : 1;
	if (db_list_ids(tx->db, SQL_MEMBER_WORD_NEW,
			SQL_ARGS(sql_int(until), sql_int(PAGE)), &ids, err) < 0)
		return -1;
	if (ids.n == 0)
		return 0;
	if (refresh(tx, &ids, err) < 0 ||
	    db_exec(tx, SQL_MEMBER_WORD_SET_UNTIL,
		    SQL_ARGS(sql_int(ids.v[ids.n - 1])), err) < 0)
		return -1;
	return 1;
}

int member_word_fill(struct db *db, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int more;

	if (tx_begin(db, &tx, err) < 0)
		return -1;
	more = fill_some(&tx, err);
	if (more <= 0)
		return more;
	return tx_commit(&tx, err) < 0 ? -1 : 1;
}

static int add_job(struct db *db, int64_t now_ms, struct err *err)
{
	const struct job_new job = { .kind = MEMBER_WORD_JOB,
				     .single_key = MEMBER_WORD_JOB,
				     .run_at_ms = now_ms };
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int64_t id;
	int found;

	if (tx_begin(db, &tx, err) < 0)
		return -1;
	found = job_find_active(db, MEMBER_WORD_JOB, &id, err);
	if (found < 0 || (!found && job_add(&tx, &job, now_ms, &id, err) < 0))
		return -1;
	return tx_commit(&tx, err) < 0 ? -1 : 1;
}

int member_word_catch_up(struct db *db, int64_t now_ms, struct err *err)
{
	struct sql_value most = sql_int(MEMBER_WORD_BEHIND_MOST + 1);
	int64_t until = 0, behind = 0;
	int more = 1;

	if (db_find_int(db, SQL_MEMBER_WORD_UNTIL, SQL_NO_ARGS, &until, err) <
		    0 ||
	    db_find_int(db, SQL_MEMBER_WORD_BEHIND,
			SQL_ARGS(sql_int(until), most, most), &behind, err) < 0)
		return -1;
	if (behind == 0)
		return 0;
	if (behind > MEMBER_WORD_BEHIND_MOST)
		return add_job(db, now_ms, err);
	/* what is stale and what is new are pages of their own */
	for (int64_t pages = behind / PAGE + 2; pages > 0 && more > 0; pages--)
		more = member_word_fill(db, err);
	return more < 0 ? -1 : 0;
}

int member_word_job(struct job_run *run, struct err *err)
{
	int more = 1;

	while (more > 0 && !job_is_stopping(run))
		more = member_word_fill(run->db, err);
	if (more < 0)
		return -1;
	return more > 0 ? job_again(run, clock_now_ms()) : 0;
}

/* --- finding --- */

static size_t most_of(const struct member_word_query *query)
{
	return query->most ? query->most : MEMBER_WORD_FOUND_MOST;
}

/* Of one list, added. What begins with the text lies before the text and the
 * last character that there is. */
static int find_in_list(struct db *db, int64_t list_id, struct str text,
			const struct member_word_query *query, struct ids *out,
			struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf end = STRBUF_INIT;

	strbuf_addslice(&end, text);
	strbuf_addstr(&end, query->whole ? "\x01" : "\xf4\x8f\xbf\xbf");
	return db_list_ids(db, SQL_MEMBER_WORD_FIND,
			   SQL_ARGS(sql_int(list_id), sql_str(text),
				    sql_str(strbuf_str(&end)),
				    sql_int(4 * (int64_t)most_of(query))),
			   out, err);
}

/* An address is known without the index. */
static int find_address(struct db *db, const struct member_word_query *query,
			struct ids *out, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct err ignored = ERR_INIT; /* then it is no address */
	struct email email;

	if (!query->whole || !strchr(query->text, '@') ||
	    email_parse(query->text, arena, &email, &ignored) < 0)
		return 0;
	return query->list_id
		       ? db_list_ids(db, SQL_MEMBER_WORD_ADDRESS_OF,
				     SQL_ARGS(sql_int(query->list_id),
					      sql_text(email.hash)),
				     out, err)
		       : db_list_ids(db, SQL_MEMBER_WORD_ADDRESS,
				     SQL_ARGS(sql_text(email.hash)), out, err);
}

int member_word_find(struct db *db, const struct member_word_query *query,
		     struct ids *out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf plain = STRBUF_INIT;
	CLEANUP(vec_release) struct ids lists = VEC_INIT;
	struct str text;

	utf8_plain(utf8_trim(str_of(query->text)), &plain);
	text = strbuf_str(&plain);
	if (text.len > WORD_BYTES)
		text.len = utf8_prefix(text, WORD_BYTES);
	if (text.len == 0)
		return 0;
	if (query->list_id)
		vec_push(&lists, query->list_id);
	else if (db_list_ids(db, SQL_MEMBER_WORD_LISTS, SQL_NO_ARGS, &lists,
			     err) < 0)
		return -1;
	vec_each (&lists, list)
		if (find_in_list(db, *list, text, query, out, err) < 0)
			return -1;
	if (find_address(db, query, out, err) < 0)
		return -1;
	ids_sort(out);
	if (out->n > most_of(query) + 1)
		out->n = most_of(query) + 1;
	return 0;
}
