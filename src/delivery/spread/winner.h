/*
 * delivery/spread/winner.h - the end of a test: which variant the others get
 *
 * The rest of a test is held in the ledger (spread.h) until campaign.winner is
 * set: by its criterion, when its wait is over, or by a person. The wait begins
 * when nobody of the sample is left to be handed over (who is deferred is not
 * waited for); campaign.winner_ms then says when it ends. A campaign that is
 * paused finds no winner until it goes on.
 *
 * Only one ever sets it: an update that finds none. Then the rest is released
 * page by page, by whoever holds the lease `delivery`, who sees from the ledger
 * what is left, and so goes on after a kill.
 */
#ifndef DELIVERY_WINNER_H
#define DELIVERY_WINNER_H

#include <stdint.h>

struct campaign;
struct db;
struct err;
struct tx;

enum winner_news {
	WINNER_NOTHING,
	WINNER_AWAITED,  /* the campaign must not end yet */
	WINNER_RELEASED, /* some may be claimed now */
	WINNER_MORE,     /* the same, and there is more to do at once */
};

/* A step of a campaign that is sending and frozen. owner: of the lease
 * `delivery`; NULL: not checked (tests). */
int winner_step(struct db *db, const struct campaign *campaign,
		const char *owner, int64_t now_ms, enum winner_news *out,
		struct err *err);

/* Tests that are sent, since nobody had to wait: their winner is only said. */
int winner_say(struct db *db, const char *owner, int64_t now_ms,
	       struct err *err);

/*
 * By a person: the combination with that id. ERR_NOT_FOUND: no campaign;
 * ERR_INVALID: no such combination; ERR_CONFLICT titled "Bad Request": it is no
 * test that is being sent, has a winner, or nobody waits for one.
 */
int winner_choose(struct tx *tx, const char *campaign_hex,
		  const char *combination_id, int64_t now_ms, struct err *err);

#endif
