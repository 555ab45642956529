#include "campaign/report.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "campaign/campaign_fixture.h"
#include "campaign/report_kept.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define SENT_AT (FIXTURE_NOW + MS_MINUTE)

static struct campaign_fixture fixture;
static struct campaign campaign;

static void add_recipient(int member, int state, int seq, int bounce, int opens,
			  int machine_opens, int clicks)
{
	char sequence[16] = "NULL", active[32] = "NULL", first[32] = "NULL";

	if (seq)
		(void)snprintf(sequence, sizeof(sequence), "%d", seq);
	if (opens || machine_opens || clicks || bounce)
		(void)snprintf(active, sizeof(active), "%lld",
			       (long long)SENT_AT + member);
	if (opens)
		(void)snprintf(first, sizeof(first), "%lld",
			       (long long)SENT_AT + MS_HOUR);
	campaign_fixture_exec(
		&fixture,
		"INSERT INTO recipient (campaign_id, member_id, state,"
		" sent_seq, bounce, opens, machine_opens, clicks, at_ms,"
		" activity_ms, first_open_ms, last_open_ms) VALUES (%lld, %d,"
		" %d, %s, %d, %d, %d, %d, %lld, %s, %s, %s)",
		(long long)campaign.id, member, state, sequence, bounce, opens,
		machine_opens, clicks, (long long)SENT_AT, active, first,
		first);
}

static void add_hit(int member, int event, int kind, int link, int machine)
{
	campaign_fixture_exec(
		&fixture,
		"INSERT INTO activity (member_id, campaign_id, event_id, kind,"
		" link_id, at_ms, machine, ip) VALUES (%d, %lld, %d, %d, %d,"
		" %lld, %d, '192.0.2.1')",
		member, (long long)campaign.id, event, kind, link,
		(long long)SENT_AT + event, machine);
}

/* What was written without its figures. */
static void keep_figures(void)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	assert_int_equal(tx_begin(fixture.db, &tx, &fixture.err), 0);
	assert_int_equal(report_kept_renew(&tx, campaign.id, &fixture.err), 0);
	assert_int_equal(tx_commit(&tx, &fixture.err), 0);
}

/* 1 opened twice and clicked both links, 2 is opened by a proxy, 3 bounced
 * hard, 4 soft, 5 unsubscribed, 6 complained, 7 waits, 8 was left out. */
static int set_up(void **state)
{
	(void)state;
	campaign_fixture_open(&fixture, 8);
	campaign_fixture_exec(
		&fixture,
		"INSERT INTO campaign (hex, list_id, type, status, settings,"
		" tracking, send_ms, recipients, sent_seq, frozen, created_ms,"
		" updated_ms) VALUES ('0123456789', %lld, 'regular', 5, '{}',"
		" '{}', %lld, 8, 6, 1, 1, 1)",
		(long long)fixture.list_id, (long long)FIXTURE_NOW);
	assert_int_equal(campaign_find(fixture.db, "0123456789", fixture.arena,
				       &campaign, &fixture.err),
			 1);
	add_recipient(1, 4, 1, 0, 2, 1, 3);
	add_recipient(2, 4, 3, 0, 0, 1, 0);
	add_recipient(3, 6, 2, 1, 0, 0, 0);
	add_recipient(4, 7, 4, 2, 0, 0, 0);
	add_recipient(5, 4, 6, 0, 0, 0, 0);
	add_recipient(6, 4, 5, 0, 0, 0, 0);
	add_recipient(7, 5, 0, 0, 0, 0, 0);
	add_recipient(8, 9, 0, 0, 0, 0, 0);
	campaign_fixture_exec(&fixture,
			      "UPDATE recipient SET unsubscribed_ms = 7,"
			      " activity_ms = 7 WHERE member_id = 5");
	campaign_fixture_exec(&fixture,
			      "UPDATE member SET unsubscribe_reason = 'bored',"
			      " unsubscribed_campaign_id = %lld WHERE id = 5",
			      (long long)campaign.id);
	campaign_fixture_exec(&fixture, "UPDATE recipient SET complained_ms = 8"
					" WHERE member_id = 6");
	campaign_fixture_exec(&fixture,
			      "INSERT INTO campaign_link VALUES (%lld, 1,"
			      " 'l1', 'http://a'), (%lld, 2, 'l2', 'http://b')",
			      (long long)campaign.id, (long long)campaign.id);
	add_hit(1, 1, 1, 0, 0);
	add_hit(1, 2, 1, 0, 0);
	add_hit(1, 3, 1, 0, 1);
	add_hit(1, 4, 2, 1, 0);
	add_hit(1, 5, 2, 1, 0);
	add_hit(1, 6, 2, 2, 0);
	add_hit(2, 7, 1, 0, 1);
	add_hit(2, 8, 2, 1, 1);
	add_hit(2, 9, 2, 1000000, 1); /* the link that nobody sees */
	add_hit(3, 10, 3, 0, 0);
	keep_figures();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	campaign_fixture_free(&fixture);
	return 0;
}

