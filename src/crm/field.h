/*
 * crm/field.h - the fields of companies, people and leads, as data
 *
 * One table says what every field is called, which records have it, what fits
 * and where it is kept. The API, imports, exports, groups and list filters all
 * read it, so that a new field is a column, a line here and a word in the SQL.
 *
 * Texts of a record stand in record.text[], by enum text_field. Everything
 * else has a member of its own in struct record. Custom fields are not here:
 * see crm/custom_field.h.
 */
#ifndef CRM_FIELD_H
#define CRM_FIELD_H

#include "crm/entity.h"

#include <stddef.h>

struct arena;
struct err;

enum text_field {
	TEXT_FIRST_NAME,
	TEXT_LAST_NAME,
	TEXT_NAME, /* of a company */
	TEXT_TITLE,
	TEXT_JOB_TITLE,
	TEXT_COMPANY_NAME, /* of a lead */
	TEXT_PHONE,
	TEXT_STREET,
	TEXT_CITY,
	TEXT_REGION,
	TEXT_POSTAL_CODE,
	TEXT_COUNTRY,
	TEXT_LANGUAGE,
	TEXT_BIRTHDAY,
	TEXT_WEBSITE,
	TEXT_INDUSTRY,
	TEXT_SOURCE,
	TEXT_STATUS, /* of a lead: new working converted lost */
	TEXT_EXTERNAL_KEY,
	TEXT_FIELDS,
};
#define TEXT_NONE TEXT_FIELDS

enum field_type {
	FIELD_TEXT,
	FIELD_DATE,   /* text YYYY-MM-DD */
	FIELD_ID,     /* id of another record */
	FIELD_BOOL,   /* 0, 1 */
	FIELD_TIME,   /* column of milliseconds, ISO text in the API */
	FIELD_ADDRESS /* the marketing address: email.address of email_id */
};

struct field {
	const char *name;   /* in the API, in mappings, in criteria */
	const char *label;  /* for people and headers of exports */
	const char *column; /* of the record's table; NULL for FIELD_ADDRESS */
	enum field_type type;
	enum text_field text; /* TEXT_NONE: not a text */
	size_t max;           /* bytes of a text */
	unsigned entities;    /* 1 << ENTITY_PERSON | ... */
	bool read_only;       /* derived or kept by the program */
};

/* What the status of a lead can be, as a JSON array. */
#define FIELD_LEAD_STATES "[\"new\",\"working\",\"converted\",\"lost\"]"

/* All fields, in the order of exports; ends with name NULL. */
extern const struct field field_table[];

/* Does such a record have it? */
bool field_is_of(const struct field *field, enum entity entity);
/* NULL: no such field of such a record. */
const struct field *field_find(enum entity entity, const char *name);
/* The table's line of a text; never NULL. */
const struct field *field_of_text(enum text_field text);

/* Do they say the same? NULL is "". */
bool field_text_same(const char *a, const char *b);
/* For comparing and searching: see utf8_fold. In the arena; of NULL: "". */
const char *field_text_folded(const char *text, struct arena *arena);
/* First and last name as one, in the arena or one of the two; of neither: NULL.
 */
const char *field_full_name(const char *first, const char *last,
			    struct arena *arena);

/*
 * Check a text that is to become the field's value: length, date, choice. Text
 * is trimmed; empty becomes NULL. ERR_INVALID with the field's name.
 */
int field_check(const struct field *field, const char *text,
		struct arena *arena, const char **out, struct err *err);

#endif
