/*
 * delivery/send/permit.h - may this process send?
 *
 * While it holds the lease of its claims, and until it stops. All rooms of the
 * sender look at one permit; sender.c alone changes it.
 */
#ifndef DELIVERY_PERMIT_H
#define DELIVERY_PERMIT_H

#include "base/clock.h"

#include <stdatomic.h>
#include <stdbool.h>

struct permit {
	atomic_bool is_stopping;
	atomic_llong leased_until_us; /* monotonic; 0: not yet */
};

static inline bool permit_is_stopping(const struct permit *p)
{
	return atomic_load(&p->is_stopping);
}

static inline bool permit_has_lease(const struct permit *p)
{
	return atomic_load(&p->leased_until_us) > clock_monotonic_us();
}

static inline bool permit_holds(const struct permit *p)
{
	return !permit_is_stopping(p) && permit_has_lease(p);
}

#endif
