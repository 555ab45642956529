#include "audience/sets/segment_fixture.h"

#include "audience/segment.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const words[] = { "",          "Ann",       "ann",
				     "Bob",       "Zo\\u00eb", "100%",
				     "a_b",       "\\\"q\\\"", "Ana\\\\x",
				     "\u00dcnal", "B",         "annabel" };

static void add_field(struct segment_fixture *w, struct tx *tx,
		      const char *body)
{
	CLEANUP(json_free) json_t *tree = NULL;
	struct err err = ERR_INIT;
	struct merge_def def;

	assert_int_equal(json_parse(str_of(body), &tree, &err), 0);
	assert_int_equal(
		merge_field_add(tx, w->a.list.id, tree, w->a.arena, &def, &err),
		0);
}

static void add_members(struct segment_fixture *w, struct tx *tx)
{
	struct prng prng = { 7 };

	for (int i = 0; i < SEGMENT_FIXTURE_MEMBERS; i++) {
		CLEANUP(json_free) json_t *tree = NULL;
		struct member_actor actor = {
			.source = SOURCE_API,
			.now_ms = FIXTURE_NOW -
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
			"\"NUM\":\"%s\",\"DAY\":\"%s\",\"BIRTH\":\"%s\","
			"\"ZIP\":\"%s\"%s}}",
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
			prng_below(&prng, 2)   ? ""
			: prng_below(&prng, 2) ? "30318"
					       : "10115",
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

static void add_interests(struct segment_fixture *w, struct tx *tx)
{
	static const char *const names[] = { "{\"name\":\"a\"}",
					     "{\"name\":\"b\"}",
					     "{\"name\":\"c\"}" };
	CLEANUP(json_free) json_t *body = NULL;
	struct err err = ERR_INIT;

	assert_int_equal(json_parse(STR("{\"title\":\"T\",\"type\":"
					"\"checkboxes\"}"),
				    &body, &err),
			 0);
	assert_int_equal(interest_category_add(tx, &w->a.list, body, w->a.arena,
					       &w->category, &err),
			 0);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		CLEANUP(json_free) json_t *name = NULL;
		struct interest interest;

		assert_int_equal(json_parse(str_of(names[i]), &name, &err), 0);
		assert_int_equal(interest_add(tx, w->a.list.id, w->category.hex,
					      name, w->a.arena, &interest,
					      &err),
				 0);
		vec_push(&w->interests, interest);
	}
}

int segment_fixture_set_up(void **state)
{
	struct segment_fixture *w = calloc(1, sizeof(*w));
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
	add_field(w, &tx, "{\"name\":\"Z\",\"type\":\"zip\",\"tag\":\"ZIP\"}");
	add_members(w, &tx);
	add_interests(w, &tx);
	assert_int_equal(tx_commit(&tx, &err), 0);
	assert_int_equal(segment_find_by_name(w->a.db, w->a.list.id, "blue",
					      w->a.arena, &tag, &err),
			 1);
	w->tag = tag.id;
	store_fixture_exec(w->a.db,
			   "INSERT INTO campaign (id, hex, type, status, "
			   "settings, tracking, created_ms, updated_ms) "
			   "SELECT n, CAST(n AS TEXT), 'regular', 5, '{}', "
			   "'{}', 1, 1 FROM (SELECT 1 AS n UNION SELECT 2 "
			   "UNION SELECT 3) AS x");
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
	store_fixture_exec(w->a.db,
			   "INSERT INTO member_interest (interest_id, "
			   "member_id) SELECT i.id, m.id FROM interest i, "
			   "member m WHERE (m.id + i.id) % 3 > 0 "
			   "AND m.id % 7 > i.id % 3");
	store_fixture_exec(w->a.db,
			   "INSERT INTO member_place (member_id, latitude, "
			   "longitude) SELECT id, 500000000 + id % 17 * "
			   "1000000, 70000000 + id % 13 * 1000000 "
			   "FROM member WHERE id % 3 > 0");
	store_fixture_exec(w->a.db,
			   "INSERT INTO member_client (member_id, client) "
			   "SELECT id, 1 + id % 3 FROM member "
			   "WHERE id % 4 > 0");
	*state = w;
	return 0;
}

int segment_fixture_tear_down(void **state)
{
	struct segment_fixture *w = *state;

	vec_release(&w->interests);
	audience_fixture_free(&w->a);
	free(w);
	return 0;
}

static void add_interest_condition(struct segment_fixture *w, struct prng *prng,
				   struct strbuf *out)
{
	static const char *const ops[] = { "interestcontains",
					   "interestcontainsall",
					   "interestnotcontains" };
	uint64_t n = 1 + prng_below(prng, 3);

	strbuf_addf(out, "{%s\"field\":\"interests-%s\",\"op\":\"%s\",",
		    prng_below(prng, 2) ? "\"condition_type\":\"Interests\","
					: "",
		    w->category.hex, ops[prng_below(prng, 3)]);
	strbuf_addstr(out, "\"value\":[");
	for (uint64_t i = 0; i < n; i++)
		strbuf_addf(out, "%s\"%s\"", i ? "," : "",
			    w->interests.v[prng_below(prng, 3)].hex);
	strbuf_addstr(out, "]}");
}

static void add_random(struct segment_fixture *w, struct prng *prng,
		       struct strbuf *out)
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
		"{\"field\":\"email_client\",\"op\":\"client_is\","
		"\"value\":\"apple mail\"}",
		"{\"field\":\"email_client\",\"op\":\"client_is\","
		"\"value\":\"Nobody's\"}",
		"{\"field\":\"rating\",\"op\":\"greater\",\"value\":1}",
		"{\"field\":\"gmonkey\",\"op\":\"member\"}",
		"{\"field\":\"ZIP\",\"op\":\"geoin\",\"value\":\"25\","
		"\"extra\":\"3031\"}",
		"{\"field\":\"ipgeo\",\"op\":\"ipgeounknown\"}",
		"{\"field\":\"ipgeo\",\"op\":\"ipgeoin\",\"value\":40,"
		"\"addr\":\"\",\"lat\":\"50.7\",\"lng\":\"7.1\"}",
		"{\"field\":\"ipgeo\",\"op\":\"ipgeonotin\",\"value\":900,"
		"\"addr\":\"\",\"lat\":50.2,\"lng\":7.4}",
		"{\"field\":\"ipgeo\",\"op\":\"ipgeonotcountry\","
		"\"value\":\"US\"}",
		"{\"field\":\"automation\",\"op\":\"started\","
		"\"value\":\"7\"}",
		"{\"field\":\"ecomm_date\",\"op\":\"not\",\"value\":"
		"\"date\",\"extra\":\"2023-11-05\"}",
		"{\"field\":\"ecomm_date\",\"op\":\"blank\"}",
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
	} else if (pick == 2 && prng_below(prng, 4) == 0) {
		add_interest_condition(w, prng, out);
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

static void add_group(struct segment_fixture *w, struct prng *prng, bool nested,
		      struct strbuf *out)
{
	uint64_t n = 1 + prng_below(prng, 4);

	strbuf_addf(out, "{\"match\":\"%s\",\"conditions\":[",
		    prng_below(prng, 2) ? "any" : "all");
	for (uint64_t i = 0; i < n; i++) {
		if (i)
			strbuf_addch(out, ',');
		if (nested && prng_below(prng, 4) == 0)
			add_group(w, prng, false, out);
		else
			add_random(w, prng, out);
	}
	strbuf_addstr(out, "]}");
}

void segment_fixture_tree(struct segment_fixture *w, struct prng *prng,
			  struct strbuf *out)
{
	strbuf_reset(out);
	add_group(w, prng, true, out);
}
