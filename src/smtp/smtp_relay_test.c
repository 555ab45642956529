#include "smtp/smtp_relay.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void assert_same_text(const char *a, const char *b)
{
	assert_string_equal(a ? a : "-", b ? b : "-");
}

/* Written and read again, it is the same. */
static void check_format(const struct smtp_relay *r, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf url = STRBUF_INIT;
	struct err err = ERR_INIT;
	struct smtp_relay again;

	smtp_relay_format(r, &url);
	if (smtp_relay_parse(url.buf, arena, &again, &err) < 0)
		fail_msg("%s: %s", url.buf, err.text);
	assert_string_equal(again.host, r->host);
	assert_int_equal(again.port, r->port);
	assert_int_equal(again.tls, r->tls);
	assert_same_text(again.user, r->user);
	assert_same_text(again.password, r->password);
	assert_same_text(again.ca_file, r->ca_file);
}

static void reads_urls(void **state)
{
	static const struct {
		const char *url, *host;
		int port;
		enum smtp_tls_mode tls;
		const char *user, *password, *ca_file, *described;
	} cases[] = {
		{ "smtp://mail.example.org", "mail.example.org", 25,
		  SMTP_TLS_OFFERED, NULL, NULL, NULL,
		  "smtp://mail.example.org:25" },
		{ "smtp://u:p%40s%3As@relay:587/", "relay", 587,
		  SMTP_TLS_OFFERED, "u", "p@s:s", NULL, "smtp://relay:587" },
		{ "smtp://u%40x.org:a@b@relay", "relay", 25, SMTP_TLS_OFFERED,
		  "u@x.org", "a@b", NULL, "smtp://relay:25" },
		{ "smtps://u:@h", "h", 465, SMTP_TLS_IMPLICIT, "u", "", NULL,
		  "smtps://h:465" },
		{ "smtp://[::1]:2525?tls=off", "::1", 2525, SMTP_TLS_OFF, NULL,
		  NULL, NULL, "smtp://[::1]:2525" },
		{ "smtp://127.0.0.1?tls=off", "127.0.0.1", 25, SMTP_TLS_OFF,
		  NULL, NULL, NULL, "smtp://127.0.0.1:25" },
		{ "smtp://h?tls=require&ca=%2Fetc%2Fca.pem", "h", 25,
		  SMTP_TLS_REQUIRED, NULL, NULL, "/etc/ca.pem", "smtp://h:25" },
	};
	CLEANUP(arena_free) struct arena *arena = arena_new();
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(strbuf_release) struct strbuf said = STRBUF_INIT;
		struct err err = ERR_INIT;
		struct smtp_relay r;

		assert_int_equal(
			smtp_relay_parse(cases[i].url, arena, &r, &err), 0);
		assert_string_equal(r.host, cases[i].host);
		assert_int_equal(r.port, cases[i].port);
		assert_int_equal(r.tls, cases[i].tls);
		assert_string_equal(r.user ? r.user : "-",
				    cases[i].user ? cases[i].user : "-");
		assert_string_equal(r.password ? r.password : "-",
				    cases[i].password ? cases[i].password
						      : "-");
		assert_string_equal(r.ca_file ? r.ca_file : "-",
				    cases[i].ca_file ? cases[i].ca_file : "-");
		check_format(&r, arena);
		smtp_relay_describe(&r, &said);
		assert_string_equal(said.buf, cases[i].described);
	}
}

static void refuses_what_is_no_relay(void **state)
{
	static const char *const urls[] = {
		"",
		"mail.example.org",
		"http://mail.example.org",
		"smtp://",
		"smtp://:25",
		"smtp://h:0",
		"smtp://h:65536",
		"smtp://h:25x",
		"smtp://h:",
		"smtp://secret@h",
		"smtp://:secret@h",
		"smtp://u:secret%4@h",
		"smtp://u:secret%zz@h",
		"smtp://u:secret%00@h",
		"smtp://u:secret@h h",
		"smtp://h\r\nX",
		"smtp://[::1",
		"smtp://[::1]x",
		"smtp://[zz]:25",
		"smtp://relay.example.org?tls=off",
		"smtps://127.0.0.1?tls=off",
		"smtp://h?tls=maybe",
		"smtp://h?x=y",
	};
	CLEANUP(arena_free) struct arena *arena = arena_new();
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(urls); i++) {
		struct err err = ERR_INIT;
		struct smtp_relay r;

		assert_int_equal(smtp_relay_parse(urls[i], arena, &r, &err),
				 -1);
		assert_int_equal(err.code, ERR_INVALID);
		assert_null(strstr(err.text, "secret"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_urls),
		cmocka_unit_test(refuses_what_is_no_relay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
