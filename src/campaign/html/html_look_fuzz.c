/* html_look, html_end: whatever an author writes, what is added is seen */
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/fuzz.h"
#include "base/strbuf.h"
#include "campaign/html/html_end.h"
#include "campaign/html/html_look.h"

static bool is_any(struct str tag)
{
	return tag.len > 0;
}

/* Styles of the page hold for what is added too, and conditionals for whole
 * tags only. */
static bool is_left_out(struct str html)
{
	static const char *const words[] = { "<style", "<body", "<html",
					     "<head", "*|" };
	CLEANUP(strbuf_release) struct strbuf sb = STRBUF_INIT;

	for (size_t i = 0; i < html.len; i++)
		strbuf_addch(&sb, html.s[i] ? html.s[i] : 'x');
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcasestr(sb.buf, words[i]))
			return true;
	return memchr(html.s, 0, html.len) != NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct html_look_how how = { "*|UNSUB|*", is_any };
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(strbuf_release) struct strbuf whole = STRBUF_INIT;
	struct str html = { (const char *)data, size };
	struct html_look look;
	struct html_end end;

	html_look(html, &how, &look);
	html_end_find(html, arena, &end);
	BUG_ON(end.at > size || (look.link_for_all && look.link != HTML_SEEN));
	strbuf_add(&whole, html.s, end.at);
	strbuf_addstr(&whole, "\n");
	strbuf_addstr(&whole, end.closing);
	strbuf_addstr(&whole, "<div><a href=\"*|UNSUB|*\">x</a></div>");
	strbuf_add(&whole, html.s + end.at, size - end.at);
	if (!is_left_out(html))
		BUG_ON(html_link_look(strbuf_str(&whole), "*|UNSUB|*") !=
		       HTML_SEEN);
	return 0;
}
