#include "http/head.h"

#include "base/arena.h"

#include <string.h>
#include <strings.h>

#define LENGTH_DIGITS_MAX 18

int head_find(struct str text, size_t *at)
{
	const char *s = text.s;

	for (size_t i = *at; i < text.len; i++) {
		if (s[i] == 0)
			return -1;
		if ((s[i] == '\n') != (i > 0 && s[i - 1] == '\r'))
			return -1;
		if (s[i] != '\n' || (i > 1 && s[i - 2] != '\n'))
			continue;
		if (i < 3)
			return -1; /* an empty line instead of a request */
		*at = i + 1;
		return 1;
	}
	*at = text.len;
	return 0;
}

static bool refuse(struct head *out, int status, const char *why)
{
	out->status = status;
	out->why = why;
	return false;
}

static bool is_token(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.s[i];

		if (c <= ' ' || c >= 0x7f || strchr("\"(),/:;<=>?@[\\]{}", c))
			return false;
	}
	return text.len > 0;
}

static bool is_text(struct str text, bool spaces)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.s[i];

		if (c == 0x7f || (c <= ' ' && !(spaces && c == ' ') &&
				  !(spaces && c == '\t')))
			return false;
	}
	return true;
}

/* Only the two blanks of RFC 9110, not all white space. */
static struct str trim(struct str text)
{
	while (text.len > 0 && strchr(" \t", text.s[0])) {
		text.s++;
		text.len--;
	}
	while (text.len > 0 && strchr(" \t", text.s[text.len - 1]))
		text.len--;
	return text;
}

/* The line without its CRLF. */
static struct str next_line(struct str *text)
{
	struct str line = str_cut(text, '\n');

	line.len--;
	return line;
}

static bool read_version(struct str version, struct head *out)
{
	if (version.len != 8 || !str_starts(version, "HTTP/") ||
	    version.s[5] < '0' || version.s[5] > '9' || version.s[6] != '.' ||
	    version.s[7] < '0' || version.s[7] > '9')
		return refuse(out, 400, "The first line is no request.");
	if (version.s[5] != '1')
		return refuse(out, 505, "HTTP/1.1 and HTTP/1.0 are spoken.");
	out->is_1_0 = version.s[7] == '0';
	out->keeps = !out->is_1_0;
	return true;
}

static bool read_request_line(struct str line, struct arena *arena,
			      struct head *out)
{
	struct str rest = line;
	struct str method = str_cut(&rest, ' ');
	struct str target = str_cut(&rest, ' ');

	if (!rest.s || !is_token(method) || target.len == 0 ||
	    !is_text(target, false))
		return refuse(out, 400, "The first line is no request.");
	if (target.s[0] != '/' && !str_starts(target, "http://") &&
	    !str_starts(target, "https://") && !str_is(target, "*"))
		return refuse(out, 400, "The target is no path.");
	out->method = arena_str(arena, method);
	out->target = arena_str(arena, target);
	return read_version(rest, out);
}

static bool read_line(struct str line, struct arena *arena, struct header *out,
		      struct head *head)
{
	struct str rest = line;
	struct str name = str_cut(&rest, ':');

	if (!rest.s || !is_token(name))
		return refuse(head, 400, "A header has no proper name.");
	rest = trim(rest);
	if (!is_text(rest, true))
		return refuse(head, 400, "A header holds control characters.");
	out->name = arena_str(arena, name);
	out->value = arena_str(arena, rest);
	return true;
}

static bool read_lines(struct str text, struct arena *arena, struct head *out)
{
	struct header **last = &out->headers;

	for (int n = 0;; n++) {
		struct str line = next_line(&text);
		struct header *h;

		if (line.len == 0)
			return true;
		if (n == HEAD_LINES_MAX)
			return refuse(out, 431, "There are too many headers.");
		h = arena_new_of(arena, struct header);
		if (!read_line(line, arena, h, out))
			return false;
		*last = h; /* whole: the answer to a refused head reads them */
		last = &h->next;
	}
}

static const struct header *find(const struct header *h, const char *name)
{
	for (; h; h = h->next)
		if (strcasecmp(h->name, name) == 0)
			return h;
	return NULL;
}

const char *head_header(const struct head *head, const char *name)
{
	const struct header *h = find(head->headers, name);

	return h ? h->value : NULL;
}

/* true: there is at most one; *value is NULL if there is none. */
static bool find_only(const struct head *head, const char *name,
		      const char **value)
{
	const struct header *h = find(head->headers, name);

	*value = h ? h->value : NULL;
	return !h || !find(h->next, name);
}

static bool check_host(struct head *out)
{
	const char *host;

	if (!find_only(out, "Host", &host))
		return refuse(out, 400, "There are two Host headers.");
	if (!host && !out->is_1_0)
		return refuse(out, 400, "There is no Host header.");
	if (host && strpbrk(host, " \t,/?#@\\\"<>"))
		return refuse(out, 400, "The Host header is no host.");
	return true;
}

static bool read_length(const char *text, struct head *out)
{
	size_t len = strlen(text);
	int64_t n;

	if (len == 0 || len > LENGTH_DIGITS_MAX ||
	    strspn(text, "0123456789") != len || !text_to_int(text, &n))
		return refuse(out, 400, "Content-Length is no length.");
	out->length = n;
	return true;
}

/* The body is chunked, or nothing that we could read. */
static bool read_codings(const struct header *h, struct head *out)
{
	bool unknown = false;

	for (; h; h = find(h->next, "Transfer-Encoding")) {
		struct str rest = str_of(h->value);

		do {
			struct str coding = trim(str_cut(&rest, ','));

			if (out->chunked || coding.len == 0)
				return refuse(out, 400,
					      "Transfer-Encoding must end "
					      "with one \"chunked\".");
			if (str_ieq(coding, "chunked"))
				out->chunked = true;
			else
				unknown = true;
		} while (rest.s);
	}
	if (unknown)
		return refuse(out, 501,
			      "Of transfer codings only \"chunked\" "
			      "is known.");
	return true;
}

static bool read_framing(struct head *out)
{
	const struct header *codings = find(out->headers, "Transfer-Encoding");
	const char *length;

	if (!find_only(out, "Content-Length", &length))
		return refuse(out, 400, "There are two Content-Lengths.");
	if (codings && length)
		return refuse(out, 400,
			      "Content-Length and Transfer-Encoding contradict "
			      "each other.");
	if (codings && out->is_1_0)
		return refuse(out, 400, "HTTP/1.0 has no Transfer-Encoding.");
	if (codings)
		return read_codings(codings, out);
	return !length || read_length(length, out);
}

static bool lists(const struct header *h, const char *name, const char *option)
{
	for (h = find(h, name); h; h = find(h->next, name)) {
		struct str rest = str_of(h->value);

		do {
			if (str_ieq(trim(str_cut(&rest, ',')), option))
				return true;
		} while (rest.s);
	}
	return false;
}

static bool read_wishes(struct head *out)
{
	const char *expect = head_header(out, "Expect");

	if (lists(out->headers, "Connection", "close"))
		out->keeps = false;
	else if (lists(out->headers, "Connection", "keep-alive"))
		out->keeps = true;
	out->expects = expect && !out->is_1_0;
	if (out->expects && strcasecmp(expect, "100-continue") != 0)
		return refuse(out, 417, "Only 100-continue can be expected.");
	return true;
}

bool head_read(struct str text, struct arena *arena, struct head *out)
{
	*out = (struct head){ .length = 0 };
	return read_request_line(next_line(&text), arena, out) &&
	       read_lines(text, arena, out) && check_host(out) &&
	       read_framing(out) && read_wishes(out);
}
