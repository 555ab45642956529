#include "crm/consent/crm_journal.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "crm/address.h"
#include "crm/campaign_record.h"
#include "crm/consent/consent.h"
#include "crm/consent/erase.h"
#include "journal/journal.h"
#include "sql/address.h"
#include "sql/crm_journal.h"
#include "store/store.h"

#include <string.h>

#define PAGE 5000
#define APPLY_BATCH 200

enum source { FROM_CONSENT, FROM_EMAIL, FROM_PERSON, FROM_LEAD, FROM_KEPT };

static int journal_key(struct tx *tx, unsigned char out[JOURNAL_KEY],
		       struct err *err)
{
	struct forgotten f;

	if (forgotten_make(tx, &f, err) < 0)
		return -1;
	memcpy(out, f.key, JOURNAL_KEY);
	return 0;
}

/* --- what is not in the journal yet --- */

static void set_ref(struct journal_entry *e, int64_t entity, int64_t record_id)
{
	(void)snprintf(e->ref, sizeof(e->ref), "%lld:%lld", (long long)entity,
		       (long long)record_id); /* two numbers fit */
}

/* An entry about the record itself, whatever its addresses. */
static void hash_record(const unsigned char key[JOURNAL_KEY],
			struct journal_entry *e)
{
	char text[JOURNAL_REF + 8];

	(void)snprintf(text, sizeof(text), "record %s", e->ref); /* fits */
	journal_hash(key, text, e->hash);
}

static bool is_of_record(const unsigned char key[JOURNAL_KEY],
			 const struct journal_entry *e)
{
	struct journal_entry same = *e;

	hash_record(key, &same);
	return strcmp(same.hash, e->hash) == 0;
}

static enum journal_kind kind_of(int64_t state, const char *source)
{
	if (state == CONSENT_OPTED_IN)
		return JOURNAL_OPT_IN;
	return strcmp(source, consent_source_name(CONSENT_BY_COMPLAINT)) == 0
		       ? JOURNAL_COMPLAINT
		       : JOURNAL_OPT_OUT;
}

static void hash_address(const unsigned char key[JOURNAL_KEY],
			 const char *folded, const char *keyed,
			 struct journal_entry *e)
{
	if (*folded)
		journal_hash(key, folded, e->hash);
	else if (strlen(keyed) < sizeof(e->hash)) /* erased since */
		memcpy(e->hash, keyed, strlen(keyed) + 1);
}

