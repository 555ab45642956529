/*
 * The person takes back, in the audience, what they had said there. Called by
 * the bridge, which has it from the audience; the thread of its job.
 */
#include "crm/consent/consent.h"

#include "base/arena.h"
#include "base/err.h"
#include "crm/consent/opt_out_witness.h"

#include "sql/address.h"
#include "sql/consent.h"

#include <string.h>

/* Was it said by the audience of that address, or of somebody else by a mail
 * that a reader of an address they share got? */
static bool is_of_audience(const struct consent *c, const char *hash)
{
	if (c->source == CONSENT_CARRIED)
		return c->campaign_id != 0;
	return c->source == CONSENT_BY_AUDIENCE &&
	       (!c->address_hash || strcmp(c->address_hash, hash) == 0);
}

/* Is an import among those who say no? 1, 0, -1. */
static int is_witnessed_by_import(struct db *db, enum entity entity,
				  int64_t record_id, struct err *err)
{
	CLEANUP(vec_release) struct ids witnesses = VEC_INIT;

	if (opt_out_witness_list(db, entity, record_id, &witnesses, err) < 0)
		return -1;
	vec_each (&witnesses, import_id)
		if (*import_id != 0)
			return 1;
	return 0;
}

/* What is taken back: what was said of an address until a time. */
struct taken {
	const char *hash;
	int64_t at_ms;
};

/* What a record says, since its last yes, if all of that can be taken back: 1
 * and *out, the last of it; 0, -1. */
static int find_said(struct db *db, enum entity entity, int64_t record_id,
		     const struct taken *t, struct consent *out,
		     struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct consents all = VEC_INIT;
	int by_import = is_witnessed_by_import(db, entity, record_id, err);
	bool found = false;

	if (by_import != 0)
		return by_import < 0 ? -1 : 0;
	if (consent_list(db, entity, record_id, arena, &all, err) < 0)
		return -1;
	vec_each (&all, c) {
		if (c->state == CONSENT_OPTED_IN)
			break;
		if (!is_of_audience(c, t->hash) || c->at_ms > t->at_ms)
			return 0;
		if (!found || (!out->campaign_id && c->campaign_id))
			*out = (struct consent){ .entity = entity,
						 .record_id = record_id,
						 .campaign_id =
							 c->campaign_id };
		found = true;
	}
	return found;
}

static void read_record(const struct rows *rows, struct arena *arena, void *out)
{
	(void)arena;
	*(struct consent *)out = (struct consent){
		.entity = (enum entity)rows_int(rows, 0),
		.record_id = rows_int(rows, 1),
	};
}

static int list_records(struct db *db, const char *hash, struct consents *out,
			struct err *err)
{
	return db_list(db, SQL_ADDRESS_HOLDERS, SQL_ARGS(sql_text(hash)),
		       read_record, NULL, out, err);
}

int consent_may_be_taken_back(struct db *db, const char *hash, struct err *err)
{
	CLEANUP(vec_release) struct consents records = VEC_INIT;
	struct taken any = { hash, INT64_MAX };
	struct consent said;
	int found = 0;

	if (list_records(db, hash, &records, err) < 0)
		return -1;
	for (size_t i = 0; i < records.n && found == 0; i++)
		found = find_said(db, records.v[i].entity,
				  records.v[i].record_id, &any, &said, err);
	return found;
}

/* Locks them all, in one order: nobody else says anything meanwhile. */
static int lock_around(struct tx *tx, const struct consent *record,
		       struct consents *out, struct err *err)
{
	struct sql_value entity = sql_int(record->entity);
	struct sql_value id = sql_int(record->record_id);

	if (db_list(tx->db, SQL_CONSENT_AROUND,
		    SQL_ARGS(entity, id, entity, id, entity, id), read_record,
		    NULL, out, err) < 0)
		return -1;
	vec_each (out, c)
		if (consent_lock(tx, c->entity, c->record_id, err) < 0)
			return -1;
	return 0;
}

/* Is it out by more than the audience told? 1, 0, -1. */
static int says_more(struct db *db, const struct consent *record,
		     const struct taken *t, struct err *err)
{
	enum consent_source source;
	struct consent said;
	int64_t since_ms;
	int ret = consent_find_opt_out(db, record->entity, record->record_id,
				       &source, &since_ms, err);

	if (ret <= 0)
		return ret;
	ret = find_said(db, record->entity, record->record_id, t, &said, err);
	return ret < 0 ? -1 : !ret;
}

/* The same of any of them. */
static int is_barred(struct db *db, const struct consents *around,
		     const struct taken *t, struct err *err)
{
	int barred = 0;

	for (size_t i = 0; i < around->n && barred == 0; i++)
		barred = says_more(db, &around->v[i], t, err);
	return barred;
}

/* 1, and after which campaign it was said; 0: it is not for this record; -1. */
static int take_back(struct tx *tx, const struct consent *record,
		     const struct taken *t, const struct actor *actor,
		     int64_t *campaign_out, struct err *err)
{
	CLEANUP(vec_release) struct consents around = VEC_INIT;
	struct consent said = { 0 };
	int found, barred;

	if (lock_around(tx, record, &around, err) < 0)
		return -1;
	found = find_said(tx->db, record->entity, record->record_id, t, &said,
			  err);
	if (found <= 0)
		return found;
	barred = is_barred(tx->db, &around, t, err);
	if (barred != 0)
		return barred < 0 ? -1 : 0;
	*campaign_out = said.campaign_id;
	said.state = CONSENT_OPTED_IN;
	said.source = CONSENT_BY_PERSON;
	said.reason = "subscribed again by the link of a mail";
	said.at_ms = t->at_ms < actor->now_ms ? t->at_ms : actor->now_ms;
	return consent_add(tx, &said, actor, err);
}

/* Of others it was said, too, with whom they share another address by now: what
 * they have is nothing but that word. How many, or -1. */
static int take_back_of_others(struct tx *tx, const struct consent *record,
			       int64_t campaign_id, const struct taken *t,
			       const struct actor *actor, struct err *err)
{
	CLEANUP(vec_release) struct consents around = VEC_INIT;
	int count = 0;

	if (campaign_id == 0)
		return 0;
	if (lock_around(tx, record, &around, err) < 0)
		return -1;
	vec_each (&around, other) {
		struct consent said = { 0 };
		int taken =
			other->entity == ENTITY_COMPANY
				? 0
				: find_said(tx->db, other->entity,
					    other->record_id, t, &said, err);

		if (taken > 0)
			taken = said.campaign_id != campaign_id
					? 0
					: take_back(tx, other, t, actor,
						    &campaign_id, err);
		if (taken < 0)
			return -1;
		count += taken;
	}
	return count;
}

int consent_take_back(struct tx *tx, const char *hash, int64_t at_ms,
		      const struct actor *actor, struct err *err)
{
	CLEANUP(vec_release) struct consents records = VEC_INIT;
	struct taken taken_back = { hash, at_ms };
	int count = 0;

	if (list_records(tx->db, hash, &records, err) < 0)
		return -1;
	vec_each (&records, record) {
		int64_t campaign_id = 0;
		int taken = take_back(tx, record, &taken_back, actor,
				      &campaign_id, err);
		int others =
			taken <= 0
				? 0
				: take_back_of_others(tx, record, campaign_id,
						      &taken_back, actor, err);

		if (taken < 0 || others < 0)
			return -1;
		count += taken + others;
	}
	return count;
}
