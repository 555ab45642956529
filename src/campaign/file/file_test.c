#include "campaign/file/file.h"

#include "base/arena.h"
#include "base/crypto.h"
#include "campaign/campaign_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct campaign_fixture f;

static int set_up(void **state)
{
	(void)state;
	campaign_fixture_open(&f, 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	campaign_fixture_free(&f);
	return 0;
}

static struct image picture(const char *bytes)
{
	struct image image = {
		.type = IMAGE_PNG, .width = 4, .height = 3, .bytes = STRBUF_INIT
	};

	strbuf_addstr(&image.bytes, bytes);
	return image;
}

/* 0 or -1 with f.err. */
static int add(const char *source, const char *name, struct file *out)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(image_release) struct image image = picture(source);

	strbuf_addstr(&image.bytes, " drawn anew");
	if (tx_begin(f.db, &tx, &f.err) < 0 ||
	    file_add(&tx, str_of(source), &image, name, FIXTURE_NOW, f.arena,
		     out, &f.err) < 0)
		return -1;
	return tx_commit(&tx, &f.err);
}

static void test_the_same_file_is_one_picture(void **state)
{
	struct file a, b;

	(void)state;
	assert_int_equal(file_find(f.db, STR("one"), f.arena, &b, &f.err), 0);
	assert_int_equal(add("one", "a.png", &a), 0);
	assert_int_equal(file_find(f.db, STR("one"), f.arena, &b, &f.err), 1);
	assert_int_equal(a.id, b.id);
	assert_string_equal(b.name, "a.png");
	/* somebody was quicker: done again, it is found */
	assert_int_equal(add("one", "b.png", &b), -1);
	assert_int_equal(f.err.code, ERR_RETRY);
}

static void test_bytes_come_back(void **state)
{
	CLEANUP(strbuf_release) struct strbuf bytes = STRBUF_INIT;
	enum file_type type = FILE_GIF;
	struct file a;

	(void)state;
	assert_int_equal(add("one", "a.png", &a), 0);
	assert_int_equal(file_read(f.db, a.hash, &type, &bytes, &f.err), 1);
	assert_string_equal(bytes.buf, "one drawn anew");
	assert_int_equal(type, FILE_PNG);
	assert_int_equal(file_read(f.db, "nothing", &type, &bytes, &f.err), 0);
}

static void test_names_and_addresses(void **state)
{
	static const struct {
		const char *name, *kept, *slug;
	} cases[] = {
		{ "summer.png", "summer.png", "summer" },
		{ "", "image", "image" },
		{ "C:\\Users\\me\\Grüße aus Köln.JPG", "Grüße aus Köln.JPG",
		  "grusse-aus-koln" },
		{ "../../etc/passwd", "passwd", "passwd" },
		{ "a/", "image", "image" },
		{ "  a\tb\n\"<script>\".png ", "ab\"<script>\".png",
		  "ab-script" },
		{ "王伟.png", "王伟.png", "image" },
		{ ".htaccess", ".htaccess", "htaccess" },
		{ "\xff\xfe.png", "image", "image" },
		{ "a%2fb?c#d.png", "a%2fb?c#d.png", "a-2fb-c-d" },
	};
	char source[] = "0";

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++, source[0]++) {
		CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
		struct file a;

		assert_int_equal(add(source, cases[i].name, &a), 0);
		assert_string_equal(a.name, cases[i].kept);
		file_path(&a, &path);
		assert_string_equal(path.buf,
				    arena_printf(f.arena, "/files/%s/%s.png",
						 a.hash, cases[i].slug));
	}
}

static void test_long_names_are_cut(void **state)
{
	CLEANUP(strbuf_release) struct strbuf name = STRBUF_INIT;
	struct file a;

	(void)state;
	for (int i = 0; i < 1000; i++)
		strbuf_addstr(&name, "ü");
	assert_int_equal(add("one", name.buf, &a), 0);
	assert_int_equal(strlen(a.name), 2 * FILE_NAME_MAX);
}

static void test_list(void **state)
{
	static const struct {
		const char *q;
		int64_t n;
	} cases[] = { { NULL, 3 },
		      { "", 3 },
		      { "SUMMER", 2 },
		      { "%", 1 },
		      { "none", 0 } };
	struct file a;

	(void)state;
	assert_int_equal(add("1", "Summer.png", &a), 0);
	assert_int_equal(add("2", "late summer 100%.png", &a), 0);
	assert_int_equal(add("3", "winter.png", &a), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(vec_release) struct files list = VEC_INIT;
		struct file_filter filter = { .q = cases[i].q, .limit = 2 };
		int64_t total;

		assert_int_equal(file_list(f.db, &filter, f.arena, &list,
					   &total, &f.err),
				 0);
		assert_int_equal(total, cases[i].n);
		assert_int_equal(list.n, total < 2 ? total : 2);
	}
}

