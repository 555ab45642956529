/* Database and file: what fits, what was restored, what is missing. The sides
 * are fakes that remember; settings are in a real database. */
#include "journal/journal.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "journal/gate.h"
#include "store/store_fixture.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#define SETTING "suppression.journal"
#define FILE_MAX (1 << 20)

/* The rows of a side: numbered from 1; those above `done` wait. */
static struct fake {
	int64_t rows, done;
	int paused, applied_n;
	int64_t applied[64]; /* at_ms of entries: the row's number */
	bool busy, fail_done;
	unsigned char key;
} fakes[JOURNAL_SIDES];

static int make_key(struct fake *f, unsigned char *out)
{
	memset(out, f->key, JOURNAL_KEY);
	return 0;
}

static int read_rows(struct fake *f, int64_t limit, struct journal_entries *out)
{
	for (int64_t row = f->done + 1; row <= f->rows && limit-- > 0; row++) {
		struct journal_entry e = { .kind = JOURNAL_OPT_OUT,
					   .at_ms = row,
					   .row_id = row };

		snprintf(e.hash, sizeof(e.hash), "%064lld", (long long)row);
		vec_push(out, e);
	}
	return 0;
}

static int rows_done(struct fake *f, const struct journal_entries *entries,
		     struct err *err)
{
	if (f->fail_done)
		return err_set(err, ERR_IO, "killed");
	vec_each (entries, e)
		if (e->row_id > f->done)
			f->done = e->row_id;
	return 0;
}

static int apply_rows(struct fake *f, const struct journal_entries *entries,
		      struct journal_counts *counts)
{
	vec_each (entries, e) {
		f->applied[f->applied_n++] = e->at_ms;
		counts->of[e->kind]++;
	}
	return 0;
}

#define SIDE(name, i)                                                          \
	static int name##_key(struct tx *tx, unsigned char *out,               \
			      struct err *err)                                 \
	{                                                                      \
		(void)tx, (void)err;                                           \
		return make_key(&fakes[i], out);                               \
	}                                                                      \
	static int name##_read(struct db *db, const unsigned char *key,        \
			       int64_t limit, struct journal_entries *out,     \
			       struct err *err)                                \
	{                                                                      \
		(void)db, (void)key, (void)err;                                \
		return read_rows(&fakes[i], limit, out);                       \
	}                                                                      \
	static int name##_again(struct tx *tx, struct err *err)                \
	{                                                                      \
		(void)tx, (void)err;                                           \
		fakes[i].done = 0;                                             \
		return 0;                                                      \
	}                                                                      \
	static int name##_done(struct tx *tx,                                  \
			       const struct journal_entries *entries,          \
			       struct err *err)                                \
	{                                                                      \
		(void)tx;                                                      \
		return rows_done(&fakes[i], entries, err);                     \
	}                                                                      \
	static int name##_apply(struct db *db, const unsigned char *key,       \
				const struct journal_entries *entries,         \
				int64_t now_ms, struct journal_counts *counts, \
				struct err *err)                               \
	{                                                                      \
		(void)db, (void)key, (void)now_ms, (void)err;                  \
		return apply_rows(&fakes[i], entries, counts);                 \
	}                                                                      \
	static int name##_pause(struct db *db, int64_t now_ms,                 \
				struct err *err)                               \
	{                                                                      \
		(void)db, (void)now_ms, (void)err;                             \
		fakes[i].paused++;                                             \
		return 1;                                                      \
	}                                                                      \
	static int name##_is_busy(struct db *db, struct err *err)              \
	{                                                                      \
		(void)db, (void)err;                                           \
		return fakes[i].busy;                                          \
	}                                                                      \
	static const struct journal_side name##_side = {                       \
		.schema = (enum store_schema)(i),                              \
		.key = name##_key,                                             \
		.read = name##_read,                                           \
		.again = name##_again,                                         \
		.done = name##_done,                                           \
		.apply = name##_apply,                                         \
		.pause = name##_pause,                                         \
		.is_busy = name##_is_busy,                                     \
	}

