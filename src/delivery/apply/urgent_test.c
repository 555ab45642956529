#include "delivery/apply/urgent.h"

#include "base/cleanup.h"
#include "base/random.h"
#include "base/strbuf.h"
#include "delivery/apply/applier.h"
#include "delivery/apply/cursor.h"
#include "delivery/delivery_fixture.h"
#include "delivery/recipient.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define BROWSER "Mozilla/5.0 (X11; Linux x86_64) Firefox/115.0"
#define MEMBERS 7
#define EVENTS 120
#define BATCH 7

static const struct applier_options options = {
	.owner = "me/1", .early_ms = 10000, .burst = 50, .retry_first_ms = 15000
};

struct world {
	struct delivery_fixture f;
	struct apply_memory *memory;
};

/* One of each status: 1, 2 and 7 are subscribed, the last a bounce away from
 * being cleaned. */
static void world_open(struct world *w)
{
	delivery_fixture_open(&w->f, MEMBERS, "<p>x</p>");
	fixture_queue_all(&w->f);
	fixture_exec(&w->f,
		     "INSERT INTO campaign (id, hex, list_id, type, status,"
		     " settings, tracking, created_ms, updated_ms)"
		     " SELECT id + 1, 'c0ffee0002', list_id, type, 5, settings,"
		     " tracking, 1, 1 FROM campaign");
	fixture_exec(&w->f, "INSERT INTO recipient (campaign_id, member_id,"
			    " state, at_ms) SELECT campaign_id + 1, member_id,"
			    " 2, 1 FROM recipient");
	fixture_exec(&w->f, "UPDATE recipient SET state = 2,"
			    " lease_owner = 'me/1'");
	fixture_exec(&w->f, "UPDATE member SET soft_bounces = 5,"
			    " status = CASE id WHEN 3 THEN 4 WHEN 4 THEN 5"
			    " WHEN 5 THEN 2 WHEN 6 THEN 6 ELSE 1 END,"
			    " unsubscribed_by = CASE id WHEN 5 THEN 1"
			    " WHEN 3 THEN 2 ELSE 0 END");
	fixture_exec(&w->f,
		     "INSERT INTO webhook (hex, list_id, url, events, sources,"
		     " created_ms) VALUES ('aa', %lld, 'http://h.example/',"
		     " '{\"unsubscribe\":true,\"cleaned\":true}',"
		     " '{\"user\":true,\"admin\":true,\"api\":true}', 1)",
		     (long long)w->f.list_id);
	fixture_exec(&w->f, "UPDATE list SET hex = 'aaaaaaaaaa'");
	w->memory = apply_memory_new(options.burst);
	fixture_hold_lease(&w->f, "me/1");
}

static void world_close(struct world *w)
{
	apply_memory_free(&w->memory);
	delivery_fixture_free(&w->f);
}

static int set_up(void **state)
{
	static struct world w;

	world_open(&w);
	*state = &w;
	return 0;
}

static int tear_down(void **state)
{
	world_close(*state);
	return 0;
}

static int64_t step(struct world *w, struct err *err)
{
	return applier_step(&options, w->f.store.events, w->f.store.audience,
			    w->memory, BATCH, FIXTURE_NOW, err);
}

static int64_t urgent(struct world *w, struct err *err)
{
	return urgent_step(&options, w->f.store.events, w->f.store.audience,
			   FIXTURE_NOW, err);
}

static void apply_all(struct world *w)
{
	struct err err = ERR_INIT;
	int64_t n = 1;

	while (n > 0)
		n = step(w, &err);
	if (n < 0)
		fail_msg("%s", err.text);
}

/* --- a random log --- */

static struct event random_event(struct world *w, struct prng *random, int i)
{
	static const enum event_kind kinds[] = {
		EVENT_HANDED,       EVENT_ACCEPTED,     EVENT_DEFERRED,
		EVENT_REFUSED,      EVENT_EXPIRED,      EVENT_OPENED,
		EVENT_CLICKED,      EVENT_BOUNCED,      EVENT_BOUNCED,
		EVENT_UNSUBSCRIBED, EVENT_UNSUBSCRIBED, EVENT_UNSUBSCRIBED,
		EVENT_COMPLAINED,
	};
	struct event event = {
		.at_ms = FIXTURE_NOW + i * 700,
		.kind = kinds[prng_below(random, ARRAY_SIZE(kinds))],
		.campaign_id =
			w->f.campaign_id + (int64_t)prng_below(random, 2),
		.member_id = 1 + (int64_t)prng_below(random, MEMBERS),
		.ip = "192.0.2.1",
		.agent = BROWSER,
		.detail = prng_below(random, 2) ? "enough" : NULL,
	};

