#include "delivery/apply/applier.h"

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "delivery/delivery_fixture.h"
#include "delivery/recipient.h"
#include "delivery/verdict.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define BROWSER "Mozilla/5.0 (X11; Linux x86_64) Firefox/115.0"

static const struct applier_options options = {
	.owner = "me/1", .early_ms = 10000, .burst = 50, .retry_first_ms = 15000
};

struct world {
	struct delivery_fixture f;
	struct apply_memory *memory;
	int64_t now_ms;
};

static int set_up(void **state)
{
	static struct world w;

	delivery_fixture_open(&w.f, 5, "<p>x</p>");
	fixture_queue_all(&w.f);
	fixture_exec(&w.f, "UPDATE recipient SET state = 2,"
			   " lease_owner = 'me/1' WHERE member_id <= 4");
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

static int64_t step(struct world *w, struct err *err)
{
	return applier_step(&options, w->f.store.events, w->f.store.audience,
			    w->memory, 1000, w->now_ms, err);
}

static int64_t in_events(struct world *w, const char *sql)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct err err = ERR_INIT;

	assert_int_equal(
		db_query_text(w->f.store.events, sql, SQL_NO_ARGS, &rows, &err),
		0);
	assert_int_equal(rows_next(rows, &err), 1);
	return rows_int(rows, 0);
}

/* On PostgreSQL somebody else's transaction, in any database of the server,
 * holds the log up until it ends. */
static bool is_held_up(struct world *w)
{
	return in_events(w, "SELECT COALESCE(MAX(id), 0) FROM event") !=
	       fixture_int(&w->f, "SELECT COALESCE(MAX(event_id), 0)"
				  " FROM event_cursor");
}

static void apply_all(struct world *w)
{
	struct err err = ERR_INIT;
	int64_t n;

	do {
		n = step(w, &err);
		if (n < 0)
			fail_msg("%s", err.text);
	} while (n > 0 || is_held_up(w));
}

static void tell(struct world *w, int64_t member, enum event_kind kind,
		 int64_t at_ms)
{
	fixture_event(&w->f, (struct event){ .at_ms = FIXTURE_NOW + at_ms,
					     .kind = kind,
					     .member_id = member });
}

static void hit_by(struct world *w, int64_t member, int64_t link, int64_t at_ms,
		   const char *ip, const char *agent)
{
	fixture_event(&w->f, (struct event){ .at_ms = FIXTURE_NOW + at_ms,
					     .kind = link ? EVENT_CLICKED
							  : EVENT_OPENED,
					     .link_id = link,
					     .ip = ip,
					     .agent = agent,
					     .member_id = member });
}

static void hit(struct world *w, int64_t member, int64_t link, int64_t at_ms,
		const char *ip)
{
	hit_by(w, member, link, at_ms, ip, BROWSER);
}

static int64_t of(struct world *w, const char *column, int64_t member)
{
	return fixture_int(&w->f,
			   "SELECT COALESCE(%s, 0) FROM recipient"
			   " WHERE member_id = %lld",
			   column, (long long)member);
}

static void the_ledger_follows_the_log(void **state)
{
	struct world *w = *state;

	for (int64_t m = 1; m <= 4; m++)
		tell(w, m, EVENT_HANDED, 100 * m);
	apply_all(w);
	assert_int_equal(of(w, "state", 1), RECIPIENT_HANDED);
	assert_int_equal(of(w, "attempts", 1), 1);
	assert_int_equal(of(w, "first_ms", 1), FIXTURE_NOW + 100);
	tell(w, 3, EVENT_ACCEPTED, 1000);
	tell(w, 1, EVENT_ACCEPTED, 1001);
	tell(w, 2, EVENT_DEFERRED, 1002);
	tell(w, 4, EVENT_RETURNED, 1003);
	apply_all(w);
	assert_int_equal(of(w, "state", 1), RECIPIENT_ACCEPTED);
	assert_int_equal(of(w, "sent_seq", 3), 1);
	assert_int_equal(of(w, "sent_seq", 1), 2);
	assert_int_equal(of(w, "state", 2), RECIPIENT_DEFERRED);
	assert_in_range(of(w, "next_ms", 2), FIXTURE_NOW + 1002 + 13000,
			FIXTURE_NOW + 1002 + 17000);
	assert_int_equal(of(w, "state", 4), RECIPIENT_QUEUED);
	assert_int_equal(of(w, "attempts", 4), 0);
	assert_int_equal(of(w, "first_ms", 4), 0); /* nothing expires it */
	assert_int_equal(of(w, "next_ms", 4), FIXTURE_NOW + 1003);
	assert_int_equal(of(w, "state", 5), RECIPIENT_QUEUED);
	assert_int_equal(fixture_int(&w->f, "SELECT sent_seq FROM campaign"),
			 2);
}