static void figures_tell_people_from_machines(void **state)
{
	struct report_figures f;

	(void)state;
	assert_int_equal(
		report_figures(fixture.db, &campaign, &f, &fixture.err), 0);
	assert_int_equal(f.sent, 6);
	assert_int_equal(f.opens, 4);
	assert_int_equal(f.unique_opens, 2);
	assert_int_equal(f.people_opens, 2);
	assert_int_equal(f.unique_people_opens, 1);
	assert_int_equal(f.last_open_ms, SENT_AT + MS_HOUR);
	assert_int_equal(f.clicks, 3);
	assert_int_equal(f.unique_clicks, 2);
	assert_int_equal(f.unique_clickers, 1);
	assert_int_equal(f.hard_bounces, 1);
	assert_int_equal(f.soft_bounces, 1);
	assert_int_equal(f.unsubscribed, 1);
	assert_int_equal(f.complained, 1);
	assert_true(report_open_rate(&f) == 0.5);
	assert_true(report_click_rate(&f) == 0.25);
}

static void hours_count_from_the_send(void **state)
{
	struct report_hour hours[REPORT_HOURS];

	(void)state;
	assert_int_equal(
		report_hours(fixture.db, &campaign, hours, &fixture.err), 0);
	assert_int_equal(hours[0].sent, 6);
	assert_int_equal(hours[1].opened, 1);
	assert_int_equal(hours[0].opened, 0);
	assert_int_equal(hours[23].at_ms - hours[0].at_ms, 23 * MS_HOUR);
}

static void check_list(const struct report_query *query, int64_t total,
		       const char *members)
{
	CLEANUP(vec_release) struct report_rows rows = VEC_INIT;
	CLEANUP(strbuf_release) struct strbuf got = STRBUF_INIT;
	int64_t n;

	if (report_list(fixture.db, &campaign, query, fixture.arena, &rows, &n,
			&fixture.err) < 0)
		fail_msg("%s", fixture.err.text);
	vec_each (&rows, row)
		strbuf_addf(&got, "%lld ", (long long)row->member_id);
	assert_string_equal(got.buf, members);
	assert_int_equal(n, total);
}

