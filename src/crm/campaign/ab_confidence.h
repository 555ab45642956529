/*
 * crm/campaign/ab_confidence.h - is one variant better than another, or was it
 * chance?
 *
 * A one-sided test of two proportions with a pooled rate: how probable it is
 * that of two groups, of which those who did something are counted, the first
 * one's rate is truly the higher.
 */
#ifndef CRM_CAMPAIGN_AB_CONFIDENCE_H
#define CRM_CAMPAIGN_AB_CONFIDENCE_H

#include <stdint.h>

struct ab_share {
	int64_t hits, of; /* so many of so many people */
};

/* From here on it is said to be better. */
#define AB_SURE_PCT 95.0
/* The figures say nothing: too few people, or too few (or nearly all) of them
 * did it. */
#define AB_TOO_FEW (-1.0)

/* Per cent, from 0 to 100; 50 for equal rates. AB_TOO_FEW. */
double ab_confidence_pct(struct ab_share a, struct ab_share b);

#endif
