#include "crm/user/user.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/err.h"
#include "crm/crm_fixture.h"
#include "crm/user/api_key.h"
#include "crm/user/identity.h"
#include "crm/user/last_use.h"
#include "crm/user/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define PASSWORD "correct horse battery"

static struct user add_user(struct crm_fixture *f, const char *email,
			    enum user_role role, const char *hash)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;
	struct user u = { .email = email, .name = "U", .role = role };

	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_int_equal(user_add(&tx, &u, hash, &f->actor, f->arena, &err), 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
	return u;
}

static int update(struct crm_fixture *f, const struct user *u, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct user before;

	if (tx_begin(f->db, &tx, err) < 0 ||
	    user_lock(&tx, u->id, f->arena, &before, err) < 0 ||
	    user_update(&tx, &before, u, NULL, &f->actor, f->arena, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static int sign_in(struct crm_fixture *f, const char *email,
		   const char *password, struct session *out, struct err *err)
{
	struct sign_in in = { .email = email, .password = password };
	int64_t wait_ms;

	return session_sign_in(f->db, &in, &f->actor, f->arena, out, &wait_ms,
			       err);
}

static int identify(struct crm_fixture *f, const char *key, const char *session,
		    struct identity *out)
{
	CLEANUP(last_use_free) struct last_use *last = last_use_new();
	struct identity_claim claim = { key, session, f->actor.now_ms };
	struct err err = ERR_INIT;
	int found = identity_find(f->db, &claim, last, f->arena, out, &err);

	assert_int_equal(last_use_write(last, f->db, claim.now_ms, &err), 0);
	return found;
}

static const char *a_hash(struct crm_fixture *f)
{
	CLEANUP(strbuf_release) struct strbuf hash = STRBUF_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(password_hash(PASSWORD, &hash, &err), 0);
	return arena_str(f->arena, strbuf_str(&hash));
}

static void a_session_lasts_while_it_is_used(void **state)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;
	struct user u = add_user(f, "a@x.example", ROLE_MANAGER, a_hash(f));
	struct identity who;
	struct session s;

	assert_int_equal(sign_in(f, "A@x.example", PASSWORD, &s, &err), 0);
	assert_int_equal(s.user.id, u.id);
	for (int i = 0; i < 3; i++) {
		f->actor.now_ms += 11 * MS_HOUR;
		assert_int_equal(identify(f, NULL, s.token, &who), 1);
	}
	assert_int_equal(who.user_id, u.id);
	assert_int_equal(who.role, ROLE_MANAGER);
	assert_false(who.may_send);
	assert_true(who.by_session);
	assert_string_equal(who.csrf, s.csrf);
	f->actor.now_ms += 13 * MS_HOUR;
	assert_int_equal(identify(f, NULL, s.token, &who), 0);
	assert_int_equal(sign_in(f, "a@x.example", PASSWORD, &s, &err), 0);
	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_int_equal(session_close(&tx, s.token, &err), 1);
	assert_int_equal(tx_commit(&tx, &err), 0);
	assert_int_equal(identify(f, NULL, s.token, &who), 0);
}

static int change_password(struct crm_fixture *f, const struct user *u,
			   const char *hash, const char *session)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;
	struct user before;

	if (tx_begin(f->db, &tx, &err) < 0 ||
	    user_lock(&tx, u->id, f->arena, &before, &err) < 0 ||
	    user_update_self(&tx, &before, &before, hash, session, &f->actor,
			     f->arena, &err) < 0)
		return -1;
	return tx_commit(&tx, &err);
}

static void a_new_password_of_ones_own_ends_the_other_sessions(void **state)
{
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;
	const char *hash = a_hash(f);
	struct user u = add_user(f, "a@x.example", ROLE_USER, hash);
	struct session here, there, other;
	struct identity who;

	(void)add_user(f, "b@x.example", ROLE_USER, hash);
	assert_int_equal(sign_in(f, "a@x.example", PASSWORD, &here, &err), 0);
	assert_int_equal(sign_in(f, "a@x.example", PASSWORD, &there, &err), 0);
	assert_int_equal(sign_in(f, "b@x.example", PASSWORD, &other, &err), 0);
	assert_int_equal(change_password(f, &u, NULL, here.token), 0);
	assert_int_equal(identify(f, NULL, there.token, &who), 1);
	assert_int_equal(change_password(f, &u, hash, here.token), 0);
	assert_int_equal(identify(f, NULL, here.token, &who), 1);
	assert_int_equal(identify(f, NULL, there.token, &who), 0);
	assert_int_equal(identify(f, NULL, other.token, &who), 1);
}

/* Whoever finds a browser open guesses no more than a stranger may. */
static void proving_oneself_counts_as_signing_in(void **state)
{
	struct crm_fixture *f = *state;
	struct sign_in wrong = { .email = "a@x.example", .password = "wrong" };
	struct sign_in right = { .email = "a@x.example", .password = PASSWORD };
	struct err err = ERR_INIT;
	struct session s;
	int64_t wait_ms;

	(void)add_user(f, "a@x.example", ROLE_USER, a_hash(f));
	for (int i = 0; i < 4; i++)
		assert_int_equal(session_prove(f->db, &wrong, &f->actor,
					       f->arena, &wait_ms, &err),
				 -1);
	assert_int_equal(err.code, ERR_DENIED);
	assert_int_equal(session_prove(f->db, &right, &f->actor, f->arena,
				       &wait_ms, &err),
			 0); /* which forgives the failures */
	for (int i = 0; i < 5; i++)
		assert_int_equal(session_prove(f->db, &wrong, &f->actor,
					       f->arena, &wait_ms, &err),
				 -1);
	assert_int_equal(sign_in(f, "a@x.example", PASSWORD, &s, &err), -1);
	assert_int_equal(err.code, ERR_LIMIT);
}

static int64_t uses_written(struct crm_fixture *f)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct err err = ERR_INIT;

	assert_int_equal(db_query_text(f->db,
				       "SELECT MAX(used_ms) FROM session",
				       SQL_NO_ARGS, &rows, &err),
			 0);
	assert_int_equal(rows_next(rows, &err), 1);
	return rows_int(rows, 0);
}

