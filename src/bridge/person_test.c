#include "bridge/bridge_fixture.h"
#include "bridge/bridge_private.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/email.h"
#include "base/err.h"
#include "crm/consent/consent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define OUT "{\"opted_out\":true,\"reason\":\"by phone\"}"
#define MOVE(to) "{\"email\":\"" to "\"}"

/* One pushed person, at a@x.example. */
static int64_t pushed(struct bridge_fixture *f, int64_t *group)
{
	struct err err = ERR_INIT;
	struct record p = fake_person(f, "a@x.example");

	*group = fake_group(f, "G");
	assert_int_equal(fake_push(f, *group, &err), 0);
	fake_run_all(f);
	assert_string_equal(fake_status(f, "a@x.example"), "subscribed");
	return p.id;
}

/* Jobs of a person in any order end the same. */
static void changes_do_not_overtake_each_other(void **state)
{
	struct bridge_fixture *f = *state;
	int64_t group, id = pushed(f, &group), first, second;
	struct err err = ERR_INIT;

	fake_patch(f, id, MOVE("b@x.example"));
	first = fake_number(f, "SELECT MAX(id) FROM job");
	f->fault_at = 1;
	f->fault = FAULT_503;
	assert_int_equal(fake_run_once(f, first, &err), -1);
	fake_patch(f, id, MOVE("c@x.example"));
	second = fake_number(f, "SELECT MAX(id) FROM job");
	assert_int_equal(fake_run(f, second, &err), 0);
	assert_int_equal(fake_run(f, first, &err), 0);
	assert_string_equal(fake_status(f, "a@x.example"), "none");
	assert_string_equal(fake_status(f, "b@x.example"), "none");
	assert_string_equal(fake_status(f, "c@x.example"), "subscribed");
	assert_int_equal(json_array_size(json_object_get(
				 fake_member(f, "c@x.example"), "tags")),
			 1);
	assert_int_equal(
		fake_number(f, "SELECT COUNT(*) FROM email WHERE left_ms IS "
			       "NOT NULL"),
		0);
}

static void rename_tag(struct bridge_fixture *f, const char *name)
{
	fake_say(json_array_get(f->segments, 0), "name", name);
}

static void rename_before_the_tag(struct bridge_fixture *f,
				  const struct mc_request *rq, bool done)
{
	if (done || strcmp(rq->method, "POST") != 0)
		return;
	f->during = NULL;
	rename_tag(f, "Renamed");
}

static void remove_before_the_tag(struct bridge_fixture *f,
				  const struct mc_request *rq, bool done)
{
	if (done || strcmp(rq->method, "POST") != 0)
		return;
	f->during = NULL;
	BUG_ON(json_array_clear(f->segments) < 0);
}

/* Somebody renames it, or takes it away, between reading the member that is
 * left and writing the one that gets its tags. */
static void a_tag_is_taken_along_as_it_is_by_then(void **state)
{
	struct bridge_fixture *f = *state;
	int64_t group;

	for (int removed = 0; removed <= 1; removed++) {
		int64_t id;

		bridge_fixture_renew(f);
		id = pushed(f, &group);
		fake_subscribe(f, "b@x.example", "subscribed", "Form");
		fake_patch(f, id, MOVE("b@x.example"));
		f->during =
			removed ? remove_before_the_tag : rename_before_the_tag;
		fake_run_all(f);
		assert_null(f->during);
		assert_string_equal(fake_status(f, "a@x.example"), "archived");
		assert_string_equal(fake_status(f, "b@x.example"),
				    "subscribed");
		assert_int_equal(json_array_size(f->segments), !removed);
		assert_int_equal(
			fake_is_tagged(fake_member(f, "b@x.example"), 1),
			!removed);
	}
}

static int64_t changing;
static const char *change;

static void change_during(struct bridge_fixture *f, const struct mc_request *rq,
			  bool done)
{
	if (!done || !change || strcmp(rq->method, "GET") == 0)
		return;
	fake_patch(f, changing, change);
	change = NULL;
}

