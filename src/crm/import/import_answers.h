/*
 * crm/import/import_answers.h - what users said to the questions of files, and
 * when
 *
 * Answers are kept for each set of headers (and kind of records). A column and
 * a value are known by their folded text, so each has one answer: the last.
 * Files ask in the words of crm/import/import_scan.h; kept, and handed to the
 * scan, are objects of this form, in which what is not such a leaf is no
 * answer:
 *
 *     {"entity": "people", "file_name": "list.csv",
 *      "columns": {"newsletter": {"is": "ignore", "at": 1700000000000,
 *                                 "seen": ["(no)", "opted out"]}},
 *      "values": {"status": {"inaktiv": {"is": "out", "at": ...}}},
 *      "date_order": {"is": "dmy", "at": ...}}
 *
 * `seen` are the values of a column, by which it might have said "out", that
 * were there when somebody said that it is nothing: a new one is asked about
 * again.
 */
#ifndef CRM_IMPORT_ANSWERS_H
#define CRM_IMPORT_ANSWERS_H

#include "base/str.h"

#include <jansson.h>
#include <stdint.h>

struct arena;
struct db;
struct err;
struct import_columns;
struct texts;
struct strbuf;
struct tx;

/*
 * The answers kept for headers of that name (see import_header_name). Nothing
 * that is wrong with what was stored is an error: it counts as not answered.
 * *out is the caller's, and never NULL on success.
 */
int import_answers_load(struct db *db, const char *header_name,
			const struct import_columns *columns,
			struct arena *arena, json_t **out, struct err *err);

/* What a user says now (may be NULL) comes first. ERR_INVALID with field
 * `consent`, `consent_values` or `date_order`. */
int import_answers_add(json_t *all, const json_t *given,
		       const struct import_columns *columns, int64_t now_ms,
		       struct err *err);

/* Keep what is given with what others said meanwhile. Nothing given: nothing
 * happens. */
struct import_answers_source {
	const char *header_name, *entity, *file_name; /* the last may be NULL */
	const struct import_columns *columns;
	const json_t *given;
};
int import_answers_save(struct tx *tx, const struct import_answers_source *from,
			int64_t now_ms, struct arena *arena, struct err *err);

/* The answer for a column, for a value of it; NULL: none. *at_ms is when. */
const char *import_answer_of_column(const json_t *all, struct str header,
				    int64_t *at_ms);
/* Those of its values: an object of leaves, or NULL. */
const json_t *import_answers_of_values(const json_t *all, struct str header);
const char *import_answer_of_dates(const json_t *all);
/* What was seen of a column that is answered with `ignore`; appended. */
void import_answer_seen(const json_t *all, struct str header,
			struct arena *arena, struct texts *out);
const char *import_answer_read(const json_t *leaf, int64_t *at_ms);

/* --- for users --- */

/* Those that are kept, the latest first, as a JSON array, appended. */
int import_answers_list(struct db *db, int64_t limit, struct strbuf *out,
			struct err *err);
int import_answers_count(struct db *db, int64_t *out, struct err *err);

/* Files with those headers are asked again: all (column NULL), or about one
 * column. ERR_NOT_FOUND. */
int import_answers_forget(struct db *db, const char *id, const char *column,
			  struct err *err);

#endif
