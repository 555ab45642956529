#include "audience/segment.h"

#include "audience/segment_private.h"
#include "audience/sets/segment_fixture.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/strbuf.h"

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

#define OPT_IS(day)                                           \
	"{\"match\":\"all\",\"conditions\":[{\"field\":"      \
	"\"timestamp_opt\",\"op\":\"is\",\"value\":\"date\"," \
	"\"extra\":\"" day "\"}]}"

/* FIXTURE_NOW is 22:13 on the 14th in UTC, and 07:13 on the 15th in Tokyo. */
static void days_are_those_of_the_account(void **state)
{
	struct segment_fixture *w = *state;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;
	int64_t n;

	store_fixture_exec(w->a.db, "UPDATE member SET opt_ms = 1700000000000 "
				    "WHERE opt_ms > 0");
	n = count(w, OPT_IS("2023-11-14"));
	assert_true(n > 0);
	assert_int_equal(count(w, OPT_IS("2023-11-15")), 0);
	if (tx_begin(w->a.db, &tx, &err) < 0 ||
	    setting_put(&tx, "account_timezone", "Asia/Tokyo", &err) < 0 ||
	    tx_commit(&tx, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(count(w, OPT_IS("2023-11-14")), 0);
	assert_int_equal(count(w, OPT_IS("2023-11-15")), n);
}

#define ONE(c) "{\"match\":\"all\",\"conditions\":[" c "]}"

#define GROUP(match, c) "{\"match\":\"" match "\",\"conditions\":[" c "]}"
#define VIPS "{\"field\":\"gmonkey\",\"op\":\"member\"}"
#define NO_VIPS "{\"field\":\"gmonkey\",\"op\":\"notmember\"}"
#define GERMAN "{\"field\":\"language\",\"op\":\"is\",\"value\":\"de\"}"

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
	refused(w, ONE("{\"conditions\":[]}"));
	refused(w, ONE("{\"conditions\":7}"));
	refused(w, ONE("{\"match\":\"none\",\"conditions\":[" VIPS "]}"));
	refused(w, ONE("{\"conditions\":[{\"conditions\":[" VIPS "]}]}"));
	refused(w, ONE("{\"field\":\"ZIP\",\"op\":\"geoin\",\"value\":25}"));
	refused(w, ONE("{\"field\":\"FNAME\",\"op\":\"geoin\",\"value\":25,"
		       "\"extra\":\"3\"}"));
	refused(w, ONE("{\"field\":\"ipgeo\",\"op\":\"ipgeoin\","
		       "\"value\":25,\"lat\":\"99\",\"lng\":\"1\"}"));
	refused(w, ONE("{\"condition_type\":\"IPGeoZip\",\"field\":\"ipgeo\","
		       "\"op\":\"ipgeounknown\"}"));
	refused(w, ONE("{\"field\":\"fuzzy_segment\",\"op\":\"fuzzy_is\","
		       "\"value\":1}"));
}

/* Groups are sets of their own: (a or b) and (c or d). */
static void groups_are_combined(void **state)
{
	struct segment_fixture *w = *state;

	assert_int_equal(count(w, ONE(GROUP("any", VIPS "," NO_VIPS))),
			 count(w, "{}"));
	assert_int_equal(count(w, ONE(GROUP("all", VIPS "," NO_VIPS))), 0);
	assert_int_equal(
		count(w, "{\"match\":\"any\",\"conditions\":[" GROUP(
				 "all", VIPS "," NO_VIPS) "," VIPS "]}"),
		count(w, ONE(VIPS)));
	assert_int_equal(count(w, ONE(GROUP("any", VIPS "," GERMAN) "," GROUP(
					  "any", NO_VIPS "," GERMAN))),
			 count(w, ONE(GERMAN)));
}

static void as_many_as_there_may_be(struct segment_fixture *w, size_t groups,
				    size_t each, bool fit)
{
	CLEANUP(strbuf_release) struct strbuf opts = STRBUF_INIT;

	strbuf_addstr(&opts, "{\"match\":\"any\",\"conditions\":[");
	for (size_t g = 0; g < groups; g++) {
		strbuf_addstr(&opts, g ? "," : "");
		strbuf_addstr(&opts, "{\"conditions\":[" VIPS);
		for (size_t i = 1; i < each; i++)
			strbuf_addstr(&opts, "," GERMAN);
		strbuf_addstr(&opts, "]}");
	}
	strbuf_addstr(&opts, "]}");
	if (fit)
		assert_true(count(w, opts.buf) > 0);
	else
		refused(w, opts.buf);
}

static void a_hundred_conditions_are_enough(void **state)
{
	struct segment_fixture *w = *state;

	as_many_as_there_may_be(w, 10, 10, true);
	as_many_as_there_may_be(w, 100, 1, true);
	as_many_as_there_may_be(w, 1, 100, true);
	as_many_as_there_may_be(w, 1, 101, false);
	as_many_as_there_may_be(w, 51, 2, false);
}

/* What a client gave, as it is answered. */
static void values_are_kept_as_the_api_has_them(void **state)
{
	struct segment_fixture *w = *state;
	static const char *const cases[][2] = {
		{ "{\"field\":\"rating\",\"op\":\"is\",\"value\":\"3\"}",
		  "{\"field\":\"rating\",\"op\":\"is\",\"value\":3,"
		  "\"condition_type\":\"MemberRating\"}" },
		{ "{\"field\":\"FNAME\",\"op\":\"is\",\"value\":[7]}",
		  "{\"field\":\"FNAME\",\"op\":\"is\",\"value\":\"7\","
		  "\"condition_type\":\"TextMerge\"}" },
		{ "{\"field\":\"ZIP\",\"op\":\"geoin\",\"value\":25,"
		  "\"extra\":30318}",
		  "{\"field\":\"ZIP\",\"op\":\"geoin\",\"value\":\"25\","
		  "\"extra\":\"30318\",\"condition_type\":\"ZipMerge\"}" },
		{ "{\"condition_type\":\"IPGeoUnknown\",\"op\":"
		  "\"ipgeounknown\"}",
		  "{\"condition_type\":\"IPGeoUnknown\",\"op\":"
		  "\"ipgeounknown\",\"field\":\"ipgeo\"}" },
		{ "{\"conditions\":[{\"field\":\"gmonkey\",\"op\":"
		  "\"member\"}]}",
		  "{\"conditions\":[{\"field\":\"gmonkey\",\"op\":"
		  "\"member\",\"condition_type\":\"VIP\"}],"
		  "\"match\":\"all\"}" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(json_free) json_t *opts = NULL;
		CLEANUP(json_free) json_t *wanted = NULL;
		CLEANUP(json_free) json_t *got = NULL;
		CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
		struct err err = ERR_INIT;
		const char *out;

		strbuf_addf(&text, ONE("%s"), cases[i][0]);
		assert_int_equal(json_parse(strbuf_str(&text), &opts, &err), 0);
		if (segment_options_read(w->a.db, w->a.list.id, opts,
					 w->a.arena, &out, &err) < 0)
			fail_msg("%s: %s", text.buf, err.text);
		strbuf_reset(&text);
		strbuf_addf(&text, ONE("%s"), cases[i][1]);
		assert_int_equal(json_parse(strbuf_str(&text), &wanted, &err),
				 0);
		assert_int_equal(json_parse(str_of(out), &got, &err), 0);
		if (!json_equal(got, wanted))
			fail_msg("%s, not %s", out, text.buf);
	}
}

/* Each is named, by its type or by its field. */
static void what_is_not_known_here_is_named(void **state)
{
	struct segment_fixture *w = *state;
	static const char *const cases[][2] = {
		{ "{\"condition_type\":\"EcommSpent\",\"field\":"
		  "\"ecomm_spent_one\",\"op\":\"greater\",\"value\":42}",
		  "EcommSpent" },
		{ "{\"field\":\"ecomm_spent_one\",\"op\":\"less\"}",
		  "EcommSpent" },
		{ "{\"condition_type\":\"SocialAge\",\"op\":\"is\"}",
		  "SocialAge" },
		{ "{\"field\":\"predicted_gender\",\"op\":\"is\"}",
		  "PredictedGender" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(json_free) json_t *opts = NULL;
		CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
		struct err err = ERR_INIT;
		const char *out;

		strbuf_addf(&text, ONE("%s"), cases[i][0]);
		assert_int_equal(json_parse(strbuf_str(&text), &opts, &err), 0);
		assert_int_equal(segment_options_read(w->a.db, w->a.list.id,
						      opts, w->a.arena, &out,
						      &err),
				 -1);
		assert_int_equal(err.code, ERR_INVALID);
		assert_string_equal(err.field, "options.conditions.item:0."
					       "condition_type");
		assert_non_null(strstr(err.text, cases[i][1]));
	}
}

/* Where nobody said anything; a place is in one circle and out of another. */
static void places_are_those_that_members_gave(void **state)
{
	struct segment_fixture *w = *state;
	int64_t all = count(w, "{}");
	int64_t without = count(w, ONE("{\"condition_type\":\"IPGeoUnknown\","
				       "\"op\":\"ipgeounknown\"}"));
	int64_t near = count(w, ONE("{\"field\":\"ipgeo\",\"op\":\"ipgeoin\","
				    "\"value\":50,\"lat\":\"50\","
				    "\"lng\":\"7\"}"));
	int64_t far = count(w, ONE("{\"field\":\"ipgeo\",\"op\":"
				   "\"ipgeonotin\",\"value\":\"50\",\"lat\":50,"
				   "\"lng\":7.0}"));

	assert_true(without > 0 && without < all);
	assert_true(near > 0 && near < all - without);
	assert_int_equal(near + far, all);
	assert_int_equal(count(w, ONE("{\"field\":\"ipgeo\",\"op\":"
				      "\"ipgeoin\",\"value\":2000,"
				      "\"lat\":50,\"lng\":7}")),
			 all - without);
	assert_int_equal(count(w, ONE("{\"field\":\"ipgeo\",\"op\":"
				      "\"ipgeocountry\",\"value\":\"US\"}")),
			 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			conditions_and_their_negations_share_out_everybody),
		cmocka_unit_test(what_makes_no_sense_is_refused),
		cmocka_unit_test(groups_are_combined),
		cmocka_unit_test(a_hundred_conditions_are_enough),
		cmocka_unit_test(values_are_kept_as_the_api_has_them),
		cmocka_unit_test(what_is_not_known_here_is_named),
		cmocka_unit_test(places_are_those_that_members_gave),
		cmocka_unit_test(days_are_those_of_the_account),
	};

	return cmocka_run_group_tests(tests, segment_fixture_set_up,
				      segment_fixture_tear_down);
}
