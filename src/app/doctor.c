/*
 * muster doctor: tries what the server needs, by the server's own functions,
 * and says what to do. What it praises it has tried.
 */
#include "app/app_options.h"
#include "app/command.h"
#include "app/data_folder.h"
#include "app/in_force.h"
#include "app/journal_wiring.h"
#include "app/listen.h"
#include "app/print.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "base/thread/patience.h"
#include "base/vec.h"
#include "bridge/bridge.h"
#include "campaign/campaign_hold.h"
#include "crm/search/search.h"
#include "crm/user/api_key.h"
#include "delivery/relay_setting.h"
#include "http/listener.h"
#include "httpc/httpc.h"
#include "journal/gate.h"
#include "mail/dkim.h"
#include "mcapi/mc_client.h"
#include "smtp/smtp_relay.h"
#include "smtp/smtp_trial.h"

#include <errno.h>
#include <libgen.h>
#include <string.h>
#include <sys/statvfs.h>

#define DISK_LEAST_MIB 512
#define DISK_LEAST_FILES 1024
#define TRIAL_MS (10 * MS_SECOND)

struct doctor {
	const struct invocation *in;
	struct strbuf text;
	struct strbuf json;
	struct json_writer w;
	int wrong;
	struct arena *arena;
	struct store *store; /* NULL: it does not open */
	bool has_settings;   /* of the database, in the place of options */
	bool can_write;      /* the database */
	bool relay_is_option;
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

/* The same that keeps a server from starting. */
static void check_options(struct doctor *d)
{
	CLEANUP(vec_release) struct texts wrong = VEC_INIT;
	struct err err = ERR_INIT;

	(void)config_check(d->in->config, &wrong, &err);
	vec_each (&wrong, line)
		say(d, "option", *line);
	vec_each (config_unknown(d->in->config), line)
		say(d, "environment", *line);
	if (d->wrong == 0)
		say(d, "options", NULL);
}

static void check_database(struct doctor *d)
{
	const struct config *c = d->in->config;
	struct err err = ERR_INIT;

	patience_begin(); /* somebody waits */
	if (data_open(c, &d->store, &err) < 0)
		say(d,
		    *c->store.database ? "database (MUSTER_DATABASE)"
				       : "database",
		    err.text);
	else if (store_probe(d->store, &err) < 0)
		say(d, "database cannot be written", err.text);
	else
		d->can_write = true;
	if (d->can_write)
		say(d, "database opens, is up to date and can be written",
		    NULL);
}

/* What follows is about what is in force. */
static void take_settings(struct doctor *d)
{
	struct config *c = d->in->config;
	struct err err = ERR_INIT;

	d->relay_is_option = *c->delivery.relay != '\0';
	d->has_settings =
		d->store && in_force_from_store(c, d->store, &err) == 0;
	if (d->store && !d->has_settings)
		say(d, "settings", err.text);
}

static void check_disk(struct doctor *d, const char *what, const char *folder)
{
	struct statvfs fs;

	if (statvfs(folder, &fs) < 0)
		say(d, what,
		    arena_printf(d->arena, "%s cannot be read: %s", folder,
				 strerror(errno)));
	else if ((uint64_t)fs.f_bavail * fs.f_frsize >> 20 < DISK_LEAST_MIB)
		say(d, what, "less than 512 MiB are free");
	/* some file systems do not count files */
	else if (fs.f_files > 0 && fs.f_favail < DISK_LEAST_FILES)
		say(d, what,
		    "less than 1024 files (inodes) can be made, however much "
		    "room there is");
	else
		say(d, what, NULL);
}

static void check_disks(struct doctor *d)
{
	const struct config *c = d->in->config;
	char *journal = arena_strdup(d->arena, c->app.suppression_journal);

	check_disk(d, "disk space (MUSTER_DATA)", c->store.data);
	if (*journal)
		check_disk(d,
			   "disk space of the journal "
			   "(MUSTER_SUPPRESSION_JOURNAL)",
			   dirname(journal));
}

static bool is_outbox(const struct doctor *d)
{
	return relay_is_outbox_url(d->in->config->delivery.relay);
}

static void check_relay(struct doctor *d)
{
	const char *url = d->in->config->delivery.relay;
	struct err err = ERR_INIT;
	struct smtp_relay relay;

	if (!*url)
		return; /* what is wrong with the database was said */
	if (is_outbox(d))
		say(d,
		    "relay: messages stay in the outbox until a relay is set, "
		    "in the settings or by MUSTER_RELAY",
		    NULL);
	else if (smtp_relay_parse(url, d->arena, &relay, &err) < 0)
		return; /* was said of the option */
	else if (smtp_relay_try(&relay, TRIAL_MS, &err) < 0)
		say(d,
		    d->relay_is_option ? "relay (MUSTER_RELAY)"
				       : "relay (of the settings)",
		    err.text);
	else
		say(d,
		    relay.user ? "relay answers and takes the password"
			       : "relay answers",
		    NULL);
}

static void check_dkim(struct doctor *d)
{
	const struct delivery_options *o = &d->in->config->delivery;
	CLEANUP(dkim_key_free) struct dkim_key *key = NULL;
	struct err err = ERR_INIT;

	if (!*o->dkim_key_file)
		return;
	if (dkim_key_load(o->dkim_key_file, o->dkim_domain, o->dkim_selector,
			  &key, &err) < 0)
		say(d,
		    "signing (MUSTER_DKIM_KEY_FILE, MUSTER_DKIM_DOMAIN, "
		    "MUSTER_DKIM_SELECTOR)",
		    err.text);
	else
		say(d, "the key to sign with can be read", NULL);
}

static void check_postal_address(struct doctor *d)
{
	const struct config *c = d->in->config;

	if (*c->app.postal_address || is_outbox(d))
		say(d, "postal address", NULL);
	else if (d->has_settings)
		say(d, "postal address",
		    "give it in the settings, or set MUSTER_POSTAL_ADDRESS: "
		    "nothing is sent without one");
}

/* Returns the status. */
static int fetch(const char *url, struct err *err)
{
	CLEANUP(httpc_free) struct httpc *http = NULL;
	CLEANUP(httpc_response_release)
	struct httpc_response reply = HTTPC_RESPONSE_INIT;
	struct httpc_options o = HTTPC_OPTIONS_DEFAULT;
	struct httpc_request rq = { .method = "GET", .url = url };

	o.allow_private = true;
	o.connect_ms = o.total_ms = o.stall_ms = TRIAL_MS;
	http = httpc_new(&o);
	if (httpc_send(http, &rq, &reply, err) < 0)
		return err_prefix(err, "%s", url);
	return reply.status;
}

/* Can a server listen there, or does one already? */
static void check_listener(struct doctor *d, const char *name,
			   const char *address)
{
	CLEANUP(fd_release) int fd = -1;
	struct err err = ERR_INIT, ignored = ERR_INIT;
	bool any;

	if (listen_check(address, &ignored) < 0)
		return; /* was said of the option */
	if (listen_settle(&address, d->arena, &err) == 0)
		fd = listener_open(address, &err);
	any = address[0] == '*';
	if (fd >= 0)
		say(d,
		    arena_printf(d->arena, "%s: it can be listened on", name),
		    NULL);
	else if (fetch(arena_printf(d->arena, "http://%s%s/healthz",
				    any ? "127.0.0.1" : "", address + any),
		       &ignored) > 0)
		say(d, arena_printf(d->arena, "%s: a server answers", name),
		    NULL);
	else
		say(d, name, err.text);
}

static void check_listeners(struct doctor *d)
{
	const struct config *c = d->in->config;
	struct roles roles = { .api = false };
	struct err ignored = ERR_INIT;

	if (roles_parse(c->app.roles, &roles, &ignored) < 0 ||
	    (!roles.api && !roles.track))
		return;
	check_listener(d, "address (MUSTER_LISTEN)", c->http.listen);
	if (*c->app.track_listen && roles.track)
		check_listener(d, "address (MUSTER_TRACK_LISTEN)",
			       c->app.track_listen);
}

/* That of another server, or account. */
static void check_marketing(struct doctor *d)
{
	const struct app_options *o = &d->in->config->app;
	CLEANUP(bridge_free) struct bridge *bridge = NULL;
	CLEANUP(mc_client_free) struct mc_client *client = NULL;
	struct bridge_setup setup = { .key = o->marketing_key };
	struct mc_options options = { .url = o->marketing_url,
				      .key = o->marketing_key,
				      .allow_private = true,
				      .tries = 1,
				      .most_ms = TRIAL_MS };
	struct err err = ERR_INIT;

	if (!*o->marketing_url)
		return;
	client = mc_client_new(&options);
	if (bridge_new(&setup, &bridge, &err) < 0 ||
	    mc_get(client, "/lists?count=1&fields=total_items", NULL, &err) < 0)
		say(d,
		    "audience elsewhere (MUSTER_MARKETING_API_URL, "
		    "MUSTER_MARKETING_API_KEY)",
		    err.text);
	else
		say(d, "audience elsewhere: it answers and takes the key",
		    NULL);
}

/* And does not lead to this machine. */
static bool is_plain_http(struct str url)
{
	CLEANUP(strbuf_release) struct strbuf host = STRBUF_INIT;

	if (!str_starts(url, "http://"))
		return false;
	strbuf_addstr(&host, url.s + strlen("http://"));
	strbuf_truncate(&host, strcspn(host.buf, ":/"));
	return !smtp_relay_is_loopback(host.buf);
}

/* What links in messages lead to. */
static void check_public_address(struct doctor *d)
{
	CLEANUP(strbuf_release) struct strbuf url = STRBUF_INIT;
	const struct config *c = d->in->config;
	struct str base = str_of(c->app.public_url);
	struct err err = ERR_INIT;
	int status;

	if (base.len == 0 && !*c->delivery.relay)
		return; /* nobody knows whether one is needed */
	if (base.len == 0 && is_outbox(d)) {
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
	status = fetch(url.buf, &err);
	if (status > 0 && status != 200)
		err_set(&err, ERR_IO, "%s answers %d", url.buf, status);
	if (status != 200)
		say(d, "public address (MUSTER_PUBLIC_URL)", err.text);
	else
		say(d, "public address answers", NULL);
	if (is_plain_http(base) && !is_outbox(d))
		say(d, "public address (MUSTER_PUBLIC_URL)",
		    "it is http: mail providers offer to unsubscribe with one "
		    "click only over https (RFC 8058)");
}

/* What closes the gate at the next start, and whether it is closed now. */
static void check_sending(struct doctor *d)
{
	const struct config *c = d->in->config;
	struct err journal = ERR_INIT, gate = ERR_INIT;
	bool fits, open;

	if (!d->store || !d->can_write)
		return; /* what is wrong with the database was said */
	fits = journal_probe_wired(c, d->store, &journal) == 0;
	open = gate_pass_store(d->store, &gate) == 0;
	if (fits)
		say(d, "suppression journal can be written", NULL);
	else
		say(d,
		    *c->app.suppression_journal
			    ? "suppression journal (MUSTER_SUPPRESSION_JOURNAL)"
			    : "suppression journal",
		    journal.text);
	if (!open)
		say(d, "mail", gate.text);
	else if (fits)
		say(d, "sending is on", NULL);
}

static void check_held(struct doctor *d)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct texts held = VEC_INIT;
	struct err err = ERR_INIT;

	if (!d->store || store_get(d->store, STORE_AUDIENCE, &db, &err) < 0 ||
	    campaign_hold_list(db, d->arena, &held, &err) < 0)
		return; /* what is wrong with the database was said */
	vec_each (&held, line)
		say(d, "sending", *line);
	if (held.n == 0)
		say(d, "no campaign stands still", NULL);
}

/* Behind a large import, for a minute or so. */
static void check_search(struct doctor *d)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct err err = ERR_INIT;
	int64_t n;

