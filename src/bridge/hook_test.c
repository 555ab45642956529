#include "bridge/bridge_fixture.h"

#include "base/clock.h"
#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define DATA(action, reason)                                         \
	"\"data[email]\":\"a@x.example\",\"data[action]\":\"" action \
	"\",\"data[reason]\":\"" reason "\""

static bool opted_out(struct bridge_fixture *f)
{
	return fake_number(f, "SELECT COUNT(*) FROM person WHERE opted_out = "
			      "1") > 0;
}

static bool is_subscribed(struct bridge_fixture *f)
{
	const char *status = json_string_value(
		json_object_get(fake_member(f, "a@x.example"), "status"));

	return strcmp(status, "subscribed") == 0;
}

/* Said of person 1 by somebody else. */
#define SAID(source)                                                      \
	"INSERT INTO consent (entity, record_id, state, source, reason, " \
	"at_ms)"                                                          \
	" VALUES (1, 1, 1, '" source "', 'ground', 1)"

static bool held(struct bridge_fixture *f)
{
	return fake_number(f, "SELECT MAX(held) FROM email") > 0;
}

/* The member over there; "none": deleted for good. */
static void become(struct bridge_fixture *f, const char *status)
{
	if (strcmp(status, "none") == 0)
		fake_delete_permanently(f, "a@x.example");
	else
		fake_set_status(f, "a@x.example", status);
}

static int64_t pushed(struct bridge_fixture *f)
{
	return fake_pushed(f, "a@x.example");
}

/* What a webhook says, what is true of the member, and what follows. */
static void a_hook_counts_if_the_member_says_so(void **state)
{
	static const struct {
		const char *type, *data;
		const char *status; /* by and by; "none": deleted for good */
		const char *later;
		bool out, held;
	} cases[] = {
		{ "unsubscribe", DATA("unsub", "manual"), "unsubscribed", NULL,
		  true, false },
		{ "unsubscribe", DATA("unsub", "abuse"), "unsubscribed", NULL,
		  true, false },
		{ "unsubscribe", DATA("unsub", "manual"), "unsubscribed",
		  "archived", true, false },
		{ "unsubscribe", DATA("unsub", "manual"), "unsubscribed",
		  "cleaned", true, true },
		{ "unsubscribe", DATA("unsub", "manual"), "unsubscribed",
		  "none", true, false },
		{ "unsubscribe", DATA("unsub", "manual"), "unsubscribed",
		  "subscribed", false, false },
		{ "unsubscribe", DATA("unsub", "manual"), "subscribed", NULL,
		  false, false },
		{ "unsubscribe", DATA("unsub", "abuse"), "subscribed", NULL,
		  false, false },
		{ "unsubscribe", DATA("unsub", "manual"), "pending", NULL,
		  false, false },
		{ "unsubscribe", DATA("unsub", "manual"), "unsubscribed",
		  "pending", true, false },
		{ "unsubscribe", DATA("unsub", "manual"), "archived", NULL,
		  false, false },
		{ "unsubscribe", DATA("unsub", "abuse"), "archived", NULL,
		  false, false },
		{ "unsubscribe", DATA("unsub", "abuse"), "cleaned", NULL, false,
		  true },
		{ "unsubscribe", DATA("unsub", "manual"), "transactional", NULL,
		  false, false },
		{ "unsubscribe", DATA("unsub", "manual"), "none", NULL, true,
		  false },
		{ "unsubscribe", DATA("unsub", "abuse"), "none", NULL, true,
		  false },
		{ "unsubscribe", DATA("delete", "manual"), "archived", NULL,
		  false, false },
		{ "unsubscribe", DATA("delete", "manual"), "none", NULL, false,
		  false },
		{ "unsubscribe", DATA("delete", "manual"), "unsubscribed", NULL,
		  true, false },
		{ "cleaned", DATA("", "hard"), "cleaned", NULL, false, true },
		{ "cleaned", DATA("", "hard"), "subscribed", NULL, false,
		  false },
		{ "cleaned", DATA("", "abuse"), "unsubscribed", "cleaned", true,
		  true },
		{ "cleaned", DATA("", "abuse"), "cleaned", NULL, false, true },
		{ "cleaned", DATA("", "abuse"), "subscribed", NULL, false,
		  false },
		{ "subscribe", DATA("", ""), "subscribed", NULL, false, false },
	};
	struct bridge_fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		bridge_fixture_renew(f);
		pushed(f);
		become(f, cases[i].status);
		if (cases[i].later)
			become(f, cases[i].later);
		fake_hook(f, cases[i].type, cases[i].data, NULL);
		if (opted_out(f) != cases[i].out)
			fail_msg("case %zu: opted_out is %d", i, opted_out(f));
		if (held(f) != cases[i].held)
			fail_msg("case %zu: held is %d", i, held(f));
	}
}

