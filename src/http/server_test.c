#include "base/thread/queue.h"
#include "http/http_fixture.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* --- connections --- */

static void a_connection_serves_many_requests(void **state)
{
	FIXTURE(f);
	CLEANUP(fd_release) int fd = fixture_connect(server);

	for (int i = 0; i < 20; i++) {
		fixture_send(fd, GET("/api/v1/hello/you"));
		fixture_read(fd, false, &reply);
		assert_int_equal(reply.status, 200);
		assert_string_equal(reply.body.buf, "\"hello you\"");
		assert_int_equal(reply_header(&reply, "Connection").len, 0);
	}
	(void)f;
}

static void an_error_keeps_the_connection(void **state)
{
	FIXTURE(f);
	CLEANUP(fd_release) int fd = fixture_connect(server);

	fixture_send(fd, "POST /api/v1/nowhere HTTP/1.1\r\nHost: x\r\n"
			 "Content-Length: 3\r\n\r\nabc");
	fixture_read(fd, false, &reply);
	assert_int_equal(reply.status, 404);
	fixture_send(fd, GET("/api/v1/hello/again"));
	fixture_read(fd, false, &reply);
	assert_int_equal(reply.status, 200);
	(void)f;
}

static void http_1_0_is_spoken(void **state)
{
	FIXTURE(f);
	CLEANUP(fd_release) int fd = fixture_connect(server);

	fixture_send(fd, "GET /api/v1/hello/old HTTP/1.0\r\n\r\n");
	fixture_read(fd, false, &reply);
	assert_int_equal(reply.status, 200);
	assert_true(fixture_is_closed(fd));
	fixture_ask(server, "GET /api/v1/count HTTP/1.0\r\n\r\n", &reply);
	assert_has(&reply.body, "1000\n999\n");
	(void)f;
}

static void connections_beyond_the_limit_get_503(void **state)
{
	struct fixture *f0 = *state;
	int fds[4];

	f0->options.connections = 4;
	{
		FIXTURE(f);
		for (int i = 0; i < 4; i++) {
			fds[i] = fixture_connect(server);
			fixture_send(fds[i], GET("/api/v1/hello/you"));
			fixture_read(fds[i], false, &reply);
			assert_int_equal(reply.status, 200);
		}
		fixture_ask(server, GET("/api/v1/hello/you"), &reply);
		assert_int_equal(reply.status, 503);
		assert_header(&reply, "Connection", "close");
		for (int i = 0; i < 4; i++)
			(void)close(fds[i]);
		(void)f;
	}
}

static void a_second_server_cannot_take_the_address(void **state)
{
	FIXTURE(f);
	struct http_server *second = NULL;
	struct http_options options = f->options;
	struct err err = ERR_INIT;

	options.listen = http_server_address(server);
	assert_int_equal(http_server_start(&options, f->router, &second, &err),
			 -1);
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_non_null(strstr(err.text, "another program"));
	fixture_ask(server, GET("/api/v1/hello/you"), &reply);
	assert_int_equal(reply.status, 200);
}

static void a_restart_binds_at_once(void **state)
{
	struct fixture *f = *state;
	CLEANUP(reply_release) struct reply reply = REPLY_INIT;
	char address[80] = "127.0.0.1:0";
	struct err err = ERR_INIT;

	f->options.listen = address;
	for (int i = 0; i < 5; i++) {
		CLEANUP(http_server_free) struct http_server *server = NULL;

		assert_int_equal(http_server_start(&f->options, f->router,
						   &server, &err),
				 0);
		(void)snprintf(address, sizeof(address), "%s",
			       http_server_address(server));
		fixture_ask(server, GET("/api/v1/hello/you"), &reply);
		assert_int_equal(reply.status, 200);
	}
}

static void bad_addresses_are_explained(void **state)
{
	struct fixture *f = *state;
	static const char *const bad[] = { "8080", "127.0.0.1:", "::1",
					   "no.such.host.invalid:80", "1:x" };

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct http_server *server = NULL;
		struct err err = ERR_INIT;

		f->options.listen = bad[i];
		assert_int_equal(http_server_start(&f->options, f->router,
						   &server, &err),
				 -1);
		assert_null(server);
		assert_int_not_equal(err.text[0], 0);
	}
}

/* --- streams, later answers, clients that go away --- */

static void streams_are_sent_whole_or_cut(void **state)
{
	FIXTURE(f);

	fixture_ask(server, GET("/api/v1/count"), &reply);
	assert_true(reply.whole);
	assert_has(&reply.body, "\n2\n1\n");
	assert_header(&reply, "Content-Type", "text/plain");
	fixture_ask(server, GET("/api/v1/count?cut=1&long=1"), &reply);
	assert_int_equal(reply.status, 200);
	assert_false(reply.whole);
	/* nothing was sent yet: it is refused */
	fixture_ask(server, GET("/api/v1/count?cut=1"), &reply);
	assert_int_equal(reply.status, 500);
	assert_true(reply.whole);
	fixture_ask(server, "HEAD /api/v1/count HTTP/1.1\r\nHost: x\r\n\r\n",
		    &reply);
	assert_int_equal(reply.status, 200);
	http_server_stop(server);
	assert_int_equal(f->shared.freed, 4);
}

