#include "dns/dns.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "base/thread/stop.h"
#include "dns/sender_domain.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

/* What the fake server says to a name that begins so. */
enum how {
	SAY_TEXTS,    /* a record a text; a text's `|` begins a new string */
	SAY_ALIAS,    /* the same behind a CNAME */
	SAY_NO_NAME,  /* NXDOMAIN */
	SAY_NO_TEXTS, /* NOERROR, nothing in it */
	SAY_FAILED,   /* SERVFAIL */
	SAY_REFUSED,
	SAY_NOTHING,
	SAY_NOISE,     /* other bytes than an answer */
	SAY_CUT_OFF,   /* an answer that ends in the middle of its record */
	SAY_ONLY_HEAD, /* it promises an answer that is not there */
	SAY_TRUNCATED, /* with TC; all of it by TCP */
};
struct zone {
	const char *label; /* the first of the name */
	enum how how;
	const char *texts[4];
};

static const char long_text[] =
	"v=spf1 0123456789012345678901234567890123456789012345678901234567890"
	"12345678901234567890123456789012345678901234567890123456789012345678"
	"90123456789012345678901234567890123456789012345678901234567890123456"
	"7890123456789012345678901234567890|more -all";

static const struct zone zones[] = {
	{ "one", SAY_TEXTS, { "v=spf1 -all" } },
	{ "two", SAY_TEXTS, { "first", "second" } },
	{ "strings", SAY_TEXTS, { "v=spf1 in|clude:a.b |-all", "x" } },
	{ "long", SAY_TEXTS, { long_text } },
	{ "bytes", SAY_TEXTS, { "a\tb\xc3\xa4" } },
	{ "alias", SAY_ALIAS, { "v=spf1 mx -all" } },
	{ "noname", SAY_NO_NAME, { NULL } },
	{ "notexts", SAY_NO_TEXTS, { NULL } },
	{ "failed", SAY_FAILED, { NULL } },
	{ "refused", SAY_REFUSED, { NULL } },
	{ "nothing", SAY_NOTHING, { NULL } },
	{ "noise", SAY_NOISE, { NULL } },
	{ "cutoff", SAY_CUT_OFF, { "v=spf1 -all" } },
	{ "onlyhead", SAY_ONLY_HEAD, { NULL } },
	{ "truncated", SAY_TRUNCATED, { "v=spf1 -all" } },
	{ "sender", SAY_TEXTS, { "v=spf1 mx -all" } },
	{ "key", SAY_TEXTS, { "v=DKIM1; p=AAAA" } },
	{ "_dmarc", SAY_TEXTS, { "v=DMARC1; p=reject" } },
};

struct fake {
	int udp, tcp;
	char server[32];
	pthread_t udp_thread, tcp_thread;
	struct arena *arena;
	struct dns_options options;
	struct dns_answer answer;
	struct err err;
};

static const struct zone *zone_of(const unsigned char *query)
{
	size_t len = query[12];

	for (size_t i = 0; i < ARRAY_SIZE(zones); i++)
		if (strlen(zones[i].label) == len &&
		    strncasecmp(zones[i].label, (const char *)query + 13,
				len) == 0)
			return &zones[i];
	return NULL;
}

static void add16(struct strbuf *out, unsigned n)
{
	strbuf_addch(out, (char)(n >> 8));
	strbuf_addch(out, (char)(n & 0xff));
}

static void add_record_head(struct strbuf *out, unsigned type, unsigned len)
{
	add16(out, 0xc00c); /* the name that was asked for */
	add16(out, type);
	add16(out, 1);
	add16(out, 0);
	add16(out, 60);
	add16(out, len);
}

static void add_text(struct strbuf *out, const char *text)
{
	CLEANUP(strbuf_release) struct strbuf data = STRBUF_INIT;
	struct str rest = str_of(text);

	while (rest.s) {
		struct str one = str_cut(&rest, '|');

		assert_true(one.len <= 255);
		strbuf_addch(&data, (char)one.len);
		strbuf_addslice(&data, one);
	}
	add_record_head(out, 16, (unsigned)data.len);
	strbuf_addslice(out, strbuf_str(&data));
}

/* The question again, and what there is to say. */
static void build(const struct zone *z, const unsigned char *query, size_t n,
		  bool by_tcp, struct strbuf *out)
{
	static const unsigned codes[] = { [SAY_NO_NAME] = 3,
					  [SAY_FAILED] = 2,
					  [SAY_REFUSED] = 5,
					  [SAY_TRUNCATED] = 0 };
	enum how how = z ? z->how : SAY_NO_NAME;
	bool cut = how == SAY_TRUNCATED && !by_tcp;
	size_t end = 12, texts = 0;

	while (end < n && query[end])
		end += query[end] + 1u;
	end += 5;
	while (z && !cut && texts < 4 && z->texts[texts])
		texts++;
	strbuf_add(out, query, 2);
	add16(out, 0x8180u | (cut ? 0x0200u : 0) |
			   (how < ARRAY_SIZE(codes) ? codes[how] : 0));
	add16(out, 1);
	add16(out,
	      (unsigned)texts + (how == SAY_ALIAS) + (how == SAY_ONLY_HEAD));
	add16(out, 0);
	add16(out, 0);
	strbuf_add(out, query + 12, end - 12);
	if (how == SAY_ALIAS) {
		add_record_head(out, 5, 4);
		strbuf_add(out, "\2aa", 4);
	}
	for (size_t i = 0; i < texts; i++)
		add_text(out, z->texts[i]);
	if (how == SAY_CUT_OFF)
		out->len -= 4;
}

