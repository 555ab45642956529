/* No connection costs a thread, and no client holds up another. */
#include "base/clock.h"
#include "base/thread/patience.h"
#include "base/thread/queue.h"
#include "http/http_fixture.h"

#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <cmocka.h>

#define SLOW_HEADS 1000
#define SLOW_BODIES 300
#define NOT_READING 20
#define IDLE_MOST 10000
#define IDLE_BYTES 4096 /* of memory, each */
#define OTHER_FILES 400

#define FORM(path, length)                                                \
	"POST " path " HTTP/1.1\r\nHost: x\r\nContent-Type: application/" \
	"x-www-form-urlencoded\r\nContent-Length: " length "\r\n\r\n"

struct crowd {
	int *fds;
	int n;
};

/* Both ends of each are ours. */
static int places(void)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = limit.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	if (limit.rlim_cur > 50000)
		return 25000;
	return (int)limit.rlim_cur / 2 - OTHER_FILES;
}

static void join(struct crowd *crowd, const struct http_server *server, int n,
		 const char *text)
{
	crowd->fds = realloc(crowd->fds,
			     (size_t)(crowd->n + n) * sizeof(*crowd->fds));
	for (int i = 0; i < n; i++) {
		int fd = fixture_connect(server);

		fixture_send(fd, text);
		crowd->fds[crowd->n++] = fd;
	}
}

static void crowd_release(struct crowd *crowd)
{
	for (int i = 0; i < crowd->n; i++)
		(void)close(crowd->fds[i]);
	free(crowd->fds);
}

static void ask_all_kinds(const struct http_server *server, struct reply *reply)
{
	fixture_ask(server, GET("/api/v1/hello/you"), reply);
	assert_string_equal(reply->body.buf, "\"hello you\"");
	fixture_ask(server, GET("/api/v1/quick/hit"), reply);
	assert_string_equal(reply->body.buf, "\"hello hit\"");
	fixture_ask(server, FORM("/api/v1/quick", "6") "name=x", reply);
	assert_string_equal(reply->body.buf, "\"x\"");
}

static void a_crowd_keeps_nobody_out(void **state)
{
	struct fixture *f0 = *state;
	int idle = places() - SLOW_HEADS - SLOW_BODIES - NOT_READING;

	f0->options.workers = f0->options.quick_workers = 1;
	f0->options.per_address = 0;
	if (idle > IDLE_MOST)
		idle = IDLE_MOST;
	{
		FIXTURE(f);
		CLEANUP(crowd_release) struct crowd crowd = { .n = 0 };

		join(&crowd, server, SLOW_HEADS,
		     "GET / HTTP/1.1\r\nHost: x\r\nX-A: ");
		join(&crowd, server, SLOW_BODIES,
		     FORM("/api/v1/form", "900000") "a");
		join(&crowd, server, NOT_READING, GET("/api/v1/flood"));
		if (idle > 0)
			join(&crowd, server, idle, "");
		ask_all_kinds(server, &reply);
		for (int i = 0; i < crowd.n; i++)
			if (i < SLOW_HEADS + SLOW_BODIES)
				fixture_send(crowd.fds[i], "a");
		ask_all_kinds(server, &reply);
		(void)f;
	}
}

static void idle_connections_cost_little_memory(void **state)
{
	FIXTURE(f);
	CLEANUP(crowd_release) struct crowd crowd = { .n = 0 };
	size_t before = mallinfo2().uordblks;
	int n = 500;

	join(&crowd, server, n, GET("/api/v1/hello/you"));
	for (int i = 0; i < n; i++)
		fixture_read(crowd.fds[i], false, &reply);
	fixture_ask(server, GET("/api/v1/hello/you"), &reply);
	assert_int_equal(reply.status, 200);
	assert_true(mallinfo2().uordblks < before + (size_t)n * IDLE_BYTES);
	(void)f;
}

