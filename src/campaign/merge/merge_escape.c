/*
 * A value as it may stand in its place: in HTML, a URL, a header, plain text;
 * and quoted-printable. Pure; for each recipient.
 */
#include "base/utf8.h"
#include "campaign/merge/merge_private.h"

#include <strings.h>

/*
 * Characters that no value may bring in: controls (but tab and line breaks,
 * which are treated by place) and the bidirectional embeddings, overrides and
 * isolates, U+202A-202E and U+2066-2069, which would turn the text around them.
 */
static size_t forbidden_length(const unsigned char *s, size_t n)
{
	if (s[0] < 0x20)
		return s[0] != '\t' && s[0] != '\n' && s[0] != '\r';
	if (s[0] == 0x7f)
		return 1;
	if (s[0] != 0xe2 || n < 3)
		return 0;
	if (s[1] == 0x80 && s[2] >= 0xaa && s[2] <= 0xae)
		return 3;
	if (s[1] == 0x81 && s[2] >= 0xa6 && s[2] <= 0xa9)
		return 3;
	return 0;
}

static bool is_code_end(char c)
{
	return strchr("<>\"'`\\(){};&\n\r", c) != NULL;
}

/* Append one byte of a value; those above 0x7f only ESCAPE_URL changes. */
static void add_byte(char c, enum merge_escape escape, struct strbuf *out)
{
	bool line_break = c == '\n' || c == '\r';

	switch (escape) {
	case ESCAPE_NONE:
	case ESCAPE_PLAIN:
		strbuf_addch(out, c);
		return;
	case ESCAPE_HEADER:
		strbuf_addch(out, line_break || c == '\t' ? ' ' : c);
		return;
	case ESCAPE_CODE:
		if (!is_code_end(c))
			strbuf_addch(out, c);
		return;
	case ESCAPE_URL:
	case ESCAPE_MAILTO:
		if (c == '@' && escape == ESCAPE_MAILTO)
			strbuf_addch(out, c);
		else
			strbuf_add_url(out, (struct str){ &c, 1 });
		return;
	case ESCAPE_LINK_WHOLE:
		if (line_break || c == ' ' || c == '\t' || c == '<' ||
		    c == '>' || c == '"')
			strbuf_add_url(out, (struct str){ &c, 1 });
		else
			strbuf_addch(out, c);
		return;
	case ESCAPE_BARE:
		if (line_break || strchr(" \t=`", c)) {
			strbuf_addf(out, "&#%d;", c);
			return;
		}
		break;
	case ESCAPE_MARKUP:
	case ESCAPE_URL_WHOLE:
		break;
	}
	strbuf_add_html(out, (struct str){ &c, 1 });
}

/* Only what leads somewhere may begin a URL: no javascript:, no data:. */
static bool is_harmless_link(struct str s)
{
	static const char *const schemes[] = { "http", "https", "mailto",
					       "tel" };

	for (size_t i = 0; i < s.len; i++) {
		char c = s.s[i];

		if (c == '/' || c == '?' || c == '#' || c == '.')
			return true;
		if (c != ':')
			continue;
		for (size_t k = 0; k < 4; k++)
			if (i == strlen(schemes[k]) &&
			    !strncasecmp(s.s, schemes[k], i))
				return true;
		return false;
	}
	return true;
}

static bool is_plain(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

void merge_escape_value(struct str value, enum merge_escape escape,
			struct strbuf *out)
{
	const unsigned char *s = (const unsigned char *)value.s;
	size_t from = 0, i = 0;

	if ((escape == ESCAPE_URL_WHOLE || escape == ESCAPE_LINK_WHOLE) &&
	    !is_harmless_link(str_trim(value)))
		return;

	while (i < value.len) {
		size_t skip;

		/* Runs of letters need no look. */
		if (is_plain(s[i])) {
			i++;
			continue;
		}
		strbuf_add(out, s + from, i - from);
		skip = forbidden_length(s + i, value.len - i);
		if (!skip) {
			add_byte((char)s[i], escape, out);
			skip = 1;
		}
		i += skip;
		from = i;
	}
	strbuf_add(out, s + from, value.len - from);
}

void merge_change_case(struct str value, enum merge_case letters,
		       struct strbuf *out)
{
	switch (letters) {
	case CASE_AS_IS:
		strbuf_addslice(out, value);
		break;
	case CASE_UPPER:
		utf8_upper(value, out);
		break;
	case CASE_LOWER:
		utf8_lower(value, out);
		break;
	case CASE_TITLE:
		utf8_title(value, out);
		break;
	case CASE_URL:
		strbuf_add_url(out, value);
		break;
	}
}

/* Room for the soft break, and for the dot that SMTP may put before. */
#define QUOTED_LINE 75

static bool needs_quoting(struct str text, size_t at)
{
	unsigned char c = (unsigned char)text.s[at];

	if (c == ' ' || c == '\t') {
		return at + 1 == text.len || text.s[at + 1] == '\n' ||
		       text.s[at + 1] == '\r';
	}
	return c < 33 || c > 126 || c == '=';
}

void merge_quote_printable(struct str text, struct strbuf *out)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t column = 0;

	strbuf_reserve(out, text.len + text.len / 16 + 8);
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.s[i];
		bool quote = needs_quoting(text, i);

		if (c == '\n' || c == '\r') {
			strbuf_add(out, "\r\n", 2);
			column = 0;
			if (c == '\r' && i + 1 < text.len &&
			    text.s[i + 1] == '\n')
				i++;
			continue;
		}
		if (column + (quote ? 3 : 1) > QUOTED_LINE) {
			strbuf_add(out, "=\r\n", 3);
			column = 0;
		}
		if (quote) {
			char code[3] = { '=', digits[c >> 4], digits[c & 15] };

			strbuf_add(out, code, 3);
			column += 3;
		} else {
			strbuf_addch(out, (char)c);
			column++;
		}
	}
	if (column > 0)
		strbuf_add(out, "=\r\n", 3);
}
