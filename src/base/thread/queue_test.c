#include "base/metrics.h"
#include "base/thread/queue.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define PUSHERS 4
#define TAKERS 3
#define ITEMS 5000

struct load {
	struct queue *q;
	atomic_llong sum;
	atomic_llong taken;
};

static struct metric pushed =
	METRIC_COUNTER("test_pushed", "Items pushed by the test");

static void *push_all(void *arg)
{
	struct load *load = arg;

	for (intptr_t i = 1; i <= ITEMS; i++) {
		if (!queue_push(load->q, (void *)i))
			return NULL;
		metric_add(&pushed, 1);
	}
	return NULL;
}

static void *take_all(void *arg)
{
	struct load *load = arg;
	void *items[7];
	size_t n;

	while ((n = queue_take(load->q, items, 7, -1)) > 0) {
		for (size_t i = 0; i < n; i++)
			atomic_fetch_add(&load->sum, (intptr_t)items[i]);
		atomic_fetch_add(&load->taken, (long long)n);
	}
	return NULL;
}

static void nothing_is_lost_between_threads(void **state)
{
	struct load load = { .q = queue_new(16) };
	pthread_t pushers[PUSHERS];
	pthread_t takers[TAKERS];

	(void)state;
	for (int i = 0; i < TAKERS; i++)
		pthread_create(&takers[i], NULL, take_all, &load);
	for (int i = 0; i < PUSHERS; i++)
		pthread_create(&pushers[i], NULL, push_all, &load);
	for (int i = 0; i < PUSHERS; i++)
		pthread_join(pushers[i], NULL);
	queue_close(load.q);
	for (int i = 0; i < TAKERS; i++)
		pthread_join(takers[i], NULL);
	assert_int_equal(load.taken, PUSHERS * ITEMS);
	assert_int_equal(load.sum,
			 (long long)PUSHERS * ITEMS * (ITEMS + 1) / 2);
	assert_int_equal(pushed.value, PUSHERS * ITEMS);
	queue_free(&load.q);
}

static void order_is_kept_and_capacity_holds(void **state)
{
	struct queue *q = queue_new(2);
	int a, b, c;
	void *out[4];

	(void)state;
	assert_true(queue_try_push(q, &a));
	assert_true(queue_try_push(q, &b));
	assert_false(queue_try_push(q, &c));
	assert_int_equal(queue_size(q), 2);
	assert_int_equal(queue_take(q, out, 1, 0), 1);
	assert_ptr_equal(out[0], &a);
	assert_true(queue_push(q, &c));
	assert_int_equal(queue_take(q, out, 4, 0), 2);
	assert_ptr_equal(out[0], &b);
	assert_ptr_equal(out[1], &c);
	assert_int_equal(queue_take(q, out, 4, 0), 0);
	assert_int_equal(queue_take(q, out, 4, 1), 0);
	queue_free(&q);
	assert_null(q);
}

static void a_closed_queue_gives_what_is_left(void **state)
{
	struct queue *q = queue_new(2);
	int a;
	void *out[4];

	(void)state;
	assert_true(queue_push(q, &a));
	assert_false(queue_is_closed(q));
	queue_close(q);
	assert_true(queue_is_closed(q));
	assert_false(queue_push(q, &a));
	assert_false(queue_try_push(q, &a));
	assert_int_equal(queue_take(q, out, 4, -1), 1);
	assert_int_equal(queue_take(q, out, 4, -1), 0);
	queue_free(&q);
}

static void metrics_are_written_as_openmetrics(void **state)
{
	static struct metric gauge = METRIC_GAUGE("test_gauge", "A level");
	static struct metric time =
		METRIC_HISTOGRAM("test_seconds", "Durations");
	struct strbuf out = STRBUF_INIT;

	(void)state;
	metric_set(&gauge, -3);
	metric_observe_us(&time, 500);
	metric_observe_us(&time, 501);
	metric_observe_us(&time, INT64_C(3600000000));
	metrics_format(&out);
	assert_non_null(strstr(out.buf, "# TYPE test_gauge gauge\n"));
	assert_non_null(strstr(out.buf, "\ntest_gauge -3\n"));
	assert_non_null(strstr(out.buf, "test_pushed_total 20000\n"));
	assert_non_null(strstr(out.buf,
			       "test_seconds_bucket{le=\"0.0005\"} 1\n"
			       "test_seconds_bucket{le=\"0.001\"} 2\n"));
	assert_non_null(strstr(out.buf, "test_seconds_bucket{le=\"+Inf\"} 3\n"
					"test_seconds_sum 3600.001001\n"
					"test_seconds_count 3\n"));
	assert_string_equal(out.buf + out.len - 6, "# EOF\n");
	strbuf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_lost_between_threads),
		cmocka_unit_test(order_is_kept_and_capacity_holds),
		cmocka_unit_test(a_closed_queue_gives_what_is_left),
		cmocka_unit_test(metrics_are_written_as_openmetrics),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
