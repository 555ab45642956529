#include "delivery/apply/keeper.h"
#include "delivery/freeze.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "campaign/campaign.h"
#include "delivery/apply/applier.h"
#include "delivery/apply/standstill.h"
#include "delivery/delivery_fixture.h"
#include "delivery/lease.h"
#include "delivery/recipient.h"

#include <setjmp.h>
#include <stdarg.h>
#include <time.h>

#include <cmocka.h>

#define MEMBERS 5

static const struct campaign_sender_facts facts = {
	.organisation = "Acme",
	.postal_address = "1 Street",
};

struct world {
	struct delivery_fixture f;
	struct applier *applier;
	struct keeper *keeper;
};
static struct world world;

/* A sender is gone; what it had handed over in an older campaign, the log
 * tells: accepted. A newer one has just begun. */
static int set_up(void **state)
{
	struct world *w = &world;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	*w = (struct world){ 0 };
	delivery_fixture_open(&w->f, MEMBERS, "<p>x</p>");
	fixture_exec(&w->f,
		     "INSERT INTO campaign (id, hex, list_id, type, status,"
		     " settings, tracking, frozen, recipients, created_ms,"
		     " updated_ms) SELECT id + 1, 'c0ffee0002', list_id, type,"
		     " 4, settings, tracking, 1, 1, 1, 1 FROM campaign");
	fixture_exec(&w->f,
		     "INSERT INTO recipient (campaign_id, member_id, state,"
		     " lease_owner, at_ms) VALUES (%lld, 1, 3, 'gone/1', 1)",
		     (long long)w->f.campaign_id + 1);
	assert_int_equal(tx_begin(w->f.store.events, &tx, &err), 0);
	assert_int_equal(
		event_insert(
			&tx, "gone",
			&(struct event){ .at_ms = FIXTURE_NOW,
					 .kind = EVENT_ACCEPTED,
					 .campaign_id = w->f.campaign_id + 1,
					 .member_id = 1 },
			1, &err),
		0);
	assert_int_equal(tx_commit(&tx, &err), 0);
	fixture_exec(&w->f, "INSERT INTO delivery_lease (name, owner, until_ms)"
			    " VALUES ('sender/gone/1', 'gone/1', 0)");
	*state = w;
	return 0;
}

static void end(struct world *w)
{
	keeper_free(&w->keeper);
	applier_free(&w->applier);
}

static int tear_down(void **state)
{
	struct world *w = *state;

	end(w);
	delivery_fixture_free(&w->f);
	return 0;
}

/* An applier that has not the lease applies nothing. */
static void start(struct world *w, const char *applier)
{
	struct applier_options options = { .owner = applier,
					   .early_ms = 10000,
					   .burst = 50,
					   .retry_first_ms = 15000 };
	static struct freezings freezings;
	struct keeper_setup setup = { .freezings = &freezings,
				      .store = w->f.store.store,
				      .facts = &facts,
				      .relay = "",
				      .owner = "me/1",
				      .uncertain_again = true };
	struct err err = ERR_INIT;

	assert_int_equal(
		applier_start(w->f.store.store, &options, &w->applier, &err),
		0);
	setup.applier = w->applier;
	assert_int_equal(keeper_start(&setup, &w->keeper, &err), 0);
}

static void await(struct world *w, const char *sql)
{
	struct timespec pause = { .tv_nsec = 1000000 };

	for (int i = 0; i < 30000; i++) {
		if (fixture_int(&w->f, "%s", sql) > 0)
			return;
		nanosleep(&pause, NULL);
	}
	fail_msg("in vain: %s", sql);
}

