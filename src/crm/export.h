/*
 * crm/export.h - companies, people and leads as a CSV file
 *
 * One line a record, by id: all fields by their names, for people also the
 * company's name, then tags and custom fields. Beside an address stands of what
 * kind it is, and what others there are; beside an opt-out what was said last
 * of mail: when, by whom, how, and why. Importing the file again changes
 * nothing. What a spreadsheet would take for a formula has a quote
 * before it, which imports take away.
 *
 * Pages are found by key; a file of a million records costs the memory of one
 * page.
 */
#ifndef CRM_EXPORT_H
#define CRM_EXPORT_H

#include "crm/browse/selection.h"
#include "crm/custom_field.h"

struct export
{
	struct selection chosen;
	struct ids ids; /* only these, in order; none: all */
	struct custom_fields customs;
	struct arena *arena; /* keeps the above */
	int64_t after;       /* id */
	bool begun;
};

/* Who is written: all conditions must fit. */
struct export_choice {
	int64_t group_id; /* 0: everybody */
	const char *how;  /* this and the next as in crm/browse/selection.h */
	const char *q;
	const char *filter;
	const struct ids *ids; /* NULL: all */
};

/* As selection_read. *out is to be released on success. */
int export_open(struct db *db, enum entity entity,
		const struct export_choice *choice, int64_t now_ms,
		struct export *out, struct err *err);
void export_release(struct export *export);

/* Appends the next piece. Returns 1, 0 at the end (nothing was appended), or
 * -1. */
int export_next(struct export *export, struct db *db, struct strbuf *out,
		struct err *err);

/* Tags as one cell: "VIP, press"; with quotes around those that need them. */
void export_tags(const char *const *tags, size_t n, struct strbuf *out);

#endif