SIDE(crm, 0);
SIDE(audience, 1);

struct world {
	struct store_fixture f;
	struct arena *arena;
	char folder[64], path[96];
	struct journal *j;
	struct err err;
	char *kept[JOURNAL_SIDES]; /* settings of the backup */
	int64_t kept_done;
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	crypto_init();
	memset(fakes, 0, sizeof(fakes));
	fakes[0].key = 1;
	fakes[1].key = 2;
	w->arena = arena_new();
	store_fixture_open(&w->f);
	snprintf(w->folder, sizeof(w->folder), "/tmp/muster-journal-XXXXXX");
	assert_non_null(mkdtemp(w->folder));
	snprintf(w->path, sizeof(w->path), "%s/j", w->folder);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;
	char command[128];

	journal_free(&w->j);
	store_fixture_free(&w->f);
	arena_free(&w->arena);
	snprintf(command, sizeof(command), "rm -rf %s", w->folder);
	assert_int_equal(system(command), 0);
	free(w->kept[0]);
	free(w->kept[1]);
	free(w);
	return 0;
}

static void open_as(struct world *w, bool restored)
{
	struct journal_setup s = {
		.store = w->f.store,
		.path = w->path,
		.sides = { &crm_side, &audience_side },
		.restored = restored,
	};
	struct err ignored = ERR_INIT;
	const char *why;
	bool fits;

	journal_free(&w->j);
	fits = journal_probe(&s, &ignored) == 0;
	for (int i = 0; i < JOURNAL_SIDES; i++)
		fakes[i].applied_n = fakes[i].paused = 0;
	if (journal_open(&s, &w->j, &w->err) < 0)
		fail_msg("%s", w->err.text);
	/* the probe knows what is going to happen, unless data was replaced */
	if (!restored)
		assert_int_equal(
			gate_is_closed(w->f.audience, w->arena, &why, &w->err),
			!fits);
}

static void start(struct world *w)
{
	open_as(w, false);
}

static int64_t drain(struct world *w)
{
	int64_t n = journal_drain(w->j, &w->err);

	if (n < 0)
		fail_msg("%s", w->err.text);
	return n;
}

/* "" if it is open. */
static const char *gate(struct world *w)
{
	const char *why = "";

	assert_true(gate_is_closed(w->f.audience, w->arena, &why, &w->err) >=
		    0);
	return why;
}

static void assert_open(struct world *w, int paused)
{
	assert_string_equal(gate(w), "");
	assert_int_equal(fakes[0].paused, paused);
	assert_int_equal(fakes[1].paused, paused);
	assert_int_equal(journal_was_restored(w->j), paused > 0);
}

static void assert_closed(struct world *w, const char *why)
{
	if (!strstr(gate(w), why))
		fail_msg("\"%s\" does not say \"%s\"", gate(w), why);
	assert_int_equal(fakes[0].paused, 1);
	assert_int_equal(fakes[1].paused, 1);
	assert_int_equal(gate_pass(w->f.audience, &w->err), -1);
	assert_int_equal(w->err.code, ERR_CONFLICT);
}

static struct db *db_of(struct world *w, int side)
{
	return side == 0 ? w->f.crm : w->f.audience;
}

static void put_setting(struct world *w, int side, const char *key,
			const char *value)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	assert_int_equal(tx_begin(db_of(w, side), &tx, &w->err), 0);
	if (value)
		assert_true(setting_put(&tx, key, value, &w->err) >= 0);
	else
		assert_true(db_exec_text(&tx,
					 "DELETE FROM setting WHERE key = "
					 "'" SETTING "'",
					 SQL_NO_ARGS, &w->err) >= 0);
	assert_int_equal(tx_commit(&tx, &w->err), 0);
}

static void backup(struct world *w)
{
	for (int i = 0; i < JOURNAL_SIDES; i++) {
		const char *text = NULL;

		assert_true(setting_find(db_of(w, i), SETTING, w->arena, &text,
					 &w->err) >= 0);
		free(w->kept[i]);
		w->kept[i] = text ? strdup(text) : NULL;
	}
	w->kept_done = fakes[0].done;
}

