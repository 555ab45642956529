/*
 * What a change of one person in the CRM means for one member.
 */
#include "bridge/bridge_private.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "crm/address.h"
#include "crm/bridge_job.h"

#include "sql/bridge.h"

#include <string.h>

static int payload_of(const struct job *job, json_t **out, struct err *err)
{
	return json_parse(str_of(job->payload), out, err);
}

static int note(struct work *w, const char *hash, enum mirror_status status,
		const char *kind, int64_t person_id, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(w->db, &tx, err) < 0 ||
	    mirror_put(&tx, hash, status, NULL, w->actor.now_ms, err) < 0 ||
	    journal(&tx, w, kind, person_id, NULL, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* A member that does not exist needs no unsubscribing. */
int unsubscribe_member(struct work *w, const char *hash, struct err *err)
{
	struct err why = ERR_INIT;

	if (mc_call(w->client, "PATCH", list_path(w, "/members/%s", hash),
		    "{\"status\":\"unsubscribed\"}", NULL, &why) < 0) {
		if (why.code == ERR_NOT_FOUND)
			return 0;
		*err = why;
		return -1;
	}
	return note(w, hash, MIRROR_UNSUBSCRIBED, "optout", 0, err);
}

/* ERR_RETRY and ERR_DENIED may pass and are tried again; the rest is parked,
 * and the job is done (rule 14). */
static int park_or_fail(struct work *w, const char *kind, int64_t person_id,
			const struct err *why, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (why->code == ERR_RETRY || why->code == ERR_DENIED ||
	    why->code == ERR_IO) {
		*err = *why;
		if (err->code == ERR_DENIED)
			err->code = ERR_RETRY;
		return -1;
	}
	if (tx_begin(w->db, &tx, err) < 0 ||
	    park(&tx, w, kind, person_id, 0, why, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

int job_optout(struct job_run *run, struct err *err)
{
	CLEANUP(work_release) struct work w = { 0 };
	CLEANUP(json_free) json_t *payload = NULL;
	struct err why = ERR_INIT;
	struct record person;
	int64_t id = 0;

	if (work_begin(run, &w, err) < 0 ||
	    payload_of(run->job, &payload, err) < 0 ||
	    json_get_int(payload, "person_id", &id, err) < 0)
		return -1;
	if (record_find(run->db, ENTITY_PERSON, id, w.arena, &person, err) <= 0)
		return err->code == ERR_NONE ? 0 : -1;
	if (!person.opted_out)
		return 0; /* taken back meanwhile */
	for (size_t i = 0; i < person.emails_n; i++) {
		const struct address *a = &person.emails[i];

		if (unsubscribe_member(&w, a->hash, &why) < 0)
			return park_or_fail(&w, "optout", id, &why, err);
	}
	return 0;
}

/* --- a changed address (rule 2) --- */

struct move {
	int64_t person_id;
	struct address from, to;
};

static int find_member(struct work *w, const char *hash, json_t **out,
		       struct err *err)
{
	struct err why = ERR_INIT;

	if (mc_get(w->client,
		   list_path(w, "/members/%s?fields=id,status,tags", hash), out,
		   &why) == 0)
		return 1;
	if (why.code == ERR_NOT_FOUND)
		return 0;
	*err = why;
	return -1;
}

static const char *status_text(const json_t *member)
{
	const char *s = json_string_value(json_object_get(member, "status"));

	return s ? s : "";
}

/* Somebody else may still be reached by the old address. */
static int is_shared(struct work *w, const struct move *m, struct err *err)
{
	CLEANUP(ids_release) struct ids ids = VEC_INIT;

	if (address_find_records(w->db, ENTITY_PERSON, m->from.hash, &ids,
				 err) < 0)
		return -1;
	return ids.n > 0;
}

/* Nobody is known by the old address any more: whoever gets it next is added
 * like everybody. */
static int note_renamed(struct work *w, const struct move *m,
			enum mirror_status status, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(w->db, &tx, err) < 0 ||
	    db_exec(&tx, SQL_BRIDGE_MEMBER_REMOVE,
		    SQL_ARGS(sql_text(m->from.hash)), err) < 0 ||
	    db_exec(&tx, SQL_BRIDGE_RECIPIENT_MOVE,
		    SQL_ARGS(sql_text(m->to.hash), sql_int(m->person_id),
			     sql_text(m->from.hash)),
		    err) < 0 ||
	    mirror_put(&tx, m->to.hash, status, NULL, w->actor.now_ms, err) <
		    0 ||
	    journal(&tx, w, "address", m->person_id, NULL, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static int rename_member(struct work *w, const struct move *m,
			 const json_t *old, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	struct json_writer j = JSON_WRITER(&body);

	json_begin_object(&j);
	json_key_text(&j, "email_address", m->to.folded);
	json_end_object(&j);
	if (mc_call(w->client, "PATCH",
		    list_path(w, "/members/%s", m->from.hash), body.buf, NULL,
		    err) < 0)
		return -1;
	return note_renamed(w, m,
			    strcmp(status_text(old), "unsubscribed") == 0
				    ? MIRROR_UNSUBSCRIBED
				    : MIRROR_SUBSCRIBED,
			    err);
}

/* Both are members: the new one gets the tags, and the stricter status; the
 * old one is archived. */
static int merge_members(struct work *w, const struct move *m,
			 const json_t *old, const json_t *new, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	struct json_writer j = JSON_WRITER(&body);
	json_t *tag;
	size_t i;

	json_begin_object(&j);
	json_key_begin_array(&j, "tags");
	json_array_foreach (json_object_get(old, "tags"), i, tag) {
		json_begin_object(&j);
		json_key_text(&j, "name",
			      json_string_value(json_object_get(tag, "name")));
		json_key_text(&j, "status", "active");
		json_end_object(&j);
	}
	json_end_array(&j);
	json_end_object(&j);
	if (mc_call(w->client, "POST",
		    list_path(w, "/members/%s/tags", m->to.hash), body.buf,
		    NULL, err) < 0)
		return -1;
	if (strcmp(status_text(old), "unsubscribed") == 0 &&
	    strcmp(status_text(new), "unsubscribed") != 0 &&
	    unsubscribe_member(w, m->to.hash, err) < 0)
		return -1;
	if (strcmp(status_text(old), "subscribed") == 0 &&
	    mc_call(w->client, "DELETE",
		    list_path(w, "/members/%s", m->from.hash), NULL, NULL,
		    err) < 0)
		return -1;
	return note(w, m->from.hash, MIRROR_ARCHIVED, "address", m->person_id,
		    err);
}

static int move_member(struct work *w, const struct move *m, struct err *err)
{
	CLEANUP(json_free) json_t *old = NULL;
	CLEANUP(json_free) json_t *new = NULL;
	int found = is_shared(w, m, err);

	if (found != 0 || strcmp(m->from.hash, m->to.hash) == 0)
		return found < 0 ? -1 : 0;
	found = find_member(w, m->from.hash, &old, err);
	if (found <= 0 || strcmp(status_text(old), "archived") == 0)
		return found < 0 ? -1 : 0;
	found = find_member(w, m->to.hash, &new, err);
	if (found < 0)
		return -1;
	if (found > 0)
		return merge_members(w, m, old, new, err);
	/* A bounced address stays as it is: the next push adds the new one. */
	if (strcmp(status_text(old), "cleaned") == 0)
		return 0;
	return rename_member(w, m, old, err);
}

int job_address(struct job_run *run, struct err *err)
{
	CLEANUP(work_release) struct work w = { 0 };
	CLEANUP(json_free) json_t *payload = NULL;
	struct err why = ERR_INIT;
	struct move m = { 0 };
	int64_t from = 0, to = 0;

	if (work_begin(run, &w, err) < 0 ||
	    payload_of(run->job, &payload, err) < 0 ||
	    json_get_int(payload, "person_id", &m.person_id, err) < 0 ||
	    json_get_int(payload, "old_email_id", &from, err) < 0 ||
	    json_get_int(payload, "new_email_id", &to, err) < 0)
		return -1;
	if (from == 0 || to == 0)
		return 0; /* the next push takes the tag away */
	if (address_get(run->db, from, w.arena, &m.from, err) < 0 ||
	    address_get(run->db, to, w.arena, &m.to, err) < 0)
		return err->code == ERR_NOT_FOUND ? 0 : -1; /* erased */
	if (move_member(&w, &m, &why) < 0)
		return park_or_fail(&w, "address", m.person_id, &why, err);
	return 0;
}

/* --- a changed name --- */

int job_update(struct job_run *run, struct err *err)
{
	CLEANUP(work_release) struct work w = { 0 };
	CLEANUP(json_free) json_t *payload = NULL;
	CLEANUP(field_map_release) struct field_map map = VEC_INIT;
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	struct err why = ERR_INIT;
	struct record person;
	int64_t id = 0, dropped = 0;
	struct address a;

	if (work_begin(run, &w, err) < 0 ||
	    payload_of(run->job, &payload, err) < 0 ||
	    json_get_int(payload, "person_id", &id, err) < 0)
		return -1;
	if (record_find(run->db, ENTITY_PERSON, id, w.arena, &person, err) <= 0)
		return err->code == ERR_NONE ? 0 : -1;
	if (person.email_id == 0)
		return 0;
	if (address_get(run->db, person.email_id, w.arena, &a, err) < 0 ||
	    field_map_load(&w, &map, err) < 0)
		return -1;
	strbuf_addstr(&body, "{\"merge_fields\":");
	field_map_write(&map, &person, &body, &dropped);
	strbuf_addstr(&body, "}");
	if (mc_call(w.client, "PATCH",
		    list_path(&w, "/members/%s?skip_merge_validation=true",
			      a.hash),
		    body.buf, NULL, &why) < 0 &&
	    why.code != ERR_NOT_FOUND)
		return park_or_fail(&w, "update", id, &why, err);
	return 0;
}

/* --- an erased person --- */

static int forget(struct work *w, const char *hash, struct err *err)
{
	struct err why = ERR_INIT;

	if (mc_call(w->client, "POST",
		    list_path(w, "/members/%s/actions/delete-permanent", hash),
		    NULL, NULL, &why) < 0 &&
	    why.code != ERR_NOT_FOUND) {
		*err = why;
		return -1;
	}
	return note(w, hash, MIRROR_FORGOTTEN, "forget", 0, err);
}

int job_forget(struct job_run *run, struct err *err)
{
	CLEANUP(work_release) struct work w = { 0 };
	CLEANUP(json_free) json_t *payload = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	json_t *hash;
	size_t i;

	if (work_begin(run, &w, err) < 0 ||
	    payload_of(run->job, &payload, err) < 0)
		return -1;
	json_array_foreach (json_object_get(payload, "email_hashes"), i, hash)
		if (forget(&w, json_string_value(hash), err) < 0)
			return -1;
	if (tx_begin(run->db, &tx, err) < 0 ||
	    bridge_job_scrub(&tx, run->job->id, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}
