/* The word beside a record, and who is listed by it: of the CRM, and of what
 * the audience says. */
#include "crm/consent/mail_status.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/json.h"
#include "crm/crm_fixture.h"
#include "crm/group/criteria.h"
#include "crm/group/criteria_sql.h"
#include "crm/mirror_status.h"
#include "store/sqlbuild.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* A person for each; the member is what the audience told last. */
static const struct {
	bool opted_out, held, without_address, agreed;
	enum mirror_status member;
	bool shared; /* with somebody whose opt-out stands */
	bool by_us;  /* the bridge subscribed it, or archived it */
	const char *want;
} cases[] = {
	{ .want = "open" },
	{ .agreed = true, .want = "agreed" },
	{ .without_address = true, .want = "no_address" },
	{ .member = MIRROR_SUBSCRIBED, .by_us = true, .want = "open" },
	{ .member = MIRROR_SUBSCRIBED, .agreed = true, .want = "agreed" },
	{ .member = MIRROR_UNSUBSCRIBED, .want = "unsubscribed" },
	{ .member = MIRROR_UNSUBSCRIBED,
	  .agreed = true,
	  .want = "unsubscribed" },
	{ .member = MIRROR_UNSUBSCRIBED,
	  .agreed = true,
	  .by_us = true,
	  .want = "unsubscribed" },
	{ .member = MIRROR_TRANSACTIONAL, .want = "unsubscribed" },
	{ .member = MIRROR_PENDING, .agreed = true, .want = "pending" },
	{ .member = MIRROR_CLEANED, .agreed = true, .want = "refused" },
	{ .member = MIRROR_ARCHIVED, .want = "refused" },
	{ .member = MIRROR_ARCHIVED, .by_us = true, .want = "open" },
	{ .member = MIRROR_FORGOTTEN, .want = "refused" },
	{ .member = MIRROR_UNSUBSCRIBED,
	  .opted_out = true,
	  .want = "opted_out" },
	{ .shared = true, .want = "shared_opt_out" },
	{ .shared = true, .agreed = true, .want = "shared_opt_out" },
	{ .shared = true,
	  .agreed = true,
	  .member = MIRROR_UNSUBSCRIBED,
	  .want = "shared_opt_out" },
	{ .shared = true, .held = true, .want = "shared_opt_out" },
	{ .shared = true, .opted_out = true, .want = "opted_out" },
	{ .member = MIRROR_UNSUBSCRIBED, .held = true, .want = "held" },
	{ .member = MIRROR_CLEANED, .held = true, .want = "held" },
	{ .member = MIRROR_UNSUBSCRIBED,
	  .held = true,
	  .opted_out = true,
	  .want = "opted_out" },
};

static void must(int ret, struct err *err)
{
	if (ret < 0)
		fail_msg("%s: %s", err->field, err->text);
}

static void patch(struct crm_fixture *f, int64_t id, const char *body)
{
	struct err err = ERR_INIT;
	struct record r;

	must(fixture_patch(f, ENTITY_PERSON, id, body, &r, &err), &err);
}

static void add_member(struct crm_fixture *f, size_t i, const char *address)
{
	char sql[200], hash[MD5_HEX + 1];

	md5_hex(str_of(address), hash);
	snprintf(sql, sizeof(sql),
		 "INSERT INTO bridge_member (email_hash, status, changed_ms, "
		 "added_ms) VALUES ('%s', %d, 5, %s)",
		 hash, cases[i].member, cases[i].by_us ? "5" : "NULL");
	store_fixture_exec(f->db, sql);
}

/* Opts both out; the other one's is lifted, without a ground. */
static void add_sharer(struct crm_fixture *f, int64_t id, const char *address)
{
	int64_t sharer = fixture_person(f, arena_printf(f->arena,
							"{\"last_name\":\"B\","
							"\"email\":\"%s\"}",
							address))
				 .id;

	patch(f, sharer, "{\"opted_out\":true}");
	store_fixture_exec(f->db, arena_printf(f->arena,
					       "UPDATE person SET opted_out = 0"
					       " WHERE id = %lld",
					       (long long)id));
}

static int64_t add_person(struct crm_fixture *f, size_t i)
{
	char address[40];
	int64_t id;

	snprintf(address, sizeof(address), "p%zu@x.example", i);
	id = fixture_person(f, cases[i].without_address
				       ? "{\"last_name\":\"A\"}"
				       : arena_printf(f->arena,
						      "{\"last_name\":\"A\","
						      "\"email\":\"%s\"}",
						      address))
		     .id;
	if (cases[i].shared)
		add_sharer(f, id, address);
	if (cases[i].agreed) {
		patch(f, id, "{\"opted_out\":true}");
		patch(f, id, "{\"opted_out\":false,\"reason\":\"by phone\"}");
	}
	if (cases[i].opted_out)
		patch(f, id, "{\"opted_out\":true}");
	if (cases[i].held)
		patch(f, id,
		      arena_printf(f->arena,
				   "{\"emails\":[{\"address\":\"%s\","
				   "\"held\":true}]}",
				   address));
	if (cases[i].member)
		add_member(f, i, address);
	return id;
}

static void list_by(struct crm_fixture *f, const char *status,
		    enum criteria_use use, struct ids *out)
{
	CLEANUP(sqlbuild_release)
	struct sqlbuild b = SQLBUILD(f->db, f->arena);
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct err err = ERR_INIT;
	struct criteria *c;

