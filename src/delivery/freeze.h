/*
 * delivery/freeze.h - resolves whom a campaign goes to, once, when it starts
 *
 * The members of its segment (or all subscribed ones of its list) enter the
 * ledger in the order of their ids, chunk by chunk, each in a transaction with
 * the cursor: whoever is killed goes on where he was. Members of the segment
 * that may not be mailed enter as left out, with the reason (rule 12). The
 * distinct links are fixed in the same way. Who may be mailed has a place among
 * all such, which says what they get and when, if that differs (spread.h).
 */
#ifndef DELIVERY_FREEZE_H
#define DELIVERY_FREEZE_H

#include <stdint.h>

struct campaign;
struct db;
struct err;
struct tx;

/*
 * Owner of the lease `delivery`; NULL: not checked (tests). Works for a second
 * or two. Returns 1 when the ledger is complete, 2 if there is more to do: read
 * the campaign again and call again; 0 if the lease was lost.
 */
int freeze_campaign(struct db *db, const struct campaign *campaign,
		    const char *owner, int64_t now_ms, struct err *err);

/* The distinct links of its HTML alone, which that does at its end. Doing it
 * twice is nothing. */
int freeze_links(struct tx *tx, const struct campaign *campaign,
		 struct err *err);

#endif
