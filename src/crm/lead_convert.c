#include "crm/lead_convert.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "crm/audit.h"
#include "crm/consent/consent.h"
#include "crm/consent/opt_out_witness.h"
#include "crm/record_private.h"
#include "sql/lead_convert.h"
#include "sql/record.h"

#include <string.h>

/* The company that is meant, or a new one; 0: the lead names none. */
static int find_company(struct tx *tx, const struct record *lead,
			struct lead_conversion *c, const struct actor *actor,
			struct arena *arena, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf folded = STRBUF_INIT;
	struct record company = { .entity = ENTITY_COMPANY };
	const char *name = lead->text[TEXT_COMPANY_NAME];
	int found;

	if (c->company_id) {
		c->company_matched = true;
		found = record_find(tx->db, ENTITY_COMPANY, c->company_id,
				    arena, &company, err);
		if (found == 0)
			return err_field(err, "company_id", "no such company");
		return found < 0 ? -1 : 0;
	}
	if (!name)
		return 0;
	utf8_fold(str_of(name), &folded);
	found = db_find_int(tx->db, SQL_COMPANY_BY_NAME,
			    SQL_ARGS(sql_text(folded.buf)), &c->company_id,
			    err);
	c->company_matched = found > 0;
	if (found != 0)
		return found < 0 ? -1 : 0;
	company.text[TEXT_NAME] = name;
	if (record_add(tx, &company, actor, arena, err) < 0)
		return -1;
	c->company_id = company.id;
	return 0;
}

/* Somebody with one of the lead's addresses; the oldest record. */
static int match_person(struct db *db, const struct record *lead,
			struct lead_conversion *c, struct err *err)
{
	for (size_t i = 0; i < lead->emails_n && !c->person_id; i++) {
		CLEANUP(vec_release) struct ids ids = VEC_INIT;

		if (address_find_records(db, ENTITY_PERSON,
					 lead->emails[i].hash, &ids, err) < 0)
			return -1;
		if (ids.n > 0)
			c->person_id = ids.v[0];
	}
	return 0;
}

/* The person's addresses and those of the lead that they lack. */
static int unite_addresses(struct tx *tx, const struct record *person,
			   const struct record *lead, const struct actor *actor,
			   struct arena *arena, struct err *err)
{
	size_t n = person->emails_n;
	struct address *all =
		arena_array(arena, struct address, n + lead->emails_n + 1);

	for (size_t i = 0; i < n; i++) {
		all[i] = person->emails[i];
		all[i].held = HELD_AS_BEFORE;
	}
	for (size_t i = 0; i < lead->emails_n; i++) {
		bool there = false;

		for (size_t k = 0; k < person->emails_n; k++)
			there = there || strcmp(person->emails[k].hash,
						lead->emails[i].hash) == 0;
		if (there)
			continue;
		all[n] = lead->emails[i];
		all[n].is_primary = n == 0;
		all[n++].is_marketing = false;
	}
	return addresses_put(tx, ENTITY_PERSON, person->id, all, n, actor,
			     arena, err);
}

static int update_person(struct tx *tx, const struct record *lead,
			 struct lead_conversion *c, const struct actor *actor,
			 struct arena *arena, struct err *err)
{
	struct record person;
	int found = record_find(tx->db, ENTITY_PERSON, c->person_id, arena,
				&person, err);

	if (found == 0)
		return err_field(err, "person_id", "no such person");
	if (found < 0)
		return -1;
	c->person_matched = true;
	if (!person.company_id)
		person.company_id = c->company_id;
	if (record_unite(&person, lead, arena, err) < 0 ||
	    record_update(tx, &person, actor, arena, err) < 0)
		return -1;
	return unite_addresses(tx, &person, lead, actor, arena, err);
}

static int make_person(struct tx *tx, const struct record *lead,
		       struct lead_conversion *c, const struct actor *actor,
		       struct arena *arena, struct err *err)
{
	struct record person = { .entity = ENTITY_PERSON,
				 .company_id = c->company_id,
				 .emails = lead->emails,
				 .emails_n = lead->emails_n };

	if (record_unite(&person, lead, arena, err) < 0)
		return -1;
	if (record_add(tx, &person, actor, arena, err) < 0)
		return -1;
	c->person_id = person.id;
	return 0;
}

static int carry_over(struct tx *tx, const struct record *lead,
		      int64_t person_id, const struct actor *actor,
		      struct err *err)
{
	static const struct sql *const moves[] = {
		SQL_CONVERT_TAGS,
		SQL_CONVERT_NOTES,
		SQL_CONVERT_TASKS,
		SQL_CONVERT_LINKS,
	};
	CLEANUP(vec_release) struct ids witnesses = VEC_INIT;
	struct consent consent = {
		.entity = ENTITY_PERSON,
		.record_id = person_id,
		.reason = "the lead had opted out",
	};

	for (size_t i = 0; i < ARRAY_SIZE(moves); i++) {
		if (db_exec(tx, moves[i],
			    SQL_ARGS(sql_int(person_id), sql_int(lead->id)),
			    err) < 0)
			return -1;
	}
	if (opt_out_witness_list(tx->db, ENTITY_LEAD, lead->id, &witnesses,
				 err) < 0)
		return -1;
	return consent_carry(tx, &consent, &witnesses, actor, err);
}

int lead_convert(struct tx *tx, int64_t lead_id, struct lead_conversion *c,
		 const struct actor *actor, struct arena *arena,
		 struct err *err)
{
	struct record lead;

	if (addresses_turn(tx, err) < 0 ||
	    record_get(tx->db, ENTITY_LEAD, lead_id, arena, &lead, err) < 0)
		return -1;
	if (lead.converted_ms)
		return err_set(err, ERR_CONFLICT,
			       "the lead was converted already");
	if (find_company(tx, &lead, c, actor, arena, err) < 0)
		return -1;
	if (!c->person_id && match_person(tx->db, &lead, c, err) < 0)
		return -1;
	if ((c->person_id ? update_person(tx, &lead, c, actor, arena, err)
			  : make_person(tx, &lead, c, actor, arena, err)) < 0 ||
	    carry_over(tx, &lead, c->person_id, actor, err) < 0)
		return -1;
	lead.text[TEXT_STATUS] = "converted";
	lead.converted_person_id = c->person_id;
	lead.converted_company_id = c->company_id;
	lead.converted_ms = actor->now_ms;
	if (record_update(tx, &lead, actor, arena, err) < 0)
		return -1;
	return audit_add(tx, actor, "lead.convert", ENTITY_LEAD, lead_id, NULL,
			 err);
}
