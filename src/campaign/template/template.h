/*
 * campaign/template/template.h - what somebody keeps to begin mails with
 *
 * With a name, and of one of two kinds: a design (design/design.h), made in our
 * editor, or HTML with sections to be filled (html/html_sections.h), as the
 * Marketing API takes it. Whoever begins with one copies it: a campaign knows
 * no more than its template's number, so templates are changed and removed
 * freely. Those that are built in are in design/starter.h.
 */
#ifndef CAMPAIGN_TEMPLATE_H
#define CAMPAIGN_TEMPLATE_H

#include "base/json.h"
#include "base/vec.h"
#include "store/db.h"

#define TEMPLATE_NAME_MAX 100  /* characters */
#define TEMPLATE_ABOUT_MAX 300 /* characters */
#define TEMPLATES_MOST 1000    /* of a kind */

/* Stored: append only. */
enum template_kind {
	TEMPLATE_BLOCKS = 1,
	TEMPLATE_HTML = 2,
};

struct template
{
	int64_t id;
	enum template_kind kind; /* 0 is TEMPLATE_BLOCKS for template_add */
	const char *name;
	const char *about;  /* NULL: nothing */
	const char *design; /* JSON; NULL: it is HTML, or was not asked for */
	const char *html;   /* NULL: it is a design, or was not asked for */
	bool is_responsive; /* its HTML has rules for narrow screens */
	int64_t user_id;    /* of the customer records; 0: nobody's */
	int64_t editor_id;  /* who changed it last; 0: nobody who is known */
	int64_t folder_id;  /* 0: in none */
	const char *folder_hex; /* "" if none */
	int64_t created_ms, updated_ms;
};
struct templates VEC_FIELDS(struct template);

/* A page of a kind, the newest first, below before_id (0: from the newest);
 * appended, strings live in arena. */
int template_list(struct db *db, enum template_kind kind, int64_t before_id,
		  int64_t limit, struct arena *arena, struct templates *out,
		  struct err *err);
int template_count(struct db *db, enum template_kind kind, int64_t *out,
		   struct err *err);
/* ERR_NOT_FOUND. Locked in a transaction that writes. */
int template_get(struct db *db, int64_t id, struct arena *arena,
		 struct template *out, struct err *err);

/* Sets id and times. ERR_INVALID with the field; ERR_CONFLICT: there are too
 * many. */
int template_add(struct tx *tx, struct template *t, int64_t now_ms,
		 struct err *err);
/* What of name, about, design, html, folder and editor differs from `before`,
 * of template_get in this transaction; of the editor, only with something
 * else. ERR_INVALID. */
int template_update(struct tx *tx, const struct template *before,
		    const struct template *t, int64_t now_ms, struct err *err);
int template_remove(struct tx *tx, int64_t id, struct err *err);

/* --- both kinds, as the Marketing API sees them --- */

enum template_sort {
	TEMPLATE_BY_CREATED,
	TEMPLATE_BY_EDITED,
	TEMPLATE_BY_NAME,
};
struct template_filter {
	enum template_kind kind;     /* 0: any */
	int64_t since_ms, before_ms; /* made after, before; 0: not asked */
	int64_t user_id;             /* who has made it; 0: anybody */
	const char *folder_hex;      /* NULL: any or none */
	enum template_sort sort;
	bool descending;
	int64_t count, offset;
};
/* Without design and HTML. Appends; *total_out is how many fit. */
int template_find_all(struct db *db, const struct template_filter *filter,
		      struct arena *arena, struct templates *out,
		      int64_t *total_out, struct err *err);
/*
 * The API's {name, html, folder_id} over what is in *t, in a transaction and
 * before t is locked: the folder is. *gave_folder: t->folder_id was said.
 * ERR_INVALID with the field.
 */
int template_read(struct db *db, const json_t *body, struct template *t,
		  bool *gave_folder, struct err *err);
/* The HTML of a mail made of it: of a design, what design_render makes. Lives
 * in arena. */
int template_make_html(const struct template *t, struct arena *arena,
		       const char **out, struct err *err);

#endif
