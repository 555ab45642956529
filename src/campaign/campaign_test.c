#include "campaign/campaign.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "campaign/campaign_fixture.h"
#include "campaign/campaign_hold.h"
#include "campaign/checklist.h"
#include "campaign/content.h"
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

static const char whole[] =
	"{'type': 'regular', 'recipients': {'list_id': 'aaaaaaaaaa'},"
	" 'settings': {'subject_line': 'News', 'title': 'May',"
	" 'from_name': 'Ann', 'reply_to': 'ann@example.org'}}";

/* Returns 0 or -1 with f.err, as campaign_add does. */
static int add(const char *text, struct campaign *out)
{
	CLEANUP(json_free) json_t *body = campaign_fixture_json(text);
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(f.db, &tx, &f.err) < 0 ||
	    campaign_add(&tx, body, FIXTURE_NOW, f.arena, out, &f.err) < 0)
		return -1;
	return tx_commit(&tx, &f.err);
}

static int update(const char *hex, const char *text, struct campaign *out)
{
	CLEANUP(json_free) json_t *body = campaign_fixture_json(text);
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(f.db, &tx, &f.err) < 0 ||
	    campaign_update(&tx, hex, body, FIXTURE_NOW + 5, f.arena, out,
			    &f.err) < 0)
		return -1;
	return tx_commit(&tx, &f.err);
}

static int put_content(const char *hex, const char *text)
{
	CLEANUP(json_free) json_t *body = campaign_fixture_json(text);
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(f.db, &tx, &f.err) < 0 ||
	    content_put(&tx, hex, body, NULL, FIXTURE_NOW, &f.err) < 0)
		return -1;
	return tx_commit(&tx, &f.err);
}

static struct campaign ready(void)
{
	struct campaign c;

	if (add(whole, &c) < 0 ||
	    put_content(c.hex, "{'html': '<p>Hi *|FNAME|*</p>'}") < 0)
		fail_msg("%s", f.err.text);
	return c;
}

static struct campaign again(const struct campaign *c)
{
	struct campaign now;

	if (campaign_get(f.db, c->id, f.arena, &now, &f.err) < 0)
		fail_msg("%s", f.err.text);
	return now;
}

enum action {
	SEND,
	SCHEDULE,
	UNSCHEDULE,
	PAUSE,
	RESUME,
	CANCEL,
	FINISH,
	REMOVE
};

static int act(enum action action, const char *hex, int64_t at_ms)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int result = -1;

	if (tx_begin(f.db, &tx, &f.err) < 0)
		return -1;
	switch (action) {
	case SEND:
		result = campaign_send(&tx, hex, &orderer, &facts, FIXTURE_NOW,
				       &f.err);
		break;
	case SCHEDULE:
		result = campaign_schedule(&tx, hex, at_ms, NULL, &orderer,
					   &facts, FIXTURE_NOW, &f.err);
		break;
	case UNSCHEDULE:
		result = campaign_unschedule(&tx, hex, FIXTURE_NOW, &f.err);
		break;
	case PAUSE:
		result = campaign_pause(&tx, hex, FIXTURE_NOW, &f.err);
		break;
	case RESUME:
		result = campaign_resume(&tx, hex, FIXTURE_NOW, &f.err);
		break;
	case CANCEL:
		result = campaign_cancel(&tx, hex, FIXTURE_NOW, &f.err);
		break;
	case FINISH:
		result = campaign_finish(&tx, hex, FIXTURE_NOW, &f.err);
		break;
	case REMOVE:
		result = campaign_remove(&tx, hex, FIXTURE_NOW, &f.err);
		break;
	}
	if (result < 0)
		return -1;
	return tx_commit(&tx, &f.err);
}

static void move(const struct campaign *c, enum campaign_status to)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(f.db, &tx, &f.err) < 0 ||
	    campaign_move(&tx, c->id, to, FIXTURE_NOW + 9, &f.err) < 0 ||
	    tx_commit(&tx, &f.err) < 0)
		fail_msg("%s", f.err.text);
}

/* --- records --- */

