#include "crm/group/criteria.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/email.h"
#include "base/err.h"
#include "base/json.h"
#include "base/utf8.h"
#include "crm/field.h"
#include "sql/criteria.h"
#include "store/db.h"

#include <string.h>

#define RELATIVE_MAX 100000

static const char *const op_names[] = {
	[CRITERIA_IS] = "is",
	[CRITERIA_NOT] = "not",
	[CRITERIA_CONTAINS] = "contains",
	[CRITERIA_NOTCONTAIN] = "notcontain",
	[CRITERIA_STARTS] = "starts",
	[CRITERIA_ENDS] = "ends",
	[CRITERIA_GREATER] = "greater",
	[CRITERIA_LESS] = "less",
	[CRITERIA_BLANK] = "blank",
	[CRITERIA_BLANK_NOT] = "blank_not",
	[CRITERIA_IN_LAST] = "in_last",
	[CRITERIA_WITHIN] = "within",
};

#define OP(op) (1u << CRITERIA_##op)
#define OPS_IS (OP(IS) | OP(NOT))
#define OPS_PART (OP(CONTAINS) | OP(NOTCONTAIN) | OP(STARTS) | OP(ENDS))
#define OPS_ORDER (OP(GREATER) | OP(LESS))
#define OPS_DATE (OP(IN_LAST) | OP(WITHIN)) /* of those that are dates */
#define OPS_BLANK (OP(BLANK) | OP(BLANK_NOT))

static const unsigned ops_of_type[] = {
	[CRITERIA_TEXT] = OPS_IS | OPS_PART | OPS_ORDER | OPS_BLANK,
	[CRITERIA_FOLDED] = OPS_IS | OPS_PART | OPS_ORDER | OPS_BLANK,
	[CRITERIA_BOOL] = OPS_IS,
	[CRITERIA_TIME] = OPS_IS | OPS_ORDER | OPS_BLANK | OP(IN_LAST),
	[CRITERIA_INT] = OPS_IS | OPS_ORDER | OPS_BLANK,
	[CRITERIA_EMAIL] = OPS_IS | OPS_PART | OPS_BLANK,
	[CRITERIA_TAG] = OPS_IS | OPS_PART | OPS_BLANK,
	[CRITERIA_CUSTOM_TEXT] = OPS_IS | OPS_PART | OPS_ORDER | OPS_BLANK,
	[CRITERIA_CUSTOM_NUMBER] = OPS_IS | OPS_ORDER | OPS_BLANK,
	[CRITERIA_CUSTOM_BOOL] = OPS_IS | OPS_BLANK,
};

static const char *const response_names[] = {
	[RESPONSE_SENT] = "sent",
	[RESPONSE_OPENED] = "opened",
	[RESPONSE_CLICKED] = "clicked",
	[RESPONSE_BOUNCED] = "bounced",
	[RESPONSE_UNSUBSCRIBED] = "unsubscribed",
	[RESPONSE_COMPLAINED] = "complained",
	[RESPONSE_REPLIED] = "replied",
};

struct parser {
	struct db *db;
	enum entity entity;
	struct arena *arena;
	bool strict; /* refuse members and records that nobody knows */
	int64_t now_ms;
	size_t conditions;
};

/* Say what is wrong with `key` of the object at path. */
static int refuse_member(struct err *err, const char *path, const char *key,
			 const char *text)
{
	CLEANUP(strbuf_release) struct strbuf field = STRBUF_INIT;

	strbuf_addf(&field, "%s.%s", path, key);
	return err_field(err, field.buf, "%s", text);
}

static const char *const branch_members[] = { "match", "conditions", NULL };
static const char *const condition_members[] = { "field", "op", "value", NULL };
static const char *const response_members[] = { "field",       "op",
						"campaign_id", "url",
						"machines",    NULL };

static int only_known(const struct parser *p, const json_t *json,
		      const char *path, const char *const *known,
		      struct err *err)
{
	const char *key;
	json_t *value;

	json_object_foreach ((json_t *)(uintptr_t)json, key, value) {
		const char *const *k = known;

		while (*k && strcmp(*k, key) != 0)
			k++;
		if (!*k && p->strict)
			return err_field(err, path, "has no member %.40s", key);
	}
	return 0;
}

