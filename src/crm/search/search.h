/*
 * crm/search/search.h - inside names and addresses by an index
 *
 * Looking for a part of a word takes an index of all short pieces: of each
 * record's text (its plain text and its company's, live addresses folded, and
 * plain where they have other letters than ASCII; see search_text.h) the index
 * holds all pieces of one to three characters, as hashes. What contains a word
 * has all its pieces, so the index gives candidates. Those are compared with
 * the text that was indexed, which stands beside it, or with the record itself
 * if it may be another by now. Answers are those of a scan, whatever the index
 * says.
 *
 * The index is filled by a job behind those who write, so it costs them
 * nothing: records above `until_id` are not in it yet, and those that are
 * found otherwise since are marked stale, in the transaction of the change.
 * Both are candidates, always. Whoever takes ids holds the sequence until the
 * commit, so no id below one that can be seen appears later. The people of a
 * company whose name changed are taken in by the job, page by page: while it is
 * stale, they are candidates of whatever looks for its old or new name.
 *
 * What is erased leaves the index with the transaction; what is removed, with
 * the next run of the job.
 */
#ifndef CRM_SEARCH_H
#define CRM_SEARCH_H

#include "base/vec.h"
#include "crm/entity.h"
#include "crm/search/search_word.h"
#include "jobs/runner.h"
#include "store/db.h"

#define SEARCH_JOB "search-index"

/* More than these are no help. */
#define SEARCH_MOST 100000
/* Nor are more records that the index does not know, or not as they are. */
#define SEARCH_BEHIND_MOST 5000

/* What was found; release ids. */
struct search_found {
	struct ids ids; /* in order, each once */
	bool is_sure;   /* all of them fit; else each is to be compared */
};
void search_found_release(struct search_found *found);

enum search_answer {
	SEARCH_NO_HELP, /* the index does not know; all are to be looked at */
	SEARCH_FOUND,
	SEARCH_MANY, /* more than `most` fit */
};

/* Records that contain all n words, or may: an answer, *out is filled with
 * SEARCH_FOUND alone, or -1. */
int search_find(struct db *db, enum entity entity,
		const struct search_word *words, size_t n, size_t most,
		struct search_found *out, struct err *err);

/* What it is found by changed, or it is gone. The people of a company are
 * marked with it. */
int search_mark(struct tx *tx, enum entity entity, int64_t record_id,
		struct err *err);
/* A company goes: its people, one by one, while they are still its. */
int search_mark_staff(struct tx *tx, int64_t company_id, struct err *err);
int search_mark_many(struct tx *tx, enum entity entity, const struct ids *ids,
		     struct err *err);
int search_mark_batch(struct batch *b, enum entity entity, int64_t record_id,
		      struct err *err);
/* It was erased: nothing of it stays in the index. */
int search_forget(struct tx *tx, enum entity entity, int64_t record_id,
		  struct err *err);

/* --- filling it --- */

/* How many records of the kind were made since the last that is indexed. */
int search_behind(struct db *db, enum entity entity, int64_t *out,
		  struct err *err);

/* One page, in a transaction of its own: 1, 0 if all is in the index, -1. */
int search_index_page(struct db *db, struct err *err);
/* The job that calls it until all is done. */
int search_job(struct job_run *run, struct err *err);
/* To be called every second or so: wakes the job, or adds it, if there is
 * something to do. */
int search_wake(struct db *db, int64_t now_ms, struct err *err);

#endif
