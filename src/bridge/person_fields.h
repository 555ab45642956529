/*
 * bridge/person_fields.h - what merge fields of the audience become for a
 * person, as a push would send them
 *
 * By the table that users edit and the audience as it was when it was last
 * read; before that, as a new audience is. Values that do not fit are empty, as
 * in a push. Whoever shows a mail that was not sent from here merges by this.
 */
#ifndef BRIDGE_PERSON_FIELDS_H
#define BRIDGE_PERSON_FIELDS_H

#include <stddef.h>
#include <stdint.h>

struct arena;
struct db;
struct err;
struct record;
struct strbuf;

struct person_field {
	const char *tag, *type;
	const char *name;   /* as people call it; "": none */
	const char *source; /* people's field (bridge/bridge_field.h); NULL:
			       none goes into it */
	const char *default_value, *date_format; /* "": none */
};
struct person_fields;

/* Texts live in arena, which must outlive it. db: crm. */
int person_fields_load(struct db *db, struct arena *arena,
		       struct person_fields **out, struct err *err);
void person_fields_free(struct person_fields **fields);

/* All that the audience has, and whether that was read from it. */
const struct person_field *person_fields_list(const struct person_fields *f,
					      size_t *n, int64_t *read_ms);
/* {"FNAME": "Ada", ...} of those that people's fields go into; appended. */
void person_fields_write(const struct person_fields *fields,
			 const struct record *person, struct strbuf *out);

#endif