/* The claim lives as long as *session. */
static struct identity_claim signed_in(struct crm_fixture *f,
				       struct session *session)
{
	struct err err = ERR_INIT;

	(void)add_user(f, "a@x.example", ROLE_MANAGER, a_hash(f));
	assert_int_equal(sign_in(f, "a@x.example", PASSWORD, session, &err), 0);
	return (struct identity_claim){ .session = session->token };
}

/* Who asks writes nothing; that it was used reaches the database later, and a
 * session never ends because of that. */
static void a_use_that_is_not_written_yet_lengthens_a_session(void **state)
{
	CLEANUP(last_use_free) struct last_use *here = last_use_new();
	CLEANUP(last_use_free) struct last_use *there = last_use_new();
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;
	struct session s;
	struct identity_claim claim = signed_in(f, &s);
	struct identity who;
	int64_t begun_ms = f->actor.now_ms;

	claim.now_ms = begun_ms + 2 * MS_MINUTE;
	assert_int_equal(
		identity_find(f->db, &claim, here, f->arena, &who, &err), 1);
	assert_false(last_use_is_due(here, claim.now_ms));
	assert_true(last_use_is_due(here, claim.now_ms + MS_MINUTE));
	/* shortly before its end it is due at once ... */
	claim.now_ms = begun_ms + 12 * MS_HOUR - 1;
	assert_int_equal(
		identity_find(f->db, &claim, here, f->arena, &who, &err), 1);
	assert_true(last_use_is_due(here, claim.now_ms));
	/* ... and known here while it cannot be written */
	claim.now_ms = begun_ms + 12 * MS_HOUR + 1;
	assert_int_equal(
		identity_find(f->db, &claim, there, f->arena, &who, &err), 0);
	assert_int_equal(
		identity_find(f->db, &claim, here, f->arena, &who, &err), 1);
	assert_int_equal(uses_written(f), begun_ms);
	for (int nth = 1; nth <= 2; nth++) { /* begin, statement */
		db_fail_nth(f->db, nth);
		assert_int_equal(
			last_use_write(here, f->db, claim.now_ms, &err), -1);
		db_fail_nth(f->db, 0);
	}
	assert_int_equal(uses_written(f), begun_ms);
	assert_int_equal(last_use_write(here, f->db, claim.now_ms, &err), 0);
	assert_int_equal(uses_written(f), claim.now_ms);
	assert_false(last_use_is_due(here, claim.now_ms + MS_DAY));
	assert_int_equal(
		identity_find(f->db, &claim, there, f->arena, &who, &err), 1);
}

