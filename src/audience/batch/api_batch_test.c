#include "audience/batch/api_batch.h"

#include "audience/audience_fixture.h"
#include "audience/batch/api_answer.h"
#include "audience/batch/api_operation.h"
#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define NOW FIXTURE_NOW
#define TWO                                                        \
	"{\"operations\":[{\"method\":\"get\",\"path\":\"ping\"}," \
	"{\"method\":\"POST\",\"path\":\"/3.0/lists\",\"body\":\"{}\"}]}"

static const struct api_batch_maker sue = { .user_id = 1, .key_id = 7 };

static int add(struct audience_fixture *f, const char *text,
	       struct api_batch *out, struct err *err)
{
	CLEANUP(json_free) json_t *body = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	assert_int_equal(json_parse(str_of(text), &body, err), 0);
	if (tx_begin(f->db, &tx, err) < 0 ||
	    api_batch_add(&tx, body, &sue, NOW, f->arena, out, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static int64_t rows_left(struct audience_fixture *f)
{
	return audience_fixture_int(
		f, "SELECT (SELECT COUNT(*) FROM api_batch)"
		   " + (SELECT COUNT(*) FROM api_batch_operation)"
		   " + (SELECT COUNT(*) FROM api_batch_answer)"
		   " + (SELECT COUNT(*) FROM job)");
}

static void operations_are_read_in_any_form(void **state)
{
	static const struct {
		const char *given, *method, *path, *query;
	} cases[] = {
		{ "{\"method\":\"get\",\"path\":\"lists\"}", "GET",
		  "/3.0/lists", "" },
		{ "{\"method\":\"Patch\",\"path\":\"/3.0/lists/a?x=1\"}",
		  "PATCH", "/3.0/lists/a", "x=1" },
		{ "{\"method\":\"PUT\",\"path\":\"//lists\"}", "PUT",
		  "/3.0/lists", "" },
		{ "{\"method\":\"GET\",\"path\":\"3.0\"}", "GET", "/3.0", "" },
		{ "{\"method\":\"GET\",\"path\":\"/3.0x\"}", "GET", "/3.0/3.0x",
		  "" },
		{ "{\"method\":\"GET\",\"path\":\"a?b=1\",\"params\":"
		  "{\"c d\":\"\xc3\xa9&\",\"n\":5,\"t\":true,\"z\":null}}",
		  "GET", "/3.0/a", "b=1&c%20d=%C3%A9%26&n=5&t=true&z=" },
	};
	struct audience_fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(json_free) json_t *tree = NULL;
		struct api_operation op;
		struct err err = ERR_INIT;

		assert_int_equal(
			json_parse(str_of(cases[i].given), &tree, &err), 0);
		assert_int_equal(
			api_operation_read(tree, 0, f->arena, &op, &err), 0);
		assert_string_equal(op.method, cases[i].method);
		assert_string_equal(op.path, cases[i].path);
		assert_string_equal(op.query, cases[i].query);
	}
}

static void is_added_as_a_whole_or_not_at_all(void **state)
{
	struct audience_fixture *f = *state;
	struct api_batch batch;

	for (int n = 1;; n++) {
		struct err err = ERR_INIT;
		int done;

		db_fail_nth(f->db, n);
		done = add(f, TWO, &batch, &err);
		db_fail_nth(f->db, 0);
		if (done == 0)
			break;
		assert_int_equal(err.code, ERR_IO);
		assert_int_equal(rows_left(f), 0);
	}
	assert_string_equal(api_batch_status(&batch), "pending");
	assert_int_equal(batch.total, 2);
	assert_int_equal(rows_left(f), 4);
}

static void is_forgotten_when_it_was_kept_long_enough(void **state)
{
	struct audience_fixture *f = *state;
	struct err err = ERR_INIT;
	struct api_batch batch;
	int64_t end_ms = NOW + API_BATCH_KEPT_MS;

	assert_int_equal(add(f, TWO, &batch, &err), 0);
	assert_int_equal(api_batch_forget(f->db, end_ms, &err), 0);
	store_fixture_exec(f->db,
			   "UPDATE api_batch SET completed_ms = submitted_ms"
			   " + 5");
	assert_int_equal(api_batch_forget(f->db, end_ms + 5, &err), 0);
	assert_int_equal(api_batch_forget(f->db, end_ms + 6, &err), 1);
	assert_int_equal(rows_left(f), 1); /* its job */
	assert_int_equal(api_batch_forget(f->db, end_ms + 6, &err), 0);
}

static void is_seen_by_who_made_it_and_by_those_who_see_all(void **state)
{
	static const struct {
		struct api_batch_maker who;
		int64_t n;
	} cases[] = {
		{ { .user_id = 1, .key_id = 7 }, 1 },
		{ { .user_id = 1, .key_id = 8 }, 1 },
		{ { .user_id = 2, .key_id = 7 }, 0 },
		{ { .user_id = 0, .key_id = 7 }, 0 },
		{ { .user_id = 2, .sees_all = true }, 1 },
	};
	struct audience_fixture *f = *state;
	struct err err = ERR_INIT;
	struct api_batch batch, found;

	assert_int_equal(add(f, TWO, &batch, &err), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(vec_release) struct api_batches all = VEC_INIT;
		int64_t n = -1;

		assert_int_equal(
			api_batch_count(f->db, &cases[i].who, &n, &err), 0);
		assert_int_equal(n, cases[i].n);
		assert_int_equal(api_batch_list(f->db, &cases[i].who, 10, 0,
						f->arena, &all, &err),
				 0);
		assert_int_equal(all.n, cases[i].n);
		assert_int_equal(api_batch_get(f->db, batch.hex, &cases[i].who,
					       f->arena, &found, &err),
				 cases[i].n ? 0 : -1);
	}
}

static void is_removed_with_all_that_is_its_own(void **state)
{
	struct audience_fixture *f = *state;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct api_batch_maker other = { .user_id = 3 };
	struct err err = ERR_INIT;
	struct api_batch batch;
	struct api_answers *answers;

	assert_int_equal(add(f, TWO, &batch, &err), 0);
	store_fixture_exec(f->db,
			   "INSERT INTO api_batch_answer (batch_id, nr, bytes,"
			   " packed) SELECT id, 1, 9, 'AAAA' FROM api_batch");
	answers = api_answers_open(&batch);
	assert_int_equal(api_answers_next(answers, f->db, &out, &err), -1);
	api_answers_free(&answers);
	assert_int_equal(err.code, ERR_BUG); /* it is damaged */

	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_int_equal(
		api_batch_remove(&tx, batch.hex, &other, NOW, f->arena, &err),
		-1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	assert_int_equal(
		api_batch_remove(&tx, batch.hex, &sue, NOW, f->arena, &err), 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
	assert_int_equal(rows_left(f), 1); /* its job, which is canceled */
	assert_int_equal(
		audience_fixture_int(f, "SELECT state FROM job LIMIT 1"), 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(operations_are_read_in_any_form,
						audience_fixture_set_up,
						audience_fixture_tear_down),
		cmocka_unit_test_setup_teardown(
			is_added_as_a_whole_or_not_at_all,
			audience_fixture_set_up, audience_fixture_tear_down),
		cmocka_unit_test_setup_teardown(
			is_forgotten_when_it_was_kept_long_enough,
			audience_fixture_set_up, audience_fixture_tear_down),
		cmocka_unit_test_setup_teardown(
			is_seen_by_who_made_it_and_by_those_who_see_all,
			audience_fixture_set_up, audience_fixture_tear_down),
		cmocka_unit_test_setup_teardown(
			is_removed_with_all_that_is_its_own,
			audience_fixture_set_up, audience_fixture_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
