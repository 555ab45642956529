/* Who has a tag, changed by addresses; how far an act on many is. */
#include "audience/tag_members.h"

#include "audience/audience_fixture.h"
#include "audience/segment.h"
#include "audience/side/many_done.h"
#include "base/arena.h"
#include "base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define NOW FIXTURE_NOW

static struct segment make_segment(struct audience_fixture *f, const char *body)
{
	CLEANUP(json_free) json_t *tree = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;
	struct segment segment;

	assert_int_equal(json_parse(str_of(body), &tree, &err), 0);
	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	if (segment_add(&tx, &f->list, tree, NOW, f->arena, &segment, &err) < 0)
		fail_msg("%s: %s", body, err.text);
	assert_int_equal(tx_commit(&tx, &err), 0);
	return segment;
}

/* ann and bob are members, of whom bob has the tag. */
static struct segment make_tag(struct audience_fixture *f)
{
	(void)audience_fixture_subscribe(f, "ann@example.org");
	(void)audience_fixture_subscribe(f, "bob@example.org");
	return make_segment(f, "{\"name\":\"blue\",\"static_segment\":"
			       "[\"bob@example.org\",\"nobody@a.example\"]}");
}

/* texts: a JSON array; they live in the tree. */
static int change(struct audience_fixture *f, int64_t id, const char *add,
		  const char *remove, json_t **trees, struct tag_change *out,
		  struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	assert_int_equal(json_parse(str_of(add), &trees[0], err), 0);
	assert_int_equal(json_parse(str_of(remove), &trees[1], err), 0);
	if (tx_begin(f->db, &tx, err) < 0 ||
	    tag_members_change(&tx, &f->list, id, trees[0], trees[1], NOW,
			       f->arena, out, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static int64_t tagged(struct audience_fixture *f)
{
	return audience_fixture_int(f, "SELECT COUNT(*) FROM segment_member");
}

static void only_what_changes_is_counted(void **state)
{
	struct audience_fixture *f = *state;
	static const struct {
		const char *add, *remove;
		size_t added, removed, unknown;
		int64_t after;
	} cases[] = {
		{ "[]", "[]", 0, 0, 0, 1 },
		{ "[\"ann@example.org\"]", "[]", 1, 0, 0, 2 },
		{ "[\" ANN@Example.org \"]", "[]", 0, 0, 0, 2 },
		{ "[\"bob@example.org\"]", "[]", 0, 0, 0, 2 },
		{ "[]", "[\"bob@example.org\",\"BOB@example.org\"]", 0, 1, 0,
		  1 },
		{ "[]", "[\"bob@example.org\"]", 0, 0, 0, 1 },
		{ "[\"bob@example.org\",\"bob@example.org\"]",
		  "[\"ann@example.org\"]", 1, 1, 0, 1 },
		{ "[\"no@example.org\",\"\",\"x\",\"no@example.org\"]",
		  "[\"@\"]", 0, 0, 5, 1 },
		{ "[\"x\",\"ann@example.org\"]", "[\"ann@example.org\"]", 1, 1,
		  1, 1 },
	};
	struct segment tag = make_tag(f);

	assert_int_equal(tagged(f), 1);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(tag_change_release)
		struct tag_change changed = { { NULL } };
		json_t *trees[2] = { NULL, NULL };
		struct err err = ERR_INIT;

		if (change(f, tag.id, cases[i].add, cases[i].remove, trees,
			   &changed, &err) < 0)
			fail_msg("%s: %s", cases[i].add, err.text);
		assert_int_equal(changed.added.n, cases[i].added);
		assert_int_equal(changed.removed.n, cases[i].removed);
		assert_int_equal(changed.unknown.n, cases[i].unknown);
		assert_int_equal(tagged(f), cases[i].after);
		json_free(&trees[0]);
		json_free(&trees[1]);
	}
}

static const char *too_many(struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

	for (int i = 0; i <= TAG_CHANGE_MAX; i++)
		strbuf_addstr(&out, i ? ",\"a\"" : "[\"a\"");
	strbuf_addch(&out, ']');
	return arena_str(arena, strbuf_str(&out));
}

static void what_makes_no_sense_is_refused(void **state)
{
	struct audience_fixture *f = *state;
	struct segment tag = make_tag(f);
	struct segment saved =
		make_segment(f, "{\"name\":\"s\",\"options\":{\"match\":"
				"\"all\",\"conditions\":[]}}");
	const struct {
		int64_t id;
		const char *add;
		enum err_code code;
	} cases[] = {
		{ saved.id, "[\"ann@example.org\"]", ERR_INVALID },
		{ saved.id + 99, "[\"ann@example.org\"]", ERR_NOT_FOUND },
		{ tag.id, "[\"ann@example.org\",7]", ERR_INVALID },
		{ tag.id, too_many(f->arena), ERR_INVALID },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(tag_change_release)
		struct tag_change changed = { { NULL } };
		json_t *trees[2] = { NULL, NULL };
		struct err err = ERR_INIT;

		assert_int_equal(change(f, cases[i].id, cases[i].add, "[]",
					trees, &changed, &err),
				 -1);
		assert_int_equal(err.code, cases[i].code);
		json_free(&trees[0]);
		json_free(&trees[1]);
	}
	assert_int_equal(tagged(f), 1);
}

static void all_or_nothing_is_changed(void **state)
{
	struct audience_fixture *f = *state;
	struct segment tag = make_tag(f);

	for (int n = 1;; n++) {
		CLEANUP(tag_change_release)
		struct tag_change changed = { { NULL } };
		json_t *trees[2] = { NULL, NULL };
		struct err err = ERR_INIT;
		int done;

		db_fail_nth(f->db, n);
		done = change(f, tag.id, "[\"ann@example.org\"]", "[]", trees,
			      &changed, &err);
		db_fail_nth(f->db, 0);
		json_free(&trees[0]);
		json_free(&trees[1]);
		if (done == 0)
			break;
		assert_int_equal(err.code, ERR_IO);
		assert_int_equal(tagged(f), 1);
	}
	assert_int_equal(tagged(f), 2);
}

static void addresses_keep_their_order(void **state)
{
	struct audience_fixture *f = *state;
	CLEANUP(vec_release) struct texts unknown = VEC_INIT;
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	CLEANUP(json_free) json_t *tree = NULL;
	struct err err = ERR_INIT;
	int64_t ann = audience_fixture_subscribe(f, "ann@example.org");
	int64_t bob = audience_fixture_subscribe(f, "bob@example.org");

	assert_int_equal(
		json_parse(STR("[\"z@a.example\",\"bob@example.org\",\"c\","
			       "\"Ann@example.org\",\"bob@example.org\"]"),
			   &tree, &err),
		0);
	assert_int_equal(member_ids_of_addresses(f->db, f->list.id, tree,
						 f->arena, &ids, &unknown,
						 &err),
			 0);
	assert_int_equal(ids.n, 3);
	assert_int_equal(ids.v[0], bob);
	assert_int_equal(ids.v[1], ann);
	assert_int_equal(ids.v[2], bob);
	assert_int_equal(unknown.n, 2);
	assert_string_equal(unknown.v[0], "z@a.example");
	assert_string_equal(unknown.v[1], "c");
}

static int put_done(struct audience_fixture *f, int64_t through_id,
		    int64_t changed, struct err *err)
{
	CLEANUP(vec_release) struct member_refusals refused = VEC_INIT;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	const struct many_done done = { through_id, changed };

	vec_push(&refused, ((struct member_refusal){ 7, "is \"gone\"" }));
	if (tx_begin(f->db, &tx, err) < 0 ||
	    many_done_put(&tx, 1, &done, &refused, NOW, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* What a life did that was killed is known to the next; and two that do the
 * same at once do not both count it. */
static void how_far_an_act_is_goes_forward_only(void **state)
{
	struct audience_fixture *f = *state;
	CLEANUP(vec_release) struct member_refusals refused = VEC_INIT;
	struct many_done done = { 0 };
	struct err err = ERR_INIT;

	assert_int_equal(
		many_done_find(f->db, 1, f->arena, &done, &refused, &err), 0);
	assert_int_equal(put_done(f, 200, 150, &err), 0);
	assert_int_equal(put_done(f, 200, 0, &err), -1);
	assert_int_equal(err.code, ERR_RETRY);
	assert_int_equal(
		many_done_find(f->db, 1, f->arena, &done, &refused, &err), 1);
	assert_int_equal(done.through_id, 200);
	assert_int_equal(done.changed, 150);
	assert_int_equal(refused.n, 1);
	assert_string_equal(refused.v[0].why, "is \"gone\"");
	assert_int_equal(put_done(f, 400, 3, &err), 0);
	assert_true(many_done_remove(f->db, 1, NOW, &err) >= 0);
	assert_int_equal(
		many_done_find(f->db, 1, f->arena, &done, &refused, &err), 0);
}

#define TEST(name)                                                     \
	cmocka_unit_test_setup_teardown(name, audience_fixture_set_up, \
					audience_fixture_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(only_what_changes_is_counted),
		TEST(what_makes_no_sense_is_refused),
		TEST(all_or_nothing_is_changed),
		TEST(addresses_keep_their_order),
		TEST(how_far_an_act_is_goes_forward_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