/* Of the marks of two processes the latest stays. */
static void an_earlier_use_takes_nothing_back(void **state)
{
	CLEANUP(last_use_free) struct last_use *early = last_use_new();
	CLEANUP(last_use_free) struct last_use *late = last_use_new();
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;
	struct session s;
	struct identity_claim claim = signed_in(f, &s);
	struct identity who;
	int64_t begun_ms = f->actor.now_ms;

	claim.now_ms = begun_ms + 2 * MS_MINUTE;
	assert_int_equal(
		identity_find(f->db, &claim, early, f->arena, &who, &err), 1);
	claim.now_ms = begun_ms + 9 * MS_HOUR;
	assert_int_equal(
		identity_find(f->db, &claim, late, f->arena, &who, &err), 1);
	assert_int_equal(last_use_write(late, f->db, 0, &err), 0);
	assert_int_equal(last_use_write(early, f->db, 0, &err), 0);
	assert_int_equal(uses_written(f), begun_ms + 9 * MS_HOUR);
}

static void wrong_passwords_shut_the_door_for_a_while(void **state)
{
	struct crm_fixture *f = *state;
	struct session s;

	add_user(f, "a@x.example", ROLE_USER, a_hash(f));
	for (int i = 0; i < 5; i++) {
		struct err err = ERR_INIT;

		assert_int_equal(sign_in(f, "a@x.example", "wrong", &s, &err),
				 -1);
		assert_int_equal(err.code, ERR_DENIED);
	}
	for (int i = 0; i < 2; i++) {
		struct err err = ERR_INIT;

		/* the right one too: the door is shut, not the lock changed */
		assert_int_equal(sign_in(f, "A@X.example", PASSWORD, &s, &err),
				 -1);
		assert_int_equal(err.code, ERR_LIMIT);
		f->actor.now_ms += 10 * MS_MINUTE;
		if (i == 1) {
			struct err none = ERR_INIT;

			assert_int_equal(
				sign_in(f, "a@x.example", PASSWORD, &s, &none),
				0);
		}
	}
}

/* Too long to be hashed, which would take its time. */
static const char *wrong(void)
{
	static char text[PASSWORD_MOST + 2];

	memset(text, 'x', sizeof(text) - 1);
	return text;
}

/* What a try brings: ERR_NONE, ERR_DENIED or ERR_LIMIT; and then, for how
 * long. */
static enum err_code attempt_and_wait(struct crm_fixture *f, const char *email,
				      const char *password, const char *ip,
				      const char *device, int64_t *wait_ms)
{
	struct sign_in in = { .email = email,
			      .password = password,
			      .device = device };
	struct actor actor = f->actor;
	struct err err = ERR_INIT;
	struct session session;

	actor.ip = ip;
	*wait_ms = 0;
	if (session_sign_in(f->db, &in, &actor, f->arena, &session, wait_ms,
			    &err) == 0)
		return ERR_NONE;
	if (err.code == ERR_LIMIT)
		assert_true(*wait_ms > 0 && *wait_ms <= 15 * MS_MINUTE);
	return err.code;
}

static enum err_code attempt(struct crm_fixture *f, const char *email,
			     const char *password, const char *ip,
			     const char *device)
{
	int64_t wait_ms;

	return attempt_and_wait(f, email, password, ip, device, &wait_ms);
}

