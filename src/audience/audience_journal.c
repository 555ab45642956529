#include "audience/audience_journal.h"

#include "audience/list.h"
#include "audience/member.h"
#include "audience/suppression.h"
#include "base/arena.h"
#include "base/err.h"
#include "journal/journal.h"
#include "sql/audience_journal.h"
#include "sql/suppression.h"
#include "store/store.h"

#include <string.h>

#define PAGE 5000

enum source { FROM_MEMBER = 1, FROM_SUPPRESSION, FROM_FORGOTTEN };

int audience_journal_key(struct tx *tx, unsigned char *out, struct err *err)
{
	struct suppression_key key;

	if (suppression_key_ensure(tx, &key, err) < 0)
		return -1;
	memcpy(out, key.key, JOURNAL_KEY);
	return 0;
}

/* --- what is not in the journal yet --- */

static void set_text(char *to, size_t size, const char *text)
{
	size_t len = strlen(text);

	BUG_ON(len >= size); /* hashes and hex of lists */
	memcpy(to, text, len + 1);
}

/* Archived, pending, forgotten: nobody said anything. */
static enum journal_kind kind_of_member(int64_t status, int64_t by,
					const char *list_hex)
{
	if (!*list_hex)
		return JOURNAL_NOTHING;
	if (status == MEMBER_SUBSCRIBED)
		return JOURNAL_OPT_IN;
	if (status == MEMBER_CLEANED)
		return JOURNAL_CLEAN;
	if (status != MEMBER_UNSUBSCRIBED)
		return JOURNAL_NOTHING;
	if (by == UNSUBSCRIBED_BY_COMPLAINT)
		return JOURNAL_COMPLAINT;
	/* by the API: the API may also undo it */
	return by == UNSUBSCRIBED_BY_API ? JOURNAL_OPT_OUT
					 : JOURNAL_UNSUBSCRIBE;
}

