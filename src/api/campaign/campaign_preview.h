/*
 * api/campaign/campaign_preview.h - a campaign's texts with the merge tags of
 * one person filled in, to be sent as a test
 */
#ifndef API_CAMPAIGN_CAMPAIGN_PREVIEW_H
#define API_CAMPAIGN_CAMPAIGN_PREVIEW_H

#include "base/json.h"

struct request;

/*
 * Members `subject`, `preview_text`, `html` and `plain_text` of those that the
 * campaign (of the request's path) has. What only the sender knows stays a tag:
 * the links to unsubscribe, to the archive and the like. variant: of an A/B
 * test, a letter; NULL: A. ERR_NOT_FOUND: the campaign, or the person.
 */
int campaign_preview_merge(struct request *rq, int64_t person_id,
			   const char *variant, struct json_writer *w,
			   struct err *err);

#endif
