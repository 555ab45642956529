#include "crm/address.h"

#include "base/arena.h"
#include "base/email.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "crm/bridge_job.h"
#include "crm/consent/consent.h"
#include "crm/consent/kept_opt_out.h"
#include "crm/consent/opt_out_witness.h"
#include "crm/consent/unclear_opt_out.h"
#include "crm/search/search.h"
#include "crm/search/search_text.h"
#include "sql/address.h"
#include "store/store.h"
#include "store/update.h"

#include <string.h>

#define SEQUENCE "email" /* of ids */

const char *address_held_name(const struct address *a)
{
	switch (a->held) {
	case HELD_HARD_BOUNCE:
		return "hard_bounce";
	case HELD_SOFT_BOUNCES:
		return "soft_bounces";
	case HELD_BY_HAND:
		return "by_hand";
	case HELD_NO:
		break;
	}
	return a->is_unclear ? UNCLEAR_OPT_OUT : NULL;
}

/* --- reading --- */

static void read_address(const struct rows *rows, struct arena *arena,
			 void *out)
{
	*(struct address *)out = (struct address){
		.id = rows_int(rows, 0),
		.entity = (enum entity)rows_int(rows, 1),
		.record_id = rows_int(rows, 2),
		.address = rows_dup(rows, 3, arena),
		.folded = rows_dup(rows, 4, arena),
		.hash = rows_dup(rows, 5, arena),
		.type = rows_dup(rows, 6, arena),
		.is_primary = rows_int(rows, 7) != 0,
		.is_marketing = rows_int(rows, 8) != 0,
		.held = (enum address_held)rows_int(rows, 9),
		.held_detail = rows_dup(rows, 10, arena),
		.held_ms = rows_int(rows, 11),
		.created_ms = rows_int(rows, 12),
		.ended_ms = rows_int(rows, 13),
		.is_unclear = rows_int(rows, 14) != 0,
	};
}

int addresses_load(struct db *db, enum entity entity, const struct ids *ids,
		   struct arena *arena, struct addresses *out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;

	return db_list(db, SQL_ADDRESS_LOAD,
		       SQL_ARGS(sql_int(entity), sql_keys(ids, &keys)),
		       read_address, arena, out, err);
}

int addresses_find_shared(struct db *db, enum entity entity,
			  const struct ids *ids, struct ids *out,
			  struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;

	return db_list_ids(db, SQL_ADDRESS_SHARED,
			   SQL_ARGS(sql_int(entity), sql_keys(ids, &keys)), out,
			   err);
}

int address_find_records(struct db *db, enum entity entity, const char *hash,
			 struct ids *out, struct err *err)
{
	return db_list_ids(db, SQL_ADDRESS_RECORDS,
			   SQL_ARGS(sql_text(hash), sql_int(entity)), out, err);
}

/* --- the rule --- */

int64_t address_choose(const struct address *addresses, size_t n)
{
	const struct address *best = NULL;
	int best_rank = -1;

	for (size_t i = 0; i < n; i++) {
		const struct address *a = &addresses[i];
		int rank = a->is_marketing      ? 3
			   : a->is_primary      ? 2
			   : a->held == HELD_NO ? 1
						: 0;

		if (rank > best_rank ||
		    (rank == best_rank && a->id > best->id)) {
			best = a;
			best_rank = rank;
		}
	}
	return best ? best->id : 0;
}

int address_choose_again(struct tx *tx, enum entity entity, int64_t record_id,
			 const struct actor *actor, struct arena *arena,
			 struct err *err)
{
	CLEANUP(vec_release) struct addresses live = VEC_INIT;
	struct ids ids = { .v = &record_id, .n = 1 };
	bool is_person = entity == ENTITY_PERSON;
	int64_t before = 0, now;

	if (db_find_int(tx->db,
			is_person ? SQL_ADDRESS_OF_PERSON : SQL_ADDRESS_OF_LEAD,
			SQL_ARGS(sql_int(record_id)), &before, err) < 0 ||
	    addresses_load(tx->db, entity, &ids, arena, &live, err) < 0)
		return -1;
	now = address_choose(live.v, live.n);
	if (now == before)
		return 0;
	if (db_exec(tx,
		    is_person ? SQL_ADDRESS_CHOOSE_PERSON
			      : SQL_ADDRESS_CHOOSE_LEAD,
		    SQL_ARGS(sql_id_or_null(now), sql_int(actor->now_ms),
			     sql_int(record_id)),
		    err) < 0)
		return -1;
	if (is_person && before != 0)
		return bridge_job_left(tx, record_id, before, actor->now_ms,
				       err);
	return 0;
}

