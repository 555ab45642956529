#include "campaign/rss/rss.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/strbuf.h"
#include "campaign/campaign.h"
#include "campaign/campaign_fixture.h"
#include "campaign/content.h"
#include "campaign/rss/feed.h"
#include "campaign/rss/feed_tags.h"
#include "campaign/rss/feed_wait.h"
#include "campaign/rss/rss_options.h"
#include "journal/gate.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct campaign_fixture f;
static const struct campaign_order orderer = { .user_id = 7, .key_id = 3 };
static const struct campaign_sender_facts facts = {
	.organisation = "ACME",
	.postal_address = "1 High St\nLondon",
	.has_public_url = true,
};

/* Tue, 14 Nov 2023 22:13:20 UTC */
#define NOW FIXTURE_NOW
#define DUE (INT64_C(1700006400000)) /* the next midnight */

static int set_up(void **state)
{
	(void)state;
	campaign_fixture_open(&f, 3);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	campaign_fixture_free(&f);
	return 0;
}

static const char daily[] =
	"{'type': 'rss', 'recipients': {'list_id': 'aaaaaaaaaa'},"
	" 'settings': {'subject_line': 'New: *|RSSITEM:TITLE|*',"
	" 'title': 'Blog', 'from_name': 'Ann', 'reply_to': 'ann@example.org'},"
	" 'rss_opts': {'feed_url': 'https://blog.example/feed',"
	" 'frequency': 'daily', 'schedule': {'hour': 0}}}";

static int add(const char *text, struct campaign *out)
{
	CLEANUP(json_free) json_t *body = campaign_fixture_json(text);
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	f.err = (struct err)ERR_INIT;
	if (tx_begin(f.db, &tx, &f.err) < 0 ||
	    campaign_add(&tx, body, NOW, f.arena, out, &f.err) < 0)
		return -1;
	return tx_commit(&tx, &f.err);
}

static void put_html(const char *hex)
{
	CLEANUP(json_free)
	json_t *body = campaign_fixture_json(
		"{'html': '<ul>*|RSSITEMS:|*<li>*|RSSITEM:TITLE|*</li>"
		"*|END:RSSITEMS|*</ul> *|FNAME|*'}");
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	assert_int_equal(tx_begin(f.db, &tx, &f.err), 0);
	assert_int_equal(content_put(&tx, hex, body, NULL, NOW, &f.err), 0);
	assert_int_equal(tx_commit(&tx, &f.err), 0);
}

enum act { START, PAUSE, RESUME, CANCEL, FINISH, REMOVE };

static int act(enum act what, const char *hex, int64_t now_ms)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int rc = -1;

	f.err = (struct err)ERR_INIT;
	assert_int_equal(tx_begin(f.db, &tx, &f.err), 0);
	switch (what) {
	case START:
		rc = campaign_send(&tx, hex, &orderer, &facts, now_ms, &f.err);
		break;
	case PAUSE:
		rc = campaign_pause(&tx, hex, now_ms, &f.err);
		break;
	case RESUME:
		rc = campaign_resume(&tx, hex, now_ms, &f.err);
		break;
	case CANCEL:
		rc = campaign_cancel(&tx, hex, now_ms, &f.err);
		break;
	case FINISH:
		rc = campaign_finish(&tx, hex, now_ms, &f.err);
		break;
	case REMOVE:
		rc = campaign_remove(&tx, hex, now_ms, &f.err);
		break;
	}
	return rc < 0 ? -1 : tx_commit(&tx, &f.err);
}

static struct campaign started(void)
{
	struct campaign c;

	if (add(daily, &c) < 0)
		fail_msg("%s: %s", f.err.field, f.err.text);
	put_html(c.hex);
	if (act(START, c.hex, NOW) < 0)
		fail_msg("%s", f.err.text);
	assert_int_equal(campaign_get(f.db, c.id, f.arena, &c, &f.err), 0);
	return c;
}

static struct feed_item item(const char *guid, const char *title, int64_t ms)
{
	return (struct feed_item){ .title = title,
				   .author = "",
				   .categories = "",
				   .url = "https://blog.example/x",
				   .guid = guid,
				   .image = "",
				   .summary = STR("s"),
				   .content = STR("s"),
				   .date_ms = ms };
}

