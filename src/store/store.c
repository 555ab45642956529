#include "store/store.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "base/thread/patience.h"
#include "base/thread/wait.h"
#include "base/vec.h"
#include "sql/sql_all.h"
#include "sql/store.h"
#include "store/db_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#define QUIET_US 300000 /* since the last write: nothing goes on in bulk */
#define DISK_LEAST_BYTES (1 << 20)
#define DISK_LEAST_INODES 8 /* the logs of all three, an upload */
#define PROBE_US 1000000

struct pool {
	pthread_mutex_t lock;
	pthread_cond_t returned;
	VEC(struct db *) idle;
	int64_t open; /* idle and lent */
	struct writer writer;
};

/* What the last try to write told; for all who ask within a second. */
struct probe {
	pthread_mutex_t lock;
	int64_t at_us; /* 0: never */
	int ret;
	struct err err;
};

/* See db_kept. */
struct kept {
	pthread_mutex_t lock;
	void *thing; /* under lock */
	void (*free_it)(void *);
};

struct store {
	char *data;
	char *database; /* NULL: SQLite */
	int64_t connections;
	bool no_sync;
	struct probe probe;
	struct pool pools[STORE_SCHEMAS];
	struct kept kept[STORE_SCHEMAS];
};

const char *schema_name(enum store_schema schema)
{
	static const char *const names[] = { "crm", "audience", "events" };

	return names[schema];
}

enum db_backend store_backend(const struct store *store)
{
	return store->database ? DB_PG : DB_SQLITE;
}

/* Returns 0; 1 if the server takes no more of them (err says so); -1. */
static int open_connection(struct store *store, enum store_schema schema,
			   struct db **out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	int ret;

	if (store->database) {
		ret = db_pg_open(store->database, schema, out, err);
	} else {
		strbuf_addf(&path, "%s/%s.db", store->data,
			    schema_name(schema));
		ret = db_sqlite_open(path.buf, store->no_sync, out, err);
	}
	if (ret != 0)
		return ret;
	(*out)->store = store;
	(*out)->schema = schema;
	if (!store->database)
		(*out)->writer = &store->pools[schema].writer;
	return 0;
}

/* Waits for a place in the pool; a connection that is idle, or NULL if the
 * caller shall open one. */
static int take_place(struct store *store, struct pool *pool, int64_t until_us,
		      struct db **out, struct err *err)
{
	bool late = false;

	pthread_mutex_lock(&pool->lock);
	while (!late && pool->idle.n == 0 && pool->open >= store->connections)
		late = !wait_until(&pool->returned, &pool->lock, until_us);
	*out = NULL;
	if (pool->idle.n > 0)
		*out = pool->idle.v[--pool->idle.n];
	else if (!late)
		pool->open++;
	pthread_mutex_unlock(&pool->lock);
	if (late && !*out)
		return err_set(err, ERR_RETRY,
			       "all database connections are in use; try "
			       "again");
	return 0;
}

static void give_place_back(struct pool *pool, struct db *db)
{
	pthread_mutex_lock(&pool->lock);
	if (db)
		vec_push(&pool->idle, db);
	else
		pool->open--;
	pthread_cond_broadcast(&pool->returned);
	pthread_mutex_unlock(&pool->lock);
}

/* One that is lent, when it comes back. *out stays NULL if none is lent, or
 * none comes in time. */
static void await_return(struct pool *pool, int64_t until_us, struct db **out)
{
	bool late = false;

	pthread_mutex_lock(&pool->lock);
	while (!late && pool->idle.n == 0 && pool->open > 0)
		late = !wait_until(&pool->returned, &pool->lock, until_us);
	if (pool->idle.n > 0)
		*out = pool->idle.v[--pool->idle.n];
	pthread_mutex_unlock(&pool->lock);
}

