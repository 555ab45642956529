/*
 * campaign/content.h - what a campaign says: HTML and plain text as its author
 * gave them
 *
 * Whoever sends adds what the law wants and the author left out (a footer with
 * unsubscribe link and postal address); content_has_... tell both the checklist
 * and the sender what is there.
 */
#ifndef CAMPAIGN_CONTENT_H
#define CAMPAIGN_CONTENT_H

#include "base/json.h"
#include "base/str.h"

struct arena;
struct db;
struct err;
struct tx;

#define CONTENT_MAX (4u * 1024 * 1024) /* bytes of either text */

struct content {
	struct str html;       /* empty if none */
	struct str plain_text; /* as given; empty: made from html */
	bool plain_is_made;    /* plain_text was made here from html */
};

/* plain_text is made from the HTML if the author gave none. Texts live in
 * arena. ERR_NOT_FOUND. */
int content_get(struct db *db, int64_t campaign_id, struct arena *arena,
		struct content *out, struct err *err);

/* The same of what stands elsewhere. */
void content_make(struct str html, struct str plain_text, struct arena *arena,
		  struct content *out);

/* As its readers get it: with the tags mended that an editor has split
 * (campaign/merge/merge_tag.h), and without the marks of a template's sections,
 * and with the table of contents that they ask for.
 * Whoever numbers links, looks at it or sends it does it first. */
struct merge_fields;
void content_mend(struct content *content, const struct merge_fields *fields,
		  struct arena *arena);

#define CONTENTS_MAX 3 /* of a test */

/*
 * body: the API's {html}, {template: {id, sections}}, {url} or {archive}, and
 * {plain_text}; what it does not give stays. Or, of a test, {variate_contents}:
 * all of its contents (campaign/variate/variate_content.h). pages: the HTML at
 * their urls (content_fetch.h), where content_url found one, and of their
 * archives (content_archive.h); NULL where it gives neither.
 * ERR_NOT_FOUND; ERR_CONFLICT: the campaign is not in `save`, nor of type rss
 * and paused; ERR_INVALID names the field; ERR_RETRY: it is being sent right
 * now.
 */
int content_put(struct tx *tx, const char *campaign_hex, const json_t *body,
		const char *const pages[CONTENTS_MAX], int64_t now_ms,
		struct err *err);
/* Is each part of a body what it must be, or null? ERR_INVALID names it. Before
 * anything is done with it. */
int content_check_types(const json_t *body, struct err *err);
/* null, "", {} and [] give nothing. */
bool content_gives(const json_t *body, const char *key);
/* 1 and the url of a body's content (from 0; its own is the first), 0: it gives
 * none, -1 ERR_INVALID. */
int content_url(const json_t *body, size_t content, const char **out,
		struct err *err);
/* The HTML of a template, as it is, of a campaign in `save` that this
 * transaction has locked. ERR_INVALID with field "settings.template_id". */
struct campaign;
int content_begin_with(struct tx *tx, const struct campaign *campaign,
		       int64_t template_id, int64_t now_ms, struct err *err);

/* May it be a text of a mail? NULL: yes. ERR_INVALID with this field. */
int content_check_text(const char *field, const char *text, struct err *err);

/* A tag that unsubscribes (*|UNSUB|*) is in it. */
bool content_has_unsubscribe(struct str text);
/* A tag that gives the postal address (LIST:ADDRESS..., USER:ADDRESS). */
bool content_has_address(struct str text);
/* How its readers see the link to unsubscribe (the link), and the postal
 * address (the words). */
struct html_look;
void content_look(struct str html, struct html_look *out);

/* Where a footer comes in. */
struct content_end {
	struct str before, rest; /* all of the HTML; </body> is in the rest */
	const char *closing;     /* what ends all that is open in `before` */
	const char *unclosed;    /* its name, NULL: nothing is */
};
void content_split(struct str html, struct arena *arena,
		   struct content_end *out);
/* Not even a footer is seen: the whole page is hidden. */
bool content_end_is_hidden(struct str html, struct arena *arena);

/* The tag of the preview text: its author has put it where it belongs. */
bool content_has_preview_text(struct str text);

#endif
