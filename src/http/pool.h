/*
 * http/pool.h - threads that take one thing after another and do it
 *
 *     if (pool_start(16, 1000, do_it, &pool, err) < 0)
 *             return -1;
 *     pool_give(pool, thing);
 *     ...
 *     pool_free(&pool);
 */
#ifndef HTTP_POOL_H
#define HTTP_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct pool;

typedef void (*pool_fn)(void *thing);

/* capacity: of things that wait; never give it more at a time. */
int pool_start(int64_t threads, size_t capacity, pool_fn fn, struct pool **out,
	       struct err *err);
void pool_give(struct pool *pool, void *thing);
size_t pool_waiting(struct pool *pool);
/* What was given is done before; NULL inside is fine. */
void pool_free(struct pool **pool);

#endif
