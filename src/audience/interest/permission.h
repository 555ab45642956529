/*
 * audience/interest/permission.h - marketing permissions: the ways in which
 * somebody says that they may be contacted
 *
 * Those of a list are interests (interest.h) of a category of their own, which
 * the API tells by another name, so that forms, segments and removal need
 * nothing new. A list that never turned them on has none; one that turned them
 * off keeps them, and nobody is asked. Who gave or took one, and when, is kept
 * (permission_said). They bar nobody from mail: a segment may.
 */
#ifndef AUDIENCE_INTEREST_PERMISSION_H
#define AUDIENCE_INTEREST_PERMISSION_H

#include "audience/interest/interest.h"

/* 1, 0: the list never had any, -1. */
int permission_category_find(struct db *db, int64_t list_id,
			     struct arena *arena, struct interest_category *out,
			     struct err *err);
/* All of a list as they are displayed; strings live in arena. Appends. */
int permission_list(struct db *db, int64_t list_id, struct arena *arena,
		    struct interests *out, struct err *err);

/* The usual ones, for a list that never had any and whose row is locked. */
int permission_begin(struct tx *tx, int64_t list_id, struct arena *arena,
		     struct err *err);
/* body: {name}, at most 255 bytes. Errors as interest_add; ERR_NOT_FOUND: the
 * list has none, or not this one. */
int permission_add(struct tx *tx, int64_t list_id, const json_t *body,
		   struct arena *arena, struct interest *out, struct err *err);
int permission_update(struct tx *tx, int64_t list_id, const char *hex,
		      const json_t *body, struct arena *arena,
		      struct interest *out, struct err *err);
/* With who gave it; as an interest is. No transaction may be open. */
int permission_remove(struct db *db, int64_t list_id, const char *hex,
		      struct err *err);

#endif
