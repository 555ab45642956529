#include "crm/record.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/email.h"
#include "base/err.h"
#include "crm/consent/consent.h"
#include "crm/crm_fixture.h"
#include "crm/custom_field.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void a_person_comes_back_as_sent(void **state)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&text);
	struct crm_fixture *f = *state;
	struct record r = fixture_person(
		f, "{\"first_name\":\" Zoë \",\"last_name\":\"Ångström\","
		   "\"email\":\"Zoe@Example.org\",\"country\":\"SE\","
		   "\"birthday\":\"1980-02-29\",\"tags\":[\"VIP\",\"vip\"]}");

	assert_string_equal(r.text[TEXT_FIRST_NAME], "Zoë");
	assert_string_equal(r.name_folded, "ångström zoë");
	assert_string_equal(r.email, "Zoe@Example.org");
	assert_int_equal(r.emails_n, 1);
	assert_true(r.emails[0].is_primary);
	assert_int_equal(r.tags_n, 1);
	assert_int_equal(r.created_ms, 1000000);
	record_format(&r, &w);
	assert_non_null(strstr(text.buf, "\"email\":\"Zoe@Example.org\""));
	assert_non_null(strstr(text.buf, "\"held\":false"));
	assert_non_null(strstr(text.buf, "\"city\":null"));
}

struct refused {
	const char *body;
	const char *field;
};

static void bad_input_is_refused_with_its_field(void **state)
{
	static const struct refused cases[] = {
		{ "{}", "last_name" },
		{ "{\"first_name\":1}", "first_name" },
		{ "{\"first_nam\":\"x\"}", "first_nam" },
		{ "{\"id\":7,\"last_name\":\"x\"}", "id" },
		{ "{\"last_name\":\"x\",\"birthday\":\"1981-02-29\"}",
		  "birthday" },
		{ "{\"last_name\":\"x\",\"company_id\":99}", "company_id" },
		{ "{\"last_name\":\"x\",\"company_id\":\"a\"}", "company_id" },
		{ "{\"email\":\"x\"}", "emails" },
		{ "{\"emails\":[{\"address\":\"a@b.example\"},"
		  "{\"address\":\"A@B.example\"}]}",
		  "emails" },
		{ "{\"emails\":[{\"adress\":\"a@b.example\"}]}", "emails" },
		{ "{\"emails\":[{\"address\":\"a@b.example\",\"primary\":true},"
		  "{\"address\":\"c@b.example\",\"primary\":true}]}",
		  "emails" },
		{ "{\"last_name\":\"x\",\"custom\":{\"shoe\":1}}", "custom" },
		{ "{\"last_name\":\"x\",\"tags\":[\"\"]}", "tags" },
		{ "{\"last_name\":\"x\",\"opted_out\":\"yes\"}", "opted_out" },
	};
	struct crm_fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct err err = ERR_INIT;
		struct record r;

		assert_int_equal(fixture_create(f, ENTITY_PERSON, cases[i].body,
						&r, &err),
				 -1);
		assert_int_equal(err.code, ERR_INVALID);
		assert_string_equal(err.field, cases[i].field);
	}
	assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM person"), 0);
}

static void the_marketing_address_follows_the_rule(void **state)
{
	struct address list[] = {
		{ .id = 1, .held = HELD_NO },
		{ .id = 2, .held = HELD_NO },
		{ .id = 3, .held = HELD_HARD_BOUNCE },
	};

	(void)state;
	assert_int_equal(address_choose(list, 0), 0);
	assert_int_equal(address_choose(list, 3), 2);
	list[0].is_primary = true;
	assert_int_equal(address_choose(list, 3), 1);
	list[2].is_marketing = true;
	assert_int_equal(address_choose(list, 3), 3);
	assert_int_equal(address_choose(list + 2, 1), 3);
}

static void a_changed_address_is_told_to_the_bridge(void **state)
{
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;
	struct record before = fixture_person(
		f, "{\"last_name\":\"A\",\"email\":\"old@x.example\"}");
	struct record after;

	assert_int_equal(fixture_jobs(f, "bridge-person"), 0);
	assert_int_equal(fixture_patch(f, ENTITY_PERSON, before.id,
				       "{\"email\":\"new@x.example\"}", &after,
				       &err),
			 0);
	assert_string_equal(after.email, "new@x.example");
	assert_int_equal(after.emails_n, 1);
	assert_true(after.emails[0].is_primary);
	assert_int_not_equal(after.email_id, before.email_id);
	assert_int_equal(fixture_jobs(f, "bridge-person"), 1);
	assert_int_equal(
		fixture_number(f, "SELECT COUNT(*) FROM email WHERE "
				  "address = 'old@x.example' AND left_ms = "
				  "1000000"),
		1);
	assert_int_equal(
		fixture_number(f, "SELECT COUNT(*) FROM email WHERE "
				  "address = 'old@x.example' AND ended_ms = "
				  "1000000"),
		1);
	/* another case of the same address is no change */
	assert_int_equal(fixture_patch(f, ENTITY_PERSON, before.id,
				       "{\"email\":\"NEW@x.example\"}", &after,
				       &err),
			 0);
	assert_int_equal(fixture_jobs(f, "bridge-person"), 1);
}

