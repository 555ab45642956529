/*
 * api/mc30/account/export_tables.h - what an export of the account says, as CSV
 *
 * Each table is begun with its header and goes on page by page, so that one of
 * a million lines costs the memory of a page. What a spreadsheet would take for
 * a formula is defused, as in crm/export.h.
 */
#ifndef API_MC30_ACCOUNT_EXPORT_TABLES_H
#define API_MC30_ACCOUNT_EXPORT_TABLES_H

#include "audience/list.h"

#include <stdbool.h>

struct strbuf;

/* Where a table goes on; zeroed at first. */
struct export_place {
	bool begun;
	int64_t after; /* id of a member, or how many campaigns are written */
};

/* All append the next piece: 1, 0 at the end (nothing was appended), -1. */
int export_members(struct db *db, const struct list *list,
		   struct export_place *at, struct strbuf *out,
		   struct err *err);
/* since_ms: 0, or those that were made, or sent, at or after it. */
int export_campaigns(struct db *db, int64_t since_ms, struct export_place *at,
		     struct strbuf *out, struct err *err);
int export_reports(struct db *db, int64_t since_ms, struct export_place *at,
		   struct strbuf *out, struct err *err);

#endif
