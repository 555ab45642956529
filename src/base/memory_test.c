#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/random.h"
#include "base/strbuf.h"
#include "base/vec.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void an_arena_gives_zeroed_aligned_memory(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct prng dice = { .state = 3 };

	(void)state;
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 2000; i++) {
			size_t size = prng_below(&dice, 40000) >>
				      prng_below(&dice, 12);
			char *p = arena_alloc(arena, size);

			assert_int_equal((uintptr_t)p % 16, 0);
			for (size_t j = 0; j < size; j++)
				assert_int_equal(p[j], 0);
			memset(p, 0xAA, size);
		}
		arena_reset(arena);
	}
}

static void what_an_arena_gave_is_not_given_again(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	VEC(char *) texts = VEC_INIT;

	(void)state;
	for (int i = 0; i < 5000; i++)
		vec_push(&texts, arena_printf(arena, "%d-%0*d", i, i % 900, 0));
	for (int i = 0; i < 5000; i++) {
		CLEANUP(strbuf_release) struct strbuf s = STRBUF_INIT;

		strbuf_addf(&s, "%d-%0*d", i, i % 900, 0);
		assert_string_equal(texts.v[i], s.buf);
	}
	vec_release(&texts);
	assert_null(arena_strdup(arena, NULL));
	assert_string_equal(arena_str(arena, STR("abc")), "abc");
	assert_string_equal(arena_strndup(arena, NULL, 0), "");
}

static void a_buffer_grows_and_ends_in_nul(void **state)
{
	CLEANUP(strbuf_release) struct strbuf sb = STRBUF_INIT;

	(void)state;
	strbuf_addstr(&sb, "");
	strbuf_add(&sb, NULL, 0);
	strbuf_trim(&sb);
	strbuf_reset(&sb);
	assert_string_equal(sb.buf, "");
	for (int i = 0; i < 10000; i++)
		strbuf_addch(&sb, 'x');
	assert_int_equal(strlen(sb.buf), 10000);
	strbuf_truncate(&sb, 3);
	strbuf_addint(&sb, INT64_MIN);
	strbuf_addint(&sb, 0);
	strbuf_addint(&sb, 1205);
	assert_string_equal(sb.buf, "xxx-922337203685477580801205");
	strbuf_reset(&sb);
	strbuf_addf(&sb, " \t%s%5d \n", "A", 42);
	strbuf_trim(&sb);
	strbuf_tolower(&sb);
	assert_string_equal(sb.buf, "a   42");
}

static void text_is_escaped_for_urls_and_html(void **state)
{
	CLEANUP(strbuf_release) struct strbuf sb = STRBUF_INIT;

	(void)state;
	strbuf_add_url(&sb, STR("a b&ä/~-._"));
	assert_string_equal(sb.buf, "a%20b%26%C3%A4%2F~-._");
	strbuf_reset(&sb);
	strbuf_add_html(&sb, STR("<a href=\"x\">O'Neil & co</a>"));
	assert_string_equal(sb.buf, "&lt;a href=&quot;x&quot;&gt;O&#39;Neil "
				    "&amp; co&lt;/a&gt;");
}

