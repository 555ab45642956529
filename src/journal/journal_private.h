/*
 * journal/journal_private.h - what the files of the journal's service share
 */
#ifndef JOURNAL_JOURNAL_PRIVATE_H
#define JOURNAL_JOURNAL_PRIVATE_H

#include "base/strbuf.h"
#include "journal/journal.h"

#include <pthread.h>

/* What a schema knows of the journal. */
struct side_state {
	char id[JOURNAL_ID_HEX + 1]; /* "": it never had one */
	int64_t reserved, written;
	unsigned char key[JOURNAL_KEY];
	char key_digest[JOURNAL_ID_HEX + 1];
};

struct journal {
	struct journal_setup setup;
	char *path;

	pthread_mutex_t lock; /* of all below; held while it works */
	pthread_cond_t wake;
	pthread_t thread;
	bool runs, stopping;
	struct journal_file *file; /* NULL: there is none that fits */
	struct side_state state[JOURNAL_SIDES];
	bool fits;     /* database and file belong together */
	bool was_busy; /* at the last tick */
	int64_t next_tick_us;
	bool was_restored;
	struct journal_counts counts;

	pthread_mutex_t told;  /* of what stands below */
	struct strbuf trouble; /* why nothing can be written */
};

/* All below with j->lock held. */

/* --- journal_check.c: do database and file belong together? --- */
int journal_check(struct journal *j, struct err *err);
/* See journal_probe. */
int journal_look(struct journal *j, struct err *err);
/* What the schemas know, read again. */
int journal_load_sides(struct journal *j, struct err *err);
int journal_put_state(struct tx *tx, const char *id, int64_t reserved,
		      int64_t written, struct err *err);
/* The greatest that an entry of the file has, or the schema reserved. */
int64_t journal_last_number(const struct journal *j, int side);
/* The side's id and key are those of the file. */
bool journal_is_of_side(const struct journal *j, int side);
/* The file has entries that the side never reserved. */
bool journal_is_older(const struct journal *j, int side);
int journal_settle_confirmed(struct journal *j, struct err *err);
/* See journal_save_all. */
int journal_write_anew(struct journal *j, struct err *err);

/* --- journal_write.c: rows to the file --- */
int64_t journal_write(struct journal *j, struct err *err);
int journal_write_marks(struct journal *j, struct err *err);

#endif