static enum rss_outcome bring(int64_t id, const struct feed_item *items,
			      size_t n, int64_t now_ms)
{
	struct feed feed = { .title = "Blog",
			     .url = "https://blog.example/",
			     .description = "",
			     .items = items,
			     .n = n };
	struct feed_blocks blocks = VEC_INIT;
	enum rss_outcome outcome;

	f.err = (struct err)ERR_INIT;
	if (rss_bring(f.db, id, &feed, &blocks, &facts, now_ms, &outcome,
		      &f.err) < 0)
		fail_msg("%s", f.err.text);
	return outcome;
}

static struct rss_state state_of(int64_t id)
{
	struct rss_state state;

	assert_int_equal(rss_state_find(f.db, id, f.arena, &state, &f.err), 1);
	return state;
}

static size_t children(int64_t id, struct campaign *newest)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;

	assert_int_equal(rss_children(f.db, id, 10, &ids, &f.err), 0);
	if (ids.n > 0 && newest)
		assert_int_equal(
			campaign_get(f.db, ids.v[0], f.arena, newest, &f.err),
			0);
	return ids.n;
}

static void what_is_new_becomes_a_mail(void **state)
{
	struct campaign c = started(), child;
	struct feed_item items[] = {
		item("2", "Second <b>", DUE - MS_HOUR),
		item("1", "Old", DUE - 3 * MS_DAY),
	};
	struct content content;

	(void)state;
	assert_int_equal(c.status, CAMPAIGN_SENDING);
	assert_int_equal(state_of(c.id).next_ms, DUE);
	assert_int_equal(bring(c.id, items, 2, NOW), RSS_NOT_DUE);
	assert_int_equal(bring(c.id, items, 2, DUE), RSS_SENT);
	assert_int_equal(children(c.id, &child), 1);
	assert_string_equal(child.type, "regular");
	assert_int_equal(child.status, CAMPAIGN_SENDING);
	assert_string_equal(child.parent_hex, c.hex);
	assert_null(child.rss);
	assert_string_equal(child.settings.subject_line, "New: Second <b>");
	assert_string_equal(child.settings.title, "Blog (2023-11-15)");
	assert_int_equal(content_get(f.db, child.id, f.arena, &content, &f.err),
			 0);
	assert_true(str_is(content.html,
			   "<ul><li>Second &lt;b&gt;</li></ul> *|FNAME|*"));
	assert_int_equal(state_of(c.id).next_ms, DUE + MS_DAY);
	assert_int_equal(state_of(c.id).last_ms, DUE);
	/* the same look again, by somebody who was slower, and the next one */
	assert_int_equal(bring(c.id, items, 2, DUE), RSS_NOT_DUE);
	assert_int_equal(bring(c.id, items, 2, DUE + MS_DAY), RSS_NOTHING_NEW);
	assert_int_equal(children(c.id, NULL), 1);
	assert_int_equal(state_of(c.id).last_ms, DUE);
}

/* Whatever statement fails: neither half a mail nor two. */
static void a_failure_leaves_all_as_it_was(void **state)
{
	struct campaign c = started();
	struct feed_item one = item("1", "One", DUE - MS_HOUR);
	struct feed feed = { .title = "Blog",
			     .url = "https://blog.example/",
			     .description = "",
			     .items = &one,
			     .n = 1 };
	struct feed_blocks blocks = VEC_INIT;
	enum rss_outcome outcome = RSS_NOT_DUE;
	int failures = 0, rc;

	(void)state;
	do {
		f.err = (struct err)ERR_INIT;
		db_fail_nth(f.db, ++failures);
		rc = rss_bring(f.db, c.id, &feed, &blocks, &facts, DUE,
			       &outcome, &f.err);
		db_fail_nth(f.db, 0);
		if (rc < 0) {
			assert_int_equal(children(c.id, NULL), 0);
			assert_int_equal(state_of(c.id).next_ms, DUE);
			assert_null(strstr(state_of(c.id).seen, "One"));
		}
	} while (rc < 0 && failures < 100);
	assert_int_equal(outcome, RSS_SENT);
	assert_true(failures > 5);
	assert_int_equal(children(c.id, NULL), 1);
	assert_int_equal(bring(c.id, &one, 1, DUE + MS_DAY), RSS_NOTHING_NEW);
}

static void delivery_never_sees_the_parent(void **state)
{
	struct campaign c = started();
	CLEANUP(vec_release) struct campaigns sending = VEC_INIT;

	(void)state;
	assert_int_equal(campaign_list_by_status(f.db, CAMPAIGN_SENDING,
						 f.arena, &sending, &f.err),
			 0);
	assert_int_equal(sending.n, 0);
	assert_int_equal(campaigns_under_way(f.db, &f.err), 0);
	assert_int_equal(act(FINISH, c.hex, NOW), -1);
}

