#include "delivery/send/claim.h"

#include "audience/list.h"
#include "audience/member.h"
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/json.h"
#include "campaign/campaign.h"
#include "delivery/delivery_fixture.h"
#include "delivery/recipient.h"
#include "sql/recipient.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static int set_up(void **state)
{
	static struct delivery_fixture f;

	delivery_fixture_open(&f, 6, "<p>x</p>");
	fixture_queue_all(&f);
	*state = &f;
	return 0;
}

static int tear_down(void **state)
{
	delivery_fixture_free(*state);
	return 0;
}

static int64_t claim(struct delivery_fixture *f, int64_t limit,
		     struct claims *out)
{
	CLEANUP(vec_release) struct ids unknown = VEC_INIT;
	struct err err = ERR_INIT;
	int64_t n = claim_next(f->store.audience, f->campaign_id, "me/1", limit,
			       FIXTURE_NOW, f->arena, out, &unknown, &err);

	if (n < 0)
		fail_msg("%s", err.text);
	return n;
}

static int64_t count(struct delivery_fixture *f, int state)
{
	return fixture_int(f, "SELECT COUNT(*) FROM recipient WHERE state = %d",
			   state);
}

static void each_is_claimed_once(void **state)
{
	struct delivery_fixture *f = *state;
	CLEANUP(vec_release) struct claims claims = VEC_INIT;

	assert_int_equal(claim(f, 4, &claims), 4);
	assert_int_equal(claim(f, 4, &claims), 2);
	assert_int_equal(claim(f, 4, &claims), 0);
	assert_int_equal(claims.n, 6);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(claims.v[i].member_id, i + 1);
	assert_string_equal(claims.v[2].address, "m3@d3.example");
	assert_string_equal(claims.v[2].merge, "{\"1\":\"M3\"}");
	assert_int_equal(count(f, RECIPIENT_CLAIMED), 6);
}

static void begin_move(struct delivery_fixture *f, struct db *db, struct tx *tx,
		       int64_t member_id, const char *to)
{
	CLEANUP(json_free)
	json_t *body = json_pack("{s:s}", "email_address", to);
	struct member_actor actor = { .now_ms = FIXTURE_NOW };
	struct err err = ERR_INIT;
	struct member member;
	struct member_op op = { .mode = MEMBER_PATCH, .body = body };
	struct list list;

	if (member_get_by_id(db, member_id, f->arena, &member, &err) < 0 ||
	    list_get_by_id(db, f->list_id, f->arena, &list, &err) < 0 ||
	    tx_begin(db, tx, &err) < 0)
		fail_msg("%s", err.text);
	op.key = member.email_hash;
	if (member_apply(tx, &list, &op, 1, &actor, f->arena, &err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(op.err.text, "");
	member_op_release(&op);
}

static void move(struct delivery_fixture *f, int64_t member_id, const char *to)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	begin_move(f, f->store.audience, &tx, member_id, to);
	if (tx_commit(&tx, &err) < 0)
		fail_msg("%s", err.text);
}

/* m1 got it, m2 was claimed and given back, m3 not yet; 4 to 6 take theirs. */
static void an_address_gets_it_once_whoever_has_it(void **state)
{
	struct delivery_fixture *f = *state;
	CLEANUP(vec_release) struct claims claims = VEC_INIT;
	CLEANUP(vec_release) struct ids second = VEC_INIT;
	struct err err = ERR_INIT;

	fixture_exec(f, "INSERT INTO member_address (list_id, email_hash, "
			"member_id) SELECT list_id, email_hash, id FROM "
			"member");
	assert_int_equal(claim(f, 2, &claims), 2);
	fixture_exec(f,
		     "UPDATE recipient SET state = %d, sent_seq = 1 "
		     "WHERE member_id = 1",
		     RECIPIENT_ACCEPTED);
	for (int i = 1; i <= 3; i++) {
		move(f, i, arena_printf(f->arena, "n%d@d.example", i));
		move(f, i + 3, arena_printf(f->arena, "m%d@d%d.example", i, i));
	}
	vec_push(&second, 2);
	assert_int_equal(claim_release(f->store.audience, f->campaign_id,
				       &second, "me/1", &err),
			 0);
	vec_reset(&claims);
	assert_int_equal(claim(f, 10, &claims), 5);
	assert_int_equal(claims.n, 4);
	assert_int_equal(claims.v[0].member_id, 2);
	assert_int_equal(claims.v[2].member_id, 5);
	assert_int_equal(fixture_int(f, "SELECT member_id FROM recipient "
					"WHERE reason = 'duplicate'"),
			 4);
}

static void step(struct delivery_fixture *f, int64_t at_ms, bool resume)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	if (tx_begin(f->store.audience, &tx, &err) < 0 ||
	    (resume ? campaign_resume(&tx, "c0ffee0001", at_ms, &err)
		    : campaign_move(&tx, f->campaign_id, CAMPAIGN_PAUSED, at_ms,
				    &err)) < 0 ||
	    tx_commit(&tx, &err) < 0)
		fail_msg("%s", err.text);
}

