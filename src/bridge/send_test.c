#include "bridge/bridge_fixture.h"

#include "base/err.h"
#include "bridge/bridge_private.h"
#include "bridge/push/overtaken.h"
#include "crm/campaign_record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* Whatever is lost: one campaign, sent once. */
static void faults_make_no_second_campaign(void **state)
{
	struct bridge_fixture *f = *state;

	for (int fault = FAULT_503; fault < FAULTS; fault++) {
		for (int n = 1 + store_fixture_offset(fault); n < 24;
		     n += store_fixture_stride()) {
			struct err err = ERR_INIT;
			int64_t job;

			bridge_fixture_renew(f);
			fake_campaign(f);
			job = fake_add_job(f, "campaign-send",
					   "{\"campaign_id\":1}");
			f->fault_at = n;
			f->fault = (enum fault)fault;
			assert_int_equal(fake_run(f, job, &err), 0);
			assert_int_equal(json_array_size(f->campaigns), 1);
			assert_int_equal(f->sends, 1);
			assert_int_equal(f->creates, 1);
		}
	}
}

/* begin makes a campaign, which is sent, whichever statement fails. */
static void is_sent_once_whatever_fails(struct bridge_fixture *f,
					void (*begin)(struct bridge_fixture *f))
{
	int n;

	for (n = 1;; n += store_fixture_stride()) {
		struct err err = ERR_INIT;
		int64_t job;
		int ret;

		begin(f);
		job = fake_add_job(f, "campaign-send", "{\"campaign_id\":1}");
		f->statement_at = n;
		ret = fake_run_once(f, job, &err);
		if (ret < 0)
			assert_int_equal(fake_run(f, job, &err), 0);
		assert_int_equal(json_array_size(f->campaigns), 1);
		assert_int_equal(f->sends, 1);
		if (ret == 0)
			break;
	}
	assert_true(n > 10);
}

static void begin_new(struct bridge_fixture *f)
{
	bridge_fixture_renew(f);
	fake_campaign(f);
}

static void failing_statements_make_no_second_campaign(void **state)
{
	is_sent_once_whatever_fails(*state, begin_new);
}

/* Nobody can look whether a test was sent: at most one is. */
static void a_test_is_never_sent_twice(void **state)
{
	struct bridge_fixture *f = *state;

	for (int fault = FAULT_503; fault < FAULTS; fault++) {
		for (int n = 1 + store_fixture_offset(fault); n < 8;
		     n += store_fixture_stride()) {
			struct err err = ERR_INIT;
			int64_t job;
			int ret;

			bridge_fixture_renew(f);
			fake_campaign(f);
			job = fake_add_job(f, "campaign-test",
					   "{\"campaign_id\":1,\"to\":[\"me@x."
					   "example\"]}");
			f->fault_at = n;
			f->fault = (enum fault)fault;
			ret = fake_run(f, job, &err);
			assert_true(f->tests <= 1);
			assert_int_equal(json_array_size(f->campaigns), 1);
			if (ret < 0) {
				assert_int_equal(err.code, ERR_CONFLICT);
				assert_non_null(strstr(err.text, "may have"));
				assert_int_equal(fake_run_once(f, job, &err),
						 -1);
				assert_true(f->tests <= 1);
			} else {
				assert_int_equal(f->tests, 1);
			}
		}
	}
}

/* Both write the draft over there: a test that came between would send to the
 * whole audience. */
