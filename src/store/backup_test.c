/* Copies of the databases in a folder, and back; SQLite only. */
#include "store/backup.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/strbuf.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct world {
	char folder[64], data[80], one[80], two[80];
	struct store_options options;
	struct err err;
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	crypto_init();
	snprintf(w->folder, sizeof(w->folder), "/tmp/muster-backup-XXXXXX");
	assert_non_null(mkdtemp(w->folder));
	snprintf(w->data, sizeof(w->data), "%s/data", w->folder);
	snprintf(w->one, sizeof(w->one), "%s/one", w->folder);
	snprintf(w->two, sizeof(w->two), "%s/two", w->folder);
	w->options = (struct store_options){ .data = w->data,
					     .connections = 2,
					     .no_sync = true,
					     .unprepared = true };
	*state = w;
	return 0;
}

static void run(struct world *w, const char *harm)
{
	CLEANUP(strbuf_release) struct strbuf command = STRBUF_INIT;

	strbuf_addf(&command, "cd %s && %s", w->folder, harm);
	assert_int_equal(system(command.buf), 0);
}

static int teardown(void **state)
{
	struct world *w = *state;

	run(w, "rm -rf \"$PWD\"");
	free(w);
	return 0;
}

/* A word in each schema, and a backup. */
static void write_word(struct world *w, const char *word, const char *folder)
{
	CLEANUP(store_free) struct store *store = NULL;

	if (store_open(&w->options, &store, &w->err) < 0)
		fail_msg("%s", w->err.text);
	for (int i = 0; i < STORE_SCHEMAS; i++) {
		CLEANUP(store_put) struct db *db = NULL;
		CLEANUP(tx_release) struct tx tx = TX_INIT;

		assert_int_equal(
			store_get(store, (enum store_schema)i, &db, &w->err),
			0);
		assert_int_equal(tx_begin(db, &tx, &w->err), 0);
		assert_int_equal(setting_put(&tx, "word", word, &w->err), 1);
		assert_int_equal(tx_commit(&tx, &w->err), 0);
	}
	if (folder && store_backup(store, folder, &w->err) < 0)
		fail_msg("%s", w->err.text);
}

static void assert_word(struct world *w, const char *folder, const char *word)
{
	for (int i = 0; i < STORE_SCHEMAS; i++) {
		CLEANUP(store_peek_end) struct db *db = NULL;
		CLEANUP(rows_free) struct rows *rows = NULL;

		if (store_peek(folder, (enum store_schema)i, &db, &w->err) < 0)
			fail_msg("%s", w->err.text);
		assert_int_equal(db_query_text(db,
					       "SELECT value FROM setting "
					       "WHERE key = 'word'",
					       SQL_NO_ARGS, &rows, &w->err),
				 0);
		assert_int_equal(rows_next(rows, &w->err), 1);
		assert_string_equal(rows_text(rows, 0), word);
	}
}

static void a_folder_is_looked_at(void **state)
{
	static const struct {
		const char *harm; /* a command */
		int code;
		const char *says, *strange;
	} cases[] = {
		{ "true", 0, NULL, NULL },
		{ "rm two/muster-backup.json", 0, NULL, NULL },
		{ "cp one/audience.db two/", 0, NULL, "audience" },
		{ "cp one/crm.db two/", 0, NULL, "crm" },
		{ "cp one/muster-backup.json two/", 0, NULL, "crm" },
		{ "echo '{}' >two/muster-backup.json", 0, NULL, "crm" },
		{ "echo x >two/muster-backup.json", ERR_INVALID,
		  "muster-backup.json", NULL },
		{ "rm -r two", ERR_NOT_FOUND, "there is no folder", NULL },
		{ "rm two/*", ERR_INVALID, "crm.db is missing", NULL },
		{ "rm two/events.db", ERR_INVALID, "events.db is missing",
		  NULL },
		{ "rm two/muster-backup.json; echo x >two/crm.db", ERR_INVALID,
		  "not a whole database", NULL },
		{ "rm two/muster-backup.json; : >two/crm.db", ERR_INVALID,
		  "not a whole database", NULL },
	};
	struct world *w = *state;

	write_word(w, "one", w->one);
	write_word(w, "two", w->two);
	run(w, "cp -r two whole");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct err err = ERR_INIT;
		struct backup b;
		int ret;

		run(w, "rm -rf two && cp -r whole two");
		run(w, cases[i].harm);
		ret = backup_look(w->two, &b, &err);
		if (ret != (cases[i].code ? -1 : 0) ||
		    (ret < 0 && ((int)err.code != cases[i].code ||
				 !strstr(err.text, cases[i].says))))
			fail_msg("%s: %s", cases[i].harm, err.text);
		if (ret == 0 && strcmp(cases[i].strange ? cases[i].strange : "",
				       b.strange ? b.strange : "") != 0)
			fail_msg("%s: strange is %s", cases[i].harm, b.strange);
	}
}

