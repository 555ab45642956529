/*
 * bridge/bridge_field.h - which field of people goes into which merge field
 *
 * A table that users edit (rule 22 of the domain): merge tag of the audience <-
 * field of the person. A field of the person is the name of a text or date of
 * crm/field.h, `custom.KEY`, `company` (the name of theirs), or `address`:
 * street, city, region, postal code and country for a merge field of the type
 * address. What merge fields the
 * audience has is kept from the last time a job read them, since a handler does
 * not wait for the audience.
 */
#ifndef BRIDGE_BRIDGE_FIELD_H
#define BRIDGE_BRIDGE_FIELD_H

#include "base/vec.h"
#include "store/db.h"

#define BRIDGE_FIELDS_MAX 60

struct bridge_field {
	const char *merge_tag;
	const char *person_field; /* NULL: nothing is sent to it */
	const char *name, *type;  /* NULL: the audience has none of that tag */
	bool required;
};
struct bridge_fields VEC_FIELDS(struct bridge_field);

/* Mapped ones and what else the audience has, by tag. *read_ms is when it was
 * read, 0: never. */
int bridge_field_list(struct db *db, struct arena *arena,
		      struct bridge_fields *out, int64_t *read_ms,
		      struct err *err);
/*
 * These instead of all others. ERR_INVALID with the field: no tag (A-Z, 0-9, _,
 * at most 10), one twice, no such field of people, too many.
 */
int bridge_field_put(struct tx *tx, const struct bridge_field *fields, size_t n,
		     struct err *err);

/* Jobs that have read the merge fields: the API's array, as JSON. Written only
 * if it differs from what is kept. */
int bridge_field_saw(struct db *db, const char *merge_fields_json,
		     int64_t now_ms, struct err *err);

#endif
