#include "crm/consent/erase.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "crm/audit.h"
#include "crm/bridge_job.h"
#include "crm/campaign/kept.h"
#include "crm/record_private.h"
#include "crm/search/search.h"
#include "jobs/job.h"
#include "sql/erase.h"
#include "sql/record.h"
#include "sql/unclear_opt_out.h"

#include <string.h>

struct old_address {
	int64_t id;
	const char *address, *folded, *hash;
};
struct old_addresses VEC_FIELDS(struct old_address);

struct erasure {
	struct tx *tx;
	enum entity entity;
	int64_t id;
	const struct actor *actor;
	struct forgotten forgotten;
	struct json_writer *addresses; /* whose mails are caught */
	struct json_writer *hashes;    /* of those */
};

static const char *like_pattern(const char *text, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

	strbuf_addch(&out, '%');
	for (; *text; text++) {
		if (*text == '%' || *text == '_' || *text == '\\')
			strbuf_addch(&out, '\\');
		strbuf_addch(&out, *text);
	}
	strbuf_addch(&out, '%');
	return arena_str(arena, strbuf_str(&out));
}

/* What imports refused and hold, and what jobs reported. */
static int erase_mentions(struct erasure *e, const struct old_address *a,
			  struct arena *arena, struct err *err)
{
	struct sql_value written = sql_text(like_pattern(a->address, arena));
	struct sql_value folded = sql_text(like_pattern(a->folded, arena));

	if (db_exec(e->tx, SQL_ERASE_REFUSED, SQL_ARGS(written, folded), err) <
		    0 ||
	    db_exec(e->tx, SQL_UNCLEAR_OPT_OUT_FORGET,
		    SQL_ARGS(sql_text(a->hash)), err) < 0 ||
	    db_exec(e->tx, SQL_ERASE_JOB_RESULTS,
		    SQL_ARGS(sql_text(a->address), sql_text(a->folded), written,
			     folded),
		    err) < 0)
		return -1;
	return db_exec(
		e->tx, SQL_ERASE_JOBS,
		SQL_ARGS(written, folded, written, folded, written, folded),
		err);
}

/* Refused rows that had no address, or another one. */
static int erase_name(struct erasure *e, const struct record *r,
		      struct arena *arena, struct err *err)
{
	const char *first = r->text[TEXT_FIRST_NAME];
	const char *last = r->text[TEXT_LAST_NAME];

	if (!first || !last)
		return 0;
	return db_exec(e->tx, SQL_ERASE_REFUSED_NAME,
		       SQL_ARGS(sql_text(like_pattern(first, arena)),
				sql_text(like_pattern(last, arena))),
		       err);
}

static int erase_address(struct erasure *e, const struct old_address *a,
			 struct arena *arena, struct err *err)
{
	char keyed[FORGOTTEN_HASH + 1];
	int64_t one;
	int shared = db_find_int(
		e->tx->db, SQL_ERASE_ADDRESS_OTHERS,
		SQL_ARGS(sql_text(a->hash), sql_int(e->entity), sql_int(e->id)),
		&one, err);

	if (shared < 0)
		return -1;
	json_text(e->addresses, a->folded);
	if (strcmp(a->address, a->folded) != 0)
		json_text(e->addresses, a->address);
	json_text(e->hashes, a->hash);
	forgotten_hash(&e->forgotten, a->folded, keyed);
	if ((e->entity == ENTITY_PERSON &&
	     kept_forget_address(e->tx, e->id, a->id, a->folded, err) < 0) ||
	    db_exec(e->tx, SQL_ERASE_ADDRESS,
		    SQL_ARGS(sql_text(keyed), sql_int(e->actor->now_ms),
			     sql_int(a->id)),
		    err) < 0 ||
	    db_exec(e->tx, SQL_ERASE_RECIPIENTS,
		    SQL_ARGS(sql_text(keyed), sql_text(a->hash), sql_int(e->id),
			     sql_int(e->id)),
		    err) < 0 ||
	    erase_mentions(e, a, arena, err) < 0)
		return -1;
	if (shared) /* somebody else's member, too */
		return 0;
	return bridge_forget_member(e->tx, a->hash, e->actor->now_ms, err);
}

static void read_old_address(const struct rows *rows, struct arena *arena,
			     void *out)
{
	*(struct old_address *)out = (struct old_address){
		.id = rows_int(rows, 0),
		.address = rows_dup(rows, 1, arena),
		.folded = rows_dup(rows, 2, arena),
		.hash = rows_dup(rows, 3, arena),
	};
}

static int erase_addresses(struct erasure *e, struct arena *arena,
			   struct err *err)
{
	CLEANUP(vec_release) struct old_addresses list = VEC_INIT;

	if (db_list(e->tx->db, SQL_ERASE_ADDRESSES,
		    SQL_ARGS(sql_int(e->entity), sql_int(e->id)),
		    read_old_address, arena, &list, err) < 0)
		return -1;
	vec_each (&list, a) {
		if (!*a->folded) /* erased before */
			continue;
		if (erase_address(e, a, arena, err) < 0)
			return -1;
	}
	return 0;
}

