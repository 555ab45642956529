/*
 * api/mc30/report_json.h - what the handlers of /3.0/reports share
 */
#ifndef API_MC30_REPORT_JSON_H
#define API_MC30_REPORT_JSON_H

#include "api/mc30/campaign_json.h"
#include "audience/merge_field.h"
#include "campaign/report.h"

/*
 * A reading of a report: connection, snapshot and campaign of the path. Before
 * it has begun to send, all lists are empty.
 *
 *     CLEANUP(mc_reading_release) struct mc_reading r = MC_READING_INIT;
 *
 *     if (mc_reading_begin(rq, &r, err) < 0)
 *             return -1;
 */
struct mc_reading {
	struct db *db;
	struct tx tx;
	struct campaign campaign;
	struct merge_defs defs; /* after mc_reading_defs */
};
#define MC_READING_INIT                   \
	{                                 \
		.db = NULL, .tx = TX_INIT \
	}
int mc_reading_begin(const struct request *rq, struct mc_reading *out,
		     struct err *err);
void mc_reading_release(struct mc_reading *reading);
/* The merge fields of its audience, for mc_person_write. */
int mc_reading_defs(const struct request *rq, struct mc_reading *reading,
		    struct err *err);

/* {subscriber_hash} of the path; link_id as in report_find. ERR_NOT_FOUND. */
int mc_report_row_of_path(const struct request *rq,
			  const struct mc_reading *reading, int64_t link_id,
			  struct report_row *out, struct err *err);

/* "email_id", "email_address"; long: also merge_fields, vip, contact_status. */
void mc_person_write(const struct mc_reading *reading,
		     const struct report_row *row, bool with_fields,
		     struct json_writer *w);
/* "campaign_id", "list_id", "list_is_active" */
void mc_report_ids_write(const struct campaign *campaign,
			 struct json_writer *w);

/* campaign_id, total_items and _links; part: "/sent-to". */
void mc_report_end(const struct request *rq, const struct campaign *campaign,
		   int64_t total, const char *part, struct json_writer *w);

#endif