	if (!d->store || store_get(d->store, STORE_CRM, &db, &err) < 0 ||
	    search_behind(db, ENTITY_PERSON, &n, &err) < 0)
		return; /* what is wrong with the database was said */
	if (n <= SEARCH_BEHIND_MOST)
		say(d, "search index is up to date", NULL);
	else
		note(d, "search index",
		     arena_printf(d->arena,
				  "%lld people are not in it yet: searching is "
				  "slow until a server with the role jobs has "
				  "taken them in",
				  (long long)n));
}

/* Nobody's end ends them: an administrator should know what they are for. */
static void check_keys(struct doctor *d)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct api_keys keys = VEC_INIT;
	struct err err = ERR_INIT;
	int n = 0;

	if (!d->store || store_get(d->store, STORE_CRM, &db, &err) < 0 ||
	    api_key_list(db, d->arena, &keys, &err) < 0)
		return; /* what is wrong with the database was said */
	vec_each (&keys, key)
		n += !key->user_id && !key->revoked_ms;
	if (n > 0)
		note(d, "keys",
		     arena_printf(d->arena,
				  "%d of no user, which outlive whoever made "
				  "them: muster key list",
				  n));
}

static void check_all(struct doctor *d)
{
	check_options(d);
	check_database(d);
	take_settings(d);
	check_disks(d);
	check_listeners(d);
	check_relay(d);
	check_dkim(d);
	check_postal_address(d);
	check_public_address(d);
	check_marketing(d);
	check_sending(d);
	check_held(d);
	check_search(d);
	check_keys(d);
}

static void doctor_release(struct doctor *d)
{
	strbuf_release(&d->text);
	strbuf_release(&d->json);
	store_free(&d->store);
	arena_free(&d->arena);
}

int cmd_doctor(const struct invocation *in, struct err *err)
{
	CLEANUP(doctor_release)
	struct doctor d = {
		.in = in,
		.text = STRBUF_INIT,
		.json = STRBUF_INIT,
		.arena = arena_new(),
	};

	httpc_init();
	d.w = (struct json_writer)JSON_WRITER(&d.json);
	json_begin_array(&d.w);
	check_all(&d);
	json_end_array(&d.w);
	puts(flag_is_set(in, "json") ? d.json.buf : d.text.buf);
	return d.wrong == 0 ? 0
			    : err_set(err, ERR_INVALID, "%d problem%s", d.wrong,
				      d.wrong == 1 ? "" : "s");
}
