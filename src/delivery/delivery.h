/*
 * delivery/delivery.h - sending and tracking as one service
 *
 * delivery_start() starts, as the roles say: the event writer, the applier,
 * the keeper (schedules, freezing, campaigns that are done), the sender with
 * its renderers and the relay. app/ starts it once; api/track and the pages of
 * the outbox reach it through struct api.
 *
 * Order of stopping: no new claims, what was handed over is answered, the log
 * is written, the applier runs dry.
 */
#ifndef DELIVERY_DELIVERY_H
#define DELIVERY_DELIVERY_H

#include "base/option.h"
#include "delivery/barred.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct arena;
struct backlog;
struct campaign_order;
struct campaign_sender_facts;
struct db;
struct err;
struct forward;
struct mailing_draft;
struct mailing_person;
struct mailing_view;
struct outbox;
struct relay_trial;
struct relay_trial_mail;
struct sent_mail;
struct store;
struct strbuf;
struct track;

struct delivery_options {
	const char *relay;     /* outbox:, smtp://..., smtps://...; "": the
				  setting, see delivery/relay_setting.h */
	int64_t connections;   /* at most, to the relay */
	int64_t rate;          /* messages a second; 0: no limit */
	int64_t uncertain_max; /* handed without an outcome, at most */
	int64_t unsynced_max;  /* handed and not synced, at most; 0: none */
	const char *uncertain; /* retry | leave */
	int64_t render_threads;
	int64_t retry_first_ms;     /* wait before the first retry */
	int64_t expire_ms;          /* give up after */
	int64_t pause_hard_percent; /* of the last 100: it pauses itself */
	const char *dkim_key_file;  /* PEM; "": not signed here */
	const char *dkim_domain;
	const char *dkim_selector;
	int64_t early_s; /* hits so soon after acceptance: machine */
	int64_t burst;   /* that many of a domain at once: machine */
};
#define DELIVERY_OPTIONS_DEFAULT                                             \
	{                                                                    \
		.relay = "", .connections = 10, .rate = 0,                   \
		.uncertain_max = 32, .unsynced_max = 1000,                   \
		.uncertain = "retry", .render_threads = 2,                   \
		.retry_first_ms = 15000, .expire_ms = INT64_C(72) * 3600000, \
		.pause_hard_percent = 20, .dkim_key_file = "",               \
		.dkim_domain = "", .dkim_selector = "", .early_s = 10,       \
		.burst = 50                                                  \
	}
/* May who perhaps got a mail be sent it once more? */
static inline bool delivery_sends_again(const struct delivery_options *o)
{
	return strcmp(o->uncertain, "retry") == 0;
}
/* Who is not to be mailed twice is handed over only when that is synced. */
static inline int64_t delivery_unsynced(const struct delivery_options *o)
{
	return delivery_sends_again(o) ? o->unsynced_max : 0;
}
extern const struct option delivery_option_table[]; /* ends with name NULL */
extern const size_t delivery_option_count;          /* without that */

/* What delivery needs to know of the rest; all texts outlive it. */
struct delivery_setup {
	struct store *store;
	const struct delivery_options *options;
	const char *instance;   /* names this machine's process; lasting */
	const char *data;       /* folder; the outbox lies in it */
	const char *public_url; /* without final slash */
	bool has_public_url;    /* it was configured, and is no guess of ours */
	/* Options; "": those of the campaign's audience. */
	const char *organisation;
	const char *postal_address;
	bool send, track; /* roles of this process */
	struct barred barred;
	/* As in struct campaign_sender_facts, with context. */
	int (*may_send)(void *context, const struct campaign_order *order,
			struct arena *arena, const char **why_out,
			struct err *err);
	/* Something was applied: jobs of the audience may be waiting. NULL:
	 * nobody needs to know. Any thread. */
	void (*after_apply)(void *context);
	void *context;
};

struct delivery;

/*
 * Starts everything, or nothing. setup is copied. ERR_INVALID: an option,
 * the relay's URL, the DKIM key; ERR_IO: threads, the outbox's folder.
 */
int delivery_start(const struct delivery_setup *setup, struct delivery **out,
		   struct err *err);
/* Waits until what was handed over is answered; then nothing runs any more,
 * and the rest can still be asked. */
void delivery_stop(struct delivery *d);
void delivery_free(struct delivery **d); /* stops it first; NULL is fine */
/* Look for campaigns to send now (after a commit in this process). */
void delivery_wake(struct delivery *d);
/* One line of key=value pairs for /readyz and logs. */
void delivery_describe(struct delivery *d, struct strbuf *out);
/* How much of the log is not applied, see applier.h. */
struct backlog delivery_backlog(struct delivery *d);
/* True while the relay cannot be reached: sending waits, nothing is lost. */
bool delivery_is_held_up(struct delivery *d);
/* Nothing can be noted of what is sent, so that nothing is: the disk is full.
 * true, and what was said is appended. */
bool delivery_is_full(struct delivery *d, struct strbuf *out);
/* What is so now of who sends. db: audience. */
int delivery_facts(const struct delivery *d, struct db *db,
		   struct campaign_sender_facts *out, struct err *err);
/* A mail by a relay that may not be in force, see delivery/relay_trial.h. One
 * at a time: else ERR_CONFLICT. Takes up to 20 s. */
int delivery_try_relay(struct delivery *d, const struct relay_trial_mail *mail,
		       struct arena *arena, struct relay_trial *out,
		       struct err *err);
/* The mail catcher; there whatever the relay is. */
struct outbox *delivery_outbox(struct delivery *d);

struct deferrals;
struct texts;
/* See recipient.h. */
int delivery_find_deferred(struct delivery *d, const char *campaign_hex,
			   const struct texts *hashes, struct arena *arena,
			   struct deferrals *out, struct err *err);

/* Whether messages of campaigns can be shown again, and one of them: see
 * sent_mail.h. Texts live in arena. */
int delivery_find_sent(struct delivery *d, struct sent_mail *mails, size_t n,
		       struct arena *arena, struct err *err);
int delivery_show_sent(struct delivery *d, const struct sent_mail *mail,
		       struct arena *arena, struct mailing_view *out,
		       struct err *err);

/* A campaign that is not here yet, as somebody would get it. */
int delivery_show_draft(struct delivery *d, const struct mailing_draft *draft,
			const struct mailing_person *person,
			struct arena *arena, struct mailing_view *out,
			struct err *err);

/* A reader sends a mail on, see public/forward.h. ERR_LIMIT; ERR_CONFLICT: no
 * mail may leave. */
int delivery_forward(struct delivery *d, const struct forward *forward,
		     struct err *err);

/* Opens, clicks, unsubscribes: what the endpoints of api/track do. */
struct track *delivery_track(struct delivery *d);

/* A message that came back, see returned/returned.h. */
struct returned;
struct str;
int delivery_take_returned(struct delivery *d, const struct str *source,
			   int64_t now_ms, struct arena *arena,
			   struct returned *out, struct err *err);

/*
 * Queues a test of a campaign, see test_mail.h. ERR_CONFLICT: no mail may leave
 * (campaign_cannot_leave). ERR_INVALID on `to`: mails leave, and one of the
 * addresses is barred.
 */
struct test_mail_order;
int delivery_send_test(struct delivery *d, int64_t campaign_id,
		       const struct test_mail_order *test, struct err *err);

#endif