static void a_changed_name_is_told_to_the_bridge(void **state)
{
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;
	struct record r = fixture_person(f, "{\"last_name\":\"A\"}");

	assert_int_equal(fixture_patch(f, ENTITY_PERSON, r.id,
				       "{\"city\":\"Ulm\"}", &r, &err),
			 0);
	assert_int_equal(fixture_jobs(f, "bridge-person"), 0);
	assert_int_equal(fixture_patch(f, ENTITY_PERSON, r.id,
				       "{\"last_name\":\"B\"}", &r, &err),
			 0);
	assert_int_equal(fixture_jobs(f, "bridge-person"), 1);
	assert_string_equal(r.text[TEXT_CITY], "Ulm");
}

static void a_bounce_holds_the_address_until_it_is_replaced(void **state)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;
	struct record r =
		fixture_person(f, "{\"emails\":[{\"address\":\"a@x.example\"},"
				  "{\"address\":\"b@x.example\"}]}");

	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_int_equal(address_hold(&tx, r.emails[0].hash, HELD_HARD_BOUNCE,
				      "550", &f->actor, f->arena, &err),
			 1);
	assert_int_equal(tx_commit(&tx, &err), 0);
	/* saying that it is held does not make it a hold by hand */
	assert_int_equal(
		fixture_patch(f, ENTITY_PERSON, r.id,
			      "{\"emails\":[{\"address\":\"a@x.example\","
			      "\"primary\":true,\"held\":true},"
			      "{\"address\":\"b@x.example\"}]}",
			      &r, &err),
		0);
	assert_int_equal(r.emails[0].held, HELD_HARD_BOUNCE);
	assert_false(r.opted_out);
	assert_int_equal(fixture_patch(f, ENTITY_PERSON, r.id,
				       "{\"email\":\"c@x.example\"}", &r, &err),
			 0);
	assert_string_equal(r.email, "c@x.example");
	assert_int_equal(r.emails[1].held, HELD_NO);
}

static void opting_out_covers_all_who_share_an_address(void **state)
{
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;
	struct record a = fixture_person(f, "{\"email\":\"s@x.example\"}");
	struct record b = fixture_person(f, "{\"email\":\"s@x.example\"}");
	struct record c;

	assert_int_equal(fixture_patch(f, ENTITY_PERSON, a.id,
				       "{\"opted_out\":true,"
				       "\"reason\":\"asked by phone\"}",
				       &a, &err),
			 0);
	assert_true(a.opted_out);
	assert_int_equal(
		record_get(f->db, ENTITY_PERSON, b.id, f->arena, &b, &err), 0);
	assert_true(b.opted_out);
	assert_int_equal(fixture_jobs(f, "bridge-person"), 2);
	/* whoever comes with it later too */
	c = fixture_person(f, "{\"email\":\"S@X.example\"}");
	assert_true(c.opted_out);
}

static void must_patch(struct crm_fixture *f, int64_t id, const char *body)
{
	struct err err = ERR_INIT;
	struct record r;

	assert_int_equal(fixture_patch(f, ENTITY_PERSON, id, body, &r, &err),
			 0);
}

static bool is_out(struct crm_fixture *f, int64_t id)
{
	struct err err = ERR_INIT;
	struct record r;

	assert_int_equal(
		record_get(f->db, ENTITY_PERSON, id, f->arena, &r, &err), 0);
	return r.opted_out;
}

/* Else their address would be unsubscribed in the audience, for whoever came,
 * and they would be open here. */
static void who_is_out_brings_that_to_those_whose_address_they_get(void **state)
{
	struct crm_fixture *f = *state;
	struct record a = fixture_person(f, "{\"email\":\"a@x.example\"}");
	struct record b = fixture_person(f, "{\"email\":\"b@x.example\"}");

	must_patch(f, a.id,
		   "{\"opted_out\":true,\"reason\":\"asked by phone\"}");
	must_patch(f, a.id, "{\"email\":\"B@x.example\"}");
	assert_true(is_out(f, b.id));
	/* also once they have gone on */
	must_patch(f, a.id, "{\"email\":\"c@x.example\"}");
	assert_true(is_out(f, b.id));
	/* whoever says yes does it for themselves, and the next address of who
	 * is out is none of theirs */
	must_patch(f, b.id, "{\"opted_out\":false,\"reason\":\"asked\"}");
	must_patch(f, a.id, "{\"emails\":[{\"address\":\"b@x.example\"}]}");
	assert_true(is_out(f, b.id));
	must_patch(f, b.id, "{\"opted_out\":false,\"reason\":\"asked again\"}");
	must_patch(f, a.id,
		   "{\"emails\":[{\"address\":\"b@x.example\"},{\"address\":"
		   "\"d@x.example\"}]}");
	assert_false(is_out(f, b.id));
}

