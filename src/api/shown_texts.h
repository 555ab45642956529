/*
 * api/shown_texts.h - the texts of a request's body, before a handler sees them
 *
 * All texts of /api/v1 and /3.0 that may be shown elsewhere are held against
 * base/text/shown_text.h, here and nowhere else: what names and subjects are
 * called is one line, all others may have several. What mails are made of
 * (HTML, designs) and passwords are left alone, and so are members in a batch,
 * of whom one must not hold up all others. Merge fields have the same rule
 * where they are laid (audience/merge_value.c).
 *
 * Only what is changed is checked: whoever changes another field and sends all
 * that they got, with a text that stands there since before this rule, is
 * heard.
 */
#ifndef API_SHOWN_TEXTS_H
#define API_SHOWN_TEXTS_H

#include "base/json.h"

struct arena;
struct err;
struct request;
struct response;
struct route;

/* Of the request: 0, or -1 ERR_INVALID with the field, such as "settings.title"
 * or "tags[2]". A body that is no JSON is the handler's to refuse. *rs is as it
 * was. */
int shown_texts_check(const struct route *route, struct request *rq,
		      struct response *rs, struct err *err);
/* The same of a body. known: what stands there; NULL: nothing. */
int shown_texts_check_body(const json_t *body, const json_t *known,
			   struct arena *arena, struct err *err);

#endif
