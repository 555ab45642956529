/*
 * Members that move, or go, over there: moved.c, mirror.c.
 */
#include "bridge/bridge_fixture.h"

#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static bool somebody_is_out(struct bridge_fixture *f)
{
	return fake_number(f, "SELECT MAX(opted_out) FROM person") > 0;
}

static const char *addresses_of(struct bridge_fixture *f, int64_t person)
{
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT;

	strbuf_addf(&sql,
		    "SELECT folded FROM email WHERE record_id = %lld AND "
		    "ended_ms IS NULL ORDER BY id LIMIT 1",
		    (long long)person);
	return fake_text(f, sql.buf);
}

static void a_changed_address_goes_to_its_person_or_a_user(void **state)
{
	static const struct {
		const char *other;  /* somebody who has the new address */
		const char *change; /* of the person, here */
		const char *status; /* of the member, there */
		const char *address;
		bool parked, out;
	} cases[] = {
		{ NULL, NULL, "subscribed", "new@x.example", false, false },
		{ NULL, NULL, "unsubscribed", "new@x.example", false, true },
		{ NULL, NULL, "cleaned", "new@x.example", false, false },
		{ "new@x.example", NULL, "subscribed", "old@x.example", true,
		  false },
		{ "new@x.example", NULL, "unsubscribed", "old@x.example", true,
		  true },
		{ NULL, "{\"email\":\"my@x.example\"}", "subscribed",
		  "my@x.example", true, false },
		{ NULL, "{\"email\":\"my@x.example\"}", "unsubscribed",
		  "my@x.example", true, true },
		{ NULL, "{\"emails\":[]}", "subscribed", "", false, false },
		{ NULL, "{\"emails\":[]}", "unsubscribed", "", false, true },
	};
	struct bridge_fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct err err = ERR_INIT;
		int64_t id;

		bridge_fixture_renew(f);
		id = fake_person(f, "old@x.example").id;
		assert_int_equal(fake_push(f, fake_group(f, "G"), &err), 0);
		if (cases[i].other)
			fake_person(f, cases[i].other);
		fake_rename(f, "old@x.example", "new@x.example");
		fake_set_status(f, "new@x.example", cases[i].status);
		if (cases[i].change)
			fake_patch(f, id, cases[i].change);
		fake_sync(f);
		fake_run_all(f);
		assert_string_equal(addresses_of(f, id), cases[i].address);
		assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM "
						"bridge_parked WHERE kind = "
						"'moved'"),
				 cases[i].parked);
		if (fake_number(f,
				"SELECT opted_out FROM person WHERE id = 1") !=
		    cases[i].out)
			fail_msg("case %zu: not %d", i, cases[i].out);
	}
}

static const char *email_of(struct bridge_fixture *f, const char *last_name)
{
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT;

	strbuf_addf(&sql,
		    "SELECT e.folded FROM person p JOIN email e"
		    " ON e.id = p.email_id WHERE p.last_name = '%s'",
		    last_name);
	return fake_text(f, sql.buf);
}

/* A pushed person for each address, named after it. */
static void push_people(struct bridge_fixture *f, const char *const *names)
{
	struct err err = ERR_INIT;
	int64_t group = fake_group(f, "G");

	for (; *names; names++) {
		char address[32], body[64];
		int64_t id;

		snprintf(address, sizeof(address), "%s@x.example", *names);
		snprintf(body, sizeof(body), "{\"last_name\":\"%s\"}", *names);
		id = fake_person(f, address).id;
		fake_patch(f, id, body);
	}
	assert_int_equal(fake_push(f, group, &err), 0);
	fake_run_all(f);
	fake_sync(f);
}

static void move_here_after_the_page(struct bridge_fixture *f,
				     const struct mc_request *rq, bool done)
{
	struct err err = ERR_INIT;

	if (!done || !strstr(rq->path, "/members?since"))
		return;
	f->during = NULL;
	fake_patch(f, fake_number(f, "SELECT MAX(id) FROM person"),
		   "{\"email\":\"new@x.example\"}");
	assert_int_equal(
		fake_run(f, fake_number(f, "SELECT MAX(id) FROM job"), &err),
		0);
	assert_string_equal(fake_status(f, "new@x.example"), "subscribed");
}

