#include "delivery/spread/winner.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/thread/thread.h"
#include "base/vec.h"
#include "campaign/campaign.h"
#include "campaign/variate/variate_figures.h"
#include "delivery/delivery_fixture.h"
#include "delivery/freeze.h"
#include "delivery/recipient.h"
#include "delivery/send/claim.h"
#include "delivery/spread/spread.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define MEMBERS 50
#define SAMPLE 20 /* 40 percent */
#define TEST                                                             \
	"{\"winner_criteria\":\"%s\",\"wait_time\":60,\"test_size\":%d," \
	"\"subject_lines\":[\"A\",\"B\"]}"

static struct delivery_fixture f;
static struct freezings freezings;
static struct err err;

static struct campaign campaign(void)
{
	struct campaign c;

	if (campaign_get(f.store.audience, f.campaign_id, f.arena, &c, &err) <
	    0)
		fail_msg("%s", err.text);
	return c;
}

/* With the fault n; 0: none. */
static int freeze_failing(int n, struct err *why)
{
	struct campaign c = campaign();
	int rc;

	db_fail_nth(f.store.audience, n);
	rc = freeze_campaign(f.store.audience, &c, NULL, &freezings,
			     FIXTURE_NOW, why);
	db_fail_nth(f.store.audience, 0);
	return rc;
}

static int freeze(struct err *why)
{
	return freeze_failing(0, why);
}

static void make_test(const char *criteria, int size)
{
	fixture_exec(&f,
		     "UPDATE campaign SET type = 'variate', variate = '" TEST
		     "'",
		     criteria, size);
	if (freeze(&err) != 1)
		fail_msg("%s", err.text);
}

static int set_up(void **state)
{
	(void)state;
	err = (struct err)ERR_INIT;
	delivery_fixture_open(&f, MEMBERS, "<p>x</p>");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	delivery_fixture_free(&f);
	return 0;
}

static int64_t count(const char *where)
{
	return fixture_int(&f, "SELECT COUNT(*) FROM recipient WHERE %s",
			   where);
}

static enum winner_news step_at(int64_t now_ms)
{
	struct campaign c = campaign();
	enum winner_news news;

	if (winner_step(f.store.audience, &c, NULL, now_ms, &news, &err) < 0)
		fail_msg("%s", err.text);
	return news;
}

/* The whole sample got it; so many of each variant opened it. */
static void sample_is_sent(int a, int b)
{
	fixture_exec(&f, "UPDATE recipient SET state = 4, sent_seq = member_id"
			 " WHERE variant > 0");
	for (int v = 1; v <= 2; v++)
		fixture_exec(&f,
			     "UPDATE recipient SET opens = 1, clicks = 1 WHERE"
			     " member_id IN (SELECT member_id FROM recipient"
			     " WHERE variant = %d ORDER BY member_id LIMIT %d)",
			     v, v == 1 ? a : b);
}

static int64_t checksum(const char *where)
{
	return fixture_int(&f,
			   "SELECT COALESCE(SUM(member_id * member_id *"
			   " (variant + 1)), 0) FROM recipient WHERE %s",
			   where);
}

static void sizes_are_exact_and_the_rest_is_held(void **state)
{
	(void)state;
	make_test("opens", 40);
	assert_int_equal(count("variant = 1 AND next_ms = 0"), SAMPLE / 2);
	assert_int_equal(count("variant = 2 AND next_ms = 0"), SAMPLE / 2);
	assert_int_equal(fixture_int(&f,
				     "SELECT COUNT(*) FROM recipient WHERE"
				     " variant = 0 AND next_ms = %lld",
				     (long long)SPREAD_HELD_MS),
			 MEMBERS - SAMPLE);
}

