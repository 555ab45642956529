/*
 * crm/import/read/import_row.h - a row of a CSV file as a record that could be
 * written
 *
 * Private to crm/import*.c. A plan says what the columns mean; a row is what
 * a line of the file gives: values that were checked, NULL for blank cells
 * (they change nothing), or the reason why it is refused.
 */
#ifndef CRM_IMPORT_READ_ROW_H
#define CRM_IMPORT_READ_ROW_H

#include "base/email.h"
#include "base/str.h"
#include "crm/import/import_map.h"
#include "crm/record.h"

struct import_plan;
struct strbuf;

struct import_value { /* of a custom field */
	const struct custom_field *custom;
	const char *json;
};

#define IMPORT_TAGS_MAX 100

struct import_row {
	int64_t number;
	const char *raw;
	const char *reason; /* refused: a code; NULL: not refused */
	const char *detail;

	struct record given;    /* texts, name_folded */
	int64_t id;             /* 0: none given */
	struct email email;     /* .hash empty: none */
	const char *email_type; /* as of struct address */
	/* Cells that are not its address, but may hold some which its opt-out
	 * reaches; NULL: none. */
	const char *not_email;
	bool opted_out;
	bool agreed;              /* a column of agreement says so */
	bool forgotten_elsewhere; /* see struct import_elsewhere */
	const struct import_agreement *agreement; /* NULL: none is known */
	bool is_short;            /* it ends before the last column */
	const char *company, *company_folded; /* NULL: none */
	const char **tags;
	size_t tags_n;
	struct import_value *values;
	size_t values_n;
	uint64_t identity; /* another row with it is a duplicate; 0: none */
	uint64_t group;    /* rows with it are matched together; 0: alone */
	uint32_t part; /* of its group, if that was too large: others differ */

	/* Filled by import_match: */
	struct record *existing;      /* NULL: a new one */
	const char *existing_company; /* folded; NULL: none */
	struct import_row *into; /* a row of the batch that makes the record */
	bool into_changed;       /* it said something new to it */
	bool is_no_by_name;      /* it opts out who has its name, and no more */
	bool is_repeated;   /* an earlier row of its group is about the same */
	int64_t company_id; /* 0: none, or new: */
	struct record *new_company;
	bool shares_address; /* somebody else has it too */
	const char *kept;    /* why the address comes back opted out; NULL */
	/* Records that fit one that is refused for it, and says no: nobody
	 * knows which of them does. */
	int64_t *may_be;
	size_t may_be_n;
};
struct import_rows VEC_FIELDS(struct import_row);

static inline bool import_row_has_email(const struct import_row *row)
{
	return row->email.hash[0] != '\0';
}

static inline bool import_row_has_name_only(const struct import_row *row)
{
	return !row->id && !row->given.text[TEXT_EXTERNAL_KEY] &&
	       !import_row_has_email(row);
}

/* Can a record of its name be meant? Of companies, also beside a key. */
static inline bool import_row_is_sought_by_name(const struct import_row *row)
{
	if (row->reason)
		return false;
	return row->given.entity == ENTITY_COMPANY
		       ? *row->given.name_folded
		       : import_row_has_name_only(row);
}

/* Are two rows, one beside the other, matched together? */
static inline bool import_row_is_beside(const struct import_row *a,
					const struct import_row *b)
{
	return a->group && a->group == b->group && a->part == b->part;
}

/* The folded company that a row names; NULL: none. */
const char *import_row_company(const struct import_row *row,
			       struct arena *arena);

/* Refuse a row, unless it is already: the first reason counts. Returns 0. */
int import_refuse(struct import_row *row, const char *reason,
		  const char *detail);

/* A cell as it is meant: without blanks around it, the ="01067" by which
 * spreadsheets are told that it is text, and the quote that defuses a formula.
 * The text may live in *buffer. */
struct str import_clean(struct str cell, struct strbuf *buffer);

/* Has the row values behind the last column of the header? */
bool import_row_is_too_wide(const struct str *cells, size_t n, size_t columns);

/* Put into the first row, which makes the record, what a later one says of it;
 * *changed becomes true if that was anything new. */
void import_row_merge(struct import_row *fresh, const struct import_row *row,
		      struct arena *arena, bool *changed);

/* Fill row, whose number is set, from cells. Strings live in arena. What cannot
 * be read refuses the row. */
void import_row_read(const struct import_plan *plan, const struct str *cells,
		     size_t n, struct arena *arena, struct import_row *row);

#endif