static void is_stored_with_defaults(void **state)
{
	struct campaign c;

	(void)state;
	assert_int_equal(add(whole, &c), 0);
	assert_int_equal(strlen(c.hex), 10);
	assert_int_equal(c.status, CAMPAIGN_SAVE);
	assert_string_equal(c.list_hex, FIXTURE_LIST_HEX);
	assert_string_equal(c.list_name, "Friends");
	assert_string_equal(c.settings.subject_line, "News");
	assert_string_equal(c.settings.to_name, "");
	assert_true(c.settings.authenticate);
	assert_true(c.tracking.opens);
	assert_false(c.has_html);
	assert_int_equal(c.created_ms, FIXTURE_NOW);
	assert_int_equal(c.schedule_ms, 0);
}

static void wrong_bodies_are_refused_with_their_field(void **state)
{
	static const struct {
		const char *body, *field;
	} cases[] = {
		{ "{}", "type" },
		{ "{'type': 'rss'}", "rss_opts" },
		{ "{'type': 'x'}", "type" },
		{ "{'type': 'regular', 'settings': 1}", "settings" },
		{ "{'type': 'regular', 'settings': {'title': 1}}",
		  "settings.title" },
		{ "{'type': 'regular', 'settings': {'subject_line':"
		  " 'a\\r\\nBcc: x@y.z'}}",
		  "settings.subject_line" },
		{ "{'type': 'regular', 'settings': {'reply_to': 'nobody'}}",
		  "settings.reply_to" },
		{ "{'type': 'regular', 'tracking': {'opens': 'yes'}}",
		  "tracking.opens" },
		{ "{'type': 'regular', 'recipients': {'list_id': 'nosuch'}}",
		  "recipients.list_id" },
		{ "{'type': 'regular', 'recipients': {'list_id':"
		  " 'aaaaaaaaaa', 'segment_opts': {'saved_segment_id': 99}}}",
		  "recipients.segment_opts.saved_segment_id" },
	};
	struct campaign c;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		if (add(cases[i].body, &c) == 0)
			fail_msg("%s was taken", cases[i].body);
		assert_int_equal(f.err.code, ERR_INVALID);
		assert_string_equal(f.err.field, cases[i].field);
	}
}

static void a_change_leaves_the_rest(void **state)
{
	struct campaign c, changed;

	(void)state;
	assert_int_equal(add(whole, &c), 0);
	assert_int_equal(update(c.hex,
				"{'settings': {'title': 'June'},"
				" 'tracking': {'opens': false}}",
				&changed),
			 0);
	assert_string_equal(changed.settings.title, "June");
	assert_string_equal(changed.settings.subject_line, "News");
	assert_string_equal(changed.list_hex, FIXTURE_LIST_HEX);
	assert_false(changed.tracking.opens);
	assert_true(changed.tracking.html_clicks);
	assert_int_equal(changed.updated_ms, FIXTURE_NOW + 5);
}

static void segments_and_conditions_are_kept(void **state)
{
	struct campaign c;
	char text[300];
	long long id;

	(void)state;
	campaign_fixture_exec(&f,
			      "INSERT INTO segment (list_id, name, kind,"
			      " created_ms, updated_ms) VALUES (%lld, 'vip', 1,"
			      " 1, 1)",
			      (long long)f.list_id);
	id = campaign_fixture_int(&f, "SELECT MAX(id) FROM segment");
	(void)snprintf(text, sizeof(text),
		       "{'type': 'regular', 'recipients': {'list_id':"
		       " 'aaaaaaaaaa', 'segment_opts': {'saved_segment_id':"
		       " %lld}}}",
		       id);
	assert_int_equal(add(text, &c), 0);
	assert_int_equal(c.segment_id, id);
	assert_null(c.segment_opts);
	assert_int_equal(update(c.hex,
				"{'recipients': {'list_id': 'aaaaaaaaaa',"
				" 'segment_opts': {'match': 'all',"
				" 'conditions': [{'condition_type':"
				" 'TextMerge', 'field': 'FNAME', 'op': 'is',"
				" 'value': 'M1'}]}}}",
				&c),
			 0);
	assert_int_equal(c.segment_id, 0);
	assert_non_null(c.segment_opts);
	assert_int_equal(
		update(c.hex, "{'recipients': {'list_id': 'aaaaaaaaaa'}}", &c),
		0);
	assert_null(c.segment_opts);
}

