#include "delivery/delivery.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/random.h"
#include "base/strbuf.h"
#include "campaign/campaign.h"
#include "campaign/checklist.h"
#include "delivery/apply/applier.h"
#include "delivery/apply/keeper.h"
#include "delivery/event_writer.h"
#include "delivery/lease.h"
#include "delivery/mailing.h"
#include "delivery/outbox/outbox.h"
#include "delivery/public/forward.h"
#include "delivery/recipient.h"
#include "delivery/relay.h"
#include "delivery/relay_setting.h"
#include "delivery/relay_trial.h"
#include "delivery/returned/returned.h"
#include "delivery/send/sender.h"
#include "delivery/sent_mail.h"
#include "delivery/test_mail.h"
#include "delivery/track.h"
#include "delivery/track_token.h"
#include "journal/gate.h"
#include "mail/dkim.h"
#include "smtp/smtp_relay.h"
#include "store/store.h"

#include "sql/recipient.h"

#include <stdatomic.h>

#define OPTION(n, t, field, lo, hi, text)                           \
	{                                                           \
		.name = (n), .type = (t),                           \
		.offset = offsetof(struct delivery_options, field), \
		.least = (lo), .most = (hi), .help = (text)         \
	}

static int check_relay(const char *text, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct smtp_relay relay;

	return !*text || relay_is_outbox_url(text)
		       ? 0
		       : smtp_relay_parse(text, arena, &relay, err);
}

static int check_uncertain(const char *text, struct err *err)
{
	if (strcmp(text, "retry") != 0 && strcmp(text, "leave") != 0)
		return err_set(err, ERR_INVALID,
			       "is retry or leave, not \"%s\"", text);
	return 0;
}

const struct option delivery_option_table[] = {
	{ .name = "relay",
	  .type = OPTION_TEXT,
	  .offset = offsetof(struct delivery_options, relay),
	  .secret = true,
	  .show = relay_url_describe,
	  .check = check_relay,
	  .help = "where mail goes: smtp://user:pass@host:port, smtps://..., "
		  "or outbox: (the built-in mail catcher); empty: the setting "
		  "in the database, else the outbox" },
	OPTION("send.connections", OPTION_INT, connections, 1, 500,
	       "connections to the relay, at most"),
	OPTION("send.rate", OPTION_INT, rate, 0, 1000000,
	       "messages a second, at most; 0: no limit"),
	OPTION("send.uncertain_max", OPTION_INT, uncertain_max, 1, 10000,
	       "messages handed over without a stored answer, at most: so many "
	       "may go out twice after a crash"),
	OPTION("send.unsynced_max", OPTION_INT, unsynced_max, 0, 100000,
	       "messages handed over before the disk has it, at most: so many "
	       "may go out twice after a power cut (a tenth of a second's, if "
	       "that is less); 0: each waits for the disk"),
	{ .name = "send.uncertain",
	  .type = OPTION_TEXT,
	  .offset = offsetof(struct delivery_options, uncertain),
	  .check = check_uncertain,
	  .help = "what happens to those after a crash, and when the "
		  "relay is lost with its answer: retry or leave" },
	OPTION("send.render_threads", OPTION_INT, render_threads, 1, 16,
	       "threads that render and sign messages"),
	OPTION("send.retry_first", OPTION_TIME, retry_first_ms, 100,
	       24 * MS_HOUR, "wait before a deferred message is tried again"),
	OPTION("send.expire", OPTION_TIME, expire_ms, 1000, 30 * MS_DAY,
	       "give up a message that was deferred for so long"),
	OPTION("send.pause_hard_percent", OPTION_INT, pause_hard_percent, 0,
	       100,
	       "a campaign pauses itself when more than so many of its last "
	       "100 messages bounced hard (after the first 50); 100: never"),
	OPTION("dkim.key_file", OPTION_TEXT, dkim_key_file, 0, 0,
	       "private key (PEM, RSA or Ed25519) to sign with; empty: the "
	       "relay signs"),
	OPTION("dkim.domain", OPTION_TEXT, dkim_domain, 0, 0,
	       "domain that signs"),
	OPTION("dkim.selector", OPTION_TEXT, dkim_selector, 0, 0,
	       "name of the key in the domain"),
	OPTION("track.early_s", OPTION_INT, early_s, 0, 3600,
	       "opens and clicks within so many seconds of acceptance are "
	       "taken for a machine's"),
	OPTION("track.burst", OPTION_INT, burst, 2, 1000000,
	       "opens or clicks of so many people of a domain within 2 seconds "
	       "from one network are taken for a machine's"),
	{ .name = NULL },
};
const size_t delivery_option_count = ARRAY_SIZE(delivery_option_table) - 1;

