#include "crm/campaign/recipient.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "crm/campaign_figures.h"
#include "crm/crm_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/*
 * Campaign 7, ids by place: 1 opened and clicked, 2 opened, 3 nothing, 4 hard,
 * 5 soft, 6 left, 7 complained, 8 only a machine, 9 shares the address of 2,
 * 10 waits, 11 was opted out, -1 a stranger who opened.
 */
static const char *const people[] = {
	"\"first_name\":\"Anna\",\"last_name\":\"Zürn\"",
	"\"first_name\":\"Bert\",\"last_name\":\"Ypsen\"",
	"\"first_name\":\"=1+1\",\"last_name\":\"X_%\"",
	"\"last_name\":\"Wolf\"",
	"\"last_name\":\"Vogt\"",
	"\"last_name\":\"Ullrich\"",
	"\"last_name\":\"Tell\"",
	"\"last_name\":\"Sand\"",
	"\"last_name\":\"Rabe\"",
	"\"last_name\":\"Quast\"",
	"\"last_name\":\"Pfau\"",
};
#define PEOPLE ARRAY_SIZE(people)

#define ROWS                                                                   \
	"INSERT INTO campaign_recipient (campaign_id, person_id, state,"       \
	" reason, at_ms, accepted_ms, opened_ms, opens, machine_opened_ms,"    \
	" clicked_ms, clicks, bounced, bounced_ms, unsubscribed_ms,"           \
	" complained_ms) VALUES"                                               \
	" (7, 1, 2, NULL, 100, 100, 200, 3, NULL, 300, 2, 0, NULL, NULL, "     \
	"NULL),"                                                               \
	" (7, 2, 2, NULL, 90, 90, 210, 1, 205, NULL, 0, 0, NULL, NULL, NULL)," \
	" (7, 3, 2, NULL, 80, 80, NULL, 0, NULL, NULL, 0, 0, NULL, NULL, "     \
	"NULL),"                                                               \
	" (7, 4, 4, 'hard', 70, NULL, NULL, 0, NULL, NULL, 0, 1, 70, NULL, "   \
	"NULL),"                                                               \
	" (7, 5, 2, NULL, 60, 60, NULL, 0, NULL, NULL, 0, 2, 61, NULL, NULL)," \
	" (7, 6, 2, NULL, 50, 50, 51, 1, NULL, NULL, 0, 0, NULL, 400, NULL),"  \
	" (7, 7, 2, NULL, 40, 40, NULL, 0, NULL, NULL, 0, 0, NULL, NULL, 41)," \
	" (7, 8, 2, NULL, 30, 30, NULL, 0, 31, NULL, 0, 0, NULL, NULL, NULL)," \
	" (7, 9, 7, 'duplicate', 20, 90, 210, 1, 205, NULL, 0, 0, NULL, NULL," \
	" NULL),"                                                              \
	" (7, 10, 1, NULL, 10, NULL, NULL, 0, NULL, NULL, 0, 0, NULL, NULL,"   \
	" NULL),"                                                              \
	" (7, 11, 7, 'opted_out', 5, NULL, NULL, 0, NULL, NULL, 0, 0, NULL,"   \
	" NULL, NULL),"                                                        \
	" (7, -1, 2, NULL, 15, 15, 16, 1, NULL, NULL, 0, 0, NULL, NULL, "      \
	"NULL),"                                                               \
	" (8, 1, 2, NULL, 1, 1, NULL, 0, NULL, NULL, 0, 0, NULL, NULL, NULL)"

