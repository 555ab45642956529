/*
 * base/strbuf.h - text that grows
 *
 * buf is never NULL and always NUL-terminated; len does not count the NUL.
 * Text may hold NUL bytes. Running out of memory ends the process; input from
 * outside is bounded by its reader, not here.
 *
 *     CLEANUP(strbuf_release) struct strbuf sb = STRBUF_INIT;
 */
#ifndef BASE_STRBUF_H
#define BASE_STRBUF_H

#include "base/str.h"

#include <stdarg.h>

struct err;

struct strbuf {
	char *buf;
	size_t len;
	size_t cap; /* 0: buf is the shared empty string */
};

extern char strbuf_empty[];
#define STRBUF_INIT                                                            \
	{                                                                      \
		.buf = strbuf_empty                                            \
	}

void strbuf_release(struct strbuf *sb); /* ready for use again afterwards */
void strbuf_reset(struct strbuf *sb);   /* len = 0, keeps the memory */
void strbuf_reserve(struct strbuf *sb, size_t extra);
void strbuf_truncate(struct strbuf *sb, size_t len); /* len <= sb->len */

void strbuf_add(struct strbuf *sb, const void *data, size_t len);
void strbuf_addstr(struct strbuf *sb, const char *s);
void strbuf_addslice(struct strbuf *sb, struct str s);
void strbuf_addch(struct strbuf *sb, char c);
void strbuf_addint(struct strbuf *sb, int64_t n);
void strbuf_addf(struct strbuf *sb, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void strbuf_vaddf(struct strbuf *sb, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

void strbuf_trim(struct strbuf *sb);    /* ASCII white space at both ends */
void strbuf_tolower(struct strbuf *sb); /* ASCII letters only */
struct str strbuf_str(const struct strbuf *sb);

/* Escapes. url: everything but RFC 3986 unreserved. html: & < > " ' */
void strbuf_add_url(struct strbuf *sb, struct str s);
void strbuf_add_html(struct strbuf *sb, struct str s);

/*
 * Append a whole file of at most max bytes. ERR_NOT_FOUND, ERR_LIMIT, ERR_IO.
 */
int strbuf_add_file(struct strbuf *sb, const char *path, size_t max,
                    struct err *err);

#endif
