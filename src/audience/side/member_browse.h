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
	const struct ids *ids; /* of these only; NULL: not asked */
	const char *hashes;    /* the same by a JSON array of hashes; NULL */
};
/* The same as somebody writes it. */
struct member_asked {
	const char *text;
	const char *statuses; /* `subscribed,pending`; NULL, "": any */
	const char *interest; /* its hex; NULL, "": not asked */
	const char *ids; /* `17,18`, at most MEMBER_ASKED_MOST; NULL: not asked
			  */
	int64_t segment_id;
};
#define MEMBER_ASKED_MOST 400
/* ERR_INVALID, field `ids`, `status` or `interest_id`. Texts are not copied. */
int member_choice_read(struct db *db, int64_t list_id,
		       const struct member_asked *asked, struct arena *arena,
		       struct member_choice *out, struct err *err);

enum member_order {
	MEMBER_ORDER_JOINED, /* by id */
	MEMBER_ORDER_EMAIL,  /* of its folded address, by its bytes */
	MEMBER_ORDER_CHANGED,
};
/* Where a member stands in an order: of `text` and `ms` what that goes by. */
struct member_place_of {
	const char *text;
	int64_t ms, id;
};
struct member_page {
	enum member_order order;
	bool is_down;                 /* the last first */
	struct member_place_of after; /* `last` of the page before; id 0: it is
					 the first */
	int64_t count;
};
struct member_found {
	struct ids ids; /* of the page, in its order */
	bool has_more;  /* behind it */
	struct member_place_of last;
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
		  struct arena *arena, struct member_found *out,
		  struct err *err);

#endif
