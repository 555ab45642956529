#include "api/mc30/account/export_tables.h"

#include "audience/member.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/csv/csv.h"
#include "base/err.h"
#include "campaign/campaign.h"
#include "campaign/report.h"
#include "store/db.h"

#include <string.h>

#define MEMBERS_PAGE 1000
#define CAMPAIGNS_PAGE 100

/* --- cells --- */

static void add_cell(struct strbuf *out, const char *text)
{
	bool first = out->len == 0 || out->buf[out->len - 1] == '\n';

	csv_add_field(out, str_of(text), first ? 0 : ',', true);
}

static void add_row(struct strbuf *out, const char *const *cells)
{
	for (; *cells; cells++)
		add_cell(out, *cells);
}

static void add_int(struct strbuf *out, int64_t n)
{
	strbuf_addch(out, ',');
	strbuf_addint(out, n);
}

static void add_time(struct strbuf *out, int64_t ms)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	if (ms)
		time_format_sql(ms, &text);
	add_cell(out, text.buf);
}

/* --- members --- */

static void add_address_parts(const json_t *value, struct strbuf *out)
{
	for (int i = 0; i < MERGE_ADDRESS_PARTS; i++) {
		const char *part = json_string_value(
			json_object_get(value, merge_address_parts[i]));

		if (part && *part)
			strbuf_addf(out, "%s%s", out->len ? ", " : "", part);
	}
}

static void add_merge(struct strbuf *out, const json_t *value)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	if (json_is_object(value))
		add_address_parts(value, &text);
	else if (json_is_string(value))
		strbuf_addstr(&text, json_string_value(value));
	else if (value)
		json_dump(value, &text);
	add_cell(out, text.buf);
}

static void add_tags(struct strbuf *out, const struct member_tags *tags,
		     int64_t member_id)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	vec_each (tags, tag)
		if (tag->member_id == member_id)
			strbuf_addf(&text, "%s%s", text.len ? ", " : "",
				    tag->name);
	add_cell(out, text.buf);
}

static void begin_members(const struct merge_defs *defs, struct strbuf *out)
{
	static const char *const before[] = { "Email Address", NULL };
	static const char *const after[] = {
		"STATUS",       "MEMBER_RATING", "OPTIN_TIME", "OPTIN_IP",
		"CONFIRM_TIME", "CONFIRM_IP",    "UNSUB_TIME", "UNSUB_REASON",
		"LAST_CHANGED", "LANGUAGE",      "VIP",        "SOURCE",
		"LEID",         "EUID",          "TAGS",       NULL
	};

	add_row(out, before);
	vec_each (defs, def)
		add_cell(out, def->tag);
	add_row(out, after);
	csv_end_row(out);
}

static void add_member(const struct member *m, const struct merge_defs *defs,
		       const struct member_tags *tags, struct strbuf *out)
{
	CLEANUP(json_free) json_t *values = NULL;
	struct err ignored = ERR_INIT;

	(void)json_parse(str_of(m->merge), &values, &ignored); /* ours */
	add_cell(out, m->address);
	vec_each (defs, def) {
		char id[24];

		(void)snprintf(id, sizeof(id), "%lld", (long long)def->id);
		add_merge(out, json_object_get(values, id));
	}
	add_cell(out, member_status_name(m->status));
	add_int(out, m->rating);
	add_time(out, m->signup_ms);
	add_cell(out, m->ip_signup);
	add_time(out, m->opt_ms);
	add_cell(out, m->ip_opt);
	add_time(out, m->unsubscribed_ms);
	add_cell(out, m->unsubscribe_reason);
	add_time(out, m->changed_ms);
	add_cell(out, m->language);
	add_int(out, m->vip);
	add_cell(out, m->source);
	add_int(out, m->id);
	add_cell(out, m->unique_id);
	add_tags(out, tags, m->id);
	csv_end_row(out);
}

