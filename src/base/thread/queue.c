#include "base/thread/queue.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/thread/wait.h"

#include <stdlib.h>

struct queue {
	pthread_mutex_t lock;
	pthread_cond_t not_empty;
	pthread_cond_t not_full;
	bool closed;
	size_t first; /* index of the oldest */
	size_t n;
	size_t capacity;
	void *items[];
};

struct queue *queue_new(size_t capacity)
{
	struct queue *q = calloc(1, sizeof(*q) + capacity * sizeof(void *));

	BUG_ON(!q || capacity == 0);
	q->capacity = capacity;
	pthread_mutex_init(&q->lock, NULL);
	wait_init(&q->not_empty);
	wait_init(&q->not_full);
	return q;
}

void queue_free(struct queue **q)
{
	if (!*q)
		return;
	pthread_cond_destroy(&(*q)->not_full);
	pthread_cond_destroy(&(*q)->not_empty);
	pthread_mutex_destroy(&(*q)->lock);
	free(*q);
	*q = NULL;
}

/* The lock is held. */
static bool put_item(struct queue *q, void *item)
{
	if (q->closed || q->n == q->capacity)
		return false;
	q->items[(q->first + q->n) % q->capacity] = item;
	q->n++;
	pthread_cond_signal(&q->not_empty);
	return true;
}

bool queue_push(struct queue *q, void *item)
{
	bool done;

	pthread_mutex_lock(&q->lock);
	while (!q->closed && q->n == q->capacity)
		pthread_cond_wait(&q->not_full, &q->lock);
	done = put_item(q, item);
	pthread_mutex_unlock(&q->lock);
	return done;
}

bool queue_try_push(struct queue *q, void *item)
{
	bool done;

	pthread_mutex_lock(&q->lock);
	done = put_item(q, item);
	pthread_mutex_unlock(&q->lock);
	return done;
}

/* The lock is held. Waits until there is an item, or no more hope. */
static void wait_for_item(struct queue *q, int64_t timeout_ms)
{
	int64_t until_us = clock_monotonic_us() + timeout_ms * 1000;

	while (q->n == 0 && !q->closed && timeout_ms != 0) {
		if (timeout_ms < 0)
			pthread_cond_wait(&q->not_empty, &q->lock);
		else if (!wait_until(&q->not_empty, &q->lock, until_us))
			return;
	}
}

size_t queue_take(struct queue *q, void **out, size_t max, int64_t timeout_ms)
{
	size_t n = 0;

	pthread_mutex_lock(&q->lock);
	wait_for_item(q, timeout_ms);
	while (n < max && q->n > 0) {
		out[n++] = q->items[q->first];
		q->first = (q->first + 1) % q->capacity;
		q->n--;
	}
	if (n > 0)
		pthread_cond_broadcast(&q->not_full);
	/* signals may have come for several items while one taker slept */
	if (q->n > 0)
		pthread_cond_signal(&q->not_empty);
	pthread_mutex_unlock(&q->lock);
	return n;
}

void queue_close(struct queue *q)
{
	pthread_mutex_lock(&q->lock);
	q->closed = true;
	pthread_cond_broadcast(&q->not_empty);
	pthread_cond_broadcast(&q->not_full);
	pthread_mutex_unlock(&q->lock);
}

bool queue_is_closed(struct queue *q)
{
	bool closed;

	pthread_mutex_lock(&q->lock);
	closed = q->closed;
	pthread_mutex_unlock(&q->lock);
	return closed;
}

size_t queue_size(struct queue *q)
{
	size_t n;

	pthread_mutex_lock(&q->lock);
	n = q->n;
	pthread_mutex_unlock(&q->lock);
	return n;
}