/* Of one whom the audience does not have, nothing can be asked. */
static void a_hook_about_nobody_is_not_believed(void **state)
{
	static const char *const data[] = { DATA("unsub", "manual"),
					    DATA("unsub", "abuse") };
	struct bridge_fixture *f = *state;

	for (int i = 0; i < 2; i++) {
		bridge_fixture_renew(f);
		fake_person(f, "a@x.example"); /* never pushed */
		fake_hook(f, "unsubscribe", data[i], NULL);
		fake_hook(f, "cleaned", DATA("", "abuse"), NULL);
		assert_false(opted_out(f));
		assert_false(held(f));
	}
}

/* They said no and were deleted for good, and we hear of it in another order.
 */
static void a_no_is_heard_after_the_member_is_gone(void **state)
{
	struct bridge_fixture *f = *state;
	struct err err = ERR_INIT;

	for (int i = 0; i < 3; i++) {
		bridge_fixture_renew(f);
		pushed(f);
		become(f, "none");
		if (i == 0)
			fake_hook(f, "unsubscribe", DATA("delete", "manual"),
				  NULL);
		else if (i == 1)
			assert_int_equal(fake_push(f, 1, &err), 0);
		else
			fake_sync(f);
		fake_hook(f, "unsubscribe", DATA("unsub", "manual"), NULL);
		assert_true(opted_out(f));
	}
}

static const char *fired(int64_t ms)
{
	static char text[20];
	CLEANUP(strbuf_release) struct strbuf iso = STRBUF_INIT;

	time_format_iso(ms, &iso);
	snprintf(text, sizeof(text), "%.10s %.8s", iso.buf, iso.buf + 11);
	return text;
}

/* What we unsubscribe for an opt-out comes back as a webhook, perhaps late:
 * whoever has undone the opt-out since is not opted out again by it. */
static void a_late_echo_is_no_word(void **state)
{
	struct bridge_fixture *f = *state;
	int64_t id;

	bridge_fixture_renew(f);
	id = pushed(f);
	fake_patch(f, id, "{\"opted_out\":true,\"reason\":\"phoned\"}");
	fake_run_all(f);
	assert_string_equal(fake_status(f, "a@x.example"), "unsubscribed");
	assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM bridge_member"
					" WHERE unsubscribe_call_ms >="
					" unsubscribed_ms"),
			 1);
	fake_patch(f, id, "{\"opted_out\":false,\"reason\":\"a mistake\"}");
	fake_hook(f, "unsubscribe", DATA("unsub", "manual"),
		  fired(clock_now_ms() - 10 * MS_SECOND));
	assert_false(opted_out(f));
}

/* Opted out, and in again, within the second in which the audience heard of
 * the first. What somebody says there later counts. */