/* The one who has been unfinished for longest; whole requests never count. */
static void an_address_has_so_many_unfinished_requests(void **state)
{
	struct fixture *f0 = *state;

	f0->options.per_address = 3;
	for (int proxied = 0; proxied < 2; proxied++) {
		f0->options.trust_proxy = proxied;
		FIXTURE(f);
		CLEANUP(crowd_release) struct crowd crowd = { .n = 0 };

		join(&crowd, server, 2, "GET /api/v1/hello/you HTTP/1.1\r\n");
		join(&crowd, server, 2, FORM("/api/v1/form", "6") "name=");
		ask_all_kinds(server, &reply);
		if (proxied)
			fixture_send(crowd.fds[0], "Host: x\r\n\r\n");
		else
			assert_true(fixture_is_closed(crowd.fds[0]));
		fixture_send(crowd.fds[1], "Host: x\r\n\r\n");
		fixture_send(crowd.fds[2], "2");
		fixture_send(crowd.fds[3], "3");
		for (int i = proxied ? 0 : 1; i < 4; i++) {
			fixture_read(crowd.fds[i], false, &reply);
			assert_int_equal(reply.status, 200);
		}
		(void)f;
	}
}

static void unfinished_requests_share_the_memory(void **state)
{
	struct fixture *f0 = *state;

	f0->options.held_max = 200000;
	{
		FIXTURE(f);
		CLEANUP(crowd_release) struct crowd crowd = { .n = 0 };
		CLEANUP(strbuf_release) struct strbuf half = STRBUF_INIT;

		strbuf_addstr(&half, FORM("/api/v1/form", "90000"));
		for (int i = 0; i < 8000; i++)
			strbuf_addstr(&half, "0123456789");
		join(&crowd, server, 10, half.buf);
		assert_true(fixture_is_closed(crowd.fds[0]));
		ask_all_kinds(server, &reply);
		(void)f;
	}
}

/* --- workers --- */

static void wait_until_blocked(struct fixture *f, int n)
{
	void *none;

	for (int i = 0; i < n; i++)
		assert_int_equal(queue_take(f->shared.owed, &none, 1, -1), 1);
}

static void slow_requests_hold_up_no_quick_ones(void **state)
{
	struct fixture *f0 = *state;

	f0->options.workers = 2;
	f0->options.waiting = 3;
	{
		FIXTURE(f);
		CLEANUP(crowd_release) struct crowd crowd = { .n = 0 };

		join(&crowd, server, 2, GET("/api/v1/block"));
		wait_until_blocked(f, 2);
		join(&crowd, server, 3, GET("/api/v1/hello/you"));
		fixture_ask(server, GET("/api/v1/quick/hit"), &reply);
		assert_int_equal(reply.status, 200);
		fixture_ask(server, GET("/api/v1/hello/you"), &reply);
		assert_int_equal(reply.status, 503);
		assert_header(&reply, "Retry-After", "1");
		queue_close(f->shared.gate);
		for (int i = 0; i < crowd.n; i++) {
			fixture_read(crowd.fds[i], false, &reply);
			assert_int_equal(reply.status, 200);
		}
		fixture_ask(server, GET("/api/v1/hello/you"), &reply);
		assert_int_equal(reply.status, 200);
	}
}

/* Whoever likes can ask for these, and each takes long. */
static void passwords_hold_up_nobody_else(void **state)
{
	struct fixture *f0 = *state;

	f0->options.workers = 1;
	f0->options.password_workers = 2;
	{
		FIXTURE(f);
		CLEANUP(crowd_release) struct crowd crowd = { .n = 0 };

		join(&crowd, server, 9, GET("/api/v1/password"));
		wait_until_blocked(f, 2);
		fixture_ask(server, GET("/api/v1/hello/you"), &reply);
		assert_int_equal(reply.status, 200);
		fixture_ask(server, GET("/api/v1/quick/hit"), &reply);
		assert_int_equal(reply.status, 200);
		queue_close(f->shared.gate);
		for (int i = 0; i < crowd.n; i++) {
			fixture_read(crowd.fds[i], false, &reply);
			assert_int_equal(reply.status, 200);
		}
	}
}

/* A busy server reads a request so much later than it was sent. */
#define UNREAD_US 500000

/* The first waits for the lock, until even the last has asked too long ago,
 * and nobody in its turn after it. */
static void a_crowd_waits_for_a_lock_once(void **state)
{
	struct fixture *f0 = *state;

	f0->options.workers = 1;
	{
		FIXTURE(f);
		CLEANUP(crowd_release) struct crowd crowd = { .n = 0 };

		join(&crowd, server, 9, GET("/api/v1/locked"));
		__atomic_store_n(&f->shared.locked_until_us,
				 clock_monotonic_us() + PATIENCE_MS * 1000 +
					 UNREAD_US,
				 __ATOMIC_SEQ_CST);
		for (int i = 0; i < crowd.n; i++) {
			fixture_read(crowd.fds[i], false, &reply);
			assert_int_equal(reply.status, 503);
		}
		assert_int_equal(f->shared.hurried, 8);
		fixture_ask(server, GET("/api/v1/hello/you"), &reply);
		assert_int_equal(reply.status, 200);
	}
}