#define US "192.0.2.1"
#define THEM "198.51.100.7"

static void strangers_shut_out_nobody_but_themselves(void **state)
{
	struct crm_fixture *f = *state;
	struct session s;
	struct err err = ERR_INIT;

	add_user(f, "a@x.example", ROLE_USER, a_hash(f));
	assert_int_equal(sign_in(f, "a@x.example", PASSWORD, &s, &err), 0);
	for (int i = 0; i < 5; i++)
		assert_int_equal(attempt(f, "a@x.example", wrong(), THEM, NULL),
				 ERR_DENIED);
	assert_int_equal(attempt(f, "a@x.example", wrong(), THEM, NULL),
			 ERR_LIMIT);
	/* from elsewhere, and where the user was before */
	assert_int_equal(attempt(f, "a@x.example", PASSWORD, US, NULL),
			 ERR_NONE);
	assert_int_equal(attempt(f, "a@x.example", PASSWORD, THEM, NULL),
			 ERR_LIMIT);
	assert_int_equal(attempt(f, "a@x.example", PASSWORD, THEM, s.device),
			 ERR_NONE);
	/* nobody is limited as somebody is */
	for (int i = 0; i < 5; i++)
		assert_int_equal(attempt(f, "b@x.example", wrong(), THEM, NULL),
				 ERR_DENIED);
	assert_int_equal(attempt(f, "b@x.example", wrong(), THEM, NULL),
			 ERR_LIMIT);
	f->actor.now_ms += 15 * MS_MINUTE + 1;
	assert_int_equal(attempt(f, "a@x.example", PASSWORD, THEM, NULL),
			 ERR_NONE);
}

static void fail_times(struct crm_fixture *f, const char *email, const char *ip,
		       int times)
{
	for (int i = 0; i < times; i++)
		assert_int_equal(attempt(f, email, wrong(), ip, NULL),
				 ERR_DENIED);
}

/* 5 failures from each source, as far as they are let. */
static void flood(struct crm_fixture *f, const char *email, int sources)
{
	char ip[32];

	for (int i = 0; i < sources; i++) {
		snprintf(ip, sizeof(ip), "203.0.113.%d", i);
		for (int n = 0; n < 5; n++)
			(void)attempt(f, email, wrong(), ip, NULL);
	}
}

static void a_flood_leaves_one_failure_to_each_source(void **state)
{
	static const struct {
		const char *what;
		int sources;     /* that flood; 40 are just enough */
		int own, others; /* failures of ours, for it and for another */
		const char *password;
		enum err_code expected;
	} cases[] = {
		{ "no flood", 39, 4, 0, PASSWORD, ERR_NONE },
		{ "no flood, and too many", 39, 5, 0, PASSWORD, ERR_LIMIT },
		{ "a fresh source", 40, 0, 0, PASSWORD, ERR_NONE },
		{ "a fresh source in a great flood", 60, 0, 0, PASSWORD,
		  ERR_NONE },
		{ "a fresh source that guesses", 41, 0, 0, NULL, ERR_DENIED },
		{ "a source that guessed once", 41, 1, 0, PASSWORD, ERR_LIMIT },
		{ "of another address", 41, 0, 5, PASSWORD, ERR_NONE },
		{ "of fifty others", 41, 0, 50, PASSWORD, ERR_LIMIT },
	};
	struct crm_fixture *f = *state;
	char other[32];

	add_user(f, "a@x.example", ROLE_USER, a_hash(f));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *password = cases[i].password;

		flood(f, "a@x.example", cases[i].sources);
		fail_times(f, "a@x.example", US, cases[i].own);
		for (int n = 0; n < cases[i].others; n++) {
			snprintf(other, sizeof(other), "n%d@x.example", n / 5);
			fail_times(f, other, US, 1);
		}
		if (attempt(f, "a@x.example", password ? password : wrong(), US,
			    NULL) != cases[i].expected)
			fail_msg("%s", cases[i].what);
		f->actor.now_ms += 15 * MS_MINUTE;
	}
}