/* Each kind of change, while each kind of call is under way. */
static void what_changes_during_a_call_is_seen(void **state)
{
	static const char *const changes[] = { OUT, MOVE("z@x.example"),
					       "{\"emails\":[]}" };
	struct bridge_fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		struct err err = ERR_INIT;
		int64_t group;

		bridge_fixture_renew(f);
		changing = pushed(f, &group);
		change = changes[i];
		f->during = change_during;
		fake_patch(f, changing, MOVE("b@x.example"));
		fake_run_all(f);
		assert_null(change);
		assert_int_equal(fake_wrong(f), 0);

		bridge_fixture_renew(f);
		changing = fake_person(f, "a@x.example").id;
		group = fake_group(f, "G");
		fake_person(f, "other@x.example");
		change = changes[i];
		f->during = change_during;
		assert_int_equal(fake_push(f, group, &err), 0);
		fake_run_all(f);
		assert_null(change);
		assert_int_equal(fake_wrong(f), 0);
		assert_string_equal(fake_status(f, "other@x.example"),
				    "subscribed");
	}
}

static const char *become;

static void change_before_the_move(struct bridge_fixture *f,
				   const struct mc_request *rq, bool done)
{
	if (done || strcmp(rq->method, "PATCH") != 0)
		return;
	f->during = NULL;
	fake_set_status(f, "a@x.example", become);
}

/* Somebody there changes the member between our look at it and our call. */
static void what_a_moved_member_became_is_noted(void **state)
{
	static const struct {
		const char *status;
		enum mirror_status noted;
	} cases[] = { { "archived", MIRROR_ARCHIVED },
		      { "unsubscribed", MIRROR_UNSUBSCRIBED },
		      { "cleaned", MIRROR_CLEANED } };
	struct bridge_fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t group, id;

		bridge_fixture_renew(f);
		id = pushed(f, &group);
		become = cases[i].status;
		f->during = change_before_the_move;
		fake_patch(f, id, MOVE("b@x.example"));
		fake_run_all(f);
		assert_null(f->during);
		assert_int_equal(
			fake_number(f, "SELECT MAX(status) FROM bridge_member"),
			cases[i].noted);
	}
}

/* Whatever the audience says to one of the addresses. */
static void each_address_of_who_opts_out_is_tried(void **state)
{
	static const char *const addresses[] = { "a@x.example", "b@x.example",
						 "c@x.example" };
	struct bridge_fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
		char hash[MD5_HEX + 1];
		int64_t group, id;

		bridge_fixture_renew(f);
		id = pushed(f, &group);
		fake_patch(f, id,
			   "{\"emails\":[{\"address\":\"a@x.example\"},"
			   "{\"address\":\"b@x.example\"},"
			   "{\"address\":\"c@x.example\"}]}");
		fake_run_all(f);
		fake_subscribe(f, "b@x.example", "subscribed", "Form");
		fake_subscribe(f, "c@x.example", "subscribed", "Form");
		email_hash(addresses[i], hash);
		f->poison = hash;
		fake_patch(f, id, OUT);
		fake_run_all(f);
		for (size_t k = 0; k < ARRAY_SIZE(addresses); k++)
			assert_string_equal(fake_status(f, addresses[k]),
					    k == i ? "subscribed"
						   : "unsubscribed");
		assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM "
						"bridge_parked"),
				 1);
		f->poison = NULL;
		fake_sync(f);
		assert_string_equal(fake_status(f, addresses[i]),
				    "unsubscribed");
	}
}

#define MANY 20

/* Members of theirs, all pushed; the ids are those of the people, from 1. */
static void push_many(struct bridge_fixture *f)
{
	struct err err = ERR_INIT;

	for (int i = 1; i <= MANY; i++)
		(void)fake_person(
			f, arena_printf(f->crm->arena, "m%d@x.example", i));
	fake_must(fake_push(f, fake_group(f, "All"), &err), &err);
	fake_run_all(f);
}

static const char *status_of_nth(struct bridge_fixture *f, int n)
{
	return fake_status(f, arena_printf(f->crm->arena, "m%d@x.example", n));
}

