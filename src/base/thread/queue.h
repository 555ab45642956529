/*
 * base/thread/queue.h - a bounded queue of pointers between threads
 *
 * Whole values change hands; the taker owns them. Closing wakes everybody:
 * pushes are refused from then on, takers get what is left and then nothing.
 */
#ifndef BASE_QUEUE_H
#define BASE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct queue;

struct queue *queue_new(size_t capacity);
void queue_free(struct queue **q); /* must be empty or its items forgotten */

bool queue_push(struct queue *q, void *item);     /* waits; false: closed */
bool queue_try_push(struct queue *q, void *item); /* false: full or closed */
/* Up to max items into out, waiting at most timeout_ms (-1: for ever) for the
 * first one. 0: timed out, or closed and empty. */
size_t queue_take(struct queue *q, void **out, size_t max, int64_t timeout_ms);
void queue_close(struct queue *q);
bool queue_is_closed(struct queue *q);
size_t queue_size(struct queue *q);

#endif
