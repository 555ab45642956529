/*
 * delivery/apply/under_way.h - campaigns that are being sent, canceled or
 * finished, until they are
 *
 * Of whoever holds the lease `delivery`; each step looks whether it still does.
 */
#ifndef DELIVERY_UNDER_WAY_H
#define DELIVERY_UNDER_WAY_H

#include <stdint.h>

struct db;
struct err;
struct keeper_setup;

/* A step of each; one that fails does not hold up the others. 1: more to do at
 * once, 0, -1. */
int under_way_step(const struct keeper_setup *k, struct db *db, int64_t now_ms,
		   struct err *err);

#endif
