/* What stands against mailing one address, by what happened to it. */
#include "crm/consent/obstacle.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/json.h"
#include "crm/consent/consent.h"
#include "crm/consent/erase.h"
#include "crm/consent/kept_opt_out.h"
#include "crm/consent/unclear_opt_out.h"
#include "crm/crm_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define ADDRESS "ada@example.org"

/* What happens, in this order. */
enum {
	LEAD = 1 << 0, /* it is a lead's; else a person's */
	NOBODY = 1 << 1,
	BY_USER = 1 << 2,
	BY_COMPLAINT = 1 << 3,
	BY_COMPANY = 1 << 4,
	BACK = 1 << 5, /* the person opts in */
	CHANGED = 1 << 6,
	LATE = 1 << 7, /* opted out after the address changed */
	DELETED = 1 << 8,
	ERASED = 1 << 9,
	BY_HAND = 1 << 10,
	BOUNCED = 1 << 11,
	UNCLEAR = 1 << 12,
	REFUSED = 1 << 13, /* nobody has it: kept */
	SHARED = 1 << 14,  /* somebody else has it too */
};

static const struct {
	unsigned how;
	int member; /* bridge_member.status; 0: none */
	const char *want;
} cases[] = {
	{ NOBODY, 0, "" },
	{ 0, 0, "" },
	{ LEAD, 0, "" },
	{ BY_USER, 0, "opted_out/user/people" },
	{ BY_USER | BACK, 0, "" },
	{ BY_COMPLAINT, 0, "opted_out/complaint/people" },
	{ BY_USER | BY_COMPLAINT, 0,
	  "opted_out/user/people opted_out/complaint/people" },
	{ LEAD | BY_USER, 0, "opted_out/user/leads" },
	{ BY_COMPANY, 0, "opted_out/carried/people opted_out/user/companies" },
	{ BY_COMPANY | BACK, 0, "opted_out/user/companies" },
	{ BY_USER | CHANGED, 0, "opted_out/user/people opted_out/user/" },
	{ CHANGED, 0, "" },
	{ CHANGED | LATE, 0, "opted_out/user/people opted_out/user/" },
	{ BY_USER | SHARED, 0,
	  "opted_out/user/people opted_out/carried/people" },
	{ BY_USER | DELETED, 0, "opted_out/user/" },
	{ DELETED, 0, "" },
	{ BY_USER | ERASED, 0, "forgotten/erasure/" },
	{ NOBODY | REFUSED, 0, "opted_out/import/" },
	{ BY_HAND, 0, "held/by_hand/" },
	{ BOUNCED, 0, "held/hard_bounce/" },
	{ UNCLEAR, 0, "unclear_opt_out/import/" },
	{ 0, 1, "" },
	{ 0, 2, "unsubscribed/audience/" },
	{ NOBODY, 2, "unsubscribed/audience/" },
	{ NOBODY, 3, "cleaned/audience/" },
	{ NOBODY, 4, "pending/audience/" },
	{ NOBODY, 5, "unsubscribed/audience/" },
	{ NOBODY, 6, "archived/audience/" },
	{ NOBODY, 7, "forgotten/audience/" },
	{ BY_USER | BY_HAND | UNCLEAR, 3,
	  "opted_out/user/people held/by_hand/ unclear_opt_out/import/ "
	  "cleaned/audience/" },
};

struct run {
	struct crm_fixture *f;
	struct tx *tx;
	enum entity entity;
	int64_t id;
	unsigned how;
};

static void must(int ret, struct err *err)
{
	if (ret < 0)
		fail_msg("%s", err->text);
}

static int64_t create(struct crm_fixture *f, enum entity entity,
		      const char *body)
{
	struct err err = ERR_INIT;
	struct record r;

	must(fixture_create(f, entity, body, &r, &err), &err);
	return r.id;
}

static void say(struct run *x, enum entity entity, int64_t id,
		enum consent_state state, enum consent_source source)
{
	struct err err = ERR_INIT;
	struct consent c = { .entity = entity,
			     .record_id = id,
			     .state = state,
			     .source = source,
			     .reason = "said so" };

	must(consent_add(x->tx, &c, &x->f->actor, &err), &err);
}

static void opt_out(struct run *x)
{
	struct err err = ERR_INIT;

	if (x->how & (BY_USER | LATE))
		say(x, x->entity, x->id, CONSENT_OPTED_OUT, CONSENT_BY_USER);
	if (x->how & BY_COMPLAINT)
		say(x, x->entity, x->id, CONSENT_OPTED_OUT,
		    CONSENT_BY_COMPLAINT);
	if (x->how & BACK)
		say(x, x->entity, x->id, CONSENT_OPTED_IN, CONSENT_BY_PERSON);
	if (x->how & REFUSED)
		must(kept_opt_out_put(x->tx, ADDRESS, "import", 0, 5, &err),
		     &err);
}

