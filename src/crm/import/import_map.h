/*
 * crm/import/import_map.h - which column of a CSV file is which field
 *
 * A mapping is an object from the header of a column (or its number, 1 ...,
 * in a file without header) to the name of a field, or to null for a column
 * that is passed over. Fields: those of crm/field.h, `email`, `company` (of a
 * person: the company's name), `name` (of people and leads: the whole name, to
 * be taken apart), `tags`, `opted_out`, `custom.KEY`, and `id`. `email_home`
 * and `email_other` are addresses that are not of work; a record has one column
 * of addresses, and may have one that says of what kind they are
 * (`email_type`).
 *
 * Columns that no mapping names are guessed from their headers in English,
 * German, French, Spanish and Italian; where none of them is of addresses, one
 * that holds but addresses is (import_plan_begin). Any number of columns may be
 * about consent (crm/words/import_consent.h); other fields have one column each.
 * `id` is guessed only in a file that we exported ourselves: other programs'
 * ids mean other records.
 */
#ifndef CRM_IMPORT_MAP_H
#define CRM_IMPORT_MAP_H

#include "base/str.h"
#include "base/vec.h"
#include "crm/custom_field.h"
#include "crm/field.h"
#include "crm/words/import_consent.h"

#include <jansson.h>
#include <stdbool.h>

struct strbuf;

enum import_target {
	IMPORT_IGNORED,
	IMPORT_TEXT, /* record.text[] */
	IMPORT_ID,
	IMPORT_EMAIL,
	IMPORT_EMAIL_TYPE, /* of an address that is new */
	IMPORT_COMPANY,
	IMPORT_FULL_NAME,
	IMPORT_TAGS,
	IMPORT_OPTED_OUT,
	IMPORT_CUSTOM,
};

struct import_column {
	const char *header; /* as in the file, or the column's number */
	const char *field;  /* NULL: ignored */
	enum import_target target;
	enum text_field text;              /* IMPORT_TEXT */
	const struct custom_field *custom; /* IMPORT_CUSTOM */
	const char *address_type; /* IMPORT_EMAIL: as of struct address */
	/* IMPORT_IGNORED, as a record is given one: a no reaches who has it. */
	bool is_further_address;
	/* Found by import_scan, beside the field: a column can be both. */
	enum import_consent consent;
	struct import_answers answers;
	bool is_answered;      /* a user said what it is, or its values say */
	int64_t remembered_ms; /* when, if that was before; else 0 */
	struct import_cells {
		int64_t out, nothing, blank;
	} cells;          /* of the whole file, if it is of consent */
	int64_t yearless; /* dates without a year: they are left blank */
	bool is_yes_no;   /* passed over, though all it holds is yes and no */
	/* Values by which it may say "out"; those of them that were there when
	 * a user said that it says nothing. See import_answers.h. */
	struct texts refusing, seen;
};

struct import_columns VEC_FIELDS(struct import_column);
void import_columns_release(struct import_columns *columns);

/* Is this row a header (some cell is a usual name of a field)? */
bool import_is_header(enum entity entity, const struct custom_fields *customs,
		      const struct str *cells, size_t n);

/* What to resolve a row of headers with. */
struct import_headers {
	enum entity entity;
	const struct custom_fields *customs; /* must outlive the columns */
	const struct str *cells;             /* of the first row */
	size_t n;
	bool is_header;        /* else the first row is data */
	const json_t *mapping; /* NULL: guess all */
};

/*
 * Decide on every column. ERR_INVALID with field `mapping`: an unknown field
 * or column, or a field named twice.
 */
int import_columns_resolve(const struct import_headers *headers,
			   struct arena *arena, struct import_columns *out,
			   struct err *err);

/* Is there one by which a record is known? Else ERR_INVALID with field
 * `mapping`: there is nothing to import at all. */
int import_columns_check(const struct import_columns *columns, struct err *err);

/* The names of all fields that a column can be, in the arena; appended. */
void import_fields(enum entity entity, const struct custom_fields *customs,
		   struct arena *arena, struct texts *out);

/* Their headers in quotes, for an error. */
void import_columns_list(const struct import_columns *columns,
			 struct strbuf *out);

/* One column by the name of its field; false: there is no such field. */
bool import_column_set(enum entity entity, const struct custom_fields *customs,
		       const char *field, struct import_column *column);

#endif
