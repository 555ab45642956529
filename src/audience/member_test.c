#include "audience/audience_fixture.h"
#include "audience/suppression.h"
#include "audience/webhook.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/email.h"
#include "base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define NOW FIXTURE_NOW

static int apply(struct audience_fixture *w, enum member_mode mode,
		 const char *key, const char *body, struct member *out,
		 struct err *err)
{
	return audience_fixture_apply(w, mode, key, body, NOW, out, err);
}

static void must(struct audience_fixture *w, enum member_mode mode,
		 const char *key, const char *body, struct member *out)
{
	struct err err = ERR_INIT;

	if (apply(w, mode, key, body, out, &err) < 0)
		fail_msg("%s: %s", body, err.text);
}

static void refused(struct audience_fixture *w, enum member_mode mode,
		    const char *key, const char *body, const char *title,
		    const char *text)
{
	struct err err = ERR_INIT;

	assert_int_equal(apply(w, mode, key, body, NULL, &err), -1);
	if (title)
		assert_string_equal(err.title, title);
	if (text && !strstr(err.text, text))
		fail_msg("%s is not in %s", text, err.text);
}

static enum member_status status_of(struct audience_fixture *w, const char *key)
{
	struct member m;
	struct err err = ERR_INIT;

	assert_int_equal(member_get(w->db, w->list.id, key, w->arena, &m, &err),
			 0);
	return m.status;
}

static void add_listener(struct audience_fixture *w)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(json_free) json_t *hook = NULL;
	struct err err = ERR_INIT;
	struct webhook added;

	assert_int_equal(tx_begin(w->db, &tx, &err), 0);
	assert_int_equal(json_parse(STR("{\"url\":\"http://example.org/h\","
					"\"sources\":{\"api\":true}}"),
				    &hook, &err),
			 0);
	assert_int_equal(
		webhook_add(&tx, w->list.id, hook, NOW, w->arena, &added, &err),
		0);
	assert_int_equal(tx_commit(&tx, &err), 0);
}

#define ANN "{\"email_address\":\"Ann@Example.org\",\"status\":\"subscribed\"}"
#define ANN_HASH "0d2a6ea93a30ab5f7d23b2a3b9e0b4d0"

static void is_found_by_hash_address_and_contact_id(void **state)
{
	struct audience_fixture *w = *state;
	char hash[33], contact[33];
	struct member m, again;
	struct err err = ERR_INIT;

	must(w, MEMBER_POST, NULL, ANN, &m);
	email_hash("ann@example.org", hash);
	assert_string_equal(m.email_hash, hash);
	assert_string_equal(m.address, "ann@example.org");
	assert_int_equal(m.opt_ms, NOW);
	member_contact_id(m.id, contact);
	assert_int_equal(member_of_contact_id(contact), m.id);
	assert_int_equal(member_of_unique_id(m.unique_id), m.id);
	assert_int_equal(
		member_get(w->db, w->list.id, hash, w->arena, &again, &err), 0);
	assert_int_equal(member_get(w->db, w->list.id, "ANN@example.org",
				    w->arena, &again, &err),
			 0);
	assert_int_equal(
		member_get(w->db, w->list.id, contact, w->arena, &again, &err),
		0);
	assert_int_equal(again.id, m.id);
	assert_int_equal(member_find(w->db, w->list.id, ANN_HASH, w->arena,
				     &again, &err),
			 0);
}

static void posting_twice_is_refused_with_mailchimps_words(void **state)
{
	struct audience_fixture *w = *state;

	must(w, MEMBER_POST, NULL, ANN, NULL);
	refused(w, MEMBER_POST, NULL, ANN, "Member Exists",
		"Ann@Example.org is already a list member. Use PUT to insert "
		"or update list members.");
	refused(w, MEMBER_POST, NULL,
		"{\"email_address\":\"a@b\",\"status\":\"subscribed\"}", "",
		"looks fake or invalid");
	refused(w, MEMBER_POST, NULL, "{\"status\":\"subscribed\"}", "",
		"Please provide a valid email address.");
	refused(w, MEMBER_POST, NULL, "{\"email_address\":\"b@example.org\"}",
		"", "should not be blank");
}

