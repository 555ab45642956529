/*
 * audience/segment.h - parts of an audience: tags and saved segments
 *
 * A static segment is a tag: a set of members, see tag_members.h. A saved one
 * has conditions that are evaluated whenever it is used, see segment_target.h.
 * Both share the table and the ids.
 */
#ifndef AUDIENCE_SEGMENT_H
#define AUDIENCE_SEGMENT_H

#include "base/json.h"
#include "base/vec.h"

struct arena;
struct db;
struct err;
struct list;
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

/* Strings live in arena. ERR_NOT_FOUND. */
int segment_get(struct db *db, int64_t list_id, int64_t id, struct arena *arena,
		struct segment *out, struct err *err);
/* The same, and nobody else changes it until the transaction ends. */
int segment_lock(struct tx *tx, int64_t list_id, int64_t id,
		 struct arena *arena, struct segment *out, struct err *err);
/* By name, a tag's or a saved one's: 1, 0 (*out untouched), -1. */
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
/* A page by id; *total_out is how many fit the filter. Appends to *out. */
int segment_list(struct db *db, const struct segment_filter *filter,
		 struct arena *arena, struct segments *out, int64_t *total_out,
		 struct err *err);

/* body: the API's object {name, static_segment | options}. ERR_INVALID: a field
 * of it is wrong, the name is taken, or (update) it is of the other kind. */
int segment_add(struct tx *tx, const struct list *list, const json_t *body,
		int64_t now_ms, struct arena *arena, struct segment *out,
		struct err *err);
int segment_update(struct tx *tx, const struct list *list, int64_t id,
		   const json_t *body, int64_t now_ms, struct arena *arena,
		   struct segment *out, struct err *err);
/* The members stay. ERR_NOT_FOUND. */
int segment_remove(struct tx *tx, int64_t list_id, int64_t id, struct err *err);

#endif
