/*
 * crm/browse/page_cursor.h - where the next page of a sorted list begins
 *
 * [sort, value, id, total, what was asked for], base64url. A cursor fits no
 * other order and nothing else that was asked for. The total is counted with
 * the first page and carried. Any thread.
 */
#ifndef CRM_PAGE_CURSOR_H
#define CRM_PAGE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;
struct sqlbuild;

struct page_sort {
	const char *name;   /* in the API */
	const char *column; /* or what it is made of */
	bool is_text;
};

/* By name, downwards with - before it; NULL: it is none of them. */
const struct page_sort *page_sort_find(const struct page_sort *sorts, size_t n,
				       const char *text, bool *down);

/* The last row of a page. */
struct page_place {
	bool given;
	const char *text; /* what it is sorted by */
	int64_t number;   /* the same, if it is one */
	int64_t id;
	int64_t total;
};

/* cursor NULL: the first page, *out is untouched. ERR_INVALID with field
 * `cursor`. */
int page_cursor_read(const char *cursor, const struct page_sort *sort,
		     const char *digest, struct arena *arena,
		     struct page_place *out, struct err *err);
/* In the arena. */
const char *page_cursor_write(const struct page_sort *sort,
			      const struct page_place *last, const char *digest,
			      struct arena *arena);
/* " AND (column, id_column) > (?, ?)", or < downwards; nothing if no place is
 * given. */
void page_place_sql(const struct page_sort *sort, const char *id_column,
		    bool down, const struct page_place *place,
		    struct sqlbuild *b);

#endif