/* The relay was lost with its answer: then, and after an answer that came. */
static void who_may_have_got_it_stays_uncertain(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < 2; i++) {
		tell(w, 1, EVENT_HANDED, 10 * i + 1);
		fixture_event(&w->f, (struct event){
					     .at_ms = FIXTURE_NOW + 10 * i + 2,
					     .kind = EVENT_DEFERRED,
					     .code = i ? 451 : EVENT_MAYBE_SENT,
					     .campaign_id = 1,
					     .member_id = 1 });
		apply_all(w);
		assert_int_equal(of(w, "state", 1), RECIPIENT_DEFERRED);
		assert_int_equal(of(w, "uncertain", 1), 1);
		fixture_exec(&w->f, "UPDATE recipient SET state = 2"
				    " WHERE member_id = 1");
	}
	assert_int_equal(of(w, "uncertain", 2), 0);
}

/* Also after another try; a relay may take the rest. */
static void what_the_outbox_caught_is_known(void **state)
{
	struct world *w = *state;

	for (int64_t m = 1; m <= 3; m++)
		tell(w, m, EVENT_HANDED, 1);
	tell(w, 1, EVENT_DEFERRED, 2);
	apply_all(w);
	fixture_exec(&w->f, "UPDATE recipient SET state = 2"
			    " WHERE member_id = 1");
	tell(w, 1, EVENT_HANDED, 3);
	for (int64_t m = 1; m <= 3; m++)
		fixture_event(&w->f,
			      (struct event){ .at_ms = FIXTURE_NOW + 4,
					      .kind = EVENT_ACCEPTED,
					      .code = m < 3 ? 250 | EVENT_CAUGHT
							    : 250,
					      .member_id = m });
	apply_all(w);
	tell(w, 1, EVENT_OPENED, 60000);
	/* whoever is as quick as that is a machine, but not there */
	hit(w, 2, 0, 1000, "192.0.2.2");
	hit(w, 3, 0, 1000, "192.0.2.3");
	apply_all(w);
	assert_int_equal(of(w, "opens", 2), 1);
	assert_int_equal(of(w, "opens", 3), 0);
	assert_int_equal(of(w, "machine_opens", 3), 1);
	assert_int_equal(of(w, "caught", 1), 1);
	assert_int_equal(of(w, "caught", 2), 1);
	assert_int_equal(of(w, "caught", 3), 0);
	assert_int_equal(of(w, "state", 1), RECIPIENT_ACCEPTED);
}

static void what_the_table_forbids_is_left_alone(void **state)
{
	struct world *w = *state;

	tell(w, 1, EVENT_HANDED, 1);
	tell(w, 1, EVENT_ACCEPTED, 2);
	tell(w, 1, EVENT_ACCEPTED, 3);
	tell(w, 1, EVENT_REFUSED, 4);
	tell(w, 5, EVENT_ACCEPTED, 5);  /* nobody handed it over */
	tell(w, 77, EVENT_ACCEPTED, 6); /* not in the ledger */
	apply_all(w);
	assert_int_equal(of(w, "state", 1), RECIPIENT_ACCEPTED);
	assert_int_equal(of(w, "at_ms", 1), FIXTURE_NOW + 2);
	assert_int_equal(of(w, "state", 5), RECIPIENT_QUEUED);
	assert_int_equal(fixture_int(&w->f, "SELECT sent_seq FROM campaign"),
			 1);
}