static void an_echo_is_as_old_as_the_opt_out(void **state)
{
	static const struct {
		int64_t long_s;  /* our call came after the job began */
		int64_t fired_s; /* later than the second of ours */
		const char *reason;
		bool out;
	} cases[] = {
		{ 0, 0, DATA("unsub", "manual"), false },
		{ 0, 1, DATA("unsub", "manual"), false }, /* by its clock */
		{ 0, 0, DATA("unsub", "abuse"), true },
		{ 0, 30, DATA("unsub", "manual"), true },
		{ 120, 0, DATA("unsub", "manual"), false },
		{ 120, 30, DATA("unsub", "manual"), true },
	};
	struct bridge_fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t id, second = clock_now_ms() / 1000 - 600;
		char sql[160];

		bridge_fixture_renew(f);
		id = pushed(f);
		fake_patch(f, id, "{\"opted_out\":true,\"reason\":\"phoned\"}");
		fake_run_all(f);
		fake_patch(f, id, "{\"opted_out\":false,\"reason\":\"error\"}");
		snprintf(sql, sizeof(sql), "%.10sT%.8s+00:00",
			 fired(second * 1000), fired(second * 1000) + 11);
		fake_set_changed(f, "a@x.example", sql);
		snprintf(sql, sizeof(sql),
			 "UPDATE bridge_member SET unsubscribed_ms = %lld100,"
			 " unsubscribe_call_ms = %lld100",
			 (long long)(second - cases[i].long_s),
			 (long long)second);
		store_fixture_exec(f->db, sql);
		snprintf(sql, sizeof(sql),
			 "UPDATE consent SET at_ms = %lld200 + id",
			 (long long)second);
		store_fixture_exec(f->db, sql);
		fake_hook(f, "unsubscribe", cases[i].reason,
			  fired((second + cases[i].fired_s) * 1000));
		if (opted_out(f) != cases[i].out)
			fail_msg("case %zu: opted_out is %d", i, opted_out(f));
	}
}

/* What it does is known when it has ended. */
static void a_hook_waits_for_our_job_at_the_person(void **state)
{
	struct bridge_fixture *f = *state;
	struct err err = ERR_INIT;
	int64_t id;

	bridge_fixture_renew(f);
	id = pushed(f);
	fake_set_status(f, "a@x.example", "unsubscribed");
	fake_patch(f, id, "{\"last_name\":\"B\"}"); /* adds the job */
	store_fixture_exec(f->db,
			   "UPDATE job SET state = 2"
			   " WHERE kind = 'bridge-person' AND state = 1");
	fake_hook(f, "unsubscribe", DATA("unsub", "manual"), NULL);
	assert_false(opted_out(f));
	store_fixture_exec(f->db, "UPDATE job SET state = 4"
				  " WHERE kind = 'bridge-person'");
	assert_int_equal(
		fake_run(f,
			 fake_number(f, "SELECT id FROM job WHERE"
					" kind = 'bridge-hook' AND state = 1"),
			 &err),
		0);
	assert_true(opted_out(f));
}

/* Only a later yes of the person, or a user's with a ground, makes it void. */
static void an_event_is_void_only_after_a_later_yes(void **state)
{
	static const struct {
		int64_t later_ms; /* of the yes than of the event */
		const char *source;
		bool out;
	} cases[] = {
		{ 60000, "user", false },    { 60000, "person", false },
		{ 60000, "api", false },     { 60000, "import", true },
		{ 60000, "audience", true }, { 0, "person", true },
		{ -60000, "person", true },  { 400, "person", true },
	};
	struct bridge_fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(tx_release) struct tx tx = TX_INIT;
		struct err err = ERR_INIT;
		int64_t id, at = (clock_now_ms() / 1000 - 600) * 1000;

		bridge_fixture_renew(f);
		id = pushed(f);
		assert_int_equal(tx_begin(f->db, &tx, &err), 0);
		assert_int_equal(
			db_exec_text(&tx,
				     "INSERT INTO consent (entity, record_id, "
				     "state, source, reason, at_ms) VALUES (1, "
				     "?, 2, ?, 'ground', ?)",
				     SQL_ARGS(sql_int(id),
					      sql_text(cases[i].source),
					      sql_int(at + cases[i].later_ms)),
				     &err),
			1);
		assert_int_equal(tx_commit(&tx, &err), 0);
		fake_set_status(f, "a@x.example", "unsubscribed");
		fake_hook(f, "unsubscribe", DATA("unsub", "manual"), fired(at));
		if (opted_out(f) != cases[i].out)
			fail_msg("case %zu: opted_out is %d", i, opted_out(f));
	}
	/* unknown times: out */
	bridge_fixture_renew(f);
	pushed(f);
	fake_set_status(f, "a@x.example", "unsubscribed");
	fake_hook(f, "unsubscribe", DATA("unsub", "manual"), "soon");
	assert_true(opted_out(f));
}

