#include "journal/journal_file.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "base/strbuf.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#define FILE_MAX (1 << 20)

struct world {
	char folder[64], path[96];
	struct journal_file *file;
	struct err err;
};

static const struct journal_header header = {
	.id = "0123456789abcdef",
	.side = { { "00000000000000aa", 1 }, { "00000000000000bb", 1 } },
};

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	crypto_init();
	snprintf(w->folder, sizeof(w->folder), "/tmp/muster-journal-XXXXXX");
	assert_non_null(mkdtemp(w->folder));
	snprintf(w->path, sizeof(w->path), "%s/j", w->folder);
	assert_int_equal(
		journal_file_create(w->path, &header, &w->file, &w->err), 0);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	journal_file_free(&w->file);
	(void)unlink(w->path);
	rmdir(w->folder);
	free(w);
	return 0;
}

static void reopen(struct world *w)
{
	journal_file_free(&w->file);
	assert_int_equal(journal_file_open(w->path, &w->file, &w->err), 1);
}

static int append(struct world *w, int64_t seq, enum journal_kind kind)
{
	struct journal_entry e = { .seq = seq, .kind = kind, .at_ms = 7 };
	int ret;

	snprintf(e.hash, sizeof(e.hash), "%064lld", (long long)seq);
	snprintf(e.ref, sizeof(e.ref), "1:%lld", (long long)seq);
	if (journal_file_lock(w->file, &w->err) < 0)
		return -1;
	ret = journal_file_append(w->file, JOURNAL_CRM, &e, 1, &w->err);
	journal_file_unlock(w->file);
	return ret;
}

static size_t count(struct world *w, int64_t after)
{
	CLEANUP(vec_release) struct journal_entries all = VEC_INIT;

	assert_int_equal(
		journal_file_read(w->file, JOURNAL_CRM, after, &all, &w->err),
		0);
	vec_each (&all, e)
		assert_true(e->seq > after);
	return all.n;
}

static void load(struct world *w, struct strbuf *out)
{
	strbuf_reset(out);
	assert_true(strbuf_add_file(out, w->path, FILE_MAX, &w->err) >= 0);
}

static void store(struct world *w, struct str text)
{
	CLEANUP(fd_release) int fd = open(w->path, O_WRONLY | O_TRUNC);

	assert_int_equal(write(fd, text.s, text.len), text.len);
}

static void entries_come_back(void **state)
{
	CLEANUP(vec_release) struct journal_entries all = VEC_INIT;
	struct world *w = *state;

	assert_int_equal(append(w, 1, JOURNAL_OPT_OUT), 0);
	assert_int_equal(append(w, 5, JOURNAL_MARK), 0);
	assert_int_equal(append(w, 6, JOURNAL_ERASURE), 0);
	reopen(w);
	assert_string_equal(w->file->header.id, header.id);
	assert_string_equal(w->file->header.side[1].key, "00000000000000bb");
	assert_int_equal(w->file->last[JOURNAL_CRM], 6);
	assert_int_equal(w->file->last[JOURNAL_AUDIENCE], 0);
	assert_int_equal(w->file->damaged, 0);
	assert_int_equal(
		journal_file_read(w->file, JOURNAL_CRM, 0, &all, &w->err), 0);
	assert_int_equal(all.n, 2); /* marks are only numbers */
	assert_int_equal(all.v[1].kind, JOURNAL_ERASURE);
	assert_string_equal(all.v[1].ref, "1:6");
	assert_int_equal(all.v[1].at_ms, 7);
	assert_int_equal(count(w, 1), 1);
	assert_int_equal(count(w, 6), 0);
}

/* Cut anywhere: whole lines stay, and what follows is not lost to the rest. */
static void torn_last_line_is_cut_off(void **state)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct world *w = *state;
	size_t first, second;

	load(w, &text);
	first = text.len;
	assert_int_equal(append(w, 1, JOURNAL_OPT_OUT), 0);
	load(w, &text);
	second = text.len;
	assert_int_equal(append(w, 2, JOURNAL_OPT_OUT), 0);
	load(w, &text);
	for (size_t cut = first; cut <= text.len; cut++) {
		size_t whole = (cut >= second) + (cut >= text.len);

		store(w, (struct str){ text.buf, cut });
		reopen(w);
		assert_int_equal(count(w, 0), whole);
		assert_int_equal(append(w, 9, JOURNAL_OPT_OUT), 0);
		reopen(w);
		assert_int_equal(count(w, 0), whole + 1);
		assert_int_equal(w->file->damaged, 0);
	}
}

