#include "delivery/outbox/outbox.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/crypto.h"
#include "base/email.h"
#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "delivery/outbox/outbox_forget.h"
#include "sql/recipient.h"
#include "store/store_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct fixture {
	struct store_fixture store;
	char folder[64];
	struct outbox *outbox;
};

static int open_fixture(void **state)
{
	static struct fixture f;
	struct err err = ERR_INIT;

	store_fixture_open(&f.store);
	snprintf(f.folder, sizeof(f.folder), "/tmp/muster-outbox-XXXXXX");
	assert_non_null(mkdtemp(f.folder));
	assert_int_equal(outbox_open(f.store.store, f.folder, &f.outbox, &err),
			 0);
	*state = &f;
	return 0;
}

static int close_fixture(void **state)
{
	struct fixture *f = *state;
	char command[128];

	outbox_free(&f->outbox);
	store_fixture_free(&f->store);
	snprintf(command, sizeof(command), "rm -rf %s", f->folder);
	return system(command);
}

#define MAIL                                                             \
	"From: a@example.org\r\nTo: b@example.org\r\n"                   \
	"Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=\r\nMIME-Version: 1.0\r\n"  \
	"Content-Type: text/html; charset=utf-8\r\n\r\n<p>From here</p>" \
	"\r\n.\r\nFrom there\r\n"

static void put(struct fixture *f, const char *rcpt, const char *source)
{
	struct outbox_new m = { .campaign_id = 3,
				.sender = "a@example.org",
				.rcpt = rcpt,
				.subject = "Grüße",
				.source = str_of(source) };
	struct err err = ERR_INIT;

	assert_int_equal(outbox_add(f->outbox, &m, 1, 1000, &err), 0);
}

static void mails_come_back_byte_for_byte(void **state)
{
	struct fixture *f = *state;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct outbox_query query = { .limit = 10 };
	struct outbox_message *list;
	struct err err = ERR_INIT;
	int64_t total;

	put(f, "one@example.org", MAIL);
	put(f, "two@example.org", "Subject: x\r\n\r\ny\r\n");
	outbox_free(&f->outbox); /* a restart goes on in a new file */
	assert_int_equal(
		outbox_open(f->store.store, f->folder, &f->outbox, &err), 0);
	put(f, "three@example.org", "z");
	assert_int_equal(
		outbox_list(f->outbox, &query, arena, &list, &total, &err), 3);
	assert_int_equal(total, 3);
	assert_string_equal(list[2].rcpt, "one@example.org");
	assert_string_equal(list[2].subject, "Grüße");
	static const char *const sources[] = { "z", "Subject: x\r\n\r\ny\r\n",
					       MAIL };
	for (int i = 0; i < 3; i++) {
		CLEANUP(strbuf_release) struct strbuf source = STRBUF_INIT;
		struct outbox_message m;

		assert_int_equal(
			outbox_get(f->outbox, list[i].id, arena, &m, &err), 0);
		assert_int_equal(outbox_read(f->outbox, &m, &source, &err), 0);
		assert_string_equal(source.buf, sources[i]);
	}
}

static void lists_are_paged_and_filtered(void **state)
{
	struct fixture *f = *state;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct outbox_query query = { .limit = 2 };
	struct outbox_message *list;
	struct err err = ERR_INIT;
	int64_t total;

	for (int i = 0; i < 5; i++)
		put(f, i % 2 ? "odd@example.org" : "even@example.org", "x");
	for (int seen = 0; seen < 4; seen += 2) {
		assert_int_equal(outbox_list(f->outbox, &query, arena, &list,
					     &total, &err),
				 2);
		assert_int_equal(total, 5);
		query.before_id = list[1].id;
	}
	assert_int_equal(
		outbox_list(f->outbox, &query, arena, &list, &total, &err), 1);
	query = (struct outbox_query){ .rcpt = "Odd@Example.ORG", .limit = 9 };
	assert_int_equal(
		outbox_list(f->outbox, &query, arena, &list, &total, &err), 2);
	assert_int_equal(total, 2);
}

static const char *file_text(struct fixture *f, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	char path[96];
	FILE *file;
	int c;

	snprintf(path, sizeof(path), "%s/000001.mail", f->folder);
	file = fopen(path, "r");
	assert_non_null(file);
	while ((c = getc(file)) != EOF)
		strbuf_addch(&text, (char)c);
	assert_int_equal(fclose(file), 0);
	return arena_strdup(arena, text.buf);
}

