/*
 * delivery/recipient.h - the ledger: one row a recipient of a campaign
 *
 * Made when the send starts (freeze), then frozen: rows never come or go,
 * they only change state, by the table of allowed transitions below.
 *
 *     queued -> claimed -> handed -> accepted | refused | expired
 *                                 -> deferred -> claimed ...
 *
 * Queued ones of unknown outcome expire also when the campaign is finished or
 * canceled before everybody got it, or they may not be mailed any more;
 * deferred ones when it is finished.
 *
 * recipients = sent + waiting + left out, always; sent is accepted + refused
 * + expired. A sender claims queued and due deferred rows (a lease in the name
 * of its process, see lease.h) and checks consent and suppression in the same
 * transaction, and again before the mail leaves. From then on only the applier
 * moves them, by events.
 */
#ifndef DELIVERY_RECIPIENT_H
#define DELIVERY_RECIPIENT_H

#include "base/vec.h"
#include "store/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Stored in the database: append only, never renumber. */
enum recipient_state {
	RECIPIENT_QUEUED = 1,
	RECIPIENT_CLAIMED = 2,
	RECIPIENT_HANDED = 3,
	RECIPIENT_ACCEPTED = 4,
	RECIPIENT_DEFERRED = 5,
	RECIPIENT_REFUSED = 6,
	RECIPIENT_EXPIRED = 7,
	RECIPIENT_CANCELED = 8,
	RECIPIENT_LEFT_OUT = 9,
};

/* recipient.bounce */
enum bounce_kind { BOUNCE_NONE = 0, BOUNCE_HARD = 1, BOUNCE_SOFT = 2 };

/* Whether the ledger may go from one state to the other. */
bool recipient_may_move(enum recipient_state from, enum recipient_state to);

/*
 * Whose message is tried again later, and why. The Marketing API does not tell
 * it, so the CRM asks here, of the people whom it shows. Of a campaign of
 * another account nothing is known.
 */
struct deferral {
	const char *hash;   /* of the address */
	const char *detail; /* what the relay said last */
	int64_t next_ms;    /* not before */
};
struct deferrals VEC_FIELDS(struct deferral);

/* Of those with these addresses, by hash. Texts live in arena. */
int deferrals_find(struct db *db, const char *campaign_hex,
		   const struct texts *hashes, struct arena *arena,
		   struct deferrals *out, struct err *err);
/* NULL: it is not among them. */
const struct deferral *deferral_of(const struct deferrals *all,
				   const char *hash);

#endif