static int open_ledger(void **state)
{
	struct crm_fixture *f;

	if (crm_fixture_open(state) < 0)
		return -1;
	f = *state;
	for (size_t i = 0; i < PEOPLE; i++)
		(void)fixture_person(
			f,
			arena_printf(f->arena,
				     "{%s,\"emails\":[{\"address\":"
				     "\"p%zu@%s\"}]}",
				     people[i], i + 1,
				     i % 2 ? "bücher.example" : "example.org"));
	store_fixture_exec(f->db, ROWS);
	store_fixture_exec(f->db,
			   "UPDATE campaign_recipient SET email_id = (SELECT"
			   " p.email_id FROM person p WHERE p.id ="
			   " campaign_recipient.person_id)");
	store_fixture_exec(f->db,
			   "INSERT INTO campaign_activity (campaign_id,"
			   " person_id, kind, at_ms, link_id, machine) VALUES"
			   " (7, 1, 2, 300, 4, 0), (7, 1, 2, 310, 4, 0),"
			   " (7, 8, 2, 31, 4, 1), (7, 9, 2, 211, 4, 0),"
			   " (7, 2, 1, 210, 4, 0), (8, 2, 2, 1, 4, 0)");
	store_fixture_exec(f->db,
			   "UPDATE campaign_recipient SET machine_clicked_ms ="
			   " 31 WHERE campaign_id = 7 AND person_id IN (8, 9)");
	store_fixture_exec(f->db, "UPDATE campaign_recipient SET caught = 1"
				  " WHERE campaign_id = 7 AND person_id IN (3,"
				  " 9)");
	return 0;
}

/* "1 2 -1", page by page. */
static const char *ids_of(struct crm_fixture *f, struct recipient_filter filter,
			  const char *sort, int64_t limit)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct recipient_query query = { .filter = filter,
					 .sort = sort,
					 .limit = limit };
	struct err err = ERR_INIT;
	const char *next;
	int64_t total, n = 0;

	query.filter.campaign_id = 7;
	assert_int_equal(recipient_filter_read(&query.filter, f->arena, &err),
			 0);
	do {
		CLEANUP(vec_release) struct recipients list = VEC_INIT;

		if (recipient_list(f->db, &query, f->arena, &list, &total,
				   &next, &err) < 0)
			fail_msg("%s: %s", err.field, err.text);
		assert_true((int64_t)list.n <= limit && n < 99);
		vec_each (&list, r)
			strbuf_addf(&text, "%s%lld", n++ ? " " : "",
				    (long long)r->row_id);
		query.cursor = next;
	} while (next);
	assert_int_equal(total, n);
	return arena_strdup(f->arena, text.buf ? text.buf : "");
}