static void opt_many_out(struct bridge_fixture *f)
{
	for (int64_t id = 1; id <= MANY; id++)
		fake_patch(f, id, OUT);
}

static int64_t first_waiting(struct bridge_fixture *f)
{
	return fake_number(f, "SELECT MIN(id) FROM job WHERE state = 1");
}

#define UNDONE "SELECT COUNT(*) FROM job WHERE state <> 4"

static void many_opt_outs_are_one_call(void **state)
{
	struct bridge_fixture *f = *state;
	struct err err = ERR_INIT;
	int requests;

	push_many(f);
	opt_many_out(f);
	requests = f->requests;
	fake_must(fake_run_once(f, first_waiting(f), &err), &err);
	assert_true(f->requests - requests < 8);
	for (int i = 1; i <= MANY; i++)
		assert_string_equal(status_of_nth(f, i), "unsubscribed");
	assert_int_equal(fake_number(f, UNDONE), 0);
	assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM bridge_member "
					"WHERE status = 2 AND unsubscribed_ms "
					"IS NOT NULL AND unsubscribe_call_ms "
					"IS NOT NULL"),
			 MANY);
	assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM bridge_journal "
					"WHERE kind = 'optout'"),
			 MANY);
	/* the audience tells of our own call: no word of theirs */
	fake_sync(f);
	assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM consent"), MANY);
}

/* One was refused, one has left by themselves, one is no member any more, one
 * has left an address, one was never a member. */
static void who_is_not_like_the_many_has_a_job_alone(void **state)
{
	struct bridge_fixture *f = *state;
	char hash[MD5_HEX + 1];
	struct err err = ERR_INIT;

	push_many(f);
	(void)fake_person(f, "never@x.example");
	fake_set_status(f, "m3@x.example", "unsubscribed");
	fake_delete_permanently(f, "m4@x.example");
	fake_patch(f, 5, MOVE("moved@x.example"));
	f->refusal = "no";
	fake_rename(f, "m6@x.example", "refused@x.example");
	opt_many_out(f);
	fake_patch(f, MANY + 1, OUT);
	fake_must(fake_run_once(f, first_waiting(f), &err), &err);
	assert_string_equal(status_of_nth(f, MANY), "unsubscribed");
	assert_true(fake_number(f, UNDONE) > 0);
	f->refusal = NULL;
	fake_run_all(f);
	fake_sync(f);
	fake_run_all(f);
	assert_int_equal(fake_wrong(f), 0);
	assert_null(fake_member(f, "never@x.example"));
	assert_null(fake_member(f, "m4@x.example"));
	assert_string_equal(fake_status(f, "refused@x.example"),
			    "unsubscribed");
	assert_int_equal(fake_number(f, UNDONE), 0);
	/* that of who left by themselves is none of ours */
	email_hash("m3@x.example", hash);
	assert_int_equal(
		fake_number(f, arena_printf(f->crm->arena,
					    "SELECT COUNT(*) FROM "
					    "bridge_member WHERE status = 2 "
					    "AND unsubscribed_ms IS NULL AND "
					    "email_hash = '%s'",
					    hash)),
		1);
}

/* Their own job asks the audience what they did; the many do not. */
static void who_took_it_back_is_not_among_the_many(void **state)
{
	struct bridge_fixture *f = *state;
	struct err err = ERR_INIT;

	push_many(f);
	fake_patch(f, 1, OUT); /* whose job looks for the others */
	fake_set_status(f, "m2@x.example", "unsubscribed");
	fake_hook(f, "unsubscribe",
		  "\"data[email]\":\"m2@x.example\",\"data[action]\":\"unsub\","
		  "\"data[reason]\":\"manual\"",
		  NULL);
	fake_take_back(f, "m2@x.example", "2099-01-01T00:00:00+00:00");
	for (int64_t id = 3; id <= MANY; id++)
		fake_patch(f, id, OUT);
	fake_must(fake_run_once(f, first_waiting(f), &err), &err);
	assert_string_equal(status_of_nth(f, 3), "unsubscribed");
	fake_run_all(f);
	assert_string_equal(status_of_nth(f, 2), "subscribed");
	assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM person WHERE "
					"opted_out = 1"),
			 MANY - 1);
	assert_int_equal(fake_number(f, UNDONE), 0);
}