static int read_members(struct db *db, const unsigned char *key, int64_t limit,
			struct journal_entries *out, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (db_query(db, SQL_AUDIENCE_JOURNAL_MEMBERS, SQL_ARGS(sql_int(limit)),
		     &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		const char *list = rows_text(rows, 5);
		struct journal_entry e = {
			.source = FROM_MEMBER,
			.row_id = rows_int(rows, 0),
			.row_state = rows_int(rows, 1),
			.kind = kind_of_member(rows_int(rows, 1),
					       rows_int(rows, 2), list),
			.at_ms = rows_int(rows, 4),
		};

		set_text(e.ref, sizeof(e.ref), list);
		journal_hash(key, rows_text(rows, 3), e.hash);
		vec_push(out, e);
	}
	return more;
}

static enum journal_kind kind_of_suppression(const char *reason)
{
	if (strcmp(reason, "complaint") == 0)
		return JOURNAL_COMPLAINT;
	return strcmp(reason, "erasure") == 0 ? JOURNAL_ERASURE
					      : JOURNAL_OPT_OUT;
}

static void read_suppression(const struct rows *rows, struct arena *arena,
			     void *out)
{
	struct journal_entry *e = out;

	(void)arena; /* an entry holds its texts */
	*e = (struct journal_entry){
		.source = FROM_SUPPRESSION,
		.kind = kind_of_suppression(rows_text(rows, 1)),
		.at_ms = rows_int(rows, 2),
	};
	set_text(e->hash, sizeof(e->hash), rows_text(rows, 0));
}

static void read_forgotten(const struct rows *rows, struct arena *arena,
			   void *out)
{
	const char *list = rows_text(rows, 3);
	struct journal_entry *e = out;

	(void)arena;
	*e = (struct journal_entry){
		.source = FROM_FORGOTTEN,
		.kind = *list ? JOURNAL_ERASURE : JOURNAL_NOTHING,
		.row_id = rows_int(rows, 0),
		.at_ms = rows_int(rows, 2),
	};
	set_text(e->hash, sizeof(e->hash), rows_text(rows, 1));
	set_text(e->ref, sizeof(e->ref), list);
}

int audience_journal_read(struct db *db, const unsigned char *key,
			  int64_t limit, struct journal_entries *out,
			  struct err *err)
{
	struct sql_args most = SQL_ARGS(sql_int(limit));

	if (read_members(db, key, limit, out, err) < 0 ||
	    db_list(db, SQL_AUDIENCE_JOURNAL_SUPPRESSIONS, most,
		    read_suppression, NULL, out, err) < 0)
		return -1;
	return db_list(db, SQL_AUDIENCE_JOURNAL_FORGOTTEN, most, read_forgotten,
		       NULL, out, err);
}

int audience_journal_again(struct tx *tx, struct err *err)
{
	static const struct sql *const all[] = {
		SQL_AUDIENCE_JOURNAL_MEMBERS_AGAIN,
		SQL_AUDIENCE_JOURNAL_SUPPRESSIONS_AGAIN,
		SQL_AUDIENCE_JOURNAL_FORGOTTEN_AGAIN,
	};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (db_exec(tx, all[i], SQL_NO_ARGS, err) < 0)
			return -1;
	return 0;
}

static int add_done(struct batch *b, const struct journal_entry *e,
		    struct err *err)
{
	if (e->source == FROM_MEMBER)
		return batch_add(
			b, SQL_AUDIENCE_JOURNAL_MEMBER_DONE,
			SQL_ARGS(sql_int(e->row_state), sql_int(e->row_id)),
			err);
	if (e->source == FROM_SUPPRESSION)
		return batch_add(b, SQL_AUDIENCE_JOURNAL_SUPPRESSION_DONE,
				 SQL_ARGS(sql_text(e->hash)), err);
	return batch_add(b, SQL_AUDIENCE_JOURNAL_FORGOTTEN_DONE,
			 SQL_ARGS(sql_int(e->row_id), sql_text(e->hash)), err);
}

int audience_journal_done(struct tx *tx, const struct journal_entries *entries,
			  struct err *err)
{
	struct batch batch;

	batch_begin(tx, &batch);
	vec_each (entries, e)
		if (e->source != 0 && add_done(&batch, e, err) < 0)
			return -1;
	return batch_end(&batch, err) < 0 ? -1 : 0;
}

/* --- applying --- */

/* Members of a page that an entry is about. */
struct hit {
	int64_t id;
	const char *email_hash, *list_hex;
	const struct journal_entry *entry;
};
struct hits VEC_FIELDS(struct hit);

struct apply {
	struct db *db;
	const unsigned char *key;
	struct journal_index *index;
	struct journal_counts *counts;
	int64_t now_ms;
	struct arena *arena; /* of a page */
	struct hits hits;
};

static void apply_release(struct apply *a)
{
	journal_index_free(&a->index);
	vec_release(&a->hits);
	arena_free(&a->arena);
}

/* Organisation-wide ones; they have no list. */
static int apply_suppressions(struct apply *a, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(a->db, &tx, err) < 0)
		return -1;
	for (size_t i = 0; i < journal_index_count(a->index); i++) {
		bool found;
		const struct journal_entry *e =
			journal_index_at(a->index, i, &found);
		int added;

		if (*e->ref || e->kind == JOURNAL_OPT_IN)
			continue;
		added = db_exec(&tx, SQL_SUPPRESSION_ADD,
				SQL_ARGS(sql_text(e->hash),
					 sql_text(e->kind == JOURNAL_COMPLAINT
							  ? "complaint"
						  : e->kind == JOURNAL_ERASURE
							  ? "erasure"
							  : "manual"),
					 sql_int(e->at_ms)),
				err);
		if (added < 0)
			return -1;
		a->counts->of[e->kind] += added;
	}
	return tx_commit(&tx, err);
}