static void an_old_page_takes_back_no_move(void **state)
{
	static const char *const names[] = { "old", NULL };
	struct bridge_fixture *f = *state;

	push_people(f, names);
	f->during = move_here_after_the_page;
	fake_sync(f);
	assert_null(f->during);
	fake_sync(f);
	assert_string_equal(email_of(f, "old"), "new@x.example");
	assert_string_equal(fake_status(f, "new@x.example"), "subscribed");
	assert_string_equal(fake_status(f, "old@x.example"), "none");
	assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM bridge_parked"),
			 0);
}

/* b to c, and a to b, before the next look. */
static void moves_are_followed_in_their_order(void **state)
{
	static const char *const names[] = { "a", "b", NULL };
	struct bridge_fixture *f = *state;

	push_people(f, names);
	fake_rename(f, "b@x.example", "c@x.example");
	fake_rename(f, "a@x.example", "b@x.example");
	fake_sync(f);
	fake_run_all(f);
	fake_sync(f);
	assert_string_equal(email_of(f, "a"), "b@x.example");
	assert_string_equal(email_of(f, "b"), "c@x.example");
	assert_string_equal(fake_status(f, "b@x.example"), "subscribed");
	assert_string_equal(fake_status(f, "c@x.example"), "subscribed");
	assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM bridge_parked"),
			 0);
}

/* The contact moved there, or the person here, and somebody else signs up with
 * the old address: no business of ours. */
static void a_newcomer_at_an_old_address_stays(void **state)
{
	static const char *const names[] = { "a", "b", NULL };
	struct bridge_fixture *f = *state;

	push_people(f, names);
	fake_rename(f, "b@x.example", "c@x.example");
	fake_subscribe(f, "b@x.example", "subscribed", "Hosted Form");
	fake_patch(f, fake_number(f, "SELECT MIN(id) FROM person"),
		   "{\"email\":\"d@x.example\"}");
	fake_rename(f, "a@x.example", "d@x.example");
	fake_subscribe(f, "a@x.example", "subscribed", "Hosted Form");
	fake_run_all(f);
	fake_sync(f);
	fake_run_all(f);
	fake_sync(f);
	assert_string_equal(email_of(f, "b"), "c@x.example");
	assert_string_equal(email_of(f, "a"), "d@x.example");
	assert_string_equal(fake_status(f, "a@x.example"), "subscribed");
	assert_string_equal(fake_status(f, "b@x.example"), "subscribed");
	assert_string_equal(fake_status(f, "c@x.example"), "subscribed");
	assert_string_equal(fake_status(f, "d@x.example"), "subscribed");
}

/* a to x, over there; the bridge gives a to somebody else before it has seen
 * that. */
static void who_had_an_address_before_us_is_followed(void **state)
{
	static const char *const names[] = { "a", "b", NULL };
	struct bridge_fixture *f = *state;

	push_people(f, names);
	fake_rename(f, "a@x.example", "x@x.example");
	fake_patch(f, fake_number(f, "SELECT MAX(id) FROM person"),
		   "{\"email\":\"a@x.example\"}");
	fake_run_all(f);
	assert_string_equal(fake_status(f, "b@x.example"), "none");
	assert_string_equal(fake_status(f, "a@x.example"), "subscribed");
	fake_sync(f);
	assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM bridge_parked"
					" WHERE error LIKE '%x@x.example%'"
					" AND error LIKE '%several people%'"),
			 2);
	assert_string_equal(fake_status(f, "x@x.example"), "subscribed");
}

/* One 404 is no proof that a contact is gone: it may have another address. */
static void who_is_not_found_is_followed(void **state)
{
	static const char *const names[] = { "a", NULL };
	struct bridge_fixture *f = *state;

	push_people(f, names);
	fake_exec(f, "UPDATE bridge_member SET status = 0, contact_id = NULL,"
		     " strayed_contact_id = contact_id,"
		     " strayed_added_ms = added_ms");
	fake_rename(f, "a@x.example", "x@x.example");
	fake_sync(f);
	assert_string_equal(email_of(f, "a"), "x@x.example");
	assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM bridge_member"
					" WHERE added_ms IS NOT NULL"
					" AND status = 1"),
			 1);
}

static void erase_first(struct bridge_fixture *f)
{
	fake_erase(f, fake_number(f, "SELECT MIN(id) FROM person"));
	fake_run_all(f);
	fake_sync(f);
	fake_run_all(f);
}