static void copies_count_their_titles(void **state)
{
	struct campaign c = ready(), copy, second;

	(void)state;
	for (int i = 0; i < 2; i++) {
		CLEANUP(tx_release) struct tx tx = TX_INIT;

		assert_int_equal(tx_begin(f.db, &tx, &f.err), 0);
		assert_int_equal(campaign_replicate(
					 &tx, i ? copy.hex : c.hex, FIXTURE_NOW,
					 f.arena, i ? &second : &copy, &f.err),
				 0);
		assert_int_equal(tx_commit(&tx, &f.err), 0);
	}
	assert_string_equal(copy.settings.title, "May (copy 01)");
	assert_string_equal(second.settings.title, "May (copy 02)");
	assert_true(second.has_html);
	assert_int_not_equal(second.id, c.id);
}

static int resend(const char *hex, struct campaign *out)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(f.db, &tx, &f.err) < 0 ||
	    campaign_resend(&tx, hex, FIXTURE_NOW, f.arena, out, &f.err) < 0)
		return -1;
	return tx_commit(&tx, &f.err);
}

static void a_sent_one_is_resent_once(void **state)
{
	struct campaign c = ready(), again_to;

	(void)state;
	assert_int_equal(resend(c.hex, &again_to), -1);
	assert_string_equal(f.err.title, "Bad Request");
	campaign_fixture_exec(&f,
			      "UPDATE campaign SET status = %d, send_ms = 1",
			      CAMPAIGN_SENT);
	assert_int_equal(resend(c.hex, &again_to), 0);
	assert_int_equal(again_to.status, CAMPAIGN_SAVE);
	assert_string_equal(again_to.settings.title, "May (resend)");
	assert_non_null(strstr(again_to.segment_opts, "\"noopen\""));
	assert_true(again_to.has_html);
	assert_int_equal(resend(c.hex, &again_to), -1);
	assert_string_equal(f.err.title, "Bad Request");
	assert_non_null(campaign_cannot_resend(&(struct campaign){
		.status = CAMPAIGN_SENT, .type = "plaintext" }));
}

static void lists_are_filtered_and_sorted(void **state)
{
	CLEANUP(vec_release) struct campaigns found = VEC_INIT;
	struct campaign_filter filter = { .type = "plaintext",
					  .count = 10,
					  .newest_first = true };
	struct campaign a, b;
	int64_t total;

	(void)state;
	assert_int_equal(add("{'type': 'plaintext'}", &a), 0);
	assert_int_equal(add("{'type': 'plaintext'}", &b), 0);
	assert_int_equal(
		campaign_list(f.db, &filter, f.arena, &found, &total, &f.err),
		0);
	assert_int_equal(total, 2);
	assert_int_equal(found.v[0].id, b.id);
	filter.list_hex = FIXTURE_LIST_HEX;
	vec_reset(&found);
	assert_int_equal(
		campaign_list(f.db, &filter, f.arena, &found, &total, &f.err),
		0);
	assert_int_equal(total, 0);
	filter = (struct campaign_filter){ .count = 1,
					   .since_create_ms = FIXTURE_NOW - 1,
					   .before_create_ms = FIXTURE_NOW + 1,
					   .member_hash = "none" };
	assert_int_equal(
		campaign_list(f.db, &filter, f.arena, &found, &total, &f.err),
		0);
	assert_int_equal(total, 0);
}

/* --- content --- */

static void plain_text_is_made_from_html(void **state)
{
	struct campaign c = ready();
	struct content content;

	(void)state;
	assert_int_equal(content_get(f.db, c.id, f.arena, &content, &f.err), 0);
	assert_true(content.plain_is_made);
	assert_true(str_is(content.plain_text, "Hi *|FNAME|*\n"));
	assert_int_equal(put_content(c.hex, "{'plain_text': 'own'}"), 0);
	assert_int_equal(content_get(f.db, c.id, f.arena, &content, &f.err), 0);
	assert_false(content.plain_is_made);
	assert_true(str_is(content.html, "<p>Hi *|FNAME|*</p>"));
}

static void other_contents_are_refused(void **state)
{
	struct campaign c = ready(), plain;

	(void)state;
	assert_int_equal(put_content(c.hex, "{'html': 'a\\u0001'}"), -1);
	assert_string_equal(f.err.field, "html");
	assert_int_equal(add("{'type': 'plaintext'}", &plain), 0);
	assert_int_equal(put_content(plain.hex, "{'html': 'x'}"), -1);
	assert_string_equal(f.err.field, "html");
	assert_int_equal(act(SEND, c.hex, 0), 0);
	assert_int_equal(put_content(c.hex, "{'html': 'x'}"), -1);
	assert_int_equal(f.err.code, ERR_CONFLICT);
}

