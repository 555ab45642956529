#include "crm/browse/record_list.h"

#include "base/arena.h"
#include "base/err.h"
#include "crm/browse/field_info.h"
#include "crm/crm_fixture.h"
#include "crm/custom_field.h"
#include "crm/group/group.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* People, unless query says otherwise. */
static int list(struct crm_fixture *f, struct record_query *query,
		const char *q, const char *filter, struct record_page *page,
		struct err *err)
{
	struct selection *s = &query->selection;

	*s = (struct selection){ .entity =
					 s->entity ? s->entity : ENTITY_PERSON,
				 .q = q,
				 .filter = filter,
				 .group_id = s->group_id,
				 .how = s->how,
				 .equal = s->equal,
				 .equal_n = s->equal_n };
	if (selection_read(s, f->db, f->actor.now_ms, f->arena, err) < 0)
		return -1;
	return record_list(f->db, query, f->arena, page, err);
}

static void pages_hold_everybody_once_in_order(void **state)
{
	static const char *const orders[] = { NULL,         "-id",
					      "name",       "-name",
					      "created_at", "-updated_at" };
	struct crm_fixture *f = *state;

	for (int i = 0; i < 23; i++) {
		char body[64];

		f->actor.now_ms = 1000000 + i % 5;
		snprintf(body, sizeof(body), "{\"last_name\":\"N%d\"}", i % 7);
		(void)fixture_person(f, body);
	}
	for (size_t o = 0; o < ARRAY_SIZE(orders); o++) {
		struct record_query q = { .sort = orders[o], .limit = 5 };
		bool seen[24] = { false };
		int n = 0, pages = 0;

		do {
			CLEANUP(record_page_release)
			struct record_page page = { .next = NULL };
			struct err err = ERR_INIT;

			assert_int_equal(list(f, &q, NULL, NULL, &page, &err),
					 0);
			assert_int_equal(page.total, 23);
			vec_each (&page.items, r) {
				assert_false(seen[r->id]);
				seen[r->id] = true;
				n++;
			}
			q.cursor = page.next;
			pages++;
		} while (q.cursor);
		assert_int_equal(n, 23);
		assert_int_equal(pages, 5);
	}
}

static int64_t found(struct crm_fixture *f, const char *q, const char *field,
		     const char *value)
{
	CLEANUP(record_page_release) struct record_page page = { .next = NULL };
	struct record_filter equal = { field, value };
	struct record_query query = {
		.limit = 1,
		.selection = { .equal = &equal, .equal_n = field ? 1 : 0 }
	};
	struct err err = ERR_INIT;

	if (list(f, &query, q, NULL, &page, &err) < 0)
		return -1;
	return page.total;
}

static void lists_are_searched_and_filtered(void **state)
{
	struct crm_fixture *f = *state;

	(void)fixture_person(f, "{\"first_name\":\"Anna\",\"last_name\":"
				"\"Straße\",\"email\":\"anna@x.example\","
				"\"country\":\"DE\",\"tags\":[\"Gold\"]}");
	(void)fixture_person(f, "{\"first_name\":\"Hanna\",\"last_name\":"
				"\"100%_\",\"email\":\"h@y.example\","
				"\"country\":\"DE\",\"opted_out\":true}");
	assert_int_equal(found(f, "anna", NULL, NULL), 2);
	assert_int_equal(found(f, "ANNA strasse", NULL, NULL), 1);
	assert_int_equal(found(f, "x.example", NULL, NULL), 1);
	assert_int_equal(found(f, "Anna@X.example", NULL, NULL), 1);
	assert_int_equal(found(f, "%_", NULL, NULL), 1);
	assert_int_equal(found(f, "nobody", NULL, NULL), 0);
	assert_int_equal(found(f, NULL, "country", "DE"), 2);
	assert_int_equal(found(f, NULL, "opted_out", "true"), 1);
	assert_int_equal(found(f, NULL, "tag", "gold"), 1);
	assert_int_equal(found(f, NULL, "email", "ANNA@x.example"), 1);
	assert_int_equal(found(f, NULL, "email", "anna"), 0);
	assert_int_equal(found(f, NULL, "created_at", "1"), -1);
}

#define IN_BERN "{\"field\":\"city\",\"op\":\"is\",\"value\":\"BERN\"}"
#define IN_STEEL \
	"{\"field\":\"company.industry\",\"op\":\"is\",\"value\":\"steel\"}"
