/*
 * The person takes back, in the audience, what they had said there. Called by
 * the bridge, which has it from the audience; the thread of its job.
 */
#include "crm/consent/consent.h"

#include "base/arena.h"
#include "base/err.h"
#include "crm/consent/opt_out_witness.h"

#include "sql/address.h"

/* Was it said by the audience, or of somebody else by a mail that a reader of
 * the same address got? */
static bool is_of_audience(const struct consent *c)
{
	return c->source == CONSENT_BY_AUDIENCE ||
	       (c->source == CONSENT_CARRIED && c->campaign_id != 0);
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

/* What a record says, since its last yes, if all of that is the audience's and
 * not after at_ms: 1 and *out, the last of it; 0, -1. */
static int find_said(struct db *db, enum entity entity, int64_t record_id,
		     int64_t at_ms, struct consent *out, struct err *err)
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
		if (!is_of_audience(c) || c->at_ms > at_ms)
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
	struct consent said;
	int found = 0;

	if (list_records(db, hash, &records, err) < 0)
		return -1;
	for (size_t i = 0; i < records.n && found == 0; i++)
		found = find_said(db, records.v[i].entity,
				  records.v[i].record_id, INT64_MAX, &said,
				  err);
	return found;
}

/* 1, 0: it is not for this record, -1. */
static int take_back(struct tx *tx, const struct consent *record, int64_t at_ms,
		     const struct actor *actor, struct err *err)
{
	struct consent said = { 0 };
	int found;

	if (consent_lock(tx, record->entity, record->record_id, err) < 0)
		return -1;
	found = find_said(tx->db, record->entity, record->record_id, at_ms,
			  &said, err);
	if (found <= 0)
		return found;
	said.state = CONSENT_OPTED_IN;
	said.source = CONSENT_BY_PERSON;
	said.reason = "subscribed again by the link of a mail";
	said.at_ms = at_ms < actor->now_ms ? at_ms : actor->now_ms;
	return consent_add(tx, &said, actor, err);
}

int consent_take_back(struct tx *tx, const char *hash, int64_t at_ms,
		      const struct actor *actor, struct err *err)
{
	CLEANUP(vec_release) struct consents records = VEC_INIT;
	int count = 0;

	if (list_records(tx->db, hash, &records, err) < 0)
		return -1;
	vec_each (&records, record) {
		int taken = take_back(tx, record, at_ms, actor, err);

		if (taken < 0)
			return -1;
		count += taken;
	}
	return count;
}