static void tags_of_the_law_are_found(void **state)
{
	(void)state;
	assert_true(content_has_unsubscribe(STR("<a href='*|UNSUB|*'>")));
	assert_false(content_has_unsubscribe(STR("UNSUB *| UNSUB |*")));
	assert_true(content_has_address(STR("*|HTML:LIST_ADDRESS_HTML|*")));
	assert_true(content_has_address(STR("*|LIST:ADDRESSLINE|*")));
	assert_false(content_has_address(STR("*|ADDRESS|*")));
}

/* --- checklist --- */

static void only_what_must_be_there_stops_a_send(void **state)
{
	static const struct {
		const char *change;
		enum checklist_id id;
	} cases[] = {
		{ "{'recipients': {'list_id': ''}}", CHECKLIST_RECIPIENTS },
		{ "{'settings': {'subject_line': ' '}}", CHECKLIST_SUBJECT },
		{ "{'settings': {'from_name': ''}}", CHECKLIST_SENDER },
		{ "{'settings': {'reply_to': ''}}", CHECKLIST_SENDER },
		{ "{'settings': {'reply_to': 'j\u00f6rg@example.org'}}",
		  CHECKLIST_SENDER },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(checklist_release) struct checklist list = { 0 };
		struct campaign c = ready();
		int errors = 0;

		assert_int_equal(update(c.hex, cases[i].change, &c), 0);
		assert_int_equal(checklist_make(f.db, &c, &facts, FIXTURE_NOW,
						f.arena, &list, &f.err),
				 0);
		assert_false(list.is_ready);
		vec_each (&list.items, item)
			if (item->type == CHECKLIST_ERROR) {
				errors++;
				assert_int_equal(item->id, cases[i].id);
			}
		assert_int_equal(errors, 1);
		assert_int_equal(act(SEND, c.hex, 0), -1);
		assert_string_equal(f.err.text,
				    "Your Campaign is not ready to send.");
		assert_string_equal(f.err.title, "Bad Request");
	}
}

static void all_else_warns(void **state)
{
	CLEANUP(checklist_release) struct checklist list = { 0 };
	struct campaign c = ready();
	int warnings = 0;

	(void)state;
	assert_int_equal(put_content(c.hex,
				     "{'html': '*|NOSUCH|* *|IF:FNAME|*"
				     "<a href=http://x>x</a><img src=y>'}"),
			 0);
	c = again(&c);
	assert_int_equal(checklist_make(f.db, &c, &facts, FIXTURE_NOW, f.arena,
					&list, &f.err),
			 0);
	assert_true(list.is_ready);
	assert_int_equal(list.recipients, 3);
	vec_each (&list.items, item)
		warnings += item->type == CHECKLIST_WARNING;
	assert_int_equal(warnings, 5); /* tags 2, link, image, DKIM */
}

static bool has_error(const struct checklist *list, enum checklist_id id)
{
	vec_each (&list->items, item)
		if (item->id == id && item->type == CHECKLIST_ERROR)
			return true;
	return false;
}

/* Both addresses, and that of the links besides for a test. */
static void a_real_relay_needs_both_addresses(void **state)
{
	struct campaign c = ready();

	(void)state;
	c = again(&c);
	for (unsigned i = 0; i < 8; i++) {
		CLEANUP(checklist_release) struct checklist list = { 0 };
		bool outbox = i & 1, postal = i & 2, url = i & 4;
		struct campaign_sender_facts of = {
			.organisation = "",
			.postal_address = postal ? "1 High St" : "",
			.outbox = outbox,
			.has_public_url = url,
		};

		assert_int_equal(checklist_make(f.db, &c, &of, FIXTURE_NOW,
						f.arena, &list, &f.err),
				 0);
		assert_int_equal(list.is_ready, outbox || (postal && url));
		assert_int_equal(has_error(&list, CHECKLIST_LINKS_LEAD),
				 !outbox && !url);
		assert_int_equal(campaign_cannot_leave(&of) == NULL,
				 outbox || url);
	}
}

