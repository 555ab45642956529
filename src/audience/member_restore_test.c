#include "audience/member_restore.h"

#include "audience/audience_fixture.h"
#include "audience/suppression.h"

#include "base/arena.h"
#include "base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOW FIXTURE_NOW
#define N 8
#define LATER (NOW + 1000)

struct world {
	struct audience_fixture a;
	struct err err;
};

static void exec(struct world *w, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
static void exec(struct world *w, const char *fmt, ...)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(&text, fmt, ap);
	va_end(ap);
	store_fixture_exec(w->a.db, text.buf);
}

/* Members 1 .. N of one list, sent to by campaigns 1 and 2. */
static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	audience_fixture_open(&w->a);
	for (int c = 1; c <= 2; c++)
		exec(w,
		     "INSERT INTO campaign (id, hex, list_id, type, status,"
		     " settings, tracking, created_ms, updated_ms)"
		     " VALUES (%d, 'c%d', %lld, 'regular', 5, '{}', '{}', 1, "
		     "1)",
		     c, c, (long long)w->a.list.id);
	for (int i = 1; i <= N; i++)
		exec(w,
		     "INSERT INTO member (id, list_id, address, email_hash,"
		     " unique_id, status, changed_ms) VALUES (%d, %lld,"
		     " 'p%d@a.example', 'h%d', 'u%d', 1, 1)",
		     i, (long long)w->a.list.id, i, i, i);
	for (int i = 1; i <= N; i++)
		exec(w,
		     "INSERT INTO recipient (campaign_id, member_id, state,"
		     " bounce, at_ms) VALUES (1, %d, 6, 1, 1), (2, %d, 4, 0, "
		     "1)",
		     i, i);
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	audience_fixture_free(&w->a);
	free(w);
	return 0;
}

/* As hard bounces of the campaign do. */
static void clean_all(struct world *w, int64_t campaign_id)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct member_departure d[N];

	for (int i = 0; i < N; i++)
		d[i] = (struct member_departure){ .member_id = i + 1,
						  .how = DEPART_BOUNCED,
						  .campaign_id = campaign_id,
						  .at_ms = NOW };
	if (tx_begin(w->a.db, &tx, &w->err) < 0 ||
	    member_depart(&tx, d, N, NOW, &w->err) < 0 ||
	    tx_commit(&tx, &w->err) < 0)
		fail_msg("clean: %s", w->err.text);
}

static int restore(struct world *w, int64_t campaign_id, int64_t after,
		   int64_t limit, struct restoreds *out)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(w->a.db, &tx, &w->err) < 0 ||
	    member_restore(&tx, campaign_id, after, limit, LATER, w->a.arena,
			   out, &w->err) < 0)
		return -1;
	return tx_commit(&tx, &w->err);
}

static void restore_all(struct world *w, int64_t campaign_id,
			struct restoreds *out)
{
	if (restore(w, campaign_id, 0, 100, out) < 0)
		fail_msg("restore: %s", w->err.text);
}

static int64_t status(struct world *w, int member)
{
	char text[64];

	(void)snprintf(text, sizeof(text),
		       "SELECT status FROM member WHERE id = %d", member);
	return audience_fixture_int(&w->a, text);
}

static void each_gets_back_what_it_was(void **state)
{
	struct world *w = *state;
	CLEANUP(vec_release) struct restoreds all = VEC_INIT;

	exec(w, "UPDATE member SET status = 2 WHERE id = 2");
	exec(w, "UPDATE member SET soft_bounces = 9 WHERE id = 3");
	clean_all(w, 1);
	assert_int_equal(status(w, 2), MEMBER_CLEANED);
	restore_all(w, 1, &all);
	assert_int_equal(all.n, N);
	assert_int_equal(status(w, 1), MEMBER_SUBSCRIBED);
	assert_int_equal(status(w, 2), MEMBER_UNSUBSCRIBED);
	assert_int_equal(audience_fixture_int(&w->a,
					      "SELECT soft_bounces FROM member"
					      " WHERE id = 3"),
			 0);
	assert_int_equal(
		audience_fixture_int(
			&w->a, "SELECT changed_ms FROM member WHERE id = 1"),
		LATER);
	vec_each (&all, r) {
		assert_null(r->kept);
		assert_int_equal(r->restored_ms, LATER);
	}
}

static void a_plan_says_the_same_and_does_nothing(void **state)
{
	struct world *w = *state;
	CLEANUP(vec_release) struct restoreds plan = VEC_INIT;

	clean_all(w, 1);
	assert_int_equal(member_restore_plan(w->a.db, 1, 0, 100, w->a.arena,
					     &plan, &w->err),
			 0);
	assert_int_equal(plan.n, N);
	assert_null(plan.v[0].kept);
	assert_int_equal(plan.v[0].restored_ms, 0);
	assert_string_equal(plan.v[0].email_hash, "h1");
	assert_int_equal(plan.v[0].status, MEMBER_SUBSCRIBED);
	assert_int_equal(audience_fixture_int(&w->a,
					      "SELECT COUNT(*) FROM member"
					      " WHERE status = 3"),
			 N);
}

