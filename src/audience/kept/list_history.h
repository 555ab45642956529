/*
 * audience/kept/list_history.h - what changed in a list, kept by quarters of an
 * hour and told by days of the account
 *
 * Rows of the same tables as the numbers of members (list_kept.h), so that they
 * are written as those are: by whoever changes a member, in the same
 * transaction, without waiting for others. A status that differs counts at the
 * time of the change. Quarters of an hour, since no clock of today is ahead of
 * UTC by anything finer: days of any time zone are whole numbers of them. Of
 * the time before this was kept, members told what they remember (migration
 * 0028): each their last change only; of what was kept by days of UTC, the day
 * is left (0050). docs/decisions/0053-history-of-a-list.md and 0076.
 */
#ifndef AUDIENCE_LIST_HISTORY_H
#define AUDIENCE_LIST_HISTORY_H

#include "base/vec.h"

#include <stdint.h>

struct db;
struct err;
struct list;
struct member;
struct tally;
struct time_zone;

/* Stored beside statuses: append only. */
enum list_event {
	LIST_JOINED = 101, /* became subscribed */
	LIST_LEFT = 102,   /* ceased to be subscribed, whatever it became */
	LIST_UNSUBSCRIBED = 103,
	LIST_CLEANED = 104,
	LIST_DELETED = 105, /* archived, or forgotten */
	LIST_PENDING = 106,
	LIST_TRANSACTIONAL = 107,
};
#define LIST_EVENTS_FROM 100
#define LIST_HISTORY_STEP_MS (15 * MS_MINUTE)

/* old NULL: it is new. */
void list_history_change(struct tally *t, const struct member *old,
			 const struct member *now);
/* It was deleted for good. */
void list_history_delete(struct tally *t, const struct member *old,
			 int64_t now_ms);
/* As if it had never been. */
void list_history_undo(struct tally *t, const struct member *old);

struct list_day {
	int64_t day; /* since 1970, by clocks of the account */
	int64_t joined, left, unsubscribed, cleaned, deleted, pending,
		transactional;
	int64_t subscribed; /* at its end */
	/* by campaigns of the list; 0 from list_months */
	int64_t sent, opened, clicked; /* opened, clicked: for the first time */
	int64_t hard_bounces, soft_bounces; /* of what was sent on that day */
};
struct list_days VEC_FIELDS(struct list_day);

/* Which day clocks show. */
int64_t account_day(const struct time_zone *zone, int64_t ms);

/* Each day up to today, the newest first, but no more than 180, and none before
 * the list was made; days of a zone have 23 to 25 hours. What campaigns did is
 * kept by the hour: where clocks are ahead of UTC by halves, the hour around
 * midnight is of the day in which it begins. Appends. */
#define LIST_DAYS_MAX 180
int list_days(struct db *db, const struct list *list,
	      const struct time_zone *zone, int64_t now_ms,
	      struct list_days *out, struct err *err);
/* The same by months, of which `day` is the first day; all there are. */
int list_months(struct db *db, const struct list *list,
		const struct time_zone *zone, int64_t now_ms,
		struct list_days *out, struct err *err);

#endif
