/* Merging, erasing, exporting and converting: what moves, and what goes. */
#include "base/arena.h"
#include "base/crypto.h"
#include "base/err.h"
#include "crm/communication.h"
#include "crm/consent/consent.h"
#include "crm/consent/erase.h"
#include "crm/crm_fixture.h"
#include "crm/lead_convert.h"
#include "crm/memo.h"
#include "crm/person_merge.h"
#include "crm/tag.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static int merge(struct crm_fixture *f, int64_t to, int64_t from,
		 struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(f->db, &tx, err) < 0 ||
	    person_merge(&tx, to, from, &f->actor, f->arena, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static int erase(struct crm_fixture *f, int64_t id, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(f->db, &tx, err) < 0 ||
	    person_erase(&tx, id, &f->actor, f->arena, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static int convert(struct crm_fixture *f, int64_t id, struct lead_conversion *c,
		   struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(f->db, &tx, err) < 0 ||
	    lead_convert(&tx, id, c, &f->actor, f->arena, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* A campaign that went to both, one opened by the second. */
static void send_campaign(struct crm_fixture *f, int campaign, int64_t a,
			  int64_t b)
{
	char sql[512];

	snprintf(sql, sizeof(sql),
		 "INSERT INTO campaign (id, name, subject, status, created_ms,"
		 " updated_ms) VALUES (%d, 'c', 'News', 5, 1, 1)",
		 campaign);
	store_fixture_exec(f->db, sql);
	snprintf(sql, sizeof(sql),
		 "INSERT INTO campaign_recipient (campaign_id, person_id,"
		 " state, at_ms, accepted_ms, opened_ms, email_hash) VALUES"
		 " (%d, %lld, 2, 5, 5, NULL, 'x'), (%d, %lld, 2, 6, 6, 7, 'y')",
		 campaign, (long long)a, campaign, (long long)b);
	store_fixture_exec(f->db, sql);
}

static void attach(struct crm_fixture *f, enum entity entity, int64_t id)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;
	struct memo note = { .entity = entity, .record_id = id, .text = "n" };
	struct memo task = { .kind = MEMO_TASK,
			     .entity = entity,
			     .record_id = id,
			     .text = "t" };
	struct communication_link link = { entity, id };
	struct communication c = {
		.kind = "call", .subject = "Hello", .links = &link, .links_n = 1
	};

	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_int_equal(memo_add(&tx, &note, &f->actor, &err), 0);
	assert_int_equal(memo_add(&tx, &task, &f->actor, &err), 0);
	assert_int_equal(communication_add(&tx, &c, &f->actor, &err), 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
}

static void merging_loses_nothing(void **state)
{
	CLEANUP(vec_release) struct communications list = VEC_INIT;
	struct communication_page page = { .limit = 10 };
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;
	struct record a = fixture_person(
		f, "{\"last_name\":\"A\",\"email\":\"a@x.example\"}");
	struct record b = fixture_person(
		f,
		"{\"first_name\":\"Bea\",\"last_name\":\"B\",\"city\":\"Ulm\""
		",\"emails\":[{\"address\":\"b@x.example\"},"
		"{\"address\":\"A@x.example\"}],\"tags\":[\"t\"]}");
	int64_t people = 0, total = 0;

	attach(f, ENTITY_PERSON, b.id);
	send_campaign(f, 1, a.id, b.id);
	assert_int_equal(merge(f, a.id, b.id, &err), 0);
	assert_int_equal(record_get_whole(f->db, ENTITY_PERSON, a.id, f->arena,
					  &a, &err),
			 0);
	assert_string_equal(a.text[TEXT_LAST_NAME], "A");
	assert_string_equal(a.text[TEXT_FIRST_NAME], "Bea");
	assert_string_equal(a.text[TEXT_CITY], "Ulm");
	assert_string_equal(a.email, "a@x.example");
	assert_int_equal(a.emails_n, 2);
	assert_int_equal(a.tags_n, 1);
	assert_int_equal(
		record_find(f->db, ENTITY_PERSON, b.id, f->arena, &b, &err), 0);
	assert_int_equal(record_count(f->db, ENTITY_PERSON, &people, &err), 1);
	assert_int_equal(people, 1);
	/* both rows of the campaign, and the call */
	assert_int_equal(
		communication_count(f->db, ENTITY_PERSON, a.id, &total, &err),
		1);
	assert_int_equal(total, 3);
	assert_int_equal(communication_list(f->db, ENTITY_PERSON, a.id, &page,
					    f->arena, &list, &err),
			 0);
	assert_int_equal(list.n, 3);
	assert_string_equal(list.v[0].kind, "call");
	assert_int_equal(list.v[1].campaign_id, 1);
	assert_string_equal(list.v[1].status, "opened");
	assert_string_equal(list.v[2].status, "sent");
	assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM note WHERE "
					   "record_id = 1"),
			 1);
}

static void merging_takes_the_stricter_consent(void **state)
{
	CLEANUP(vec_release) struct consents list = VEC_INIT;
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;
	struct record a = fixture_person(f, "{\"last_name\":\"A\"}");
	struct record b =
		fixture_person(f, "{\"last_name\":\"B\",\"opted_out\":true,"
				  "\"reason\":\"letter\"}");

	assert_int_equal(merge(f, a.id, b.id, &err), 0);
	assert_int_equal(
		record_get(f->db, ENTITY_PERSON, a.id, f->arena, &a, &err), 0);
	assert_true(a.opted_out);
	assert_int_equal(
		consent_list(f->db, ENTITY_PERSON, a.id, f->arena, &list, &err),
		0);
	assert_string_equal(list.v[list.n - 1].reason, "letter");
	assert_int_equal(merge(f, a.id, a.id, &err), -1);
	assert_string_equal(err.field, "other_id");
	assert_int_equal(merge(f, a.id, b.id, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
}

/* However many merges lie between: each carries it on. */
static void an_opt_out_outlives_every_merge(void **state)
{
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;
	int64_t last = fixture_person(f, "{\"last_name\":\"A\","
					 "\"opted_out\":true,"
					 "\"reason\":\"letter\"}")
			       .id;

	for (int i = 0; i < 4; i++) {
		struct record next = fixture_person(f, "{\"last_name\":\"B\"}");

		assert_int_equal(merge(f, next.id, last, &err), 0);
		last = next.id;
		assert_int_equal(record_get(f->db, ENTITY_PERSON, last,
					    f->arena, &next, &err),
				 0);
		assert_true(next.opted_out);
	}
}

/* How often a text stands anywhere in the tables that hold personal data. */
static int64_t traces(struct crm_fixture *f, const char *word)
{
	static const char *const columns[] = {
		"first_name || last_name || name_folded FROM person",
		"first_name || last_name || name_folded FROM lead",
		"address || folded FROM email",
		"COALESCE(reason, '') || COALESCE(ip, '') FROM consent",
		"body FROM note",
		"title FROM task",
		"COALESCE(subject, '') FROM communication",
		"COALESCE(raw, '') FROM import_refused",
		"COALESCE(before, '') FROM import_change",
		"COALESCE(email_hash, '') FROM campaign_recipient",
		"COALESCE(ip, '') FROM campaign_activity",
		"COALESCE(detail, '') FROM push_row",
	};
	int64_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
		CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT;
		const char *from = strstr(columns[i], " FROM ");

		strbuf_addf(&sql, "SELECT COUNT(*)%s WHERE %.*s LIKE '%%%s%%'",
			    from, (int)(from - columns[i]), columns[i], word);
		n += fixture_number(f, sql.buf);
	}
	return n;
}

static void erasing_leaves_no_trace_but_the_keyed_hash(void **state)
{
	char hash[MD5_HEX + 1];
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;
	struct record r = fixture_person(
		f, "{\"first_name\":\"Quinn\",\"last_name\":\"Quinn\","
		   "\"email\":\"quinn@x.example\",\"opted_out\":true,"
		   "\"reason\":\"Quinn asked\"}");
	struct record again;

	attach(f, ENTITY_PERSON, r.id);
	send_campaign(f, 1, r.id, 99);
	store_fixture_exec(f->db, "UPDATE note SET body = 'about quinn'");
	store_fixture_exec(
		f->db,
		"INSERT INTO import_refused (import_id, row_number, reason,"
		" raw) VALUES (1, 1, 'x', 'a;quinn@x.example;b')");
	store_fixture_exec(
		f->db,
		"INSERT INTO campaign_activity (campaign_id, person_id, kind,"
		" at_ms, ip) VALUES (1, 1, 1, 1, '192.0.2.1')");
	store_fixture_exec(f->db,
			   "INSERT INTO import_unchanged VALUES (7, 1, 1)");
	store_fixture_exec(f->db,
			   "INSERT INTO push (group_id, group_name, dry_run,"
			   " state, at_ms) VALUES (1, 'g', 0, 'done', 1)");
	store_fixture_exec(
		f->db,
		"INSERT INTO push_row (push_id, person_id, action, outcome,"
		" detail) SELECT id, 1, 1, 2, 'quinn@x.example looks fake'"
		" FROM push");
	md5_hex(str_of("quinn@x.example"), hash);
	assert_true(traces(f, "quinn") > 0);
	assert_int_equal(erase(f, r.id, &err), 0);
	assert_int_equal(traces(f, "uinn"), 0);
	assert_int_equal(traces(f, "192.0.2"), 0);
	assert_int_equal(
		fixture_number(f, "SELECT COUNT(*) FROM import_unchanged"), 0);
	assert_int_equal(fixture_jobs(f, "bridge-forget"), 1);
	/* what was being sent meanwhile is looked for once more */
	assert_int_equal(fixture_number(f, "SELECT MAX(run_at_ms) -"
					   " MIN(run_at_ms) FROM job"
					   " WHERE kind = 'outbox-forget'"),
			 3600000);
	assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM job WHERE kind"
					   " = 'outbox-forget' AND payload LIKE"
					   " '%quinn@%'"),
			 1);
	assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM bridge_member "
					   "WHERE to_forget_ms IS NOT NULL"),
			 1);
	assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM "
					   "campaign_recipient"),
			 2);
	/* a later import, by whatever case, is refused */
	assert_int_equal(fixture_create(f, ENTITY_PERSON,
					"{\"email\":\"QUINN@x.example\"}",
					&again, &err),
			 -1);
	assert_string_equal(err.field, "emails");
	assert_non_null(strstr(err.text, "forgotten"));
	assert_int_equal(erase(f, r.id, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
}

static void erasing_spares_who_shares_the_address(void **state)
{
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;
	struct record a = fixture_person(f, "{\"email\":\"s@x.example\"}");
	struct record b = fixture_person(f, "{\"email\":\"s@x.example\"}");

	assert_int_equal(erase(f, a.id, &err), 0);
	assert_int_equal(
		record_get(f->db, ENTITY_PERSON, b.id, f->arena, &b, &err), 0);
	assert_string_equal(b.email, "s@x.example");
	assert_int_equal(
		fixture_number(f, "SELECT COUNT(*) FROM bridge_member"), 0);
}

static void a_failing_erasure_erases_nothing(void **state)
{
	struct crm_fixture *f = *state;
	struct record r = fixture_person(
		f, "{\"last_name\":\"A\",\"email\":\"a@x.example\"}");
	int failures = 0;

	for (int n = 1;; n++) {
		struct err err = ERR_INIT;
		int ret;

		db_fail_nth(f->db, n);
		ret = erase(f, r.id, &err);
		db_fail_nth(f->db, 0);
		if (ret == 0)
			break;
		failures++;
		assert_int_equal(record_get(f->db, ENTITY_PERSON, r.id,
					    f->arena, &r, &err),
				 0);
		assert_string_equal(r.email, "a@x.example");
		assert_int_equal(fixture_jobs(f, "bridge-forget"), 0);
	}
	assert_true(failures > 15);
}

/* A number that tells whether anything moved. */
static int64_t state_of(struct crm_fixture *f)
{
	return fixture_number(
		f,
		"SELECT (SELECT COUNT(*) FROM person WHERE erased_ms IS"
		" NULL) + 10 * (SELECT COUNT(*) FROM email WHERE record_id"
		" = 1 AND entity = 1 AND ended_ms IS NULL)"
		" + 100 * (SELECT COUNT(*) FROM company)"
		" + 1000 * (SELECT COUNT(*) FROM audit_log)"
		" + 10000 * (SELECT COUNT(*) FROM lead WHERE converted_ms"
		" IS NOT NULL) + 100000 * (SELECT SUM(n) FROM record_count)");
}

static void a_failing_merge_moves_nothing(void **state)
{
	struct crm_fixture *f = *state;
	struct record a = fixture_person(
		f, "{\"last_name\":\"A\",\"email\":\"a@x.example\"}");
	struct record b = fixture_person(
		f, "{\"email\":\"b@x.example\",\"opted_out\":true}");
	int64_t before = state_of(f);
	int failures = 0;

	for (int n = 1;; n++) {
		struct err err = ERR_INIT;
		int ret;

		db_fail_nth(f->db, n);
		ret = merge(f, a.id, b.id, &err);
		db_fail_nth(f->db, 0);
		if (ret == 0)
			break;
		failures++;
		assert_int_equal(state_of(f), before);
	}
	assert_true(failures > 20);
	assert_int_not_equal(state_of(f), before);
}

static void a_failing_conversion_makes_nobody(void **state)
{
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;
	struct record lead;
	int64_t before;
	int failures = 0;

	assert_int_equal(fixture_create(f, ENTITY_LEAD,
					"{\"email\":\"l@x.example\","
					"\"company_name\":\"C\","
					"\"opted_out\":true}",
					&lead, &err),
			 0);
	before = state_of(f);
	for (int n = 1;; n++) {
		struct lead_conversion c = { .person_id = 0 };
		struct err fault = ERR_INIT;
		int ret;

		db_fail_nth(f->db, n);
		ret = convert(f, lead.id, &c, &fault);
		db_fail_nth(f->db, 0);
		if (ret == 0)
			break;
		failures++;
		assert_int_equal(state_of(f), before);
	}
	assert_true(failures > 20);
	assert_int_not_equal(state_of(f), before);
}

static void an_export_holds_all_that_is_known(void **state)
{
	struct export_subjects subjects = VEC_INIT;
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(json_free) json_t *tree = NULL;
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;
	struct record r = fixture_person(
		f, "{\"last_name\":\"A\",\"email\":\"a@x.example\","
		   "\"opted_out\":true}");

	attach(f, ENTITY_PERSON, r.id);
	send_campaign(f, 1, r.id, 99);
	vec_push(&subjects, ((struct export_subject){ 1, r.id, "Hello, A" }));
	assert_int_equal(
		person_export(f->db, r.id, &subjects, f->arena, &text, &err),
		0);
	vec_release(&subjects);
	assert_int_equal(json_parse(strbuf_str(&text), &tree, &err), 0);
	assert_int_equal(json_array_size(json_object_get(tree, "consent")), 1);
	assert_int_equal(json_array_size(json_object_get(tree, "notes")), 1);
	assert_int_equal(json_array_size(json_object_get(tree, "tasks")), 1);
	assert_int_equal(json_array_size(json_object_get(tree, "campaigns")),
			 1);
	assert_int_equal(
		json_array_size(json_object_get(tree, "communications")), 2);
	assert_string_equal(
		json_string_value(json_object_get(
			json_array_get(json_object_get(tree, "campaigns"), 0),
			"subject")),
		"Hello, A");
}

static struct record new_lead(struct crm_fixture *f, const char *body)
{
	struct err err = ERR_INIT;
	struct record r;

	assert_int_equal(fixture_create(f, ENTITY_LEAD, body, &r, &err), 0);
	return r;
}

static void a_lead_becomes_a_new_person_and_company(void **state)
{
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;
	struct lead_conversion c = { .person_id = 0 };
	struct record lead =
		new_lead(f, "{\"last_name\":\"L\",\"email\":\"l@x.example\","
			    "\"company_name\":\"Acme\",\"source\":\"fair\","
			    "\"tags\":[\"hot\"],\"opted_out\":true}");
	struct record person;

	assert_string_equal(lead.text[TEXT_STATUS], "new");
	attach(f, ENTITY_LEAD, lead.id);
	assert_int_equal(convert(f, lead.id, &c, &err), 0);
	assert_false(c.person_matched);
	assert_false(c.company_matched);
	assert_int_equal(record_get_whole(f->db, ENTITY_PERSON, c.person_id,
					  f->arena, &person, &err),
			 0);
	assert_string_equal(person.email, "l@x.example");
	assert_int_equal(person.company_id, c.company_id);
	assert_true(person.opted_out);
	assert_int_equal(person.tags_n, 1);
	assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM note WHERE "
					   "entity = 1"),
			 1);
	assert_int_equal(
		record_get(f->db, ENTITY_LEAD, lead.id, f->arena, &lead, &err),
		0);
	assert_string_equal(lead.text[TEXT_STATUS], "converted");
	assert_int_equal(lead.converted_person_id, c.person_id);
	assert_int_equal(convert(f, lead.id, &c, &err), -1);
	assert_int_equal(err.code, ERR_CONFLICT);
}

