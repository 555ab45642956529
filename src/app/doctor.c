/*
 * muster doctor: looks at what usually is wrong, and says what to do
 */
#include "app/command.h"
#include "app/data_folder.h"
#include "app/print.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "base/thread/patience.h"
#include "base/vec.h"
#include "campaign/campaign_hold.h"
#include "crm/user/api_key.h"
#include "delivery/relay.h"
#include "httpc/httpc.h"
#include "journal/gate.h"
#include "smtp/smtp_relay.h"
#include "smtp/smtp_trial.h"

#include <string.h>
#include <sys/statvfs.h>

#define DISK_LEAST_MIB 512
#define TRIAL_MS (10 * MS_SECOND)

struct doctor {
	const struct invocation *in;
	struct strbuf text;
	struct strbuf json;
	struct json_writer w;
	int wrong;
};

static void add_line(struct doctor *d, const char *kind, const char *what,
		     const char *advice, bool good)
{
	strbuf_addf(&d->text, "%-8s %s%s%s\n", kind, what, advice ? ": " : "",
		    advice ? advice : "");
	json_begin_object(&d->w);
	json_key_text(&d->w, "what", what);
	json_key_bool(&d->w, "good", good);
	json_key_text(&d->w, "advice", advice);
	json_end_object(&d->w);
	d->wrong += !good;
}

/* advice NULL: all is well. */
static void say(struct doctor *d, const char *what, const char *advice)
{
	add_line(d, advice ? "problem" : "good", what, advice, !advice);
}

/* Nothing is wrong, but somebody may want to look. */
static void note(struct doctor *d, const char *what, const char *advice)
{
	add_line(d, "note", what, advice, true);
}

static void check_database(struct doctor *d, struct store **store)
{
	struct err err = ERR_INIT;

	patience_begin(); /* somebody waits */
	if (data_open(d->in->config, store, &err) < 0)
		say(d, "database", err.text);
	else if (store_probe(*store, &err) < 0)
		say(d, "database cannot be written", err.text);
	else
		say(d, "database opens, is up to date and can be written",
		    NULL);
}

static void check_disk(struct doctor *d)
{
	struct statvfs fs;
	uint64_t mib;

	if (statvfs(d->in->config->store.data, &fs) < 0) {
		say(d, "data folder", "it cannot be read: check --data");
		return;
	}
	mib = (uint64_t)fs.f_bavail * fs.f_frsize >> 20;
	say(d, "disk space",
	    mib < DISK_LEAST_MIB ? "less than 512 MiB are free" : NULL);
}

static bool setting_is_there(struct store *store, const char *key)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(store_put) struct db *db = NULL;
	struct err err = ERR_INIT;
	const char *value = NULL;

	return store && store_get(store, STORE_CRM, &db, &err) == 0 &&
	       setting_find(db, key, arena, &value, &err) > 0 && value &&
	       *value;
}

static void check_relay(struct doctor *d)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const char *url = d->in->config->delivery.relay;
	struct err err = ERR_INIT;
	struct smtp_relay relay;

	if (relay_is_outbox_url(url))
		say(d,
		    "relay: messages stay in the outbox until MUSTER_RELAY "
		    "is set",
		    NULL);
	else if (smtp_relay_parse(url, arena, &relay, &err) < 0 ||
		 smtp_relay_try(&relay, TRIAL_MS, &err) < 0)
		say(d, "relay", err.text);
	else
		say(d,
		    relay.user ? "relay answers and takes the password"
			       : "relay answers",
		    NULL);
}

static void check_postal_address(struct doctor *d, struct store *store)
{
	const struct config *c = d->in->config;

	say(d, "postal address",
	    *c->app.postal_address ||
			    setting_is_there(store, "postal_address") ||
			    relay_is_outbox_url(c->delivery.relay)
		    ? NULL
		    : "set MUSTER_POSTAL_ADDRESS: nothing is sent without one");
}

