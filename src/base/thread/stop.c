#include "base/thread/stop.h"

#include "base/clock.h"
#include "base/err.h"

#include <time.h>

#define STEP_MS 50

static _Thread_local const atomic_bool *bound;

void stop_bind(const atomic_bool *flag)
{
	bound = flag;
}

bool stop_is_bound(void)
{
	return bound != NULL;
}

bool stop_is_asked(void)
{
	return bound && atomic_load(bound);
}

int stop_check(struct err *err)
{
	return stop_is_asked() ? err_set(err, ERR_RETRY, "the program stops")
			       : 0;
}

void stop_pause_ms(int64_t ms)
{
	int64_t until_us = clock_monotonic_us() + ms * 1000;
	int64_t left_ms = ms;

	while (left_ms > 0 && !stop_is_asked()) {
		int64_t step_ms = left_ms < STEP_MS ? left_ms : STEP_MS;
		struct timespec pause = { .tv_nsec = step_ms * 1000000 };

		nanosleep(&pause, NULL);
		left_ms = (until_us - clock_monotonic_us() + 999) / 1000;
	}
}
