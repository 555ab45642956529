#include "audience/suppression.h"
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/random.h"
#include "base/strbuf.h"
#include "base/thread/wait.h"
#include "campaign/campaign.h"
#include "delivery/apply/keeper.h"
#include "delivery/delivery.h"
#include "delivery/delivery_fixture.h"
#include "delivery/freeze.h"
#include "delivery/lease.h"
#include "delivery/outbox/outbox.h"
#include "delivery/recipient.h"
#include "delivery/relay_setting.h"
#include "delivery/test_mail.h"
#include "smtp/sink_fixture.h"

#include "sql/delivery_lease.h"

#include <limits.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/*
 * The whole service against a relay of the test's own. Processes that are
 * killed are this program, started again with the arguments of run_child.
 */

#define HTML "<body><p>*|FNAME|*</p><a href=\"https://a.example/\">a</a></body>"

/* Messages/s that leave a test, on the slowest machine, the time to act before
 * its 40 or 3000 are all sent. */
enum { SLOWLY = 5, MANY_SLOWLY = 500 };

struct world {
	struct delivery_fixture f;
	struct sink *sink, *other;
	bool has_no_url;
	char folder[64];
	char relay[64];
	struct delivery *d;
	struct delivery_options options;
	pthread_mutex_t lock;
	pthread_cond_t applied;
};

static struct world world;

static int set_up(int members)
{
	struct world *w = &world;

	*w = (struct world){ .options = DELIVERY_OPTIONS_DEFAULT };
	pthread_mutex_init(&w->lock, NULL);
	wait_init(&w->applied);
	delivery_fixture_open(&w->f, members, HTML);
	snprintf(w->folder, sizeof(w->folder), "/tmp/muster-send-XXXXXX");
	assert_non_null(mkdtemp(w->folder));
	w->sink = sink_start(&(struct sink_options){ 0 });
	snprintf(w->relay, sizeof(w->relay), "smtp://127.0.0.1:%d?tls=off",
		 sink_port(w->sink));
	w->options.relay = w->relay;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = &world;
	char command[512];

	(void)state;
	delivery_free(&w->d);
	sink_free(&w->sink);
	sink_free(&w->other);
	delivery_fixture_free(&w->f);
	snprintf(command, sizeof(command), "rm -rf %s", w->folder);
	return system(command);
}

static int with_few(void **state)
{
	(void)state;
	return set_up(40);
}

static int with_many(void **state)
{
	(void)state;
	return set_up(3000);
}

static void on_applied(void *context)
{
	struct world *w = context;

	pthread_mutex_lock(&w->lock);
	pthread_cond_broadcast(&w->applied);
	pthread_mutex_unlock(&w->lock);
}

static void start_service(void)
{
	struct world *w = &world;
	struct delivery_setup setup = {
		.store = w->f.store.store,
		.options = &w->options,
		.instance = "test",
		.data = w->folder,
		.public_url = "http://t.example",
		.has_public_url = !w->has_no_url,
		.organisation = "Acme",
		.postal_address = "1 Road, Town",
		.send = true,
		.track = true,
		.after_apply = on_applied,
		.context = w,
	};
	struct err err = ERR_INIT;

	if (delivery_start(&setup, &w->d, &err) < 0)
		fail_msg("%s", err.text);
}

static int64_t in_state(int state)
{
	return fixture_int(&world.f,
			   "SELECT COUNT(*) FROM recipient WHERE state = %d",
			   state);
}

static bool is_sent(void)
{
	return fixture_int(&world.f, "SELECT status FROM campaign") == 5;
}

/* Looks again when something was applied, or after a moment. */
static void await(bool (*is_so)(void))
{
	struct world *w = &world;
	bool is = is_so();

	for (int i = 0; i < 3000 && !is; i++) {
		pthread_mutex_lock(&w->lock);
		(void)wait_ms(&w->applied, &w->lock, 20);
		pthread_mutex_unlock(&w->lock);
		is = is_so();
	}
	assert_true(is); /* it may be otherwise again by now */
}

static void everybody_gets_it_once(void **state)
{
	struct world *w = &world;

	(void)state;
	start_service();
	await(is_sent);
	assert_int_equal(in_state(RECIPIENT_ACCEPTED), 40);
	assert_int_equal(fixture_int(&w->f, "SELECT recipients FROM campaign"),
			 40);
	assert_int_equal(fixture_int(&w->f, "SELECT sent_seq FROM campaign"),
			 40);
	assert_int_equal(fixture_int(&w->f, "SELECT COUNT(DISTINCT sent_seq)"
					    " FROM recipient"),
			 40);
	for (int i = 1; i <= 40; i++)
		assert_int_equal(sink_count(w->sink, i), 1);
	assert_int_equal(
		fixture_int(&w->f, "SELECT COUNT(*) FROM campaign_link"), 1);
}

