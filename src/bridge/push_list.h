/*
 * bridge/push_list.h - pushes and their rows, for people to read
 */
#ifndef BRIDGE_PUSH_LIST_H
#define BRIDGE_PUSH_LIST_H

#include "base/vec.h"
#include "store/db.h"

struct push_info {
	int64_t id, segment_id, at_ms, job_id;
	const char *state, *audience_id;
	const char *result; /* JSON counts; NULL: not yet */
	bool dry_run;
};
struct push_infos VEC_FIELDS(struct push_info);
/* Of one group, newest first, with id < before_id (0: from the newest). */
int push_list(struct db *db, int64_t group_id, int64_t before_id, int64_t limit,
	      struct arena *arena, struct push_infos *out, int64_t *total_out,
	      struct err *err);

struct push_row {
	int64_t person_id; /* negative: a member whom the CRM does not know */
	const char *address, *action, *outcome, *reason;
	const char *detail;  /* the audience's words; NULL: none */
	const char *dropped; /* merge tags whose values did not fit, as a JSON
			      * array; NULL: none */
};
struct push_rows VEC_FIELDS(struct push_row);
struct push_row_filter {
	int64_t push_id;
	const char *action, *reason; /* NULL: any */
	int64_t after_id, limit;
};
/* ERR_INVALID: no such action. ERR_NOT_FOUND: no such push. */
int push_row_list(struct db *db, const struct push_row_filter *filter,
		  struct arena *arena, struct push_rows *out,
		  int64_t *total_out, struct err *err);

struct parked {
	int64_t id, person_id, attempts, at_ms;
	const char *kind, *error;
};
struct parked_list VEC_FIELDS(struct parked);
int parked_list(struct db *db, int64_t before_id, int64_t limit,
		struct arena *arena, struct parked_list *out,
		int64_t *total_out, struct err *err);

#endif
