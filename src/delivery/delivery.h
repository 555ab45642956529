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

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;
struct option;
struct outbox;
struct store;
struct strbuf;

struct delivery_options {
	const char *relay;     /* outbox:, smtp://..., smtps://... */
	int64_t connections;   /* at most, to the relay */
	int64_t rate;          /* messages a second; 0: no limit */
	int64_t uncertain_max; /* handed without an outcome, at most */
	const char *uncertain; /* retry | leave */
	int64_t render_threads;
	int64_t retry_first_ms;    /* wait before the first retry */
	int64_t expire_ms;         /* give up after */
	const char *dkim_key_file; /* PEM; "": not signed here */
	const char *dkim_domain;
	const char *dkim_selector;
	int64_t early_s; /* hits so soon after acceptance: machine */
	int64_t burst;   /* that many of a domain at once: machine */
};
#define DELIVERY_OPTIONS_DEFAULT                                         \
	{                                                                \
		.relay = "outbox:", .connections = 10, .rate = 0,        \
		.uncertain_max = 32, .uncertain = "retry",               \
		.render_threads = 2, .retry_first_ms = 15000,            \
		.expire_ms = INT64_C(72) * 3600000, .dkim_key_file = "", \
		.dkim_domain = "", .dkim_selector = "", .early_s = 10,   \
		.burst = 50                                              \
	}
extern const struct option delivery_option_table[];
extern const size_t delivery_option_count;

/* What delivery needs to know of the rest; all texts outlive it. */
struct delivery_setup {
	struct store *store;
	const struct delivery_options *options;
	const char *instance;   /* names this machine's process; lasting */
	const char *data;       /* folder; the outbox lies in it */
	const char *public_url; /* without final slash */
	const char *organisation;
	const char *postal_address;
	bool send, track; /* roles of this process */
};

struct delivery;

int delivery_start(const struct delivery_setup *setup, struct delivery **out,
		   struct err *err);
void delivery_stop(struct delivery *d);
void delivery_free(struct delivery **d);
/* Look for campaigns to send now (after a commit in this process). */
void delivery_wake(struct delivery *d);
/* One line of key=value pairs for /readyz and logs. */
void delivery_describe(struct delivery *d, struct strbuf *out);
/* True while the relay cannot be reached: sending waits, nothing is lost. */
bool delivery_is_held_up(const struct delivery *d);
/* The mail catcher; there whatever the relay is. */
struct outbox *delivery_outbox(struct delivery *d);

/* --- tracking: what the endpoints of api/track do --- */

enum hit_result {
	HIT_STORED,  /* durable */
	HIT_FOREIGN, /* not a token of ours */
	HIT_FAILED,  /* could not be stored; err says why */
};

struct hit {
	const char *token;
	const char *ip, *agent;
	bool head;
	int64_t now_ms;
};

enum hit_result delivery_hit_open(struct delivery *d, const struct hit *hit,
				  struct err *err);
/* HIT_STORED: *target_out (in arena) is where the link leads. */
enum hit_result delivery_hit_click(struct delivery *d, const struct hit *hit,
				   struct arena *arena, const char **target_out,
				   struct err *err);

/* Whom an unsubscribe or archive link is about. */
struct track_subject {
	int64_t campaign_id, member_id;
	const char *address; /* "" if the member is gone */
	const char *list_name;
	const char *organisation;
	bool is_subscribed;
};
/* 1, 0: not a token of ours, -1. Changes nothing. */
int delivery_track_subject(struct delivery *d, const char *token,
			   struct arena *arena, struct track_subject *out,
			   struct err *err);
/* Stores the unsubscribe durably; it is applied within milliseconds. */
enum hit_result delivery_unsubscribe(struct delivery *d, const struct hit *hit,
				     struct err *err);
/* The message as this recipient got it, HTML. 1, 0 not ours or gone, -1. */
int delivery_archive(struct delivery *d, const char *token,
		     struct strbuf *html_out, struct err *err);

#endif
