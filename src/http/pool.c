#include "http/pool.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "base/queue.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#define STACK_BYTES (1 << 20)

struct pool {
	struct queue *queue;
	pool_fn fn;
	int64_t n;
	pthread_t threads[];
};

static void *work(void *arg)
{
	struct pool *pool = arg;
	void *thing;

	while (queue_take(pool->queue, &thing, 1, -1) > 0)
		pool->fn(thing);
	return NULL;
}

static int start_thread(struct pool *pool)
{
	pthread_attr_t attr;
	int failed;

	(void)pthread_attr_init(&attr);
	(void)pthread_attr_setstacksize(&attr, STACK_BYTES);
	failed = pthread_create(&pool->threads[pool->n], &attr, work, pool);
	(void)pthread_attr_destroy(&attr);
	if (!failed)
		pool->n++;
	return failed;
}

int pool_start(int64_t threads, size_t capacity, pool_fn fn, struct pool **out,
	       struct err *err)
{
	CLEANUP(pool_free)
	struct pool *pool =
		calloc(1, sizeof(*pool) + (size_t)threads * sizeof(pthread_t));

	BUG_ON(!pool);
	pool->queue = queue_new(capacity);
	pool->fn = fn;
	while (pool->n < threads) {
		errno = start_thread(pool);
		if (errno)
			return err_errno(err, "thread");
	}
	*out = TAKE(pool);
	return 0;
}

void pool_give(struct pool *pool, void *thing)
{
	BUG_ON(!queue_try_push(pool->queue, thing));
}

size_t pool_waiting(struct pool *pool)
{
	return queue_size(pool->queue);
}

void pool_free(struct pool **pool)
{
	struct pool *p = *pool;

	if (!p)
		return;
	queue_close(p->queue);
	for (int64_t i = 0; i < p->n; i++)
		(void)pthread_join(p->threads[i], NULL);
	queue_free(&p->queue);
	free(p);
	*pool = NULL;
}
