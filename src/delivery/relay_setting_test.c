#include "delivery/relay_setting.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "store/store_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define NONE RELAY_SECURITY_NONE
#define STARTTLS RELAY_SECURITY_STARTTLS
#define TLS RELAY_SECURITY_TLS

static void parts_become_the_url_and_parts_again(void **state)
{
	static const struct {
		struct relay_parts parts;
		const char *url;
	} cases[] = {
		{ { .is_outbox = true }, "outbox:" },
		{ { false, "relay", 2525, NONE, NULL, NULL },
		  "smtp://relay:2525" },
		{ { false, "127.0.0.1", 2525, NONE, NULL, NULL },
		  "smtp://127.0.0.1:2525?tls=off" },
		{ { false, "localhost", 25, NONE, "u", "p" },
		  "smtp://u:p@localhost:25?tls=off" },
		{ { false, "::1", 25, NONE, NULL, NULL },
		  "smtp://[::1]:25?tls=off" },
		{ { false, "2001:db8::1", 587, STARTTLS, NULL, NULL },
		  "smtp://[2001:db8::1]:587?tls=require" },
		{ { false, "mail.example.org", 465, TLS, "a@b",
		    "p:@/?%\xc3\xa4" },
		  "smtps://a%40b:p%3A%40%2F%3F%25%C3%A4@mail.example.org:465" },
	};
	CLEANUP(arena_free) struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct err err = ERR_INIT;
		struct relay_parts again;
		const char *url;

		if (relay_parts_url(&cases[i].parts, arena, &url, &err) < 0)
			fail_msg("%s: %s", cases[i].url, err.text);
		assert_string_equal(url, cases[i].url);
		assert_int_equal(relay_parts_of(url, arena, &again, &err), 0);
		assert_true(relay_parts_equal(&again, &cases[i].parts));
	}
}

static void the_usual_port_is_that_of_the_security(void **state)
{
	static const int ports[] = {
		[NONE] = 25, [STARTTLS] = 587, [TLS] = 465
	};
	CLEANUP(arena_free) struct arena *arena = arena_new();

	(void)state;
	for (int i = NONE; i <= TLS; i++) {
		struct relay_parts parts = { .host = "h",
					     .security =
						     (enum relay_security)i };
		struct err err = ERR_INIT;
		const char *url;

		assert_int_equal(relay_parts_url(&parts, arena, &url, &err), 0);
		assert_int_equal(relay_parts_of(url, arena, &parts, &err), 0);
		assert_int_equal(parts.port, ports[i]);
	}
}

static void what_is_wrong_names_its_field(void **state)
{
	static const struct {
		struct relay_parts parts;
		const char *field;
	} cases[] = {
		{ { .host = NULL }, "relay.host" },
		{ { .host = "" }, "relay.host" },
		{ { .host = "a b" }, "relay.host" },
		{ { .host = "user@host" }, "relay.host" },
		{ { .host = "u:p@host" }, "relay.host" },
		{ { .host = "host:25" }, "relay.host" },
		{ { .host = "host?tls=off" }, "relay.host" },
		{ { .host = "host/" }, "relay.host" },
		{ { .host = "smtp://host" }, "relay.host" },
		{ { .host = "h\r\nQUIT" }, "relay.host" },
		{ { .host = "h", .username = "u" }, "relay.password" },
		{ { .host = "h", .username = "u", .password = "" },
		  "relay.password" },
		{ { .host = "h", .password = "secret" }, "relay.username" },
	};
	CLEANUP(arena_free) struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct err err = ERR_INIT;
		const char *url;

		if (relay_parts_url(&cases[i].parts, arena, &url, &err) == 0)
			fail_msg("case %zu: %s", i, url);
		assert_int_equal(err.code, ERR_INVALID);
		assert_string_equal(err.field, cases[i].field);
		assert_null(strstr(err.text, "secret"));
	}
}

static const char *in_force(struct db *db, const char *option,
			    struct arena *arena)
{
	struct err err = ERR_INIT;
	const char *url;

	assert_int_equal(relay_in_force(db, option, arena, &url, &err), 0);
	return url;
}

static void put(struct db *db, const char *url)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(tx_begin(db, &tx, &err), 0);
	assert_int_equal(relay_setting_put(&tx, url, &err), 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
}

static void an_option_wins_over_the_setting(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct store_fixture store;
	struct err err = ERR_INIT;
	bool is_outbox;

	(void)state;
	store_fixture_open(&store);
	assert_string_equal(in_force(store.audience, "", arena), "outbox:");
	assert_string_equal(in_force(store.audience, "smtp://o", arena),
			    "smtp://o");
	put(store.audience, "smtp://s:25");
	assert_string_equal(in_force(store.audience, "", arena), "smtp://s:25");
	assert_string_equal(in_force(store.audience, "outbox:", arena),
			    "outbox:");
	assert_int_equal(
		relay_is_outbox_now(store.audience, "", &is_outbox, &err), 0);
	assert_false(is_outbox);
	put(store.audience, "outbox:");
	assert_int_equal(
		relay_is_outbox_now(store.audience, "", &is_outbox, &err), 0);
	assert_true(is_outbox);
	store_fixture_free(&store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_become_the_url_and_parts_again),
		cmocka_unit_test(the_usual_port_is_that_of_the_security),
		cmocka_unit_test(what_is_wrong_names_its_field),
		cmocka_unit_test(an_option_wins_over_the_setting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
