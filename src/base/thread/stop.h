/*
 * base/thread/stop.h - a thread whose work is to end soon
 *
 * SIGTERM ends the program within 5 s, whatever it is doing. So a service that
 * stops its threads binds its flag to each of them while they work; whatever
 * takes long in there then gives up with ERR_RETRY within a second of the flag
 * being set: requests to other servers (httpc, mcapi), the statements of the
 * database (store; a commit is finished), pauses. So every loop of a job looks
 * at the stop, also those that do not know of it; work that is saved as it
 * goes on, as all of it is, goes on from there at the next start. The main
 * thread is bound while the program starts.
 *
 * Threads that bind nothing are not concerned.
 */
#ifndef BASE_STOP_H
#define BASE_STOP_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct err;

/* For this thread, until the next call; NULL: none. */
void stop_bind(const atomic_bool *flag);
bool stop_is_bound(void);
bool stop_is_asked(void);
/* -1 with ERR_RETRY if it is. */
int stop_check(struct err *err);
/* Sleeps so long, or until a stop is asked for. */
void stop_pause_ms(int64_t ms);

#endif
