/*
 * delivery/lease.h - who does what in delivery, and until when
 *
 * An owner is one start of one instance: "<instance>/<random>". Leases end 30 s
 * after they were last renewed; those of earlier starts of the same instance
 * end at the next start.
 *
 * `delivery` is held by the one process that applies the log, freezes and
 * finishes campaigns. Each sender holds `sender/<owner>`; when that ends, the
 * holder of `delivery` frees what the sender had claimed.
 */
#ifndef DELIVERY_LEASE_H
#define DELIVERY_LEASE_H

#include "base/vec.h"

struct arena;
struct db;
struct err;
struct tx;

#define LEASE_MS 30000
#define LEASE_RENEW_MS 10000
#define LEASE_DELIVERY "delivery"

/* 1: it is ours until until_ms; 0: another holds it. */
int lease_take(struct tx *tx, const char *name, const char *owner,
	       int64_t until_ms, int64_t now_ms, struct err *err);
/* 1: still ours, to the end of tx; 0: lost, do nothing. */
int lease_check(struct tx *tx, const char *name, const char *owner,
		struct err *err);
int lease_drop(struct tx *tx, const char *name, const char *owner,
	       struct err *err);
/* At start: ends all leases of earlier starts of this instance. */
int lease_expire_own(struct tx *tx, const char *instance, const char *owner,
		     struct err *err);
/* Appends owners of senders whose lease has ended. */
int lease_list_dead(struct db *db, int64_t now_ms, struct arena *arena,
		    struct texts *out, struct err *err);

#endif
