#include "smtp/smtp_reply.h"

#include "base/utf8.h"

void smtp_reply_reset(struct smtp_reply *reply)
{
	reply->code = 0;
	reply->lines = 0;
	reply->enhanced[0] = '\0';
	strbuf_reset(&reply->text);
}

void smtp_reply_release(struct smtp_reply *reply)
{
	strbuf_release(&reply->text);
	smtp_reply_reset(reply);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Length of the status code of RFC 3463 at the start of s; 0: none there. */
static size_t enhanced_length(struct str s)
{
	size_t i = 1, start;
	int part;

	if (s.len < 5 || !strchr("245", s.s[0]) || s.s[0] == '\0')
		return 0;
	for (part = 0; part < 2; part++) {
		if (i >= s.len || s.s[i] != '.')
			return 0;
		for (start = ++i; i < s.len && is_digit(s.s[i]); i++)
			;
		if (i == start || i - start > 3)
			return 0;
	}
	return i == s.len || s.s[i] == ' ' ? i : 0;
}

static void add_text(struct smtp_reply *reply, struct str text)
{
	size_t len = enhanced_length(text);

	if (len > 0) {
		memcpy(reply->enhanced, text.s, len);
		reply->enhanced[len] = '\0';
		text.s += len, text.len -= len;
		text = str_trim(text);
	}
	if (reply->text.len + text.len + 1 > SMTP_TEXT_MAX)
		return;
	strbuf_addslice(&reply->text, text);
	strbuf_addch(&reply->text, '\n');
}

/* 1: that was the last line, 0: more follow, -1: not a line of a reply. */
static int add_line(struct smtp_reply *reply, struct str line)
{
	int code;

	if (line.len > 0 && line.s[line.len - 1] == '\r')
		line.len--;
	if (line.len < 3 || !is_digit(line.s[0]) || !is_digit(line.s[1]) ||
	    !is_digit(line.s[2]))
		return -1;
	code = (line.s[0] - '0') * 100 + (line.s[1] - '0') * 10 + line.s[2] -
	       '0';
	if (code < 200 || code > 599 || (reply->code && reply->code != code) ||
	    ++reply->lines > SMTP_LINES_MAX)
		return -1;
	reply->code = code;
	if (line.len == 3)
		return 1;
	if (line.s[3] != ' ' && line.s[3] != '-')
		return -1;
	add_text(reply, (struct str){ line.s + 4, line.len - 4 });
	return line.s[3] == ' ';
}

int smtp_reply_read(struct smtp_reply *reply, struct str *in)
{
	const char *end;
	struct str line;
	int done = 0;

	while (!done) {
		end = in->len > 0 ? memchr(in->s, '\n', in->len) : NULL;
		if (!end)
			return in->len >= SMTP_LINE_MAX ? -1 : 0;
		line = (struct str){ in->s, (size_t)(end - in->s) };
		in->s += line.len + 1;
		in->len -= line.len + 1;
		done = add_line(reply, line);
	}
	return done;
}

void smtp_reply_describe(const struct smtp_reply *reply, size_t max,
			 struct strbuf *out)
{
	struct str text = str_trim(strbuf_str(&reply->text));
	bool is_utf8 = utf8_is_valid(text);
	unsigned char c;
	size_t i;

	if (text.len > max)
		text.len = is_utf8 ? utf8_prefix(text, max) : max;
	for (i = 0; i < text.len; i++) {
		c = (unsigned char)text.s[i];
		if (c < ' ' || c == 127)
			c = ' ';
		else if (c > 127 && !is_utf8)
			c = '?';
		strbuf_addch(out, (char)c);
	}
}
