/*
 * crm/communication.h - what passed between the organisation and people
 *
 * Calls, meetings, letters and single e-mails are rows of `communication` with
 * links to any number of people, leads, companies and users. What a campaign
 * sent is a row of `campaign_recipient`, one a recipient; the timeline unites
 * both, newest first. campaign_id is 0 for the former.
 */
#ifndef CRM_COMMUNICATION_H
#define CRM_COMMUNICATION_H

#include "base/vec.h"
#include "crm/actor.h"
#include "crm/entity.h"
#include "store/db.h"

struct communication_link {
	enum entity entity;
	int64_t record_id;
};

struct communication {
	int64_t id;            /* 0: of a campaign */
	int64_t campaign_id;   /* 0: not of a campaign */
	const char *kind;      /* call meeting letter email task other */
	const char *direction; /* in, out; NULL: neither */
	const char *subject;
	const char *body;
	const char *status; /* of a campaign: sent opened clicked bounced
			       unsubscribed complained */
	int64_t user_id;
	int64_t at_ms, created_ms;
	const struct communication_link *links;
	size_t links_n;
	int64_t person_id; /* of a campaign: whose */
};
struct communications VEC_FIELDS(struct communication);

struct communication_page {
	int64_t before_ms; /* 0: from the newest */
	int64_t before_id; /* the last one's id, and campaign_id */
	int64_t before_campaign_id;
	int64_t before_person_id;
	int64_t limit;
};

/* A new one with its links (at least one). Sets id, user, times. ERR_INVALID
 * with the field, `links` if a linked record is not there. */
int communication_add(struct tx *tx, struct communication *c,
		      const struct actor *actor, struct err *err);
/* All of `before`, which was read in this transaction, but for who wrote it.
 * Errors: as for add. */
int communication_update(struct tx *tx, const struct communication *before,
			 const struct communication *c, struct err *err);
/* With its links. ERR_NOT_FOUND. */
int communication_remove(struct tx *tx, int64_t id, const struct actor *actor,
			 struct err *err);
/* One that a user wrote down. ERR_NOT_FOUND. Strings and links live in arena.
 */
int communication_get(struct db *db, int64_t id, struct arena *arena,
		      struct communication *out, struct err *err);
/* Of one person, lead or company, newest first, with campaigns; appended. */
int communication_list(struct db *db, enum entity entity, int64_t record_id,
		       const struct communication_page *page,
		       struct arena *arena, struct communications *out,
		       struct err *err);
/* All of them, whatever the page. Returns 1, or -1. */
int communication_count(struct db *db, enum entity entity, int64_t record_id,
			int64_t *out, struct err *err);

#endif
