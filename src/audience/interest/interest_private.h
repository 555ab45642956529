/*
 * audience/interest/interest_private.h - what interests and their categories
 * share
 */
#ifndef AUDIENCE_INTEREST_INTEREST_PRIVATE_H
#define AUDIENCE_INTEREST_INTEREST_PRIVATE_H

#include "audience/interest/interest.h"

#define INTEREST_HEX 10

/* What both are called, and in which order: {title | name, display_order}. */
struct interest_text {
	const char *name, *folded;
	int64_t display_order;
};
/* Lays the body over *out; texts are copied to the arena. `key`: of the name,
 * which must be there if *out has none. */
int interest_text_read(const json_t *body, const char *key, struct arena *arena,
		       struct interest_text *out, struct err *err);
/* After a write that failed: somebody has that name already. Returns -1. */
int interest_name_lost(const char *name, struct err *err);

/* Nobody has chosen these any more, in transactions of their own. */
int interest_empty_all(struct db *db, const struct ids *interests,
		       struct err *err);
/* One of that category; see interest_remove. */
int interest_remove_of(struct db *db, int64_t list_id, int64_t category_id,
		       const char *hex, struct err *err);
/* The interest, and who chose it since. */
int interest_drop(struct tx *tx, int64_t id, struct err *err);

#endif
