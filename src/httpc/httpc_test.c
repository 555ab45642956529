#include "httpc/httpc.h"

#include "base/cleanup.h"
#include "base/err.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

/* A peer that answers each request of a connection with the same bytes, and
 * keeps what it was asked. Two connections at a time. */
struct peer {
	int fd;
	int port;
	pthread_t thread, second;
	const char *answer;
	pthread_mutex_t lock; /* of asked */
	struct strbuf asked;
	atomic_int connections, requests;
	int die_at; /* the nth request of a connection is its last, and not
		       answered; 0: none */
};

static bool has_whole_request(const struct strbuf *text)
{
	const char *end = strstr(text->buf, "\r\n\r\n");
	const char *length = strcasestr(text->buf, "Content-Length: ");

	if (!end)
		return false;
	if (strcasestr(text->buf, "Transfer-Encoding: chunked"))
		return strstr(end, "\r\n0\r\n\r\n");
	return !length ||
	       text->len - (size_t)(end + 4 - text->buf) >=
		       strtoul(length + strlen("Content-Length: "), NULL, 10);
}

static void serve(struct peer *peer, int fd)
{
	CLEANUP(strbuf_release) struct strbuf request = STRBUF_INIT;
	char buf[8192];
	int nth = 0;
	ssize_t n;

	while ((n = recv(fd, buf, sizeof(buf), 0)) > 0) {
		strbuf_add(&request, buf, (size_t)n);
		if (!has_whole_request(&request))
			continue;
		(void)pthread_mutex_lock(&peer->lock);
		strbuf_reset(&peer->asked);
		strbuf_addslice(&peer->asked, strbuf_str(&request));
		(void)pthread_mutex_unlock(&peer->lock);
		strbuf_reset(&request);
		peer->requests++;
		if (++nth == peer->die_at)
			return;
		(void)send(fd, peer->answer, strlen(peer->answer),
			   MSG_NOSIGNAL);
		if (!strstr(peer->answer, "Content-Length"))
			return;
	}
}

static void *peer_main(void *arg)
{
	struct peer *peer = arg;

	for (;;) {
		CLEANUP(fd_release) int fd = accept(peer->fd, NULL, NULL);

		if (fd < 0)
			return NULL;
		peer->connections++;
		serve(peer, fd);
	}
}

static void peer_start(struct peer *peer, const char *answer)
{
	struct sockaddr_in sa = { .sin_family = AF_INET };
	socklen_t len = sizeof(sa);

	*peer = (struct peer){ .answer = answer, .asked = STRBUF_INIT };
	(void)pthread_mutex_init(&peer->lock, NULL);
	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	peer->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(peer->fd, (void *)&sa, len), 0);
	assert_int_equal(listen(peer->fd, 10), 0);
	assert_int_equal(getsockname(peer->fd, (void *)&sa, &len), 0);
	peer->port = ntohs(sa.sin_port);
	assert_int_equal(pthread_create(&peer->thread, NULL, peer_main, peer),
			 0);
	assert_int_equal(pthread_create(&peer->second, NULL, peer_main, peer),
			 0);
}

/* After the client has closed its connections. */
static void peer_stop(struct peer *peer)
{
	(void)shutdown(peer->fd, SHUT_RDWR);
	(void)pthread_join(peer->thread, NULL);
	(void)pthread_join(peer->second, NULL);
	(void)close(peer->fd);
	(void)pthread_mutex_destroy(&peer->lock);
	strbuf_release(&peer->asked);
}

struct fixture {
	struct peer peer;
	struct httpc *client;
	struct httpc_options options;
	struct httpc_response reply;
	struct err err;
	char url[64];
};

static void start(struct fixture *f, const char *answer)
{
	struct httpc_options defaults = HTTPC_OPTIONS_DEFAULT;
	struct httpc_response empty = HTTPC_RESPONSE_INIT;

	*f = (struct fixture){ .options = defaults, .reply = empty };
	f->options.allow_private = true;
	peer_start(&f->peer, answer);
	(void)snprintf(f->url, sizeof(f->url), "http://127.0.0.1:%d/a?b",
		       f->peer.port);
}

