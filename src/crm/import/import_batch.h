/*
 * crm/import/import_batch.h - some thousand rows on their way into the database
 *
 * Private to crm/import*.c. A batch is read, then matched and written in one
 * transaction. Nothing is asked or written row by row: look-ups take JSON
 * arrays of all keys of a batch, writes go through batch_*.
 *
 * What a batch comes to must not depend on where batches begin, because a
 * resumed import cuts the file elsewhere: rows that may be about the same
 * record stand one after the other, in one batch (import_groups.h), and rows
 * that depend on others otherwise come after them (import_part.c).
 */
#ifndef CRM_IMPORT_BATCH_H
#define CRM_IMPORT_BATCH_H

#include "crm/import/read/import_row.h"

struct import_counts {
	int64_t created, updated, unchanged, refused;
	int64_t repeated;          /* of the middle two */
	int64_t refused_opted_out; /* whose opt-out was heeded */
	int64_t unclear;           /* addresses held */
	/* Of those in the file, not of who shares an address with them: */
	int64_t opted_out;        /* who were not, and new ones */
	int64_t opted_out_before; /* who were already */
	int64_t opt_outs_kept;    /* of addresses that nobody has */
	int64_t left_open; /* new ones of whom no column says that they agreed,
			      though there is a ground */
	int64_t sharing;   /* new ones at an address that another has, too */
	int64_t opted_out_by_name; /* of these, by a row that is but a name */
	int64_t yes_unnoted; /* new ones of whom a column says that they agreed,
				though no ground is given */
	int64_t short_rows;  /* that end before the last column, and came in */
};

void import_counts_add(struct import_counts *sum,
		       const struct import_counts *more);
/* Adds them to those of the import. */
int import_counts_save(struct tx *tx, const struct import_counts *counts,
		       int64_t import_id, struct err *err);

struct import_companies VEC_FIELDS(struct record *);

struct import_batch {
	const struct import_plan *plan;
	struct arena *arena;
	const struct forgotten *forgotten;
	const struct import_seen *said_late; /* see import_compare.h; or NULL */
	int64_t now_ms;
	int64_t refused_before; /* rows of the import in earlier batches */

	struct import_row *rows;
	size_t n;

	/* Of import_match: */
	struct records existing;    /* ordered by id */
	struct addresses addresses; /* live ones of existing, by record */
	struct import_companies new_companies; /* a record each */

	struct import_counts counts;
};

void import_batch_release(struct import_batch *b);

/* Its rows from `first` on, not matched yet: at most so many, but rows that are
 * matched together stay so. Counts are 0. */
struct import_batch import_batch_part(const struct import_batch *b,
				      size_t first, size_t most);

/* Find for each row what it is the same as; refuse where that is not clear. If
 * that depends on what earlier rows make of the database, n becomes smaller:
 * those behind are as they were, to be matched once the others were written.
 * Fills existing, addresses and new_companies, whose strings live in the arena.
 * A connection that writes has them locked then. */
int import_match(struct db *db, struct import_batch *b, struct err *err);

/* Write all; fills counts. ERR_CONFLICT: somebody took a key meanwhile; match
 * again in a new transaction. */
int import_write(struct tx *tx, struct import_batch *b, struct err *err);

/* Refused rows: the opt-outs of those whose cells can be trusted are heeded,
 * the addresses of the others held. Of rows that are taken and say no, their
 * further addresses. */
int import_write_refused(struct tx *tx, struct import_batch *b,
			 const struct actor *actor, struct err *err);

/* Keep what was refused, for who mends it. */
int import_keep_refused(struct tx *tx, const struct import_batch *b,
			struct err *err);

/* --- of a trial: see import_trial.c --- */

/* The database of a trial; folder: of the data. scratch_close ends it. */
int import_trial_open(const char *folder, struct db **out, struct err *err);
/* What every trial needs of the real one. */
int import_trial_begin(struct db *real, struct db *trial, struct err *err);

/* Take back what the real one keeps of it: one that is stopped begins anew. */
int import_trial_forget(struct db *real, int64_t import_id, struct err *err);

/* Copy what the rows of a batch, which were not matched yet, are about; once:
 * *fetched knows what earlier batches copied. */
int import_trial_fetch(struct db *real, struct tx *trial,
		       const struct import_batch *b,
		       struct import_seen *fetched, struct err *err);

/* Keys that are texts as one argument: each is added to *out, empty at first,
 * then it is closed, once. The text lives in *out. */
void import_json_text(struct strbuf *out, struct str s);
const char *import_json_end(struct strbuf *out); /* "[]" if nothing */

#endif