static void put_gate(const char *why)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	assert_int_equal(tx_begin(f.db, &tx, &f.err), 0);
	assert_true(gate_put(&tx, why, &f.err) >= 0);
	assert_int_equal(tx_commit(&tx, &f.err), 0);
}

static void nothing_is_ready_while_sending_is_off(void **state)
{
	struct campaign c = ready();

	(void)state;
	for (int open = 0; open < 2; open++) {
		CLEANUP(checklist_release) struct checklist list = { 0 };

		put_gate(open ? NULL : "the journal is missing");
		assert_int_equal(checklist_make(f.db, &c, &facts, FIXTURE_NOW,
						f.arena, &list, &f.err),
				 0);
		assert_int_equal(list.is_ready, open);
		assert_int_equal(has_error(&list, CHECKLIST_SENDING), !open);
	}
}

static void what_cannot_be_made_into_messages_is_not_ready(void **state)
{
	CLEANUP(checklist_release) struct checklist list = { 0 };
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	struct campaign c = ready();

	(void)state;
	strbuf_addstr(&body, "{'html': '");
	for (int i = 0; i < 33; i++)
		strbuf_addstr(&body, "*|IF:FNAME|*");
	strbuf_addstr(&body, "'}");
	assert_int_equal(put_content(c.hex, body.buf), 0);
	c = again(&c);
	assert_int_equal(checklist_make(f.db, &c, &facts, FIXTURE_NOW, f.arena,
					&list, &f.err),
			 0);
	assert_true(has_error(&list, CHECKLIST_TAGS));
	assert_int_equal(act(SEND, c.hex, 0), -1);
	assert_int_equal(f.err.code, ERR_CONFLICT);
}

/* --- life --- */

static void goes_through_its_life(void **state)
{
	struct campaign c = ready();

	(void)state;
	assert_int_equal(act(SEND, c.hex, 0), 0);
	c = again(&c);
	assert_int_equal(c.status, CAMPAIGN_SENDING);
	assert_int_equal(c.send_ms, FIXTURE_NOW);
	assert_int_equal(act(SEND, c.hex, 0), -1);
	assert_int_equal(f.err.code, ERR_CONFLICT);
	assert_int_equal(act(REMOVE, c.hex, 0), -1);
	assert_string_equal(f.err.title, "Method Not Allowed");
	assert_int_equal(act(PAUSE, c.hex, 0), 0);
	assert_int_equal(act(SEND, c.hex, 0), -1);
	assert_int_equal(act(RESUME, c.hex, 0), 0);
	assert_int_equal(act(RESUME, c.hex, 0), -1);
	assert_int_equal(act(CANCEL, c.hex, 0), 0);
	assert_int_equal(act(RESUME, c.hex, 0), -1);
	move(&c, CAMPAIGN_CANCELED);
	c = again(&c);
	assert_int_equal(c.done_ms, FIXTURE_NOW + 9);
	assert_int_equal(act(REMOVE, c.hex, 0), 0);
	assert_int_equal(again(&c).status, CAMPAIGN_ARCHIVED);
	assert_int_equal(campaign_find(f.db, c.hex, f.arena, &c, &f.err), 0);
}

static void is_finished_while_it_sends_or_is_paused(void **state)
{
	struct campaign c = ready();

	(void)state;
	assert_int_equal(act(FINISH, c.hex, 0), -1);
	assert_int_equal(f.err.code, ERR_CONFLICT);
	assert_int_equal(act(SEND, c.hex, 0), 0);
	assert_int_equal(act(PAUSE, c.hex, 0), 0);
	assert_int_equal(act(FINISH, c.hex, 0), 0);
	assert_int_equal(act(FINISH, c.hex, 0), 0);
	assert_int_equal(act(PAUSE, c.hex, 0), -1);
	c = again(&c);
	assert_int_equal(c.status, CAMPAIGN_FINISHING);
	assert_string_equal(campaign_status_name(c.status), "sending");
	move(&c, CAMPAIGN_SENT);
	assert_int_equal(act(FINISH, c.hex, 0), -1);
	assert_int_equal(act(CANCEL, c.hex, 0), -1);
}

