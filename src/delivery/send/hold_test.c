#include "delivery/send/hold.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "campaign/campaign.h"
#include "campaign/campaign_hold.h"
#include "delivery/delivery_fixture.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define MOST 500

struct world {
	struct delivery_fixture f;
	struct holds *h;
	struct err err;
	int64_t now_ms; /* monotonic */
};

static struct world world;

static int set_up(void **state)
{
	struct world *w = &world;

	*w = (struct world){ .now_ms = 1000 };
	*state = w;
	delivery_fixture_open(&w->f, 200, "<p>x</p>");
	fixture_queue_all(&w->f);
	w->h = holds_new(20);
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	holds_free(&w->h);
	delivery_fixture_free(&w->f);
	return 0;
}

static bool note(struct world *w, enum trouble trouble, const char *said)
{
	return holds_note(w->h, w->f.campaign_id, trouble, said, false,
			  w->now_ms);
}

static void note_many(struct world *w, enum trouble trouble, const char *said,
		      int n)
{
	while (n-- > 0)
		assert_false(note(w, trouble, said));
}

static int64_t room(struct world *w)
{
	return holds_room(w->h, w->f.campaign_id, MOST, w->now_ms);
}

static void store(struct world *w)
{
	if (holds_store(w->h, w->f.store.audience, FIXTURE_NOW, &w->err) < 0)
		fail_msg("store: %s", w->err.text);
}

static void load(struct world *w)
{
	if (holds_load(w->h, w->f.store.audience, w->f.campaign_id, w->now_ms,
		       &w->err) < 0)
		fail_msg("load: %s", w->err.text);
}

static struct campaign_hold stored(struct world *w)
{
	struct campaign_hold out;

	assert_int_equal(campaign_hold_get(w->f.store.audience,
					   w->f.campaign_id, w->f.arena, &out,
					   &w->err),
			 0);
	return out;
}

static int64_t status(struct world *w)
{
	return fixture_int(&w->f, "SELECT status FROM campaign");
}

static void resume(struct world *w)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(w->f.store.audience, &tx, &w->err) < 0 ||
	    campaign_resume(&tx, "c0ffee0001", FIXTURE_NOW, &w->err) < 0 ||
	    tx_commit(&tx, &w->err) < 0)
		fail_msg("resume: %s", w->err.text);
}

/* --- held --- */

static void a_refusal_for_our_fault_holds(void **state)
{
	struct world *w = *state;

	assert_int_equal(room(w), MOST);
	assert_true(note(w, TROUBLE_LIMIT, "550 hourly limit"));
	assert_int_equal(room(w), 1); /* at once */
	assert_int_equal(room(w), 0); /* and then one after the other */
	store(w);
	assert_string_equal(stored(w).reason, "limit");
	assert_string_equal(stored(w).detail, "550 hourly limit");
	assert_int_equal(stored(w).since_ms, FIXTURE_NOW);
	assert_int_equal(status(w), CAMPAIGN_SENDING);
}

static void it_is_tried_ever_more_rarely(void **state)
{
	struct world *w = *state;
	int64_t last_ms = 0;

	for (int i = 0; i < 8; i++) {
		int64_t began_ms = w->now_ms;

		assert_true(note(w, TROUBLE_SENDER, "550 no"));
		while (room(w) == 0)
			w->now_ms += 50;
		assert_true(w->now_ms - began_ms >= last_ms);
		last_ms = w->now_ms - began_ms;
	}
	assert_true(last_ms > 30000);
	for (int i = 0; i < 30; i++)
		assert_true(note(w, TROUBLE_SENDER, "550 no"));
	w->now_ms += 6 * 60000;
	assert_int_equal(room(w), 1);
}

static void an_accepted_one_ends_it(void **state)
{
	struct world *w = *state;

	note(w, TROUBLE_AUTH, "530 who are you");
	store(w);
	assert_false(note(w, TROUBLE_NONE, "250 ok"));
	assert_int_equal(room(w), MOST);
	store(w);
	assert_null(stored(w).reason);
	assert_int_equal(fixture_int(&w->f, "SELECT COUNT(*) FROM campaign"
					    " WHERE hold_ms IS NOT NULL OR"
					    " hold_detail IS NOT NULL"),
			 0);
}

