#include "crm/campaign/report_parts.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "crm/campaign_record.h"
#include "crm/crm_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define HOUR INT64_C(3600000)
#define ROW                                                              \
	"INSERT INTO campaign_recipient (campaign_id, person_id, state," \
	" at_ms, accepted_ms, opened_ms, clicked_ms, unsubscribed_ms,"   \
	" bounced, bounced_ms, email_id) VALUES "

/* The parts as JSON; by "": domains. */
static json_t *part(struct crm_fixture *f, const char *by)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct err err = ERR_INIT;
	json_t *tree = NULL;

	fixture_keep_figures(f, 7);
	if ((*by ? campaign_series(f->db, 7, by, &text, &err)
		 : campaign_domains(f->db, 7, &text, &err)) < 0 ||
	    json_parse(strbuf_str(&text), &tree, &err) < 0)
		fail_msg("%s", err.text);
	return tree;
}

static int64_t sum(const json_t *items, const char *key)
{
	int64_t n = 0;
	json_t *item;
	size_t i;

	json_array_foreach (items, i, item)
		n += json_integer_value(json_object_get(item, key));
	return n;
}

/* Hours 10, 12 and 30; a refused one without acceptance, one who was left out
 * as a duplicate of another one. */
static void everybody_stands_where_they_did_it_first(void **state)
{
	struct crm_fixture *f = *state;
	CLEANUP(json_free) json_t *hours = NULL;
	CLEANUP(json_free) json_t *days = NULL;
	const json_t *items;

	store_fixture_exec(
		f->db, ROW
		"(7, 1, 2, 122400000, 122400000, 129600000, 129600001, NULL, 0,"
		" NULL, NULL), (7, 2, 2, 122400001, 122400001, 194400000, NULL,"
		" 194400000, 0, NULL, NULL), (7, 3, 4, 125999999, NULL, NULL,"
		" NULL, NULL, 1, NULL, NULL), (7, 4, 7, 122400000, 122400000,"
		" 129600000, NULL, NULL, 0, NULL, NULL), (7, 5, 1, 122400000,"
		" NULL, NULL, NULL, NULL, 0, NULL, NULL), (8, 1, 2, 1, 1, 1, 1,"
		" 1, 0, NULL, NULL)");
	hours = part(f, "hour");
	items = json_object_get(hours, "items");
	assert_int_equal(json_array_size(items), 21);
	assert_string_equal(json_string_value(json_object_get(
				    json_array_get(items, 0), "at")),
			    "1970-01-02T10:00:00+00:00");
	assert_int_equal(sum(items, "sent"), 3);
	assert_int_equal(sum(items, "opened"), 2);
	assert_int_equal(sum(items, "clicked"), 1);
	assert_int_equal(sum(items, "unsubscribed"), 1);
	assert_int_equal(sum(items, "bounced"), 1);
	assert_int_equal(json_integer_value(json_object_get(
				 json_array_get(items, 2), "opened")),
			 1);
	assert_int_equal(json_integer_value(json_object_get(
				 json_array_get(items, 20), "opened")),
			 1);
	days = part(f, "day");
	assert_int_equal(json_array_size(json_object_get(days, "items")), 2);
}

static void there_are_at_most_500_steps(void **state)
{
	struct crm_fixture *f = *state;
	static const struct {
		int64_t last_hour;
		size_t n;
	} cases[] = {
		{ 1, 1 }, { 2, 2 }, { 500, 500 }, { 501, 500 }, { 90000, 500 }
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(json_free) json_t *tree = NULL;

		store_fixture_exec(f->db, "DELETE FROM campaign_recipient");
		store_fixture_exec(
			f->db,
			arena_printf(f->arena,
				     ROW "(7, 1, 2, 3600000, 3600000, %lld,"
					 " NULL, NULL, 0, NULL, NULL)",
				     (long long)(cases[i].last_hour * HOUR)));
		tree = part(f, "hour");
		assert_int_equal(
			json_array_size(json_object_get(tree, "items")),
			cases[i].n);
	}
}