static void a_lead_finds_its_person_and_company(void **state)
{
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;
	struct lead_conversion c = { .person_id = 0 };
	struct record company, person, lead;

	assert_int_equal(fixture_create(f, ENTITY_COMPANY,
					"{\"name\":\"ACME Straße\"}", &company,
					&err),
			 0);
	person = fixture_person(
		f, "{\"last_name\":\"P\",\"emails\":[{\"address\":"
		   "\"main@x.example\"},{\"address\":\"side@x.example\"}]}");
	lead = new_lead(f, "{\"first_name\":\"Lea\",\"last_name\":\"L\","
			   "\"company_name\":\"acme strasse\","
			   "\"emails\":[{\"address\":\"SIDE@x.example\"},"
			   "{\"address\":\"third@x.example\"}]}");
	assert_int_equal(convert(f, lead.id, &c, &err), 0);
	assert_true(c.person_matched);
	assert_true(c.company_matched);
	assert_int_equal(c.person_id, person.id);
	assert_int_equal(c.company_id, company.id);
	assert_int_equal(record_get(f->db, ENTITY_PERSON, person.id, f->arena,
				    &person, &err),
			 0);
	assert_string_equal(person.text[TEXT_LAST_NAME], "P");
	assert_string_equal(person.text[TEXT_FIRST_NAME], "Lea");
	assert_string_equal(person.email, "main@x.example");
	assert_int_equal(person.emails_n, 3);
	assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM email "
					   "WHERE left_ms IS NOT NULL"),
			 0);
}

