/*
 * campaign/report.h - what became of a campaign: figures, and who is behind
 * them
 *
 * Figures are those that are kept (report_kept.h), people are read from the
 * ledger (recipient) and from what was applied to it (activity).
 * Callers that read more than once begin a transaction with tx_begin_snapshot,
 * so that all figures belong together. Hits of machines have a verdict and are
 * counted apart; "opened" and "clicked" alone mean people.
 */
#ifndef CAMPAIGN_REPORT_H
#define CAMPAIGN_REPORT_H

#include "base/str.h"
#include "base/vec.h"

struct arena;
struct campaign;
struct db;
struct err;

/* Texts live in arena, times are UTC ms (0: never). */

struct report_figures {
	int64_t sent; /* accepted, refused and expired */
	int64_t canceled;
	int64_t hard_bounces, soft_bounces;
	int64_t unsubscribed, complained;
	int64_t opens, unique_opens; /* people and machines */
	int64_t people_opens, unique_people_opens;
	int64_t last_open_ms;  /* of people; 0: none */
	int64_t clicks;        /* of people, as all below */
	int64_t unique_clicks; /* pairs of person and link */
	int64_t unique_clickers;
	int64_t last_click_ms;
};
int report_figures(struct db *db, const struct campaign *campaign,
		   struct report_figures *out, struct err *err);

/* How many mails its readers had sent on to friends. */
int report_forwards(struct db *db, int64_t campaign_id, int64_t *out,
		    struct err *err);

/* Parts of the delivered (0 to 1): sent less bounces. */
double report_open_rate(const struct report_figures *figures);
double report_people_open_rate(const struct report_figures *figures);
double report_click_rate(const struct report_figures *figures);

/* The first day, by the hour of the send. */
#define REPORT_HOURS 24
struct report_hour {
	int64_t at_ms;
	int64_t sent, opened, clicked; /* opened, clicked: for the first time */
};
/* From the full hour before the send; zeros, if nothing was sent. */
int report_hours(struct db *db, const struct campaign *campaign,
		 struct report_hour out[REPORT_HOURS], struct err *err);

/* --- people --- */

/* A recipient. Texts are never NULL. */
struct report_row {
	int64_t member_id;
	const char *email_hash, *address;
	struct str merge; /* column of the member */
	bool vip;
	int status;     /* enum member_status; 0: not there any more */
	bool is_caught; /* by the outbox: nobody was mailed */
	int variant;    /* of a test; 0: it is none */
	int zone_hours; /* Timewarp: ahead of UTC */
	int64_t bounce; /* 0, 1 hard, 2 soft */
	int64_t opens, machine_opens, clicks, machine_clicks;
	int64_t last_open_ms, at_ms, unsubscribed_ms, complained_ms;
	const char *detail; /* what the relay said; "" if it was accepted.
			       Without a bounce: its answer is not known */
	const char *reason; /* for unsubscribing */
	/* of one link, in REPORT_CLICKED */
	int64_t link_clicks;
	bool is_machine; /* all of these were a machine's */
};
struct report_rows VEC_FIELDS(struct report_row);

enum report_kind {
	REPORT_SENT,    /* in the order in which they were sent */
	REPORT_ACTIVE,  /* whose activity was applied at or after since_ms, in
			   that order; 0: all of REPORT_SENT */
	REPORT_OPENED,  /* people or machines; since_ms: time of an open */
	REPORT_CLICKED, /* link_id, people or machines */
	REPORT_UNSUBSCRIBED,
	REPORT_COMPLAINED,
};
struct report_query {
	enum report_kind kind;
	int64_t since_ms; /* 0: not asked */
	int64_t link_id;
	/* Of who opened: the fewest (1) or the most (-1) opens first, with
	 * those of machines; 0: not asked. */
	int by_opens;
	int64_t count, offset;
};
/* Appends to *out; *total_out is how many there are without paging. */
int report_list(struct db *db, const struct campaign *campaign,
		const struct report_query *query, struct arena *arena,
		struct report_rows *out, int64_t *total_out, struct err *err);

/* One recipient; link_id 0: no link is asked for. 1, 0 (*out untouched), -1. */
int report_find(struct db *db, int64_t campaign_id, int64_t member_id,
		int64_t link_id, struct arena *arena, struct report_row *out,
		struct err *err);

/* --- events --- */

enum activity_kind {
	ACTIVITY_OPEN = 1,
	ACTIVITY_CLICK = 2,
	ACTIVITY_BOUNCE = 3,
	/* 4, 5, 7: as actions of members are called; never in the table */
	ACTIVITY_TAKEN_BACK = 6, /* subscribed again by a link of its own */
};
struct report_event {
	int64_t member_id;
	enum activity_kind kind;
	int64_t at_ms;
	bool is_machine;
	const char *ip, *url; /* "" if none */
};
struct report_events VEC_FIELDS(struct report_event);

/* Of these recipients, by member and time; bounces are in it too. Appends. */
int report_events_list(struct db *db, int64_t campaign_id,
		       const struct report_rows *rows, struct arena *arena,
		       struct report_events *out, struct err *err);

/* --- links and domains --- */

struct report_link {
	int64_t id;
	const char *hex, *url;
	int64_t clicks, unique_clicks, last_click_ms; /* of people */
};
struct report_links VEC_FIELDS(struct report_link);
/* In the author's order. Appends. */
int report_links_list(struct db *db, int64_t campaign_id, struct arena *arena,
		      struct report_links *out, struct err *err);

struct report_domain {
	const char *name;
	int64_t sent, bounced, opened, clicked, unsubscribed;
};
#define REPORT_DOMAINS 5
/* The largest ones; returns how many, or -1. */
int report_domains(struct db *db, int64_t campaign_id, struct arena *arena,
		   struct report_domain out[REPORT_DOMAINS], struct err *err);

#endif
