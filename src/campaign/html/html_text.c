/* HTML to the plain text of a mail. Pure. */
#include "base/cleanup.h"
#include "base/text/html_entity.h"
#include "base/text/uri.h"
#include "campaign/html/html_links.h"
#include "campaign/html/html_scan.h"

/*
 * Plain text of a page: the text between tags, its white space collapsed, with
 * line breaks where blocks begin and end.
 */
struct writer {
	struct str html;
	struct html_scan scan;
	struct strbuf *out;
	struct strbuf text;  /* of the run at hand, entities as written */
	struct strbuf value; /* that matters, of the tag at hand: a link's href,
				decoded; an image's alt */
	struct strbuf target; /* of the link we are in; else empty */
	size_t link_start;    /* where its text begins in out */
	size_t value_start;
	int breaks; /* line breaks due before the next text */
	bool space; /* a space is due */
	/* The character at hand, and the last, was written as a reference. */
	bool is_reference, was_reference;
};

static void writer_release(struct writer *w)
{
	strbuf_release(&w->text);
	strbuf_release(&w->value);
	strbuf_release(&w->target);
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

#define WORD_JOINER "\xE2\x81\xA0" /* it has no width, and breaks no line */

/* "*&#124;FNAME&#124;*" is no merge tag in the HTML, and becomes none here. */
static void keep_apart(struct writer *w, char c)
{
	char last = w->out->len ? w->out->buf[w->out->len - 1] : 0;

	if (!w->space && !w->breaks && (w->is_reference || w->was_reference) &&
	    ((last == '*' && c == '|') || (last == '|' && c == '*')))
		strbuf_addstr(w->out, WORD_JOINER);
	w->was_reference = w->is_reference;
}

static void put_char(struct writer *w, char c)
{
	if (is_space(c)) {
		w->space = true;
		return;
	}
	keep_apart(w, c);
	if (w->out->len > 0) {
		for (int i = 0; i < w->breaks; i++)
			strbuf_addch(w->out, '\n');
		if (w->space && w->breaks == 0)
			strbuf_addch(w->out, ' ');
	}
	w->breaks = 0;
	w->space = false;
	strbuf_addch(w->out, c);
}

static void put_text(struct writer *w, struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		put_char(w, text.s[i]);
}

/* From a reference to the next, or the text before the first. */
static void put_run(struct writer *w, struct str raw)
{
	CLEANUP(strbuf_release) struct strbuf decoded = STRBUF_INIT;
	struct str text;

	html_decode(raw, &decoded);
	text = strbuf_str(&decoded);
	if (raw.s[0] == '&' && text.len > 0 && text.s[0] != '&') {
		w->is_reference = true;
		put_char(w, text.s[0]);
		w->is_reference = false;
		text = (struct str){ text.s + 1, text.len - 1 };
	}
	put_text(w, text);
}

static void put_raw(struct writer *w, struct str raw)
{
	size_t from = 0;

	for (size_t i = 1; i <= raw.len; i++)
		if (i == raw.len || raw.s[i] == '&') {
			put_run(w, (struct str){ raw.s + from, i - from });
			from = i;
		}
}

static void flush_text(struct writer *w)
{
	put_raw(w, strbuf_str(&w->text));
	strbuf_reset(&w->text);
}

static bool is_named(const char *tag, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(tag, names[i]))
			return true;
	return false;
}

static int breaks_around(const char *tag)
{
	static const char *const paragraphs[] = {
		"p",  "h1", "h2", "h3",         "h4",  "h5",
		"h6", "ul", "ol", "blockquote", "pre", "table"
	};
	static const char *const lines[] = { "div",     "tr",      "li",
					     "section", "article", "header",
					     "footer",  "hr",      "dt",
					     "dd",      "title" };

	if (is_named(tag, paragraphs, ARRAY_SIZE(paragraphs)))
		return 2;
	return is_named(tag, lines, ARRAY_SIZE(lines)) ? 1 : 0;
}

static void need_breaks(struct writer *w, int n)
{
	if (w->breaks < n)
		w->breaks = n;
}

/* What a mail program finds in a text; merge tags are for later. */
static void put_target(struct writer *w)
{
	struct str target = strbuf_str(&w->target);

	if (memmem(target.s, target.len, "*|", 2))
		strbuf_addslice(w->out, target);
	else
		uri_of_text(target, w->out);
}

