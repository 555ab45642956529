/*
 * bridge/push_list.h - pushes, their rows and what is parked, for people to
 * read
 *
 * Handlers and commands page through what the jobs of the bridge left in the
 * CRM. Pages go by key. All lists are appended to *out, with texts in arena,
 * and return 0, or -1 with *out as far as it was read. *total_out counts all
 * that fit the filter, whatever the page. Times are UTC milliseconds since
 * 1970.
 */
#ifndef BRIDGE_PUSH_LIST_H
#define BRIDGE_PUSH_LIST_H

#include "base/vec.h"
#include "store/db.h"

struct job;
struct json_writer;
struct strbuf;

struct push_info {
	int64_t id, group_id;
	int64_t segment_id; /* the tag's; 0: none yet */
	int64_t at_ms;      /* when it was asked for */
	int64_t job_id;
	const char *group_name;  /* as it was called then */
	const char *user_name;   /* who asked; NULL: nobody, or gone */
	const char *state;       /* planning, planned, asking, done */
	const char *audience_id; /* list id over there */
	const char *result;      /* JSON counts; NULL: not yet */
	/* Of its job, which is not kept for ever: */
	const char *job_state; /* NULL: it is gone */
	const char *error;     /* if it failed */
	int64_t finished_ms;
	int64_t campaign_id; /* that its job is about to send; 0: none */
	const char *campaign_name;
	bool dry_run; /* a plan */
};
struct push_infos VEC_FIELDS(struct push_info);

enum push_kind { PUSH_REAL = 0, PUSH_PLAN = 1, PUSH_ANY = -1 };
struct push_filter {
	int64_t group_id;
	enum push_kind kind;
	int64_t job_id;    /* that makes it; 0: any */
	int64_t before_id; /* 0: from the newest */
	int64_t limit;
};
/* Of one group, newest first, at most limit with id < before_id. A group that
 * does not exist has none. */
int push_list(struct db *db, const struct push_filter *filter,
	      struct arena *arena, struct push_infos *out, int64_t *total_out,
	      struct err *err);
/* ERR_NOT_FOUND. */
int push_get(struct db *db, int64_t id, struct arena *arena,
	     struct push_info *out, struct err *err);
/* The newest of each of these groups that is no plan. */
int push_last_list(struct db *db, const struct ids *groups, struct arena *arena,
		   struct push_infos *out, struct err *err);
/* The group that a job pushes; 0: it is of another kind. */
int64_t push_job_group(const struct job *job);
/* The API's shape, and the little of it that a group tells. */
void push_format(const struct push_info *push, struct json_writer *w);
void push_format_last(const struct push_info *push, struct json_writer *w);

struct push_row {
	int64_t person_id;   /* negative: a member whom the CRM does not know */
	bool is_gone;        /* there is no such person any more */
	const char *name;    /* theirs; NULL: none */
	const char *address; /* NULL: only its hash is known */
	const char *action;  /* add, update, tag, untag, unchanged, left_out */
	const char *outcome; /* intended, applied, refused, parked */
	const char *reason;  /* a name of crm/left_out.h; NULL: none */
	const char *detail;  /* the audience's words; NULL: none */
	const char *dropped; /* merge tags whose values did not fit, as a JSON
			      * array; NULL: none */
};
struct push_rows VEC_FIELDS(struct push_row);
struct push_row_filter {
	int64_t push_id;
	const char *action;  /* NULL: any */
	const char *outcome; /* NULL: any */
	const char *reason;  /* of those left out; NULL: any row */
	const char *q;       /* words that name or address contain; NULL: any */
	int64_t after_id;    /* person_id of the last; 0: the first */
	int64_t limit;
};
/*
 * By person_id, the negative ones first. ERR_INVALID with field action,
 * outcome: there is none of that name. A reason or a push that does not exist
 * has no rows. *total_out < 0: it is counted; a page that is not the first
 * need not count again.
 */
int push_row_list(struct db *db, const struct push_row_filter *filter,
		  struct arena *arena, struct push_rows *out,
		  int64_t *total_out, struct err *err);

/*
 * The next rows as CSV, appended; filter->after_id goes on. With the first, a
 * header. 1, 0: there are no more (nothing was appended, but a header), -1.
 */
int push_rows_csv(struct db *db, struct push_row_filter *filter,
		  struct strbuf *out, struct err *err);

/* What a job gave up, and a user may mend. */
struct parked {
	int64_t id;
	int64_t person_id;       /* 0: nobody in particular */
	int64_t attempts, at_ms; /* of the last */
	const char *kind;  /* untag, optout, person, orphan, moved, forget */
	const char *error; /* for people */
};
struct parked_list VEC_FIELDS(struct parked);
/* Newest first, at most limit with id < before_id (0: from the newest). */
int parked_list(struct db *db, int64_t before_id, int64_t limit,
		struct arena *arena, struct parked_list *out,
		int64_t *total_out, struct err *err);

#endif
