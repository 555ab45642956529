#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "base/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define PAGE                                                             \
	"{\"members\":[{\"id\":\"a\\\"}\",\"stats\":{\"open\":1.5,"      \
	"\"click\":0},\"tags\":[],\"merge_fields\":{\"FNAME\":\"x\"}},"  \
	"{\"id\":\"b\",\"stats\":{\"open\":2,\"click\":1},\"tags\":[{"   \
	"\"id\":7,\"name\":\"t\"}],\"merge_fields\":{\"FNAME\":\"\"}}]," \
	"\"total_items\":2,\"empty\":[],\"none\":null}"

/* How deep values are written by calls; what is deeper is one raw text. */
static void write_value(struct json_writer *w, const json_t *v, int calls)
{
	CLEANUP(strbuf_release) struct strbuf raw = STRBUF_INIT;
	const char *key;
	json_t *item;
	size_t i;

	if (calls == 0) {
		json_dump(v, &raw);
		json_raw(w, strbuf_str(&raw));
	} else if (json_is_object(v)) {
		json_begin_object(w);
		json_object_foreach ((json_t *)v, key, item) {
			json_key(w, key);
			write_value(w, item, calls - 1);
		}
		json_end_object(w);
	} else if (json_is_array(v)) {
		json_begin_array(w);
		json_array_foreach (v, i, item)
			write_value(w, item, calls - 1);
		json_end_array(w);
	} else if (json_is_string(v)) {
		json_text(w, json_string_value(v));
	} else if (json_is_integer(v)) {
		json_int(w, json_integer_value(v));
	} else if (json_is_null(v)) {
		json_nothing(w);
	} else {
		json_tree(w, v);
	}
}

static void expect(const char *paths, bool excludes, const char *want)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(json_free) json_t *page = NULL;
	struct err err = ERR_INIT;

	assert_int_equal(json_parse(str_of(PAGE), &page, &err), 0);
	for (int calls = 0; calls < 6; calls++) {
		CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
		struct json_writer w = JSON_WRITER(&out);

		json_choose(&w, json_fields(paths, excludes, arena));
		write_value(&w, page, calls);
		assert_string_equal(out.buf, want);
	}
}

static void what_is_asked_for_is_kept(void **state)
{
	(void)state;
	expect("total_items", false, "{\"total_items\":2}");
	expect("members.id,total_items", false,
	       "{\"members\":[{\"id\":\"a\\\"}\"},{\"id\":\"b\"}],"
	       "\"total_items\":2}");
	expect("members.stats.open, members.tags.name", false,
	       "{\"members\":[{\"stats\":{\"open\":1.5},\"tags\":[]},"
	       "{\"stats\":{\"open\":2},\"tags\":[{\"name\":\"t\"}]}]}");
}

static void what_is_excluded_is_left_out(void **state)
{
	(void)state;
	expect("members,empty", true, "{\"total_items\":2,\"none\":null}");
	expect("members.stats,members.tags,members.merge_fields,empty,none",
	       true,
	       "{\"members\":[{\"id\":\"a\\\"}\"},{\"id\":\"b\"}],"
	       "\"total_items\":2}");
}

static void what_there_is_not_is_ignored(void **state)
{
	(void)state;
	expect("nonsense", false, "{}");
	expect("members.nonsense,total_items", false,
	       "{\"members\":[{},{}],\"total_items\":2}");
	expect("nonsense,members,empty,none.x", true,
	       "{\"total_items\":2,\"none\":null}");
	expect("total_items.x", false, "{}");
	expect("empty.anything,total_items", false,
	       "{\"total_items\":2,\"empty\":[]}");
	expect("members.merge_fields.OTHER", false,
	       "{\"members\":[{\"merge_fields\":{}},{\"merge_fields\":{}}]}");
}

static void a_writer_tells_what_it_wants(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&out);

	(void)state;
	json_choose(&w, json_fields("a.b,c", false, arena));
	assert_true(json_wants(&w, "a.b.x"));
	assert_true(json_wants(&w, "a"));
	assert_false(json_wants(&w, "a.x"));
	assert_true(json_wants(&w, "c.y.z"));
	assert_false(json_wants(&w, "d"));
	json_begin_object(&w);
	json_key(&w, "d");
	assert_false(json_wants_next(&w));
	json_begin_array(&w);
	assert_false(json_wants(&w, "b"));
	json_end_array(&w);
	json_key_begin_object(&w, "a");
	assert_true(json_wants(&w, "b"));
	assert_false(json_wants(&w, "c"));
	json_end_object(&w);
	json_end_object(&w);
	assert_string_equal(out.buf, "{\"a\":{}}");
}

