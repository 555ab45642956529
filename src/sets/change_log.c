#include "sets/change_log.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "base/vec.h"
#include "store/db.h"

#include <stdlib.h>
#include <string.h>

#define PRUNE_STEP 50000 /* well under 100 ms of SQLite's writer */

void moment_release(struct moment *m)
{
	free(m->text);
	*m = (struct moment)MOMENT_INIT;
}

void moment_copy(struct moment *to, const struct moment *from)
{
	char *text = strdup(from->text);

	BUG_ON(!text);
	moment_release(to);
	*to = *from;
	to->text = text;
}

int change_log_now(struct db *db, const struct change_log *log,
		   struct moment *out, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int found;

	if (db_query(db, log->now, SQL_NO_ARGS, &rows, err) < 0 ||
	    (found = rows_next(rows, err)) < 0)
		return -1;
	BUG_ON(!found);
	moment_release(out);
	out->text = strdup(rows_text(rows, 0));
	BUG_ON(!out->text);
	out->low = rows_int(rows, 1);
	out->log_begins = rows_int(rows, 2);
	out->epoch = rows_int(rows, 3);
	return 0;
}

bool change_log_reaches(const struct moment *now, const struct moment *since)
{
	return now->epoch == since->epoch && since->low >= now->log_begins;
}

int change_log_since(struct db *db, const struct change_log *log,
		     const struct moment *since, unsigned kinds, int64_t of_id,
		     struct ids *out, struct err *err)
{
	if (db_list_ids(db, log->since,
			SQL_ARGS(sql_text(since->text), sql_text(since->text),
				 sql_int(kinds), sql_int(of_id), sql_int(of_id),
				 sql_int(CHANGE_LOG_MOST + 1)),
			out, err) < 0)
		return -1;
	if (out->n > CHANGE_LOG_MOST)
		return 0;
	ids_sort(out);
	return out->n == 0 || out->v[0] > 0; /* 0: whose, nobody knows */
}

int change_log_prune(struct db *db, const struct change_log *log, int64_t kept,
		     struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int removed;

	if (tx_begin(db, &tx, err) < 0)
		return -1;
	if (db_backend(db) == DB_PG &&
	    db_exec(&tx, log->cut, SQL_ARGS(sql_int(kept)), err) < 0)
		return -1;
	removed = db_exec(&tx, log->prune,
			  SQL_ARGS(sql_int(kept), sql_int(PRUNE_STEP)), err);
	if (removed < 0 || tx_commit(&tx, err) < 0)
		return -1;
	return db_backend(db) == DB_SQLITE && removed > 0;
}
