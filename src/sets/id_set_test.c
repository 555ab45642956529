#include "sets/id_set.h"

#include "base/cleanup.h"
#include "base/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LIMIT 5000

static void is_the_same_whatever_the_order_of_adding(void **state)
{
	CLEANUP(id_set_release) struct id_set up = ID_SET_INIT;
	CLEANUP(id_set_release) struct id_set down = ID_SET_INIT;

	(void)state;
	for (int64_t i = 1; i <= 3000; i += 3)
		id_set_add(&up, i);
	for (int64_t i = 2998; i >= 1; i -= 3) {
		id_set_add(&down, i);
		id_set_add(&down, i);
	}
	assert_int_equal(id_set_count(&up), 1000);
	assert_true(id_set_equal(&up, &down));
	assert_true(id_set_has(&up, 4));
	assert_false(id_set_has(&up, 5));
	assert_false(id_set_has(&up, 1000000));
	assert_int_equal(id_set_next(&up, 0), 1);
	assert_int_equal(id_set_next(&up, 2998), 0);
}

static void stays_small_for_few_ids_far_apart(void **state)
{
	CLEANUP(id_set_release) struct id_set set = ID_SET_INIT;

	(void)state;
	for (int64_t i = 1; i <= 10000; i++)
		id_set_add(&set, i * 100000);
	assert_null(set.bits);
	assert_int_equal(id_set_count(&set), 10000);
}

static void fill(struct prng *prng, struct id_set *set, bool *plain)
{
	uint64_t n = prng_below(prng, 3) ? prng_below(prng, 40)
					 : prng_below(prng, 4000);

	while (n--) {
		uint64_t id = 1 + prng_below(prng, LIMIT - 1);

		id_set_add(set, (int64_t)id);
		plain[id] = true;
	}
}

static void check(struct id_set *set, const bool *plain)
{
	int64_t count = 0, next = 0;

	for (int64_t i = 1; i < LIMIT; i++) {
		assert_int_equal(id_set_has(set, i), plain[i]);
		if (!plain[i])
			continue;
		assert_int_equal(id_set_before(set, i), next);
		next = id_set_next(set, next);
		assert_int_equal(next, i);
		assert_int_equal(id_set_nth(set, count), i);
		count++;
	}
	assert_int_equal(id_set_next(set, next), 0);
	assert_int_equal(id_set_before(set, INT64_MAX), next);
	assert_int_equal(id_set_before(set, 0), 0);
	assert_int_equal(id_set_nth(set, count), 0);
	assert_int_equal(id_set_nth(set, -1), 0);
	assert_int_equal(id_set_count(set), count);
}

static void algebra_is_that_of_plain_arrays(void **state)
{
	struct prng prng = { 42 };

	(void)state;
	for (int round = 0; round < 300; round++) {
		CLEANUP(id_set_release)
		struct id_set a = ID_SET_INIT;
		CLEANUP(id_set_release)
		struct id_set b = ID_SET_INIT;
		bool x[LIMIT] = { false }, y[LIMIT] = { false };
		uint64_t op = prng_below(&prng, 4);

		fill(&prng, &a, x);
		fill(&prng, &b, y);
		for (int i = 0; i < LIMIT; i++) {
			if (op == 0)
				x[i] = x[i] || y[i];
			else if (op == 1)
				x[i] = x[i] && y[i];
			else if (op == 2)
				x[i] = x[i] && !y[i];
		}
		if (op == 0)
			id_set_or(&a, &b);
		else if (op == 1)
			id_set_and(&a, &b);
		else if (op == 2)
			id_set_subtract(&a, &b);
		else {
			for (int64_t i = 1; i < LIMIT; i += 7) {
				id_set_remove(&a, i);
				x[i] = false;
			}
		}
		check(&a, x);
		check(&b, y);
		id_set_settle(&a);
		check(&a, x);
	}
}

static void takes_words_of_64_in_any_order(void **state)
{
	struct prng prng = { 5 };

	(void)state;
	for (int round = 0; round < 100; round++) {
		CLEANUP(id_set_release)
		struct id_set set = ID_SET_INIT;
		bool plain[LIMIT] = { false };

		for (uint64_t n = prng_below(&prng, 100); n > 0; n--) {
			int64_t word = (int64_t)prng_below(&prng, LIMIT / 64);
			uint64_t bits =
				prng_next(&prng) &
				(round % 2 ? prng_next(&prng) & prng_next(&prng)
					   : ~UINT64_C(0));

			id_set_add_word(&set, word, bits);
			for (int64_t i = 0; i < 64; i++)
				plain[word * 64 + i] |= bits >> i & 1;
		}
		plain[0] = false; /* nobody's */
		check(&set, plain);
		id_set_settle(&set);
		check(&set, plain);
	}
}

static void settles_in_the_smaller_form(void **state)
{
	CLEANUP(id_set_release) struct id_set set = ID_SET_INIT;

	(void)state;
	for (int64_t i = 1; i <= 100000; i++)
		id_set_add(&set, i);
	id_set_settle(&set);
	assert_true(id_set_bytes(&set) <= 100064 / 8);
	for (int64_t i = 1; i <= 100000; i++)
		if (i % 500)
			id_set_remove(&set, i);
	id_set_settle(&set);
	assert_int_equal(id_set_bytes(&set), 200 * sizeof(int64_t));
	for (int64_t i = 1; i <= 100000; i++)
		id_set_remove(&set, i);
	id_set_settle(&set);
	assert_int_equal(id_set_bytes(&set), 0);
	assert_int_equal(id_set_count(&set), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_the_same_whatever_the_order_of_adding),
		cmocka_unit_test(stays_small_for_few_ids_far_apart),
		cmocka_unit_test(algebra_is_that_of_plain_arrays),
		cmocka_unit_test(takes_words_of_64_in_any_order),
		cmocka_unit_test(settles_in_the_smaller_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