static void a_campaign_starts_though_the_log_is_not_applied(void **state)
{
	struct world *w = *state;

	start(w, "you/1");
	await(w, "SELECT frozen FROM campaign WHERE hex = 'c0ffee0001'");
	end(w);
	/* nobody knows yet what became of it: it is not freed */
	assert_int_equal(fixture_int(&w->f, "SELECT COUNT(*) FROM recipient"
					    " WHERE lease_owner = 'gone/1'"),
			 1);
	start(w, "me/1");
	await(w, "SELECT COUNT(*) FROM recipient WHERE state = 4");
	await(w, "SELECT CASE WHEN COUNT(*) = 0 THEN 1 ELSE 0 END"
		 " FROM delivery_lease WHERE owner = 'gone/1'");
	assert_int_equal(fixture_int(&w->f, "SELECT COUNT(*) FROM recipient"
					    " WHERE uncertain = 1"),
			 0);
}

/* Before anybody was in its ledger; and it can be finished all the same. */
static void one_whose_segment_is_gone_says_so(void **state)
{
	struct world *w = *state;

	fixture_exec(&w->f, "UPDATE campaign SET segment_id = 99"
			    " WHERE hex = 'c0ffee0001'");
	start(w, "you/1");
	await(w, "SELECT COUNT(*) FROM campaign WHERE hold_reason = 'target'"
		 " AND hex = 'c0ffee0001'");
	fixture_exec(&w->f, "UPDATE campaign SET segment_id = NULL");
	await(w, "SELECT COUNT(*) FROM campaign WHERE hold_reason IS NULL"
		 " AND frozen = 1 AND hex = 'c0ffee0001'");
	fixture_exec(&w->f, "INSERT INTO campaign (id, hex, list_id, type,"
			    " status, settings, tracking, segment_id,"
			    " created_ms, updated_ms) SELECT id + 2,"
			    " 'c0ffee0003', list_id, type, 9, settings,"
			    " tracking, 99, 1, 1 FROM campaign"
			    " WHERE hex = 'c0ffee0001'");
	await(w, "SELECT COUNT(*) FROM campaign WHERE status = 5"
		 " AND frozen = 1 AND hex = 'c0ffee0003'");
}

static int64_t shift_at(struct world *w, int64_t now_ms)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(tx_begin(w->f.store.audience, &tx, &err), 0);
	if (standstill_end(&tx, now_ms, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(tx_commit(&tx, &err), 0);
	return fixture_int(&w->f, "SELECT shift_ms FROM campaign"
				  " WHERE hex = 'c0ffee0001'");
}

/* One has just begun; the next two are an hour apart, and the servers are down
 * for three. */
static void batches_keep_their_distance_when_nobody_could_send(void **state)
{
	struct world *w = *state;
	int64_t back_ms = FIXTURE_NOW + 3 * MS_HOUR;

	fixture_queue_all(&w->f);
	fixture_exec(&w->f, "UPDATE campaign SET spread ="
			    " '{\"batch_count\":3,\"batch_delay\":60}'");
	fixture_exec(&w->f,
		     "UPDATE recipient SET next_ms = %lld + (member_id - 1)"
		     " * 3600000",
		     (long long)FIXTURE_NOW);
	assert_int_equal(shift_at(w, FIXTURE_NOW), 0);
	assert_int_equal(shift_at(w, FIXTURE_NOW + STANDSTILL_MS), 0);
	assert_int_equal(shift_at(w, back_ms), 2 * MS_HOUR);
	assert_int_equal(shift_at(w, back_ms + 10000), 2 * MS_HOUR);
	/* a slow relay is no standstill */
	for (int64_t s = 20; s < 7300; s += 20)
		assert_int_equal(shift_at(w, back_ms + s * 1000), 2 * MS_HOUR);
	fixture_exec(&w->f, "UPDATE campaign SET spread = "
			    "'{\"timewarp\":true}'");
	assert_int_equal(shift_at(w, back_ms + 9 * MS_HOUR), 2 * MS_HOUR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_campaign_starts_though_the_log_is_not_applied, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			one_whose_segment_is_gone_says_so, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			batches_keep_their_distance_when_nobody_could_send,
			set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