/* The settings are the database's part in it. */
static void restore(struct world *w)
{
	journal_free(&w->j);
	for (int i = 0; i < JOURNAL_SIDES; i++)
		put_setting(w, i, SETTING, w->kept[i]);
	fakes[0].rows = fakes[0].done = w->kept_done;
}

static void first_start_begins_a_file(void **state)
{
	struct world *w = *state;

	fakes[0].rows = 3; /* what was there before counts too */
	start(w);
	assert_open(w, 0);
	assert_int_equal(drain(w), 3);
	assert_int_equal(drain(w), 0);
	start(w);
	assert_open(w, 0);
	assert_int_equal(drain(w), 0);
}

static void many_rows_are_written_in_batches(void **state)
{
	struct world *w = *state;

	fakes[0].rows = fakes[1].rows = 1234;
	start(w);
	assert_int_equal(drain(w), 2468);
	assert_int_equal(fakes[0].done, 1234);
}

/* A kill at any step: entries may come twice, nothing looks restored. */
static void kill_between_the_steps_is_no_restore(void **state)
{
	struct world *w = *state;

	start(w);
	for (int round = 0; round < 3; round++) {
		fakes[round % 2].rows += 2;
		fakes[round % 2].fail_done = true;
		assert_int_equal(journal_drain(w->j, &w->err), -1);
		fakes[round % 2].fail_done = false;
		start(w);
		assert_open(w, 0);
		assert_int_equal(drain(w), 2);
	}
}

static void full_disk_is_tried_again(void **state)
{
	struct world *w = *state;
	struct rlimit before, limit;

	signal(SIGXFSZ, SIG_IGN);
	start(w);
	fakes[0].rows = 2;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = 200;
	if (store_backend(w->f.store) == DB_SQLITE)
		return; /* the limit would be the database's too */
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(journal_drain(w->j, &w->err), -1);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(drain(w), 2);
	start(w);
	assert_open(w, 0);
}

static void restored_database_gets_what_came_since(void **state)
{
	struct world *w = *state;

	fakes[0].rows = 2;
	start(w);
	drain(w);
	backup(w);
	fakes[0].rows = 5;
	drain(w);
	restore(w);
	start(w);
	assert_open(w, 1);
	assert_int_equal(fakes[0].applied_n, 3);
	for (int i = 0; i < 3; i++)
		assert_int_equal(fakes[0].applied[i], 3 + i);
	assert_int_equal(fakes[1].applied_n, 0);
	assert_int_equal(journal_counts(w->j).of[JOURNAL_OPT_OUT], 3);
	/* once is enough */
	start(w);
	assert_open(w, 0);
	assert_int_equal(fakes[0].applied_n, 0);
	/* the same backup again, later */
	fakes[0].rows = fakes[0].done + 1;
	drain(w);
	restore(w);
	start(w);
	assert_open(w, 1);
	assert_int_equal(fakes[0].applied_n, 4);
}

/* PostgreSQL: the schemas are put back under a server that runs. */
static void restore_under_a_running_server_is_seen(void **state)
{
	struct world *w = *state;

	start(w);
	backup(w);
	fakes[0].rows = 1;
	drain(w);
	for (int i = 0; i < JOURNAL_SIDES; i++)
		put_setting(w, i, SETTING, w->kept[i]);
	drain(w);
	assert_open(w, 1);
	assert_int_equal(fakes[0].applied_n, 1);
}

static void marks_show_a_restore_without_opt_outs(void **state)
{
	struct world *w = *state;

	start(w);
	assert_int_equal(journal_mark(w->j, &w->err), 0);
	backup(w);
	assert_int_equal(journal_mark(w->j, &w->err), 0);
	restore(w);
	start(w);
	assert_open(w, 1);
}

static void campaign_under_way_leaves_marks(void **state)
{
	struct world *w = *state;

	start(w);
	backup(w);
	fakes[1].busy = true;
	drain(w);
	restore(w);
	start(w);
	assert_open(w, 1);
}

