/*
 * Parts of a report that are people: a page of recipients with what they did,
 * or one of them. Handlers; any worker.
 */
#include "api/handlers.h"
#include "api/mc30/report_json.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "delivery/trouble.h"

#include <string.h>

/* One page of people with what they did. */
struct people {
	struct mc_reading *r;
	struct report_rows rows;
	struct report_events events; /* by member and time */
	int64_t total;
};

static void people_release(struct people *p)
{
	vec_release(&p->rows);
	vec_release(&p->events);
}

static int read_page(const struct request *rq, struct mc_reading *r,
		     struct report_query *query, struct people *p,
		     struct err *err)
{
	struct mc_page page;

	p->r = r;
	if (mc_page(rq, &page, err) < 0 || mc_reading_begin(rq, r, err) < 0 ||
	    mc_reading_defs(rq, r, err) < 0)
		return -1;
	query->count = page.count;
	query->offset = page.offset;
	return report_list(r->db, &r->campaign, query, rq->arena, &p->rows,
			   &p->total, err);
}

static int read_events(const struct request *rq, struct people *p,
		       struct err *err)
{
	return report_events_list(p->r->db, p->r->campaign.id, &p->rows,
				  rq->arena, &p->events, err);
}

/* One person of the path, as a page of one. */
static int read_one(const struct request *rq, struct mc_reading *r,
		    int64_t link_id, struct people *p, struct err *err)
{
	struct report_row row;

	p->r = r;
	if (mc_reading_defs(rq, r, err) < 0 ||
	    mc_report_row_of_path(rq, r, link_id, &row, err) < 0)
		return -1;
	vec_push(&p->rows, row);
	p->total = 1;
	return 0;
}