/* A field of crm/field.h: false if such records do not have it. */
static bool find_field(enum entity entity, const char *name,
		       struct criterion *c)
{
	static const enum criteria_type types[] = {
		[FIELD_TEXT] = CRITERIA_TEXT, [FIELD_DATE] = CRITERIA_TEXT,
		[FIELD_ID] = CRITERIA_INT,    [FIELD_BOOL] = CRITERIA_BOOL,
		[FIELD_TIME] = CRITERIA_TIME, [FIELD_ADDRESS] = CRITERIA_EMAIL,
	};
	const struct field *f = field_find(entity, name);

	if (strcmp(name, "name") == 0) { /* of people: last and first */
		c->type = CRITERIA_FOLDED;
		c->column = "name_folded";
		return true;
	}
	if (!f)
		return false;
	c->type = types[f->type];
	c->is_date = f->type == FIELD_DATE;
	c->column = f->column;
	return true;
}

/* 1 found, 0 no such custom field, -1. */
static int find_custom(struct parser *p, const char *key, struct criterion *c,
		       struct err *err)
{
	enum entity entity = c->of_company ? ENTITY_COMPANY : p->entity;
	const char *type;
	int found;

	found = db_find_text(p->db, SQL_CRITERIA_CUSTOM_TYPE,
			     SQL_ARGS(sql_int(entity), sql_text(key)), p->arena,
			     &type, err);
	if (found <= 0)
		return found;
	c->column = arena_strdup(p->arena, key);
	c->type = CRITERIA_CUSTOM_TEXT;
	if (strcmp(type, "number") == 0)
		c->type = CRITERIA_CUSTOM_NUMBER;
	else if (strcmp(type, "boolean") == 0)
		c->type = CRITERIA_CUSTOM_BOOL;
	c->is_date = strcmp(type, "date") == 0;
	return 1;
}

/* Fills type and column for the name of a field: 1, 0 unknown, -1. */
static int resolve_field(struct parser *p, struct criterion *c, struct err *err)
{
	const char *name = c->field;

	if (p->entity == ENTITY_PERSON && strncmp(name, "company.", 8) == 0) {
		c->of_company = true;
		name += 8;
	}
	if (strncmp(name, "custom.", 7) == 0)
		return find_custom(p, name + 7, c, err);
	if (!c->of_company && strcmp(name, "tag") == 0) {
		c->type = CRITERIA_TAG;
		return 1;
	}
	return find_field(c->of_company ? ENTITY_COMPANY : p->entity, name, c);
}

/* The value as text: numbers and booleans are fine where texts are. */
static const char *value_text(struct parser *p, const json_t *value)
{
	if (json_is_string(value))
		return arena_strdup(p->arena, json_string_value(value));
	if (json_is_integer(value))
		return arena_printf(p->arena, "%lld",
				    (long long)json_integer_value(value));
	if (json_is_real(value))
		return arena_printf(p->arena, "%.17g", json_real_value(value));
	if (json_is_boolean(value))
		return json_is_true(value) ? "true" : "false";
	return NULL;
}

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

/* NULL if text fits the field's type, else what is wanted. */
static const char *parse_value(struct parser *p, const char *text,
			       struct criterion *c)
{
	if (c->op == CRITERIA_IN_LAST)
		return parse_in_last(p, text, c);
	if (c->op == CRITERIA_WITHIN)
		return parse_within(p, text, c);
	switch (c->type) {
	case CRITERIA_TEXT:
	case CRITERIA_CUSTOM_TEXT:
		if (c->is_date && !(OPS_PART & 1u << c->op))
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
	case CRITERIA_RESPONSE:
		break;
	}
	return NULL;
}

/* A condition on what is not there would select nobody, or everybody. What is
 * stored may have outlived it. */
static int check_there(struct parser *p, const struct sql *has, int64_t id,
		       const char *path, const char *key, struct err *err)
{
	int64_t one;
	int found = 1;

	if (p->strict)
		found = db_find_int(p->db, has, SQL_ARGS(sql_int(id)), &one,
				    err);
	return found == 0 ? refuse_member(err, path, key,
					  "is of none that there is")
			  : found;
}