static int ask(struct fixture *f, struct httpc_request request)
{
	if (!f->client)
		f->client = httpc_new(&f->options);
	if (!request.url)
		request.url = f->url;
	return httpc_send(f->client, &request, &f->reply, &f->err);
}

static void stop(struct fixture *f)
{
	httpc_free(&f->client);
	httpc_response_release(&f->reply);
	peer_stop(&f->peer);
}

#define OK "HTTP/1.1 200 OK\r\nX-Color: red \r\nContent-Length: 5\r\n\r\nhello"

static void a_reply_is_read(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, OK);
	assert_int_equal(ask(&f, (struct httpc_request){ .method = NULL }), 0);
	assert_int_equal(f.reply.status, 200);
	assert_string_equal(f.reply.body.buf, "hello");
	assert_true(str_is(httpc_header(&f.reply, "x-color"), "red"));
	assert_true(str_is(httpc_header(&f.reply, "x-none"), ""));
	assert_non_null(strstr(f.peer.asked.buf, "GET /a?b HTTP/1.1\r\n"));
	assert_non_null(strstr(f.peer.asked.buf, "User-Agent: Muster/"));
	assert_null(strstr(f.peer.asked.buf, "Content-Type"));
	stop(&f);
}

static void connections_are_used_again(void **state)
{
	struct fixture f;
	static const char *const methods[] = { "GET",    "POST",  "PUT",
					       "DELETE", "PATCH", "GET" };

	(void)state;
	start(&f, OK);
	for (size_t i = 0; i < ARRAY_SIZE(methods); i++) {
		assert_int_equal(
			ask(&f,
			    (struct httpc_request){ .method = methods[i],
						    .content_type = "text/x",
						    .body = str_of("{}") }),
			0);
		assert_true(str_starts(strbuf_str(&f.peer.asked), methods[i]));
		assert_non_null(strstr(f.peer.asked.buf, "\r\n\r\n{}"));
		assert_non_null(
			strstr(f.peer.asked.buf, "Content-Type: text/x\r\n"));
	}
	assert_int_equal(f.peer.connections, 1);
	stop(&f);
}

/* A kept connection that dies under a request makes libcurl send it again. */
static void what_must_go_out_once_has_its_own_connection(void **state)
{
	struct fixture f;

	(void)state;
	for (int once = 0; once < 2; once++) {
		start(&f, OK);
		f.peer.die_at = 2;
		assert_int_equal(ask(&f, (struct httpc_request){ .once = 0 }),
				 0);
		assert_int_equal(
			ask(&f, (struct httpc_request){ .method = "POST",
							.body = STR("{}"),
							.once = once }),
			0);
		assert_int_equal(f.peer.requests, once ? 2 : 3);
		assert_int_equal(f.peer.connections, 2);
		stop(&f);
	}
	start(&f, OK);
	f.peer.die_at = 1;
	assert_int_equal(ask(&f, (struct httpc_request){ .method = "POST",
							 .once = true }),
			 -1);
	assert_int_equal(f.err.code, ERR_RETRY);
	assert_int_equal(f.peer.requests, 1);
	stop(&f);
}

static void credentials_and_headers_are_sent(void **state)
{
	struct fixture f;
	const struct httpc_header headers[] = { { "X-One", "1" },
						{ "X-Empty", "" },
						{ NULL, NULL } };

	(void)state;
	start(&f, OK);
	assert_int_equal(ask(&f, (struct httpc_request){ .user = "any",
							 .password = "key",
							 .headers = headers }),
			 0);
	assert_non_null(strstr(f.peer.asked.buf,
			       "Authorization: Basic YW55OmtleQ==\r\n"));
	assert_non_null(strstr(f.peer.asked.buf, "X-One: 1\r\n"));
	assert_non_null(strstr(f.peer.asked.buf, "X-Empty:\r\n"));
	stop(&f);
}

