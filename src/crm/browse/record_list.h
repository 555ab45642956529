/*
 * crm/browse/record_list.h - records page by page
 *
 * Pages are found by key, not by counting: the cursor holds the last row's
 * sort value and id, so that the thousandth page costs as much as the first.
 * Sorting is by what has an index: name, created_at, updated_at, id. The total
 * is the counter of the kind, or, with conditions, counted once with the first
 * page and then carried in the cursor, which fits no other selection. Of words
 * alone no more than RECORD_COUNT_MOST are counted, unless that is asked for:
 * counting what very many have takes a second of each million.
 */
#ifndef CRM_RECORD_LIST_H
#define CRM_RECORD_LIST_H

#include "crm/browse/selection.h"
#include "crm/record.h"

#define RECORD_PAGE_MOST 1000
#define RECORD_COUNT_MOST 10000

struct record_query {
	struct selection selection; /* by selection_read */
	const char *sort;           /* "name", "-created_at" ...; NULL: id */
	const char *cursor;         /* NULL: the first page */
	int64_t limit;              /* 1 to RECORD_PAGE_MOST */
	bool counts_all;
};

struct record_page {
	struct records items; /* complete */
	int64_t total;
	bool total_is_least; /* there are more */
	const char *next;    /* cursor; NULL: this was the last page */
};
void record_page_release(struct record_page *page);

/* Is it a field that lists can be sorted by? */
bool record_list_sorts_by(const char *name);
/* ERR_INVALID with field `sort`. */
int record_list_check_sort(const char *sort, struct err *err);

/* ERR_INVALID with the parameter's name; `cursor` also if it is one of another
 * selection. */
int record_list(struct db *db, const struct record_query *query,
		struct arena *arena, struct record_page *out, struct err *err);

#endif
