/*
 * crm/timeline/timeline.h - everything that happened with a record, the newest
 * first
 *
 * Communications (with those of campaigns), notes, tasks and consent in one
 * list, and the import that made it. A task stands at the time it was done,
 * else is due, else was made. A page costs a few queries, however long it is.
 */
#ifndef CRM_TIMELINE_H
#define CRM_TIMELINE_H

#include "base/vec.h"
#include "crm/entity.h"
#include "store/db.h"

struct campaign_mail;

struct timeline_entry {
	const char *type; /* communication, note, task, consent, import */
	int64_t at_ms;
	int64_t campaign_id; /* of a communication; 0: not of a campaign */
	int64_t person_id;   /* of a campaign: whose */
	int64_t id;          /* 0: of a campaign; of an import: its own */
	const char *kind;    /* of a communication, or the source of consent */
	const char *title;   /* subject, what is to be done, a file, or the form
				by which consent came */
	const char *body;
	const char *status;
	const char *direction; /* of a communication: in, out; or NULL */
	int64_t user_id;
	const char *user_name;      /* NULL: no user */
	const char *campaign_name;  /* that sent it, or by which consent came */
	const char *address;        /* of a campaign's mail or of consent */
	struct campaign_mail *mail; /* NULL: not of a campaign */
};
struct timeline VEC_FIELDS(struct timeline_entry);

/* A set of types. */
#define TIMELINE_COMMUNICATIONS 1u
#define TIMELINE_NOTES 2u
#define TIMELINE_TASKS 4u
#define TIMELINE_CONSENT 8u
#define TIMELINE_IMPORTS 16u
#define TIMELINE_ALL 31u
/* "note,task"; NULL, "": all. ERR_INVALID with field `type`. */
int timeline_types_parse(const char *text, unsigned *out, struct err *err);

/* A page, the newest first, appended; strings live in arena. after: the last
 * entry of the page before; NULL: from the newest. Mails have their events and
 * hashes. */
int timeline_list(struct db *db, enum entity entity, int64_t record_id,
		  unsigned types, const struct timeline_entry *after,
		  int64_t limit, struct arena *arena, struct timeline *out,
		  struct err *err);
/* All of these types, whatever the page. */
int timeline_count(struct db *db, enum entity entity, int64_t record_id,
		   unsigned types, int64_t *out, struct err *err);

#endif
