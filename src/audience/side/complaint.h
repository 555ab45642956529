/*
 * audience/side/complaint.h - members who said that a mail was abuse
 *
 * One complaint a member, the last: whoever complains is mailed no more. Its id
 * is the member's, as in the report of a campaign. Any thread.
 */
#ifndef AUDIENCE_SIDE_COMPLAINT_H
#define AUDIENCE_SIDE_COMPLAINT_H

#include "audience/member.h"

struct complaint {
	struct member member;
	const char *campaign_hex; /* "": not known */
	int64_t at_ms;
};
struct complaints VEC_FIELDS(struct complaint);

/* A page by id; *total_out is how many the list has. Appends to *out; strings
 * live in arena. */
int complaint_list(struct db *db, int64_t list_id, int64_t count,
		   int64_t offset, struct arena *arena, struct complaints *out,
		   int64_t *total_out, struct err *err);
/* ERR_NOT_FOUND: no member of that list, or it did not complain. */
int complaint_get(struct db *db, int64_t list_id, int64_t id,
		  struct arena *arena, struct complaint *out, struct err *err);

#endif
