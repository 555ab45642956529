#include "sets/set_cache.h"

#include "base/err.h"
#include "sets/set_fill.h"
#include "store/db.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct place {
	uint64_t hash; /* of its name */
	struct kept_set *set;
};

struct set_cache {
	pthread_mutex_t lock; /* of all that follows */
	VEC(struct place) sets;
	size_t bytes, limit;
	int64_t uses;
	int64_t split_from;
};

static void *make_cache(void)
{
	struct set_cache *cache = calloc(1, sizeof(*cache));

	BUG_ON(!cache);
	(void)pthread_mutex_init(&cache->lock, NULL);
	cache->limit = SET_CACHE_BYTES;
	cache->split_from = SET_SPLIT_FROM;
	return cache;
}

static void free_cache(void *thing)
{
	struct set_cache *cache = thing;

	vec_each (&cache->sets, place)
		kept_set_release(&place->set);
	vec_release(&cache->sets);
	(void)pthread_mutex_destroy(&cache->lock);
	free(cache);
}

struct set_cache *set_cache_of(struct db *db)
{
	return db_kept(db, make_cache, free_cache);
}

static uint64_t hash_of(const char *name) /* FNV-1a */
{
	uint64_t hash = UINT64_C(14695981039346656037);

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * UINT64_C(1099511628211);
	return hash;
}

/* --- under the lock --- */

static struct place *find(struct set_cache *cache, const char *name)
{
	uint64_t hash = hash_of(name);

	vec_each (&cache->sets, place)
		if (place->hash == hash && strcmp(place->set->name, name) == 0)
			return place;
	return NULL;
}

static void drop(struct set_cache *cache, struct place *place)
{
	cache->bytes -= kept_set_bytes(place->set);
	kept_set_release(&place->set);
	*place = cache->sets.v[--cache->sets.n];
}

static struct place *longest_unused(struct set_cache *cache)
{
	struct place *oldest = cache->sets.v;

	vec_each (&cache->sets, place)
		if (place->set->used < oldest->set->used)
			oldest = place;
	return oldest;
}

static void make_room(struct set_cache *cache)
{
	while (cache->sets.n > 0 &&
	       (cache->bytes > cache->limit || cache->sets.n > SET_CACHE_SETS))
		drop(cache, longest_unused(cache));
}

static void keep(struct set_cache *cache, struct kept_set *set)
{
	struct place *old = find(cache, set->name);
	struct place place = { hash_of(set->name), set };

	if (old)
		drop(cache, old);
	if (kept_set_bytes(set) > cache->limit)
		return; /* the others would all go for one use */
	cache->bytes += kept_set_bytes(kept_set_hold(set));
	vec_push(&cache->sets, place);
}

/* --- by all threads --- */

struct kept_set *set_cache_borrow(struct set_cache *cache, const char *name,
				  struct moment *at)
{
	struct place *place;
	struct kept_set *set = NULL;

	(void)pthread_mutex_lock(&cache->lock);
	place = find(cache, name);
	if (place) {
		set = kept_set_hold(place->set);
		moment_copy(at, &set->at);
	}
	(void)pthread_mutex_unlock(&cache->lock);
	return set;
}

void set_cache_put(struct set_cache *cache, struct kept_set *set,
		   const struct moment *at)
{
	struct place *place;

	(void)pthread_mutex_lock(&cache->lock);
	set->used = ++cache->uses;
	moment_copy(&set->at, at);
	place = find(cache, set->name);
	if (!place || place->set != set)
		keep(cache, set);
	make_room(cache);
	(void)pthread_mutex_unlock(&cache->lock);
}

size_t set_cache_bytes(struct set_cache *cache)
{
	size_t bytes;

	(void)pthread_mutex_lock(&cache->lock);
	bytes = cache->bytes;
	(void)pthread_mutex_unlock(&cache->lock);
	return bytes;
}

void set_cache_limit(struct set_cache *cache, size_t bytes)
{
	(void)pthread_mutex_lock(&cache->lock);
	cache->limit = bytes;
	make_room(cache);
	(void)pthread_mutex_unlock(&cache->lock);
}

int64_t set_cache_split_from(struct set_cache *cache)
{
	int64_t ids;

	(void)pthread_mutex_lock(&cache->lock);
	ids = cache->split_from;
	(void)pthread_mutex_unlock(&cache->lock);
	return ids;
}

void set_cache_set_split_from(struct set_cache *cache, int64_t ids)
{
	(void)pthread_mutex_lock(&cache->lock);
	cache->split_from = ids;
	(void)pthread_mutex_unlock(&cache->lock);
}