static void *answer_owed(void *arg)
{
	struct shared *shared = arg;
	struct err bad = ERR_INIT;
	void *rs[16];
	size_t n;
	int64_t answered = 0;

	(void)err_set(&bad, ERR_RETRY, "not now");
	while ((n = queue_take(shared->owed, rs, 16, -1)) > 0) {
		for (size_t i = 0; i < n; i++) {
			struct response *one = rs[i];

			strbuf_addstr(&one->body, "\"done\"");
			response_done(one, ++answered % 7 == 0 ? &bad : NULL);
		}
	}
	return NULL;
}

static void *ask_often(void *arg)
{
	struct http_server *server = arg;
	CLEANUP(reply_release) struct reply reply = REPLY_INIT;
	CLEANUP(fd_release) int fd = fixture_connect(server);

	for (int i = 0; i < 200; i++) {
		fixture_send(fd, i % 2 ? GET("/api/v1/later")
				       : GET("/api/v1/here/later"));
		fixture_read(fd, false, &reply);
		if (reply.status != 503)
			assert_string_equal(reply.body.buf, "\"done\"");
		else
			assert_has(&reply.body, "not now");
	}
	return NULL;
}

static void others_can_answer(struct fixture *f)
{
	CLEANUP(http_server_free)
	struct http_server *server = fixture_start(&f->options, f->router);
	pthread_t answerer, clients[4];

	assert_int_equal(
		pthread_create(&answerer, NULL, answer_owed, &f->shared), 0);
	for (int i = 0; i < 4; i++)
		assert_int_equal(
			pthread_create(&clients[i], NULL, ask_often, server),
			0);
	for (int i = 0; i < 4; i++)
		(void)pthread_join(clients[i], NULL);
	http_server_stop(server);
	queue_close(f->shared.owed);
	(void)pthread_join(answerer, NULL);
}

static void another_thread_can_answer(void **state)
{
	others_can_answer(*state);
}

static void two_workers_can_owe_many_answers(void **state)
{
	struct fixture *f = *state;

	f->options.workers = 2;
	others_can_answer(f);
}

static void the_loop_does_what_waits_for_nothing(void **state)
{
	struct fixture *f0 = *state;

	f0->options.quick_workers = 1;
	{
		FIXTURE(f);
		CLEANUP(fd_release) int blocked = fixture_connect(server);
		CLEANUP(fd_release) int fd = fixture_connect(server);
		void *rs;

		fixture_send(blocked, GET("/api/v1/here/block"));
		assert_int_equal(queue_take(f->shared.owed, &rs, 1, -1), 1);
		fixture_send(
			fd,
			GET("/api/v1/here/now") GET(
				"/api/v1/here/fail") "HEAD /api/v1/here/now "
						     "HTTP/1.1\r\nHost: "
						     "x\r\n\r\n"
						     "POST /api/v1/here/now "
						     "HTTP/1.1\r\nHost: x\r\n"
						     "Content-Length: "
						     "3\r\n\r\na=b");
		fixture_read(fd, false, &reply);
		assert_string_equal(reply.body.buf, "\"loop\"");
		fixture_read(fd, false, &reply);
		assert_int_equal(reply.status, 404);
		fixture_read(fd, true, &reply);
		assert_header(&reply, "Content-Length", "6");
		fixture_read(fd, false, &reply);
		assert_string_equal(reply.body.buf, "\"loop\"");
		fixture_send(fd, GET("/api/v1/here/wait"));
		queue_close(f->shared.gate);
		fixture_read(fd, false, &reply);
		assert_string_equal(reply.body.buf, "\"worker\"");
		fixture_read(blocked, false, &reply);
		assert_string_equal(reply.body.buf, "\"open\"");
	}
}

static void clients_may_go_away(void **state)
{
	FIXTURE(f);
	void *rs;
	int fd;

	for (int i = 0; i < 20; i++) {
		fd = fixture_connect(server);
		fixture_send(fd,
			     i % 2 ? GET("/api/v1/count")
				   : "POST /api/v1/upload HTTP/1.1\r\n"
				     "Host: x\r\n" KEY_HEADER
				     "\r\nContent-Length: 400000\r\n\r\nabc");
		(void)close(fd);
	}
	fd = fixture_connect(server);
	fixture_send(fd, GET("/api/v1/later"));
	assert_int_equal(queue_take(f->shared.owed, &rs, 1, -1), 1);
	(void)close(fd);
	response_done(rs, NULL);
	fixture_ask(server, GET("/api/v1/hello/you"), &reply);
	assert_int_equal(reply.status, 200);
}