	must(criteria_parse_text(
		     f->db, ENTITY_PERSON,
		     arena_printf(f->arena,
				  "{\"conditions\":[{\"field\":\"mail_status\","
				  "\"op\":\"is\",\"value\":\"%s\"}]}",
				  status),
		     1, f->arena, &c, &err),
	     &err);
	sqlbuild_add(&b, "SELECT r.id");
	criteria_sql_from(c, &b);
	criteria_sql_where(c, use, &b);
	sqlbuild_add(&b, " ORDER BY r.id");
	must(sqlbuild_query(&b, f->db, &rows, &err), &err);
	while (rows_next(rows, &err) > 0)
		vec_push(out, rows_int(rows, 0));
}

static const char *said_beside(struct crm_fixture *f, int64_t id)
{
	struct err err = ERR_INIT;
	struct record r;

	must(record_get_whole(f->db, ENTITY_PERSON, id, f->arena, &r, &err),
	     &err);
	return mail_status_name(r.mail_status);
}

static void the_audience_is_asked_too(void **state)
{
	struct crm_fixture *f = *state;
	int64_t ids[ARRAY_SIZE(cases)];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		ids[i] = add_person(f, i);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(vec_release) struct ids set = VEC_INIT;
		CLEANUP(vec_release) struct ids walk = VEC_INIT;

		if (strcmp(said_beside(f, ids[i]), cases[i].want) != 0)
			fail_msg("case %zu is %s", i, said_beside(f, ids[i]));
		list_by(f, cases[i].want, CRITERIA_SET, &set);
		list_by(f, cases[i].want, CRITERIA_WALK, &walk);
		for (size_t j = 0; j < ARRAY_SIZE(cases); j++) {
			bool is_so = strcmp(cases[i].want, cases[j].want) == 0;

			if (ids_has(&set, ids[j]) != is_so ||
			    ids_has(&walk, ids[j]) != is_so)
				fail_msg("%s: case %zu is wrong", cases[i].want,
					 j);
		}
	}
}

/* --- a chain of shared addresses: docs/decisions/0079 --- */

#define CHAIN 4

/* A, B, C and D, each with an address of their own and one that they share with
 * the next. */
static void make_chain(struct crm_fixture *f, bool with_a, int64_t ids[CHAIN])
{
	for (int i = 0; i < CHAIN; i++)
		ids[i] = fixture_person(
				 f,
				 arena_printf(
					 f->arena,
					 "{\"last_name\":\"P\",\"emails\":["
					 "{\"address\":\"own%d@x.example\"},"
					 "{\"address\":\"with%d@x.example\"}"
					 "%s]}",
					 i, i,
					 i > 1 || (i == 1 && with_a)
						 ? arena_printf(f->arena,
								",{\"address\":"
								"\"with%d@x."
								"example\"}",
								i - 1)
						 : ""))
				 .id;
}

/* What stands beside it if that is the address where they get mail. */
static void assert_mailed(struct crm_fixture *f, int64_t id,
			  const char *address, const char *status)
{
	struct err err = ERR_INIT;
	struct record r;
	struct strbuf body = STRBUF_INIT;

	must(record_get_whole(f->db, ENTITY_PERSON, id, f->arena, &r, &err),
	     &err);
	strbuf_addstr(&body, "{\"emails\":[");
	for (size_t i = 0; i < r.emails_n; i++)
		strbuf_addf(&body, "%s{\"address\":\"%s\",\"marketing\":%s}",
			    i ? "," : "", r.emails[i].address,
			    strcmp(r.emails[i].address, address) == 0
				    ? "true"
				    : "false");
	strbuf_addstr(&body, "]}");
	patch(f, id, body.buf);
	strbuf_release(&body);
	if (strcmp(said_beside(f, id), status) != 0)
		fail_msg("%lld at %s is %s", (long long)id, address,
			 said_beside(f, id));
}

/* Whether A said no before B got the address or after. */
static void an_opt_out_bars_mailboxes_and_reaches_who_shares_one(void **state)
{
	struct crm_fixture *f = *state;

	for (int before = 0; before < 2; before++) {
		int64_t p[CHAIN];

		make_chain(f, !before, p);
		patch(f, p[0], "{\"opted_out\":true}");
		if (before)
			patch(f, p[0],
			      "{\"emails\":[{\"address\":\"own0@x.example\"},"
			      "{\"address\":\"own1@x.example\"}]}");
		/* who can be mailed at an address of A is out */
		assert_string_equal(said_beside(f, p[1]), "opted_out");
		/* C is not, but gets nothing where B would read it */
		assert_mailed(f, p[2], "with1@x.example", "shared_opt_out");
		assert_mailed(f, p[2], "own2@x.example", "open");
		assert_mailed(f, p[2], "with2@x.example", "open");
		assert_mailed(f, p[3], "with2@x.example", "open");
		for (int i = 0; i < CHAIN; i++)
			store_fixture_exec(
				f->db,
				arena_printf(f->arena,
					     "UPDATE email SET ended_ms = 1 "
					     "WHERE record_id = %lld",
					     (long long)p[i]));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_audience_is_asked_too,
						crm_fixture_open,
						crm_fixture_close),
		cmocka_unit_test_setup_teardown(
			an_opt_out_bars_mailboxes_and_reaches_who_shares_one,
			crm_fixture_open, crm_fixture_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
