/*
 * crm/import/import_scan.h - a look at a whole file before the first row is
 * written
 *
 * Private to crm/import*.c. One pass of the CSV reader finds what no single
 * row can tell: which columns say who wants no mail and whether all of their
 * values are understood, whether the cells of other columns say so, and in
 * which order the dates are written, and what parts decimals. What is not
 * certain becomes a question; with one, nothing is imported. Users answer with
 * a JSON object:
 *
 *     {"columns": {"Newsletter": "ignore"},        opt_out opt_in opt_in_only
 *                                                  status ... or ignore
 *      "values": {"Status:inaktiv": "out"},        or ignore
 *      "date_order": "dmy"}                        or mdy
 *
 * Questions are a JSON array, for programs and for people:
 *
 *     [{"kind": "column", "column": "Newsletter", "as": null,
 *       "values": [{"value": "ja", "count": 12}], "more": 0,
 *       "parameter": "consent", "answers": ["opt_out", ...],
 *       "effects": [{"answer": "opt_out", "out": 12, "unclear": 0}, ...]},
 *      ...]
 *
 * Kinds: `column` (is it about consent?), `gone` (of the dead and the deleted:
 * are they out?), `phrase` (a text in which somebody refuses mail), `value`,
 * `date_order`. Effects are of answers about a column as a whole: how many of
 * the cells seen would say "out", and how many be asked about next.
 */
#ifndef CRM_IMPORT_SCAN_H
#define CRM_IMPORT_SCAN_H

#include "crm/import/read/import_row.h"

#include <jansson.h>

struct csv_reader;

struct import_scan {
	const json_t *answers; /* see crm/import/import_answers.h */
	int64_t now_ms;        /* of the answers that are given now */
	const json_t *mapping; /* a column mapped to null is ignored */
	/* Filled: */
	struct strbuf *questions; /* stays empty if there are none */
};

/*
 * Reads on to the end of the file; decides on plan->columns, on
 * plan->date_order, plan->decimal and plan->opt_outs. Answers are kept in
 * arena.
 */
int import_scan(struct import_scan *scan, struct csv_reader *reader,
		struct arena *arena, struct import_plan *plan, struct err *err);

#endif