/* Who is told to wait for so long is served then, and not before. */
static void a_wait_is_as_long_as_it_is_said_to_be(void **state)
{
	static const struct {
		int sources, own, apart_s; /* that failures come apart */
	} cases[] = {
		{ 0, 5, 1 },   { 0, 5, 100 }, { 41, 1, 1 },
		{ 45, 4, 60 }, { 40, 3, 10 },
	};
	struct crm_fixture *f = *state;
	int64_t wait_ms, begin_ms;

	add_user(f, "a@x.example", ROLE_USER, a_hash(f));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		/* ours come first: a flood leaves one to us */
		for (int n = 0; n < cases[i].own; n++) {
			fail_times(f, "a@x.example", US, 1);
			f->actor.now_ms += cases[i].apart_s * MS_SECOND;
		}
		flood(f, "a@x.example", cases[i].sources);
		begin_ms = f->actor.now_ms;
		assert_int_equal(attempt_and_wait(f, "a@x.example", PASSWORD,
						  US, NULL, &wait_ms),
				 ERR_LIMIT);
		f->actor.now_ms = begin_ms + wait_ms - 1;
		assert_int_equal(attempt(f, "a@x.example", PASSWORD, US, NULL),
				 ERR_LIMIT);
		f->actor.now_ms = begin_ms + wait_ms;
		assert_int_equal(attempt(f, "a@x.example", PASSWORD, US, NULL),
				 ERR_NONE);
		f->actor.now_ms += 15 * MS_MINUTE;
	}
}

static void a_flood_leaves_five_failures_to_an_ipv6_site(void **state)
{
	struct crm_fixture *f = *state;
	char ip[40];

	add_user(f, "a@x.example", ROLE_USER, a_hash(f));
	flood(f, "a@x.example", 40);
	for (int i = 0; i < 8; i++) {
		snprintf(ip, sizeof(ip), "2001:db8:1:%d::1", i);
		assert_int_equal(attempt(f, "a@x.example", wrong(), ip, NULL),
				 i < 5 ? ERR_DENIED : ERR_LIMIT);
	}
	assert_int_equal(
		attempt(f, "a@x.example", PASSWORD, "2001:db8:2::1", NULL),
		ERR_NONE);
}

static void an_ipv6_network_is_one_source(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} cases[] = {
		{ "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::9", true },
		{ "2001:db8:1:2::1", "2001:db8:1:3::1", false },
		{ "2001:db8::1", "2001:db8::ffff", true },
		{ "::ffff:192.0.2.1", "::ffff:192.0.2.2", false },
		{ "192.0.2.1", "192.0.2.2", false },
	};
	struct crm_fixture *f = *state;
	char email[32];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		snprintf(email, sizeof(email), "n%zu@x.example", i);
		for (int n = 0; n < 5; n++)
			assert_int_equal(
				attempt(f, email, wrong(), cases[i].a, NULL),
				ERR_DENIED);
		assert_int_equal(attempt(f, email, wrong(), cases[i].b, NULL),
				 cases[i].same ? ERR_LIMIT : ERR_DENIED);
	}
}

static void a_device_is_known_to_its_user_only(void **state)
{
	struct crm_fixture *f = *state;
	struct session s;
	struct err err = ERR_INIT;
	char forged[DEVICE_MAX + 1];

	add_user(f, "a@x.example", ROLE_USER, a_hash(f));
	add_user(f, "b@x.example", ROLE_USER, a_hash(f));
	assert_int_equal(sign_in(f, "a@x.example", PASSWORD, &s, &err), 0);
	memcpy(forged, s.device, sizeof(forged));
	forged[strlen(forged) - 1] ^= 1;
	for (int i = 0; i < 5; i++) {
		assert_int_equal(attempt(f, "a@x.example", wrong(), US, forged),
				 ERR_DENIED);
		assert_int_equal(
			attempt(f, "b@x.example", wrong(), US, s.device),
			ERR_DENIED);
	}
	assert_int_equal(attempt(f, "a@x.example", PASSWORD, US, forged),
			 ERR_LIMIT);
	assert_int_equal(attempt(f, "a@x.example", PASSWORD, US, "1.2.3"),
			 ERR_LIMIT);
	assert_int_equal(attempt(f, "a@x.example", PASSWORD, US, ""),
			 ERR_LIMIT);
	assert_int_equal(attempt(f, "b@x.example", PASSWORD, US, s.device),
			 ERR_LIMIT);
	/* who stole it cannot guess for ever */
	for (int i = 0; i < 20; i++)
		assert_int_equal(
			attempt(f, "a@x.example", wrong(), US, s.device),
			ERR_DENIED);
	assert_int_equal(attempt(f, "a@x.example", wrong(), US, s.device),
			 ERR_LIMIT);
	f->actor.now_ms += 366 * MS_DAY;
	for (int i = 0; i < 5; i++)
		(void)attempt(f, "a@x.example", wrong(), US, NULL);
	assert_int_equal(attempt(f, "a@x.example", PASSWORD, US, s.device),
			 ERR_LIMIT);
}

