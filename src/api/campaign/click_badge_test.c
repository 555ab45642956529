#include "api/campaign/click_badge.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/strbuf.h"
#include "crm/campaign_record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include <cmocka.h>

/* <span ...>TEXT</span> becomes [TEXT]. */
static const char *plain(const char *html, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

	for (const char *c = html; *c;) {
		if (strncmp(c, "<span", 5) == 0) {
			strbuf_addch(&out, '[');
			c = strchr(c, '>') + 1;
		} else if (strncmp(c, "</span>", 7) == 0) {
			strbuf_addch(&out, ']');
			c += 7;
		} else {
			strbuf_addch(&out, *c++);
		}
	}
	return arena_str(arena, strbuf_str(&out));
}

/* 3 of 4 people clicked https://a.example/?x=1&y=2. */
static void a_badge_stands_behind_each_link(void **state)
{
#define A "<a href=\"https://a.example/?x=1&amp;y=2\">"
#define B "<A HREF='https://b.example/'>"
	static const struct {
		const char *html, *shown;
	} cases[] = {
		{ "", "" },
		{ "<p>nothing</p>", "<p>nothing</p>" },
		{ A "a</a>.", A "a</a>[3 · 75 %]." },
		{ A "a</a>" B "b</A >!",
		  A "a</a>[3 · 75 %]" B "b</A >[0 · 0 %]!" },
		{ A "<img src=\"https://a.example/p.png\">x</a>y",
		  A "<img src=\"https://a.example/p.png\">x</a>[3 · 75 %]y" },
		{ A "not closed" B "b</a>",
		  A "[3 · 75 %]not closed" B "b</a>[0 · 0 %]" },
		{ A "to the end", A "[3 · 75 %]to the end" },
		{ "<map><area href=\"https://b.example/\">x</map>",
		  "<map><area href=\"https://b.example/\">[0 · 0 %]x</map>" },
		{ "<a href=\"mailto:a@b.example\">m</a><a href=\"#x\">x</a>",
		  "<a href=\"mailto:a@b.example\">m</a><a href=\"#x\">x</a>" },
		{ "<!-- " A "a</a> -->", "<!-- " A "a</a> -->" },
	};
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct campaign_link known = {
		.url = "https://a.example/?x=1&y=2",
		.people = 3,
	};
	struct campaign_links links = { .v = &known, .n = 1 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

		click_badges_add(cases[i].html, &links, 4, arena, &out);
		assert_string_equal(plain(out.buf ? out.buf : "", arena),
				    cases[i].shown);
	}
}

static void nobody_has_no_share(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct campaign_links none = { .n = 0 };

	(void)state;
	click_badges_add(A "a</a>", &none, 0, arena, &out);
	assert_string_equal(plain(out.buf, arena), A "a</a>[0]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_badge_stands_behind_each_link),
		cmocka_unit_test(nobody_has_no_share),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
