#include "crm/campaign/ab_result.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "crm/campaign_record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct crm_campaign tried(void)
{
	return (struct crm_campaign){
		.status = CRM_CAMPAIGN_SENDING,
		.subject = "One",
		.test = { .what = AB_SUBJECT,
			  .n = 2,
			  .sample = 20,
			  .more = { { .subject = "Two" } } },
	};
}

static struct ab_figures figures(int64_t sent, int64_t opened)
{
	return (struct ab_figures){ .sent = sent,
				    .delivered = sent,
				    .opened = opened };
}

/* What the API says of it, in the arena. */
static const char *shown(struct arena *arena, const struct crm_campaign *c)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&text);

	json_begin_object(&w);
	ab_result_write(c, arena, &w);
	json_end_object(&w);
	return arena_str(arena, strbuf_str(&text));
}

static void the_trial_stays_as_it_was_when_the_winner_was_found(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct ab_result before = { .winner = 0 }, now = { .winner = 0 }, kept;

	(void)state;
	before.of[0].now = figures(100, 10);
	before.of[1].now = figures(100, 40);
	ab_result_follow(&now, &before);
	now = before;
	now.winner = 2;
	now.of[1].now = figures(900, 300);
	ab_result_follow(&before, &now);
	ab_result_load(ab_result_store(&now, arena), arena, &kept);
	assert_int_equal(kept.winner, 2);
	assert_int_equal(kept.of[1].now.sent, 900);
	assert_int_equal(kept.of[1].trial.sent, 100);
	assert_int_equal(kept.of[1].trial.opened, 40);
	/* and from then on */
	now.of[1].now = figures(900, 400);
	ab_result_follow(&kept, &now);
	assert_int_equal(now.of[1].trial.opened, 40);
}

/* Of an audience that does not count the rest, or nobody waited. */
static void figures_of_the_sample_alone_go_on(void **state)
{
	struct ab_result before = { .winner = 0 }, now = { .winner = 2 };

	(void)state;
	before.of[1].now = before.of[1].trial = figures(100, 40);
	now.of[1].now = figures(104, 60);
	ab_result_follow(&before, &now);
	assert_int_equal(now.of[1].trial.opened, 60);
}

static void a_look_that_comes_late_takes_what_is_there(void **state)
{
	struct ab_result before = { .winner = 0 }, now = { .winner = 1 };

	(void)state;
	now.of[0].now = figures(500, 100);
	ab_result_follow(&before, &now);
	assert_int_equal(now.of[0].trial.sent, 500);
}

static void it_waits_only_between_sample_and_winner(void **state)
{
	struct crm_campaign c = tried();
	struct ab_result r = { .winner = 0 };

	(void)state;
	assert_false(ab_is_waiting(&c, &r)); /* nobody got it */
	r.of[0].now = r.of[0].trial = figures(10, 0);
	assert_true(ab_is_waiting(&c, &r));
	c.test.sample = 100;
	assert_false(ab_is_waiting(&c, &r));
	c.test.sample = 20;
	r.winner = 1;
	assert_false(ab_is_waiting(&c, &r));
	r.winner = 0;
	c.status = CRM_CAMPAIGN_SENT;
	assert_false(ab_is_waiting(&c, &r));
}

static void a_report_says_who_is_ahead_and_how_surely(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct crm_campaign c = tried();
	struct ab_result r = { .until_ms = 1000 };
	const char *text;

	(void)state;
	assert_non_null(strstr(shown(arena, &c), "\"percent\":null"));
	r.of[0].now = r.of[0].trial = figures(200, 40);
	r.of[1].now = r.of[1].trial = figures(200, 60);
	c.ab_result = ab_result_store(&r, arena);
	text = shown(arena, &c);
	assert_non_null(strstr(text, "\"better\":\"B\",\"than\":\"A\""));
	assert_non_null(strstr(text, "\"is_sure\":true"));
	assert_non_null(strstr(text, "\"subject\":\"Two\""));
	assert_non_null(strstr(text, "\"until\":\"1970-01-01T00:00:01"));
	r.winner = 1; /* by a user, against the figures */
	c.ab_result = ab_result_store(&r, arena);
	text = shown(arena, &c);
	assert_non_null(strstr(text, "\"better\":\"A\",\"than\":\"B\""));
	assert_non_null(strstr(text, "\"is_sure\":false"));
	c.test.what = AB_NOTHING;
	assert_string_equal(shown(arena, &c), "{\"ab_test\":null}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_trial_stays_as_it_was_when_the_winner_was_found),
		cmocka_unit_test(figures_of_the_sample_alone_go_on),
		cmocka_unit_test(a_look_that_comes_late_takes_what_is_there),
		cmocka_unit_test(it_waits_only_between_sample_and_winner),
		cmocka_unit_test(a_report_says_who_is_ahead_and_how_surely),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