/* A server may give us fewer than we would take: then those go round. */
static int take_connection(struct store *store, enum store_schema schema,
			   struct db **out, struct err *err)
{
	struct pool *pool = &store->pools[schema];
	int64_t until_us = patience_until_us(DB_WAIT_MS);
	struct err why = ERR_INIT;
	int ret;

	if (take_place(store, pool, until_us, out, err) < 0)
		return -1;
	if (*out)
		return 0;
	ret = open_connection(store, schema, out, &why);
	if (ret == 0)
		return 0;
	give_place_back(pool, NULL);
	if (ret > 0)
		await_return(pool, until_us, out);
	if (*out)
		return 0;
	*err = why;
	return -1;
}

int store_get(struct store *store, enum store_schema schema, struct db **out,
	      struct err *err)
{
	if (take_connection(store, schema, out, err) < 0)
		return -1;
	if ((*out)->ops->borrowed((*out), err) < 0) {
		store_put(out);
		return -1;
	}
	return 0;
}

int db_beside(struct db *db, struct db **out)
{
	struct store *store = db->store;
	struct pool *pool = &store->pools[db->schema];
	struct err ignored = ERR_INIT;
	bool may_open;

	pthread_mutex_lock(&pool->lock);
	*out = pool->idle.n > 0 ? pool->idle.v[--pool->idle.n] : NULL;
	may_open = !*out && pool->open < store->connections;
	if (may_open)
		pool->open++;
	pthread_mutex_unlock(&pool->lock);
	if (may_open &&
	    open_connection(store, db->schema, out, &ignored) != 0) {
		*out = NULL;
		give_place_back(pool, NULL);
	}
	if (*out && (*out)->ops->borrowed(*out, &ignored) < 0)
		store_put(out);
	return *out != NULL;
}

void store_put(struct db **db)
{
	struct pool *pool;

	if (!*db)
		return;
	pool = &(*db)->store->pools[(*db)->schema];
	BUG_ON((*db)->in_tx);
	(*db)->fail_in = 0;
	if ((*db)->ops->is_broken(*db)) {
		(*db)->ops->close(*db);
		*db = NULL;
	}
	give_place_back(pool, *db);
	*db = NULL;
}

static int prepare_all(struct db *db, struct err *err)
{
	for (const struct sql *const *sql = sql_all; *sql; sql++) {
		if ((*sql)->schema != STORE_ANY &&
		    (*sql)->schema != (int)db->schema)
			continue;
		if (db->ops->prepare(db, *sql, err) < 0)
			return err_prefix(err, "query %s", (*sql)->name);
	}
	return 0;
}

int store_make_folder(const char *path, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf part = STRBUF_INIT;

	for (const char *p = path; *p; p++) {
		if (*p == '/' && p > path && mkdir(part.buf, 0700) < 0 &&
		    errno != EEXIST)
			return err_errno(err, "making the folder %s", part.buf);
		strbuf_addch(&part, *p);
	}
	if (mkdir(part.buf, 0700) < 0 && errno != EEXIST)
		return err_errno(err, "making the folder %s", part.buf);
	return 0;
}

static int open_schemas(struct store *store, bool unprepared, struct err *err)
{
	for (int i = 0; i < STORE_SCHEMAS; i++) {
		CLEANUP(store_put) struct db *db = NULL;

		if (store_get(store, (enum store_schema)i, &db, err) < 0 ||
		    migrate(db, err) < 0 ||
		    (!unprepared && prepare_all(db, err) < 0))
			return -1;
	}
	return 0;
}

int store_open(const struct store_options *options, struct store **out,
	       struct err *err)
{
	CLEANUP(store_free) struct store *store = calloc(1, sizeof(*store));

