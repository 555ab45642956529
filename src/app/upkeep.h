/*
 * app/upkeep.h - small things that a server writes in the background
 *
 * A thread that looks once a second: when keys and sessions were used last
 * (crm/user/last_use.h), logs of SQLite that grew and are idle
 * (store_trim_logs), whether the index of the search is behind
 * (crm/search/search.h), once a minute old changes of members and
 * records (sets/change_log.h), and, once an hour, old plans of pushes
 * (bridge/push_plan.h). What cannot be written now is written next time.
 */
#ifndef APP_UPKEEP_H
#define APP_UPKEEP_H

struct err;
struct last_use;
struct store;
struct upkeep;

int upkeep_start(struct store *store, struct last_use *last,
		 struct upkeep **out, struct err *err);
/* Writes what is left, and ends; NULL inside is fine. */
void upkeep_free(struct upkeep **upkeep);

#endif