static bool is_settled(void)
{
	return in_state(RECIPIENT_QUEUED) + in_state(RECIPIENT_CLAIMED) +
		       in_state(RECIPIENT_HANDED) +
		       in_state(RECIPIENT_DEFERRED) ==
	       0;
}

static bool nobody_is_claimed(void)
{
	return in_state(RECIPIENT_CLAIMED) + in_state(RECIPIENT_HANDED) == 0;
}

static void answers_decide_what_becomes_of_each(void **state)
{
	struct world *w = &world;

	(void)state;
	w->options.retry_first_ms = 100;
	sink_when(w->sink, "RCPT", "<m1@", "550 5.1.1 no such user",
		  SINK_ALWAYS);
	sink_when(w->sink, "RCPT", "<m2@", "552 5.2.2 full", SINK_ALWAYS);
	sink_when(w->sink, "RCPT", "<m3@", "451 4.7.1 later", 2);
	start_service();
	await(is_sent); /* also while 3 is deferred */
	await(is_settled);
	assert_int_equal(in_state(RECIPIENT_ACCEPTED), 38);
	assert_int_equal(in_state(RECIPIENT_REFUSED), 2);
	assert_int_equal(fixture_int(&w->f, "SELECT bounce FROM recipient"
					    " WHERE member_id = 1"),
			 BOUNCE_HARD);
	assert_int_equal(fixture_int(&w->f, "SELECT attempts FROM recipient"
					    " WHERE member_id = 3"),
			 3);
	assert_int_equal(
		fixture_int(&w->f, "SELECT status FROM member WHERE id = 1"),
		3);
}

static void refused_for_our_fault_nobody_is_lost(void **state)
{
	static const char *const answers[] = { "550 relay not permitted",
					       "550 Sender verify failed",
					       "554 5.7.1 hourly limit" };
	struct world *w = &world;

	(void)state;
	for (int i = 1; i <= 6; i++)
		sink_when(w->sink, "RCPT", arena_printf(w->f.arena, "<m%d@", i),
			  answers[i % 3], 1);
	start_service();
	await(is_sent);
	assert_int_equal(in_state(RECIPIENT_ACCEPTED), 40);
	for (int i = 1; i <= 40; i++)
		assert_int_equal(sink_count(w->sink, i), 1);
	assert_int_equal(fixture_int(&w->f, "SELECT COUNT(*) FROM member"
					    " WHERE status <> 1"),
			 0);
	assert_int_equal(fixture_int(&w->f, "SELECT COUNT(*) FROM campaign"
					    " WHERE hold_reason IS NOT NULL"),
			 0);
}

static bool is_paused(void)
{
	return fixture_int(&world.f, "SELECT status FROM campaign") == 2;
}

/* The relay bounces everybody: only what was on its way is lost. */
static void too_many_bounces_pause_it(void **state)
{
	struct world *w = &world;

	(void)state;
	sink_when(w->sink, "RCPT", "", "550 5.1.1 user unknown", SINK_ALWAYS);
	start_service();
	await(is_paused);
	await(nobody_is_claimed);
	/* those on their way, and what a slow applier has not seen yet */
	assert_in_range(in_state(RECIPIENT_REFUSED), 50, 50 + 8 * 32);
	assert_int_equal(
		in_state(RECIPIENT_QUEUED) + in_state(RECIPIENT_REFUSED), 3000);
}

static void what_is_deferred_too_long_expires(void **state)
{
	struct world *w = &world;

	(void)state;
	w->options.retry_first_ms = 100;
	w->options.expire_ms = 50;
	sink_when(w->sink, "RCPT", "<m5@", "451 4.7.1 later", SINK_ALWAYS);
	start_service();
	await(is_sent);
	await(is_settled);
	assert_int_equal(in_state(RECIPIENT_EXPIRED), 1);
	assert_int_equal(fixture_int(&w->f, "SELECT bounce FROM recipient"
					    " WHERE member_id = 5"),
			 BOUNCE_SOFT);
}

static bool is_begun(void)
{
	return in_state(RECIPIENT_ACCEPTED) >= 5;
}

static bool is_canceled(void)
{
	return fixture_int(&world.f, "SELECT status FROM campaign") == 6;
}

