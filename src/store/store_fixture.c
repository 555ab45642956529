#include "store/store_fixture.h"

#include "base/err.h"
#include "base/random.h"
#include "base/strbuf.h"
#include "store/db_private.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Some return how many; db_pg_open 1 with an error. */
static void must(int ret, const struct err *err)
{
	if (ret >= 0 && err->code == ERR_NONE)
		return;
	fprintf(stderr, "store_fixture: %s\n", err->text);
	abort();
}

static const char *server(void)
{
	const char *url = getenv("MUSTER_TEST_DATABASE");

	return url && *url ? url : NULL;
}

bool store_fixture_on_server(void)
{
	return server() != NULL;
}

/* What store_fixture_migrate made for all programs of a run: a folder, or the
 * name of a database. NULL: each program makes its own. */
static const char *migrated_for_all(void)
{
	const char *made = getenv("MUSTER_TEST_MIGRATED");

	return made && *made ? made : NULL;
}

int store_fixture_stride(void)
{
	const char *asked = getenv("MUSTER_FAULT_STRIDE");

	if (store_fixture_on_server())
		return 7;
	return asked && strtol(asked, NULL, 10) > 0
		       ? (int)strtol(asked, NULL, 10)
		       : 1;
}

int store_fixture_offset(int round)
{
	return round % store_fixture_stride();
}

static void on_server(const char *command, const char *name)
{
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT;
	struct err err = ERR_INIT;
	struct db *db = NULL;

	must(db_pg_open(server(), STORE_CRM, &db, &err), &err);
	strbuf_addf(&sql, "%s %s", command, name);
	must(db->ops->script(db, sql.buf, &err), &err);
	db->ops->close(db);
}

static void make_database(struct store_fixture *f)
{
	CLEANUP(strbuf_release) struct strbuf how = STRBUF_INIT;
	char name[32] = "muster_test_";
	const char *slash = strrchr(server(), '/');

	random_hex(name + strlen(name), 12);
	strbuf_addf(&how, "%s", name);
	if (migrated_for_all())
		strbuf_addf(&how, " TEMPLATE %s", migrated_for_all());
	on_server("CREATE DATABASE", how.buf);
	snprintf(f->where, sizeof(f->where), "%.*s/%s", (int)(slash - server()),
		 server(), name);
}

static void drop_database(const char *url)
{
	on_server("DROP DATABASE", strrchr(url, '/') + 1);
}

/* --- a few databases of the server a program, not a test --- */

/* Which tables migrations made, what they hold and the next ids are remembered
 * in a schema of its own. What has no page was never written. */
static const char remember[] =
	"DO $$ DECLARE t record; BEGIN"
	" CREATE SCHEMA fresh;"
	" CREATE VIEW fresh.now AS"
	"  SELECT format('%I.%I', n.nspname, c.relname) AS name,"
	"         pg_relation_size(c.oid) > 0 AS has_rows"
	"    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
	"   WHERE n.nspname IN ('crm', 'audience', 'events')"
	"     AND c.relkind = 'r';"
	" CREATE TABLE fresh.known AS TABLE fresh.now;"
	" FOR t IN SELECT name FROM fresh.known WHERE has_rows LOOP"
	"  EXECUTE format('CREATE TABLE fresh.%I AS TABLE %s', t.name, t.name);"
	" END LOOP;"
	" CREATE TABLE fresh.numbers AS"
	"  SELECT schemaname AS s, sequencename AS n, last_value AS v"
	"    FROM pg_sequences"
	"   WHERE schemaname IN ('crm', 'audience', 'events');"
	"END $$";

/* ... and put back: tables of tests go, rows and ids are as they were. */
static const char renew[] =
	"DO $$ DECLARE t record; BEGIN"
	" SET LOCAL session_replication_role = replica;" /* in any order */
	" FOR t IN SELECT name, k.has_rows"
	"            FROM fresh.now LEFT JOIN fresh.known k USING (name)"
	"           WHERE k.name IS NULL OR now.has_rows LOOP"
	"  IF t.has_rows IS NULL THEN"
	"   EXECUTE 'DROP TABLE ' || t.name;"
	"  ELSE"
	"   EXECUTE 'DELETE FROM ' || t.name;"
	"  END IF;"
	"  IF t.has_rows THEN"
	"   EXECUTE format('INSERT INTO %s TABLE fresh.%I', t.name, t.name);"
	"  END IF;"
	" END LOOP;"
	" PERFORM setval(format('%I.%I', s, n)::regclass, COALESCE(v, 1),"
	"                v IS NOT NULL) FROM fresh.numbers;"
	"END $$";

static struct shared {
	char where[256]; /* "": not made yet */
	pid_t owner;     /* not a child that a test kills; 0: dropped */
	bool is_taken;
} shared[4];

static void drop_shared(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(shared); i++) {
		if (shared[i].owner != getpid())
			continue;
		drop_database(shared[i].where);
		shared[i].owner = 0;
	}
}

static void run_script(const char *url, const char *sql)
{
	struct err err = ERR_INIT;
	struct db *db = NULL;

	must(db_pg_open(url, STORE_CRM, &db, &err), &err);
	must(db->ops->script(db, sql, &err), &err);
	db->ops->close(db);
}

static void make_shared(struct shared *one, struct store_fixture *f)
{
	make_database(f);
	if (!migrated_for_all())
		store_fixture_migrate(f->where);
	run_script(f->where, remember);
	snprintf(one->where, sizeof(one->where), "%s", f->where);
	one->owner = getpid();
	atexit(drop_shared);
}

