#include "mail/qp.h"

#define LINE_ROOM 75 /* 76 less the = of a soft break */

struct line {
	struct strbuf *out;
	size_t column;
};

static bool is_plain(unsigned char c)
{
	return c >= ' ' && c <= '~' && c != '=';
}

static void add_escape(struct strbuf *out, unsigned char c)
{
	static const char digits[] = "0123456789ABCDEF";

	strbuf_addch(out, '=');
	strbuf_addch(out, digits[c >> 4]);
	strbuf_addch(out, digits[c & 15]);
}

static void make_room(struct line *line, size_t need)
{
	if (line->column + need <= LINE_ROOM)
		return;
	strbuf_addstr(line->out, "=\r\n");
	line->column = 0;
}

static void add_escaped(struct line *line, const char *s, size_t n)
{
	size_t i;

	make_room(line, 3 * n);
	for (i = 0; i < n; i++)
		add_escape(line->out, (unsigned char)s[i]);
	line->column += 3 * n;
}

static void add_plain(struct line *line, char c)
{
	make_room(line, 1);
	if (line->column == 0 && (c == '.' || c == 'F')) {
		add_escape(line->out, (unsigned char)c); /* ".", "From " */
		line->column = 3;
		return;
	}
	strbuf_addch(line->out, c);
	line->column++;
}

/* Length of the UTF-8 character at s by its first byte, within len. */
static size_t char_length(const char *s, size_t len)
{
	unsigned char c = (unsigned char)s[0];
	size_t n = c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

	return n < len ? n : len;
}

static void add_line(struct strbuf *out, struct str s)
{
	struct line line = { .out = out };
	size_t i, n;
	bool is_last;

	for (i = 0; i < s.len; i += n) {
		n = 1;
		is_last = i + 1 == s.len;
		if (is_plain((unsigned char)s.s[i]) &&
		    !(s.s[i] == ' ' && is_last)) {
			add_plain(&line, s.s[i]);
			continue;
		}
		if ((unsigned char)s.s[i] > 127)
			n = char_length(s.s + i, s.len - i);
		add_escaped(&line, s.s + i, n);
	}
}

/* Cuts off the next line; *had_end says whether a line end followed. */
static struct str next_line(struct str *text, bool *had_end)
{
	struct str line = *text;
	size_t i, end;

	for (i = 0; i < text->len; i++)
		if (text->s[i] == '\r' || text->s[i] == '\n')
			break;
	line.len = i;
	*had_end = i < text->len;
	end = i + (*had_end ? 1 : 0);
	if (*had_end && text->s[i] == '\r' && end < text->len &&
	    text->s[end] == '\n')
		end++;
	text->s += end;
	text->len -= end;
	return line;
}

void qp_encode(struct str text, struct strbuf *out)
{
	bool had_end = true;

	strbuf_reserve(out, text.len + text.len / 16 + 16);
	while (text.len > 0) {
		add_line(out, next_line(&text, &had_end));
		if (had_end)
			strbuf_addstr(out, "\r\n");
	}
}