static void a_timeline_is_paged_by_key(void **state)
{
	struct crm_fixture *f = *state;
	struct record r = fixture_person(f, "{\"last_name\":\"A\"}");
	struct communication_page page = { .limit = 2 };
	int n = 0;

	for (int i = 1; i <= 5; i++)
		send_campaign(f, i, r.id, 99); /* all at the same time */
	for (;;) {
		CLEANUP(vec_release)
		struct communications list = VEC_INIT;
		struct err err = ERR_INIT;
		struct communication *last;

		assert_int_equal(communication_list(f->db, ENTITY_PERSON, r.id,
						    &page, f->arena, &list,
						    &err),
				 0);
		if (list.n == 0)
			break;
		n += (int)list.n;
		last = &list.v[list.n - 1];
		page = (struct communication_page){ .limit = 2,
						    .before_ms = last->at_ms,
						    .before_campaign_id =
							    last->campaign_id,
						    .before_person_id =
							    last->person_id,
						    .before_id = last->id };
	}
	assert_int_equal(n, 5);
}

#define FIXED(test)                                             \
	cmocka_unit_test_setup_teardown(test, crm_fixture_open, \
					crm_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXED(merging_loses_nothing),
		FIXED(merging_takes_the_stricter_consent),
		FIXED(an_opt_out_outlives_every_merge),
		FIXED(erasing_leaves_no_trace_but_the_keyed_hash),
		FIXED(erasing_spares_who_shares_the_address),
		FIXED(a_failing_erasure_erases_nothing),
		FIXED(a_failing_merge_moves_nothing),
		FIXED(a_failing_conversion_makes_nobody),
		FIXED(an_export_holds_all_that_is_known),
		FIXED(a_lead_becomes_a_new_person_and_company),
		FIXED(a_lead_finds_its_person_and_company),
		FIXED(a_timeline_is_paged_by_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