static bool is_deferred(void)
{
	return in_state(RECIPIENT_DEFERRED) == 2 &&
	       in_state(RECIPIENT_ACCEPTED) == 38;
}

static void start_with_two_deferred(void)
{
	struct world *w = &world;

	w->options.retry_first_ms = MS_HOUR;
	sink_when(w->sink, "RCPT", "<m5@", "451 4.7.1 later", SINK_ALWAYS);
	sink_when(w->sink, "RCPT", "<m6@", "450 4.2.0 later", SINK_ALWAYS);
	start_service();
	await(is_deferred);
}

/* After a look of the keeper: it had its chance to think otherwise. */
static void expect_status(int status)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct store_fixture *store = &world.f.store;
	static const struct campaign_sender_facts facts = { .outbox = false };
	static struct freezings freezings;
	struct keeper_setup setup = { .freezings = &freezings,
				      .store = store->store,
				      .facts = &facts,
				      .relay = "" };
	struct err err = ERR_INIT;

	assert_int_equal(db_find_text(store->audience, SQL_DELIVERY_LEASE_CHECK,
				      SQL_ARGS(sql_text(LEASE_DELIVERY)), arena,
				      &setup.owner, &err),
			 1);
	assert_int_equal(
		keeper_round(&setup, store->audience, clock_now_ms(), &err), 0);
	assert_int_equal(fixture_int(&world.f, "SELECT status FROM campaign"),
			 status);
}

static void it_sends_until_nobody_waits(void **state)
{
	(void)state;
	start_with_two_deferred();
	expect_status(CAMPAIGN_SENDING);
	/* their time comes: they are tried again, and still wait */
	fixture_exec(&world.f, "UPDATE recipient SET next_ms = 0"
			       " WHERE state = 5");
	delivery_wake(world.d);
	await(is_deferred);
	expect_status(CAMPAIGN_SENDING);
}

static void what_is_deferred_can_be_paused(void **state)
{
	struct world *w = &world;
	int64_t total;

	(void)state;
	start_with_two_deferred();
	fixture_exec(&w->f, "UPDATE campaign SET status = 2");
	fixture_exec(&w->f, "UPDATE recipient SET next_ms = 0"
			    " WHERE state = 5");
	total = sink_totals(w->sink).accepted;
	delivery_wake(w->d);
	expect_status(CAMPAIGN_PAUSED);
	assert_true(is_deferred());
	assert_int_equal(sink_totals(w->sink).accepted, total);
}

static void what_is_deferred_can_be_canceled(void **state)
{
	(void)state;
	start_with_two_deferred();
	fixture_exec(&world.f, "UPDATE campaign SET status = 7");
	delivery_wake(world.d);
	await(is_canceled);
	assert_int_equal(in_state(RECIPIENT_CANCELED), 2);
}

/* Who was tried expires, and is not blamed for it. */
static void a_finished_one_is_sent(void **state)
{
	struct world *w = &world;

	(void)state;
	start_with_two_deferred();
	fixture_exec(&w->f, "UPDATE campaign SET status = 9");
	delivery_wake(w->d);
	await(is_sent);
	assert_int_equal(in_state(RECIPIENT_EXPIRED), 2);
	assert_int_equal(fixture_int(&w->f, "SELECT sent_seq FROM campaign"),
			 40);
	assert_int_equal(fixture_int(&w->f, "SELECT COUNT(*) FROM recipient"
					    " WHERE state = 7 AND bounce = 2"),
			 2);
	assert_int_equal(fixture_int(&w->f, "SELECT COUNT(*) FROM activity"
					    " WHERE kind = 3"),
			 0);
}

static void a_finished_one_leaves_out_who_was_not_tried(void **state)
{
	struct world *w = &world;

	(void)state;
	w->options.rate = SLOWLY;
	start_service();
	await(is_begun);
	fixture_exec(&w->f, "UPDATE campaign SET status = 9");
	delivery_wake(w->d);
	await(is_sent);
	await(is_settled);
	assert_true(in_state(RECIPIENT_CANCELED) > 0);
	assert_int_equal(in_state(RECIPIENT_CANCELED) +
				 in_state(RECIPIENT_ACCEPTED),
			 40);
}

static void a_paused_one_stops_and_goes_on(void **state)
{
	struct world *w = &world;
	int64_t accepted;

	(void)state;
	w->options.rate = SLOWLY;
	start_service();
	await(is_begun);
	fixture_exec(&w->f, "UPDATE campaign SET status = 2");
	await(nobody_is_claimed);
	accepted = in_state(RECIPIENT_ACCEPTED);
	assert_true(accepted < 40);
	assert_int_equal(in_state(RECIPIENT_QUEUED), 40 - accepted);
	fixture_exec(&w->f, "UPDATE campaign SET status = 4");
	delivery_wake(w->d);
	await(is_sent);
	for (int i = 1; i <= 40; i++)
		assert_int_equal(sink_count(w->sink, i), 1);
}

