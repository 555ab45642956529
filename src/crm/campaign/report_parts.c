#include "crm/campaign/report_parts.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "crm/campaign/kept.h"
#include "crm/campaign_figures.h"
#include "store/db.h"

#include "sql/campaign_kept.h"

#include <string.h>

/* --- over time --- */

static const char *const kinds[] = { "sent", "opened", "clicked",
				     "unsubscribed", "bounced" };
#define KINDS ARRAY_SIZE(kinds)
_Static_assert(KINDS == CRM_KEPT_HOURS, "");

/* n people did it in that hour, counted from 1970. */
struct group {
	int64_t kind, hour, n;
};
struct groups VEC_FIELDS(struct group);

static void read_group(const struct rows *rows, struct arena *arena, void *out)
{
	(void)arena;
	*(struct group *)out = (struct group){
		.kind = rows_int(rows, 0) - CRM_KEPT_HOUR_SENT,
		.hour = rows_int(rows, 1),
		.n = rows_int(rows, 2),
	};
}

static int read_by(const char *by, int64_t *out, struct err *err)
{
	*out = !by || strcmp(by, "hour") == 0 ? MS_HOUR : MS_DAY;
	return !by || *out == MS_HOUR || strcmp(by, "day") == 0
		       ? 0
		       : err_field(err, "by", "not hour or day");
}

static void find_span(const struct groups *groups, int64_t hours,
		      int64_t *first, int64_t *last)
{
	*first = INT64_MAX;
	*last = 0;
	vec_each (groups, g) {
		if (g->hour / hours < *first)
			*first = g->hour / hours;
		if (g->hour / hours > *last)
			*last = g->hour / hours;
	}
	if (*last - *first >= REPORT_STEPS_MAX)
		*last = *first + REPORT_STEPS_MAX - 1;
}

static void write_steps(const struct groups *groups, int64_t step_ms,
			struct json_writer *w)
{
	int64_t n[REPORT_STEPS_MAX][KINDS] = { 0 };
	int64_t hours = step_ms / MS_HOUR, first, last;

	find_span(groups, hours, &first, &last);
	vec_each (groups, g)
		if (g->hour / hours <= last)
			n[g->hour / hours - first][g->kind] += g->n;
	for (int64_t step = first; step <= last; step++) {
		json_begin_object(w);
		json_key_time(w, "at", step * step_ms);
		for (size_t k = 0; k < KINDS; k++)
			json_key_int(w, kinds[k], n[step - first][k]);
		json_end_object(w);
	}
}

int campaign_series(struct db *db, int64_t campaign_id, const char *by,
		    struct strbuf *out, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct groups groups = VEC_INIT;
	struct json_writer w = JSON_WRITER(out);
	int64_t step_ms;

	if (read_by(by, &step_ms, err) < 0)
		return -1;
	if (db_list(db, SQL_CAMPAIGN_KEPT_HOURS, SQL_ARGS(sql_int(campaign_id)),
		    read_group, arena, &groups, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_text(&w, "by", step_ms == MS_HOUR ? "hour" : "day");
	json_key_begin_array(&w, "items");
	write_steps(&groups, step_ms, &w);
	json_end_array(&w);
	json_end_object(&w);
	return 0;
}

/* --- by domain --- */

/* The columns behind the domain. */
static const char *const counted[] = { "sent", "opened", "clicked", "bounced",
				       "unsubscribed" };
#define COUNTED ARRAY_SIZE(counted)

static void write_counts(const int64_t *n, struct json_writer *w)
{
	for (size_t i = 0; i < COUNTED; i++)
		json_key_int(w, counted[i], n[i]);
}

/* All of the campaign: what is not shown is the rest of it. */
static int read_all(struct db *db, int64_t campaign_id, int64_t n[COUNTED],
		    struct err *err)
{
	struct campaign_figures f;

	if (figures_get(db, campaign_id, &f, err) < 0)
		return -1;
	n[0] = f.n[FIGURE_SENT];
	n[1] = f.n[FIGURE_OPENED];
	n[2] = f.n[FIGURE_CLICKED];
	n[3] = f.n[FIGURE_BOUNCED_HARD] + f.n[FIGURE_BOUNCED_SOFT];
	n[4] = f.n[FIGURE_UNSUBSCRIBED];
	return 0;
}

/* Takes those that are shown away from *other. */
static int write_domains(struct db *db, int64_t campaign_id,
			 int64_t other[COUNTED], struct json_writer *w,
			 struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (db_query(
		    db, SQL_CAMPAIGN_KEPT_DOMAINS,
		    SQL_ARGS(sql_int(campaign_id), sql_int(REPORT_DOMAINS_MAX)),
		    &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		int64_t one[COUNTED];

		for (size_t i = 0; i < COUNTED; i++) {
			one[i] = rows_int(rows, (int)i + 1);
			other[i] -= one[i];
		}
		json_begin_object(w);
		json_key_text(w, "domain", rows_text(rows, 0));
		write_counts(one, w);
		json_end_object(w);
	}
	return more;
}

int campaign_domains(struct db *db, int64_t campaign_id, struct strbuf *out,
		     struct err *err)
{
	CLEANUP(tx_release) struct tx snapshot = TX_INIT;
	struct json_writer w = JSON_WRITER(out);
	int64_t other[COUNTED];

	if (tx_begin_snapshot(db, &snapshot, err) < 0 ||
	    read_all(db, campaign_id, other, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_begin_array(&w, "items");
	if (write_domains(db, campaign_id, other, &w, err) < 0)
		return -1;
	json_end_array(&w);
	json_key_begin_object(&w, "other");
	write_counts(other, &w);
	json_end_object(&w);
	json_end_object(&w);
	return 0;
}
