#include "campaign/report.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "campaign/campaign.h"
#include "campaign/report_kept.h"
#include "sql/report.h"
#include "store/db.h"
#include "store/tally.h"

/* --- figures --- */

int report_figures(struct db *db, const struct campaign *campaign,
		   struct report_figures *out, struct err *err)
{
	CLEANUP(tally_release) struct tally t = TALLY_INIT;
	CLEANUP(tally_release) struct tally links = TALLY_INIT;

	if (report_kept_read(db, campaign->id, KEPT_HARD, KEPT_OPENED, &t,
			     err) < 0 ||
	    report_kept_read(db, campaign->id, KEPT_LINK_PEOPLE,
			     KEPT_LINK_PEOPLE, &links, err) < 0)
		return -1;
	*out = (struct report_figures){
		.sent = campaign->sent_seq,
		.canceled = report_kept_sum(&t, KEPT_CANCELED),
		.hard_bounces = report_kept_sum(&t, KEPT_HARD),
		.soft_bounces = report_kept_sum(&t, KEPT_SOFT),
		.unsubscribed = report_kept_sum(&t, KEPT_UNSUBSCRIBED),
		.complained = report_kept_sum(&t, KEPT_COMPLAINED),
		.people_opens = report_kept_sum(&t, KEPT_OPENS),
		.opens = report_kept_sum(&t, KEPT_OPENS) +
			 report_kept_sum(&t, KEPT_MACHINE_OPENS),
		.unique_people_opens = report_kept_sum(&t, KEPT_OPENERS),
		.unique_opens = report_kept_sum(&t, KEPT_OPENED),
		.last_open_ms = report_kept_sum(&t, KEPT_LAST_OPEN),
		.clicks = report_kept_sum(&t, KEPT_CLICKS),
		.unique_clicks = report_kept_sum(&links, KEPT_LINK_PEOPLE),
		.unique_clickers = report_kept_sum(&t, KEPT_CLICKERS),
		.last_click_ms = report_kept_sum(&t, KEPT_LAST_CLICK),
	};
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

int report_hours(struct db *db, const struct campaign *campaign,
		 struct report_hour out[REPORT_HOURS], struct err *err)
{
	CLEANUP(tally_release) struct tally t = TALLY_INIT;
	int64_t first = campaign->send_ms / MS_HOUR;

	if (report_kept_read(db, campaign->id, KEPT_HOUR_SENT,
			     KEPT_HOUR_CLICKED, &t, err) < 0)
		return -1;
	for (int64_t i = 0; i < REPORT_HOURS; i++)
		out[i] = (struct report_hour){
			.at_ms = (first + i) * MS_HOUR,
			.sent = report_kept_of(&t, KEPT_HOUR_SENT, first + i),
			.opened =
				report_kept_of(&t, KEPT_HOUR_OPENED, first + i),
			.clicked = report_kept_of(&t, KEPT_HOUR_CLICKED,
						  first + i),
		};
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

int report_forwards(struct db *db, int64_t campaign_id, int64_t *out,
		    struct err *err)
{
	*out = 0;
	return db_find_int(db, SQL_REPORT_FORWARDS,
			   SQL_ARGS(sql_int(campaign_id)), out, err) < 0
		       ? -1
		       : 0;
}
