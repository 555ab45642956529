/*
 * Values of conditions: texts as they are compared, times and dates, also those
 * relative to now. Called by the parser of criteria; any thread.
 */
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/email.h"
#include "base/err.h"
#include "base/utf8.h"
#include "crm/consent/mail_status.h"
#include "crm/field.h"
#include "crm/group/criteria_private.h"

#include <string.h>

#define RELATIVE_MAX 100000

static bool parse_bool(const char *text, int64_t *out)
{
	struct str s = str_of(text);

	if (str_ieq(s, "true") || str_ieq(s, "yes") || str_is(s, "1"))
		*out = 1;
	else if (str_ieq(s, "false") || str_ieq(s, "no") || str_is(s, "0"))
		*out = 0;
	else
		return false;
	return true;
}

/* "-7 days", "+1 month", "today"; false: it is none of these. */
static bool parse_relative(const char *text, int64_t now_ms, int64_t *out)
{
	static const struct {
		const char *name;
		int64_t ms;
		int months;
	} units[] = {
		{ "minute", MS_MINUTE, 0 }, { "hour", MS_HOUR, 0 },
		{ "day", MS_DAY, 0 },       { "week", 7 * MS_DAY, 0 },
		{ "month", 0, 1 },          { "year", 0, 12 },
	};
	struct str s = str_trim(str_of(text)), number, unit;
	int64_t n;

	*out = now_ms;
	if (str_ieq(s, "today"))
		return true;
	if (s.len == 0 || (s.s[0] != '+' && s.s[0] != '-'))
		return false;
	number = (struct str){ s.s + 1, strspn(s.s + 1, "0123456789") };
	unit = str_trim(
		(struct str){ number.s + number.len, s.len - 1 - number.len });
	if (unit.len > 1 && (unit.s[unit.len - 1] | 0x20) == 's')
		unit.len--;
	if (!str_to_int(number, &n) || n > RELATIVE_MAX)
		return false;
	n = s.s[0] == '-' ? -n : n;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		if (!str_ieq(unit, units[i].name))
			continue;
		*out = time_add_months(now_ms, n * units[i].months) +
		       n * units[i].ms;
		return true;
	}
	return false;
}

static bool parse_time(const struct parser *p, const char *text,
		       struct criterion *c)
{
	bool is_day = strlen(text) == 10;

	if (parse_relative(text, p->now_ms, &c->from_ms)) {
		c->until_ms = c->from_ms;
		if (str_ieq(str_of(text), "today")) {
			c->from_ms -= c->from_ms % MS_DAY;
			c->until_ms = c->from_ms + MS_DAY;
		}
		return true;
	}
	if (!time_parse_iso(text, &c->from_ms))
		return false;
	c->until_ms = c->from_ms + (is_day ? MS_DAY : 1);
	return true;
}

static const char *lowered(struct parser *p, const char *text)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

	utf8_lower(str_of(text), &out);
	return arena_strdup(p->arena, out.buf);
}

/* A whole address gets its hash; parts of one are compared as text. */
static void parse_address(struct parser *p, const char *text,
			  struct criterion *c)
{
	char hash[MD5_HEX + 1];

	c->text = lowered(p, text);
	if (c->op != CRITERIA_IS && c->op != CRITERIA_NOT)
		return;
	email_hash(text, hash);
	c->hash = arena_strdup(p->arena, hash);
}

static const char *day_text(struct parser *p, int64_t ms)
{
	struct civil day = time_to_civil(ms);

	return arena_printf(p->arena, "%04d-%02d-%02d", day.year, day.month,
			    day.day);
}

/* "7 days", or a number of days: that long before or after now. */
static bool parse_span(struct parser *p, const char *text, char sign,
		       int64_t *out)
{
	bool is_number = *text && !text[strspn(text, "0123456789")];

	return parse_relative(arena_printf(p->arena, "%c%s%s", sign, text,
					   is_number ? " days" : ""),
			      p->now_ms, out);
}

#define A_SPAN "must be a time such as 7 days, 2 weeks, 1 month"

static const char *parse_in_last(struct parser *p, const char *text,
				 struct criterion *c)
{
	if (!parse_span(p, text, '-', &c->from_ms))
		return A_SPAN;
	c->until_ms = p->now_ms + 1;
	if (c->is_date) {
		c->text = day_text(p, c->from_ms);
		c->until = day_text(p, p->now_ms);
	}
	return NULL;
}

/* The days of the year from today on, as MM-DD. */
static const char *parse_within(struct parser *p, const char *text,
				struct criterion *c)
{
	struct civil end;
	int64_t until_ms;

	if (!parse_span(p, text, '+', &until_ms))
		return A_SPAN;
	if (until_ms >= time_add_months(p->now_ms, 12)) {
		c->text = "01-01";
		c->until = "12-31";
		return NULL;
	}
	end = time_to_civil(until_ms);
	c->text = day_text(p, p->now_ms) + strlen("YYYY-");
	c->until = day_text(p, until_ms) + strlen("YYYY-");
	if (end.month == 2 && end.day == 28 && !date_is_valid(end.year, 2, 29))
		c->until = "02-29";
	return NULL;
}

/* Days are stored as YYYY-MM-DD, and so compared as texts. */
static const char *parse_date(struct parser *p, const char *text,
			      struct criterion *c)
{
	if (!parse_time(p, text, c))
		return "must be a date (YYYY-MM-DD)";
	c->text = day_text(p, c->from_ms);
	return NULL;
}

static bool is_part(enum criteria_op op)
{
	return op == CRITERIA_CONTAINS || op == CRITERIA_NOTCONTAIN ||
	       op == CRITERIA_STARTS || op == CRITERIA_ENDS;
}

static const char *parse_mail_status(const char *text, struct criterion *c)
{
	enum mail_status status;

	if (!mail_status_named(text, &status))
		return "must be agreed, open, opted_out, held or no_address";
	c->number = status;
	return NULL;
}

const char *criteria_parse_value(struct parser *p, const char *text,
				 struct criterion *c)
{
	if (c->op == CRITERIA_IN_LAST)
		return parse_in_last(p, text, c);
	if (c->op == CRITERIA_WITHIN)
		return parse_within(p, text, c);
	switch (c->type) {
	case CRITERIA_TEXT:
	case CRITERIA_CUSTOM_TEXT:
		if (c->is_date && !is_part(c->op))
			return parse_date(p, text, c);
		c->text = lowered(p, text);
		return NULL;
	case CRITERIA_FOLDED:
	case CRITERIA_TAG:
		c->text = field_text_folded(text, p->arena);
		return NULL;
	case CRITERIA_EMAIL:
		parse_address(p, text, c);
		return NULL;
	case CRITERIA_BOOL:
	case CRITERIA_CUSTOM_BOOL:
		return parse_bool(text, &c->number) ? NULL
						    : "must be true or false";
	case CRITERIA_TIME:
		return parse_time(p, text, c) ? NULL : "must be a date";
	case CRITERIA_INT:
		return text_to_int(text, &c->number) ? NULL
						     : "must be a whole number";
	case CRITERIA_CUSTOM_NUMBER:
		return str_to_double(str_of(text), &c->real)
			       ? NULL
			       : "must be a number";
	case CRITERIA_GROUP:
		return text_to_int(text, &c->number) && c->number > 0
			       ? NULL
			       : "must be the number of a group";
	case CRITERIA_MAIL_STATUS:
		return parse_mail_status(text, c);
	case CRITERIA_RESPONSE:
		break;
	}
	return NULL;
}