	if (event.kind == EVENT_CLICKED)
		event.link_id = 1 + (int64_t)prng_below(random, 3);
	if (event.kind == EVENT_REFUSED || event.kind == EVENT_BOUNCED)
		event.code =
			((int64_t)prng_below(random, 3) << EVENT_BOUNCE_SHIFT) |
			(prng_below(random, 8) ? 550 : EVENT_NO_FAULT);
	if (event.kind == EVENT_UNSUBSCRIBED && prng_below(random, 2))
		event.code = EVENT_TAKEN_BACK;
	if (event.kind == EVENT_EXPIRED)
		event.code = BOUNCE_SOFT << EVENT_BOUNCE_SHIFT;
	return event;
}

static void write_log(struct world *w, uint64_t seed)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct prng random = { seed };
	struct event events[EVENTS];
	struct err err = ERR_INIT;

	for (int i = 0; i < EVENTS; i++)
		events[i] = random_event(w, &random, i);
	if (tx_begin(w->f.store.events, &tx, &err) < 0 ||
	    event_insert(&tx, "test", events, EVENTS, &err) < 0 ||
	    tx_commit(&tx, &err) < 0)
		fail_msg("log: %s", err.text);
}

/* --- what came out --- */

static void dump(struct world *w, const char *sql, struct strbuf *out)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct err err = ERR_INIT;
	int more;

	if (db_query_text(w->f.store.audience, sql, SQL_NO_ARGS, &rows, &err) <
	    0)
		fail_msg("%s: %s", sql, err.text);
	while ((more = rows_next(rows, &err)) > 0) {
		for (int i = 0; i < rows_columns(rows); i++) {
			const char *text = rows_text(rows, i);

			strbuf_addf(out, "%s|", text ? text : "");
		}
		strbuf_addch(out, '\n');
	}
	assert_int_equal(more, 0);
}

/*
 * All that the log moves. The hash of a suppression has a random key, and no
 * two changes of a member share a time, whatever the events say. Of a
 * member that a soft bounce of one campaign and a hard one of another would
 * clean, the webhook names that which came first (decision 0020).
 */
static void dump_all(struct world *w, struct strbuf *out)
{
	static const char *const tables[] = {
		"SELECT id, status, unsubscribed_by, unsubscribe_reason,"
		" unsubscribed_ms, unsubscribed_campaign_id, soft_bounces,"
		" journalled FROM member ORDER BY id",
		"SELECT campaign_id, member_id, state, reason, detail, bounce,"
		" uncertain, attempts, next_ms, first_ms, sent_seq, at_ms,"
		" opens, machine_opens, clicks, machine_clicks, first_open_ms,"
		" last_open_ms, first_click_ms, last_click_ms, activity_ms,"
		" unsubscribed_ms, complained_ms FROM recipient"
		" ORDER BY campaign_id, member_id",
		"SELECT event_id, member_id, campaign_id, kind, link_id, at_ms,"
		" machine, machine_why FROM activity ORDER BY event_id",
		"SELECT campaign_id, member_id, status, at_ms, restored_ms"
		" FROM member_cleaned ORDER BY campaign_id, member_id",
		"SELECT reason, COUNT(*) FROM suppression GROUP BY reason",
		"SELECT id, sent_seq FROM campaign ORDER BY id",
		"SELECT CASE WHEN payload LIKE '%type=cleaned%' THEN"
		" REPLACE(payload, 'c0ffee0002', 'c0ffee0001')"
		" ELSE payload END AS told FROM job ORDER BY told",
		"SELECT name, event_id FROM event_cursor"
		" WHERE name = 'ledger'",
	};

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		dump(w, tables[i], out);
}

/* Something fails now and then, or the process dies. */
static void apply_with_crashes(struct world *w, struct prng *random)
{
	int idle = 0;

	while (idle < 3) {
		struct err err = ERR_INIT;
		bool is_urgent = prng_below(random, 3) == 0;
		int64_t n;

		if (prng_below(random, 3) == 0)
			db_fail_nth(w->f.store.audience,
				    1 + (int)prng_below(random, 40));
		n = is_urgent ? urgent(w, &err) : step(w, &err);
		db_fail_nth(w->f.store.audience, 0);
		if (prng_below(random, 4) == 0) {
			apply_memory_free(&w->memory);
			w->memory = apply_memory_new(options.burst);
		}
		if (!is_urgent)
			idle = n == 0 ? idle + 1 : 0;
	}
}

static void assert_same_lines(int seed, struct str alone, struct str both)
{
	while (alone.len > 0 || both.len > 0) {
		struct str a = str_cut(&alone, '\n');
		struct str b = str_cut(&both, '\n');

		if (!str_eq(a, b))
			fail_msg("seed %d: alone %.*s, with both %.*s", seed,
				 (int)a.len, a.s, (int)b.len, b.s);
	}
}

