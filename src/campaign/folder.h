/*
 * campaign/folder.h - folders in which campaigns, templates and files are put
 *
 * Flat, and of one kind each: nothing stands in two, and a folder stands in
 * none. Its public name is `hex` (10 digits), for files its `id`. Names need
 * not differ. Removing a folder removes nothing of what is in it: that stands
 * in no folder from then on.
 *
 * Whoever puts something into a folder has it locked by folder_take: a folder
 * that is removed at the same moment leaves nothing behind in it.
 */
#ifndef CAMPAIGN_FOLDER_H
#define CAMPAIGN_FOLDER_H

#include "base/json.h"
#include "base/vec.h"

struct arena;
struct db;
struct err;
struct tx;

#define FOLDER_NAME_MAX 100 /* characters */
#define FOLDERS_MOST 10000  /* of a kind */

/* Stored: append only. */
enum folder_kind {
	FOLDER_CAMPAIGNS = 1,
	FOLDER_TEMPLATES = 2,
	FOLDER_FILES = 3,
};

struct folder {
	int64_t id;
	const char *hex;
	const char *name;
	int64_t user_id; /* of the customer records; 0: nobody's */
	int64_t created_ms;
	int64_t count; /* of what is in it, without removed campaigns */
};
struct folders VEC_FIELDS(struct folder);

struct folder_filter {
	int64_t since_ms, before_ms; /* made after, before; 0: not asked */
	int64_t user_id;             /* who has made it; 0: anybody */
	int64_t count, offset;
};
/* Oldest first, appended; texts live in arena. *total_out is how many fit,
 * whatever the page. */
int folder_list(struct db *db, enum folder_kind kind,
		const struct folder_filter *filter, struct arena *arena,
		struct folders *out, int64_t *total_out, struct err *err);

/* key: its public name, as the path gives it. ERR_NOT_FOUND. Locked in a
 * transaction that writes. */
int folder_get(struct db *db, enum folder_kind kind, const char *key,
	       struct arena *arena, struct folder *out, struct err *err);
/* For who puts something in, in a transaction: its id, 0 if key is "" (no
 * folder); ERR_INVALID with this field: there is none. Locks it. */
int folder_take(struct db *db, enum folder_kind kind, const char *key,
		const char *field, int64_t *out, struct err *err);
/* The same by id, if it is still there: 1, 0, -1. */
int folder_keep(struct db *db, enum folder_kind kind, int64_t id,
		struct err *err);

/* body: the API's {name}. ERR_INVALID with the field; ERR_CONFLICT: there are
 * too many. update, remove: ERR_NOT_FOUND. */
int folder_add(struct tx *tx, enum folder_kind kind, const json_t *body,
	       int64_t user_id, int64_t now_ms, struct arena *arena,
	       struct folder *out, struct err *err);
int folder_update(struct tx *tx, enum folder_kind kind, const char *key,
		  const json_t *body, struct arena *arena, struct folder *out,
		  struct err *err);
int folder_remove(struct tx *tx, enum folder_kind kind, const char *key,
		  struct err *err);

#endif