static void private_addresses_are_refused(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, OK);
	f.options.allow_private = false;
	assert_int_equal(ask(&f, (struct httpc_request){ .method = "GET" }),
			 -1);
	assert_int_equal(f.err.code, ERR_DENIED);
	assert_int_equal(
		ask(&f, (struct httpc_request){ .url = "http://localhost:1/" }),
		-1);
	assert_int_equal(f.err.code, ERR_DENIED);
	assert_int_equal(f.peer.connections, 0);
	stop(&f);
}

static void private_addresses_are_known(void **state)
{
	static const struct {
		const char *address;
		bool is_private;
	} cases[] = {
		{ "127.0.0.1", true },
		{ "10.1.2.3", true },
		{ "172.16.0.1", true },
		{ "172.31.255.255", true },
		{ "172.32.0.1", false },
		{ "192.168.1.1", true },
		{ "169.254.169.254", true },
		{ "100.64.0.1", true },
		{ "0.0.0.0", true },
		{ "224.0.0.1", true },
		{ "255.255.255.255", true },
		{ "8.8.8.8", false },
		{ "192.0.2.1", false },
		{ "::1", true },
		{ "::", true },
		{ "fe80::1", true },
		{ "fc00::1", true },
		{ "fd12::1", true },
		{ "ff02::1", true },
		{ "::ffff:10.0.0.1", true },
		{ "::ffff:8.8.8.8", false },
		{ "64:ff9b::7f00:1", true },
		{ "2002:7f00:1::", true },
		{ "2001:4860:4860::8888", false },
		{ "2002:808:808::1", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct sockaddr_in v4 = { .sin_family = AF_INET };
		struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
		bool is4 =
			inet_pton(AF_INET, cases[i].address, &v4.sin_addr) == 1;

		if (!is4)
			assert_int_equal(inet_pton(AF_INET6, cases[i].address,
						   &v6.sin6_addr),
					 1);
		if (httpc_address_is_private(is4 ? (void *)&v4 : (void *)&v6) !=
		    cases[i].is_private)
			fail_msg("%s", cases[i].address);
	}
}

static void bad_urls_are_invalid(void **state)
{
	static const char *const urls[] = { "", "ftp://example.org/",
					    "file:///etc/passwd", "http://",
					    "gopher://x" };
	struct fixture f;

	(void)state;
	start(&f, OK);
	for (size_t i = 0; i < ARRAY_SIZE(urls); i++) {
		assert_int_equal(
			ask(&f, (struct httpc_request){ .url = urls[i] }), -1);
		assert_int_equal(f.err.code, ERR_INVALID);
	}
	stop(&f);
}

static void long_replies_are_cut(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, OK);
	f.options.body_max = 4;
	assert_int_equal(ask(&f, (struct httpc_request){ .method = "GET" }),
			 -1);
	assert_int_equal(f.err.code, ERR_LIMIT);
	stop(&f);
}

static void half_a_reply_is_a_failure(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
		  "5\r\nhello\r\n");
	assert_int_equal(ask(&f, (struct httpc_request){ .method = "GET" }),
			 -1);
	assert_int_equal(f.err.code, ERR_RETRY);
	stop(&f);
}

static void silence_has_a_limit(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, "");
	f.options.total_ms = 50;
	f.peer.answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
	assert_int_equal(ask(&f, (struct httpc_request){ .method = "GET" }),
			 -1);
	assert_int_equal(f.err.code, ERR_RETRY);
	stop(&f);
}

