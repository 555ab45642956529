#include "delivery/verdict.h"

#include "base/cleanup.h"
#include "delivery/event.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define BROWSER "Mozilla/5.0 (X11; Linux x86_64) Firefox/115.0"
#define HOME "192.0.2.1"

static const struct verdict_facts accepted = { true, 100000, 10000 };

static struct verdict_hit hit_at(int64_t at_ms, int64_t link_id)
{
	return (struct verdict_hit){ .at_ms = at_ms,
				     .is_click = link_id > 0,
				     .link_id = link_id,
				     .ip = HOME,
				     .place = verdict_place(HOME),
				     .agent = BROWSER,
				     .is_new = true };
}

static const struct {
	const char *agent;
	int64_t at_ms, link_id;
	bool is_head, is_unaccepted;
	enum machine_why why;
} alone[] = {
	{ BROWSER, 110000, 0, false, false, MACHINE_NO },
	{ BROWSER, 110000, 1, false, false, MACHINE_NO },
	{ BROWSER, 109999, 1, false, false, MACHINE_EARLY },
	{ BROWSER, 99000, 0, false, false, MACHINE_EARLY },
	{ BROWSER, 500000, 0, false, true, MACHINE_EARLY },
	{ BROWSER, 500000, 2, true, false, MACHINE_HEAD },
	{ "Mozilla/5.0", 500000, 0, false, false, MACHINE_PROXY },
	{ "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via "
	  "ggpht.com GoogleImageProxy)",
	  500000, 0, false, false, MACHINE_NO },
	{ "YahooMailProxy; https://help.yahoo.com", 500000, 0, false, false,
	  MACHINE_NO },
	{ "YahooMailProxy; https://help.yahoo.com", 109999, 0, false, false,
	  MACHINE_EARLY },
	{ "YahooMailProxy; https://help.yahoo.com", 500000, 1, false, false,
	  MACHINE_PROXY },
	{ "Mozilla/5.0 (Proofpoint)", 500000, 0, false, false, MACHINE_PROXY },
	{ "", 500000, 0, false, false, MACHINE_NO },
	{ BROWSER, 500000, EVENT_LINK_HONEYPOT, false, false,
	  MACHINE_HONEYPOT },
};

static void single_hits_are_judged_by_what_they_are(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(alone); i++) {
		struct verdict_hit hit =
			hit_at(alone[i].at_ms, alone[i].link_id);
		struct verdict_facts facts = accepted;

		hit.agent = alone[i].agent;
		hit.is_head = alone[i].is_head;
		facts.is_accepted = !alone[i].is_unaccepted;
		verdict_judge(&facts, &hit, 1);
		if (hit.why != alone[i].why)
			print_error("case %zu\n", i);
		assert_int_equal(hit.why, alone[i].why);
		assert_false(hit.is_changed);
	}
}

static void three_links_in_two_seconds_are_a_scanner(void **state)
{
	struct verdict_hit hits[] = { hit_at(200000, 0), hit_at(200500, 1),
				      hit_at(201000, 2), hit_at(202400, 3) };

	(void)state;
	for (size_t i = 0; i < 3; i++)
		hits[i].is_new = false;
	verdict_judge(&accepted, hits, 4);
	assert_int_equal(hits[0].why, MACHINE_NO); /* before the scan */
	for (size_t i = 1; i < 4; i++)
		assert_int_equal(hits[i].why, MACHINE_SCANNER);
	assert_true(hits[1].is_changed && hits[2].is_changed);
	assert_false(hits[3].is_changed);
}

static void a_person_may_click_twice_or_slowly(void **state)
{
	struct verdict_hit twice[] = { hit_at(200000, 1), hit_at(200100, 2),
				       hit_at(200200, 1), hit_at(200300, 2) };
	struct verdict_hit slowly[] = { hit_at(200000, 1), hit_at(201500, 2),
					hit_at(203000, 3) };

	(void)state;
	verdict_judge(&accepted, twice, 4);
	verdict_judge(&accepted, slowly, 3);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(twice[i].why, MACHINE_NO);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(slowly[i].why, MACHINE_NO);
}