static void restore_command_leaves_a_mark_first(void **state)
{
	struct world *w = *state;

	assert_int_equal(journal_note_restore(w->path, 1, &w->err), 0);
	start(w);
	assert_int_equal(journal_note_restore(w->path, 1, &w->err), 1);
	start(w); /* killed before a file was replaced: seen, and harmless */
	assert_open(w, 1);
	start(w);
	assert_open(w, 0);
	open_as(w, true);
	assert_open(w, 1);
}

static void missing_file_closes_until_confirmed(void **state)
{
	struct world *w = *state;

	start(w);
	assert_int_equal(journal_confirm(w->j, &w->err), -1);
	assert_int_equal(w->err.code, ERR_CONFLICT);
	fakes[0].rows = 1;
	drain(w);
	assert_int_equal(unlink(w->path), 0);
	assert_int_equal(journal_drain(w->j, &w->err), -1);
	for (int i = 0; i < 2; i++) {
		start(w);
		assert_closed(w, "is missing");
	}
	fakes[0].rows = 2;
	assert_int_equal(drain(w), 0); /* nowhere to */
	assert_int_equal(journal_confirm(w->j, &w->err), 0);
	assert_string_equal(gate(w), "");
	assert_int_equal(drain(w), 2); /* the new one holds all */
	start(w);
	assert_open(w, 0);
}

static void restored_without_any_journal_is_closed(void **state)
{
	struct world *w = *state;

	open_as(w, true);
	assert_closed(w, "is missing");
	assert_int_equal(journal_confirm(w->j, &w->err), 0);
	start(w);
	assert_open(w, 0);
}

static void file_that_comes_back_opens_again(void **state)
{
	struct world *w = *state;
	char away[128];

	start(w);
	journal_free(&w->j);
	snprintf(away, sizeof(away), "%s.away", w->path);
	assert_int_equal(rename(w->path, away), 0);
	start(w);
	assert_closed(w, "is missing");
	assert_int_equal(rename(away, w->path), 0);
	start(w);
	assert_open(w, 0);
}

static void keep_file(struct world *w, struct strbuf *out)
{
	strbuf_reset(out);
	assert_true(strbuf_add_file(out, w->path, FILE_MAX, &w->err) >= 0);
}

static void put_file(struct world *w, struct str text)
{
	CLEANUP(fd_release)
	int fd = open(w->path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_equal(write(fd, text.s, text.len), text.len);
}

static void older_file_is_refused(void **state)
{
	CLEANUP(strbuf_release) struct strbuf old = STRBUF_INIT;
	struct world *w = *state;

	start(w);
	keep_file(w, &old);
	fakes[0].rows = 1;
	drain(w);
	journal_free(&w->j);
	put_file(w, strbuf_str(&old));
	start(w);
	assert_closed(w, "is older than the database");
	assert_int_equal(journal_confirm(w->j, &w->err), 0);
	start(w);
	assert_open(w, 0);
}

static void file_of_another_key_is_refused(void **state)
{
	struct world *w = *state;

	start(w);
	fakes[1].key = 77;
	start(w);
	assert_closed(w, "another key of the audience");
	assert_int_equal(journal_confirm(w->j, &w->err), 0);
	start(w);
	assert_open(w, 0);
}

static void file_of_another_database_is_refused(void **state)
{
	struct world *w = *state;

	start(w);
	journal_free(&w->j);
	put_setting(w, 0, SETTING, "ffffffffffffffff 0 0");
	start(w);
	assert_closed(w, "another database");
	assert_int_equal(journal_confirm(w->j, &w->err), 0);
	start(w);
	assert_open(w, 0);
}

static void damaged_file_is_applied_and_refused(void **state)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct world *w = *state;
	size_t first;

	start(w);
	backup(w);
	keep_file(w, &text);
	first = text.len;
	fakes[0].rows = 3;
	drain(w);
	journal_free(&w->j);
	keep_file(w, &text);
	text.buf[first + 10] ^= 1;
	put_file(w, strbuf_str(&text));
	restore(w);
	start(w);
	assert_closed(w, "damaged");
	assert_int_equal(fakes[0].applied_n, 2);
	assert_int_equal(journal_confirm(w->j, &w->err), 0);
	start(w);
	assert_open(w, 0);
}

