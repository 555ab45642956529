#include "bridge/bridge_fixture.h"

#include "base/err.h"
#include "crm/group/group.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static int subscribed(struct bridge_fixture *f)
{
	const char *hash;
	json_t *m;
	int n = 0;

	json_object_foreach (f->members, hash, m)
		n += strcmp(json_string_value(json_object_get(m, "status")),
			    "subscribed") == 0;
	return n;
}

static void add_people(struct bridge_fixture *f, int n)
{
	char address[40];

	for (int i = 0; i < n; i++) {
		snprintf(address, sizeof(address), "p%d@x.example", i);
		fake_person(f, address);
	}
}

static const char *tag_name(struct bridge_fixture *f, size_t i)
{
	return json_string_value(
		json_object_get(json_array_get(f->segments, i), "name"));
}

/* With and without the job of the merged person in between, in and out of the
 * group. */
static void two_tagged_addresses_may_be_one_person(void **state)
{
	struct bridge_fixture *f = *state;
	struct err err = ERR_INIT;

	for (int settled = 0; settled < 2; settled++) {
		int64_t a, b, group;

		bridge_fixture_renew(f);
		a = fake_person(f, "a@x.example").id;
		b = fake_person(f, "b@x.example").id;
		group = fake_group(f, "G");
		assert_int_equal(fake_push(f, group, &err), 0);
		fake_merge(f, a, b);
		if (settled)
			fake_run_all(f);
		assert_int_equal(fake_push(f, group, &err), 0);
		fake_run_all(f);
		assert_int_equal(fake_wrong(f), 0);
		assert_string_equal(fake_status(f, "a@x.example"),
				    "subscribed");
	}
}

static void people_who_leave_with_two_addresses_lose_both_tags(void **state)
{
	CLEANUP(json_free) json_t *tree = NULL;
	struct bridge_fixture *f = *state;
	struct group_input input = { NULL };
	struct err err = ERR_INIT;
	int64_t a = fake_person(f, "a@x.example").id;
	int64_t b = fake_person(f, "b@x.example").id;
	int64_t group = fake_group(f, "G");

	assert_int_equal(fake_push(f, group, &err), 0);
	fake_merge(f, a, b);
	assert_int_equal(json_parse(STR("{\"criteria\":{\"conditions\":[{"
					"\"field\":\"city\",\"op\":\"is\","
					"\"value\":\"Bern\"}]}}"),
				    &tree, &err),
			 0);
	assert_int_equal(group_input_parse(tree, &input, &err), 0);
	if (group_update(f->db, group, &input, 2, &err) < 0)
		fail_msg("%s", err.text);
	if (fake_push(f, group, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(json_array_size(json_object_get(
				 fake_member(f, "a@x.example"), "tags")),
			 0);
	assert_int_equal(json_array_size(json_object_get(
				 fake_member(f, "b@x.example"), "tags")),
			 0);
}

static void a_poisoned_member_is_alone_in_its_fate(void **state)
{
	struct bridge_fixture *f = *state;
	struct err err = ERR_INIT;

	add_people(f, 37);
	f->poison = "p20@x.example";
	assert_int_equal(fake_push(f, fake_group(f, "G"), &err), 0);
	assert_int_equal(subscribed(f), 36);
	assert_string_equal(
		fake_text(f, "SELECT detail FROM push_row WHERE action = 6"),
		"Marketing API, HTTP 400: poisoned");
	assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM push_row WHERE "
					"action = 1 AND outcome = 1"),
			 36);
}

static void what_refuses_everybody_is_not_about_them(void **state)
{
	struct bridge_fixture *f = *state;
	struct err err = ERR_INIT;

	add_people(f, 120);
	f->poison = "@x.example";
	assert_int_equal(fake_push(f, fake_group(f, "G"), &err), -1);
	assert_int_equal(err.code, ERR_INVALID);
	f->poison = NULL;
	assert_int_equal(fake_push(f, 1, &err), 0);
	assert_int_equal(subscribed(f), 120);
}

