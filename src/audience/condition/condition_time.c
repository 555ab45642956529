/*
 * Conditions of times: of a day, a campaign, or so many days. Called by
 * segment_parse.c; any thread.
 */
#include "audience/condition/condition_reader.h"

#include "audience/list.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/text/time_zone.h"
#include "sql/segment.h"

#include <string.h>

static const struct condition_op compare_ops[] = { { "is", TEST_IS, false },
						   { "not", TEST_IS, true },
						   { "greater", TEST_GREATER,
						     false },
						   { "less", TEST_LESS, false },
						   CONDITION_OP_END };

static int64_t start_of_day(int64_t ms)
{
	return ms - ((ms % MS_DAY) + MS_DAY) % MS_DAY;
}

/* What `value` compares with: a day, which *out is the midnight of as clocks
 * show it, or the moment a campaign was sent. */
static int reference_time(struct condition_reader *r, int64_t *out,
			  bool *is_day)
{
	const char *value, *extra = condition_text(r, "extra");
	int64_t id;
	int y, m, d, found;

	if (condition_need_text(r, &value) < 0)
		return -1;
	if (strcmp(value, "campaign") == 0) {
		if (!extra || !text_to_int(extra, &id))
			return condition_wrong(r, "extra",
					       "should be a campaign's "
					       "web_id");
		found = db_find_int(r->db, SQL_SEGMENT_SENT_MS,
				    SQL_ARGS(sql_int(r->list_id), sql_int(id)),
				    out, r->err);
		return found == 0
			       ? condition_wrong(r, "extra", "is no campaign")
			       : found;
	}
	if (strcmp(value, "last") == 0)
		return db_find_int(r->db, SQL_SEGMENT_LAST_SENT_MS,
				   SQL_ARGS(sql_int(r->list_id)), out, r->err);
	if (strcmp(value, "date") == 0)
		value = extra ? extra : "";
	if (!condition_read_date(value, &y, &m, &d))
		return condition_wrong(r, "extra",
				       "should be a date as YYYY-MM-DD");
	*is_day = true;
	*out = time_from_civil(
		(struct civil){ .year = y, .month = m, .day = d });
	return 0;
}

/* When a day of the account begins and ends: the one whose midnight `at` is, or
 * in which the moment `at` is. */
static int read_day(struct condition_reader *r, int64_t at, bool is_midnight,
		    int64_t *first, int64_t *end)
{
	const struct time_zone *zone;

	if (account_zone_load(r->db, r->arena, &zone, r->err) < 0)
		return -1;
	if (!is_midnight)
		at = start_of_day(at + time_zone_ahead_ms(zone, at));
	*first = time_zone_to_utc(zone, at);
	*end = time_zone_to_utc(zone, at + MS_DAY);
	return 0;
}

static int take_within(struct condition_reader *r, bool negated)
{
	int64_t days;

	if (condition_need_int(r, &days) < 0)
		return -1;
	if (days < 0 || days > 36500)
		return condition_wrong(r, "value",
				       "should be a number of days");
	r->out->test = TEST_BETWEEN;
	r->out->from_ms = r->now_ms - days * MS_DAY;
	r->out->to_ms = INT64_MAX;
	if (!negated)
		return 0;
	r->out->to_ms = r->out->from_ms;
	r->out->from_ms = 1;
	return 0;
}

int condition_take_time(struct condition_reader *r, enum condition_kind kind)
{
	struct condition *c = r->out;
	bool is_day = false;
	int64_t at = 0, first, end;

	c->kind = kind;
	if (strcmp(r->op, "blank") == 0 || strcmp(r->op, "blank_not") == 0) {
		c->test = TEST_BLANK;
		c->negated = r->op[5] != '\0';
		return 0;
	}
	if (strcmp(r->op, "within") == 0 || strcmp(r->op, "date_within") == 0)
		return take_within(r, false);
	if (strcmp(r->op, "notwithin") == 0)
		return take_within(r, true);
	if (condition_take_op(r, compare_ops) < 0 ||
	    reference_time(r, &at, &is_day) < 0)
		return -1;
	first = at;
	end = at + 1;
	if ((is_day || c->test == TEST_IS) &&
	    read_day(r, at, is_day, &first, &end) < 0)
		return -1;
	c->from_ms = c->test == TEST_GREATER ? end
		     : c->test == TEST_LESS  ? 1
					     : first;
	c->to_ms = c->test == TEST_GREATER ? INT64_MAX
		   : c->test == TEST_LESS  ? first
					   : end;
	c->test = TEST_BETWEEN;
	return 0;
}
