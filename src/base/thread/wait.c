#include "base/thread/wait.h"

#include "base/clock.h"

#include <errno.h>
#include <time.h>

void wait_init(pthread_cond_t *cond)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(cond, &attr);
	pthread_condattr_destroy(&attr);
}

bool wait_until(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t until_us)
{
	struct timespec until = { .tv_sec = until_us / 1000000,
				  .tv_nsec = until_us % 1000000 * 1000 };

	return pthread_cond_timedwait(cond, lock, &until) != ETIMEDOUT;
}

bool wait_ms(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t ms)
{
	return wait_until(cond, lock, clock_monotonic_us() + ms * 1000);
}
