/* The report of a campaign in figures. Handlers; any worker. */
#include "api/handlers.h"
#include "api/mc30/report_json.h"
#include "audience/list.h"
#include "base/err.h"
#include "campaign/campaign_hold.h"
#include "campaign/rss/rss.h"
#include "campaign/variate/variate_figures.h"

#include <string.h>

/* Figures of a list cost; the reports of a page mostly share one. */
struct list_figures {
	int64_t list_id;
	struct list_stats stats;
};

static int list_figures(const struct request *rq, struct db *db,
			const struct campaign *c, struct list_figures *cache,
			struct err *err)
{
	struct list list;

	if (cache->list_id == c->list_id)
		return 0;
	cache->stats = (struct list_stats){ 0 };
	cache->list_id = c->list_id;
	if (!*c->list_hex)
		return 0;
	if (list_get_by_id(db, c->list_id, rq->arena, &list, err) < 0)
		return -1;
	return list_stats(db, &list, rq->now_ms, &cache->stats, err);
}

static void write_opens(const struct report_figures *f, struct json_writer *w)
{
	json_key_begin_object(w, "opens");
	json_key_int(w, "opens_total", f->opens);
	json_key_int(w, "proxy_excluded_opens", f->people_opens);
	json_key_int(w, "unique_opens", f->unique_opens);
	json_key_int(w, "proxy_excluded_unique_opens", f->unique_people_opens);
	json_key_number(w, "open_rate", report_open_rate(f));
	json_key_number(w, "proxy_excluded_open_rate",
			report_people_open_rate(f));
	json_key_time(w, "last_open", f->last_open_ms);
	json_end_object(w);
}

static void write_clicks(const struct report_figures *f, struct json_writer *w)
{
	json_key_begin_object(w, "clicks");
	json_key_int(w, "clicks_total", f->clicks);
	json_key_int(w, "unique_clicks", f->unique_clicks);
	json_key_int(w, "unique_subscriber_clicks", f->unique_clickers);
	json_key_number(w, "click_rate", report_click_rate(f));
	json_key_time(w, "last_click", f->last_click_ms);
	json_end_object(w);
}

static int write_zones(struct db *db, const struct campaign *c,
		       struct json_writer *w, struct err *err)
{
	CLEANUP(vec_release) struct zones_figures zones = VEC_INIT;

	if (zones_figures_list(db, c, &zones, err) < 0)
		return -1;
	json_key_begin_array(w, "timewarp");
	vec_each (&zones, zone) {
		const struct report_figures *f = &zone->figures;

		json_begin_object(w);
		json_key_int(w, "gmt_offset", zone->hours);
		json_key_int(w, "opens", f->opens);
		json_key_time(w, "last_open", f->last_open_ms);
		json_key_int(w, "unique_opens", f->unique_opens);
		json_key_int(w, "clicks", f->clicks);
		json_key_time(w, "last_click", f->last_click_ms);
		json_key_int(w, "unique_clicks", f->unique_clicks);
		json_key_int(w, "bounces", f->hard_bounces + f->soft_bounces);
		json_end_object(w);
	}
	json_end_array(w);
	return 0;
}

/* Of what a feed brought: when it brought a mail last. */
static int find_last_send(const struct request *rq, struct db *db,
			  const struct campaign *c, int64_t *out,
			  struct err *err)
{
	struct rss_state state = { .last_ms = 0 };

	if (c->parent_id &&
	    rss_state_find(db, c->parent_id, rq->arena, &state, err) < 0)
		return -1;
	*out = state.last_ms;
	return 0;
}

/* Nothing is shared by a link without signing in, and no other senders of an
 * industry are known here. */
static void write_unshared(struct json_writer *w)
{
	json_key_begin_object(w, "industry_stats");
	json_end_object(w);
	json_key_begin_object(w, "share_report");
	json_key_text(w, "share_url", "");
	json_key_text(w, "share_password", "");
	json_end_object(w);
}

/* What we have no source for is 0, as in accounts without it. */
static void write_others(int64_t forwards, struct json_writer *w)
{
	json_key_begin_object(w, "forwards");
	json_key_int(w, "forwards_count", forwards);
	json_key_int(w, "forwards_opens", 0);
	json_end_object(w);
	json_key_begin_object(w, "facebook_likes");
	json_key_int(w, "recipient_likes", 0);
	json_key_int(w, "unique_likes", 0);
	json_key_int(w, "facebook_likes", 0);
	json_end_object(w);
	json_key_begin_object(w, "ecommerce");
	json_key_int(w, "total_orders", 0);
	json_key_int(w, "total_spent", 0);
	json_key_int(w, "total_revenue", 0);
	json_key_text(w, "currency_code", "");
	json_end_object(w);
}

