#include "campaign/variate/variate_figures.h"

#include "base/cleanup.h"
#include "campaign/campaign.h"
#include "campaign/campaign_spread.h"
#include "sql/variate.h"
#include "store/db.h"

#include <string.h>

/* Where the figures of a group go; NULL: nobody asks. */
typedef struct report_figures *figures_fn(void *all, int group);

static void read_figures(const struct rows *rows, struct report_figures *out)
{
	*out = (struct report_figures){
		.sent = rows_int(rows, 1),
		.hard_bounces = rows_int(rows, 2),
		.soft_bounces = rows_int(rows, 3),
		.unsubscribed = rows_int(rows, 4),
		.complained = rows_int(rows, 5),
		.opens = rows_int(rows, 6),
		.unique_opens = rows_int(rows, 7),
		.people_opens = rows_int(rows, 8),
		.unique_people_opens = rows_int(rows, 9),
		.last_open_ms = rows_int(rows, 10),
		.clicks = rows_int(rows, 11),
		.unique_clickers = rows_int(rows, 12),
		.last_click_ms = rows_int(rows, 13),
	};
}

static int read_clicks(struct db *db, int64_t campaign_id, figures_fn *of,
		       void *all, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (db_query(db, SQL_VARIATE_CLICKS,
		     SQL_ARGS(sql_int(campaign_id), sql_int(campaign_id)),
		     &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		struct report_figures *f = of(all, (int)rows_int(rows, 0));

		if (f)
			f->unique_clicks = rows_int(rows, 1);
	}
	return more < 0 ? -1 : 0;
}

static int read_groups(struct db *db, int64_t campaign_id, figures_fn *of,
		       void *all, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (db_query(db, SQL_VARIATE_FIGURES, SQL_ARGS(sql_int(campaign_id)),
		     &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		struct report_figures *f = of(all, (int)rows_int(rows, 0));

		if (f)
			read_figures(rows, f);
	}
	if (more < 0)
		return -1;
	rows_free(&rows);
	return read_clicks(db, campaign_id, of, all, err);
}

static struct report_figures *of_variant(void *all, int variant)
{
	struct variate_figures *figures = all;

	return variant >= 1 && variant <= VARIATE_VARIANTS
		       ? &figures->of[variant]
		       : NULL;
}

int variate_figures(struct db *db, int64_t campaign_id,
		    struct variate_figures *out, struct err *err)
{
	*out = (struct variate_figures){ .of = { { 0 } } };
	return read_groups(db, campaign_id, of_variant, out, err);
}

/* Who got it before zones were kept is in none. */
static struct report_figures *of_zone(void *all, int variant)
{
	struct zones_figures *zones = all;
	struct zone_figures new = { .hours = spread_zone_hours(variant) };

	if (!spread_is_zone(variant))
		return NULL;
	vec_each (zones, zone)
		if (zone->hours == new.hours)
			return &zone->figures;
	vec_push(zones, new);
	return &zones->v[zones->n - 1].figures;
}

int zones_figures_list(struct db *db, const struct campaign *campaign,
		       struct zones_figures *out, struct err *err)
{
	struct campaign_spread how;

	campaign_spread_read(campaign->spread, &how);
	return how.timewarp ? read_groups(db, campaign->id, of_zone, out, err)
			    : 0;
}

static int64_t hits_of(const struct variate *v, const struct report_figures *f)
{
	return v->criteria == VARIATE_CLICKS ? f->unique_clickers
					     : f->unique_people_opens;
}

static int64_t delivered_of(const struct report_figures *f)
{
	return f->sent - f->hard_bounces - f->soft_bounces;
}

/* Whole numbers: of equal parts, none is larger by a rounding. */
static bool is_better(const struct variate *v, const struct report_figures *a,
		      const struct report_figures *b)
{
	if (delivered_of(a) <= 0)
		return false;
	if (delivered_of(b) <= 0)
		return hits_of(v, a) > 0;
	return hits_of(v, a) * delivered_of(b) >
	       hits_of(v, b) * delivered_of(a);
}

int variate_best(const struct variate *v, const struct variate_figures *figures)
{
	int best = 1;

	for (int i = 2; i <= variate_count(v); i++)
		if (is_better(v, &figures->of[i], &figures->of[best]))
			best = i;
	return best;
}
