/*
 * api/mc30/campaign_json.h - campaigns and reports as the Marketing API writes
 * them; what their handlers share
 */
#ifndef API_MC30_CAMPAIGN_JSON_H
#define API_MC30_CAMPAIGN_JSON_H

#include "api/mc30/mc30.h"
#include "campaign/campaign.h"

/* {campaign_id} of the path. ERR_NOT_FOUND. */
int mc_campaign_of_path(const struct request *rq, struct db *db,
			struct campaign *out, struct err *err);

/* To be read: with_archived, ours alone, finds one that was deleted after it
 * was sent, too. ERR_NOT_FOUND. */
int mc_campaign_to_read(const struct request *rq, struct db *db,
			struct campaign *out, struct err *err);

/* The campaign object; db: for figures and the number of recipients. */
int mc_campaign_write(const struct request *rq, struct db *db,
		      const struct campaign *campaign, struct json_writer *w,
		      struct err *err);

/* "variate_settings" of a test; of another, nothing. count: how many are to get
 * it, as far as that is not frozen. */
int mc_variate_write(const struct request *rq, struct db *db,
		     const struct campaign *campaign, int64_t count,
		     struct json_writer *w, struct err *err);

/* "delivery_status" */
struct report_figures;
struct campaign_hold;
void mc_delivery_status_write(const struct campaign *campaign,
			      const struct campaign_hold *hold,
			      const struct report_figures *figures,
			      struct json_writer *w);

#endif
