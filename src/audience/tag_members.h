/*
 * audience/tag_members.h - who has a tag: the members of a static segment
 *
 * Here they are named by their addresses, many at once; member_tag.c has the
 * other side, the tags of a member by their names.
 */
#ifndef AUDIENCE_TAG_MEMBERS_H
#define AUDIENCE_TAG_MEMBERS_H

#include "base/json.h"
#include "base/vec.h"

struct arena;
struct err;
struct list;
struct segment;
struct tx;

/* What happened to the addresses of a change. */
struct tag_change {
	struct ids added, removed; /* member ids */
	struct texts unknown;      /* addresses that are no members; the
				      caller's texts */
};
void tag_change_release(struct tag_change *change);

/*
 * Addresses as JSON arrays (NULL: none), at most TAG_CHANGE_MAX of each. Who
 * has the tag already, or does not have it, is not counted. ERR_NOT_FOUND: no
 * such segment; ERR_INVALID: too many, no texts, or a saved segment.
 */
#define TAG_CHANGE_MAX 500
int tag_members_change(struct tx *tx, const struct list *list, int64_t id,
		       const json_t *add, const json_t *remove, int64_t now_ms,
		       struct arena *arena, struct tag_change *out,
		       struct err *err);
/* Members by their ids; who has the tag keeps it. Returns how many did not have
 * it, or -1. The same errors. */
int tag_members_add(struct tx *tx, const struct list *list, int64_t id,
		    const struct ids *members, int64_t now_ms,
		    struct arena *arena, struct err *err);
/* Returns how many had it, or -1. The same errors. */
int tag_members_remove(struct tx *tx, const struct list *list, int64_t id,
		       const struct ids *members, int64_t now_ms,
		       struct arena *arena, struct err *err);
/* These and nobody else; addresses that are no members are passed over. */
int tag_members_set(struct tx *tx, const struct segment *segment,
		    const json_t *addresses, int64_t now_ms,
		    struct arena *arena, struct err *err);

#endif
