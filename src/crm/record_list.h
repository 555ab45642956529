/*
 * crm/record_list.h - records page by page
 *
 * Pages are found by key, not by counting: the cursor holds the last row's
 * sort value and id, so that the thousandth page costs as much as the first.
 * Sorting is by what has an index: name, created_at, updated_at, id. The total
 * is the counter of the kind, or, with conditions, counted once with the first
 * page and then carried in the cursor.
 */
#ifndef CRM_RECORD_LIST_H
#define CRM_RECORD_LIST_H

#include "crm/record.h"

#define RECORD_PAGE_MOST 1000
#define RECORD_PAGE_USUAL 50

/* A field of the kind must equal a text; also `tag`, by name. */
struct record_filter {
	const char *field;
	const char *value;
};

struct record_query {
	enum entity entity;
	const char *q;      /* words that name or address contain; NULL: all */
	const char *sort;   /* "name", "-created_at" ...; NULL: id */
	const char *cursor; /* NULL: the first page */
	int64_t limit;      /* 1 to RECORD_PAGE_MOST */
	const struct record_filter *filters;
	size_t filters_n;
};

struct record_page {
	struct records items; /* with addresses and tags */
	int64_t total;
	const char *next; /* cursor; NULL: this was the last page */
};
void record_page_release(struct record_page *page);

/* ERR_INVALID with the parameter's name. */
int record_list(struct db *db, const struct record_query *query,
		struct arena *arena, struct record_page *out, struct err *err);

#endif
