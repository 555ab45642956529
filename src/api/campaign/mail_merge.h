/*
 * api/campaign/mail_merge.h - merge tags for people of the CRM
 *
 * Where a mail is shown that the engine did not send: before it is sent, or
 * sent by another account. Tags become what a push would send of the person
 * (bridge/person_fields.h), rendered as the engine renders them. The one place
 * that brings the two together.
 */
#ifndef API_CAMPAIGN_MAIL_MERGE_H
#define API_CAMPAIGN_MAIL_MERGE_H

#include "campaign/merge/merge_tag.h"
#include "delivery/mailing.h"

struct arena;
struct db;
struct err;
struct record;

#define MAIL_MERGE_ADDRESS "[E-Mail]" /* of nobody in particular */

struct mail_merge {
	struct arena *arena;
	struct person_fields *known;
	struct merge_fields fields;
	int64_t read_ms; /* when the audience's were read; 0: never */
};
void mail_merge_release(struct mail_merge *m);

/* db: crm. *out is to be released, also after a failure. */
int mail_merge_load(struct db *db, struct arena *arena, struct mail_merge *out,
		    struct err *err);
/* person NULL: nobody in particular, with empty fields. address NULL: theirs.
 */
struct mailing_person mail_merge_person(const struct mail_merge *m,
					const struct record *person,
					const char *address);
/* Nobody in particular: each field says its name, "[First Name]", and none is
 * empty. */
struct mailing_person mail_merge_nobody(const struct mail_merge *m);
/* Somebody made up: "Ada", "Lovelace"; fields that everybody has otherwise say
 * their name. */
struct mailing_person mail_merge_example(const struct mail_merge *m);
/* Appended. slot_fn NULL: links that only the sender knows are left out.
 * ERR_LIMIT: it gets too long. */
int mail_merge_add(const struct mail_merge *m, const struct merge_facts *facts,
		   const struct mailing_person *person, const char *text,
		   enum merge_context context, merge_slot_fn slot_fn,
		   struct strbuf *out, struct err *err);
/* A text of the header; lives in the arena. ERR_LIMIT: it gets too long. */
int mail_merge_text(const struct mail_merge *m, const struct merge_facts *facts,
		    const struct mailing_person *person, const char *text,
		    const char **out, struct err *err);

#endif
