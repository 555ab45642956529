/*
 * crm/campaign/ab_result.h - what came of an A/B test, as the bridge brings it
 *
 * The audience counts by combination; each is a variant of ours. Once the
 * better one is known it goes to the rest as well. Where that is counted with
 * it, its figures are no longer those of a fair trial: so what the figures were
 * just before is kept beside what they are now, and is what the confidence is
 * worked out of. Our own audience goes on counting the sample alone.
 * Kept as a text beside the campaign; written by the pull alone.
 */
#ifndef CRM_CAMPAIGN_AB_RESULT_H
#define CRM_CAMPAIGN_AB_RESULT_H

#include "crm/campaign/ab_variant.h"
#include "store/db.h"

struct ab_figures {
	int64_t sent, delivered, opened, clicked; /* people */
};
struct ab_outcome {
	const char *id; /* of the combination; NULL: not known yet */
	struct ab_figures now, trial;
};
struct ab_result {
	struct ab_outcome of[AB_VARIANTS_MAX]; /* by variant - 1 */
	int winner;                            /* a variant; 0: not known */
	int64_t until_ms;   /* when it should be known; 0: nobody says */
	int64_t decided_ms; /* when it was found; 0: nobody says */
};

/* text NULL: nothing is known. Texts live in arena. */
void ab_result_load(const char *text, struct arena *arena,
		    struct ab_result *out);
const char *ab_result_store(const struct ab_result *r, struct arena *arena);
/* What was read now, after `before`: its trial figures are those of before,
 * once the winner has gone to the rest. */
void ab_result_follow(const struct ab_result *before, struct ab_result *now);
/* Of a campaign whose stored text is *text. One writer: the pull. */
int ab_result_put(struct tx *tx, int64_t campaign_id, const char *text,
		  struct err *err);

/* It has been sent to its sample, and the rest waits for a winner. */
bool ab_is_waiting(const struct crm_campaign *c, const struct ab_result *r);

/* "ab_test": what was tried, each variant with its figures, the winner and how
 * sure that is; null without a test. For the report. */
void ab_result_write(const struct crm_campaign *c, struct arena *arena,
		     struct json_writer *w);

#endif
