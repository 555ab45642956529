/*
 * api/shown_texts.h - the texts of a request's body, before a handler sees them
 *
 * All texts of /api/v1 and /3.0 that may be shown elsewhere are held against
 * base/text/shown_text.h, here and nowhere else: what names and subjects are
 * called is one line, all others may have several. What mails are made of
 * (HTML, designs) and passwords are left alone, and so is what programs know of
 * many people (fields of members), of whom one must not hold up all others.
 */
#ifndef API_SHOWN_TEXTS_H
#define API_SHOWN_TEXTS_H

#include "base/json.h"

struct arena;
struct err;

/* ERR_INVALID with the field, such as "settings.title" or "tags[2]". */
int shown_texts_check(const json_t *body, struct arena *arena, struct err *err);

#endif
