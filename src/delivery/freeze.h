/*
 * delivery/freeze.h - resolves whom a campaign goes to, once, when it starts
 *
 * The members of its segment (or all subscribed ones of its list) enter the
 * ledger in the order of their ids, chunk by chunk, each in a transaction with
 * the cursor: whoever is killed goes on where he was. Members of the segment
 * that may not be mailed enter as left out, with the reason (rule 12). The
 * distinct links are fixed before. Who may be mailed has a place among all
 * such, which says what they get and when, if that differs (spread.h). Whoever
 * has entered may get the mail while others still enter, where it does not.
 */
#ifndef DELIVERY_FREEZE_H
#define DELIVERY_FREEZE_H

#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

struct campaign;
struct db;
struct err;
struct tx;

/*
 * Whom campaigns go to that are just being frozen, as it was when each began:
 * who edits a segment meanwhile changes nobody's mail. Of the keeper's thread;
 * a process that takes over, or was killed, looks anew at those who are not in,
 * of those who were there when the first one began.
 */
struct freezing;
struct freezings VEC_FIELDS(struct freezing *);
void freezings_release(struct freezings *all);
/* It is over, or canceled. */
void freezings_drop(struct freezings *all, int64_t campaign_id);

/*
 * Owner of the lease `delivery`; NULL: not checked (tests). Works for a second
 * or two. Returns 1 when the ledger is complete, 2 if there is more to do: read
 * the campaign again and call again; 0 if the lease was lost; -1:
 * ERR_NOT_FOUND, ERR_INVALID: its segment is gone, or what that asks for.
 */
int freeze_campaign(struct db *db, const struct campaign *campaign,
		    const char *owner, struct freezings *all, int64_t now_ms,
		    struct err *err);

/* May those who are in be mailed, although others may follow? */
bool freeze_lets_send(const struct campaign *campaign);
/* Nobody enters any more: who is in is all there are. */
int freeze_end(struct tx *tx, int64_t campaign_id, struct err *err);

/* The distinct links of its HTML alone, which that does at its beginning. Doing
 * it twice is nothing. */
int freeze_links(struct tx *tx, const struct campaign *campaign,
		 struct err *err);

#endif
