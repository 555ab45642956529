#include "design/sample.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "design/design.h"
#include "design/design_fixture.h"
#include "design/starter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void only_what_its_author_left_is_one(void **state)
{
	static const struct {
		const char *block, *found;
	} cases[] = {
		{ "{'type':'heading','text':'A second story'}",
		  "A second story" },
		{ "{'type':'heading','text':'Our second story'}", NULL },
		{ "{'type':'heading','text':'Ein zweiter Beitrag'}",
		  "Ein zweiter Beitrag" },
		{ "{'type':'text','html':'<p>Mine.</p><p>Two or three lines "
		  "are enough here. <a href=\\'https://example.org\\'>Read on"
		  "</a></p>'}",
		  "Two or three lines are enough here. Read on" },
		{ "{'type':'text','html':'<p>Mine, <a href=\\'"
		  "https://example.org\\'>here</a></p>'}",
		  "https://example.org" },
		{ "{'type':'text','html':'<p>*|LIST:COMPANY|*</p>'}", NULL },
		{ "{'type':'button','label':'Read the story','href':"
		  "'https://shop.example'}",
		  NULL },
		{ "{'type':'button','label':'Mine','href':"
		  "'https://example.org'}",
		  "https://example.org" },
		{ "{'type':'social','links':[{'network':'instagram','href':"
		  "'https://www.instagram.com/example'}]}",
		  "https://www.instagram.com/example" },
		{ "{'type':'text','html':'<p>Kind regards,</p><p>Ada</p>'}",
		  NULL },
		{ "{'type':'text','html':'<p>Mit freundlichen Gr\303\274"
		  "\303\237en</p><p><strong>Ihr Name</strong><br>"
		  "*|LIST:COMPANY|*</p>'}",
		  "Ihr Name" },
		{ "{'type':'text','html':'<p>Dear *|FNAME|*, lorem "
		  "ipsum&nbsp;dolor</p>'}",
		  "lorem ipsum" },
		{ "{'type':'text','html':'<p>Give us your name &amp; come."
		  "</p>'}",
		  NULL },
		{ "{'type':'button','label':'Mine','href':'#'}", "#" },
		{ "{'type':'image','src':'','alt':''}", NULL },
		{ "{'type':'footer','html':'<p>Unsubscribe</p>'}", NULL },
	};
	CLEANUP(json_free) json_t *samples = samples_load();
	CLEANUP(arena_free) struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(json_free)
		json_t *block = design_parse(cases[i].block);
		CLEANUP(vec_release) struct sample_list all = VEC_INIT;
		const char *found;

		samples_in(samples, block, arena, &all);
		found = all.n ? all.v[0] : NULL;

		if (!cases[i].found)
			assert_null(found);
		else
			assert_string_equal(found ? found : "-",
					    cases[i].found);
	}
}

/* All that stands in a starter is found, but for what may stay. */
static void find_all(const json_t *samples, const json_t *blocks,
		     struct arena *arena, struct sample_list *out)
{
	json_t *block, *column;
	size_t i, k;

	json_array_foreach ((json_t *)(uintptr_t)blocks, i, block) {
		samples_in(samples, block, arena, out);
		json_array_foreach (json_object_get(block, "columns"), k,
				    column)
			find_all(samples, column, arena, out);
	}
}

static bool has(const struct sample_list *list, const char *text)
{
	vec_each (list, one)
		if (strcmp(*one, text) == 0)
			return true;
	return false;
}

/* Each starter in each language, all of it. */
static void whatever_a_starter_asks_for_is_found(void **state)
{
	static const char *const languages[] = { "en", "de" };
	CLEANUP(json_free) json_t *samples = samples_load();
	CLEANUP(vec_release) struct sample_list everywhere = VEC_INIT;
	const char *sample;
	json_t *any;

	(void)state;
	for (size_t l = 0; l < 2; l++) {
		CLEANUP(arena_free) struct arena *arena = arena_new();
		struct starter all[STARTERS];

		starter_list(languages[l], arena, all);
		for (size_t i = 0; i < STARTERS; i++) {
			CLEANUP(vec_release)
			struct sample_list found = VEC_INIT;
			CLEANUP(json_free) json_t *doc = NULL;
			struct err err = ERR_INIT;

			assert_int_equal(
				design_read(str_of(all[i].design), &doc, &err),
				0);
			find_all(samples, json_object_get(doc, "blocks"), arena,
				 &found);
			assert_true(found.n >= 3);
			vec_each (&found, one)
				vec_push(&everywhere, strdup(*one));
		}
	}
	json_object_foreach (samples, sample, any)
		if (!has(&everywhere, sample))
			fail_msg("%s", sample);
	vec_each (&everywhere, one)
		free((void *)(uintptr_t)*one);
}

static void several_of_a_block_are_each_found(void **state)
{
	CLEANUP(json_free) json_t *samples = samples_load();
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct sample_list found = VEC_INIT;
	CLEANUP(json_free)
	json_t *block = design_parse(
		"{'type':'text','html':'<p>Dear [Name], [Name], see "
		"[link]</p><p>Lorem ipsum</p><p><a href=\\'https://example.org"
		"\\'>Mine</a></p>'}");

	(void)state;
	samples_in(samples, block, arena, &found);
	assert_int_equal(found.n, 4);
	assert_string_equal(found.v[0], "[Name]");
	assert_string_equal(found.v[1], "[link]");
	assert_string_equal(found.v[2], "Lorem ipsum");
	assert_string_equal(found.v[3], "https://example.org");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_its_author_left_is_one),
		cmocka_unit_test(whatever_a_starter_asks_for_is_found),
		cmocka_unit_test(several_of_a_block_are_each_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
