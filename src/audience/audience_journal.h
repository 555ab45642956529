/*
 * audience/audience_journal.h - the audience's side of the suppression journal
 *
 * The tables are the queue, whoever wrote them: members whose status differs
 * from the one that the journal has (`journalled`), suppressions and forgotten
 * addresses with journalled = 0. See journal/journal.h.
 *
 * An unsubscribe of somebody who is no member (any more) is kept among the
 * forgotten addresses of the list: only they themselves can come back.
 */
#ifndef AUDIENCE_AUDIENCE_JOURNAL_H
#define AUDIENCE_AUDIENCE_JOURNAL_H

#include <stdint.h>

struct db;
struct err;
struct journal_counts;
struct journal_entries;
struct tx;

/* Functions of a struct journal_side, where their contracts are; campaign/ has
 * the other two. */
int audience_journal_key(struct tx *tx, unsigned char *out, struct err *err);
int audience_journal_read(struct db *db, const unsigned char *key,
			  int64_t limit, struct journal_entries *out,
			  struct err *err);
int audience_journal_again(struct tx *tx, struct err *err);
int audience_journal_done(struct tx *tx, const struct journal_entries *entries,
			  struct err *err);
int audience_journal_apply(struct db *db, const unsigned char *key,
			   const struct journal_entries *entries,
			   int64_t now_ms, struct journal_counts *counts,
			   struct err *err);

#endif