static void say_after_campaign(struct crm_fixture *f, int64_t person_id)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	const struct consent c = { .entity = ENTITY_PERSON,
				   .record_id = person_id,
				   .state = CONSENT_OPTED_OUT,
				   .source = CONSENT_BY_AUDIENCE,
				   .campaign_id = 7 };
	struct err err = ERR_INIT;

	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_int_equal(consent_add(&tx, &c, &f->actor, &err), 1);
	assert_int_equal(tx_commit(&tx, &err), 0);
}

static void take_back(struct crm_fixture *f, const char *address)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;
	char hash[MD5_HEX + 1];

	email_hash(address, hash);
	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_true(consent_take_back(&tx, hash, f->actor.now_ms + MS_HOUR,
				      &f->actor, &err) >= 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
}

/* Who joins the other's address does not matter: it is the same word. */
static void a_word_that_is_taken_back_is_so_of_all_who_got_it(void **state)
{
	static const char *const emails[][2] = {
		{ "{\"emails\":[{\"address\":\"a@x.example\"},"
		  "{\"address\":\"b@x.example\"}]}",
		  NULL },
		{ NULL, "{\"emails\":[{\"address\":\"b2@x.example\"},"
			"{\"address\":\"a2@x.example\"}]}" },
	};
	struct crm_fixture *f = *state;

	for (int i = 0; i < 2; i++) {
		struct record a =
			fixture_person(f, i ? "{\"email\":\"a2@x.example\"}"
					    : "{\"email\":\"a@x.example\"}");
		struct record b =
			fixture_person(f, i ? "{\"email\":\"b2@x.example\"}"
					    : "{\"email\":\"b@x.example\"}");

		say_after_campaign(f, a.id);
		must_patch(f, (i ? b : a).id, emails[i][i]);
		assert_true(is_out(f, b.id));
		take_back(f, i ? "a2@x.example" : "a@x.example");
		assert_false(is_out(f, a.id));
		assert_false(is_out(f, b.id));
	}
}

static void a_company_that_opts_out_takes_its_people_along(void **state)
{
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;
	struct record company, a, b, c;

	assert_int_equal(fixture_create(f, ENTITY_COMPANY, "{\"name\":\"C\"}",
					&company, &err),
			 0);
	assert_int_equal(company.id, 1);
	a = fixture_person(f, "{\"email\":\"a@x.example\",\"company_id\":1}");
	b = fixture_person(f, "{\"last_name\":\"B\"}");
	assert_int_equal(fixture_patch(f, ENTITY_COMPANY, 1,
				       "{\"opted_out\":true}", &company, &err),
			 0);
	assert_int_equal(
		record_get(f->db, ENTITY_PERSON, a.id, f->arena, &a, &err), 0);
	assert_true(a.opted_out);
	assert_false(b.opted_out);
	assert_int_equal(fixture_patch(f, ENTITY_PERSON, b.id,
				       "{\"company_id\":1}", &b, &err),
			 0);
	assert_true(b.opted_out);
	c = fixture_person(f, "{\"last_name\":\"C\",\"company_id\":1}");
	assert_true(c.opted_out);
	/* one of them can be asked, and come back alone */
	assert_int_equal(
		fixture_patch(f, ENTITY_PERSON, b.id,
			      "{\"opted_out\":false,\"reason\":\"asked\"}", &b,
			      &err),
		0);
	assert_false(b.opted_out);
}

static void opting_in_needs_a_ground(void **state)
{
	CLEANUP(vec_release) struct consents list = VEC_INIT;
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;
	struct record r =
		fixture_person(f, "{\"last_name\":\"A\",\"opted_out\":true}");

	assert_true(r.opted_out);
	assert_int_equal(fixture_patch(f, ENTITY_PERSON, r.id,
				       "{\"opted_out\":false}", &r, &err),
			 -1);
	assert_string_equal(err.field, "reason");
	assert_int_equal(fixture_patch(f, ENTITY_PERSON, r.id,
				       "{\"opted_out\":false,"
				       "\"reason\":\"letter of 3 May\"}",
				       &r, &err),
			 0);
	assert_false(r.opted_out);
	assert_int_equal(
		consent_list(f->db, ENTITY_PERSON, r.id, f->arena, &list, &err),
		0);
	assert_int_equal(list.n, 2);
	assert_int_equal(list.v[0].state, CONSENT_OPTED_IN);
	assert_int_equal(list.v[0].source, CONSENT_BY_USER);
	assert_string_equal(list.v[0].ip, "192.0.2.1");
}

