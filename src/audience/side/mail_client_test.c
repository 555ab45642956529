#include "audience/side/mail_client.h"

#include "audience/audience_fixture.h"
#include "audience/side/side.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "store/db.h"
#include "store/store_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void a_program_is_known_by_what_it_calls_itself(void **state)
{
	static const struct {
		const char *agent, *client;
	} cases[] = {
		{ "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 "
		  "(via ggpht.com GoogleImageProxy)",
		  "Gmail" },
		{ "YahooMailProxy; https://help.yahoo.com/kb/x.html",
		  "Yahoo! Mail" },
		{ "Mozilla/5.0", "Apple Mail" },
		{ "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) "
		  "AppleWebKit/605.1.15 (KHTML, like Gecko)",
		  "Apple Mail" },
		{ "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) "
		  "AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
		  "iPhone" },
		{ "Mozilla/5.0 (iPad; CPU OS 16_0 like Mac OS X) "
		  "AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
		  "iPad" },
		{ "Mozilla/5.0 (Linux; Android 13; Pixel 7 Build/X; wv) "
		  "AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
		  "Chrome/110.0 Mobile Safari/537.36",
		  "Android" },
		{ "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; "
		  "Trident/7.0; Microsoft Outlook 16.0.4266; ms-office; "
		  "MSOffice 16)",
		  "Outlook 2016" },
		{ "Microsoft Office/15.0 (Windows NT 6.1; Microsoft Outlook "
		  "15.0.4420; Pro)",
		  "Outlook 2013" },
		{ "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; "
		  "MSOffice 12)",
		  "Outlook 2007" },
		{ "Outlook-iOS/709.2189947.prod.iphone", "Outlook Mobile" },
		{ "Mozilla/5.0 (Windows NT 10.0; rv:102.0) Gecko/20100101 "
		  "Thunderbird/102.1",
		  "Thunderbird" },
		/* browsers: nobody knows whose web mail they show */
		{ "Mozilla/5.0 (Windows NT 10.0; Win64; x64) "
		  "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/110.0 "
		  "Safari/537.36",
		  "" },
		{ "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) "
		  "AppleWebKit/605.1.15 Version/17.0 Mobile/15E148 "
		  "Safari/604.1",
		  "" },
		{ "Microsoft Office/99999999999999999999", "Outlook 2016" },
		{ "Microsoft Outlook -3", "" },
		{ "", "" },
		{ "\xff\xfe", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (strcmp(mail_client_name(
				   mail_client_of_agent(cases[i].agent)),
			   cases[i].client) != 0)
			fail_msg("%s: not %s", cases[i].agent, cases[i].client);
}

static void names_are_read_back(void **state)
{
	(void)state;
	for (int64_t c = 1; c < MAIL_CLIENTS; c++) {
		assert_true(*mail_client_name(c));
		assert_int_equal(mail_client_parse(mail_client_name(c)), c);
	}
	assert_int_equal(mail_client_parse("aPPLE mAIL"),
			 MAIL_CLIENT_APPLE_MAIL);
	assert_int_equal(mail_client_parse(""), MAIL_CLIENT_UNKNOWN);
	assert_int_equal(mail_client_parse("Nobody's"), MAIL_CLIENT_UNKNOWN);
	assert_string_equal(mail_client_name(MAIL_CLIENTS), "");
	assert_string_equal(mail_client_name(-1), "");
}

/* --- rows --- */

static struct audience_fixture world;

static int set_up(void **state)
{
	*state = &world;
	audience_fixture_open(&world);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	audience_fixture_free(&world);
	return 0;
}

static void put(const struct member_client *v, size_t n)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(vec_release) struct member_clients seen = VEC_INIT;
	struct err err = ERR_INIT;

	for (size_t i = 0; i < n; i++)
		vec_push(&seen, v[i]);
	if (tx_begin(world.db, &tx, &err) < 0 ||
	    member_clients_put(&tx, &seen, &err) < 0 ||
	    tx_commit(&tx, &err) < 0)
		fail_msg("%s", err.text);
}

static int64_t count(const char *where)
{
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT;

	strbuf_addf(&sql, "SELECT COUNT(*) FROM member_client WHERE %s", where);
	return audience_fixture_int(&world, sql.buf);
}

static void the_last_one_counts_and_goes_with_the_member(void **state)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	int64_t a = audience_fixture_subscribe(&world, "a@x.example");
	int64_t b = audience_fixture_subscribe(&world, "b@x.example");
	struct member_client seen[] = { { a, MAIL_CLIENT_GMAIL },
					{ b, MAIL_CLIENT_GMAIL },
					{ b + 1000, MAIL_CLIENT_GMAIL } };
	struct err err = ERR_INIT;

	(void)state;
	put(seen, 3);
	assert_int_equal(count("client = 1"), 2); /* nobody is nobody */
	seen[1].client = MAIL_CLIENT_IPHONE;
	put(seen, 2);
	put(seen, 2);
	assert_int_equal(count("client = 1"), 1);
	assert_int_equal(count("client = 4"), 1);
	if (tx_begin(world.db, &tx, &err) < 0 ||
	    member_sides_drop(&tx, sql_keys_strided(&a, 1, 0, &keys), &err) <
		    0 ||
	    tx_commit(&tx, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(count("1 = 1"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_program_is_known_by_what_it_calls_itself),
		cmocka_unit_test(names_are_read_back),
		cmocka_unit_test_setup_teardown(
			the_last_one_counts_and_goes_with_the_member, set_up,
			tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
