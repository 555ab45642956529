#include "delivery/freeze.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "campaign/campaign.h"
#include "delivery/delivery_fixture.h"
#include "delivery/recipient.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define HTML                                               \
	"<a href=\"https://a.example/?x=1&amp;y=2\">a</a>" \
	"<a href=\"https://b.example/\">b</a>"             \
	"<a href=\"https://a.example/?x=1&amp;y=2\">a</a><a href=\"#\">t</a>"

static struct freezings freezings;

static int set_up(void **state)
{
	static struct delivery_fixture f;

	delivery_fixture_open(&f, 9, HTML);
	*state = &f;
	return 0;
}

static int set_up_many(void **state)
{
	static struct delivery_fixture f;

	delivery_fixture_open(&f, 4010, HTML);
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	delivery_fixture_free(*state);
	freezings_release(&freezings);
	return 0;
}

static int freeze(struct delivery_fixture *f, struct err *err)
{
	struct campaign campaign;

	if (campaign_get(f->store.audience, f->campaign_id, f->arena, &campaign,
			 err) < 0)
		return -1;
	return freeze_campaign(f->store.audience, &campaign, NULL, &freezings,
			       FIXTURE_NOW, err);
}

static void freeze_well(struct delivery_fixture *f)
{
	struct err err = ERR_INIT;

	if (freeze(f, &err) != 1)
		fail_msg("%s", err.text);
}

static int64_t count(struct delivery_fixture *f, const char *where)
{
	return fixture_int(f, "SELECT COUNT(*) FROM recipient WHERE %s", where);
}

static void all_subscribed_of_a_list_are_queued(void **state)
{
	struct delivery_fixture *f = *state;

	fixture_exec(f, "UPDATE member SET status = 2 WHERE id = 1");
	freeze_well(f);
	assert_int_equal(count(f, "state = 1"), 8);
	assert_int_equal(count(f, "state <> 1"), 0);
	assert_int_equal(fixture_int(f, "SELECT frozen FROM campaign"), 1);
	assert_int_equal(fixture_int(f, "SELECT recipients FROM campaign"), 8);
}

/* Whoever is in the tag and may not be mailed is in the ledger, with why. */
static void of_a_tag_the_others_are_left_out(void **state)
{
	struct delivery_fixture *f = *state;

	fixture_exec(f,
		     "INSERT INTO segment (list_id, name, kind, created_ms,"
		     " updated_ms) VALUES (%lld, 'Tag', 1, 1, 1)",
		     (long long)f->list_id);
	fixture_exec(f, "INSERT INTO segment_member (segment_id, member_id,"
			" at_ms) SELECT s.id, m.id, 1 FROM segment s, member m"
			" WHERE m.id <= 5");
	fixture_exec(f, "UPDATE campaign SET segment_id ="
			" (SELECT id FROM segment)");
	fixture_exec(f, "UPDATE member SET status = 2 WHERE id IN (1, 7)");
	fixture_exec(f, "UPDATE member SET status = 3 WHERE id = 2");
	freeze_well(f);
	assert_int_equal(count(f, "state = 1"), 3);
	assert_int_equal(count(f, "reason = 'unsubscribed'"), 1);
	assert_int_equal(count(f, "reason = 'cleaned' AND state = 9"), 1);
	assert_int_equal(fixture_int(f, "SELECT recipients FROM campaign"), 5);
}

static void distinct_links_are_fixed_in_order(void **state)
{
	struct delivery_fixture *f = *state;

	freeze_well(f);
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) FROM campaign_link"),
			 2);
	assert_int_equal(fixture_int(f, "SELECT link_id FROM campaign_link"
					" WHERE url ="
					" 'https://a.example/?x=1&y=2'"),
			 1);
	assert_int_equal(fixture_int(f, "SELECT link_id FROM campaign_link"
					" WHERE url = 'https://b.example/'"),
			 2);
}

static void a_list_without_members_is_frozen_empty(void **state)
{
	struct delivery_fixture *f = *state;

	fixture_exec(f, "DELETE FROM member");
	freeze_well(f);
	assert_int_equal(fixture_int(f, "SELECT recipients FROM campaign"), 0);
	assert_int_equal(fixture_int(f, "SELECT frozen FROM campaign"), 1);
}

static bool lets_send(struct delivery_fixture *f)
{
	struct campaign campaign;
	struct err err = ERR_INIT;

	if (campaign_get(f->store.audience, f->campaign_id, f->arena, &campaign,
			 &err) < 0)
		fail_msg("%s", err.text);
	return freeze_lets_send(&campaign);
}