#define TAGGED "{\"field\":\"tag\",\"op\":\"is\",\"value\":\"gold\"}"

/* Everybody in Bern, every second in steel and gold. */
static void fill_bern(struct crm_fixture *f)
{
	struct err err = ERR_INIT;
	struct record company;

	assert_int_equal(fixture_create(f, ENTITY_COMPANY,
					"{\"name\":\"Hütte\","
					"\"industry\":\"Steel\"}",
					&company, &err),
			 0);
	for (int i = 0; i < 30; i++) {
		CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;

		strbuf_addf(
			&body, "{\"last_name\":\"N%02d\",\"city\":\"%s\"%s}", i,
			i < 20 ? "Bern" : "Thun",
			i % 2 ? ",\"company_id\":1,\"tags\":[\"Gold\"]" : "");
		(void)fixture_person(f, body.buf);
	}
}

/* How many of a group there are, in pages of 3; -1: refused, as *err says. */
static int64_t found_in(struct crm_fixture *f, int64_t group, const char *how,
			const char *q, const char *filter, struct err *err)
{
	struct record_query query = { .limit = 3,
				      .sort = "name",
				      .selection = { .group_id = group,
						     .how = how } };
	int64_t n = 0, total = -1;

	do {
		CLEANUP(record_page_release)
		struct record_page page = { .next = NULL };

		if (list(f, &query, q, filter, &page, err) < 0)
			return -1;
		assert_true(total < 0 || total == page.total);
		total = page.total;
		n += (int64_t)page.items.n;
		query.cursor = page.next;
	} while (query.cursor);
	assert_int_equal(n, total);
	return n;
}

static int64_t make_group(struct crm_fixture *f, const char *name,
			  enum group_kind kind, const char *criteria)
{
	CLEANUP(json_free) json_t *json = NULL;
	struct group_input input = { .name = name, .kind = kind };
	struct err err = ERR_INIT;
	int64_t id;

	assert_int_equal(json_parse(str_of(criteria), &json, &err), 0);
	input.criteria = json;
	assert_int_equal(group_add(f->db, &input, 1, &id, &err), 0);
	return id;
}

