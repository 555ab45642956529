/*
 * audience/side/member_many.h - one act on many members, named by their ids
 *
 * What a request about each alone would do, webhooks included, by statements
 * for all of them. Nothing here brings anybody back into the list: who is out
 * of it stays out.
 */
#ifndef AUDIENCE_SIDE_MEMBER_MANY_H
#define AUDIENCE_SIDE_MEMBER_MANY_H

#include "audience/member.h"

enum member_act {
	MEMBER_ACT_TAG,
	MEMBER_ACT_UNTAG,
	MEMBER_ACT_UNSUBSCRIBE, /* who is subscribed, or waits */
	MEMBER_ACT_ARCHIVE,
};
/* false: no such act; *out is untouched. */
bool member_act_parse(const char *name, enum member_act *out);
const char *member_act_name(enum member_act act);

struct member_refusal {
	int64_t id;
	const char *why; /* for people; static */
};
struct member_refusals VEC_FIELDS(struct member_refusal);

struct member_many {
	enum member_act act;
	int64_t segment_id;    /* of TAG and UNTAG: a static one */
	const struct ids *ids; /* in order, each once; some hundreds */
};

/*
 * Returns how many changed; who was so before is not among them, and who is
 * refused is appended to *refused, in the order of ids. ERR_NOT_FOUND: the
 * segment; ERR_INVALID: it is no static one; ERR_RETRY.
 */
int member_many(struct tx *tx, const struct list *list,
		const struct member_many *what,
		const struct member_actor *actor, struct arena *arena,
		struct member_refusals *refused, struct err *err);

#endif
