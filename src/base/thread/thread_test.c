#include "base/thread/thread.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#include <cmocka.h>

struct seen {
	bool gets_term, gets_segv;
};

static void *look(void *arg)
{
	struct seen *seen = arg;
	sigset_t blocked;

	assert_int_equal(pthread_sigmask(SIG_BLOCK, NULL, &blocked), 0);
	seen->gets_term = !sigismember(&blocked, SIGTERM);
	seen->gets_segv = !sigismember(&blocked, SIGSEGV);
	return NULL;
}

static void *wait_to_be_seen(void *arg)
{
	pthread_barrier_wait(arg);
	return NULL;
}

static void test_signals_are_for_main(void **state)
{
	struct seen seen = { .gets_term = true };
	sigset_t mine;
	pthread_t thread;

	(void)state;
	assert_int_equal(thread_start(&thread, "looks", look, &seen), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_false(seen.gets_term);
	assert_true(seen.gets_segv);
	assert_int_equal(pthread_sigmask(SIG_BLOCK, NULL, &mine), 0);
	assert_false(sigismember(&mine, SIGTERM));
}

static void test_it_has_its_name(void **state)
{
	pthread_barrier_t barrier;
	pthread_t thread;
	char name[THREAD_NAME_MAX + 1];

	(void)state;
	assert_int_equal(pthread_barrier_init(&barrier, NULL, 2), 0);
	assert_int_equal(thread_start(&thread, "fifteen letters",
				      wait_to_be_seen, &barrier),
			 0);
	assert_int_equal(pthread_getname_np(thread, name, sizeof(name)), 0);
	assert_string_equal(name, "fifteen letters");
	pthread_barrier_wait(&barrier);
	assert_int_equal(pthread_join(thread, NULL), 0);
	pthread_barrier_destroy(&barrier);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signals_are_for_main),
		cmocka_unit_test(test_it_has_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