static void moves_only_by_the_table(void **state)
{
	static const char allowed[10][10] = {
		/*            123456789 to: save paused schedule sending sent
		 * canceled canceling archived finishing */
		{ "" },           { "-001100000" }, { "-000100101" },
		{ "-100100000" }, { "-010010101" }, { "-000000010" },
		{ "-000000010" }, { "-000001000" }, { "-000000000" },
		{ "-000010100" },
	};

	(void)state;
	for (int from = CAMPAIGN_SAVE; from <= CAMPAIGN_FINISHING; from++)
		for (int to = CAMPAIGN_SAVE; to <= CAMPAIGN_FINISHING; to++)
			assert_int_equal(
				campaign_may_move((enum campaign_status)from,
						  (enum campaign_status)to),
				allowed[from][to] == '1');
}

static void is_scheduled_on_quarters_to_come(void **state)
{
	int64_t quarter = FIXTURE_NOW - FIXTURE_NOW % (15 * MS_MINUTE);
	struct campaign c = ready();
	int64_t at = quarter + 15 * MS_MINUTE;

	(void)state;
	assert_int_equal(act(SCHEDULE, c.hex, at + 1), -1);
	assert_string_equal(f.err.text,
			    "This campaign cannot be scheduled: the time must "
			    "be on the quarter hour (UTC).");
	assert_int_equal(act(SCHEDULE, c.hex, quarter), -1);
	assert_int_equal(act(UNSCHEDULE, c.hex, 0), -1);
	assert_int_equal(act(SCHEDULE, c.hex, at), 0);
	assert_int_equal(again(&c).schedule_ms, at);
	assert_int_equal(act(UNSCHEDULE, c.hex, 0), 0);
	assert_int_equal(again(&c).schedule_ms, 0);
	assert_int_equal(act(SCHEDULE, c.hex, at), 0);

	assert_int_equal(campaign_start_due(f.db, &facts, at - 1, &f.err), 0);
	assert_int_equal(campaign_start_due(f.db, &facts, at, &f.err), 1);
	assert_int_equal(again(&c).status, CAMPAIGN_SENDING);
	assert_int_equal(again(&c).send_ms, at);
	assert_int_equal(campaign_start_due(f.db, &facts, at, &f.err), 0);
}

static void what_is_not_ready_in_time_goes_back(void **state)
{
	int64_t at = FIXTURE_NOW - FIXTURE_NOW % MS_DAY + MS_DAY;
	struct campaign_sender_facts nobody = { .organisation = "",
						.postal_address = "" };
	struct campaign c = ready();
	struct campaign_hold hold;

	(void)state;
	assert_int_equal(act(SCHEDULE, c.hex, at), 0);
	assert_int_equal(campaign_start_due(f.db, &nobody, at, &f.err), 0);
	c = again(&c);
	assert_int_equal(c.status, CAMPAIGN_SAVE);
	assert_int_equal(c.schedule_ms, 0);
	assert_int_equal(campaign_hold_get(f.db, c.id, f.arena, &hold, &f.err),
			 0);
	assert_string_equal(hold.reason, CAMPAIGN_NOT_READY);
}

/* 1, 0 or -1, as the test says. */
static int answer(void *says, const struct campaign_order *order,
		  struct arena *arena, const char **why_out, struct err *err)
{
	int says_now = *(int *)says;

	(void)arena;
	assert_int_equal(order->user_id, orderer.user_id);
	assert_int_equal(order->key_id, orderer.key_id);
	*why_out = "the user Ann is disabled";
	return says_now < 0 ? err_set(err, ERR_RETRY, "not now") : says_now;
}

static void who_may_not_send_any_more_sends_nothing(void **state)
{
	int64_t at = FIXTURE_NOW - FIXTURE_NOW % MS_DAY + MS_DAY;
	int says = -1;
	struct campaign_sender_facts asking = facts;
	struct campaign c = ready();
	struct campaign_hold hold;

	(void)state;
	asking.may_send = answer;
	asking.context = &says;
	assert_int_equal(act(SCHEDULE, c.hex, at), 0);
	assert_int_equal(campaign_start_due(f.db, &asking, at, &f.err), 0);
	assert_int_equal(again(&c).status, CAMPAIGN_SCHEDULE);
	says = 0;
	assert_int_equal(campaign_start_due(f.db, &asking, at, &f.err), 0);
	assert_int_equal(again(&c).status, CAMPAIGN_SAVE);
	assert_int_equal(again(&c).schedule_ms, 0);
	assert_int_equal(campaign_hold_get(f.db, c.id, f.arena, &hold, &f.err),
			 0);
	assert_string_equal(hold.reason, CAMPAIGN_NO_RIGHT);
	assert_string_equal(hold.detail, "the user Ann is disabled");
	says = 1;
	assert_int_equal(act(SCHEDULE, c.hex, at), 0);
	assert_int_equal(campaign_hold_get(f.db, c.id, f.arena, &hold, &f.err),
			 0);
	assert_null(hold.reason);
	assert_int_equal(campaign_start_due(f.db, &asking, at, &f.err), 1);
	assert_int_equal(again(&c).status, CAMPAIGN_SENDING);
}