static void each_condition_finds_its_own(void **state)
{
	static const struct {
		struct recipient_filter filter;
		const char *ids;
	} cases[] = {
		{ { 0 }, "-1 1 2 3 4 5 6 7 8 9 10 11" },
		{ { .response = "opened" }, "-1 1 2 6" },
		{ { .response = "clicked" }, "1" },
		{ { .response = "bounced" }, "4 5" },
		{ { .response = "bounced_hard" }, "4" },
		{ { .response = "bounced_soft" }, "5" },
		{ { .response = "unsubscribed" }, "6" },
		{ { .response = "complained" }, "7" },
		{ { .response = "machine_opened" }, "2 8" },
		{ { .response = "machine_clicked" }, "8" },
		{ { .response = "not_opened" }, "3 4 5 7 8" },
		{ { .response = "not_clicked" }, "-1 2 3 4 5 6 7 8" },
		{ { .state = "queued" }, "10" },
		{ { .state = "left_out" }, "9 11" },
		{ { .state = "left_out", .reason = "opted_out" }, "11" },
		{ { .reason = "opted_out" }, "11" },
		{ { .reason = "hard" }, "4" },
		{ { .reason = "other" }, "" },
		{ { .state = "sent" }, "-1 1 2 3 4 5 6 7 8" },
		{ { .state = "delivered" }, "-1 1 2 6 7 8" },
		{ { .state = "caught" }, "3" },
		{ { .state = "waiting" }, "10" },
		{ { .state = "waiting", .reason = "other" }, "10" },
		{ { .state = "not_sent" }, "9 11" },
		{ { .state = "unknown" }, "-1" },
		{ { .state = "delivered", .domain = "example.org" }, "1 7" },
		{ { .state = "queued", .response = "opened" }, "" },
		{ { .link_id = 4 }, "1" },
		{ { .link_id = 5 }, "" },
		{ { .domain = "example.org" }, "1 3 5 7 9 11" },
		{ { .domain = "EXAMPLE.org", .response = "opened" }, "1" },
		{ { .domain = "bücher.example" }, "2 4 6 8 10" },
		{ { .domain = "xn--bcher-kva.example" }, "2 4 6 8 10" },
		{ { .domain = "cher.example" }, "" },
		{ { .not_domains = "example.org" }, "-1 2 4 6 8 10" },
		{ { .not_domains = "EXAMPLE.org,bücher.example" }, "-1" },
		{ { .not_domains = "example.net", .response = "clicked" },
		  "1" },
		{ { .response = "opened", .from = "1970-01-01T00:00:00.200Z" },
		  "1 2" },
		{ { .response = "opened", .until = "1970-01-01T00:00:00.200Z" },
		  "-1 6" },
		{ { .response = "opened",
		    .from = "1970-01-01T00:00:00.051Z",
		    .until = "1970-01-01T00:00:00.210Z" },
		  "1 6" },
		{ { .state = "sent",
		    .from = "1970-01-01T00:00:00.070Z",
		    .until = "1970-01-01T00:00:00.091Z" },
		  "2 3 4" },
		{ { .state = "sent",
		    .response = "bounced",
		    .from = "1970-01-01T00:00:00.061Z",
		    .until = "1970-01-01T00:00:00.070Z" },
		  "5" },
		{ { .q = "zürn" }, "1" },
		{ { .q = "anna ZÜRN" }, "1" },
		{ { .q = " Zürn  p1@ " }, "1" },
		{ { .q = "_%" }, "3" },
		{ { .q = "p11@example.org" }, "11" },
		{ { .q = "bücher", .response = "opened" }, "2 6" },
		{ { .q = "nobody" }, "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		if (strcmp(ids_of(*state, cases[i].filter, NULL, 3),
			   cases[i].ids) != 0)
			fail_msg("case %zu: %s, not %s", i,
				 ids_of(*state, cases[i].filter, NULL, 3),
				 cases[i].ids);
	}
}

