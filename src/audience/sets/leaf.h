/*
 * audience/sets/leaf.h - the set of those whom one plain condition fits
 *
 * A segment is set algebra over leaves: who has a status, a tag, opened a
 * campaign, whose merge field has a value. A leaf is true of one moment, never
 * changed once others may see it, and freed by the last who lets it go.
 *
 * Times: a leaf holds all whose time is after a certain hour, and beside it
 * those of that hour with their times, so that "within 7 days" has one leaf for
 * an hour and not one for each moment that it is asked.
 */
#ifndef AUDIENCE_SETS_LEAF_H
#define AUDIENCE_SETS_LEAF_H

#include "audience/member_set.h"
#include "audience/segment_private.h"
#include "audience/sets/change_log.h"
#include "base/vec.h"

#include <stdatomic.h>

enum leaf_kind {
	LEAF_STATUS, /* of a list; id: the status */
	LEAF_ROW,    /* of a list: `condition`, not negated */
	LEAF_SINCE,  /* of a list: the time of `condition`; id: the hour */
	LEAF_TAG,    /* id: the segment */
	LEAF_SENT,   /* id: the campaign; 0: any */
	LEAF_OPENED,
	LEAF_CLICKED,
};

struct leaf_about {
	enum leaf_kind kind;
	int64_t list_id, id;
	struct condition condition;
};

struct leaf_edge {
	int64_t ms, member_id;
};

struct leaf {
	char *name; /* one a leaf_about */
	struct leaf_about about;
	struct member_set set;
	struct leaf_edges VEC_FIELDS(struct leaf_edge) edges; /* LEAF_SINCE */
	struct moment at; /* of a kept one: under the cache's lock */
	int64_t used;     /* of a kept one: when, of its cache */
	atomic_int refs;
};

bool leaf_is_same(const struct leaf_about *a, const struct leaf_about *b);
void leaf_name(const struct leaf_about *about, struct strbuf *out);
/* Empty, with one reference. */
struct leaf *leaf_new(const struct leaf_about *about);
/* One's own, to be changed. */
struct leaf *leaf_copy(struct leaf *leaf);
struct leaf *leaf_hold(struct leaf *leaf);
void leaf_release(struct leaf **leaf); /* NULL is fine */
size_t leaf_bytes(const struct leaf *leaf);

/* Is it read from the rows of members? */
static inline bool leaf_is_of_rows(const struct leaf_about *about)
{
	return about->kind <= LEAF_SINCE;
}
/* Which changes of which segment or campaign (0: any) can move it. */
unsigned leaf_moved_by(const struct leaf_about *about, int64_t *of_id);

/* LEAF_SINCE: the hour that a time belongs to. */
int64_t leaf_hour(int64_t ms);
/* All whose time is from_ms, of its hour, or later. */
void leaf_since(struct leaf *leaf, int64_t from_ms, struct member_set *out);

#endif
