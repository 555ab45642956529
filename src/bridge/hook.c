/*
 * Webhooks of the audience: how they are registered, and what they say.
 */
#include "bridge/bridge_private.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/email.h"
#include "base/err.h"
#include "crm/consent/consent.h"

#include "sql/bridge.h"

#include <string.h>

/* So long after we began to unsubscribe somebody our own call may be told of.
 */
#define ECHO_MS (10 * MS_SECOND)
#define BUSY_MS 500 /* until the next look */
#define HOOK_PATH "/api/v1/hooks/marketing/"

/* Does a URL over there have one of the secrets, which stand in a text with
 * blanks between? */
static bool is_of(const char *url, const char *secrets)
{
	struct str rest = str_of(secrets);

	while (rest.len) {
		struct str secret = str_cut(&rest, ' ');

		if (secret.len &&
		    memmem(url, strlen(url), secret.s, secret.len))
			return true;
	}
	return false;
}

/*
 * What we want to hear: of people and administrators, who comes and goes; of
 * programs, who goes, since somebody else's may unsubscribe people. Our own
 * acts come back as echoes then: they only say where to look, and whoever we
 * unsubscribed has opted out already. Those whom we subscribe would be too
 * many. Of people by themselves, what they changed: it may be their language.
 */
static const struct wanted {
	const char *below; /* our address */
	const char *says;  /* members of the hook */
} wanted[] = {
	{ "", "\"events\":{\"subscribe\":true,\"unsubscribe\":true,"
	      "\"profile\":false,\"cleaned\":true,\"upemail\":true,"
	      "\"campaign\":false},\"sources\":{\"user\":true,\"admin\":true,"
	      "\"api\":false}" },
	{ "/programs",
	  "\"events\":{\"subscribe\":false,\"unsubscribe\":true,"
	  "\"profile\":false,\"cleaned\":true,\"upemail\":true,"
	  "\"campaign\":false},\"sources\":{\"user\":false,\"admin\":false,"
	  "\"api\":true}" },
	{ "/readers",
	  "\"events\":{\"subscribe\":false,\"unsubscribe\":false,"
	  "\"profile\":true,\"cleaned\":false,\"upemail\":false,"
	  "\"campaign\":false},\"sources\":{\"user\":true,\"admin\":false,"
	  "\"api\":false}" },
};

/* What of ours stands there: those that are right, and others that are not. */
struct own_hooks {
	const char *url;     /* without what is below */
	const char *secrets; /* ours, and those that we had */
	bool exists[ARRAY_SIZE(wanted)];
};

/* True: it is one that we want. */
static bool note_wanted(struct own_hooks *own, const char *at)
{
	size_t n = strlen(own->url);

	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
		if (strncmp(at, own->url, n) == 0 &&
		    strcmp(at + n, wanted[i].below) == 0)
			return own->exists[i] = true;
	return false;
}

static int remove_stale(struct work *w, const json_t *hooks,
			struct own_hooks *own, struct err *err)
{
	json_t *hook;
	size_t i;

	json_array_foreach (hooks, i, hook) {
		const char *id = json_string_value(json_object_get(hook, "id"));
		const char *at =
			json_string_value(json_object_get(hook, "url"));

		if (!id || !at || !is_of(at, own->secrets))
			continue; /* somebody else's */
		if (!note_wanted(own, at) &&
		    mc_call(w->client, "DELETE",
			    list_path(w, "/webhooks/%s", id), NULL, NULL,
			    err) < 0 &&
		    err->code != ERR_NOT_FOUND)
			return -1;
	}
	return 0;
}

static int find_hooks(struct work *w, struct own_hooks *own, struct err *err)
{
	CLEANUP(json_free) json_t *reply = NULL;

	if (mc_get(w->client, list_path(w, "/webhooks?count=100"), &reply,
		   err) < 0)
		return -1;
	return remove_stale(w, json_object_get(reply, "webhooks"), own, err);
}

static int add_hook(struct work *w, struct own_hooks *own, size_t i,
		    struct err *err)
{
	const char *body =
		arena_printf(w->arena, "{\"url\":\"%s%s\",%s}", own->url,
			     wanted[i].below, wanted[i].says);
	struct err unseen;

	if (mc_call(w->client, "POST", list_path(w, "/webhooks"), body, NULL,
		    err) >= 0)
		return 0;
	/* Another process, or our own last life, may have been faster. */
	return find_hooks(w, own, &unseen) == 0 && own->exists[i] ? 0 : -1;
}

