#include "audience/audience_fixture.h"
#include "audience/merge_field.h"
#include "audience/segment.h"
#include "audience/webhook.h"

#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOW FIXTURE_NOW

typedef int (*change_fn)(struct audience_fixture *w, struct tx *tx,
			 const json_t *body, struct err *err);

static int run_once(struct audience_fixture *w, change_fn fn,
		    const json_t *body, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(w->db, &tx, err) < 0 || fn(w, &tx, body, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* Whatever fails first, nothing of it is left; without a failure, all is. */
static void all_or_nothing(struct audience_fixture *w, change_fn fn,
			   const char *text, const char *made)
{
	CLEANUP(json_free) json_t *body = NULL;
	struct err err = ERR_INIT;
	int64_t before = audience_fixture_int(w, made);

	assert_int_equal(json_parse(str_of(text), &body, &err), 0);
	for (int n = 1;; n++) {
		int done;

		db_fail_nth(w->db, n);
		done = run_once(w, fn, body, &err);
		db_fail_nth(w->db, 0);
		if (done == 0)
			break;
		assert_int_equal(err.code, ERR_IO);
		assert_int_equal(audience_fixture_int(w, made), before);
	}
	assert_true(audience_fixture_int(w, made) != before);
}

static int add_list(struct audience_fixture *w, struct tx *tx,
		    const json_t *body, struct err *err)
{
	struct list list;

	return list_add(tx, body, NOW, w->arena, &list, err);
}

static int add_field(struct audience_fixture *w, struct tx *tx,
		     const json_t *body, struct err *err)
{
	struct merge_def def;

	return merge_field_add(tx, w->list.id, body, w->arena, &def, err);
}

static int add_segment(struct audience_fixture *w, struct tx *tx,
		       const json_t *body, struct err *err)
{
	struct segment segment;

	return segment_add(tx, &w->list, body, NOW, w->arena, &segment, err);
}

static int add_webhook(struct audience_fixture *w, struct tx *tx,
		       const json_t *body, struct err *err)
{
	struct webhook webhook;

	return webhook_add(tx, w->list.id, body, NOW, w->arena, &webhook, err);
}

static int add_member(struct audience_fixture *w, struct tx *tx,
		      const json_t *body, struct err *err)
{
	struct member_actor actor = { .source = SOURCE_API, .now_ms = NOW };
	struct member_op op = { .mode = MEMBER_PUT,
				.key = "a@example.org",
				.body = body };
	int done = member_apply(tx, &w->list, &op, 1, &actor, w->arena, err);

	member_op_release(&op);
	return done;
}

static int forget_member(struct audience_fixture *w, struct tx *tx,
			 const json_t *body, struct err *err)
{
	struct member_actor actor = { .source = SOURCE_API, .now_ms = NOW };

	(void)body;
	return member_forget(tx, &w->list, "a@example.org", &actor, err);
}

#define LIST                                                            \
	"{\"name\":\"L\",\"contact\":{},\"permission_reminder\":\"r\"," \
	"\"campaign_defaults\":{},\"email_type_option\":false}"

static void failed_writes_leave_nothing(void **state)
{
	struct audience_fixture *w = *state;

	all_or_nothing(w, add_list, LIST, "SELECT COUNT(*) FROM merge_field");
	all_or_nothing(w, add_field,
		       "{\"name\":\"F\",\"type\":\"radio\",\"options\":"
		       "{\"choices\":[\"a\"]}}",
		       "SELECT COUNT(*) FROM merge_field");
	all_or_nothing(w, add_webhook, "{\"url\":\"http://example.org/\"}",
		       "SELECT COUNT(*) FROM webhook");
	all_or_nothing(w, add_member,
		       "{\"status_if_new\":\"subscribed\",\"tags\":[\"t\"]}",
		       "SELECT COUNT(*) FROM segment_member");
	all_or_nothing(w, add_segment,
		       "{\"name\":\"S\",\"static_segment\":"
		       "[\"A@example.org\"]}",
		       "SELECT COUNT(*) FROM segment_member");
	all_or_nothing(w, forget_member, "{}",
		       "SELECT COUNT(*) FROM forgotten");
	assert_int_equal(
		audience_fixture_int(w, "SELECT COUNT(*) FROM segment_member"),
		0);
	assert_int_equal(
		audience_fixture_int(w, "SELECT COUNT(*) FROM member_address"),
		0);
	assert_int_equal(audience_fixture_int(w,
					      "SELECT COUNT(*) FROM member "
					      "WHERE address LIKE '%example%'"),
			 0);
}

static void the_master_audience_is_made_once_and_stays(void **state)
{
	struct audience_fixture *w = *state;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;
	struct list again;

	assert_int_equal(tx_begin(w->db, &tx, &err), 0);
	assert_int_equal(
		list_ensure_master(&tx, "B", NOW, w->arena, &again, &err), 0);
	assert_string_equal(again.hex, w->list.hex);
	assert_true(again.double_optin);
	assert_int_equal(list_remove(&tx, w->list.hex, NOW, &err), -1);
	assert_string_equal(err.title, "Method Not Allowed");
}

static void merge_ids_are_never_used_again(void **state)
{
	struct audience_fixture *w = *state;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(json_free) json_t *body = NULL;
	struct err err = ERR_INIT;
	struct merge_def first, second;

	assert_int_equal(json_parse(STR("{\"name\":\"F\",\"type\":\"text\"}"),
				    &body, &err),
			 0);
	assert_int_equal(tx_begin(w->db, &tx, &err), 0);
	assert_int_equal(
		merge_field_add(&tx, w->list.id, body, w->arena, &first, &err),
		0);
	assert_int_equal(merge_field_remove(&tx, w->list.id, first.id, &err),
			 0);
	assert_int_equal(merge_field_remove(&tx, w->list.id, first.id, &err),
			 -1);
	assert_int_equal(
		merge_field_add(&tx, w->list.id, body, w->arena, &second, &err),
		0);
	assert_true(second.id > first.id);
}

static void figures_follow_the_members(void **state)
{
	struct audience_fixture *w = *state;
	CLEANUP(json_free) json_t *body = NULL;
	struct list_stats stats;
	struct err err = ERR_INIT;

	assert_int_equal(
		json_parse(STR("{\"status\":\"subscribed\"}"), &body, &err), 0);
	assert_int_equal(run_once(w, add_member, body, &err), 0);
	assert_int_equal(list_stats(w->db, &w->list, NOW, &stats, &err), 0);
	assert_int_equal(stats.member_count, 1);
	assert_int_equal(stats.unsubscribe_count, 0);
	assert_int_equal(stats.merge_field_count, 4);
	assert_int_equal(stats.last_sub_ms, NOW);
}

static void a_contact_without_a_street_has_no_address(void **state)
{
	static const char *const cases[][2] = {
		{ "", "" },
		{ "no JSON", "" },
		{ "{\"company\":\"A & B\"}", "" },
		{ "{\"company\":\"A & B\",\"address1\":\"\"}", "" },
		{ "{\"address1\":7}", "" },
		{ "{\"country\":\"DE\",\"city\":\"Köln\",\"address1\":"
		  "\"Weg 1\",\"company\":\"A & B\",\"state\":\"\"}",
		  "A & B\nWeg 1\nKöln\nDE" },
	};
	struct audience_fixture *w = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(list_contact_lines(cases[i][0], w->arena),
				    cases[i][1]);
}

#define TEST(name)                                                     \
	cmocka_unit_test_setup_teardown(name, audience_fixture_set_up, \
					audience_fixture_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(failed_writes_leave_nothing),
		TEST(the_master_audience_is_made_once_and_stays),
		TEST(merge_ids_are_never_used_again),
		TEST(figures_follow_the_members),
		TEST(a_contact_without_a_street_has_no_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