/* Whatever request fails, in whatever way, and whatever statement. */
static void faults_leave_none_of_the_many_subscribed(void **state)
{
	struct bridge_fixture *f = *state;
	int failures = 0;

	for (int fault = FAULT_503; fault < FAULTS; fault++) {
		for (int n = 1 + store_fixture_offset(fault); n < 8;
		     n += store_fixture_stride()) {
			bridge_fixture_renew(f);
			push_many(f);
			opt_many_out(f);
			f->fault_at = n;
			f->fault = (enum fault)fault;
			fake_run_all(f);
			fake_sync(f);
			assert_int_equal(fake_wrong(f), 0);
			assert_int_equal(fake_number(f, UNDONE), 0);
		}
	}
	for (int n = 1; n < 60; n += store_fixture_stride()) {
		struct err err = ERR_INIT;

		bridge_fixture_renew(f);
		push_many(f);
		opt_many_out(f);
		f->statement_at = n;
		failures += fake_run_once(f, first_waiting(f), &err) < 0;
		fake_run_all(f);
		assert_int_equal(fake_wrong(f), 0);
		assert_int_equal(fake_number(f, UNDONE), 0);
	}
	assert_true(failures > 0);
}

static int64_t heir;

/* What the audience tells of the archive is of a later second than the word, as
 * on a slow machine. */
static void unsubscribe_before_archive(struct bridge_fixture *f,
				       const struct mc_request *rq, bool done)
{
	CLEANUP(strbuf_release) struct strbuf later = STRBUF_INIT;

	if (strcmp(rq->method, "DELETE") != 0)
		return;
	if (!done) {
		fake_set_status(f, "a@x.example", "unsubscribed");
		fake_patch(f, heir, MOVE("a@x.example"));
		return;
	}
	f->during = NULL;
	time_format_iso(clock_now_ms() + 2 * MS_SECOND, &later);
	fake_set_changed(f, "a@x.example", later.buf);
}

/* They say no while the bridge archives an address that nobody has, and
 * somebody gets it at that moment; the process may die after the archive. */
static void the_last_word_before_an_archive_is_heard(void **state)
{
	struct bridge_fixture *f = *state;

	for (int fault_at = 0; fault_at < 6; fault_at++) {
		struct err err = ERR_INIT;
		int64_t group, leaver;

		bridge_fixture_renew(f);
		leaver = pushed(f, &group);
		heir = fake_person(f, "h@x.example").id;
		fake_patch(f, leaver, "{\"emails\":[]}");
		f->during = unsubscribe_before_archive;
		f->fault_at = fault_at;
		f->fault = FAULT_LOST;
		fake_run_all(f);
		assert_null(f->during);
		assert_int_equal(fake_push(f, group, &err), 0);
		fake_run_all(f);
		assert_string_not_equal(fake_status(f, "a@x.example"),
					"subscribed");
		assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM person"
						" WHERE opted_out = 1"),
				 2);
	}
}

static void erase_before_members(struct bridge_fixture *f,
				 const struct mc_request *rq, bool done)
{
	struct err err = ERR_INIT;

	if (done || !strstr(rq->path, "skip_merge_validation"))
		return;
	f->during = NULL;
	fake_erase(f, changing);
	assert_int_equal(
		fake_run(f, fake_number(f, "SELECT MAX(id) FROM job"), &err),
		0);
}

/* The job that deletes the member for good finds none: it is just being made.
 */
static void who_is_erased_during_a_push_is_no_member(void **state)
{
	struct bridge_fixture *f = *state;
	int64_t group = fake_group(f, "G");
	struct err err = ERR_INIT;

	changing = fake_person(f, "a@x.example").id;
	fake_person(f, "other@x.example");
	f->during = erase_before_members;
	assert_int_equal(fake_push(f, group, &err), 0);
	fake_run_all(f);
	assert_string_equal(fake_status(f, "a@x.example"), "none");
	assert_string_equal(fake_status(f, "other@x.example"), "subscribed");
}

