/*
 * smtp/smtp_content.h - what is sent after DATA, and what SMTP asks of it
 *
 * Whoever has just written a content scans it at once: it still lies in the
 * cache of that core, from where another one has to fetch it. smtp_pool_submit
 * scans what nobody has.
 */
#ifndef SMTP_SMTP_CONTENT_H
#define SMTP_SMTP_CONTENT_H

#include "base/strbuf.h"
#include "base/vec.h"

struct err;

struct smtp_content {
	struct strbuf text; /* header and body, lines end in CRLF */
	bool is_scanned;    /* and of that: */
	bool has_8bit;
	struct smtp_dots VEC_FIELDS(size_t) dots; /* lines that begin with one:
						     their offsets */
};
#define SMTP_CONTENT_INIT                             \
	{                                             \
		.text = STRBUF_INIT, .dots = VEC_INIT \
	}
void smtp_content_release(struct smtp_content *c);
/* Moves it: *c is as SMTP_CONTENT_INIT then. */
struct smtp_content smtp_content_take(struct smtp_content *c);

/* ERR_INVALID: it can never be sent. What was scanned is not scanned again. */
int smtp_content_scan(struct smtp_content *c, struct err *err);
/* With dots doubled and the final dot, appended. It was scanned. */
void smtp_content_add_to(const struct smtp_content *c, struct strbuf *out);

#endif
