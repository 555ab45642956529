/*
 * audience/condition/condition_reader.h - one condition of the API, while it is
 * read
 *
 * segment_parse.c goes through the tree of conditions and knows the fields; the
 * files of this room read those kinds that need more than an operator and a
 * text. All return 0, or -1 with the place of the mistake in r->err.
 */
#ifndef AUDIENCE_CONDITION_CONDITION_READER_H
#define AUDIENCE_CONDITION_CONDITION_READER_H

#include "audience/segment_private.h"
#include "base/json.h"

struct condition_reader {
	struct db *db;
	int64_t list_id, now_ms;
	struct arena *arena;
	const struct merge_defs *defs;
	const json_t *json; /* the condition */
	const char *where;  /* it stands, for errors */
	const char *type, *field, *op;
	struct condition *out;
	struct err *err;
};

/* Returns -1: `key` of the condition is wrong. */
int condition_wrong(struct condition_reader *r, const char *key,
		    const char *why);

/* A value as text, whatever JSON it is, also if it is alone in an array; NULL
 * if there is none. need: it must be there, or be a number. */
const char *condition_text(struct condition_reader *r, const char *key);
int condition_need_text(struct condition_reader *r, const char **out);
int condition_need_int(struct condition_reader *r, int64_t *out);
int condition_need_number(struct condition_reader *r, const char *key,
			  double *out);

struct condition_op {
	const char *name;
	enum condition_test test;
	bool negated;
};
#define CONDITION_OP_END             \
	{                            \
		NULL, TEST_IS, false \
	}
int condition_take_op(struct condition_reader *r,
		      const struct condition_op *ops);

/* A day as clients write it: YYYY-MM-DD, MM/DD/YYYY, or a time. */
bool condition_read_date(const char *text, int *y, int *m, int *d);
/* "after the last campaign", "within 7 days". */
int condition_take_time(struct condition_reader *r, enum condition_kind kind);
/* Of the category that the field names behind "interests-". */
int condition_take_interests(struct condition_reader *r,
			     const char *category_hex);
/* Automations, predicted segments, and where they are. */
int condition_take_automation(struct condition_reader *r);
int condition_take_fuzzy(struct condition_reader *r);
int condition_take_place(struct condition_reader *r);
/* What Mailchimp knows and nobody here does, by its type, or if there is none
 * by its field: the type's name, else NULL. */
const char *condition_foreign_type(const char *type, const char *field);

#endif