static void change_before_members(struct bridge_fixture *f,
				  const struct mc_request *rq, bool done)
{
	if (done || !change || !strstr(rq->path, "skip_merge_validation"))
		return;
	fake_patch(f, changing, change);
	change = NULL;
}

/* The person's job is over before the old address is subscribed, and the push
 * dies before it can store that: the sync finds it. */
static void a_killed_push_leaves_nobody_behind(void **state)
{
	static const char *const changes[] = { MOVE("z@x.example"),
					       "{\"emails\":[]}", OUT };
	struct bridge_fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		struct err err = ERR_INIT;
		int64_t group, job;

		bridge_fixture_renew(f);
		changing = fake_person(f, "a@x.example").id;
		group = fake_group(f, "G");
		(void)group;
		change = changes[i];
		f->during = change_before_members;
		job = fake_add_job(f, "push",
				   "{\"group_id\":1,\"dry_run\":false}");
		f->fault = FAULT_LOST;
		for (int n = 1; change; n++) { /* until it is the batch */
			f->fault_at = n;
			f->requests = 0;
			(void)fake_run_once(f, job, &err);
		}
		fake_run_all(f);
		assert_int_equal(fake_run(f, job, &err), 0);
		fake_run_all(f);
		fake_sync(f);
		fake_run_all(f);
		assert_int_equal(fake_wrong(f), 0);
	}
}

/* Whatever request fails, in whatever way; whatever statement fails. */
static void faults_end_in_the_same_audience(void **state)
{
	struct bridge_fixture *f = *state;

	for (int fault = FAULT_503; fault < FAULTS; fault++) {
		for (int n = 1 + store_fixture_offset(fault); n < 12;
		     n += store_fixture_stride()) {
			int64_t group, id;

			bridge_fixture_renew(f);
			id = pushed(f, &group);
			fake_patch(f, id, MOVE("b@x.example"));
			f->fault_at = n;
			f->fault = (enum fault)fault;
			fake_run_all(f);
			fake_sync(f);
			assert_int_equal(fake_wrong(f), 0);
			assert_string_equal(fake_status(f, "b@x.example"),
					    "subscribed");
		}
	}
}

static void failing_statements_end_in_the_same_audience(void **state)
{
	struct bridge_fixture *f = *state;
	int failures = 0;

	for (int n = 1;; n += store_fixture_stride()) {
		struct err err = ERR_INIT;
		int64_t group, id;
		int ret;

		bridge_fixture_renew(f);
		id = pushed(f, &group);
		fake_subscribe(f, "b@x.example", "subscribed", "Form");
		fake_patch(f, id, MOVE("b@x.example"));
		id = fake_number(f, "SELECT MAX(id) FROM job");
		f->statement_at = n;
		ret = fake_run_once(f, id, &err);
		fake_run_all(f);
		assert_int_equal(fake_wrong(f), 0);
		assert_string_equal(fake_status(f, "a@x.example"), "archived");
		if (ret == 0)
			break;
		failures++;
	}
	assert_true(failures * store_fixture_stride() > 5);
}

static void members_of_nobody_are_archived_if_they_are_ours(void **state)
{
	struct bridge_fixture *f = *state;
	int64_t group, id = pushed(f, &group);

	fake_subscribe(f, "form@x.example", "subscribed", "Hosted Form");
	fake_patch(f, id, "{\"emails\":[]}");
	fake_run_all(f);
	assert_string_equal(fake_status(f, "a@x.example"), "archived");
	fake_sync(f);
	assert_string_equal(fake_status(f, "form@x.example"), "subscribed");

	/* of a person that others subscribed: left alone */
	id = fake_person(f, "form@x.example").id;
	fake_sync(f);
	fake_patch(f, id, "{\"emails\":[]}");
	fake_run_all(f);
	fake_sync(f);
	assert_string_equal(fake_status(f, "form@x.example"), "subscribed");
}

