/*
 * audience/sets/leaf.h - whom one plain condition fits
 *
 * A segment is set algebra over leaves: who has a status, a tag, opened a
 * campaign, whose merge field has a value. Each is a set that is kept
 * (sets/kept_set.h).
 */
#ifndef AUDIENCE_SETS_LEAF_H
#define AUDIENCE_SETS_LEAF_H

#include "audience/segment_private.h"

struct strbuf;

enum leaf_kind {
	LEAF_STATUS, /* of a list; id: the status */
	LEAF_ROW,    /* of a list: `condition`, not negated */
	LEAF_SINCE,  /* of a list: the time of `condition`; id: the hour */
	LEAF_TAG,    /* id: the segment */
	LEAF_SENT,   /* id: the campaign; 0: any */
	LEAF_OPENED,
	LEAF_CLICKED,
	LEAF_INTEREST, /* id: the interest */
	LEAF_PLACE,    /* of all lists: the place of `condition` */
	LEAF_CLIENT,   /* same; id: the mail client */
};

struct leaf_about {
	enum leaf_kind kind;
	int64_t list_id, id;
	struct condition condition;
};

void leaf_name(const struct leaf_about *about, struct strbuf *out);

/* Is it read from the rows of members? */
static inline bool leaf_is_of_rows(const struct leaf_about *about)
{
	return about->kind <= LEAF_SINCE;
}
/* Which changes of which segment, campaign or interest (0: any) can move it. */
unsigned leaf_moved_by(const struct leaf_about *about, int64_t *of_id);

#endif
