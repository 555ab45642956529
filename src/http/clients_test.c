#include "base/cleanup.h"
#include "http/exchange.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void slowness_depends_on_what_the_client_does(void **state)
{
	/* idle 1000 ms, grace 500 ms, then a byte a millisecond */
	static const struct {
		enum client_phase phase;
		int64_t spent_ms, bytes;
		bool too_slow;
	} cases[] = {
		{ CLIENT_HEAD, 1500, 0, false },
		{ CLIENT_HEAD, 1501, 0, true },
		{ CLIENT_HEAD, 1501, 1000000, true },
		{ CLIENT_BODY, 500, 0, false },
		{ CLIENT_BODY, 501, 0, true },
		{ CLIENT_BODY, 1499, 1000, false },
		{ CLIENT_BODY, 1501, 1000, true },
		{ CLIENT_READS, 501, 0, true },
		{ CLIENT_READS, 10000, 10000, false },
		{ CLIENT_READS, 10501, 10000, true },
		{ CLIENT_WAITS, 1000000, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct client client = { .fd = -1 };

		client_phase(&client, cases[i].phase, cases[i].bytes);
		if (client_is_too_slow(&client,
				       client.since_ms + cases[i].spent_ms,
				       1000, 500) != cases[i].too_slow)
			fail_msg("case %zu", i);
	}
}

static void connections_are_counted(void **state)
{
	struct clients clients = { .n = 0 };
	struct client *c[4];

	(void)state;
	(void)pthread_mutex_init(&clients.lock, NULL);
	for (int i = 0; i < 3; i++)
		c[i] = client_add(&clients, i, 2);
	assert_false(c[1]->excess);
	assert_true(c[2]->excess);
	client_remove(&clients, c[1]);
	client_remove(&clients, c[2]);
	c[3] = client_add(&clients, 3, 2);
	assert_false(c[3]->excess);
	client_remove(&clients, c[0]);
	client_remove(&clients, c[3]);
	assert_int_equal(clients.n, 0);
	assert_null(clients.first);
	(void)pthread_mutex_destroy(&clients.lock);
}

static void the_idlest_makes_room(void **state)
{
	struct clients clients = { .n = 0 };
	struct client *c[6];

	(void)state;
	(void)pthread_mutex_init(&clients.lock, NULL);
	for (int i = 0; i < 4; i++)
		c[i] = client_add(&clients, -1, 4);
	client_phase(c[0], CLIENT_WAITS, 0);
	c[0]->since_ms -= 90000;
	c[1]->since_ms -= 2000;
	c[2]->since_ms -= 3000;
	c[4] = client_add(&clients, -1, 4);
	assert_false(c[4]->excess);
	assert_true(c[2]->cut);
	c[4]->since_ms -= 1000;
	client_remove(&clients, c[1]);
	c[5] = client_add(&clients, -1, 3);
	assert_false(c[5]->excess);
	assert_true(c[4]->cut);
	assert_int_equal(clients.n, 3);
	for (int i = 0; i < 6; i++)
		if (i != 1)
			client_remove(&clients, c[i]);
	assert_int_equal(clients.n, 0);
	(void)pthread_mutex_destroy(&clients.lock);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slowness_depends_on_what_the_client_does),
		cmocka_unit_test(connections_are_counted),
		cmocka_unit_test(the_idlest_makes_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