static void one_refused_for_its_own_sake_says_little(void **state)
{
	static const enum trouble own[] = { TROUBLE_RETRY, TROUBLE_HARD,
					    TROUBLE_SOFT, TROUBLE_UNCLEAR };
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_SIZE(own); i++) {
		for (int n = 0; n < 5; n++)
			note(w, TROUBLE_CONTENT, "554 spam");
		assert_int_equal(room(w), 0);
		assert_false(note(w, own[i], "550 x"));
		assert_int_equal(room(w), 1); /* another, at once */
		assert_int_equal(room(w), 0);
	}
}

/* Thirty messages were out when the first was refused. */
static void those_on_their_way_count_once(void **state)
{
	struct world *w = *state;

	assert_true(note(w, TROUBLE_LIMIT, "550 limit"));
	for (int i = 0; i < 30; i++)
		assert_false(holds_note(w->h, w->f.campaign_id, TROUBLE_LIMIT,
					"550 limit", true, w->now_ms));
	assert_int_equal(room(w), 1);
}

static void one_that_is_lost_holds_up_nothing(void **state)
{
	struct world *w = *state;

	note(w, TROUBLE_LIMIT, "550 limit");
	note(w, TROUBLE_LIMIT, "550 limit");
	w->now_ms += 5000;
	assert_int_equal(room(w), 1); /* never answered */
	w->now_ms += 5000;
	assert_int_equal(room(w), 1);
	holds_try_another(w->h, w->f.campaign_id, w->now_ms);
	assert_int_equal(room(w), 1);
}

static void a_lost_connection_is_told_and_limits_nothing(void **state)
{
	struct world *w = *state;

	assert_false(note(w, TROUBLE_RELAY, "cannot connect"));
	assert_int_equal(room(w), MOST);
	store(w);
	assert_string_equal(stored(w).reason, "connection");
	assert_false(note(w, TROUBLE_RETRY, "450 later"));
	store(w);
	assert_null(stored(w).reason);
}

static void the_words_hold_no_addresses(void **state)
{
	struct world *w = *state;

	note(w, TROUBLE_DENIED, "554 5.7.1 <m1@d1.example>: Relay denied");
	store(w);
	assert_string_equal(stored(w).detail,
			    "554 5.7.1 <address> Relay denied");
}

static void other_words_are_stored_and_the_time_stays(void **state)
{
	struct world *w = *state;

	note(w, TROUBLE_SENDER, "550 no");
	store(w);
	note(w, TROUBLE_LIMIT, "550 slowly");
	if (holds_store(w->h, w->f.store.audience, FIXTURE_NOW + 9, &w->err) <
	    0)
		fail_msg("%s", w->err.text);
	assert_string_equal(stored(w).reason, "limit");
	assert_int_equal(stored(w).since_ms, FIXTURE_NOW);
}

static void a_new_process_goes_on_with_it(void **state)
{
	struct world *w = *state;

	note(w, TROUBLE_LIMIT, "550 limit");
	store(w);
	holds_free(&w->h);
	w->h = holds_new(20);
	load(w);
	assert_int_equal(room(w), 1);
	assert_int_equal(room(w), 0);
	assert_false(note(w, TROUBLE_NONE, ""));
	store(w);
	assert_null(stored(w).reason);
}

static void a_change_of_status_ends_it(void **state)
{
	struct world *w = *state;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct ids none = VEC_INIT;

	note(w, TROUBLE_LIMIT, "550 limit");
	store(w);
	assert_int_equal(tx_begin(w->f.store.audience, &tx, &w->err), 0);
	assert_int_equal(
		campaign_pause(&tx, "c0ffee0001", FIXTURE_NOW, &w->err), 0);
	assert_int_equal(tx_commit(&tx, &w->err), 0);
	assert_null(stored(w).reason);
	note(w, TROUBLE_LIMIT, "550 another limit"); /* was on its way */
	store(w);
	assert_null(stored(w).reason);
	holds_keep(w->h, &none);
	assert_int_equal(room(w), MOST);
	resume(w); /* by a user, of what a user paused */
	assert_false(stored(w).is_overridden);
}

static void of_two_campaigns_one_is_held(void **state)
{
	struct world *w = *state;

	note(w, TROUBLE_SENDER, "550 no");
	assert_int_equal(
		holds_room(w->h, w->f.campaign_id + 1, MOST, w->now_ms), MOST);
}

/* --- it pauses itself --- */