/* What a user does between the list of those that are due and their start. */
struct meanwhile {
	int what;
	const char *hex;
	int64_t at;
	enum campaign_status then;
};

enum { NOTHING, TAKES_BACK, POSTPONES, REMOVES, STOPS_SENDING, FAILS };

static int meanwhile(void *context, const struct campaign_order *order,
		     struct arena *arena, const char **why_out, struct err *err)
{
	struct meanwhile *m = context;

	(void)order;
	(void)arena;
	(void)why_out;
	if (m->what == FAILS)
		return err_set(err, ERR_IO, "not now");
	if (m->what == TAKES_BACK || m->what == REMOVES)
		assert_int_equal(act(UNSCHEDULE, m->hex, 0), 0);
	if (m->what == POSTPONES)
		assert_int_equal(act(SCHEDULE, m->hex, m->at + MS_DAY), 0);
	if (m->what == REMOVES)
		assert_int_equal(act(REMOVE, m->hex, 0), 0);
	if (m->what == STOPS_SENDING)
		put_gate("after a restore");
	return 1;
}

static void what_is_taken_back_in_between_is_not_sent(void **state)
{
	int64_t at = FIXTURE_NOW - FIXTURE_NOW % MS_DAY + MS_DAY;
	struct meanwhile cases[] = {
		{ .what = TAKES_BACK, .then = CAMPAIGN_SAVE },
		{ .what = POSTPONES, .then = CAMPAIGN_SCHEDULE },
		{ .what = REMOVES },
		{ .what = STOPS_SENDING, .then = CAMPAIGN_SCHEDULE },
		{ .what = FAILS, .then = CAMPAIGN_SCHEDULE },
		{ .what = NOTHING, .then = CAMPAIGN_SENDING },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct campaign c = ready();
		struct campaign_sender_facts asking = facts;

		cases[i].hex = c.hex;
		cases[i].at = at;
		asking.may_send = meanwhile;
		asking.context = &cases[i];
		assert_int_equal(act(SCHEDULE, c.hex, at), 0);
		assert_int_equal(campaign_start_due(f.db, &asking, at, &f.err),
				 cases[i].what == NOTHING);
		put_gate(NULL);
		if (cases[i].then)
			assert_int_equal(again(&c).status, cases[i].then);
		else
			assert_int_equal(
				campaign_find(f.db, c.hex, f.arena, &c, &f.err),
				0);
		if (cases[i].then == CAMPAIGN_SCHEDULE)
			assert_int_equal(act(UNSCHEDULE, c.hex, 0), 0);
	}
}

static int fails_at_first(void *context, const struct campaign_order *order,
			  struct arena *arena, const char **why_out,
			  struct err *err)
{
	bool *is_first = context, was = *is_first;

	(void)order;
	(void)arena;
	(void)why_out;
	*is_first = false;
	return was ? err_set(err, ERR_IO, "not now") : 1;
}

/* The first that is due cannot be asked about: the second goes. */
static void one_that_fails_stops_no_other(void **state)
{
	int64_t at = FIXTURE_NOW - FIXTURE_NOW % MS_DAY + MS_DAY;
	struct campaign first = ready(), second = ready();
	struct campaign_sender_facts asking = facts;

	(void)state;
	assert_int_equal(act(SCHEDULE, first.hex, at), 0);
	assert_int_equal(act(SCHEDULE, second.hex, at), 0);
	asking.may_send = fails_at_first;
	asking.context = &(bool){ true };
	assert_int_equal(campaign_start_due(f.db, &asking, at, &f.err), 1);
	assert_int_equal(again(&first).status, CAMPAIGN_SCHEDULE);
	assert_int_equal(again(&second).status, CAMPAIGN_SENDING);
	assert_int_equal(campaign_start_due(f.db, &asking, at, &f.err), 1);
	assert_int_equal(again(&first).status, CAMPAIGN_SENDING);
}