static void a_test_and_a_send_do_not_meet(void **state)
{
	struct bridge_fixture *f = *state;
	struct err err = ERR_INIT;
	int64_t test, send;

	bridge_fixture_renew(f);
	fake_campaign(f);
	test = fake_add_job(f, "campaign-test",
			    "{\"campaign_id\":1,\"to\":[\"me@x.example\"]}");
	send = fake_add_job(f, "campaign-send", "{\"campaign_id\":1}");
	store_fixture_exec(f->db, "UPDATE job SET state = 2"
				  " WHERE kind = 'campaign-test'");
	assert_true(fake_run_once(f, send, &err) > 0); /* later */
	assert_int_equal(f->sends, 0);
	store_fixture_exec(f->db, "UPDATE job SET state = 1"
				  " WHERE kind = 'campaign-test'");
	store_fixture_exec(f->db, "UPDATE job SET state = 2,"
				  " single_key = 'campaign-send:1'"
				  " WHERE kind = 'campaign-send'");
	assert_int_equal(fake_run_once(f, test, &err), -1);
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_int_equal(f->tests, 0);
	store_fixture_exec(f->db, "UPDATE job SET state = 1"
				  " WHERE kind = 'campaign-send'");
	err = (struct err)ERR_INIT;
	assert_int_equal(fake_run(f, send, &err), 0);
	assert_int_equal(f->sends, 1);
}

/* --- deleted over there --- */

static int64_t add_test(struct bridge_fixture *f)
{
	return fake_add_job(f, "campaign-test",
			    "{\"campaign_id\":1,\"to\":[\"me@x.example\"]}");
}

/* A draft that was tested, and deleted over there. */
static void begin_deleted(struct bridge_fixture *f)
{
	struct err err = ERR_INIT;

	bridge_fixture_renew(f);
	fake_campaign(f);
	assert_int_equal(fake_run(f, add_test(f), &err), 0);
	assert_int_equal(json_array_size(f->campaigns), 1);
	assert_int_equal(json_array_clear(f->campaigns), 0);
}

static void a_draft_that_was_deleted_is_made_anew(void **state)
{
	struct bridge_fixture *f = *state;
	struct err err = ERR_INIT;

	begin_deleted(f);
	assert_int_equal(fake_run(f, add_test(f), &err), 0);
	assert_int_equal(f->tests, 2);
	assert_int_equal(json_array_size(f->campaigns), 1);
	for (int status = CRM_CAMPAIGN_DRAFT; status <= CRM_CAMPAIGN_SCHEDULED;
	     status++) {
		int64_t job;

		begin_deleted(f);
		store_fixture_exec(f->db, status == CRM_CAMPAIGN_DRAFT
						  ? "SELECT 1"
						  : "UPDATE campaign SET "
						    "status = 2");
		job = fake_add_job(f, "campaign-send", "{\"campaign_id\":1}");
		assert_int_equal(fake_run(f, job, &err), 0);
		assert_int_equal(f->sends, 1);
		assert_int_equal(json_array_size(f->campaigns), 1);
	}
}

static void failing_statements_make_it_anew_once(void **state)
{
	is_sent_once_whatever_fails(*state, begin_deleted);
}

/* --- who must not get it --- */

#define OUT "{\"opted_out\":true,\"reason\":\"by phone\"}"
#define HELD "{\"emails\":[{\"address\":\"a@x.example\",\"held\":true}]}"
#define MOVED "{\"email\":\"z@x.example\"}"
#define NO_ADDRESS "{\"emails\":[]}"

static const char *const changes[] = { OUT, HELD, MOVED, NO_ADDRESS };

static int countdown; /* requests until somebody changes; 0: none */
static const char *change;
static json_t *at_send; /* the members when it goes out */

static void change_and_look(struct bridge_fixture *f,
			    const struct mc_request *rq, bool done)
{
	if (!done && strstr(rq->path, "/actions/send")) {
		json_free(&at_send);
		at_send = json_deep_copy(f->members);
		countdown = 0; /* too late */
	}
	if (done && countdown > 0 && --countdown == 0)
		fake_patch(f, 1, change);
}

/* Two of a group that was pushed, and a campaign to it. */
static int64_t pushed_campaign(struct bridge_fixture *f)
{
	struct err err = ERR_INIT;

	bridge_fixture_renew(f);
	fake_campaign(f);
	fake_person(f, "b@x.example");
	assert_int_equal(fake_push(f, 1, &err), 0);
	assert_int_equal(fake_mailed_wrongly(f, 1), 0);
	countdown = 0;
	f->during = change_and_look;
	return fake_add_job(f, "campaign-send", "{\"campaign_id\":1}");
}