static int erase_attached(struct erasure *e, struct err *err)
{
	struct sql_value entity = sql_int(e->entity), id = sql_int(e->id);

	if (db_exec(e->tx, SQL_ERASE_JOB_GROUNDS, SQL_NO_ARGS, err) < 0 ||
	    db_exec(e->tx, SQL_ERASE_COMMUNICATIONS,
		    SQL_ARGS(entity, id, entity, id), err) < 0 ||
	    db_exec(e->tx, SQL_ERASE_COMMUNICATION_LINKS, SQL_ARGS(entity, id),
		    err) < 0 ||
	    db_exec(e->tx, SQL_ERASE_CONSENT, SQL_ARGS(entity, id), err) < 0)
		return -1;
	return record_remove_attached(e->tx, e->entity, e->id, err);
}

static int empty_row(struct erasure *e, struct err *err)
{
	struct sql_value now = sql_int(e->actor->now_ms);

	if (db_exec(e->tx,
		    e->entity == ENTITY_PERSON ? SQL_PERSON_EMPTY
					       : SQL_LEAD_EMPTY,
		    SQL_ARGS(now, now, sql_int(e->id)), err) < 0 ||
	    search_forget(e->tx, e->entity, e->id, err) < 0 ||
	    audit_add(e->tx, e->actor,
		      e->entity == ENTITY_PERSON ? "person.erase"
						 : "lead.erase",
		      e->entity, e->id, NULL, err) < 0)
		return -1;
	return record_count_add(e->tx, e->entity, -1, err);
}

static int erase_one(struct erasure *e, struct arena *arena, struct err *err)
{
	if (erase_addresses(e, arena, err) < 0 || erase_attached(e, err) < 0)
		return -1;
	return empty_row(e, err);
}

static int add_outbox_job(struct tx *tx, const char *key,
			  const struct strbuf *list, int64_t run_at_ms,
			  int64_t now_ms, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf payload = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&payload);
	struct job_new job = { .kind = ERASE_OUTBOX_JOB,
			       .run_at_ms = run_at_ms };
	int64_t id;

	json_begin_object(&w);
	json_key_raw(&w, key, strbuf_str(list));
	json_end_object(&w);
	job.payload = payload.buf;
	return job_add(tx, &job, now_ms, &id, err);
}

static int erase_leads(const struct erasure *of, struct arena *arena,
		       struct err *err)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	struct erasure e = *of;

	if (db_list_ids(of->tx->db, SQL_ERASE_LEADS, SQL_ARGS(sql_int(of->id)),
			&ids, err) < 0)
		return -1;
	e.entity = ENTITY_LEAD;
	vec_each (&ids, id) {
		e.id = *id;
		if (erase_one(&e, arena, err) < 0)
			return -1;
	}
	return 0;
}

/*
 * The engine's mail catcher has messages of them; what was being sent meanwhile
 * is caught after the first look. Nothing holds the address until the second.
 */
static int add_outbox_jobs(const struct erasure *e, struct strbuf *addresses,
			   struct strbuf *hashes, struct err *err)
{
	int64_t now_ms = e->actor->now_ms;

	if (strcmp(addresses->buf, "[]") == 0)
		return 0;
	if (add_outbox_job(e->tx, "addresses", addresses, now_ms, now_ms, err) <
	    0)
		return -1;
	return add_outbox_job(e->tx, "hashes", hashes, now_ms + MS_HOUR, now_ms,
			      err);
}

/* Of a person with leads: all of it but what is only a person's. */
static int erase_whole(struct erasure *e, struct arena *arena, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf addresses = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf hashes = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&addresses);
	struct json_writer h = JSON_WRITER(&hashes);

	e->addresses = &w;
	e->hashes = &h;
	json_begin_array(&w);
	json_begin_array(&h);
	/* leads first: an address that they share is then nobody else's */
	if ((e->entity == ENTITY_PERSON && erase_leads(e, arena, err) < 0) ||
	    erase_one(e, arena, err) < 0)
		return -1;
	json_end_array(&w);
	json_end_array(&h);
	return add_outbox_jobs(e, &addresses, &hashes, err);
}

int person_erase(struct tx *tx, int64_t id, const struct actor *actor,
		 struct arena *arena, struct err *err)
{
	struct erasure e = {
		.tx = tx, .entity = ENTITY_PERSON, .id = id, .actor = actor
	};
	struct record r;

	if (record_get(tx->db, ENTITY_PERSON, id, arena, &r, err) < 0 ||
	    forgotten_make(tx, &e.forgotten, err) < 0 ||
	    erase_name(&e, &r, arena, err) < 0 ||
	    erase_whole(&e, arena, err) < 0 ||
	    db_exec(tx, SQL_ERASE_MERGED, SQL_ARGS(sql_int(id)), err) < 0 ||
	    db_exec(tx, SQL_ERASE_ACTIVITY, SQL_ARGS(sql_int(id), sql_int(id)),
		    err) < 0 ||
	    db_exec(tx, SQL_ERASE_BRIDGE_PARKED, SQL_ARGS(sql_int(id)), err) <
		    0 ||
	    db_exec(tx, SQL_ERASE_PUSH_DETAILS, SQL_ARGS(sql_int(id)), err) < 0)
		return -1;
	return bridge_job_forget(tx, actor->now_ms, err);
}

int lead_erase(struct tx *tx, int64_t id, const struct actor *actor,
	       struct arena *arena, struct err *err)
{
	struct erasure e = {
		.tx = tx, .entity = ENTITY_LEAD, .id = id, .actor = actor
	};
	struct record r;

	if (record_get(tx->db, ENTITY_LEAD, id, arena, &r, err) < 0 ||
	    forgotten_make(tx, &e.forgotten, err) < 0 ||
	    erase_whole(&e, arena, err) < 0)
		return -1;
	return bridge_job_forget(tx, actor->now_ms, err);
}