static void test_who_shows_it(void **state)
{
	CLEANUP(vec_release) struct file_users users = VEC_INIT;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct file a;

	(void)state;
	assert_int_equal(add("1", "a.png", &a), 0);
	campaign_fixture_exec(
		&f,
		"INSERT INTO campaign (hex, type, status, settings, tracking,"
		" html, created_ms, updated_ms) VALUES ('c1', 'regular', 1,"
		" '{\"title\": \"May\"}', '{}',"
		" '<img src=\"https://x.example/files/%s/a.png\">', 1, 1),"
		" ('c2', 'regular', 8, '{}', '{}', '/files/%s/', 1, 1),"
		" ('c3', 'regular', 1, '{}', '{}', '/files/other/', 1, 1)",
		a.hash, a.hash);
	assert_int_equal(file_list_users(f.db, &a, f.arena, &users, &f.err), 0);
	assert_int_equal(users.n, 1); /* one was removed, one shows another */
	assert_string_equal(users.v[0].title, "May");
	assert_int_equal(tx_begin(f.db, &tx, &f.err), 0);
	assert_int_equal(file_remove(&tx, a.id, &f.err), 0);
	assert_int_equal(tx_commit(&tx, &f.err), 0);
	assert_int_equal(file_get(f.db, a.id, f.arena, &a, &f.err), -1);
	assert_int_equal(f.err.code, ERR_NOT_FOUND);
	assert_int_equal(
		campaign_fixture_int(&f, "SELECT COUNT(*) FROM file_body"), 0);
}

static int add_own(struct file *file, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(f.db, &tx, err) < 0 ||
	    file_add_own(&tx, STR("text"), file, FIXTURE_NOW, f.arena, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static int rename_to(int64_t id, const char *name, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct file before, file;

	if (tx_begin(f.db, &tx, err) < 0 ||
	    file_get(f.db, id, f.arena, &before, err) < 0)
		return -1;
	file = before;
	file.name = name;
	if (file_update(&tx, &before, &file, f.arena, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static void test_documents_stand_beside_pictures(void **state)
{
	static const struct file_search all = { .count = 10 },
					documents = { .count = 10,
						      .only_documents = true };
	CLEANUP(vec_release) struct files list = VEC_INIT;
	struct file_filter filter = { .limit = 10 };
	struct file a = { .name = "a.txt", .type = FILE_TXT, .user_id = 7 };
	struct file b = a, picture_file, back;
	struct err err = ERR_INIT;
	int64_t total, bytes;

	(void)state;
	assert_int_equal(add("one", "a.png", &picture_file), 0);
	assert_int_equal(add_own(&a, &err), 0);
	assert_int_equal(add_own(&b, &err), 0);
	assert_int_not_equal(a.id, b.id);
	assert_string_equal(a.hash, b.hash);
	assert_int_equal(file_list(f.db, &filter, f.arena, &list, &total, &err),
			 0);
	assert_int_equal(total, 1);
	assert_int_equal(list.v[0].id, picture_file.id);
	assert_int_equal(file_search(f.db, &documents, f.arena, &list, &total,
				     &bytes, &err),
			 0);
	assert_int_equal(total, 2);
	assert_int_equal(bytes, picture_file.size_bytes + 8);
	assert_int_equal(
		file_search(f.db, &all, f.arena, &list, &total, &bytes, &err),
		0);
	assert_int_equal(total, 3);
	assert_int_equal(rename_to(a.id, "x/b.txt", &err), 0);
	assert_int_equal(file_get(f.db, a.id, f.arena, &back, &err), 0);
	assert_string_equal(back.name, "b.txt");
	assert_int_equal(back.user_id, 7);
}

static void test_a_fault_leaves_no_half_file(void **state)
{
	static const struct file_search all = { .count = 10 };
	struct err err = ERR_INIT;

	(void)state;
	for (int n = 1;; n++) {
		CLEANUP(vec_release) struct files list = VEC_INIT;
		struct file file = { .name = "a.txt", .type = FILE_TXT };
		int64_t total, bytes;
		int ret;

		db_fail_nth(f.db, n);
		ret = add_own(&file, &err);
		db_fail_nth(f.db, 0);
		assert_int_equal(file_search(f.db, &all, f.arena, &list, &total,
					     &bytes, &err),
				 0);
		assert_int_equal(total, ret == 0);
		if (ret == 0)
			break;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(test_the_same_file_is_one_picture),
		TEST(test_bytes_come_back),
		TEST(test_names_and_addresses),
		TEST(test_long_names_are_cut),
		TEST(test_list),
		TEST(test_who_shows_it),
		TEST(test_documents_stand_beside_pictures),
		TEST(test_a_fault_leaves_no_half_file),
	};

	crypto_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
