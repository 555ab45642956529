/*
 * audience/form/signup_form.h - how the sign-up form of a list looks
 *
 * The Marketing API's signup-forms: a header, texts by section, styles by
 * selector. Kept as they were given, within limits: whoever shows them escapes
 * the texts, and takes of the styles what is harmless. A list has one form; the
 * usual one as long as nothing was said of it.
 */
#ifndef AUDIENCE_FORM_SIGNUP_FORM_H
#define AUDIENCE_FORM_SIGNUP_FORM_H

#include "base/json.h"

struct arena;
struct db;
struct err;
struct list;
struct tx;

/* JSON texts. */
struct signup_form {
	const char *header;   /* {"image_url", "text", ...}: all of them */
	const char *contents; /* [{"section", "value"}] */
	const char *styles;   /* [{"selector", "options": [{"property",
				 "value"}]}] */
	/* What who signs up agrees to, a text; the API does not have it. NULL:
	 * the usual words, "": none. */
	const char *consent;
};

/* Texts live in arena. */
int signup_form_get(struct db *db, int64_t list_id, struct arena *arena,
		    struct signup_form *out, struct err *err);
/*
 * Lays the API's body over it: names of the header, sections and selectors that
 * it does not give stay. Locks the list. ERR_INVALID names the field that is
 * wrong; ERR_NOT_FOUND: the list is gone.
 */
int signup_form_put(struct tx *tx, const struct list *list, const json_t *body,
		    struct arena *arena, struct signup_form *out,
		    struct err *err);
/* The same over a form that was read, and nothing is written. */
int signup_form_lay(const json_t *body, struct arena *arena,
		    struct signup_form *form, struct err *err);
/* consent: as in struct signup_form. Locks the list. ERR_INVALID: too long;
 * ERR_NOT_FOUND: the list is gone. */
int signup_form_put_consent(struct tx *tx, const struct list *list,
			    const char *consent, struct arena *arena,
			    struct err *err);
int signup_form_check_consent(const char *consent, struct err *err);
/* Where the hosted page is; in arena. account: of list_account_id. */
const char *signup_form_url(const char *public_url, const char *account,
			    const char *list_hex, struct arena *arena);
/* Of a list that is removed. */
int signup_form_remove(struct tx *tx, int64_t list_id, struct err *err);

/* What the header has by that name, and a selector for a property; as it was
 * given, "" if there is none; in arena. */
const char *signup_form_header(const struct signup_form *form, const char *name,
			       struct arena *arena);
const char *signup_form_style(const struct signup_form *form,
			      const char *selector, const char *property,
			      struct arena *arena);
/* The text of a section, "" if there is none; in arena. */
const char *signup_form_text(const struct signup_form *form,
			     const char *section, struct arena *arena);

#endif