static int read_page(struct apply *a, int64_t *after, size_t *n_out,
		     struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	*n_out = 0;
	if (db_query(a->db, SQL_AUDIENCE_JOURNAL_PAGE,
		     SQL_ARGS(sql_int(*after), sql_int(PAGE)), &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		char hash[SHA256_HEX + 1];
		struct hit hit = { .id = rows_int(rows, 0) };

		*after = hit.id;
		++*n_out;
		journal_hash(a->key, rows_text(rows, 1), hash);
		hit.entry =
			journal_index_find(a->index, hash, rows_text(rows, 4));
		if (!hit.entry || hit.entry->kind == JOURNAL_OPT_IN)
			continue;
		hit.email_hash = rows_dup(rows, 3, a->arena);
		hit.list_hex = rows_dup(rows, 4, a->arena);
		vec_push(&a->hits, hit);
	}
	return more;
}

static enum departure_how how_of(enum journal_kind kind)
{
	return kind == JOURNAL_CLEAN       ? DEPART_BOUNCED
	       : kind == JOURNAL_COMPLAINT ? DEPART_COMPLAINED
	       : kind == JOURNAL_OPT_OUT   ? DEPART_OPTED_OUT
					   : DEPART_UNSUBSCRIBED;
}

/* Those of one kind, in one call of the module that knows how. */
static int depart_of_kind(struct apply *a, struct tx *tx,
			  enum journal_kind kind, struct err *err)
{
	struct member_departure *d =
		arena_array(a->arena, struct member_departure, a->hits.n + 1);
	size_t n = 0;
	int left;

	vec_each (&a->hits, h)
		if (h->entry->kind == kind)
			d[n++] = (struct member_departure){
				.member_id = h->id,
				.how = how_of(kind),
				.at_ms = h->entry->at_ms,
				.is_replayed = true,
			};
	if (n == 0)
		return 0;
	left = member_depart(tx, d, n, a->now_ms, err);
	if (left < 0)
		return -1;
	a->counts->of[kind] += left;
	return 0;
}

static int forget_erased(struct apply *a, struct tx *tx, struct err *err)
{
	struct member_actor actor = { .source = SOURCE_ADMIN,
				      .now_ms = a->now_ms };
	struct list list;

	vec_each (&a->hits, h) {
		if (h->entry->kind != JOURNAL_ERASURE)
			continue;
		if (list_get(a->db, h->list_hex, a->arena, &list, err) < 0 ||
		    member_forget(tx, &list, h->email_hash, &actor, err) < 0)
			return -1;
		a->counts->of[JOURNAL_ERASURE]++;
	}
	return 0;
}

static int apply_hits(struct apply *a, struct err *err)
{
	static const enum journal_kind kinds[] = { JOURNAL_OPT_OUT,
						   JOURNAL_UNSUBSCRIBE,
						   JOURNAL_COMPLAINT,
						   JOURNAL_CLEAN };
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (a->hits.n == 0)
		return 0;
	if (tx_begin(a->db, &tx, err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (depart_of_kind(a, &tx, kinds[i], err) < 0)
			return -1;
	if (forget_erased(a, &tx, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static int apply_to_members(struct apply *a, struct err *err)
{
	int64_t after = 0;
	size_t n;

	do {
		arena_reset(a->arena);
		vec_reset(&a->hits);
		if (read_page(a, &after, &n, err) < 0 || apply_hits(a, err) < 0)
			return -1;
	} while (n == PAGE);
	return 0;
}

/* 1: kept, 0: there is no such list, or it was known. */
static int keep_address(struct tx *tx, const struct journal_entry *e,
			struct err *err)
{
	int64_t list_id;
	int found = db_find_int(tx->db, SQL_AUDIENCE_JOURNAL_LIST,
				SQL_ARGS(sql_text(e->ref)), &list_id, err);

	if (found <= 0)
		return found;
	return db_exec(tx, SQL_FORGOTTEN_ADD,
		       SQL_ARGS(sql_int(list_id), sql_text(e->hash),
				sql_int(e->at_ms)),
		       err);
}

static int keep_unknown(struct apply *a, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(a->db, &tx, err) < 0)
		return -1;
	for (size_t i = 0; i < journal_index_count(a->index); i++) {
		bool found;
		const struct journal_entry *e =
			journal_index_at(a->index, i, &found);
		int kept;

		if (found || !*e->ref || e->kind == JOURNAL_OPT_IN ||
		    e->kind == JOURNAL_CLEAN)
			continue;
		kept = keep_address(&tx, e, err);
		if (kept < 0)
			return -1;
		a->counts->of[e->kind] += kept;
	}
	return tx_commit(&tx, err);
}

int audience_journal_apply(struct db *db, const unsigned char *key,
			   const struct journal_entries *entries,
			   int64_t now_ms, struct journal_counts *counts,
			   struct err *err)
{
	CLEANUP(apply_release)
	struct apply a = { .db = db,
			   .key = key,
			   .index = journal_index_new(entries),
			   .counts = counts,
			   .now_ms = now_ms,
			   .arena = arena_new(),
			   .hits = VEC_INIT };

	if (entries->n == 0)
		return 0;
	if (apply_suppressions(&a, err) < 0 || apply_to_members(&a, err) < 0)
		return -1;
	return keep_unknown(&a, err);
}
