/*
 * store/store.h - the database: three schemas, a pool of connections each
 *
 * crm, audience and events are three files of the data folder on SQLite
 * (crm.db ...), three schemas of one database on PostgreSQL. Nothing joins or
 * commits across them. Any thread.
 *
 *     CLEANUP(store_put) struct db *db = NULL;
 *     if (store_get(store, STORE_CRM, &db, err) < 0)
 *             return -1;
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "store/db.h"

struct store_options {
	const char *data;     /* folder of the SQLite files; made if missing */
	const char *database; /* postgresql://... or NULL */
	int64_t connections;  /* at most, a schema */
	bool no_sync;    /* tests: survives a killed process, not a power cut */
	bool unprepared; /* tests: queries are prepared when they are used */
};
#define STORE_OPTIONS_DEFAULT                                              \
	{                                                                  \
		.data = "muster-data", .database = NULL, .connections = 32 \
	}

/* Opens, runs the migrations that are missing, and prepares every query of
 * every schema once, so that broken SQL is found now. */
int store_open(const struct store_options *options, struct store **out,
	       struct err *err);
void store_free(struct store **store); /* all connections must be back */

/* A connection of that schema; waits while all are taken (ERR_RETRY after
 * 30 s, or when the patience of the thread is over, base/thread/patience.h),
 * or while a server gives us no more. */
int store_get(struct store *store, enum store_schema schema, struct db **out,
	      struct err *err);
void store_put(struct db **db); /* NULL is fine; rolls back what is open */

/*
 * Can every table of every schema be written now? Tries it, within PATIENCE_MS
 * and at most once a second; who asks meanwhile gets the same answer.
 * ERR_RETRY: locked, or the server cannot be reached; ERR_FULL: a disk is full.
 */
int store_probe(struct store *store, struct err *err);

/* SQLite: logs that grew in bulk and are idle are copied back and cut. To be
 * called every second or so. */
void store_trim_logs(struct store *store);

enum db_backend store_backend(const struct store *store);

/*
 * Ids that we hand out in blocks: the first of `count` new ids of that
 * sequence (a row of the schema's table `sequence`).
 */
int sequence_take(struct tx *tx, const char *name, int64_t count,
		  int64_t *first_out, struct err *err);
/* Nobody else takes of it until the end of tx. Costs little a second time. */
int sequence_lock(struct tx *tx, const char *name, struct err *err);

/* Settings of a schema: one text a key. find: 1, 0, -1. */
int setting_find(struct db *db, const char *key, struct arena *arena,
		 const char **out, struct err *err);
int setting_put(struct tx *tx, const char *key, const char *value,
		struct err *err);
int setting_remove(struct tx *tx, const char *key, struct err *err);
/* The value that is there; if there is none, the given one becomes it. Of two
 * who do this at once, both get the same. */
int setting_ensure(struct tx *tx, const char *key, const char *value,
		   struct arena *arena, const char **out, struct err *err);

#endif
