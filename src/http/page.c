#include "http/page.h"

#include "reader/reader_text.h"

static const char head[] =
	"<head>\n<meta charset=\"utf-8\">\n"
	"<meta name=\"viewport\" content=\"width=device-width\">\n"
	"<meta name=\"robots\" content=\"noindex\">\n<title>";
static const char style[] =
	"</title>\n<style>body{font:1.1rem/1.5 system-ui,sans-serif;"
	"max-width:40rem;margin:3rem auto;padding:0 1rem;color:#222;"
	"background:#fff;overflow-wrap:break-word}h1{font-size:1.5rem;"
	"line-height:1.25}code,pre{"
	"background:#f2f2f2;padding:.1em .3em}pre{padding:.8em;overflow:auto}"
	"button,input{font:inherit;padding:.4em .8em}table{border-collapse:"
	"collapse}td,th{text-align:left;padding:.2em .8em .2em "
	"0;vertical-align:top}";
static const char body[] = "</style>\n</head>\n<body>\n<main>\n";

void page_begin_styled(struct strbuf *out,
		       const struct reader_language *language,
		       const char *title, const char *heading, const char *css,
		       const char *above)
{
	strbuf_addf(out, "<!doctype html>\n<html lang=\"%s\" dir=\"%s\">\n",
		    language->tag, reader_direction(language));
	strbuf_addstr(out, head);
	strbuf_add_html(out, str_of(title));
	strbuf_addstr(out, style);
	strbuf_addstr(out, css);
	strbuf_addstr(out, body);
	strbuf_addstr(out, above);
	strbuf_addstr(out, "<h1>");
	strbuf_add_html(out, str_of(heading));
	strbuf_addstr(out, "</h1>\n");
}

void page_begin_in(struct strbuf *out, const struct reader_language *language,
		   const char *title)
{
	page_begin_styled(out, language, title, title, "", "");
}

void page_begin(struct strbuf *out, const char *title)
{
	page_begin_in(out, reader_language_english(), title);
}

void page_paragraph(struct strbuf *out, const char *text)
{
	strbuf_addstr(out, "<p>");
	strbuf_add_html(out, str_of(text));
	strbuf_addstr(out, "</p>\n");
}

void page_link(struct strbuf *out, const char *href, const char *text)
{
	strbuf_addstr(out, "<a href=\"");
	strbuf_add_html(out, str_of(href));
	strbuf_addstr(out, "\">");
	strbuf_add_html(out, str_of(text));
	strbuf_addstr(out, "</a>");
}

void page_end(struct strbuf *out)
{
	strbuf_addstr(out, "</main>\n</body>\n</html>\n");
}