/* --- putting --- */

static struct address *find_hash(struct address *a, size_t n, const char *hash)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(a[i].hash, hash) == 0)
			return &a[i];
	}
	return NULL;
}

#define ADDRESSES_MOST 50
#define TYPE_MOST 40

static int check_one(const struct address *in, struct arena *arena,
		     struct address *out, struct err *err)
{
	struct email email;

	if (email_parse(in->address, arena, &email, err) < 0)
		return err_field(err, "emails", "%s", err->text);
	if (in->type && strlen(in->type) > TYPE_MOST)
		return err_field(err, "emails", "the type is too long");
	*out = *in;
	out->address = email.address;
	out->folded = email.folded;
	out->hash = arena_strdup(arena, email.hash);
	out->type = in->type && *in->type ? in->type : "work";
	return 0;
}

/* All checked and folded; one is primary. */
static int check_wanted(const struct address *in, size_t n, struct arena *arena,
			struct address *out, struct err *err)
{
	int primary = 0, marketing = 0;

	if (n > ADDRESSES_MOST)
		return err_field(err, "emails", "more than %d addresses",
				 ADDRESSES_MOST);
	for (size_t i = 0; i < n; i++) {
		if (check_one(&in[i], arena, &out[i], err) < 0)
			return -1;
		if (find_hash(out, i, out[i].hash))
			return err_field(err, "emails",
					 "the same address stands twice");
		primary += in[i].is_primary;
		marketing += in[i].is_marketing;
	}
	if (primary > 1)
		return err_field(err, "emails", "only one can be primary");
	if (marketing > 1)
		return err_field(err, "emails",
				 "only one can be for marketing");
	if (primary == 0 && n > 0)
		out[0].is_primary = true;
	return 0;
}

/* plain: empty; must live as long as v. */
static int insert_args(const struct address *a, struct strbuf *plain,
		       struct sql_value v[14])
{
	int n = 0;

	v[n++] = sql_int(a->id);
	v[n++] = sql_int(a->entity);
	v[n++] = sql_int(a->record_id);
	v[n++] = sql_text(a->address);
	v[n++] = sql_text(a->folded);
	v[n++] = sql_text(a->hash);
	v[n++] = sql_text(a->type ? a->type : "work");
	v[n++] = sql_int(a->is_primary);
	v[n++] = sql_int(a->is_marketing);
	v[n++] = sql_int(a->held);
	v[n++] = sql_text(a->held_detail);
	v[n++] = sql_id_or_null(a->held_ms);
	v[n++] = sql_int(a->created_ms);
	if (search_text_of_address(a->folded, plain))
		v[n++] = sql_text(plain->buf);
	else
		v[n++] = sql_null();
	return n;
}

int address_ids_take(struct tx *tx, int64_t n, int64_t *first_out,
		     struct err *err)
{
	return sequence_take(tx, SEQUENCE, n, first_out, err);
}

int addresses_turn(struct tx *tx, struct err *err)
{
	if (db_backend(tx->db) == DB_SQLITE)
		return 0; /* has one writer */
	return sequence_lock(tx, SEQUENCE, err);
}

int address_batch_add(struct batch *b, const struct address *a, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf plain = STRBUF_INIT;
	struct sql_value v[14];
	int n = insert_args(a, &plain, v);

	return batch_add(b, SQL_ADDRESS_ADD, (struct sql_args){ v, (size_t)n },
			 err);
}

/* What comes with an address is the word of who had it. */
static int take_word(struct db *db, const struct address *a,
		     struct consent *out, struct err *err)
{
	struct consent word;

	if (consent_word_of_address(db, a->hash, a->entity, a->record_id, &word,
				    err) < 0)
		return -1;
	out->campaign_id = word.campaign_id;
	out->at_ms = word.at_ms;
	return 0;
}

/*
 * Whoever shares an address shares its opt-out, and so does who brings one back
 * that was kept. Looked up in this order: who goes meanwhile leaves it kept.
 */
