#include "base/thread/wait.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct door {
	pthread_mutex_t lock;
	pthread_cond_t opened;
	bool is_open;
};

static void make(struct door *d)
{
	*d = (struct door){ .lock = PTHREAD_MUTEX_INITIALIZER };
	wait_init(&d->opened);
}

static void take_down(struct door *d)
{
	pthread_cond_destroy(&d->opened);
	pthread_mutex_destroy(&d->lock);
}

static void *open_it(void *arg)
{
	struct door *d = arg;

	pthread_mutex_lock(&d->lock);
	d->is_open = true;
	pthread_cond_signal(&d->opened);
	pthread_mutex_unlock(&d->lock);
	return NULL;
}

/* A limit that is over already, and one by the clock of the condition: were
 * it the wall clock, 1970 and today would be far apart. */
static void a_limit_is_of_the_monotonic_clock(void **state)
{
	int64_t before_us = clock_monotonic_us();
	struct door d;

	(void)state;
	make(&d);
	pthread_mutex_lock(&d.lock);
	assert_false(wait_until(&d.opened, &d.lock, before_us));
	while (wait_until(&d.opened, &d.lock, before_us + 2000))
		;
	pthread_mutex_unlock(&d.lock);
	assert_true(clock_monotonic_us() >= before_us + 2000);
	take_down(&d);
}

static void a_signal_ends_the_wait(void **state)
{
	pthread_t thread;
	struct door d;

	(void)state;
	make(&d);
	pthread_mutex_lock(&d.lock);
	assert_int_equal(pthread_create(&thread, NULL, open_it, &d), 0);
	while (!d.is_open)
		assert_true(wait_ms(&d.opened, &d.lock, MS_HOUR));
	pthread_mutex_unlock(&d.lock);
	pthread_join(thread, NULL);
	take_down(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_limit_is_of_the_monotonic_clock),
		cmocka_unit_test(a_signal_ends_the_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
