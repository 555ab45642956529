#include "http/pool.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "base/thread/thread.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#define STACK_BYTES (1 << 20)

struct worker {
	struct pool *pool;
	pthread_t thread;
	pthread_cond_t wake;
	bool is_woken;
	struct worker *next_idle;
};

/*
 * Not base/queue: that wakes a thread for each item, which for things that take
 * microseconds costs more than doing them. Here one is woken at a time, the
 * last one that fell idle; when it has taken something, and there is more, it
 * wakes the next. So while there are things and idle workers, one is on its
 * way, and a few short things are done by a few workers.
 */
struct pool {
	pthread_mutex_t lock;
	pool_fn fn;
	bool closed;
	struct worker *idle;   /* the last one first */
	struct worker *coming; /* woken, not there yet */
	size_t first, n, capacity;
	void **things;
	size_t workers_n;
	struct worker workers[];
};

/* The lock is held, in all of these. */
static void wake_one(struct pool *pool)
{
	struct worker *worker = pool->idle;

	if (pool->coming || !worker)
		return;
	pool->idle = worker->next_idle;
	pool->coming = worker;
	worker->is_woken = true;
	(void)pthread_cond_signal(&worker->wake);
}

static void fall_idle(struct pool *pool, struct worker *worker)
{
	worker->is_woken = false;
	worker->next_idle = pool->idle;
	pool->idle = worker;
	while (!worker->is_woken)
		(void)pthread_cond_wait(&worker->wake, &pool->lock);
	if (pool->coming == worker)
		pool->coming = NULL;
}

/* NULL: it is over. */
static void *take(struct pool *pool, struct worker *worker)
{
	void *thing;

	while (pool->n == 0 && !pool->closed)
		fall_idle(pool, worker);
	if (pool->n == 0)
		return NULL;
	thing = pool->things[pool->first];
	pool->first = (pool->first + 1) % pool->capacity;
	pool->n--;
	if (pool->n > 0)
		wake_one(pool);
	return thing;
}

static void *work(void *arg)
{
	struct worker *worker = arg;
	struct pool *pool = worker->pool;
	void *thing;

	(void)pthread_mutex_lock(&pool->lock);
	while ((thing = take(pool, worker))) {
		(void)pthread_mutex_unlock(&pool->lock);
		pool->fn(thing);
		(void)pthread_mutex_lock(&pool->lock);
	}
	(void)pthread_mutex_unlock(&pool->lock);
	return NULL;
}

static int start_worker(struct pool *pool)
{
	struct worker *worker = &pool->workers[pool->workers_n];
	int failed;

	worker->pool = pool;
	(void)pthread_cond_init(&worker->wake, NULL);
	failed = thread_start_with_stack(&worker->thread, "http worker",
					 STACK_BYTES, work, worker);
	if (!failed)
		pool->workers_n++;
	return failed;
}

int pool_start(int64_t threads, size_t capacity, pool_fn fn, struct pool **out,
	       struct err *err)
{
	CLEANUP(pool_free)
	struct pool *pool = calloc(
		1, sizeof(*pool) + (size_t)threads * sizeof(struct worker));

	BUG_ON(!pool);
	(void)pthread_mutex_init(&pool->lock, NULL);
	pool->fn = fn;
	pool->capacity = capacity;
	pool->things = calloc(capacity, sizeof(void *));
	BUG_ON(!pool->things);
	while (pool->workers_n < (size_t)threads) {
		errno = start_worker(pool);
		if (errno)
			return err_errno(err, "thread");
	}
	*out = TAKE(pool);
	return 0;
}

void pool_give(struct pool *pool, void *thing)
{
	(void)pthread_mutex_lock(&pool->lock);
	BUG_ON(pool->n == pool->capacity);
	pool->things[(pool->first + pool->n) % pool->capacity] = thing;
	pool->n++;
	wake_one(pool);
	(void)pthread_mutex_unlock(&pool->lock);
}

size_t pool_waiting(struct pool *pool)
{
	size_t n;

	(void)pthread_mutex_lock(&pool->lock);
	n = pool->n;
	(void)pthread_mutex_unlock(&pool->lock);
	return n;
}

static void close_pool(struct pool *pool)
{
	(void)pthread_mutex_lock(&pool->lock);
	pool->closed = true;
	for (struct worker *w = pool->idle; w; w = w->next_idle) {
		w->is_woken = true;
		(void)pthread_cond_signal(&w->wake);
	}
	pool->idle = NULL;
	(void)pthread_mutex_unlock(&pool->lock);
}

void pool_free(struct pool **pool)
{
	struct pool *p = *pool;

	if (!p)
		return;
	close_pool(p);
	for (size_t i = 0; i < p->workers_n; i++) {
		(void)pthread_join(p->workers[i].thread, NULL);
		(void)pthread_cond_destroy(&p->workers[i].wake);
	}
	(void)pthread_mutex_destroy(&p->lock);
	free(p->things);
	free(p);
	*pool = NULL;
}