static void a_canceled_one_leaves_the_rest_out(void **state)
{
	struct world *w = &world;

	(void)state;
	w->options.rate = SLOWLY;
	start_service();
	await(is_begun);
	fixture_exec(&w->f, "UPDATE campaign SET status = 7");
	delivery_wake(w->d);
	await(is_canceled);
	await(is_settled);
	assert_true(in_state(RECIPIENT_CANCELED) > 0);
	assert_int_equal(in_state(RECIPIENT_CANCELED) +
				 in_state(RECIPIENT_ACCEPTED),
			 40);
	assert_int_equal(sink_totals(w->sink).accepted,
			 in_state(RECIPIENT_ACCEPTED));
}

/* As a process that died left them: handed over, without an answer. */
static void pause_with_two_unknown(void)
{
	struct world *w = &world;

	w->options.rate = SLOWLY;
	start_service();
	await(is_begun);
	fixture_exec(&w->f, "UPDATE campaign SET status = 2");
	await(nobody_is_claimed);
	fixture_exec(&w->f, "UPDATE recipient SET uncertain = 1"
			    " WHERE member_id IN (39, 40) AND state = 1");
}

/* They may have got it, and unsubscribed by it. */
static void who_may_have_got_it_is_not_left_out(void **state)
{
	struct world *w = &world;

	(void)state;
	pause_with_two_unknown();
	fixture_exec(&w->f,
		     "UPDATE member SET status = 2 WHERE id IN (38, 39)");
	fixture_exec(&w->f, "UPDATE campaign SET status = 4");
	delivery_wake(w->d);
	await(is_sent);
	await(is_settled);
	assert_int_equal(in_state(RECIPIENT_LEFT_OUT), 1);
	assert_int_equal(in_state(RECIPIENT_EXPIRED), 1);
	assert_int_equal(fixture_int(&w->f, "SELECT state FROM recipient"
					    " WHERE member_id = 39"),
			 RECIPIENT_EXPIRED);
	assert_int_equal(fixture_int(&w->f, "SELECT sent_seq FROM campaign"),
			 39);
	assert_int_equal(sink_count(w->sink, 39), 0);
	assert_int_equal(sink_count(w->sink, 40), 1);
}

static void who_may_have_got_it_is_not_canceled(void **state)
{
	struct world *w = &world;

	(void)state;
	pause_with_two_unknown();
	fixture_exec(&w->f, "UPDATE campaign SET status = 7");
	delivery_wake(w->d);
	await(is_canceled);
	await(is_settled);
	assert_int_equal(in_state(RECIPIENT_EXPIRED), 2);
	assert_int_equal(in_state(RECIPIENT_EXPIRED) +
				 in_state(RECIPIENT_ACCEPTED) +
				 in_state(RECIPIENT_CANCELED),
			 40);
}

static bool one_has_no_answer(void)
{
	return in_state(RECIPIENT_ACCEPTED) == 39 &&
	       in_state(RECIPIENT_DEFERRED) + in_state(RECIPIENT_EXPIRED) == 1;
}

/* The relay took the content, and was gone before it answered. */
static void who_got_no_answer_is_not_canceled(void **state)
{
	struct world *w = &world;

	(void)state;
	w->options.retry_first_ms = MS_HOUR;
	sink_when(w->sink, "DOT", "<m5@", "close", SINK_ALWAYS);
	start_service();
	await(one_has_no_answer);
	assert_int_equal(in_state(RECIPIENT_DEFERRED), 1);
	fixture_exec(&w->f, "UPDATE campaign SET status = 7");
	delivery_wake(w->d);
	await(is_canceled);
	assert_int_equal(in_state(RECIPIENT_EXPIRED), 1);
	assert_int_equal(in_state(RECIPIENT_CANCELED), 0);
}

static void who_got_no_answer_may_be_left(void **state)
{
	struct world *w = &world;

	(void)state;
	w->options.uncertain = "leave";
	sink_when(w->sink, "DOT", "<m5@", "close", SINK_ALWAYS);
	start_service();
	await(one_has_no_answer);
	assert_int_equal(in_state(RECIPIENT_EXPIRED), 1);
	assert_int_equal(fixture_int(&w->f, "SELECT COUNT(*) FROM recipient"
					    " WHERE bounce <> 0"),
			 0);
}

