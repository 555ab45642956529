/*
 * audience/side/side.h - what hangs on members beside their row: read for many,
 * and taken away
 *
 * Interests, a place, notes and events hang on the id of a member. So they stay
 * when it is archived, comes back or gets another address, and go when it is
 * forgotten or its list is removed. Lists of ids: sql_keys(...).
 */
#ifndef AUDIENCE_SIDE_SIDE_H
#define AUDIENCE_SIDE_SIDE_H

#include "base/vec.h"

struct db;
struct err;
struct sql_value;
struct tx;

struct member_interest {
	int64_t member_id, interest_id;
};
struct member_interests VEC_FIELDS(struct member_interest);
/* What these members have chosen, ordered by member and interest. */
int member_interests_list(struct db *db, struct sql_value ids,
			  struct member_interests *out, struct err *err);

#define PLACE_DEGREE 10000000 /* the unit of a place is a part of it */

struct member_place {
	int64_t member_id;
	int64_t latitude, longitude;
};
struct member_places VEC_FIELDS(struct member_place);
/* Of these members, ordered by member; who said nothing has none. */
int member_places_list(struct db *db, struct sql_value ids,
		       struct member_places *out, struct err *err);

/* All that hangs on these members goes. */
int member_sides_drop(struct tx *tx, struct sql_value ids, struct err *err);
/* The same of a list that is removed, but the interests; before its members. */
int member_sides_drop_list(struct tx *tx, int64_t list_id, struct err *err);

#endif