static void nobody_and_the_disabled_do_not_come_in(void **state)
{
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;
	struct user u = add_user(f, "a@x.example", ROLE_USER, a_hash(f));
	struct session s;

	assert_int_equal(sign_in(f, "b@x.example", PASSWORD, &s, &err), -1);
	assert_int_equal(err.code, ERR_DENIED);
	assert_int_equal(sign_in(f, "", "", &s, &err), -1);
	assert_int_equal(err.code, ERR_DENIED);
	assert_int_equal(sign_in(f, "a@x.example", PASSWORD, &s, &err), 0);
	u.disabled_ms = 1;
	assert_int_equal(update(f, &u, &err), 0);
	assert_int_equal(identify(f, NULL, s.token, &(struct identity){ 0 }),
			 0);
	assert_int_equal(sign_in(f, "a@x.example", PASSWORD, &s, &err), -1);
	assert_int_equal(err.code, ERR_DENIED);
}

static void the_last_administrator_stays(void **state)
{
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;
	struct user a = add_user(f, "a@x.example", ROLE_ADMINISTRATOR, "h");
	struct user b;

	/* one who never set a password cannot let anybody in */
	b = add_user(f, "b@x.example", ROLE_ADMINISTRATOR, NULL);
	a.role = ROLE_USER;
	assert_int_equal(update(f, &a, &err), -1);
	assert_int_equal(err.code, ERR_CONFLICT);
	a.role = ROLE_ADMINISTRATOR;
	a.disabled_ms = 5;
	assert_int_equal(update(f, &a, &err), -1);
	b.name = "B";
	assert_int_equal(update(f, &b, &err), 0);
	add_user(f, "c@x.example", ROLE_ADMINISTRATOR, "h");
	assert_int_equal(update(f, &a, &err), 0);
}

static void an_address_is_one_user(void **state)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;
	struct user u = { .email = "A@X.example",
			  .name = "B",
			  .role = ROLE_USER };

	add_user(f, "a@x.example", ROLE_USER, NULL);
	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_int_equal(user_add(&tx, &u, NULL, &f->actor, f->arena, &err),
			 -1);
	assert_int_equal(err.code, ERR_CONFLICT);
}

static void the_set_up_link_works_once(void **state)
{
	struct crm_fixture *f = *state;
	char old[SETUP_TOKEN + 1], token[SETUP_TOKEN + 1];

	for (int i = 0; i < 2; i++) {
		CLEANUP(tx_release) struct tx tx = TX_INIT;
		struct err err = ERR_INIT;

		assert_int_equal(tx_begin(f->db, &tx, &err), 0);
		assert_int_equal(setup_begin(&tx, i ? token : old, &err), 1);
		assert_int_equal(tx_commit(&tx, &err), 0);
	}
	for (int i = 0; i < 3; i++) {
		CLEANUP(tx_release) struct tx tx = TX_INIT;
		const char *given = i == 0 ? old : token;
		struct err err = ERR_INIT;
		struct user u = { .email = "a@x.example", .name = "A" };
		bool good = i == 1;

		assert_int_equal(setup_is_open(f->db, given, &err), good);
		assert_int_equal(tx_begin(f->db, &tx, &err), 0);
		assert_int_equal(setup_finish(&tx, given, &u, "hash", &f->actor,
					      f->arena, &err),
				 good ? 0 : -1);
		if (good) {
			assert_int_equal(u.role, ROLE_ADMINISTRATOR);
			assert_int_equal(tx_commit(&tx, &err), 0);
		} else {
			assert_int_equal(err.code, ERR_DENIED);
		}
	}
	{
		CLEANUP(tx_release) struct tx tx = TX_INIT;
		struct err err = ERR_INIT;

		assert_int_equal(tx_begin(f->db, &tx, &err), 0);
		assert_int_equal(setup_begin(&tx, token, &err), 0);
	}
}