static void restore(struct world *w, const char *folder, struct strbuf *aside)
{
	struct backup b;

	if (backup_look(folder, &b, &w->err) < 0 ||
	    store_restore(&w->options, folder, &b, aside, &w->err) < 0)
		fail_msg("%s", w->err.text);
	assert_null(b.strange);
}

static int count_kept(struct world *w)
{
	DIR *dir = opendir(w->data);
	struct dirent *e;
	int n = 0;

	while ((e = readdir(dir)))
		n += strncmp(e->d_name, "replaced-", 9) == 0;
	closedir(dir);
	return n;
}

static void what_is_replaced_is_kept_once(void **state)
{
	CLEANUP(strbuf_release) struct strbuf first = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf second = STRBUF_INIT;
	struct world *w = *state;
	int64_t now_ms;

	write_word(w, "one", w->one);
	write_word(w, "two", w->two);
	write_word(w, "three", NULL);
	restore(w, w->one, &first);
	assert_word(w, w->data, "one");
	assert_word(w, first.buf, "three");
	for (now_ms = clock_now_ms(); clock_now_ms() == now_ms;)
		; /* its name is the millisecond */
	restore(w, w->two, &second);
	assert_word(w, w->data, "two");
	assert_word(w, second.buf, "one");
	assert_int_equal(count_kept(w), 1);
	write_word(w, "four", NULL); /* a database as any other */
	assert_word(w, second.buf, "one");
	restore(w, w->one, NULL);
	assert_word(w, w->data, "one");
	assert_int_equal(count_kept(w), 0);
}

/* Each step of a start on the disk that is left by a kill or a damage. */
static void it_replaces_whatever_is_there(void **state)
{
	static const char *const cases[] = {
		"rm -r data",
		"rm data/crm.db",
		"echo x >data/crm.db",
		"echo x >data/crm.db-wal; echo x >data/crm.db-shm",
		"echo x >data/crm.db.new",
		"rm data/*",
	};
	struct world *w = *state;

	write_word(w, "one", w->one);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(strbuf_release) struct strbuf aside = STRBUF_INIT;

		run(w, "rm -rf data");
		write_word(w, "two", NULL);
		run(w, cases[i]);
		restore(w, w->one, &aside);
		assert_word(w, w->data, "one");
		assert_int_equal(count_kept(w), aside.len > 0);
	}
}

static void no_room_changes_nothing(void **state)
{
	CLEANUP(strbuf_release) struct strbuf aside = STRBUF_INIT;
	struct world *w = *state;
	struct backup b;

	write_word(w, "one", w->one);
	write_word(w, "two", NULL);
	assert_int_equal(backup_look(w->one, &b, &w->err), 0);
	b.bytes = INT64_MAX / 2;
	assert_int_equal(
		store_restore(&w->options, w->one, &b, &aside, &w->err), -1);
	assert_int_equal(w->err.code, ERR_LIMIT);
	assert_word(w, w->data, "two");
	assert_int_equal(count_kept(w), 0);
	assert_int_equal(store_restore(&w->options, w->one, &b, NULL, &w->err),
			 0);
	assert_word(w, w->data, "one");
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_folder_is_looked_at),
		TEST(what_is_replaced_is_kept_once),
		TEST(it_replaces_whatever_is_there),
		TEST(no_room_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
