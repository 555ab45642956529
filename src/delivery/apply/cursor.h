/*
 * delivery/apply/cursor.h - how far the log is applied
 *
 * Rows of event_cursor in the audience: `ledger` is the first cursor, `urgent`
 * the second (urgent.h). Each moves in the transaction of what was applied,
 * and only from where it was read: of two processes that both think they
 * apply, one fails.
 */
#ifndef DELIVERY_CURSOR_H
#define DELIVERY_CURSOR_H

#include <stdint.h>

struct db;
struct err;
struct tx;

#define LEDGER_CURSOR "ledger"

struct cursors {
	int64_t ledger, urgent; /* id of the last event; 0: none */
};
/* Returns 0, or -1. */
int cursors_read(struct db *audience, struct cursors *out, struct err *err);
/* Up to where urgent events have moved their members. */
int64_t cursors_urgent(const struct cursors *at);
/* ERR_RETRY: it is not at `from` any more. */
int cursor_move(struct tx *tx, const char *name, int64_t from, int64_t to,
		struct err *err);

#endif