static void nothing_is_no_step(void **state)
{
	struct crm_fixture *f = *state;
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(json_free) json_t *series = part(f, "day");
	CLEANUP(json_free) json_t *domains = part(f, "");
	struct err err = ERR_INIT;

	assert_int_equal(json_array_size(json_object_get(series, "items")), 0);
	assert_int_equal(json_array_size(json_object_get(domains, "items")), 0);
	assert_int_equal(campaign_series(f->db, 7, "week", &text, &err), -1);
	assert_string_equal(err.field, "by");
}

/* 25 domains, each with as many people as its number says, and a stranger. */
static void the_largest_domains_come_first(void **state)
{
	struct crm_fixture *f = *state;
	CLEANUP(json_free) json_t *tree = NULL;
	const json_t *items, *first, *other;
	int64_t id = 0;

	for (int d = 1; d <= 25; d++) {
		for (int i = 0; i < d; i++) {
			id++;
			store_fixture_exec(
				f->db,
				arena_printf(
					f->arena,
					"INSERT INTO email (id, entity,"
					" record_id, address, folded, hash,"
					" created_ms) VALUES (%lld, 1, 1, 'x',"
					" 'x%lld@d%d.example', 'h', 1)",
					(long long)id, (long long)id, d));
			store_fixture_exec(
				f->db,
				arena_printf(f->arena,
					     ROW "(7, %lld, 2, 1, 1, %s, NULL,"
						 " NULL, 0, NULL, %lld)",
					     (long long)id, i ? "NULL" : "1",
					     (long long)id));
		}
	}
	store_fixture_exec(f->db, ROW "(7, -1, 2, 1, 1, 1, 1, 1, 2, 1, NULL)");
	tree = part(f, "");
	items = json_object_get(tree, "items");
	first = json_array_get(items, 0);
	other = json_object_get(tree, "other");
	assert_int_equal(json_array_size(items), 20);
	assert_string_equal(json_string_value(json_object_get(first, "domain")),
			    "d25.example");
	assert_int_equal(json_integer_value(json_object_get(first, "sent")),
			 25);
	assert_int_equal(json_integer_value(json_object_get(other, "sent")),
			 15 + 1);
	assert_int_equal(json_integer_value(json_object_get(other, "opened")),
			 5 + 1);
	assert_int_equal(json_integer_value(json_object_get(other, "bounced")),
			 1);
	assert_int_equal(sum(items, "sent"), 25 * 26 / 2 - 15);
}

/* Campaign 20 is looked at; 1 to 14 were sent before it, opened by 1 in 10; 15
 * is another one's draft, 16 was sent later, of 17 nothing arrived. */
static void the_average_is_of_the_last_twelve_before(void **state)
{
	struct crm_fixture *f = *state;
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(json_free) json_t *tree = NULL;
	struct campaign_report_facts facts = { .relay_is_reached = true };
	struct err err = ERR_INIT;
	const json_t *average;

	for (int i = 1; i <= 20; i++) {
		store_fixture_exec(
			f->db,
			arena_printf(f->arena,
				     "INSERT INTO campaign (id, name, status,"
				     " sent_ms, created_ms, updated_ms) VALUES"
				     " (%d, 'x', %d, %d, 1, 1)",
				     i, i == 15 ? 1 : 5, i == 16 ? 99 : i));
		store_fixture_exec(
			f->db, arena_printf(f->arena,
					    "INSERT INTO campaign_figures"
					    " (campaign_id, sent, bounced_hard,"
					    " opened, clicked) VALUES"
					    " (%d, %d, 10, %d, 5)",
					    i, i >= 17 && i < 20 ? 10 : 110,
					    i < 3 ? 100 : 10));
	}
	assert_int_equal(crm_campaign_report(f->db, 20, &facts, &text, &err),
			 0);
	assert_int_equal(json_parse(strbuf_str(&text), &tree, &err), 0);
	average = json_object_get(tree, "average");
	assert_int_equal(
		json_integer_value(json_object_get(average, "campaigns")), 12);
	assert_true(json_real_value(json_object_get(average, "opened")) == 0.1);
	assert_true(json_real_value(json_object_get(average, "clicked")) ==
		    0.05);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name)                                              \
	cmocka_unit_test_setup_teardown(name, crm_fixture_open, \
					crm_fixture_close)
		TEST(everybody_stands_where_they_did_it_first),
		TEST(there_are_at_most_500_steps),
		TEST(nothing_is_no_step),
		TEST(the_largest_domains_come_first),
		TEST(the_average_is_of_the_last_twelve_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
