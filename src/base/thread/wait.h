/*
 * base/thread/wait.h - waiting on a condition, at most until a time
 *
 * By the monotonic clock: a wall clock that is set must neither hold up a
 * thread nor hurry it. All waits with a limit go through here; the condition
 * must be made by wait_init.
 *
 *     int64_t until_us = clock_monotonic_us() + 500 * 1000;
 *
 *     pthread_mutex_lock(&lock);
 *     while (!is_so && wait_until(&cond, &lock, until_us))
 *             ;
 *     pthread_mutex_unlock(&lock);
 */
#ifndef BASE_WAIT_H
#define BASE_WAIT_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

void wait_init(pthread_cond_t *cond);
/* until_us: of clock_monotonic_us. false: it is over. */
bool wait_until(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t until_us);
/* The same, with the limit counted from now. */
bool wait_ms(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t ms);

#endif
