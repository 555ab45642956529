/*
 * delivery/apply/apply.h - one batch of events, applied in memory and then
 * written
 *
 * Private to the applier: what it holds of the recipients that a batch
 * concerns. apply_batch() reads them, plays the events on them in order, and
 * writes what changed, each row once.
 */
#ifndef DELIVERY_APPLY_H
#define DELIVERY_APPLY_H

#include "delivery/apply/applier.h"
#include "delivery/event.h"

#include <stddef.h>

struct apply_memory;
struct arena;
struct batch_state;
struct tx;

struct apply {
	const struct applier_options *options;
	struct apply_memory *memory;
	struct arena *arena;  /* of the batch */
	int64_t from;         /* id of the last event before the batch */
	int64_t urgent_until; /* those up to here have moved their members */
	int64_t now_ms;
};

/*
 * events are in the order of their ids. *out is for apply_remember, once the
 * transaction is committed; without that the memory is behind, and the next
 * batch reads it anew. -1: roll the transaction back.
 */
int apply_batch(struct apply *a, struct tx *tx, const struct event *events,
		size_t n, struct batch_state **out, struct err *err);
/* until: id of the batch's last event. */
void apply_remember(struct batch_state *s, int64_t until);
void apply_end(struct batch_state **s); /* accepts NULL */

#endif
