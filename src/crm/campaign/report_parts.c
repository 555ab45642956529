#include "crm/campaign/report_parts.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "store/db.h"

#include "sql/crm_report.h"

#include <string.h>

/* --- over time --- */

static const char *const kinds[] = { "sent", "opened", "clicked",
				     "unsubscribed", "bounced" };
#define KINDS ARRAY_SIZE(kinds)

/* n people did these in steps counted from 1970; 0: never. */
struct group {
	int64_t step[KINDS], n;
};
struct groups VEC_FIELDS(struct group);

static void read_group(const struct rows *rows, struct arena *arena, void *out)
{
	struct group *g = out;

	(void)arena;
	for (size_t k = 0; k < KINDS; k++)
		g->step[k] = rows_int(rows, (int)k);
	g->n = rows_int(rows, KINDS);
}

static int read_by(const char *by, int64_t *out, struct err *err)
{
	*out = !by || strcmp(by, "hour") == 0 ? MS_HOUR : MS_DAY;
	return !by || *out == MS_HOUR || strcmp(by, "day") == 0
		       ? 0
		       : err_field(err, "by", "not hour or day");
}

static void find_span(const struct groups *groups, int64_t *first,
		      int64_t *last)
{
	*first = INT64_MAX;
	*last = 0;
	vec_each (groups, g) {
		for (size_t k = 0; k < KINDS; k++) {
			if (g->step[k] == 0)
				continue;
			if (g->step[k] < *first)
				*first = g->step[k];
			if (g->step[k] > *last)
				*last = g->step[k];
		}
	}
	if (*last - *first >= REPORT_STEPS_MAX)
		*last = *first + REPORT_STEPS_MAX - 1;
}

static void write_steps(const struct groups *groups, int64_t step_ms,
			struct json_writer *w)
{
	int64_t n[REPORT_STEPS_MAX][KINDS] = { 0 };
	int64_t first, last;

	find_span(groups, &first, &last);
	vec_each (groups, g) {
		for (size_t k = 0; k < KINDS; k++)
			if (g->step[k] >= first && g->step[k] <= last)
				n[g->step[k] - first][k] += g->n;
	}
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
	struct sql_value step;
	int64_t step_ms;

	if (read_by(by, &step_ms, err) < 0)
		return -1;
	step = sql_int(step_ms);
	if (db_list(db, SQL_CRM_REPORT_SERIES,
		    SQL_ARGS(step, step, step, step, step,
			     sql_int(campaign_id)),
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

int campaign_domains(struct db *db, int64_t campaign_id, struct strbuf *out,
		     struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct json_writer w = JSON_WRITER(out);
	int64_t other[COUNTED] = { 0 };
	int more, n = 0;

	if (db_query(db, SQL_CRM_REPORT_DOMAINS, SQL_ARGS(sql_int(campaign_id)),
		     &rows, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_begin_array(&w, "items");
	while ((more = rows_next(rows, err)) > 0) {
		bool shown = !rows_is_null(rows, 0) && n < REPORT_DOMAINS_MAX;
		int64_t one[COUNTED];

		for (size_t i = 0; i < COUNTED; i++) {
			one[i] = rows_int(rows, (int)i + 1);
			other[i] += shown ? 0 : one[i];
		}
		if (!shown)
			continue;
		n++;
		json_begin_object(&w);
		json_key_text(&w, "domain", rows_text(rows, 0));
		write_counts(one, &w);
		json_end_object(&w);
	}
	json_end_array(&w);
	json_key_begin_object(&w, "other");
	write_counts(other, &w);
	json_end_object(&w);
	json_end_object(&w);
	return more;
}
