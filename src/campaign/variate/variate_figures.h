/*
 * campaign/variate/variate_figures.h - how each variant of a test, or each time
 * zone of Timewarp, does
 *
 * Of those who got it in the test; what the winner does afterwards is in the
 * figures of the whole campaign only, so that all are compared by the same.
 * Read from the ledger.
 */
#ifndef CAMPAIGN_VARIATE_FIGURES_H
#define CAMPAIGN_VARIATE_FIGURES_H

#include "campaign/report.h"
#include "campaign/variate/variate.h"

struct db;

/* By variant, from [1]. */
struct variate_figures {
	struct report_figures of[VARIATE_VARIANTS + 1];
};
int variate_figures(struct db *db, int64_t campaign_id,
		    struct variate_figures *out, struct err *err);

/* Of Timewarp; of another campaign there are none. */
struct zone_figures {
	int hours; /* clocks are ahead of UTC, from west to east */
	struct report_figures figures;
};
struct zones_figures VEC_FIELDS(struct zone_figures);
/* Appends. */
int zones_figures_list(struct db *db, const struct campaign *campaign,
		       struct zones_figures *out, struct err *err);

/* The variant with the largest part of delivered mails that people opened or
 * clicked, as its criterion says; the earliest of several. */
int variate_best(const struct variate *v,
		 const struct variate_figures *figures);

#endif