static void what_the_api_unsubscribed_it_may_subscribe_again(void **state)
{
	struct audience_fixture *w = *state;
	struct member m;

	must(w, MEMBER_POST, NULL, ANN, NULL);
	must(w, MEMBER_PUT, "ann@example.org", "{\"status\":\"unsubscribed\"}",
	     &m);
	assert_string_equal(m.unsubscribe_reason,
			    "N/A (Unsubscribed by admin)");
	must(w, MEMBER_PUT, "ann@example.org", "{\"status\":\"subscribed\"}",
	     &m);
	assert_int_equal(m.status, MEMBER_SUBSCRIBED);
	assert_int_equal(m.opt_ms, NOW);
}

static void who_left_by_himself_never_comes_back_by_the_api(void **state)
{
	struct audience_fixture *w = *state;
	static const enum departure_how ways[] = { DEPART_UNSUBSCRIBED,
						   DEPART_COMPLAINED,
						   DEPART_BOUNCED };

	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		char body[96], key[32];
		struct member m;

		(void)snprintf(key, sizeof(key), "p%zu@example.org", i);
		(void)snprintf(body, sizeof(body),
			       "{\"email_address\":\"%s\",\"status\":"
			       "\"subscribed\"}",
			       key);
		must(w, MEMBER_POST, NULL, body, &m);
		audience_fixture_depart(w, m.id, ways[i], NOW + 1);
		refused(w, MEMBER_PUT, key, "{\"status\":\"subscribed\"}",
			"Member In Compliance State",
			"is in a compliance state due to unsubscribe, bounce, "
			"or compliance review and cannot be subscribed.");
		/* Neither by way of other statuses. */
		must(w, MEMBER_PATCH, key, "{\"status\":\"unsubscribed\"}",
		     NULL);
		refused(w, MEMBER_PATCH, key, "{\"status\":\"subscribed\"}",
			"Member In Compliance State", NULL);
		must(w, MEMBER_PATCH, key, "{\"status\":\"pending\"}", NULL);
		refused(w, MEMBER_PATCH, key, "{\"status\":\"subscribed\"}",
			"Member In Compliance State", NULL);
		must(w, MEMBER_PUT, key,
		     "{\"status_if_new\":\"subscribed\",\"vip\":true}", &m);
		assert_int_equal(m.status, MEMBER_PENDING);
		assert_true(m.vip);
	}
}

#define MOVE(to) "{\"email_address\":\"" to "\"}"
#define SUBSCRIBE(address) \
	"{\"email_address\":\"" address "\",\"status\":\"subscribed\"}"

/* z said no by itself, and is z9 by now. */
static int64_t leave_address(struct audience_fixture *w, enum departure_how how)
{
	struct member m;

	must(w, MEMBER_POST, NULL, SUBSCRIBE("z@x.example"), &m);
	audience_fixture_depart(w, m.id, how, NOW + 1);
	must(w, MEMBER_PATCH, "z@x.example", MOVE("z9@x.example"), NULL);
	assert_int_equal(status_of(w, "z9@x.example"), MEMBER_UNSUBSCRIBED);
	return m.id;
}

static void a_no_stays_with_the_address_too(void **state)
{
	static const char compliance[] = "Member In Compliance State";
	struct audience_fixture *w = *state;

	(void)leave_address(w, DEPART_UNSUBSCRIBED);
	refused(w, MEMBER_POST, NULL, SUBSCRIBE("z@x.example"), compliance,
		"z@x.example is in a compliance state");
	refused(w, MEMBER_BATCH_UPDATE, NULL, SUBSCRIBE("Z@x.example"),
		compliance, NULL);
	refused(w, MEMBER_PUT, "z@x.example",
		"{\"status_if_new\":\"subscribed\"}", compliance, NULL);
	/* nor by a member that is subscribed, nor by other statuses */
	must(w, MEMBER_POST, NULL, SUBSCRIBE("y@x.example"), NULL);
	refused(w, MEMBER_PATCH, "y@x.example", MOVE("z@x.example"), compliance,
		NULL);
	assert_int_equal(status_of(w, "y@x.example"), MEMBER_SUBSCRIBED);
	must(w, MEMBER_POST, NULL,
	     "{\"email_address\":\"z@x.example\",\"status\":\"unsubscribed\"}",
	     NULL);
	refused(w, MEMBER_PATCH, "z@x.example", "{\"status\":\"subscribed\"}",
		compliance, NULL);
	refused(w, MEMBER_PATCH, "z9@x.example", "{\"status\":\"subscribed\"}",
		compliance, NULL);
}

