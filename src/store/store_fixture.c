#include "store/store_fixture.h"

#include "base/err.h"
#include "base/random.h"
#include "base/strbuf.h"
#include "store/db_private.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

static void must(int ret, const struct err *err)
{
	if (ret >= 0)
		return;
	fprintf(stderr, "store_fixture: %s\n", err->text);
	abort();
}

static const char *server(void)
{
	const char *url = getenv("MUSTER_TEST_DATABASE");

	return url && *url ? url : NULL;
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

static void make_database(struct store_fixture *f, struct store_options *o)
{
	char name[32] = "muster_test_";
	const char *slash = strrchr(server(), '/');

	random_hex(name + strlen(name), 12);
	on_server("CREATE DATABASE", name);
	snprintf(f->where, sizeof(f->where), "%.*s/%s", (int)(slash - server()),
		 server(), name);
	o->database = f->where;
}

static void make_folder(struct store_fixture *f, struct store_options *o)
{
	snprintf(f->where, sizeof(f->where), "/tmp/muster-test-XXXXXX");
	BUG_ON(!mkdtemp(f->where));
	o->data = f->where;
}

void store_fixture_open(struct store_fixture *f)
{
	static bool seen; /* all SQL is looked at once a program, not a test */
	struct store_options o = STORE_OPTIONS_DEFAULT;
	struct err err = ERR_INIT;

	*f = (struct store_fixture){ 0 };
	o.no_sync = true;
	o.unprepared = seen;
	seen = true;
	if (server())
		make_database(f, &o);
	else
		make_folder(f, &o);
	must(store_open(&o, &f->store, &err), &err);
	must(store_get(f->store, STORE_CRM, &f->crm, &err), &err);
	must(store_get(f->store, STORE_AUDIENCE, &f->audience, &err), &err);
	must(store_get(f->store, STORE_EVENTS, &f->events, &err), &err);
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

void store_fixture_free(struct store_fixture *f)
{
	store_put(&f->crm);
	store_put(&f->audience);
	store_put(&f->events);
	store_free(&f->store);
	if (server())
		on_server("DROP DATABASE", strrchr(f->where, '/') + 1);
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
