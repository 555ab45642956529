/*
 * crm/import/import_question.h - what is known of a column of a file, and what
 * is asked about it
 *
 * Private to crm/import*.c: import_scan.c counts and decides. Questions have
 * the form that import_scan.h tells.
 */
#ifndef CRM_IMPORT_QUESTION_H
#define CRM_IMPORT_QUESTION_H

#include "crm/import/import_map.h"

struct json_writer;

/* A value as it is written, and how often. */
struct tally {
	struct str text;
	int64_t count;
	enum consent_word word;
	bool is_torn; /* by others of the column: see import_find_torn */
};
struct tallies VEC_FIELDS(struct tally);

/* What is known of a column. */
struct look {
	struct import_column *column;
	enum import_consent header; /* what the header alone says */
	bool is_watched;            /* for what it holds, if that is little */
	bool is_searched;           /* for phrases that refuse mail */
	bool has_states;            /* and for words like "unsubscribed" */
	bool is_left_out;           /* mapped to null */
	bool is_remembered;         /* the answer for it is one of before */
	bool is_stale; /* what was answered is not about all of it */
	bool is_date, is_number;
	struct tallies values, refusals; /* those that nobody answered */
	int64_t filled;                  /* cells that are not blank */
	int64_t blank;        /* the others, also of rows that are too short */
	int64_t refuse;       /* cells that refuse mail in words; as above */
	int64_t said_out;     /* cells of which somebody answered so */
	int64_t refusals_out; /* those of them that are out */
	int64_t spelled;      /* yes and no in letters, not as 1 and 0 */
	int64_t words[CONSENT_WORDS];
	int64_t others[CONSENT_WORDS]; /* those that are not in `values` */
	int dates_kept;
	struct str date; /* the first that can be read in two ways */
	int64_t dates, day_first, month_first;
	int64_t by_mark, points, commas; /* numbers: see import_number.h */
};

enum consent_meaning import_meaning_of(const struct import_column *c, int word);

/* A cross is a mark, and no yes beside another one ("o" and "x" in Korea); a
 * dash is a blank cell, and a no beside a plus: these are asked about. */
void import_find_torn(struct look *look);
/* A value that nobody answered, in the column as it was found to be. */
enum consent_meaning import_meaning_of_value(const struct look *look,
					     const struct tally *t);

/* How many cells mean what, if that is what the column is: all that are not
 * blank and were seen, and the blank ones. */
void import_count_meanings(const struct look *look, enum import_consent as,
			   int64_t cells[CONSENT_MEANINGS]);

/* What the column is with that answer to a question about it as a whole. */
enum import_consent import_consent_of_answer(const struct look *look,
					     const char *is);

/* The questions, each appended. */
void import_ask_column(struct json_writer *w, const struct look *look);
void import_ask_gone(struct json_writer *w, const struct look *look);
void import_ask_phrase(struct json_writer *w, const struct look *look);
void import_ask_values(struct json_writer *w, const struct look *look);
void import_ask_date_order(struct json_writer *w, const struct look *look);

/* The values of a column by which it may say "out", into column->refusing: it
 * is for these that an answer holds that it says nothing. */
void import_find_refusing(struct look *look, struct arena *arena);
/* Is there one that was not there when it was answered? */
bool import_is_unseen(const struct look *look);

#endif