	BUG_ON(!store);
	store->data = strdup(options->data);
	if (options->database && *options->database)
		store->database = strdup(options->database);
	store->connections = options->connections;
	store->no_sync = options->no_sync;
	pthread_mutex_init(&store->probe.lock, NULL);
	for (int i = 0; i < STORE_SCHEMAS; i++) {
		pthread_mutex_init(&store->pools[i].lock, NULL);
		pthread_mutex_init(&store->pools[i].writer.lock, NULL);
		pthread_mutex_init(&store->kept[i].lock, NULL);
		wait_init(&store->pools[i].writer.given_back);
		wait_init(&store->pools[i].returned);
	}
	if (!store->database && store_make_folder(store->data, err) < 0)
		return -1;
	if (open_schemas(store, options->unprepared, err) < 0)
		return -1;
	*out = TAKE(store);
	return 0;
}

void store_free(struct store **store)
{
	struct store *s = *store;

	if (!s)
		return;
	for (int i = 0; i < STORE_SCHEMAS; i++) {
		struct pool *pool = &s->pools[i];
		struct kept *kept = &s->kept[i];

		if (kept->thing)
			kept->free_it(kept->thing);
		pthread_mutex_destroy(&kept->lock);
		BUG_ON((int64_t)pool->idle.n != pool->open);
		vec_each (&pool->idle, db)
			(*db)->ops->close(*db);
		vec_release(&pool->idle);
		pthread_mutex_destroy(&pool->lock);
		pthread_mutex_destroy(&pool->writer.lock);
		pthread_cond_destroy(&pool->writer.given_back);
		pthread_cond_destroy(&pool->returned);
	}
	pthread_mutex_destroy(&s->probe.lock);
	free(s->data);
	free(s->database);
	free(s);
	*store = NULL;
}

void *db_kept(struct db *db, void *(*make)(void), void (*free_it)(void *))
{
	struct kept *kept = &db->store->kept[db->schema];
	void *thing;

	pthread_mutex_lock(&kept->lock);
	if (!kept->thing)
		kept->thing = make();
	kept->free_it = free_it;
	thing = kept->thing;
	pthread_mutex_unlock(&kept->lock);
	return thing;
}

/* --- can it be written, and its logs --- */

int store_check_room(const struct statvfs *fs, bool is_root, struct err *err)
{
	uint64_t blocks = is_root ? fs->f_bfree : fs->f_bavail;
	uint64_t inodes = is_root ? fs->f_ffree : fs->f_favail;

	if (blocks * fs->f_frsize < DISK_LEAST_BYTES)
		return err_set(err, ERR_FULL, DB_DISK_FULL);
	if (fs->f_files > 0 && inodes < DISK_LEAST_INODES)
		return err_set(err, ERR_FULL, DB_NO_INODES);
	return 0;
}

static int check_room(const struct store *store, struct err *err)
{
	struct statvfs fs;

	if (store->database)
		return 0; /* its server looks after its disk */
	if (statvfs(store->data, &fs) < 0)
		return err_errno(err, "%s", store->data);
	return store_check_room(&fs, geteuid() == 0, err);
}

/*
 * PostgreSQL, where a table may be locked alone: would a writer of any have to
 * wait? Each lock is given back before the next is asked for, so that this is
 * in nobody's way.
 */
static int try_tables(struct tx *tx, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf script = STRBUF_INIT;
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (tx->db->backend != DB_PG)
		return 0;
	if (db_query_text(tx->db,
			  "SELECT quote_ident(tablename) FROM pg_tables "
			  "WHERE schemaname = current_schema()",
			  SQL_NO_ARGS, &rows, err) < 0)
		return -1;
	strbuf_addstr(&script, "SAVEPOINT before;");
	while ((more = rows_next(rows, err)) > 0)
		strbuf_addf(&script,
			    "LOCK TABLE %s IN ROW EXCLUSIVE MODE;"
			    "ROLLBACK TO before;",
			    rows_text(rows, 0));
	return more < 0 ? -1 : tx->db->ops->script(tx->db, script.buf, err);
}

