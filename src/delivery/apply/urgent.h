/*
 * delivery/apply/urgent.h - events that must not wait behind the hits
 *
 * Who unsubscribes, complains or bounces hard leaves within a second, however
 * much of the log is not applied. So these events are read by a cursor of
 * their own (the index event_urgent) before each batch of the first: it only
 * moves members, by member_depart, and never ledger or figures. The first
 * cursor, meeting them again, moves the members of those that the second has
 * not come to, and leaves the others alone: each event moves its member once.
 * The second is therefore never behind the first; where its row is missing or
 * older, it begins where the first is.
 *
 * docs/decisions/0020-urgent-events-first.md says why the order of both does
 * not matter to what comes out.
 */
#ifndef DELIVERY_URGENT_H
#define DELIVERY_URGENT_H

#include <stdbool.h>
#include <stdint.h>

struct applier_options;
struct db;
struct err;
struct event;
struct member_departure;

#define URGENT_CURSOR "urgent"

/* false: it moves nobody, or can wait; else *out, with the event's texts. */
bool urgent_departure(const struct event *event, struct member_departure *out);

/* One batch of the second cursor. Returns how many events were applied; 0:
 * none are left, or the lease is not ours. */
int64_t urgent_step(const struct applier_options *options, struct db *events,
		    struct db *audience, int64_t now_ms, struct err *err);

#endif
