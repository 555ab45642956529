/*
 * audience/interest/interest.h - what the members of a list may choose
 *
 * Interests are in categories, which are questions with a form: of checkboxes
 * and hidden ones a member has any, of a dropdown and of radio buttons one at
 * most. Who has chosen what are rows (audience/side/side.h); archiving keeps
 * them, as whatever hangs on the id of a member, and forgetting removes them.
 *
 * Names are there once in a list or category, without regard to case. Whoever
 * adds locks the list or the category: limits hold, and nothing is added to
 * what is being removed.
 */
#ifndef AUDIENCE_INTEREST_INTEREST_H
#define AUDIENCE_INTEREST_INTEREST_H

#include "base/json.h"
#include "base/vec.h"

struct arena;
struct db;
struct err;
struct id_set;
struct list;
struct member_filter;
struct tx;

#define INTEREST_CATEGORIES_MAX 100 /* of a list */
#define INTERESTS_MAX 60            /* of a category */

/* Stored: append only. */
enum interest_form {
	INTEREST_CHECKBOXES = 1,
	INTEREST_DROPDOWN = 2,
	INTEREST_RADIO = 3,
	INTEREST_HIDDEN = 4,
	INTEREST_PERMISSION = 5, /* see permission.h; not of the API */
};
/* The API's `type`. */
const char *interest_form_name(enum interest_form form);
/* 0: no such form. */
enum interest_form interest_form_of(const char *name);
/* May a member have one of them only? */
bool interest_form_is_single(enum interest_form form);

struct interest_category {
	int64_t id;
	const char *hex;
	const char *title;
	enum interest_form form;
	int64_t display_order;
};
struct interest_categories VEC_FIELDS(struct interest_category);

struct interest {
	int64_t id, category_id;
	const char *hex;
	const char *name;
	int64_t display_order;
	enum interest_form form; /* of the category */
};
struct interests VEC_FIELDS(struct interest);

/* --- categories --- */

/* All of a list as they are displayed, but that of permissions; strings live in
 * arena. Appends to *out. get: ERR_NOT_FOUND. */
int interest_category_list(struct db *db, int64_t list_id, struct arena *arena,
			   struct interest_categories *out, struct err *err);
int interest_category_get(struct db *db, int64_t list_id, const char *hex,
			  struct arena *arena, struct interest_category *out,
			  struct err *err);
/* body: the API's {title, type, display_order}; in an update, what it does not
 * give stays. ERR_INVALID names the field that is wrong, or says that the name
 * is taken or there are too many. update: ERR_NOT_FOUND. */
int interest_category_add(struct tx *tx, const struct list *list,
			  const json_t *body, struct arena *arena,
			  struct interest_category *out, struct err *err);
int interest_category_update(struct tx *tx, int64_t list_id, const char *hex,
			     const json_t *body, struct arena *arena,
			     struct interest_category *out, struct err *err);
/*
 * With its interests and who has chosen them, in transactions of their own, as
 * that may be everybody: whoever is killed or fails has removed nothing but
 * choices, and does the rest when it is asked again. No transaction may be
 * open. ERR_NOT_FOUND.
 */
int interest_category_remove(struct db *db, int64_t list_id, const char *hex,
			     struct err *err);

/* --- interests --- */

/* All of a list but permissions, or all of a category of it, if one is given,
 * as they are displayed. */
int interest_list(struct db *db, int64_t list_id, int64_t category_id,
		  struct arena *arena, struct interests *out, struct err *err);
/* All of a list, with permissions: `form` tells them apart. Appends. */
int interest_list_whole(struct db *db, int64_t list_id, struct arena *arena,
			struct interests *out, struct err *err);
int interest_get(struct db *db, int64_t list_id, int64_t category_id,
		 const char *hex, struct arena *arena, struct interest *out,
		 struct err *err);
/* By its hex; NULL if there is none. */
const struct interest *interests_find(const struct interests *all,
				      const char *hex);

/* In a category of that list. body: {name, display_order}. As for categories;
 * ERR_NOT_FOUND also if there is no such category. */
int interest_add(struct tx *tx, int64_t list_id, const char *category_hex,
		 const json_t *body, struct arena *arena, struct interest *out,
		 struct err *err);
int interest_update(struct tx *tx, int64_t list_id, const char *category_hex,
		    const char *hex, const json_t *body, struct arena *arena,
		    struct interest *out, struct err *err);
/* As a category is. */
int interest_remove(struct db *db, int64_t list_id, const char *category_hex,
		    const char *hex, struct err *err);

/* All of a list that is removed. */
int interest_remove_all(struct tx *tx, int64_t list_id, struct err *err);

/* Who has chosen any, all or none of filter->interests, of filter->status if it
 * asks for one; from kept sets. Adds to *out, which must be empty. No
 * transaction may be open. */
int interest_members(struct db *db, const struct member_filter *filter,
		     struct id_set *out, struct err *err);

/* How many subscribed members have chosen each: n of them, from kept sets. No
 * transaction may be open. */
int interest_count(struct db *db, int64_t list_id, const struct interest *v,
		   size_t n, int64_t *out, struct err *err);

#endif