static void lists_page_in_a_lasting_order(void **state)
{
	struct report_query q = { .kind = REPORT_SENT, .count = 4 };

	(void)state;
	check_list(&q, 6, "1 3 2 4 ");
	q.offset = 4;
	check_list(&q, 6, "6 5 ");
	q.offset = 6;
	check_list(&q, 6, "");

	q = (struct report_query){ .kind = REPORT_ACTIVE, .count = 10 };
	check_list(&q, 6, "1 3 2 4 6 5 ");
	q.since_ms = SENT_AT + 2;
	check_list(&q, 3, "2 3 4 ");
	q.offset = 1;
	check_list(&q, 3, "3 4 ");

	q = (struct report_query){ .kind = REPORT_OPENED, .count = 10 };
	check_list(&q, 2, "1 2 ");
	q.since_ms = SENT_AT + 4;
	check_list(&q, 1, "2 ");

	q = (struct report_query){ .kind = REPORT_CLICKED,
				   .count = 10,
				   .link_id = 1 };
	check_list(&q, 2, "1 2 ");
	q.offset = 1;
	check_list(&q, 2, "2 ");
	q = (struct report_query){ .kind = REPORT_UNSUBSCRIBED, .count = 10 };
	check_list(&q, 1, "5 ");
	q.kind = REPORT_COMPLAINED;
	check_list(&q, 1, "6 ");
}

static void one_recipient_is_found_with_clicks(void **state)
{
	struct report_row row;

	(void)state;
	assert_int_equal(report_find(fixture.db, campaign.id, 1, 1,
				     fixture.arena, &row, &fixture.err),
			 1);
	assert_int_equal(row.link_clicks, 2);
	assert_false(row.is_machine);
	assert_string_equal(row.address, "m1@d1.example");
	assert_true(str_is(row.merge, "{\"1\":\"M1\"}"));
	assert_int_equal(report_find(fixture.db, campaign.id, 2, 1,
				     fixture.arena, &row, &fixture.err),
			 1);
	assert_true(row.is_machine);
	assert_int_equal(report_find(fixture.db, campaign.id, 5, 0,
				     fixture.arena, &row, &fixture.err),
			 1);
	assert_string_equal(row.reason, "bored");
	assert_int_equal(report_find(fixture.db, campaign.id, 99, 0,
				     fixture.arena, &row, &fixture.err),
			 0);
}

static void events_come_by_member_without_the_hidden_link(void **state)
{
	CLEANUP(vec_release) struct report_rows rows = VEC_INIT;
	CLEANUP(vec_release) struct report_events events = VEC_INIT;
	struct report_query q = { .kind = REPORT_SENT, .count = 10 };
	int64_t total;

	(void)state;
	assert_int_equal(report_list(fixture.db, &campaign, &q, fixture.arena,
				     &rows, &total, &fixture.err),
			 0);
	assert_int_equal(report_events_list(fixture.db, campaign.id, &rows,
					    fixture.arena, &events,
					    &fixture.err),
			 0);
	assert_int_equal(events.n, 9);
	assert_int_equal(events.v[3].kind, ACTIVITY_CLICK);
	assert_string_equal(events.v[3].url, "http://a");
	assert_true(events.v[2].is_machine);
	assert_int_equal(events.v[8].kind, ACTIVITY_BOUNCE);
}

static void links_and_domains_are_counted(void **state)
{
	CLEANUP(vec_release) struct report_links links = VEC_INIT;
	struct report_domain domains[REPORT_DOMAINS];

	(void)state;
	assert_int_equal(report_links_list(fixture.db, campaign.id,
					   fixture.arena, &links, &fixture.err),
			 0);
	assert_int_equal(links.n, 2);
	assert_int_equal(links.v[0].clicks, 2);
	assert_int_equal(links.v[0].unique_clicks, 1);
	assert_int_equal(links.v[0].last_click_ms, SENT_AT + 5);
	assert_string_equal(links.v[1].url, "http://b");

	assert_int_equal(report_domains(fixture.db, campaign.id, fixture.arena,
					domains, &fixture.err),
			 3);
	assert_string_equal(domains[0].name, "d0.example");
	assert_int_equal(domains[0].sent, 2);
	assert_int_equal(domains[1].opened, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(figures_tell_people_from_machines),
		cmocka_unit_test(hours_count_from_the_send),
		cmocka_unit_test(lists_page_in_a_lasting_order),
		cmocka_unit_test(one_recipient_is_found_with_clicks),
		cmocka_unit_test(events_come_by_member_without_the_hidden_link),
		cmocka_unit_test(links_and_domains_are_counted),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