/* `text (address)`, unless the text is the address. */
static void end_link(struct writer *w)
{
	struct str text = { w->out->buf + w->link_start,
			    w->out->len - w->link_start };

	int behind = text.len > 0 ? w->breaks : 0;
	bool space = w->space;

	if (w->target.len > 0 && w->target.buf[0] != '#' &&
	    !str_eq(str_trim(text), strbuf_str(&w->target))) {
		w->space = text.len > 0;
		w->breaks -= behind;
		put_char(w, '(');
		put_target(w);
		strbuf_addch(w->out, ')');
		w->breaks = behind;
		w->space = space;
	}
	strbuf_reset(&w->target);
}

/* One ends the one before. */
static void begin_link(struct writer *w)
{
	end_link(w);
	strbuf_addslice(&w->target, strbuf_str(&w->value));
	w->link_start = w->out->len;
}

static void note_tag(struct writer *w)
{
	const char *tag = w->scan.tag;

	flush_text(w);
	if (!strcmp(tag, "a")) {
		(w->scan.end_tag ? end_link : begin_link)(w);
	} else if (!strcmp(tag, "img")) {
		put_raw(w, strbuf_str(&w->value));
	} else if (!strcmp(tag, "br")) {
		w->breaks = w->breaks < 2 ? w->breaks + 1 : 2;
	} else if (!strcmp(tag, "td") || !strcmp(tag, "th")) {
		w->space = true;
	} else {
		need_breaks(w, breaks_around(tag));
		if (!strcmp(tag, "li") && !w->scan.end_tag) {
			put_char(w, '-');
			w->space = true;
		}
	}
}

static bool is_wanted(const struct html_scan *scan)
{
	return (!strcmp(scan->tag, "a") && !strcmp(scan->attr, "href")) ||
	       (!strcmp(scan->tag, "img") && !strcmp(scan->attr, "alt"));
}

static void note_value(struct writer *w, size_t end)
{
	struct str raw = { w->html.s + w->value_start, end - w->value_start };

	if (!is_wanted(&w->scan))
		return;
	strbuf_reset(&w->value);
	if (!strcmp(w->scan.tag, "img"))
		strbuf_addslice(&w->value, str_trim(raw));
	else
		html_decode(str_trim(raw), &w->value);
}

static bool is_text(const struct writer *w)
{
	return w->scan.place == HTML_TEXT;
}

static void note_change(struct writer *w, enum html_place before, size_t at)
{
	enum html_place after = w->scan.place;
	bool was_tag = before == HTML_TAG_NAME || before == HTML_IN_TAG ||
		       before == HTML_ATTR_NAME || before == HTML_AFTER_NAME ||
		       before == HTML_BEFORE_VALUE || before == HTML_VALUE_BARE;

	if (before == HTML_BEFORE_VALUE && html_scan_in_value(&w->scan))
		w->value_start = after == HTML_VALUE_BARE ? at : at + 1;
	else if (before != after &&
		 (before == HTML_VALUE_DOUBLE || before == HTML_VALUE_SINGLE ||
		  before == HTML_VALUE_BARE))
		note_value(w, at);
	/* A < that began no tag is text. */
	if (before == HTML_TAG_OPEN && after == HTML_TEXT) {
		strbuf_addch(&w->text, '<');
		strbuf_addch(&w->text, w->html.s[at]);
	}
	if (before == HTML_TEXT && after == HTML_TAG_OPEN)
		flush_text(w);
	if (before == HTML_TAG_OPEN && after == HTML_TAG_NAME)
		strbuf_reset(&w->value);
	if (was_tag &&
	    (after == HTML_TEXT || after == HTML_RAW || after == HTML_RCDATA))
		note_tag(w);
}

void html_to_text(struct str html, struct strbuf *out)
{
	CLEANUP(writer_release)
	struct writer w = { .html = html,
			    .scan = HTML_SCAN_INIT,
			    .out = out,
			    .text = STRBUF_INIT,
			    .value = STRBUF_INIT,
			    .target = STRBUF_INIT };
	size_t at = 0;

	while (at < html.len) {
		struct str rest = { html.s + at, html.len - at };
		enum html_place before = w.scan.place;
		size_t tag = merge_tag_length(rest);

		if (tag > 0) {
			if (is_text(&w)) {
				flush_text(&w);
				strbuf_addch(&w.text, html.s[at]);
				strbuf_add(&w.text, html.s + at + 1, tag - 1);
			} else if (!merge_tag_is_structure(
					   (struct str){ rest.s, tag })) {
				html_scan_value(&w.scan);
				note_change(&w, before, at);
			}
			at += tag;
			continue;
		}
		html_scan_byte(&w.scan, html.s[at]);
		if (before == HTML_TEXT && is_text(&w))
			strbuf_addch(&w.text, html.s[at]);
		note_change(&w, before, at);
		at++;
	}
	flush_text(&w);
	end_link(&w);
	if (out->len > 0)
		strbuf_addch(out, '\n');
}
