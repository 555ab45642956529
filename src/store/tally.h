/*
 * store/tally.h - changes of numbers that are kept in rows
 *
 * What a list or a report shows is kept, not counted: a row (owner, kind, part
 * or name) with a number, changed in the transaction of the facts that it
 * counts. A tally gathers what a transaction adds to such rows, so that each is
 * written once, in the order of their keys: two writers meet in the same order.
 * What sums up to nothing is not written.
 *
 *     CLEANUP(tally_release) struct tally t = TALLY_INIT;
 *
 *     tally_add(&t, campaign_id, KEPT_CLICKS, 0, 1);
 *     tally_write(&t, &tx, SQL_REPORT_KEPT_ADD, err);
 *
 * The statement takes one argument, a JSON array of arrays of owner, kind,
 * part, name and number.
 */
#ifndef STORE_TALLY_H
#define STORE_TALLY_H

#include "base/vec.h"

struct arena;
struct err;
struct sql;
struct tx;

struct tally_row {
	int64_t owner;
	int kind;
	int64_t part;
	const char *name; /* "": none */
	int64_t n;
};
struct tally {
	struct tally_rows VEC_FIELDS(struct tally_row) rows;
	uint32_t *slots; /* 1 + index of a row; 0: empty */
	size_t slots_n;
	struct arena *arena; /* of the names */
};
#define TALLY_INIT     \
	{              \
		{ 0 }, \
	}
void tally_release(struct tally *t);

void tally_add(struct tally *t, int64_t owner, int kind, int64_t part,
	       int64_t n);
/* The name is copied; NULL is "". */
void tally_add_name(struct tally *t, int64_t owner, int kind, const char *name,
		    int64_t n);
/* Of numbers that only the largest is kept of: never below what it was. */
void tally_max(struct tally *t, int64_t owner, int kind, int64_t part,
	       int64_t n);

/* No batch may be open. Rows become sorted. */
int tally_write(struct tally *t, struct tx *tx, const struct sql *add,
		struct err *err);

#endif
