#include "base/strbuf.h"

#include "base/cleanup.h"
#include "base/err.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Shared by all that hold nothing; written to only with the NUL it holds. */
char strbuf_empty[1];

void strbuf_release(struct strbuf *sb)
{
	if (sb->cap)
		free(sb->buf);
	*sb = (struct strbuf)STRBUF_INIT;
}

void strbuf_reset(struct strbuf *sb)
{
	strbuf_truncate(sb, 0);
}

void strbuf_truncate(struct strbuf *sb, size_t len)
{
	BUG_ON(len > sb->len);
	sb->len = len;
	if (sb->cap)
		sb->buf[len] = '\0';
}

void strbuf_reserve(struct strbuf *sb, size_t extra)
{
	size_t need = sb->len + extra + 1;
	size_t cap = sb->cap ? sb->cap : 64;
	char *buf;

	BUG_ON(need <= sb->len);
	if (need <= sb->cap)
		return;
	while (cap < need)
		cap += cap / 2;
	buf = realloc(sb->cap ? sb->buf : NULL, cap);
	BUG_ON(!buf);
	if (!sb->cap)
		buf[0] = '\0';
	sb->buf = buf;
	sb->cap = cap;
}

void strbuf_add(struct strbuf *sb, const void *data, size_t len)
{
	if (len == 0)
		return;
	strbuf_reserve(sb, len);
	memcpy(sb->buf + sb->len, data, len);
	sb->len += len;
	sb->buf[sb->len] = '\0';
}

void strbuf_addstr(struct strbuf *sb, const char *s)
{
	strbuf_add(sb, s, strlen(s));
}

void strbuf_addslice(struct strbuf *sb, struct str s)
{
	strbuf_add(sb, s.s, s.len);
}

void strbuf_addch(struct strbuf *sb, char c)
{
	strbuf_reserve(sb, 1);
	sb->buf[sb->len++] = c;
	sb->buf[sb->len] = '\0';
}

void strbuf_addint(struct strbuf *sb, int64_t n)
{
	char digits[20]; /* 19 and a sign */
	char *p = digits + sizeof(digits);
	uint64_t rest = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;

	do {
		*--p = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest);
	if (n < 0)
		*--p = '-';
	strbuf_add(sb, p, (size_t)(digits + sizeof(digits) - p));
}

void strbuf_addf(struct strbuf *sb, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(sb, fmt, ap);
	va_end(ap);
}

void strbuf_vaddf(struct strbuf *sb, const char *fmt, va_list ap)
{
	va_list again;
	int len;

	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, ap);
	BUG_ON(len < 0);
	strbuf_reserve(sb, (size_t)len);
	(void)vsnprintf(sb->buf + sb->len, (size_t)len + 1, fmt, again);
	va_end(again);
	sb->len += (size_t)len;
}

void strbuf_trim(struct strbuf *sb)
{
	struct str s = str_trim(strbuf_str(sb));

	if (s.len == sb->len)
		return;
	memmove(sb->buf, s.s, s.len);
	strbuf_truncate(sb, s.len);
}

void strbuf_tolower(struct strbuf *sb)
{
	for (size_t i = 0; i < sb->len; i++) {
		if (sb->buf[i] >= 'A' && sb->buf[i] <= 'Z')
			sb->buf[i] = (char)(sb->buf[i] + ('a' - 'A'));
	}
}

struct str strbuf_str(const struct strbuf *sb)
{
	return (struct str){ sb->buf, sb->len };
}

static bool is_unreserved(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
	       c == '~';
}

void strbuf_add_url(struct strbuf *sb, struct str s)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.s[i];

		if (is_unreserved(c)) {
			strbuf_addch(sb, (char)c);
			continue;
		}
		strbuf_addch(sb, '%');
		strbuf_addch(sb, digits[c >> 4]);
		strbuf_addch(sb, digits[c & 15]);
	}
}

static const char *html_entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void strbuf_add_html(struct strbuf *sb, struct str s)
{
	size_t done = 0;

	for (size_t i = 0; i < s.len; i++) {
		const char *entity = html_entity(s.s[i]);

		if (!entity)
			continue;
		strbuf_add(sb, s.s + done, i - done);
		strbuf_addstr(sb, entity);
		done = i + 1;
	}
	if (done < s.len)
		strbuf_add(sb, s.s + done, s.len - done);
}

static int read_all(FILE *f, struct strbuf *sb, const char *path, size_t max,
		    struct err *err)
{
	size_t start = sb->len;

	for (;;) {
		size_t got;

		strbuf_reserve(sb, 16384);
		got = fread(sb->buf + sb->len, 1, 16384, f);
		sb->len += got;
		sb->buf[sb->len] = '\0';
		if (sb->len - start > max)
			return err_set(err, ERR_LIMIT,
				       "%s is larger than %zu bytes", path,
				       max);
		if (got < 16384)
			break;
	}
	return ferror(f) ? err_errno(err, "reading %s", path) : 0;
}

int strbuf_add_file(struct strbuf *sb, const char *path, size_t max,
		    struct err *err)
{
	CLEANUP(file_free) FILE *f = fopen(path, "re");
	size_t start = sb->len;

	if (!f && errno == ENOENT)
		return err_set(err, ERR_NOT_FOUND, "%s does not exist", path);
	if (!f)
		return err_errno(err, "opening %s", path);
	if (read_all(f, sb, path, max, err) == 0)
		return 0;
	strbuf_truncate(sb, start);
	return -1;
}
