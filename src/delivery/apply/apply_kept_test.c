/* Whatever comes in whatever order: the figures that are kept of campaigns are
 * those that their ledger and their activity count. */
#include "audience/kept/member_block.h"
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "campaign/report_kept.h"
#include "delivery/apply/applier.h"
#include "delivery/delivery_fixture.h"
#include "delivery/recipient.h"
#include "store/tally.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define MEMBERS 40
#define CAMPAIGNS 2
#define BROWSER "Mozilla/5.0 (X11; Linux x86_64) Firefox/115.0"
#define PROXY "Mozilla/5.0 (via ggpht.com GoogleImageProxy)"

/* few at once of a domain are a burst already */
static const struct applier_options options = {
	.owner = "me/1", .early_ms = 2000, .burst = 4, .retry_first_ms = 15000
};

struct world {
	struct delivery_fixture f;
	struct apply_memory *memory;
	int64_t now_ms;
	uint32_t seed;
};

static uint32_t below(struct world *w, uint32_t n)
{
	w->seed = w->seed * 1664525u + 1013904223u;
	return (w->seed >> 8) % n;
}

static int set_up(void **state)
{
	static struct world w;

	delivery_fixture_open(&w.f, MEMBERS, "<p>x</p>");
	fixture_exec(&w.f, "INSERT INTO campaign (hex, list_id, type, status,"
			   " settings, tracking, created_ms, updated_ms)"
			   " SELECT 'second', list_id, type, status, settings,"
			   " tracking, created_ms, updated_ms FROM campaign");
	fixture_exec(&w.f, "INSERT INTO recipient (campaign_id, member_id,"
			   " state, lease_owner, at_ms)"
			   " SELECT c.id, m.id, 2, 'me/1', 1"
			   " FROM campaign c CROSS JOIN member m");
	/* ids of several blocks */
	fixture_exec(&w.f,
		     "UPDATE recipient SET member_id = member_id + %d"
		     " WHERE member_id %% 4 = 3",
		     MEMBER_BLOCK);
	fixture_exec(&w.f, "UPDATE member SET id = id + %d WHERE id %% 4 = 3",
		     MEMBER_BLOCK);
	w.memory = apply_memory_new(options.burst);
	w.now_ms = FIXTURE_NOW;
	fixture_hold_lease(&w.f, "me/1");
	*state = &w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	apply_memory_free(&w->memory);
	delivery_fixture_free(&w->f);
	return 0;
}

static void dump(struct world *w, struct strbuf *out)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct err err = ERR_INIT;

	assert_int_equal(db_query_text(w->f.store.audience,
				       "SELECT campaign_id, kind, part, n"
				       " FROM report_kept WHERE n <> 0"
				       " ORDER BY campaign_id, kind, part",
				       SQL_NO_ARGS, &rows, &err),
			 0);
	while (rows_next(rows, &err) > 0)
		strbuf_addf(out, "%lld:%lld/%lld=%lld\n",
			    (long long)rows_int(rows, 0),
			    (long long)rows_int(rows, 1),
			    (long long)rows_int(rows, 2),
			    (long long)rows_int(rows, 3));
}

static void check_kept(struct world *w)
{
	CLEANUP(strbuf_release) struct strbuf kept = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf counted = STRBUF_INIT;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	dump(w, &kept);
	assert_int_equal(tx_begin(w->f.store.audience, &tx, &err), 0);
	for (int64_t id = 1; id <= CAMPAIGNS; id++)
		if (report_kept_renew(&tx, id, &err) < 0)
			fail_msg("%s", err.text);
	dump(w, &counted);
	assert_string_equal(kept.buf ? kept.buf : "",
			    counted.buf ? counted.buf : "");
}

/* Much of it makes no sense, and must not matter. */
static struct event some_event(struct world *w)
{
	static const enum event_kind kinds[] = {
		EVENT_HANDED,   EVENT_ACCEPTED,     EVENT_ACCEPTED,
		EVENT_ACCEPTED, EVENT_DEFERRED,     EVENT_RETURNED,
		EVENT_REFUSED,  EVENT_EXPIRED,      EVENT_BOUNCED,
		EVENT_OPENED,   EVENT_OPENED,       EVENT_OPENED,
		EVENT_CLICKED,  EVENT_CLICKED,      EVENT_CLICKED,
		EVENT_CLICKED,  EVENT_UNSUBSCRIBED, EVENT_COMPLAINED
	};
	static const char *const agents[] = { BROWSER, BROWSER, BROWSER, PROXY,
					      "" };
	static const char *const ips[] = { "192.0.2.1",    "192.0.2.2",
					   "198.51.100.7", "198.51.100.8",
					   "203.0.113.9",  "203.0.113.8",
					   "203.0.113.7",  "203.0.113.6" };
	uint32_t member = 1 + below(w, MEMBERS);
	struct event e = {
		.at_ms = w->now_ms + below(w, 600000),
		.kind = kinds[below(w, sizeof(kinds) / sizeof(*kinds))],
		.campaign_id = 1 + below(w, CAMPAIGNS),
		.member_id = member % 4 == 3 ? member + MEMBER_BLOCK : member,
		.ip = ips[below(w, 2) ? 0 : below(w, 8)],
		.agent = agents[below(w, 5)],
		.link_id = 1 + below(w, 3),
	};

