/*
 * Single members of the audience, by their hash.
 */
#include "bridge/bridge_private.h"

#include "base/arena.h"
#include "base/err.h"
#include "crm/bridge_job.h"

#include "sql/bridge.h"

bool is_passing(const struct err *why)
{
	return why->code == ERR_RETRY || why->code == ERR_DENIED ||
	       why->code == ERR_IO;
}

static int note(struct work *w, const char *hash, enum mirror_status status,
		const char *kind, int64_t person_id, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(w->db, &tx, err) < 0 ||
	    mirror_put(&tx, hash, status, NULL, NULL, w->actor.now_ms, err) <
		    0 ||
	    journal(&tx, w, kind, person_id, NULL, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

int member_read(struct work *w, const char *hash, json_t **out, struct err *err)
{
	struct err why = ERR_INIT;

	if (mc_get(w->client,
		   list_path(w,
			     "/members/%s?fields=id,email_address,contact_id,"
			     "status,last_changed,source,tags",
			     hash),
		   out, &why) == 0)
		return 1;
	if (why.code == ERR_NOT_FOUND)
		return 0;
	*err = why;
	return -1;
}

enum mirror_status member_status(const json_t *member)
{
	return mirror_status_of(
		json_string_value(json_object_get(member, "status")));
}

bool was_added_by_program(const json_t *member)
{
	const char *source =
		json_string_value(json_object_get(member, "source"));

	return !source || !*source || str_starts(str_of(source), "API");
}

/* A member that does not exist needs no unsubscribing. */
int unsubscribe_member(struct work *w, const char *hash, struct err *err)
{
	CLEANUP(json_free) json_t *reply = NULL;
	struct err why = ERR_INIT;

	if (mc_call(w->client, "PATCH",
		    list_path(w, "/members/%s?fields=id,status", hash),
		    "{\"status\":\"unsubscribed\"}", &reply, &why) < 0) {
		if (why.code == ERR_NOT_FOUND)
			return 0;
		*err = why;
		return -1;
	}
	if (member_status(reply) == MIRROR_SUBSCRIBED)
		return err_set(err, ERR_RETRY,
			       "the member is subscribed after it was "
			       "unsubscribed");
	return note(w, hash, MIRROR_UNSUBSCRIBED, "optout", 0, err);
}

int archive_member(struct work *w, const char *hash, int64_t person_id,
		   struct err *err)
{
	struct err why = ERR_INIT;

	if (mc_call(w->client, "DELETE", list_path(w, "/members/%s", hash),
		    NULL, NULL, &why) < 0 &&
	    why.code != ERR_NOT_FOUND && why.code != ERR_CONFLICT) {
		*err = why;
		return -1;
	}
	return note(w, hash, MIRROR_ARCHIVED, "archive", person_id, err);
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
	    json_parse(str_of(run->job->payload), &payload, err) < 0)
		return -1;
	json_array_foreach (json_object_get(payload, "email_hashes"), i, hash)
		if (forget(&w, json_string_value(hash), err) < 0)
			return -1;
	if (tx_begin(run->db, &tx, err) < 0 ||
	    bridge_job_scrub(&tx, run->job->id, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}