/* Killed at any place, it goes on with what it would have dealt. */
static void whoever_goes_on_deals_the_same(void **state)
{
	int64_t all, some;

	(void)state;
	make_test("opens", 40);
	all = checksum("1 = 1");
	some = checksum("member_id > 17");
	fixture_exec(&f, "DELETE FROM recipient");
	fixture_exec(&f, "UPDATE campaign SET frozen = 0, freeze_cursor = 17");
	assert_int_equal(freeze(&err), 1);
	assert_int_equal(count("1 = 1"), MEMBERS - 17);
	assert_int_equal(checksum("1 = 1"), some);
	fixture_exec(&f, "DELETE FROM recipient");
	fixture_exec(&f, "UPDATE campaign SET frozen = 0, freeze_cursor = 0");
	for (int n = 1;; n++) {
		struct err why = ERR_INIT;

		if (freeze_failing(n, &why) == 1)
			break;
	}
	assert_int_equal(checksum("1 = 1"), all);
}

static void the_rest_is_not_claimed_before(void **state)
{
	CLEANUP(vec_release) struct claims claims = VEC_INIT;
	CLEANUP(vec_release) struct ids unknown = VEC_INIT;

	(void)state;
	make_test("opens", 40);
	assert_int_equal(claim_next(f.store.audience, f.campaign_id, "me/1",
				    100, FIXTURE_NOW, f.arena, &claims,
				    &unknown, &err),
			 SAMPLE);
	for (size_t i = 0; i < claims.n; i++)
		assert_true(claims.v[i].variant == 1 ||
			    claims.v[i].variant == 2);
}

static void the_best_wins_when_the_wait_is_over(void **state)
{
	int64_t end_ms = FIXTURE_NOW + MS_HOUR;

	(void)state;
	make_test("opens", 40);
	assert_int_equal(step_at(FIXTURE_NOW), WINNER_AWAITED);
	assert_int_equal(campaign().winner_ms, 0);
	sample_is_sent(3, 5);
	assert_int_equal(step_at(FIXTURE_NOW), WINNER_NOTHING);
	assert_int_equal(campaign().winner_ms, end_ms);
	assert_int_equal(step_at(end_ms - 1), WINNER_NOTHING);
	assert_int_equal(campaign().winner, 0);
	assert_int_equal(step_at(end_ms), WINNER_MORE);
	assert_int_equal(campaign().winner, 2);
	assert_int_equal(count("variant > 16"), 0);
	assert_int_equal(step_at(end_ms), WINNER_RELEASED);
	assert_int_equal(count("variant = 18"), MEMBERS - SAMPLE);
	assert_int_equal(fixture_int(&f,
				     "SELECT COUNT(*) FROM recipient WHERE"
				     " variant = 18 AND next_ms = %lld",
				     (long long)end_ms),
			 MEMBERS - SAMPLE);
	assert_int_equal(step_at(end_ms), WINNER_NOTHING);
}

/* Who was deferred may be for days: nobody waits for him. */
static void deferred_ones_are_not_waited_for(void **state)
{
	(void)state;
	make_test("opens", 40);
	sample_is_sent(0, 0);
	fixture_exec(&f,
		     "UPDATE recipient SET state = 5, next_ms = %lld"
		     " WHERE member_id = (SELECT MIN(member_id) FROM"
		     " recipient WHERE variant = 1)",
		     (long long)FIXTURE_NOW + 1000000);
	assert_int_equal(step_at(FIXTURE_NOW), WINNER_NOTHING);
	assert_true(campaign().winner_ms > 0);
}

static void who_left_meanwhile_gets_nothing(void **state)
{
	CLEANUP(vec_release) struct claims claims = VEC_INIT;
	CLEANUP(vec_release) struct ids unknown = VEC_INIT;
	int64_t end_ms = FIXTURE_NOW + MS_HOUR;

	(void)state;
	make_test("clicks", 40);
	sample_is_sent(1, 0);
	step_at(FIXTURE_NOW);
	fixture_exec(&f, "UPDATE member SET status = 2 WHERE id ="
			 " (SELECT MIN(member_id) FROM recipient WHERE"
			 " variant = 0)");
	while (step_at(end_ms) != WINNER_NOTHING)
		;
	assert_int_equal(campaign().winner, 1);
	assert_int_equal(claim_next(f.store.audience, f.campaign_id, "me/1",
				    100, end_ms, f.arena, &claims, &unknown,
				    &err),
			 MEMBERS - SAMPLE);
	assert_int_equal(claims.n, MEMBERS - SAMPLE - 1);
	assert_int_equal(claims.v[0].variant, 1);
	assert_int_equal(count("state = 9 AND reason = 'unsubscribed'"), 1);
}

