/*
 * crm/browse/view.h - lists that somebody has set up and named
 *
 * A view says what a list of people, leads or companies shows: words, a filter,
 * an order, columns. It belongs to whoever made it; others see it if it is
 * shared, and administrators may change any. Whose name is taken is said per
 * owner and kind of record.
 *
 * A user who goes takes along the views that nobody else can see; shared ones
 * stay, with nobody's name. What a filter names may go later: the view stays,
 * and its list says what is wrong.
 */
#ifndef CRM_VIEW_H
#define CRM_VIEW_H

#include "base/vec.h"
#include "crm/actor.h"
#include "crm/entity.h"
#include "store/db.h"

#define VIEW_NAME_MAX 100   /* characters */
#define VIEW_COLUMNS_MAX 60 /* each of at most VIEW_NAME_MAX bytes */
#define VIEWS_MOST 500      /* of one owner */

struct view {
	int64_t id;
	int64_t user_id;       /* 0: a key of no user */
	const char *user_name; /* NULL: nobody's, or the user has gone */
	enum entity entity;
	const char *name;
	const char *q;       /* NULL: none */
	const char *filter;  /* JSON text of criteria; NULL: none */
	const char *sort;    /* NULL: by id */
	const char *columns; /* JSON array of names of fields */
	bool shared;
	int64_t created_ms, updated_ms;
};
struct views VEC_FIELDS(struct view);

/* Who looks. */
struct viewer {
	int64_t user_id;
	bool is_administrator;
};

/* The viewer's own and shared ones, by name; appended, strings live in arena.
 */
int view_list(struct db *db, enum entity entity, const struct viewer *viewer,
	      struct arena *arena, struct views *out, struct err *err);
/* ERR_NOT_FOUND, also of one that the viewer cannot see. Locked in a
 * transaction that writes. */
int view_get(struct db *db, int64_t id, const struct viewer *viewer,
	     struct arena *arena, struct view *out, struct err *err);
/* 0, or -1 with ERR_DENIED. */
int view_check_owner(const struct view *view, const struct viewer *viewer,
		     struct err *err);

/* Sets id and times; the owner is the actor. ERR_INVALID with the field
 * (`filter.conditions[2].op`, `columns` that no record has); ERR_CONFLICT: the
 * owner has one of that name. */
int view_add(struct tx *tx, struct view *view, const struct actor *actor,
	     struct arena *arena, struct err *err);
/* What differs from `before`, of view_get in this transaction; the owner and
 * the kind of record are for life. Errors as above. */
int view_update(struct tx *tx, const struct view *before, struct view *view,
		const struct actor *actor, struct arena *arena,
		struct err *err);
int view_remove(struct tx *tx, int64_t id, struct err *err);
/* A user goes. */
int view_remove_of_user(struct tx *tx, int64_t user_id, struct err *err);

#endif