static int check_reference(struct parser *p, const struct criterion *c,
			   const char *path, struct err *err)
{
	const struct sql *has = NULL;

	if (c->op != CRITERIA_IS && c->op != CRITERIA_NOT)
		return 0;
	if (strcmp(c->field, "company_id") == 0 ||
	    strcmp(c->field, "company.id") == 0)
		has = SQL_CRITERIA_HAS_COMPANY;
	else if (strcmp(c->field, "import_id") == 0 ||
		 strcmp(c->field, "company.import_id") == 0)
		has = SQL_CRITERIA_HAS_IMPORT;
	return has ? check_there(p, has, c->number, path, "value", err) : 0;
}

static bool parse_op(const char *name, enum criteria_op *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(op_names); i++) {
		if (strcmp(op_names[i], name) == 0) {
			*out = (enum criteria_op)i;
			return true;
		}
	}
	return false;
}

static int parse_field_condition(struct parser *p, const json_t *json,
				 const char *path, const char *op,
				 struct criterion *c, struct err *err)
{
	const json_t *value = json_object_get(json, "value");
	const char *text, *problem;
	int known;

	known = resolve_field(p, c, err);
	if (known < 0)
		return -1;
	if (!known)
		return refuse_member(err, path, "field",
				     "is no field of this entity");
	if (!parse_op(op, &c->op))
		return refuse_member(err, path, "op", "is not known");
	if (!((ops_of_type[c->type] | (c->is_date ? OPS_DATE : 0)) &
	      (1u << c->op)))
		return refuse_member(err, path, "op",
				     "does not fit this field");
	if (c->op == CRITERIA_BLANK || c->op == CRITERIA_BLANK_NOT)
		return 0;
	text = value_text(p, value);
	if (!text)
		return refuse_member(err, path, "value",
				     "must be a text, number or boolean");
	if (strlen(text) > CRITERIA_VALUE_MAX)
		return refuse_member(err, path, "value", "is too long");
	problem = parse_value(p, text, c);
	return problem ? refuse_member(err, path, "value", problem)
		       : check_reference(p, c, path, err);
}

static bool parse_response_op(const char *name, struct criterion *c)
{
	c->negated = strncmp(name, "not_", 4) == 0;
	if (c->negated)
		name += 4;
	for (size_t i = 0; i < ARRAY_SIZE(response_names); i++) {
		if (strcmp(response_names[i], name) == 0) {
			c->response = (enum criteria_response)i;
			return true;
		}
	}
	return false;
}

static int parse_response(struct parser *p, const json_t *json,
			  const char *path, const char *op, struct criterion *c,
			  struct err *err)
{
	const json_t *campaign = json_object_get(json, "campaign_id");
	const json_t *url = json_object_get(json, "url");

	c->type = CRITERIA_RESPONSE;
	if (!parse_response_op(op, c))
		return refuse_member(err, path, "op", "is no response");
	if (campaign && !json_is_null(campaign)) {
		c->campaign_id = json_integer_value(campaign);
		if (c->campaign_id <= 0)
			return refuse_member(
				err, path, "campaign_id",
				"must be the number of a campaign");
		if (check_there(p, SQL_CRITERIA_HAS_CAMPAIGN, c->campaign_id,
				path, "campaign_id", err) < 0)
			return -1;
	}
	if (url && !json_is_null(url)) {
		if (!json_is_string(url) || c->response != RESPONSE_CLICKED)
			return refuse_member(
				err, path, "url",
				"must be a text, and only with clicked");
		c->url = arena_strdup(p->arena, json_string_value(url));
	}
	c->machines = json_is_true(json_object_get(json, "machines"));
	return 0;
}

static int parse_condition(struct parser *p, const json_t *json,
			   const char *path, struct criterion *out,
			   struct err *err)
{
	const char *field = json_string_value(json_object_get(json, "field"));
	const char *op = json_string_value(json_object_get(json, "op"));