static void the_words_of_the_audience_are_kept(void **state)
{
	static const struct {
		const char *words, *reason;
	} cases[] = {
		{ "has signed up to a lot of lists very recently; we're not "
		  "allowing more signups for now",
		  "over_limit" },
		{ "looks fake or invalid, please enter a real email address",
		  "invalid" },
		{ "is in a compliance state", "unsubscribed" },
	};
	struct bridge_fixture *f = *state;
	struct err err = ERR_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		bridge_fixture_renew(f);
		fake_person(f, "refused@x.example");
		f->refusal = cases[i].words;
		assert_int_equal(fake_push(f, fake_group(f, "G"), &err), 0);
		assert_string_equal(fake_text(f, "SELECT reason FROM push_row"),
				    cases[i].reason);
		assert_string_equal(fake_text(f, "SELECT detail FROM push_row"),
				    cases[i].words);
		f->refusal = NULL; /* it passes */
		assert_int_equal(fake_push(f, 1, &err), 0);
		assert_int_equal(subscribed(f), 1);
	}
}

/* --- the tag --- */

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

static void take_name(struct bridge_fixture *f, const char *name)
{
	json_t *s = json_object();

	(void)json_object_set_new(
		s, "id",
		json_integer((json_int_t)json_array_size(f->segments) + 1));
	(void)json_object_set_new(s, "name", json_string(name));
	(void)json_array_append_new(f->segments, s);
}

static void a_tag_follows_its_group_and_spares_those_of_others(void **state)
{
	struct bridge_fixture *f = *state;
	struct err err = ERR_INIT;
	int64_t group;

	fake_person(f, "a@x.example");
	take_name(f, "H");
	take_name(f, "H (CRM group 1)");
	take_name(f, "S");
	group = fake_group(f, "H");
	assert_int_equal(fake_push(f, group, &err), 0);
	assert_string_equal(tag_name(f, 3), "H (CRM group 1, 2)");
	assert_int_equal(fake_push(f, group, &err), 0);
	assert_string_equal(tag_name(f, 3), "H (CRM group 1, 2)");
	rename_group(f, group, "T");
	assert_int_equal(fake_push(f, group, &err), 0);
	assert_string_equal(tag_name(f, 3), "T");
	rename_group(f, group, "S");
	assert_int_equal(fake_push(f, group, &err), 0);
	assert_string_equal(tag_name(f, 3), "S (CRM group 1)");
	assert_int_equal(json_array_size(f->segments), 4);
}

/* Whatever is lost or refused on the way: one tag, everybody once. */
static void faults_make_no_second_tag(void **state)
{
	struct bridge_fixture *f = *state;

	for (int fault = FAULT_503; fault < FAULTS; fault++) {
		for (int n = 1 + store_fixture_offset(fault); n < 14;
		     n += store_fixture_stride()) {
			struct err err = ERR_INIT;

			bridge_fixture_renew(f);
			add_people(f, 3);
			f->fault_at = n;
			f->fault = (enum fault)fault;
			assert_int_equal(fake_push(f, fake_group(f, "G"), &err),
					 0);
			assert_int_equal(f->creates, 1);
			assert_int_equal(subscribed(f), 3);
			assert_int_equal(json_array_size(f->segments), 1);
		}
	}
}

static void failing_statements_make_no_second_tag(void **state)
{
	struct bridge_fixture *f = *state;
	int failures = 0;

	for (int n = 1;; n += store_fixture_stride()) {
		struct err err = ERR_INIT;
		int64_t job;
		int ret;

		bridge_fixture_renew(f);
		add_people(f, 2);
		(void)fake_group(f, "G");
		job = fake_add_job(f, "push",
				   "{\"group_id\":1,\"dry_run\":false}");
		f->statement_at = n;
		ret = fake_run_once(f, job, &err);
		fake_run_all(f);
		assert_int_equal(f->creates, 1);
		assert_int_equal(subscribed(f), 2);
		assert_int_equal(
			fake_number(f, "SELECT COUNT(*) FROM bridge_member "
				       "WHERE added_ms IS NOT NULL"),
			2);
		if (ret == 0)
			break;
		failures++;
	}
	assert_true(failures * store_fixture_stride() > 10);
}

/* From the making of the tag on, nothing gets through. */
static void cut_after_making(struct bridge_fixture *f,
			     const struct mc_request *rq, bool done)
{
	(void)rq;
	if (!done || f->creates == 0)
		return;
	f->fault_at = 1;
	f->fault = FAULT_CUT;
}

static void archive_the_added(struct bridge_fixture *f,
			      const struct mc_request *rq, bool done)
{
	if (!done || !strstr(rq->path, "skip_merge_validation"))
		return;
	f->during = NULL;
	fake_set_status(f, "p0@x.example", "archived");
}

