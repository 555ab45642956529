/*
 * The audience tells that somebody said no whose record is gone, or never was:
 * whoever brings the address back is opted out.
 */
#include "bridge/bridge_fixture.h"

#include "base/clock.h"
#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define ADDRESS "a@x.example"
#define LATER "2099-01-01T00:00:00+00:00"
#define HOOK(reason)                                                  \
	"\"data[email]\":\"" ADDRESS "\",\"data[action]\":\"unsub\"," \
	"\"data[reason]\":\"" reason "\""

/* Who the member was when it said no. */
enum past {
	ARCHIVED_BY_US,   /* the record was deleted */
	LEFT_SUBSCRIBED,  /* the same, and the member is not ours */
	NOT_ARCHIVED_YET, /* the same, and our job has not run */
	STRANGER,         /* was never in the CRM */
};

enum told { BY_HOOK, BY_COMPLAINT, BY_SYNC, BY_REPORT, TOLD };

static void delete_person(struct bridge_fixture *f, int64_t id)
{
	f->crm->actor.now_ms = clock_now_ms();
	fake_delete(f, id);
}

static void campaign_sent(struct bridge_fixture *f)
{
	fake_campaign(f);
	fake_send_campaign(f);
	fake_say(fake_reported(f, "sent_to", ADDRESS), "status", "sent");
	fake_run_all(f);
}

static void begin(struct bridge_fixture *f, enum past past)
{
	int64_t id;

	bridge_fixture_renew(f);
	if (past == LEFT_SUBSCRIBED || past == STRANGER)
		fake_subscribe(f, ADDRESS, "subscribed", "Hosted Form");
	fake_sync(f);
	if (past == STRANGER)
		return;
	campaign_sent(f);
	id = fake_number(
		f, "SELECT record_id FROM email WHERE folded = '" ADDRESS "'");
	delete_person(f, id);
	if (past == NOT_ARCHIVED_YET)
		return;
	fake_run_all(f);
	assert_string_equal(fake_status(f, ADDRESS), past == LEFT_SUBSCRIBED
							     ? "subscribed"
							     : "archived");
}

/* By an old mail's link. */
static void say_no(struct bridge_fixture *f)
{
	const char *status = fake_status(f, ADDRESS);

	if (strcmp(status, "archived") == 0) {
		fake_say(fake_member(f, ADDRESS), "unsubscribe_reason", "N/A");
		fake_set_status(f, ADDRESS, "archived");
	} else {
		fake_set_status(f, ADDRESS, "unsubscribed");
	}
}

static void pull(struct bridge_fixture *f)
{
	CLEANUP(strbuf_release) struct strbuf at = STRBUF_INIT;
	struct err err = ERR_INIT;

	time_format_iso(clock_now_ms(), &at);
	if (json_array_size(json_object_get(f->report, "unsubscribes")) == 0)
		fake_say(fake_reported(f, "unsubscribes", ADDRESS), "timestamp",
			 at.buf);
	assert_true(fake_run(f, fake_add_job(f, "pull", "{}"), &err) >= 0);
	fake_exec(f, "DELETE FROM job WHERE kind = 'pull'"); /* looks again */
}

static void hook(struct bridge_fixture *f, const char *data)
{
	CLEANUP(strbuf_release) struct strbuf at = STRBUF_INIT;

	time_format_iso(clock_now_ms(), &at); /* 2026-01-02T03:04:05... */
	at.buf[10] = ' ';
	at.buf[19] = 0;
	fake_hook(f, "unsubscribe", data, at.buf);
}

static void tell(struct bridge_fixture *f, enum told told)
{
	if (told == BY_HOOK)
		hook(f, HOOK("manual"));
	else if (told == BY_COMPLAINT)
		hook(f, HOOK("abuse"));
	else if (told == BY_SYNC)
		fake_sync(f);
	else
		pull(f);
}

static bool back_is_out(struct bridge_fixture *f)
{
	int64_t id = fake_person(f, ADDRESS).id;
	char sql[80];

	snprintf(sql, sizeof(sql),
		 "SELECT opted_out FROM person WHERE id = %lld", (long long)id);
	return fake_number(f, sql) == 1;
}

static void is_carried(struct bridge_fixture *f, enum past past, enum told told)
{
	if (!back_is_out(f))
		fail_msg("past %d, told %d: not opted out", past, told);
	assert_string_equal(fake_text(f, "SELECT MAX(source) FROM consent"),
			    "carried");
	assert_string_equal(
		fake_text(f, "SELECT MAX(source) FROM kept_opt_out"),
		told == BY_COMPLAINT ? "complaint" : "audience");
}

