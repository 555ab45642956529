/*
 * crm/timeline.h - everything that happened with a record, the newest first
 *
 * Communications (with those of campaigns), notes, tasks and consent in one
 * list. A task stands at the time it was done, else is due, else was made.
 */
#ifndef CRM_TIMELINE_H
#define CRM_TIMELINE_H

#include "base/vec.h"
#include "crm/entity.h"
#include "store/db.h"

struct timeline_entry {
	const char *type; /* communication, note, task, consent */
	int64_t at_ms;
	int64_t campaign_id; /* of a communication; 0: not of a campaign */
	int64_t person_id;   /* of a campaign: whose */
	int64_t id;          /* 0: of a campaign */
	const char *kind;    /* of a communication, or the source of consent */
	const char *title;   /* subject, or what is to be done */
	const char *body;
	const char *status;
	int64_t user_id;
};
struct timeline VEC_FIELDS(struct timeline_entry);

/* A page, the newest first, appended; strings live in arena. after: the last
 * entry of the page before; NULL: from the newest. */
int timeline_list(struct db *db, enum entity entity, int64_t record_id,
		  const struct timeline_entry *after, int64_t limit,
		  struct arena *arena, struct timeline *out, struct err *err);
/* All of them, whatever the page. */
int timeline_count(struct db *db, enum entity entity, int64_t record_id,
		   int64_t *out, struct err *err);

#endif
