/*
 * A whole sync, push and reading of fields, with a fault at each of their
 * requests and statements in turn: mirror.c, moved.c, reconcile.c, plan.c,
 * push_tag.c, field_map.c, bridge_field.c.
 */
#include "bridge/bridge_fixture.h"

#include "base/clock.h"
#include "base/err.h"
#include "bridge/bridge_field.h"
#include "crm/group/group.h"

#include "sql/bridge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define PEOPLE 7
#define REQUESTS_MOST 40

static void rename_group(struct bridge_fixture *f, int64_t id, const char *name)
{
	CLEANUP(json_free) json_t *tree = NULL;
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	struct group_input input = { NULL };
	struct err err = ERR_INIT;

	strbuf_addf(&body, "{\"name\":\"%s\"}", name);
	assert_int_equal(json_parse(strbuf_str(&body), &tree, &err), 0);
	assert_int_equal(group_input_parse(tree, &input, &err), 0);
	assert_int_equal(group_update(f->db, id, &input, 2, &err), 0);
}

/* Person n has the nth letter @x.example: pushed, and then all that can happen
 * on both sides, once. Their jobs are lost. */
static void make_history(struct bridge_fixture *f)
{
	struct err err = ERR_INIT;
	int64_t ids[PEOPLE], group;

	bridge_fixture_renew(f);
	for (int i = 0; i < PEOPLE; i++) {
		char address[20];

		snprintf(address, sizeof(address), "%c@x.example", 'a' + i);
		ids[i] = fake_person(f, address).id;
	}
	group = fake_group(f, "G");
	assert_int_equal(fake_push(f, group, &err), 0);
	fake_set_status(f, "b@x.example", "unsubscribed");
	fake_set_status(f, "c@x.example", "cleaned");
	fake_rename(f, "d@x.example", "d2@x.example");
	fake_patch(f, ids[4], "{\"opted_out\":true,\"reason\":\"by phone\"}");
	fake_patch(f, ids[5], "{\"emails\":[]}");
	fake_set_status(f, "g@x.example", "unsubscribed");
	fake_patch(f, ids[6], "{\"email\":\"g2@x.example\"}");
	rename_group(f, group, "H");
}

static int64_t is_out(struct bridge_fixture *f, int person)
{
	char sql[80];

	snprintf(sql, sizeof(sql), "SELECT opted_out FROM person WHERE id = %d",
		 person);
	return fake_number(f, sql);
}

static void is_settled(struct bridge_fixture *f)
{
	assert_int_equal(fake_wrong(f), 0);
	assert_string_equal(fake_status(f, "a@x.example"), "subscribed");
	assert_int_equal(is_out(f, 2), 1);
	assert_int_equal(fake_number(f, "SELECT MAX(held) FROM email WHERE "
					"record_id = 3") > 0,
			 1);
	assert_string_equal(
		fake_text(f, "SELECT folded FROM email WHERE record_id = 4 AND "
			     "ended_ms IS NULL"),
		"d2@x.example");
	assert_string_equal(fake_status(f, "e@x.example"), "unsubscribed");
	assert_string_equal(fake_status(f, "f@x.example"), "archived");
	assert_int_equal(is_out(f, 7), 1);
	/* said once each, of nobody else */
	assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM consent"), 3);
	assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM person WHERE "
					"opted_out = 1"),
			 3);
}

static void has_one_tag(struct bridge_fixture *f)
{
	assert_int_equal(json_array_size(f->segments), 1);
	assert_string_equal(json_string_value(json_object_get(
				    json_array_get(f->segments, 0), "name")),
			    "H");
	assert_int_equal(json_array_size(json_object_get(
				 fake_member(f, "d2@x.example"), "tags")),
			 1);
}

/* The rest of a history after a try that failed, or did not. */
static void go_on(struct bridge_fixture *f)
{
	struct err err = ERR_INIT;

	f->fault_at = 0;
	fake_run_all(f);
	fake_sync(f);
	fake_run_all(f);
	assert_int_equal(fake_push(f, 1, &err), 0);
	fake_run_all(f);
	is_settled(f);
	has_one_tag(f);
}