static int64_t claim_at(struct delivery_fixture *f, int64_t now_ms)
{
	CLEANUP(vec_release) struct claims out = VEC_INIT;
	CLEANUP(vec_release) struct ids unknown = VEC_INIT;
	struct err err = ERR_INIT;

	return claim_next(f->store.audience, f->campaign_id, "me/1", 10, now_ms,
			  f->arena, &out, &unknown, &err);
}

/* Each a batch, 10 apart: at 10, 20 ... 60. Paused from 25 on, twice. */
static void batches_keep_their_distance_after_a_pause(void **state)
{
	struct delivery_fixture *f = *state;
	int64_t at = FIXTURE_NOW;

	fixture_exec(f, "UPDATE campaign SET spread = "
			"'{\"batch_count\":6,\"batch_delay\":10}'");
	fixture_exec(f, "UPDATE recipient SET next_ms = %lld + 10 * member_id",
		     (long long)at);
	assert_int_equal(claim_at(f, at + 25), 2);
	step(f, at + 25, false);
	step(f, at + 26, true);
	assert_int_equal(claim_at(f, at + 29), 0); /* nothing was missed */
	step(f, at + 29, false);
	step(f, at + 100, true);
	assert_int_equal(claim_at(f, at + 100), 1); /* for 30 */
	assert_int_equal(claim_at(f, at + 109), 0);
	assert_int_equal(claim_at(f, at + 110), 1);
	step(f, at + 115, false);
	step(f, at + 200, true);
	assert_int_equal(claim_at(f, at + 205), 1);
	assert_int_equal(claim_at(f, at + 210), 1);
}

static void what_all_have_chosen_is_read_at_once(void **state)
{
	struct delivery_fixture *f = *state;
	CLEANUP(vec_release) struct claims claims = VEC_INIT;
	struct err err = ERR_INIT;

	fixture_exec(f, "UPDATE member SET language = 'ar' WHERE id = 2");
	fixture_exec(f, "INSERT INTO member_interest (interest_id, member_id) "
			"VALUES (9, 2), (4, 2), (9, 6), (9, 77)");
	assert_int_equal(claim(f, 10, &claims), 6);
	assert_null(claims.v[1].interests);
	assert_int_equal(claim_read_interests(f->store.audience, &claims,
					      f->arena, &err),
			 0);
	assert_string_equal(claims.v[0].interests, "");
	assert_string_equal(claims.v[1].interests, "4 9");
	assert_string_equal(claims.v[1].language, "ar");
	assert_string_equal(claims.v[5].interests, "9");
}

/* Who claimed it would mail the old address, which somebody else may get. */
static void nobody_is_claimed_in_the_midst_of_a_move(void **state)
{
	struct delivery_fixture *f = *state;
	CLEANUP(vec_release) struct claims claims = VEC_INIT;
	CLEANUP(store_put) struct db *other = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	if (!store_fixture_on_server())
		skip(); /* SQLite has one writer */
	fixture_exec(f, "INSERT INTO member_address (list_id, email_hash, "
			"member_id) SELECT list_id, email_hash, id FROM "
			"member");
	assert_int_equal(
		store_get(f->store.store, STORE_AUDIENCE, &other, &err), 0);
	begin_move(f, other, &tx, 1, "new@x.example");
	assert_int_equal(claim(f, 100, &claims), 5);
	assert_int_equal(tx_commit(&tx, &err), 0);
	assert_int_equal(claim(f, 100, &claims), 1);
	assert_string_equal(claims.v[5].address, "new@x.example");
}

static void who_left_meanwhile_is_left_out(void **state)
{
	struct delivery_fixture *f = *state;
	CLEANUP(vec_release) struct claims claims = VEC_INIT;

	fixture_exec(f, "UPDATE member SET status = 2 WHERE id IN (1, 4)");
	fixture_exec(f, "UPDATE member SET status = 3 WHERE id = 2");
	fixture_exec(f, "DELETE FROM member WHERE id = 3");
	assert_int_equal(claim(f, 10, &claims), 6);
	assert_int_equal(claims.n, 2);
	assert_int_equal(claims.v[0].member_id, 5);
	assert_int_equal(count(f, RECIPIENT_LEFT_OUT), 4);
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) FROM recipient"
					" WHERE reason = 'unsubscribed'"),
			 2);
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) FROM recipient"
					" WHERE reason = 'cleaned'"),
			 1);
	assert_int_equal(fixture_int(f, "SELECT COUNT(*) FROM recipient"
					" WHERE reason = 'forgotten'"),
			 1);
}

static void deferred_ones_wait_for_their_time(void **state)
{
	struct delivery_fixture *f = *state;
	CLEANUP(vec_release) struct claims claims = VEC_INIT;

	fixture_exec(f,
		     "UPDATE recipient SET state = 5, attempts = 1,"
		     " next_ms = %lld + member_id - 2 WHERE member_id <= 3",
		     (long long)FIXTURE_NOW);
	assert_int_equal(claim(f, 2, &claims), 2);
	assert_int_equal(claims.v[1].member_id, 2);
	assert_int_equal(claims.v[1].attempts, 1);
	assert_int_equal(claim(f, 3, &claims), 3);
	assert_int_equal(claim(f, 10, &claims), 0);
	assert_int_equal(count(f, RECIPIENT_DEFERRED), 1);
}

