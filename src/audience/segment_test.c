#include "audience/segment.h"

#include "audience/segment_private.h"
#include "audience/sets/segment_fixture.h"
#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static int64_t count(struct segment_fixture *w, const char *opts)
{
	struct segment_target target = { .list_id = w->a.list.id,
					 .opts = opts };
	struct err err = ERR_INIT;
	int64_t n = -1;

	if (segment_count(w->a.db, &target, FIXTURE_NOW, &n, &err) < 0)
		fail_msg("%s: %s", opts, err.text);
	return n;
}

static void refused(struct segment_fixture *w, const char *opts)
{
	CLEANUP(json_free) json_t *tree = NULL;
	struct err err = ERR_INIT;
	const char *out;

	assert_int_equal(json_parse(str_of(opts), &tree, &err), 0);
	if (segment_options_read(w->a.db, w->a.list.id, tree, w->a.arena, &out,
				 &err) == 0)
		fail_msg("%s was accepted", opts);
	assert_int_equal(err.code, ERR_INVALID);
	assert_true(err.field[0]);
}

#define ONE(c) "{\"match\":\"all\",\"conditions\":[" c "]}"

static void conditions_and_their_negations_share_out_everybody(void **state)
{
	struct segment_fixture *w = *state;
	static const char *const pairs[][2] = {
		{ ONE("{\"field\":\"FNAME\",\"op\":\"is\",\"value\":\"ANN\"}"),
		  ONE("{\"field\":\"FNAME\",\"op\":\"not\",\"value\":"
		      "\"ann\"}") },
		{ ONE("{\"field\":\"MERGE1\",\"op\":\"contains\",\"value\":"
		      "\"%\"}"),
		  ONE("{\"field\":\"MMERGE1\",\"op\":\"notcontain\",\"value\":"
		      "\"%\"}") },
		{ ONE("{\"field\":\"NUM\",\"op\":\"is\",\"value\":7.5}"),
		  ONE("{\"field\":\"NUM\",\"op\":\"not\",\"value\":\"7.5\"}") },
		{ ONE("{\"field\":\"DAY\",\"op\":\"blank\"}"),
		  ONE("{\"field\":\"DAY\",\"op\":\"blank_not\"}") },
		{ ONE("{\"field\":\"ADDRESS\",\"op\":\"contains\",\"value\":"
		      "\"bonn\"}"),
		  ONE("{\"field\":\"ADDRESS\",\"op\":\"notcontain\",\"value\":"
		      "\"BONN\"}") },
		{ ONE("{\"condition_type\":\"VIP\",\"op\":\"member\"}"),
		  ONE("{\"field\":\"gmonkey\",\"op\":\"notmember\"}") },
		{ ONE("{\"condition_type\":\"Aim\",\"op\":\"sent\",\"value\":"
		      "\"1\"}"),
		  ONE("{\"field\":\"aim\",\"op\":\"nosent\",\"value\":1}") },
		{ ONE("{\"field\":\"timestamp_opt\",\"op\":\"within\","
		      "\"value\":\"5\"}"),
		  ONE("{\"field\":\"timestamp_opt\",\"op\":\"notwithin\","
		      "\"value\":\"5\"}") },
	};
	int64_t all = count(w, "{}");

	assert_true(all > SEGMENT_FIXTURE_MEMBERS / 2 &&
		    all < SEGMENT_FIXTURE_MEMBERS);
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		int64_t with = count(w, pairs[i][0]);
		int64_t without = count(w, pairs[i][1]);

		assert_true(with > 0 && without > 0);
		assert_int_equal(with + without, all);
	}
	/* Who did not open is among those who got it. */
	assert_int_equal(
		count(w, ONE("{\"field\":\"aim\",\"op\":\"open\",\"value\":"
			     "\"any\"}")) +
			count(w, ONE("{\"field\":\"aim\",\"op\":\"noopen\","
				     "\"value\":\"any\"}")),
		count(w, ONE("{\"field\":\"aim\",\"op\":\"sent\",\"value\":"
			     "\"any\"}")));
}

static void what_makes_no_sense_is_refused(void **state)
{
	struct segment_fixture *w = *state;

	refused(w, "{\"match\":\"none\",\"conditions\":[]}");
	refused(w, ONE("{\"field\":\"NOSUCH\",\"op\":\"is\",\"value\":\"x\"}"));
	refused(w, ONE("{\"field\":\"FNAME\",\"op\":\"glows\","
		       "\"value\":\"x\"}"));
	refused(w, ONE("{\"field\":\"FNAME\",\"op\":\"is\"}"));
	refused(w, ONE("{\"field\":\"NUM\",\"op\":\"is\",\"value\":\"x\"}"));
	refused(w, ONE("{\"field\":\"DAY\",\"op\":\"is\","
		       "\"value\":\"13/13/13\"}"));
	refused(w, ONE("{\"field\":\"static_segment\",\"op\":\"static_is\","
		       "\"value\":999999}"));
	refused(w, ONE("{\"field\":\"aim\",\"op\":\"open\",\"value\":\"x\"}"));
	refused(w, ONE("{\"condition_type\":\"EcommNumber\",\"field\":"
		       "\"FNAME\",\"op\":\"is\",\"value\":\"x\"}"));
	refused(w, ONE("7"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			conditions_and_their_negations_share_out_everybody),
		cmocka_unit_test(what_makes_no_sense_is_refused),
	};

	return cmocka_run_group_tests(tests, segment_fixture_set_up,
				      segment_fixture_tear_down);
}
