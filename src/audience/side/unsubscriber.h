/*
 * audience/side/unsubscriber.h - who unsubscribed a member by hand
 *
 * Only what a user did in our own pages is kept, with the time that the member
 * was unsubscribed at: whatever unsubscribes it later has another time, so
 * that what stands here is not of that. It goes with the member.
 */
#ifndef AUDIENCE_SIDE_UNSUBSCRIBER_H
#define AUDIENCE_SIDE_UNSUBSCRIBER_H

struct arena;
struct batch;
struct db;
struct err;
struct member;

/* In an open batch; by: the name of a user. */
int unsubscriber_put(struct batch *batch, const struct member *member,
		     const char *by, struct err *err);
/* Of the member as it is: 1 and *by_out in arena, 0 (nobody did it by hand, or
 * it is not unsubscribed), -1. */
int unsubscriber_find(struct db *db, const struct member *member,
		      struct arena *arena, const char **by_out,
		      struct err *err);

#endif
