#include "audience/audience_fixture.h"
#include "audience/suppression.h"
#include "audience/webhook.h"

#include "base/arena.h"
#include "jobs/job.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOW FIXTURE_NOW
#define N 3

struct world {
	struct audience_fixture a;
	int64_t ids[N];
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(json_free) json_t *hook = NULL;
	struct err err = ERR_INIT;
	struct webhook added;

	audience_fixture_open(&w->a);
	assert_int_equal(tx_begin(w->a.db, &tx, &err), 0);
	assert_int_equal(json_parse(STR("{\"url\":\"http://example.org/h\","
					"\"sources\":{\"user\":true}}"),
				    &hook, &err),
			 0);
	assert_int_equal(webhook_add(&tx, w->a.list.id, hook, NOW, w->a.arena,
				     &added, &err),
			 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
	for (int i = 0; i < N; i++) {
		char address[32];

		(void)snprintf(address, sizeof(address), "p%d@example.org", i);
		w->ids[i] = audience_fixture_subscribe(&w->a, address);
	}
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	audience_fixture_free(&w->a);
	free(w);
	return 0;
}

static int64_t jobs(struct world *w)
{
	return audience_fixture_int(
		&w->a, "SELECT COUNT(*) FROM job WHERE kind = 'webhook'");
}

typedef int (*change_fn)(struct world *w, struct tx *tx, struct err *err);

static int complain(struct world *w, struct tx *tx, struct err *err)
{
	struct member_departure d[2] = {
		{ .member_id = w->ids[0],
		  .how = DEPART_COMPLAINED,
		  .at_ms = NOW },
		{ .member_id = w->ids[1],
		  .how = DEPART_COMPLAINED,
		  .at_ms = NOW },
	};

	return member_depart(tx, d, 2, NOW, err);
}

static int clean(struct world *w, struct tx *tx, struct err *err)
{
	struct member_departure d = { .member_id = w->ids[2],
				      .how = DEPART_BOUNCED,
				      .at_ms = NOW };

	return member_depart(tx, &d, 1, NOW, err);
}

static int bounce_softly(struct world *w, struct tx *tx, struct err *err)
{
	struct member_departure d = { .member_id = w->ids[2], .at_ms = NOW };

	return member_soft_bounce(tx, &d, 1, NOW, err);
}

static int run_once(struct world *w, change_fn fn, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int n;

	if (tx_begin(w->a.db, &tx, err) < 0)
		return -1;
	n = fn(w, &tx, err);
	return n < 0 || tx_commit(&tx, err) < 0 ? -1 : n;
}

/* Whatever fails, the change and its webhooks happen both or not at all. */
static int all_or_nothing(struct world *w, change_fn fn, const char *changed)
{
	for (int n = 1;; n++) {
		struct err err = ERR_INIT;
		int64_t told = jobs(w);
		int done;

		db_fail_nth(w->a.db, n);
		done = run_once(w, fn, &err);
		db_fail_nth(w->a.db, 0);
		if (done >= 0)
			return done;
		assert_int_equal(jobs(w), told);
		assert_int_equal(audience_fixture_int(&w->a, changed), 0);
	}
}

static void complaints_are_told_and_suppress_everywhere(void **state)
{
	struct world *w = *state;
	const char *reasons[N];
	struct err err = ERR_INIT;
	bool hit = false;
	const char *address = "p0@example.org";

	assert_int_equal(
		all_or_nothing(w, complain,
			       "SELECT COUNT(*) FROM member WHERE status = 2"),
		2);
	assert_int_equal(jobs(w), 2);
	assert_int_equal(
		audience_fixture_int(&w->a, "SELECT COUNT(*) FROM suppression"),
		2);
	assert_int_equal(suppression_check(w->a.db, &address, 1, &hit, &err),
			 0);
	assert_true(hit);
	assert_int_equal(consent_check(w->a.db, w->ids, N, reasons, &err), 0);
	assert_string_equal(reasons[0], "unsubscribed");
	assert_null(reasons[2]);
	/* Again is nothing. */
	assert_int_equal(run_once(w, complain, &err), 0);
	assert_int_equal(jobs(w), 2);
}

static int unsubscribe(struct world *w, struct tx *tx, struct err *err)
{
	struct member_departure d = { .member_id = w->ids[1],
				      .how = DEPART_UNSUBSCRIBED,
				      .at_ms = NOW };

	return member_depart(tx, &d, 1, NOW, err);
}

static int depart(struct world *w, const struct member_departure *d)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;
	int n;

