/*
 * crm/words/import_date.h - dates as people and programs write them
 *
 * Private to crm/import*.c. Years stand in four digits: what is short is not
 * guessed at. 1.2.1980 is the first of February wherever dots are used;
 * 1/2/1980 and 1-2-1980 are read by the order of the file, which import_scan
 * finds in its rows as a whole. A time of day and a zone behind the date are
 * passed over: the date is the one that is written.
 *
 *     1980-02-01  1980/2/1  19800201  1980-02-01T00:00:00.000Z
 *     1.2.1980  1. Februar 1980  Feb 1, 1980  1er février 1980
 */
#ifndef CRM_IMPORT_DATE_H
#define CRM_IMPORT_DATE_H

#include "base/str.h"

enum date_order { DATE_ORDER_UNKNOWN, DATE_DAY_FIRST, DATE_MONTH_FIRST };

struct err;

/* "dmy" or "mdy". ERR_INVALID with field `date_order`. */
int import_date_order_parse(const char *name, enum date_order *out,
			    struct err *err);
const char *import_date_order_name(enum date_order order); /* NULL: unknown */

struct import_date {
	int year, month, day; /* as written: 0000-00-00 is possible */
	/* What the two small numbers say about the order of the file. */
	bool by_order;         /* it was needed to read this date */
	enum date_order shows; /* the only one that makes a date of it */
};

/* false: s is no date. Without an order, days come first if they can. */
bool import_date_parse(struct str s, enum date_order order,
		       struct import_date *out);

/* A day and a month alone (05/12, "12 May", --05-12), or in the year zero: what
 * programs keep of a birthday. */
bool import_date_lacks_year(struct str s);

/* A date of the calendar, from the year 1 on. */
bool import_date_is_valid(const struct import_date *date);

#endif
