/*
 * What is done with a campaign of the engine: send, schedule, pause, test.
 * Handlers; any worker. The rules stand in campaign/campaign_action.c.
 */
#include "api/handlers.h"
#include "api/mc30/campaign_json.h"
#include "api/test_address.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/email.h"
#include "base/err.h"
#include "campaign/checklist.h"
#include "campaign/content.h"
#include "campaign/rss/feed.h"
#include "campaign/rss/feed_show.h"
#include "campaign/rss/rss_job.h"
#include "campaign/rss/rss_options.h"
#include "delivery/delivery.h"
#include "delivery/mailing.h"
#include "delivery/spread/winner.h"
#include "delivery/test_mail.h"

#include <string.h>

#define TEST_ADDRESSES 100 /* of one test */

/* --- changes of status --- */

typedef int (*action_fn)(struct tx *tx, const char *hex, int64_t now_ms,
			 struct err *err);

/* It is done: whoever sends looks at once. */
static int end_act(const struct request *rq, struct response *rs)
{
	if (api_of(rq)->delivery)
		delivery_wake(api_of(rq)->delivery);
	response_empty(rs, 204);
	return 0;
}

static int act(struct request *rq, struct response *rs, action_fn fn,
	       struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (mc_db(rq, &db, err) < 0 || tx_begin(db, &tx, err) < 0 ||
	    fn(&tx, request_param(rq, "campaign_id"), rq->now_ms, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	return end_act(rq, rs);
}

int mc_campaigns_send(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct campaign_order order = { .user_id = rq->caller.user_id,
					.key_id = rq->caller.key_id };
	struct campaign_sender_facts facts;

	if (mc_db(rq, &db, err) < 0 || tx_begin(db, &tx, err) < 0 ||
	    delivery_facts(api_of(rq)->delivery, db, &facts, err) < 0 ||
	    campaign_send(&tx, request_param(rq, "campaign_id"), &order, &facts,
			  rq->now_ms, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	return end_act(rq, rs);
}

static int read_schedule(struct request *rq, int64_t *at_ms,
			 const json_t **body, struct err *err)
{
	const char *text = NULL;

	if (mc_body(rq, body, err) < 0 ||
	    json_get_text(*body, "schedule_time", &text, err) < 0)
		return -1;
	if (!text || !time_parse_iso(text, at_ms))
		return err_field(err, "schedule_time",
				 "Please enter a date and time in ISO 8601");
	return 0;
}

int mc_campaigns_schedule(struct request *rq, struct response *rs,
			  struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct campaign_order order = { .user_id = rq->caller.user_id,
					.key_id = rq->caller.key_id };
	struct campaign_sender_facts facts;
	const json_t *body;
	int64_t at_ms;

	if (read_schedule(rq, &at_ms, &body, err) < 0 ||
	    mc_db(rq, &db, err) < 0 || tx_begin(db, &tx, err) < 0 ||
	    delivery_facts(api_of(rq)->delivery, db, &facts, err) < 0 ||
	    campaign_schedule(&tx, request_param(rq, "campaign_id"), at_ms,
			      body, &order, &facts, rq->now_ms, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	response_empty(rs, 204);
	return 0;
}

int mc_campaigns_unschedule(struct request *rq, struct response *rs,
			    struct err *err)
{
	return act(rq, rs, campaign_unschedule, err);
}

int mc_campaigns_cancel(struct request *rq, struct response *rs,
			struct err *err)
{
	return act(rq, rs, campaign_cancel, err);
}

int mc_campaigns_finish(struct request *rq, struct response *rs,
			struct err *err)
{
	return act(rq, rs, campaign_finish, err);
}

int mc_campaigns_pause(struct request *rq, struct response *rs, struct err *err)
{
	return act(rq, rs, campaign_pause, err);
}

int mc_campaigns_resume(struct request *rq, struct response *rs,
			struct err *err)
{
	return act(rq, rs, campaign_resume, err);
}

/* --- tests, of several variants and before a send --- */

int mc_campaigns_choose_winner(struct request *rq, struct response *rs,
			       struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	const char *combination = NULL;
	const json_t *body;

	if (mc_body(rq, &body, err) < 0 ||
	    json_get_text(body, "combination_id", &combination, err) < 0)
		return -1;
	if (!combination)
		return err_field(err, "combination_id", "Please enter a value");
	if (mc_db(rq, &db, err) < 0 || tx_begin(db, &tx, err) < 0 ||
	    winner_choose(&tx, request_param(rq, "campaign_id"), combination,
			  rq->now_ms, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	return end_act(rq, rs);
}

static int read_addresses(const json_t *body, struct texts *out,
			  struct err *err)
{
	const json_t *list = NULL;
	const char *type = "html";

	if (json_get_array(body, "test_emails", &list, err) < 0 ||
	    json_get_text(body, "send_type", &type, err) < 0)
		return -1;
	if (strcmp(type, "html") != 0 && strcmp(type, "plaintext") != 0)
		return err_field(err, "send_type",
				 "Please choose html or plaintext");
	if (json_array_size(list) == 0)
		return err_field(err, "test_emails",
				 "Please give at least one address");
	if (json_array_size(list) > TEST_ADDRESSES)
		return err_field(err, "test_emails",
				 "Please give at most %d addresses",
				 TEST_ADDRESSES);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *address =
			json_string_value(json_array_get(list, i));

		if (!address || !email_is_valid(address))
			return err_field(err, "test_emails",
					 "Please provide a valid email "
					 "address.");
		test_address_add(out, address);
	}
	return 0;
}

/* Of a campaign that shows feeds: what it would say of them now. No connection
 * of the database is held: the other side may be us. */
static int show_feed(struct request *rq, struct campaign *c,
		     struct content *content, struct mailing_text *out,
		     struct err *err)
{
	struct rss_options options = { .constrain_images = true };
	struct feed feed;

	if (c->rss)
		rss_options_load(c->rss, rq->arena, &options);
	if (rss_show_now(options.feed_url, options.constrain_images,
			 api_of(rq)->webhooks, rq->arena, &c->settings, content,
			 &feed, err) < 0)
		return -1;
	*out = (struct mailing_text){ .subject_line = c->settings.subject_line,
				      .preview_text = c->settings.preview_text,
				      .content = content };
	return 0;
}

int mc_campaigns_test(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct texts addresses = VEC_INIT;
	struct test_mail_order test = { .combination = NULL };
	struct mailing_text text;
	struct campaign campaign;
	struct content content;
	const json_t *body;
	bool shows_feeds;

	if (mc_body(rq, &body, err) < 0 ||
	    json_get_text(body, "combination_id", &test.combination, err) < 0 ||
	    read_addresses(body, &addresses, err) < 0 ||
	    mc_db(rq, &db, err) < 0 ||
	    mc_campaign_of_path(rq, db, &campaign, err) < 0 ||
	    content_get(db, campaign.id, rq->arena, &content, err) < 0)
		return -1;
	shows_feeds = campaign.rss || feed_show_is_needed(&content);
	store_put(&db); /* delivery takes one of its own */
	if (shows_feeds && show_feed(rq, &campaign, &content, &text, err) < 0)
		return -1;
	test.text = shows_feeds ? &text : NULL;
	test.addresses = addresses.v;
	test.n = addresses.n;
	if (delivery_send_test(api_of(rq)->delivery, campaign.id, &test, err) <
	    0)
		return -1;
	response_empty(rs, 204);
	return 0;
}

/* --- checklist --- */

int mc_campaigns_checklist(struct request *rq, struct response *rs,
			   struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(checklist_release) struct checklist checklist = { 0 };
	struct campaign_sender_facts facts;
	struct json_writer w = mc_writer(rq, rs);
	struct campaign c;

	if (mc_db(rq, &db, err) < 0 || tx_begin_snapshot(db, &tx, err) < 0 ||
	    delivery_facts(api_of(rq)->delivery, db, &facts, err) < 0 ||
	    mc_campaign_of_path(rq, db, &c, err) < 0 ||
	    checklist_make(db, &c, &facts, rq->now_ms, rq->arena, &checklist,
			   err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_bool(&w, "is_ready", checklist.is_ready);
	json_key_begin_array(&w, "items");
	vec_each (&checklist.items, item) {
		json_begin_object(&w);
		json_key_text(&w, "type", checklist_type_name(item->type));
		json_key_int(&w, "id", item->id);
		json_key_text(&w, "heading", item->heading);
		json_key_text(&w, "details", item->details);
		json_end_object(&w);
	}
	json_end_array(&w);
	mc_links_begin(&w);
	mc_link(&w, "parent", "GET", mc_base(rq), "/campaigns/%s", c.hex);
	mc_link(&w, "self", "GET", mc_base(rq), "/campaigns/%s/send-checklist",
		c.hex);
	mc_links_end(&w);
	json_end_object(&w);
	return 0;
}
