/*
 * campaign/report_kept.h - the figures of a report that are kept, not counted
 *
 * A million rows of the ledger are not summed up for whoever looks at a report:
 * each figure is a row (campaign, kind, part), changed by whoever changes the
 * ledger, in the same transaction. That is the applier of the log, in batches,
 * and the housekeeping that cancels; both hold the lease of delivery, so that
 * one process writes them, and no row of them is waited for.
 *
 * What is not there is 0. report_kept_renew() counts them anew from the ledger:
 * for ledgers that were written otherwise, and to check.
 */
#ifndef CAMPAIGN_REPORT_KEPT_H
#define CAMPAIGN_REPORT_KEPT_H

#include <stdint.h>

struct db;
struct err;
struct tally;
struct tx;

/* Stored: append only. "Opens", "clicks" mean people. */
enum report_kept {
	KEPT_HARD = 1, /* bounces */
	KEPT_SOFT = 2,
	KEPT_UNSUBSCRIBED = 3,
	KEPT_COMPLAINED = 4,
	KEPT_CANCELED = 5,
	KEPT_OPENS = 6,
	KEPT_MACHINE_OPENS = 7,
	KEPT_OPENERS = 8,
	KEPT_CLICKS = 9,
	KEPT_CLICKERS = 10,
	KEPT_LAST_OPEN = 11, /* times */
	KEPT_LAST_CLICK = 12,
	/* part: member_block() */
	KEPT_OPENED = 20, /* people and machines */
	/* part: hours since 1970 */
	KEPT_HOUR_SENT = 30,
	KEPT_HOUR_OPENED = 31, /* for the first time */
	KEPT_HOUR_CLICKED = 32,
	/* part: a link */
	KEPT_LINK_CLICKS = 40,
	KEPT_LINK_PEOPLE = 41,
	KEPT_LINK_ANY = 42,  /* people and machines */
	KEPT_LINK_LAST = 43, /* a time */
};

/* Adds to the figures of campaigns. */
int report_kept_write(struct tally *t, struct tx *tx, struct err *err);
/* The times of a campaign, which do not sum up: counted anew. */
int report_kept_renew_last(struct tx *tx, int64_t campaign_id, struct err *err);
/* All of a campaign. */
int report_kept_renew(struct tx *tx, int64_t campaign_id, struct err *err);
/* The campaign goes. */
int report_kept_remove(struct tx *tx, int64_t campaign_id, struct err *err);

/* Kinds from `first` to `last`, into *out with the campaign as their owner. */
int report_kept_read(struct db *db, int64_t campaign_id, enum report_kept first,
		     enum report_kept last, struct tally *out, struct err *err);
/* 0: not there. */
int64_t report_kept_of(const struct tally *t, enum report_kept kind,
		       int64_t part);
int64_t report_kept_sum(const struct tally *t, enum report_kept kind);

#endif