#define DELETED ""

/* The job of the person, too, comes before the audience knows the member. */
static void change_and_settle_before_members(struct bridge_fixture *f,
					     const struct mc_request *rq,
					     bool done)
{
	struct err err = ERR_INIT;

	if (done || !change || !strstr(rq->path, "skip_merge_validation"))
		return;
	if (strcmp(change, DELETED) == 0)
		fake_delete(f, changing);
	else
		fake_patch(f, changing, change);
	change = NULL;
	(void)fake_run_once(f, fake_number(f, "SELECT MAX(id) FROM job"), &err);
}

/* No sync needs to find who was subscribed meanwhile. */
static void a_call_on_its_way_is_waited_for(void **state)
{
	static const char *const changes[] = { MOVE("z@x.example"),
					       "{\"emails\":[]}", OUT,
					       DELETED };
	struct bridge_fixture *f = *state;

	for (size_t i = 0; i < 2 * ARRAY_SIZE(changes); i++) {
		bool is_killed = i % 2;
		struct err err = ERR_INIT;
		int64_t job;

		bridge_fixture_renew(f);
		changing = fake_person(f, "a@x.example").id;
		(void)fake_group(f, "G");
		change = changes[i / 2];
		f->during = change_and_settle_before_members;
		job = fake_add_job(f, "push",
				   "{\"group_id\":1,\"dry_run\":false}");
		f->fault = FAULT_LOST;
		for (int n = 1; change; n++) { /* until it is the batch */
			f->fault_at = is_killed ? n : 0;
			f->requests = 0;
			(void)fake_run_once(f, job, &err);
		}
		f->fault_at = 0;
		fake_run_all(f);
		assert_int_equal(fake_wrong(f), 0);
		assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM job "
						"WHERE state IN (1, 2)"),
				 0);
	}
}

/* At once, whatever fails; the sync finds who was missed. */
static void members_of_deleted_people_are_archived(void **state)
{
	struct bridge_fixture *f = *state;

	for (int fault_at = 0; fault_at < 5; fault_at++) {
		int64_t group, id, other;

		bridge_fixture_renew(f);
		id = pushed(f, &group);
		fake_subscribe(f, "form@x.example", "subscribed",
			       "Hosted Form");
		other = fake_person(f, "form@x.example").id;
		fake_sync(f);
		fake_delete(f, id);
		fake_delete(f, other);
		f->fault_at = fault_at;
		f->fault = FAULT_LOST;
		fake_run_all(f);
		assert_string_equal(fake_status(f, "a@x.example"), "archived");
		fake_sync(f);
		assert_string_equal(fake_status(f, "a@x.example"), "archived");
		assert_string_equal(fake_status(f, "form@x.example"),
				    "subscribed");
	}
}

static void orphans_of_deleted_people_are_found_by_the_sync(void **state)
{
	struct bridge_fixture *f = *state;
	int64_t group, id = pushed(f, &group);

	fake_subscribe(f, "form@x.example", "subscribed", "Hosted Form");
	fake_delete(f, id);
	fake_sync(f);
	assert_string_equal(fake_status(f, "a@x.example"), "archived");
	assert_string_equal(fake_status(f, "form@x.example"), "subscribed");
}

static void undo_opt_out(struct bridge_fixture *f, int64_t id)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct consent undone = { .entity = ENTITY_PERSON,
				  .record_id = id,
				  .state = CONSENT_OPTED_IN,
				  .source = CONSENT_BY_UNDO,
				  .reason = "taken back" };
	struct err err = ERR_INIT;

	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_int_equal(consent_add(&tx, &undone, &f->crm->actor, &err), 1);
	assert_int_equal(tx_commit(&tx, &err), 0);
}

/* Nothing of ours subscribes anybody again; but what the bridge did for an
 * opt-out that is void is no evidence against the person. */
