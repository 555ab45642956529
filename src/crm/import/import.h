/*
 * crm/import/import.h - companies, people and leads from a CSV file
 *
 * import_start checks the file's head, decides on every column, keeps the file
 * in the data folder and adds a job of kind `import`; import_job runs it. Rows
 * are matched (id, key, address, else name and company: see import_match.c)
 * and written in transactions of about 80 ms, each of which also saves where to
 * go on: an import that is killed ends with the same rows as one that was not.
 * A second import of the same file changes nothing.
 *
 * Blank cells change nothing. Columns about consent can only tighten, and one
 * that is not certain is asked about before anything is written. Rows that
 * cannot be taken are kept with their reason:
 *
 *     malformed invalid_address invalid_value no_name duplicate forgotten
 *     unknown_id ambiguous conflict
 *
 * A refused row that says opted out opts its address out all the same, and in a
 * malformed one every address is held (crm/consent/unclear_opt_out.h). Two rows
 * about one person: the second updates the first.
 *
 * The bridge is told of opt-outs and changed addresses at once. Of changed
 * names it is not (a job each would be a million): the next push sees them.
 *
 * A job of kind `import-undo` takes an import back: what it made is removed,
 * what it changed is restored, except for records that somebody changed or
 * used since. That we pushed or mailed them is no use: who was mailed leaves an
 * empty row for the ledger. The opt-outs that it made are given back too,
 * unless something else says so: an import, the person, a user, the audience
 * (see crm/consent/opt_out_witness.h). Who it made and who is kept keeps
 * theirs. If a user wants to keep the opt-outs, none is given back, and those
 * of people who go are kept for their addresses.
 */
#ifndef CRM_IMPORT_H
#define CRM_IMPORT_H

#include "base/vec.h"
#include "crm/entity.h"
#include "jobs/runner.h"

#include <jansson.h>

struct json_writer;
struct strbuf;

#define IMPORT_JOB "import"
#define IMPORT_UNDO_JOB "import-undo"
#define IMPORT_UNCLEAR_JOB "import-unclear"
#define IMPORT_SWEEP_JOB "import-sweep" /* one, for ever */
#define IMPORT_PROBLEMS 100             /* refused rows in a job's result */
/* Refused rows that are kept, with their text; the others are only counted. */
#define IMPORT_REFUSED_STORED 100000
/* An import asks before it opts out more existing people than this, if they are
 * more than so many in a hundred of those in it. */
#define IMPORT_OPT_OUTS_ASK 50
#define IMPORT_OPT_OUTS_ASK_PCT 10

/* Somebody who signed up in the audience and is subscribed there: see struct
 * consent_signup. agreed_ms and agreed_ip are of their last word. */
struct import_agreement {
	const char *form; /* NULL: there is none of that address */
	const char *text, *asked_ip, *agreed_ip;
	int64_t asked_ms, agreed_ms;
	int64_t text_id; /* in the CRM; for the import itself */
};

/* Of n folded addresses: out[i] is true if the audience was told to forget it
 * for ever. A ground on which new people agreed is not noted of those: they
 * agreed before, if they did. Of whom the audience can show when and to what
 * they agreed, that is noted in place of the ground. */
struct import_elsewhere {
	int (*forgotten)(void *context, const char *const *folded, size_t n,
			 bool *out, struct err *err);
	/* By hashes of addresses; strings live in arena. */
	int (*agreements)(void *context, const char *const *hashes, size_t n,
			  struct arena *arena, struct import_agreement *out,
			  struct err *err);
	void *context;
};
/* The context of all kinds of jobs. */
struct import_context {
	const char *folder; /* data folder: files are in its imports/ */
	struct import_elsewhere elsewhere; /* { NULL }: nobody is asked */
};
int import_job(struct job_run *run, struct err *err);
int import_undo_job(struct job_run *run, struct err *err);
int import_unclear_job(struct job_run *run, struct err *err);
int import_sweep_job(struct job_run *run, struct err *err);

/* Adds, in a transaction of its own, the job that removes the files of imports
 * that are over, unless there is one. A file is removed when its import is
 * done; of those that fail or are canceled, within ten minutes. */
int import_sweep_begin(struct db *db, int64_t now_ms, struct err *err);

enum import_header { IMPORT_HEADER_DETECT, IMPORT_HEADER, IMPORT_NO_HEADER };

