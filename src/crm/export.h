/*
 * crm/export.h - companies, people and leads as a CSV file
 *
 * One line a record, by id: all fields by their names, for people also the
 * company's name, then tags and custom fields. Importing the file again
 * changes nothing. What a spreadsheet would take for a formula has a quote
 * before it, which imports take away.
 *
 * Pages are found by key; a file of a million records costs the memory of one
 * page.
 */
#ifndef CRM_EXPORT_H
#define CRM_EXPORT_H

#include "crm/custom_field.h"
#include "crm/group/group.h"

struct export
{
	struct group group; /* whose members; of no table: everybody */
	struct custom_fields customs;
	struct arena *arena; /* keeps the two above */
	int64_t after;       /* id */
	bool begun;
};

/* group_id 0: all. ERR_NOT_FOUND; ERR_INVALID with field `group_id`: a group of
 * other records. *out is to be released on success. */
int export_open(struct db *db, enum entity entity, int64_t group_id,
		struct export *out, struct err *err);
void export_release(struct export *export);

/* Appends the next piece. Returns 1, 0 at the end (nothing was appended), or
 * -1. */
int export_next(struct export *export, struct db *db, struct strbuf *out,
		struct err *err);

/* Tags as one cell: "VIP, press"; with quotes around those that need them. */
void export_tags(const char *const *tags, size_t n, struct strbuf *out);

#endif