static bool seven_are_deferred(void)
{
	return in_state(RECIPIENT_DEFERRED) == 7 &&
	       in_state(RECIPIENT_ACCEPTED) == 33;
}

static bool somebody_has_it(void)
{
	return sink_totals(world.sink).accepted > 0;
}

static bool is_handed(void)
{
	return in_state(RECIPIENT_HANDED) > 0;
}

static bool is_held_up(void)
{
	return delivery_is_held_up(world.d);
}

static void a_dead_relay_loses_nobody(void **state)
{
	struct world *w = &world;

	(void)state;
	sink_pause(w->sink, true);
	start_service();
	await(is_held_up);
	assert_int_equal(in_state(RECIPIENT_ACCEPTED), 0);
	sink_pause(w->sink, false);
	await(is_sent);
	assert_int_equal(in_state(RECIPIENT_ACCEPTED), 40);
	for (int i = 1; i <= 40; i++)
		assert_int_equal(sink_count(w->sink, i), 1);
}

#define LEAVERS 6

/* Each in another way, after the claim; 7 only moved. */
static void let_some_leave(void)
{
	struct delivery_fixture *f = &world.f;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	fixture_exec(f, "UPDATE member SET status = 2 WHERE id = 1");
	fixture_exec(f, "UPDATE member SET status = 3 WHERE id = 2");
	fixture_exec(f, "UPDATE member SET status = 6 WHERE id = 3");
	fixture_exec(f, "UPDATE member SET list_id = -list_id, address = '',"
			" email_hash = '' WHERE id = 4");
	fixture_exec(f, "DELETE FROM member WHERE id = 5");
	if (tx_begin(f->store.audience, &tx, &err) < 0 ||
	    suppression_add(&tx, "m6@d6.example", "complaint", FIXTURE_NOW,
			    &err) < 0 ||
	    tx_commit(&tx, &err) < 0)
		fail_msg("%s", err.text);
	fixture_exec(f, "UPDATE member SET address = 'm107@d0.example'"
			" WHERE id = 7");
}

static int64_t left_out_as(const char *reason)
{
	return fixture_int(&world.f,
			   "SELECT COUNT(*) FROM recipient"
			   " WHERE state = 9 AND reason = '%s'",
			   reason);
}

static void expect_leavers_left_out(void)
{
	struct world *w = &world;

	await(is_sent);
	await(is_settled);
	for (int i = 1; i <= 7; i++)
		assert_int_equal(sink_count(w->sink, i), 0);
	for (int i = 8; i <= 40; i++)
		assert_int_equal(sink_count(w->sink, i), 1);
	assert_int_equal(sink_count(w->sink, 107), 1);
	assert_int_equal(in_state(RECIPIENT_ACCEPTED), 40 - LEAVERS);
	assert_int_equal(in_state(RECIPIENT_LEFT_OUT), LEAVERS);
	assert_int_equal(left_out_as("unsubscribed"), 2);
	assert_int_equal(left_out_as("cleaned"), 1);
	assert_int_equal(left_out_as("forgotten"), 2);
	assert_int_equal(left_out_as("suppressed"), 1);
	assert_int_equal(sink_totals(w->sink).accepted, 40 - LEAVERS);
}

/* All are claimed, and some handed to the relay's client, when they leave. */
static void who_leaves_while_the_relay_is_down_gets_nothing(void **state)
{
	struct world *w = &world;

	(void)state;
	sink_pause(w->sink, true);
	start_service();
	await(is_held_up);
	let_some_leave();
	sink_pause(w->sink, false);
	expect_leavers_left_out();
}

static void who_leaves_before_another_try_gets_nothing(void **state)
{
	struct world *w = &world;

	(void)state;
	w->options.retry_first_ms = MS_HOUR;
	for (int i = 1; i <= 7; i++)
		sink_when(w->sink, "RCPT", arena_printf(w->f.arena, "<m%d@", i),
			  "451 4.7.1 later", 1);
	start_service();
	await(seven_are_deferred);
	let_some_leave();
	fixture_exec(&w->f, "UPDATE recipient SET next_ms = 0"
			    " WHERE state = 5");
	delivery_wake(w->d);
	expect_leavers_left_out();
}

/* At a rate of one a second the others wait for their turn; who left needs
 * none, or this would take as long as for all. */
