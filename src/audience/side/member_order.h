/*
 * audience/side/member_order.h - a page of a set of members, in an order
 *
 * By id, which is how they joined, the set itself is in order. By anything
 * else a small set is read whole and put in order; of a large one the index of
 * that order is walked from where the page before ended, past those that are
 * not in the set. So a page costs much the same whoever and however many they
 * are, and whatever page it is.
 */
#ifndef AUDIENCE_SIDE_MEMBER_ORDER_H
#define AUDIENCE_SIDE_MEMBER_ORDER_H

#include "audience/side/member_browse.h"

struct id_set;

/* Appends to out->ids, and says in out->has_more whether there are more; of the
 * last one its place goes to out->last. */
int member_order_page(struct db *db, const struct member_page *page,
		      int64_t list_id, struct id_set *set, struct arena *arena,
		      struct member_found *out, struct err *err);

#endif
