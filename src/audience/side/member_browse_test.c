#include "audience/side/member_browse.h"

#include "audience/audience_fixture.h"
#include "audience/interest/interest.h"
#include "base/arena.h"
#include "base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static int64_t add(struct audience_fixture *f, const char *name,
		   const char *status, const char *tags)
{
	char body[512];
	struct err err = ERR_INIT;
	struct member member;

	(void)snprintf(body, sizeof(body),
		       "{\"email_address\":\"%s@example.org\",\"status\":\"%s\""
		       ",\"merge_fields\":{\"FNAME\":\"%s\"},\"tags\":[%s]}",
		       name, status, name, tags);
	if (audience_fixture_apply(f, MEMBER_POST, NULL, body, FIXTURE_NOW,
				   &member, &err) < 0)
		fail_msg("%s", err.text);
	return member.id;
}

/* "3,1 of 2": the page, and how many fit. */
static void expect(struct audience_fixture *f, struct member_choice choice,
		   struct member_page page, const char *wanted)
{
	CLEANUP(member_found_release) struct member_found found = { 0 };
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct err err = ERR_INIT;

	choice.list_id = f->list.id;
	if (!page.count)
		page.count = 10;
	if (member_browse(f->db, &choice, &page, FIXTURE_NOW, f->arena, &found,
			  &err) < 0)
		fail_msg("%s", err.text);
	vec_each (&found.ids, id)
		strbuf_addf(&text, "%s%lld", text.len ? "," : "",
			    (long long)*id);
	strbuf_addf(&text, " of %lld%s", (long long)found.total,
		    found.has_more ? ", and more" : "");
	assert_string_equal(text.buf, wanted);
}

#define ANY ((struct member_choice){ .text = NULL })
#define ALL ((struct member_page){ .is_down = true })

static void add_four(struct audience_fixture *f)
{
	(void)add(f, "ann", "subscribed", "\"x\"");
	(void)add(f, "bea", "unsubscribed", "\"x\"");
	(void)add(f, "anna", "pending", "");
	(void)add(f, "carl", "subscribed", "\"x\"");
}

static void goes_page_by_page_in_both_orders(void **state)
{
	struct audience_fixture *f = *state;

	add_four(f);
	expect(f, ANY, ALL, "4,3,2,1 of 4");
	expect(f, ANY, (struct member_page){ .count = 3, .is_down = true },
	       "4,3,2 of 4, and more");
	expect(f, ANY,
	       (struct member_page){
		       .count = 3, .after.id = 2, .is_down = true },
	       "1 of 4");
	expect(f, ANY, (struct member_page){ .count = 2, .after.id = 1 },
	       "2,3 of 4, and more");
	expect(f, ANY, (struct member_page){ .count = 0 }, "1,2,3,4 of 4");
}

/* More than are read whole, so that the index is walked. */
#define MANY 2500

/* Goes through all in pages: each is there once, in the order of `key`. */
static void walk(struct audience_fixture *f, struct member_page page,
		 const char *key, int64_t wanted)
{
	const struct member_choice choice = { .list_id = f->list.id };
	int64_t seen = 0, before = 0;
	bool more = true;

	page.count = 400;
	while (more) {
		CLEANUP(member_found_release) struct member_found found = { 0 };
		struct err err = ERR_INIT;

		if (member_browse(f->db, &choice, &page, FIXTURE_NOW, f->arena,
				  &found, &err) < 0)
			fail_msg("%s", err.text);
		vec_each (&found.ids, id) {
			char sql[128];
			int64_t at;

			(void)snprintf(sql, sizeof(sql),
				       "SELECT %s FROM member WHERE id = %lld",
				       key, (long long)*id);
			at = audience_fixture_int(f, sql);
			assert_true(seen == 0 ||
				    (page.is_down ? at < before : at > before));
			before = at;
			seen++;
		}
		more = found.has_more;
		page.after = found.last;
	}
	assert_int_equal(seen, wanted);
}

static void walk_all(struct audience_fixture *f, int64_t wanted)
{
	for (int down = 0; down < 2; down++) {
		walk(f,
		     (struct member_page){ .order = MEMBER_ORDER_EMAIL,
					   .is_down = down },
		     "CAST(SUBSTR(address, 2, 5) AS INTEGER)", wanted);
		walk(f,
		     (struct member_page){ .order = MEMBER_ORDER_CHANGED,
					   .is_down = down },
		     "changed_ms * 10000 + id", wanted);
	}
}

/* Addresses go against the ids, and times come in tens. */
static void add_members(struct audience_fixture *f, int64_t from, int64_t to)
{
	char sql[800];

	(void)snprintf(
		sql, sizeof(sql),
		"WITH RECURSIVE n (i) AS (SELECT %lld UNION ALL SELECT i + 1 "
		"FROM n WHERE i < %lld) INSERT INTO member (id, list_id, "
		"address, email_hash, unique_id, status, merge, signup_ms, "
		"opt_ms, changed_ms) SELECT i, %lld, "
		"'m' || CAST(19000 - i AS TEXT) || '@x.org', 'h' || i,"
		" 'u' || i, 1, '{}', 1, 1, (i * 7 %% 100) FROM n",
		(long long)from, (long long)to, (long long)f->list.id);
	store_fixture_exec(f->db, sql);
}

