#include "smtp/smtp_content.h"

#include "base/err.h"

#include <string.h>

void smtp_content_release(struct smtp_content *c)
{
	strbuf_release(&c->text);
	vec_release(&c->dots);
}

struct smtp_content smtp_content_take(struct smtp_content *c)
{
	struct smtp_content taken = *c;

	*c = (struct smtp_content)SMTP_CONTENT_INIT;
	return taken;
}

static bool has_8bit(const char *s, size_t len)
{
	uint64_t word, seen = 0;
	size_t i;

	for (i = 0; i + sizeof(word) <= len; i += sizeof(word)) {
		memcpy(&word, s + i, sizeof(word));
		seen |= word;
	}
	for (; i < len; i++)
		seen |= (unsigned char)s[i] & 0x80 ? UINT64_C(0x80) : 0;
	return (seen & UINT64_C(0x8080808080808080)) != 0;
}

/*
 * Every line must end in CRLF and hold no other CR or LF: servers differ in
 * what they take for the end of a message (SMTP smuggling).
 */
static int scan_lines(struct smtp_content *c, struct err *err)
{
	const char *start = c->text.buf, *at = start, *cr;
	const char *end = start + c->text.len;

	while (at < end) {
		if (*at == '.')
			vec_push(&c->dots, (size_t)(at - start));
		cr = memchr(at, '\r', (size_t)(end - at));
		if (!cr || cr + 1 == end || cr[1] != '\n' ||
		    memchr(at, '\n', (size_t)(cr - at)))
			return err_set(err, ERR_INVALID,
				       "content: not all lines end in CRLF");
		at = cr + 2;
	}
	return 0;
}

static int scan(struct smtp_content *c, struct err *err)
{
	if (c->text.len == 0)
		return err_set(err, ERR_INVALID, "content: empty");
	if (memchr(c->text.buf, '\0', c->text.len))
		return err_set(err, ERR_INVALID, "content: holds a NUL");
	c->has_8bit = has_8bit(c->text.buf, c->text.len);
	return scan_lines(c, err);
}

int smtp_content_scan(struct smtp_content *c, struct err *err)
{
	if (!c->is_scanned && scan(c, err) < 0)
		return -1;
	c->is_scanned = true;
	return 0;
}

void smtp_content_add_to(const struct smtp_content *c, struct strbuf *out)
{
	size_t done = 0, i;

	strbuf_reserve(out, c->text.len + c->dots.n + 512);
	for (i = 0; i < c->dots.n; i++) {
		strbuf_add(out, c->text.buf + done, c->dots.v[i] - done);
		strbuf_addch(out, '.');
		done = c->dots.v[i];
	}
	strbuf_add(out, c->text.buf + done, c->text.len - done);
	strbuf_addstr(out, ".\r\n");
}
