#include "api/mc30/campaign_json.h"

#include "base/arena.h"
#include "base/err.h"
#include "campaign/campaign_hold.h"
#include "campaign/campaign_spread.h"
#include "campaign/checklist.h"
#include "campaign/report.h"
#include "campaign/rss/rss.h"
#include "campaign/rss/rss_options.h"
#include "delivery/delivery.h"
#include "delivery/track.h"

#include <string.h>

int mc_campaign_of_path(const struct request *rq, struct db *db,
			struct campaign *out, struct err *err)
{
	return campaign_get_by_hex(db, request_param(rq, "campaign_id"),
				   rq->arena, out, err);
}

int mc_campaign_to_read(const struct request *rq, struct db *db,
			struct campaign *out, struct err *err)
{
	CLEANUP(vec_release) struct campaigns found = VEC_INIT;
	CLEANUP(strbuf_release) struct strbuf hexes = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&hexes);

	if (!request_query_bool(rq, "with_archived", false))
		return mc_campaign_of_path(rq, db, out, err);
	json_begin_array(&w);
	json_text(&w, request_param(rq, "campaign_id"));
	json_end_array(&w);
	if (campaign_list_by_hex(db, sql_str(strbuf_str(&hexes)), rq->arena,
				 &found, err) < 0)
		return -1;
	if (found.n == 0)
		return mc_not_found(err);
	*out = found.v[0];
	return 0;
}

static void write_recipients(const struct campaign *c, int64_t count,
			     struct json_writer *w)
{
	json_key_begin_object(w, "recipients");
	json_key_text(w, "list_id", c->list_hex);
	json_key_bool(w, "list_is_active", *c->list_hex != '\0');
	json_key_text(w, "list_name", c->list_name);
	json_key_text(w, "segment_text", "");
	json_key_int(w, "recipient_count", count);
	if (c->segment_id) {
		json_key_begin_object(w, "segment_opts");
		json_key_int(w, "saved_segment_id", c->segment_id);
		json_key_text(w, "match", "any");
		json_key_begin_array(w, "conditions");
		json_end_array(w);
		json_end_object(w);
	} else if (c->segment_opts) {
		json_key_raw(w, "segment_opts", str_of(c->segment_opts));
	}
	json_end_object(w);
}

static void write_settings(const struct campaign *c, struct json_writer *w)
{
	const struct campaign_settings *s = &c->settings;
	struct campaign_spread spread;

	json_key_begin_object(w, "settings");
	json_key_text(w, "subject_line", s->subject_line);
	json_key_text(w, "preview_text", s->preview_text);
	json_key_text(w, "title", s->title);
	json_key_text(w, "from_name", s->from_name);
	json_key_text(w, "reply_to", s->reply_to);
	json_key_bool(w, "use_conversation", s->use_conversation);
	json_key_text(w, "to_name", s->to_name);
	json_key_text(w, "folder_id", c->folder_hex);
	json_key_bool(w, "authenticate", s->authenticate);
	json_key_bool(w, "auto_footer", s->auto_footer);
	json_key_bool(w, "inline_css", s->inline_css);
	json_key_bool(w, "auto_tweet", s->auto_tweet);
	json_key_bool(w, "fb_comments", s->fb_comments);
	json_key_raw(w, "auto_fb_post", str_of(s->auto_fb_post));
	campaign_spread_read(c->spread, &spread);
	json_key_bool(w, "timewarp", spread.timewarp);
	json_key_int(w, "template_id", s->template_id);
	json_key_bool(w, "drag_and_drop",
		      !strcmp(c->content_type, "multichannel"));
	json_end_object(w);
}

static void write_tracking(const struct campaign_tracking *t,
			   struct json_writer *w)
{
	json_key_begin_object(w, "tracking");
	json_key_bool(w, "opens", t->opens);
	json_key_bool(w, "html_clicks", t->html_clicks);
	json_key_bool(w, "text_clicks", t->text_clicks);
	json_key_bool(w, "goal_tracking", t->goal_tracking);
	json_key_bool(w, "ecomm360", t->ecomm360);
	json_key_text(w, "google_analytics", t->google_analytics);
	json_key_text(w, "clicktale", t->clicktale);
	json_end_object(w);
}

static void write_summary(const struct report_figures *f, struct json_writer *w)
{
	json_key_begin_object(w, "report_summary");
	json_key_int(w, "opens", f->opens);
	json_key_int(w, "unique_opens", f->unique_opens);
	json_key_number(w, "open_rate", report_open_rate(f));
	json_key_int(w, "clicks", f->clicks);
	json_key_int(w, "subscriber_clicks", f->unique_clickers);
	json_key_number(w, "click_rate", report_click_rate(f));
	json_key_begin_object(w, "ecommerce");
	json_key_int(w, "total_orders", 0);
	json_key_int(w, "total_spent", 0);
	json_key_int(w, "total_revenue", 0);
	json_end_object(w);
	json_end_object(w);
}

/* Ours alone: why it stands still though nobody stopped it. */
static void write_hold(const struct campaign_hold *hold, struct json_writer *w)
{
	if (!hold->reason)
		return;
	json_key_begin_object(w, "hold");
	json_key_text(w, "reason", hold->reason);
	json_key_text(w, "detail", hold->detail);
	json_key_time(w, "since", hold->since_ms);
	json_end_object(w);
}

void mc_delivery_status_write(const struct campaign *campaign,
			      const struct campaign_hold *hold,
			      const struct report_figures *figures,
			      struct json_writer *w)
{
	const char *status = NULL;

