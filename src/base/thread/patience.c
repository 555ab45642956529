#include "base/thread/patience.h"

#include "base/clock.h"

#define GIVEN_UP (-1)

static _Thread_local int64_t bound_us; /* 0: none */
static _Thread_local bool hurried;

void patience_set(int64_t until_us)
{
	hurried = false;
	bound_us = until_us;
}

void patience_begin(void)
{
	patience_set(clock_monotonic_us() + PATIENCE_MS * 1000);
}

void patience_hurry(void)
{
	hurried = true;
}

bool patience_is_hurried(void)
{
	return hurried;
}

void patience_give_up(void)
{
	if (bound_us != 0)
		bound_us = GIVEN_UP;
}

bool patience_is_given_up(void)
{
	return bound_us == GIVEN_UP;
}

bool patience_is_bound(void)
{
	return bound_us != 0;
}

bool patience_is_over(void)
{
	return bound_us != 0 && clock_monotonic_us() >= bound_us;
}

int64_t patience_until_us(int64_t usual_ms)
{
	int64_t now_us = clock_monotonic_us();
	int64_t least_ms = hurried ? PATIENCE_HURRIED_MS : PATIENCE_LEAST_MS;
	int64_t least_us = now_us + least_ms * 1000;

	if (bound_us == 0)
		return now_us + usual_ms * 1000;
	if (bound_us == GIVEN_UP)
		return now_us;
	return bound_us > least_us ? bound_us : least_us;
}

int64_t patience_lock_ms(int64_t usual_ms)
{
	int64_t left_us = bound_us - clock_monotonic_us();

	if (bound_us == 0)
		return usual_ms;
	if (left_us > PATIENCE_MS * 1000)
		return PATIENCE_LONG_MS;
	if (left_us > 0)
		return PATIENCE_MS;
	return hurried ? PATIENCE_HURRIED_MS : PATIENCE_LEAST_MS;
}