static void a_fault_chooses_and_releases_nobody_twice(void **state)
{
	int64_t end_ms = FIXTURE_NOW + MS_HOUR;
	enum winner_news news = WINNER_MORE;

	(void)state;
	make_test("opens", 40);
	sample_is_sent(5, 3);
	step_at(FIXTURE_NOW);
	for (int n = 1; news != WINNER_NOTHING; n++) {
		struct campaign c = campaign();
		struct err why = ERR_INIT;
		int rc;

		db_fail_nth(f.store.audience, n);
		rc = winner_step(f.store.audience, &c, NULL, end_ms, &news,
				 &why);
		db_fail_nth(f.store.audience, 0);
		if (rc < 0)
			news = WINNER_MORE;
	}
	assert_int_equal(campaign().winner, 1);
	assert_int_equal(count("variant = 17"), MEMBERS - SAMPLE);
	assert_int_equal(count("variant IN (1, 2)"), SAMPLE);
}

static int choose(const char *id, struct err *why)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	*why = (struct err)ERR_INIT;
	if (tx_begin(f.store.audience, &tx, why) < 0 ||
	    winner_choose(&tx, campaign().hex, id, FIXTURE_NOW, why) < 0)
		return -1;
	return tx_commit(&tx, why);
}

static void a_person_chooses_once(void **state)
{
	struct variate_combination all[VARIATE_VARIANTS];
	struct variate v;
	struct err why;

	(void)state;
	make_test("manual", 40);
	sample_is_sent(5, 3);
	assert_int_equal(step_at(FIXTURE_NOW + MS_DAY), WINNER_NOTHING);
	assert_int_equal(campaign().winner, 0);
	assert_true(variate_read(campaign().variate, f.arena, &v));
	assert_int_equal(variate_combinations(&v, campaign().hex, all), 2);
	assert_int_equal(choose("ffffffffff", &why), -1);
	assert_int_equal(why.code, ERR_INVALID);
	assert_int_equal(choose(all[1].id, &why), 0);
	assert_int_equal(choose(all[0].id, &why), -1);
	assert_int_equal(why.code, ERR_CONFLICT);
	assert_int_equal(campaign().winner, 2);
	assert_int_equal(step_at(FIXTURE_NOW), WINNER_RELEASED);
}

struct chooser {
	pthread_t thread;
	const char *id;
	int result;
	struct err why;
};

/* As in a process of its own: by another connection. */
static void *choose_apart(void *arg)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct chooser *c = arg;

	c->result = -1;
	if (store_get(f.store.store, STORE_AUDIENCE, &db, &c->why) < 0 ||
	    tx_begin(db, &tx, &c->why) < 0 ||
	    winner_choose(&tx, "c0ffee0001", c->id, FIXTURE_NOW, &c->why) < 0)
		return NULL;
	c->result = tx_commit(&tx, &c->why);
	return NULL;
}

