/*
 * audience/segment.h - parts of an audience: tags and saved segments
 *
 * A static segment is a tag: a set of members. A saved one has conditions that
 * are evaluated whenever it is used. Both share the table and the ids.
 *
 *     struct segment_target target = { .list_id = id, .segment_id = tag };
 *
 *     segment_members(db, &target, now_ms, &set, err);
 */
#ifndef AUDIENCE_SEGMENT_H
#define AUDIENCE_SEGMENT_H

#include "audience/member.h"
#include "base/json.h"
#include "base/vec.h"

struct arena;
struct db;
struct err;
struct member_set;
struct tx;

/* Stored: append only. */
enum segment_kind { SEGMENT_STATIC = 1, SEGMENT_SAVED = 2 };

struct segment {
	int64_t id, list_id;
	const char *name;
	enum segment_kind kind;
	const char *conditions; /* JSON {"match", "conditions"}; NULL: static */
	int64_t created_ms, updated_ms;
};
struct segments VEC_FIELDS(struct segment);

int segment_get(struct db *db, int64_t list_id, int64_t id, struct arena *arena,
		struct segment *out, struct err *err);
/* By name, a tag's or a saved one's; 1, 0. */
int segment_find_by_name(struct db *db, int64_t list_id, const char *name,
			 struct arena *arena, struct segment *out,
			 struct err *err);

struct segment_filter {
	int64_t list_id;
	enum segment_kind kind; /* 0: any */
	int64_t since_created_ms, before_created_ms;
	int64_t since_updated_ms, before_updated_ms;
	const char *name; /* tags whose name begins so; NULL: any */
	int64_t count, offset;
};
int segment_list(struct db *db, const struct segment_filter *filter,
		 struct arena *arena, struct segments *out, int64_t *total_out,
		 struct err *err);

/* What happened to the addresses of a change. */
struct segment_change {
	struct ids added, removed; /* member ids */
	struct texts unknown;      /* addresses that are no members */
};
void segment_change_release(struct segment_change *change);

/* body: the API's object {name, static_segment | options}. */
int segment_add(struct tx *tx, const struct list *list, const json_t *body,
		int64_t now_ms, struct arena *arena, struct segment *out,
		struct err *err);
int segment_update(struct tx *tx, const struct list *list, int64_t id,
		   const json_t *body, int64_t now_ms, struct arena *arena,
		   struct segment *out, struct err *err);
int segment_remove(struct tx *tx, int64_t list_id, int64_t id, struct err *err);
/* At most 500 of each; addresses as JSON arrays (NULL: none). */
#define SEGMENT_CHANGE_MAX 500
int segment_change_members(struct tx *tx, const struct list *list, int64_t id,
			   const json_t *add, const json_t *remove,
			   int64_t now_ms, struct arena *arena,
			   struct segment_change *out, struct err *err);

/* --- who is in it --- */

struct segment_target {
	int64_t list_id;
	int64_t segment_id; /* saved or static; 0: none */
	const char *opts;   /* JSON {match, conditions}; NULL: none */
	unsigned statuses;  /* bits (1 << status); 0: subscribed only */
};
#define MEMBER_STATUS_BIT(status) (1u << (status))
#define MEMBER_STATUS_ALL 0x7eu

/*
 * The ids of the members that fit at this moment, added to *out, which must be
 * empty. Neither segment nor opts: the whole list. ERR_NOT_FOUND: no such
 * segment in that list; ERR_INVALID: opts are no conditions.
 */
int segment_members(struct db *db, const struct segment_target *target,
		    int64_t now_ms, struct member_set *out, struct err *err);
int segment_count(struct db *db, const struct segment_target *target,
		  int64_t now_ms, int64_t *out, struct err *err);

/* Are these conditions right for that list? body: {match, conditions}. */
int segment_check_opts(struct db *db, int64_t list_id, const json_t *opts,
		       struct arena *arena, struct err *err);

#endif
