#include "crm/campaign/ab_variant.h"

#include "base/arena.h"
#include "base/err.h"
#include "crm/campaign_record.h"
#include "crm/crm_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define DESIGN(text)                                                  \
	"{\"version\":1,\"blocks\":[{\"id\":\"a\",\"type\":\"text\"," \
	"\"html\":\"<p>" text "</p>\"}]}"

static int read_test(const char *json, struct ab_test *out, struct arena *arena,
		     struct err *err)
{
	CLEANUP(json_free) json_t *body = NULL;
	struct ab_test read = { .what = AB_NOTHING };

	assert_int_equal(json_parse(str_of(json), &body, err), 0);
	if (ab_test_read(body, &read, err) < 0)
		return -1;
	ab_test_load(ab_test_store(&read, arena), arena, out);
	return 0;
}

static void what_is_said_comes_back(void **state)
{
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;
	struct ab_test t;

	assert_int_equal(
		read_test("{\"ab_test\":{\"what\":\"from\",\"variants\":[{"
			  "\"from_name\":\"B\",\"from_email\":\"b@x.example\","
			  "\"subject\":\"not tried\"},{}],\"sample\":30,"
			  "\"wait_hours\":2,\"winner\":\"clicks\"}}",
			  &t, f->arena, &err),
		0);
	assert_int_equal(t.what, AB_FROM);
	assert_int_equal(t.n, 3);
	assert_int_equal(t.sample, 30);
	assert_int_equal(t.wait_hours, 2);
	assert_int_equal(t.winner, AB_CLICKS);
	assert_string_equal(t.more[0].from_name, "B");
	assert_null(t.more[0].subject);
	assert_null(t.more[1].from_email);
	assert_int_equal(read_test("{\"ab_test\":{\"what\":\"send_time\"}}", &t,
				   f->arena, &err),
			 0);
	assert_int_equal(t.sample, 100); /* nobody waits for a winner */
	assert_int_equal(t.n, 2);
	assert_int_equal(read_test("{\"ab_test\":null}", &t, f->arena, &err),
			 0);
	assert_int_equal(t.what, AB_NOTHING);
}

static void what_is_wrong_is_refused(void **state)
{
	static const char *const wrong[] = {
		"{}",
		"{\"what\":\"colour\"}",
		"{\"what\":7}",
		"{\"what\":\"subject\",\"sample\":9}",
		"{\"what\":\"subject\",\"sample\":101}",
		"{\"what\":\"subject\",\"sample\":20.5}",
		"{\"what\":\"subject\",\"wait_hours\":0}",
		"{\"what\":\"subject\",\"wait_hours\":721}",
		"{\"what\":\"subject\",\"winner\":\"money\"}",
		"{\"what\":\"subject\",\"variants\":[]}",
		"{\"what\":\"subject\",\"variants\":[{},{},{}]}",
		"{\"what\":\"subject\",\"variants\":[1]}",
		"{\"what\":\"subject\",\"variants\":[null]}",
		"{\"what\":\"subject\",\"variants\":[{\"subject\":1}]}",
		"{\"what\":\"subject\",\"variants\":[{\"subject\":\"a\\nb\"}]}",
		"{\"what\":\"from\",\"variants\":[{\"from_email\":\"nobody\"}]"
		"}",
		"{\"what\":\"send_time\",\"variants\":[{\"send_at\":\"noon\"}]"
		"}",
	};
	struct crm_fixture *f = *state;
	struct ab_test t;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct err err = ERR_INIT;
		const char *body =
			arena_printf(f->arena, "{\"ab_test\":%s}", wrong[i]);

		assert_int_equal(read_test(body, &t, f->arena, &err), -1);
		assert_int_equal(err.code, ERR_INVALID);
	}
}

static struct crm_campaign complete(void)
{
	return (struct crm_campaign){
		.name = "C",
		.to_kind = CRM_CAMPAIGN_TO_AUDIENCE,
		.subject = "One",
		.from_name = "Us",
		.from_email = "us@x.example",
		.html = "<p>x",
		.design = DESIGN("A"),
		.test = { .what = AB_SUBJECT,
			  .n = 2,
			  .sample = 20,
			  .wait_hours = 4,
			  .more = { { .subject = "Two" } } },
	};
}

static const char *why_not(const struct crm_campaign *c, struct arena *arena)
{
	struct err err = ERR_INIT;

	if (crm_campaign_check_complete(c, &err) == 0)
		return "";
	assert_string_equal(err.field, "ab_test");
	return arena_strdup(arena, err.text);
}