static void refusals_hit_the_member(void **state)
{
	struct world *w = *state;
	struct event hard = { .at_ms = FIXTURE_NOW + 9,
			      .kind = EVENT_REFUSED,
			      .member_id = 1,
			      .code = BOUNCE_HARD << EVENT_BOUNCE_SHIFT | 550,
			      .detail = "550 5.1.1 no such user" };
	struct event soft = hard;

	soft.member_id = 2;
	soft.code = BOUNCE_SOFT << EVENT_BOUNCE_SHIFT | 552;
	for (int64_t m = 1; m <= 2; m++)
		tell(w, m, EVENT_HANDED, 1);
	fixture_event(&w->f, hard);
	fixture_event(&w->f, soft);
	apply_all(w);
	assert_int_equal(of(w, "state", 1), RECIPIENT_REFUSED);
	assert_int_equal(of(w, "bounce", 1), BOUNCE_HARD);
	assert_int_equal(of(w, "bounce", 2), BOUNCE_SOFT);
	assert_int_equal(
		fixture_int(&w->f, "SELECT status FROM member WHERE id = 1"),
		3);
	assert_int_equal(
		fixture_int(&w->f, "SELECT status FROM member WHERE id = 2"),
		1);
	assert_int_equal(fixture_int(&w->f, "SELECT soft_bounces FROM member"
					    " WHERE id = 2"),
			 1);
	assert_int_equal(fixture_int(&w->f, "SELECT COUNT(*) FROM activity"
					    " WHERE kind = 3"),
			 2);
}

static void an_unsubscribe_is_applied(void **state)
{
	struct world *w = *state;

	tell(w, 1, EVENT_UNSUBSCRIBED, 5000);
	tell(w, 1, EVENT_UNSUBSCRIBED, 6000);
	apply_all(w);
	assert_int_equal(
		fixture_int(&w->f, "SELECT status FROM member WHERE id = 1"),
		2);
	assert_int_equal(fixture_int(&w->f, "SELECT unsubscribed_by FROM member"
					    " WHERE id = 1"),
			 2);
	assert_int_equal(of(w, "unsubscribed_ms", 1), FIXTURE_NOW + 5000);
}

static void accept(struct world *w, int64_t member)
{
	tell(w, member, EVENT_HANDED, 0);
	tell(w, member, EVENT_ACCEPTED, 0);
}

static void a_mail_comes_back_once(void **state)
{
	struct world *w = *state;
	static const int64_t codes[] = { BOUNCE_SOFT, BOUNCE_SOFT, BOUNCE_HARD,
					 BOUNCE_HARD, BOUNCE_SOFT };
	struct event event = { .at_ms = FIXTURE_NOW + 5,
			       .kind = EVENT_BOUNCED,
			       .campaign_id = w->f.campaign_id,
			       .member_id = 2 };

	accept(w, 2);
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
		event.code = codes[i] << EVENT_BOUNCE_SHIFT | 550;
		fixture_event(&w->f, event);
	}
	apply_all(w);
	assert_int_equal(of(w, "bounce", 2), BOUNCE_HARD);
	assert_int_equal(fixture_int(&w->f, "SELECT soft_bounces FROM member "
					    "WHERE id = 2"),
			 1);
	assert_int_equal(fixture_int(&w->f, "SELECT COUNT(*) FROM activity "
					    "WHERE member_id = 2"),
			 2);
}

static void people_and_machines_are_counted_apart(void **state)
{
	struct world *w = *state;

	accept(w, 1);
	hit(w, 1, 0, 5000, "192.0.2.1"); /* early */
	hit(w, 1, 0, 20000, "192.0.2.1");
	hit(w, 1, 1, 30000, "192.0.2.1");
	apply_all(w);
	assert_int_equal(of(w, "opens", 1), 1);
	assert_int_equal(of(w, "machine_opens", 1), 1);
	assert_int_equal(of(w, "clicks", 1), 1);
	assert_int_equal(of(w, "first_open_ms", 1), FIXTURE_NOW + 20000);
	assert_int_equal(of(w, "activity_ms", 1), w->now_ms);
}

static void later_hits_turn_earlier_ones(void **state)
{
	struct world *w = *state;

	accept(w, 1);
	hit(w, 1, 1, 30000, "192.0.2.1");
	hit(w, 1, 2, 30100, "192.0.2.1");
	apply_all(w);
	assert_int_equal(of(w, "clicks", 1), 2);
	w->now_ms += 1000;
	hit(w, 1, 3, 30200, "192.0.2.1");
	apply_all(w);
	assert_int_equal(of(w, "clicks", 1), 0);
	assert_int_equal(of(w, "machine_clicks", 1), 3);
	assert_int_equal(of(w, "first_click_ms", 1), 0);
	assert_int_equal(of(w, "activity_ms", 1), w->now_ms);
	assert_int_equal(fixture_int(&w->f, "SELECT COUNT(*) FROM activity"
					    " WHERE machine = 1"
					    " AND machine_why = 'scanner'"),
			 3);
}