static void the_hidden_link_turns_what_its_finder_did(void **state)
{
	struct verdict_hit hits[] = { hit_at(200000, 1), hit_at(200000, 0),
				      hit_at(205000, EVENT_LINK_HONEYPOT) };

	(void)state;
	hits[0].is_new = hits[1].is_new = false;
	hits[1].place = verdict_place("198.51.100.7"); /* somebody else */
	verdict_judge(&accepted, hits, 3);
	assert_int_equal(hits[0].why, MACHINE_HONEYPOT);
	assert_true(hits[0].is_changed);
	assert_int_equal(hits[1].why, MACHINE_NO);
}

static void judging_twice_changes_nothing(void **state)
{
	struct verdict_hit hits[] = { hit_at(200000, 1), hit_at(200100, 2),
				      hit_at(200200, 3) };

	(void)state;
	verdict_judge(&accepted, hits, 3);
	for (size_t i = 0; i < 3; i++)
		hits[i].is_new = false;
	verdict_judge(&accepted, hits, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(hits[i].why, MACHINE_SCANNER);
		assert_false(hits[i].is_changed);
	}
}

static void names_are_read_back(void **state)
{
	(void)state;
	for (int why = MACHINE_PROXY; why <= MACHINE_BURST; why++)
		assert_int_equal(machine_why_parse(machine_why_name(
					 (enum machine_why)why)),
				 why);
	assert_null(machine_why_name(MACHINE_NO));
	assert_int_equal(machine_why_parse(NULL), MACHINE_NO);
	assert_int_equal(machine_why_parse("alien"), MACHINE_NO);
}

static void many_of_a_domain_at_once_are_a_machine(void **state)
{
	CLEANUP(verdict_bursts_free)
	struct verdict_bursts *b = verdict_bursts_new(3);
	const struct burst_hit *earlier;
	struct burst_hit hit = { 1, 0, 0 };
	size_t n;
	bool found = false;

	(void)state;
	for (int i = 1; i <= 4; i++) {
		hit.member_id = i;
		hit.event_id = 100 + i;
		found = verdict_bursts_add(b, &hit, 1000 + i, "example.org",
					   i % 2 ? "192.0.2.1" : "192.0.2.9",
					   &earlier, &n);
		assert_int_equal(found, i >= 3);
		assert_int_equal(n, i == 3 ? 2 : 0);
		if (i == 3)
			assert_int_equal(earlier[0].event_id, 101);
	}
	/* much later, and elsewhere, it begins anew */
	hit.member_id = 9;
	assert_false(verdict_bursts_add(b, &hit, 9000, "example.org",
					"192.0.2.1", &earlier, &n));
	assert_false(verdict_bursts_add(b, &hit, 1005, "example.com",
					"192.0.2.1", &earlier, &n));
	assert_false(verdict_bursts_add(b, &hit, 1005, "example.org",
					"198.51.100.1", &earlier, &n));
}

static void one_person_is_no_burst(void **state)
{
	CLEANUP(verdict_bursts_free)
	struct verdict_bursts *b = verdict_bursts_new(3);
	const struct burst_hit *earlier;
	size_t n;

	(void)state;
	for (int i = 0; i < 10; i++) {
		struct burst_hit hit = { 1, 7, i };

		assert_false(verdict_bursts_add(b, &hit, 1000, "example.org",
						"2001:db8:1:2:3::1", &earlier,
						&n));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(single_hits_are_judged_by_what_they_are),
		cmocka_unit_test(three_links_in_two_seconds_are_a_scanner),
		cmocka_unit_test(a_person_may_click_twice_or_slowly),
		cmocka_unit_test(the_hidden_link_turns_what_its_finder_did),
		cmocka_unit_test(judging_twice_changes_nothing),
		cmocka_unit_test(names_are_read_back),
		cmocka_unit_test(many_of_a_domain_at_once_are_a_machine),
		cmocka_unit_test(one_person_is_no_burst),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