	if (++p->conditions > CRITERIA_CONDITIONS_MAX)
		return err_field(err, path, "more than %d conditions",
				 CRITERIA_CONDITIONS_MAX);
	if (!field)
		return refuse_member(err, path, "field", "must be given");
	if (!op)
		return refuse_member(err, path, "op", "must be given");
	out->is_condition = true;
	out->field = arena_strdup(p->arena, field);
	if (strcmp(field, "response") == 0) {
		if (only_known(p, json, path, response_members, err) < 0)
			return -1;
		return parse_response(p, json, path, op, out, err);
	}
	if (only_known(p, json, path, condition_members, err) < 0)
		return -1;
	return parse_field_condition(p, json, path, op, out, err);
}

static int parse_match(const json_t *json, const char *path, bool *any,
		       struct err *err)
{
	const json_t *match = json_object_get(json, "match");
	const char *name = json_string_value(match);

	if (!match || (name && strcmp(name, "all") == 0))
		return 0;
	if (!name || strcmp(name, "any") != 0)
		return refuse_member(err, path, "match", "must be all or any");
	*any = true;
	return 0;
}

#define LEFT_OUT "must be given; [] is everybody"

static int parse_branch(struct parser *p, const json_t *json, const char *path,
			int depth, struct criterion *out, struct err *err);

static int parse_child(struct parser *p, const json_t *json, const char *path,
		       int depth, struct criterion *out, struct err *err)
{
	if (!json_is_object(json))
		return err_field(err, path, "must be an object");
	if (json_object_get(json, "conditions"))
		return parse_branch(p, json, path, depth + 1, out, err);
	return parse_condition(p, json, path, out, err);
}

static int parse_branch(struct parser *p, const json_t *json, const char *path,
			int depth, struct criterion *out, struct err *err)
{
	const json_t *list = json_object_get(json, "conditions");
	size_t n = json_array_size(list);

	if (depth > CRITERIA_DEPTH_MAX)
		return err_field(err, path, "nested deeper than %d levels",
				 CRITERIA_DEPTH_MAX);
	if (only_known(p, json, path, branch_members, err) < 0 ||
	    parse_match(json, path, &out->any, err) < 0)
		return -1;
	if (p->strict && (!list || json_is_null(list)))
		return refuse_member(err, path, "conditions", LEFT_OUT);
	if (list && !json_is_null(list) && !json_is_array(list))
		return refuse_member(err, path, "conditions", "must be a list");
	if (n > CRITERIA_CONDITIONS_MAX)
		return refuse_member(err, path, "conditions", "are too many");

	out->children = arena_array(p->arena, struct criterion, n + 1);
	for (size_t i = 0; i < n; i++) {
		const char *at =
			arena_printf(p->arena, "%s.conditions[%zu]", path, i);

		if (parse_child(p, json_array_get(list, i), at, depth,
				&out->children[i], err) < 0)
			return -1;
		out->n++;
	}
	return 0;
}

static int parse_criteria(struct parser *p, const json_t *json,
			  struct criteria **out, struct err *err)
{
	struct criteria *c = arena_new_of(p->arena, struct criteria);

	c->entity = p->entity;
	if (json && !json_is_null(json)) {
		if (!json_is_object(json))
			return err_field(err, "criteria", "must be an object");
		if (parse_branch(p, json, "criteria", 1, &c->root, err) < 0)
			return -1;
	} else if (p->strict) {
		return err_field(err, "criteria",
				 "must be given; {\"conditions\": []} is "
				 "everybody");
	}
	*out = c;
	return 0;
}

int criteria_parse(struct db *db, enum entity entity, const json_t *json,
		   int64_t now_ms, struct arena *arena, struct criteria **out,
		   struct err *err)
{
	struct parser parser = { .db = db,
				 .entity = entity,
				 .arena = arena,
				 .strict = true,
				 .now_ms = now_ms };

	return parse_criteria(&parser, json, out, err);
}

int criteria_parse_text(struct db *db, enum entity entity, const char *text,
			int64_t now_ms, struct arena *arena,
			struct criteria **out, struct err *err)
{
	CLEANUP(json_free) json_t *json = NULL;
	struct parser parser = {
		.db = db, .entity = entity, .arena = arena, .now_ms = now_ms
	};

	if (text && json_parse(str_of(text), &json, err) < 0)
		return -1;
	return parse_criteria(&parser, json, out, err);
}
