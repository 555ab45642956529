/*
 * muster doctor: looks at what usually is wrong, and says what to do
 */
#include "app/command.h"
#include "app/print.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "campaign/campaign_hold.h"
#include "journal/gate.h"

#include <string.h>
#include <sys/statvfs.h>

#define DISK_LEAST_MIB 512

struct doctor {
	const struct invocation *in;
	struct strbuf text;
	struct strbuf json;
	struct json_writer w;
	int wrong;
};

/* advice NULL: all is well. */
static void say(struct doctor *d, const char *what, const char *advice)
{
	strbuf_addf(&d->text, "%-8s %s%s%s\n", advice ? "problem" : "good",
		    what, advice ? ": " : "", advice ? advice : "");
	json_begin_object(&d->w);
	json_key_text(&d->w, "what", what);
	json_key_bool(&d->w, "good", advice == NULL);
	json_key_text(&d->w, "advice", advice);
	json_end_object(&d->w);
	d->wrong += advice != NULL;
}

static void check_database(struct doctor *d, struct store **store)
{
	struct err err = ERR_INIT;

	if (store_open(&d->in->config->store, store, &err) < 0)
		say(d, "database", err.text);
	else
		say(d, "database opens, its schema is up to date", NULL);
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

static void check_sender(struct doctor *d, struct store *store)
{
	const struct config *c = d->in->config;
	bool outbox = strcmp(c->delivery.relay, "outbox:") == 0;
	bool address = *c->app.postal_address ||
		       setting_is_there(store, "postal_address");

	say(d, "relay",
	    outbox ? "mails stay in the outbox; set MUSTER_RELAY to send"
		   : NULL);
	say(d, "postal address",
	    address || outbox ? NULL
			      : "set MUSTER_POSTAL_ADDRESS: nothing is sent "
				"without one");
	say(d, "public address",
	    *c->app.public_url || outbox
		    ? NULL
		    : "set MUSTER_PUBLIC_URL: nothing is sent without one, "
		      "since links to unsubscribe would lead nowhere");
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
	CLEANUP(texts_release) struct texts held = VEC_INIT;
	struct err err = ERR_INIT;

	if (!store || store_get(store, STORE_AUDIENCE, &db, &err) < 0 ||
	    campaign_hold_list(db, arena, &held, &err) < 0)
		return; /* what is wrong with the database was said */
	vec_each (&held, line)
		say(d, "sending", *line);
	if (held.n == 0)
		say(d, "no campaign stands still", NULL);
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
	check_sender(&d, store);
	check_sending(&d, store);
	check_held(&d, store);
	json_end_array(&d.w);
	puts(flag_is_set(in, "json") ? d.json.buf : d.text.buf);
	return store ? 0 : err_set(err, ERR_IO, "the database cannot be used");
}

int cmd_doctor(const struct invocation *in)
{
	return print_end(in, doctor);
}
