/*
 * campaign/campaign_hold.h - why a campaign stands still though nobody
 * stopped it
 *
 * Beside the status, not one of its own:
 *
 *     sending   held: the relay refuses it for our fault, a feed that it
 *               shows cannot be read, or its segment was deleted before its
 *               ledger was made; it is tried again and goes on by itself
 *     paused    it paused itself, since too much bounced or was refused;
 *               resuming it overrides that for good
 *     save      its time came, and who scheduled it may not send any more,
 *               or it was not ready any more
 *
 * Every change of the status ends a hold. Written by the sender.
 */
#ifndef CAMPAIGN_CAMPAIGN_HOLD_H
#define CAMPAIGN_CAMPAIGN_HOLD_H

#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct db;
struct err;
struct tx;

#define CAMPAIGN_NO_RIGHT "no_right"
#define CAMPAIGN_NOT_READY "not_ready"
#define CAMPAIGN_FEED "feed"
#define CAMPAIGN_TARGET "target"

struct campaign_hold {
	const char *reason; /* NULL: it does not stand still; else one of
			       connection sender limit auth relay content size,
			       bounces refusals, no_right not_ready, feed,
			       target */
	const char *detail; /* what the relay said; no addresses */
	int64_t since_ms;
	bool is_overridden; /* a user knows, and wants it sent */
};

/* Also of a campaign that does not stand still (reason NULL). ERR_NOT_FOUND: no
 * such campaign. Strings live in arena. */
int campaign_hold_get(struct db *db, int64_t campaign_id, struct arena *arena,
		      struct campaign_hold *out, struct err *err);

/* Hold one that is sending. 1, 0: it is not, -1. */
int campaign_hold_put(struct tx *tx, int64_t campaign_id,
		      const struct campaign_hold *hold, struct err *err);
/* The same of one whose schedule was taken back. */
int campaign_hold_unsent(struct tx *tx, int64_t campaign_id,
			 const struct campaign_hold *hold, struct err *err);
/* It goes on. 1, 0: it was not held, -1. */
int campaign_hold_end(struct tx *tx, int64_t campaign_id, struct err *err);

/* It pauses itself. 1, 0: it is not sending, or a user overrode that; -1. */
int campaign_hold_pause(struct tx *tx, int64_t campaign_id,
			const struct campaign_hold *hold, struct err *err);
/* For campaign_resume: remembered if it had paused itself. 1, 0: it had not,
 * -1. */
int campaign_hold_override(struct tx *tx, int64_t campaign_id, struct err *err);

/* One line each of what stands still, for those who watch the server. Appends;
 * lines live in arena. */
int campaign_hold_list(struct db *db, struct arena *arena, struct texts *out,
		       struct err *err);

/* Whether the last outcomes were hard bounces, the newest first; at most n.
 * Returns how many there are. */
int campaign_last_bounces(struct db *db, int64_t campaign_id, bool *hard,
			  size_t n, struct err *err);

#endif
