/*
 * A/B tests: what the audience is told of one, what it tells, and who wins.
 */
#include "bridge/bridge_fixture.h"

#include "base/arena.h"
#include "base/err.h"
#include "crm/campaign/ab_result.h"
#include "crm/campaign_record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define SUBJECTS                                                      \
	"{\"what\":\"subject\",\"variants\":[{\"subject\":\"Bye\"}]," \
	"\"sample\":20,\"wait_hours\":4,\"winner\":\"opens\"}"

/* Number 1, a draft that tries this. */
static void begin(struct bridge_fixture *f, const char *test)
{
	bridge_fixture_renew(f);
	fake_campaign(f);
	fake_exec(f, arena_printf(f->crm->arena,
				  "UPDATE campaign SET ab_test = '%s'", test));
}

static void send(struct bridge_fixture *f)
{
	struct err err = ERR_INIT;
	int64_t job = fake_add_job(f, "campaign-send", "{\"campaign_id\":1}");

	assert_int_equal(fake_run(f, job, &err), 0);
	assert_int_equal(f->sends, 1);
}

static json_t *campaign(struct bridge_fixture *f)
{
	return json_array_get(f->campaigns, 0);
}

static json_t *settings(struct bridge_fixture *f)
{
	return json_object_get(campaign(f), "variate_settings");
}