static void write_list_stats(const struct list_stats *s, struct json_writer *w)
{
	json_key_begin_object(w, "list_stats");
	json_key_number(w, "sub_rate", s->avg_sub_rate);
	json_key_number(w, "unsub_rate", s->avg_unsub_rate);
	json_key_number(w, "open_rate", s->open_rate);
	json_key_number(w, "proxy_excluded_open_rate", s->open_rate);
	json_key_number(w, "click_rate", s->click_rate);
	json_end_object(w);
}

static int write_hours(struct db *db, const struct campaign *c,
		       struct json_writer *w, struct err *err)
{
	struct report_hour hours[REPORT_HOURS];

	if (report_hours(db, c, hours, err) < 0)
		return -1;
	json_key_begin_array(w, "timeseries");
	for (int i = 0; i < REPORT_HOURS; i++) {
		json_begin_object(w);
		json_key_time(w, "timestamp", hours[i].at_ms);
		json_key_int(w, "emails_sent", hours[i].sent);
		json_key_int(w, "unique_opens", hours[i].opened);
		json_key_int(w, "proxy_excluded_unique_opens", hours[i].opened);
		json_key_int(w, "recipients_clicks", hours[i].clicked);
		json_end_object(w);
	}
	json_end_array(w);
	return 0;
}

static void write_head(const struct campaign *c, const char *id,
		       const struct report_figures *f, struct json_writer *w)
{
	json_key_text(w, "id", id);
	json_key_text(w, "campaign_title", c->settings.title);
	json_key_text(w, "type", c->type);
	json_key_text(w, "list_id", c->list_hex);
	json_key_bool(w, "list_is_active", *c->list_hex != '\0');
	json_key_text(w, "list_name", c->list_name);
	json_key_text(w, "subject_line", c->settings.subject_line);
	json_key_text(w, "preview_text", c->settings.preview_text);
	json_key_int(w, "emails_sent", f->sent);
	json_key_int(w, "abuse_reports", f->complained);
	json_key_int(w, "unsubscribed", f->unsubscribed);
	json_key_time(w, "send_time", c->send_ms);
	json_key_begin_object(w, "bounces");
	json_key_int(w, "hard_bounces", f->hard_bounces);
	json_key_int(w, "soft_bounces", f->soft_bounces);
	json_key_int(w, "syntax_errors", 0);
	json_end_object(w);
}

static void write_links(const struct request *rq, const struct campaign *c,
			struct json_writer *w)
{
	static const char *const parts[] = { "sent-to",
					     "email-activity",
					     "open-details",
					     "click-details",
					     "unsubscribed",
					     "abuse-reports",
					     "domain-performance",
					     "sub-reports" };
	const char *base = mc_base(rq);

	mc_links_begin(w);
	mc_link(w, "parent", "GET", base, "/reports");
	mc_link(w, "self", "GET", base, "/reports/%s", c->hex);
	mc_link(w, "campaign", "GET", base, "/campaigns/%s", c->hex);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		mc_link(w, parts[i], "GET", base, "/reports/%s/%s", c->hex,
			parts[i]);
	mc_links_end(w);
}

static int write_report(const struct request *rq, struct db *db,
			const struct campaign *c, struct list_figures *cache,
			struct json_writer *w, struct err *err)
{
	struct report_figures f;
	struct campaign_hold hold;
	int64_t forwards, last_send_ms;

	if (report_figures(db, c, &f, err) < 0 ||
	    report_forwards(db, c->id, &forwards, err) < 0 ||
	    campaign_hold_get(db, c->id, rq->arena, &hold, err) < 0 ||
	    find_last_send(rq, db, c, &last_send_ms, err) < 0 ||
	    list_figures(rq, db, c, cache, err) < 0)
		return -1;
	json_begin_object(w);
	write_head(c, c->hex, &f, w);
	json_key_time(w, "rss_last_send", last_send_ms);
	write_opens(&f, w);
	write_clicks(&f, w);
	write_others(forwards, w);
	write_list_stats(&cache->stats, w);
	write_unshared(w);
	if (write_zones(db, c, w, err) < 0 || write_hours(db, c, w, err) < 0)
		return -1;
	mc_delivery_status_write(c, &hold, &f, w);
	write_links(rq, c, w);
	json_end_object(w);
	return 0;
}

/* --- tests --- */

/* One combination, as if it were a campaign. */
struct sub_report {
	const struct campaign *campaign;
	const char *id;
	struct campaign_hold hold;
	struct list_figures list;
};

