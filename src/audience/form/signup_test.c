#include "audience/form/signup.h"

#include "audience/audience_fixture.h"
#include "audience/form/agreement.h"
#include "audience/form/signup_limit.h"
#include "audience/interest/permission.h"
#include "audience/suppression.h"
#include "base/arena.h"
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ANN "{\"email_address\":\"ann@example.org\"}"

static const struct member_actor contact = { .source = SOURCE_USER,
					     .now_ms = FIXTURE_NOW,
					     .ip = "192.0.2.7" };

static int take(struct audience_fixture *f, const char *what, int64_t now_ms)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	const struct signup_limit limit = { 2, 3 };
	struct err err = ERR_INIT;
	int allowed;

	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	allowed = signup_limit_take(&tx, what, &limit, now_ms, &err);
	assert_int_equal(tx_commit(&tx, &err), 0);
	return allowed;
}

static void a_limit_is_of_an_hour_and_of_a_day(void **state)
{
	struct audience_fixture *f = *state;
	int64_t t = FIXTURE_NOW;

	assert_int_equal(take(f, "a", t), 1);
	assert_int_equal(take(f, "a", t + 1), 1);
	assert_int_equal(take(f, "a", t + 2), 0);
	assert_int_equal(take(f, "b", t + 2), 1); /* another's is its own */
	assert_int_equal(take(f, "a", t + MS_HOUR), 1);
	assert_int_equal(take(f, "a", t + 3 * MS_HOUR), 0);
	assert_int_equal(take(f, "a", t + MS_DAY + 1), 1);
	/* nothing stays for ever */
	assert_int_equal(take(f, "c", t + 3 * MS_DAY), 1);
	assert_int_equal(
		audience_fixture_int(f, "SELECT COUNT(*) FROM signup_limit"),
		1);
}

