/*
 * base/json_private.h - what the files about JSON share: the choice of what a
 * writer writes, and the quick reader
 */
#ifndef BASE_JSON_PRIVATE_H
#define BASE_JSON_PRIVATE_H

#include "base/json.h"

/* The paths as a tree: `a.b,a.c` is a with the children b and c. */
struct json_field {
	struct str name;
	struct json_field *child, *sibling;
	bool is_end; /* a path ends here */
	bool excludes;
};

extern const struct json_field json_field_none; /* nothing is written */

/* What is chosen of a member: NULL all, json_field_none, or some of it. */
const struct json_field *json_field_below(const struct json_field *field,
					  struct str name);
/* Of the value that comes next; asked for each one that is written. */
static inline const struct json_field *json_field_next(
	const struct json_writer *w)
{
	if (w->skipped)
		return &json_field_none;
	return w->after_key ? w->next : w->chosen[w->depth];
}

/* The tree of a text that is nested no deeper than json_parse allows, or NULL:
 * it is no JSON, or none of the plain kind that is read here. */
json_t *json_quick(struct str text);

#endif
