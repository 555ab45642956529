#include "design/starter.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "design/design.h"
#include "design/design_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static json_t *design_of(const struct starter *s)
{
	json_t *doc = NULL;
	struct err err = ERR_INIT;

	assert_int_equal(design_read(str_of(s->design), &doc, &err), 0);
	return doc;
}

/* What a starter may leave to its author: pictures. */
static void are_sound_and_short_in_both_languages(void **state)
{
	static const char *const languages[] = { "en", "de" };

	(void)state;
	for (size_t l = 0; l < 2; l++) {
		CLEANUP(arena_free) struct arena *arena = arena_new();
		struct starter all[STARTERS];

		starter_list(languages[l], arena, all);
		for (size_t i = 0; i < STARTERS; i++) {
			CLEANUP(json_free) json_t *doc = design_of(&all[i]);
			CLEANUP(design_output_release)
			struct design_output out = DESIGN_OUTPUT_INIT;
			struct design_options o = { .language = languages[l] };

			design_render(doc, &o, arena, &out);
			vec_each (&out.problems, p)
				assert_string_equal(p->code, "missing_src");
			assert_null(design_html_fault(strbuf_str(&out.html),
						      arena));
			assert_true(out.html.len < 16 * 1024);
			assert_non_null(strstr(out.html.buf, "*|UNSUB|*"));
			assert_non_null(strstr(out.text.buf, "*|UNSUB|*"));
			assert_non_null(
				strstr(out.html.buf, "*|UPDATE_PROFILE|*"));
			assert_non_null(
				strstr(out.html.buf, "*|LIST:ADDRESSLINE|*"));
			assert_non_null(strstr(out.html.buf, "*|ARCHIVE|*"));
		}
	}
}

static const json_t *footer_of(const json_t *doc)
{
	const json_t *blocks = json_object_get(doc, "blocks");

	return json_array_get(blocks, json_array_size(blocks) - 1);
}

/* The line of its address begins with its name. */
static void their_footer_names_the_organisation_once(void **state)
{
	static const char *const languages[] = { "en", "de" };

	(void)state;
	for (size_t l = 0; l < 2; l++) {
		CLEANUP(arena_free) struct arena *arena = arena_new();
		struct starter all[STARTERS];

		starter_list(languages[l], arena, all);
		for (size_t i = 0; i < STARTERS; i++) {
			CLEANUP(json_free) json_t *doc = design_of(&all[i]);
			const char *html = json_string_value(
				json_object_get(footer_of(doc), "html"));

			assert_non_null(strstr(html, "*|LIST:ADDRESSLINE|*"));
			assert_null(strstr(html, "*|LIST:COMPANY|*"));
		}
	}
}

/* Only words differ. */
static void are_the_same_in_both_languages(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct starter en[STARTERS], de[STARTERS];

	(void)state;
	starter_list(NULL, arena, en);
	starter_list("de-AT", arena, de);
	for (size_t i = 0; i < STARTERS; i++) {
		CLEANUP(json_free) json_t *a = design_of(&en[i]);
		CLEANUP(json_free) json_t *b = design_of(&de[i]);
		const json_t *blocks = json_object_get(a, "blocks");

		assert_string_equal(en[i].key, de[i].key);
		assert_string_not_equal(en[i].about, de[i].about);
		assert_true(json_equal(json_object_get(a, "style"),
				       json_object_get(b, "style")));
		for (size_t k = 0; k < json_array_size(blocks); k++)
			assert_true(json_equal(
				json_object_get(json_array_get(blocks, k),
						"type"),
				json_object_get(
					json_array_get(
						json_object_get(b, "blocks"),
						k),
					"type")));
	}
}

static void are_found_by_their_key(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct starter s;

	(void)state;
	assert_true(starter_find("letter", "de", arena, &s));
	assert_string_equal(s.name, "Brief");
	assert_true(starter_find("letter", "den", arena, &s));
	assert_string_equal(s.name, "Letter");
	assert_false(starter_find("nothing", NULL, arena, &s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(are_sound_and_short_in_both_languages),
		cmocka_unit_test(their_footer_names_the_organisation_once),
		cmocka_unit_test(are_the_same_in_both_languages),
		cmocka_unit_test(are_found_by_their_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