static void what_forbids_it(void **state)
{
	static const char *const kept[N] = {
		"changed",      "archived",     "suppressed",
		"unsubscribed", "unsubscribed", "bounced_elsewhere",
		"forgotten",    NULL,
	};
	struct world *w = *state;
	CLEANUP(vec_release) struct restoreds all = VEC_INIT;
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	clean_all(w, 1);
	exec(w, "UPDATE member SET status = 2 WHERE id = 1");
	exec(w, "UPDATE member SET status = 6 WHERE id = 2");
	assert_int_equal(tx_begin(w->a.db, &tx, &w->err), 0);
	assert_int_equal(
		suppression_add(&tx, "p3@a.example", "manual", NOW, &w->err),
		1);
	assert_int_equal(tx_commit(&tx, &w->err), 0);
	exec(w,
	     "UPDATE recipient SET unsubscribed_ms = %lld WHERE member_id = 4",
	     (long long)NOW);
	exec(w, "UPDATE recipient SET complained_ms = %lld WHERE member_id = 5",
	     (long long)LATER);
	exec(w, "UPDATE recipient SET bounce = 1 WHERE campaign_id = 2"
		" AND member_id = 6");
	exec(w, "UPDATE member SET list_id = -list_id WHERE id = 7");
	restore_all(w, 1, &all);
	assert_int_equal(all.n, N);
	for (int i = 0; i < N; i++) {
		if (!kept[i])
			assert_null(all.v[i].kept);
		else
			assert_string_equal(all.v[i].kept, kept[i]);
	}
	assert_int_equal(audience_fixture_int(&w->a,
					      "SELECT COUNT(*) FROM member"
					      " WHERE status = 1 AND id <> 7"),
			 1);
}

/* Two campaigns went out through the same bad relay. */
static void two_campaigns_can_be_undone_one_after_the_other(void **state)
{
	struct world *w = *state;
	CLEANUP(vec_release) struct restoreds first = VEC_INIT;
	CLEANUP(vec_release) struct restoreds second = VEC_INIT;
	CLEANUP(vec_release) struct restoreds again = VEC_INIT;

	exec(w, "UPDATE recipient SET bounce = 1");
	clean_all(w, 1);
	clean_all(w, 2); /* cleaned already: kept all the same */
	restore_all(w, 1, &first);
	assert_string_equal(first.v[0].kept, "bounced_elsewhere");
	assert_int_equal(status(w, 1), MEMBER_CLEANED);
	restore_all(w, 2, &second);
	assert_null(second.v[0].kept);
	assert_int_equal(status(w, 1), MEMBER_SUBSCRIBED);
	restore_all(w, 1, &again);
	assert_null(again.v[0].kept);
}

static void pages_and_repeats_end_the_same(void **state)
{
	struct world *w = *state;
	int64_t after = 0;

	clean_all(w, 1);
	for (int turn = 0; turn < 2; turn++) {
		int64_t seen = 0;

		for (after = 0;;) {
			CLEANUP(vec_release)
			struct restoreds page = VEC_INIT;

			assert_int_equal(restore(w, 1, after, 3, &page), 0);
			if (page.n == 0)
				break;
			vec_each (&page, r)
				assert_null(r->kept);
			seen += (int64_t)page.n;
			after = page.v[page.n - 1].member_id;
		}
		assert_int_equal(seen, N);
	}
	exec(w, "UPDATE member SET status = 3 WHERE id = 1"); /* again */
	clean_all(w, 2);
	assert_int_equal(audience_fixture_int(
				 &w->a, "SELECT COUNT(*) FROM member_cleaned"
					" WHERE campaign_id = 2"),
			 N - 1);
}

static void a_failed_one_changes_nothing(void **state)
{
	struct world *w = *state;
	int rc = -1, failures = 0;

	clean_all(w, 1);
	for (int n = 1; rc < 0 && n < 60; n++) {
		CLEANUP(vec_release) struct restoreds all = VEC_INIT;

		db_fail_nth(w->a.db, n);
		rc = restore(w, 1, 0, 100, &all);
		db_fail_nth(w->a.db, 0);
		if (rc == 0)
			break;
		failures++;
		assert_int_equal(audience_fixture_int(
					 &w->a, "SELECT COUNT(*) FROM member"
						" WHERE status = 3"),
				 N);
	}
	assert_int_equal(rc, 0);
	assert_true(failures > 5);
	assert_int_equal(audience_fixture_int(&w->a,
					      "SELECT COUNT(*) FROM member"
					      " WHERE status = 1"),
			 N);
}

#define FIXED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXED(each_gets_back_what_it_was),
		FIXED(a_plan_says_the_same_and_does_nothing),
		FIXED(what_forbids_it),
		FIXED(two_campaigns_can_be_undone_one_after_the_other),
		FIXED(pages_and_repeats_end_the_same),
		FIXED(a_failed_one_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