static void its_end_is_told_to_webhooks(void **state)
{
	struct campaign c = ready();

	(void)state;
	campaign_fixture_exec(&f,
			      "INSERT INTO webhook (hex, list_id, url, events,"
			      " sources, created_ms) VALUES ('w', %lld,"
			      " 'http://x', '{\"campaign\":true}',"
			      " '{\"admin\":true}', 1)",
			      (long long)f.list_id);
	assert_int_equal(act(SEND, c.hex, 0), 0);
	assert_int_equal(campaign_fixture_int(&f, "SELECT COUNT(*) FROM job"),
			 0);
	move(&c, CAMPAIGN_SENT);
	assert_int_equal(campaign_fixture_int(&f, "SELECT COUNT(*) FROM job"
						  " WHERE kind = 'webhook'"),
			 1);
	campaign_fixture_exec(&f, "DELETE FROM webhook");
}

/* --- faults --- */

static int everything(struct campaign *c)
{
	return add(whole, c) < 0 || put_content(c->hex, "{'html': 'x'}") < 0 ||
			       update(c->hex, "{'settings': {'title': 'T'}}",
				      c) < 0 ||
			       act(SCHEDULE, c->hex,
				   FIXTURE_NOW - FIXTURE_NOW % MS_DAY +
					   MS_DAY) < 0 ||
			       act(UNSCHEDULE, c->hex, 0) < 0 ||
			       act(SEND, c->hex, 0) < 0 ||
			       act(FINISH, c->hex, 0) < 0 ||
			       act(CANCEL, c->hex, 0) < 0
		       ? -1
		       : 0;
}

static void a_fault_anywhere_is_told_and_changes_nothing(void **state)
{
	int n = 1, result = -1;
	struct campaign c;

	(void)state;
	for (; result < 0 && n < 500; n++) {
		db_fail_nth(f.db, n);
		result = everything(&c);
		if (result < 0)
			assert_int_equal(f.err.code, ERR_IO);
		db_fail_nth(f.db, 0);
	}
	assert_int_equal(result, 0);
	assert_true(n > 20);
	assert_int_equal(again(&c).status, CAMPAIGN_CANCELING);
	/* What failed half-way stopped where it was, in a status of its own. */
	assert_int_equal(campaign_fixture_int(&f,
					      "SELECT COUNT(*) FROM campaign"
					      " WHERE status = 3 AND"
					      " schedule_ms IS NULL"),
			 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_stored_with_defaults),
		cmocka_unit_test(wrong_bodies_are_refused_with_their_field),
		cmocka_unit_test(a_change_leaves_the_rest),
		cmocka_unit_test(segments_and_conditions_are_kept),
		cmocka_unit_test(copies_count_their_titles),
		cmocka_unit_test(a_sent_one_is_resent_once),
		cmocka_unit_test(lists_are_filtered_and_sorted),
		cmocka_unit_test(plain_text_is_made_from_html),
		cmocka_unit_test(other_contents_are_refused),
		cmocka_unit_test(tags_of_the_law_are_found),
		cmocka_unit_test(only_what_must_be_there_stops_a_send),
		cmocka_unit_test(all_else_warns),
		cmocka_unit_test(a_real_relay_needs_both_addresses),
		cmocka_unit_test(nothing_is_ready_while_sending_is_off),
		cmocka_unit_test(
			what_cannot_be_made_into_messages_is_not_ready),
		cmocka_unit_test(goes_through_its_life),
		cmocka_unit_test(is_finished_while_it_sends_or_is_paused),
		cmocka_unit_test(moves_only_by_the_table),
		cmocka_unit_test(is_scheduled_on_quarters_to_come),
		cmocka_unit_test(what_is_not_ready_in_time_goes_back),
		cmocka_unit_test(who_may_not_send_any_more_sends_nothing),
		cmocka_unit_test(what_is_taken_back_in_between_is_not_sent),
		cmocka_unit_test(one_that_fails_stops_no_other),
		cmocka_unit_test(its_end_is_told_to_webhooks),
		cmocka_unit_test(a_fault_anywhere_is_told_and_changes_nothing),
	};

	log_set(LOG_ERROR, false); /* a warning is part of one test */
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