/* Whatever answer is lost: who was added and is archived over there before the
 * next try is not subscribed again. */
static void no_lost_answer_undoes_an_archive(void **state)
{
	struct bridge_fixture *f = *state;

	for (int n = 1; n < 20; n++) {
		struct err err = ERR_INIT;

		bridge_fixture_renew(f);
		add_people(f, 2);
		(void)fake_group(f, "G");
		f->during = archive_the_added;
		f->fault_at = n;
		f->fault = FAULT_LOST;
		(void)fake_push(f, 1, &err);
		f->fault_at = 0;
		fake_run_all(f);
		assert_null(f->during);
		assert_int_equal(fake_push(f, 1, &err), 0);
		assert_string_equal(fake_status(f, "p0@x.example"), "archived");
	}
}

static void pushes_of_a_group_take_turns(void **state)
{
	struct bridge_fixture *f = *state;
	struct err err = ERR_INIT;
	int64_t first, second;

	add_people(f, 2);
	(void)fake_group(f, "G");
	first = fake_add_job(f, "push", "{\"group_id\":1,\"dry_run\":false}");
	second = fake_add_job(f, "push", "{\"group_id\":1,\"dry_run\":false}");
	f->fault_at = 5; /* the first stops half way, and its job still runs */
	f->fault_more = 20;
	f->fault = FAULT_503;
	assert_int_equal(fake_run_once(f, first, &err), -1);
	f->fault_more = 0;
	assert_int_equal(
		fake_number(f, "SELECT COUNT(*) FROM push_turn WHERE job_id = "
			       "1"),
		1);
	{
		CLEANUP(tx_release) struct tx tx = TX_INIT;

		assert_int_equal(tx_begin(f->db, &tx, &err), 0);
		assert_int_equal(db_exec_text(&tx,
					      "UPDATE job SET state = 2 WHERE "
					      "id = ?",
					      SQL_ARGS(sql_int(first)), &err),
				 1);
		assert_int_equal(tx_commit(&tx, &err), 0);
	}
	assert_int_equal(fake_run_once(f, second, &err), PUSH_WAITS);
	assert_int_equal(fake_run(f, first, &err), 0);
	assert_int_equal(fake_run(f, second, &err), 0);
	assert_int_equal(f->creates, 1);
}

/* The answer to its making is lost and the push canceled; others push on. */
static void a_tag_of_a_canceled_push_is_found(void **state)
{
	struct bridge_fixture *f = *state;

	for (int taken = 0; taken < 2; taken++) {
		struct err err = ERR_INIT;
		int64_t job;
		int n = 0;

		do { /* up to the request that makes it */
			bridge_fixture_renew(f);
			add_people(f, 2);
			(void)fake_group(f, "G");
			job = fake_add_job(f, "push",
					   "{\"group_id\":1,\"dry_run\":"
					   "false}");
			f->fault_at = ++n;
			f->fault = FAULT_LOST;
			(void)fake_run_once(f, job, &err);
		} while (f->creates == 0);
		bridge_fixture_renew(f);
		add_people(f, 2);
		(void)fake_group(f, "G");
		job = fake_add_job(f, "push",
				   "{\"group_id\":1,\"dry_run\":false}");
		f->fault_at = n;
		f->fault = FAULT_LOST;
		f->during = cut_after_making;
		assert_int_equal(fake_run_once(f, job, &err), -1);
		assert_int_equal(f->creates, 1);
		f->during = NULL;
		f->fault_at = 0;
		if (taken) { /* an administrator fills one of that name */
			fake_subscribe(f, "p9@x.example", "subscribed", "Form");
			(void)json_array_append(
				json_object_get(fake_member(f, "p9@x.example"),
						"tags"),
				json_array_get(f->segments, 0));
		}
		assert_int_equal(fake_push(f, 1, &err), 0);
		assert_int_equal(f->creates, 1 + taken);
		assert_int_equal(fake_run(f, job, &err), 0);
		assert_int_equal(f->creates, 1 + taken);
		assert_int_equal(subscribed(f), 2 + taken);
	}
}

static int hide;

static void hide_segment(struct bridge_fixture *f, const struct mc_request *rq,
			 bool done)
{
	static json_t *hidden;

	if (strcmp(rq->method, "GET") != 0 ||
	    !strstr(rq->path, "/segments/1?") || hide == 0)
		return;
	if (!done) {
		hidden = f->segments;
		f->segments = json_array();
		return;
	}
	json_free(&f->segments);
	f->segments = hidden;
	hide--;
}