	assert_int_equal(tx_begin(w->a.db, &tx, &err), 0);
	n = member_depart(&tx, d, 1, NOW, &err);
	assert_int_equal(tx_commit(&tx, &err), 0);
	return n;
}

static void ask(struct world *w, const char *status, int64_t now_ms)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(json_free) json_t *body = json_pack("{s:s}", "status", status);
	struct member_op op = { .mode = MEMBER_PATCH,
				.key = "p0@example.org",
				.body = body };
	struct member_actor actor = { .source = SOURCE_API, .now_ms = now_ms };
	struct err err = ERR_INIT;

	assert_int_equal(tx_begin(w->a.db, &tx, &err), 0);
	assert_int_equal(
		member_apply(&tx, &w->a.list, &op, 1, &actor, w->a.arena, &err),
		0);
	assert_int_equal(op.err.code, ERR_NONE);
	member_op_release(&op);
	assert_int_equal(tx_commit(&tx, &err), 0);
}

static void hear(struct world *w, char what, int64_t at_ms)
{
	struct member_departure d = { .member_id = w->ids[0],
				      .campaign_id = what == 'v' ? 6 : 5,
				      .event_id = at_ms,
				      .at_ms = at_ms };

	switch (what) {
	case 'a':
		ask(w, "unsubscribed", at_ms);
		return;
	case 's':
		ask(w, "subscribed", at_ms);
		return;
	case 'b':
		d.how = DEPART_TAKEN_BACK;
		break;
	case 'c':
		d.how = DEPART_COMPLAINED;
		break;
	case 'h':
		d.how = DEPART_BOUNCED;
		break;
	default:
		d.how = DEPART_UNSUBSCRIBED;
		break;
	}
	assert_true(depart(w, &d) >= 0);
}

static enum member_status status_of(struct world *w)
{
	return (enum member_status)audience_fixture_int(
		&w->a, "SELECT status FROM member WHERE address ="
		       " 'p0@example.org'");
}

/* The status of each that does not get mail anyway, and who said so, if
 * anybody did: a no of the contact's own outranks it. */
static void a_late_no_is_kept(void **state)
{
	static const struct {
		int status, by, by_then;
	} cases[] = {
		{ MEMBER_UNSUBSCRIBED, UNSUBSCRIBED_BY_API,
		  UNSUBSCRIBED_BY_CONTACT },
		{ MEMBER_UNSUBSCRIBED, UNSUBSCRIBED_BY_COMPLAINT,
		  UNSUBSCRIBED_BY_COMPLAINT },
		{ MEMBER_ARCHIVED, UNSUBSCRIBED_NOT, UNSUBSCRIBED_BY_CONTACT },
		{ MEMBER_ARCHIVED, UNSUBSCRIBED_BY_API,
		  UNSUBSCRIBED_BY_CONTACT },
		{ MEMBER_CLEANED, UNSUBSCRIBED_NOT, UNSUBSCRIBED_BY_CONTACT },
		{ MEMBER_TRANSACTIONAL, UNSUBSCRIBED_NOT,
		  UNSUBSCRIBED_BY_CONTACT },
	};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char sql[128];
		struct err err = ERR_INIT;
		bool is_new = cases[i].by != cases[i].by_then;

		snprintf(sql, sizeof(sql),
			 "UPDATE member SET status = %d, unsubscribed_by = %d, "
			 "unsubscribed_ms = %lld",
			 cases[i].status, cases[i].by, (long long)NOW);
		store_fixture_exec(w->a.db, sql);
		assert_int_equal(run_once(w, unsubscribe, &err), is_new);
		assert_int_equal(run_once(w, unsubscribe, &err), 0);
		snprintf(sql, sizeof(sql),
			 "SELECT COUNT(*) FROM member WHERE status = %d AND "
			 "unsubscribed_by = %d AND id = %d",
			 cases[i].status, cases[i].by_then, (int)w->ids[1]);
		assert_int_equal(audience_fixture_int(&w->a, sql), 1);
	}
}

/* Whatever became of the first: the CRM may have lifted it, and hears the
 * second. The log applies each twice (urgent.h). */