static const struct {
	const char *kind, *payload;
} jobs[] = {
	{ "sync", "{\"full\":true}" },
	{ "sync", "{\"full\":false}" },
	{ "push", "{\"group_id\":1,\"dry_run\":false}" },
};

/* Each kind of fault in turn: all of them at each request take minutes. */
static enum fault nth_fault(int n)
{
	return (enum fault)(FAULT_503 + n % (FAULTS - FAULT_503));
}

static void lost_requests_change_no_end(void **state)
{
	struct bridge_fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(jobs); i++) {
		bool more = true;

		for (int n = 1; more && n < REQUESTS_MOST;
		     n += store_fixture_stride()) {
			struct err err = ERR_INIT;
			int64_t job;

			make_history(f);
			job = fake_add_job(f, jobs[i].kind, jobs[i].payload);
			f->fault_at = n;
			f->fault = nth_fault(n + (int)i);
			(void)fake_run_once(f, job, &err);
			more = f->fault_at == 0;
			go_on(f);
		}
		assert_false(more);
	}
}

static void failing_statements_change_no_end(void **state)
{
	struct bridge_fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(jobs); i += 2) {
		int n = 1, ret;

		do {
			struct err err = ERR_INIT;
			int64_t job;

			make_history(f);
			job = fake_add_job(f, jobs[i].kind, jobs[i].payload);
			f->statement_at = n;
			ret = fake_run_once(f, job, &err);
			go_on(f);
			n += store_fixture_stride();
		} while (ret < 0);
		assert_true(n > 20);
	}
}

/* --- who archived them --- */

static void only_an_administrators_archive_is_for_ever(void **state)
{
	struct bridge_fixture *f = *state;

	for (int theirs = 0; theirs < 2; theirs++) {
		struct err err = ERR_INIT;
		int64_t a, b;

		bridge_fixture_renew(f);
		a = fake_person(f, "a@x.example").id;
		b = fake_person(f, "b@x.example").id;
		assert_int_equal(fake_push(f, fake_group(f, "G"), &err), 0);
		if (theirs)
			fake_set_status(f, "b@x.example", "archived");
		fake_merge(f, a, b);
		fake_run_all(f);
		fake_sync(f);
		assert_string_equal(fake_status(f, "b@x.example"), "archived");
		fake_patch(f, a,
			   "{\"emails\":[{\"address\":\"a@x.example\"}]}");
		fake_person(f, "b@x.example");
		assert_int_equal(fake_push(f, 1, &err), 0);
		assert_string_equal(fake_status(f, "b@x.example"),
				    theirs ? "archived" : "subscribed");
	}
}

static void put_archived(struct bridge_fixture *f, const char *hash,
			 int64_t archived_ms)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_true(db_exec(&tx, SQL_BRIDGE_MEMBER_ARCHIVE,
			    SQL_ARGS(sql_text(hash), sql_int(1),
				     sql_int(archived_ms)),
			    &err) >= 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
}

/* A page that is older than the archive is stored after it: that one is ours
 * still, also under another address; not one of much later. */
static void an_old_page_takes_back_no_archive(void **state)
{
	static const struct {
		const char *first, *then;
		const char *address; /* then */
		int64_t ago_ms;      /* the archive of ours */
		bool ours;
	} cases[] = {
		{ "subscribed", "archived", "a@x.example", 0, true },
		{ "pending", "archived", "a@x.example", 0, true },
		{ "archived", "archived", "a@x.example", 0, true },
		{ "archived", "archived", "b@x.example", 0, true },
		{ "subscribed", "archived", "b@x.example", 0, true },
		{ "subscribed", "archived", "a@x.example", MS_DAY, false },
		{ "subscribed", "unsubscribed", "a@x.example", 0, false },
		{ "unsubscribed", "archived", "a@x.example", 0, false },
	};
	struct bridge_fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct err err = ERR_INIT;
		int64_t ours;

		bridge_fixture_renew(f);
		fake_person(f, "a@x.example");
		assert_int_equal(fake_push(f, fake_group(f, "G"), &err), 0);
		put_archived(
			f, fake_text(f, "SELECT email_hash FROM bridge_member"),
			clock_now_ms() - cases[i].ago_ms);
		fake_set_status(f, "a@x.example", cases[i].first);
		fake_sync(f);
		if (strcmp(cases[i].address, "a@x.example") != 0)
			fake_rename(f, "a@x.example", cases[i].address);
		fake_set_status(f, cases[i].address, cases[i].then);
		fake_sync(f);
		ours = fake_number(f, "SELECT COUNT(*) FROM bridge_member "
				      "WHERE added_ms IS NOT NULL");
		if (ours != cases[i].ours)
			fail_msg("case %zu: %d", i, (int)ours);
	}
}