static void write_sub_report(const struct request *rq,
			     const struct sub_report *r,
			     const struct report_figures *f,
			     struct json_writer *w)
{
	json_begin_object(w);
	write_head(r->campaign, r->id, f, w);
	write_opens(f, w);
	write_clicks(f, w);
	write_others(0, w);
	write_list_stats(&r->list.stats, w);
	json_key_text(w, "rss_last_send", "");
	write_unshared(w);
	json_key_begin_array(w, "timewarp");
	json_end_array(w);
	json_key_begin_array(w, "timeseries");
	json_end_array(w);
	mc_delivery_status_write(r->campaign, &r->hold, f, w);
	mc_links_begin(w);
	mc_link(w, "parent", "GET", mc_base(rq), "/reports/%s",
		r->campaign->hex);
	mc_links_end(w);
	json_end_object(w);
}

/* Returns how many, or -1. */
static int write_sub_reports(const struct request *rq, struct db *db,
			     const struct campaign *c, struct json_writer *w,
			     struct err *err)
{
	struct variate_combination all[VARIATE_VARIANTS];
	struct sub_report r = { .list = { 0 } };
	struct variate_figures figures;
	struct variate v;
	int n;

	if (!variate_read(c->variate, rq->arena, &v) || !c->send_ms)
		return 0;
	if (variate_figures(db, c->id, &figures, err) < 0 ||
	    campaign_hold_get(db, c->id, rq->arena, &r.hold, err) < 0 ||
	    list_figures(rq, db, c, &r.list, err) < 0)
		return -1;
	n = variate_combinations(&v, c->hex, all);
	for (int i = 0; i < n; i++) {
		struct campaign one = *c;

		(void)variate_apply(&one, i + 1, rq->arena);
		r.campaign = &one;
		r.id = all[i].id;
		write_sub_report(rq, &r, &figures.of[i + 1], w);
	}
	return n;
}

int mc_reports_sub_reports(struct request *rq, struct response *rs,
			   struct err *err)
{
	CLEANUP(mc_reading_release) struct mc_reading r = MC_READING_INIT;
	struct json_writer w = mc_writer(rq, rs);
	int n;

	if (mc_reading_begin(rq, &r, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_begin_array(&w, "reports");
	n = write_sub_reports(rq, r.db, &r.campaign, &w, err);
	if (n < 0)
		return -1;
	json_end_array(&w);
	mc_report_end(rq, &r.campaign, n, "/sub-reports", &w);
	json_end_object(&w);
	return 0;
}

/* --- all figures --- */

int mc_reports_get(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(mc_reading_release) struct mc_reading r = MC_READING_INIT;
	struct json_writer w = mc_writer(rq, rs);
	struct list_figures cache = { 0 };

	if (mc_reading_begin(rq, &r, err) < 0)
		return -1;
	if (!r.campaign.send_ms)
		return mc_not_found(err);
	return write_report(rq, r.db, &r.campaign, &cache, &w, err);
}

static int read_filter(const struct request *rq, struct campaign_filter *f,
		       struct err *err)
{
	const char *type = request_query(rq, "type");
	struct mc_page page;

	if (mc_page(rq, &page, err) < 0 ||
	    mc_query_ms(rq, "before_send_time", &f->before_send_ms, err) < 0 ||
	    mc_query_ms(rq, "since_send_time", &f->since_send_ms, err) < 0)
		return -1;
	/* Those that have begun to send; the newest send first. */
	if (!f->since_send_ms)
		f->since_send_ms = 1;
	f->type = type && *type ? type : NULL;
	f->sort_by_send = f->newest_first = true;
	f->count = page.count;
	f->offset = page.offset;
	return 0;
}

int mc_reports_list(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(vec_release) struct campaigns campaigns = VEC_INIT;
	struct json_writer w = mc_writer(rq, rs);
	struct campaign_filter filter = { 0 };
	struct list_figures cache = { 0 };
	int64_t total;

	if (read_filter(rq, &filter, err) < 0 || mc_db(rq, &db, err) < 0 ||
	    tx_begin_snapshot(db, &tx, err) < 0 ||
	    campaign_list(db, &filter, rq->arena, &campaigns, &total, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_begin_array(&w, "reports");
	vec_each (&campaigns, c)
		if (write_report(rq, db, c, &cache, &w, err) < 0)
			return -1;
	json_end_array(&w);
	mc_collection_end(&w, total, mc_base(rq), "/reports", "");
	json_end_object(&w);
	return 0;
}