	if (e.kind == EVENT_REFUSED || e.kind == EVENT_EXPIRED ||
	    e.kind == EVENT_BOUNCED)
		e.code = (int64_t)below(w, 3) << EVENT_BOUNCE_SHIFT;
	if (e.kind == EVENT_OPENED || e.kind == EVENT_CLICKED)
		e.code = below(w, 10) ? 0 : EVENT_HIT_HEAD;
	return e;
}

/* On PostgreSQL somebody else's transaction may hold the log up. */
static void apply(struct world *w, int64_t limit)
{
	struct err err = ERR_INIT;
	int64_t n;

	do {
		n = applier_step(&options, w->f.store.events,
				 w->f.store.audience, w->memory, limit,
				 w->now_ms, &err);
		if (n < 0)
			fail_msg("%s", err.text);
	} while (n > 0);
}

static void play(struct world *w, uint32_t seed)
{
	w->seed = seed;
	for (int round = 0; round < 12; round++) {
		uint32_t n = 1 + below(w, 80);

		w->now_ms += below(w, 4) == 0 ? 3600000 : below(w, 30000);
		for (uint32_t i = 0; i < n; i++)
			fixture_event(&w->f, some_event(w));
		if (below(w, 4) == 0)
			fixture_exec(&w->f, "UPDATE recipient SET state = 2"
					    " WHERE state IN (1, 5)");
		apply(w, 1 + below(w, 100));
		check_kept(w);
	}
}

static void what_is_kept_is_what_is_counted(void **state)
{
	play(*state, 1);
	play(*state, 2);
	play(*state, 2026);
}

/* The history above has all of it. */
static void nothing_is_left_out(void **state)
{
	static const int kinds[] = {
		KEPT_HARD,        KEPT_SOFT,        KEPT_UNSUBSCRIBED,
		KEPT_COMPLAINED,  KEPT_OPENS,       KEPT_MACHINE_OPENS,
		KEPT_OPENERS,     KEPT_CLICKS,      KEPT_CLICKERS,
		KEPT_LAST_OPEN,   KEPT_LAST_CLICK,  KEPT_OPENED,
		KEPT_HOUR_SENT,   KEPT_HOUR_OPENED, KEPT_HOUR_CLICKED,
		KEPT_LINK_CLICKS, KEPT_LINK_PEOPLE, KEPT_LINK_ANY,
		KEPT_LINK_LAST
	};
	struct world *w = *state;

	play(w, 7);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (fixture_int(&w->f,
				"SELECT COUNT(*) FROM report_kept"
				" WHERE kind = %d AND n > 0",
				kinds[i]) == 0)
			fail_msg("nothing of kind %d", kinds[i]);
	assert_true(fixture_int(&w->f, "SELECT COUNT(*) FROM activity"
				       " WHERE machine_why = 'burst'") > 0);
	assert_true(fixture_int(&w->f,
				"SELECT COUNT(DISTINCT part)"
				" FROM report_kept WHERE kind = %d",
				KEPT_OPENED) > 1);
}

static void a_page_begins_in_a_block(void **state)
{
	static const struct {
		int64_t offset, from_id, skip;
	} cases[] = {
		{ 0, 0, 0 },
		{ 4, 0, 4 },
		{ 5, MEMBER_BLOCK, 0 }, /* nobody is in 1 to 3 */
		{ 7, MEMBER_BLOCK, 2 },
		{ 8, INT64_C(5) * MEMBER_BLOCK, 0 },
		{ 100, INT64_C(10) * MEMBER_BLOCK, 91 },
	};
	CLEANUP(tally_release) struct tally blocks = TALLY_INIT;

	(void)state;
	tally_add(&blocks, 1, 1, 0, 5);
	tally_add(&blocks, 1, 1, 4, 2);
	tally_add(&blocks, 1, 2, 4, 1); /* the other status */
	tally_add(&blocks, 1, 1, 9, 1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct member_place place =
			member_place_of(&blocks, cases[i].offset);

		assert_int_equal(place.from_id, cases[i].from_id);
		assert_int_equal(place.skip, cases[i].skip);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_kept_is_what_is_counted,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(nothing_is_left_out, set_up,
						tear_down),
		cmocka_unit_test(a_page_begins_in_a_block),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
