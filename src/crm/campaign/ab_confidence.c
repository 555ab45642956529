#include "crm/campaign/ab_confidence.h"

#include <math.h>
#include <stdbool.h>

/* Below, the normal curve is no picture of the binomial one. */
#define EXPECTED_MIN 5.0
#define PEOPLE_MIN 20

static bool is_enough(struct ab_share s, double pooled)
{
	return s.of >= PEOPLE_MIN && (double)s.of * pooled >= EXPECTED_MIN &&
	       (double)s.of * (1 - pooled) >= EXPECTED_MIN;
}

static double rate(struct ab_share s)
{
	return (double)s.hits / (double)s.of;
}

/* The area below the normal curve left of z. */
static double normal_cdf(double z)
{
	return erfc(-z / sqrt(2.0)) / 2;
}

double ab_confidence_pct(struct ab_share a, struct ab_share b)
{
	double pooled, deviation;

	if (a.of <= 0 || b.of <= 0)
		return AB_TOO_FEW;
	pooled = (double)(a.hits + b.hits) / (double)(a.of + b.of);
	if (!is_enough(a, pooled) || !is_enough(b, pooled))
		return AB_TOO_FEW;
	deviation = sqrt(pooled * (1 - pooled) *
			 (1 / (double)a.of + 1 / (double)b.of));
	return 100 * normal_cdf((rate(a) - rate(b)) / deviation);
}
