#include "crm/consent/consent.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "crm/address.h"
#include "crm/bridge_job.h"
#include "crm/consent/kept_opt_out.h"
#include "crm/consent/opt_out_witness.h"
#include "sql/address.h"
#include "sql/consent.h"

#include <string.h>

#define ADD_ARGS 16

static const char *const sources[] = {
	[CONSENT_BY_USER] = "user",
	[CONSENT_BY_PERSON] = "person",
	[CONSENT_BY_IMPORT] = "import",
	[CONSENT_BY_COMPLAINT] = "complaint",
	[CONSENT_BY_AUDIENCE] = "audience",
	[CONSENT_BY_API] = "api",
	[CONSENT_CARRIED] = "carried",
	[CONSENT_BY_UNDO] = "undo",
};

const char *consent_source_name(enum consent_source source)
{
	return sources[source];
}

const char *consent_state_name(enum consent_state state)
{
	return state == CONSENT_OPTED_OUT ? "opted_out" : "opted_in";
}

enum consent_source consent_source_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
		if (name && strcmp(name, sources[i]) == 0)
			return (enum consent_source)i;
	}
	return CONSENT_BY_USER;
}

/* --- writing --- */

static int may_say(const struct consent *c, struct err *err)
{
	if (c->state == CONSENT_OPTED_OUT)
		return 0;
	if (c->source == CONSENT_BY_PERSON || c->source == CONSENT_BY_UNDO)
		return 0;
	if (c->source != CONSENT_BY_USER && c->source != CONSENT_BY_API)
		return err_set(err, ERR_DENIED,
			       "only the person or a user can opt somebody in");
	if (utf8_is_blank(c->reason))
		return err_field(err, "reason",
				 "opting somebody in needs a ground");
	return 0;
}

static void read_last(const struct rows *rows, struct arena *arena, void *out)
{
	(void)arena;
	*(struct consent *)out = (struct consent){
		.state = (enum consent_state)rows_int(rows, 0),
		.source = consent_source_of(rows_text(rows, 1)),
		.campaign_id = rows_int(rows, 2),
		.at_ms = rows_int(rows, 3),
	};
}

static int find_last(struct db *db, enum entity entity, int64_t record_id,
		     struct consent *out, struct err *err)
{
	return db_get(db, SQL_CONSENT_LAST,
		      SQL_ARGS(sql_int(entity), sql_int(record_id)), read_last,
		      NULL, out, err);
}

static bool says_same(const struct consent *a, const struct consent *b)
{
	return a->state == b->state && a->source == b->source &&
	       a->campaign_id == b->campaign_id;
}

/* Does the last row say the same? What the audience tells is told again and
 * again, and of each address: any row since the last yes. 1, 0, -1. */
static int is_said(struct db *db, const struct consent *c, struct err *err)
{
	struct consent last;
	int64_t one;
	int found;

	if (c->source == CONSENT_BY_AUDIENCE)
		return db_find_int(
			db, SQL_CONSENT_SAID,
			SQL_ARGS(sql_int(c->entity), sql_int(c->record_id),
				 sql_int(c->state), sql_int(c->campaign_id),
				 sql_int(c->email_id), sql_int(c->email_id)),
			&one, err);
	found = find_last(db, c->entity, c->record_id, &last, err);

	if (found <= 0)
		return found;
	return says_same(&last, c);
}

static const struct sql *set_query(enum entity entity)
{
	return entity == ENTITY_PERSON ? SQL_CONSENT_SET_PERSON
	       : entity == ENTITY_LEAD ? SQL_CONSENT_SET_LEAD
				       : SQL_CONSENT_SET_COMPANY;
}

static const struct sql *lock_query(enum entity entity)
{
	return entity == ENTITY_PERSON ? SQL_CONSENT_LOCK_PERSON
	       : entity == ENTITY_LEAD ? SQL_CONSENT_LOCK_LEAD
				       : SQL_CONSENT_LOCK_COMPANY;
}

static void add_args(const struct consent *c, int64_t during_import,
		     struct sql_value v[ADD_ARGS])
{
	v[0] = sql_int(c->entity);
	v[1] = sql_int(c->record_id);
	v[2] = sql_id_or_null(c->email_id);
	v[3] = sql_int(c->state);
	v[4] = sql_text(sources[c->source]);
	v[5] = sql_text(c->reason);
	v[6] = sql_id_or_null(c->user_id);
	v[7] = sql_id_or_null(c->campaign_id);
	v[8] = sql_text(c->ip);
	v[9] = sql_int(c->at_ms);
	v[10] = sql_id_or_null(c->import_id);
	v[11] = sql_id_or_null(during_import);
	v[12] = sql_text(c->signup.asked_ms ? c->signup.form : NULL);
	v[13] = sql_id_or_null(c->signup.text_id);
	v[14] = sql_id_or_null(c->signup.asked_ms);
	v[15] = sql_text(c->signup.asked_ms ? c->signup.asked_ip : NULL);
}

