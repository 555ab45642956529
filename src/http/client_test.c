#include "base/cleanup.h"
#include "http/exchange.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct client *add(struct clients *clients, const char *ip)
{
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in v4 = { .sin_family = AF_INET };

	if (inet_pton(AF_INET, ip, &v4.sin_addr) == 1)
		return client_add(clients, -1, (struct sockaddr *)&v4);
	assert_int_equal(inet_pton(AF_INET6, ip, &v6.sin6_addr), 1);
	return client_add(clients, -1, (struct sockaddr *)&v6);
}

static int setup_clients(void **state)
{
	struct clients *clients = calloc(1, sizeof(*clients));

	clients_init(clients);
	*state = clients;
	return 0;
}

static int teardown_clients(void **state)
{
	struct clients *clients = *state;
	struct client *c;

	for (int i = 0; i < CLIENT_GONE; i++)
		while ((c = TAILQ_FIRST(&clients->in[i])))
			client_phase(clients, c, CLIENT_GONE);
	for (int i = 0; i < CLIENT_ADDRESSES; i++)
		assert_null(clients->addresses[i]);
	assert_int_equal(clients->n, 0);
	assert_int_equal(clients->held, 0);
	clients_release(clients);
	free(clients);
	return 0;
}

static void slowness_depends_on_what_the_client_does(void **state)
{
	/* idle 1000 ms, grace 500 ms, then a byte a millisecond */
	static const struct {
		enum client_phase phase;
		int64_t spent_ms, silent_ms, bytes;
		bool too_slow;
	} cases[] = {
		{ CLIENT_IDLE, 1000, 1000, 0, false },
		{ CLIENT_IDLE, 1001, 1001, 0, true },
		{ CLIENT_IDLE, 1001, 1, 2, true },
		{ CLIENT_HEAD, 500, 0, 0, false },
		{ CLIENT_HEAD, 501, 0, 0, true },
		{ CLIENT_HEAD, 501, 0, 1000000, true },
		{ CLIENT_BODY, 500, 0, 0, false },
		{ CLIENT_BODY, 501, 0, 0, true },
		{ CLIENT_BODY, 1499, 0, 1000, false },
		{ CLIENT_BODY, 1501, 0, 1000, true },
		{ CLIENT_BODY, 1499, 1001, 1000000, true },
		{ CLIENT_READS, 501, 0, 0, true },
		{ CLIENT_READS, 10000, 0, 10000, false },
		{ CLIENT_READS, 10501, 0, 10000, true },
		{ CLIENT_READS, 10000, 1001, 1000000, true },
		{ CLIENT_WAITS, 1000000, 1000000, 0, false },
		{ CLIENT_LEAVES, 2000, 0, 0, false },
		{ CLIENT_LEAVES, 2001, 0, 1000000, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct client client = { .fd = -1,
					 .phase = cases[i].phase,
					 .since_ms = 50000,
					 .bytes = cases[i].bytes };
		int64_t now_ms = client.since_ms + cases[i].spent_ms;

		client.moved_ms = now_ms - cases[i].silent_ms;
		if (client_is_too_slow(&client, now_ms, 1000, 500) !=
		    cases[i].too_slow)
			fail_msg("case %zu", i);
	}
}

static void the_idlest_makes_room(void **state)
{
	struct clients *clients = *state;
	struct client *c[4];

	for (int i = 0; i < 4; i++)
		c[i] = add(clients, "192.0.2.1");
	assert_int_equal(clients->n, 4);
	assert_null(clients_dispensable(clients)); /* not idle for a second */
	for (int i = 0; i < 4; i++)
		c[i]->since_ms -= 5000;
	assert_ptr_equal(clients_dispensable(clients), c[0]);
	client_phase(clients, c[0], CLIENT_WAITS);
	c[0]->since_ms -= 90000;
	assert_ptr_equal(clients_dispensable(clients), c[1]);
	client_phase(clients, c[1], CLIENT_GONE);
	assert_int_equal(clients->n, 3);
	assert_ptr_equal(clients_dispensable(clients), c[2]);
	client_phase(clients, c[2], CLIENT_HEAD);
	client_phase(clients, c[3], CLIENT_BODY);
	assert_null(clients_dispensable(clients));
	c[2]->since_ms -= 2000;
	c[3]->since_ms -= 3000;
	assert_ptr_equal(clients_dispensable(clients), c[2]);
	client_phase(clients, c[2], CLIENT_READS);
	assert_ptr_equal(clients_dispensable(clients), c[3]);
}

static void unfinished_requests_are_counted_by_address(void **state)
{
	struct clients *clients = *state;
	struct client *a = add(clients, "192.0.2.1");
	struct client *b = add(clients, "::ffff:192.0.2.1");
	struct client *other = add(clients, "192.0.2.2");
	struct client *v6 = add(clients, "2001:db8:1:2::3");
	struct client *same_house = add(clients, "2001:db8:1:2:ffff::1");

	assert_string_equal(b->ip, "192.0.2.1");
	assert_string_equal(v6->ip, "2001:db8:1:2::3");
	client_phase(clients, a, CLIENT_HEAD);
	assert_null(client_rival(a, 1));
	client_phase(clients, other, CLIENT_HEAD);
	assert_null(client_rival(other, 1));
	client_phase(clients, b, CLIENT_BODY);
	assert_ptr_equal(client_rival(b, 1), a);
	client_phase(clients, a, CLIENT_BODY); /* still the same request */
	assert_ptr_equal(client_rival(b, 1), a);
	client_phase(clients, a, CLIENT_WAITS);
	assert_null(client_rival(b, 1));
	assert_null(client_rival(a, 1));
	client_phase(clients, v6, CLIENT_HEAD);
	client_phase(clients, same_house, CLIENT_HEAD);
	assert_ptr_equal(client_rival(same_house, 1), v6);
}

static void memory_is_accounted_for(void **state)
{
	struct clients *clients = *state;
	struct client *a = add(clients, "192.0.2.1");
	struct client *b = add(clients, "192.0.2.1");

	client_hold(clients, a, 100);
	client_hold(clients, b, 50);
	client_hold(clients, a, 30);
	assert_int_equal(clients->held, 80);
	client_phase(clients, a, CLIENT_GONE);
	assert_int_equal(clients->held, 50);
}

#define CLIENTS(name) \
	cmocka_unit_test_setup_teardown(name, setup_clients, teardown_clients)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slowness_depends_on_what_the_client_does),
		CLIENTS(the_idlest_makes_room),
		CLIENTS(unfinished_requests_are_counted_by_address),
		CLIENTS(memory_is_accounted_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
