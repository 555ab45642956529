/*
 * journal/gate.h - may anything be sent at all?
 *
 * One setting of the audience, written by journal/journal.c: why sending is
 * off. Whoever sends asks before each step; whoever is asked to send answers
 * with the reason.
 */
#ifndef JOURNAL_GATE_H
#define JOURNAL_GATE_H

struct arena;
struct db;
struct err;
struct store;
struct tx;

/* 1: sending is off, *why_out says why; 0: it is on. db: of the audience. */
int gate_is_closed(struct db *db, struct arena *arena, const char **why_out,
		   struct err *err);
/* ERR_CONFLICT with the reason if sending is off. */
int gate_pass(struct db *db, struct err *err);
/* The same for who has no connection of the audience. */
int gate_pass_store(struct store *store, struct err *err);
/* why NULL: open it. */
int gate_put(struct tx *tx, const char *why, struct err *err);

#endif
