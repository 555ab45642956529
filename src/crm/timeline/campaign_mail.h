/*
 * crm/timeline/campaign_mail.h - what a campaign sent to a person, and what
 * they did with it
 *
 * The facts are what the bridge has pulled: times of single opens, clicks and
 * bounces (campaign_activity), of leaving and complaining (campaign_recipient).
 * The message itself is not here: only who sent it can show it again.
 */
#ifndef CRM_CAMPAIGN_MAIL_H
#define CRM_CAMPAIGN_MAIL_H

#include "crm/entity.h"
#include "store/db.h"

#define MAIL_EVENTS_MAX 50 /* of one mail: the newest */

struct mail_event {
	const char *type; /* opened clicked bounced unsubscribed complained */
	int64_t at_ms;
	const char *url; /* of a click; NULL: not known */
	bool machine;
	const char *detail; /* of a bounce, in the relay's words; or NULL */
};

struct campaign_mail {
	int64_t campaign_id, person_id;
	int64_t at_ms; /* accepted */
	const char *campaign_name;
	const char *subject;  /* as its author wrote it, with merge tags; of the
				 variant of a test that they got, if known */
	const char *address;  /* that it went to; NULL: erased */
	const char *campaign; /* id in the Marketing API; NULL: none */
	const char *audience; /* list id there; NULL: not known */
	const char *hash;     /* subscriber hash then; NULL: not known */
	int64_t bounced;      /* enum crm_bounce */
	int64_t bounced_ms, unsubscribed_ms, complained_ms; /* 0: not */
	const char *bounce_detail;

	/* Filled by campaign_mails_add_events, the newest first. */
	const struct mail_event *events;
	size_t events_n;
	/* Filled by campaign_mails_add_hashes: of all addresses that the person
	 * has or had. */
	const char *const *hashes;
	size_t hashes_n;
	int64_t record_id; /* the person, or whom they were merged into */
};

/*
 * What the campaign sent to a person (or to somebody who was merged into them)
 * or a lead. 1, 0: nothing, or they are gone, -1. Strings live in arena.
 */
int campaign_mail_find(struct db *db, enum entity entity, int64_t record_id,
		       int64_t campaign_id, struct arena *arena,
		       struct campaign_mail *out, struct err *err);

/* campaign_name to hash, bounced to the variant and its test, as columns from
 * `at` on, in the order in which they stand in SQL_CAMPAIGN_MAIL_OF_PERSON. */
void campaign_mail_read(const struct rows *rows, int at, struct arena *arena,
			struct campaign_mail *out);

/* Each one query, however many mails. */
int campaign_mails_add_events(struct db *db, struct campaign_mail *const *mails,
			      size_t n, struct arena *arena, struct err *err);
int campaign_mails_add_hashes(struct db *db, struct campaign_mail *const *mails,
			      size_t n, struct arena *arena, struct err *err);

#endif