static void a_file_is_read_up_to_a_limit(void **state)
{
	CLEANUP(strbuf_release) struct strbuf sb = STRBUF_INIT;
	struct err err = ERR_INIT;

	(void)state;
	strbuf_addstr(&sb, "kept");
	assert_int_equal(strbuf_add_file(&sb, "/nonexistent", 10, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	assert_int_equal(strbuf_add_file(&sb, "/dev/zero", 100, &err), -1);
	assert_int_equal(err.code, ERR_LIMIT);
	assert_string_equal(sb.buf, "kept");
	assert_int_equal(strbuf_add_file(&sb, "/dev/null", 100, &err), 0);
	assert_int_equal(strbuf_add_file(&sb, "/", 100, &err), -1);
	assert_int_equal(err.code, ERR_IO);
}

static void an_error_is_cut_at_a_character(void **state)
{
	struct err err = ERR_INIT;
	char text[400] = "";

	(void)state;
	for (int i = 0; i < 130; i++)
		memcpy(text + (size_t)i * 3, "€", 4);
	assert_int_equal(err_set(&err, ERR_LIMIT, "%s", text), -1);
	assert_int_equal(strlen(err.text), 255);
	assert_int_equal(err_set(&err, ERR_LIMIT, "x%s", text), -1);
	assert_int_equal(strlen(err.text), 253);
	err_prefix(&err, "while %s", "testing");
	assert_int_equal(strncmp(err.text, "while testing: x€", 18), 0);
	assert_int_equal((strlen(err.text) - 16) % 3, 0);
	assert_int_equal(err.code, ERR_LIMIT);
}

static void an_error_says_what_and_where(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	err_field(&err, "email", "is %s", "wrong");
	assert_int_equal(err.code, ERR_INVALID);
	assert_string_equal(err.field, "email");
	assert_string_equal(err.text, "is wrong");
	err_prefix(&err, "row %d", 7);
	assert_string_equal(err.field, "email");
	assert_string_equal(err.text, "row 7: is wrong");
	err_title(&err, ERR_CONFLICT, "Member Exists", "%s again", "x");
	assert_string_equal(err.title, "Member Exists");
	assert_string_equal(err.field, "");
	errno = ENOENT;
	err_errno(&err, "opening %s", "f");
	assert_string_equal(err.text, "opening f: No such file or directory");
	assert_string_equal(err_code_name(err.code), "io");
	/* its own parts may be its arguments */
	err_set(&err, ERR_RETRY, "again: %s", err.text);
	assert_string_equal(err.text,
			    "again: opening f: No such file or directory");
}

static void repeatable_numbers_repeat(void **state)
{
	struct prng a = { .state = 9 };
	struct prng b = { .state = 9 };
	char hex[8];

	(void)state;
	for (int i = 0; i < 1000; i++) {
		assert_true(prng_next(&a) == prng_next(&b));
		assert_true(prng_below(&a, 7) < 7);
		(void)prng_next(&b);
	}
	random_hex(hex, 7);
	assert_int_equal(strlen(hex), 7);
	assert_int_equal(strspn(hex, "0123456789abcdef"), 7);
	assert_true(random_u64() != random_u64());
}

static void drawn_bytes_are_drawn_once(void **state)
{
	struct random_stock stock = { .left = 0 };
	uint64_t drawn[3 * sizeof(stock.bytes) / sizeof(uint64_t)];
	size_t n = ARRAY_SIZE(drawn);

	(void)state;
	for (size_t i = 0; i < n; i++)
		random_draw(&stock, &drawn[i], sizeof(drawn[i]));
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < i; j++)
			assert_true(drawn[i] != drawn[j]);
}

static void a_vector_of_any_type_grows_and_is_searched(void **state)
{
	CLEANUP(vec_release)
	VEC(struct {
		const char *name;
		int64_t key;
	})
	sorted = VEC_INIT;

	(void)state;
	assert_int_equal(vec_lower(&sorted, key, 1), 0);
	for (int i = 0; i < 100; i++) {
		vec_any_add(VEC_ANY(&sorted));
		assert_null(sorted.v[i].name);
		sorted.v[i].key = 2 * (i / 2);
	}
	for (int64_t key = -1; key < 102; key++) {
		size_t at = vec_lower(&sorted, key, key);

		assert_true(at == sorted.n || sorted.v[at].key >= key);
		assert_true(at == 0 || sorted.v[at - 1].key < key);
	}
	vec_release(&sorted);
	assert_null(sorted.v);
	assert_int_equal(sorted.n, 0);
}

static void ids_stand_in_order_each_once(void **state)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;

	(void)state;
	ids_sort(&ids);
	assert_int_equal(ids.n, 0);
	assert_false(ids_has(&ids, 0));
	for (int64_t i = 0; i < 60; i++)
		vec_push(&ids, 3 * (i * 7 % 20) - 9);
	ids_sort(&ids);
	assert_int_equal(ids.n, 20);
	for (size_t i = 0; i < ids.n; i++)
		assert_int_equal(ids.v[i], 3 * (int64_t)i - 9);
	for (int64_t id = -12; id < 55; id++)
		assert_int_equal(ids_has(&ids, id),
				 id >= -9 && id <= 48 && id % 3 == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_arena_gives_zeroed_aligned_memory),
		cmocka_unit_test(what_an_arena_gave_is_not_given_again),
		cmocka_unit_test(a_vector_of_any_type_grows_and_is_searched),
		cmocka_unit_test(a_buffer_grows_and_ends_in_nul),
		cmocka_unit_test(text_is_escaped_for_urls_and_html),
		cmocka_unit_test(a_file_is_read_up_to_a_limit),
		cmocka_unit_test(an_error_is_cut_at_a_character),
		cmocka_unit_test(an_error_says_what_and_where),
		cmocka_unit_test(ids_stand_in_order_each_once),
		cmocka_unit_test(repeatable_numbers_repeat),
		cmocka_unit_test(drawn_bytes_are_drawn_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
