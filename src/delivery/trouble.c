#include "delivery/trouble.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/str.h"

/* First match wins. enhanced is a prefix; code 0 and "" match anything. */
static const struct {
	int code;
	const char *enhanced;
	enum trouble trouble;
} refusals[] = {
	{ 530, "", TROUBLE_RELAY },  /* authentication wanted */
	{ 535, "", TROUBLE_RELAY },  /* password refused */
	{ 538, "", TROUBLE_RELAY },  /* encryption wanted */
	{ 0, "5.1.8", TROUBLE_SOFT }, /* bad sender: not the recipient's fault */
	{ 0, "5.1.7", TROUBLE_SOFT },
	{ 0, "5.1.", TROUBLE_HARD },  /* no such mailbox, domain, syntax */
	{ 0, "5.2.1", TROUBLE_HARD }, /* mailbox disabled */
	{ 0, "5.2.", TROUBLE_SOFT },  /* full, too long */
	{ 0, "5.3.", TROUBLE_SOFT },  /* system full, too big */
	{ 0, "5.4.4", TROUBLE_HARD }, /* unable to route */
	{ 0, "5.4.", TROUBLE_SOFT },
	{ 0, "5.5.", TROUBLE_SOFT }, /* protocol: ours to repair */
	{ 0, "5.6.", TROUBLE_SOFT }, /* content */
	{ 0, "5.7.", TROUBLE_SOFT }, /* policy, spam */
	{ 552, "", TROUBLE_SOFT },   /* too much data */
};

static bool matches(size_t i, int code, const char *enhanced)
{
	if (refusals[i].code && refusals[i].code != code)
		return false;
	return str_starts(str_of(enhanced), refusals[i].enhanced);
}

/* A plain 5xx without status: of the recipient if said about them. */
static enum trouble refusal(enum trouble_stage stage, int code,
                            const char *enhanced)
{
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++)
		if (matches(i, code, enhanced))
			return refusals[i].trouble;
	return stage == STAGE_RCPT ? TROUBLE_HARD : TROUBLE_SOFT;
}

enum trouble trouble_of(enum trouble_stage stage, int code,
                        const char *enhanced)
{
	if (code >= 200 && code < 300)
		return TROUBLE_NONE;
	if (stage == STAGE_CONNECT)
		return TROUBLE_RELAY;
	if (code < 500)
		return code == 0 && stage != STAGE_DATA ? TROUBLE_RELAY
		                                        : TROUBLE_RETRY;
	return refusal(stage, code, enhanced);
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

bool trouble_is_too_soft(int64_t soft_bounces, bool was_active)
{
	return soft_bounces >= (was_active ? 15 : 7);
}
