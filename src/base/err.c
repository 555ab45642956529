#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* snprintf may have cut a character in two: take its first bytes away. */
static void drop_cut_character(char *text)
{
	size_t len = strlen(text);
	size_t start = len;
	unsigned char lead;

	while (start > 0 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
		start--;
	if (start == 0)
		return;
	lead = (unsigned char)text[--start];
	if (lead >= 0xC0 && len - start < (lead >= 0xF0   ? 4u
					   : lead >= 0xE0 ? 3u
							  : 2u))
		text[start] = '\0';
}

static void put_text(char *out, size_t size, const char *text)
{
	(void)snprintf(out, size, "%s", text); /* cutting is intended */
	drop_cut_character(out);
}

__attribute__((format(printf, 3, 0))) static void fill(struct err *err,
						       enum err_code code,
						       const char *fmt,
						       va_list ap)
{
	char text[sizeof(err->text)];

	/* The arguments may be parts of *err: format before writing to it. */
	(void)vsnprintf(text, sizeof(text), fmt, ap); /* cutting is intended */
	*err = (struct err){ .code = code };
	put_text(err->text, sizeof(err->text), text);
}

int err_set(struct err *err, enum err_code code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fill(err, code, fmt, ap);
	va_end(ap);
	return -1;
}

int err_inside(struct err *err, enum err_code code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fill(err, code, fmt, ap);
	va_end(ap);
	err->inside = true;
	return -1;
}

int err_field(struct err *err, const char *field, const char *fmt, ...)
{
	char name[sizeof(err->field)];
	va_list ap;

	put_text(name, sizeof(name), field);
	va_start(ap, fmt);
	fill(err, ERR_INVALID, fmt, ap);
	va_end(ap);
	put_text(err->field, sizeof(err->field), name);
	return -1;
}

int err_title(struct err *err, enum err_code code, const char *title,
	      const char *fmt, ...)
{
	char name[sizeof(err->title)];
	va_list ap;

	put_text(name, sizeof(name), title);
	va_start(ap, fmt);
	fill(err, code, fmt, ap);
	va_end(ap);
	put_text(err->title, sizeof(err->title), name);
	return -1;
}

/* "context: rest", cut to what err holds */
static void join(struct err *err, const char *context, const char *rest)
{
	size_t size = sizeof(err->text);
	int used = snprintf(err->text, size, "%s: ", context);

	if (used > 0 && (size_t)used < size)
		(void)snprintf(err->text + used, size - (size_t)used, "%s",
			       rest); /* cutting is intended */
	drop_cut_character(err->text);
}

bool err_is_no_room(int number)
{
	return number == ENOSPC || number == EDQUOT || number == EFBIG;
}

int err_errno(struct err *err, const char *fmt, ...)
{
	char reason[128];
	char context[sizeof(err->text)];
	va_list ap;

	/* GNU strerror_r: the text may be elsewhere than in the buffer */
	bool is_full = err_is_no_room(errno);
	const char *why = strerror_r(errno, reason, sizeof(reason));

	va_start(ap, fmt);
	(void)vsnprintf(context, sizeof(context), fmt, ap); /* may cut */
	va_end(ap);
	*err = (struct err){ .code = is_full ? ERR_FULL : ERR_IO };
	join(err, context, why);
	return -1;
}

int err_prefix(struct err *err, const char *fmt, ...)
{
	char context[sizeof(err->text)];
	char rest[sizeof(err->text)];
	va_list ap;

	put_text(rest, sizeof(rest), err->text);
	va_start(ap, fmt);
	(void)vsnprintf(context, sizeof(context), fmt, ap); /* may cut */
	va_end(ap);
	join(err, context, rest);
	return -1;
}

const char *err_code_name(enum err_code code)
{
	static const char *const names[] = {
		[ERR_NONE] = "none",           [ERR_INVALID] = "invalid",
		[ERR_NOT_FOUND] = "not_found", [ERR_CONFLICT] = "conflict",
		[ERR_DENIED] = "denied",       [ERR_LIMIT] = "limit",
		[ERR_RETRY] = "retry",         [ERR_IO] = "io",
		[ERR_FULL] = "full",           [ERR_BUG] = "bug",
	};

	return names[code];
}

void err_bug(const char *file, int line, const char *what)
{
	(void)fprintf(stderr, "bug: %s:%d: %s\n", file, line, what);
	abort();
}