static void our_unsubscribe_is_no_word_of_theirs(void **state)
{
	static const char out[] =
		"SELECT COUNT(*) FROM person WHERE opted_out = 1";
	struct bridge_fixture *f = *state;
	int64_t group, id = pushed(f, &group);

	fake_patch(f, id, OUT);
	fake_run_all(f);
	assert_string_equal(fake_status(f, "a@x.example"), "unsubscribed");
	f->crm->actor.now_ms = clock_now_ms();
	undo_opt_out(f, id);
	fake_run_all(f);
	fake_sync(f);
	assert_int_equal(fake_number(f, out), 0);
	assert_string_equal(fake_status(f, "a@x.example"), "unsubscribed");

	/* nor is it after a yes that a user recorded, whatever is edited */
	fake_patch(f, id, OUT);
	fake_run_all(f);
	f->crm->actor.now_ms += 5000;
	fake_patch(f, id, "{\"opted_out\":false,\"reason\":\"wrote\"}");
	fake_run_all(f);
	f->crm->actor.now_ms += 5000;
	fake_patch(f, id, "{\"first_name\":\"Another\"}");
	fake_run_all(f);
	fake_sync(f);
	assert_int_equal(fake_number(f, out), 0);

	/* who had left by themselves has said so */
	id = fake_person(f, "b@x.example").id;
	fake_subscribe(f, "b@x.example", "unsubscribed", "API");
	fake_patch(f, id, OUT);
	fake_run_all(f);
	undo_opt_out(f, id);
	fake_sync(f);
	assert_int_equal(fake_number(f, out), 1);
}

#define SIDE "side@x.example"
#define BOTH                                          \
	"{\"emails\":[{\"address\":\"a@x.example\"}," \
	"{\"address\":\"" SIDE "\"}]}"
#define ONE "{\"emails\":[{\"address\":\"a@x.example\"}]}"

struct way_out {
	const char *first, *then; /* changes of the person; NULL: none */
	bool deleted;
	const char *address; /* that was left */
};

static void leave(struct bridge_fixture *f, const struct way_out *way,
		  bool is_foreign, bool is_seen)
{
	struct err err = ERR_INIT;
	int64_t id;

	bridge_fixture_renew(f);
	id = fake_person(f, "a@x.example").id;
	fake_patch(f, id, BOTH);
	(void)fake_group(f, "G");
	if (is_foreign || strcmp(way->address, SIDE) == 0)
		fake_subscribe(f, way->address, "subscribed", "API");
	if (is_seen || !is_foreign)
		assert_int_equal(fake_push(f, 1, &err), 0);
	fake_run_all(f);
	fake_patch(f, id, way->first);
	if (way->then)
		fake_patch(f, id, way->then);
	if (way->deleted)
		fake_delete(f, id);
}

/* Whichever address leaves somebody who has opted out, before or after that,
 * whoever subscribed it: it gets no mail, whatever fails, for however long; nor
 * does the address that comes for it. */
static void what_leaves_an_opt_out_is_unsubscribed(void **state)
{
	static const struct way_out ways[] = {
		{ OUT, NULL, true, "a@x.example" },
		{ OUT, NULL, true, SIDE },
		{ OUT, ONE, true, SIDE },
		{ OUT, ONE, false, SIDE },
		{ OUT, MOVE("z@x.example"), false, "a@x.example" },
		{ OUT, MOVE("z@x.example"), true, "a@x.example" },
		{ OUT, "{\"emails\":[]}", false, "a@x.example" },
		{ MOVE("z@x.example"), OUT, true, "a@x.example" },
		{ MOVE("z@x.example"), OUT, false, "a@x.example" },
	};
	struct bridge_fixture *f = *state;

	for (size_t i = 0; i < 4 * ARRAY_SIZE(ways);
	     i += (size_t)store_fixture_stride()) {
		const struct way_out *way = &ways[i / 4];

		for (int n = 0; n < 7; n += 3) {
			leave(f, way, i % 2, i / 2 % 2);
			f->fault_at = n;
			f->fault = FAULT_CUT;
			f->fault_more = n % 2 ? 40 : 0; /* jobs give up */
			fake_run_all(f);
			f->fault_at = 0;
			fake_sync(f);
			if (strcmp(fake_status(f, way->address),
				   "subscribed") == 0)
				fail_msg("case %zu, %d", i, n);
			assert_string_not_equal(fake_status(f, "z@x.example"),
						"subscribed");
			assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM "
							"email WHERE out_ms IS "
							"NOT NULL"),
					 0);
		}
	}
}

