/*
 * The report of a campaign, made from what is kept of the CRM's ledger.
 */
#include "crm/campaign_record.h"

#include "base/arena.h"
#include "base/err.h"
#include "crm/campaign/ab_result.h"
#include "crm/campaign_figures.h"

#include "sql/campaign_kept.h"
#include "sql/crm_campaign.h"
#include "sql/crm_report.h"

#include <string.h>

const char *crm_recipient_state_name(enum crm_recipient_state state)
{
	static const char *const names[] = { "",         "queued",  "accepted",
					     "deferred", "refused", "expired",
					     "canceled", "left_out" };

	return names[state];
}

static void add_pair(struct json_writer *w, const char *key, const char *a,
		     int64_t a_n, const char *b, int64_t b_n)
{
	json_key_begin_object(w, key);
	json_key_int(w, a, a_n);
	json_key_int(w, b, b_n);
	json_end_object(w);
}

static int add_figures(struct db *db, int64_t id, struct json_writer *w,
		       struct err *err)
{
	struct campaign_figures f;
	int64_t taken_back = 0;

	if (figures_get(db, id, &f, err) < 0 ||
	    db_find_int(db, SQL_CRM_REPORT_TAKEN_BACK,
			SQL_ARGS(sql_int(id), sql_int(id)), &taken_back,
			err) < 0)
		return -1;
	json_key_int(w, "recipients", f.n[FIGURE_RECIPIENTS]);
	json_key_int(w, "unknown", f.n[FIGURE_UNKNOWN]);
	json_key_int(w, "sent", f.n[FIGURE_SENT]);
	json_key_int(w, "delivered", figures_delivered(&f));
	json_key_int(w, "caught", f.n[FIGURE_CAUGHT]);
	json_key_int(w, "waiting", f.n[FIGURE_WAITING]);
	add_pair(w, "bounced", "hard", f.n[FIGURE_BOUNCED_HARD], "soft",
		 f.n[FIGURE_BOUNCED_SOFT]);
	add_pair(w, "opened", "people", f.n[FIGURE_OPENED], "machines",
		 f.n[FIGURE_OPENED_MACHINES]);
	add_pair(w, "clicked", "people", f.n[FIGURE_CLICKED], "machines",
		 f.n[FIGURE_CLICKED_MACHINES]);
	json_key_int(w, "unsubscribed", f.n[FIGURE_UNSUBSCRIBED]);
	json_key_int(w, "taken_back", taken_back);
	json_key_int(w, "complained", f.n[FIGURE_COMPLAINED]);
	return 0;
}

static int add_left_out(struct db *db, int64_t id, struct json_writer *w,
			struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (db_query(db, SQL_CAMPAIGN_KEPT_LEFT_OUT, SQL_ARGS(sql_int(id)),
		     &rows, err) < 0)
		return -1;
	json_key_begin_object(w, "left_out");
	while ((more = rows_next(rows, err)) > 0)
		json_key_int(w, rows_text(rows, 0), rows_int(rows, 1));
	json_end_object(w);
	return more;
}

static void read_link(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct campaign_link *)out = (struct campaign_link){
		.id = rows_int(rows, 0),
		.url = rows_dup(rows, 1, arena),
		.people = rows_int(rows, 2),
		.machines = rows_int(rows, 3),
		.clicks = rows_int(rows, 4),
		.total = rows_int(rows, 5),
	};
}

int campaign_link_list(struct db *db, int64_t campaign_id, struct arena *arena,
		       struct campaign_links *out, struct err *err)
{
	return db_list(db, SQL_CRM_REPORT_LINKS, SQL_ARGS(sql_int(campaign_id)),
		       read_link, arena, out, err);
}

static void add_link(const struct campaign_link *l, struct json_writer *w)
{
	json_begin_object(w);
	json_key_id(w, "id", l->id);
	json_key_text(w, "url", l->url);
	json_key_int(w, "people", l->people);
	json_key_int(w, "machines", l->machines);
	json_key_int(w, "clicks", l->clicks);
	json_key_int(w, "total", l->total);
	json_end_object(w);
}

static bool is_listed(const struct campaign_links *links, const char *url)
{
	vec_each (links, l)
		if (strcmp(l->url, url) == 0)
			return true;
	return false;
}

/* The clicked ones have a row; of the others only the mail knows. */
static int add_links(struct db *db, int64_t id,
		     const struct campaign_report_facts *facts,
		     struct json_writer *w, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct campaign_links links = VEC_INIT;

	if (campaign_link_list(db, id, arena, &links, err) < 0)
		return -1;
	json_key_begin_array(w, "links");
	vec_each (&links, l)
		add_link(l, w);
	for (size_t i = 0; i < facts->links_n; i++) {
		struct campaign_link unclicked = { .url = facts->links[i] };

		if (!is_listed(&links, unclicked.url))
			add_link(&unclicked, w);
	}
	json_end_array(w);
	return 0;
}

static void add_rate(const struct rows *rows, int column, struct json_writer *w)
{
	if (rows_is_null(rows, column))
		json_nothing(w);
	else
		json_number(w, (double)rows_int(rows, column) / 1000000);
}

static int add_average(struct db *db, const struct crm_campaign *c,
		       struct json_writer *w, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int64_t before_ms = c->sent_ms ? c->sent_ms : INT64_MAX;

	if (db_query(db, SQL_CRM_REPORT_AVERAGE,
		     SQL_ARGS(sql_int(c->id), sql_int(before_ms)), &rows,
		     err) < 0 ||
	    rows_next(rows, err) < 0)
		return -1;
	json_key_begin_object(w, "average");
	json_key(w, "opened");
	add_rate(rows, 1, w);
	json_key(w, "clicked");
	add_rate(rows, 2, w);
	json_key_int(w, "campaigns", rows_int(rows, 0));
	json_end_object(w);
	return 0;
}

void crm_campaign_tell_full(struct crm_campaign *c, const char *why_full)
{
	if (!why_full || c->status != CRM_CAMPAIGN_SENDING)
		return;
	c->hold_reason = CRM_HOLD_DISK;
	c->hold_detail = why_full;
	c->hold_ms = 0;
}

int crm_campaign_report(struct db *db, int64_t id,
			const struct campaign_report_facts *facts,
			struct strbuf *out, struct err *err)
{
	CLEANUP(tx_release) struct tx snapshot = TX_INIT;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct json_writer w = JSON_WRITER(out);
	struct crm_campaign c;

	if (tx_begin_snapshot(db, &snapshot, err) < 0 ||
	    crm_campaign_get(db, id, arena, &c, err) < 0)
		return -1;
	crm_campaign_tell_full(&c, facts->why_full);
	json_begin_object(&w);
	json_key_int(&w, "campaign_id", id);
	json_key_text(&w, "status", crm_campaign_status_name(c.status));
	crm_campaign_write_hold(&c, &w);
	json_key_bool(&w, "relay_is_reached", facts->relay_is_reached);
	if (add_figures(db, id, &w, err) < 0 ||
	    add_left_out(db, id, &w, err) < 0 ||
	    add_links(db, id, facts, &w, err) < 0 ||
	    add_average(db, &c, &w, err) < 0)
		return -1;
	ab_result_write(&c, arena, &w);
	json_end_object(&w);
	return 0;
}