static const char *text(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

static const char *nth(const json_t *o, const char *key, size_t i)
{
	return json_string_value(json_array_get(json_object_get(o, key), i));
}

static void subjects_are_tried(void **state)
{
	struct bridge_fixture *f = *state;
	const json_t *contents;

	begin(f, SUBJECTS);
	send(f);
	assert_string_equal(text(campaign(f), "type"), "variate");
	assert_string_equal(nth(settings(f), "subject_lines", 0), "Hello");
	assert_string_equal(nth(settings(f), "subject_lines", 1), "Bye");
	assert_null(json_object_get(settings(f), "from_names"));
	assert_string_equal(text(settings(f), "winner_criteria"), "opens");
	assert_int_equal(
		json_integer_value(json_object_get(settings(f), "wait_time")),
		240);
	assert_int_equal(
		json_integer_value(json_object_get(settings(f), "test_size")),
		20);
	contents = json_object_get(f->content, "variate_contents");
	assert_int_equal(json_array_size(contents), 1);
	assert_string_equal(text(json_array_get(contents, 0), "content_label"),
			    "A");
	assert_null(json_object_get(f->content, "html"));
}

static void senders_times_and_contents_are_tried(void **state)
{
	struct bridge_fixture *f = *state;
	const json_t *contents;

	begin(f, "{\"what\":\"from\",\"variants\":[{\"from_name\":\"M\","
		 "\"from_email\":\"m@x.example\"}]}");
	send(f);
	assert_string_equal(nth(settings(f), "from_names", 1), "M");
	assert_string_equal(nth(settings(f), "reply_to_addresses", 0),
			    "n@x.example");
	assert_string_equal(nth(settings(f), "reply_to_addresses", 1),
			    "m@x.example");
	begin(f, "{\"what\":\"send_time\",\"variants\":[{\"send_at\":"
		 "\"2126-12-01T10:00:00+01:00\"}]}");
	fake_exec(f, "UPDATE campaign SET send_at_ms = 4951123200000");
	send(f);
	assert_string_equal(nth(settings(f), "send_times", 1),
			    "2126-12-01 09:00:00");
	assert_int_equal(
		json_integer_value(json_object_get(settings(f), "test_size")),
		100);
	begin(f, "{\"what\":\"content\"}");
	fake_exec(f, "UPDATE campaign SET design = '{}', b_design = '{ }',"
		     " b_html = '<b>', b_plain_text = 'b'");
	send(f);
	contents = json_object_get(f->content, "variate_contents");
	assert_int_equal(json_array_size(contents), 2);
	assert_string_equal(text(json_array_get(contents, 1), "plain_text"),
			    "b");
}

/* A campaign is of one type for good. */
static void a_draft_becomes_a_test_and_none_again(void **state)
{
	struct bridge_fixture *f = *state;
	struct err err = ERR_INIT;
	int64_t job;

	begin(f, SUBJECTS);
	job = fake_add_job(f, "campaign-test",
			   "{\"campaign_id\":1,\"to\":[\"me@x.example\"],"
			   "\"variant\":\"B\"}");
	assert_int_equal(fake_run(f, job, &err), 0);
	assert_int_equal(f->tests, 1);
	assert_string_equal(text(campaign(f), "type"), "regular");
	assert_string_equal(
		text(json_object_get(campaign(f), "settings"), "subject_line"),
		"Bye");
	send(f);
	assert_int_equal(json_array_size(f->campaigns), 1);
	assert_string_equal(text(campaign(f), "type"), "variate");
}

/* --- what came of it --- */

static void combine(struct bridge_fixture *f, const char *id, int64_t index,
		    int64_t sent, int64_t opened)
{
	json_t *list = json_object_get(settings(f), "combinations");
	json_t *reports = json_object_get(f->report, "reports");

	if (!list) {
		list = json_array();
		(void)json_object_set_new(settings(f), "combinations", list);
	}
	if (!reports) {
		reports = json_array();
		(void)json_object_set_new(f->report, "reports", reports);
	}
	(void)json_array_append_new(
		list, json_pack("{s:s,s:I}", "id", id, "subject_line", index));
	(void)json_array_append_new(
		reports,
		json_pack("{s:s,s:I,s:{s:i,s:i},s:{s:I},s:{s:i}}", "id", id,
			  "emails_sent", sent, "bounces", "hard_bounces", 1,
			  "soft_bounces", 1, "opens", "unique_opens", opened,
			  "clicks", "unique_subscriber_clicks", 3));
}

static void pull(struct bridge_fixture *f)
{
	int64_t job = fake_add_job(f, "pull", "{}");
	struct err err = ERR_INIT;

	fake_exec(f, "UPDATE campaign SET pull_next_ms = 1");
	(void)fake_run_once(f, job, &err);
	fake_exec(f, "DELETE FROM job WHERE kind = 'pull'");
}

static struct ab_result result(struct bridge_fixture *f)
{
	struct ab_result r;

	ab_result_load(fake_text(f, "SELECT ab_result FROM campaign"),
		       f->crm->arena, &r);
	return r;
}

/* In the audience's order, which need not be ours. */
static void begin_waiting(struct bridge_fixture *f)
{
	begin(f, SUBJECTS);
	send(f);
	fake_say(campaign(f), "send_time", "2026-01-02T03:00:00+00:00");
	combine(f, "bb", 1, 100, 40);
	combine(f, "aa", 0, 100, 30);
}

static void figures_come_by_variant(void **state)
{
	struct bridge_fixture *f = *state;
	struct ab_result r;

	begin_waiting(f);
	pull(f);
	r = result(f);
	assert_string_equal(r.of[0].id, "aa");
	assert_int_equal(r.of[0].now.opened, 30);
	assert_int_equal(r.of[1].now.opened, 40);
	assert_int_equal(r.of[1].now.delivered, 98);
	assert_int_equal(r.of[1].now.clicked, 3);
	assert_int_equal(r.winner, 0);
	assert_int_equal(r.until_ms, 1767337200000); /* 07:00 */
	fake_say(settings(f), "winning_combination_id", "bb");
	pull(f);
	assert_int_equal(result(f).winner, 2);
	assert_int_equal(result(f).of[1].trial.opened, 40);
}

/* An audience may call it sent when the sample is. */
static void it_is_sent_once_there_is_a_winner(void **state)
{
	struct bridge_fixture *f = *state;

	begin_waiting(f);
	f->bridge.setup.inside = false;
	fake_say(campaign(f), "send_time", "2126-01-02T03:00:00+00:00");
	fake_say(campaign(f), "status", "sent");
	pull(f);
	assert_int_equal(fake_number(f, "SELECT status FROM campaign"),
			 CRM_CAMPAIGN_SENDING);
	assert_int_not_equal(
		fake_number(f,
			    "SELECT COALESCE(pull_next_ms, 0) FROM campaign"),
		0);
	fake_say(settings(f), "winning_combination_id", "aa");
	pull(f);
	assert_int_equal(fake_number(f, "SELECT status FROM campaign"),
			 CRM_CAMPAIGN_SENT);
}

static int choose(struct bridge_fixture *f, const char *letter, struct err *err)
{
	return fake_run(f,
			fake_add_job(f, "campaign-winner",
				     arena_printf(f->crm->arena,
						  "{\"campaign_id\":1,"
						  "\"variant\":\"%s\"}",
						  letter)),
			err);
}

static void a_user_chooses_the_winner(void **state)
{
	struct bridge_fixture *f = *state;
	struct err err = ERR_INIT;

	begin_waiting(f);
	assert_int_equal(choose(f, "B", &err), 0);
	assert_string_equal(text(settings(f), "winning_combination_id"), "bb");
	assert_int_equal(choose(f, "B", &err), 0); /* nothing to do */
	assert_int_equal(choose(f, "A", &err), -1);
	assert_int_equal(err.code, ERR_CONFLICT);
}

static void mailchimp_takes_no_winner(void **state)
{
	struct bridge_fixture *f = *state;
	struct err err = ERR_INIT;

	begin_waiting(f);
	f->is_mailchimp = true;
	assert_int_equal(choose(f, "B", &err), -1);
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_non_null(strstr(err.text, "choose it in Mailchimp"));
}

/* Whatever is lost: one campaign, sent once. */
static void faults_make_no_second_campaign(void **state)
{
	struct bridge_fixture *f = *state;

	for (int fault = FAULT_503; fault < FAULTS; fault++) {
		for (int n = 1 + store_fixture_offset(fault); n < 24;
		     n += store_fixture_stride()) {
			begin(f, SUBJECTS);
			f->fault_at = n;
			f->fault = (enum fault)fault;
			send(f);
			assert_int_equal(json_array_size(f->campaigns), 1);
			assert_int_equal(f->creates, 1);
		}
	}
}

#define FIXED(test)                                                \
	cmocka_unit_test_setup_teardown(test, bridge_fixture_open, \
					bridge_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXED(subjects_are_tried),
		FIXED(senders_times_and_contents_are_tried),
		FIXED(a_draft_becomes_a_test_and_none_again),
		FIXED(figures_come_by_variant),
		FIXED(it_is_sent_once_there_is_a_winner),
		FIXED(a_user_chooses_the_winner),
		FIXED(mailchimp_takes_no_winner),
		FIXED(faults_make_no_second_campaign),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
