/* Who must not be mailed, asked for many at once. */
#include "audience/suppression.h"

#include "audience/audience_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOW FIXTURE_NOW

static const char *const asked[] = { "ann@example.org",
				     "bob@example.org",
				     "eve@example.org",
				     "bob@example.org",
				     "",
				     "ann@example.org" };
#define N ARRAY_SIZE(asked)

static void suppress(struct audience_fixture *f, const char *address,
		     const char *reason, int added)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_int_equal(suppression_add(&tx, address, reason, NOW, &err),
			 added);
	assert_int_equal(tx_commit(&tx, &err), 0);
}

static void forget(struct audience_fixture *f, const char *address)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct member_actor actor = { .source = SOURCE_API, .now_ms = NOW };
	struct err err = ERR_INIT;

	(void)audience_fixture_subscribe(f, address);
	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_int_equal(member_forget(&tx, &f->list, address, &actor, &err),
			 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
}

/* Which are suppressed, and which forgotten in the list, as "010100". */
static void check(struct audience_fixture *f, const char *suppressed,
		  const char *forgotten)
{
	char text[2][N + 1] = { "", "" };
	bool hit[2][N];
	struct err err = ERR_INIT;

	assert_int_equal(suppression_check(f->db, asked, N, hit[0], &err), 0);
	assert_int_equal(
		forgotten_check(f->db, f->list.id, asked, N, hit[1], &err), 0);
	for (size_t i = 0; i < N; i++)
		for (int kind = 0; kind < 2; kind++)
			text[kind][i] = hit[kind][i] ? '1' : '0';
	assert_string_equal(text[0], suppressed);
	assert_string_equal(text[1], forgotten);
}

static void each_address_is_answered_in_its_place(void **state)
{
	struct audience_fixture *f = *state;

	check(f, "000000", "000000");
	suppress(f, "bob@example.org", "manual", 1);
	suppress(f, "bob@example.org", "complaint", 0);
	suppress(f, "other@example.org", "manual", 1);
	check(f, "010100", "000000");
	forget(f, "ann@example.org");
	check(f, "110101", "100001");
}

static void consent_has_one_reason_each(void **state)
{
	struct audience_fixture *f = *state;
	int64_t ann = audience_fixture_subscribe(f, "ann@example.org");
	int64_t bob = audience_fixture_subscribe(f, "bob@example.org");
	int64_t eve = audience_fixture_subscribe(f, "eve@example.org");
	int64_t ids[] = { eve, ann + 999, bob, ann, bob };
	const char *out[ARRAY_SIZE(ids)];
	struct err err = ERR_INIT;

	suppress(f, "ann@example.org", "manual", 1);
	suppress(f, "eve@example.org", "manual", 1);
	audience_fixture_depart(f, eve, DEPART_BOUNCED, NOW);
	assert_int_equal(consent_check(f->db, ids, ARRAY_SIZE(ids), out, &err),
			 0);
	assert_string_equal(out[0], "cleaned");
	assert_string_equal(out[1], "forgotten");
	assert_null(out[2]);
	assert_string_equal(out[3], "suppressed");
	assert_null(out[4]);
	assert_int_equal(consent_check(f->db, ids, 0, out, &err), 0);
}

static void a_mail_made_for_another_address_is_known(void **state)
{
	struct audience_fixture *f = *state;
	int64_t ann = audience_fixture_subscribe(f, "ann@example.org");
	int64_t bob = audience_fixture_subscribe(f, "bob@example.org");
	int64_t eve = audience_fixture_subscribe(f, "eve@example.org");
	int64_t ids[] = { ann, bob, eve };
	const char *const addresses[] = { "old@example.org", "bob@example.org",
					  "old@example.org" };
	const char *out[ARRAY_SIZE(ids)];
	struct err err = ERR_INIT;

	audience_fixture_depart(f, eve, DEPART_BOUNCED, NOW);
	assert_int_equal(consent_check_at(f->db, ids, addresses,
					  ARRAY_SIZE(ids), out, &err),
			 0);
	assert_string_equal(out[0], "moved");
	assert_null(out[1]);
	assert_string_equal(out[2], "cleaned");
}

#define TEST(name)                                                     \
	cmocka_unit_test_setup_teardown(name, audience_fixture_set_up, \
					audience_fixture_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_address_is_answered_in_its_place),
		TEST(consent_has_one_reason_each),
		TEST(a_mail_made_for_another_address_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