static void who_said_no_may_have_the_address_back(void **state)
{
	struct audience_fixture *w = *state;
	struct member m;
	int64_t id = leave_address(w, DEPART_COMPLAINED);

	must(w, MEMBER_PATCH, "z9@x.example", MOVE("z@x.example"), &m);
	assert_int_equal(m.id, id);
	assert_int_equal(m.unsubscribed_by, UNSUBSCRIBED_BY_COMPLAINT);
	refused(w, MEMBER_PATCH, "z@x.example", "{\"status\":\"subscribed\"}",
		"Member In Compliance State", NULL);
}

/* What the API said it may undo, whatever the address. */
static void what_the_api_unsubscribed_leaves_no_no(void **state)
{
	struct audience_fixture *w = *state;

	must(w, MEMBER_POST, NULL, SUBSCRIBE("z@x.example"), NULL);
	must(w, MEMBER_PATCH, "z@x.example", "{\"status\":\"unsubscribed\"}",
	     NULL);
	must(w, MEMBER_PATCH, "z@x.example", MOVE("z9@x.example"), NULL);
	must(w, MEMBER_POST, NULL, SUBSCRIBE("z@x.example"), NULL);
	assert_int_equal(audience_fixture_int(w, "SELECT COUNT(*) FROM "
						 "forgotten"),
			 0);
}

/* A no of their own is not washed off by a bounce. */
static void who_bounced_after_a_no_has_said_it(void **state)
{
	struct audience_fixture *w = *state;
	struct member m;

	must(w, MEMBER_POST, NULL, SUBSCRIBE("z@x.example"), &m);
	audience_fixture_depart(w, m.id, DEPART_UNSUBSCRIBED, NOW + 1);
	audience_fixture_depart(w, m.id, DEPART_BOUNCED, NOW + 2);
	must(w, MEMBER_PATCH, "z@x.example", "{\"status\":\"unsubscribed\"}",
	     NULL);
	must(w, MEMBER_PATCH, "z@x.example", MOVE("z9@x.example"), NULL);
	refused(w, MEMBER_POST, NULL, SUBSCRIBE("z@x.example"),
		"Member In Compliance State", NULL);
}

/* Unsubscribed again, so long after the first. */
static void unsubscribing_again_is_heard(void **state)
{
	static const struct {
		enum member_mode mode;
		int64_t after_ms;
		int told, changed;
	} cases[] = {
		{ MEMBER_PATCH, 0, 0, 0 },
		{ MEMBER_PATCH, 59999, 0, 1 }, /* a program's echo, perhaps */
		{ MEMBER_PATCH, 60000, 1, 1 },
		{ MEMBER_PUT, 60000, 1, 1 },
		{ MEMBER_BATCH_UPDATE, 60000, 0, 0 },
	};
	static const char said[] = "{\"email_address\":\"z@x.example\","
				   "\"status\":\"unsubscribed\"}";
	struct audience_fixture *w = *state;

	add_listener(w);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *key = cases[i].mode == MEMBER_BATCH_UPDATE
					  ? NULL
					  : "z@x.example";
		struct err err = ERR_INIT;
		struct member m;
		int64_t now_ms = NOW + (int64_t)i * MS_DAY + cases[i].after_ms;

		store_fixture_exec(w->db, "DELETE FROM job");
		assert_int_equal(audience_fixture_apply(
					 w, MEMBER_PUT, "z@x.example", said,
					 NOW + (int64_t)i * MS_DAY, &m, &err),
				 0);
		store_fixture_exec(w->db, "DELETE FROM job");
		assert_int_equal(audience_fixture_apply(w, cases[i].mode, key,
							said, now_ms, &m, &err),
				 0);
		assert_int_equal(
			audience_fixture_int(w, "SELECT COUNT(*) FROM job"),
			cases[i].told);
		assert_int_equal(m.changed_ms == now_ms,
				 cases[i].changed || cases[i].after_ms == 0);
	}
}

