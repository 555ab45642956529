/*
 * crm/campaign/found.h - campaigns that the CRM did not order
 *
 * A feed of the audience sends by itself, and other programs (or people, in a
 * Mailchimp account) send to the same audience. The bridge finds what they sent
 * and notes it here, so that people's timelines, figures and groups know of it.
 * Such a campaign is read only: whoever sent it pauses or cancels it. Its
 * recipients, and what they did, come as those of the CRM's own.
 */
#ifndef CRM_CAMPAIGN_FOUND_H
#define CRM_CAMPAIGN_FOUND_H

#include "crm/campaign_record.h"

/* Of ids of the Marketing API (a JSON array) those that some campaign of the
 * CRM has, appended in order. */
int found_campaign_known(struct db *db, struct str ids, struct arena *arena,
			 struct texts *out, struct err *err);

/*
 * As the audience tells it: origin, audience_id, marketing_campaign_id, name
 * and started_ms must be there; sent_ms, if it is over. It is `sending` until
 * the bridge has looked at it, which it does at once. 1, 0: it is known, or the
 * demo is at work; -1.
 */
int found_campaign_add(struct tx *tx, const struct crm_campaign *c,
		       int64_t now_ms, struct err *err);

/* These addresses, which have rows by now, were sent it. */
int found_campaign_was_sent(struct tx *tx, int64_t campaign_id,
			    struct str hashes, struct err *err);

#endif
