/*
 * delivery/apply/apply_private.h - what the files of apply.c share
 *
 * apply_read.c reads what a batch concerns, apply.c plays the events on it,
 * apply_verdict.c judges hits and counts them, apply_kept.c sums up what that
 * changes of a campaign's figures, apply_write.c writes what changed.
 */
#ifndef DELIVERY_APPLY_PRIVATE_H
#define DELIVERY_APPLY_PRIVATE_H

#include "audience/member.h"
#include "base/vec.h"
#include "delivery/apply/apply.h"
#include "delivery/apply/recent.h"
#include "delivery/recipient.h"
#include "delivery/verdict.h"
#include "store/tally.h"

struct events VEC_FIELDS(struct event);
struct hits VEC_FIELDS(struct verdict_hit);

/* What is kept from batch to batch: bursts, and the hits that the next ones
 * are judged with, known up to an event. */
struct apply_memory {
	struct verdict_bursts *bursts;
	struct recent *recent;
	int64_t until;
};

/* A recipient that the batch concerns, as it was and as it becomes. */
struct entry {
	int64_t campaign_id, member_id;
	bool is_there; /* has a row in the ledger */
	bool is_moved, is_active;
	enum recipient_state before, state;
	bool caught; /* by the outbox */
	int64_t bounce, uncertain, attempts, next_ms, first_ms, sent_seq;
	int64_t at_ms;
	int64_t opens, machine_opens, clicks, machine_clicks;
	int64_t first_open_ms, last_open_ms, first_click_ms, last_click_ms;
	int64_t unsubscribed_ms, complained_ms;
	const char *detail, *address;
	struct hits hits; /* those of before that matter, then the new ones */
	bool has_new_hits;
};

struct turned VEC_FIELDS(struct burst_hit);
struct departures VEC_FIELDS(struct member_departure);

/* A new hit of the batch, to be written. */
struct new_hit {
	const struct entry *entry;
	const struct verdict_hit *hit;
};
struct new_hits VEC_FIELDS(struct new_hit);

/* How many of a campaign count as sent; the place of the next in sent-to. */
struct seq {
	int64_t campaign_id, count;
	bool is_dirty;
};
struct seqs VEC_FIELDS(struct seq);

struct batch_state {
	struct apply *a;
	struct tx *tx;
	struct entry *entries; /* sorted by campaign, member */
	struct entry *was;     /* the same as they were read */
	size_t n;
	struct turned turned; /* earlier hits that are part of a burst */
	struct seqs seqs;
	struct departures departed, soft;
	struct new_hits news; /* in the order of their events */
	struct tally kept;    /* see campaign/report_kept.h */
	struct tally gone;    /* of the same: times that were taken back */
};

/* Of a pair of the batch: never NULL. */
struct entry *apply_entry(struct batch_state *s, int64_t campaign_id,
			  int64_t member_id);

/* What of the log follows an id, at most so many, so far as it is synced.
 * after, limit are the query's args. */
int apply_list(const struct applier_options *options, struct db *events,
	       const struct sql *sql, int64_t after, size_t most,
	       struct arena *arena, struct events *out, struct err *err);

/* In the order of at_ms, after those of the same time. */
void apply_insert_hit(struct hits *hits, const struct verdict_hit *hit);

/* Makes s->entries and fills them, with the hits that matter. */
int apply_read(struct batch_state *s, const struct event *events, size_t n,
	       struct err *err);
/* Judges the new hits of an entry, and counts them. */
void apply_verdict(struct batch_state *s, struct entry *e);
int apply_write(struct batch_state *s, struct err *err);

/* What the entries add to the figures of campaigns: before they are written. */
int apply_kept(struct batch_state *s, struct err *err);
/* What those of s->turned add, as they stand there now, times `by`. */
int apply_kept_turned(struct batch_state *s, int64_t by, struct err *err);
int apply_kept_write(struct batch_state *s, struct err *err);

#endif