static void hold(struct run *x)
{
	struct err err = ERR_INIT;
	char hash[MD5_HEX + 1];

	md5_hex(str_of(ADDRESS), hash);
	if (x->how & (BY_HAND | BOUNCED))
		must(address_hold(x->tx, hash,
				  x->how & BY_HAND ? HELD_BY_HAND
						   : HELD_HARD_BOUNCE,
				  "why", &x->f->actor, x->f->arena, &err),
		     &err);
	if (x->how & UNCLEAR)
		must(unclear_opt_outs_add(x->tx, 1, 1, str_of(ADDRESS), 5,
					  &err),
		     &err);
}

static void go(struct run *x)
{
	struct err err = ERR_INIT;

	if (x->how & DELETED)
		must(record_remove(x->tx, x->entity, x->id, &x->f->actor,
				   x->f->arena, &err),
		     &err);
	if (x->how & ERASED)
		must(person_erase(x->tx, x->id, &x->f->actor, x->f->arena,
				  &err),
		     &err);
}

static void in_tx(struct run *x, void (*step)(struct run *x))
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	must(tx_begin(x->f->db, &tx, &err), &err);
	x->tx = &tx;
	step(x);
	must(tx_commit(&tx, &err), &err);
}

static void join_company(struct run *x)
{
	struct err err = ERR_INIT;
	struct record r;
	char body[64];
	int64_t company = create(x->f, ENTITY_COMPANY,
				 "{\"name\":\"Acme\",\"opted_out\":true}");

	snprintf(body, sizeof(body), "{\"company_id\":%lld}",
		 (long long)company);
	must(fixture_patch(x->f, x->entity, x->id, body, &r, &err), &err);
}

static void prepare(struct run *x)
{
	struct err err = ERR_INIT;
	struct record r;

	x->entity = x->how & LEAD ? ENTITY_LEAD : ENTITY_PERSON;
	if (!(x->how & NOBODY))
		x->id = create(x->f, x->entity,
			       "{\"last_name\":\"A\",\"email\":\"" ADDRESS
			       "\"}");
	if (x->how & SHARED)
		create(x->f, ENTITY_PERSON,
		       "{\"last_name\":\"B\",\"email\":\"" ADDRESS "\"}");
	if (x->how & BY_COMPANY)
		join_company(x);
	if (!(x->how & LATE))
		in_tx(x, opt_out);
	in_tx(x, hold);
	if (x->how & CHANGED)
		must(fixture_patch(x->f, x->entity, x->id,
				   "{\"email\":\"new@example.org\"}", &r, &err),
		     &err);
	if (x->how & LATE)
		in_tx(x, opt_out);
	in_tx(x, go);
}

static void put_member(struct crm_fixture *f, int status)
{
	char sql[160], hash[MD5_HEX + 1];

	if (status == 0)
		return;
	md5_hex(str_of(ADDRESS), hash);
	snprintf(sql, sizeof(sql),
		 "INSERT INTO bridge_member (email_hash, status, changed_ms) "
		 "VALUES ('%s', %d, 5)",
		 hash, status);
	store_fixture_exec(f->db, sql);
}

/* "kind/source/entity" of each. */
static void explain(struct crm_fixture *f, struct strbuf *out)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(json_free) json_t *tree = NULL;
	struct err err = ERR_INIT;
	const json_t *item;
	size_t i;

	must(obstacles_explain(f->db, " Ada@Example.org", f->arena, &text,
			       &err),
	     &err);
	must(json_parse(strbuf_str(&text), &tree, &err), &err);
	json_array_foreach (json_object_get(tree, "items"), i, item) {
		const char *entity =
			json_string_value(json_object_get(item, "entity"));

		assert_true(strlen(json_string_value(
				    json_object_get(item, "at"))) > 0);
		strbuf_addf(out, "%s%s/%s/%s", i ? " " : "",
			    json_string_value(json_object_get(item, "kind")),
			    json_string_value(json_object_get(item, "source")),
			    entity ? entity : "");
	}
}

static void all_that_stands_against_it_is_said(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(strbuf_release) struct strbuf got = STRBUF_INIT;
		void *own = NULL;
		struct run x = { .how = cases[i].how };

		assert_int_equal(crm_fixture_open(&own), 0);
		x.f = own;
		prepare(&x);
		put_member(x.f, cases[i].member);
		strbuf_addstr(&got, "");
		explain(x.f, &got);
		if (strcmp(got.len ? got.buf : "", cases[i].want) != 0)
			fail_msg("case %zu: \"%s\", and not \"%s\"", i, got.buf,
				 cases[i].want);
		crm_fixture_close(&own);
	}
}

static void what_the_bridge_archived_is_none(void **state)
{
	CLEANUP(strbuf_release) struct strbuf got = STRBUF_INIT;
	struct crm_fixture *f = *state;

	put_member(f, 6);
	store_fixture_exec(f->db, "UPDATE bridge_member SET added_ms = 5");
	explain(f, &got);
	assert_int_equal(got.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_that_stands_against_it_is_said),
		cmocka_unit_test_setup_teardown(
			what_the_bridge_archived_is_none, crm_fixture_open,
			crm_fixture_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