static void each_order_is_the_same_page_by_page(void **state)
{
	static const struct {
		const char *sort, *ids;
	} cases[] = {
		{ "name", "-1 11 10 9 8 7 6 5 4 3 2 1" },
		{ "-name", "1 2 3 4 5 6 7 8 9 10 11 -1" },
		{ "at", "11 10 -1 9 8 7 6 5 4 3 2 1" },
		{ "-at", "1 2 3 4 5 6 7 8 9 -1 10 11" },
		{ "-opens", "1 9 6 2 -1 11 10 8 7 5 4 3" },
		{ "clicks", "-1 2 3 4 5 6 7 8 9 10 11 1" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		for (int64_t limit = 1; limit < 14; limit += 3)
			assert_string_equal(
				ids_of(*state, (struct recipient_filter){ 0 },
				       cases[i].sort, limit),
				cases[i].ids);
}

/* Each figure of the report can be listed. */
static void totals_are_the_figures(void **state)
{
	static const struct {
		const char *state, *response;
		enum figure figure;
	} cases[] = {
		{ NULL, NULL, FIGURE_RECIPIENTS },
		{ "sent", NULL, FIGURE_SENT },
		{ "caught", NULL, FIGURE_CAUGHT },
		{ "waiting", NULL, FIGURE_WAITING },
		{ "unknown", NULL, FIGURE_UNKNOWN },
		{ NULL, "bounced_hard", FIGURE_BOUNCED_HARD },
		{ NULL, "bounced_soft", FIGURE_BOUNCED_SOFT },
		{ NULL, "opened", FIGURE_OPENED },
		{ NULL, "machine_opened", FIGURE_OPENED_MACHINES },
		{ NULL, "clicked", FIGURE_CLICKED },
		{ NULL, "machine_clicked", FIGURE_CLICKED_MACHINES },
		{ NULL, "unsubscribed", FIGURE_UNSUBSCRIBED },
		{ NULL, "complained", FIGURE_COMPLAINED },
	};
	struct crm_fixture *f = *state;
	struct campaign_figures figures;
	struct err err = ERR_INIT;

	fixture_keep_figures(f, 7);
	assert_int_equal(figures_get(f->db, 7, &figures, &err), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(vec_release) struct recipients list = VEC_INIT;
		struct recipient_query query = {
			.filter = { .campaign_id = 7,
				    .state = cases[i].state,
				    .response = cases[i].response },
			.limit = 1,
		};
		int64_t total;
		const char *next;

		assert_int_equal(
			recipient_filter_read(&query.filter, f->arena, &err),
			0);
		assert_int_equal(recipient_list(f->db, &query, f->arena, &list,
						&total, &next, &err),
				 0);
		assert_int_equal(total, figures.n[cases[i].figure]);
	}
}

static void what_is_none_is_refused(void **state)
{
	static const struct {
		struct recipient_query query;
		const char *field;
	} cases[] = {
		{ { .filter.state = "gone" }, "state" },
		{ { .filter.response = "smiled" }, "response" },
		{ { .filter.domain = "a@example.org" }, "domain" },
		{ { .filter.domain = "not a domain" }, "domain" },
		{ { .filter.domain = "" }, "domain" },
		{ { .filter.not_domains = "example.org,@" }, "not_domains" },
		{ { .filter.not_domains = "a.b,a.b,a.b,a.b,a.b,a.b,a.b,a.b,a.b,"
					  "a.b,a.b,a.b,a.b,a.b,a.b,a.b,a.b,a.b,"
					  "a.b,a.b,a.b" },
		  "not_domains" },
		{ { .filter.from = "yesterday", .filter.state = "sent" },
		  "from" },
		{ { .filter.until = "2026-01-01" }, "until" },
		{ { .filter.from = "2026-01-01",
		    .filter.response = "not_opened",
		    .filter.state = "sent" },
		  "from" },
		{ { .filter.q = "\xff" }, "q" },
		{ { .sort = "colour" }, "sort" },
		{ { .sort = "" }, "sort" },
		{ { .cursor = "x" }, "cursor" },
		{ { .cursor = "W10" }, "cursor" },
	};
	struct crm_fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(vec_release) struct recipients list = VEC_INIT;
		struct recipient_query query = cases[i].query;
		struct err err = ERR_INIT;
		const char *next;
		int64_t total;

		query.limit = 5;
		assert_true(recipient_filter_read(&query.filter, f->arena,
						  &err) < 0 ||
			    recipient_list(f->db, &query, f->arena, &list,
					   &total, &next, &err) < 0);
		assert_int_equal(err.code, ERR_INVALID);
		assert_string_equal(err.field, cases[i].field);
	}
}

static void a_cursor_fits_nothing_else(void **state)
{
	struct crm_fixture *f = *state;
	struct recipient_query first = { .filter.campaign_id = 7, .limit = 2 };
	CLEANUP(vec_release) struct recipients list = VEC_INIT;
	struct err err = ERR_INIT;
	const char *next, *ignored;
	int64_t total;

	assert_int_equal(recipient_list(f->db, &first, f->arena, &list, &total,
					&next, &err),
			 0);
	for (int i = 0; i < 4; i++) {
		struct recipient_query other = first;

		other.cursor = next;
		other.filter.campaign_id = i == 0 ? 8 : 7;
		other.filter.q = i == 1 ? "a" : NULL;
		other.filter.link_id = i == 2 ? 4 : 0;
		other.sort = i == 3 ? "at" : NULL;
		assert_int_equal(recipient_list(f->db, &other, f->arena, &list,
						&total, &ignored, &err),
				 -1);
		assert_string_equal(err.field, "cursor");
	}
}

static const char *people_of(struct crm_fixture *f,
			     struct recipient_filter filter)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	struct err err = ERR_INIT;

	filter.campaign_id = 7;
	assert_int_equal(recipient_filter_read(&filter, f->arena, &err), 0);
	assert_int_equal(recipient_people(f->db, &filter, &ids, &err), 0);
	vec_each (&ids, id)
		strbuf_addf(&text, "%s%lld", id > ids.v ? " " : "",
			    (long long)*id);
	return arena_strdup(f->arena, text.buf ? text.buf : "");
}

