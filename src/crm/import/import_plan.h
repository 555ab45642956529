/*
 * crm/import/import_plan.h - what an import is told, as stored with it
 *
 * Private to crm/import*.c. Everything is decided when the import is started
 * and stored in import_run.options, so that a resumed one means the same:
 *
 *     {"match": "auto", "dry_run": false, "has_header": true,
 *      "delimiter": ";", "encoding": null, "date_order": "dmy",
 *      "decimal": ",", "opted_in": null, "opt_outs": 12,
 *      "columns": [{"header": "E-Mail", "field": "email"},
 *                  {"header": "Status", "field": "opted_out",
 *                   "consent": "status", "answered": true, "remembered_ms": 0,
 *                   "cells": {"out": 3, "nothing": 90, "blank": 7},
 *                   "values": {"inaktiv": "out"}}, ...]}
 */
#ifndef CRM_IMPORT_PLAN_H
#define CRM_IMPORT_PLAN_H

#include "crm/import/import.h"
#include "crm/import/import_map.h"
#include "crm/words/import_date.h"
#include "crm/words/import_number.h"

struct csv_reader;

/* What rows are matched by first; the others follow in this order. Name and
 * company only serve rows that have none of the three. */
enum import_match {
	IMPORT_BY_ID,
	IMPORT_BY_KEY,
	IMPORT_BY_EMAIL,
	IMPORT_BY_ANY, /* id, key, address */
};

struct import_plan {
	int64_t import_id;
	enum entity entity;
	enum import_match match;
	bool dry_run;
	bool has_header;
	char delimiter;       /* 0: detected */
	const char *encoding; /* NULL: detected */
	enum date_order date_order;
	enum decimal_mark decimal;
	int64_t opt_outs; /* cells that say so: at most so many are made */
	/* Ground on which new ones are; NULL: none. A file with a column of
	 * agreement says of whom it is true. */
	const char *opted_in;
	const struct import_elsewhere *elsewhere; /* or NULL */
	int64_t user_id;
	struct custom_fields customs;
	struct import_columns columns;
};

/* Also of one that was not made or loaded to the end; zeroed at first. */
void import_plan_release(struct import_plan *plan);

/* Is there a column of that kind? */
bool import_plan_has(const struct import_plan *plan, enum import_target target);
/* Is there a column that can say that somebody wants no mail? */
bool import_plan_has_consent(const struct import_plan *plan);
/* Is there one that can say that somebody agreed to it? */
bool import_plan_has_agreement(const struct import_plan *plan);

/*
 * Open input->path and decide on its columns by mapping (may be NULL) and
 * headers; *reader stands before the first row of data. What *out points to are
 * input and arena. ERR_INVALID with the parameter.
 */
int import_plan_begin(struct db *db, const struct import_input *input,
		      const json_t *mapping, struct arena *arena,
		      struct import_plan *out, struct csv_reader **reader,
		      struct err *err);
/* Read on to the end, for what no header tells. Questions that only a user can
 * answer go to *questions (see crm/import/import_scan.h): then nothing may be
 * imported. ERR_INVALID with the parameter. */
int import_plan_finish(struct db *db, const struct import_input *input,
		       const char *header_name, const json_t *mapping,
		       int64_t now_ms, struct arena *arena,
		       struct import_plan *plan, struct csv_reader *reader,
		       struct strbuf *questions, struct err *err);
/* The options, as above. */
void import_plan_format(const struct import_plan *plan, struct strbuf *out);
/* The options as a tree, which is the caller's. Those of imports of before
 * answers were folded may say two things of a value: the last counts. */
int import_options_read(const struct import_run *run, json_t **out,
			struct err *err);
/* The plan of an import that was started. */
int import_plan_load(struct db *db, const struct import_run *run,
		     struct arena *arena, struct import_plan *out,
		     struct err *err);

/* What the first row is known by among the saved mappings, in the arena.
 * ERR_INVALID: the file has none. */
int import_header_name(const struct import_input *input, struct arena *arena,
		       const char **out, struct err *err);

#endif
