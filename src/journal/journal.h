/*
 * journal/journal.h - no opt-out is lost by restoring a backup
 *
 * Opt-outs, unsubscribes, complaints, cleans and erasures are also appended to
 * a file that no restore replaces (journal_file.h). CRM and audience are its
 * two sides; they never meet: each says, by a table of functions, which of its
 * rows are not in the journal yet, and how entries are applied to it.
 *
 * The order makes that nothing is missed and no crash looks like a restore. A
 * side keeps, in its own schema, the numbers `reserved` and `written`:
 *
 *     rows that are committed and not in the journal are read
 *     commit: reserved = number of the last entry to come
 *     append to the file, wait for the disk
 *     commit: the rows are in the journal, written = reserved
 *
 * A kill in between writes entries twice; applying is the same twice. The last
 * number in the file is therefore never above `reserved`, except if the
 * database is older than the file: it was restored. Then, before anything is
 * sent: sending is closed (gate.h), campaigns under way are paused, what the
 * file has above `reserved` is applied, sending is opened. The last number in
 * the file is never below `written`, except if the file is not the one: then
 * campaigns are paused and sending stays closed until somebody who may says
 * that it is right (journal_confirm); the file that is begun then holds all
 * that the database knows. Marks are written at each start and stop and, while
 * campaigns are under way, every 10 s, so that a database is seen to be older
 * even if nobody opted out since.
 *
 * Entries only tighten: an opt-in that follows an opt-out keeps the opt-out
 * from being applied, and does not opt anybody in.
 *
 * One thread of the service; the other functions may be called from any.
 */
#ifndef JOURNAL_JOURNAL_H
#define JOURNAL_JOURNAL_H

#include "journal/journal_file.h"
#include "store/store.h"

struct strbuf;

#define JOURNAL_KEY SHA256_BYTES

struct journal_counts {
	int64_t of[JOURNAL_KINDS]; /* entries that changed something */
	int64_t paused;            /* campaigns */
};

/* What CRM and audience implement. */
struct journal_side {
	enum store_schema schema;
	/* The key of keyed hashes; made if there is none. */
	int (*key)(struct tx *tx, unsigned char out[JOURNAL_KEY],
		   struct err *err);
	/* Up to about limit entries for rows not in the journal yet. */
	int (*read)(struct db *db, const unsigned char key[JOURNAL_KEY],
		    int64_t limit, struct journal_entries *out,
		    struct err *err);
	/* None is: they are all to be read again. */
	int (*again)(struct tx *tx, struct err *err);
	/* These are in it now. */
	int (*done)(struct tx *tx, const struct journal_entries *entries,
		    struct err *err);
	/* Commits by itself, in batches. Twice is the same as once. */
	int (*apply)(struct db *db, const unsigned char key[JOURNAL_KEY],
		     const struct journal_entries *entries, int64_t now_ms,
		     struct journal_counts *counts, struct err *err);
	/* Pauses what is under way; returns how many campaigns. */
	int (*pause)(struct db *db, int64_t now_ms, struct err *err);
	/* Is a campaign under way? 1, 0. */
	int (*is_busy)(struct db *db, struct err *err);
};

struct journal_setup {
	struct store *store;
	const char *path;
	const struct journal_side *sides[JOURNAL_SIDES];
	bool restored; /* for certain: `muster restore` */
};

struct journal;

/*
 * Look whether database and file belong together, and do what is needed (see
 * above). Fails only if the database or the disk does: a file that does not
 * fit closes sending.
 */
int journal_open(const struct journal_setup *setup, struct journal **out,
		 struct err *err);
/* Would that close sending? ERR_CONFLICT with the reason; -1 also if the file
 * cannot be opened or made. Makes and changes nothing. */
int journal_probe(const struct journal_setup *setup, struct err *err);
int journal_start(struct journal *j, struct err *err); /* its thread */
void journal_stop(struct journal *j);
void journal_free(struct journal **j);

/* One round: returns how many entries were written. For tests, and at ends. */
int64_t journal_drain(struct journal *j, struct err *err);
/* A mark on both sides. */
int journal_mark(struct journal *j, struct err *err);

/*
 * An administrator says that the database may send as it is: a file that is
 * missing or does not fit is put aside and begun anew. ERR_CONFLICT: sending
 * is not off.
 */
int journal_confirm(struct journal *j, struct err *err);

/*
 * Before a database is replaced: all that it knows is in the file when this
 * returns. If the file is missing or does not fit, it is put aside, and a new
 * one begun that holds everything that the database knows. That one fits what
 * is put in the place of this database (journal_setup.restored), not this one:
 * whether that may send is as open as before. 1: that was done, 0: it did fit.
 */
int journal_save_all(struct journal *j, struct err *err);

/* What the last journal_open or check applied. */
struct journal_counts journal_counts(struct journal *j);
bool journal_was_restored(struct journal *j);
/* Why the file cannot be written, "" if it can. Appends. */
void journal_trouble(struct journal *j, struct strbuf *out);

/*
 * Before a database is replaced: leave a mark in the file that no backup
 * knows, so that a kill at any later point is seen as a restore. 0: there is
 * no file, but it could be written.
 */
int journal_note_restore(const char *path, int64_t now_ms, struct err *err);

/* --- for sides --- */

/* HMAC of the text with the side's key, as hex. */
void journal_hash(const unsigned char key[JOURNAL_KEY], const char *text,
		  char out[SHA256_HEX + 1]);

/* The last entry of each hash and ref; for looking up by hash. */
struct journal_index;
struct journal_index *journal_index_new(const struct journal_entries *entries);
void journal_index_free(struct journal_index **index);
/* The last entry with that hash and ref, or NULL. ref NULL: of those of any
 * ref, one that is no opt-in if there is one. */
const struct journal_entry *journal_index_find(struct journal_index *index,
					       const char *hash,
					       const char *ref);
/* All last entries, in order of hash; found_out of an entry says whether
 * journal_index_find came to it. */
size_t journal_index_count(const struct journal_index *index);
const struct journal_entry *journal_index_at(const struct journal_index *index,
					     size_t i, bool *found_out);

#endif
