#include "delivery/outbox.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "store/store_fixture.h"

#include <setjmp.h>
#include <stdarg.h>

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
		FIXED(an_unknown_mail_is_not_found),
		cmocka_unit_test(parts_are_decoded),
	};

	crypto_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