static void whoever_comes_back_is_opted_out(void **state)
{
	struct bridge_fixture *f = *state;

	for (int past = ARCHIVED_BY_US; past <= STRANGER; past++)
		for (int told = BY_HOOK; told < TOLD; told++) {
			if (past == STRANGER && told == BY_REPORT)
				continue; /* was sent nothing of ours */
			begin(f, (enum past)past);
			say_no(f);
			tell(f, (enum told)told);
			fake_run_all(f);
			fake_sync(f);
			is_carried(f, (enum past)past, (enum told)told);
		}
}

/* Once it was lifted it is not heard again, and the audience stays as it is. */
static void what_was_lifted_stays_lifted(void **state)
{
	struct bridge_fixture *f = *state;

	for (int told = BY_HOOK; told < TOLD; told++) {
		int64_t id;

		begin(f, ARCHIVED_BY_US);
		say_no(f);
		tell(f, (enum told)told);
		id = fake_person(f, ADDRESS).id;
		fake_patch(f, id,
			   "{\"opted_out\":false,\"reason\":\"by phone\"}");
		fake_exec(f, "UPDATE consent SET at_ms = at_ms + 60000"
			     " WHERE state = 2"); /* a minute later */
		fake_run_all(f);
		tell(f, (enum told)told);
		fake_sync(f);
		if (fake_number(f,
				"SELECT COUNT(*) FROM person"
				" WHERE opted_out = 1 AND erased_ms IS NULL"))
			fail_msg("told %d: opted out again", told);
		assert_string_equal(fake_status(f, ADDRESS), "archived");
		assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM"
						" bridge_member WHERE status ="
						" 6 AND added_ms IS NOT NULL"),
				 0);
	}
}

/* Nobody said no: archived by us or by an administrator. */
static void an_archive_is_no_word(void **state)
{
	struct bridge_fixture *f = *state;

	begin(f, ARCHIVED_BY_US);
	fake_sync(f);
	assert_false(back_is_out(f));
	begin(f, LEFT_SUBSCRIBED);
	fake_set_status(f, ADDRESS, "archived");
	fake_hook(f, "unsubscribe",
		  "\"data[email]\":\"" ADDRESS "\",\"data[action]\":\"delete\","
		  "\"data[reason]\":\"manual\"",
		  NULL);
	fake_sync(f);
	assert_false(back_is_out(f));
}

/* They subscribed there again since: that was their own act. A complaint is
 * for ever. */
static void who_came_back_by_themselves_is_not_opted_out(void **state)
{
	struct bridge_fixture *f = *state;

	for (int told = BY_HOOK; told <= BY_SYNC; told++)
		for (int seen = BY_HOOK; seen <= BY_SYNC; seen += BY_SYNC) {
			begin(f, STRANGER);
			say_no(f);
			tell(f, (enum told)told);
			fake_sync(f);
			fake_take_back(f, ADDRESS, LATER);
			fake_set_changed(f, ADDRESS, LATER);
			if (seen == BY_HOOK)
				fake_hook(f, "subscribe",
					  "\"data[email]\":\"" ADDRESS "\"",
					  NULL);
			fake_sync(f);
			assert_int_equal(back_is_out(f), told == BY_COMPLAINT);
		}
}

/* A program did that for them. */
static void who_is_brought_back_by_others_stays_opted_out(void **state)
{
	struct bridge_fixture *f = *state;

	for (int told = BY_HOOK; told <= BY_SYNC; told++) {
		begin(f, STRANGER);
		say_no(f);
		tell(f, (enum told)told);
		fake_sync(f);
		fake_set_status(f, ADDRESS, "subscribed");
		fake_set_changed(f, ADDRESS, LATER);
		fake_sync(f);
		assert_string_equal(fake_status(f, ADDRESS), "unsubscribed");
		assert_true(back_is_out(f));
	}
}

static void failing_statements_lose_no_word(void **state)
{
	struct bridge_fixture *f = *state;
	struct err err = ERR_INIT;
	int ret = -1;

	for (int n = 1; ret < 0; n += store_fixture_stride()) {
		int64_t job;

		assert_true(n < 500);
		begin(f, ARCHIVED_BY_US);
		say_no(f);
		job = fake_add_job(f, "sync", "{\"full\":true}");
		f->statement_at = n;
		ret = fake_run_once(f, job, &err);
		f->statement_at = 0;
		fake_sync(f);
		is_carried(f, ARCHIVED_BY_US, BY_SYNC);
	}
}

#define TEST(name)                                                 \
	cmocka_unit_test_setup_teardown(name, bridge_fixture_open, \
					bridge_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(whoever_comes_back_is_opted_out),
		TEST(what_was_lifted_stays_lifted),
		TEST(an_archive_is_no_word),
		TEST(who_came_back_by_themselves_is_not_opted_out),
		TEST(who_is_brought_back_by_others_stays_opted_out),
		TEST(failing_statements_lose_no_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
