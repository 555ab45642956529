/*
 * campaign/template/template.h - designs that somebody keeps to begin with
 *
 * A design (design/design.h) with a name. Whoever begins with one copies it: a
 * campaign knows nothing of its template, so templates are changed and removed
 * freely. Those that are built in are in design/starter.h.
 */
#ifndef CAMPAIGN_TEMPLATE_H
#define CAMPAIGN_TEMPLATE_H

#include "base/vec.h"
#include "store/db.h"

#define TEMPLATE_NAME_MAX 100  /* characters */
#define TEMPLATE_ABOUT_MAX 300 /* characters */
#define TEMPLATES_MOST 1000

struct template
{
	int64_t id;
	const char *name;
	const char *about;  /* NULL: nothing */
	const char *design; /* JSON */
	int64_t user_id;    /* of the customer records; 0: nobody's */
	int64_t created_ms, updated_ms;
};
struct templates VEC_FIELDS(struct template);

/* A page, the newest first, below before_id (0: from the newest); appended,
 * strings live in arena. */
int template_list(struct db *db, int64_t before_id, int64_t limit,
		  struct arena *arena, struct templates *out, struct err *err);
int template_count(struct db *db, int64_t *out, struct err *err);
/* ERR_NOT_FOUND. Locked in a transaction that writes. */
int template_get(struct db *db, int64_t id, struct arena *arena,
		 struct template *out, struct err *err);

/* Sets id and times. ERR_INVALID with the field; ERR_CONFLICT: there are too
 * many. */
int template_add(struct tx *tx, struct template *t, int64_t now_ms,
		 struct err *err);
/* What of name, about and design differs from `before`, of template_get in this
 * transaction. ERR_INVALID. */
int template_update(struct tx *tx, const struct template *before,
		    const struct template *t, int64_t now_ms, struct err *err);
int template_remove(struct tx *tx, int64_t id, struct err *err);

#endif
