/*
 * delivery/apply/standstill.h - how long nobody sent
 *
 * Whoever sends says so every ten seconds, with its lease. If nobody did for a
 * minute, all servers were down (or a clock was set): batches whose time came
 * meanwhile would go at once, one on the heels of the other. They keep their
 * distance from now on, as after a pause. Called in the transaction that takes
 * the lease of a sender: before, nothing is claimed.
 */
#ifndef DELIVERY_APPLY_STANDSTILL_H
#define DELIVERY_APPLY_STANDSTILL_H

#include <stdint.h>

struct err;
struct tx;

#define STANDSTILL_MS 60000

int standstill_end(struct tx *tx, int64_t now_ms, struct err *err);

#endif