int consent_batch_add(struct batch *b, const struct consent *c, struct err *err)
{
	struct sql_value v[ADD_ARGS];

	add_args(c, 0, v);
	if (c->state == CONSENT_OPTED_OUT &&
	    opt_out_witness_batch_add(b, c->entity, c->record_id, c->import_id,
				      err) < 0)
		return -1;
	return batch_add(b, SQL_CONSENT_ADD, (struct sql_args){ v, ADD_ARGS },
			 err);
}

int consent_lock(struct tx *tx, enum entity entity, int64_t record_id,
		 struct err *err)
{
	int64_t before;

	return db_find_int(tx->db, lock_query(entity),
			   SQL_ARGS(sql_int(record_id)), &before, err) < 0
		       ? -1
		       : 0;
}

/* What is said of a record is said of the addresses that it left, too: the
 * message may have gone there, or a list with it be imported. What comes from
 * somebody else with the same address is said of that alone. */
static int keep_left(struct tx *tx, const struct consent *c, struct err *err)
{
	struct ids record = { .v = (int64_t *)&c->record_id, .n = 1 };

	if (c->state != CONSENT_OPTED_OUT || c->entity == ENTITY_COMPANY ||
	    c->source == CONSENT_CARRIED)
		return 0;
	return kept_opt_outs_of_left(tx, c->entity, &record, sources[c->source],
				     c->import_id, c->at_ms, err);
}

/* Whoever opts in has no witness of an opt-out, nor have their addresses. (An
 * undo took its own ones back before; those of others do not go by it.) */
static int remove_witnesses(struct tx *tx, const struct consent *c,
			    struct err *err)
{
	if (opt_out_witness_remove(tx, c->entity, c->record_id, err) < 0)
		return -1;
	if (c->entity == ENTITY_COMPANY || c->source == CONSENT_BY_UNDO)
		return 0;
	return kept_opt_outs_remove(tx, c->entity, c->record_id, err);
}

/* What the record says. An import that runs is no later change of what it makes
 * or changed: that it can be taken back is known by updated_ms. Returns 1, 0:
 * it said so before, or -1. */
static int set_record(struct tx *tx, const struct consent *c,
		      const struct actor *actor, struct err *err)
{
	bool out = c->state == CONSENT_OPTED_OUT;
	int64_t was_out = out;

	if (actor->import_id &&
	    db_find_int(tx->db, lock_query(c->entity),
			SQL_ARGS(sql_int(c->record_id)), &was_out, err) < 0)
		return -1;
	if (was_out != out &&
	    db_exec(tx, SQL_CONSENT_OF_CHANGED,
		    SQL_ARGS(sql_int(actor->now_ms), sql_int(actor->import_id),
			     sql_int(c->entity), sql_int(c->record_id)),
		    err) < 0)
		return -1;
	return db_exec(tx, set_query(c->entity),
		       SQL_ARGS(sql_int(out), sql_int(actor->import_id),
				sql_int(actor->now_ms), sql_int(c->record_id),
				sql_int(out)),
		       err);
}

/* Writes the row and what is derived of it. Returns 1, or 0: said before.
 * *is_new: to be said of others, too. */
static int add_one(struct tx *tx, const struct consent *c,
		   const struct actor *actor, bool *is_new, struct err *err)
{
	struct consent row = *c;
	struct sql_value v[ADD_ARGS];
	bool out = c->state == CONSENT_OPTED_OUT;
	int said, changed, witness;

	row.user_id = c->user_id ? c->user_id : actor->user_id;
	row.ip = c->ip ? c->ip : actor->ip;
	row.at_ms = c->at_ms ? c->at_ms : actor->now_ms;
	/* what is said last must be what the record says */
	if (may_say(&row, err) < 0 ||
	    consent_lock(tx, c->entity, c->record_id, err) < 0)
		return -1;
	witness = out ? opt_out_witness_add(tx, c->entity, c->record_id,
					    c->import_id, err)
		      : remove_witnesses(tx, c, err);
	if (witness < 0)
		return -1;
	said = is_said(tx->db, &row, err);
	if (said < 0)
		return -1;
	add_args(&row, actor->import_id, v);
	if (!said && db_exec(tx, SQL_CONSENT_ADD,
			     (struct sql_args){ v, ADD_ARGS }, err) < 0)
		return -1;
	/* also if it was said: of rows that came by a merge, the record does
	 * not say it yet */
	changed = set_record(tx, c, actor, err);
	if (changed < 0)
		return -1;
	if (changed > 0 && keep_left(tx, &row, err) < 0)
		return -1;
	/* also if the audience said it: another address may be a member */
	if (changed > 0 && out && c->entity == ENTITY_PERSON &&
	    bridge_job_person(tx, c->record_id, actor->now_ms, err) < 0)
		return -1;
	*is_new = out && (!said || changed > 0 || witness > 0);
	return !said || changed > 0;
}

