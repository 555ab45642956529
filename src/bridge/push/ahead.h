/*
 * bridge/push/ahead.h - calls that are on their way while the job goes on
 *
 * A thread of its own, with a client of its own, sends them one after the other
 * in the order in which they were given, and reads their answers, which are
 * taken in that order. Belongs to one thread, that of a job; nothing but whole
 * calls is shared with the other one.
 *
 *     ahead_send(a, path, &body, false);
 *     ...
 *     if (ahead_take(a, &reply, err) < 0)
 */
#ifndef BRIDGE_PUSH_AHEAD_H
#define BRIDGE_PUSH_AHEAD_H

#include "base/json.h"

struct ahead;
struct err;
struct mc_client;
struct strbuf;

#define AHEAD_MOST 16 /* calls that were sent and not taken */

/* Takes the client over. NULL: there is no thread to be had. */
struct ahead *ahead_new(struct mc_client *client);
/* What is on its way is given up, within a second: nobody knows if it was done.
 */
void ahead_free(struct ahead **a);

/* A POST; *body is taken, and empty afterwards. once: see mc_call_once. */
void ahead_send(struct ahead *a, const char *path, struct strbuf *body,
		bool once);
/* Waits for the first call that was not taken, and is what it returned.
 * ERR_RETRY also if the job is to end. There must be one. */
int ahead_take(struct ahead *a, json_t **out, struct err *err);
/* Waits for all of them, and forgets what they returned. */
void ahead_drop(struct ahead *a);

#endif