/* Of a deleted person, nothing stays that the audience does not know. */
static void an_opt_out_leaves_no_address_behind(void **state)
{
	struct bridge_fixture *f = *state;
	int64_t id = fake_person(f, "a@x.example").id;

	fake_patch(f, id, OUT);
	fake_delete(f, id);
	assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM email"), 1);
	fake_run_all(f);
	assert_int_equal(fake_number(f, "SELECT COUNT(*) FROM email"), 0);
}

/* Who shares the address and said yes after that keeps it. */
static void who_takes_mail_keeps_the_address(void **state)
{
	struct bridge_fixture *f = *state;
	int64_t group, id = pushed(f, &group);
	struct consent in = { .entity = ENTITY_PERSON,
			      .state = CONSENT_OPTED_IN,
			      .source = CONSENT_BY_PERSON };
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	in.record_id = fake_person(f, "a@x.example").id;
	fake_patch(f, id, OUT);
	f->crm->actor.now_ms++;
	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_int_equal(consent_add(&tx, &in, &f->crm->actor, &err), 1);
	assert_int_equal(tx_commit(&tx, &err), 0);
	fake_delete(f, id);
	fake_run_all(f);
	fake_sync(f);
	assert_string_equal(fake_status(f, "a@x.example"), "subscribed");
	assert_int_equal(fake_number(f, "SELECT opted_out FROM person"), 0);
}

static void a_foreign_page_is_no_unsubscribe(void **state)
{
	struct bridge_fixture *f = *state;
	struct err err = ERR_INIT;
	int64_t group, id = pushed(f, &group), job;

	fake_patch(f, id, OUT);
	job = fake_number(f, "SELECT MAX(id) FROM job");
	f->fault_at = 1;
	f->fault = FAULT_PAGE_200;
	assert_int_equal(fake_run_once(f, job, &err), -1);
	assert_int_equal(err.code, ERR_RETRY);
	assert_int_equal(fake_run_once(f, job, &err), 0);
	assert_string_equal(fake_status(f, "a@x.example"), "unsubscribed");
}

#define TEST(name)                                                 \
	cmocka_unit_test_setup_teardown(name, bridge_fixture_open, \
					bridge_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_tag_is_taken_along_as_it_is_by_then),
		TEST(changes_do_not_overtake_each_other),
		TEST(what_changes_during_a_call_is_seen),
		TEST(what_a_moved_member_became_is_noted),
		TEST(each_address_of_who_opts_out_is_tried),
		TEST(many_opt_outs_are_one_call),
		TEST(who_is_not_like_the_many_has_a_job_alone),
		TEST(who_took_it_back_is_not_among_the_many),
		TEST(faults_leave_none_of_the_many_subscribed),
		TEST(the_last_word_before_an_archive_is_heard),
		TEST(who_is_erased_during_a_push_is_no_member),
		TEST(a_killed_push_leaves_nobody_behind),
		TEST(a_call_on_its_way_is_waited_for),
		TEST(faults_end_in_the_same_audience),
		TEST(failing_statements_end_in_the_same_audience),
		TEST(members_of_nobody_are_archived_if_they_are_ours),
		TEST(members_of_deleted_people_are_archived),
		TEST(orphans_of_deleted_people_are_found_by_the_sync),
		TEST(our_unsubscribe_is_no_word_of_theirs),
		TEST(what_leaves_an_opt_out_is_unsubscribed),
		TEST(an_opt_out_leaves_no_address_behind),
		TEST(who_takes_mail_keeps_the_address),
		TEST(a_foreign_page_is_no_unsubscribe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