/* 1 was merged into 3, 2 was erased. */
static void who_is_gone_is_shown_as_what_is_left(void **state)
{
	struct crm_fixture *f = *state;
	struct recipient_query query = {
		.filter = { .campaign_id = 7, .response = "opened" }, .limit = 9
	};
	CLEANUP(vec_release) struct recipients list = VEC_INIT;
	struct err err = ERR_INIT;
	const char *next;
	int64_t total;

	store_fixture_exec(f->db, "UPDATE person SET merged_into_id = 3,"
				  " erased_ms = 1 WHERE id = 1");
	store_fixture_exec(f->db,
			   "UPDATE person SET erased_ms = 1, first_name = NULL,"
			   " last_name = NULL, name_folded = '' WHERE id = 2");
	assert_int_equal(recipient_filter_read(&query.filter, f->arena, &err),
			 0);
	assert_int_equal(recipient_list(f->db, &query, f->arena, &list, &total,
					&next, &err),
			 0);
	assert_int_equal(list.n, 4);
	assert_int_equal(list.v[0].kind, RECIPIENT_UNKNOWN);
	assert_null(list.v[0].name);
	assert_int_equal(list.v[1].kind, RECIPIENT_PERSON);
	assert_int_equal(list.v[1].person_id, 3);
	assert_string_equal(list.v[1].name, "=1+1 X_%");
	assert_int_equal(list.v[2].kind, RECIPIENT_ERASED);
	assert_int_equal(list.v[3].kind, RECIPIENT_PERSON);
	assert_string_equal(
		people_of(f, (struct recipient_filter){ .response = "opened" }),
		"3 6");
	assert_string_equal(
		people_of(f, (struct recipient_filter){ .response =
								"not_opened" }),
		"3 4 5 7 8");
	assert_string_equal(people_of(f, (struct recipient_filter){ 0 }),
			    "3 4 5 6 7 8 9 10 11");
}

static void a_file_has_a_line_each(void **state)
{
	struct crm_fixture *f = *state;
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct recipient_query query = { .filter = { .campaign_id = 7,
						     .state = "accepted" } };
	struct err err = ERR_INIT;
	int lines = 0;

	assert_int_equal(recipient_filter_read(&query.filter, f->arena, &err),
			 0);
	assert_int_equal(recipient_csv(f->db, &query, f->arena, &out, &err), 0);
	for (const char *c = out.buf; *c; c++)
		lines += *c == '\n';
	assert_int_equal(lines, 1 + 8);
	assert_non_null(strstr(out.buf, "\r\n3,person,'=1+1 X_%,p3@example.org,"
					"accepted,,,1970-01-01T00:00:00"));
	assert_non_null(strstr(out.buf, "\r\n,unknown,,,accepted,"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, open_ledger, crm_fixture_close)
		TEST(each_condition_finds_its_own),
		TEST(each_order_is_the_same_page_by_page),
		TEST(totals_are_the_figures),
		TEST(what_is_none_is_refused),
		TEST(a_cursor_fits_nothing_else),
		TEST(who_is_gone_is_shown_as_what_is_left),
		TEST(a_file_has_a_line_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