static void opens_at_once(struct world *w, const char *agent)
{
	apply_memory_free(&w->memory);
	w->memory = apply_memory_new(3);
	fixture_exec(&w->f, "UPDATE member SET address ="
			    " 'x' || id || '@same.example'");
	for (int64_t m = 1; m <= 3; m++) {
		accept(w, m);
		hit_by(w, m, 0, 60000 + m, "192.0.2.1", agent);
		apply_all(w); /* each in a batch of its own */
	}
}

static void a_burst_turns_all_of_its_hits(void **state)
{
	struct world *w = *state;

	opens_at_once(w, BROWSER);
	for (int64_t m = 1; m <= 3; m++) {
		assert_int_equal(of(w, "opens", m), 0);
		assert_int_equal(of(w, "machine_opens", m), 1);
	}
}

/* They fetch the pictures for all who read by them. */
static void readers_of_one_provider_are_no_burst(void **state)
{
	struct world *w = *state;

	opens_at_once(w, "Mozilla/5.0 (via ggpht.com GoogleImageProxy)");
	for (int64_t m = 1; m <= 3; m++) {
		assert_int_equal(of(w, "opens", m), 1);
		assert_int_equal(of(w, "machine_opens", m), 0);
	}
}

static void a_flood_is_a_machines(void **state)
{
	struct world *w = *state;

	accept(w, 1);
	for (int i = 0; i <= VERDICT_HITS_MAX; i++)
		hit(w, 1, 1, 60000 + 20 * i, "192.0.2.1");
	apply_all(w);
	assert_int_equal(of(w, "clicks", 1), 0);
	assert_int_equal(of(w, "machine_clicks", 1), VERDICT_HITS_MAX + 1);
}

static void nothing_is_applied_without_the_lease(void **state)
{
	struct world *w = *state;
	struct err err = ERR_INIT;

	fixture_exec(&w->f, "UPDATE delivery_lease SET owner = 'you/1'");
	tell(w, 1, EVENT_HANDED, 1);
	assert_int_equal(step(w, &err), 0);
	assert_int_equal(of(w, "state", 1), RECIPIENT_CLAIMED);
}

/* Whatever fails in a batch, all of it comes again, and once. */
static void a_failed_batch_is_applied_again_whole(void **state)
{
	struct world *w = *state;
	int failures = 0;

	accept(w, 1);
	hit(w, 1, 1, 30000, "192.0.2.1");
	tell(w, 2, EVENT_UNSUBSCRIBED, 3);
	for (int n = 1; n < 200; n++) {
		struct err err = ERR_INIT;
		int64_t rc;

		db_fail_nth(w->f.store.audience, n);
		rc = step(w, &err);
		db_fail_nth(w->f.store.audience, 0);
		if (rc > 0)
			break;
		if (rc == 0) { /* held up: the same again */
			n--;
			continue;
		}
		failures++;
		assert_int_equal(rc, -1);
		assert_int_equal(of(w, "state", 1), RECIPIENT_CLAIMED);
		assert_int_equal(
			fixture_int(&w->f, "SELECT COUNT(*) FROM activity"), 0);
	}
	assert_true(failures > 5);
	apply_all(w);
	assert_int_equal(of(w, "state", 1), RECIPIENT_ACCEPTED);
	assert_int_equal(of(w, "clicks", 1), 1);
	assert_int_equal(of(w, "sent_seq", 1), 1);
	assert_int_equal(
		fixture_int(&w->f, "SELECT status FROM member WHERE id = 2"),
		2);
}

#define FIXED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXED(the_ledger_follows_the_log),
		FIXED(who_may_have_got_it_stays_uncertain),
		FIXED(what_the_outbox_caught_is_known),
		FIXED(what_the_table_forbids_is_left_alone),
		FIXED(refusals_hit_the_member),
		FIXED(an_unsubscribe_is_applied),
		FIXED(a_mail_comes_back_once),
		FIXED(people_and_machines_are_counted_apart),
		FIXED(later_hits_turn_earlier_ones),
		FIXED(a_burst_turns_all_of_its_hits),
		FIXED(readers_of_one_provider_are_no_burst),
		FIXED(a_flood_is_a_machines),
		FIXED(nothing_is_applied_without_the_lease),
		FIXED(a_failed_batch_is_applied_again_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