static void who_leaves_before_the_turn_gets_nothing(void **state)
{
	struct world *w = &world;

	(void)state;
	w->options.rate = 1;
	start_service();
	await(somebody_has_it);
	fixture_exec(&w->f, "UPDATE member SET status = 2 WHERE id > 3");
	await(is_sent);
	assert_true(left_out_as("unsubscribed") > 0);
	assert_int_equal(
		left_out_as("unsubscribed") + in_state(RECIPIENT_ACCEPTED), 40);
	assert_int_equal(sink_totals(w->sink).accepted,
			 in_state(RECIPIENT_ACCEPTED));
}

static int64_t described(const char *key)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	const char *at;

	delivery_describe(world.d, &text);
	at = strstr(text.buf, key);
	assert_non_null(at);
	return strtoll(at + strlen(key), NULL, 10);
}

/* However many were on their way: they are not tried less often for it, and
 * the pause is not longer. */
static void a_lost_connection_counts_once(void **state)
{
	struct world *w = &world;

	(void)state;
	w->options.retry_first_ms = 50;
	start_service();
	await(is_begun);
	sink_pause(w->sink, true);
	await(is_held_up);
	assert_true(described("relay_failures=") <= 4);
	sink_pause(w->sink, false);
	await(is_sent);
	assert_int_equal(in_state(RECIPIENT_ACCEPTED), 3000);
	/* but those past their dot, one a connection */
	assert_true(fixture_int(&w->f, "SELECT COUNT(*) FROM recipient"
				       " WHERE attempts > 1") <=
		    w->options.connections);
}

static void a_stop_in_the_middle_doubles_nobody(void **state)
{
	struct world *w = &world;

	(void)state;
	w->options.rate = 200;
	start_service();
	await(is_begun);
	delivery_free(&w->d); /* what the log holds is applied later */
	w->options.rate = 0;
	start_service();
	await(is_sent);
	assert_int_equal(fixture_int(&w->f, "SELECT COUNT(*) FROM recipient"
					    " WHERE uncertain = 1"),
			 0);
	for (int i = 1; i <= 40; i++)
		assert_int_equal(sink_count(w->sink, i), 1);
}

static void single_mails_go_out(void **state)
{
	struct world *w = &world;
	static const char *const addresses[] = { "m7@d0.example" };
	struct err err = ERR_INIT;

	(void)state;
	fixture_exec(&w->f, "UPDATE campaign SET status = 1");
	start_service();
	assert_int_equal(
		delivery_send_test(w->d, w->f.campaign_id,
				   &(struct test_mail_order){
					   .addresses = addresses, .n = 1 },
				   &err),
		0);
	for (int i = 0; i < 3000 && sink_count(w->sink, 7) == 0; i++)
		sink_wait(w->sink);
	delivery_free(&w->d);
	assert_int_equal(sink_count(w->sink, 7), 1);
	assert_int_equal(
		fixture_int(&w->f, "SELECT COUNT(*) FROM outgoing_message"), 0);
}

/* --- killed processes --- */

static int run_child(char **argv)
{
	struct store_options store = STORE_OPTIONS_DEFAULT;
	struct delivery_options options = DELIVERY_OPTIONS_DEFAULT;
	struct delivery_setup setup = {
		.options = &options,
		.instance = "test",
		.data = argv[4],
		.public_url = "http://t.example",
		.has_public_url = true,
		.organisation = "Acme",
		.postal_address = "1 Road, Town",
		.send = true,
		.track = true,
	};
	struct err err = ERR_INIT;

	crypto_init();
	store.no_sync = true;
	if (strncmp(argv[2], "postgresql:", 11) == 0)
		store.database = argv[2];
	else
		store.data = argv[2];
	options.relay = argv[3];
	options.uncertain = argv[5];
	if (store_open(&store, &setup.store, &err) < 0 ||
	    delivery_start(&setup, &world.d, &err) < 0) {
		fprintf(stderr, "child: %s\n", err.text);
		return 1;
	}
	for (;;)
		pause();
}

static pid_t start_child(struct world *w)
{
	pid_t pid = fork();

	if (pid == 0) {
		execl("/proc/self/exe", "send_test", "--child",
		      w->f.store.where, w->relay, w->folder,
		      w->options.uncertain, (char *)NULL);
		_exit(127);
	}
	assert_true(pid > 0);
	return pid;
}

/* Kills a sender that has handed over a random number of messages more. */
static int kill_some(struct world *w, struct prng *chance, int64_t until)
{
	int kills = 0;

	while (sink_totals(w->sink).accepted < until) {
		pid_t pid = start_child(w);
		int64_t at = sink_totals(w->sink).accepted + 20 +
			     (int64_t)prng_below(chance, 600);

		while (sink_totals(w->sink).accepted < at &&
		       sink_totals(w->sink).accepted < until)
			sink_wait(w->sink);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		kills++;
	}
	return kills;
}

