/*
 * api/crm/campaign_checklist.h - what is missing before a campaign can be sent,
 * and what may be wrong with it: as far as the CRM knows
 *
 * Errors stop a send; warnings do not. The job campaign-check adds what only
 * others know: whether links lead anywhere, what the DNS says.
 */
#ifndef API_CRM_CAMPAIGN_CHECKLIST_H
#define API_CRM_CAMPAIGN_CHECKLIST_H

#include "base/json.h"
#include "base/vec.h"
#include "crm/campaign_record.h"

struct api;
struct content;
struct group;
struct mail_merge;

enum check_type {
	CHECK_GOOD,
	CHECK_WARNING,
	CHECK_ERROR,
};
struct check_item {
	enum check_type type;
	const char *code; /* a word for programs, see the spec */
	const char *heading, *details;
	const char *block; /* of the design; NULL: none */
	const char *tag;   /* the merge tag; NULL: none */
	const char *about; /* what of the block, as a link; NULL: all of it */
};
struct campaign_checklist {
	struct arena *arena;
	struct VEC_FIELDS(struct check_item) items;
	struct crm_campaign campaign;
};
void campaign_checklist_release(struct campaign_checklist *list);

/* db: crm. variant: what those see who get it (ab_variant.h); NULL: A, and
 * whether the test itself is complete. Texts live in arena; *out is to be
 * released, also after a failure. ERR_NOT_FOUND. */
int campaign_checklist_make(const struct api *api, struct db *db,
			    int64_t campaign_id, const char *variant,
			    struct arena *arena, struct campaign_checklist *out,
			    struct err *err);
void campaign_checklist_add(struct campaign_checklist *list,
			    struct check_item item);
/* The group that it goes to: 1 and *out; 0: none is chosen, or it is gone; -1.
 */
int campaign_checklist_group(struct campaign_checklist *list, struct db *db,
			     struct group *out, struct err *err);
/* Members `is_ready` and `items`, in an object that the caller has begun. */
void campaign_checklist_write(const struct campaign_checklist *list,
			      struct json_writer *w);

/* So many placeholders of contents, or of a design, are named one by one. */
#define CHECK_PLACEHOLDERS 10
/* How many more there are than those, if any. */
void campaign_checklist_more_placeholders(struct campaign_checklist *list,
					  size_t found);
/* Words and links that are still to be written. */
void campaign_checklist_placeholders(struct campaign_checklist *list,
				     const struct content *content);
/* What is wrong with its merge tags, and for how many they leave a gap. */
int campaign_checklist_tags(struct campaign_checklist *list, struct db *db,
			    const struct mail_merge *merge, struct err *err);
/* What is wrong with feeds that it shows; variant NULL: of any. */
void campaign_checklist_feeds(struct campaign_checklist *list,
			      const char *variant);
/* Before it is sent or scheduled, as its checklist says: ERR_INVALID with field
 * `html`, if the audience would refuse what it shows of feeds. */
int campaign_check_feeds(const struct crm_campaign *c, struct arena *arena,
			 struct err *err);

#endif