static void who_stops_mails_has_more_patience(void **state)
{
	FIXTURE(f);

	fixture_ask(server, GET("/api/v1/hasty"), &reply);
	assert_int_equal(reply.status, 503);
	fixture_ask(server, GET("/api/v1/patient"), &reply);
	assert_int_equal(reply.status, 200);
}

/* Its time is when it is worked on, however long its body took. */
static void a_slow_request_is_of_now(void **state)
{
	FIXTURE(f);
	int fd = fixture_connect(server);
	int64_t begun_ms;

	fixture_send(fd, "POST /api/v1/now HTTP/1.1\r\nHost: x\r\n"
			 "Content-Type: application/json\r\n"
			 "Content-Length: 2\r\n\r\n{");
	fixture_ask(server, GET("/api/v1/hello/you"), &reply);
	begun_ms = clock_now_ms();
	while (clock_now_ms() == begun_ms)
		;
	fixture_send(fd, "}");
	fixture_read(fd, false, &reply);
	assert_int_equal(reply.status, 200);
	assert_true(strtoll(reply.body.buf, NULL, 10) > begun_ms);
	(void)close(fd);
}

static void who_waited_too_long_is_turned_away(void **state)
{
	struct fixture *f0 = *state;

	f0->options.waiting_ms = 0;
	{
		FIXTURE(f);

		fixture_ask(server, GET("/api/v1/hello/you"), &reply);
		assert_int_equal(reply.status, 503);
		assert_header(&reply, "Retry-After", "1");
		(void)f;
	}
}

static void a_client_that_does_not_read_holds_no_worker(void **state)
{
	struct fixture *f0 = *state;

	f0->options.workers = 1;
	{
		FIXTURE(f);
		CLEANUP(crowd_release) struct crowd crowd = { .n = 0 };

		join(&crowd, server, NOT_READING, GET("/api/v1/flood"));
		for (int i = 0; i < 5; i++)
			ask_all_kinds(server, &reply);
		for (int i = 0; i < crowd.n; i += 7) {
			fixture_read(crowd.fds[i], false, &reply);
			assert_true(reply.whole);
			assert_int_equal(reply.body.len, 65536 * 1000);
		}
		(void)f;
	}
}

/* --- the protocol --- */

static void requests_may_come_all_at_once(void **state)
{
	FIXTURE(f);
	CLEANUP(fd_release) int fd = fixture_connect(server);
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	for (int i = 0; i < 300; i++)
		strbuf_addf(&text,
			    i % 3 ? "GET /api/v1/hello/%d HTTP/1.1\r\n"
				    "Host: x\r\n\r\n"
				  : "GET /nowhere/%d HTTP/1.1\r\n"
				    "Host: x\r\n\r\n",
			    i);
	fixture_send_bytes(fd, text.buf, text.len);
	for (int i = 0; i < 300; i++) {
		fixture_read(fd, false, &reply);
		assert_int_equal(reply.status, i % 3 ? 200 : 404);
		if (i % 3)
			assert_int_equal(strtol(reply.body.buf + 7, NULL, 10),
					 i);
	}
	(void)f;
}

#define EXPECTING(path, headers, length)                \
	"POST " path " HTTP/1.1\r\nHost: x\r\n" headers \
	"Expect: 100-continue\r\nContent-Length: " length "\r\n\r\n"