static void *udp_main(void *arg)
{
	struct fake *f = arg;
	unsigned char query[512];
	struct sockaddr_storage from;

	for (;;) {
		CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
		socklen_t len = sizeof(from);
		ssize_t n = recvfrom(f->udp, query, sizeof(query), 0,
				     (void *)&from, &len);
		const struct zone *z;

		if (n < 17) /* the end says one byte */
			return NULL;
		z = zone_of(query);
		if (z && z->how == SAY_NOTHING)
			continue;
		if (z && z->how == SAY_NOISE)
			strbuf_addstr(&out, "\1\2\3 this is no answer at all");
		else
			build(z, query, (size_t)n, false, &out);
		(void)sendto(f->udp, out.buf, out.len, 0, (void *)&from, len);
	}
}

static void *tcp_main(void *arg)
{
	struct fake *f = arg;

	for (;;) {
		CLEANUP(fd_release) int fd = accept(f->tcp, NULL, NULL);
		CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
		CLEANUP(strbuf_release) struct strbuf all = STRBUF_INIT;
		unsigned char query[512];
		ssize_t n;

		if (fd < 0)
			return NULL;
		n = recv(fd, query, sizeof(query), 0);
		if (n < 19)
			continue;
		build(zone_of(query + 2), query + 2, (size_t)n - 2, true, &out);
		add16(&all, (unsigned)out.len);
		strbuf_addslice(&all, strbuf_str(&out));
		(void)send(fd, all.buf, all.len, MSG_NOSIGNAL);
		(void)recv(fd, query, sizeof(query), 0); /* until it goes */
	}
}

static void bind_both(struct fake *f)
{
	struct sockaddr_in sa = { .sin_family = AF_INET };
	socklen_t len = sizeof(sa);
	int tries = 20;

	do {
		sa.sin_port = 0;
		sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		f->udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		f->tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		assert_int_equal(bind(f->udp, (void *)&sa, len), 0);
		assert_int_equal(getsockname(f->udp, (void *)&sa, &len), 0);
		if (bind(f->tcp, (void *)&sa, len) == 0)
			break;
		(void)close(f->udp);
		(void)close(f->tcp);
	} while (--tries > 0);
	assert_true(tries > 0);
	assert_int_equal(listen(f->tcp, 5), 0);
	(void)snprintf(f->server, sizeof(f->server), "127.0.0.1:%d",
		       ntohs(sa.sin_port));
}

static int set_up(void **state)
{
	struct fake *f = calloc(1, sizeof(*f));

	bind_both(f);
	f->arena = arena_new();
	f->options =
		(struct dns_options){ .server = f->server, .total_ms = 3000 };
	assert_int_equal(pthread_create(&f->udp_thread, NULL, udp_main, f), 0);
	assert_int_equal(pthread_create(&f->tcp_thread, NULL, tcp_main, f), 0);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fake *f = *state;
	struct sockaddr_in sa;
	socklen_t len = sizeof(sa);

	(void)getsockname(f->udp, (void *)&sa, &len);
	(void)sendto(f->udp, "x", 1, 0, (void *)&sa, len);
	(void)shutdown(f->tcp, SHUT_RDWR);
	(void)pthread_join(f->udp_thread, NULL);
	(void)pthread_join(f->tcp_thread, NULL);
	(void)close(f->udp);
	(void)close(f->tcp);
	arena_free(&f->arena);
	free(f);
	return 0;
}

static void ask(struct fake *f, const char *name)
{
	assert_int_equal(
		dns_ask_texts(&f->options, name, f->arena, &f->answer, &f->err),
		0);
}

