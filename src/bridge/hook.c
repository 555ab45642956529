/*
 * Webhooks of the audience: how they are registered, and what they say.
 */
#include "bridge/bridge_private.h"

#include "base/arena.h"
#include "base/email.h"
#include "base/err.h"
#include "crm/address.h"
#include "crm/consent.h"

#include "sql/bridge.h"

#include <string.h>

#define HOOK_PATH "/api/v1/hooks/marketing/"

static int remove_stale(struct work *w, const json_t *hooks, const char *url,
			const char *secret, bool *exists, struct err *err)
{
	json_t *hook;
	size_t i;

	json_array_foreach (hooks, i, hook) {
		const char *id = json_string_value(json_object_get(hook, "id"));
		const char *at =
			json_string_value(json_object_get(hook, "url"));

		if (!id || !at || !strstr(at, secret))
			continue; /* somebody else's */
		if (strcmp(at, url) == 0)
			*exists = true;
		else if (mc_call(w->client, "DELETE",
				 list_path(w, "/webhooks/%s", id), NULL, NULL,
				 err) < 0 &&
			 err->code != ERR_NOT_FOUND)
			return -1;
	}
	return 0;
}

static int find_hook(struct work *w, const char *url, const char *secret,
		     bool *exists, struct err *err)
{
	CLEANUP(json_free) json_t *reply = NULL;

	if (mc_get(w->client, list_path(w, "/webhooks?count=100"), &reply,
		   err) < 0)
		return -1;
	return remove_stale(w, json_object_get(reply, "webhooks"), url, secret,
			    exists, err);
}

int hook_register(struct work *w, struct err *err)
{
	const char *secret, *url, *body;
	struct err unseen;
	bool exists = false;

	if (bridge_hook_secret(w->db, w->arena, &secret, err) < 0)
		return -1;
	url = arena_printf(w->arena, "%s" HOOK_PATH "%s",
			   w->bridge->setup.hook_url, secret);
	if (find_hook(w, url, secret, &exists, err) < 0)
		return -1;
	if (exists)
		return 0;
	/* not our own changes, or they would come back as echoes */
	body = arena_printf(w->arena,
			    "{\"url\":\"%s\",\"events\":{\"subscribe\":true,"
			    "\"unsubscribe\":true,\"profile\":false,"
			    "\"cleaned\":true,\"upemail\":true,"
			    "\"campaign\":false},\"sources\":{\"user\":true,"
			    "\"admin\":true,\"api\":false}}",
			    url);
	if (mc_call(w->client, "POST", list_path(w, "/webhooks"), body, NULL,
		    err) >= 0)
		return 0;
	/* Another process, or our own last life, may have been faster. */
	if (find_hook(w, url, secret, &exists, &unseen) == 0 && exists)
		return 0;
	return -1;
}

int job_hook_register(struct job_run *run, struct err *err)
{
	CLEANUP(work_release) struct work w = { 0 };

	if (work_begin(run, &w, err) < 0)
		return -1;
	return *w.bridge->setup.hook_url ? hook_register(&w, err) : 0;
}

/* --- what they say --- */

static const char *field(const json_t *form, const char *name)
{
	const char *value = json_string_value(json_object_get(form, name));

	return value ? value : "";
}

static int campaign_of(struct work *w, const char *marketing_id, int64_t *out,
		       struct err *err)
{
	*out = 0;
	if (!*marketing_id)
		return 0;
	return db_find_int(w->db, SQL_BRIDGE_CAMPAIGN_OF,
			   SQL_ARGS(sql_text(marketing_id)), out, err);
}

static int left(struct work *w, const json_t *form, const char *hash,
		struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	bool abuse = strcmp(field(form, "data[reason]"), "abuse") == 0;
	struct consent c = { .state = CONSENT_OPTED_OUT,
			     .source = abuse ? CONSENT_BY_COMPLAINT
					     : CONSENT_BY_AUDIENCE,
			     .reason = abuse ? "complained" : "unsubscribed" };
	const char *ip = field(form, "data[ip_opt]");
	struct actor actor = w->actor;

	if (*ip)
		actor.ip = ip;
	if (campaign_of(w, field(form, "data[campaign_id]"), &c.campaign_id,
			err) < 0 ||
	    tx_begin(w->db, &tx, err) < 0 ||
	    mirror_put(&tx, hash, MIRROR_UNSUBSCRIBED, NULL, w->actor.now_ms,
		       err) < 0 ||
	    consent_add_by_address(&tx, hash, &c, &actor, err) < 0 ||
	    journal(&tx, w, "unsubscribe", 0, NULL, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static int bounced(struct work *w, const char *hash, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(w->db, &tx, err) < 0 ||
	    mirror_put(&tx, hash, MIRROR_CLEANED, NULL, w->actor.now_ms, err) <
		    0 ||
	    address_hold(&tx, hash, HELD_HARD_BOUNCE, "cleaned in the audience",
			 &w->actor, w->arena, err) < 0 ||
	    journal(&tx, w, "hold", 0, NULL, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/*
 * Doing it twice changes nothing. What needs more than this one address
 * (changed addresses, new subscribers) is for the next refresh of the mirror.
 */
int job_hook(struct job_run *run, struct err *err)
{
	CLEANUP(work_release) struct work w = { 0 };
	CLEANUP(json_free) json_t *form = NULL;
	char hash[MD5_HEX + 1];

	if (work_begin(run, &w, err) < 0 ||
	    json_parse(str_of(run->job->payload), &form, err) < 0)
		return -1;
	if (strcmp(field(form, "data[list_id]"), w.audience) != 0)
		return 0; /* of another audience: none of our business */
	email_hash(field(form, "data[email]"), hash);
	if (strcmp(field(form, "type"), "unsubscribe") == 0)
		return left(&w, form, hash, err);
	if (strcmp(field(form, "type"), "cleaned") == 0)
		return bounced(&w, hash, err);
	return 0;
}