static void an_import_never_opts_in(void **state)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;
	struct record r =
		fixture_person(f, "{\"last_name\":\"A\",\"opted_out\":true}");
	struct consent c = { .entity = ENTITY_PERSON,
			     .record_id = r.id,
			     .state = CONSENT_OPTED_IN,
			     .source = CONSENT_BY_IMPORT,
			     .reason = "in the file" };

	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_int_equal(consent_add(&tx, &c, &f->actor, &err), -1);
	assert_int_equal(err.code, ERR_DENIED);
}

static void custom_fields_keep_their_type(void **state)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;
	struct record r;
	struct custom_field shoe = { .entity = ENTITY_PERSON,
				     .key = "shoe",
				     .label = "Shoe",
				     .type = "number" };
	struct custom_field colour = { .entity = ENTITY_PERSON,
				       .key = "colour",
				       .label = "Colour",
				       .type = "choice",
				       .choices = "[\"red\",\"blue\"]" };

	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_int_equal(
		custom_field_add(&tx, &shoe, &f->actor, f->arena, &err), 0);
	assert_int_equal(
		custom_field_add(&tx, &colour, &f->actor, f->arena, &err), 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
	r = fixture_person(f, "{\"last_name\":\"A\",\"custom\":"
			      "{\"shoe\":42,\"colour\":\"red\"}}");
	assert_int_equal(fixture_patch(f, ENTITY_PERSON, r.id,
				       "{\"custom\":{\"shoe\":null}}", &r,
				       &err),
			 0);
	assert_string_equal(r.custom, "{\"colour\":\"red\"}");
	assert_int_equal(fixture_patch(f, ENTITY_PERSON, r.id,
				       "{\"custom\":{\"colour\":\"green\"}}",
				       &r, &err),
			 -1);
	assert_string_equal(err.field, "custom.colour");
}

static void a_removed_record_is_gone_everywhere(void **state)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;
	struct record r = fixture_person(
		f, "{\"email\":\"a@x.example\",\"tags\":[\"t\"]}");
	struct record again;
	int64_t n = -1;

	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_int_equal(record_remove(&tx, ENTITY_PERSON, r.id, &f->actor,
				       f->arena, &err),
			 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
	assert_int_equal(
		record_find(f->db, ENTITY_PERSON, r.id, f->arena, &again, &err),
		0);
	assert_int_equal(record_count(f->db, ENTITY_PERSON, &n, &err), 1);
	assert_int_equal(n, 0);
	assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM record_tag"),
			 0);
	assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM email WHERE "
					   "ended_ms IS NULL"),
			 0);
}

static void each_failing_step_leaves_no_trace(void **state)
{
	struct crm_fixture *f = *state;
	int failures = 0;

	for (int n = 1;; n++) {
		struct err err = ERR_INIT;
		struct record r;
		int ret;

		db_fail_nth(f->db, n);
		ret = fixture_create(f, ENTITY_PERSON,
				     "{\"email\":\"a@x.example\","
				     "\"opted_out\":true,\"tags\":[\"t\"]}",
				     &r, &err);
		db_fail_nth(f->db, 0);
		if (ret == 0)
			break;
		failures++;
		assert_int_equal(err.code, ERR_IO);
		assert_int_equal(
			fixture_number(f, "SELECT (SELECT COUNT(*) FROM person)"
					  " + (SELECT COUNT(*) FROM email)"
					  " + (SELECT COUNT(*) FROM consent)"
					  " + (SELECT COUNT(*) FROM job)"
					  " + (SELECT COUNT(*) FROM tag)"),
			0);
	}
	assert_true(failures > 10);
}

#define FIXED(test)                                             \
	cmocka_unit_test_setup_teardown(test, crm_fixture_open, \
					crm_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXED(a_person_comes_back_as_sent),
		FIXED(bad_input_is_refused_with_its_field),
		cmocka_unit_test(the_marketing_address_follows_the_rule),
		FIXED(a_changed_address_is_told_to_the_bridge),
		FIXED(a_changed_name_is_told_to_the_bridge),
		FIXED(a_bounce_holds_the_address_until_it_is_replaced),
		FIXED(opting_out_covers_all_who_share_an_address),
		FIXED(who_is_out_brings_that_to_those_whose_address_they_get),
		FIXED(a_word_that_is_taken_back_is_so_of_all_who_got_it),
		FIXED(a_company_that_opts_out_takes_its_people_along),
		FIXED(opting_in_needs_a_ground),
		FIXED(an_import_never_opts_in),
		FIXED(custom_fields_keep_their_type),
		FIXED(a_removed_record_is_gone_everywhere),
		FIXED(each_failing_step_leaves_no_trace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