static void half_a_test_is_not_sent(void **state)
{
	struct crm_fixture *f = *state;
	struct crm_campaign c = complete();

	assert_string_equal(why_not(&c, f->arena), "");
	c.test.n = 3;
	assert_non_null(strstr(why_not(&c, f->arena), "C has no subject"));
	c.test.more[1].subject = "One";
	assert_non_null(strstr(why_not(&c, f->arena), "A and C are the same"));
	c.test.n = 2;
	c.test.what = AB_FROM;
	assert_non_null(strstr(why_not(&c, f->arena), "B cannot be sent"));
	c.test.more[0].from_email = "b@x.example";
	assert_non_null(strstr(why_not(&c, f->arena), "B has no sender's"));
	c.test.more[0].from_name = "B";
	assert_string_equal(why_not(&c, f->arena), "");
	c.test.what = AB_CONTENT;
	assert_non_null(strstr(why_not(&c, f->arena), "A and B are the same"));
	c.more[0].design = DESIGN("B");
	assert_string_equal(why_not(&c, f->arena), "");
	c.design = NULL;
	assert_non_null(strstr(why_not(&c, f->arena), "made of blocks"));
	c.html = NULL;
	c.plain_text = "x";
	assert_non_null(strstr(why_not(&c, f->arena), "without HTML"));
}

static void times_are_to_come(void **state)
{
	struct crm_fixture *f = *state;
	struct crm_campaign c = complete();
	struct err err = ERR_INIT;

	c.test.what = AB_SEND_TIME;
	assert_non_null(strstr(why_not(&c, f->arena), "A has no time"));
	c.send_at_ms = 2000;
	assert_non_null(strstr(why_not(&c, f->arena), "B has no time"));
	c.test.more[0].send_at_ms = 3000;
	assert_string_equal(why_not(&c, f->arena), "");
	assert_int_equal(ab_test_check_times(&c, 1000, &err), 0);
	assert_int_equal(ab_test_check_times(&c, 2000, &err), -1);
	assert_non_null(strstr(err.text, "variant A is past"));
}

static int64_t add(struct crm_fixture *f, struct crm_campaign *c)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_int_equal(crm_campaign_add(&tx, c, &f->actor, &err), 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
	return c->id;
}

static struct crm_campaign load(struct crm_fixture *f, int64_t id)
{
	struct err err = ERR_INIT;
	struct crm_campaign c;

	assert_int_equal(crm_campaign_get(f->db, id, f->arena, &c, &err), 0);
	return c;
}

/* The content of B is made into HTML when it is written; a copy has it all. */
static void contents_are_kept_and_copied(void **state)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;
	struct crm_campaign c = complete(), before, shown;
	int64_t copy;

	(void)add(f, &c);
	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	before = load(f, c.id);
	c = before;
	c.test.what = AB_CONTENT;
	c.test.more[0].send_at_ms = 5;
	shown = c;
	shown.design = DESIGN("Other words");
	shown.plain_text = NULL;
	shown.plain_is_made = true;
	ab_content_keep(&c, 2, &shown);
	assert_int_equal(crm_campaign_update(&tx, &before, &c, &f->actor, &err),
			 0);
	assert_int_equal(crm_campaign_copy(&tx, c.id, NULL, &f->actor, f->arena,
					   &copy, &err),
			 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
	c = load(f, copy);
	assert_int_equal(c.test.what, AB_CONTENT);
	assert_int_equal(c.test.more[0].send_at_ms, 0);
	assert_non_null(strstr(c.more[0].html, "Other words"));
	assert_non_null(strstr(c.more[0].plain_text, "Other words"));
	assert_null(c.more[1].design);
	ab_test_take(&c, 2);
	assert_non_null(strstr(c.html, "Other words"));
	assert_int_equal(c.test.what, AB_NOTHING);
}

static void a_letter_is_a_variant_it_has(void **state)
{
	struct crm_campaign c = complete(), v = c;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(ab_test_take_letter(&v, NULL, &err), 0);
	assert_string_equal(v.subject, "One");
	v = c;
	assert_int_equal(ab_test_take_letter(&v, "B", &err), 0);
	assert_string_equal(v.subject, "Two");
	v = c;
	assert_int_equal(ab_test_take_letter(&v, "C", &err), -1);
	assert_string_equal(err.field, "variant");
	assert_int_equal(ab_test_take_letter(&v, "", &err), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_said_comes_back),
		cmocka_unit_test(what_is_wrong_is_refused),
		cmocka_unit_test(half_a_test_is_not_sent),
		cmocka_unit_test(times_are_to_come),
		cmocka_unit_test(contents_are_kept_and_copied),
		cmocka_unit_test(a_letter_is_a_variant_it_has),
	};

	return cmocka_run_group_tests(tests, crm_fixture_open,
				      crm_fixture_close);
}