static void of_two_at_once_one_chooses(void **state)
{
	struct variate_combination all[VARIATE_VARIANTS];
	struct chooser c[2];
	struct variate v;

	(void)state;
	make_test("manual", 40);
	sample_is_sent(0, 0);
	assert_true(variate_read(campaign().variate, f.arena, &v));
	assert_int_equal(variate_combinations(&v, campaign().hex, all), 2);
	for (int round = 0; round < 10; round++) {
		fixture_exec(&f, "UPDATE campaign SET winner = 0");
		for (int i = 0; i < 2; i++) {
			c[i] = (struct chooser){ .id = all[i].id };
			assert_int_equal(thread_start(&c[i].thread, "chooser",
						      choose_apart, &c[i]),
					 0);
		}
		for (int i = 0; i < 2; i++)
			pthread_join(c[i].thread, NULL);
		assert_int_equal(c[0].result + c[1].result, -1);
		assert_int_equal(campaign().winner, c[0].result == 0 ? 1 : 2);
		assert_int_equal(c[c[0].result == 0].why.code, ERR_CONFLICT);
	}
}

static void nobody_is_chosen_for_where_nobody_waits(void **state)
{
	struct err why;

	(void)state;
	assert_int_equal(choose("ffffffffff", &why), -1);
	assert_non_null(strstr(why.text, "no test"));
	make_test("manual", 100);
	assert_int_equal(choose("ffffffffff", &why), -1);
	assert_non_null(strstr(why.text, "Nobody waits"));
	fixture_exec(&f, "UPDATE campaign SET status = 5");
	assert_int_equal(choose("ffffffffff", &why), -1);
	assert_int_equal(why.code, ERR_CONFLICT);
}

static void it_is_said_where_all_have_it(void **state)
{
	(void)state;
	make_test("opens", 100);
	sample_is_sent(1, 2);
	assert_int_equal(step_at(FIXTURE_NOW), WINNER_NOTHING);
	fixture_exec(&f, "UPDATE campaign SET status = 5");
	assert_int_equal(winner_say(f.store.audience, NULL,
				    FIXTURE_NOW + MS_HOUR - 1, &err),
			 0);
	assert_int_equal(campaign().winner, 0);
	assert_int_equal(
		winner_say(f.store.audience, NULL, FIXTURE_NOW + MS_HOUR, &err),
		0);
	assert_int_equal(campaign().winner, 2);
}

static void parts_of_the_delivered_are_compared(void **state)
{
	static const struct {
		int64_t sent[3], bounced[3], opened[3];
		int best;
	} cases[] = {
		{ { 10, 10, 10 }, { 0 }, { 1, 2, 3 }, 3 },
		{ { 10, 10, 10 }, { 0 }, { 3, 3, 3 }, 1 },
		{ { 10, 10, 10 }, { 0, 5, 0 }, { 4, 3, 4 }, 2 },
		{ { 10, 0, 10 }, { 0 }, { 0, 0, 0 }, 1 },
		{ { 0, 10, 10 }, { 0 }, { 0, 1, 2 }, 3 },
		{ { 3, 300, 0 }, { 0 }, { 1, 100, 0 }, 1 },
	};
	struct variate v;

	(void)state;
	variate_default(&v);
	v.subject_lines.n = 3;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct variate_figures all = { .of = { { 0 } } };

		for (int k = 0; k < 3; k++) {
			all.of[k + 1].sent = cases[i].sent[k];
			all.of[k + 1].hard_bounces = cases[i].bounced[k];
			all.of[k + 1].unique_people_opens = cases[i].opened[k];
		}
		assert_int_equal(variate_best(&v, &all), cases[i].best);
	}
}

#define FIXED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXED(sizes_are_exact_and_the_rest_is_held),
		FIXED(whoever_goes_on_deals_the_same),
		FIXED(the_rest_is_not_claimed_before),
		FIXED(the_best_wins_when_the_wait_is_over),
		FIXED(deferred_ones_are_not_waited_for),
		FIXED(who_left_meanwhile_gets_nothing),
		FIXED(a_fault_chooses_and_releases_nobody_twice),
		FIXED(a_person_chooses_once),
		FIXED(of_two_at_once_one_chooses),
		FIXED(nobody_is_chosen_for_where_nobody_waits),
		FIXED(it_is_said_where_all_have_it),
		cmocka_unit_test(parts_of_the_delivered_are_compared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
