/*
 * audience/kept/list_kept.h - how many members a list has of each status, kept
 *
 * Nobody counts a million members to show a list or the end of a page. Whoever
 * changes members gathers what that changes in a tally, and writes it in the
 * same transaction: by status and by block of ids (member_block.h), and what
 * happened by the quarter of an hour (list_history.h).
 *
 * PostgreSQL has many writers of members at once, who must not wait for each
 * other at a number that all of them change: there a transaction adds rows of
 * its own, readers sum them up with what is kept, and now and then a writer
 * puts those that are there together. docs/decisions/0041-figures-are-kept.md.
 */
#ifndef AUDIENCE_LIST_KEPT_H
#define AUDIENCE_LIST_KEPT_H

#include <stdint.h>

struct db;
struct err;
struct member;
struct tally;
struct tx;

/* old NULL: it is new; now NULL: it goes, which of the history the caller says.
 */
void list_kept_change(struct tally *t, const struct member *old,
		      const struct member *now);
int list_kept_write(struct tally *t, struct tx *tx, struct err *err);

/* Rows (list, status, block), by block. */
int list_kept_read(struct db *db, int64_t list_id, struct tally *out,
		   struct err *err);
/* status 0: any. */
int64_t list_kept_sum(const struct tally *t, int status);

/* Counted anew; nobody else changes members of the list meanwhile. */
int list_kept_renew(struct tx *tx, int64_t list_id, struct err *err);
/* The list goes, with its members. */
int list_kept_remove(struct tx *tx, int64_t list_id, struct err *err);

#endif
