/*
 * audience/tag_page.h - the members of a tag, page by page, by their ids
 *
 * Straight from the index of the tag: a page costs what it holds, however many
 * members come before it. Who has the tag all the time is on exactly one page;
 * who gets or loses it meanwhile may be on one, or on none.
 */
#ifndef AUDIENCE_TAG_PAGE_H
#define AUDIENCE_TAG_PAGE_H

#include "audience/member.h"

struct tag_page {
	int64_t segment_id; /* a static one */
	unsigned statuses;  /* MEMBER_STATUS_BITs */
	int64_t after_id;   /* the last member of the page before; 0: none */
	int64_t count;
	bool brief; /* see member_filter */
};
/* Those with the smallest ids, appended in their order. */
int tag_page_list(struct db *db, const struct tag_page *page,
		  struct arena *arena, struct members *out, struct err *err);

#endif
