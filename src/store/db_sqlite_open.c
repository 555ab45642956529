/*
 * How a database of SQLite is opened: what it is told, how long it waits for
 * others, when its log is copied back; whole copies of it, and whether one is
 * good. Called by store.c and backup.c; the hooks by whichever thread has the
 * connection.
 */
#include "store/db_sqlite_private.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "base/thread/patience.h"
#include "base/thread/stop.h"
#include "base/utf8.h"
#include "sql/sql_all.h"

#include <stdlib.h>
#include <string.h>

#define BUSY_STEP_US 5000 /* at most, between two looks */
#define LOG_LONGER 5 / 4  /* than wanted: wait for who reads */
#define READERS_MS 200
#define STOP_STEPS 20000 /* of the virtual machine: about a ms */

/*
 * text_lower(text): Unicode's lower case, as PostgreSQL's lower() makes it with
 * the collation und-x-icu. SQLite's own lower() knows ASCII only.
 */
static void lower_function(sqlite3_context *context, int n,
			   sqlite3_value **values)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	const char *s = (const char *)sqlite3_value_text(values[0]);
	size_t len = (size_t)sqlite3_value_bytes(values[0]);
	bool is_ascii = true;

	(void)n;
	if (!s)
		return; /* NULL */
	strbuf_reserve(&out, len);
	for (size_t i = 0; i < len && is_ascii; i++) {
		is_ascii = (unsigned char)s[i] < 0x80;
		out.buf[i] =
			(char)(s[i] >= 'A' && s[i] <= 'Z' ? s[i] | 0x20 : s[i]);
	}
	if (is_ascii)
		out.len = len;
	else
		utf8_lower((struct str){ s, len }, &out);
	sqlite3_result_text64(context, out.buf, out.len, SQLITE_TRANSIENT,
			      SQLITE_UTF8);
}

/* In the middle of a long statement, see base/thread/stop.h. */
static int is_interrupted(void *context)
{
	(void)context;
	return stop_is_asked();
}

/* As sqlite3_busy_timeout, for as long as this thread has patience, and
 * looking often. */
static int wait_while_busy(void *context, int tries)
{
	struct lite *lite = context;

	if (tries == 0)
		lite->busy_until_us = patience_until_us(DB_WAIT_MS);
	if (stop_is_asked() || clock_monotonic_us() >= lite->busy_until_us)
		return 0;
	clock_sleep_us(tries < 5 ? 1000 : BUSY_STEP_US);
	return 1;
}

/*
 * After a commit, with so many pages in the log. What others still read is not
 * copied back, so readers that follow each other would let the log grow for
 * ever: if it does, wait a moment until all of them have read on, so that the
 * log begins anew. It is no matter if that fails: the next commit tries again.
 */
static int copy_back(void *context, sqlite3 *handle, const char *name,
		     int pages)
{
	struct lite *lite = context;
	int wanted = lite->db.checkpoint_pages;

	if (pages < wanted)
		return SQLITE_OK;
	(void)sqlite3_wal_checkpoint_v2(handle, name, SQLITE_CHECKPOINT_PASSIVE,
					NULL, NULL);
	if (pages < wanted * LOG_LONGER)
		return SQLITE_OK;
	sqlite3_busy_timeout(handle, READERS_MS);
	(void)sqlite3_wal_checkpoint_v2(handle, name, SQLITE_CHECKPOINT_RESTART,
					NULL, NULL);
	sqlite3_busy_handler(handle, wait_while_busy, lite);
	return SQLITE_OK;
}

