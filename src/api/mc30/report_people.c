/*
 * Parts of a report that are people: a page of recipients with what they did,
 * or one of them. A part is a row of a table: which recipients, how one is
 * written. Handlers; any worker.
 */
#include "api/handlers.h"
#include "api/mc30/report_json.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "delivery/trouble.h"

#include <string.h>

/* Recipients with what they did. */
struct people {
	const struct request *rq;
	struct mc_reading r;
	struct report_rows rows;
	struct report_events events; /* by member and time */
	int64_t total;
	int64_t link_id;  /* 0: of no link */
	int64_t since_ms; /* of one person: its events from then on */
};
#define PEOPLE_INIT(request)                          \
	{                                             \
		.rq = (request), .r = MC_READING_INIT \
	}

struct part {
	const char *name, *path; /* "sent_to", "/sent-to" */
	enum report_kind kind;
	bool has_events; /* each person's, and `since` */
	bool of_link;    /* {link_id} of the path */
	void (*write)(const struct people *p, const struct report_row *row,
		      struct json_writer *w);
	/* Is the recipient one of these? NULL: each is. */
	bool (*has)(const struct report_row *row);
	/* What stands before the end of a page; NULL: nothing. */
	int (*write_sums)(const struct people *p, struct json_writer *w,
			  struct err *err);
};

static void people_release(struct people *p)
{
	vec_release(&p->rows);
	vec_release(&p->events);
	mc_reading_release(&p->r);
}

static int find_link(struct people *p, struct err *err)
{
	CLEANUP(vec_release) struct report_links links = VEC_INIT;
	const char *hex = request_param(p->rq, "link_id");

	if (report_links_list(p->r.db, p->r.campaign.id, p->rq->arena, &links,
			      err) < 0)
		return -1;
	vec_each (&links, link)
		if (!strcmp(link->hex, hex)) {
			p->link_id = link->id;
			return 0;
		}
	return mc_not_found(err);
}

static int begin(struct people *p, const struct part *part, struct err *err)
{
	if (mc_reading_begin(p->rq, &p->r, err) < 0 ||
	    mc_reading_defs(p->rq, &p->r, err) < 0)
		return -1;
	return part->of_link ? find_link(p, err) : 0;
}

static int read_events(struct people *p, struct err *err)
{
	return report_events_list(p->r.db, p->r.campaign.id, &p->rows,
				  p->rq->arena, &p->events, err);
}

static int read_order(const struct request *rq, const struct part *part,
		      int *out, struct err *err)
{
	static const char *const fields[] = { "", "opens_count", NULL };
	static const char *const dirs[] = { "ASC", "DESC", NULL };
	int field, dir;

	*out = 0;
	if (part->kind != REPORT_OPENED)
		return 0;
	field = mc_query_word(rq, "sort_field", fields, 0, err);
	dir = mc_query_word(rq, "sort_dir", dirs, 0, err);
	if (field < 0 || dir < 0)
		return -1;
	if (field > 0)
		*out = dir == 1 ? -1 : 1;
	return 0;
}

static int list_part(struct request *rq, struct response *rs,
		     const struct part *part, struct err *err)
{
	CLEANUP(people_release) struct people p = PEOPLE_INIT(rq);
	struct report_query query = { .kind = part->kind };
	struct json_writer w = mc_writer(rq, rs);
	struct mc_page page;

	if ((part->has_events &&
	     mc_query_ms(rq, "since", &query.since_ms, err) < 0) ||
	    read_order(rq, part, &query.by_opens, err) < 0 ||
	    mc_page(rq, &page, err) < 0 || begin(&p, part, err) < 0)
		return -1;
	query.count = page.count;
	query.offset = page.offset;
	query.link_id = p.link_id;
	if (report_list(p.r.db, &p.r.campaign, &query, rq->arena, &p.rows,
			&p.total, err) < 0 ||
	    (part->has_events && read_events(&p, err) < 0))
		return -1;
	json_begin_object(&w);
	json_key_begin_array(&w, part->name);
	vec_each (&p.rows, row)
		part->write(&p, row, &w);
	json_end_array(&w);
	if (part->write_sums && part->write_sums(&p, &w, err) < 0)
		return -1;
	mc_report_end(rq, &p.r.campaign, p.total, part->path, &w);
	json_end_object(&w);
	return 0;
}

static int show_one(struct people *p, struct response *rs,
		    const struct part *part, const struct report_row *row,
		    struct err *err)
{
	struct json_writer w = mc_writer(p->rq, rs);

	if (part->has && !part->has(row))
		return mc_not_found(err);
	vec_push(&p->rows, *row);
	if (part->has_events && read_events(p, err) < 0)
		return -1;
	part->write(p, row, &w);
	return 0;
}