static int carry_opt_out(struct tx *tx, const struct address *a,
			 const struct actor *actor, struct arena *arena,
			 struct err *err)
{
	CLEANUP(vec_release) struct ids witnesses = VEC_INIT;
	struct consent consent = {
		.entity = a->entity,
		.record_id = a->record_id,
		.email_id = a->id,
		.reason = "somebody with the same address opted out",
	};
	struct sql_args hash = SQL_ARGS(sql_text(a->hash));
	struct kept_opt_out kept;
	int64_t one;
	int found;

	/* somebody of them may be opting out right now */
	if (db_find_int(tx->db, SQL_ADDRESS_LOCK_PEOPLE, hash, &one, err) < 0 ||
	    db_find_int(tx->db, SQL_ADDRESS_LOCK_LEADS, hash, &one, err) < 0)
		return -1;
	if (opt_out_witness_of_address(tx->db, a->hash, a->entity, a->record_id,
				       &witnesses, err) < 0)
		return -1;
	if (witnesses.n > 0 && witnesses.v[0] == 0 &&
	    take_word(tx->db, a, &consent, err) < 0)
		return -1;
	found = kept_opt_out_find(tx->db, a->folded, arena, &kept, err);
	if (found < 0)
		return -1;
	if (found > 0 && witnesses.n == 0)
		consent.reason =
			kept_opt_out_reason(kept.source, kept.at_ms, arena);
	if (found > 0 &&
	    kept_opt_out_witnesses(tx->db, a->folded, &witnesses, err) < 0)
		return -1;
	return consent_carry(tx, &consent, &witnesses, actor, err);
}

static int add_address(struct tx *tx, struct address *a,
		       const struct actor *actor, struct arena *arena,
		       struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf plain = STRBUF_INIT;
	struct sql_value v[14];
	int n;

	if (forgotten_refuse(tx->db, a->folded, "emails", err) < 0 ||
	    address_ids_take(tx, 1, &a->id, err) < 0)
		return -1;
	a->created_ms = actor->now_ms;
	if (a->held == HELD_AS_BEFORE)
		a->held = HELD_NO;
	a->held_detail = NULL;
	a->held_ms = a->held == HELD_NO ? 0 : actor->now_ms;
	n = insert_args(a, &plain, v);
	if (db_exec(tx, SQL_ADDRESS_ADD, (struct sql_args){ v, (size_t)n },
		    err) < 0)
		return -1;
	return carry_opt_out(tx, a, actor, arena, err);
}

static int change_address(struct tx *tx, const struct address *old,
			  const struct address *a, const struct actor *actor,
			  struct err *err)
{
	CLEANUP(update_release) struct update u = UPDATE_OF("email");
	enum address_held held = old->held;

	/* "held" said again must not turn a bounce, or what is unclear, into
	 * a hold by hand */
	if (a->held == HELD_NO)
		held = HELD_NO;
	else if (a->held != HELD_AS_BEFORE && old->held == HELD_NO &&
		 !old->is_unclear)
		held = a->held;
	update_text(&u, "address", old->address, a->address);
	update_text(&u, "type", old->type, a->type);
	update_int(&u, "is_primary", old->is_primary, a->is_primary);
	update_int(&u, "is_marketing", old->is_marketing, a->is_marketing);
	update_int(&u, "held", old->held, held);
	if (held != old->held) {
		update_text(&u, "held_detail", old->held_detail, NULL);
		update_id(&u, "held_ms", old->held_ms,
			  held == HELD_NO ? 0 : actor->now_ms);
	}
	if (held != old->held && held == HELD_NO &&
	    db_exec(tx, SQL_ADDRESS_RELEASE, SQL_ARGS(sql_text(old->hash)),
		    err) < 0)
		return -1;
	return update_run(&u, tx, "id = ?", SQL_ARGS(sql_int(old->id)), err);
}

/* An address that leaves somebody who is opted out leaves that behind, and is
 * not to be mailed by the audience either. */
