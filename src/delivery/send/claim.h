/*
 * delivery/send/claim.h - takes recipients out of the ledger to send to them
 *
 * A claim is one transaction: pick queued or due rows that nobody else has,
 * check consent and suppression of each (rule 7), mark them with the sender's
 * lease. Who may not be mailed any more is left out with the reason, and so is
 * whose address the campaign went to when it was another member's; of who
 * was claimed it is asked again when the mail leaves (handover.h).
 */
#ifndef DELIVERY_CLAIM_H
#define DELIVERY_CLAIM_H

#include "base/vec.h"

#include <stdint.h>

struct arena;
struct db;
struct err;
struct event_writer;
struct ids;

/* One recipient, with all that rendering needs; texts live in the arena. */
struct claimed {
	int64_t member_id;
	int64_t attempts, first_ms; /* before this try; 0: the first */
	bool is_uncertain;          /* may have got it: no answer is known */
	const char *address, *unique_id, *merge;
	int64_t optin_ms;
	const char *language;
	const char *interests; /* see claim_read_interests; else NULL */
	int variant;           /* 0: the campaign has none */
};
struct claims VEC_FIELDS(struct claimed);

/*
 * Appends up to limit recipients, those to try again first. Returns how many
 * rows were taken out of the queue, claimed or left out; 0: nobody is due; -1:
 * nothing was claimed, and *out is as it was. Appended to *unknown is who may
 * not be mailed any more and is uncertain: claimed, and for claim_end_unknown.
 * db: audience.
 */
int64_t claim_next(struct db *db, int64_t campaign_id, const char *owner,
		   int64_t limit, int64_t now_ms, struct arena *arena,
		   struct claims *out, struct ids *unknown, struct err *err);

/* What all of them have chosen, by one query. */
int claim_read_interests(struct db *db, struct claims *claims,
			 struct arena *arena, struct err *err);

/* What is said of such in the ledger. */
#define CLAIM_UNKNOWN "handed over, the answer is not known"
/* An event ends each, so that they are counted as sent to: whether they got it
 * is not known, and nobody asks again. */
int claim_end_unknown(struct event_writer *writer, int64_t campaign_id,
		      const struct ids *members, int64_t now_ms,
		      struct err *err);

/* What was claimed, and is not to be mailed after all. */
int claim_leave_out(struct db *db, int64_t campaign_id,
		    const struct ids *members, const char *reason,
		    int64_t now_ms, struct err *err);

/* Give back what the owner claimed and did not hand over: queued, or deferred,
 * as before. Those that are somebody else's by now are left alone. */
int claim_release(struct db *db, int64_t campaign_id, const struct ids *members,
		  const char *owner, struct err *err);

#endif
