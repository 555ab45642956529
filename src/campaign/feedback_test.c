#include "campaign/feedback.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "campaign/campaign_fixture.h"
#include "store/db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct campaign_fixture f;
static struct campaign first, second;

static void make_campaign(struct campaign *out)
{
	CLEANUP(json_free)
	json_t *body = campaign_fixture_json("{'type':'regular'}");
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(f.db, &tx, &f.err) < 0 ||
	    campaign_add(&tx, body, FIXTURE_NOW, f.arena, out, &f.err) < 0 ||
	    tx_commit(&tx, &f.err) < 0)
		fail_msg("%s", f.err.text);
}

static int open_fixture(void **state)
{
	(void)state;
	campaign_fixture_open(&f, 0);
	make_campaign(&first);
	make_campaign(&second);
	return 0;
}

static int close_fixture(void **state)
{
	(void)state;
	campaign_fixture_free(&f);
	return 0;
}

static int add(const struct campaign *c, const char *text, struct feedback *out,
	       struct err *err)
{
	CLEANUP(json_free) json_t *body = campaign_fixture_json(text);
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	*out = (struct feedback){ .user_id = 7 };
	if (tx_begin(f.db, &tx, err) < 0 ||
	    feedback_add(&tx, c, body, FIXTURE_NOW, f.arena, out, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static int change(int64_t id, const char *text, struct feedback *out,
		  struct err *err)
{
	CLEANUP(json_free) json_t *body = campaign_fixture_json(text);
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(f.db, &tx, err) < 0 ||
	    feedback_update(&tx, first.id, id, body, FIXTURE_NOW + 1, f.arena,
			    out, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static int remove_it(int64_t id, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(f.db, &tx, err) < 0 ||
	    feedback_remove(&tx, first.id, id, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static int64_t count(void)
{
	return campaign_fixture_int(&f,
				    "SELECT COUNT(*) FROM campaign_feedback");
}

static void comes_back_and_is_ticked_off(void **state)
{
	struct feedback a, back;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(
		add(&first, "{'message':'Larger!','block_id':3}", &a, &err), 0);
	assert_int_equal(change(a.id, "{'is_complete':true}", &back, &err), 0);
	assert_int_equal(
		feedback_get(f.db, first.id, a.id, f.arena, &back, &err), 0);
	assert_string_equal(back.message, "Larger!");
	assert_int_equal(back.block_id, 3);
	assert_int_equal(back.user_id, 7);
	assert_true(back.is_complete);
	assert_int_equal(back.updated_ms, FIXTURE_NOW + 1);
	assert_int_equal(
		feedback_get(f.db, second.id, a.id, f.arena, &back, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
}

static void answers_stand_by_themselves_when_it_goes(void **state)
{
	struct feedback a, b, back;
	struct err err = ERR_INIT;
	char body[80];

	(void)state;
	assert_int_equal(add(&first, "{'message':'a'}", &a, &err), 0);
	(void)snprintf(body, sizeof(body), "{'message':'b','parent_id':%lld}",
		       (long long)a.id);
	assert_int_equal(add(&second, body, &b, &err), -1);
	assert_string_equal(err.field, "parent_id");
	assert_int_equal(add(&first, body, &b, &err), 0);
	assert_int_equal(b.parent_id, a.id);
	assert_int_equal(remove_it(a.id, &err), 0);
	assert_int_equal(
		feedback_get(f.db, first.id, b.id, f.arena, &back, &err), 0);
	assert_int_equal(back.parent_id, 0);
	assert_int_equal(remove_it(a.id, &err), -1);
}

static void goes_with_its_campaign(void **state)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct feedback a;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(add(&first, "{'message':'a'}", &a, &err), 0);
	assert_int_equal(add(&second, "{'message':'a'}", &a, &err), 0);
	assert_int_equal(tx_begin(f.db, &tx, &err), 0);
	assert_int_equal(campaign_remove(&tx, first.hex, FIXTURE_NOW, &err), 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
	assert_int_equal(count(), 1);
}

static void a_fault_leaves_nothing_half_done(void **state)
{
	struct feedback a = { 0 };
	struct err err = ERR_INIT;

	(void)state;
	for (int n = 1;; n++) {
		int ret;

		db_fail_nth(f.db, n);
		ret = add(&first, "{'message':'a'}", &a, &err);
		db_fail_nth(f.db, 0);
		assert_int_equal(count(), ret == 0);
		if (ret == 0)
			break;
	}
	for (int n = 1;; n++) {
		int ret;

		db_fail_nth(f.db, n);
		ret = remove_it(a.id, &err);
		db_fail_nth(f.db, 0);
		assert_int_equal(count(), ret != 0);
		if (ret == 0)
			break;
	}
}

#define FIXED(test) \
	cmocka_unit_test_setup_teardown(test, open_fixture, close_fixture)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXED(comes_back_and_is_ticked_off),
		FIXED(answers_stand_by_themselves_when_it_goes),
		FIXED(goes_with_its_campaign),
		FIXED(a_fault_leaves_nothing_half_done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