struct import_input {
	enum entity entity;
	const char *folder;       /* data folder */
	const char *path;         /* the file; it is moved away */
	const char *file_name;    /* as the user knows it; may be NULL */
	const char *match;        /* id key email auto; NULL: auto */
	const json_t *mapping;    /* see crm/import/import_map.h; NULL: guess */
	const char *mapping_name; /* save the mapping so, or use that one */
	enum import_header header;
	char delimiter;        /* 0: detect */
	const char *encoding;  /* NULL: detect */
	const json_t *answers; /* see crm/import/import_scan.h; may be NULL */
	struct strbuf *questions; /* may be NULL */
	const char *opted_in;     /* ground on which new people are; or NULL */
	bool dry_run;
	int64_t user_id;
};

/*
 * Returns 1, or 0 if the file leaves questions open, above all about consent:
 * they are appended to *input->questions (see crm/import/import_scan.h), and
 * nothing was kept. Answers are remembered for files with the same headers, but
 * for those of a dry run. An import of the same file that waits for
 * confirmation is canceled, and its file removed. ERR_INVALID: an empty file,
 * no known columns, a wrong mapping or answer, or questions that nobody wants
 * to hear (input->questions is NULL). The ids are set if 1 is returned. Who
 * gets an error after the file was moved away must send it again; the sweep
 * removes it.
 */
int import_start(struct db *db, const struct import_input *input,
		 int64_t now_ms, int64_t *id_out, int64_t *job_id_out,
		 struct err *err);

#define IMPORT_LOOK_ROWS 1000  /* for samples */
#define IMPORT_LOOK_SAMPLES 5  /* different ones of a column */
#define IMPORT_LOOK_SAMPLE 100 /* bytes of one */
/*
 * A look at a file, for who chooses its columns, appended as JSON.
 * Nothing is kept, nothing imported. The begin of a file is enough, cut behind
 * a line: then `questions` are those that it shows, and there may be more.
 *
 *     {"entity": "people", "delimiter": ";", "encoding": "windows-1252",
 *      "has_header": true, "mapping": "saved",
 *      "columns": [{"column": "E-Mail", "field": "email", "by": "saved",
 *                   "consent": null, "yes_no": false, "kind": "text",
 *                   "filled": 98, "samples": ["ada@example.org", ...]}, ...],
 *      "fields": ["email", "first_name", ..., "custom.KEY"],
 *      "rows": 100, "questions": [...]}
 *
 * `by` says whose choice the field is: `given` with the request, `saved` with
 * an earlier import, `guess`ed by the header, or null without a field. `kind`
 * is the type of a custom field that would take all the values: number, date,
 * boolean or text.
 *
 * Errors as of import_start, but that a file without a known column is fine.
 */
int import_look(struct db *db, const struct import_input *input, int64_t now_ms,
		struct strbuf *out, struct err *err);

struct import_run {
	int64_t id, job_id;
	enum entity entity;
	const char *file_name, *path; /* NULL: none (any more) */
	const char *options;          /* JSON: see import_plan.h */
	const char *state;            /* queued running done undoing undone */
	int64_t created, updated, unchanged, refused;
	int64_t repeated; /* rows about whom an earlier row was about */
	int64_t refused_opted_out; /* refused rows whose opt-out was heeded */
	int64_t unclear; /* addresses held: crm/consent/unclear_opt_out.h */
	const char *unclear_decision; /* opt_out release; NULL: none yet */
	int64_t user_id, created_ms, finished_ms;
	const char *user_name; /* NULL: no user, or removed since */
	int64_t undo_job_id;   /* 0: not undone */
	bool keeps_opt_outs;   /* undone, but for these */
	/* Whom it opted out: see struct import_counts; -1: not counted. */
	int64_t opted_out, opted_out_before, opt_outs_kept;
	/* See struct import_counts: */
	int64_t left_open, sharing, opted_out_by_name, yes_unnoted, short_rows;
	int64_t done, total; /* rows; total is an estimate until the end */
	enum job_state job_state;
	const char *error;
};
struct import_runs VEC_FIELDS(struct import_run);

/* ERR_NOT_FOUND. Strings live in arena; as for import_list. */
int import_get(struct db *db, int64_t id, struct arena *arena,
	       struct import_run *out, struct err *err);
/* Remove the file of an import, if it is still there; its row forgets the
 * path. */
int import_remove_file(struct db *db, const char *folder,
		       const struct import_run *run, struct err *err);
/* The same of up to 1,000 that are over; and files that no import knows. */
int import_sweep(struct db *db, const char *folder, int64_t now_ms,
		 struct err *err);
/* Newest first, those with a smaller id than before (0: all); appended. */
int import_list(struct db *db, int64_t before, int64_t limit,
		struct arena *arena, struct import_runs *out, struct err *err);
int import_list_count(struct db *db, int64_t *out, struct err *err);
/* The API's shape, appended. opt_outs: see import_opt_outs_count; -1: not
 * counted. */
