#include "audience/sets/set_cache.h"

#include "base/err.h"
#include "base/strbuf.h"
#include "store/db.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct kept_leaf {
	uint64_t hash; /* of its name */
	struct leaf *leaf;
};

struct set_cache {
	pthread_mutex_t lock; /* of all that follows */
	VEC(struct kept_leaf) leaves;
	size_t bytes, limit;
	int64_t uses;
};

static void *make_cache(void)
{
	struct set_cache *cache = calloc(1, sizeof(*cache));

	BUG_ON(!cache);
	(void)pthread_mutex_init(&cache->lock, NULL);
	cache->limit = SET_CACHE_BYTES;
	return cache;
}

static void free_cache(void *thing)
{
	struct set_cache *cache = thing;

	vec_each (&cache->leaves, kept)
		leaf_release(&kept->leaf);
	vec_release(&cache->leaves);
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

static struct kept_leaf *find(struct set_cache *cache, const char *name)
{
	uint64_t hash = hash_of(name);

	vec_each (&cache->leaves, kept)
		if (kept->hash == hash && strcmp(kept->leaf->name, name) == 0)
			return kept;
	return NULL;
}

static void drop(struct set_cache *cache, struct kept_leaf *kept)
{
	cache->bytes -= leaf_bytes(kept->leaf);
	leaf_release(&kept->leaf);
	*kept = cache->leaves.v[--cache->leaves.n];
}

static struct kept_leaf *longest_unused(struct set_cache *cache)
{
	struct kept_leaf *oldest = cache->leaves.v;

	vec_each (&cache->leaves, kept)
		if (kept->leaf->used < oldest->leaf->used)
			oldest = kept;
	return oldest;
}

static void make_room(struct set_cache *cache)
{
	while (cache->leaves.n > 0 && (cache->bytes > cache->limit ||
				       cache->leaves.n > SET_CACHE_LEAVES))
		drop(cache, longest_unused(cache));
}

static void keep(struct set_cache *cache, struct leaf *leaf)
{
	struct kept_leaf *old = find(cache, leaf->name);
	struct kept_leaf kept = { hash_of(leaf->name), leaf };

	if (old)
		drop(cache, old);
	if (leaf_bytes(leaf) > cache->limit)
		return; /* the others would all go for one use */
	cache->bytes += leaf_bytes(leaf_hold(leaf));
	vec_push(&cache->leaves, kept);
}

/* --- by all threads --- */

struct leaf *set_cache_borrow(struct set_cache *cache,
			      const struct leaf_about *about, struct moment *at)
{
	CLEANUP(strbuf_release) struct strbuf name = STRBUF_INIT;
	struct kept_leaf *kept;
	struct leaf *leaf = NULL;

	leaf_name(about, &name);
	(void)pthread_mutex_lock(&cache->lock);
	kept = find(cache, name.buf);
	if (kept) {
		leaf = leaf_hold(kept->leaf);
		moment_copy(at, &leaf->at);
	}
	(void)pthread_mutex_unlock(&cache->lock);
	return leaf;
}

void set_cache_put(struct set_cache *cache, struct leaf *leaf,
		   const struct moment *at)
{
	struct kept_leaf *kept;

	(void)pthread_mutex_lock(&cache->lock);
	leaf->used = ++cache->uses;
	moment_copy(&leaf->at, at);
	kept = find(cache, leaf->name);
	if (!kept || kept->leaf != leaf)
		keep(cache, leaf);
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