/* What it may do was looked at when it was used. */
static int may_send(struct crm_fixture *f, int64_t user_id, int64_t key_id)
{
	const char *why = NULL;
	struct err err = ERR_INIT;
	int may =
		identity_may_send(f->db, user_id, key_id, f->arena, &why, &err);

	assert_true(may >= 0);
	assert_int_equal(may == 0, why != NULL);
	return may;
}

static void a_key_opens_until_it_is_revoked(void **state)
{
	struct crm_fixture *f = *state;
	struct api_key key = { .name = "k", .role = ROLE_ADMINISTRATOR };
	struct identity who;
	char text[API_KEY_LENGTH + 1], wrong[API_KEY_LENGTH + 1];

	for (int i = 0; i < 2; i++) {
		CLEANUP(tx_release) struct tx tx = TX_INIT;
		struct err err = ERR_INIT;

		assert_int_equal(tx_begin(f->db, &tx, &err), 0);
		if (i == 0)
			assert_int_equal(api_key_add(&tx, &key, &f->actor, text,
						     f->arena, &err),
					 0);
		else
			assert_int_equal(
				api_key_revoke(&tx, key.id, &f->actor, &err),
				0);
		assert_int_equal(tx_commit(&tx, &err), 0);
		assert_int_equal(identify(f, text, NULL, &who), i == 0);
		assert_int_equal(may_send(f, 0, key.id), i == 0);
		if (i == 0) {
			assert_int_equal(who.role, ROLE_ADMINISTRATOR);
			assert_true(who.may_send);
			assert_int_equal(strlen(text), API_KEY_LENGTH);
			assert_string_equal(text + 32, "-us1");
			memcpy(wrong, text, sizeof(wrong));
			wrong[0] = wrong[0] == 'a' ? 'b' : 'a';
			assert_int_equal(identify(f, wrong, NULL, &who), 0);
		}
	}
}

static int add_key(struct crm_fixture *f, struct api_key *key,
		   char text[API_KEY_LENGTH + 1])
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	if (tx_begin(f->db, &tx, &err) < 0 ||
	    api_key_add(&tx, key, &f->actor, text, f->arena, &err) < 0)
		return -1;
	return tx_commit(&tx, &err);
}

static void exec(struct crm_fixture *f, const char *sql, struct sql_args args)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_int_equal(db_exec_text(&tx, sql, args, &err), 1);
	assert_int_equal(tx_commit(&tx, &err), 0);
}