static void lists_show_a_part_of_a_group(void **state)
{
	struct crm_fixture *f = *state;
	int64_t in[] = { 25, 26, 1 }, out[] = { 2, 4, 29 };
	struct err err = ERR_INIT;
	int64_t fixed, moving;

	fill_bern(f);
	fixed = make_group(f, "Fixed", GROUP_STATIC,
			   "{\"conditions\":[" IN_BERN "]}");
	moving =
		make_group(f, "Moving", GROUP_DYNAMIC,
			   "{\"match\":\"any\",\"conditions\":[" IN_STEEL "]}");
	assert_int_equal(
		group_include(f->db, fixed, &(struct ids){ in, 3, 3 }, 1, &err),
		2 + 1);
	assert_int_equal(group_exclude(f->db, fixed, &(struct ids){ out, 3, 3 },
				       1, &err),
			 2);
	assert_int_equal(found_in(f, fixed, NULL, NULL, NULL, &err), 20);
	assert_int_equal(found_in(f, fixed, "member", NULL, NULL, &err), 20);
	assert_int_equal(found_in(f, fixed, "hand", NULL, NULL, &err), 3);
	assert_int_equal(found_in(f, fixed, "criteria", NULL, NULL, &err), 17);
	assert_int_equal(found_in(f, fixed, "excluded", NULL, NULL, &err), 3);
	assert_int_equal(found_in(f, fixed, NULL, "n0", NULL, &err), 8);
	assert_int_equal(found_in(f, fixed, NULL, NULL,
				  "{\"conditions\":[" IN_STEEL "]}", &err),
			 9);
	assert_int_equal(found_in(f, moving, NULL, NULL, NULL, &err), 15);
	assert_int_equal(found_in(f, moving, NULL, NULL,
				  "{\"match\":\"any\",\"conditions\":[" IN_BERN
				  "]}",
				  &err),
			 10);

	assert_int_equal(found_in(f, moving, "hand", NULL, NULL, &err), -1);
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_int_equal(found_in(f, 0, "hand", NULL, NULL, &err), -1);
	assert_string_equal(err.field, "how");
	assert_int_equal(found_in(f, fixed, "foot", NULL, NULL, &err), -1);
	assert_string_equal(err.field, "how");
	assert_int_equal(found_in(f, 99, NULL, NULL, NULL, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
}

struct wanted {
	const char *q, *filter;
	int64_t total;
};

static void a_filter_adds_to_words_and_order(void **state)
{
	static const struct wanted cases[] = {
		{ NULL, NULL, 30 },
		{ NULL, "", 30 },
		{ NULL, "{\"conditions\":[]}", 30 },
		{ NULL, "{\"conditions\":[" IN_BERN "]}", 20 },
		{ NULL, "{\"conditions\":[" IN_BERN "," IN_STEEL "]}", 10 },
		{ NULL, "{\"conditions\":[" IN_BERN "," TAGGED "]}", 10 },
		{ NULL,
		  "{\"match\":\"any\",\"conditions\":[" IN_BERN "," TAGGED "]}",
		  25 },
		{ "n1", "{\"conditions\":[" IN_BERN "]}", 10 },
		{ "n1", "{\"conditions\":[" IN_BERN "," TAGGED "]}", 5 },
		{ "n2", "{\"conditions\":[" IN_BERN "]}", 0 },
	};
	struct crm_fixture *f = *state;

	fill_bern(f);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct wanted *c = &cases[i];
		struct record_query q = { .sort = "-name", .limit = 3 };
		int64_t before = INT64_MAX, seen = 0;

		do {
			CLEANUP(record_page_release)
			struct record_page page = { .next = NULL };
			struct err err = ERR_INIT;

			assert_int_equal(
				list(f, &q, c->q, c->filter, &page, &err), 0);
			assert_int_equal(page.total, c->total);
			vec_each (&page.items, r) {
				assert_true(r->id < before);
				before = r->id;
				seen++;
			}
			q.cursor = page.next;
		} while (q.cursor);
		assert_int_equal(seen, c->total);
	}
}

static void a_wrong_filter_is_refused_with_its_place(void **state)
{
	static const struct {
		const char *filter, *field;
	} cases[] = {
		{ "{", "filter" },
		{ "7", "filter" },
		{ "[]", "filter" },
		{ "null", "filter" },
		{ "{}", "filter.conditions" },
		{ "{\"match\":\"some\",\"conditions\":[]}", "filter.match" },
		{ "{\"conditions\":[" IN_BERN "," IN_BERN
		  ",{\"field\":\"city\",\"op\":\"like\",\"value\":\"x\"}]}",
		  "filter.conditions[2].op" },
		{ "{\"conditions\":[{\"field\":\"shoe\",\"op\":\"is\","
		  "\"value\":\"x\"}]}",
		  "filter.conditions[0].field" },
		{ "{\"conditions\":[{\"conditions\":[{\"field\":\"company_id\","
		  "\"op\":\"is\",\"value\":99}]}]}",
		  "filter.conditions[0].conditions[0].value" },
	};
	struct crm_fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct record_query q = { .limit = 3 };
		struct record_page page;
		struct err err = ERR_INIT;

		assert_int_equal(
			list(f, &q, NULL, cases[i].filter, &page, &err), -1);
		assert_int_equal(err.code, ERR_INVALID);
		assert_string_equal(err.field, cases[i].field);
	}
}

static void a_cursor_fits_its_own_list_only(void **state)
{
	static const struct record_filter thun = { "city", "Thun" };
	CLEANUP(record_page_release) struct record_page page = { .next = NULL };
	CLEANUP(record_page_release) struct record_page same = { .next = NULL };
	struct crm_fixture *f = *state;
	struct record_query q = { .limit = 3 };
	struct err err = ERR_INIT;
	struct record_page none;

	fill_bern(f);
	assert_int_equal(list(f, &q, NULL, "{\"conditions\":[" IN_BERN "]}",
			      &page, &err),
			 0);
	q.cursor = page.next;
	assert_int_equal(
		list(f, &q, NULL, "{\"conditions\":[" TAGGED "]}", &none, &err),
		-1);
	assert_string_equal(err.field, "cursor");
	assert_int_equal(list(f, &q, NULL, NULL, &none, &err), -1);
	assert_int_equal(
		list(f, &q, "n", "{\"conditions\":[" IN_BERN "]}", &none, &err),
		-1);
	q.selection.equal = &thun;
	q.selection.equal_n = 1;
	assert_int_equal(list(f, &q, NULL, "{\"conditions\":[" IN_BERN "]}",
			      &none, &err),
			 -1);
	q.selection.equal_n = 0;
	q.limit = 7; /* another length of page is fine */
	assert_int_equal(list(f, &q, NULL, "{\"conditions\":[" IN_BERN "]}",
			      &same, &err),
			 0);
	assert_int_equal(same.items.n, 7);
}

