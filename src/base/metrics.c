#include "base/metrics.h"

#include <inttypes.h>
#include <pthread.h>

/* The list of all metrics: the one registry of the process. Metrics are
 * static, so nothing is ever taken out. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct metric *first;

static void register_once(struct metric *m)
{
	if (atomic_load_explicit(&m->registered, memory_order_acquire))
		return;
	pthread_mutex_lock(&lock);
	if (!atomic_load_explicit(&m->registered, memory_order_relaxed)) {
		m->next = first;
		first = m;
		atomic_store_explicit(&m->registered, 1, memory_order_release);
	}
	pthread_mutex_unlock(&lock);
}

void metric_add(struct metric *m, int64_t n)
{
	register_once(m);
	atomic_fetch_add_explicit(&m->value, n, memory_order_relaxed);
}

void metric_set(struct metric *m, int64_t n)
{
	register_once(m);
	atomic_store_explicit(&m->value, n, memory_order_relaxed);
}

void metric_observe_us(struct metric *m, int64_t duration_us)
{
	int64_t bound_us = 500;
	int i = 0;

	register_once(m);
	while (i < METRIC_BUCKETS - 1 && duration_us > bound_us) {
		bound_us *= 2;
		i++;
	}
	atomic_fetch_add_explicit(&m->bucket[i], 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&m->value, duration_us, memory_order_relaxed);
}

static void format_histogram(struct metric *m, struct strbuf *out)
{
	int64_t total = 0;
	double bound = 0.0005;

	for (int i = 0; i < METRIC_BUCKETS; i++) {
		total += atomic_load_explicit(&m->bucket[i],
					      memory_order_relaxed);
		if (i < METRIC_BUCKETS - 1)
			strbuf_addf(out, "%s_bucket{le=\"%g\"}", m->name,
				    bound);
		else
			strbuf_addf(out, "%s_bucket{le=\"+Inf\"}", m->name);
		strbuf_addf(out, " %" PRId64 "\n", total);
		bound *= 2;
	}
	strbuf_addf(out, "%s_sum %.6f\n%s_count %" PRId64 "\n", m->name,
		    (double)atomic_load(&m->value) / 1e6, m->name, total);
}

static void format_one(struct metric *m, struct strbuf *out)
{
	static const char *const kinds[] = { "counter", "gauge", "histogram" };
	const char *suffix = m->kind == METRIC_IS_COUNTER ? "_total" : "";

	strbuf_addf(out, "# TYPE %s %s\n# HELP %s %s\n", m->name,
		    kinds[m->kind], m->name, m->help);
	if (m->kind == METRIC_IS_HISTOGRAM)
		format_histogram(m, out);
	else
		strbuf_addf(out, "%s%s %lld\n", m->name, suffix,
			    atomic_load(&m->value));
}

void metrics_format(struct strbuf *out)
{
	struct metric *m;

	pthread_mutex_lock(&lock);
	m = first;
	pthread_mutex_unlock(&lock);
	for (; m; m = m->next)
		format_one(m, out);
	strbuf_addstr(out, "# EOF\n");
}
