/*
 * bridge/pull_private.h - what the files of the pull share: one look at a
 * campaign
 *
 * pull.c leads; pull_sent.c reads who got it, pull_activity.c what they did,
 * pull_leavers.c who left, pull_erased.c finds who was erased. All of it
 * belongs to the thread of the job, as in bridge_private.h.
 */
#ifndef BRIDGE_PULL_PRIVATE_H
#define BRIDGE_PULL_PRIVATE_H

#include "bridge/bridge_private.h"
#include "crm/campaign/ab_result.h"
#include "crm/campaign/send_job.h"
#include "crm/campaign_record.h"

/* crm.campaign.pull_state */
struct cursor {
	int64_t sent;         /* items of sent-to that were read */
	int64_t since_ms;     /* activity applied after this is not read yet */
	int64_t unsubscribed; /* as many had left, and so many of them */
	int64_t complained;   /* had complained, when it was last read who */
	int64_t leavers;      /* items of the list of them that were read */
	int64_t idle;         /* looks in a row that found nothing */
	bool settled;         /* the ledger was settled after the send */
};

/* What the audience tells of the campaign as a whole. */
struct summary {
	const char *status;
	bool has_report; /* there is none before it begins to send */
	int64_t unsubscribed, complained; /* how many */
};

/* One look at a campaign. */
struct pull {
	struct work *w;
	struct crm_campaign c;
	struct send_job job; /* that is to send it, before the look */
	bool has_job;
	struct cursor at;
	bool changed;                          /* this look found something */
	const char *hold_reason, *hold_detail; /* NULL: it goes on */
	int64_t hold_ms;
	struct ab_result ab; /* of an A/B test: who won, by the campaign */
	struct arena *arena;
};

/* How far the look is, with what was read until there. */
int cursor_store(struct pull *p, struct tx *tx, struct err *err);

/* Others have sent it: crm/campaign/found.h. */
bool is_found(const struct pull *p);

/* /reports/<campaign><rest>, in the arena of the look; rest has a query. */
const char *report_path(struct pull *p, const char *rest);

struct figures_change;

/* The rows of a page's addresses are about to change: figures_end must follow.
 * The text of what is in *out lives in hashes. */
int begin_figures(struct pull *p, struct tx *tx, const json_t *page,
		  struct strbuf *hashes, struct figures_change *out,
		  struct err *err);

/* --- pull_ab.c: A/B tests --- */

/* What fields of a campaign there are to be read for it; "" without a test. */
const char *ab_fields(const struct pull *p);
/* Its combinations and its winner, of the campaign as it was read. */
void ab_read_campaign(struct pull *p, const json_t *campaign);
/* `sent` is only the sample, as long as an audience may still find a winner. */
bool ab_is_undecided(const struct pull *p);
/* Which variant each of a page of sent-to got, where that is told. Between
 * figures_begin and figures_end. */
int ab_store_variants(struct pull *p, struct tx *tx, const json_t *page,
		      struct err *err);
/* Reads what came of each variant, and keeps it. */
int pull_ab(struct pull *p, struct err *err);

/* Reads who was sent it since the last look, and what the relay said. */
int pull_sent(struct pull *p, struct err *err);

/* Reads what they did since the last look. */
int pull_activity(struct pull *p, struct err *err);

/* *named: a copy of the page of sent-to, where items of people who were erased
 * have the hash of a row of theirs. It stays NULL if there are none. */
int name_erased(struct pull *p, struct tx *tx, const json_t *page,
		json_t **named, struct err *err);

/* Reads who left, or complained, since the last look. */
int pull_leavers(struct pull *p, const struct summary *now, bool is_last,
		 struct err *err);

#endif