static void redirects_are_followed_only_if_asked(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, "HTTP/1.1 302 Found\r\nLocation: /b\r\n"
		  "Content-Length: 0\r\n\r\n");
	assert_int_equal(ask(&f, (struct httpc_request){ .method = "GET" }), 0);
	assert_int_equal(f.reply.status, 302);
	httpc_free(&f.client);
	f.options.redirects = 3;
	assert_int_equal(ask(&f, (struct httpc_request){ .method = "GET" }),
			 -1);
	assert_non_null(strstr(f.peer.asked.buf, "GET /b "));
	stop(&f);
}

static bool stop_at_once(void *context, int64_t sent, int64_t received)
{
	int *calls = context;

	(void)sent;
	(void)received;
	return ++*calls < 1;
}

static void progress_can_stop_a_request(void **state)
{
	struct fixture f;
	int calls = 0;

	(void)state;
	start(&f, OK);
	assert_int_equal(
		ask(&f, (struct httpc_request){ .progress = stop_at_once,
						.context = &calls }),
		-1);
	assert_string_equal(f.err.text, "the request was stopped");
	stop(&f);
}

static void files_are_sent_and_received(void **state)
{
	struct fixture f;
	FILE *upload = tmpfile(), *download = tmpfile();
	char got[16] = "";

	(void)state;
	start(&f, OK);
	assert_true(fputs("first line\n", upload) >= 0);
	for (int64_t size = -1; size <= 11; size += 12) {
		rewind(upload);
		rewind(download);
		assert_int_equal(
			ask(&f,
			    (struct httpc_request){ .method = "POST",
						    .content_type = "text/csv",
						    .upload = upload,
						    .upload_size = size,
						    .download = download }),
			0);
		assert_non_null(strstr(f.peer.asked.buf, "POST /a?b "));
		assert_non_null(strstr(f.peer.asked.buf, "first line\n"));
		rewind(download);
		assert_non_null(fgets(got, sizeof(got), download));
		assert_string_equal(got, "hello");
		assert_int_equal(f.reply.body.len, 0);
	}
	(void)fclose(upload);
	(void)fclose(download);
	stop(&f);
}

static void nobody_there_is_a_reason_to_retry(void **state)
{
	struct fixture f;

	(void)state;
	start(&f, OK);
	assert_int_equal(
		ask(&f, (struct httpc_request){ .url = "http://127.0.0.1:1/" }),
		-1);
	assert_int_equal(f.err.code, ERR_RETRY);
	stop(&f);
}

static void links_of_a_page_lead_somewhere(void **state)
{
	static const char base[] = "https://a.example/dir/page?x=1";
	static const struct {
		const char *link, *expected; /* NULL: nowhere */
	} cases[] = {
		{ "b.html", "https://a.example/dir/b.html" },
		{ "/b c", "https://a.example/b%20c" },
		{ "//b.example/x", "https://b.example/x" },
		{ "../x?y", "https://a.example/x?y" },
		{ "http://b.example/", "http://b.example/" },
		{ "mailto:a@b.example", NULL },
		{ "ftp://a.example/", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

		assert_int_equal(httpc_resolve(base, cases[i].link, &out),
				 cases[i].expected != NULL);
		if (cases[i].expected)
			assert_string_equal(out.buf, cases[i].expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reply_is_read),
		cmocka_unit_test(connections_are_used_again),
		cmocka_unit_test(what_must_go_out_once_has_its_own_connection),
		cmocka_unit_test(credentials_and_headers_are_sent),
		cmocka_unit_test(private_addresses_are_refused),
		cmocka_unit_test(private_addresses_are_known),
		cmocka_unit_test(bad_urls_are_invalid),
		cmocka_unit_test(long_replies_are_cut),
		cmocka_unit_test(half_a_reply_is_a_failure),
		cmocka_unit_test(silence_has_a_limit),
		cmocka_unit_test(redirects_are_followed_only_if_asked),
		cmocka_unit_test(progress_can_stop_a_request),
		cmocka_unit_test(files_are_sent_and_received),
		cmocka_unit_test(nobody_there_is_a_reason_to_retry),
		cmocka_unit_test(links_of_a_page_lead_somewhere),
	};

	httpc_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