static void texts_come_as_they_stand_there(void **state)
{
	struct fake *f = *state;

	ask(f, "one.example.test");
	assert_int_equal(f->answer.found, DNS_FOUND);
	assert_int_equal(f->answer.n, 1);
	assert_string_equal(f->answer.texts[0], "v=spf1 -all");
	ask(f, "two.example.test");
	assert_int_equal(f->answer.n, 2);
	assert_string_equal(f->answer.texts[1], "second");
	ask(f, "strings.example.test");
	assert_int_equal(f->answer.n, 2);
	assert_string_equal(f->answer.texts[0], "v=spf1 include:a.b -all");
	assert_string_equal(f->answer.texts[1], "x");
	ask(f, "long.example.test");
	assert_int_equal(strlen(f->answer.texts[0]), strlen(long_text) - 1);
	ask(f, "bytes.example.test");
	assert_string_equal(f->answer.texts[0], "a?b??");
	ask(f, "alias.example.test");
	assert_int_equal(f->answer.n, 1);
	assert_string_equal(f->answer.texts[0], "v=spf1 mx -all");
	ask(f, "truncated.example.test");
	assert_int_equal(f->answer.found, DNS_FOUND);
	assert_string_equal(f->answer.texts[0], "v=spf1 -all");
}

static void what_is_wrong_is_told_in_words(void **state)
{
	static const struct {
		const char *name;
		enum dns_found found;
		const char *why;
	} cases[] = {
		{ "noname.example.test", DNS_NOTHING, NULL },
		{ "notexts.example.test", DNS_NOTHING, NULL },
		{ "failed.example.test", DNS_UNKNOWN, "gives an answer" },
		{ "refused.example.test", DNS_UNKNOWN, "gives an answer" },
		{ "nothing.example.test", DNS_UNKNOWN, "gives an answer" },
		{ "noise.example.test", DNS_UNKNOWN, "gives an answer" },
		{ "cutoff.example.test", DNS_UNKNOWN, "no sense" },
		{ "onlyhead.example.test", DNS_UNKNOWN, "no sense" },
		{ "a..b", DNS_UNKNOWN, "no name" },
	};
	struct fake *f = *state;

	f->options.total_ms = 500;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		ask(f, cases[i].name);
		if (f->answer.found != cases[i].found ||
		    (cases[i].why && !strstr(f->answer.why, cases[i].why)))
			fail_msg("%s: %d, %s", cases[i].name, f->answer.found,
				 f->answer.why);
		assert_int_equal(f->answer.n, 0);
	}
}

static void nobody_listens_there(void **state)
{
	struct fake *f = *state;

	f->options.server = "127.0.0.1:1";
	ask(f, "one.example.test");
	assert_int_equal(f->answer.found, DNS_UNKNOWN);
	assert_non_null(strstr(f->answer.why, "gives an answer"));
}

static void a_stop_ends_it(void **state)
{
	struct fake *f = *state;
	atomic_bool stop = true;

	stop_bind(&stop);
	assert_int_equal(dns_ask_texts(&f->options, "nothing.example.test",
				       f->arena, &f->answer, &f->err),
			 -1);
	stop_bind(NULL);
	assert_int_equal(f->err.code, ERR_RETRY);
}

static void servers_are_addresses(void **state)
{
	static const char *const good[] = {
		"",      "192.0.2.1",  "192.0.2.1:5353", "[2001:db8::1]:53",
		"[::1]", "2001:db8::1"
	};
	static const char *const bad[] = { "example.org",
					   "192.0.2",
					   ":53",
					   "192.0.2.1,192.0.2.2",
					   "192.0.2.1:0",
					   "192.0.2.1:x",
					   "192.0.2.1:",
					   "[2001:db8::1",
					   "[192.0.2.1]:53",
					   "[::1]53",
					   "192.0.2.1:66000",
					   "x y" };
	struct err err = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		if (dns_check_server(good[i], &err) < 0)
			fail_msg("%s", err.text);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (dns_check_server(bad[i], &err) == 0)
			fail_msg("%s is taken", bad[i]);
}

static void a_sender_is_looked_up_whole(void **state)
{
	struct fake *f = *state;
	struct sender_domain_question q = { .domain = "sender.example.test",
					    .dkim_domain = "example.test",
					    .dkim_selector = "key" };
	struct sender_domain d;

	assert_int_equal(
		sender_domain_check(&f->options, &q, f->arena, &d, &f->err), 0);
	assert_int_equal(d.spf.state, DOMAIN_GOOD);
	assert_int_equal(d.dkim.state, DOMAIN_GOOD);
	assert_int_equal(d.dmarc.state, DOMAIN_GOOD);
	q.dkim_domain = "other.test";
	q.domain = "noname.test";
	assert_int_equal(
		sender_domain_check(&f->options, &q, f->arena, &d, &f->err), 0);
	assert_int_equal(d.spf.state, DOMAIN_MISSING);
	assert_int_equal(d.dkim.state, DOMAIN_WRONG);
	q.dkim_selector = "";
	assert_int_equal(
		sender_domain_check(&f->options, &q, f->arena, &d, &f->err), 0);
	assert_int_equal(d.dkim.state, DOMAIN_UNKNOWN);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(texts_come_as_they_stand_there),
		TEST(what_is_wrong_is_told_in_words),
		TEST(nobody_listens_there),
		TEST(a_stop_ends_it),
		cmocka_unit_test(servers_are_addresses),
		TEST(a_sender_is_looked_up_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