static void goes_by_address_and_change_however_many_they_are(void **state)
{
	struct audience_fixture *f = *state;

	add_members(f, 1, 30);
	walk_all(f, 30);
	add_members(f, 31, MANY);
	walk_all(f, MANY);
}

static void all_conditions_must_fit(void **state)
{
	struct audience_fixture *f = *state;
	int64_t tag;
	unsigned in = MEMBER_STATUS_BIT(MEMBER_SUBSCRIBED);

	add_four(f);
	tag = audience_fixture_int(f, "SELECT id FROM segment");
	expect(f, (struct member_choice){ .statuses = in }, ALL, "4,1 of 2");
	expect(f,
	       (struct member_choice){
		       .statuses = in | MEMBER_STATUS_BIT(MEMBER_PENDING) },
	       ALL, "4,3,1 of 3");
	expect(f, (struct member_choice){ .segment_id = tag }, ALL,
	       "4,2,1 of 3");
	expect(f, (struct member_choice){ .text = "An" }, ALL, "3,1 of 2");
	expect(f, (struct member_choice){ .text = " " }, ALL, "4,3,2,1 of 4");
	expect(f,
	       (struct member_choice){
		       .text = "an", .segment_id = tag, .statuses = in },
	       ALL, "1 of 1");
	expect(f, (struct member_choice){ .text = "bea", .statuses = in }, ALL,
	       " of 0");
}

static void chosen_interests_narrow_it(void **state)
{
	struct audience_fixture *f = *state;

	add_four(f);
	store_fixture_exec(
		f->db, "INSERT INTO member_interest (interest_id, member_id)"
		       " VALUES (7, 2)");
	expect(f, (struct member_choice){ .interest_id = 7 }, ALL, "2 of 1");
	expect(f, (struct member_choice){ .interest_id = 8 }, ALL, " of 0");
}

static void counts_each_status_of_what_fits_else(void **state)
{
	struct audience_fixture *f = *state;
	CLEANUP(member_found_release) struct member_found found = { 0 };
	const struct member_choice choice = {
		.list_id = f->list.id,
		.text = "an",
		.statuses = MEMBER_STATUS_BIT(MEMBER_CLEANED),
	};
	const struct member_page page = { .count = 10, .is_down = true };
	struct err err = ERR_INIT;

	add_four(f);
	assert_int_equal(member_browse(f->db, &choice, &page, FIXTURE_NOW,
				       f->arena, &found, &err),
			 0);
	assert_int_equal(found.total, 0);
	assert_int_equal(found.counts[MEMBER_SUBSCRIBED], 1);
	assert_int_equal(found.counts[MEMBER_PENDING], 1);
	assert_int_equal(found.counts[MEMBER_UNSUBSCRIBED], 0);
}

static void who_is_forgotten_is_in_none(void **state)
{
	struct audience_fixture *f = *state;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	const struct member_actor actor = { SOURCE_ADMIN, FIXTURE_NOW, NULL,
					    NULL };
	struct err err = ERR_INIT;

	add_four(f);
	expect(f, (struct member_choice){ .text = "an" }, ALL, "3,1 of 2");
	if (tx_begin(f->db, &tx, &err) < 0 ||
	    member_forget(&tx, &f->list, "anna@example.org", &actor, &err) <
		    0 ||
	    tx_commit(&tx, &err) < 0)
		fail_msg("%s", err.text);
	expect(f, (struct member_choice){ .text = "an" }, ALL, "1 of 1");
	expect(f, ANY, ALL, "4,2,1 of 3");
}

static void a_segment_of_another_list_is_not_there(void **state)
{
	struct audience_fixture *f = *state;
	CLEANUP(member_found_release) struct member_found found = { 0 };
	const struct member_choice choice = { .list_id = f->list.id,
					      .segment_id = 99 };
	const struct member_page page = { .count = 10, .is_down = true };
	struct err err = ERR_INIT;

	assert_int_equal(member_browse(f->db, &choice, &page, FIXTURE_NOW,
				       f->arena, &found, &err),
			 -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
}

#define TEST(fn)                                                     \
	cmocka_unit_test_setup_teardown(fn, audience_fixture_set_up, \
					audience_fixture_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(goes_page_by_page_in_both_orders),
		TEST(goes_by_address_and_change_however_many_they_are),
		TEST(all_conditions_must_fit),
		TEST(chosen_interests_narrow_it),
		TEST(counts_each_status_of_what_fits_else),
		TEST(who_is_forgotten_is_in_none),
		TEST(a_segment_of_another_list_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