static void dates_that_lie_mail_nothing_twice(void **state)
{
	struct campaign c = started();
	int64_t second = DUE + MS_DAY, third = second + MS_DAY;
	struct feed_item first[] = { item("a", "A", DUE - 1),
				     item("n", "No date", 0) };
	struct feed_item next[] = {
		item("a", "A", second - 1), /* changed, the same */
		item("n", "No date", 0),
		item("o", "Came up again", DUE - 40 * MS_DAY),
		item("l", "Late", DUE - MS_HOUR),
		item("u", "Undated", 0),
		item("u", "Undated", 0),
	};

	(void)state;
	assert_int_equal(bring(c.id, first, 2, DUE), RSS_SENT);
	assert_int_equal(bring(c.id, next, 6, second), RSS_SENT);
	assert_int_equal(
		campaign_fixture_int(
			&f, "SELECT COUNT(*) FROM campaign WHERE html LIKE "
			    "'%<ul><li>Late</li><li>Undated</li></ul>%'"),
		1);
	assert_int_equal(bring(c.id, next, 6, third), RSS_NOTHING_NEW);
}

static void a_failure_waits_and_is_told(void **state)
{
	struct campaign c = started();
	struct feed_item one = item("1", "One", DUE - 1);

	(void)state;
	assert_int_equal(rss_fail(f.db, c.id, "no feed", DUE, &f.err), 0);
	assert_int_equal(rss_fail(f.db, c.id, "still none", DUE + 5, &f.err),
			 0);
	assert_string_equal(state_of(c.id).failure, "still none");
	assert_int_equal(state_of(c.id).failures, 2);
	assert_int_equal(state_of(c.id).failed_ms, DUE);
	/* two days late: one mail, and the next is tomorrow's */
	assert_int_equal(bring(c.id, &one, 1, DUE + 2 * MS_DAY + 5), RSS_SENT);
	assert_null(state_of(c.id).failure);
	assert_int_equal(state_of(c.id).next_ms, DUE + 3 * MS_DAY);
	assert_int_equal(children(c.id, NULL), 1);
}

static void what_is_not_ready_sends_nothing(void **state)
{
	struct campaign c = started();
	struct feed_item one = item("1", "One", DUE - 1);
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	(void)state;
	assert_int_equal(tx_begin(f.db, &tx, &f.err), 0);
	assert_true(gate_put(&tx, "restored", &f.err) >= 0);
	assert_int_equal(tx_commit(&tx, &f.err), 0);
	assert_int_equal(bring(c.id, &one, 1, DUE), RSS_FAILED);
	assert_int_equal(children(c.id, NULL), 0);
	assert_non_null(strstr(state_of(c.id).failure, "restored"));
	assert_int_equal(state_of(c.id).next_ms, DUE);
}

static void it_pauses_changes_and_ends(void **state)
{
	struct campaign c = started(), now;
	struct feed_item one = item("1", "One", DUE - 1);
	CLEANUP(json_free)
	json_t *body = campaign_fixture_json(
		"{'rss_opts': {'schedule': {'hour': 5}}}");
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	(void)state;
	assert_int_equal(act(START, c.hex, NOW), -1);
	assert_int_equal(act(PAUSE, c.hex, NOW), 0);
	assert_int_equal(bring(c.id, &one, 1, DUE), RSS_NOT_DUE);
	assert_int_equal(tx_begin(f.db, &tx, &f.err), 0);
	assert_int_equal(
		campaign_update(&tx, c.hex, body, NOW, f.arena, &now, &f.err),
		0);
	assert_int_equal(tx_commit(&tx, &f.err), 0);
	put_html(c.hex);
	assert_int_equal(act(RESUME, c.hex, DUE), 0);
	assert_int_equal(state_of(c.id).next_ms, DUE + 5 * MS_HOUR);
	assert_int_equal(bring(c.id, &one, 1, DUE + 5 * MS_HOUR), RSS_SENT);
	assert_int_equal(act(CANCEL, c.hex, DUE), 0);
	assert_int_equal(campaign_get(f.db, c.id, f.arena, &now, &f.err), 0);
	assert_int_equal(now.status, CAMPAIGN_CANCELED);
	c = started();
	assert_int_equal(act(REMOVE, c.hex, NOW), 0);
	assert_int_equal(campaign_get(f.db, c.id, f.arena, &now, &f.err), 0);
	assert_int_equal(now.status, CAMPAIGN_ARCHIVED);
	assert_int_equal(bring(c.id, &one, 1, DUE), RSS_NOT_DUE);
}