/* Tests and confirmations that wait. */
static void queue_single(struct fixture *f, const char *rcpt)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct err err = ERR_INIT;

	assert_int_equal(store_get(f->store.store, STORE_AUDIENCE, &db, &err),
			 0);
	assert_int_equal(
		db_write(db, SQL_OUTGOING_ADD,
			 SQL_ARGS(sql_text("a@example.org"), sql_text(rcpt),
				  sql_text(MAIL), sql_int(1), sql_int(1)),
			 &err),
		0);
}

static int64_t count_singles(struct fixture *f)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct err err = ERR_INIT;

	assert_int_equal(store_get(f->store.store, STORE_AUDIENCE, &db, &err),
			 0);
	assert_int_equal(db_query(db, SQL_OUTGOING_DUE,
				  SQL_ARGS(sql_int(INT64_MAX), sql_int(9)),
				  &rows, &err),
			 0);
	for (int64_t n = 0;; n++) {
		if (rows_next(rows, &err) <= 0)
			return n;
	}
}

#define TO_GONE "To: gone@example.org\r\n\r\nDear Gone\r\n"

static void what_is_forgotten_leaves_the_list_and_the_files(void **state)
{
	struct fixture *f = *state;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(strbuf_release) struct strbuf source = STRBUF_INIT;
	struct outbox_query query = { .limit = 10 };
	struct outbox_message *list;
	struct err err = ERR_INIT;
	int64_t total;

	put(f, "one@example.org", MAIL);
	for (int i = 0; i < 450; i++) /* three pages */
		put(f, "gone@example.org", TO_GONE);
	put(f, "two@example.org", MAIL);
	assert_non_null(strstr(file_text(f, arena), "Dear Gone"));
	queue_single(f, "Gone@example.org");
	queue_single(f, "one@example.org");
	assert_int_equal(outbox_forget(f->outbox, "gone@example.org", &err), 0);
	assert_int_equal(
		outbox_list(f->outbox, &query, arena, &list, &total, &err), 2);
	assert_null(strcasestr(file_text(f, arena), "gone"));
	assert_int_equal(count_singles(f), 1);
	for (int i = 0; i < 2; i++) {
		strbuf_reset(&source);
		assert_int_equal(
			outbox_read(f->outbox, &list[i], &source, &err), 0);
		assert_string_equal(source.buf, MAIL);
	}
	put(f, "three@example.org", "z"); /* goes on behind them */
	assert_int_equal(
		outbox_list(f->outbox, &query, arena, &list, &total, &err), 3);
	strbuf_reset(&source);
	assert_int_equal(outbox_read(f->outbox, &list[0], &source, &err), 0);
	assert_string_equal(source.buf, "z");
}

/* The second look, which knows the address no more. */
static void what_comes_later_is_found_by_its_hash(void **state)
{
	struct fixture *f = *state;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(json_free) json_t *hashes = json_array();
	struct outbox_query query = { .limit = 10 };
	struct outbox_message *list;
	struct err err = ERR_INIT;
	char hash[MD5_HEX + 1];
	int64_t total;

	put(f, "Gone@example.org", TO_GONE);
	put(f, "one@example.org", MAIL);
	queue_single(f, "GONE@example.org");
	email_hash("gone@example.org", hash);
	assert_int_equal(json_array_append_new(hashes, json_string(hash)), 0);
	assert_int_equal(
		outbox_list(f->outbox, &query, arena, &list, &total, &err), 2);
	assert_int_equal(outbox_forget_hashed(f->outbox, hashes,
					      list[0].at_ms + 1, &err),
			 0);
	assert_int_equal(count_singles(f), 0); /* they wait, since whenever */
	assert_int_equal(
		outbox_forget_hashed(f->outbox, hashes, list[1].at_ms, &err),
		0);
	assert_int_equal(
		outbox_list(f->outbox, &query, arena, &list, &total, &err), 1);
	assert_string_equal(list[0].rcpt, "one@example.org");
	assert_null(strcasestr(file_text(f, arena), "Dear Gone"));
}

/* What cannot be written over stays in the list, to be tried again; what is
 * gone already does not. */
