/*
 * audience/side/member_browse.h - the members of a list, as somebody looks
 * through them: by status, tag or segment, interest and words, all at once
 *
 * Kept sets say who they are (sets/segment_eval.h), so a page of a million
 * costs as much as one of ten, and they are counted exactly. Words are looked
 * up as in member_word.h: of very frequent ones only some are known. Who is
 * forgotten is in none of them.
 */
#ifndef AUDIENCE_SIDE_MEMBER_BROWSE_H
#define AUDIENCE_SIDE_MEMBER_BROWSE_H

#include "audience/member.h"

struct member_choice {
	int64_t list_id;
	unsigned statuses;   /* MEMBER_STATUS_BITs; 0: any */
	int64_t segment_id;  /* a tag or a saved segment; 0: not asked */
	int64_t interest_id; /* 0: not asked */
	const char *text; /* how address or name begins; NULL, "": not asked */
};
struct member_page {
	bool oldest_first; /* by id, the order in which they joined */
	int64_t after_id;  /* the last of the page before; 0: the first page */
	int64_t count;
};
struct member_found {
	struct ids ids; /* of the page, in its order */
	bool has_more;  /* behind it */
	int64_t total;
	/* By status, whatever statuses were asked for. */
	int64_t counts[MEMBER_ARCHIVED + 1];
	bool is_least;    /* more have the words than are known here */
	bool is_indexing; /* names are being read still: not all are found by
			     theirs, and the job that does it is to be woken */
};
void member_found_release(struct member_found *found);

/* No transaction may be open. ERR_NOT_FOUND: no such segment in that list. */
int member_browse(struct db *db, const struct member_choice *choice,
		  const struct member_page *page, int64_t now_ms,
		  struct member_found *out, struct err *err);

#endif