/* However often the tag itself is not found: the list of tags has it. */
static void a_404_makes_no_second_tag(void **state)
{
	struct bridge_fixture *f = *state;

	for (int n = 1; n < 5; n++) {
		struct err err = ERR_INIT;

		bridge_fixture_renew(f);
		add_people(f, 2);
		assert_int_equal(fake_push(f, fake_group(f, "G"), &err), 0);
		f->during = hide_segment;
		hide = n;
		add_people(f, 3);
		while (hide > 0)
			assert_int_equal(fake_push(f, 1, &err), 0);
		assert_int_equal(f->creates, 1);
		/* gone indeed: made again */
		f->during = NULL;
		(void)json_array_clear(f->segments);
		assert_int_equal(fake_push(f, 1, &err), 0);
		assert_int_equal(f->creates, 2);
	}
}

/* --- the circuit breaker --- */

static void confirm(struct bridge_fixture *f, int64_t job)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_int_equal(job_confirm(&tx, job, 1, &err), 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
}

/* These people are not in the group any more. */
static void leave(struct bridge_fixture *f, int from, int to)
{
	for (int id = from; id <= to; id++)
		fake_patch(f, id, "{\"first_name\":\"Q\"}");
}

static int tagged(struct bridge_fixture *f)
{
	const char *hash;
	json_t *m;
	int n = 0;

	json_object_foreach (f->members, hash, m)
		n += json_array_size(json_object_get(m, "tags")) > 0;
	return n;
}

#define FOLD                                                 \
	"{\"criteria\":{\"match\":\"all\",\"conditions\":[{" \
	"\"field\":\"first_name\",\"op\":\"is\",\"value\":\"P\"}]}}"

static int64_t pushed_hundred(struct bridge_fixture *f)
{
	CLEANUP(json_free) json_t *tree = NULL;
	struct group_input input = { NULL };
	struct err err = ERR_INIT;

	bridge_fixture_renew(f);
	add_people(f, 100);
	(void)fake_group(f, "G");
	assert_int_equal(json_parse(STR(FOLD), &tree, &err), 0);
	assert_int_equal(group_input_parse(tree, &input, &err), 0);
	assert_int_equal(group_update(f->db, 1, &input, 2, &err), 0);
	assert_int_equal(fake_push(f, 1, &err), 0);
	assert_int_equal(tagged(f), 100);
	return fake_add_job(f, "push", "{\"group_id\":1,\"dry_run\":false}");
}

/* What was confirmed is not what is true by then. */
static void a_confirmation_is_for_what_was_asked(void **state)
{
	struct bridge_fixture *f = *state;

	for (int n = 0; n < 60; n += 15) {
		int64_t job = pushed_hundred(f);
		struct err err = ERR_INIT;
		int ret;

		leave(f, 1, 60);
		assert_int_equal(fake_run(f, job, &err), PUSH_ASKS);
		assert_int_equal(tagged(f), 100);
		leave(f, 61, 61);
		confirm(f, job);
		f->statement_at = n; /* whatever fails: it asks again */
		ret = fake_run_once(f, job, &err);
		if (ret < 0)
			ret = fake_run(f, job, &err);
		assert_int_equal(ret, PUSH_ASKS);
		assert_int_equal(tagged(f), 100);
		confirm(f, job);
		fake_patch(f, 61, "{\"first_name\":\"P\"}");
		assert_int_equal(fake_run(f, job, &err), 0);
		assert_int_equal(tagged(f), 40);
	}
}

/* People who may not be mailed do not wait for an answer. */
static void who_may_not_be_mailed_does_not_count(void **state)
{
	struct bridge_fixture *f = *state;
	int64_t job = pushed_hundred(f);
	struct err err = ERR_INIT;

	for (int i = 0; i < 60; i++) {
		CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;

		strbuf_addf(&body,
			    "{\"emails\":[{\"address\":\"p%d@x.example\","
			    "\"held\":true}]}",
			    i);
		fake_patch(f, i + 1, body.buf);
	}
	assert_int_equal(fake_run(f, job, &err), 0);
	assert_int_equal(tagged(f), 40);
	assert_int_equal(fake_mailed_wrongly(f, 1), 0);
	assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM push_row WHERE "
					"push_id = 2 AND action = 4 AND "
					"reason = 'held' AND outcome = 1"),
			 60);
}

