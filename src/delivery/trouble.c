#include "delivery/trouble.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/random.h"
#include "mail/bounce_rule.h"

/* 5xx that are about us, not about the message: the relay takes none. */
static bool is_of_relay(int code)
{
	return code == 530 || code == 535 || code == 538;
}

static enum trouble refusal(int code, const char *enhanced, const char *text)
{
	if (is_of_relay(code))
		return TROUBLE_RELAY;
	if (bounce_rule_find(code, enhanced, text) == BOUNCE_RULE_HARD)
		return TROUBLE_HARD;
	return TROUBLE_SOFT;
}

enum trouble trouble_of(enum trouble_stage stage, int code,
			const char *enhanced, const char *text)
{
	if (code >= 200 && code < 300)
		return TROUBLE_NONE;
	if (stage == STAGE_CONNECT)
		return TROUBLE_RELAY;
	if (code < 500)
		return code == 0 && stage != STAGE_DATA ? TROUBLE_RELAY
							: TROUBLE_RETRY;
	return refusal(code, enhanced, text);
}

static int64_t jittered(int64_t wait_ms, uint64_t seed)
{
	struct prng chance = { seed };

	return wait_ms - wait_ms / 8 +
	       (int64_t)prng_below(&chance, (uint64_t)wait_ms / 4 + 1);
}

int64_t trouble_wait_ms(int64_t attempts, int64_t first_ms, uint64_t seed)
{
	static const int64_t later[] = { MS_MINUTE, 5 * MS_MINUTE,
					 15 * MS_MINUTE, 30 * MS_MINUTE,
					 MS_HOUR };
	int64_t n = attempts - 2;

	if (n < 0)
		return jittered(first_ms, seed);
	if (n >= (int64_t)ARRAY_SIZE(later))
		n = ARRAY_SIZE(later) - 1;
	/* a first wait that was set short makes all of them short */
	return jittered(later[n] / (15 * MS_SECOND) * first_ms, seed);
}

int64_t trouble_relay_wait_ms(int64_t failures, uint64_t seed)
{
	int64_t wait_ms = MS_SECOND;

	while (--failures > 0 && wait_ms < MS_MINUTE)
		wait_ms *= 2;
	return jittered(wait_ms < MS_MINUTE ? wait_ms : MS_MINUTE, seed);
}