	switch (campaign->status) {
	case CAMPAIGN_SENDING:
	case CAMPAIGN_PAUSED:
	case CAMPAIGN_FINISHING:
		status = "delivering";
		break;
	case CAMPAIGN_SENT:
	case CAMPAIGN_ARCHIVED:
		status = "delivered";
		break;
	case CAMPAIGN_CANCELING:
		status = "canceling";
		break;
	case CAMPAIGN_CANCELED:
		status = "canceled";
		break;
	case CAMPAIGN_SAVE:
	case CAMPAIGN_SCHEDULE:
		break;
	}
	json_key_begin_object(w, "delivery_status");
	json_key_bool(w, "enabled", status != NULL);
	if (status) {
		json_key_bool(w, "can_cancel",
			      campaign_may_move(campaign->status,
						CAMPAIGN_CANCELING));
		json_key_text(w, "status", status);
		json_key_int(w, "emails_sent", figures->sent);
		json_key_int(w, "emails_canceled", figures->canceled);
	}
	write_hold(hold, w);
	json_end_object(w);
}

static void write_links(const struct request *rq, const struct campaign *c,
			struct json_writer *w)
{
	static const struct {
		const char *rel, *method, *path;
	} links[] = {
		{ "self", "GET", "" },
		{ "delete", "DELETE", "" },
		{ "update", "PATCH", "" },
		{ "send", "POST", "/actions/send" },
		{ "cancel_send", "POST", "/actions/cancel-send" },
		{ "content", "GET", "/content" },
		{ "send_checklist", "GET", "/send-checklist" },
		{ "feedback", "GET", "/feedback" },
		{ "replicate", "POST", "/actions/replicate" },
		{ "create_resend", "POST", "/actions/create-resend" },
	};
	const char *base = mc_base(rq);

	mc_links_begin(w);
	mc_link(w, "parent", "GET", base, "/campaigns");
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		mc_link(w, links[i].rel, links[i].method, base,
			"/campaigns/%s%s", c->hex, links[i].path);
	if (c->send_ms)
		mc_link(w, "report", "GET", base, "/reports/%s", c->hex);
	mc_links_end(w);
}

/* Of type rss; next_send, failure and failed_since are ours alone. */
static int write_feed(const struct request *rq, struct db *db,
		      const struct campaign *c, struct json_writer *w,
		      struct err *err)
{
	bool is_active = c->status == CAMPAIGN_SENDING;
	struct rss_options options;
	struct rss_state state;

	if (*c->parent_hex)
		json_key_text(w, "parent_campaign_id", c->parent_hex);
	if (!c->rss)
		return 0;
	if (rss_state_find(db, c->id, rq->arena, &state, err) < 0)
		return -1;
	rss_options_load(c->rss, rq->arena, &options);
	json_key_begin_object(w, "rss_opts");
	rss_options_write(&options, w);
	json_key_time(w, "last_sent", state.last_ms);
	json_key_time(w, "next_send", is_active ? state.next_ms : 0);
	json_key_text(w, "failure", state.failure ? state.failure : "");
	json_key_time(w, "failed_since", state.failed_ms);
	json_end_object(w);
	return 0;
}

/* Of a campaign that has a page as soon as it is sent. */
static const char *archive_url(const struct request *rq,
			       const struct campaign *c)
{
	CLEANUP(strbuf_release) struct strbuf url = STRBUF_INIT;

	track_add_copy_url(delivery_track(api_of(rq)->delivery), c->id, &url);
	return arena_str(rq->arena, strbuf_str(&url));
}

int mc_campaign_write(const struct request *rq, struct db *db,
		      const struct campaign *c, struct json_writer *w,
		      struct err *err)
{
	struct report_figures figures = { 0 };
	struct campaign_hold hold = { 0 };
	bool unsent =
		c->status == CAMPAIGN_SAVE || c->status == CAMPAIGN_SCHEDULE;
	int64_t count = c->recipients;

	if (unsent || !c->frozen) {
		if (campaign_count_recipients(db, c, rq->now_ms, &count, err) <
		    0)
			return -1;
	}
	if ((!unsent && report_figures(db, c, &figures, err) < 0) ||
	    campaign_hold_get(db, c->id, rq->arena, &hold, err) < 0)
		return -1;

	json_begin_object(w);
	json_key_text(w, "id", c->hex);
	json_key_int(w, "web_id", c->id);
	json_key_text(w, "type", c->type);
	json_key_time(w, "create_time", c->created_ms);
	json_key_text(w, "archive_url", archive_url(rq, c));
	json_key_text(w, "long_archive_url", archive_url(rq, c));
	json_key_text(w, "status", campaign_status_name(c->status));
	json_key_int(w, "emails_sent", c->sent_seq);
	json_key_time(w, "send_time", c->send_ms ? c->send_ms : c->schedule_ms);
	json_key_text(w, "content_type", c->content_type);
	json_key_bool(w, "needs_block_refresh", false);
	json_key_bool(w, "resendable", !campaign_cannot_resend(c));
	write_recipients(c, count, w);
	write_settings(c, w);
	if (mc_variate_write(rq, db, c, count, w, err) < 0)
		return -1;
	write_tracking(&c->tracking, w);
	if (!unsent)
		write_summary(&figures, w);
	if (write_feed(rq, db, c, w, err) < 0)
		return -1;
	mc_delivery_status_write(c, &hold, &figures, w);
	write_links(rq, c, w);
	json_end_object(w);
	return 0;
}