struct sharers VEC_FIELDS(struct consent);

static void read_sharer(const struct rows *rows, struct arena *arena, void *out)
{
	(void)arena;
	*(struct consent *)out = (struct consent){
		.entity = (enum entity)rows_int(rows, 0),
		.record_id = rows_int(rows, 1),
		.email_id = rows_int(rows, 2),
		.reason = "somebody with the same address opted out",
	};
}

static int find_sharers(struct db *db, const struct consent *c,
			int64_t from_email_id, struct sharers *out,
			struct err *err)
{
	return db_list(db, SQL_ADDRESS_SHARERS,
		       SQL_ARGS(sql_int(c->entity), sql_int(c->record_id),
				sql_int(from_email_id), sql_int(c->entity),
				sql_int(c->record_id), sql_int(c->import_id)),
		       read_sharer, NULL, out, err);
}

/* A company's opt-out is one of each of its people. */
static void read_employee(const struct rows *rows, struct arena *arena,
			  void *out)
{
	(void)arena;
	*(struct consent *)out = (struct consent){
		.entity = ENTITY_PERSON,
		.record_id = rows_int(rows, 0),
		.reason = "the company opted out",
	};
}

static int find_people(struct db *db, const struct consent *c,
		       struct sharers *out, struct err *err)
{
	return db_list(db, SQL_CONSENT_COMPANY_PEOPLE,
		       SQL_ARGS(sql_int(c->record_id), sql_int(c->import_id)),
		       read_employee, NULL, out, err);
}

/*
 * Was it told before, and lifted since? The audience tells an event by its
 * webhook, its report and its members, each with the second of it: what has the
 * same second, source and campaign (if both are known) is the same event.
 */
static int is_told_again(struct db *db, const struct consent *c,
			 struct err *err)
{
	int64_t second_ms = c->at_ms - c->at_ms % MS_SECOND, one;

	return db_find_int(
		db, SQL_CONSENT_TOLD,
		SQL_ARGS(sql_int(c->entity), sql_int(c->record_id),
			 sql_text(sources[c->source]), sql_int(second_ms),
			 sql_int(second_ms + MS_SECOND),
			 sql_int(c->campaign_id), sql_int(c->campaign_id)),
		&one, err);
}

/* Only a later yes of the person, or of a user with a ground, makes what the
 * audience tells void. */
static int is_void(struct db *db, const struct consent *c, struct err *err)
{
	int64_t one;
	int later;

	if (c->at_ms == 0 || (c->source != CONSENT_BY_AUDIENCE &&
			      c->source != CONSENT_BY_COMPLAINT))
		return 0;
	later = db_find_int(db, SQL_CONSENT_AGREED_AFTER,
			    SQL_ARGS(sql_int(c->entity), sql_int(c->record_id),
				     sql_int(c->at_ms)),
			    &one, err);
	return later == 0 ? is_told_again(db, c, err) : later;
}

/* Of all whom it holds for, and of whom it was not said yet. */
static int reach_others(struct tx *tx, const struct consent *c,
			int64_t from_email_id, const struct actor *actor,
			struct err *err)
{
	CLEANUP(vec_release) struct sharers sharers = VEC_INIT;
	bool ignored;

	if ((c->entity == ENTITY_COMPANY
		     ? find_people(tx->db, c, &sharers, err)
		     : find_sharers(tx->db, c, from_email_id, &sharers, err)) <
	    0)
		return -1;
	vec_each (&sharers, other) {
		other->state = CONSENT_OPTED_OUT;
		other->source = CONSENT_CARRIED;
		other->at_ms = c->at_ms; /* the same word */
		other->campaign_id = c->campaign_id;
		other->import_id = c->import_id;
		/* people of a company may share addresses with others */
		if ((c->entity == ENTITY_COMPANY
			     ? consent_add(tx, other, actor, err)
			     : add_one(tx, other, actor, &ignored, err)) < 0)
			return -1;
	}
	return 0;
}