static void check_doubles(struct world *w, int kills)
{
	int64_t doubles = 0;

	for (int i = 1; i <= 3000; i++)
		if (sink_count(w->sink, i) > 1)
			doubles += sink_count(w->sink, i) - 1;
	assert_true(doubles <= 32 * kills);
	print_message("%d kills, %lld doubles\n", kills, (long long)doubles);
}

static void killed_senders_lose_nobody(void **state)
{
	struct world *w = &world;
	struct prng chance = { random_u64() };
	int kills;

	(void)state;
	kills = kill_some(w, &chance, 2000);
	start_service();
	await(is_sent);
	assert_int_equal(in_state(RECIPIENT_ACCEPTED), 3000);
	for (int i = 1; i <= 3000; i++)
		assert_true(sink_count(w->sink, i) >= 1);
	check_doubles(w, kills);
	assert_true(fixture_int(&w->f, "SELECT COUNT(*) FROM recipient"
				       " WHERE uncertain = 1") <= 32 * kills);
}

static void uncertain_ones_may_be_left(void **state)
{
	struct world *w = &world;
	struct prng chance = { random_u64() };
	int64_t left;

	(void)state;
	w->options.uncertain = "leave";
	kill_some(w, &chance, 1500);
	start_service();
	await(is_sent);
	left = in_state(RECIPIENT_EXPIRED);
	assert_int_equal(in_state(RECIPIENT_ACCEPTED) + left, 3000);
	assert_int_equal(fixture_int(&w->f, "SELECT COUNT(*) FROM recipient"
					    " WHERE uncertain = 1"),
			 left);
	for (int i = 1; i <= 3000; i++)
		assert_true(sink_count(w->sink, i) <= 1);
}

/* --- another relay while it sends --- */

static void put_relay(const char *url)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	if (tx_begin(world.f.store.audience, &tx, &err) < 0 ||
	    relay_setting_put(&tx, url, &err) < 0 || tx_commit(&tx, &err) < 0)
		fail_msg("%s", err.text);
	if (world.d)
		delivery_wake(world.d);
}

static void put_relay_at(const struct sink *sink)
{
	CLEANUP(strbuf_release) struct strbuf url = STRBUF_INIT;

	strbuf_addf(&url, "smtp://127.0.0.1:%d?tls=off", sink_port(sink));
	put_relay(url.buf);
}

/* No option: the setting counts, which names the first sink. */
static void start_with_two_relays(const char *script)
{
	struct world *w = &world;

	w->options.relay = "";
	if (script) {
		sink_free(&w->sink);
		w->sink =
			sink_start(&(struct sink_options){ .script = script });
	}
	w->other = sink_start(&(struct sink_options){ 0 });
	put_relay_at(w->sink);
	start_service();
}

static void expect_each_once(int members)
{
	struct world *w = &world;

	assert_int_equal(in_state(RECIPIENT_ACCEPTED), members);
	for (int i = 1; i <= members; i++)
		assert_int_equal(
			sink_count(w->sink, i) + sink_count(w->other, i), 1);
	assert_int_equal(fixture_int(&w->f, "SELECT COUNT(*) FROM recipient"
					    " WHERE uncertain = 1"),
			 0);
}

static bool has_some(void)
{
	return sink_totals(world.sink).accepted >= 100;
}

static void another_relay_takes_over_in_mid_send(void **state)
{
	struct world *w = &world;

	(void)state;
	w->options.rate = MANY_SLOWLY;
	start_with_two_relays(NULL);
	await(has_some);
	put_relay_at(w->other);
	await(is_sent);
	expect_each_once(3000);
	assert_true(sink_totals(w->other).accepted > 0);
}

static bool has_both(void)
{
	return sink_totals(world.other).accepted > 0;
}

static void there_and_back_again(void **state)
{
	struct world *w = &world;

	(void)state;
	w->options.rate = MANY_SLOWLY;
	start_with_two_relays(NULL);
	for (int i = 0; i < 4; i++) {
		put_relay_at(i % 2 ? w->sink : w->other);
		await(has_both);
	}
	await(is_sent);
	expect_each_once(3000);
}

/* It is in use, and says nothing: nobody waits until it is given up. */
static void a_silent_relay_holds_up_no_other(void **state)
{
	struct world *w = &world;

	(void)state;
	start_with_two_relays("W\n");
	await(is_handed);
	put_relay_at(w->other);
	await(is_sent);
	assert_int_equal(in_state(RECIPIENT_ACCEPTED), 40);
	for (int i = 1; i <= 40; i++)
		assert_int_equal(sink_count(w->other, i), 1);
}