static int keep_opt_out(struct tx *tx, const struct address *a,
			const struct actor *actor, struct err *err)
{
	CLEANUP(vec_release) struct ids witnesses = VEC_INIT;
	enum consent_source source;
	int64_t at_ms;
	int out = consent_find_opt_out(tx->db, a->entity, a->record_id, &source,
				       &at_ms, err);

	if (out <= 0)
		return out;
	if (opt_out_witness_list(tx->db, a->entity, a->record_id, &witnesses,
				 err) < 0)
		return -1;
	if (witnesses.n > 0 && a->entity == ENTITY_PERSON &&
	    bridge_job_left_out(tx, a->record_id, a->id, actor->now_ms, err) <
		    0)
		return -1;
	vec_each (&witnesses, import_id)
		if (kept_opt_out_put(tx, a->folded, consent_source_name(source),
				     *import_id, at_ms, err) < 0)
			return -1;
	return 0;
}

static int end_others(struct tx *tx, struct addresses *live,
		      struct address *wanted, size_t n,
		      const struct actor *actor, struct err *err)
{
	vec_each (live, old) {
		if (find_hash(wanted, n, old->hash))
			continue;
		if (keep_opt_out(tx, old, actor, err) < 0 ||
		    db_exec(tx, SQL_ADDRESS_END,
			    SQL_ARGS(sql_int(actor->now_ms), sql_int(old->id)),
			    err) < 0)
			return -1;
	}
	return 0;
}

/* Each of the wanted is there as it is written, and there are no others. */
static bool is_same(const struct addresses *live, struct address *wanted,
		    size_t n)
{
	if (live->n != n)
		return false;
	vec_each (live, old) {
		const struct address *now = find_hash(wanted, n, old->hash);

		if (!now || strcmp(now->address, old->address) != 0)
			return false;
	}
	return true;
}

int addresses_put(struct tx *tx, enum entity entity, int64_t record_id,
		  const struct address *wanted, size_t n,
		  const struct actor *actor, struct arena *arena,
		  struct err *err)
{
	CLEANUP(vec_release) struct addresses live = VEC_INIT;
	struct ids ids = { .v = &record_id, .n = 1 };
	struct address *checked = arena_array(arena, struct address, n + 1);
	int64_t first_new = 0;

	if (check_wanted(wanted, n, arena, checked, err) < 0 ||
	    addresses_load(tx->db, entity, &ids, arena, &live, err) < 0 ||
	    end_others(tx, &live, checked, n, actor, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct address *a = &checked[i];
		struct address *old = find_hash(live.v, live.n, a->hash);

		a->entity = entity;
		a->record_id = record_id;
		if ((old ? change_address(tx, old, a, actor, err)
			 : add_address(tx, a, actor, arena, err)) < 0)
			return -1;
		if (!old && !first_new)
			first_new = a->id;
	}
	/* who comes to an address with a no brings it to those who have it */
	if (first_new && consent_reach_sharers(tx, entity, record_id, first_new,
					       actor, err) < 0)
		return -1;
	if (!is_same(&live, checked, n) &&
	    search_mark(tx, entity, record_id, err) < 0)
		return -1;
	return address_choose_again(tx, entity, record_id, actor, arena, err);
}

/* --- holding --- */

/* Those who have it may choose another one now. */
static int choose_for_holders(struct tx *tx, const char *hash,
			      const struct actor *actor, struct arena *arena,
			      struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (db_query(tx->db, SQL_ADDRESS_HOLDERS, SQL_ARGS(sql_text(hash)),
		     &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		if (address_choose_again(tx, (enum entity)rows_int(rows, 0),
					 rows_int(rows, 1), actor, arena,
					 err) < 0)
			return -1;
	}
	return more;
}

int address_hold(struct tx *tx, const char *hash, enum address_held held,
		 const char *detail, const struct actor *actor,
		 struct arena *arena, struct err *err)
{
	int changed =
		db_exec(tx, SQL_ADDRESS_HOLD,
			SQL_ARGS(sql_int(held), sql_text(held ? detail : NULL),
				 sql_id_or_null(held ? actor->now_ms : 0),
				 sql_text(hash), sql_int(held)),
			err);

	if (changed <= 0)
		return changed;
	return choose_for_holders(tx, hash, actor, arena, err) < 0 ? -1
								   : changed;
}

int address_release_bounced(struct tx *tx, const char *hash,
			    const struct actor *actor, struct arena *arena,
			    struct err *err)
{
	int changed = db_exec(tx, SQL_ADDRESS_RELEASE_BOUNCED,
			      SQL_ARGS(sql_text(hash)), err);

	if (changed <= 0)
		return changed;
	return choose_for_holders(tx, hash, actor, arena, err) < 0 ? -1
								   : changed;
}