struct delivery {
	struct delivery_setup setup;
	char *owner; /* "<instance>/<number of this start>" */
	struct track_keys *keys;
	struct dkim_key *dkim;
	struct mailing_setup mailing;
	struct campaign_sender_facts facts;
	struct outbox *outbox;
	struct event_writer *writer;
	struct applier *applier;
	struct keeper *keeper;
	struct sender *sender; /* NULL: not this process's role */
	struct track *track;
	atomic_bool has_applier, has_keeper, has_sender;
	atomic_bool tries_relay;
};

static void on_commit(void *context, bool is_urgent)
{
	struct delivery *d = context;

	if (atomic_load(&d->has_applier))
		applier_wake(d->applier, is_urgent);
}

static void on_applied(void *context)
{
	struct delivery *d = context;

	if (d->setup.after_apply)
		d->setup.after_apply(d->setup.context);
	if (atomic_load(&d->has_keeper))
		keeper_applied(d->keeper);
}

static int64_t on_unsynced(void *context)
{
	struct delivery *d = context;

	return event_writer_unsynced(d->writer);
}

static void on_torn(void *context)
{
	struct delivery *d = context;

	if (atomic_load(&d->has_keeper))
		keeper_log_is_torn(d->keeper);
}

static void on_behind(void *context, int64_t behind_ms)
{
	struct delivery *d = context;

	event_writer_behind(d->writer, behind_ms);
}

static void on_sender_work(void *context)
{
	struct delivery *d = context;

	if (atomic_load(&d->has_sender))
		sender_wake(d->sender);
}

static void on_leased(void *context, int64_t until_us)
{
	struct delivery *d = context;

	if (atomic_load(&d->has_sender))
		sender_leased(d->sender, until_us);
}

/* --- start --- */

static int load_keys(struct delivery *d, struct err *err)
{
	const struct delivery_options *o = d->setup.options;

	if (track_keys_load(d->setup.store, &d->keys, err) < 0)
		return -1;
	if (!*o->dkim_key_file)
		return 0;
	return dkim_key_load(o->dkim_key_file, o->dkim_domain, o->dkim_selector,
			     &d->dkim, err);
}