static void the_order_of_both_cursors_does_not_matter(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 12; seed++) {
		CLEANUP(strbuf_release) struct strbuf alone = STRBUF_INIT;
		CLEANUP(strbuf_release) struct strbuf both = STRBUF_INIT;
		struct prng random = { seed * 77 };
		struct world w;

		world_open(&w);
		write_log(&w, seed);
		apply_all(&w);
		dump_all(&w, &alone);
		world_close(&w);
		world_open(&w);
		write_log(&w, seed);
		apply_with_crashes(&w, &random);
		dump_all(&w, &both);
		world_close(&w);
		assert_same_lines((int)seed, strbuf_str(&alone),
				  strbuf_str(&both));
	}
}

/* --- */

static void tell(struct world *w, int64_t member, enum event_kind kind)
{
	fixture_event(&w->f, (struct event){ .at_ms = FIXTURE_NOW,
					     .kind = kind,
					     .member_id = member });
}

static int64_t status(struct world *w, int64_t member)
{
	return fixture_int(&w->f, "SELECT status FROM member WHERE id = %lld",
			   (long long)member);
}

static int64_t jobs(struct world *w)
{
	return fixture_int(&w->f, "SELECT COUNT(*) FROM job");
}

static void urgent_events_pass_the_others(void **state)
{
	struct world *w = *state;
	struct err err = ERR_INIT;

	for (int i = 0; i < 3 * BATCH; i++)
		tell(w, 2, EVENT_OPENED);
	tell(w, 1, EVENT_UNSUBSCRIBED);
	assert_int_equal(urgent(w, &err), 1);
	assert_int_equal(status(w, 1), 2);
	assert_int_equal(urgent(w, &err), 0);
	assert_int_equal(jobs(w), 1);
	assert_int_equal(fixture_int(&w->f, "SELECT COUNT(*) FROM recipient"
					    " WHERE unsubscribed_ms > 0"),
			 0); /* figures come with the first cursor */
	apply_all(w);
	assert_int_equal(jobs(w), 1);
	assert_int_equal(fixture_int(&w->f, "SELECT COUNT(*) FROM recipient"
					    " WHERE unsubscribed_ms > 0"),
			 1);
}

/* The first cursor meets what the second has done: it is not done again. */
static void a_later_opt_in_stays(void **state)
{
	struct world *w = *state;
	struct err err = ERR_INIT;

	tell(w, 1, EVENT_UNSUBSCRIBED);
	tell(w, 2, EVENT_COMPLAINED);
	assert_int_equal(urgent(w, &err), 2);
	fixture_exec(&w->f, "UPDATE member SET status = 1,"
			    " unsubscribed_by = 0 WHERE id <= 2");
	apply_all(w);
	assert_int_equal(status(w, 1), 1);
	assert_int_equal(status(w, 2), 1);
	assert_int_equal(urgent(w, &err), 0);
}

/* What was applied before there was a second cursor, likewise. */
static void the_second_cursor_begins_where_the_first_is(void **state)
{
	struct world *w = *state;
	struct err err = ERR_INIT;

	tell(w, 1, EVENT_UNSUBSCRIBED);
	apply_all(w);
	fixture_exec(&w->f, "DELETE FROM event_cursor WHERE name = 'urgent'");
	fixture_exec(&w->f, "UPDATE member SET status = 1,"
			    " unsubscribed_by = 0");
	assert_int_equal(urgent(w, &err), 0);
	tell(w, 2, EVENT_UNSUBSCRIBED);
	assert_int_equal(urgent(w, &err), 1);
	assert_int_equal(status(w, 1), 1);
	assert_int_equal(status(w, 2), 2);
}

static void nothing_moves_without_the_lease(void **state)
{
	struct world *w = *state;
	struct err err = ERR_INIT;

	fixture_exec(&w->f, "UPDATE delivery_lease SET owner = 'you/1'");
	tell(w, 1, EVENT_UNSUBSCRIBED);
	assert_int_equal(urgent(w, &err), 0);
	assert_int_equal(status(w, 1), 1);
}

static void a_cursor_moves_only_from_where_it_was(void **state)
{
	struct world *w = *state;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(tx_begin(w->f.store.audience, &tx, &err), 0);
	assert_int_equal(cursor_move(&tx, URGENT_CURSOR, 0, 5, &err), 0);
	assert_int_equal(cursor_move(&tx, URGENT_CURSOR, 5, 5, &err), 0);
	assert_int_equal(cursor_move(&tx, URGENT_CURSOR, 4, 9, &err), -1);
	assert_int_equal(err.code, ERR_RETRY);
}

#define FIXED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_order_of_both_cursors_does_not_matter),
		FIXED(urgent_events_pass_the_others),
		FIXED(a_later_opt_in_stays),
		FIXED(the_second_cursor_begins_where_the_first_is),
		FIXED(nothing_moves_without_the_lease),
		FIXED(a_cursor_moves_only_from_where_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
