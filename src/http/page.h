/*
 * http/page.h - plain, readable HTML pages
 *
 *     page_begin(&rs->body, "Unsubscribe");
 *     page_paragraph(&rs->body, "You are unsubscribed.");
 *     page_end(&rs->body);
 *     rs->content_type = PAGE_TYPE;
 *
 * One column, the system's fonts, no script, nothing fetched from elsewhere.
 * Texts are escaped here; more is added with strbuf_add_html. Pages are in
 * English, those of readers of mails in their language (reader/reader_text.h).
 */
#ifndef HTTP_PAGE_H
#define HTTP_PAGE_H

#include "base/strbuf.h"

struct reader_language;

#define PAGE_TYPE "text/html; charset=utf-8"

void page_begin(struct strbuf *out, const char *title); /* with a heading */
void page_begin_in(struct strbuf *out, const struct reader_language *language,
		   const char *title);
/* css: rules of ours beside the usual ones; above: HTML of ours that stands
 * above the heading. What is in them is not checked. */
void page_begin_styled(struct strbuf *out,
		       const struct reader_language *language,
		       const char *title, const char *heading, const char *css,
		       const char *above);
void page_paragraph(struct strbuf *out, const char *text);
void page_link(struct strbuf *out, const char *href, const char *text);
void page_end(struct strbuf *out);

#endif