static void too_many_hard_bounces_pause_it(void **state)
{
	struct world *w = *state;

	note_many(w, TROUBLE_NONE, "250 ok", 80);
	note_many(w, TROUBLE_HARD, "550 5.1.1 unknown", 20);
	assert_true(note(w, TROUBLE_HARD, "550 5.1.1 <a@b.example> unknown"));
	assert_int_equal(room(w), 0);
	store(w);
	assert_int_equal(status(w), CAMPAIGN_PAUSED);
	assert_string_equal(stored(w).reason, "bounces");
	assert_string_equal(stored(w).detail,
			    "21 of the last 100 messages bounced hard; the "
			    "last: 550 5.1.1 <address> unknown");
}

static void a_few_bounces_do_not(void **state)
{
	struct world *w = *state;

	note_many(w, TROUBLE_HARD, "550 5.1.1 unknown", HOLD_LEAST - 1);
	assert_true(note(w, TROUBLE_HARD, "550 5.1.1 unknown"));
	for (int i = 0; i < 300; i++) /* every fifth, for ever */
		assert_false(holds_note(w->h, w->f.campaign_id + 1,
					i % 5 < 4 ? TROUBLE_NONE : TROUBLE_HARD,
					"550 5.1.1 x", false, w->now_ms));
}

static void the_share_can_be_set(void **state)
{
	struct world *w = *state;

	holds_free(&w->h);
	w->h = holds_new(100);
	note_many(w, TROUBLE_HARD, "550 5.1.1 unknown", 300);
	holds_free(&w->h);
	w->h = holds_new(0);
	note_many(w, TROUBLE_NONE, "", 60);
	assert_true(note(w, TROUBLE_HARD, "550 5.1.1 unknown"));
}

static void the_same_refusal_again_and_again_pauses_it(void **state)
{
	struct world *w = *state;
	char said[64];

	for (int i = 0; i < HOLD_SAME; i++) {
		snprintf(said, sizeof(said), "550 m%d@d.example no: x%d7", i,
			 i);
		assert_int_equal(note(w, TROUBLE_UNCLEAR, said),
				 i == HOLD_SAME - 1);
	}
	store(w);
	assert_int_equal(status(w), CAMPAIGN_PAUSED);
	assert_string_equal(stored(w).reason, "refusals");
	assert_string_equal(stored(w).detail,
			    "20 of the last 20 messages were refused in the "
			    "same words; the last: 550 <address> no: x197");
}

static void different_refusals_do_not(void **state)
{
	static const char *const words[] = { "550 no", "550 never", "550 go" };
	struct world *w = *state;

	for (int i = 0; i < 90; i++)
		assert_false(note(w, TROUBLE_UNCLEAR, words[i % 3]));
	note_many(w, TROUBLE_SOFT, "552 mailbox full", 90);
	for (int i = 0; i < 10; i++) {
		note_many(w, TROUBLE_UNCLEAR, "550 no", HOLD_SAME - 1);
		note_many(w, TROUBLE_NONE, "250 ok", 1);
	}
}

static void who_resumes_it_overrides_that(void **state)
{
	struct world *w = *state;
	struct ids none = VEC_INIT;

	note_many(w, TROUBLE_NONE, "", 60);
	while (!note(w, TROUBLE_HARD, "550 5.1.1 unknown"))
		;
	store(w);
	holds_keep(w->h, &none);
	resume(w);
	assert_int_equal(status(w), CAMPAIGN_SENDING);
	assert_null(stored(w).reason);
	assert_true(stored(w).is_overridden);
	load(w);
	assert_int_equal(room(w), MOST);
	note_many(w, TROUBLE_HARD, "550 5.1.1 unknown", 150);
	note_many(w, TROUBLE_UNCLEAR, "550 no", 50);
	store(w);
	assert_int_equal(status(w), CAMPAIGN_SENDING);
	assert_true(note(w, TROUBLE_LIMIT, "550 limit")); /* it can be held */
}

/* Another process had not read yet that a user overrode it. */
static void an_override_is_seen_at_last(void **state)
{
	struct world *w = *state;

	while (!note(w, TROUBLE_HARD, "550 5.1.1 unknown"))
		;
	fixture_exec(&w->f, "UPDATE campaign SET hold_override = 1");
	store(w);
	assert_int_equal(status(w), CAMPAIGN_SENDING);
	assert_null(stored(w).reason);
	load(w);
	assert_int_equal(room(w), MOST);
}