/* A hold is of the address: nobody who has it gets mail, whoever it was held
 * at.
 */
static void a_hold_is_of_the_address(void **state)
{
	static const char held[] =
		"{\"last_name\":\"A\",\"emails\":[{\"address\":"
		"\"A@x.example\",\"held\":true}]}";
	static const enum entity holders[] = { ENTITY_PERSON, ENTITY_LEAD };
	struct bridge_fixture *f = *state;
	struct err err = ERR_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(holders); i++) {
		for (int first = 0; first < 2; first++) {
			struct record r;

			bridge_fixture_renew(f);
			if (first == 0)
				fake_person(f, "a@x.example");
			fake_must(fixture_create(f->crm, holders[i], held, &r,
						 &err),
				  &err);
			if (first == 1)
				fake_person(f, "a@x.example");
			fake_must(fake_push(f, fake_group(f, "G"), &err), &err);
			assert_int_equal(subscribed(f), 0);
			assert_int_equal(
				fake_number(f, "SELECT COUNT(*) FROM push_row "
					       "WHERE reason = 'held'"),
				holders[i] == ENTITY_PERSON ? 2 : 1);
		}
	}
}

/* --- who is not there --- */

static const char *once_404;

static void forget_for_a_moment(struct bridge_fixture *f,
				const struct mc_request *rq, bool done)
{
	static json_t *hidden;

	if (strcmp(rq->method, "GET") != 0 || !strstr(rq->path, "/members/") ||
	    !once_404)
		return;
	if (!done) {
		hidden = json_incref(fake_member(f, once_404));
		(void)json_object_del(
			f->members,
			json_string_value(json_object_get(hidden, "id")));
		return;
	}
	(void)json_object_set_new(
		f->members, json_string_value(json_object_get(hidden, "id")),
		hidden);
	once_404 = NULL;
}

static void one_404_is_not_forgotten(void **state)
{
	struct bridge_fixture *f = *state;
	struct err err = ERR_INIT;
	int64_t id = fake_person(f, "refused@x.example").id;

	assert_int_equal(fake_push(f, fake_group(f, "G"), &err), 0);
	fake_patch(f, id, "{\"first_name\":\"Q\"}");
	once_404 = "refused@x.example";
	f->during = forget_for_a_moment;
	f->refusal = "is unwell";
	assert_int_equal(fake_push(f, 1, &err), 0);
	assert_null(once_404);
	f->refusal = NULL;
	assert_int_equal(fake_push(f, 1, &err), 0);
	assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM push_row WHERE "
					"reason = 'forgotten'"),
			 0);
	/* deleted for good: the audience says so, until it is seen again */
	fake_delete_permanently(f, "refused@x.example");
	fake_patch(f, id, "{\"first_name\":\"R\"}");
	assert_int_equal(fake_push(f, 1, &err), 0);
	assert_string_equal(fake_text(f, "SELECT reason FROM push_row ORDER BY "
					 "push_id DESC LIMIT 1"),
			    "forgotten");
	fake_subscribe(f, "refused@x.example", "subscribed", "Form");
	assert_int_equal(fake_push(f, 1, &err), 0);
	assert_string_equal(fake_text(f, "SELECT COALESCE(reason, 'none') FROM "
					 "push_row ORDER BY push_id DESC LIMIT "
					 "1"),
			    "none");
}

#define TEST(name)                                                 \
	cmocka_unit_test_setup_teardown(name, bridge_fixture_open, \
					bridge_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(two_tagged_addresses_may_be_one_person),
		TEST(people_who_leave_with_two_addresses_lose_both_tags),
		TEST(a_poisoned_member_is_alone_in_its_fate),
		TEST(what_refuses_everybody_is_not_about_them),
		TEST(the_words_of_the_audience_are_kept),
		TEST(a_tag_follows_its_group_and_spares_those_of_others),
		TEST(faults_make_no_second_tag),
		TEST(failing_statements_make_no_second_tag),
		TEST(no_lost_answer_undoes_an_archive),
		TEST(pushes_of_a_group_take_turns),
		TEST(a_tag_of_a_canceled_push_is_found),
		TEST(a_404_makes_no_second_tag),
		TEST(a_confirmation_is_for_what_was_asked),
		TEST(a_hold_is_of_the_address),
		TEST(who_may_not_be_mailed_does_not_count),
		TEST(one_404_is_not_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