/* A fixture beside others has the next database. */
static void take_database(struct store_fixture *f, struct store_options *o)
{
	struct shared *one = shared;

	while (one->is_taken)
		BUG_ON(++one == shared + ARRAY_SIZE(shared));
	if (!*one->where) {
		make_shared(one, f);
	} else {
		snprintf(f->where, sizeof(f->where), "%s", one->where);
		run_script(f->where, renew);
	}
	one->is_taken = true;
	o->database = f->where;
}

static void give_database_back(struct store_fixture *f)
{
	for (size_t i = 0; i < ARRAY_SIZE(shared); i++)
		if (strcmp(shared[i].where, f->where) == 0)
			shared[i].is_taken = false;
}

/* --- a folder of SQLite a test, a copy of what migrations made --- */

static struct {
	char folder[256]; /* "": not made yet */
	pid_t owner;      /* not a child that a test kills */
} migrated;

static void make_temporary(char *path, size_t size)
{
	const char *in = getenv("TMPDIR");

	snprintf(path, size, "%s/muster-test-XXXXXX", in && *in ? in : "/tmp");
	BUG_ON(!mkdtemp(path));
}

static void remove_folder(const char *path)
{
	CLEANUP(strbuf_release) struct strbuf name = STRBUF_INIT;
	struct dirent *entry;
	DIR *dir = opendir(path);

	while (dir && (entry = readdir(dir))) {
		strbuf_reset(&name);
		strbuf_addf(&name, "%s/%s", path, entry->d_name);
		(void)unlink(name.buf); /* "." and ".." stay */
	}
	if (dir)
		closedir(dir);
	(void)rmdir(path); /* a test may have left a folder in it */
}

static void drop_migrated(void)
{
	if (migrated.owner == getpid())
		remove_folder(migrated.folder);
}

static void make_migrated(void)
{
	if (migrated_for_all()) {
		snprintf(migrated.folder, sizeof(migrated.folder), "%s",
			 migrated_for_all());
		return;
	}
	make_temporary(migrated.folder, sizeof(migrated.folder));
	migrated.owner = getpid();
	atexit(drop_migrated);
	store_fixture_migrate(migrated.folder);
}

static void copy_file(const char *from, const char *to)
{
	CLEANUP(fd_release) int in = open(from, O_RDONLY | O_CLOEXEC);
	CLEANUP(fd_release)
	int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	ssize_t n;

	BUG_ON(in < 0 || out < 0);
	while ((n = copy_file_range(in, NULL, out, NULL, 1 << 30, 0)) > 0)
		;
	BUG_ON(n < 0);
}

static void copy_migrated(const char *to)
{
	struct dirent *entry;
	DIR *dir = opendir(migrated.folder);

	BUG_ON(!dir);
	while ((entry = readdir(dir))) {
		CLEANUP(strbuf_release) struct strbuf old = STRBUF_INIT;
		CLEANUP(strbuf_release) struct strbuf new = STRBUF_INIT;

		if (*entry->d_name == '.')
			continue;
		strbuf_addf(&old, "%s/%s", migrated.folder, entry->d_name);
		strbuf_addf(&new, "%s/%s", to, entry->d_name);
		copy_file(old.buf, new.buf);
	}
	closedir(dir);
}

static void make_folder(struct store_fixture *f, struct store_options *o)
{
	if (!*migrated.folder)
		make_migrated();
	make_temporary(f->where, sizeof(f->where));
	copy_migrated(f->where);
	o->data = f->where;
}

void store_fixture_migrate(const char *where)
{
	struct store_options o = STORE_OPTIONS_DEFAULT;
	struct store *store = NULL;
	struct err err = ERR_INIT;

	*(strstr(where, "://") ? &o.database : &o.data) = where;
	o.no_sync = true;
	must(store_open(&o, &store, &err), &err);
	store_free(&store);
}

void store_fixture_open(struct store_fixture *f)
{
	struct store_options o = STORE_OPTIONS_DEFAULT;
	struct err err = ERR_INIT;

	*f = (struct store_fixture){ 0 };
	o.no_sync = true;
	o.unprepared = true; /* store_fixture_migrate looked at all SQL */
	if (server())
		take_database(f, &o);
	else
		make_folder(f, &o);
	must(store_open(&o, &f->store, &err), &err);
	must(store_get(f->store, STORE_CRM, &f->crm, &err), &err);
	must(store_get(f->store, STORE_AUDIENCE, &f->audience, &err), &err);
	must(store_get(f->store, STORE_EVENTS, &f->events, &err), &err);
}

void store_fixture_free(struct store_fixture *f)
{
	store_put(&f->crm);
	store_put(&f->audience);
	store_put(&f->events);
	store_free(&f->store);
	if (server())
		give_database_back(f);
	else
		remove_folder(f->where);
}

void store_fixture_exec(struct db *db, const char *sql)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	must(tx_begin(db, &tx, &err), &err);
	must(db_exec_text(&tx, sql, SQL_NO_ARGS, &err), &err);
	must(tx_commit(&tx, &err), &err);
}

/* The statement has the table's name twice. */
static void for_each_table(struct db *db, const char *const *tables,
			   const char *before, const char *between)
{
	for (; *tables; tables++) {
		CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT;

		strbuf_addf(&sql, "%s%s%s%s", before, *tables, between,
			    *tables);
		store_fixture_exec(db, sql.buf);
	}
}

void store_fixture_back_up(struct db *db, const char *const *tables)
{
	for_each_table(db, tables, "CREATE TABLE old_", " AS SELECT * FROM ");
}

void store_fixture_restore(struct db *db, const char *const *tables)
{
	for (const char *const *t = tables; *t; t++) {
		CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT;

		strbuf_addf(&sql, "DELETE FROM %s", *t);
		store_fixture_exec(db, sql.buf);
	}
	for_each_table(db, tables, "INSERT INTO ", " SELECT * FROM old_");
}
