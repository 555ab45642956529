#include "campaign/report.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "campaign/campaign.h"
#include "sql/report.h"
#include "store/db.h"

/* --- figures --- */

static int count_of(struct db *db, const struct sql *sql, int64_t campaign_id,
		    int64_t *out, struct err *err)
{
	return db_find_int(db, sql, SQL_ARGS(sql_int(campaign_id)), out, err);
}

static int read_bounces(struct db *db, int64_t campaign_id,
			struct report_figures *out, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (db_query(db, SQL_REPORT_BOUNCES, SQL_ARGS(sql_int(campaign_id)),
		     &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		if (rows_int(rows, 0) == 1)
			out->hard_bounces = rows_int(rows, 1);
		else
			out->soft_bounces += rows_int(rows, 1);
	}
	return more;
}

/* Its part of a struct report_figures. */
static void read_active(const struct rows *rows, struct arena *arena, void *out)
{
	struct report_figures *f = out;

	(void)arena; /* figures only */
	f->people_opens = rows_int(rows, 0);
	f->opens = f->people_opens + rows_int(rows, 1);
	f->unique_people_opens = rows_int(rows, 2);
	f->unique_opens = rows_int(rows, 3);
	f->last_open_ms = rows_int(rows, 4);
	f->clicks = rows_int(rows, 5);
	f->unique_clickers = rows_int(rows, 6);
	f->last_click_ms = rows_int(rows, 7);
}

int report_figures(struct db *db, const struct campaign *campaign,
		   struct report_figures *out, struct err *err)
{
	struct report_figures f = { .sent = campaign->sent_seq };
	int64_t id = campaign->id;

	if (db_get(db, SQL_REPORT_ACTIVE, SQL_ARGS(sql_int(id)), read_active,
		   NULL, &f, err) < 0 ||
	    read_bounces(db, id, &f, err) < 0 ||
	    count_of(db, SQL_REPORT_UNIQUE_CLICKS, id, &f.unique_clicks, err) <
		    0 ||
	    count_of(db, SQL_REPORT_UNSUBSCRIBED_COUNT, id, &f.unsubscribed,
		     err) < 0 ||
	    count_of(db, SQL_REPORT_COMPLAINED_COUNT, id, &f.complained, err) <
		    0)
		return -1;
	if ((campaign->status == CAMPAIGN_CANCELED ||
	     campaign->status == CAMPAIGN_CANCELING) &&
	    count_of(db, SQL_REPORT_CANCELED_COUNT, id, &f.canceled, err) < 0)
		return -1;
	*out = f;
	return 0;
}

static double part_of_delivered(const struct report_figures *f, int64_t n)
{
	int64_t delivered = f->sent - f->hard_bounces - f->soft_bounces;

	return delivered > 0 ? (double)n / (double)delivered : 0;
}

double report_open_rate(const struct report_figures *figures)
{
	return part_of_delivered(figures, figures->unique_opens);
}

double report_people_open_rate(const struct report_figures *figures)
{
	return part_of_delivered(figures, figures->unique_people_opens);
}

double report_click_rate(const struct report_figures *figures)
{
	return part_of_delivered(figures, figures->unique_clickers);
}

/* --- hours --- */

static int read_hours(struct db *db, const struct sql *sql, int64_t campaign_id,
		      int64_t since_ms, int64_t by_hour[REPORT_HOURS],
		      struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int64_t until_ms = since_ms + REPORT_HOURS * MS_HOUR;
	int more;

	memset(by_hour, 0, REPORT_HOURS * sizeof(*by_hour));
	if (db_query(db, sql,
		     SQL_ARGS(sql_int(since_ms), sql_int(campaign_id),
			      sql_int(until_ms)),
		     &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		int64_t hour = rows_int(rows, 0);

		if (hour >= 0 && hour < REPORT_HOURS)
			by_hour[hour] += rows_int(rows, 1);
	}
	return more;
}

int report_hours(struct db *db, const struct campaign *campaign,
		 struct report_hour out[REPORT_HOURS], struct err *err)
{
	int64_t sent[REPORT_HOURS], opened[REPORT_HOURS], clicked[REPORT_HOURS];
	int64_t since_ms = campaign->send_ms - campaign->send_ms % MS_HOUR;
	int64_t id = campaign->id;

	if (read_hours(db, SQL_REPORT_HOURS_SENT, id, since_ms, sent, err) <
		    0 ||
	    read_hours(db, SQL_REPORT_HOURS_OPENED, id, since_ms, opened, err) <
		    0 ||
	    read_hours(db, SQL_REPORT_HOURS_CLICKED, id, since_ms, clicked,
		       err) < 0)
		return -1;
	for (int i = 0; i < REPORT_HOURS; i++)
		out[i] = (struct report_hour){ since_ms + i * MS_HOUR, sent[i],
					       opened[i], clicked[i] };
	return 0;
}

/* --- links and domains --- */

static void read_link(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct report_link *)out = (struct report_link){
		.id = rows_int(rows, 0),
		.hex = rows_dup(rows, 1, arena),
		.url = rows_dup(rows, 2, arena),
		.clicks = rows_int(rows, 3),
		.unique_clicks = rows_int(rows, 4),
		.last_click_ms = rows_int(rows, 5),
	};
}

int report_links_list(struct db *db, int64_t campaign_id, struct arena *arena,
		      struct report_links *out, struct err *err)
{
	return db_list(db, SQL_REPORT_LINKS, SQL_ARGS(sql_int(campaign_id)),
		       read_link, arena, out, err);
}

int report_domains(struct db *db, int64_t campaign_id, struct arena *arena,
		   struct report_domain out[REPORT_DOMAINS], struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more, n = 0;

	if (db_query(db, SQL_REPORT_DOMAINS, SQL_ARGS(sql_int(campaign_id)),
		     &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0 && n < REPORT_DOMAINS)
		out[n++] = (struct report_domain){
			.name = rows_dup(rows, 0, arena),
			.sent = rows_int(rows, 1),
			.bounced = rows_int(rows, 2),
			.opened = rows_int(rows, 3),
			.clicked = rows_int(rows, 4),
			.unsubscribed = rows_int(rows, 5),
		};
	return more < 0 ? -1 : n;
}