static void a_restored_one_mails_nothing_again(void **state)
{
	struct campaign c = started(), now;
	struct feed_item items[] = { item("2", "After", DUE + MS_HOUR),
				     item("1", "Before", DUE - 1),
				     item("0", "Undated", 0) };

	(void)state;
	assert_int_equal(campaigns_restored(f.db, DUE, &f.err), 1);
	assert_int_equal(campaign_get(f.db, c.id, f.arena, &now, &f.err), 0);
	assert_int_equal(now.status, CAMPAIGN_PAUSED);
	assert_int_equal(act(RESUME, c.hex, DUE), 0);
	assert_int_equal(bring(c.id, items, 3, DUE + MS_DAY), RSS_SENT);
	assert_int_equal(
		campaign_fixture_int(
			&f, "SELECT COUNT(*) FROM campaign WHERE html LIKE "
			    "'<ul><li>After</li></ul>%'"),
		1);
}

static void copies_have_the_feed_and_no_parent(void **state)
{
	struct campaign c = started(), child, copy;
	struct feed_item one = item("1", "One", DUE - 1);
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	(void)state;
	assert_int_equal(bring(c.id, &one, 1, DUE), RSS_SENT);
	assert_int_equal(children(c.id, &child), 1);
	assert_int_equal(tx_begin(f.db, &tx, &f.err), 0);
	assert_int_equal(
		campaign_replicate(&tx, c.hex, NOW, f.arena, &copy, &f.err), 0);
	assert_string_equal(copy.rss, c.rss);
	assert_int_equal(
		campaign_replicate(&tx, child.hex, NOW, f.arena, &copy, &f.err),
		0);
	assert_int_equal(copy.parent_id, 0);
	assert_null(copy.rss);
	assert_int_equal(tx_commit(&tx, &f.err), 0);
}

static void a_campaign_that_shows_a_feed_waits_for_it(void **state)
{
	CLEANUP(json_free)
	json_t *body = campaign_fixture_json(
		"{'html': '*|FEEDBLOCK:https://x.example/|*x"
		"*|END:FEEDBLOCK|*'}");
	static const char whole[] =
		"{'type': 'regular', 'recipients': {'list_id': 'aaaaaaaaaa'},"
		" 'settings': {'subject_line': 'S', 'from_name': 'Ann',"
		" 'reply_to': 'ann@example.org'}}";
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct campaign c;

	(void)state;
	assert_int_equal(add(whole, &c), 0);
	assert_int_equal(tx_begin(f.db, &tx, &f.err), 0);
	assert_int_equal(content_put(&tx, c.hex, body, NULL, NOW, &f.err), 0);
	assert_int_equal(tx_commit(&tx, &f.err), 0);
	assert_int_equal(feed_wait_is_on(f.db, c.id, &f.err), 0);
	assert_int_equal(act(START, c.hex, NOW), 0);
	assert_int_equal(feed_wait_is_on(f.db, c.id, &f.err), 1);
	assert_int_equal(act(PAUSE, c.hex, NOW), 0);
	assert_int_equal(act(RESUME, c.hex, NOW), 0);
	assert_int_equal(campaign_fixture_int(
				 &f, "SELECT COUNT(*) FROM job WHERE kind = "
				     "'feed_wait'"),
			 1);
}

