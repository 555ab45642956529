/*
 * bridge/campaign/push_ledger.h - the ledger of a campaign to a group, from the
 * push of the group
 *
 * A row for everybody who was pushed, as their row of the push ended: who is in
 * the tag waits for the campaign, all others are left out with the reason. That
 * of what the audience has is in target/ledger.h. On the thread of the job.
 */
#ifndef BRIDGE_CAMPAIGN_PUSH_LEDGER_H
#define BRIDGE_CAMPAIGN_PUSH_LEDGER_H

#include <stdint.h>

struct err;
struct tx;
struct work;

/* Commits by itself, some rows at a time. Doing it twice is nothing. */
int push_ledger_make(struct work *w, int64_t campaign_id, int64_t push_id,
		     struct err *err);
/* What a try that came to nothing left, of either kind: nothing was sent yet.
 */
int push_ledger_clear(struct tx *tx, int64_t campaign_id, struct err *err);

#endif
