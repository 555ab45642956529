/*
 * audience/blocked/blocked_address.h - addresses that a user keeps from mail
 *
 * They are suppressions of all audiences (audience/suppression.h) with reason
 * "manual", which stop each mail when it is sent. Beside the keyed hash their
 * addresses are kept, so that users can look through what they entered; erasing
 * an address takes it away and leaves the hash. One that came back with the
 * suppression journal has its hash alone: it can be asked for, not listed.
 *
 * What a user entered, a user may lift. Complaints and erasures only who has
 * the address lifts, by signing up.
 */
#ifndef AUDIENCE_BLOCKED_BLOCKED_ADDRESS_H
#define AUDIENCE_BLOCKED_BLOCKED_ADDRESS_H

#include "base/vec.h"

#include <stdint.h>

struct arena;
struct db;
struct err;
struct tx;

struct blocked_address {
	const char *address; /* folded */
	const char *reason;  /* complaint, erasure, manual */
	const char *by;      /* the name of a user or key; "": not known */
	int64_t at_ms;
};
struct blocked_addresses VEC_FIELDS(struct blocked_address);

/* by: who does it. ERR_CONFLICT: it is blocked already. */
int blocked_add(struct tx *tx, const char *folded, const char *by,
		int64_t now_ms, struct err *err);
/* ERR_NOT_FOUND: it is not; ERR_CONFLICT: not by hand. */
int blocked_lift(struct tx *tx, const char *folded, struct err *err);

/* Strings live in arena: 1, 0 (it is not; *out is untouched), -1. */
int blocked_find(struct db *db, const char *folded, struct arena *arena,
		 struct blocked_address *out, struct err *err);
/* Those by hand, behind an address ("": from the first), at most count; and how
 * many there are in all. Appends. */
int blocked_list(struct db *db, const char *after, int64_t count,
		 struct arena *arena, struct blocked_addresses *out,
		 int64_t *total_out, struct err *err);

#endif
