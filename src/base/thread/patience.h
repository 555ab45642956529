/*
 * base/thread/patience.h - how long a thread may wait for a database that is
 * locked
 *
 * Somebody waits for the answer to a request: its thread has patience until a
 * time, and what waits in there (the pool of connections, the right to write,
 * a lock of the database) gives up then with ERR_RETRY. Jobs and services bind
 * nothing: they wait as long as is usual there, and try again. A thread that
 * came late to the database still waits a moment, since the lock may be held
 * by somebody who is healthy and nearly done.
 */
#ifndef BASE_PATIENCE_H
#define BASE_PATIENCE_H

#include <stdbool.h>
#include <stdint.h>

#define PATIENCE_MS 1400 /* of a request: it is answered within 2 s */
#define PATIENCE_LONG_MS                                                    \
	5000 /* of what must not be said twice, and of who changes a record \
		that others change: route.patient */
#define PATIENCE_LEAST_MS 200 /* of who comes late */
#define PATIENCE_HURRIED_MS 20

/* For this thread, until the next call; of clock_monotonic_us. 0: no limit. */
void patience_set(int64_t until_us);
/* The same, from now on for PATIENCE_MS. */
void patience_begin(void);
/* The database does not answer: until the next of these calls, a thread that
 * had patience waits for it no more at all. */
void patience_give_up(void);
bool patience_is_given_up(void);
bool patience_is_bound(void);
/* Others have just waited in vain: whoever came late waits hardly at all, so
 * that a crowd at a locked database is through in a moment. */
void patience_hurry(void);
bool patience_is_hurried(void);
/* Nothing that failed for a lock is to be tried again. */
bool patience_is_over(void);
/* Until when to wait that would usually take at most so long. */
int64_t patience_until_us(int64_t usual_ms);
/* The same of one lock, roughly: one of the few times above, since telling a
 * database another one is a call. */
int64_t patience_lock_ms(int64_t usual_ms);

#endif
