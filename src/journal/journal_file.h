/*
 * journal/journal_file.h - the file of the suppression journal: lines that are
 * only ever appended
 *
 *     muster-suppression-journal 1 <id> <key> <first> <key> <first> <check>
 *     audience 17 unsubscribe <keyed hash> <ref> <ms> <check>
 *
 * The first line names the journal (id) and, for crm and audience, a digest of
 * the key that the hashes were made with and the number of the first entry (1:
 * the file holds everything that the database knew when it was begun). A line
 * an entry follows; the numbers of a side grow, with gaps. The last column
 * is a check of the line. There is no address in it, nor a key.
 *
 * A line that was torn by a crash or a full disk is the last one: it is cut off
 * before the next is written. A line that does not fit its check and has good
 * ones behind it was damaged by something else: `damaged` counts these.
 *
 * Several processes may have the file open: hold its lock (flock) while its
 * numbers are used.
 */
#ifndef JOURNAL_JOURNAL_FILE_H
#define JOURNAL_JOURNAL_FILE_H

#include "base/crypto.h"
#include "base/vec.h"

#include <stdint.h>

struct arena;
struct err;

enum journal_side_id { JOURNAL_CRM, JOURNAL_AUDIENCE, JOURNAL_SIDES };
const char *journal_side_name(enum journal_side_id side);

/* Written by name: append only. */
enum journal_kind {
	JOURNAL_NOTHING, /* a row that needs no entry; never written */
	JOURNAL_MARK,    /* time went on: a database without it is older */
	JOURNAL_OPT_OUT, /* of a person, in the CRM */
	JOURNAL_UNSUBSCRIBE,
	JOURNAL_COMPLAINT,
	JOURNAL_CLEAN,
	JOURNAL_ERASURE, /* forgotten: must not come back */
	JOURNAL_OPT_IN,  /* by the person, or by a user with a ground */
	JOURNAL_KINDS
};

#define JOURNAL_ID_HEX 16
#define JOURNAL_REF 32

struct journal_entry {
	int64_t seq;
	enum journal_kind kind;
	char hash[SHA256_HEX + 1]; /* keyed hash; "": none */
	char ref[JOURNAL_REF + 1]; /* audience: hex of the list; crm: record */
	int64_t at_ms;
	/* where a side read it; not in the file */
	int source;
	int64_t row_id, row_state;
};
struct journal_entries VEC_FIELDS(struct journal_entry);

struct journal_header {
	char id[JOURNAL_ID_HEX + 1];
	struct {
		char key[JOURNAL_ID_HEX + 1]; /* digest of the key */
		int64_t first;
	} side[JOURNAL_SIDES];
};

struct journal_file {
	int fd;
	char *path;
	struct journal_header header;
	int64_t size;                /* up to the last good line */
	int64_t last[JOURNAL_SIDES]; /* number of the last entry */
	int64_t damaged;
};

/* 1, 0: there is no such file. ERR_INVALID: it is no journal. */
int journal_file_open(const char *path, struct journal_file **out,
		      struct err *err);
/* ERR_CONFLICT: there is one. It is durable when this returns. */
int journal_file_create(const char *path, const struct journal_header *header,
			struct journal_file **out, struct err *err);
/* 0 if one could be created there. */
int journal_file_can_create(const char *path, struct err *err);
void journal_file_free(struct journal_file **file);

/*
 * Take the lock, and see what others have appended. Fails if the path no
 * longer leads to this file. The lock goes with journal_file_unlock.
 */
int journal_file_lock(struct journal_file *file, struct err *err);
void journal_file_unlock(struct journal_file *file);

/*
 * Append entries of a side (seq is taken from them) and wait for the disk. On
 * failure nothing was appended. The lock must be held.
 */
int journal_file_append(struct journal_file *file, enum journal_side_id side,
			const struct journal_entry *entries, size_t n,
			struct err *err);

/* Entries of a side with a number above `after`, without marks. Appends. */
int journal_file_read(struct journal_file *file, enum journal_side_id side,
		      int64_t after, struct journal_entries *out,
		      struct err *err);

#endif
