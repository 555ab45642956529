/* Addresses that users keep from mail. */
#include "audience/blocked/blocked_address.h"

#include "audience/audience_fixture.h"
#include "audience/suppression.h"
#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOW FIXTURE_NOW
#define ANN "ann@example.org"
#define EVE "eve@example.org"

typedef int (*act_fn)(struct tx *tx, const char *address, struct err *err);

static int block(struct tx *tx, const char *address, struct err *err)
{
	return blocked_add(tx, address, "Bea", NOW, err);
}

static int erase(struct tx *tx, const char *address, struct err *err)
{
	return suppression_add(tx, address, "erasure", NOW, err) < 0 ? -1 : 0;
}

static int complain(struct tx *tx, const char *address, struct err *err)
{
	return suppression_add(tx, address, "complaint", NOW, err) < 0 ? -1 : 0;
}

/* What came of it, committed if it worked. */
static enum err_code act(struct audience_fixture *f, act_fn fn,
			 const char *address)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	if (fn(&tx, address, &err) == 0)
		assert_int_equal(tx_commit(&tx, &err), 0);
	return err.code;
}

/* The addresses by hand, with spaces, behind one. */
static void assert_listed(struct audience_fixture *f, const char *after,
			  const char *expected, int64_t total)
{
	CLEANUP(vec_release) struct blocked_addresses all = VEC_INIT;
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct err err = ERR_INIT;
	int64_t n;

	assert_true(blocked_list(f->db, after, 10, f->arena, &all, &n, &err) >=
		    0);
	vec_each (&all, blocked) {
		strbuf_addf(&text, "%s ", blocked->address);
		assert_string_equal(blocked->by, "Bea");
		assert_int_equal(blocked->at_ms, NOW);
	}
	assert_string_equal(text.buf ? text.buf : "", expected);
	assert_int_equal(n, total);
}

static void are_blocked_once_listed_and_lifted(void **state)
{
	struct audience_fixture *f = *state;
	const char *asked[] = { ANN, EVE };
	struct err err = ERR_INIT;
	bool hit[2];

	assert_listed(f, "", "", 0);
	assert_int_equal(act(f, blocked_lift, ANN), ERR_NOT_FOUND);
	assert_int_equal(act(f, block, EVE), ERR_NONE);
	assert_int_equal(act(f, block, ANN), ERR_NONE);
	assert_int_equal(act(f, block, ANN), ERR_CONFLICT);
	assert_listed(f, "", ANN " " EVE " ", 2);
	assert_listed(f, ANN, EVE " ", 2);
	assert_int_equal(suppression_check(f->db, asked, 2, hit, &err), 0);
	assert_true(hit[0] && hit[1]);
	assert_int_equal(act(f, blocked_lift, ANN), ERR_NONE);
	assert_int_equal(suppression_check(f->db, asked, 2, hit, &err), 0);
	assert_true(!hit[0] && hit[1]);
	assert_listed(f, "", EVE " ", 1);
}

static void only_the_reader_lifts_what_is_the_readers(void **state)
{
	struct audience_fixture *f = *state;
	struct blocked_address found;
	struct err err = ERR_INIT;

	assert_int_equal(blocked_find(f->db, ANN, f->arena, &found, &err), 0);
	assert_int_equal(act(f, complain, ANN), ERR_NONE);
	assert_int_equal(act(f, block, ANN), ERR_CONFLICT);
	assert_int_equal(act(f, blocked_lift, ANN), ERR_CONFLICT);
	assert_int_equal(blocked_find(f->db, ANN, f->arena, &found, &err), 1);
	assert_string_equal(found.reason, "complaint");
	assert_string_equal(found.by, "");
	assert_listed(f, "", "", 0);
}

static void erasing_leaves_the_hash_alone(void **state)
{
	struct audience_fixture *f = *state;
	struct blocked_address found;
	struct err err = ERR_INIT;

	assert_int_equal(act(f, block, ANN), ERR_NONE);
	assert_int_equal(act(f, erase, ANN), ERR_NONE);
	assert_listed(f, "", "", 0);
	assert_int_equal(blocked_find(f->db, ANN, f->arena, &found, &err), 1);
	assert_string_equal(found.reason, "manual");
	assert_int_equal(act(f, blocked_lift, ANN), ERR_NONE);
}

#define TEST(fn)                                                     \
	cmocka_unit_test_setup_teardown(fn, audience_fixture_set_up, \
					audience_fixture_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(are_blocked_once_listed_and_lifted),
		TEST(only_the_reader_lifts_what_is_the_readers),
		TEST(erasing_leaves_the_hash_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
