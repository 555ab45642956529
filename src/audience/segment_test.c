#include "audience/segment.h"

#include "audience/audience_fixture.h"
#include "audience/segment_private.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define NOW FIXTURE_NOW
#define MEMBERS 300

struct world {
	struct audience_fixture a;
	int64_t tag;
};

static const char *const words[] = { "",          "Ann",       "ann",
				     "Bob",       "Zo\\u00eb", "100%",
				     "a_b",       "\\\"q\\\"", "Ana\\\\x",
				     "\u00dcnal", "B",         "annabel" };

static void add_field(struct world *w, struct tx *tx, const char *body)
{
	CLEANUP(json_free) json_t *tree = NULL;
	struct err err = ERR_INIT;
	struct merge_def def;

	assert_int_equal(json_parse(str_of(body), &tree, &err), 0);
	assert_int_equal(
		merge_field_add(tx, w->a.list.id, tree, w->a.arena, &def, &err),
		0);
}

static void add_members(struct world *w, struct tx *tx)
{
	struct prng prng = { 7 };

	for (int i = 0; i < MEMBERS; i++) {
		CLEANUP(json_free) json_t *tree = NULL;
		struct member_actor actor = {
			.source = SOURCE_API,
			.now_ms = NOW -
				  (int64_t)prng_below(&prng, 40) * MS_DAY / 2
		};
		struct member_op op = { .mode = MEMBER_POST };
		struct err err = ERR_INIT;
		char body[1024];

		(void)snprintf(
			body, sizeof(body),
			"{\"email_address\":\"%s%d@example.%s\",\"status\":"
			"\"%s\",\"vip\":%s,\"language\":\"%s\","
			"\"tags\":[%s],\"merge_fields\":{\"FNAME\":\"%s\","
			"\"NUM\":\"%s\",\"DAY\":\"%s\",\"BIRTH\":\"%s\""
			"%s}}",
			prng_below(&prng, 2) ? "a" : "b", i,
			prng_below(&prng, 2) ? "org" : "net",
			prng_below(&prng, 5) ? "subscribed" : "unsubscribed",
			prng_below(&prng, 3) ? "false" : "true",
			prng_below(&prng, 2) ? "en" : "de",
			prng_below(&prng, 3) ? "" : "\"blue\"",
			words[prng_below(&prng, ARRAY_SIZE(words))],
			prng_below(&prng, 2)   ? ""
			: prng_below(&prng, 2) ? "7.5"
					       : "12",
			prng_below(&prng, 2) ? "" : "2020-02-03",
			prng_below(&prng, 2) ? "" : "02/29",
			prng_below(&prng, 2) ? ""
					     : ",\"ADDRESS\":{\"addr1\":\"Main "
					       "St\",\"city\":"
					       "\"Bonn\",\"state\":\"NW\","
					       "\"zip\":\"53111\"}");
		assert_int_equal(json_parse(str_of(body), &tree, &err), 0);
		op.body = tree;
		assert_int_equal(member_apply(tx, &w->a.list, &op, 1, &actor,
					      w->a.arena, &err),
				 0);
		assert_int_equal(op.outcome, MEMBER_NEW);
		member_op_release(&op);
	}
}

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;
	struct segment tag;

	audience_fixture_open(&w->a);
	assert_int_equal(tx_begin(w->a.db, &tx, &err), 0);
	add_field(w, &tx,
		  "{\"name\":\"N\",\"type\":\"number\",\"tag\":"
		  "\"NUM\"}");
	add_field(w, &tx,
		  "{\"name\":\"D\",\"type\":\"date\",\"tag\":"
		  "\"DAY\"}");
	add_field(w, &tx,
		  "{\"name\":\"B\",\"type\":\"birthday\",\"tag\":"
		  "\"BIRTH\"}");
	add_members(w, &tx);
	assert_int_equal(tx_commit(&tx, &err), 0);
	assert_int_equal(segment_find_by_name(w->a.db, w->a.list.id, "blue",
					      w->a.arena, &tag, &err),
			 1);
	w->tag = tag.id;
	store_fixture_exec(
		w->a.db,
		"INSERT INTO recipient (campaign_id, member_id, state, "
		"sent_seq, at_ms, opens, clicks) SELECT 1, id, 4, id, 1, "
		"id % 3, id % 2 FROM member WHERE id % 4 > 0");
	store_fixture_exec(
		w->a.db,
		"INSERT INTO recipient (campaign_id, member_id, state, "
		"sent_seq, at_ms, opens, clicks) SELECT 2, id, 4, id, 1, "
		"id % 2, 0 FROM member WHERE id % 5 > 2");
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	audience_fixture_free(&w->a);
	free(w);
	return 0;
}