/* Told by a hook, lifted within the same second, and told again: by another
 * hook, or by the member to a sync. */
static void an_event_that_is_told_twice_is_one(void **state)
{
	static const struct {
		const char *again; /* NULL: by a sync */
		int64_t later_s;
		bool out;
	} cases[] = {
		{ DATA("unsub", "manual"), 0, false }, { NULL, 0, false },
		{ DATA("unsub", "abuse"), 0, true }, /* says more */
		{ DATA("unsub", "manual"), 1, true },  { NULL, 1, true },
	};
	struct bridge_fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t id, at = (clock_now_ms() / 1000 - 600) * 1000;
		CLEANUP(strbuf_release) struct strbuf iso = STRBUF_INIT;
		char sql[80];

		bridge_fixture_renew(f);
		id = pushed(f);
		fake_set_status(f, "a@x.example", "unsubscribed");
		fake_hook(f, "unsubscribe", DATA("unsub", "manual"), fired(at));
		assert_true(opted_out(f));
		fake_patch(f, id,
			   "{\"opted_out\":false,\"reason\":\"phoned\"}");
		snprintf(sql, sizeof(sql),
			 "UPDATE consent SET at_ms = %lld WHERE state = 2",
			 (long long)at + 500);
		fake_exec(f, sql);
		time_format_iso(at + cases[i].later_s * MS_SECOND, &iso);
		fake_set_changed(f, "a@x.example", iso.buf);
		if (cases[i].again)
			fake_hook(f, "unsubscribe", cases[i].again,
				  fired(at + cases[i].later_s * MS_SECOND));
		else
			fake_sync(f);
		if (opted_out(f) != cases[i].out)
			fail_msg("case %zu: opted_out is %d", i, opted_out(f));
	}
}

/* What the audience told until then, if the audience says that they did; and
 * nothing that anybody else said. */
static void a_person_takes_an_unsubscribe_back(void **state)
{
	static const struct {
		const char *meanwhile; /* SQL; NULL: nothing */
		int64_t later_ms; /* than the no; 0: never, by their own act */
		bool is_told;     /* else a sync sees it */
		bool out;
	} cases[] = {
		{ NULL, 60000, true, false },
		{ NULL, 60000, false, false },
		{ NULL, 400, true, false }, /* in the same second */
		{ NULL, -60000, true, true },
		{ NULL, -60000, false, true },
		{ NULL, 0, true, true },
		{ NULL, 0, false, true },
		{ SAID("user"), 60000, true, true },
		{ SAID("user"), 60000, false, true },
		{ SAID("import"), 60000, true, true },
		{ SAID("complaint"), 60000, true, true },
		{ SAID("carried"), 60000, true, true }, /* by a company */
		{ "INSERT INTO opt_out_witness (entity, record_id, import_id) "
		  "VALUES (1, 1, 9)",
		  60000, true, true },
	};
	struct bridge_fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(strbuf_release) struct strbuf iso = STRBUF_INIT;
		int64_t at = (clock_now_ms() / 1000 - 600) * 1000;

		bridge_fixture_renew(f);
		assert_int_equal(pushed(f), 1);
		fake_set_status(f, "a@x.example", "unsubscribed");
		fake_hook(f, "unsubscribe", DATA("unsub", "manual"), fired(at));
		assert_true(opted_out(f));
		if (cases[i].meanwhile)
			fake_exec(f, cases[i].meanwhile);
		time_format_iso(at + cases[i].later_ms, &iso);
		if (cases[i].later_ms)
			fake_take_back(f, "a@x.example", iso.buf);
		else
			fake_set_status(f, "a@x.example", "subscribed");
		if (cases[i].is_told)
			fake_hook(f, "subscribe", DATA("", ""), NULL);
		else
			fake_sync(f);
		if (opted_out(f) != cases[i].out)
			fail_msg("case %zu: opted_out is %d", i, opted_out(f));
		fake_run_all(f); /* no sync is needed */
		if (opted_out(f) != cases[i].out ||
		    is_subscribed(f) == cases[i].out)
			fail_msg("case %zu: in the end", i);
	}
}

