/*
 * sets/set_cache.h - the sets that are kept, of a process and a schema
 *
 * Some 48 MiB of them, a few thousand at most; who was not used for longest
 * goes first, and one that is larger alone is not kept. Any thread: what is
 * borrowed stays as it is until it is released, also when it was replaced or
 * dropped meanwhile.
 *
 * Borrow first, begin a snapshot then: a set that is kept is never newer than
 * a snapshot that began after it was borrowed.
 */
#ifndef SETS_SET_CACHE_H
#define SETS_SET_CACHE_H

#include "sets/kept_set.h"

struct db;
struct set_cache;

#define SET_CACHE_BYTES (48 << 20)
#define SET_CACHE_SETS 4096

/* That of the store which the connection is of. */
struct set_cache *set_cache_of(struct db *db);

/* NULL if there is none; *at becomes the moment that it is true of. */
struct kept_set *set_cache_borrow(struct set_cache *cache, const char *name,
				  struct moment *at);
/* The set is true of that moment: it replaces the one of its name. */
void set_cache_put(struct set_cache *cache, struct kept_set *set,
		   const struct moment *at);

size_t set_cache_bytes(struct set_cache *cache);
/* Tests: another limit; what is over it goes. */
void set_cache_limit(struct set_cache *cache, size_t bytes);
/* From how many ids on two threads fill sets; tests: less than SET_SPLIT_FROM.
 */
int64_t set_cache_split_from(struct set_cache *cache);
void set_cache_set_split_from(struct set_cache *cache, int64_t ids);

#endif