static int try_to_write(struct store *store, enum store_schema schema,
			struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	char now[24];

	snprintf(now, sizeof(now), "%lld", (long long)clock_now_ms());
	if (store_get(store, schema, &db, err) < 0 ||
	    tx_begin(db, &tx, err) < 0 || try_tables(&tx, err) < 0 ||
	    setting_put(&tx, "store.probed_ms", now, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return err_prefix(err, "%s", schema_name(schema));
	return 0;
}

static int probe(struct store *store, struct err *err)
{
	for (int i = 0; i < STORE_SCHEMAS; i++)
		if (try_to_write(store, (enum store_schema)i, err) < 0)
			return -1;
	return check_room(store, err);
}

int store_probe(struct store *store, struct err *err)
{
	struct probe *p = &store->probe;
	int ret;

	pthread_mutex_lock(&p->lock);
	if (p->at_us == 0 || clock_monotonic_us() - p->at_us > PROBE_US) {
		p->err = (struct err)ERR_INIT;
		patience_begin();
		p->ret = probe(store, &p->err);
		p->at_us = clock_monotonic_us();
	}
	ret = p->ret;
	if (ret < 0)
		*err = p->err;
	pthread_mutex_unlock(&p->lock);
	return ret;
}

static bool is_idle_and_long(const struct store *store, int schema)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	long long last_us = atomic_load(&store->pools[schema].writer.last_us);
	struct stat st;

	backup_file(store->data, schema, "-wal", &path);
	return clock_monotonic_us() - last_us > QUIET_US &&
	       stat(path.buf, &st) == 0 && st.st_size > DB_LOG_IDLE_BYTES;
}

void store_trim_logs(struct store *store)
{
	struct err ignored = ERR_INIT; /* next time again */

	if (store->database)
		return;
	for (int i = 0; i < STORE_SCHEMAS; i++) {
		CLEANUP(store_put) struct db *db = NULL;

		if (is_idle_and_long(store, i) &&
		    store_get(store, (enum store_schema)i, &db, &ignored) == 0)
			db_sqlite_trim_log(db);
	}
}

int sequence_take(struct tx *tx, const char *name, int64_t count,
		  int64_t *first_out, struct err *err)
{
	int64_t next;
	int found;

	if (db_exec(tx, SQL_SEQUENCE_ADD, SQL_ARGS(sql_text(name), sql_int(1)),
		    err) < 0)
		return -1;
	found = db_find_int(tx->db, SQL_SEQUENCE_TAKE,
			    SQL_ARGS(sql_int(count), sql_text(name)), &next,
			    err);
	if (found < 0)
		return -1;
	BUG_ON(found == 0);
	*first_out = next - count;
	return 0;
}

int sequence_lock(struct tx *tx, const char *name, struct err *err)
{
	int64_t next;
	int found = db_find_int(tx->db, SQL_SEQUENCE_LOCK,
				SQL_ARGS(sql_text(name)), &next, err);

	if (found != 0)
		return found < 0 ? -1 : 0;
	return sequence_take(tx, name, 0, &next, err); /* it starts now */
}

int setting_find(struct db *db, const char *key, struct arena *arena,
		 const char **out, struct err *err)
{
	return db_find_text(db, SQL_SETTING_FIND, SQL_ARGS(sql_text(key)),
			    arena, out, err);
}

int setting_put(struct tx *tx, const char *key, const char *value,
		struct err *err)
{
	return db_exec(tx, SQL_SETTING_PUT,
		       SQL_ARGS(sql_text(key), sql_text(value)), err);
}

int setting_remove(struct tx *tx, const char *key, struct err *err)
{
	return db_exec(tx, SQL_SETTING_REMOVE, SQL_ARGS(sql_text(key)), err);
}

int setting_ensure(struct tx *tx, const char *key, const char *value,
		   struct arena *arena, const char **out, struct err *err)
{
	if (db_exec(tx, SQL_SETTING_ADD,
		    SQL_ARGS(sql_text(key), sql_text(value)), err) < 0)
		return -1;
	return setting_find(tx->db, key, arena, out, err) < 0 ? -1 : 0;
}
