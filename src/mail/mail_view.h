/*
 * mail/mail_view.h - a message as a person reads it
 *
 * For looking at mails that were caught: decoded header fields and the first
 * HTML and plain-text part. Reads any input with GMime; what is not there, or
 * cannot be decoded, is NULL.
 */
#ifndef MAIL_MAIL_VIEW_H
#define MAIL_MAIL_VIEW_H

#include "base/str.h"

struct arena;
struct err;

#define MAIL_VIEW_SOURCE_MAX (32u * 1024 * 1024) /* bytes */

struct mail_view {
	const char *subject; /* UTF-8 */
	const char *from, *to, *date;
	const char *html, *text;
	/* All of its head, in order, unfolded and decoded. */
	const struct mail_field {
		const char *name, *value;
	} * fields;
	size_t fields_n;
};

/* Strings live in arena. ERR_LIMIT: larger than MAIL_VIEW_SOURCE_MAX. */
int mail_view_read(struct str source, struct arena *arena,
		   struct mail_view *out, struct err *err);

#endif