/* With its links; where a mail is a matter of the place among all, no mail
 * leaves before all are in. */
static void sending_may_begin_while_others_enter(void **state)
{
	struct delivery_fixture *f = *state;
	struct err err = ERR_INIT;

	assert_false(lets_send(f));
	assert_int_equal(freeze(f, &err), 2);
	assert_int_equal(count(f, "state = 1"), 4000);
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) FROM campaign_link"),
			 2);
	assert_true(lets_send(f));
	fixture_exec(f, "UPDATE campaign SET spread = '{\"timewarp\":true}'");
	assert_false(lets_send(f));
	fixture_exec(f, "UPDATE campaign SET spread = NULL");
	/* whoever edits it now is too late */
	fixture_exec(f, "UPDATE campaign SET segment_opts = '{\"match\":"
			"\"all\",\"conditions\":[{\"field\":\"EMAIL\","
			"\"op\":\"is\",\"value\":\"nobody\"}]}'");
	freeze_well(f);
	assert_int_equal(fixture_int(f, "SELECT recipients FROM campaign"),
			 4010);
}

/* Wherever it dies, going on ends with the same rows; and again is nothing. */
static void a_failed_one_goes_on_where_it_was(void **state)
{
	struct delivery_fixture *f = *state;
	int failures = 0;

	for (int n = 1; n < 100; n++) {
		struct err err = ERR_INIT;
		int rc;

		db_fail_nth(f->store.audience, n);
		rc = freeze(f, &err);
		db_fail_nth(f->store.audience, 0);
		if (rc == 1)
			break;
		failures++;
	}
	assert_true(failures > 5);
	assert_int_equal(count(f, "state = 1"), 9);
	freeze_well(f);
	assert_int_equal(count(f, "state = 1"), 9);
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) FROM campaign_link"),
			 2);
}

/* Member 1 is handed, erased, and signs up again: as another member. */
static void who_joins_later_does_not_enter_at_a_takeover(void **state)
{
	struct delivery_fixture *f = *state;
	struct err err = ERR_INIT;

	assert_int_equal(freeze(f, &err), 2);
	assert_int_equal(count(f, "member_id = 1"), 1);
	fixture_exec(f, "UPDATE member SET list_id = -list_id, status = 6,"
			" address = 'k', email_hash = 'k' WHERE id = 1");
	fixture_exec(f,
		     "INSERT INTO member (id, list_id, address, email_hash,"
		     " unique_id, status, changed_ms) VALUES (4011, %lld,"
		     " 'm1@d1.example', 'h', 'u', 1, 1)",
		     (long long)f->list_id);
	freezings_release(&freezings); /* another process goes on */
	freeze_well(f);
	assert_int_equal(count(f, "member_id = 4010"), 1);
	assert_int_equal(count(f, "member_id = 4011"), 0);
}

/* Sent two hours ago, and paused until now, or waiting for a feed. */
static void batches_go_one_after_the_other_however_late(void **state)
{
	struct delivery_fixture *f = *state;

	fixture_exec(f,
		     "UPDATE campaign SET send_ms = %lld, spread ="
		     " '{\"batch_count\":3,\"batch_delay\":10}'",
		     (long long)FIXTURE_NOW - 2 * MS_HOUR);
	freeze_well(f);
	for (int i = 0; i < 3; i++)
		assert_int_equal(
			fixture_int(f,
				    "SELECT COUNT(*) FROM recipient WHERE"
				    " next_ms <= %lld - (SELECT shift_ms FROM"
				    " campaign)",
				    (long long)FIXTURE_NOW +
					    i * 10 * MS_MINUTE),
			3 * (i + 1));
}

#define FIXED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXED(all_subscribed_of_a_list_are_queued),
		FIXED(of_a_tag_the_others_are_left_out),
		FIXED(distinct_links_are_fixed_in_order),
		FIXED(a_list_without_members_is_frozen_empty),
		cmocka_unit_test_setup_teardown(
			sending_may_begin_while_others_enter, set_up_many,
			tear_down),
		FIXED(a_failed_one_goes_on_where_it_was),
		cmocka_unit_test_setup_teardown(
			who_joins_later_does_not_enter_at_a_takeover,
			set_up_many, tear_down),
		FIXED(batches_go_one_after_the_other_however_late),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
