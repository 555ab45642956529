/*
 * delivery/send/hold.h - what a sender knows of each campaign's luck with the
 * relay
 *
 * A campaign that the relay refuses for our fault is held: its messages go
 * back to the ledger, and one is tried now and then, ever more rarely, until
 * one is accepted. Nobody is given up for that. A campaign that bounces too
 * much, or is refused again and again in the same words, pauses itself, until
 * a user resumes it all the same.
 *
 * Answers come in on the relay's thread (holds_note, which decides); what was
 * decided is written by the claiming thread (holds_store). Times are of the
 * monotonic clock, but for those that are stored.
 */
#ifndef DELIVERY_HOLD_H
#define DELIVERY_HOLD_H

#include "delivery/trouble.h"

#include <stddef.h>

struct db;
struct err;
struct holds;
struct ids;

#define HOLD_WINDOW 100 /* outcomes that are looked at */
#define HOLD_LEAST 50   /* outcomes before it pauses itself */
#define HOLD_SAME 20    /* refusals in a row, in the same words */

/* hard_percent: it pauses itself if more than so many of the last outcomes are
 * hard bounces. */
struct holds *holds_new(int64_t hard_percent);
void holds_free(struct holds **holds);

/* The campaign is taken up: what was stored of it, by whatever process. Nothing
 * is changed if it fails. db: audience. */
int holds_load(struct holds *h, struct db *db, int64_t campaign_id,
	       int64_t now_ms, struct err *err);

/*
 * The relay answered. is_late: messages of the campaign were called back
 * already, so a refusal for our fault says nothing new. true: call them back.
 */
bool holds_note(struct holds *h, int64_t campaign_id, enum trouble trouble,
		const char *detail, bool is_late, int64_t now_ms);

/* Another relay is in force: what the last one refused says nothing any more.
 * Campaigns that have paused themselves wait for a user all the same. */
void holds_restart(struct holds *h);

/* How many may be claimed now: 0, 1 (to try) or most. */
int64_t holds_room(struct holds *h, int64_t campaign_id, int64_t most,
		   int64_t now_ms);
/* The one to try could not be claimed after all: try another at once. */
void holds_try_another(struct holds *h, int64_t campaign_id, int64_t now_ms);

/* Forgets all campaigns but these. */
void holds_keep(struct holds *h, const struct ids *working);

/* Writes what changed. wall_ms: the time that is stored. If it fails, all of it
 * is due at the next call. */
int holds_store(struct holds *h, struct db *db, int64_t wall_ms,
		struct err *err);

#endif