/* The first event of a member: they are sorted. */
static size_t first_event(const struct people *p, int64_t member_id)
{
	size_t low = 0, high = p->events.n;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (p->events.v[middle].member_id < member_id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void write_link(const struct request *rq, const struct people *p,
		       const struct report_row *row, const char *part,
		       struct json_writer *w)
{
	const char *base = mc_base(rq), *hex = p->r->campaign.hex;

	mc_links_begin(w);
	mc_link(w, "parent", "GET", base, "/reports/%s%s", hex, part);
	mc_link(w, "self", "GET", base, "/reports/%s%s/%s", hex, part,
		row->email_hash);
	mc_link(w, "member", "GET", base, "/lists/%s/members/%s",
		p->r->campaign.list_hex, row->email_hash);
	mc_links_end(w);
}

typedef void (*write_fn)(const struct request *rq, const struct people *p,
			 const struct report_row *row, struct json_writer *w);

static void write_page(const struct request *rq, const struct people *p,
		       const char *name, const char *part, write_fn fn,
		       struct json_writer *w)
{
	json_begin_object(w);
	json_key_begin_array(w, name);
	vec_each (&p->rows, row)
		fn(rq, p, row, w);
	json_end_array(w);
	mc_report_end(rq, &p->r->campaign, p->total, part, w);
	json_end_object(w);
}

/* --- sent-to --- */

/* Ours alone: Mailchimp does not tell. */
static void write_detail(const struct report_row *row, struct json_writer *w)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	trouble_hide_addresses(row->detail, &text);
	json_key(w, "detail");
	json_str(w, strbuf_str(&text));
}

static void write_sent(const struct request *rq, const struct people *p,
		       const struct report_row *row, struct json_writer *w)
{
	static const char *const statuses[] = { "sent", "hard", "soft" };

	json_begin_object(w);
	mc_person_write(p->r, row, true, w);
	json_key_text(
		w, "status",
		statuses[row->bounce == 1 || row->bounce == 2 ? row->bounce
							      : 0]);
	if (row->bounce)
		write_detail(row, w);
	json_key_int(w, "open_count", row->opens + row->machine_opens);
	json_key_time(w, "last_open", row->last_open_ms);
	json_key_text(w, "absplit_group", "");
	json_key_int(w, "gmt_offset", 0);
	mc_report_ids_write(&p->r->campaign, w);
	write_link(rq, p, row, "/sent-to", w);
	json_end_object(w);
}

int mc_reports_sent_to(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(mc_reading_release) struct mc_reading r = MC_READING_INIT;
	CLEANUP(people_release) struct people p = { 0 };
	struct json_writer w = mc_writer(rq, rs);
	struct report_query query = { .kind = REPORT_SENT };

	if (read_page(rq, &r, &query, &p, err) < 0)
		return -1;
	write_page(rq, &p, "sent_to", "/sent-to", write_sent, &w);
	return 0;
}

int mc_reports_sent_to_one(struct request *rq, struct response *rs,
			   struct err *err)
{
	CLEANUP(mc_reading_release) struct mc_reading r = MC_READING_INIT;
	CLEANUP(people_release) struct people p = { 0 };
	struct json_writer w = mc_writer(rq, rs);

	if (mc_reading_begin(rq, &r, err) < 0 ||
	    read_one(rq, &r, 0, &p, err) < 0)
		return -1;
	write_sent(rq, &p, p.rows.v, &w);
	return 0;
}

/* --- email-activity --- */

static void write_event(const struct report_row *row,
			const struct report_event *e, struct json_writer *w)
{
	static const char *const actions[] = { "", "open", "click", "bounce" };

	json_begin_object(w);
	json_key_text(w, "action", actions[e->kind]);
	if (e->kind == ACTIVITY_BOUNCE)
		json_key_text(w, "type", row->bounce == 2 ? "soft" : "hard");
	json_key_time(w, "timestamp", e->at_ms);
	if (e->kind == ACTIVITY_CLICK)
		json_key_text(w, "url", e->url);
	if (e->kind != ACTIVITY_BOUNCE) {
		json_key_text(w, "ip", e->ip);
		json_key_bool(w, "is_machine", e->is_machine);
	}
	json_end_object(w);
}

static void write_activity(const struct request *rq, const struct people *p,
			   const struct report_row *row, struct json_writer *w)
{
	json_begin_object(w);
	mc_report_ids_write(&p->r->campaign, w);
	mc_person_write(p->r, row, false, w);
	json_key_begin_array(w, "activity");
	for (size_t i = first_event(p, row->member_id);
	     i < p->events.n && p->events.v[i].member_id == row->member_id; i++)
		write_event(row, &p->events.v[i], w);
	json_end_array(w);
	write_link(rq, p, row, "/email-activity", w);
	json_end_object(w);
}

int mc_reports_email_activity(struct request *rq, struct response *rs,
			      struct err *err)
{
	CLEANUP(mc_reading_release) struct mc_reading r = MC_READING_INIT;
	CLEANUP(people_release) struct people p = { 0 };
	struct json_writer w = mc_writer(rq, rs);
	struct report_query query = { .kind = REPORT_ACTIVE };

	if (mc_query_ms(rq, "since", &query.since_ms, err) < 0 ||
	    read_page(rq, &r, &query, &p, err) < 0 ||
	    read_events(rq, &p, err) < 0)
		return -1;
	write_page(rq, &p, "emails", "/email-activity", write_activity, &w);
	return 0;
}

int mc_reports_email_activity_one(struct request *rq, struct response *rs,
				  struct err *err)
{
	CLEANUP(mc_reading_release) struct mc_reading r = MC_READING_INIT;
	CLEANUP(people_release) struct people p = { 0 };
	struct json_writer w = mc_writer(rq, rs);

	if (mc_reading_begin(rq, &r, err) < 0 ||
	    read_one(rq, &r, 0, &p, err) < 0 || read_events(rq, &p, err) < 0)
		return -1;
	write_activity(rq, &p, p.rows.v, &w);
	return 0;
}

/* --- open-details --- */

static void write_opened(const struct request *rq, const struct people *p,
			 const struct report_row *row, struct json_writer *w)
{
	json_begin_object(w);
	mc_report_ids_write(&p->r->campaign, w);
	mc_person_write(p->r, row, true, w);
	json_key_int(w, "opens_count", row->opens + row->machine_opens);
	json_key_int(w, "proxy_excluded_opens_count", row->opens);
	json_key_begin_array(w, "opens");
	for (size_t i = first_event(p, row->member_id);
	     i < p->events.n && p->events.v[i].member_id == row->member_id;
	     i++) {
		const struct report_event *e = &p->events.v[i];

		if (e->kind != ACTIVITY_OPEN)
			continue;
		json_begin_object(w);
		json_key_time(w, "timestamp", e->at_ms);
		json_key_bool(w, "is_proxy_open", e->is_machine);
		json_end_object(w);
	}
	json_end_array(w);
	write_link(rq, p, row, "/open-details", w);
	json_end_object(w);
}

int mc_reports_open_details(struct request *rq, struct response *rs,
			    struct err *err)
{
	CLEANUP(mc_reading_release) struct mc_reading r = MC_READING_INIT;
	CLEANUP(people_release) struct people p = { 0 };
	struct json_writer w = mc_writer(rq, rs);
	struct report_query query = { .kind = REPORT_OPENED };
	struct report_figures figures;

	if (mc_query_ms(rq, "since", &query.since_ms, err) < 0 ||
	    read_page(rq, &r, &query, &p, err) < 0 ||
	    read_events(rq, &p, err) < 0 ||
	    report_figures(r.db, &r.campaign, &figures, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_begin_array(&w, "members");
	vec_each (&p.rows, row)
		write_opened(rq, &p, row, &w);
	json_end_array(&w);
	json_key_int(&w, "total_opens", figures.opens);
	json_key_int(&w, "total_proxy_excluded_opens", figures.people_opens);
	mc_report_end(rq, &r.campaign, p.total, "/open-details", &w);
	json_end_object(&w);
	return 0;
}

int mc_reports_open_details_one(struct request *rq, struct response *rs,
				struct err *err)
{
	CLEANUP(mc_reading_release) struct mc_reading r = MC_READING_INIT;
	CLEANUP(people_release) struct people p = { 0 };
	struct json_writer w = mc_writer(rq, rs);

	if (mc_reading_begin(rq, &r, err) < 0 ||
	    read_one(rq, &r, 0, &p, err) < 0 || read_events(rq, &p, err) < 0)
		return -1;
	if (p.rows.v[0].opens + p.rows.v[0].machine_opens == 0)
		return mc_not_found(err);
	write_opened(rq, &p, p.rows.v, &w);
	return 0;
}

/* --- unsubscribed --- */

static void write_unsubscribed(const struct request *rq, const struct people *p,
			       const struct report_row *row,
			       struct json_writer *w)
{
	json_begin_object(w);
	mc_person_write(p->r, row, true, w);
	json_key_time(w, "timestamp", row->unsubscribed_ms);
	json_key_text(w, "reason", row->reason);
	mc_report_ids_write(&p->r->campaign, w);
	write_link(rq, p, row, "/unsubscribed", w);
	json_end_object(w);
}

int mc_reports_unsubscribed(struct request *rq, struct response *rs,
			    struct err *err)
{
	CLEANUP(mc_reading_release) struct mc_reading r = MC_READING_INIT;
	CLEANUP(people_release) struct people p = { 0 };
	struct json_writer w = mc_writer(rq, rs);
	struct report_query query = { .kind = REPORT_UNSUBSCRIBED };

	if (read_page(rq, &r, &query, &p, err) < 0)
		return -1;
	write_page(rq, &p, "unsubscribes", "/unsubscribed", write_unsubscribed,
		   &w);
	return 0;
}

int mc_reports_unsubscribed_one(struct request *rq, struct response *rs,
				struct err *err)
{
	CLEANUP(mc_reading_release) struct mc_reading r = MC_READING_INIT;
	CLEANUP(people_release) struct people p = { 0 };
	struct json_writer w = mc_writer(rq, rs);

	if (mc_reading_begin(rq, &r, err) < 0 ||
	    read_one(rq, &r, 0, &p, err) < 0)
		return -1;
	if (!p.rows.v[0].unsubscribed_ms)
		return mc_not_found(err);
	write_unsubscribed(rq, &p, p.rows.v, &w);
	return 0;
}

/* --- abuse-reports: their id is the recipient's --- */

static void write_abuse(const struct request *rq, const struct people *p,
			const struct report_row *row, struct json_writer *w)
{
	const char *base = mc_base(rq), *hex = p->r->campaign.hex;

	json_begin_object(w);
	json_key_int(w, "id", row->member_id);
	mc_report_ids_write(&p->r->campaign, w);
	mc_person_write(p->r, row, true, w);
	json_key_time(w, "date", row->complained_ms);
	mc_links_begin(w);
	mc_link(w, "parent", "GET", base, "/reports/%s/abuse-reports", hex);
	mc_link(w, "self", "GET", base, "/reports/%s/abuse-reports/%lld", hex,
		(long long)row->member_id);
	mc_links_end(w);
	json_end_object(w);
}

int mc_reports_abuse(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(mc_reading_release) struct mc_reading r = MC_READING_INIT;
	CLEANUP(people_release) struct people p = { 0 };
	struct json_writer w = mc_writer(rq, rs);
	struct report_query query = { .kind = REPORT_COMPLAINED };

	if (read_page(rq, &r, &query, &p, err) < 0)
		return -1;
	write_page(rq, &p, "abuse_reports", "/abuse-reports", write_abuse, &w);
	return 0;
}

int mc_reports_abuse_one(struct request *rq, struct response *rs,
			 struct err *err)
{
	CLEANUP(mc_reading_release) struct mc_reading r = MC_READING_INIT;
	CLEANUP(people_release) struct people p = { .r = &r };
	struct json_writer w = mc_writer(rq, rs);
	struct report_row row;
	int64_t id;
	int found;

	if (request_param_id(rq, "report_id", &id, err) < 0 ||
	    mc_reading_begin(rq, &r, err) < 0 ||
	    mc_reading_defs(rq, &r, err) < 0)
		return -1;
	found = report_find(r.db, r.campaign.id, id, 0, rq->arena, &row, err);
	if (found < 0)
		return -1;
	if (found == 0 || !row.complained_ms)
		return mc_not_found(err);
	write_abuse(rq, &p, &row, &w);
	return 0;
}

/* --- click-details of a link --- */

static int find_link(const struct request *rq, struct mc_reading *r,
		     struct report_link *out, struct err *err)
{
	CLEANUP(vec_release) struct report_links links = VEC_INIT;
	const char *hex = request_param(rq, "link_id");

	if (report_links_list(r->db, r->campaign.id, rq->arena, &links, err) <
	    0)
		return -1;
	vec_each (&links, link)
		if (!strcmp(link->hex, hex)) {
			*out = *link;
			return 0;
		}
	return mc_not_found(err);
}

static void write_clicker(const struct request *rq, const struct people *p,
			  const struct report_row *row, struct json_writer *w)
{
	const char *link = request_param(rq, "link_id");

	json_begin_object(w);
	mc_person_write(p->r, row, true, w);
	json_key_int(w, "clicks", row->link_clicks);
	json_key_bool(w, "is_machine", row->is_machine);
	json_key_text(w, "url_id", link);
	mc_report_ids_write(&p->r->campaign, w);
	mc_links_begin(w);
	mc_link(w, "self", "GET", mc_base(rq),
		"/reports/%s/click-details/%s/members/%s", p->r->campaign.hex,
		link, row->email_hash);
	mc_links_end(w);
	json_end_object(w);
}

int mc_reports_click_members(struct request *rq, struct response *rs,
			     struct err *err)
{
	CLEANUP(mc_reading_release) struct mc_reading r = MC_READING_INIT;
	CLEANUP(people_release) struct people p = { .r = &r };
	struct json_writer w = mc_writer(rq, rs);
	struct report_query query = { .kind = REPORT_CLICKED };
	struct report_link link;
	struct mc_page page;

	if (mc_page(rq, &page, err) < 0 || mc_reading_begin(rq, &r, err) < 0 ||
	    mc_reading_defs(rq, &r, err) < 0 ||
	    find_link(rq, &r, &link, err) < 0)
		return -1;
	query.link_id = link.id;
	query.count = page.count;
	query.offset = page.offset;
	if (report_list(r.db, &r.campaign, &query, rq->arena, &p.rows, &p.total,
			err) < 0)
		return -1;
	write_page(rq, &p, "members", "/click-details", write_clicker, &w);
	return 0;
}

int mc_reports_click_members_one(struct request *rq, struct response *rs,
				 struct err *err)
{
	CLEANUP(mc_reading_release) struct mc_reading r = MC_READING_INIT;
	CLEANUP(people_release) struct people p = { 0 };
	struct json_writer w = mc_writer(rq, rs);
	struct report_link link;

	if (mc_reading_begin(rq, &r, err) < 0 ||
	    find_link(rq, &r, &link, err) < 0 ||
	    read_one(rq, &r, link.id, &p, err) < 0)
		return -1;
	if (p.rows.v[0].link_clicks == 0)
		return mc_not_found(err);
	write_clicker(rq, &p, p.rows.v, &w);
	return 0;
}