/* A file says of somebody who is out that they are: it is one more who says so,
 * and nothing new (docs/decisions/0013). 1, 0: they are not, -1. */
static int say_again(struct tx *tx, const struct consent *c, struct err *err)
{
	struct ids one = { .v = (int64_t *)&c->record_id, .n = 1 };
	int64_t out = 0;

	if (c->state != CONSENT_OPTED_OUT || c->source != CONSENT_BY_IMPORT)
		return 0;
	if (db_find_int(tx->db, lock_query(c->entity),
			SQL_ARGS(sql_int(c->record_id)), &out, err) < 0)
		return -1;
	if (!out)
		return 0;
	return opt_out_witness_again(tx, c->entity, &one, c->import_id, err) < 0
		       ? -1
		       : 1;
}

int consent_add(struct tx *tx, const struct consent *c,
		const struct actor *actor, struct err *err)
{
	bool is_new = false;
	int added;

	if (addresses_turn(tx, err) < 0)
		return -1;
	added = is_void(tx->db, c, err);
	if (added == 0)
		added = say_again(tx, c, err);
	if (added != 0)
		return added < 0 ? -1 : 0;
	added = add_one(tx, c, actor, &is_new, err);
	if (added >= 0 && is_new && reach_others(tx, c, 0, actor, err) < 0)
		return -1;
	return added;
}

int consent_word_of_address(struct db *db, const char *hash, enum entity entity,
			    int64_t record_id, struct consent *out,
			    struct err *err)
{
	*out = (struct consent){ .at_ms = 0 };
	return db_get(db, SQL_CONSENT_LAST_OF_ADDRESS,
		      SQL_ARGS(sql_text(hash), sql_int(entity),
			       sql_int(record_id)),
		      read_last, NULL, out, err) < 0
		       ? -1
		       : 0;
}

/* What others get of the record's own word is that word: who takes it back,
 * takes it back of them, too. */
static int same_word(struct db *db, struct consent *c, struct err *err)
{
	struct consent last;
	int found = find_last(db, c->entity, c->record_id, &last, err);

	if (found <= 0 || last.state != CONSENT_OPTED_OUT)
		return found < 0 ? -1 : 0;
	c->campaign_id = last.campaign_id;
	c->at_ms = last.campaign_id ? last.at_ms : 0;
	return 0;
}

/* Who carries it: an import that is undone takes back what it brought to
 * others, whoever said it first. */
static int64_t carrier(int64_t witness, const struct actor *actor)
{
	return witness ? witness : actor->import_id;
}

int consent_reach_sharers(struct tx *tx, enum entity entity, int64_t record_id,
			  int64_t from_email_id, const struct actor *actor,
			  struct err *err)
{
	CLEANUP(vec_release) struct ids witnesses = VEC_INIT;

	if (opt_out_witness_list(tx->db, entity, record_id, &witnesses, err) <
	    0)
		return -1;
	vec_each (&witnesses, import_id) {
		struct consent c = { .entity = entity,
				     .record_id = record_id,
				     .import_id = carrier(*import_id, actor) };

		if (c.import_id == 0 && same_word(tx->db, &c, err) < 0)
			return -1;
		if (reach_others(tx, &c, from_email_id, actor, err) < 0)
			return -1;
	}
	return 0;
}

int consent_carry(struct tx *tx, const struct consent *c,
		  const struct ids *witnesses, const struct actor *actor,
		  struct err *err)
{
	struct ids record = { .v = (int64_t *)&c->record_id, .n = 1 };
	struct consent carried = *c;

	if (witnesses->n == 0)
		return 0;
	carried.state = CONSENT_OPTED_OUT;
	carried.source = CONSENT_CARRIED;
	carried.import_id = carrier(witnesses->v[0], actor);
	if (consent_add(tx, &carried, actor, err) < 0)
		return -1;
	for (size_t i = 1; i < witnesses->n; i++) {
		if (opt_out_witness_again(tx, c->entity, &record,
					  witnesses->v[i], err) < 0)
			return -1;
	}
	return 1;
}

