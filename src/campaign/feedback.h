/*
 * campaign/feedback.h - what the team says of a campaign
 *
 * Comments, which may answer one another and can be ticked off. They say
 * nothing of readers and change nothing of the mail; they may be made whatever
 * the campaign's status, and go with it when it is removed unsent.
 */
#ifndef CAMPAIGN_FEEDBACK_H
#define CAMPAIGN_FEEDBACK_H

#include "base/json.h"
#include "base/vec.h"

struct arena;
struct campaign;
struct db;
struct err;
struct tx;

#define FEEDBACK_MESSAGE_MAX 5000 /* characters */
#define FEEDBACK_MOST 10000       /* of a campaign */

struct feedback {
	int64_t id;
	const char *message;
	int64_t block_id; /* 0: of the whole mail */
	bool is_complete;
	int64_t parent_id; /* which it answers; 0: none */
	int64_t user_id;   /* of the customer records; 0: nobody's */
	bool is_of_web;    /* of somebody signed in; else of a key */
	int64_t created_ms, updated_ms;
};
struct feedbacks VEC_FIELDS(struct feedback);

/* Oldest first, appended; texts live in arena. *total_out: all of the
 * campaign. */
int feedback_list(struct db *db, int64_t campaign_id, int64_t count,
		  int64_t offset, struct arena *arena, struct feedbacks *out,
		  int64_t *total_out, struct err *err);
/* ERR_NOT_FOUND. Locked in a transaction that writes. */
int feedback_get(struct db *db, int64_t campaign_id, int64_t id,
		 struct arena *arena, struct feedback *out, struct err *err);

/* body: the API's {message, block_id, is_complete, parent_id}; ERR_INVALID
 * names its field that is wrong. add: of a campaign that this transaction has
 * locked; *out says user_id and is_of_web, and gets the rest. ERR_CONFLICT:
 * there is too much. update, remove: ERR_NOT_FOUND. */
int feedback_add(struct tx *tx, const struct campaign *campaign,
		 const json_t *body, int64_t now_ms, struct arena *arena,
		 struct feedback *out, struct err *err);
int feedback_update(struct tx *tx, int64_t campaign_id, int64_t id,
		    const json_t *body, int64_t now_ms, struct arena *arena,
		    struct feedback *out, struct err *err);
int feedback_remove(struct tx *tx, int64_t campaign_id, int64_t id,
		    struct err *err);
/* With a campaign. */
int feedback_remove_all(struct tx *tx, int64_t campaign_id, struct err *err);

#endif