/* --- fields --- */

static void map_field(struct bridge_fixture *f)
{
	static const struct bridge_field fields[] = {
		{ .merge_tag = "FNAME", .person_field = "first_name" },
		{ .merge_tag = "CITY", .person_field = "city" },
		{ .merge_tag = "TITLE", .person_field = "title" },
	};
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_int_equal(
		bridge_field_put(&tx, fields, ARRAY_SIZE(fields), &err), 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
}

/* Whatever fails: each missing field is made once. */
static void fields_are_made_once(void **state)
{
	struct bridge_fixture *f = *state;
	bool more = true;
	int ret, n;

	for (n = 1; more && n < REQUESTS_MOST; n++) {
		for (int k = FAULT_503; more && k < FAULTS; k++) {
			struct err err = ERR_INIT;

			bridge_fixture_renew(f);
			map_field(f);
			f->fault_at = n;
			f->fault = (enum fault)k;
			assert_int_equal(
				fake_run(f,
					 fake_add_job(f, "bridge-fields",
						      "{\"create\":true}"),
					 &err),
				0);
			more = f->fault_at == 0;
			assert_int_equal(json_array_size(f->merge_fields), 4);
		}
	}
	assert_false(more);
	n = 0;
	do {
		struct err err = ERR_INIT;
		int64_t job;

		bridge_fixture_renew(f);
		map_field(f);
		job = fake_add_job(f, "bridge-fields", "{\"create\":true}");
		f->statement_at = ++n;
		ret = fake_run_once(f, job, &err);
		assert_int_equal(fake_run(f, job, &err), 0);
		assert_int_equal(json_array_size(f->merge_fields), 4);
	} while (ret < 0);
	assert_true(n > 3);
}

/* Their people are gone, and so are the jobs that would tell. */
static void end_addresses(struct bridge_fixture *f)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_true(db_exec_text(&tx, "UPDATE email SET ended_ms = 1",
				 SQL_NO_ARGS, &err) > 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
}

/* People whom the audience refused, deleted: there is nobody to remove. */
static void who_was_never_a_member_is_no_removal(void **state)
{
	struct bridge_fixture *f = *state;

	for (int real = 0; real <= 60; real += 60) {
		struct err err = ERR_INIT;

		bridge_fixture_renew(f);
		f->refusal = "looks fake or invalid";
		for (int i = 0; i < 60 + real; i++) {
			char address[40];

			snprintf(address, sizeof(address), "%s%d@x.example",
				 i < 60 ? "refused" : "p", i);
			fake_person(f, address);
		}
		assert_int_equal(fake_push(f, fake_group(f, "G"), &err), 0);
		f->refusal = NULL;
		end_addresses(f);
		assert_int_equal(
			fake_run(f, fake_add_job(f, "sync", "{}"), &err),
			real ? RECONCILE_ASKS : 0);
		assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM "
						"bridge_journal WHERE kind = "
						"'archive'"),
				 0);
	}
}

#define TEST(name)                                                 \
	cmocka_unit_test_setup_teardown(name, bridge_fixture_open, \
					bridge_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(lost_requests_change_no_end),
		TEST(who_was_never_a_member_is_no_removal),
		TEST(failing_statements_change_no_end),
		TEST(only_an_administrators_archive_is_for_ever),
		TEST(an_old_page_takes_back_no_archive),
		TEST(fields_are_made_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