/* Confirmed once, a backup from before has no entries for a while. */
static void backup_from_before_the_file_is_refused(void **state)
{
	struct world *w = *state;

	start(w);
	backup(w);
	fakes[0].rows = 1;
	drain(w);
	journal_free(&w->j);
	assert_int_equal(unlink(w->path), 0);
	start(w);
	assert_int_equal(journal_confirm(w->j, &w->err), 0);
	fakes[0].rows = 2;
	drain(w);
	restore(w);
	start(w);
	assert_closed(w, "another database");
}

/* --- before the database is replaced --- */

enum harm { NONE, GONE, EMPTY, GARBAGE, OLD, DAMAGED, ANOTHER, HARMS };

static void harm_file(struct world *w, enum harm harm, struct str old)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	keep_file(w, &text);
	switch (harm) {
	case GONE:
		assert_int_equal(unlink(w->path), 0);
		break;
	case EMPTY:
		put_file(w, (struct str){ "", 0 });
		break;
	case GARBAGE:
		put_file(w, str_of("not a journal\n"));
		break;
	case OLD:
		put_file(w, old);
		break;
	case DAMAGED:
		text.buf[old.len + 10] ^= 1;
		put_file(w, strbuf_str(&text));
		break;
	case ANOTHER:
		put_setting(w, 0, SETTING, "ffffffffffffffff 0 0");
		break;
	default:
		break;
	}
}

/* Whatever became of the file: what the replaced database knew is applied to
 * the one in its place, and that one sends. */
static void all_that_is_known_is_saved(void **state)
{
	struct world *w = *state;

	for (int harm = NONE; harm < HARMS; harm++) {
		CLEANUP(strbuf_release) struct strbuf old = STRBUF_INIT;

		fakes[0].rows = 1; /* before the backup */
		start(w);
		drain(w);
		keep_file(w, &old);
		backup(w);
		fakes[0].rows = 3;
		drain(w);
		fakes[0].rows = 4; /* killed before it was written */
		journal_free(&w->j);
		harm_file(w, (enum harm)harm, strbuf_str(&old));
		start(w);
		assert_int_equal(*gate(w) != '\0', harm != NONE);
		if (journal_save_all(w->j, &w->err) != (harm != NONE))
			fail_msg("harm %d: %s", harm, w->err.text);
		assert_int_equal(fakes[0].done, 4);
		journal_free(&w->j);
		restore(w);
		open_as(w, true);
		if (*gate(w))
			fail_msg("harm %d: %s", harm, gate(w));
		assert_int_equal(fakes[0].applied_n, harm == NONE ? 3 : 4);
		start(w);
		assert_open(w, 0);
		assert_int_equal(drain(w), 0);
	}
}

/* A database that may not send may not because it was to be replaced. */
static void saving_opens_nothing(void **state)
{
	struct world *w = *state;

	start(w);
	journal_free(&w->j);
	assert_int_equal(unlink(w->path), 0);
	start(w);
	assert_int_equal(journal_save_all(w->j, &w->err), 1);
	start(w);
	assert_closed(w, "another database");
	assert_int_equal(journal_confirm(w->j, &w->err), 0);
	start(w);
	assert_open(w, 0);
}

static void path_that_cannot_be_written_is_an_error(void **state)
{
	struct world *w = *state;
	char away[128];

	start(w);
	journal_free(&w->j);
	snprintf(w->path, sizeof(w->path), "%s/no/j", w->folder);
	start(w);
	assert_closed(w, "is missing");
	assert_int_equal(journal_save_all(w->j, &w->err), -1);
	assert_int_equal(journal_note_restore(w->path, 1, &w->err), -1);
	snprintf(away, sizeof(away), "%s/none", w->folder);
	assert_int_equal(journal_note_restore(away, 1, &w->err), 0);
	assert_int_equal(access(away, F_OK), -1);
}