void import_format(const struct import_run *run, int64_t opt_outs,
		   struct strbuf *out);
/* Can it be taken back? */
bool import_is_undoable(const struct import_run *run);

/* Adds the job. ERR_NOT_FOUND; ERR_CONFLICT: not done yet, a dry run, or
 * undone already. */
int import_undo_start(struct db *db, int64_t id, bool keep_opt_outs,
		      int64_t user_id, int64_t now_ms, int64_t *job_id_out,
		      struct err *err);
/* How many get mail again if it is taken back, without keeping the opt-outs:
 * people, and addresses that nobody has. */
int import_opt_outs_count(struct db *db, const struct import_run *run,
			  int64_t *out, struct err *err);

/* What taking it back does to records of its own kind. Companies that it made
 * for people follow, where nobody is left. */
struct import_undo_counts {
	int64_t removed, restored;
	int64_t kept;            /* somebody did something with them since: */
	int64_t opted_out, used; /* of these; the others were changed */
};
/* More are not counted beforehand: it takes too long for who waits. */
#define IMPORT_UNDO_EXPECT_MOST 200000
/* As things are now. Returns 1, 0 if there are too many, -1. */
int import_undo_expect(struct db *db, const struct import_run *run,
		       struct import_undo_counts *out, struct err *err);

/*
 * What becomes of the addresses that an import holds: opt all of them out, or
 * release them. Adds the job; until it is done they stay held. ERR_NOT_FOUND;
 * ERR_CONFLICT: it holds none, is not done yet, or was decided on already.
 */
int import_decide(struct db *db, int64_t id, bool opt_out, int64_t user_id,
		  int64_t now_ms, int64_t *job_id_out, struct err *err);

/* Whom an import made, changed, left as they were, opted out, says of what was
 * said before that they are out, or made beside others at their address: in the
 * order of their places. */
enum import_outcome {
	IMPORT_CREATED,
	IMPORT_UPDATED,
	IMPORT_UNCHANGED,
	IMPORT_OPTED_THEM_OUT,
	IMPORT_OUT_BEFORE,
	IMPORT_SHARING, /* of people only */
};
struct import_touched {
	int64_t place;
	enum entity entity;
	int64_t id;
	const char *before; /* JSON: what it was; NULL: not of IMPORT_UPDATED */
	int64_t written_ms;
	const char *source; /* of the opt-out, of consent; else NULL */
};
struct import_people VEC_FIELDS(struct import_touched);
/* Those behind the place `after` (0: from the first), appended. *total: of all.
 * Strings live in arena. */
int import_people(struct db *db, const struct import_run *run,
		  enum import_outcome outcome, int64_t after, int64_t limit,
		  struct arena *arena, struct import_people *out,
		  int64_t *total, struct err *err);
/* Whom it found unchanged is kept for IMPORT_UNCHANGED_DAYS after its end, as
 * the same file may come every night. Removes a page of what is older: 1, 0:
 * there is no more, -1. */
#define IMPORT_UNCHANGED_DAYS 90
int import_unchanged_trim(struct db *db, int64_t now_ms, struct err *err);
/* The API's shape; one that is gone is left out. */
int import_touched_format(struct db *db, const struct import_touched *touched,
			  struct arena *arena, struct json_writer *w,
			  struct err *err);

/*
 * The refused rows as CSV: the columns of the file, then import_row,
 * import_reason and import_detail, so that the file can be mended and imported.
 * Appends the next thousand after row *after (0: begin, with header) and
 * moves it. Returns 1, 0 when there are no more (what was appended is the
 * last), or -1.
 */
int import_refused_csv(struct db *db, const struct import_run *run,
		       int64_t *after, struct strbuf *out, struct err *err);

struct import_refusal {
	int64_t row; /* of the file, 1.. */
	const char *reason, *detail;
	const char *text; /* the row as it stood in the file, maybe cut */
};
struct import_refusals VEC_FIELDS(struct import_refusal);
/* Those behind row `after`; reason NULL: all. Appended; strings live in arena.
 */
int import_refusals(struct db *db, const struct import_run *run,
		    const char *reason, int64_t after, int64_t limit,
		    struct arena *arena, struct import_refusals *out,
		    struct err *err);

/* How many were refused for each reason, of those that are kept (the first
 * IMPORT_REFUSED_STORED). The most frequent first; appended. */
struct import_reason {
	const char *reason;
	int64_t count;
};
struct import_reasons VEC_FIELDS(struct import_reason);
int import_reasons(struct db *db, int64_t id, struct arena *arena,
		   struct import_reasons *out, struct err *err);

#endif