static int64_t count(struct world *w, const char *opts)
{
	struct segment_target target = { .list_id = w->a.list.id,
					 .opts = opts };
	struct err err = ERR_INIT;
	int64_t n = -1;

	if (segment_count(w->a.db, &target, NOW, &n, &err) < 0)
		fail_msg("%s: %s", opts, err.text);
	return n;
}

static void refused(struct world *w, const char *opts)
{
	CLEANUP(json_free) json_t *tree = NULL;
	struct err err = ERR_INIT;

	assert_int_equal(json_parse(str_of(opts), &tree, &err), 0);
	if (segment_check_opts(w->a.db, w->a.list.id, tree, w->a.arena, &err) ==
	    0)
		fail_msg("%s was accepted", opts);
	assert_int_equal(err.code, ERR_INVALID);
	assert_true(err.field[0]);
}

#define ONE(c) "{\"match\":\"all\",\"conditions\":[" c "]}"

static void conditions_and_their_negations_share_out_everybody(void **state)
{
	struct world *w = *state;
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

	assert_true(all > MEMBERS / 2 && all < MEMBERS);
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
	struct world *w = *state;

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

static void add_random(struct world *w, struct prng *prng, struct strbuf *out)
{
	static const char *const texts[] = {
		"{\"field\":\"FNAME\",\"op\":\"%s\",\"value\":\"ann\"}",
		"{\"field\":\"FNAME\",\"op\":\"%s\",\"value\":\"A\"}",
		"{\"field\":\"FNAME\",\"op\":\"%s\",\"value\":\"_\"}",
		"{\"field\":\"FNAME\",\"op\":\"%s\",\"value\":\"\\\\\"}",
		"{\"field\":\"FNAME\",\"op\":\"%s\",\"value\":\"\u00dc\"}",
		"{\"field\":\"EMAIL\",\"op\":\"%s\",\"value\":\"A1\"}",
	};
	static const char *const text_names[] = { "is",       "not",
						  "contains", "notcontain",
						  "starts",   "ends",
						  "greater",  "less" };
	static const char *const others[] = {
		"{\"field\":\"NUM\",\"op\":\"greater\",\"value\":8}",
		"{\"field\":\"NUM\",\"op\":\"less\",\"value\":8}",
		"{\"field\":\"NUM\",\"op\":\"blank\"}",
		"{\"field\":\"NUM\",\"op\":\"not\",\"value\":12}",
		"{\"field\":\"FNAME\",\"op\":\"blank\"}",
		"{\"field\":\"DAY\",\"op\":\"less\",\"value\":\"2021-01-01\"}",
		"{\"field\":\"DAY\",\"op\":\"not\",\"value\":\"02/03/2020\"}",
		"{\"field\":\"BIRTH\",\"op\":\"is\",\"value\":\"2/29\"}",
		"{\"field\":\"ADDRESS\",\"op\":\"blank\"}",
		"{\"field\":\"ADDRESS\",\"op\":\"notcontain\","
		"\"value\":\"main\"}",
		"{\"field\":\"timestamp_opt\",\"op\":\"greater\",\"value\":"
		"\"date\",\"extra\":\"2023-11-05\"}",
		"{\"field\":\"timestamp_opt\",\"op\":\"not\",\"value\":"
		"\"date\",\"extra\":\"2023-11-05\"}",
		"{\"field\":\"info_changed\",\"op\":\"less\",\"value\":"
		"\"date\",\"extra\":\"2023-11-05\"}",
		"{\"field\":\"timestamp_opt\",\"op\":\"blank\"}",
		"{\"condition_type\":\"NewSubscribers\",\"op\":"
		"\"date_within\",\"value\":\"7\"}",
		"{\"field\":\"language\",\"op\":\"not\",\"value\":\"EN\"}",
		"{\"field\":\"source\",\"op\":\"source_is\",\"value\":"
		"\"API - Generic\"}",
		"{\"field\":\"email_client\",\"op\":\"client_not\","
		"\"value\":\"Gmail\"}",
		"{\"field\":\"rating\",\"op\":\"greater\",\"value\":1}",
		"{\"field\":\"gmonkey\",\"op\":\"member\"}",
		"{\"field\":\"aim\",\"op\":\"open\",\"value\":\"any\"}",
		"{\"field\":\"aim\",\"op\":\"noopen\",\"value\":\"any\"}",
		"{\"field\":\"aim\",\"op\":\"noclick\",\"value\":\"1\"}",
		"{\"field\":\"aim\",\"op\":\"nosent\",\"value\":\"2\"}",
		"{\"field\":\"aim\",\"op\":\"click\",\"value\":\"2\"}",
	};
	uint64_t pick = prng_below(prng, 3);

	if (pick == 0) {
		char text[256];
		const char *rest = texts[prng_below(prng, ARRAY_SIZE(texts))];
		const char *at = strstr(rest, "%s");

		(void)snprintf(
			text, sizeof(text), "%.*s%s%s", (int)(at - rest), rest,
			text_names[prng_below(prng, ARRAY_SIZE(text_names))],
			at + 2);
		strbuf_addstr(out, text);
	} else if (pick == 1 && prng_below(prng, 3) == 0) {
		strbuf_addf(out,
			    "{\"field\":\"static_segment\",\"op\":\"%s\","
			    "\"value\":%lld}",
			    prng_below(prng, 2) ? "static_is" : "static_not",
			    (long long)w->tag);
	} else {
		strbuf_addstr(out,
			      others[prng_below(prng, ARRAY_SIZE(others))]);
	}
}

static void make_tree(struct world *w, struct prng *prng, struct strbuf *out)
{
	uint64_t n = 1 + prng_below(prng, 4);

	strbuf_reset(out);
	strbuf_addf(out, "{\"match\":\"%s\",\"conditions\":[",
		    prng_below(prng, 2) ? "any" : "all");
	for (uint64_t i = 0; i < n; i++) {
		if (i)
			strbuf_addch(out, ',');
		add_random(w, prng, out);
	}
	strbuf_addstr(out, "]}");
}

static void sets_and_sql_mean_the_same_by_any_tree(void **state)
{
	struct world *w = *state;
	CLEANUP(strbuf_release) struct strbuf opts = STRBUF_INIT;
	struct prng prng = { 20260101 };
	int told_apart = 0;

	for (int round = 0; round < 400; round++) {
		CLEANUP(member_set_release)
		struct member_set a = MEMBER_SET_INIT;
		CLEANUP(member_set_release)
		struct member_set b = MEMBER_SET_INIT;
		CLEANUP(json_free) json_t *json = NULL;
		struct segment_scope scope = {
			.list_id = w->a.list.id,
			.statuses =
				prng_below(&prng, 2)
					? MEMBER_STATUS_ALL
					: MEMBER_STATUS_BIT(MEMBER_SUBSCRIBED),
		};
		struct condition_tree tree;
		struct err err = ERR_INIT;
		int64_t n;

		make_tree(w, &prng, &opts);
		assert_int_equal(json_parse(strbuf_str(&opts), &json, &err), 0);
		if (segment_parse(w->a.db, w->a.list.id, json, NOW, w->a.arena,
				  &tree, &err) < 0 ||
		    segment_eval(w->a.db, &scope, &tree, &a, &err) < 0 ||
		    segment_query(w->a.db, &scope, &tree, w->a.arena, &b,
				  &err) < 0)
			fail_msg("%s: %s", opts.buf, err.text);
		if (!member_set_equal(&a, &b))
			fail_msg("%s: sets %lld, SQL %lld", opts.buf,
				 (long long)member_set_count(&a),
				 (long long)member_set_count(&b));
		n = member_set_count(&a);
		told_apart += n > 0 && n < MEMBERS;
	}
	assert_true(told_apart > 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			conditions_and_their_negations_share_out_everybody),
		cmocka_unit_test(what_makes_no_sense_is_refused),
		cmocka_unit_test(sets_and_sql_mean_the_same_by_any_tree),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
