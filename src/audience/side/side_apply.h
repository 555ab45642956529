/*
 * audience/side/side_apply.h - what bodies of the API give beside the columns
 * of a member
 *
 * `interests`, `location` and `marketing_permissions`, on their way through
 * member_apply: read once for all its members, laid over, compared, written
 * with the members. Whoever changes a member has its row locked, so nobody else
 * changes what hangs on it.
 */
#ifndef AUDIENCE_SIDE_SIDE_APPLY_H
#define AUDIENCE_SIDE_SIDE_APPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct member_entry;
struct member_op;
struct member_run;

/* Never changed in place: copies share it. */
struct member_side {
	const int64_t *interests; /* in order, each once */
	size_t interests_n;
	int64_t latitude, longitude; /* see side.h; 0, 0: none */
};

/* Do any of the ops say anything of it? If not, nothing need be loaded. */
bool side_is_given(const struct member_op *ops, size_t n);
/* Of entries that exist, ordered by id: what they have, in old_side and side.
 */
int side_load(struct member_run *run, struct member_entry **entries, size_t n,
	      struct err *err);
/* Lays the body over entry->side. -1: op->errors may say more. */
int side_decide(struct member_run *run, struct member_op *op,
		struct member_entry *entry, struct err *err);
bool side_differs(const struct member_entry *entry);
/* Those that differ; all have ids. */
int side_write(struct member_run *run, struct member_entry *const *entries,
	       size_t n, struct err *err);

/* Names of what a member has chosen, as they are displayed, with commas between
 * them; in run->arena. */
int side_interest_names(struct member_run *run, int64_t member_id,
			const char **out, struct err *err);

#endif