int export_members(struct db *db, const struct list *list,
		   struct export_place *at, struct strbuf *out, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct merge_defs defs = VEC_INIT;
	CLEANUP(vec_release) struct members members = VEC_INIT;
	CLEANUP(vec_release) struct member_tags tags = VEC_INIT;
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	struct member_filter filter = { .list_id = list->id,
					.count = MEMBERS_PAGE,
					.after_id = at->after };
	size_t from = out->len;

	if (merge_field_list(db, list->id, arena, &defs, err) < 0 ||
	    member_list(db, &filter, arena, &members, NULL, err) < 0 ||
	    member_tags_list(db, sql_keys_of(&members, id, &keys), arena, &tags,
			     err) < 0)
		return -1;
	if (!at->begun)
		begin_members(&defs, out);
	at->begun = true;
	vec_each (&members, m) {
		add_member(m, &defs, &tags, out);
		at->after = m->id;
	}
	return out->len > from;
}

/* --- campaigns --- */

static void add_campaign(const struct campaign *c, struct strbuf *out)
{
	add_cell(out, c->hex);
	add_cell(out, c->settings.title);
	add_cell(out, c->settings.subject_line);
	add_cell(out, c->type);
	add_cell(out, campaign_status_name(c->status));
	add_cell(out, c->list_hex);
	add_cell(out, c->list_name);
	add_cell(out, c->settings.from_name);
	add_cell(out, c->settings.reply_to);
	add_time(out, c->created_ms);
	add_time(out, c->send_ms);
}

static void begin_campaigns(struct strbuf *out)
{
	static const char *const names[] = {
		"Id",       "Title",   "Subject",   "Type",
		"Status",   "List Id", "List Name", "From Name",
		"Reply To", "Created", "Send Date", NULL
	};

	add_row(out, names);
}

static int list_page(struct db *db, const struct campaign_filter *asked,
		     struct export_place *at, struct arena *arena,
		     struct campaigns *out, struct err *err)
{
	struct campaign_filter filter = *asked;
	int64_t total;

	filter.count = CAMPAIGNS_PAGE;
	filter.offset = at->after;
	if (campaign_list(db, &filter, arena, out, &total, err) < 0)
		return -1;
	at->after += (int64_t)out->n;
	return 0;
}

int export_campaigns(struct db *db, int64_t since_ms, struct export_place *at,
		     struct strbuf *out, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct campaigns campaigns = VEC_INIT;
	struct campaign_filter filter = { .since_create_ms = since_ms };
	size_t from = out->len;

	if (list_page(db, &filter, at, arena, &campaigns, err) < 0)
		return -1;
	if (!at->begun) {
		begin_campaigns(out);
		csv_end_row(out);
	}
	at->begun = true;
	vec_each (&campaigns, c) {
		add_campaign(c, out);
		csv_end_row(out);
	}
	return out->len > from;
}

/* --- reports --- */

static void begin_reports(struct strbuf *out)
{
	static const char *const names[] = { "Total Recipients",
					     "Sent",
					     "Hard Bounces",
					     "Soft Bounces",
					     "Opens",
					     "Unique Opens",
					     "Clicks",
					     "Unique Clicks",
					     "Unsubscribes",
					     "Abuse Complaints",
					     "Last Open",
					     "Last Click",
					     NULL };

	begin_campaigns(out);
	add_row(out, names);
	csv_end_row(out);
}

static int add_report(struct db *db, const struct campaign *c,
		      struct strbuf *out, struct err *err)
{
	struct report_figures f;

	if (report_figures(db, c, &f, err) < 0)
		return -1;
	add_campaign(c, out);
	add_int(out, c->recipients);
	add_int(out, f.sent);
	add_int(out, f.hard_bounces);
	add_int(out, f.soft_bounces);
	add_int(out, f.opens);
	add_int(out, f.unique_opens);
	add_int(out, f.clicks);
	add_int(out, f.unique_clickers);
	add_int(out, f.unsubscribed);
	add_int(out, f.complained);
	add_time(out, f.last_open_ms);
	add_time(out, f.last_click_ms);
	csv_end_row(out);
	return 0;
}

int export_reports(struct db *db, int64_t since_ms, struct export_place *at,
		   struct strbuf *out, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct campaigns campaigns = VEC_INIT;
	struct campaign_filter filter = { .since_send_ms = since_ms };
	size_t from = out->len;

	if (list_page(db, &filter, at, arena, &campaigns, err) < 0)
		return -1;
	if (!at->begun)
		begin_reports(out);
	at->begun = true;
	vec_each (&campaigns, c)
		if (c->send_ms && add_report(db, c, out, err) < 0)
			return -1;
	/* a page may be of nothing but what was never sent */
	return campaigns.n > 0 || out->len > from;
}