static void forgetting_is_done_again(void **state)
{
	struct fixture *f = *state;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct outbox_query query = { .limit = 10 };
	struct outbox_message *list;
	struct err err = ERR_INIT;
	char file[96], other[96];
	int64_t total;

	put(f, "gone@example.org", TO_GONE);
	snprintf(file, sizeof(file), "%s/000001.mail", f->folder);
	snprintf(other, sizeof(other), "%s/aside", f->folder);
	assert_int_equal(rename(file, other), 0);
	assert_int_equal(mkdir(file, 0700), 0);
	assert_int_equal(outbox_forget(f->outbox, "gone@example.org", &err),
			 -1);
	assert_int_equal(err.code, ERR_IO);
	assert_int_equal(
		outbox_list(f->outbox, &query, arena, &list, &total, &err), 1);
	assert_int_equal(rmdir(file), 0);
	assert_int_equal(rename(other, file), 0);
	assert_int_equal(truncate(file, 30), 0); /* as a crash leaves it */
	err = (struct err)ERR_INIT;
	assert_int_equal(outbox_forget(f->outbox, "gone@example.org", &err), 0);
	assert_null(strcasestr(file_text(f, arena), "gone"));
	assert_int_equal(strlen(file_text(f, arena)), 30);
	outbox_free(&f->outbox);
	assert_int_equal(
		outbox_open(f->store.store, f->folder, &f->outbox, &err), 0);
	put(f, "gone@example.org", TO_GONE);
	snprintf(file, sizeof(file), "%s/000002.mail", f->folder);
	assert_int_equal(unlink(file), 0);
	assert_int_equal(outbox_forget(f->outbox, "gone@example.org", &err), 0);
	assert_int_equal(
		outbox_list(f->outbox, &query, arena, &list, &total, &err), 0);
}

/* Its file has a number that no other process takes. */
static void another_process_is_not_taken_for_this_one(void **state)
{
	struct fixture *f = *state;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(strbuf_release) struct strbuf source = STRBUF_INIT;
	struct outbox_query query = { .limit = 10 };
	struct fixture other = { .outbox = NULL };
	struct outbox_message *list;
	struct err err = ERR_INIT;
	char command[160];
	int64_t total;

	snprintf(other.folder, sizeof(other.folder),
		 "/tmp/muster-outbox-XXXXXX");
	assert_non_null(mkdtemp(other.folder));
	assert_int_equal(
		outbox_open(f->store.store, other.folder, &other.outbox, &err),
		0);
	put(f, "one@example.org", MAIL);
	put(&other, "two@example.org", TO_GONE);
	assert_int_equal(
		outbox_list(f->outbox, &query, arena, &list, &total, &err), 2);
	assert_int_equal(outbox_read(f->outbox, &list[0], &source, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	assert_int_equal(outbox_read(other.outbox, &list[0], &source, &err), 0);
	assert_string_equal(source.buf, TO_GONE);
	outbox_free(&other.outbox);
	snprintf(command, sizeof(command), "rm -rf %s", other.folder);
	assert_int_equal(system(command), 0);
}

static void an_unknown_mail_is_not_found(void **state)
{
	struct fixture *f = *state;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct outbox_message m;
	struct err err = ERR_INIT;

	assert_int_equal(outbox_get(f->outbox, 77, arena, &m, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
}

static void parts_are_decoded(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct outbox_view view;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(outbox_view(str_of(MAIL), arena, &view, &err), 0);
	assert_non_null(strstr(view.html, "<p>From here</p>"));
	assert_null(view.text);
	assert_int_equal(
		outbox_view(STR("\xff\xfe no mail"), arena, &view, &err), 0);
	assert_int_equal(outbox_view(STR(""), arena, &view, &err), 0);
}

#define FIXED(test) \
	cmocka_unit_test_setup_teardown(test, open_fixture, close_fixture)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXED(mails_come_back_byte_for_byte),
		FIXED(lists_are_paged_and_filtered),
		FIXED(what_is_forgotten_leaves_the_list_and_the_files),
		FIXED(what_comes_later_is_found_by_its_hash),
		FIXED(forgetting_is_done_again),
		FIXED(another_process_is_not_taken_for_this_one),
		FIXED(an_unknown_mail_is_not_found),
		cmocka_unit_test(parts_are_decoded),
	};

	crypto_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