int consent_join_company(struct tx *tx, int64_t person_id, int64_t company_id,
			 const struct actor *actor, struct err *err)
{
	CLEANUP(vec_release) struct ids witnesses = VEC_INIT;
	struct consent carried = {
		.entity = ENTITY_PERSON,
		.record_id = person_id,
		.reason = "the company opted out",
	};

	if (consent_lock(tx, ENTITY_COMPANY, company_id, err) < 0 ||
	    opt_out_witness_list(tx->db, ENTITY_COMPANY, company_id, &witnesses,
				 err) < 0)
		return -1;
	return consent_carry(tx, &carried, &witnesses, actor, err);
}

/* The audience tells seconds: who had it at any time of that one. */
static int64_t had_since_ms(const struct consent *c, const struct actor *actor)
{
	return c->at_ms ? c->at_ms - MS_SECOND : actor->now_ms;
}

int consent_is_of_somebody(struct db *db, const char *hash,
			   const struct consent *c, const struct actor *actor,
			   struct err *err)
{
	int64_t entity;

	return db_find_int(
		db, SQL_ADDRESS_HAD,
		SQL_ARGS(sql_text(hash), sql_int(had_since_ms(c, actor))),
		&entity, err);
}

int consent_add_by_address(struct tx *tx, const char *hash,
			   const struct consent *c, const struct actor *actor,
			   struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more, count = 0;

	if (db_query(tx->db, SQL_ADDRESS_HAD,
		     SQL_ARGS(sql_text(hash), sql_int(had_since_ms(c, actor))),
		     &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		struct consent one = *c;
		int added;

		one.entity = (enum entity)rows_int(rows, 0);
		one.record_id = rows_int(rows, 1);
		one.email_id = rows_int(rows, 2);
		added = consent_add(tx, &one, actor, err);
		if (added < 0)
			return -1;
		count += added;
	}
	return more < 0 ? -1 : count;
}

/* --- many at once --- */

static void read_last_of(const struct rows *rows, struct arena *arena,
			 void *out)
{
	(void)arena;
	*(struct consent *)out = (struct consent){
		.record_id = rows_int(rows, 0),
		.state = (enum consent_state)rows_int(rows, 1),
		.source = consent_source_of(rows_text(rows, 2)),
		.campaign_id = rows_int(rows, 3),
		.at_ms = rows_int(rows, 4),
	};
}

int consent_list_last(struct db *db, enum entity entity, const struct ids *ids,
		      struct consents *out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;

	return db_list(db, SQL_CONSENT_LAST_OF,
		       SQL_ARGS(sql_int(entity), sql_keys(ids, &keys)),
		       read_last_of, NULL, out, err);
}

const struct consent *consents_find(const struct consents *all,
				    int64_t record_id)
{
	size_t at = vec_lower(all, record_id, record_id);

	return at < all->n && all->v[at].record_id == record_id ? &all->v[at]
								: NULL;
}

/* The row, the witness and the record, as add_one writes them. */
static int batch_opt_out(struct batch *b, const struct consent *c,
			 const struct consent *last, const struct actor *actor,
			 struct err *err)
{
	struct consent row = *c;

	row.state = CONSENT_OPTED_OUT;
	row.user_id = actor->user_id;
	row.ip = actor->ip;
	row.at_ms = actor->now_ms;
	if ((last && says_same(last, &row)
		     ? opt_out_witness_batch_add(b, c->entity, c->record_id, 0,
						 err)
		     : consent_batch_add(b, &row, err)) < 0)
		return -1;
	return batch_add(b, set_query(c->entity),
			 SQL_ARGS(sql_int(1), sql_int(0),
				  sql_int(actor->now_ms), sql_int(c->record_id),
				  sql_int(1)),
			 err);
}

int consent_opt_out_all(struct tx *tx, const struct consents *all,
			const struct consents *last, const struct actor *actor,
			struct err *err)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	struct batch b;

	batch_begin(tx, &b);
	vec_each (all, c) {
		if (batch_opt_out(&b, c, consents_find(last, c->record_id),
				  actor, err) < 0)
			return -1;
		vec_push(&ids, c->record_id);
	}
	if (batch_end(&b, err) < 0)
		return -1;
	return ids.n == 0 ? 0
			  : kept_opt_outs_of_left(tx, all->v->entity, &ids,
						  sources[all->v->source], 0,
						  actor->now_ms, err);
}

/* --- reading --- */

int consent_find_opt_out(struct db *db, enum entity entity, int64_t record_id,
			 enum consent_source *source_out, int64_t *at_ms_out,
			 struct err *err)
{
	struct consent last;
	int found = find_last(db, entity, record_id, &last, err);

	if (found <= 0)
		return found;
	*source_out = last.source;
	*at_ms_out = last.at_ms;
	return last.state == CONSENT_OPTED_OUT;
}