static void lift(struct bridge_fixture *f, const struct mc_request *rq,
		 bool done)
{
	if (!done && strcmp(rq->method, "GET") == 0 &&
	    strstr(rq->path, "/members/"))
		fake_exec(f, "UPDATE person SET opted_out = 0");
}

/* Another job hears of it between the look at the person and the call: of the
 * person's own job, and of a sync. */
static void what_is_lifted_meanwhile_unsubscribes_nobody(void **state)
{
	struct bridge_fixture *f = *state;

	for (int by_sync = 0; by_sync < 2; by_sync++) {
		bridge_fixture_renew(f);
		assert_int_equal(pushed(f), 1);
		fake_set_status(f, "a@x.example", "unsubscribed");
		fake_hook(f, "unsubscribe", DATA("unsub", "manual"), NULL);
		assert_true(opted_out(f));
		if (by_sync)
			fake_run_all(f);
		fake_set_status(f, "a@x.example", "subscribed");
		f->during = lift;
		if (by_sync)
			fake_sync(f);
		fake_run_all(f);
		f->during = NULL;
		assert_true(is_subscribed(f));
	}
}

/* Bounces told one by one count as those of a run; opt-outs never wait. */
static void many_bounces_wait_for_a_user(void **state)
{
	struct bridge_fixture *f = *state;
	struct err err = ERR_INIT;
	char address[40], data[80];

	for (int i = 0; i < 100; i++) {
		snprintf(address, sizeof(address), "p%d@x.example", i);
		fake_person(f, address);
	}
	assert_int_equal(fake_push(f, fake_group(f, "G"), &err), 0);
	for (int i = 0; i < 60; i++) {
		snprintf(address, sizeof(address), "p%d@x.example", i);
		snprintf(data, sizeof(data), "\"data[email]\":\"%s\"", address);
		fake_set_status(f, address, "cleaned");
		fake_hook(f, "cleaned", data, NULL);
	}
	assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM email WHERE held "
					"> 0"),
			 50);
	fake_run_all(f); /* the sync asks */
	assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM email WHERE held "
					"> 0"),
			 50);
	assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM job WHERE kind = "
					"'sync' AND state = 3"),
			 1);
	/* those who wait are not mailed */
	assert_int_equal(fake_push(f, 1, &err), 0);
	assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM push_row WHERE "
					"push_id = 2 AND action = 6"),
			 60);
	for (int i = 60; i < 100; i++) {
		snprintf(address, sizeof(address), "p%d@x.example", i);
		snprintf(data, sizeof(data), "\"data[email]\":\"%s\"", address);
		fake_set_status(f, address, "unsubscribed");
		fake_hook(f, "unsubscribe", data, NULL);
	}
	assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM person WHERE "
					"opted_out = 1"),
			 40);
}

#define MOVED                                                        \
	"\"data[old_email]\":\"a@x.example\",\"data[new_email]\":\"" \
	"new@x.example\""

static const char *marketing(struct bridge_fixture *f)
{
	return fake_text(f, "SELECT e.folded FROM person p JOIN email e ON "
			    "e.id = p.email_id WHERE p.id = 1");
}

/* Told by the webhook, or only seen by the mirror. */
static void a_changed_address_reaches_the_crm(void **state)
{
	struct bridge_fixture *f = *state;
	struct err err = ERR_INIT;

	for (int by_hook = 0; by_hook < 2; by_hook++) {
		bridge_fixture_renew(f);
		pushed(f);
		fake_rename(f, "a@x.example", "new@x.example");
		if (by_hook)
			fake_hook(f, "upemail", MOVED, NULL);
		else
			fake_sync(f);
		fake_run_all(f);
		assert_string_equal(marketing(f), "new@x.example");
		assert_int_equal(fake_push(f, 1, &err), 0);
		assert_int_equal(
			fake_number(f, "SELECT COUNT(*) FROM push_row WHERE "
				       "push_id = 2 AND action = 5"),
			1);
		assert_int_equal(fake_wrong(f), 0);
		assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM "
						"bridge_journal WHERE kind = "
						"'moved'"),
				 1);
	}
}