static void people_tell_the_name_of_their_company(void **state)
{
	CLEANUP(record_page_release) struct record_page page = { .next = NULL };
	struct crm_fixture *f = *state;
	struct record_query q = { .limit = 50 };
	struct err err = ERR_INIT;

	fill_bern(f);
	assert_int_equal(list(f, &q, NULL, NULL, &page, &err), 0);
	vec_each (&page.items, r) {
		if (r->company_id)
			assert_string_equal(r->company, "Hütte");
		else
			assert_null(r->company);
	}
}

/* Whatever is listed with an op can be filtered by it, and whatever is
 * sortable sorts. */
static void the_fields_that_are_told_can_be_used(void **state)
{
	static const enum entity kinds[] = { ENTITY_PERSON, ENTITY_LEAD,
					     ENTITY_COMPANY };
	struct crm_fixture *f = *state;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	fill_bern(f);
	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
		struct custom_field size = { .entity = kinds[k],
					     .key = "size",
					     .label = "Size",
					     .type = "number" };

		assert_int_equal(
			custom_field_add(&tx, &size, &f->actor, f->arena, &err),
			0);
	}
	assert_int_equal(tx_commit(&tx, &err), 0);
	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
		CLEANUP(vec_release) struct field_infos infos = VEC_INIT;
		int customs = 0;

		assert_int_equal(field_info_list(f->db, kinds[k], f->arena,
						 &infos, &err),
				 0);
		vec_each (&infos, info) {
			for (const char *const *op = info->ops; *op; op++) {
				const char *value =
					strcmp(*op, "in_last") == 0 ||
							strcmp(*op, "within") ==
								0
						? "7 days"
					: strcmp(info->type, "boolean") == 0
						? "true"
					: strcmp(info->type, "date") == 0 ||
							strcmp(info->type,
							       "time") == 0
						? "2020-01-01"
					: strcmp(info->name, "mail_status") == 0
						? "open"
						: "1";
				const char *filter = arena_printf(
					f->arena,
					strcmp(info->type, "response") == 0
						? "{\"conditions\":[{\"field\":"
						  "\"%s\",\"op\":\"%s\"}]}"
						: "{\"conditions\":[{\"field\":"
						  "\"%s\",\"op\":\"%s\","
						  "\"value\":\"%s\"}]}",
					info->name, *op, value);
				CLEANUP(record_page_release)
				struct record_page page = { .next = NULL };
				struct record_query q = {
					.limit = 5,
					.selection.entity = kinds[k],
				};
				bool refers = strstr(info->name, "import_id") ||
					      strcmp(info->name, "group") == 0;

				err = (struct err)ERR_INIT;
				if (list(f, &q, NULL, filter, &page, &err) <
					    0 &&
				    !refers) /* there is none */
					fail_msg("%s %s: %s %s", info->name,
						 *op, err.field, err.text);
			}
			if (info->sortable)
				assert_int_equal(record_list_check_sort(
							 info->name, &err),
						 0);
			customs += info->custom;
		}
		assert_int_equal(customs, kinds[k] == ENTITY_PERSON ? 2 : 1);
	}
}

#define FIXED(test)                                             \
	cmocka_unit_test_setup_teardown(test, crm_fixture_open, \
					crm_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXED(pages_hold_everybody_once_in_order),
		FIXED(lists_are_searched_and_filtered),
		FIXED(lists_show_a_part_of_a_group),
		FIXED(a_filter_adds_to_words_and_order),
		FIXED(a_wrong_filter_is_refused_with_its_place),
		FIXED(a_cursor_fits_its_own_list_only),
		FIXED(people_tell_the_name_of_their_company),
		FIXED(the_fields_that_are_told_can_be_used),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
