/*
 * Unsubscribing by a page: the button, and why, which nobody need say.
 * Handlers, also of the tracking listener; any worker.
 */
#include "api/track/track_page.h"

#include "api/api.h"
#include "http/page.h"
#include "reader/reader_text.h"

#include <string.h>

/* The value of its radio button, and what is kept. */
static const struct {
	const char *name;
	enum reader_text text;
} reasons[] = {
	{ "unwanted", READER_WHY_UNWANTED },
	{ "unasked", READER_WHY_UNASKED },
	{ "unfit", READER_WHY_UNFIT },
	{ "often", READER_WHY_OFTEN },
};

static void add_text(const struct track_page *page, enum reader_text text)
{
	strbuf_add_html(page->out, str_of(page->language->text[text]));
}

void track_page_add_leaving(const struct track_page *page)
{
	strbuf_addstr(page->out,
		      "<form method=\"post\">\n<fieldset class=\"group\">"
		      "<legend>");
	add_text(page, READER_WHY);
	strbuf_addstr(page->out, "</legend>\n");
	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++) {
		strbuf_addf(page->out,
			    "<label><input type=\"radio\" name=\"reason\" "
			    "value=\"%s\">",
			    reasons[i].name);
		add_text(page, reasons[i].text);
		strbuf_addstr(page->out, "</label>\n");
	}
	strbuf_addstr(page->out, "</fieldset>\n<p><button type=\"submit\" "
				 "name=\"unsubscribe\" value=\"1\">");
	add_text(page, READER_UNSUBSCRIBE);
	strbuf_addstr(page->out, "</button></p>\n</form>\n");
}

const char *track_page_reason(struct request *rq)
{
	const char *name = request_form(rq, "reason");

	for (size_t i = 0; name && i < ARRAY_SIZE(reasons); i++)
		if (strcmp(name, reasons[i].name) == 0)
			return reader_language_english()->text[reasons[i].text];
	return NULL;
}
