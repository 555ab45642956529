/*
 * base/metrics.h - counters, gauges and histograms, exposed as OpenMetrics
 *
 *     static struct metric hits = METRIC_COUNTER("muster_hits", "Hits stored");
 *     metric_add(&hits, 1);
 *
 * Metrics register themselves on first use; updates are atomic, any thread.
 */
#ifndef BASE_METRICS_H
#define BASE_METRICS_H

#include "base/strbuf.h"

#include <stdatomic.h>

enum metric_kind { METRIC_IS_COUNTER, METRIC_IS_GAUGE, METRIC_IS_HISTOGRAM };

#define METRIC_BUCKETS 16 /* upper bounds 0.0005 s * 2^i, last +Inf */

struct metric {
	const char *name;
	const char *help;
	enum metric_kind kind;
	atomic_llong value; /* histogram: sum in microseconds */
	atomic_llong bucket[METRIC_BUCKETS];
	struct metric *next;
	atomic_int registered;
};

#define METRIC_COUNTER(n, h)                                                   \
	{                                                                      \
		.name = (n), .help = (h), .kind = METRIC_IS_COUNTER            \
	}
#define METRIC_GAUGE(n, h)                                                     \
	{                                                                      \
		.name = (n), .help = (h), .kind = METRIC_IS_GAUGE              \
	}
#define METRIC_HISTOGRAM(n, h)                                                 \
	{                                                                      \
		.name = (n), .help = (h), .kind = METRIC_IS_HISTOGRAM          \
	}

void metric_add(struct metric *m, int64_t n);
void metric_set(struct metric *m, int64_t n);
void metric_observe_us(struct metric *m, int64_t duration_us);

/* The OpenMetrics text of all registered metrics, ending in "# EOF\n". */
void metrics_format(struct strbuf *out);

#endif
