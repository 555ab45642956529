/*
 * crm/browse/selection.h - which records somebody chose: words, a filter, a
 * group, fields that equal something, ids; all of it must fit
 *
 * Lists, bulk acts and exports choose by the same. A selection is filled in,
 * then read once, which checks it and compiles it as of now; it lives in its
 * arena and is never changed afterwards.
 */
#ifndef CRM_SELECTION_H
#define CRM_SELECTION_H

#include "crm/group/criteria_sql.h"
#include "crm/search/search.h"

#include <stdbool.h>

struct ids;

/* A field of the kind must equal a text; also `tag`, by name. */
struct record_filter {
	const char *field;
	const char *value;
};

struct selection {
	enum entity entity;
	const char *q;      /* words to search for; NULL: all */
	const char *filter; /* JSON text of criteria; NULL: all */
	int64_t group_id;   /* in this group; 0: all */
	const char *how;    /* which of it: member (NULL), hand, criteria,
			       excluded */
	const struct record_filter *equal;
	size_t equal_n;
	const struct ids *ids; /* only these; NULL: all */

	/* By selection_read: */
	struct criteria *criteria; /* of no conditions: all */
	struct search_word words[SEARCH_WORDS_MAX];
	size_t words_n;
	/* By selection_narrow or selection_find: JSON ids of all that may have
	 * the words. NULL: they are to be looked through. */
	const char *candidates;
	bool is_sure; /* they all have them: that need not be asked again */
};

/* ERR_INVALID names `q`, `how`, `group_id`, the field, or the place in the
 * filter: "filter.conditions[2].op". ERR_NOT_FOUND: the group; ERR_CONFLICT: it
 * is dynamic, and has nobody by hand. */
int selection_read(struct selection *s, struct db *db, int64_t now_ms,
		   struct arena *arena, struct err *err);
/* Asks the index for the words; to be called before they are looked for, as it
 * holds what was written by then. Whoever is looked for later is compared
 * again.
 */
int selection_narrow(struct selection *s, struct db *db, struct arena *arena,
		     struct err *err);
/* The same for who looks at once: an enum search_answer, or -1. */
int selection_find(struct selection *s, struct db *db, size_t most,
		   struct arena *arena, struct err *err);
/* Nothing but words is asked for. */
bool selection_is_words(const struct selection *s);
/* Nothing is asked for: everybody. */
bool selection_is_all(const struct selection *s);
/* Tells selections from each other, for cursors; in the arena. */
const char *selection_digest(const struct selection *s, struct arena *arena);

/* FROM ... r ... WHERE ... */
void selection_sql(const struct selection *s, enum criteria_use use,
		   struct sqlbuild *b);
/* How many, at most `most` (0: all of them): 0, or -1. */
int selection_count(struct db *db, const struct selection *s, int64_t most,
		    int64_t *out, struct err *err);
/* Of them, how many fit each of some criteria, of their kind: out[i]. In one
 * pass. */
int selection_count_each(struct db *db, const struct selection *s,
			 const struct criteria *const *each, size_t n,
			 int64_t *out, struct err *err);
/* The next ids greater than after_id, in order, appended: how many, or -1;
 * fewer than limit: there are no more. */
int selection_walk(struct db *db, const struct selection *s, int64_t after_id,
		   int64_t limit, struct ids *out, struct err *err);

#endif