static int fetch(const char *url, struct err *err)
{
	CLEANUP(httpc_free) struct httpc *http = NULL;
	CLEANUP(httpc_response_release)
	struct httpc_response reply = HTTPC_RESPONSE_INIT;
	struct httpc_options o = HTTPC_OPTIONS_DEFAULT;
	struct httpc_request rq = { .method = "GET", .url = url };

	o.allow_private = true;
	o.connect_ms = o.total_ms = o.stall_ms = TRIAL_MS;
	httpc_init();
	http = httpc_new(&o);
	if (httpc_send(http, &rq, &reply, err) < 0)
		return err_prefix(err, "%s", url);
	if (reply.status != 200)
		return err_set(err, ERR_IO, "%s answers %d", url, reply.status);
	return 0;
}

/* What links in messages lead to. */
static void check_public_address(struct doctor *d)
{
	CLEANUP(strbuf_release) struct strbuf url = STRBUF_INIT;
	const struct config *c = d->in->config;
	struct str base = str_of(c->app.public_url);
	struct err err = ERR_INIT;

	if (base.len == 0 && relay_is_outbox_url(c->delivery.relay)) {
		say(d, "public address: none is needed for the outbox", NULL);
		return;
	}
	if (base.len == 0) {
		say(d, "public address",
		    "set MUSTER_PUBLIC_URL: nothing is sent without one, since "
		    "links to unsubscribe would lead nowhere");
		return;
	}
	if (base.s[base.len - 1] == '/')
		base.len--;
	strbuf_addf(&url, "%.*s/healthz", (int)base.len, base.s);
	if (fetch(url.buf, &err) < 0)
		say(d, "public address", err.text);
	else
		say(d, "public address answers", NULL);
}

static void check_sending(struct doctor *d, struct store *store)
{
	struct err err = ERR_INIT;

	if (store && gate_pass_store(store, &err) < 0)
		say(d, "mail", err.text);
	else
		say(d, "sending is on", NULL);
}

static void check_held(struct doctor *d, struct store *store)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct texts held = VEC_INIT;
	struct err err = ERR_INIT;

	if (!store || store_get(store, STORE_AUDIENCE, &db, &err) < 0 ||
	    campaign_hold_list(db, arena, &held, &err) < 0)
		return; /* what is wrong with the database was said */
	vec_each (&held, line)
		say(d, "sending", *line);
	if (held.n == 0)
		say(d, "no campaign stands still", NULL);
}

/* Nobody's end ends them: an administrator should know what they are for. */
static void check_keys(struct doctor *d, struct store *store)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct api_keys keys = VEC_INIT;
	struct err err = ERR_INIT;
	int n = 0;

	if (!store || store_get(store, STORE_CRM, &db, &err) < 0 ||
	    api_key_list(db, arena, &keys, &err) < 0)
		return; /* what is wrong with the database was said */
	vec_each (&keys, key)
		n += !key->user_id && !key->revoked_ms;
	if (n > 0)
		note(d, "keys",
		     arena_printf(arena,
				  "%d of no user, which outlive whoever made "
				  "them: muster key list",
				  n));
}

static void doctor_release(struct doctor *d)
{
	strbuf_release(&d->text);
	strbuf_release(&d->json);
}

static int doctor(const struct invocation *in, struct err *err)
{
	CLEANUP(store_free) struct store *store = NULL;
	CLEANUP(doctor_release)
	struct doctor d = {
		.in = in,
		.text = STRBUF_INIT,
		.json = STRBUF_INIT,
	};

	d.w = (struct json_writer)JSON_WRITER(&d.json);
	json_begin_array(&d.w);
	check_database(&d, &store);
	check_disk(&d);
	check_relay(&d);
	check_postal_address(&d, store);
	check_public_address(&d);
	check_sending(&d, store);
	check_held(&d, store);
	check_keys(&d, store);
	json_end_array(&d.w);
	puts(flag_is_set(in, "json") ? d.json.buf : d.text.buf);
	return d.wrong == 0 ? 0
			    : err_set(err, ERR_INVALID, "%d problem%s", d.wrong,
				      d.wrong == 1 ? "" : "s");
}

int cmd_doctor(const struct invocation *in)
{
	return print_end(in, doctor);
}
