#include "crm/campaign_design.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "crm/crm_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define DESIGN                                                        \
	"{\"version\":1,\"blocks\":[{\"id\":\"a\",\"type\":\"text\"," \
	"\"html\":\"<p>One</p>\"},{\"id\":\"b\",\"type\":\"later\","  \
	"\"x\":1.5}]}"

static struct crm_campaign made(struct crm_fixture *f)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct crm_campaign c = { .name = "C" };
	struct err err = ERR_INIT;

	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_int_equal(crm_campaign_add(&tx, &c, &f->actor, &err), 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
	return c;
}

static struct crm_campaign read_back(struct crm_fixture *f, int64_t id)
{
	struct crm_campaign c;
	struct err err = ERR_INIT;

	assert_int_equal(crm_campaign_get(f->db, id, f->arena, &c, &err), 0);
	return c;
}

/* What the body says; a design, if there is one. */
static int change(struct crm_fixture *f, int64_t id, const char *design,
		  const char *body, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(json_free) json_t *tree = NULL;
	struct crm_campaign before, c;

	if (json_parse(str_of(body), &tree, err) < 0 ||
	    tx_begin(f->db, &tx, err) < 0 ||
	    crm_campaign_get(f->db, id, f->arena, &before, err) < 0)
		return -1;
	c = before;
	if (design) {
		c.design = design;
		c.plain_is_made = true;
	}
	if (crm_campaign_read(tree, &c, err) < 0 ||
	    crm_campaign_update(&tx, &before, &c, &f->actor, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static struct crm_campaign changed(struct crm_fixture *f, int64_t id,
				   const char *design, const char *body)
{
	struct err err = ERR_INIT;

	if (change(f, id, design, body, &err) < 0)
		fail_msg("%s: %s", err.field, err.text);
	return read_back(f, id);
}

static void the_mail_is_made_of_the_design(void **state)
{
	struct crm_fixture *f = *state;
	struct crm_campaign c = made(f);

	assert_int_equal(read_back(f, c.id).content, CRM_CONTENT_NONE);
	c = changed(f, c.id, DESIGN, "{}");
	assert_int_equal(c.content, CRM_CONTENT_DESIGN);
	assert_string_equal(c.design, DESIGN);
	assert_non_null(strstr(c.html, "<p style=\"margin:0 0 0px\">One</p>"));
	assert_string_equal(c.plain_text, "One\n");
	/* how it is shown changes what is made */
	c = changed(f, c.id, NULL,
		    "{\"language\":\"he-IL\",\"direction\":\"auto\"}");
	assert_non_null(strstr(c.html, "<html lang=\"he-IL\" dir=\"rtl\""));
	assert_null(c.direction);
	c = changed(f, c.id, NULL, "{\"direction\":\"ltr\"}");
	assert_non_null(strstr(c.html, "<html lang=\"he-IL\" dir=\"ltr\""));
}

static void an_authors_text_stays_until_it_is_taken_away(void **state)
{
	struct crm_fixture *f = *state;
	struct crm_campaign c = made(f);

	(void)changed(f, c.id, DESIGN, "{}");
	c = changed(f, c.id, NULL, "{\"plain_text\":\"Mine\"}");
	assert_string_equal(c.plain_text, "Mine");
	c = changed(f, c.id, NULL, "{\"language\":\"de\",\"name\":\"D\"}");
	assert_string_equal(c.plain_text, "Mine");
	assert_non_null(strstr(c.html, "lang=\"de\""));
	c = changed(f, c.id, NULL, "{\"plain_text\":null}");
	assert_string_equal(c.plain_text, "One\n");
	assert_int_equal(c.content, CRM_CONTENT_DESIGN);
}

static void html_takes_the_place_of_a_design(void **state)
{
	struct crm_fixture *f = *state;
	struct crm_campaign c = made(f);

	(void)changed(f, c.id, DESIGN, "{}");
	c = changed(f, c.id, NULL, "{\"html\":\"<p>raw</p>\"}");
	assert_int_equal(c.content, CRM_CONTENT_HTML);
	assert_null(c.design);
	assert_null(c.plain_text); /* it was made of the design */
	assert_false(c.plain_is_made);
	(void)changed(f, c.id, DESIGN, "{}");
	(void)changed(f, c.id, NULL, "{\"plain_text\":\"Mine\"}");
	c = changed(f, c.id, NULL, "{\"html\":null}");
	assert_int_equal(c.content, CRM_CONTENT_PLAIN);
	assert_string_equal(c.plain_text, "Mine");
}

static void only_languages_and_directions_are_taken(void **state)
{
	static const char *const refused[] = {
		"{\"language\":\"x\"}",
		"{\"language\":\"de_AT\"}",
		"{\"language\":\"de-\"}",
		"{\"language\":\"german language\"}",
		"{\"language\":\"de-123456789\"}",
		"{\"direction\":\"up\"}",
		"{\"language\":\"\\\"><\"}",
	};
	struct crm_fixture *f = *state;
	struct crm_campaign c = made(f);
	struct err err = ERR_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		assert_int_equal(change(f, c.id, NULL, refused[i], &err), -1);
		assert_int_equal(err.code, ERR_INVALID);
	}
	c = changed(f, c.id, NULL,
		    "{\"language\":\"zh-Hant-TW\",\"direction\":\"rtl\"}");
	assert_string_equal(c.language, "zh-Hant-TW");
	assert_string_equal(c.direction, "rtl");
	c = changed(f, c.id, NULL, "{\"language\":null,\"direction\":null}");
	assert_null(c.language);
	assert_null(c.direction);
}

static void a_failing_database_leaves_the_old_mail(void **state)
{
	struct crm_fixture *f = *state;
	struct crm_campaign c = made(f);
	int failures = 0;

	for (int n = 1;; n++) {
		struct err err = ERR_INIT;
		int ret;

		db_fail_nth(f->db, n);
		ret = change(f, c.id, DESIGN, "{}", &err);
		db_fail_nth(f->db, 0);
		c = read_back(f, c.id);
		assert_int_equal(ret == 0, c.design != NULL);
		assert_int_equal(ret == 0, c.html != NULL);
		if (ret == 0)
			break;
		failures++;
	}
	assert_true(failures > 2);
}

#define FIXED(test)                                             \
	cmocka_unit_test_setup_teardown(test, crm_fixture_open, \
					crm_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXED(the_mail_is_made_of_the_design),
		FIXED(an_authors_text_stays_until_it_is_taken_away),
		FIXED(html_takes_the_place_of_a_design),
		FIXED(only_languages_and_directions_are_taken),
		FIXED(a_failing_database_leaves_the_old_mail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
