/*
 * bridge/push/overtaken.h - whom the present has overtaken since a push
 *
 * Before a campaign goes out all are asked about who have the tag by it, for
 * their own reasons in the order of their numbers, which costs a look at the
 * person. By its hash, which lies anywhere, an address is looked up only if
 * more than that bars it: it is held, or unclear, or others have it.
 */
#ifndef BRIDGE_OVERTAKEN_H
#define BRIDGE_OVERTAKEN_H

struct err;
struct ids;
struct work;

/* In *out, in order: who has another address since, or may not be mailed; all
 * as of one moment. 0, or -1. */
int push_overtaken(struct work *w, int64_t push_id, struct ids *out,
		   struct err *err);

#endif