static void is_sent_to_the_other(struct bridge_fixture *f)
{
	json_t *now = f->members;

	assert_int_equal(f->sends, 1);
	f->members = at_send;
	assert_int_equal(fake_mailed_wrongly(f, 1), 0);
	f->members = now;
	json_free(&at_send);
	assert_int_equal(
		fake_number(f, "SELECT COUNT(*) FROM campaign_recipient WHERE "
			       "person_id = 2 AND state = 1"),
		1);
	assert_int_equal(
		fake_number(f, "SELECT COUNT(*) FROM campaign_recipient r "
			       "JOIN email e ON e.id = r.email_id WHERE "
			       "r.state = 1 AND e.folded = 'a@x.example'"),
		0);
}

/* Their own jobs have not run, and whatever fails. */
static void who_is_left_out_is_not_reached(void **state)
{
	struct bridge_fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		for (int n = (int)i; n < 24; n += 3) {
			struct err err = ERR_INIT;
			int64_t job = pushed_campaign(f);

			fake_patch(f, 1, changes[i]);
			f->fault_at = n;
			f->fault = (enum fault)(FAULT_503 +
						n % (FAULTS - FAULT_503));
			assert_int_equal(fake_run(f, job, &err), 0);
			is_sent_to_the_other(f);
		}
	}
}

/* At each moment before it goes out. */
static void who_changes_meanwhile_is_not_reached(void **state)
{
	struct bridge_fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		bool more = true;

		for (int n = 1; more; n++) {
			struct err err = ERR_INIT;
			int64_t job = pushed_campaign(f);

			change = changes[i];
			countdown = n;
			assert_int_equal(fake_run(f, job, &err), 0);
			more = fake_number(f,
					   "SELECT COUNT(*) FROM person p "
					   "JOIN email e ON e.id = "
					   "p.email_id WHERE p.id = 1 AND "
					   "p.opted_out = 0 AND e.held = 0 "
					   "AND e.folded = 'a@x.example'") == 0;
			if (more)
				is_sent_to_the_other(f);
			assert_true(more || n > 8);
		}
	}
}

static void overtaken(struct bridge_fixture *f, struct ids *out)
{
	struct err err = ERR_INIT;

	struct work w = { .db = f->db };

	fake_must(push_overtaken(&w, 1, out, &err), &err);
}

#define COMPANY_OUT(id)                                           \
	"INSERT INTO company (id, name, name_folded, opted_out, " \
	"created_ms, updated_ms) VALUES (" id ", 'C', 'c', 1, 1, 1)"

/* Why somebody gets no mail by now; with the other one who has the address. */
static const struct {
	bool has_other; /* person 3 has it, too */
	const char *sqls[2];
} reasons[] = {
	{ false, { "UPDATE person SET opted_out = 1 WHERE id = 1" } },
	{ false, { "UPDATE person SET email_id = NULL WHERE id = 1" } },
	{ false, { "UPDATE email SET held = 1 WHERE record_id = 1" } },
	{ false,
	  { COMPANY_OUT("8"),
	    "UPDATE person SET company_id = 8 WHERE id = 1" } },
	{ false,
	  { "INSERT INTO unclear_opt_out (import_id, hash, address, "
	    "row_number, at_ms) SELECT 1, hash, folded, 1, 1 FROM email WHERE "
	    "record_id = 1" } },
	{ true, { "UPDATE person SET opted_out = 1 WHERE id = 3" } },
	{ true, { "UPDATE email SET held = 1 WHERE record_id = 3" } },
	{ true,
	  { COMPANY_OUT("9"),
	    "UPDATE person SET company_id = 9 WHERE id = 3" } },
	/* the last one: what renews the fixture leaves it */
	{ false,
	  { "INSERT INTO demo_row (kind, n, record_id) VALUES ('person', 1, "
	    "1)" } },
};