static void who_asks_first_is_told_before_the_body(void **state)
{
	FIXTURE(f);
	static const struct {
		const char *text;
		int status; /* 100: go on */
	} cases[] = {
		{ EXPECTING("/api/v1/form", "", "6"), 100 },
		{ EXPECTING("/api/v1/echo", KEY_HEADER "\r\n", "6"), 100 },
		{ EXPECTING("/api/v1/upload", KEY_HEADER "\r\n", "6"), 100 },
		{ EXPECTING("/api/v1/echo", "", "6"), 401 },
		{ EXPECTING("/api/v1/echo", KEY_HEADER "\r\n", "999999"), 413 },
		{ EXPECTING("/nowhere", "", "6"), 404 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(fd_release) int fd = fixture_connect(server);
		char told[26] = "";

		fixture_send(fd, cases[i].text);
		if (cases[i].status == 100) {
			assert_int_equal(recv(fd, told, 25, MSG_WAITALL), 25);
			assert_string_equal(told,
					    "HTTP/1.1 100 Continue\r\n\r\n");
			fixture_send(fd, "{    }");
		}
		fixture_read(fd, false, &reply);
		assert_int_equal(reply.status, cases[i].status == 100
						       ? 200
						       : cases[i].status);
	}
	(void)f;
}

static void old_clients_may_keep_a_connection(void **state)
{
	FIXTURE(f);
	CLEANUP(fd_release) int fd = fixture_connect(server);

	for (int i = 0; i < 3; i++) {
		fixture_send(fd, "GET /api/v1/hello/you HTTP/1.0\r\n"
				 "Connection: keep-alive\r\n\r\n");
		fixture_read(fd, false, &reply);
		assert_string_equal(reply.body.buf, "\"hello you\"");
		assert_header(&reply, "Connection", "keep-alive");
	}
	(void)f;
}

static void who_sends_no_more_is_answered(void **state)
{
	FIXTURE(f);
	CLEANUP(fd_release) int fd = fixture_connect(server);

	fixture_send(fd, GET("/api/v1/flood"));
	(void)shutdown(fd, SHUT_WR);
	fixture_read(fd, false, &reply);
	assert_int_equal(reply.body.len, 65536 * 1000);
	assert_true(fixture_is_closed(fd));
	(void)f;
}

static void long_heads_are_taken(void **state)
{
	FIXTURE(f);
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	strbuf_addstr(&text,
		      "GET /api/v1/hello/you HTTP/1.1\r\nHost: x\r\nX: ");
	for (int i = 0; i < 6000; i++)
		strbuf_addstr(&text, "0123456789");
	strbuf_addstr(&text, "\r\n\r\n");
	fixture_ask(server, text.buf, &reply);
	assert_int_equal(reply.status, 200);
	strbuf_reset(&text);
	for (int i = 0; i < 7000; i++)
		strbuf_addstr(&text, "0123456789");
	fixture_ask(server, text.buf, &reply);
	assert_int_equal(reply.status, 414);
	(void)f;
}

/* --- the end --- */

static void a_stop_waits_for_nothing_unfinished(void **state)
{
	FIXTURE(f);
	CLEANUP(crowd_release) struct crowd crowd = { .n = 0 };

	join(&crowd, server, 5, "GET / HTTP/1.1\r\n");
	join(&crowd, server, 5, FORM("/api/v1/form", "6") "name=");
	join(&crowd, server, 5, "");
	ask_all_kinds(server, &reply);
	http_server_stop(server); /* stop_ms is 30 s */
	for (int i = 0; i < crowd.n; i++)
		assert_true(fixture_is_closed(crowd.fds[i]));
	(void)f;
}

static void a_stop_cuts_who_does_not_read(void **state)
{
	struct fixture *f0 = *state;

	f0->options.stop_ms = 0;
	{
		FIXTURE(f);
		CLEANUP(crowd_release) struct crowd crowd = { .n = 0 };

		join(&crowd, server, 5, GET("/api/v1/flood"));
		ask_all_kinds(server, &reply);
		http_server_stop(server);
		fixture_read(crowd.fds[0], false, &reply);
		assert_false(reply.whole);
		(void)f;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_crowd_keeps_nobody_out),
		TEST(idle_connections_cost_little_memory),
		TEST(an_address_has_so_many_unfinished_requests),
		TEST(unfinished_requests_share_the_memory),
		TEST(slow_requests_hold_up_no_quick_ones),
		TEST(passwords_hold_up_nobody_else),
		TEST(a_crowd_waits_for_a_lock_once),
		TEST(who_stops_mails_has_more_patience),
		TEST(a_slow_request_is_of_now),
		TEST(who_waited_too_long_is_turned_away),
		TEST(a_client_that_does_not_read_holds_no_worker),
		TEST(requests_may_come_all_at_once),
		TEST(who_asks_first_is_told_before_the_body),
		TEST(old_clients_may_keep_a_connection),
		TEST(who_sends_no_more_is_answered),
		TEST(long_heads_are_taken),
		TEST(a_stop_waits_for_nothing_unfinished),
		TEST(a_stop_cuts_who_does_not_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