/* They are asked about, or have no address any more, and are erased then. */
static void who_moved_there_is_erased_with_their_person(void **state)
{
	static const char *const names[] = { "a", NULL };
	static const char *const here[] = { "{\"email\":\"b@x.example\"}",
					    "{\"emails\":[]}" };
	struct bridge_fixture *f = *state;

	for (int i = 0; i < 2; i++) {
		bridge_fixture_renew(f);
		push_people(f, names);
		fake_rename(f, "a@x.example", "x@x.example");
		fake_patch(f, fake_number(f, "SELECT MIN(id) FROM person"),
			   here[i]);
		fake_sync(f);
		fake_run_all(f);
		fake_sync(f);
		erase_first(f);
		assert_string_equal(fake_status(f, "x@x.example"), "none");
	}
}

/* A no of whoever has the new address, carried out before the move is seen. */
static void who_is_moved_to_who_says_no_has_not_said_it(void **state)
{
	static const char *const names[] = { "a", NULL };
	struct bridge_fixture *f = *state;
	int64_t other;

	push_people(f, names);
	other = fake_person(f, "b@x.example").id;
	fake_rename(f, "a@x.example", "b@x.example");
	fake_patch(f, other, "{\"opted_out\":true,\"reason\":\"phoned\"}");
	fake_run_all(f);
	assert_string_equal(fake_status(f, "b@x.example"), "unsubscribed");
	fake_sync(f);
	fake_run_all(f);
	assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM person WHERE"
					" opted_out = 1"),
			 1);
}

/* The member of who says no here gets an address that is another's, or was
 * until just now. */
static void whose_address_they_get_has_not_said_no(void **state)
{
	struct bridge_fixture *f = *state;

	for (int has_left = 0; has_left < 2; has_left++) {
		static const char *const both[] = { "a", "b", NULL };
		static const char *const one[] = { "b", NULL };

		bridge_fixture_renew(f);
		push_people(f, has_left ? both : one);
		if (!has_left)
			fake_person(f, "a@x.example");
		fake_patch(f,
			   fake_number(f, "SELECT record_id FROM email WHERE"
					  " folded = 'b@x.example'"),
			   "{\"opted_out\":true,\"reason\":\"phoned\"}");
		fake_run_all(f);
		assert_string_equal(fake_status(f, "b@x.example"),
				    "unsubscribed");
		if (has_left)
			fake_rename(f, "a@x.example", "c@x.example");
		fake_rename(f, "b@x.example", "a@x.example");
		fake_sync(f);
		fake_run_all(f);
		fake_sync(f);
		assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM person"
						" WHERE opted_out = 1"),
				 1);
		if (has_left)
			assert_string_equal(fake_status(f, "c@x.example"),
					    "subscribed");
	}
}

/* No webhook came, and no look found them between the two. */
static void who_left_and_was_archived_is_heard(void **state)
{
	static const char *const names[] = { "a", NULL };
	struct bridge_fixture *f = *state;

	push_people(f, names);
	fake_set_status(f, "a@x.example", "archived");
	fake_sync(f);
	assert_false(somebody_is_out(f));
	bridge_fixture_renew(f);
	push_people(f, names);
	fake_set_status(f, "a@x.example", "unsubscribed");
	fake_set_status(f, "a@x.example", "archived");
	fake_sync(f);
	assert_true(somebody_is_out(f));
}

/* A page told that they left, and they are gone before a sync brings it over.
 */
static void who_left_and_is_gone_is_heard(void **state)
{
	static const char *const names[] = { "a", NULL };
	struct bridge_fixture *f = *state;

	push_people(f, names);
	fake_exec(f, "UPDATE bridge_member SET status = 2");
	fake_delete_permanently(f, "a@x.example");
	fake_hook(f, "unsubscribe",
		  "\"data[email]\":\"a@x.example\",\"data[action]\":\"delete\","
		  "\"data[reason]\":\"manual\"",
		  NULL);
	assert_true(somebody_is_out(f));
}

#define TEST(name)                                                 \
	cmocka_unit_test_setup_teardown(name, bridge_fixture_open, \
					bridge_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_changed_address_goes_to_its_person_or_a_user),
		TEST(an_old_page_takes_back_no_move),
		TEST(moves_are_followed_in_their_order),
		TEST(a_newcomer_at_an_old_address_stays),
		TEST(who_had_an_address_before_us_is_followed),
		TEST(who_is_not_found_is_followed),
		TEST(who_moved_there_is_erased_with_their_person),
		TEST(who_is_moved_to_who_says_no_has_not_said_it),
		TEST(whose_address_they_get_has_not_said_no),
		TEST(who_left_and_was_archived_is_heard),
		TEST(who_left_and_is_gone_is_heard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
