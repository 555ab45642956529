/*
 * delivery/confirm_look.h - mails about a sign-up look like its form
 *
 * The logo, the colours and the owner's name stand where the form has them, so
 * that whoever has just filled it in knows whose mail this is. Of a form that
 * says nothing of its looks the usual ones. In the dark light surfaces get dark
 * (design/colour.h). What the form holds is checked here: it gets into the mail
 * as colours and escaped words alone.
 */
#ifndef DELIVERY_CONFIRM_LOOK_H
#define DELIVERY_CONFIRM_LOOK_H

#include "design/colour.h"

#include <stdint.h>

struct arena;
struct db;
struct err;
struct strbuf;

struct confirm_look {
	const char *logo, *logo_alt; /* logo "": none */
	const char *align;           /* "start", "left", "center", "right" */
	int64_t logo_width;          /* in px; 0: as it is, but not too wide */
	struct colour back, text, button, button_text;
};

/* Strings live in arena. */
int confirm_look_load(struct db *db, int64_t list_id, struct arena *arena,
		      struct confirm_look *out, struct err *err);

/* Up to where the words begin, and what comes after them. name: whose mail it
 * is, for the logo and above the words. */
void confirm_look_begin(const struct confirm_look *look, const char *language,
			const char *direction, const char *name,
			struct strbuf *out);
void confirm_look_button(const struct confirm_look *look, const char *href,
			 const char *label, struct strbuf *out);
/* lines: who sends it, and where they are. */
void confirm_look_end(const char *lines, struct strbuf *out);

#endif