static int ask(struct audience_fixture *f, const char *body, bool must_confirm,
	       int64_t now_ms, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(json_free) json_t *tree = NULL;
	struct member_actor actor = contact;
	struct signup signup = { .must_confirm = must_confirm,
				 .form = "Form",
				 .text = "I agree" };

	actor.now_ms = now_ms;
	assert_int_equal(json_parse(str_of(body), &tree, err), 0);
	signup.body = tree;
	if (tx_begin(f->db, &tx, err) < 0 ||
	    signup_ask(&tx, &f->list, &signup, &actor, f->arena, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static struct member ann_of(struct audience_fixture *f)
{
	struct err err = ERR_INIT;
	struct member ann;

	assert_int_equal(member_get(f->db, f->list.id, "ann@example.org",
				    f->arena, &ann, &err),
			 0);
	return ann;
}

static int confirm(struct audience_fixture *f, int64_t asked_ms, int64_t now_ms,
		   enum signup_state *out, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct member ann = ann_of(f);
	struct member_actor actor = contact;
	const struct signup_link link = { ann.id, asked_ms, signup_mark(&ann) };

	actor.now_ms = now_ms;
	if (tx_begin(f->db, &tx, err) < 0 ||
	    signup_confirm(&tx, &link, &actor, f->arena, out, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static int64_t jobs(struct audience_fixture *f)
{
	return audience_fixture_int(
		f, "SELECT COUNT(*) FROM job WHERE kind = 'confirm-mail'");
}

static void assert_confirms(struct audience_fixture *f, int64_t asked_ms,
			    int64_t now_ms, enum signup_state state)
{
	struct err err = ERR_INIT;
	enum signup_state now;

	assert_int_equal(confirm(f, asked_ms, now_ms, &now, &err), 0);
	assert_int_equal(now, state);
}

#define GIVEN                                                    \
	"SELECT (SELECT COUNT(*) FROM member_interest) * 100 + " \
	"(SELECT COUNT(*) FROM permission_said) * 10 + "         \
	"(SELECT COUNT(*) FROM permission_said WHERE at_ms = %lld)"

/* The list asks for permissions; the id of one of them. */
static const char *with_permissions(struct audience_fixture *f)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct interests all = VEC_INIT;
	struct err err = ERR_INIT;
	const char *hex;

	store_fixture_exec(f->db, "UPDATE list SET marketing_permissions = 1");
	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_int_equal(permission_begin(&tx, f->list.id, f->arena, &err), 0);
	assert_int_equal(
		permission_list(f->db, f->list.id, f->arena, &all, &err), 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
	f->list.marketing_permissions = true;
	hex = all.v[0].hex;
	vec_release(&all);
	return hex;
}

/* Members who gave it, how often it was said, and how often at that time. */
static void assert_given(struct audience_fixture *f, int64_t at_ms,
			 int64_t members, int64_t said, int64_t then)
{
	char sql[400];

	(void)snprintf(sql, sizeof(sql), GIVEN, (long long)at_ms);
	assert_int_equal(audience_fixture_int(f, sql),
			 members * 100 + said * 10 + then);
}

static void a_permission_counts_once_it_is_confirmed(void **state)
{
	struct audience_fixture *f = *state;
	const char *said = arena_printf(f->arena,
					"\"marketing_permissions\":[{"
					"\"marketing_permission_id\":\"%s\","
					"\"enabled\":true}]",
					with_permissions(f));
	const char *bob = arena_printf(
		f->arena, "{\"email_address\":\"bob@example.org\",%s}", said);
	const char *ann = arena_printf(
		f->arena, "{\"email_address\":\"ann@example.org\",%s}", said);
	int64_t t = FIXTURE_NOW;
	struct err err = ERR_INIT;

	f->list.double_optin = false;
	assert_int_equal(ask(f, bob, false, t, &err), 0);
	assert_given(f, t, 1, 1, 1);
	assert_int_equal(ask(f, ann, true, t + 1, &err), 0);
	assert_given(f, t + 1, 1, 1, 0);
	/* as whoever asks once more */
	assert_int_equal(ask(f, ann, true, t + MS_DAY, &err), 0);
	assert_given(f, t + MS_DAY, 1, 1, 0);
	assert_confirms(f, t + MS_DAY, t + 2 * MS_DAY, SIGNUP_DONE);
	assert_given(f, t + 2 * MS_DAY, 2, 2, 1);
}

/* By the first mail, too. */
static void a_permission_of_the_first_mail_counts(void **state)
{
	struct audience_fixture *f = *state;
	const char *ann = arena_printf(
		f->arena,
		"{\"email_address\":\"ann@example.org\","
		"\"marketing_permissions\":[{\"marketing_permission_id\":"
		"\"%s\",\"enabled\":true}]}",
		with_permissions(f));
	struct err err = ERR_INIT;

	assert_int_equal(ask(f, ann, true, FIXTURE_NOW, &err), 0);
	assert_given(f, FIXTURE_NOW, 0, 0, 0);
	assert_confirms(f, FIXTURE_NOW, FIXTURE_NOW + 1, SIGNUP_DONE);
	assert_given(f, FIXTURE_NOW + 1, 1, 1, 1);
}

static void who_is_new_is_subscribed_or_asked(void **state)
{
	struct audience_fixture *f = *state;
	struct err err = ERR_INIT;

	f->list.double_optin = false;
	assert_int_equal(ask(f, ANN, false, FIXTURE_NOW, &err), 0);
	assert_int_equal(ann_of(f).status, MEMBER_SUBSCRIBED);
	assert_int_equal(jobs(f), 0);
	assert_int_equal(ask(f, "{\"email_address\":\"bob@example.org\"}", true,
			     FIXTURE_NOW, &err),
			 0);
	assert_int_equal(jobs(f), 1);
	assert_int_equal(
		ask(f, "{\"email_address\":\"bob\"}", true, FIXTURE_NOW, &err),
		-1);
	assert_string_equal(err.field, "email_address");
}

static void a_link_is_valid_for_a_month(void **state)
{
	struct audience_fixture *f = *state;
	int64_t end = FIXTURE_NOW + SIGNUP_DAYS * MS_DAY;
	struct err err = ERR_INIT;

	assert_int_equal(ask(f, ANN, true, FIXTURE_NOW, &err), 0);
	assert_confirms(f, FIXTURE_NOW, end + 1, SIGNUP_OVER);
	assert_int_equal(ann_of(f).status, MEMBER_PENDING);
	assert_confirms(f, FIXTURE_NOW, end, SIGNUP_DONE);
	assert_int_equal(ann_of(f).opt_ms, end);
	assert_string_equal(ann_of(f).ip_opt, "192.0.2.7");
	assert_confirms(f, FIXTURE_NOW, end, SIGNUP_DONE);
	/* who leaves then needs a new one */
	audience_fixture_depart(f, ann_of(f).id, DEPART_UNSUBSCRIBED, end + 5);
	assert_confirms(f, FIXTURE_NOW, end + 6, SIGNUP_OVER);
	assert_int_equal(ask(f, ANN, false, end + MS_DAY, &err), 0);
	assert_int_equal(ann_of(f).status, MEMBER_UNSUBSCRIBED);
	assert_confirms(f, end + MS_DAY, end + MS_DAY, SIGNUP_DONE);
	assert_int_equal(ann_of(f).unsubscribed_by, UNSUBSCRIBED_NOT);
}

/* With the words that were shown, each once; of who confirmed what a program
 * asked for, without any. */
static void what_was_agreed_to_is_kept(void **state)
{
	static const char *const people[] = { "ann", "bob", "eve" };
	struct audience_fixture *f = *state;
	CLEANUP(vec_release) struct agreements all = VEC_INIT;
	struct err err = ERR_INIT;

	for (size_t i = 0; i < 3; i++) {
		CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;

		strbuf_addf(&body, "{\"email_address\":\"%s@example.org\"}",
			    people[i]);
		assert_int_equal(ask(f, body.buf, i == 0, FIXTURE_NOW, &err),
				 0);
	}
	assert_int_equal(
		audience_fixture_int(f, "SELECT COUNT(*) FROM agreement_text"),
		1);
	assert_confirms(f, FIXTURE_NOW, FIXTURE_NOW + 5, SIGNUP_DONE);
	assert_int_equal(
		agreement_list(f->db,
			       sql_text(arena_printf(f->arena, "[%lld]",
						     (long long)ann_of(f).id)),
			       f->arena, &all, &err),
		0);
	assert_int_equal(all.n, 1);
	assert_int_equal(all.v->asked_ms, FIXTURE_NOW);
	assert_int_equal(all.v->agreed_ms, FIXTURE_NOW + 5);
	assert_string_equal(all.v->form, "Form");
	assert_string_equal(all.v->text, "I agree");
	/* the others were asked, too, and have not answered */
	assert_int_equal(audience_fixture_int(f,
					      "SELECT COUNT(*) FROM agreement "
					      "WHERE agreed_ms IS NULL"),
			 f->list.double_optin ? 2 : 0);
}

static size_t proofs(struct audience_fixture *f, const char *hash)
{
	CLEANUP(vec_release) struct agreements found = VEC_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(
		agreement_of_addresses(
			f->db, f->list.id,
			sql_text(arena_printf(f->arena, "[\"%s\"]", hash)),
			f->arena, &found, &err),
		0);
	return found.n;
}

/* A program may subscribe the member, or give it another address: that is not
 * the contact's word, and what it said before is not about it. */
static void an_agreement_is_of_its_address_and_its_subscription(void **state)
{
	static const struct {
		const char *before, *after; /* the link is opened */
		size_t proofs;
	} cases[] = {
		{ "SELECT 1", "SELECT 1", 1 },
		{ "UPDATE member SET status = 1, opt_ms = 1700000000001",
		  "SELECT 1", 1 },
		{ "SELECT 1", "UPDATE member SET email_hash = 'moved'", 0 },
		{ "SELECT 1", "UPDATE member SET opt_ms = opt_ms + 1", 0 },
		{ "SELECT 1", "UPDATE member SET status = 2", 0 },
	};
	struct audience_fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct err err = ERR_INIT;

		audience_fixture_free(f);
		audience_fixture_open(f);
		assert_int_equal(ask(f, ANN, true, FIXTURE_NOW, &err), 0);
		store_fixture_exec(f->db, cases[i].before);
		assert_confirms(f, FIXTURE_NOW, FIXTURE_NOW + 5, SIGNUP_DONE);
		store_fixture_exec(f->db, cases[i].after);
		assert_int_equal(
			proofs(f, i == 2 ? "moved" : ann_of(f).email_hash),
			cases[i].proofs);
	}
}

static void a_complaint_is_lifted_by_its_own_word(void **state)
{
	struct audience_fixture *f = *state;
	int64_t id = audience_fixture_subscribe(f, "ann@example.org");
	struct err err = ERR_INIT;

	audience_fixture_depart(f, id, DEPART_COMPLAINED, FIXTURE_NOW);
	assert_int_equal(
		audience_fixture_int(f, "SELECT COUNT(*) FROM suppression"), 1);
	assert_int_equal(ask(f, ANN, false, FIXTURE_NOW + 1, &err), 0);
	assert_confirms(f, FIXTURE_NOW + 1, FIXTURE_NOW + 2, SIGNUP_DONE);
	assert_int_equal(
		audience_fixture_int(f, "SELECT COUNT(*) FROM suppression"), 0);
}

/* Whatever fails: all of it, or nothing. */
static void nothing_is_done_by_halves(void **state)
{
	struct audience_fixture *f = *state;
	int n;

	for (n = 1; n < 200; n++) {
		struct err err = ERR_INIT;
		int done;

		db_fail_nth(f->db, n);
		done = ask(f, ANN, true, FIXTURE_NOW, &err);
		db_fail_nth(f->db, 0);
		if (done == 0)
			break;
		assert_int_equal(jobs(f), 0);
		assert_int_equal(
			audience_fixture_int(f, "SELECT COUNT(*) FROM member"),
			0);
	}
	assert_in_range(n, 5, 199);
	for (n = 1; n < 200; n++) {
		struct err err = ERR_INIT;
		enum signup_state now;
		int done;

		db_fail_nth(f->db, n + 1); /* the first finds the member */
		done = confirm(f, FIXTURE_NOW, FIXTURE_NOW, &now, &err);
		db_fail_nth(f->db, 0);
		if (done == 0)
			break;
		assert_int_equal(ann_of(f).status, MEMBER_PENDING);
	}
	assert_int_equal(ann_of(f).status, MEMBER_SUBSCRIBED);
}

#define TEST(test)                                                     \
	cmocka_unit_test_setup_teardown(test, audience_fixture_set_up, \
					audience_fixture_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_limit_is_of_an_hour_and_of_a_day),
		TEST(who_is_new_is_subscribed_or_asked),
		TEST(a_link_is_valid_for_a_month),
		TEST(a_permission_counts_once_it_is_confirmed),
		TEST(a_permission_of_the_first_mail_counts),
		TEST(what_was_agreed_to_is_kept),
		TEST(an_agreement_is_of_its_address_and_its_subscription),
		TEST(a_complaint_is_lifted_by_its_own_word),
		TEST(nothing_is_done_by_halves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
