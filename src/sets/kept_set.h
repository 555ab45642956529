/*
 * sets/kept_set.h - the set of those whom one plain condition fits, as it is
 * kept
 *
 * It is true of one moment, never changed once others may see it, and freed by
 * the last who lets it go.
 *
 * Times: a set holds all whose time is after a certain hour, and beside it
 * those of that hour with their times, so that "within 7 days" has one set for
 * an hour and not one for each moment that it is asked.
 */
#ifndef SETS_KEPT_SET_H
#define SETS_KEPT_SET_H

#include "base/vec.h"
#include "sets/change_log.h"
#include "sets/id_set.h"

#include <stdatomic.h>

struct kept_edge {
	int64_t ms, id;
};

struct kept_set {
	char *name; /* of the condition */
	struct id_set set;
	struct kept_edges VEC_FIELDS(struct kept_edge) edges; /* of times */
	struct moment at; /* of a kept one: under the cache's lock */
	int64_t used;     /* of a kept one: when, of its cache */
	atomic_int refs;
};

/* Empty, with one reference. */
struct kept_set *kept_set_new(const char *name);
/* One's own, to be changed. */
struct kept_set *kept_set_copy(struct kept_set *set);
struct kept_set *kept_set_hold(struct kept_set *set);
void kept_set_release(struct kept_set **set); /* NULL is fine */
size_t kept_set_bytes(const struct kept_set *set);

/* Times: the hour that one belongs to. */
int64_t kept_set_hour(int64_t ms);
void kept_set_add_edge(struct kept_set *set, int64_t ms, int64_t id);
/* All whose time is from_ms, of the set's hour, or later. */
void kept_set_since(struct kept_set *set, int64_t from_ms, struct id_set *out);

#endif
