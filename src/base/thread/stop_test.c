#include "base/thread/stop.h"

#include "base/clock.h"
#include "base/err.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static atomic_bool stopping;

static void *ask(void *arg)
{
	(void)arg;
	atomic_store(&stopping, true);
	return NULL;
}

static void a_thread_is_stopped_by_its_flag_alone(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	atomic_store(&stopping, true);
	assert_false(stop_is_asked());
	assert_int_equal(stop_check(&err), 0);
	stop_bind(&stopping);
	assert_true(stop_is_bound());
	assert_true(stop_is_asked());
	assert_int_equal(stop_check(&err), -1);
	assert_int_equal(err.code, ERR_RETRY);
	stop_bind(NULL);
	assert_false(stop_is_asked());
}

static void a_pause_ends_with_the_stop(void **state)
{
	pthread_t other;

	(void)state;
	atomic_store(&stopping, false);
	stop_bind(&stopping);
	stop_pause_ms(1);
	assert_false(stop_is_asked());
	assert_int_equal(pthread_create(&other, NULL, ask, NULL), 0);
	stop_pause_ms(MS_DAY); /* the test would never end */
	assert_true(stop_is_asked());
	assert_int_equal(pthread_join(other, NULL), 0);
	stop_bind(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_thread_is_stopped_by_its_flag_alone),
		cmocka_unit_test(a_pause_ends_with_the_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
