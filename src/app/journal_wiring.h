/*
 * app/journal_wiring.h - CRM and audience as the two sides of the suppression
 * journal, and where its file is
 */
#ifndef APP_JOURNAL_WIRING_H
#define APP_JOURNAL_WIRING_H

#include "app/config.h"
#include "journal/journal.h"

struct arena;

/* --suppression-journal, else suppression.journal in the data folder. */
const char *journal_path(const struct config *config, struct arena *arena);

/* See journal_open. */
int journal_open_wired(const struct config *config, struct store *store,
		       bool restored, struct journal **out, struct err *err);

/* See journal_probe. */
int journal_probe_wired(const struct config *config, struct store *store,
			struct err *err);

#endif