static void what_happened_before_a_restart_counts(void **state)
{
	struct world *w = *state;

	fixture_exec(&w->f, "UPDATE recipient SET state = 6, bounce = 1,"
			    " sent_seq = member_id WHERE member_id <= 20");
	fixture_exec(&w->f, "UPDATE recipient SET state = 4,"
			    " sent_seq = member_id WHERE member_id > 20"
			    " AND member_id <= 99");
	load(w);
	assert_true(note(w, TROUBLE_HARD, "550 5.1.1 unknown"));
}

/* --- faults --- */

static void what_cannot_be_stored_is_stored_later(void **state)
{
	static const bool pauses[] = { false, true };
	struct world *w = *state;
	int failures = 0;

	for (size_t i = 0; i < ARRAY_SIZE(pauses); i++) {
		int rc = -1;

		if (pauses[i])
			note_many(w, TROUBLE_NONE, "", 70);
		if (pauses[i])
			while (!note(w, TROUBLE_HARD, "550 5.1.1 unknown"))
				;
		else
			note(w, TROUBLE_LIMIT, "550 limit");
		for (int n = 1; rc < 0 && n < 50; n++) {
			db_fail_nth(w->f.store.audience, n);
			rc = holds_store(w->h, w->f.store.audience, FIXTURE_NOW,
					 &w->err);
			db_fail_nth(w->f.store.audience, 0);
			failures += rc < 0;
		}
		assert_int_equal(rc, 0);
		assert_string_equal(stored(w).reason,
				    pauses[i] ? "bounces" : "limit");
	}
	assert_true(failures > 5);
	assert_int_equal(status(w), CAMPAIGN_PAUSED);
}

static void what_cannot_be_loaded_changes_nothing(void **state)
{
	struct world *w = *state;
	int rc = -1;

	for (int n = 1; rc < 0 && n < 20; n++) {
		db_fail_nth(w->f.store.audience, n);
		rc = holds_load(w->h, w->f.store.audience, w->f.campaign_id,
				w->now_ms, &w->err);
		db_fail_nth(w->f.store.audience, 0);
	}
	assert_int_equal(rc, 0);
	assert_int_equal(room(w), MOST);
}

#define FIXED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static void another_relay_begins_afresh(void **state)
{
	struct world *w = *state;

	load(w);
	note_many(w, TROUBLE_HARD, "550 5.1.1 unknown", HOLD_LEAST - 1);
	note_many(w, TROUBLE_UNCLEAR, "550 no", HOLD_SAME - 1);
	assert_true(note(w, TROUBLE_DENIED, "550 relay denied"));
	store(w);
	assert_non_null(stored(w).reason);
	assert_int_equal(room(w), 1);
	assert_int_equal(room(w), 0);
	holds_restart(w->h);
	assert_int_equal(room(w), MOST);
	store(w);
	assert_null(stored(w).reason);
	note_many(w, TROUBLE_UNCLEAR, "550 no", HOLD_SAME - 1);
	note_many(w, TROUBLE_HARD, "550 5.1.1 unknown", 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXED(a_refusal_for_our_fault_holds),
		FIXED(it_is_tried_ever_more_rarely),
		FIXED(an_accepted_one_ends_it),
		FIXED(one_refused_for_its_own_sake_says_little),
		FIXED(those_on_their_way_count_once),
		FIXED(one_that_is_lost_holds_up_nothing),
		FIXED(a_lost_connection_is_told_and_limits_nothing),
		FIXED(the_words_hold_no_addresses),
		FIXED(other_words_are_stored_and_the_time_stays),
		FIXED(a_new_process_goes_on_with_it),
		FIXED(a_change_of_status_ends_it),
		FIXED(of_two_campaigns_one_is_held),
		FIXED(too_many_hard_bounces_pause_it),
		FIXED(a_few_bounces_do_not),
		FIXED(the_share_can_be_set),
		FIXED(the_same_refusal_again_and_again_pauses_it),
		FIXED(different_refusals_do_not),
		FIXED(who_resumes_it_overrides_that),
		FIXED(an_override_is_seen_at_last),
		FIXED(what_happened_before_a_restart_counts),
		FIXED(what_cannot_be_stored_is_stored_later),
		FIXED(what_cannot_be_loaded_changes_nothing),
		FIXED(another_relay_begins_afresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
