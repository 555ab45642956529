/*
 * design/design.h - a mail as a document of blocks, and the mail made of it
 *
 *     {"version": 1,
 *      "style": {"accent": "#0f766e", "font": "sans"},
 *      "blocks": [{"id": "a", "type": "heading", "text": "Hello *|FNAME|*"},
 *                 {"id": "b", "type": "button", "label": "Read",
 *                  "href": "https://example.org"}]}
 *
 * The document is the only truth; HTML and plain text are made of it, always by
 * design_render. What this program does not know in it, types of blocks and
 * members, is shown as nothing and kept by whoever stores it. Schema:
 * src/api/spec/design.json.
 *
 * The HTML is made of tables with inline styles, so that Outlook's engine,
 * Gmail and phones all show it;
 * docs/decisions/0029-designs-are-rendered-in-c.md says what for. What authors
 * write into blocks is markup from outside: only what is known to do no harm
 * gets through (design/markup.h). Merge tags pass everywhere.
 *
 * Nothing an author does makes rendering fail: what is wrong is told as a
 * problem of its block. Pure; any thread.
 */
#ifndef DESIGN_DESIGN_H
#define DESIGN_DESIGN_H

#include "base/strbuf.h"
#include "base/vec.h"

#include <jansson.h>

struct arena;
struct err;

#define DESIGN_VERSION 1
#define DESIGN_MAX (1u << 20) /* bytes of its JSON */
#define DESIGN_BLOCKS_MAX 500 /* those in columns too */
#define DESIGN_DEPTH_MAX 24
#define DESIGN_PROBLEMS_MAX 200
/* Gmail cuts what is longer, and the unsubscribe link with it. */
#define DESIGN_HTML_GOOD (102u * 1024)

struct design_problem {
	const char *block; /* id; NULL: the whole document */
	bool is_error;     /* something of it will be missing; else a warning */
	const char *code;  /* "missing_alt" */
	const char *text;
	const char *detail; /* what it is about, as a link; NULL: nothing */
};
struct design_problems VEC_FIELDS(struct design_problem);

enum design_direction { DESIGN_AUTO, DESIGN_LTR, DESIGN_RTL };
/* "auto", "ltr", "rtl". */
bool design_direction_parse(const char *name, enum design_direction *out);

struct design_options {
	const char *language; /* BCP 47; NULL: not known */
	/* Auto: by the language, else by the first letters. */
	enum design_direction direction;
	bool dark;         /* as where dark colours are preferred */
	bool placeholders; /* a box for a picture that is not chosen yet */
};

struct design_output {
	struct strbuf html, text;
	struct design_problems problems; /* strings live in the arena */
};
#define DESIGN_OUTPUT_INIT                               \
	{                                                \
		.html = STRBUF_INIT, .text = STRBUF_INIT \
	}
void design_output_release(struct design_output *out);

/* Is it a document at all, of a version that is known, and within the limits?
 * ERR_INVALID with the field. */
int design_check(const json_t *doc, struct err *err);
/* The same of a text, which becomes a tree. */
int design_read(struct str text, json_t **out, struct err *err);

/* doc: one that design_check takes. */
void design_render(const json_t *doc, const struct design_options *options,
		   struct arena *arena, struct design_output *out);

#endif
