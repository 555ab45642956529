/*
 * campaign/variate/variate_figures.h - how each variant of a test does
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

/* The variant with the largest part of delivered mails that people opened or
 * clicked, as its criterion says; the earliest of several. */
int variate_best(const struct variate *v,
		 const struct variate_figures *figures);

#endif
