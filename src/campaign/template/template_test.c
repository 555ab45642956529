#include "campaign/template/template.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "campaign/campaign_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define DESIGN "{\"version\":1,\"blocks\":[{\"type\":\"odd\",\"x\":[1]}]}"

static struct campaign_fixture f;

static int open_fixture(void **state)
{
	(void)state;
	campaign_fixture_open(&f, 0);
	return 0;
}

static int close_fixture(void **state)
{
	(void)state;
	campaign_fixture_free(&f);
	return 0;
}

static int add(struct template *t, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(f.db, &tx, err) < 0 ||
	    template_add(&tx, t, FIXTURE_NOW, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static int rename_to(int64_t id, const char *name, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct template before, t;

	if (tx_begin(f.db, &tx, err) < 0 ||
	    template_get(f.db, id, f.arena, &before, err) < 0)
		return -1;
	t = before;
	t.name = name;
	if (template_update(&tx, &before, &t, FIXTURE_NOW + 1, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static int64_t count(void)
{
	int64_t n = -1;
	struct err err = ERR_INIT;

	assert_int_equal(template_count(f.db, TEMPLATE_BLOCKS, &n, &err), 0);
	return n;
}

static void come_back_as_they_were_given(void **state)
{
	struct template t = { .name = "Ours", .design = DESIGN, .user_id = 7 };
	struct template back;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(add(&t, &err), 0);
	assert_int_equal(template_get(f.db, t.id, f.arena, &back, &err), 0);
	assert_string_equal(back.design, DESIGN);
	assert_null(back.about);
	assert_int_equal(back.user_id, 7);
	assert_int_equal(rename_to(t.id, "Theirs", &err), 0);
	assert_int_equal(template_get(f.db, t.id, f.arena, &back, &err), 0);
	assert_string_equal(back.name, "Theirs");
	assert_int_equal(back.updated_ms, FIXTURE_NOW + 1);
	assert_int_equal(template_get(f.db, t.id + 1, f.arena, &back, &err),
			 -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
}

static void pages_go_from_the_newest(void **state)
{
	CLEANUP(vec_release) struct templates list = VEC_INIT;
	struct template t = { .name = "x", .design = DESIGN };
	struct err err = ERR_INIT;

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(add(&t, &err), 0);
	assert_int_equal(template_list(f.db, TEMPLATE_BLOCKS, 0, 2, f.arena,
				       &list, &err),
			 0);
	assert_int_equal(list.n, 2);
	assert_int_equal(list.v[0].id, t.id);
	assert_int_equal(template_list(f.db, TEMPLATE_BLOCKS, list.v[1].id, 2,
				       f.arena, &list, &err),
			 0);
	assert_int_equal(list.n, 3);
}

static void what_is_no_template_is_refused(void **state)
{
	char name[TEMPLATE_NAME_MAX + 2], about[TEMPLATE_ABOUT_MAX + 2];
	struct template cases[] = {
		{ .design = DESIGN },
		{ .name = " ", .design = DESIGN },
		{ .name = name, .design = DESIGN },
		{ .name = "a", .about = about, .design = DESIGN },
		{ .name = "a" },
		{ .name = "a", .design = "{}" },
		{ .name = "a", .design = "{\"version\":2,\"blocks\":[]}" },
	};
	struct err err = ERR_INIT;

	(void)state;
	memset(name, 'x', sizeof(name) - 1);
	memset(about, 'x', sizeof(about) - 1);
	name[sizeof(name) - 1] = about[sizeof(about) - 1] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(add(&cases[i], &err), -1);
		assert_int_equal(err.code, ERR_INVALID);
	}
	assert_int_equal(count(), 0);
}

static void html_stands_apart_from_designs(void **state)
{
	CLEANUP(vec_release) struct templates list = VEC_INIT;
	struct template_filter filter = { .count = 10 };
	struct template html = { .kind = TEMPLATE_HTML,
				 .name = "H",
				 .html = "<p mc:edit='a'>x</p>" };
	struct template design = { .name = "D", .design = DESIGN };
	struct template bad = { .name = "D", .design = DESIGN, .html = "x" };
	struct err err = ERR_INIT;
	struct template back;
	const char *mail;
	int64_t total;

	(void)state;
	assert_int_equal(add(&html, &err), 0);
	assert_int_equal(add(&design, &err), 0);
	assert_int_equal(add(&bad, &err), -1);
	assert_string_equal(err.field, "html");
	assert_int_equal(count(), 1);
	assert_int_equal(template_get(f.db, html.id, f.arena, &back, &err), 0);
	assert_null(back.design);
	assert_false(back.is_responsive);
	assert_int_equal(template_make_html(&back, f.arena, &mail, &err), 0);
	assert_string_equal(mail, html.html);
	assert_int_equal(template_get(f.db, design.id, f.arena, &back, &err),
			 0);
	assert_int_equal(template_make_html(&back, f.arena, &mail, &err), 0);
	assert_non_null(strstr(mail, "<html"));
	assert_int_equal(
		template_find_all(f.db, &filter, f.arena, &list, &total, &err),
		0);
	assert_int_equal(total, 2);
	assert_int_equal(list.v[0].id, html.id);
}

static void a_failing_database_leaves_nothing_half_done(void **state)
{
	struct template t = { .name = "a", .design = DESIGN };
	struct err err = ERR_INIT;
	int n = 1;

	(void)state;
	for (;; n++) {
		int ret;

		db_fail_nth(f.db, n);
		ret = add(&t, &err);
		db_fail_nth(f.db, 0);
		if (ret == 0)
			break;
		assert_int_equal(count(), 0);
	}
	assert_true(n > 2);
	for (n = 1;; n++) {
		struct template back;
		int ret;

		db_fail_nth(f.db, n);
		ret = rename_to(t.id, "b", &err);
		db_fail_nth(f.db, 0);
		assert_int_equal(template_get(f.db, t.id, f.arena, &back, &err),
				 0);
		assert_string_equal(back.name, ret == 0 ? "b" : "a");
		if (ret == 0)
			break;
	}
}

#define FIXED(test) \
	cmocka_unit_test_setup_teardown(test, open_fixture, close_fixture)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXED(come_back_as_they_were_given),
		FIXED(pages_go_from_the_newest),
		FIXED(what_is_no_template_is_refused),
		FIXED(html_stands_apart_from_designs),
		FIXED(a_failing_database_leaves_nothing_half_done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