/* What earlier starts of this instance held is free from now on. */
static int take_leases(struct delivery *d, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (store_get(d->setup.store, STORE_AUDIENCE, &db, err) < 0 ||
	    tx_begin(db, &tx, err) < 0 ||
	    lease_expire_own(&tx, d->setup.instance, d->owner, err) < 0 ||
	    lease_take(&tx, LEASE_DELIVERY, d->owner, clock_now_ms() + LEASE_MS,
		       0, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static int start_log(struct delivery *d, struct err *err)
{
	const struct delivery_options *o = d->setup.options;
	struct applier_options applier = {
		.owner = d->owner,
		.early_ms = o->early_s * MS_SECOND,
		.burst = o->burst,
		.retry_first_ms = o->retry_first_ms,
		.after = on_applied,
		.unsynced = on_unsynced,
		.behind = on_behind,
		.context = d,
	};

	const struct event_writer_setup writer = {
		.store = d->setup.store,
		.instance = d->setup.instance,
		.unsynced_most = delivery_unsynced(o),
		.enough = o->uncertain_max / 2,
		.torn = on_torn,
		.after_commit = on_commit,
		.context = d,
	};

	if (applier_prepare_log(d->setup.store, err) < 0 ||
	    event_writer_start(&writer, &d->writer, err) < 0 ||
	    applier_start(d->setup.store, &applier, &d->applier, err) < 0)
		return -1;
	atomic_store(&d->has_applier, true);
	return 0;
}

static int start_sender(struct delivery *d, struct err *err)
{
	struct sender_setup sender = {
		.store = d->setup.store,
		.options = d->setup.options,
		.mailing = &d->mailing,
		.writer = d->writer,
		.outbox = d->outbox,
		.owner = d->owner,
		.has_public_url = d->setup.has_public_url,
		.barred = d->setup.barred,
	};

	if (!d->setup.send)
		return 0;
	if (sender_start(&sender, &d->sender, err) < 0)
		return -1;
	atomic_store(&d->has_sender, true);
	return 0;
}

static int start_keeper(struct delivery *d, struct err *err)
{
	const struct delivery_options *o = d->setup.options;
	struct keeper_setup keeper = {
		.store = d->setup.store,
		.applier = d->applier,
		.writer = d->writer,
		.facts = &d->facts,
		.relay = o->relay,
		.owner = d->owner,
		.is_sender = d->setup.send,
		.may_be_unsynced = delivery_unsynced(o) > 0,
		.uncertain_again = delivery_sends_again(o),
		.wake_sender = on_sender_work,
		.leased = on_leased,
		.context = d,
	};

	if (keeper_start(&keeper, &d->keeper, err) < 0)
		return -1;
	atomic_store(&d->has_keeper, true);
	return 0;
}

static void set_facts(struct delivery *d)
{
	const struct delivery_setup *s = &d->setup;
	struct track_setup track = { .store = s->store,
				     .writer = d->writer,
				     .mailing = &d->mailing };

	d->mailing = (struct mailing_setup){
		.keys = d->keys,
		.dkim = d->dkim,
		.public_url = s->public_url,
		.organisation = s->organisation,
		.postal_address = s->postal_address,
	};
	d->facts = (struct campaign_sender_facts){
		.organisation = s->organisation,
		.postal_address = s->postal_address,
		.public_url = s->public_url,
		.has_public_url = s->has_public_url,
		.dkim = d->dkim != NULL,
		.may_send = s->may_send,
		.context = s->context,
	};
	d->track = track_new(&track);
}

static int start_all(struct delivery *d, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf folder = STRBUF_INIT;

	strbuf_addf(&folder, "%s/outbox", d->setup.data);
	if (load_keys(d, err) < 0 ||
	    outbox_open(d->setup.store, folder.buf, &d->outbox, err) < 0 ||
	    take_leases(d, err) < 0 || start_log(d, err) < 0)
		return -1;
	set_facts(d);
	if (start_sender(d, err) < 0)
		return -1;
	return start_keeper(d, err); /* whose lease lets the sender work */
}

int delivery_start(const struct delivery_setup *setup, struct delivery **out,
		   struct err *err)
{
	CLEANUP(delivery_free) struct delivery *d = calloc(1, sizeof(*d));
	CLEANUP(strbuf_release) struct strbuf owner = STRBUF_INIT;
	char number[17];

	BUG_ON(!d);
	d->setup = *setup;
	random_hex(number, 16);
	strbuf_addf(&owner, "%s/%s", setup->instance, number);
	d->owner = strdup(owner.buf);
	BUG_ON(!d->owner);
	if (start_all(d, err) < 0)
		return -1;
	*out = TAKE(d);
	return 0;
}

/* --- stop --- */

void delivery_stop(struct delivery *d)
{
	if (d->keeper)
		keeper_stop(d->keeper);
	if (d->sender)
		sender_stop(d->sender);
	if (d->writer)
		event_writer_stop(d->writer);
	if (d->applier)
		applier_stop(d->applier);
}

void delivery_free(struct delivery **delivery)
{
	struct delivery *d = *delivery;

	if (!d)
		return;
	delivery_stop(d);
	sender_free(&d->sender);
	keeper_free(&d->keeper);
	track_free(&d->track);
	event_writer_free(&d->writer);
	applier_free(&d->applier);
	outbox_free(&d->outbox);
	dkim_key_free(&d->dkim);
	track_keys_free(&d->keys);
	free(d->owner);
	free(d);
	*delivery = NULL;
}

/* --- the rest --- */

void delivery_wake(struct delivery *d)
{
	keeper_wake(d->keeper);
	on_sender_work(d);
}

void delivery_describe(struct delivery *d, struct strbuf *out)
{
	if (d->sender)
		sender_describe(d->sender, out);
	else
		strbuf_addstr(out, "sender=none");
}

struct backlog delivery_backlog(struct delivery *d)
{
	return applier_backlog(d->applier);
}

int delivery_facts(const struct delivery *d, struct db *db,
		   struct campaign_sender_facts *out, struct err *err)
{
	*out = d->facts;
	return relay_is_outbox_now(db, d->setup.options->relay, &out->outbox,
				   err);
}

int delivery_try_relay(struct delivery *d, const struct relay_trial_mail *mail,
		       struct arena *arena, struct relay_trial *out,
		       struct err *err)
{
	int ret;

	if (!relay_is_outbox_url(mail->url) &&
	    barred_refuse(&d->setup.barred, &mail->to, 1, err) < 0)
		return -1;
	if (atomic_exchange(&d->tries_relay, true))
		return err_set(err, ERR_CONFLICT,
			       "another test mail is on its way: wait for it");
	ret = relay_trial_run(mail, d->outbox, arena, out, err);
	atomic_store(&d->tries_relay, false);
	return ret;
}

bool delivery_is_held_up(struct delivery *d)
{
	return d->sender && sender_is_held_up(d->sender);
}

bool delivery_is_full(struct delivery *d, struct strbuf *out)
{
	return d->writer && event_writer_is_full(d->writer, out);
}

struct outbox *delivery_outbox(struct delivery *d)
{
	return d->outbox;
}

struct track *delivery_track(struct delivery *d)
{
	return d->track;
}

/* --- what comes back --- */

int delivery_take_returned(struct delivery *d, const struct str *source,
			   int64_t now_ms, struct arena *arena,
			   struct returned *out, struct err *err)
{
	const struct returned_setup setup = { .store = d->setup.store,
					      .writer = d->writer,
					      .keys = d->keys };

	return returned_take(&setup, *source, now_ms, arena, out, err);
}

/* --- who is tried again later --- */

int delivery_find_deferred(struct delivery *d, const char *campaign_hex,
			   const struct texts *hashes, struct arena *arena,
			   struct deferrals *out, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;

	if (hashes->n == 0)
		return 0;
	if (store_get(d->setup.store, STORE_AUDIENCE, &db, err) < 0)
		return -1;
	return deferrals_find(db, campaign_hex, hashes, arena, out, err);
}

/* --- messages shown again --- */

int delivery_find_sent(struct delivery *d, struct sent_mail *mails, size_t n,
		       struct arena *arena, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;

	if (n == 0)
		return 0;
	if (store_get(d->setup.store, STORE_AUDIENCE, &db, err) < 0)
		return -1;
	return sent_mails_find(db, &d->mailing, mails, n, clock_now_ms(), arena,
			       err);
}

int delivery_show_draft(struct delivery *d, const struct mailing_draft *draft,
			const struct mailing_person *person,
			struct arena *arena, struct mailing_view *out,
			struct err *err)
{
	CLEANUP(mailing_put) struct mailing *mailing = NULL;

	if (mailing_get_draft(&d->mailing, draft, &mailing, err) < 0)
		return -1;
	return mailing_render_view(mailing, person, arena, out, err);
}

int delivery_show_sent(struct delivery *d, const struct sent_mail *mail,
		       struct arena *arena, struct mailing_view *out,
		       struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;

	if (store_get(d->setup.store, STORE_AUDIENCE, &db, err) < 0)
		return -1;
	return sent_mail_view(db, &d->mailing, mail, clock_now_ms(), arena, out,
			      err);
}

/* --- tests of a campaign --- */

static int check_test(struct delivery *d, struct db *db,
		      const struct test_mail_order *test, struct err *err)
{
	struct campaign_sender_facts facts;
	const char *why;

	if (delivery_facts(d, db, &facts, err) < 0)
		return -1;
	why = campaign_cannot_leave(&facts);
	if (why)
		return err_title(err, ERR_CONFLICT, "Bad Request", "%s", why);
	return facts.outbox ? 0
			    : barred_refuse(&d->setup.barred, test->addresses,
					    test->n, err);
}

int delivery_send_test(struct delivery *d, int64_t campaign_id,
		       const struct test_mail_order *test, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;

	if (store_get(d->setup.store, STORE_AUDIENCE, &db, err) < 0 ||
	    check_test(d, db, test, err) < 0 ||
	    test_mail_queue(db, &d->mailing, campaign_id, test, clock_now_ms(),
			    err) < 0)
		return -1;
	on_sender_work(d);
	return 0;
}

int delivery_forward(struct delivery *d, const struct forward *forward,
		     struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct campaign_sender_facts facts;
	const char *why;

	if (store_get(d->setup.store, STORE_AUDIENCE, &db, err) < 0 ||
	    gate_pass(db, err) < 0 || delivery_facts(d, db, &facts, err) < 0)
		return -1;
	why = campaign_cannot_leave(&facts);
	if (why)
		return err_set(err, ERR_CONFLICT, "%s", why);
	if (forward_send(db, &d->mailing,
			 facts.outbox ? NULL : &d->setup.barred, forward,
			 clock_now_ms(), err) < 0)
		return -1;
	on_sender_work(d);
	return 0;
}
