/*
 * delivery/send/mailings.h - the campaigns that are worked on, ready to be
 * rendered
 *
 * Of the claiming thread; each is held once, and by every shipment of it. A
 * campaign that is a test has one for each of its variants.
 */
#ifndef DELIVERY_MAILINGS_H
#define DELIVERY_MAILINGS_H

#include "base/vec.h"
#include "delivery/mailing.h"

struct db;
struct err;

struct mailings VEC_FIELDS(struct mailing *);

void mailings_release(struct mailings *all);
/* variant: of a test; else 0. */
struct mailing *mailings_find(const struct mailings *all, int64_t campaign_id,
			      int variant);
/* Any of a campaign, which says how many variants it has. */
struct mailing *mailings_find_any(const struct mailings *all,
				  int64_t campaign_id);
/* What is rendered and not handed over goes back, of all of them. */
void mailings_call_back(struct mailings *all);
/* Those that were called back: what they go on with is made anew. */
void mailings_drop_called_back(struct mailings *all);
/* Only these are worked on any more. The others: paused or canceled, what was
 * claimed comes back; done, the last of it still goes out. */
int mailings_keep(struct mailings *all, struct db *db,
		  const struct ids *working, struct err *err);

#endif