static void an_address_of_who_says_no_is_not_taken(void **state)
{
	struct bridge_fixture *f = *state;

	pushed(f);
	fake_person(f, "new@x.example");
	fake_patch(f, fake_number(f, "SELECT MAX(id) FROM person"),
		   "{\"opted_out\":true,\"reason\":\"by phone\"}");
	fake_run_all(f);
	fake_rename(f, "a@x.example", "new@x.example");
	fake_hook(f, "upemail", MOVED, NULL);
	fake_run_all(f);
	assert_string_equal(fake_status(f, "new@x.example"), "unsubscribed");
}

static void an_unclear_change_waits_for_a_user(void **state)
{
	struct bridge_fixture *f = *state;

	for (int i = 0; i < 3; i++) {
		bridge_fixture_renew(f);
		pushed(f);
		if (i == 0) /* several have the old one */
			fake_person(f, "a@x.example");
		if (i == 1) /* somebody has the new one */
			fake_person(f, "new@x.example");
		if (i == 2) /* changed here, too */
			fake_patch(f, 1, "{\"email\":\"here@x.example\"}");
		fake_rename(f, "a@x.example", "new@x.example");
		fake_hook(f, "upemail", MOVED, NULL);
		fake_run_all(f);
		fake_sync(f);
		assert_string_equal(marketing(f),
				    i == 2 ? "here@x.example" : "a@x.example");
		assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM "
						"bridge_parked"),
				 i == 0 ? 2 : 1);
		assert_string_equal(fake_status(f, "new@x.example"),
				    "subscribed");
	}
}

static void a_forged_change_does_nothing(void **state)
{
	struct bridge_fixture *f = *state;

	pushed(f);
	fake_subscribe(f, "new@x.example", "subscribed", "Form");
	fake_hook(f, "upemail", MOVED, NULL);
	assert_string_equal(marketing(f), "a@x.example");
}

static void failing_statements_lose_no_change(void **state)
{
	struct bridge_fixture *f = *state;
	int failures = 0;

	for (int n = 1;; n += store_fixture_stride()) {
		struct err err = ERR_INIT;
		int64_t job;
		int ret;

		bridge_fixture_renew(f);
		pushed(f);
		fake_rename(f, "a@x.example", "new@x.example");
		job = fake_add_job(f, "bridge-hook",
				   "{\"type\":\"upemail\",\"data[list_id]\":"
				   "\"" FAKE_LIST "\"," MOVED "}");
		f->statement_at = n;
		ret = fake_run_once(f, job, &err);
		fake_run_all(f);
		assert_string_equal(marketing(f), "new@x.example");
		if (ret == 0)
			break;
		failures++;
	}
	assert_true(failures * store_fixture_stride() > 5);
}

#define TEST(name)                                                 \
	cmocka_unit_test_setup_teardown(name, bridge_fixture_open, \
					bridge_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_hook_counts_if_the_member_says_so),
		TEST(a_hook_about_nobody_is_not_believed),
		TEST(a_no_is_heard_after_the_member_is_gone),
		TEST(an_echo_is_as_old_as_the_opt_out),
		TEST(a_hook_waits_for_our_job_at_the_person),
		TEST(a_late_echo_is_no_word),
		TEST(an_event_is_void_only_after_a_later_yes),
		TEST(an_event_that_is_told_twice_is_one),
		TEST(a_person_takes_an_unsubscribe_back),
		TEST(what_is_lifted_meanwhile_unsubscribes_nobody),
		TEST(many_bounces_wait_for_a_user),
		TEST(a_changed_address_reaches_the_crm),
		TEST(an_unclear_change_waits_for_a_user),
		TEST(an_address_of_who_says_no_is_not_taken),
		TEST(a_forged_change_does_nothing),
		TEST(failing_statements_lose_no_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
