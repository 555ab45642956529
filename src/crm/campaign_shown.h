/*
 * crm/campaign_shown.h - campaigns as people look at them: with their figures,
 * how quickly they go, to whom, and who made them
 *
 * Pages go by key, as those of crm/browse/record_list.h. Nothing is counted:
 * figures are those that are kept (crm/campaign_figures.h). Any thread.
 */
#ifndef CRM_CAMPAIGN_SHOWN_H
#define CRM_CAMPAIGN_SHOWN_H

#include "crm/campaign_figures.h"
#include "crm/campaign_record.h"

struct campaign_shown {
	struct crm_campaign c;
	bool has_ledger; /* else there are no figures yet */
	struct campaign_figures figures;
	int64_t send_job_id; /* that is to send it; 0: none, or it has begun */
	const char *to_name; /* of a group; NULL: gone, or none */
	const char *user_name; /* NULL: nobody's */
	/* Who sent or scheduled it last; NULL and 0: nobody, or not known. */
	const char *ordered_by; /* a user, or a key */
	int64_t ordered_ms;
};
struct campaigns_shown VEC_FIELDS(struct campaign_shown);

struct campaign_filter {
	const char *q;      /* part of the name; NULL: all */
	const char *status; /* names, with commas between; NULL: any */
	const char *sort;   /* NULL: "-created_at" */
	const char *cursor; /* NULL: the first page */
	int64_t limit;
};

/* Appended; without html and plain_text. *next: cursor; NULL: the last page.
 * *total: all that fit. ERR_INVALID with field status, sort or cursor. */
int campaign_shown_list(struct db *db, const struct campaign_filter *filter,
			struct arena *arena, struct campaigns_shown *out,
			int64_t *total, const char **next, struct err *err);
/* With html and plain_text. ERR_NOT_FOUND. */
int campaign_shown_get(struct db *db, int64_t id, struct arena *arena,
		       struct campaign_shown *out, struct err *err);
/* The API's shape. */
void campaign_shown_format(const struct campaign_shown *shown,
			   bool with_content, int64_t now_ms,
			   struct json_writer *w);

#endif