static void options_are_checked(void **state)
{
	static const char *const cases[][2] = {
		{ "{}", "rss_opts" },
		{ "{'rss_opts': {}}", "rss_opts.feed_url" },
		{ "{'rss_opts': {'feed_url': 'ftp://x'}}",
		  "rss_opts.feed_url" },
		{ "{'rss_opts': {'feed_url': 'http://'}}",
		  "rss_opts.feed_url" },
		{ "{'rss_opts': {'feed_url': 7}}", "rss_opts.feed_url" },
		{ "{'rss_opts': {'feed_url': 'https://x/'}}",
		  "rss_opts.frequency" },
		{ "{'rss_opts': {'feed_url': 'https://x/', 'frequency': "
		  "'hourly'}}",
		  "rss_opts.frequency" },
		{ "{'rss_opts': {'feed_url': 'https://x/', 'frequency': "
		  "'daily', 'schedule': {'hour': 24}}}",
		  "rss_opts.schedule.hour" },
		{ "{'rss_opts': {'feed_url': 'https://x/', 'frequency': "
		  "'daily', 'schedule': {'hour': -1}}}",
		  "rss_opts.schedule.hour" },
		{ "{'rss_opts': {'feed_url': 'https://x/', 'frequency': "
		  "'daily', 'schedule': []}}",
		  "rss_opts.schedule" },
		{ "{'rss_opts': {'feed_url': 'https://x/', 'frequency': "
		  "'weekly', 'schedule': {'weekly_send_day': 'day'}}}",
		  "rss_opts.schedule.weekly_send_day" },
		{ "{'rss_opts': {'feed_url': 'https://x/', 'frequency': "
		  "'monthly', 'schedule': {'monthly_send_date': 32}}}",
		  "rss_opts.schedule.monthly_send_date" },
		{ "{'rss_opts': {'feed_url': 'https://x/', 'frequency': "
		  "'daily', 'schedule': {'daily_send': {'monday': 1}}}}",
		  "rss_opts.schedule.daily_send.monday" },
		{ "{'rss_opts': {'feed_url': 'https://x/', 'frequency': "
		  "'daily', 'schedule': {'daily_send': {'sunday': false, "
		  "'monday': false, 'tuesday': false, 'wednesday': false, "
		  "'thursday': false, 'friday': false, 'saturday': false}}}}",
		  "rss_opts.schedule.daily_send" },
	};
	struct campaign c;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;

		strbuf_addf(&body, "{'type': 'rss', %s", cases[i][0] + 1);
		if (i == 0) {
			strbuf_reset(&body);
			strbuf_addstr(&body, "{'type': 'rss'}");
		}
		assert_int_equal(add(body.buf, &c), -1);
		assert_string_equal(f.err.field, cases[i][1]);
	}
	assert_int_equal(add("{'type': 'regular', 'rss_opts': {'frequency': "
			     "'daily'}}",
			     &c),
			 -1);
	assert_string_equal(f.err.field, "rss_opts");
}

static void times_come_again(void **state)
{
	static const struct {
		struct rss_options options;
		const char *after, *next;
	} cases[] = {
		{ { .frequency = RSS_DAILY, .hour = 9, .days = 0x7f },
		  "2023-11-14T08:59:59Z",
		  "2023-11-14T09:00:00Z" },
		{ { .frequency = RSS_DAILY, .hour = 9, .days = 0x7f },
		  "2023-11-14T09:00:00Z",
		  "2023-11-15T09:00:00Z" },
		{ { .frequency = RSS_DAILY, .hour = 0, .days = 1 << 1 },
		  "2023-11-14T09:00:00Z",
		  "2023-11-20T00:00:00Z" },
		{ { .frequency = RSS_WEEKLY, .hour = 23, .weekday = 0 },
		  "2023-11-14T09:00:00Z",
		  "2023-11-19T23:00:00Z" },
		{ { .frequency = RSS_MONTHLY, .hour = 1, .month_day = 31 },
		  "2024-01-31T01:00:00Z",
		  "2024-03-31T01:00:00Z" },
		{ { .frequency = RSS_MONTHLY, .hour = 1, .month_day = 0 },
		  "2024-01-31T01:00:00Z",
		  "2024-02-29T01:00:00Z" },
		{ { .frequency = RSS_MONTHLY, .hour = 1, .month_day = 1 },
		  "2023-12-01T01:00:00Z",
		  "2024-01-01T01:00:00Z" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t after, next;

		assert_true(time_parse_iso(cases[i].after, &after));
		assert_true(time_parse_iso(cases[i].next, &next));
		assert_int_equal(
			rss_options_next(&cases[i].options, NULL, after), next);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_new_becomes_a_mail,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_failure_leaves_all_as_it_was,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(delivery_never_sees_the_parent,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			dates_that_lie_mail_nothing_twice, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_failure_waits_and_is_told,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_not_ready_sends_nothing,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(it_pauses_changes_and_ends,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_restored_one_mails_nothing_again, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			copies_have_the_feed_and_no_parent, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_campaign_that_shows_a_feed_waits_for_it, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(options_are_checked, set_up,
						tear_down),
		cmocka_unit_test(times_come_again),
	};

	crypto_init();
	return cmocka_run_group_tests_name("rss", tests, NULL, NULL);
}