static int archive(struct audience_fixture *w, const char *key, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct member_actor actor = { .source = SOURCE_API, .now_ms = NOW };

	assert_int_equal(tx_begin(w->db, &tx, err), 0);
	if (member_archive(&tx, &w->list, key, &actor, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static void archived_members_stay_readable_and_may_return(void **state)
{
	struct audience_fixture *w = *state;
	struct err err = ERR_INIT;
	struct member m;

	must(w, MEMBER_POST, NULL, ANN, NULL);
	assert_int_equal(archive(w, "ann@example.org", &err), 0);
	assert_int_equal(status_of(w, "ann@example.org"), MEMBER_ARCHIVED);
	assert_int_equal(archive(w, "ann@example.org", &err), -1);
	assert_string_equal(err.title, "Method Not Allowed");
	assert_int_equal(audience_fixture_apply(w, MEMBER_POST, NULL, ANN,
						NOW + 5000, &m, &err),
			 0);
	assert_int_equal(m.status, MEMBER_SUBSCRIBED);
	assert_int_equal(m.opt_ms, NOW + 5000);
}

static void forgotten_ones_leave_a_keyed_hash_only(void **state)
{
	struct audience_fixture *w = *state;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct member_actor actor = { .source = SOURCE_API, .now_ms = NOW };
	struct err err = ERR_INIT;
	const char *reason = "";
	struct member m;

	must(w, MEMBER_POST, NULL, ANN, &m);
	assert_int_equal(tx_begin(w->db, &tx, &err), 0);
	assert_int_equal(
		member_forget(&tx, &w->list, "ann@example.org", &actor, &err),
		0);
	assert_int_equal(tx_commit(&tx, &err), 0);
	assert_int_equal(member_find(w->db, w->list.id, "ann@example.org",
				     w->arena, &m, &err),
			 0);
	refused(w, MEMBER_POST, NULL, ANN, "Forgotten Email Not Subscribed",
		"was permanently deleted and cannot be re-imported. The "
		"contact must re-subscribe to get back on the list.");
	assert_int_equal(consent_check(w->db, &m.id, 1, &reason, &err), 0);
	assert_string_equal(reason, "forgotten");
}

static void an_address_may_change_and_the_member_stays(void **state)
{
	struct audience_fixture *w = *state;
	struct member before, after;
	struct err err = ERR_INIT;

	must(w, MEMBER_POST, NULL, ANN, &before);
	must(w, MEMBER_POST, NULL,
	     "{\"email_address\":\"bob@example.org\",\"status\":"
	     "\"subscribed\"}",
	     NULL);
	must(w, MEMBER_PATCH, "ann@example.org",
	     "{\"email_address\":\"ann@example.com\"}", &after);
	assert_int_equal(before.id, after.id);
	assert_int_equal(before.opt_ms, after.opt_ms);
	assert_int_equal(member_find(w->db, w->list.id, "ann@example.org",
				     w->arena, &after, &err),
			 0);
	assert_int_equal(status_of(w, "ann@example.com"), MEMBER_SUBSCRIBED);
	refused(w, MEMBER_PUT, "ann@example.com",
		"{\"email_address\":\"bob@example.org\"}", "Member Exists",
		NULL);
	refused(w, MEMBER_PATCH, "nobody@example.org", "{}", "",
		"could not be found");
	/* An unknown hash makes a member under the body's address. */
	must(w, MEMBER_PUT, ANN_HASH,
	     "{\"email_address\":\"eve@example.org\",\"status_if_new\":"
	     "\"pending\"}",
	     &after);
	assert_int_equal(after.status, MEMBER_PENDING);
	refused(w, MEMBER_PUT, ANN_HASH,
		"{\"email_address\":\"eve@example.org\",\"status_if_new\":"
		"\"pending\"}",
		"Member Exists", NULL);
}

static void doing_it_twice_changes_nothing_the_second_time(void **state)
{
	struct audience_fixture *w = *state;
	static const char body[] =
		"{\"email_address\":\"x@example.org\",\"status_if_new\":"
		"\"subscribed\",\"merge_fields\":{\"FNAME\":\"X\"},"
		"\"tags\":[\"blue\"]}";
	struct err err = ERR_INIT;
	struct member m;

	must(w, MEMBER_PUT, "x@example.org", body, &m);
	assert_int_equal(audience_fixture_apply(w, MEMBER_PUT, "x@example.org",
						body, NOW + 9000, &m, &err),
			 0);
	assert_int_equal(m.changed_ms, NOW);
	assert_string_equal(m.merge, "{\"1\":\"X\"}");
}

static void merge_fields_are_checked_and_kept_in_one_spelling(void **state)
{
	struct audience_fixture *w = *state;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(json_free) json_t *tree = NULL;
	struct err err = ERR_INIT;
	struct merge_def def;
	struct member m;

	assert_int_equal(json_parse(STR("{\"name\":\"LTV\",\"type\":\"number\","
					"\"tag\":\"LTV\"}"),
				    &tree, &err),
			 0);
	assert_int_equal(tx_begin(w->db, &tx, &err), 0);
	assert_int_equal(
		merge_field_add(&tx, w->list.id, tree, w->arena, &def, &err),
		0);
	assert_int_equal(def.id, 5);
	assert_int_equal(tx_commit(&tx, &err), 0);
	refused(w, MEMBER_PUT, "a@example.org",
		"{\"status\":\"subscribed\",\"merge_fields\":{\"LTV\":\"x\"}}",
		"", "Your merge fields were invalid.");
	refused(w, MEMBER_PUT, "a@example.org",
		"{\"status\":\"subscribed\",\"merge_fields\":{\"ADDRESS\":"
		"{\"addr1\":\"x\"}}}",
		"", "Your merge fields were invalid.");
	must(w, MEMBER_PUT, "a@example.org",
	     "{\"status\":\"subscribed\",\"merge_fields\":{\"LTV\":\"12.5\","
	     "\"NOSUCH\":1,\"FNAME\":7}}",
	     &m);
	assert_string_equal(m.merge, "{\"1\":\"7\",\"5\":12.5}");
	must(w, MEMBER_PUT, "a@example.org",
	     "{\"merge_fields\":{\"LTV\":\"\",\"LNAME\":\"Z\"}}", &m);
	assert_string_equal(m.merge, "{\"1\":\"7\",\"2\":\"Z\"}");
}

static void batches_see_what_they_did_before(void **state)
{
	struct audience_fixture *w = *state;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(json_free) json_t *tree = NULL;
	struct member_actor actor = { .source = SOURCE_API, .now_ms = NOW };
	struct member_op ops[3] = { { .mode = MEMBER_BATCH },
				    { .mode = MEMBER_BATCH },
				    { .mode = MEMBER_BATCH_UPDATE } };
	struct err err = ERR_INIT;

	assert_int_equal(json_parse(STR(ANN), &tree, &err), 0);
	for (size_t i = 0; i < 3; i++)
		ops[i].body = tree;
	assert_int_equal(tx_begin(w->db, &tx, &err), 0);
	assert_int_equal(
		member_apply(&tx, &w->list, ops, 3, &actor, w->arena, &err), 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
	assert_int_equal(ops[0].outcome, MEMBER_NEW);
	assert_int_equal(ops[1].outcome, MEMBER_REFUSED);
	assert_string_equal(ops[1].err.title, "Member Exists");
	assert_int_equal(ops[2].outcome, MEMBER_CHANGED);
	for (size_t i = 0; i < 3; i++)
		member_op_release(&ops[i]);
}

static void a_failed_write_leaves_no_half(void **state)
{
	struct audience_fixture *w = *state;
	static const char body[] =
		"{\"email_address\":\"f@example.org\",\"status\":"
		"\"subscribed\",\"tags\":[\"t\"]}";

	for (int n = 1;; n++) {
		struct err err = ERR_INIT;
		struct member m;
		CLEANUP(json_free) json_t *tree = NULL;
		struct member_actor actor = { .source = SOURCE_API,
					      .now_ms = NOW };
		struct member_op op = { .mode = MEMBER_POST };
		struct tx tx = TX_INIT;
		int done;

		assert_int_equal(json_parse(STR(body), &tree, &err), 0);
		op.body = tree;
		db_fail_nth(w->db, n);
		done = tx_begin(w->db, &tx, &err);
		if (done == 0)
			done = member_apply(&tx, &w->list, &op, 1, &actor,
					    w->arena, &err);
		if (done == 0)
			done = tx_commit(&tx, &err);
		tx_release(&tx);
		db_fail_nth(w->db, 0);
		member_op_release(&op);
		if (done == 0) {
			assert_int_equal(op.outcome, MEMBER_NEW);
			assert_true(n > 5);
			return;
		}
		assert_int_equal(member_find(w->db, w->list.id, "f@example.org",
					     w->arena, &m, &err),
				 0);
	}
}

#define TEST(name)                                                     \
	cmocka_unit_test_setup_teardown(name, audience_fixture_set_up, \
					audience_fixture_tear_down)

static int drop(struct audience_fixture *w, const struct ids *ids,
		struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(w->db, &tx, err) < 0 || members_drop(&tx, ids, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static int64_t count(struct audience_fixture *w, const char *table)
{
	char sql[96];

	(void)snprintf(sql, sizeof(sql), "SELECT COUNT(*) FROM %s", table);
	return audience_fixture_int(w, sql);
}

static void dropped_ones_leave_nothing_that_refuses_them(void **state)
{
	static const char body[] =
		"{\"email_address\":\"bob@example.org\",\"status\":"
		"\"subscribed\",\"tags\":[\"t\"]}";
	struct audience_fixture *w = *state;
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	struct err err = ERR_INIT;
	struct member ann, bob;
	int fails = 0;

	must(w, MEMBER_POST, NULL, ANN, &ann);
	must(w, MEMBER_POST, NULL, body, &bob);
	audience_fixture_depart(w, bob.id, DEPART_UNSUBSCRIBED, NOW);
	store_fixture_exec(w->db,
			   "INSERT INTO recipient (campaign_id, member_id, "
			   "state, at_ms) SELECT 7, MIN(id), 4, 1 FROM member");
	vec_push(&ids, ann.id);
	vec_push(&ids, bob.id);
	vec_push(&ids, 999); /* nobody */
	for (;; fails++) {
		int done;

		db_fail_nth(w->db, fails + 1);
		done = drop(w, &ids, &err);
		db_fail_nth(w->db, 0);
		if (done == 0)
			break;
		assert_int_equal(count(w, "member_address"), 2);
		assert_int_equal(count(w, "segment_member"), 1);
	}
	assert_true(fails > 4);
	assert_int_equal(count(w, "member_address"), 0);
	assert_int_equal(count(w, "segment_member"), 0);
	assert_int_equal(count(w, "forgotten"), 0);
	assert_int_equal(count(w, "suppression"), 0);
	/* a ledger names ann: an empty row is left, which nobody finds */
	assert_int_equal(count(w, "member"), 1);
	assert_int_equal(count(w, "member WHERE list_id < 0 AND address = ''"),
			 1);
	assert_int_equal(count(w, "member WHERE status <> journalled"), 0);
	assert_int_equal(member_get_by_id(w->db, ann.id, w->arena, &ann, &err),
			 -1);
	/* and both may come again */
	must(w, MEMBER_POST, NULL, ANN, &ann);
	must(w, MEMBER_POST, NULL, body, &bob);
	assert_int_equal(bob.status, MEMBER_SUBSCRIBED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(is_found_by_hash_address_and_contact_id),
		TEST(posting_twice_is_refused_with_mailchimps_words),
		TEST(what_the_api_unsubscribed_it_may_subscribe_again),
		TEST(who_left_by_himself_never_comes_back_by_the_api),
		TEST(a_no_stays_with_the_address_too),
		TEST(who_said_no_may_have_the_address_back),
		TEST(what_the_api_unsubscribed_leaves_no_no),
		TEST(who_bounced_after_a_no_has_said_it),
		TEST(unsubscribing_again_is_heard),
		TEST(archived_members_stay_readable_and_may_return),
		TEST(forgotten_ones_leave_a_keyed_hash_only),
		TEST(dropped_ones_leave_nothing_that_refuses_them),
		TEST(an_address_may_change_and_the_member_stays),
		TEST(doing_it_twice_changes_nothing_the_second_time),
		TEST(merge_fields_are_checked_and_kept_in_one_spelling),
		TEST(batches_see_what_they_did_before),
		TEST(a_failed_write_leaves_no_half),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
