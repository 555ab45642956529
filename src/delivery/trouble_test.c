#include "delivery/trouble.h"

#include "base/cleanup.h"
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct {
	enum trouble_stage stage;
	int code;
	const char *enhanced, *text;
	enum trouble trouble;
} answers[] = {
	{ STAGE_DATA, 250, "2.0.0", "queued", TROUBLE_NONE },
	{ STAGE_RCPT, 450, "4.2.0", "greylisted", TROUBLE_RETRY },
	{ STAGE_DATA, 451, "", "try later", TROUBLE_RETRY },
	{ STAGE_DATA, 0, "", "connection closed", TROUBLE_RETRY },
	{ STAGE_MAIL, 0, "", "connection closed", TROUBLE_RELAY },
	{ STAGE_RCPT, 550, "5.1.1", "no such user", TROUBLE_HARD },
	{ STAGE_RCPT, 552, "5.2.2", "mailbox full", TROUBLE_SOFT },
	{ STAGE_DATA, 554, "5.7.1", "looks like spam", TROUBLE_SOFT },
	{ STAGE_MAIL, 530, "5.7.0", "authentication wanted", TROUBLE_RELAY },
	{ STAGE_CONNECT, 535, "5.7.8", "bad password", TROUBLE_RELAY },
	{ STAGE_CONNECT, 421, "", "busy", TROUBLE_RELAY },
	{ STAGE_CONNECT, 0, "", "refused", TROUBLE_RELAY },
};

static void answers_mean_what_the_policy_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
		enum trouble t =
			trouble_of(answers[i].stage, answers[i].code,
				   answers[i].enhanced, answers[i].text);

		if (t != answers[i].trouble)
			print_error("case %zu\n", i);
		assert_int_equal(t, answers[i].trouble);
	}
}

static void waits_grow_and_vary_by_a_quarter(void **state)
{
	int64_t mean[] = { 15000,          MS_MINUTE,      5 * MS_MINUTE,
			   15 * MS_MINUTE, 30 * MS_MINUTE, MS_HOUR,
			   MS_HOUR };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(mean); i++)
		for (uint64_t seed = 0; seed < 50; seed++) {
			int64_t wait =
				trouble_wait_ms((int64_t)i + 1, 15000, seed);

			assert_true(wait >= mean[i] * 7 / 8 - 1);
			assert_true(wait <= mean[i] * 9 / 8 + 1);
			assert_int_equal(wait, trouble_wait_ms((int64_t)i + 1,
							       15000, seed));
		}
}

static void a_short_first_wait_shortens_all(void **state)
{
	(void)state;
	assert_in_range(trouble_wait_ms(1, 100, 1), 80, 120);
	assert_in_range(trouble_wait_ms(2, 100, 1), 350, 450);
}

static void a_dead_relay_is_left_alone_ever_longer(void **state)
{
	int64_t last = 0;

	(void)state;
	for (int64_t failures = 1; failures <= 6; failures++) {
		int64_t wait = trouble_relay_wait_ms(failures, 7);

		assert_true(wait > last);
		last = wait;
	}
	assert_true(trouble_relay_wait_ms(1000, 7) <= MS_MINUTE * 9 / 8 + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_mean_what_the_policy_says),
		cmocka_unit_test(waits_grow_and_vary_by_a_quarter),
		cmocka_unit_test(a_short_first_wait_shortens_all),
		cmocka_unit_test(a_dead_relay_is_left_alone_ever_longer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
