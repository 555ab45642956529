/*
 * delivery/lease.h - who does what in delivery, and until when
 *
 * An owner is one start of one instance: "<instance>/<random>". A lease is
 * renewed every 10 s with another until_ms. It ends when it is given up (0), or
 * when who looks on has not seen it change for 30 s (base/still.h): until_ms is
 * never compared with a clock. Leases of earlier starts of the same instance
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

/*
 * until_ms of whoever else holds the lease; 0: it was given up, or nobody does,
 * or it is ours. Give it to lease_take as dead_ms once it has stood still for
 * too long. Returns 0, or -1.
 */
int lease_look(struct db *db, const char *name, const char *owner,
	       int64_t *until_ms, struct err *err);
/*
 * Take or renew it, until until_ms (wall clock; others only see that it
 * differs). dead_ms: until_ms of the other owner who is known to be dead, whose
 * lease may be taken; 0: nobody is. Returns 1: it is ours; 0: another holds it;
 * or -1.
 */
int lease_take(struct tx *tx, const char *name, const char *owner,
	       int64_t until_ms, int64_t dead_ms, struct err *err);
/* 1: still ours, and nobody can take it before tx ends; 0: lost, do nothing;
 * -1. */
int lease_check(struct tx *tx, const char *name, const char *owner,
		struct err *err);
/* A transaction that is checked so; *out is the caller's to release, whatever
 * is returned. */
int lease_begin(struct db *db, const char *name, const char *owner,
		struct tx *out, struct err *err);
/* Gives it up, if it is the owner's. Returns 0 or more, or -1. */
int lease_drop(struct tx *tx, const char *name, const char *owner,
	       struct err *err);
/*
 * The life (db_life) in which what the owner writes may be unsynced; NULL: all
 * is synced; "": some of it was lost.
 */
int lease_set_life(struct tx *tx, const char *name, const char *owner,
		   const char *life, struct err *err);
/* May some of what its owner wrote be lost? 1, 0, -1. */
int lease_is_torn(struct db *db, const char *name, struct err *err);
/* At start: ends all leases of earlier starts of this instance. ERR_INVALID:
 * its name is not ASCII. Returns 0 or more, or -1. */
int lease_expire_own(struct tx *tx, const char *instance, const char *owner,
		     struct err *err);
/*
 * Appends owners (texts in arena) of senders whose lease has ended. others:
 * what was seen of them so far, brought up to now_us (monotonic); NULL: only
 * those that gave up. Returns 0, or -1.
 */
struct still;
int lease_list_dead(struct db *db, struct still *others, int64_t now_us,
		    struct arena *arena, struct texts *out, struct err *err);

#endif
