/*
 * campaign/checklist.h - is a campaign ready to send?
 *
 * Only missing recipients, subject, sender, content, postal address, or public
 * URL are errors, that sending is off, and that a test has nothing to try; they
 * stop a send. Each subject, sender and content of a test is looked at. The
 * unsubscribe link is never missing: whoever sends adds it with the footer. All
 * else warns.
 */
#ifndef CAMPAIGN_CHECKLIST_H
#define CAMPAIGN_CHECKLIST_H

#include "base/vec.h"
#include "campaign/campaign.h"
#include "campaign/merge/merge_tag.h"

enum checklist_type {
	CHECKLIST_SUCCESS,
	CHECKLIST_WARNING,
	CHECKLIST_ERROR,
};
const char *checklist_type_name(enum checklist_type type);

/* The API's ids of items. */
enum checklist_id {
	CHECKLIST_RECIPIENTS = 100,
	CHECKLIST_SUBJECT = 200,
	CHECKLIST_TEST = 250,
	CHECKLIST_SENDER = 300,
	CHECKLIST_CONTENT = 400,
	CHECKLIST_TAGS = 410,
	CHECKLIST_LINKS = 420,
	CHECKLIST_IMAGES = 430,
	CHECKLIST_SIZE = 440,
	CHECKLIST_UNCLOSED = 450,
	CHECKLIST_UNSUBSCRIBE = 500,
	CHECKLIST_ADDRESS = 600,
	CHECKLIST_DKIM = 700,
	CHECKLIST_LINKS_LEAD = 800,
	CHECKLIST_SENDING = 900,
};

struct checklist_item {
	enum checklist_type type;
	enum checklist_id id;
	const char *heading, *details;
};

struct checklist {
	bool is_ready;      /* no errors */
	int64_t recipients; /* who would get it now */
	struct VEC_FIELDS(struct checklist_item) items;
};
void checklist_release(struct checklist *checklist);

/* Whether it can come from its sender. ERR_INVALID with the field: why not. */
int checklist_check_sender(const struct campaign *campaign, struct err *err);

/* Texts live in arena; *out is to be released, also after a failure. */
int checklist_make(struct db *db, const struct campaign *campaign,
		   const struct campaign_sender_facts *facts, int64_t now_ms,
		   struct arena *arena, struct checklist *out, struct err *err);

/*
 * What the merge tags of a campaign can name, for its audience. The postal
 * address is that of the organisation, else the contact of the audience.
 */
int campaign_merge_facts(struct db *db, const struct campaign *campaign,
			 const struct campaign_sender_facts *facts,
			 int64_t now_ms, struct arena *arena,
			 struct merge_facts *out, struct err *err);

/* How many would get it at this moment, by its audience and segment; nobody, if
 * one of them was removed. */
int campaign_count_recipients(struct db *db, const struct campaign *campaign,
			      int64_t now_ms, int64_t *out, struct err *err);

#endif