static void database_without_marks_is_the_oldest(void **state)
{
	struct world *w = *state;

	start(w);
	fakes[0].rows = 2;
	drain(w);
	w->kept[0] = w->kept[1] = NULL;
	restore(w);
	start(w);
	assert_open(w, 1);
	assert_int_equal(fakes[0].applied_n, 2);
}

static void thread_writes_by_itself_and_marks_its_end(void **state)
{
	CLEANUP(strbuf_release) struct strbuf trouble = STRBUF_INIT;
	struct world *w = *state;

	start(w);
	backup(w);
	fakes[0].rows = 2;
	assert_int_equal(journal_start(w->j, &w->err), 0);
	journal_stop(w->j);
	journal_trouble(w->j, &trouble);
	assert_int_equal(trouble.len, 0);
	assert_int_equal(fakes[0].done, 2);
	restore(w);
	start(w);
	assert_open(w, 1);
	assert_int_equal(fakes[0].applied_n, 2);
}

/* --- the index --- */

static void last_word_counts(void **state)
{
	CLEANUP(vec_release) struct journal_entries all = VEC_INIT;
	CLEANUP(journal_index_free) struct journal_index *index = NULL;
	static const struct {
		const char *hash, *ref;
		enum journal_kind kind;
	} rows[] = {
		{ "a", "1:1", JOURNAL_OPT_OUT },
		{ "a", "1:1", JOURNAL_OPT_IN },
		{ "a", "1:2", JOURNAL_OPT_OUT },
		{ "b", "1:1", JOURNAL_OPT_IN },
		{ "c", "1:1", JOURNAL_OPT_IN },
		{ "c", "1:1", JOURNAL_OPT_OUT },
	};
	bool found;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct journal_entry e = { .seq = (int64_t)i + 1,
					   .kind = rows[i].kind };

		snprintf(e.hash, sizeof(e.hash), "%s", rows[i].hash);
		snprintf(e.ref, sizeof(e.ref), "%s", rows[i].ref);
		vec_push(&all, e);
	}
	index = journal_index_new(&all);
	assert_int_equal(journal_index_count(index), 4);
	assert_int_equal(journal_index_find(index, "a", "1:1")->kind,
			 JOURNAL_OPT_IN);
	assert_int_equal(journal_index_find(index, "a", NULL)->kind,
			 JOURNAL_OPT_OUT);
	assert_int_equal(journal_index_find(index, "c", NULL)->kind,
			 JOURNAL_OPT_OUT);
	assert_null(journal_index_find(index, "a", "1:3"));
	assert_null(journal_index_find(index, "d", NULL));
	assert_string_equal(journal_index_at(index, 2, &found)->hash, "b");
	assert_false(found);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(first_start_begins_a_file),
		TEST(many_rows_are_written_in_batches),
		TEST(kill_between_the_steps_is_no_restore),
		TEST(full_disk_is_tried_again),
		TEST(restored_database_gets_what_came_since),
		TEST(restore_under_a_running_server_is_seen),
		TEST(marks_show_a_restore_without_opt_outs),
		TEST(campaign_under_way_leaves_marks),
		TEST(restore_command_leaves_a_mark_first),
		TEST(missing_file_closes_until_confirmed),
		TEST(restored_without_any_journal_is_closed),
		TEST(file_that_comes_back_opens_again),
		TEST(older_file_is_refused),
		TEST(file_of_another_key_is_refused),
		TEST(file_of_another_database_is_refused),
		TEST(damaged_file_is_applied_and_refused),
		TEST(backup_from_before_the_file_is_refused),
		TEST(all_that_is_known_is_saved),
		TEST(saving_opens_nothing),
		TEST(path_that_cannot_be_written_is_an_error),
		TEST(database_without_marks_is_the_oldest),
		TEST(thread_writes_by_itself_and_marks_its_end),
		cmocka_unit_test(last_word_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