static void a_no_that_is_said_again_is_told_again(void **state)
{
	static const enum member_status statuses[] = {
		MEMBER_SUBSCRIBED, MEMBER_UNSUBSCRIBED,  MEMBER_CLEANED,
		MEMBER_PENDING,    MEMBER_TRANSACTIONAL, MEMBER_ARCHIVED,
	};
	static const enum departure_how hows[] = { DEPART_UNSUBSCRIBED,
						   DEPART_COMPLAINED };
	struct world *w = *state;
	struct member_departure d = { .member_id = w->ids[0] };

	for (size_t i = 0; i < ARRAY_SIZE(statuses) * 4; i++) {
		int64_t told = jobs(w);
		char sql[160];

		d.how = hows[i % 2];
		snprintf(sql, sizeof(sql),
			 "UPDATE member SET status = %d, unsubscribed_by = %d, "
			 "unsubscribed_ms = %lld",
			 statuses[i / 4],
			 i % 4 < 2 ? UNSUBSCRIBED_BY_CONTACT
				   : UNSUBSCRIBED_BY_COMPLAINT,
			 (long long)NOW);
		store_fixture_exec(w->a.db, sql);
		d.at_ms = NOW + 1;
		assert_int_equal(depart(w, &d), 1);
		assert_int_equal(depart(w, &d), 0);
		d.at_ms = NOW; /* the first, late */
		assert_int_equal(depart(w, &d), 0);
		assert_int_equal(jobs(w), told + 1);
		snprintf(sql, sizeof(sql),
			 "SELECT COUNT(*) FROM member WHERE id = %d AND "
			 "unsubscribed_by >= %d AND unsubscribed_ms = %lld",
			 (int)w->ids[0], UNSUBSCRIBED_BY_CONTACT,
			 (long long)NOW + 1);
		assert_int_equal(audience_fixture_int(&w->a, sql), 1);
	}
}

/* What the journal brings back was told when it was said. */
static void a_replayed_no_is_not_said_again(void **state)
{
	struct world *w = *state;
	struct member_departure d = { .member_id = w->ids[0],
				      .how = DEPART_UNSUBSCRIBED,
				      .at_ms = NOW,
				      .is_replayed = true };

	assert_int_equal(depart(w, &d), 1);
	d.at_ms++;
	assert_int_equal(depart(w, &d), 0);
	assert_int_equal(jobs(w), 1);
}

/* What a member is after some said, in this order: u, v unsubscribed by the
 * link of one campaign or another, b takes it back, c complained, h bounced
 * hard, a unsubscribed by the API, s subscribed by it. */
static void only_a_link_takes_back_what_a_link_said(void **state)
{
	static const struct {
		const char *said;
		enum member_status status;
		int hooks; /* "subscribe" */
	} cases[] = {
		{ "b", MEMBER_SUBSCRIBED, 0 },
		{ "ub", MEMBER_SUBSCRIBED, 1 },
		{ "ubb", MEMBER_SUBSCRIBED, 1 },
		{ "ubu", MEMBER_UNSUBSCRIBED, 1 },
		{ "ubub", MEMBER_SUBSCRIBED, 2 },
		{ "uub", MEMBER_SUBSCRIBED, 1 },
		{ "uvb", MEMBER_SUBSCRIBED, 1 },
		{ "ucb", MEMBER_UNSUBSCRIBED, 0 },
		{ "cb", MEMBER_UNSUBSCRIBED, 0 },
		{ "cub", MEMBER_UNSUBSCRIBED, 0 },
		{ "ab", MEMBER_UNSUBSCRIBED, 0 },
		{ "aub", MEMBER_UNSUBSCRIBED, 0 },
		{ "auub", MEMBER_UNSUBSCRIBED, 0 },
		{ "uab", MEMBER_UNSUBSCRIBED, 0 },
		{ "uaub", MEMBER_UNSUBSCRIBED, 0 },
		{ "aasub", MEMBER_SUBSCRIBED, 1 },
		{ "uhb", MEMBER_CLEANED, 1 },
		{ "hub", MEMBER_CLEANED, 1 },
		{ "hb", MEMBER_CLEANED, 0 },
	};
	struct world *w = *state;
	int64_t told;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		store_fixture_exec(
			w->a.db,
			"UPDATE member SET status = 1, unsubscribed_by = 0, "
			"unsubscribed_ms = NULL, unsubscribe_reason = NULL, "
			"unsubscribed_campaign_id = NULL");
		store_fixture_exec(w->a.db, "DELETE FROM member_cleaned");
		store_fixture_exec(w->a.db, "DELETE FROM activity");
		store_fixture_exec(w->a.db, "DELETE FROM job");
		for (size_t k = 0; cases[i].said[k]; k++)
			hear(w, cases[i].said[k], NOW + (int64_t)k + 1);
		if (status_of(w) != cases[i].status)
			fail_msg("%s: %d", cases[i].said, (int)status_of(w));
		told = audience_fixture_int(
			&w->a, "SELECT COUNT(*) FROM job WHERE payload LIKE "
			       "'%type=subscribe&%'");
		if (told != cases[i].hooks)
			fail_msg("%s: told %d", cases[i].said, (int)told);
	}
}