/* --- any value, any paths: like a filter of the tree --- */

static json_t *some_value(struct prng *r, int depth)
{
	static const char *const names[] = { "a", "b", "c" };
	json_t *v;

	switch (prng_below(r, depth > 4 ? 3 : 6)) {
	case 0:
		return json_integer((json_int_t)prng_below(r, 9));
	case 1:
		return json_string("\"},x");
	case 2:
		return json_null();
	case 3:
		v = json_array();
		for (uint64_t n = prng_below(r, 4); n > 0; n--)
			(void)json_array_append_new(v,
						    some_value(r, depth + 1));
		return v;
	default:
		v = json_object();
		for (size_t i = 0; i < ARRAY_SIZE(names); i++)
			if (prng_below(r, 3))
				(void)json_object_set_new(
					v, names[i], some_value(r, depth + 1));
		return v;
	}
}

static void some_paths(struct prng *r, struct strbuf *out)
{
	for (uint64_t n = 1 + prng_below(r, 3); n > 0; n--) {
		for (uint64_t d = 1 + prng_below(r, 3); d > 0; d--)
			strbuf_addf(out, "%c%s", (int)('a' + prng_below(r, 4)),
				    d > 1 ? "." : "");
		strbuf_addstr(out, n > 1 ? "," : "");
	}
}

/* Does a path end at `at`, or lead on from it? */
static bool names(const char *paths, const char *at, bool whole)
{
	struct str rest = str_of(paths);

	while (rest.s) {
		struct str path = str_cut(&rest, ',');
		size_t n = strlen(at);

		if (path.len >= n && memcmp(path.s, at, n) == 0 &&
		    (whole ? path.len == n : path.len > n && path.s[n] == '.'))
			return true;
	}
	return false;
}

static json_t *filtered(const json_t *v, const char *paths, bool excludes,
			const char *at, struct arena *arena)
{
	json_t *out = json_is_object(v)  ? json_object()
		      : json_is_array(v) ? json_array()
					 : json_deep_copy(v);
	const char *key;
	json_t *item;
	size_t i;

	json_object_foreach ((json_t *)v, key, item) {
		const char *below =
			arena_printf(arena, "%s%s%s", at, *at ? "." : "", key);
		bool ends = names(paths, below, true);
		bool inside = !ends && names(paths, below, false);
		bool nested = json_is_object(item) || json_is_array(item);

		if (inside && nested)
			(void)json_object_set_new(
				out, key,
				filtered(item, paths, excludes, below, arena));
		else if (excludes ? !ends : ends)
			(void)json_object_set(out, key, item);
	}
	json_array_foreach (v, i, item)
		(void)json_array_append_new(
			out, filtered(item, paths, excludes, at, arena));
	return out;
}

static void a_choice_is_a_filter(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct prng r = { .state = 7 };

	(void)state;
	for (int i = 0; i < 20000; i++) {
		CLEANUP(strbuf_release) struct strbuf paths = STRBUF_INIT;
		CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
		CLEANUP(strbuf_release) struct strbuf want = STRBUF_INIT;
		CLEANUP(json_free) json_t *v = some_value(&r, 0);
		CLEANUP(json_free) json_t *less = NULL;
		struct json_writer w = JSON_WRITER(&out);
		bool excludes = prng_below(&r, 2) != 0;

		some_paths(&r, &paths);
		less = filtered(v, paths.buf, excludes, "", arena);
		json_dump(less, &want);
		json_choose(&w, json_fields(paths.buf, excludes, arena));
		write_value(&w, v, (int)prng_below(&r, 6));
		if (strcmp(out.buf, want.buf) != 0)
			fail_msg("%s%s: %s, not %s", excludes ? "not " : "",
				 paths.buf, out.buf, want.buf);
		arena_reset(arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_asked_for_is_kept),
		cmocka_unit_test(what_is_excluded_is_left_out),
		cmocka_unit_test(what_there_is_not_is_ignored),
		cmocka_unit_test(a_writer_tells_what_it_wants),
		cmocka_unit_test(a_choice_is_a_filter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