/* Every role of a key with everything that can become of its user. */
static void a_key_is_worth_what_its_user_is_worth_now(void **state)
{
	enum { ABLE, DISABLED, DELETED, VANISHED, FATES };
	struct crm_fixture *f = *state;
	char address[32];

	add_user(f, "first@x.example", ROLE_ADMINISTRATOR, "h");
	for (int i = 0; i < 3 * 3 * FATES * 4; i++) {
		enum user_role of_key = (enum user_role)(i % 3 + 1);
		enum user_role of_user = (enum user_role)(i / 3 % 3 + 1);
		int fate = i / 9 % FATES;
		bool key_sends = i / 9 / FATES % 2, user_sends = i / 72 % 2;
		struct api_key key = { .name = "k",
				       .role = of_key,
				       .may_send = key_sends };
		char text[API_KEY_LENGTH + 1];
		struct identity who = { 0 };
		struct err err = ERR_INIT;
		struct user u;

		snprintf(address, sizeof(address), "u%d@x.example", i);
		u = add_user(f, address, ROLE_ADMINISTRATOR, "h");
		key.user_id = u.id;
		assert_int_equal(add_key(f, &key, text), 0);
		u.role = of_user;
		u.may_send = user_sends;
		u.disabled_ms = fate == DISABLED;
		assert_int_equal(update(f, &u, &err), 0);
		if (fate == DELETED) {
			CLEANUP(tx_release) struct tx tx = TX_INIT;

			assert_int_equal(tx_begin(f->db, &tx, &err), 0);
			assert_int_equal(
				user_remove(&tx, u.id, &f->actor, &err), 0);
			assert_int_equal(tx_commit(&tx, &err), 0);
		} else if (fate == VANISHED) {
			exec(f, "DELETE FROM app_user WHERE id = ?",
			     SQL_ARGS(sql_int(u.id)));
		}
		assert_int_equal(identify(f, text, NULL, &who), fate == ABLE);
		assert_int_equal(
			may_send(f, 0, key.id),
			fate == ABLE &&
				(of_user == ROLE_ADMINISTRATOR || user_sends));
		assert_int_equal(may_send(f, u.id, 0), may_send(f, 0, key.id));
		if (fate != ABLE)
			continue;
		assert_int_equal(who.role, of_key > of_user ? of_key : of_user);
		assert_int_equal(
			who.may_send,
			(of_key == ROLE_ADMINISTRATOR || key_sends) &&
				(of_user == ROLE_ADMINISTRATOR || user_sends));
	}
}

/* A session is its user's, as they are now. */
static void a_session_has_the_rights_of_now(void **state)
{
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;
	struct user u = add_user(f, "a@x.example", ROLE_USER, a_hash(f));
	struct identity who;
	struct session s;

	assert_int_equal(sign_in(f, "a@x.example", PASSWORD, &s, &err), 0);
	u.may_send = true;
	assert_int_equal(update(f, &u, &err), 0);
	assert_int_equal(identify(f, NULL, s.token, &who), 1);
	assert_true(who.may_send);
	exec(f, "UPDATE app_user SET role = 2 WHERE id = ?",
	     SQL_ARGS(sql_int(u.id)));
	assert_int_equal(identify(f, NULL, s.token, &who), 1);
	assert_int_equal(who.role, ROLE_MANAGER);
	exec(f, "DELETE FROM app_user WHERE id = ?", SQL_ARGS(sql_int(u.id)));
	assert_int_equal(identify(f, NULL, s.token, &who), 0);
}

#define FIXED(test)                                             \
	cmocka_unit_test_setup_teardown(test, crm_fixture_open, \
					crm_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXED(a_session_lasts_while_it_is_used),
		FIXED(a_use_that_is_not_written_yet_lengthens_a_session),
		FIXED(an_earlier_use_takes_nothing_back),
		FIXED(wrong_passwords_shut_the_door_for_a_while),
		FIXED(strangers_shut_out_nobody_but_themselves),
		FIXED(a_flood_leaves_one_failure_to_each_source),
		FIXED(a_wait_is_as_long_as_it_is_said_to_be),
		FIXED(a_flood_leaves_five_failures_to_an_ipv6_site),
		FIXED(an_ipv6_network_is_one_source),
		FIXED(a_device_is_known_to_its_user_only),
		FIXED(nobody_and_the_disabled_do_not_come_in),
		FIXED(the_last_administrator_stays),
		FIXED(an_address_is_one_user),
		FIXED(the_set_up_link_works_once),
		FIXED(a_key_opens_until_it_is_revoked),
		FIXED(a_key_is_worth_what_its_user_is_worth_now),
		FIXED(a_session_has_the_rights_of_now),
		FIXED(a_new_password_of_ones_own_ends_the_other_sessions),
		FIXED(proving_oneself_counts_as_signing_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