static void bad_end_with_newline_is_cut_off_too(void **state)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct world *w = *state;

	assert_int_equal(append(w, 1, JOURNAL_OPT_OUT), 0);
	load(w, &text);
	strbuf_addstr(&text, "crm 2 opt_out a b 1 000000000000\n");
	store(w, strbuf_str(&text));
	reopen(w);
	assert_int_equal(append(w, 2, JOURNAL_OPT_OUT), 0);
	reopen(w);
	assert_int_equal(count(w, 0), 2);
	assert_int_equal(w->file->damaged, 0);
}

/* Each byte of a line that has good ones behind it. */
static void damage_in_the_middle_is_counted(void **state)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct world *w = *state;
	size_t from, to;

	load(w, &text);
	from = text.len;
	assert_int_equal(append(w, 1, JOURNAL_OPT_OUT), 0);
	load(w, &text);
	to = text.len;
	assert_int_equal(append(w, 2, JOURNAL_OPT_OUT), 0);
	load(w, &text);
	for (size_t i = from; i < to - 1; i++) {
		text.buf[i] ^= 1;
		store(w, strbuf_str(&text));
		reopen(w);
		assert_true(w->file->damaged >= 1);
		assert_int_equal(count(w, 0), 1);
		text.buf[i] ^= 1;
	}
}

static void full_disk_loses_nothing(void **state)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct world *w = *state;
	struct rlimit before, limit;
	size_t full;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(append(w, 1, JOURNAL_OPT_OUT), 0);
	load(w, &text);
	full = text.len;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	for (size_t room = 0; room < 40; room++) {
		limit = before;
		limit.rlim_cur = full + room;
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
		assert_int_equal(append(w, 2, JOURNAL_OPT_OUT), -1);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
		load(w, &text);
		assert_int_equal(text.len, full);
	}
	assert_int_equal(append(w, 2, JOURNAL_OPT_OUT), 0);
	reopen(w);
	assert_int_equal(count(w, 0), 2);
}

static void file_that_was_replaced_is_noticed(void **state)
{
	struct world *w = *state;
	struct journal_file *other = NULL;

	assert_int_equal(unlink(w->path), 0);
	assert_int_equal(append(w, 1, JOURNAL_OPT_OUT), -1);
	assert_int_equal(journal_file_create(w->path, &header, &other, &w->err),
			 0);
	assert_int_equal(append(w, 1, JOURNAL_OPT_OUT), -1);
	journal_file_free(&other);
}

static void others_entries_are_seen_under_the_lock(void **state)
{
	struct world *w = *state;
	struct world other = *w;

	other.file = NULL;
	reopen(&other);
	assert_int_equal(append(&other, 4, JOURNAL_OPT_OUT), 0);
	assert_int_equal(journal_file_lock(w->file, &w->err), 0);
	assert_int_equal(w->file->last[JOURNAL_CRM], 4);
	journal_file_unlock(w->file);
	journal_file_free(&other.file);
}

static void what_is_no_journal_is_refused(void **state)
{
	struct world *w = *state;
	struct journal_file *other = NULL;

	assert_int_equal(journal_file_create(w->path, &header, &other, &w->err),
			 -1);
	assert_int_equal(w->err.code, ERR_CONFLICT);
	assert_int_equal(journal_file_open("/nowhere/j", &other, &w->err), 0);
	store(w, STR("something else\n"));
	assert_int_equal(journal_file_open(w->path, &other, &w->err), -1);
	assert_int_equal(w->err.code, ERR_INVALID);
	store(w, STR(""));
	assert_int_equal(journal_file_open(w->path, &other, &w->err), -1);
	assert_int_equal(w->err.code, ERR_INVALID);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(entries_come_back),
		TEST(torn_last_line_is_cut_off),
		TEST(bad_end_with_newline_is_cut_off_too),
		TEST(damage_in_the_middle_is_counted),
		TEST(full_disk_loses_nothing),
		TEST(file_that_was_replaced_is_noticed),
		TEST(others_entries_are_seen_under_the_lock),
		TEST(what_is_no_journal_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
