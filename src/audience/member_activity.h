/*
 * audience/member_activity.h - what a member was sent and did with it
 *
 * Read from the rows that delivery applies: what was sent, and leaving by it,
 * from the ledger, all else from the table activity. Only what people did, not
 * machines.
 */
#ifndef AUDIENCE_MEMBER_ACTIVITY_H
#define AUDIENCE_MEMBER_ACTIVITY_H

#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct db;
struct err;

/* As the table activity numbers the others. */
enum { ACTIVITY_PERMISSION = 7 };

struct member_activity {
	const char *action; /* "sent", "open", "click", "bounce", "unsub",
			       "abuse", "resubscribe" (of its own),
			       "marketing_permission" */
	int64_t at_ms;
	const char *campaign_hex;
	const char *campaign_type;
	const char *title;      /* of the campaign, or its subject */
	const char *url;        /* clicked; "" otherwise */
	const char *parent_hex; /* whose feed brought the campaign; "" */
	/* Of that mail, whatever the action. */
	bool is_hard;       /* its bounce */
	bool is_opened;     /* by people */
	const char *reason; /* for unsubscribing by it; "" */
	int variant;        /* of a campaign that tries several, from 1; 0 */
	/* Of a permission: no campaign. */
	const char *permission; /* its text; NULL: it is something else */
	const char *said_by;    /* a user's name; "": the member, or the API */
	bool is_given, is_by_member;
};
struct member_activities VEC_FIELDS(struct member_activity);

struct member_activity_query {
	int64_t member_id;
	/* Names of actions, between commas; others fit nothing. NULL: all. */
	const char *actions;
	bool no_permissions; /* whatever is asked for */
	int64_t count, offset;
};
/* A page, newest first. Appends; strings live in arena. */
int member_activity_list(struct db *db, const struct member_activity_query *q,
			 struct arena *arena, struct member_activities *out,
			 int64_t *total_out, struct err *err);

#endif