static void a_dead_relay_holds_up_no_other(void **state)
{
	struct world *w = &world;

	(void)state;
	w->options.relay = "";
	put_relay("smtp://127.0.0.1:1?tls=off");
	w->other = sink_start(&(struct sink_options){ 0 });
	start_service();
	await(is_held_up);
	put_relay_at(w->other);
	await(is_sent);
	expect_each_once(40);
	assert_int_equal(described("relay_failures="), 0);
}

static bool is_held(void)
{
	return fixture_int(&world.f, "SELECT COUNT(*) FROM campaign"
				     " WHERE hold_reason IS NOT NULL") == 1;
}

/* Its hold lasts for minutes; nothing of it is true of the next one. */
static void what_one_relay_refuses_is_tried_by_the_next(void **state)
{
	struct world *w = &world;

	(void)state;
	sink_when(w->sink, "RCPT", "", "550 relay not permitted", SINK_ALWAYS);
	start_with_two_relays(NULL);
	await(is_held);
	put_relay_at(w->other);
	await(is_sent);
	expect_each_once(40);
	assert_false(is_held());
}

/* The outbox gets what no relay may: links lead nowhere. */
static void a_relay_without_a_public_url_gets_nothing(void **state)
{
	struct world *w = &world;

	(void)state;
	w->has_no_url = true;
	start_with_two_relays(NULL);
	put_relay(RELAY_OUTBOX);
	await(is_sent);
	assert_int_equal(in_state(RECIPIENT_ACCEPTED), 40);
	assert_int_equal(sink_totals(w->sink).accepted, 0);
}

static bool has_first(void)
{
	return sink_totals(world.sink).accepted > 0;
}

/* By mail: the relay may change while a campaign is sent. */
static void what_the_outbox_caught_is_told_apart(void **state)
{
	struct world *w = &world;
	int64_t caught;

	(void)state;
	w->options.rate = MANY_SLOWLY;
	start_with_two_relays(NULL);
	await(has_first);
	put_relay(RELAY_OUTBOX);
	await(is_sent);
	caught = fixture_int(&w->f, "SELECT SUM(caught) FROM recipient");
	assert_true(caught > 0);
	assert_int_equal(caught + sink_totals(w->sink).accepted, 3000);
}

#define FEW(test) cmocka_unit_test_setup_teardown(test, with_few, tear_down)
#define MANY(test) cmocka_unit_test_setup_teardown(test, with_many, tear_down)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		FEW(everybody_gets_it_once),
		FEW(answers_decide_what_becomes_of_each),
		FEW(refused_for_our_fault_nobody_is_lost),
		MANY(too_many_bounces_pause_it),
		FEW(what_is_deferred_too_long_expires),
		FEW(it_sends_until_nobody_waits),
		FEW(what_is_deferred_can_be_paused),
		FEW(what_is_deferred_can_be_canceled),
		FEW(a_finished_one_is_sent),
		FEW(a_finished_one_leaves_out_who_was_not_tried),
		FEW(a_paused_one_stops_and_goes_on),
		FEW(a_canceled_one_leaves_the_rest_out),
		FEW(who_may_have_got_it_is_not_left_out),
		FEW(who_may_have_got_it_is_not_canceled),
		FEW(who_got_no_answer_is_not_canceled),
		FEW(who_got_no_answer_may_be_left),
		FEW(a_dead_relay_loses_nobody),
		FEW(who_leaves_while_the_relay_is_down_gets_nothing),
		FEW(who_leaves_before_another_try_gets_nothing),
		FEW(who_leaves_before_the_turn_gets_nothing),
		MANY(a_lost_connection_counts_once),
		FEW(a_stop_in_the_middle_doubles_nobody),
		FEW(single_mails_go_out),
		MANY(another_relay_takes_over_in_mid_send),
		MANY(there_and_back_again),
		MANY(what_the_outbox_caught_is_told_apart),
		FEW(a_silent_relay_holds_up_no_other),
		FEW(a_dead_relay_holds_up_no_other),
		FEW(what_one_relay_refuses_is_tried_by_the_next),
		FEW(a_relay_without_a_public_url_gets_nothing),
		MANY(killed_senders_lose_nobody),
		MANY(uncertain_ones_may_be_left),
	};

	if (argc == 6 && strcmp(argv[1], "--child") == 0)
		return run_child(argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