static int read_consents(struct db *db, const unsigned char key[JOURNAL_KEY],
			 int64_t limit, struct journal_entries *out,
			 struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int64_t last = 0;
	int more;

	if (db_query(db, SQL_CRM_JOURNAL_CONSENTS, SQL_ARGS(sql_int(limit)),
		     &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		struct journal_entry e = {
			.kind = kind_of(rows_int(rows, 3), rows_text(rows, 4)),
			.at_ms = rows_int(rows, 5),
			.source = FROM_CONSENT,
			.row_id = rows_int(rows, 0),
		};

		set_ref(&e, rows_int(rows, 1), rows_int(rows, 2));
		if (e.row_id != last) {
			hash_record(key, &e);
			vec_push(out, e);
			last = e.row_id;
		}
		if (rows_is_null(rows, 6))
			continue;
		hash_address(key, rows_text(rows, 6), rows_text(rows, 7), &e);
		vec_push(out, e);
	}
	return more;
}

static void read_email(const struct rows *rows, struct arena *arena, void *out)
{
	struct journal_entry *e = out;

	(void)arena;
	*e = (struct journal_entry){ .kind = JOURNAL_ERASURE,
				     .at_ms = rows_int(rows, 4),
				     .source = FROM_EMAIL,
				     .row_id = rows_int(rows, 0) };
	set_ref(e, rows_int(rows, 1), rows_int(rows, 2));
	hash_address(NULL, "", rows_text(rows, 3), e);
}

static int read_erased(struct db *db, const unsigned char key[JOURNAL_KEY],
		       enum source source, int64_t limit,
		       struct journal_entries *out, struct err *err)
{
	bool person = source == FROM_PERSON;
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (db_query(db,
		     person ? SQL_CRM_JOURNAL_PEOPLE : SQL_CRM_JOURNAL_LEADS,
		     SQL_ARGS(sql_int(limit)), &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		struct journal_entry e = {
			.kind = rows_int(rows, 2) ? JOURNAL_ERASURE
						  : JOURNAL_NOTHING,
			.at_ms = rows_int(rows, 1),
			.source = (int)source,
			.row_id = rows_int(rows, 0),
		};

		set_ref(&e, person ? ENTITY_PERSON : ENTITY_LEAD, e.row_id);
		hash_record(key, &e);
		vec_push(out, e);
	}
	return more;
}

static void read_kept(const struct rows *rows, struct arena *arena, void *out)
{
	struct journal_entry *e = out;

	(void)arena;
	*e = (struct journal_entry){
		.kind = kind_of(CONSENT_OPTED_OUT, rows_text(rows, 1)),
		.at_ms = rows_int(rows, 2),
		.source = FROM_KEPT,
		.row_id = 1, /* no mark; its key is the hash */
	};
	set_ref(e, 0, 0);
	hash_address(NULL, "", rows_text(rows, 0), e);
}

static int read_new(struct db *db, const unsigned char key[JOURNAL_KEY],
		    int64_t limit, struct journal_entries *out, struct err *err)
{
	if (read_consents(db, key, limit, out, err) < 0 ||
	    db_list(db, SQL_CRM_JOURNAL_EMAILS, SQL_ARGS(sql_int(limit)),
		    read_email, NULL, out, err) < 0 ||
	    db_list(db, SQL_CRM_JOURNAL_KEPT, SQL_ARGS(sql_int(limit)),
		    read_kept, NULL, out, err) < 0 ||
	    read_erased(db, key, FROM_PERSON, limit, out, err) < 0)
		return -1;
	return read_erased(db, key, FROM_LEAD, limit, out, err);
}

static int read_all_again(struct tx *tx, struct err *err)
{
	static const struct sql *const all[] = {
		SQL_CRM_JOURNAL_CONSENTS_AGAIN, SQL_CRM_JOURNAL_EMAILS_AGAIN,
		SQL_CRM_JOURNAL_PEOPLE_AGAIN,   SQL_CRM_JOURNAL_LEADS_AGAIN,
		SQL_CRM_JOURNAL_KEPT_AGAIN,
	};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (db_exec(tx, all[i], SQL_NO_ARGS, err) < 0)
			return -1;
	return 0;
}

static const struct sql *done_of(int source)
{
	switch ((enum source)source) {
	case FROM_CONSENT:
		return SQL_CRM_JOURNAL_CONSENT_DONE;
	case FROM_EMAIL:
		return SQL_CRM_JOURNAL_EMAIL_DONE;
	case FROM_PERSON:
		return SQL_CRM_JOURNAL_PERSON_DONE;
	case FROM_KEPT:
		return SQL_CRM_JOURNAL_KEPT_DONE;
	case FROM_LEAD:
		break;
	}
	return SQL_CRM_JOURNAL_LEAD_DONE;
}

static int mark_journaled(struct tx *tx, const struct journal_entries *entries,
			  struct err *err)
{
	struct batch batch;

	batch_begin(tx, &batch);
	vec_each (entries, e) {
		if (e->row_id == 0) /* a mark */
			continue;
		if (batch_add(&batch, done_of(e->source),
			      SQL_ARGS(e->source == FROM_KEPT
					       ? sql_text(e->hash)
					       : sql_int(e->row_id)),
			      err) < 0)
			return -1;
	}
	return batch_end(&batch, err) < 0 ? -1 : 0;
}

/* --- applying --- */

struct apply {
	struct db *db;
	struct tx tx; /* open if pending > 0 */
	int pending;
	const unsigned char *key;
	struct journal_index *index;
	struct actor actor;
	struct journal_counts *counts;
	struct arena *arena;
};

static void apply_release(struct apply *a)
{
	tx_release(&a->tx);
	journal_index_free(&a->index);
	arena_free(&a->arena);
}

static int begin_one(struct apply *a, struct err *err)
{
	return a->pending++ == 0 ? tx_begin(a->db, &a->tx, err) : 0;
}

static int end_batch(struct apply *a, struct err *err)
{
	if (a->pending == 0)
		return 0;
	a->pending = 0;
	arena_reset(a->arena);
	return tx_commit(&a->tx, err);
}

static int end_one(struct apply *a, struct err *err)
{
	return a->pending >= APPLY_BATCH ? end_batch(a, err) : 0;
}

static bool read_ref(const char *ref, enum entity *entity, int64_t *id)
{
	struct str rest = str_of(ref);
	int64_t n = 0;
	bool good = str_to_int(str_cut(&rest, ':'), &n) && n >= ENTITY_PERSON &&
		    n <= ENTITY_COMPANY && str_to_int(rest, id) && *id > 0;

	*entity = (enum entity)n;
	return good;
}

/* 1: the record is there and not erased. */
static int is_there(struct apply *a, enum entity entity, int64_t id,
		    struct err *err)
{
	struct err why = ERR_INIT;
	struct record r;

	if (record_get(a->db, entity, id, a->arena, &r, &why) == 0)
		return 1;
	if (why.code == ERR_NOT_FOUND)
		return 0;
	*err = why;
	return -1;
}

static int opt_out_record(struct apply *a, enum entity entity, int64_t id,
			  int64_t email_id, const struct journal_entry *e,
			  struct err *err)
{
	bool complaint = e->kind == JOURNAL_COMPLAINT;
	struct consent c = {
		.entity = entity,
		.record_id = id,
		.email_id = email_id,
		.state = CONSENT_OPTED_OUT,
		.source = complaint ? CONSENT_BY_COMPLAINT : CONSENT_CARRIED,
		.reason = "said after the backup that was restored",
		.at_ms = e->at_ms,
	};
	int there, added;

	if (begin_one(a, err) < 0)
		return -1;
	there = is_there(a, entity, id, err);
	if (there <= 0)
		return there;
	added = consent_add(&a->tx, &c, &a->actor, err);
	if (added < 0)
		return -1;
	a->counts->of[e->kind] += added;
	return end_one(a, err);
}

static bool is_out(const struct journal_entry *e)
{
	return e->kind == JOURNAL_OPT_OUT || e->kind == JOURNAL_COMPLAINT;
}

static int erase_record(struct apply *a, enum entity entity, int64_t id,
			struct err *err)
{
	int there;

	if (begin_one(a, err) < 0)
		return -1;
	there = is_there(a, entity, id, err);
	if (there <= 0)
		return there;
	if ((entity == ENTITY_PERSON
		     ? person_erase(&a->tx, id, &a->actor, a->arena, err)
		     : lead_erase(&a->tx, id, &a->actor, a->arena, err)) < 0)
		return -1;
	a->counts->of[JOURNAL_ERASURE]++;
	return end_one(a, err);
}

/* People before their addresses are looked at: an erased one has none. */
static int apply_to_records(struct apply *a, enum journal_kind kind,
			    struct err *err)
{
	for (size_t i = 0; i < journal_index_count(a->index); i++) {
		enum entity entity;
		bool found;
		int64_t id;
		const struct journal_entry *e =
			journal_index_at(a->index, i, &found);
		bool wanted =
			kind == JOURNAL_ERASURE ? e->kind == kind : is_out(e);

		if (!wanted || !read_ref(e->ref, &entity, &id) ||
		    !is_of_record(a->key, e))
			continue;
		if (kind == JOURNAL_ERASURE && entity != ENTITY_COMPANY &&
		    erase_record(a, entity, id, err) < 0)
			return -1;
		if (kind != JOURNAL_ERASURE &&
		    opt_out_record(a, entity, id, 0, e, err) < 0)
			return -1;
	}
	return end_batch(a, err);
}

struct live {
	int64_t id, record_id;
	enum entity entity;
	char hash[SHA256_HEX + 1];
};
struct lives VEC_FIELDS(struct live);

static int read_page(struct apply *a, int64_t after, struct lives *out,
		     struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	vec_reset(out);
	if (db_query(a->db, SQL_CRM_JOURNAL_ADDRESSES,
		     SQL_ARGS(sql_int(after), sql_int(PAGE)), &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		struct live l = { .id = rows_int(rows, 0),
				  .entity = (enum entity)rows_int(rows, 1),
				  .record_id = rows_int(rows, 2) };

		journal_hash(a->key, rows_text(rows, 3), l.hash);
		vec_push(out, l);
	}
	return more;
}

/* What the record itself said of the address counts more than what others
 * who have it did. */
static int apply_to_address(struct apply *a, const struct live *l,
			    struct err *err)
{
	const struct journal_entry *e, *any;
	struct journal_entry own = { .kind = JOURNAL_NOTHING };

	set_ref(&own, l->entity, l->record_id);
	any = journal_index_find(a->index, l->hash, NULL);
	e = journal_index_find(a->index, l->hash, own.ref);
	if (!e)
		e = any;
	if (!e || !is_out(e))
		return 0;
	return opt_out_record(a, l->entity, l->record_id, l->id, e, err);
}

static int apply_to_addresses(struct apply *a, struct err *err)
{
	CLEANUP(vec_release) struct lives page = VEC_INIT;
	int64_t after = 0;

	do {
		if (read_page(a, after, &page, err) < 0)
			return -1;
		vec_each (&page, l) {
			after = l->id;
			if (apply_to_address(a, l, err) < 0)
				return -1;
		}
	} while (page.n == PAGE);
	return end_batch(a, err);
}

/* Nobody has it: whoever brings it back is opted out. */
static int keep_opt_out(struct apply *a, const struct journal_entry *e,
			struct err *err)
{
	bool complaint = e->kind == JOURNAL_COMPLAINT;
	const char *source = consent_source_name(
		complaint ? CONSENT_BY_COMPLAINT : CONSENT_CARRIED);
	int kept;

	if (begin_one(a, err) < 0)
		return -1;
	kept = db_exec(&a->tx, SQL_CRM_JOURNAL_KEEP_OPT_OUT,
		       SQL_ARGS(sql_text(e->hash), sql_text(source),
				sql_int(e->at_ms)),
		       err);
	if (kept < 0)
		return -1;
	a->counts->of[e->kind] += kept;
	return end_one(a, err);
}

/* Nobody has it: whoever brings it back is refused. */
static int keep_erasure(struct apply *a, const struct journal_entry *e,
			struct err *err)
{
	struct sql_value now = sql_int(a->actor.now_ms);
	int64_t one, id;
	int known;

	if (begin_one(a, err) < 0)
		return -1;
	known = db_find_int(a->db, SQL_ADDRESS_FORGOTTEN,
			    SQL_ARGS(sql_text(e->hash)), &one, err);
	if (known != 0)
		return known < 0 ? -1 : 0;
	if (sequence_take(&a->tx, "email", 1, &id, err) < 0 ||
	    db_exec(&a->tx, SQL_CRM_JOURNAL_KEEP,
		    SQL_ARGS(sql_int(id), sql_text(e->hash), now, now),
		    err) < 0)
		return -1;
	a->counts->of[e->kind]++;
	return end_one(a, err);
}

static int keep_unknown(struct apply *a, struct err *err)
{
	for (size_t i = 0; i < journal_index_count(a->index); i++) {
		bool found;
		const struct journal_entry *e =
			journal_index_at(a->index, i, &found);

		if (is_of_record(a->key, e) ||
		    (e->kind != JOURNAL_ERASURE && (found || !is_out(e))))
			continue;
		if ((e->kind == JOURNAL_ERASURE ? keep_erasure(a, e, err)
						: keep_opt_out(a, e, err)) < 0)
			return -1;
	}
	return end_batch(a, err);
}

static int apply_entries(struct db *db, const unsigned char key_of[JOURNAL_KEY],
			 const struct journal_entries *entries, int64_t now_ms,
			 struct journal_counts *counts, struct err *err)
{
	CLEANUP(apply_release)
	struct apply a = { .db = db,
			   .tx = TX_INIT,
			   .key = key_of,
			   .index = journal_index_new(entries),
			   .actor = { .name = "restore", .now_ms = now_ms },
			   .counts = counts,
			   .arena = arena_new() };

	if (entries->n == 0)
		return 0;
	if (apply_to_records(&a, JOURNAL_ERASURE, err) < 0 ||
	    apply_to_records(&a, JOURNAL_OPT_OUT, err) < 0 ||
	    apply_to_addresses(&a, err) < 0)
		return -1;
	return keep_unknown(&a, err);
}

const struct journal_side crm_journal_side = {
	.schema = STORE_CRM,
	.key = journal_key,
	.read = read_new,
	.again = read_all_again,
	.done = mark_journaled,
	.apply = apply_entries,
	.pause = crm_campaigns_restored,
	.is_busy = crm_campaigns_under_way,
};
