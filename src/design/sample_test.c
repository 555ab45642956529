#include "design/sample.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "design/design_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
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
		const char *found = sample_in(samples, block, arena);

		if (!cases[i].found)
			assert_null(found);
		else
			assert_string_equal(found ? found : "-",
					    cases[i].found);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_its_author_left_is_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
