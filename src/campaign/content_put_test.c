#include "base/arena.h"
#include "base/cleanup.h"
#include "campaign/campaign_fixture.h"
#include "campaign/content.h"
#include "campaign/template/template.h"
#include "campaign/variate/variate_content.h"
#include "store/db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define PAGE "<h1 mc:edit='t'>T</h1><p mc:edit='x'>X</p>"

static struct campaign_fixture f;
static const char *hex;
static int64_t template_id;

static int open_fixture(void **state)
{
	CLEANUP(json_free)
	json_t *body = campaign_fixture_json("{'type':'regular'}");
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct template t = { .kind = TEMPLATE_HTML,
			      .name = "T",
			      .html = PAGE };
	struct campaign c;

	(void)state;
	campaign_fixture_open(&f, 0);
	if (tx_begin(f.db, &tx, &f.err) < 0 ||
	    campaign_add(&tx, body, FIXTURE_NOW, f.arena, &c, &f.err) < 0 ||
	    template_add(&tx, &t, FIXTURE_NOW, &f.err) < 0 ||
	    tx_commit(&tx, &f.err) < 0)
		fail_msg("%s", f.err.text);
	hex = c.hex;
	template_id = t.id;
	return 0;
}

static int close_fixture(void **state)
{
	(void)state;
	campaign_fixture_free(&f);
	return 0;
}

static int put(const char *text, const char *page, struct err *err)
{
	CLEANUP(json_free)
	json_t *body = campaign_fixture_json(
		strchr(text, '%')
			? arena_printf(f.arena,
				       "{'template':{'id':"
				       "%lld%s}}",
				       (long long)template_id, text + 1)
			: text);
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	const char *const pages[CONTENTS_MAX] = { page };

	if (tx_begin(f.db, &tx, err) < 0 ||
	    content_put(&tx, hex, body, pages, FIXTURE_NOW, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static struct campaign campaign(void)
{
	struct campaign c;

	if (campaign_get_by_hex(f.db, hex, f.arena, &c, &f.err) < 0)
		fail_msg("%s", f.err.text);
	return c;
}

static const char *html(void)
{
	struct content content;

	if (content_get(f.db, campaign().id, f.arena, &content, &f.err) < 0)
		fail_msg("%s", f.err.text);
	return arena_str(f.arena, content.html);
}

static void sections_are_filled(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(put("%", NULL, &err), 0);
	assert_string_equal(html(), PAGE);
	assert_int_equal(put("%,'sections':{'t':'Hi'}", NULL, &err), 0);
	assert_string_equal(html(),
			    "<h1 mc:edit='t'>Hi</h1><p mc:edit='x'>X</p>");
	assert_int_equal(campaign().settings.template_id, template_id);
	assert_string_equal(campaign().content_type, "template");
	assert_int_equal(put("%,'sections':{'z':'Hi'}", NULL, &err), -1);
	assert_string_equal(err.field, "template.sections");
}

static void one_source_says_what_the_mail_is(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(put("%", NULL, &err), 0);
	assert_int_equal(put("{'url':'https://x'}", "<p>page</p>", &err), 0);
	assert_string_equal(html(), "<p>page</p>");
	assert_string_equal(campaign().content_type, "url");
	assert_int_equal(campaign().settings.template_id, 0);
	assert_int_equal(put("{'url':'https://x','html':'y'}", "z", &err), -1);
	assert_string_equal(err.field, "url");
	assert_int_equal(put("{'html':'','url':'https://x'}", "z", &err), 0);
	assert_string_equal(html(), "z");
	assert_int_equal(put("{'plain_text':'p','template':{}}", NULL, &err),
			 0);
	assert_string_equal(html(), "z");
	assert_string_equal(campaign().content_type, "url");
	assert_int_equal(put("{'html':''}", NULL, &err), 0);
	assert_string_equal(html(), "");
}

static void readers_see_no_marks(void **state)
{
	struct content content;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(put("{'html':'<p mc:edit=a>x</p>'}", NULL, &err), 0);
	assert_int_equal(
		content_get(f.db, campaign().id, f.arena, &content, &err), 0);
	content_mend(&content, NULL, f.arena);
	assert_string_equal(arena_str(f.arena, content.html), "<p>x</p>");
}

static void a_fault_leaves_what_was(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(put("{'html':'before'}", NULL, &err), 0);
	for (int n = 1;; n++) {
		int ret;

		db_fail_nth(f.db, n);
		ret = put("%", NULL, &err);
		db_fail_nth(f.db, 0);
		assert_string_equal(html(), ret == 0 ? PAGE : "before");
		assert_int_equal(campaign().settings.template_id,
				 ret == 0 ? template_id : 0);
		if (ret == 0)
			break;
	}
}

/* --- the contents of a test --- */

#define TWO                                                      \
	"{'variate_contents':[{'content_label':'a','html':'A'}," \
	"{'content_label':'b','html':'B','plain_text':'text of B'}]}"
#define THREE                                                    \
	"{'variate_contents':[{'content_label':'x','html':'X'}," \
	"{'content_label':'y','html':'Y'},{'content_label':'z'}]}"

static void make_test(void)
{
	campaign_fixture_exec(&f, "UPDATE campaign SET type = 'variate',"
				  " variate = '{\"winner_criteria\":"
				  "\"opens\"}'");
}

static const char *html_at(int position)
{
	struct content content;
	struct err err = ERR_INIT;

	if (variate_content_get(f.db, campaign().id, position, f.arena,
				&content, &err) < 0)
		return NULL;
	return arena_str(f.arena, content.html);
}

static void all_contents_are_put_at_once(void **state)
{
	struct err err = ERR_INIT;
	struct campaign c;

	(void)state;
	assert_int_equal(put(TWO, NULL, &err), -1);
	assert_string_equal(err.field, "variate_contents");
	make_test();
	assert_int_equal(put(TWO, NULL, &err), 0);
	c = campaign();
	assert_int_equal(variate_contents(&c), 2);
	assert_string_equal(html_at(1), "A");
	assert_string_equal(html_at(2), "B");
	assert_null(html_at(3));
	assert_int_equal(put("{'html':'only'}", NULL, &err), 0);
	c = campaign();
	assert_int_equal(variate_contents(&c), 1);
	assert_string_equal(html_at(1), "only");
	assert_null(html_at(2));
}

static void a_fault_leaves_all_contents(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	make_test();
	assert_int_equal(put(TWO, NULL, &err), 0);
	for (int n = 1;; n++) {
		struct campaign c;
		int ret;

		db_fail_nth(f.db, n);
		ret = put(THREE, NULL, &err);
		db_fail_nth(f.db, 0);
		c = campaign();
		assert_int_equal(variate_contents(&c), ret == 0 ? 3 : 2);
		assert_string_equal(html_at(1), ret == 0 ? "X" : "A");
		assert_string_equal(html_at(2), ret == 0 ? "Y" : "B");
		if (ret == 0)
			break;
	}
}

#define FIXED(test) \
	cmocka_unit_test_setup_teardown(test, open_fixture, close_fixture)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXED(sections_are_filled),
		FIXED(one_source_says_what_the_mail_is),
		FIXED(readers_see_no_marks),
		FIXED(a_fault_leaves_what_was),
		FIXED(all_contents_are_put_at_once),
		FIXED(a_fault_leaves_all_contents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
