/*
 * audience/segment_target.h - who is meant by a list, a segment, conditions
 *
 *     struct segment_target target = { .list_id = id, .segment_id = tag };
 *
 *     segment_members(db, &target, now_ms, &set, err);
 */
#ifndef AUDIENCE_SEGMENT_TARGET_H
#define AUDIENCE_SEGMENT_TARGET_H

#include "base/json.h"

#include <stdint.h>

struct arena;
struct db;
struct err;
struct id_set;

struct segment_target {
	int64_t list_id;
	int64_t segment_id; /* saved or static; 0: none */
	const char *opts;   /* JSON {match, conditions}; NULL: none */
	unsigned statuses;  /* MEMBER_STATUS_BITs; 0: subscribed only */
};

/*
 * The ids of the members that fit at this moment, added to *out, which must be
 * empty: of a snapshot that is taken now, or of the transaction that is open.
 * Neither segment nor opts: the whole list. ERR_NOT_FOUND: no such segment in
 * that list; ERR_INVALID: opts are no conditions.
 */
int segment_members(struct db *db, const struct segment_target *target,
		    int64_t now_ms, struct id_set *out, struct err *err);
/*
 * How many they are; in a snapshot, perhaps of a moment after it. Others wait
 * for a transaction that writes: in one they are counted by its rows, and not
 * on after SEGMENT_COUNT_MOST.
 */
#define SEGMENT_COUNT_MOST 1000
int segment_count(struct db *db, const struct segment_target *target,
		  int64_t now_ms, int64_t *out, struct err *err);
/* The same text as long as they are the same members. */
#define SEGMENT_DIGEST_HEX 64
int segment_digest(struct db *db, const struct segment_target *target,
		   int64_t now_ms, char out[SEGMENT_DIGEST_HEX + 1],
		   struct err *err);

/*
 * Conditions {match, conditions} of a client, as they are kept and answered
 * (*out, JSON in arena): each with its condition_type and field, which a client
 * may leave out, and with values of the type that the API gives them.
 * ERR_INVALID says what is wrong with them for that list.
 */
int segment_options_read(struct db *db, int64_t list_id, const json_t *opts,
			 struct arena *arena, const char **out,
			 struct err *err);

#endif