static void the_last_look_finds_each_reason(void **state)
{
	struct bridge_fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++) {
		CLEANUP(vec_release) struct ids found = VEC_INIT;

		(void)pushed_campaign(f);
		f->during = NULL;
		if (reasons[i].has_other)
			(void)fake_person(f, "a@x.example");
		overtaken(f, &found);
		assert_int_equal(found.n, 0);
		for (size_t k = 0; k < 2 && reasons[i].sqls[k]; k++)
			fake_exec(f, reasons[i].sqls[k]);
		overtaken(f, &found);
		if (found.n != 1 || found.v[0] != 1)
			fail_msg("%zu: %zu found", i, found.n);
	}
}

/* Each statement, with one of the changes. */
static void failing_statements_reach_nobody_left_out(void **state)
{
	struct bridge_fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		int ret, n = (int)i + 1;

		do {
			struct err err = ERR_INIT;
			int64_t job = pushed_campaign(f);

			fake_patch(f, 1, changes[i]);
			f->statement_at = n;
			n += (int)ARRAY_SIZE(changes) * store_fixture_stride();
			ret = fake_run_once(f, job, &err);
			if (ret < 0)
				assert_int_equal(fake_run(f, job, &err), 0);
			is_sent_to_the_other(f);
		} while (ret < 0);
		assert_true(n > 10);
	}
}

/* Nobody is mailed as long as the audience keeps somebody in the tag. */
static void a_tag_that_stays_stops_the_campaign(void **state)
{
	struct bridge_fixture *f = *state;
	struct err err = ERR_INIT;
	int64_t job = pushed_campaign(f);

	fake_patch(f, 1, HELD);
	f->poison = "members_to_remove\":[\"a@x.example";
	assert_int_equal(fake_run(f, job, &err), -1);
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_int_equal(f->sends, 0);
	assert_int_equal(fake_number(f, "SELECT status FROM campaign"),
			 CRM_CAMPAIGN_DRAFT);
	assert_non_null(strstr(fake_text(f, "SELECT error FROM bridge_parked"),
			       "poisoned"));
	f->poison = NULL;
	err = (struct err)ERR_INIT;
	job = fake_add_job(f, "campaign-send", "{\"campaign_id\":1}");
	assert_int_equal(fake_run(f, job, &err), 0);
	is_sent_to_the_other(f);
}

/* --- what became of it --- */

/* The audience mails whom it likes: what it says it sent was sent. */
static void a_message_that_was_sent_is_not_hidden(void **state)
{
	static const char *const statuses[] = { "sent", "hard" };
	struct bridge_fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(statuses); i++) {
		int64_t job = pushed_campaign(f);
		struct err err = ERR_INIT;

		fake_patch(f, 1, HELD);
		assert_int_equal(fake_run(f, job, &err), 0);
		fake_say(json_array_get(f->campaigns, 0), "status", "sent");
		fake_say(fake_reported(f, "sent_to", "a@x.example"), "status",
			 statuses[i]);
		fake_say(fake_reported(f, "sent_to", "b@x.example"), "status",
			 "sent");
		fake_sync(f);
		assert_int_equal(
			fake_number(f, "SELECT state FROM campaign_recipient "
				       "WHERE person_id = 1"),
			i == 0 ? 2 : 4);
		if (i == 0)
			assert_non_null(
				strstr(fake_text(f, "SELECT detail FROM "
						    "campaign_recipient WHERE "
						    "person_id = 1"),
				       "held"));
	}
}

#define TEST(name)                                                 \
	cmocka_unit_test_setup_teardown(name, bridge_fixture_open, \
					bridge_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(faults_make_no_second_campaign),
		TEST(failing_statements_make_no_second_campaign),
		TEST(a_test_is_never_sent_twice),
		TEST(a_test_and_a_send_do_not_meet),
		TEST(a_draft_that_was_deleted_is_made_anew),
		TEST(failing_statements_make_it_anew_once),
		TEST(who_is_left_out_is_not_reached),
		TEST(who_changes_meanwhile_is_not_reached),
		TEST(the_last_look_finds_each_reason),
		TEST(failing_statements_reach_nobody_left_out),
		TEST(a_tag_that_stays_stops_the_campaign),
		TEST(a_message_that_was_sent_is_not_hidden),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
