/*
 * Parts of a report that are not lists of people: links, domains, and what we
 * have no source for. Handlers; any worker.
 */
#include "api/handlers.h"
#include "api/mc30/report_json.h"
#include "base/err.h"

#include <stdlib.h>
#include <string.h>

static double part(int64_t n, int64_t of)
{
	return of > 0 ? (double)n / (double)of : 0;
}

/* --- click-details --- */

static void write_link(const struct request *rq, const struct campaign *c,
		       const struct report_link *link,
		       const struct report_figures *f, struct json_writer *w)
{
	const char *base = mc_base(rq);

	json_begin_object(w);
	json_key_text(w, "id", link->hex);
	json_key_text(w, "url", link->url);
	json_key_int(w, "total_clicks", link->clicks);
	json_key_number(w, "click_percentage", part(link->clicks, f->clicks));
	json_key_int(w, "unique_clicks", link->unique_clicks);
	json_key_number(w, "unique_click_percentage",
			part(link->unique_clicks, f->unique_clicks));
	json_key_time(w, "last_click", link->last_click_ms);
	json_key_text(w, "campaign_id", c->hex);
	mc_links_begin(w);
	mc_link(w, "parent", "GET", base, "/reports/%s/click-details", c->hex);
	mc_link(w, "self", "GET", base, "/reports/%s/click-details/%s", c->hex,
		link->hex);
	mc_link(w, "members", "GET", base,
		"/reports/%s/click-details/%s/members", c->hex, link->hex);
	mc_links_end(w);
	json_end_object(w);
}

static int by_clicks(const void *left, const void *right)
{
	const struct report_link *a = left, *b = right;

	if (a->clicks != b->clicks)
		return a->clicks < b->clicks ? -1 : 1;
	return (a->id > b->id) - (a->id < b->id);
}

static int by_unique_clicks(const void *left, const void *right)
{
	const struct report_link *a = left, *b = right;

	if (a->unique_clicks != b->unique_clicks)
		return a->unique_clicks < b->unique_clicks ? -1 : 1;
	return (a->id > b->id) - (a->id < b->id);
}

/* As the query asks; else they stay as they are in the mail. */
static int sort_links(const struct request *rq, struct report_links *links,
		      struct err *err)
{
	static const char *const fields[] = { "", "total_clicks",
					      "unique_clicks", NULL };
	static const char *const dirs[] = { "ASC", "DESC", NULL };
	int field = mc_query_word(rq, "sort_field", fields, 0, err);
	int dir = mc_query_word(rq, "sort_dir", dirs, 0, err);

	if (field < 0 || dir < 0)
		return -1;
	if (field == 0 || links->n == 0)
		return 0;
	qsort(links->v, links->n, sizeof(*links->v),
	      field == 1 ? by_clicks : by_unique_clicks);
	for (size_t i = 0; dir == 1 && i < links->n / 2; i++) {
		struct report_link *last = &links->v[links->n - 1 - i];
		struct report_link first = links->v[i];

		links->v[i] = *last;
		*last = first;
	}
	return 0;
}

int mc_reports_click_details(struct request *rq, struct response *rs,
			     struct err *err)
{
	CLEANUP(mc_reading_release) struct mc_reading r = MC_READING_INIT;
	CLEANUP(vec_release) struct report_links links = VEC_INIT;
	struct json_writer w = mc_writer(rq, rs);
	struct report_figures figures;
	struct mc_page page;