/* What comes back while a campaign is finished was never tried, and expires of
 * nothing; of who may have got it nothing is said. */
static void who_waits_was_tried_or_not_or_is_uncertain(void **state)
{
	static const struct {
		const struct sql *list;
		size_t n;
		int64_t one; /* of them; 0: any */
	} lists[] = { { SQL_RECIPIENT_LIST_UNTRIED, 4, 0 },
		      { SQL_RECIPIENT_LIST_TRIED, 1, 2 },
		      { SQL_RECIPIENT_LIST_UNKNOWN, 1, 4 } };
	struct delivery_fixture *f = *state;
	struct err err = ERR_INIT;

	fixture_exec(f, "UPDATE recipient SET state = 5, attempts = 1"
			" WHERE member_id = 2");
	fixture_exec(f, "UPDATE recipient SET uncertain = 1, attempts = 1"
			" WHERE member_id = 4");
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		CLEANUP(vec_release) struct ids ids = VEC_INIT;

		assert_int_equal(db_list_ids(f->store.audience, lists[i].list,
					     SQL_ARGS(sql_int(f->campaign_id),
						      sql_int(10)),
					     &ids, &err),
				 0);
		assert_int_equal(ids.n, lists[i].n);
		if (lists[i].one)
			assert_int_equal(ids.v[0], lists[i].one);
	}
}

static void what_is_given_back_is_as_before(void **state)
{
	struct delivery_fixture *f = *state;
	CLEANUP(vec_release) struct claims claims = VEC_INIT;
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	struct err err = ERR_INIT;

	fixture_exec(f, "UPDATE recipient SET state = 5, attempts = 1"
			" WHERE member_id = 1");
	claim(f, 3, &claims);
	for (int64_t id = 1; id <= 6; id++)
		vec_push(&ids, id);
	assert_true(claim_release(f->store.audience, f->campaign_id, &ids,
				  "you/1", &err) >= 0);
	assert_int_equal(count(f, RECIPIENT_CLAIMED), 3); /* not yours */
	assert_true(claim_release(f->store.audience, f->campaign_id, &ids,
				  "me/1", &err) >= 0);
	assert_int_equal(count(f, RECIPIENT_CLAIMED), 0);
	assert_int_equal(count(f, RECIPIENT_DEFERRED), 1);
	assert_int_equal(count(f, RECIPIENT_QUEUED), 5);
}

static void what_was_claimed_may_be_left_out_after_all(void **state)
{
	struct delivery_fixture *f = *state;
	CLEANUP(vec_release) struct claims claims = VEC_INIT;
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	struct err err = ERR_INIT;

	claim(f, 3, &claims);
	vec_push(&ids, claims.v[1].member_id);
	assert_int_equal(claim_leave_out(f->store.audience, f->campaign_id,
					 &ids, "demo", FIXTURE_NOW, &err),
			 0);
	assert_int_equal(count(f, RECIPIENT_CLAIMED), 2);
	assert_int_equal(count(f, RECIPIENT_LEFT_OUT), 1);
	ids.n = 0;
	assert_int_equal(claim_leave_out(f->store.audience, f->campaign_id,
					 &ids, "demo", FIXTURE_NOW, &err),
			 0);
}

static void a_failed_claim_takes_nobody(void **state)
{
	struct delivery_fixture *f = *state;
	int failures = 0;

	fixture_exec(f, "UPDATE member SET status = 2 WHERE id = 1");
	for (int n = 1; n < 50; n++) {
		CLEANUP(vec_release) struct claims claims = VEC_INIT;
		CLEANUP(vec_release) struct ids unknown = VEC_INIT;
		struct err err = ERR_INIT;
		int64_t rc;

		db_fail_nth(f->store.audience, n);
		rc = claim_next(f->store.audience, f->campaign_id, "me/1", 10,
				FIXTURE_NOW, f->arena, &claims, &unknown, &err);
		db_fail_nth(f->store.audience, 0);
		if (rc >= 0) {
			assert_int_equal(claims.n, 5);
			break;
		}
		failures++;
		assert_int_equal(claims.n, 0);
		assert_int_equal(count(f, RECIPIENT_QUEUED), 6);
	}
	assert_true(failures > 3);
}

#define FIXED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXED(each_is_claimed_once),
		FIXED(an_address_gets_it_once_whoever_has_it),
		FIXED(batches_keep_their_distance_after_a_pause),
		FIXED(what_all_have_chosen_is_read_at_once),
		FIXED(nobody_is_claimed_in_the_midst_of_a_move),
		FIXED(who_left_meanwhile_is_left_out),
		FIXED(deferred_ones_wait_for_their_time),
		FIXED(who_waits_was_tried_or_not_or_is_uncertain),
		FIXED(what_is_given_back_is_as_before),
		FIXED(what_was_claimed_may_be_left_out_after_all),
		FIXED(a_failed_claim_takes_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
