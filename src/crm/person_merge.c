#include "crm/person_merge.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "crm/audit.h"
#include "crm/bridge_job.h"
#include "crm/consent/consent.h"
#include "crm/consent/opt_out_witness.h"
#include "crm/record_private.h"
#include "crm/search/search.h"
#include "sql/person_merge.h"
#include "sql/record.h"

/* Members of the other's object that the survivor's lacks. */
static int unite_custom(struct record *to, const struct record *from,
			struct arena *arena, struct err *err)
{
	CLEANUP(json_free) json_t *a = NULL;
	CLEANUP(json_free) json_t *b = NULL;
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	/* custom fields are another set for each kind */
	if (!from->custom || from->entity != to->entity)
		return 0;
	if (!to->custom) {
		to->custom = from->custom;
		return 0;
	}
	if (json_parse(str_of(to->custom), &a, err) < 0 ||
	    json_parse(str_of(from->custom), &b, err) < 0)
		return -1;
	BUG_ON(json_object_update_missing(a, b) < 0);
	json_dump(a, &text);
	to->custom = arena_str(arena, strbuf_str(&text));
	return 0;
}

int record_unite(struct record *to, const struct record *from,
		 struct arena *arena, struct err *err)
{
	for (enum text_field t = 0; t < TEXT_FIELDS; t++) {
		if (!to->text[t] && field_is_of(field_of_text(t), to->entity))
			to->text[t] = from->text[t];
	}
	if (!to->company_id)
		to->company_id = from->company_id;
	to->owns_address = to->owns_address || from->owns_address;
	return unite_custom(to, from, arena, err);
}

static int move_addresses(struct tx *tx, int64_t to, int64_t from,
			  const struct actor *actor, struct err *err)
{
	if (db_exec(tx, SQL_MERGE_ADDRESSES_DOUBLE,
		    SQL_ARGS(sql_int(actor->now_ms), sql_int(from),
			     sql_int(to)),
		    err) < 0)
		return -1;
	return db_exec(tx, SQL_MERGE_ADDRESSES,
		       SQL_ARGS(sql_int(to), sql_int(from)), err);
}

static int move_rows(struct tx *tx, int64_t to, int64_t from, struct err *err)
{
	static const struct sql *const moves[] = {
		SQL_MERGE_CONSENT,    SQL_MERGE_NOTES, SQL_MERGE_TASKS,
		SQL_MERGE_TAGS,       SQL_MERGE_LINKS, SQL_MERGE_GROUPS,
		SQL_MERGE_EXCLUSIONS, SQL_MERGE_LEADS, SQL_MERGE_EARLIER,
	};

	for (size_t i = 0; i < ARRAY_SIZE(moves); i++) {
		if (db_exec(tx, moves[i], SQL_ARGS(sql_int(to), sql_int(from)),
			    err) < 0)
			return -1;
	}
	if (db_exec(tx, SQL_MERGE_RECIPIENTS,
		    SQL_ARGS(sql_int(to), sql_int(from), sql_int(to)), err) < 0)
		return -1;
	return db_exec(tx, SQL_MERGE_ACTIVITY,
		       SQL_ARGS(sql_int(to), sql_int(from), sql_int(from)),
		       err);
}

/* The other's member is to become part of the survivor's. */
static int tell_bridge(struct tx *tx, const struct record *to,
		       const struct record *from, const struct actor *actor,
		       struct err *err)
{
	if (from->email_id == 0)
		return 0;
	return bridge_job_left(tx, to->id, from->email_id, actor->now_ms, err);
}

/* Whoever says it of one of the two says it of the survivor. If one of them had
 * opted in, what was said last must be said again. */
static int carry_opt_out(struct tx *tx, const struct record *to,
			 const struct record *from, const struct actor *actor,
			 struct err *err)
{
	CLEANUP(vec_release) struct ids witnesses = VEC_INIT;
	struct ids record = { .v = (int64_t *)&to->id, .n = 1 };
	struct consent consent = {
		.entity = ENTITY_PERSON,
		.record_id = to->id,
		.reason = "merged with somebody who had opted out",
	};

	if (opt_out_witness_list(tx->db, ENTITY_PERSON, from->id, &witnesses,
				 err) < 0 ||
	    opt_out_witness_list(tx->db, ENTITY_PERSON, to->id, &witnesses,
				 err) < 0 ||
	    opt_out_witness_remove(tx, ENTITY_PERSON, from->id, err) < 0)
		return -1;
	if (to->opted_out != from->opted_out)
		return consent_carry(tx, &consent, &witnesses, actor, err);
	vec_each (&witnesses, import_id)
		if (opt_out_witness_again(tx, ENTITY_PERSON, &record,
					  *import_id, err) < 0)
			return -1;
	return 0;
}

static int end_other(struct tx *tx, int64_t to, int64_t from,
		     const struct actor *actor, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf detail = STRBUF_INIT;

	if (record_remove_attached(tx, ENTITY_PERSON, from, err) < 0 ||
	    db_exec(tx, SQL_PERSON_EMPTY,
		    SQL_ARGS(sql_int(actor->now_ms), sql_int(actor->now_ms),
			     sql_int(from)),
		    err) < 0 ||
	    db_exec(tx, SQL_MERGE_END,
		    SQL_ARGS(sql_int(to), sql_int(actor->now_ms),
			     sql_int(from)),
		    err) < 0 ||
	    search_mark(tx, ENTITY_PERSON, to, err) < 0 ||
	    search_mark(tx, ENTITY_PERSON, from, err) < 0)
		return -1;
	strbuf_addf(&detail, "{\"other_id\":%lld}", (long long)from);
	if (audit_add(tx, actor, "person.merge", ENTITY_PERSON, to, detail.buf,
		      err) < 0)
		return -1;
	return record_count_add(tx, ENTITY_PERSON, -1, err);
}

int person_merge(struct tx *tx, int64_t survivor_id, int64_t other_id,
		 const struct actor *actor, struct arena *arena,
		 struct err *err)
{
	struct record to, from;

	if (survivor_id == other_id)
		return err_field(err, "other_id", "the same person");
	if (addresses_turn(tx, err) < 0 ||
	    record_get(tx->db, ENTITY_PERSON, survivor_id, arena, &to, err) <
		    0 ||
	    record_get(tx->db, ENTITY_PERSON, other_id, arena, &from, err) <
		    0 ||
	    record_unite(&to, &from, arena, err) < 0 ||
	    db_exec(tx, SQL_MERGE_GIVE_KEY, SQL_ARGS(sql_int(other_id)), err) <
		    0 ||
	    record_update(tx, &to, actor, arena, err) < 0 ||
	    move_addresses(tx, survivor_id, other_id, actor, err) < 0 ||
	    move_rows(tx, survivor_id, other_id, err) < 0 ||
	    address_choose_again(tx, ENTITY_PERSON, survivor_id, actor, arena,
				 err) < 0 ||
	    tell_bridge(tx, &to, &from, actor, err) < 0 ||
	    carry_opt_out(tx, &to, &from, actor, err) < 0)
		return -1;
	return end_other(tx, survivor_id, other_id, actor, err);
}