/* What the audience says of whoever came back by itself. */
static void taking_back_is_an_opt_in(void **state)
{
	struct world *w = *state;
	struct member_departure d = { .member_id = w->ids[0],
				      .how = DEPART_UNSUBSCRIBED,
				      .campaign_id = 5,
				      .at_ms = NOW - 9 };

	assert_int_equal(depart(w, &d), 1);
	d = (struct member_departure){ .member_id = w->ids[0],
				       .how = DEPART_TAKEN_BACK,
				       .campaign_id = 5,
				       .at_ms = NOW - 7,
				       .event_id = 3,
				       .ip = "192.0.2.9" };
	assert_int_equal(depart(w, &d), 1);
	assert_int_equal(
		audience_fixture_int(
			&w->a,
			"SELECT COUNT(*) FROM member WHERE status = 1 AND "
			"ip_opt = '192.0.2.9' AND unsubscribed_ms IS NULL AND "
			"unsubscribe_reason IS NULL"),
		1);
	/* not before the webhook of the first was fired */
	assert_int_equal(
		audience_fixture_int(
			&w->a,
			"SELECT a.at_ms - m.opt_ms FROM activity a "
			"JOIN member m ON m.id = a.member_id WHERE a.kind = 6 "
			"AND a.event_id = 3 AND a.campaign_id = 5"),
		0);
}

/* All at one moment: who compares seconds tells the words of one kind apart,
 * and no yes is told of as before the no that it takes back. */
static void no_two_words_have_the_same_second(void **state)
{
	struct world *w = *state;
	int64_t before_ms = 0, changed_ms;

	for (int i = 0; i < 5; i++) {
		char said = "ububu"[i];

		hear(w, said, NOW + 1 + i);
		changed_ms = audience_fixture_int(
			&w->a, "SELECT MAX(changed_ms) FROM member");
		if (said == 'u')
			assert_true(changed_ms / 1000 > before_ms / 1000);
		assert_true(changed_ms >= before_ms);
		before_ms = changed_ms;
	}
	assert_int_equal(jobs(w), 5);
	assert_int_equal(audience_fixture_int(&w->a,
					      "SELECT COUNT(DISTINCT payload) "
					      "FROM job"),
			 5);
}

static void hard_bounces_clean_at_once(void **state)
{
	struct world *w = *state;
	const char *reason;
	struct err err = ERR_INIT;

	assert_int_equal(
		all_or_nothing(w, clean,
			       "SELECT COUNT(*) FROM member WHERE status = 3"),
		1);
	assert_int_equal(jobs(w), 1);
	assert_int_equal(consent_check(w->a.db, &w->ids[2], 1, &reason, &err),
			 0);
	assert_string_equal(reason, "cleaned");
}

static void soft_bounces_clean_at_the_seventh(void **state)
{
	struct world *w = *state;
	struct err err = ERR_INIT;

	for (int i = 0; i < 6; i++)
		assert_int_equal(run_once(w, bounce_softly, &err), 0);
	assert_int_equal(run_once(w, bounce_softly, &err), 1);
	assert_int_equal(
		audience_fixture_int(
			&w->a, "SELECT COUNT(*) FROM member WHERE status = 3"),
		1);
}

static void suppressed_addresses_are_not_mailed(void **state)
{
	struct world *w = *state;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	const char *reasons[N];
	struct err err = ERR_INIT;

	assert_int_equal(tx_begin(w->a.db, &tx, &err), 0);
	assert_true(suppression_add(&tx, "p1@example.org", "manual", NOW,
				    &err) >= 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
	assert_int_equal(consent_check(w->a.db, w->ids, N, reasons, &err), 0);
	assert_null(reasons[0]);
	assert_string_equal(reasons[1], "suppressed");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(complaints_are_told_and_suppress_everywhere),
		TEST(a_late_no_is_kept),
		TEST(a_no_that_is_said_again_is_told_again),
		TEST(a_replayed_no_is_not_said_again),
		TEST(only_a_link_takes_back_what_a_link_said),
		TEST(taking_back_is_an_opt_in),
		TEST(no_two_words_have_the_same_second),
		TEST(hard_bounces_clean_at_once),
		TEST(soft_bounces_clean_at_the_seventh),
		TEST(suppressed_addresses_are_not_mailed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