/* The handler's time is not the client's silence. */
static void a_handler_may_take_longer_than_a_silent_client(void **state)
{
	struct fixture *f0 = *state;

	f0->options.idle_ms = 1000;
	{
		FIXTURE(f);
		CLEANUP(fd_release) int fd = fixture_connect(server);
		void *rs, *none;

		fixture_send(fd, GET("/api/v1/later"));
		assert_int_equal(queue_take(f->shared.owed, &rs, 1, -1), 1);
		assert_int_equal(queue_take(f->shared.owed, &none, 1, 2100), 0);
		response_done(rs, NULL);
		fixture_read(fd, false, &reply);
		assert_int_equal(reply.status, 200);
		fixture_send(fd, GET("/api/v1/hello/again"));
		fixture_read(fd, false, &reply);
		assert_int_equal(reply.status, 200);
		fixture_send(fd, GET("/api/v1/count?slow=1"));
		fixture_read(fd, false, &reply);
		assert_true(reply.whole);
		assert_has(&reply.body, "6\nwait\n4\n");
		fixture_send(fd, GET("/api/v1/hello/again"));
		fixture_read(fd, false, &reply);
		assert_int_equal(reply.status, 200);
		assert_true(fixture_is_closed(fd)); /* now it was silent */
	}
}

static void a_client_that_drips_is_cut(void **state)
{
	struct fixture *f0 = *state;

	f0->options.idle_ms = 60000;
	f0->options.slow_ms = 0;
	{
		FIXTURE(f);
		CLEANUP(fd_release) int fd = fixture_connect(server);

		fixture_send(fd, "POST /api/v1/form HTTP/1.1\r\nHost: x\r\n"
				 "Content-Length: 1000\r\n\r\n");
		assert_true(fixture_is_closed(fd)); /* not by silence: 60 s */
		(void)f;
		(void)reply.status;
	}
}

static void long_bodies_are_sent_whole(void **state)
{
	FIXTURE(f);
	CLEANUP(fd_release) int fd = fixture_connect(server);
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	strbuf_addstr(&text,
		      "POST /api/v1/echo HTTP/1.1\r\nHost: x\r\n" KEY_HEADER
		      "\r\nContent-Length: 90008\r\n\r\n{\"a\":\"");
	for (int i = 0; i < 9000; i++)
		strbuf_addf(&text, "%09d,", i);
	strbuf_addstr(&text, "\"}");
	for (int i = 0; i < 3; i++) {
		fixture_send(fd, text.buf);
		fixture_read(fd, false, &reply);
		assert_int_equal(reply.status, 200);
		assert_true(reply.whole);
		assert_has(&reply.body, "000000000,000000001,");
		assert_has(&reply.body, "000008998,000008999,\"},\"type\"");
		assert_true(reply.body.len > 90000);
	}
	(void)f;
}

struct late {
	struct http_server *server;
	struct queue *stopped;
};

static void *stop_it(void *arg)
{
	struct late *late = arg;

	http_server_stop(late->server);
	(void)queue_push(late->stopped, late);
	return NULL;
}

static void a_stop_finishes_what_is_in_hand(void **state)
{
	FIXTURE(f);
	struct late late = { server, queue_new(1) };
	int fd = fixture_connect(server);
	pthread_t stopper;
	void *rs, *stopped;

	fixture_send(fd, GET("/api/v1/later"));
	assert_int_equal(queue_take(f->shared.owed, &rs, 1, -1), 1);
	assert_int_equal(pthread_create(&stopper, NULL, stop_it, &late), 0);
	assert_int_equal(queue_take(late.stopped, &stopped, 1, 20), 0);
	response_done(rs, NULL);
	fixture_read(fd, false, &reply);
	assert_int_equal(reply.status, 200);
	assert_header(&reply, "Connection", "close");
	(void)pthread_join(stopper, NULL);
	assert_int_equal(queue_take(late.stopped, &stopped, 1, -1), 1);
	(void)close(fd);
	queue_free(&late.stopped);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_connection_serves_many_requests),
		TEST(an_error_keeps_the_connection),
		TEST(http_1_0_is_spoken),
		TEST(connections_beyond_the_limit_get_503),
		TEST(a_second_server_cannot_take_the_address),
		TEST(a_restart_binds_at_once),
		TEST(bad_addresses_are_explained),
		TEST(streams_are_sent_whole_or_cut),
		TEST(another_thread_can_answer),
		TEST(two_workers_can_owe_many_answers),
		TEST(the_loop_does_what_waits_for_nothing),
		TEST(clients_may_go_away),
		TEST(a_handler_may_take_longer_than_a_silent_client),
		TEST(a_client_that_drips_is_cut),
		TEST(long_bodies_are_sent_whole),
		TEST(a_stop_finishes_what_is_in_hand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
