/*
 * store/backup.h - SQLite: the databases of a data folder in a backup folder,
 * and back
 *
 * A backup folder holds a copy of each database and a manifest,
 * muster-backup.json, with an id, the time, and size and SHA-256 of each copy:
 * copies of several backups in one folder are noticed. Backups from before the
 * manifest have none.
 */
#ifndef STORE_BACKUP_H
#define STORE_BACKUP_H

#include "store/store.h"

struct strbuf;

/*
 * A consistent copy into a new folder, while the databases are used.
 * PostgreSQL: ERR_INVALID with advice to use pg_dump.
 *
 * The schemas are copied one after the other, each as it is then: crm,
 * audience, events. Who follows by a cursor comes before whom it follows: the
 * CRM pulls from the audience, the audience applies the log of events. So a
 * copy never holds a cursor that points behind what was copied with it, which
 * would skip what comes later; what was copied twice is applied once.
 */
int store_backup(struct store *store, const char *folder, struct err *err);

struct backup {
	int64_t made_ms; /* 0: it has no manifest */
	int64_t bytes;
	const char *strange; /* a file that is not of this backup; or NULL */
};
/* ERR_NOT_FOUND: there is no such folder. ERR_INVALID: it holds no whole
 * backup. Changes nothing. */
int backup_look(const char *folder, struct backup *out, struct err *err);

/* Is there any database in the data folder? And are all whole? */
bool store_has_data(const struct store_options *options);
bool store_is_whole(const struct store_options *options);

/* A schema of a data or backup folder as it is, without migrations; only to
 * read. The file must be there. */
int store_peek(const char *folder, enum store_schema schema, struct db **out,
	       struct err *err);
void store_peek_end(struct db **db);

/*
 * The databases of a backup folder, which was looked at before, take the place
 * of those of options->data, each in one step; no server may use them meanwhile
 * (see app/folder_lock.h). What is replaced is kept in a folder
 * `replaced-<time>` of the data folder (to aside, if there was anything) and
 * what a restore before kept there is removed; aside NULL: nothing is kept, and
 * what is there is removed first.
 * ERR_LIMIT: the disk has no room for that, nothing was changed.
 */
int store_restore(const struct store_options *options, const char *folder,
		  const struct backup *backup, struct strbuf *aside,
		  struct err *err);

#endif