int hook_register(struct work *w, struct err *err)
{
	struct hook_secrets secrets;
	struct own_hooks own = { .exists = { false } };

	if (hook_secrets_load(w->db, w->arena, &secrets, err) < 0)
		return -1;
	own.url = arena_printf(w->arena, "%s" HOOK_PATH "%s",
			       w->bridge->setup.hook_url, secrets.now);
	own.secrets = arena_printf(w->arena, "%s %s", secrets.now, secrets.old);
	if (find_hooks(w, &own, err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
		if (!own.exists[i] && add_hook(w, &own, i, err) < 0)
			return -1;
	return hook_secrets_settle(w->db, &secrets, err);
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

/* When it happened: within a second, to its end. Unknown: 0. The audience may
 * tell of the second to come, so that no two words have the same. */
static int64_t fired_ms(const json_t *form, int64_t now_ms)
{
	CLEANUP(strbuf_release) struct strbuf iso = STRBUF_INIT;
	const char *text = field(form, "fired_at");
	int64_t ms;

	if (strlen(text) != strlen("2026-01-02 03:04:05"))
		return 0;
	strbuf_addf(&iso, "%.10sT%sZ", text, text + 11);
	if (!time_parse_iso(iso.buf, &ms))
		return 0;
	if (ms > now_ms)
		return ms < now_ms + MS_SECOND ? ms : now_ms + MS_SECOND;
	return ms + 999 < now_ms ? ms + 999 : now_ms;
}

/* --- what is true of it --- */

/* The member as it is now; a hook only says where to look. */
struct seen {
	const char *hash;
	enum mirror_status status; /* MIRROR_NONE: no such member */
	bool said_no;
	const char *contact_id;
	int64_t changed_ms;
};

static int look_at_member(struct work *w, const char *hash, struct seen *out,
			  struct err *err)
{
	CLEANUP(json_free) json_t *member = NULL;
	int found = member_read(w, hash, &member, err);

	*out = (struct seen){ .hash = hash, .changed_ms = w->actor.now_ms };
	if (found <= 0)
		return found;
	out->status = member_status(member);
	out->said_no = member_said_no(member);
	out->contact_id = arena_strdup(
		w->arena,
		json_string_value(json_object_get(member, "contact_id")));
	out->changed_ms = member_changed_ms(member, w->actor.now_ms);
	return 0;
}

static int note_seen(struct tx *tx, struct work *w, const struct seen *seen,
		     struct err *err)
{
	if (seen->status == MIRROR_NONE)
		return mirror_remove(tx, w, seen->hash, err);
	return mirror_put(tx, seen->hash, seen->status, NULL, seen->contact_id,
			  seen->changed_ms, err);
}

/* Does it tell of what we did ourselves, for an opt-out? That may have been
 * taken back meanwhile, within the second that a hook tells. */
static int is_echo(struct work *w, const json_t *form, const struct seen *seen,
		   struct err *err)
{
	int64_t at_ms = fired_ms(form, w->actor.now_ms);
	struct mirrored known = { 0 };

	if (strcmp(field(form, "data[reason]"), "abuse") == 0)
		return 0; /* we never say that */
	if (mirror_find(w->db, seen->hash, w->arena, &known, err) < 0)
		return -1;
	return known.unsubscribed_ms && at_ms >= known.unsubscribe_call_ms &&
	       at_ms < known.unsubscribe_call_ms + ECHO_MS;
}

/*
 * Is the member gone by the person's will? 1, 0, -1. A hook is believed only
 * where the audience says the same, since whoever knows its URL can send one.
 * Removed by somebody over there (action delete) is no will of theirs.
 */
static int has_left(struct work *w, const json_t *form, const struct seen *seen,
		    struct err *err)
{
	static const char *const left[] = { "unsub", "abuse", NULL };
	bool removed = strcmp(field(form, "data[action]"), "delete") == 0;
	struct mirrored known;
	int64_t last_ms;

	if (seen->status == MIRROR_UNSUBSCRIBED) {
		int echo = is_echo(w, form, seen, err);

		return echo < 0 ? -1 : !echo;
	}
	if (removed || seen->status == MIRROR_ARCHIVED)
		return !removed && seen->said_no;
	if (seen->status == MIRROR_CLEANED || seen->status == MIRROR_PENDING)
		return member_did(w, seen->hash, left, &last_ms, err);
	if (seen->status != MIRROR_NONE)
		return 0; /* came back, or never left */
	/* nothing is left to ask; that the mirror knew it must do */
	return mirror_find(w->db, seen->hash, w->arena, &known, err);
}

/* Of an address that the mirror does not know: somebody may have got it there,
 * and it is told of the one that the CRM knows. */
static int follow_if_unknown(struct work *w, const char *hash, struct err *err)
{
	struct mirrored known;
	int found = mirror_find(w->db, hash, w->arena, &known, err);

	if (found < 0)
		return -1;
	return found == 0 || known.status == MIRROR_NONE ? mirror_follow(w, err)
							 : 0;
}

static int opt_out(struct tx *tx, struct work *w, const json_t *form,
		   const struct seen *seen, struct err *err)
{
	bool abuse = strcmp(field(form, "data[reason]"), "abuse") == 0;
	struct consent c = { .state = CONSENT_OPTED_OUT,
			     .source = abuse ? CONSENT_BY_COMPLAINT
					     : CONSENT_BY_AUDIENCE,
			     .reason = abuse ? "complained" : "unsubscribed",
			     .at_ms = fired_ms(form, w->actor.now_ms) };
	const char *ip = field(form, "data[ip_opt]");
	struct meant who = { seen->hash, field(form, "data[email]") };
	struct actor actor = w->actor;

	if (*ip)
		actor.ip = ip;
	if (campaign_of(w, field(form, "data[campaign_id]"), &c.campaign_id,
			err) < 0 ||
	    word_heard(tx, &who, &c, &actor, err) < 0 ||
	    (seen->status == MIRROR_ARCHIVED &&
	     mirror_disown(tx, seen->hash, err) < 0))
		return -1;
	return journal(tx, w, "unsubscribe", 0, NULL, err);
}

static int settle_member(struct work *w, const json_t *form,
			 const struct seen *seen, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int gone = 0;

	if (strcmp(field(form, "type"), "unsubscribe") == 0 ||
	    strcmp(field(form, "data[reason]"), "abuse") == 0)
		gone = has_left(w, form, seen, err);
	if (gone < 0 || tx_begin(w->db, &tx, err) < 0 ||
	    note_seen(&tx, w, seen, err) < 0 ||
	    (gone && opt_out(&tx, w, form, seen, err) < 0) ||
	    tx_commit(&tx, err) < 0)
		return -1;
	return seen->status == MIRROR_CLEANED
		       ? reconcile_bounce(w, seen->hash, err)
		       : 0;
}

/* Who has the address and says no here does not stay in until the next sync. */
static int tell_opted_out(struct work *w, const char *hash, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(w->db, &tx, err) < 0 ||
	    opted_out_tell(&tx, hash, w->actor.now_ms, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* Whoever subscribes may be somebody who takes an unsubscribe back. What the
 * CRM says of them is looked at with the page that tells of them. */
static int hear_subscribed(struct work *w, const json_t *form,
			   const struct seen *seen, struct err *err)
{
	if (mirror_follow(w, err) < 0)
		return -1;
	if (strcmp(field(form, "type"), "subscribe") != 0)
		return 0;
	if (member_took_back(w, seen->hash, field(form, "data[ip_opt]"), err) <
	    0)
		return -1;
	return tell_opted_out(w, seen->hash, err);
}

/* Our own job is at work on who has the address: what it did over there is
 * noted when it ends. 1, 0, -1. */
static int is_busy(struct work *w, const char *hash, struct err *err)
{
	int64_t one;

	return db_find_int(w->db, SQL_BRIDGE_PERSON_BUSY,
			   SQL_ARGS(sql_text(hash)), &one, err);
}

/* Somebody over there gave a member another address: that may be of who says
 * no here. */
static int follow_renamed(struct work *w, const json_t *form, struct err *err)
{
	char hash[MD5_HEX + 1];

	if (mirror_follow(w, err) < 0)
		return -1;
	if (!*field(form, "data[new_email]"))
		return 0;
	email_hash(field(form, "data[new_email]"), hash);
	return tell_opted_out(w, hash, err);
}

/* Doing it twice changes nothing. */
int job_hook(struct job_run *run, struct err *err)
{
	CLEANUP(work_release) struct work w = { 0 };
	CLEANUP(json_free) json_t *form = NULL;
	char hash[MD5_HEX + 1];
	struct seen seen;
	int busy;

	if (work_begin(run, &w, err) < 0 ||
	    json_parse(str_of(run->job->payload), &form, err) < 0)
		return -1;
	if (strcmp(field(form, "data[list_id]"), w.audience) != 0)
		return 0; /* of another audience: none of our business */
	if (strcmp(field(form, "type"), "upemail") == 0)
		return follow_renamed(&w, form, err);
	if (!*field(form, "data[email]"))
		return 0;
	email_hash(field(form, "data[email]"), hash);
	busy = is_busy(&w, hash, err);
	if (busy != 0)
		return busy < 0 ? -1 : job_again(run, clock_now_ms() + BUSY_MS);
	if (follow_if_unknown(&w, hash, err) < 0 ||
	    look_at_member(&w, hash, &seen, err) < 0)
		return -1;
	return seen.status == MIRROR_SUBSCRIBED
		       ? hear_subscribed(&w, form, &seen, err)
		       : settle_member(&w, form, &seen, err);
}
