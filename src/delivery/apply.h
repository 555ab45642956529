/*
 * delivery/apply.h - one batch of events, applied in memory and then written
 *
 * Private to the applier: what it holds of the recipients that a batch
 * concerns. apply_batch() reads them, plays the events on them in order, and
 * writes what changed, each row once.
 */
#ifndef DELIVERY_APPLY_H
#define DELIVERY_APPLY_H

#include "delivery/applier.h"
#include "delivery/event.h"

#include <stddef.h>

struct arena;
struct tx;

struct apply {
	const struct applier_options *options;
	struct verdict_bursts *bursts;
	struct arena *arena; /* of the batch */
	int64_t now_ms;
};

int apply_batch(struct apply *a, struct tx *tx, const struct event *events,
		size_t n, struct err *err);

#endif