	if (mc_page(rq, &page, err) < 0 || mc_reading_begin(rq, &r, err) < 0 ||
	    report_figures(r.db, &r.campaign, &figures, err) < 0 ||
	    report_links_list(r.db, r.campaign.id, rq->arena, &links, err) <
		    0 ||
	    sort_links(rq, &links, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_begin_array(&w, "urls_clicked");
	for (size_t i = 0; i < links.n; i++)
		if (mc_on_page(&page, i))
			write_link(rq, &r.campaign, &links.v[i], &figures, &w);
	json_end_array(&w);
	mc_report_end(rq, &r.campaign, (int64_t)links.n, "/click-details", &w);
	json_end_object(&w);
	return 0;
}

int mc_reports_click_details_one(struct request *rq, struct response *rs,
				 struct err *err)
{
	CLEANUP(mc_reading_release) struct mc_reading r = MC_READING_INIT;
	CLEANUP(vec_release) struct report_links links = VEC_INIT;
	const char *hex = request_param(rq, "link_id");
	struct json_writer w = mc_writer(rq, rs);
	struct report_figures figures;

	if (mc_reading_begin(rq, &r, err) < 0 ||
	    report_figures(r.db, &r.campaign, &figures, err) < 0 ||
	    report_links_list(r.db, r.campaign.id, rq->arena, &links, err) < 0)
		return -1;
	vec_each (&links, link)
		if (!strcmp(link->hex, hex)) {
			write_link(rq, &r.campaign, link, &figures, &w);
			return 0;
		}
	return mc_not_found(err);
}

/* --- domain-performance --- */

static void write_domain(const struct report_domain *d, int64_t sent,
			 struct json_writer *w)
{
	int64_t delivered = d->sent - d->bounced;

	json_begin_object(w);
	json_key_text(w, "domain", d->name);
	json_key_int(w, "emails_sent", d->sent);
	json_key_int(w, "bounces", d->bounced);
	json_key_int(w, "opens", d->opened);
	json_key_int(w, "clicks", d->clicked);
	json_key_int(w, "unsubs", d->unsubscribed);
	json_key_int(w, "delivered", delivered);
	json_key_number(w, "emails_pct", part(d->sent, sent));
	json_key_number(w, "bounces_pct", part(d->bounced, d->sent));
	json_key_number(w, "opens_pct", part(d->opened, delivered));
	json_key_number(w, "clicks_pct", part(d->clicked, delivered));
	json_key_number(w, "unsubs_pct", part(d->unsubscribed, delivered));
	json_end_object(w);
}

int mc_reports_domains(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(mc_reading_release) struct mc_reading r = MC_READING_INIT;
	struct json_writer w = mc_writer(rq, rs);
	struct report_domain domains[REPORT_DOMAINS];
	int n;

	if (mc_reading_begin(rq, &r, err) < 0)
		return -1;
	n = report_domains(r.db, r.campaign.id, rq->arena, domains, err);
	if (n < 0)
		return -1;
	json_begin_object(&w);
	json_key_begin_array(&w, "domains");
	for (int i = 0; i < n; i++)
		write_domain(&domains[i], r.campaign.sent_seq, &w);
	json_end_array(&w);
	json_key_int(&w, "total_sent", r.campaign.sent_seq);
	mc_report_end(rq, &r.campaign, n, "/domain-performance", &w);
	json_end_object(&w);
	return 0;
}

/* --- what there is no source for --- */

static int write_empty(struct request *rq, struct response *rs,
		       const char *name, const char *path, struct err *err)
{
	CLEANUP(mc_reading_release) struct mc_reading r = MC_READING_INIT;
	struct json_writer w = mc_writer(rq, rs);

	if (mc_reading_begin(rq, &r, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_begin_array(&w, name);
	json_end_array(&w);
	mc_report_end(rq, &r.campaign, 0, path, &w);
	json_end_object(&w);
	return 0;
}

int mc_reports_locations(struct request *rq, struct response *rs,
			 struct err *err)
{
	return write_empty(rq, rs, "locations", "/locations", err);
}

int mc_reports_advice(struct request *rq, struct response *rs, struct err *err)
{
	return write_empty(rq, rs, "advice", "/advice", err);
}

int mc_reports_eepurl(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(mc_reading_release) struct mc_reading r = MC_READING_INIT;
	struct json_writer w = mc_writer(rq, rs);

	if (mc_reading_begin(rq, &r, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_begin_object(&w, "twitter");
	json_key_int(&w, "tweets", 0);
	json_key_text(&w, "first_tweet", "");
	json_key_text(&w, "last_tweet", "");
	json_key_int(&w, "retweets", 0);
	json_key_begin_array(&w, "statuses");
	json_end_array(&w);
	json_end_object(&w);
	json_key_begin_object(&w, "clicks");
	json_key_int(&w, "clicks", 0);
	json_key_text(&w, "first_click", "");
	json_key_text(&w, "last_click", "");
	json_key_begin_array(&w, "locations");
	json_end_array(&w);
	json_end_object(&w);
	json_key_begin_array(&w, "referrers");
	json_end_array(&w);
	json_key_text(&w, "eepurl", "");
	mc_report_end(rq, &r.campaign, 0, "/eepurl", &w);
	json_end_object(&w);
	return 0;
}