/* {subscriber_hash} of the path. */
static int show_part(struct request *rq, struct response *rs,
		     const struct part *part, struct err *err)
{
	CLEANUP(people_release) struct people p = PEOPLE_INIT(rq);
	struct report_row row;

	if ((part->has_events &&
	     mc_query_ms(rq, "since", &p.since_ms, err) < 0) ||
	    begin(&p, part, err) < 0 ||
	    mc_report_row_of_path(rq, &p.r, p.link_id, &row, err) < 0)
		return -1;
	return show_one(&p, rs, part, &row, err);
}

static void write_links(const struct people *p, const struct report_row *row,
			const char *path, struct json_writer *w)
{
	const char *base = mc_base(p->rq), *hex = p->r.campaign.hex;

	mc_links_begin(w);
	mc_link(w, "parent", "GET", base, "/reports/%s%s", hex, path);
	mc_link(w, "self", "GET", base, "/reports/%s%s/%s", hex, path,
		row->email_hash);
	mc_link(w, "member", "GET", base, "/lists/%s/members/%s",
		p->r.campaign.list_hex, row->email_hash);
	mc_links_end(w);
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

static void write_sent(const struct people *p, const struct report_row *row,
		       struct json_writer *w)
{
	static const char *const statuses[] = { "sent", "hard", "soft" };

	json_begin_object(w);
	mc_person_write(&p->r, row, true, w);
	json_key_text(
		w, "status",
		statuses[row->bounce == 1 || row->bounce == 2 ? row->bounce
							      : 0]);
	if (row->bounce || *row->detail) /* an answer that is not known, too */
		write_detail(row, w);
	if (row->is_caught)
		json_key_bool(w, "caught", true); /* ours alone, too */
	if (row->variant > 0)
		json_key_text(
			w, "absplit_group",
			(const char[]){ (char)('a' + row->variant - 1), 0 });
	json_key_int(w, "open_count", row->opens + row->machine_opens);
	json_key_time(w, "last_open", row->last_open_ms);
	json_key_int(w, "gmt_offset", row->zone_hours);
	mc_report_ids_write(&p->r.campaign, w);
	write_links(p, row, "/sent-to", w);
	json_end_object(w);
}

static const struct part sent_to = {
	.name = "sent_to",
	.path = "/sent-to",
	.kind = REPORT_SENT,
	.write = write_sent,
};

int mc_reports_sent_to(struct request *rq, struct response *rs, struct err *err)
{
	return list_part(rq, rs, &sent_to, err);
}

int mc_reports_sent_to_one(struct request *rq, struct response *rs,
			   struct err *err)
{
	return show_part(rq, rs, &sent_to, err);
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

static void write_activity(const struct people *p, const struct report_row *row,
			   struct json_writer *w)
{
	json_begin_object(w);
	mc_report_ids_write(&p->r.campaign, w);
	mc_person_write(&p->r, row, false, w);
	json_key_begin_array(w, "activity");
	for (size_t i = vec_lower(&p->events, member_id, row->member_id);
	     i < p->events.n && p->events.v[i].member_id == row->member_id; i++)
		if (p->events.v[i].at_ms >= p->since_ms)
			write_event(row, &p->events.v[i], w);
	json_end_array(w);
	write_links(p, row, "/email-activity", w);
	json_end_object(w);
}

static const struct part email_activity = {
	.name = "emails",
	.path = "/email-activity",
	.kind = REPORT_ACTIVE,
	.write = write_activity,
	.has_events = true,
};

int mc_reports_email_activity(struct request *rq, struct response *rs,
			      struct err *err)
{
	return list_part(rq, rs, &email_activity, err);
}

int mc_reports_email_activity_one(struct request *rq, struct response *rs,
				  struct err *err)
{
	return show_part(rq, rs, &email_activity, err);
}

/* --- open-details --- */

static void write_opened(const struct people *p, const struct report_row *row,
			 struct json_writer *w)
{
	json_begin_object(w);
	mc_report_ids_write(&p->r.campaign, w);
	mc_person_write(&p->r, row, true, w);
	json_key_int(w, "opens_count", row->opens + row->machine_opens);
	json_key_int(w, "proxy_excluded_opens_count", row->opens);
	json_key_begin_array(w, "opens");
	for (size_t i = vec_lower(&p->events, member_id, row->member_id);
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
	write_links(p, row, "/open-details", w);
	json_end_object(w);
}

static bool has_opened(const struct report_row *row)
{
	return row->opens + row->machine_opens > 0;
}

static int write_opens(const struct people *p, struct json_writer *w,
		       struct err *err)
{
	struct report_figures figures;

	if (report_figures(p->r.db, &p->r.campaign, &figures, err) < 0)
		return -1;
	json_key_int(w, "total_opens", figures.opens);
	json_key_int(w, "total_proxy_excluded_opens", figures.people_opens);
	return 0;
}

static const struct part open_details = {
	.name = "members",
	.path = "/open-details",
	.kind = REPORT_OPENED,
	.write = write_opened,
	.has_events = true,
	.has = has_opened,
	.write_sums = write_opens,
};

int mc_reports_open_details(struct request *rq, struct response *rs,
			    struct err *err)
{
	return list_part(rq, rs, &open_details, err);
}

int mc_reports_open_details_one(struct request *rq, struct response *rs,
				struct err *err)
{
	return show_part(rq, rs, &open_details, err);
}

/* --- unsubscribed --- */

static void write_unsubscribed(const struct people *p,
			       const struct report_row *row,
			       struct json_writer *w)
{
	json_begin_object(w);
	mc_person_write(&p->r, row, true, w);
	json_key_time(w, "timestamp", row->unsubscribed_ms);
	json_key_text(w, "reason", row->reason);
	mc_report_ids_write(&p->r.campaign, w);
	write_links(p, row, "/unsubscribed", w);
	json_end_object(w);
}

static bool has_left(const struct report_row *row)
{
	return row->unsubscribed_ms != 0;
}

static const struct part unsubscribed = {
	.name = "unsubscribes",
	.path = "/unsubscribed",
	.kind = REPORT_UNSUBSCRIBED,
	.write = write_unsubscribed,
	.has = has_left,
};

int mc_reports_unsubscribed(struct request *rq, struct response *rs,
			    struct err *err)
{
	return list_part(rq, rs, &unsubscribed, err);
}

int mc_reports_unsubscribed_one(struct request *rq, struct response *rs,
				struct err *err)
{
	return show_part(rq, rs, &unsubscribed, err);
}

/* --- abuse-reports: their id is the recipient's --- */

static void write_abuse(const struct people *p, const struct report_row *row,
			struct json_writer *w)
{
	const char *base = mc_base(p->rq), *hex = p->r.campaign.hex;

	json_begin_object(w);
	json_key_int(w, "id", row->member_id);
	mc_report_ids_write(&p->r.campaign, w);
	mc_person_write(&p->r, row, true, w);
	json_key_time(w, "date", row->complained_ms);
	mc_links_begin(w);
	mc_link(w, "parent", "GET", base, "/reports/%s/abuse-reports", hex);
	mc_link(w, "self", "GET", base, "/reports/%s/abuse-reports/%lld", hex,
		(long long)row->member_id);
	mc_links_end(w);
	json_end_object(w);
}

static bool has_complained(const struct report_row *row)
{
	return row->complained_ms != 0;
}

static const struct part abuse = {
	.name = "abuse_reports",
	.path = "/abuse-reports",
	.kind = REPORT_COMPLAINED,
	.write = write_abuse,
	.has = has_complained,
};

int mc_reports_abuse(struct request *rq, struct response *rs, struct err *err)
{
	return list_part(rq, rs, &abuse, err);
}

int mc_reports_abuse_one(struct request *rq, struct response *rs,
			 struct err *err)
{
	CLEANUP(people_release) struct people p = PEOPLE_INIT(rq);
	struct report_row row;
	int64_t id;
	int found;

	if (request_param_id(rq, "report_id", &id, err) < 0 ||
	    begin(&p, &abuse, err) < 0)
		return -1;
	found = report_find(p.r.db, p.r.campaign.id, id, 0, rq->arena, &row,
			    err);
	if (found <= 0)
		return found < 0 ? -1 : mc_not_found(err);
	return show_one(&p, rs, &abuse, &row, err);
}

/* --- click-details of a link --- */

static void write_clicker(const struct people *p, const struct report_row *row,
			  struct json_writer *w)
{
	const char *link = request_param(p->rq, "link_id");

	json_begin_object(w);
	mc_person_write(&p->r, row, true, w);
	json_key_int(w, "clicks", row->link_clicks);
	json_key_bool(w, "is_machine", row->is_machine);
	json_key_text(w, "url_id", link);
	mc_report_ids_write(&p->r.campaign, w);
	mc_links_begin(w);
	mc_link(w, "self", "GET", mc_base(p->rq),
		"/reports/%s/click-details/%s/members/%s", p->r.campaign.hex,
		link, row->email_hash);
	mc_links_end(w);
	json_end_object(w);
}

static bool has_clicked(const struct report_row *row)
{
	return row->link_clicks > 0;
}

static const struct part click_members = {
	.name = "members",
	.path = "/click-details",
	.kind = REPORT_CLICKED,
	.write = write_clicker,
	.of_link = true,
	.has = has_clicked,
};

int mc_reports_click_members(struct request *rq, struct response *rs,
			     struct err *err)
{
	return list_part(rq, rs, &click_members, err);
}

int mc_reports_click_members_one(struct request *rq, struct response *rs,
				 struct err *err)
{
	return show_part(rq, rs, &click_members, err);
}