void db_sqlite_trim_log(struct db *db)
{
	struct lite *lite = lite_of(db);

	sqlite3_busy_timeout(lite->handle, 0);
	(void)sqlite3_wal_checkpoint_v2(lite->handle, "main",
					SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	sqlite3_busy_handler(lite->handle, wait_while_busy, lite);
}

static int set_up(struct lite *lite, bool no_sync, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf pragmas = STRBUF_INIT;
	int rc = sqlite3_create_function(lite->handle, "text_lower", 1,
					 SQLITE_UTF8 | SQLITE_DETERMINISTIC |
						 SQLITE_INNOCUOUS,
					 NULL, lower_function, NULL, NULL);

	if (rc != SQLITE_OK)
		return lite_fail(lite, rc, err);
	sqlite3_busy_handler(lite->handle, wait_while_busy, lite);
	sqlite3_progress_handler(lite->handle, STOP_STEPS, is_interrupted,
				 NULL);
	strbuf_addf(&pragmas,
		    "PRAGMA journal_mode=WAL; PRAGMA synchronous=%s;"
		    "PRAGMA cache_size=-%d; PRAGMA temp_store=MEMORY;"
		    "PRAGMA journal_size_limit=%d;",
		    no_sync ? "OFF" : "FULL", DB_CACHE_KIB, DB_LOG_IDLE_BYTES);
	lite->db.checkpoint_pages = DB_CHECKPOINT_PAGES;
	lite->syncs = !no_sync;
	if (lite_ops.script(&lite->db, pragmas.buf, err) < 0)
		return -1;
	(void)sqlite3_wal_hook(lite->handle, copy_back, lite);
	return 0;
}

/* Nobody asks how much memory it uses, and all threads would take turns at each
 * allocation to count it. */
static void count_no_memory(void)
{
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

int db_sqlite_open(const char *path, bool no_sync, struct db **out,
		   struct err *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct lite *lite = calloc(1, sizeof(*lite));
	int rc;

	BUG_ON(!lite);
	pthread_once(&once, count_no_memory);
	lite->db = (struct db){ .ops = &lite_ops,
				.backend = DB_SQLITE,
				.no_sync = no_sync };
	lite->cache = calloc(sql_all_count + 1, sizeof(*lite->cache));
	lite->most = calloc(sql_all_count + 1, sizeof(*lite->most));
	lite->some = calloc(sql_all_count + 1, sizeof(*lite->some));
	BUG_ON(!lite->cache || !lite->most || !lite->some);
	rc = sqlite3_open_v2(path, &lite->handle,
			     SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
				     SQLITE_OPEN_NOMUTEX,
			     NULL);
	if (rc != SQLITE_OK || set_up(lite, no_sync, err) < 0) {
		if (rc != SQLITE_OK)
			(void)lite_fail(lite, rc, err);
		lite_ops.close(&lite->db);
		return err_prefix(err, "opening %s", path);
	}
	*out = &lite->db;
	return 0;
}

static int copy_pages(sqlite3 *to, sqlite3 *from)
{
	sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
	int rc;

	if (!backup)
		return sqlite3_errcode(to);
	do
		rc = sqlite3_backup_step(backup, -1);
	while (rc == SQLITE_BUSY || rc == SQLITE_LOCKED);
	(void)sqlite3_backup_finish(backup); /* rc says it all */
	return rc;
}

int db_sqlite_backup(struct db *db, const char *path, struct err *err)
{
	sqlite3 *to = NULL;
	int rc = sqlite3_open_v2(
		path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);

	if (rc == SQLITE_OK) {
		sqlite3_busy_timeout(to, DB_WAIT_MS);
		rc = copy_pages(to, lite_of(db)->handle);
	}
	sqlite3_close(to);
	if (rc == SQLITE_DONE)
		return 0;
	return err_set(err, ERR_IO, "copying to %s: %s", path,
		       sqlite3_errstr(rc));
}

int db_sqlite_check(const char *path, struct err *err)
{
	sqlite3 *handle = NULL;
	sqlite3_stmt *stmt = NULL;
	bool good = false;

	if (sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY, NULL) ==
		    SQLITE_OK &&
	    sqlite3_table_column_metadata(handle, NULL, "schema_migration",
					  NULL, NULL, NULL, NULL, NULL,
					  NULL) == SQLITE_OK &&
	    sqlite3_prepare_v2(handle, "PRAGMA quick_check(1)", -1, &stmt,
			       NULL) == SQLITE_OK &&
	    sqlite3_step(stmt) == SQLITE_ROW)
		good = strcmp((const char *)sqlite3_column_text(stmt, 0),
			      "ok") == 0;
	sqlite3_finalize(stmt);
	sqlite3_close(handle);
	return good ? 0
		    : err_set(err, ERR_INVALID,
			      "%s is not a whole database of Muster", path);
}
