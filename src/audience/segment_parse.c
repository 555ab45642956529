/*
 * Conditions of the API to conditions that can be evaluated. Called when a
 * segment is stored and when it is used; any thread.
 */
#include "audience/interest/interest.h"
#include "audience/segment.h"
#include "audience/segment_private.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "sql/segment.h"

#include <stdio.h>
#include <string.h>

#define INTERESTS_FIELD "interests-"

/* What is being parsed, and where errors belong. */
struct parse {
	struct db *db;
	int64_t list_id, now_ms;
	struct arena *arena;
	const struct merge_defs *defs;
	const json_t *json; /* the condition */
	int index;
	const char *type, *field, *op;
	struct condition *out;
	struct err *err;
};

static int wrong(struct parse *p, const char *key, const char *why)
{
	char field[48];

	(void)snprintf(field, sizeof(field), "options.conditions.item:%d.%s",
		       p->index, key);
	return err_field(p->err, field, "%s", why);
}

/* --- values --- */

static const char *lower_case(const char *text, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

	strbuf_addstr(&out, text);
	strbuf_tolower(&out);
	return arena_str(arena, strbuf_str(&out));
}

/* The value as text, whatever JSON it is; NULL if there is none. */
static const char *value_text(struct parse *p, const char *key)
{
	const json_t *value = json_object_get(p->json, key);

	if (json_is_string(value))
		return json_string_value(value);
	if (json_is_integer(value))
		return arena_printf(p->arena, "%lld",
				    (long long)json_integer_value(value));
	if (json_is_real(value))
		return arena_printf(p->arena, "%.15g", json_real_value(value));
	return NULL;
}

static int need_text(struct parse *p, const char **out)
{
	*out = value_text(p, "value");
	if (!*out)
		return wrong(p, "value", "This value should not be blank.");
	return 0;
}

static int need_int(struct parse *p, int64_t *out)
{
	const char *text;

	if (need_text(p, &text) < 0)
		return -1;
	if (!text_to_int(text, out))
		return wrong(p, "value", "should be a whole number");
	return 0;
}

/* --- operators --- */

struct op {
	const char *name;
	enum condition_test test;
	bool negated;
};

#define OP_END                       \
	{                            \
		NULL, TEST_IS, false \
	}
static const struct op text_ops[] = { { "is", TEST_IS, false },
				      { "not", TEST_IS, true },
				      { "contains", TEST_CONTAINS, false },
				      { "notcontain", TEST_CONTAINS, true },
				      { "starts", TEST_STARTS, false },
				      { "ends", TEST_ENDS, false },
				      { "greater", TEST_GREATER, false },
				      { "less", TEST_LESS, false },
				      { "blank", TEST_BLANK, false },
				      { "blank_not", TEST_BLANK, true },
				      OP_END };
static const struct op number_ops[] = { { "is", TEST_IS, false },
					{ "not", TEST_IS, true },
					{ "greater", TEST_GREATER, false },
					{ "less", TEST_LESS, false },
					{ "blank", TEST_BLANK, false },
					{ "blank_not", TEST_BLANK, true },
					OP_END };
static const struct op address_ops[] = { { "contains", TEST_CONTAINS, false },
					 { "notcontain", TEST_CONTAINS, true },
					 { "blank", TEST_BLANK, false },
					 { "blank_not", TEST_BLANK, true },
					 OP_END };
static const struct op birthday_ops[] = { { "is", TEST_IS, false },
					  { "not", TEST_IS, true },
					  { "blank", TEST_BLANK, false },
					  { "blank_not", TEST_BLANK, true },
					  OP_END };
static const struct op plain_ops[] = { { "is", TEST_IS, false },
				       { "not", TEST_IS, true },
				       { "greater", TEST_GREATER, false },
				       { "less", TEST_LESS, false },
				       OP_END };
static const struct op same_ops[] = { { "is", TEST_IS, false },
				      { "not", TEST_IS, true },
				      OP_END };
static const struct op vip_ops[] = { { "member", TEST_IS, false },
				     { "notmember", TEST_IS, true },
				     OP_END };
static const struct op source_ops[] = { { "source_is", TEST_IS, false },
					{ "source_not", TEST_IS, true },
					OP_END };
static const struct op client_ops[] = { { "client_is", TEST_IS, false },
					{ "client_not", TEST_IS, true },
					OP_END };
static const struct op static_ops[] = { { "static_is", TEST_IS, false },
					{ "static_not", TEST_IS, true },
					OP_END };

static int take_op(struct parse *p, const struct op *ops)
{
	for (; ops->name; ops++) {
		if (strcmp(ops->name, p->op) == 0) {
			p->out->test = ops->test;
			p->out->negated = ops->negated;
			return 0;
		}
	}
	return wrong(p, "op", "is no operator of this field");
}

static int take_text(struct parse *p, enum condition_kind kind,
		     const struct op *ops)
{
	const char *text = "";

	p->out->kind = kind;
	if (take_op(p, ops) < 0)
		return -1;
	if (p->out->test != TEST_BLANK && need_text(p, &text) < 0)
		return -1;
	p->out->text = lower_case(text, p->arena);
	return 0;
}

/* --- merge fields --- */

static bool read_date(const char *text, int *y, int *m, int *d)
{
	int64_t ms;
	char rest;

	if (sscanf(text, "%2d/%2d/%4d%c", m, d, y, &rest) == 3)
		return date_is_valid(*y, *m, *d);
	if (time_parse_iso(text, &ms)) {
		struct civil c = time_to_civil(ms);

		*y = c.year;
		*m = c.month;
		*d = c.day;
		return true;
	}
	return false;
}

static int take_date_field(struct parse *p)
{
	const char *text;
	int y, m, d;

	p->out->kind = CONDITION_TEXT;
	if (take_op(p, number_ops) < 0)
		return -1;
	if (p->out->test == TEST_BLANK) {
		p->out->text = "";
		return 0;
	}
	if (need_text(p, &text) < 0)
		return -1;
	if (!read_date(text, &y, &m, &d))
		return wrong(p, "value", "should be a date");
	p->out->needs_text = p->out->test != TEST_IS;
	p->out->text = arena_printf(p->arena, "%04d-%02d-%02d", y, m, d);
	return 0;
}

static int take_birthday(struct parse *p)
{
	const char *text;
	char rest;
	int m, d;

	if (take_text(p, CONDITION_TEXT, birthday_ops) < 0)
		return -1;
	if (p->out->test == TEST_BLANK)
		return 0;
	text = p->out->text;
	if (sscanf(text, "%2d/%2d%c", &m, &d, &rest) != 2 ||
	    !date_is_valid(2000, m, d))
		return wrong(p, "value", "should be a birthday as MM/DD");
	p->out->text = arena_printf(p->arena, "%02d/%02d", m, d);
	return 0;
}

static int take_number(struct parse *p)
{
	const char *text;

	p->out->kind = CONDITION_NUMBER;
	if (take_op(p, number_ops) < 0)
		return -1;
	if (p->out->test == TEST_BLANK)
		return 0;
	if (need_text(p, &text) < 0)
		return -1;
	if (!str_to_double(str_trim(str_of(text)), &p->out->number))
		return wrong(p, "value", "should be a number");
	return 0;
}

/* What the API calls a condition on such a field. */
static const char *merge_condition_type(enum merge_type type)
{
	switch (type) {
	case MERGE_TYPE_ADDRESS:
		return "AddressMerge";
	case MERGE_TYPE_DATE:
		return "DateMerge";
	case MERGE_TYPE_BIRTHDAY:
		return "BirthdayMerge";
	case MERGE_TYPE_RADIO:
	case MERGE_TYPE_DROPDOWN:
		return "SelectMerge";
	default:
		return "TextMerge";
	}
}

static int take_merge(struct parse *p, const struct merge_def *def)
{
	p->out->merge_id = def->id;
	p->out->type = merge_condition_type(def->type);
	switch (def->type) {
	case MERGE_TYPE_NUMBER:
		return take_number(p);
	case MERGE_TYPE_ADDRESS:
		return take_text(p, CONDITION_ADDRESS, address_ops);
	case MERGE_TYPE_DATE:
		return take_date_field(p);
	case MERGE_TYPE_BIRTHDAY:
		return take_birthday(p);
	default:
		return take_text(p, CONDITION_TEXT, text_ops);
	}
}

static const struct merge_def *find_field(const struct parse *p)
{
	const struct merge_def *def = merge_defs_find(p->defs, p->field);
	const char *digits = p->field;
	int64_t id;

	if (def)
		return def;
	if (*digits == 'M' && digits[1] == 'M')
		digits++;
	if (strncmp(digits, "MERGE", 5) != 0 || !text_to_int(digits + 5, &id))
		return NULL;
	vec_each (p->defs, other)
		if (other->id == id)
			return other;
	return NULL;
}

/* --- times --- */

static int64_t start_of_day(int64_t ms)
{
	return ms - ((ms % MS_DAY) + MS_DAY) % MS_DAY;
}

/* What `value` compares with: a day, or the moment a campaign was sent. */
static int reference_time(struct parse *p, int64_t *out, bool *is_day)
{
	const char *value, *extra = value_text(p, "extra");
	int64_t id;
	int y, m, d, found;

	if (need_text(p, &value) < 0)
		return -1;
	if (strcmp(value, "campaign") == 0) {
		if (!extra || !text_to_int(extra, &id))
			return wrong(p, "extra",
				     "should be a campaign's "
				     "web_id");
		found = db_find_int(p->db, SQL_SEGMENT_SENT_MS,
				    SQL_ARGS(sql_int(p->list_id), sql_int(id)),
				    out, p->err);
		return found == 0 ? wrong(p, "extra", "is no campaign") : found;
	}
	if (strcmp(value, "last") == 0)
		return db_find_int(p->db, SQL_SEGMENT_LAST_SENT_MS,
				   SQL_ARGS(sql_int(p->list_id)), out, p->err);
	if (strcmp(value, "date") == 0)
		value = extra ? extra : "";
	if (!read_date(value, &y, &m, &d))
		return wrong(p, "extra", "should be a date as YYYY-MM-DD");
	*is_day = true;
	*out = time_from_civil(
		(struct civil){ .year = y, .month = m, .day = d });
	return 0;
}

static int take_within(struct parse *p, bool negated)
{
	int64_t days;

	if (need_int(p, &days) < 0)
		return -1;
	if (days < 0 || days > 36500)
		return wrong(p, "value", "should be a number of days");
	p->out->test = TEST_BETWEEN;
	p->out->from_ms = p->now_ms - days * MS_DAY;
	p->out->to_ms = INT64_MAX;
	if (!negated)
		return 0;
	p->out->to_ms = p->out->from_ms;
	p->out->from_ms = 1;
	return 0;
}

static int take_time(struct parse *p, enum condition_kind kind)
{
	struct condition *c = p->out;
	bool is_day = false;
	int64_t at = 0, first, end;

	c->kind = kind;
	if (strcmp(p->op, "blank") == 0 || strcmp(p->op, "blank_not") == 0) {
		c->test = TEST_BLANK;
		c->negated = p->op[5] != '\0';
		return 0;
	}
	if (strcmp(p->op, "within") == 0 || strcmp(p->op, "date_within") == 0)
		return take_within(p, false);
	if (strcmp(p->op, "notwithin") == 0)
		return take_within(p, true);
	if (take_op(p, plain_ops) < 0 || reference_time(p, &at, &is_day) < 0)
		return -1;
	first = is_day || c->test == TEST_IS ? start_of_day(at) : at;
	end = is_day || c->test == TEST_IS ? first + MS_DAY : at + 1;
	c->from_ms = c->test == TEST_GREATER ? end
		     : c->test == TEST_LESS  ? 1
					     : first;
	c->to_ms = c->test == TEST_GREATER ? INT64_MAX
		   : c->test == TEST_LESS  ? first
					   : end;
	c->test = TEST_BETWEEN;
	return 0;
}

/* --- the rest --- */

static int take_static(struct parse *p)
{
	struct segment segment;

	p->out->kind = CONDITION_STATIC;
	if (take_op(p, static_ops) < 0 || need_int(p, &p->out->id) < 0)
		return -1;
	if (segment_get(p->db, p->list_id, p->out->id, p->arena, &segment,
			p->err) < 0)
		return p->err->code == ERR_NOT_FOUND
			       ? wrong(p, "value", "is no tag of this list")
			       : -1;
	if (segment.kind != SEGMENT_STATIC)
		return wrong(p, "value", "is no tag of this list");
	return 0;
}

static int take_aim(struct parse *p)
{
	static const struct {
		const char *op;
		enum condition_kind kind;
		bool negated;
	} ops[] = {
		{ "open", CONDITION_OPENED, false },
		{ "click", CONDITION_CLICKED, false },
		{ "sent", CONDITION_SENT, false },
		{ "noopen", CONDITION_OPENED, true },
		{ "noclick", CONDITION_CLICKED, true },
		{ "nosent", CONDITION_SENT, true },
	};
	const char *value = value_text(p, "value");
	struct condition *c = p->out;

	for (size_t i = 0; i < ARRAY_SIZE(ops); i++) {
		if (strcmp(ops[i].op, p->op) != 0)
			continue;
		c->kind = ops[i].kind;
		c->negated = ops[i].negated;
		/* "Did not open" is about those who got it. */
		c->among_sent = c->negated && c->kind != CONDITION_SENT;
		if (!value || strcmp(value, "any") == 0)
			return 0;
		if (!text_to_int(value, &c->id) || c->id <= 0)
			return wrong(p, "value",
				     "should be any, or a campaign's web_id");
		return 0;
	}
	return wrong(p, "op", "is no operator of this field");
}

static int take_rating(struct parse *p)
{
	p->out->kind = CONDITION_RATING;
	if (take_op(p, plain_ops) < 0)
		return -1;
	return need_int(p, &p->out->id);
}

static int take_vip(struct parse *p)
{
	p->out->kind = CONDITION_VIP;
	return take_op(p, vip_ops);
}

static int take_opt(struct parse *p)
{
	return take_time(p, CONDITION_OPT);
}

static int take_changed(struct parse *p)
{
	return take_time(p, CONDITION_CHANGED);
}

static int take_language(struct parse *p)
{
	return take_text(p, CONDITION_LANGUAGE, same_ops);
}

static int take_source(struct parse *p)
{
	return take_text(p, CONDITION_SOURCE, source_ops);
}

/* No client is known of anybody. */
static int take_client(struct parse *p)
{
	return take_text(p, CONDITION_NEVER, client_ops);
}

static int take_email(struct parse *p)
{
	if (strncmp(p->op, "blank", 5) == 0)
		return wrong(p, "op", "is no operator of this field");
	return take_text(p, CONDITION_EMAIL, text_ops);
}

static const struct op interest_ops[] = {
	{ "interestcontains", TEST_ANY_OF, false },
	{ "interestcontainsall", TEST_ALL_OF, false },
	{ "interestnotcontains", TEST_ANY_OF, true },
	OP_END
};

/* One of the values as one of the interests: 0, or -1. */
static int take_interest(struct parse *p, const struct interests *all,
			 const json_t *value, int64_t *out)
{
	const char *hex = json_string_value(value);
	const struct interest *found = hex ? interests_find(all, hex) : NULL;

	if (!found)
		return wrong(p, "value", "is no interest of this category");
	*out = found->id;
	return 0;
}

static int take_interest_ids(struct parse *p, const struct interests *all)
{
	const json_t *values = json_object_get(p->json, "value"), *item;
	size_t n = json_is_string(values) ? 1 : json_array_size(values), i;
	int64_t *ids = arena_array(p->arena, int64_t, n + 1);

	if (n == 0)
		return wrong(p, "value", "This value should not be blank.");
	if (n > INTERESTS_MAX)
		return wrong(p, "value", "has too many interests");
	if (json_is_string(values) && take_interest(p, all, values, ids) < 0)
		return -1;
	json_array_foreach (values, i, item)
		if (take_interest(p, all, item, &ids[i]) < 0)
			return -1;
	p->out->ids = ids;
	p->out->ids_n = n;
	return 0;
}

/* Of the category that the field names behind the prefix. */
static int take_interests(struct parse *p, const char *category_hex)
{
	CLEANUP(vec_release) struct interests all = VEC_INIT;
	struct interest_category category;

	p->out->kind = CONDITION_INTERESTS;
	p->out->type = "Interests";
	if (take_op(p, interest_ops) < 0)
		return -1;
	if (interest_category_get(p->db, p->list_id, category_hex, p->arena,
				  &category, p->err) < 0)
		return p->err->code == ERR_NOT_FOUND
			       ? wrong(p, "field",
				       "is no category of this list")
			       : -1;
	if (interest_list(p->db, p->list_id, category.id, p->arena, &all,
			  p->err) < 0)
		return -1;
	return take_interest_ids(p, &all);
}

/* Fields by name, and the types that a client may call them. */
static const struct {
	const char *field;
	int (*take)(struct parse *p);
	const char *types[3];
} fields[] = {
	{ "aim", take_aim, { "Aim" } },
	{ "timestamp_opt", take_opt, { "Date", "NewSubscribers" } },
	{ "info_changed", take_changed, { "Date" } },
	{ "static_segment", take_static, { "StaticSegment" } },
	{ "rating", take_rating, { "MemberRating" } },
	{ "gmonkey", take_vip, { "VIP" } },
	{ "language", take_language, { "Language" } },
	{ "source", take_source, { "SignupSource" } },
	{ "email_client", take_client, { "EmailClient" } },
	{ "EMAIL", take_email, { "EmailAddress", "TextMerge" } },
	{ "merge0", take_email, { "EmailAddress", "TextMerge" } },
};

static bool is_type_of(const char *type, const char *const types[3])
{
	if (!*type)
		return true;
	for (size_t i = 0; i < 3 && types[i]; i++)
		if (strcmp(type, types[i]) == 0)
			return true;
	return false;
}

static int take_field(struct parse *p)
{
	static const char *const merges[] = { "TextMerge",    "SelectMerge",
					      "DateMerge",    "BirthdayMerge",
					      "AddressMerge", "ZipMerge" };
	const struct merge_def *def;

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		if (strcmp(fields[i].field, p->field) != 0)
			continue;
		if (!is_type_of(p->type, fields[i].types))
			return wrong(p, "condition_type",
				     "does not fit the field");
		p->out->type = fields[i].types[0];
		if (strcmp(p->type, "NewSubscribers") == 0 ||
		    strcmp(p->op, "date_within") == 0)
			p->out->type = "NewSubscribers";
		return fields[i].take(p);
	}
	if (strncmp(p->field, INTERESTS_FIELD, strlen(INTERESTS_FIELD)) == 0)
		return *p->type && strcmp(p->type, "Interests") != 0
			       ? wrong(p, "condition_type",
				       "does not fit the field")
			       : take_interests(
					 p, p->field + strlen(INTERESTS_FIELD));
	def = find_field(p);
	if (!def)
		return wrong(p, "field", "is no field of this list");
	for (size_t i = 0; *p->type && i < ARRAY_SIZE(merges); i++)
		if (strcmp(merges[i], p->type) == 0)
			return take_merge(p, def);
	return *p->type ? wrong(p, "condition_type", "does not fit the field")
			: take_merge(p, def);
}

static int parse_one(struct parse *p)
{
	static const struct {
		const char *type, *field;
	} usual[] = { { "Aim", "aim" },
		      { "NewSubscribers", "timestamp_opt" },
		      { "VIP", "gmonkey" },
		      { "MemberRating", "rating" },
		      { "StaticSegment", "static_segment" } };

	p->type = p->field = p->op = "";
	if (!json_is_object(p->json))
		return wrong(p, "field", "a condition should be an object");
	if (json_get_text(p->json, "condition_type", &p->type, p->err) < 0 ||
	    json_get_text(p->json, "field", &p->field, p->err) < 0 ||
	    json_get_text(p->json, "op", &p->op, p->err) < 0)
		return -1;
	for (size_t i = 0; !*p->field && i < ARRAY_SIZE(usual); i++)
		if (strcmp(usual[i].type, p->type) == 0)
			p->field = usual[i].field;
	if (!*p->field)
		return wrong(p, "field", "This value should not be blank.");
	p->out->field = p->field;
	return take_field(p);
}

static int parse_all(struct parse *p, const json_t *conditions)
{
	const json_t *item;
	size_t i;

	json_array_foreach (conditions, i, item) {
		p->json = item;
		p->index = (int)i;
		p->out->text = "";
		if (parse_one(p) < 0)
			return -1;
		p->out++;
	}
	return 0;
}

static int read_match(const json_t *opts, bool *any, struct err *err)
{
	const char *match = "all";

	if (json_get_text(opts, "match", &match, err) < 0)
		return -1;
	*any = strcmp(match, "any") == 0;
	if (!*any && strcmp(match, "all") != 0)
		return err_field(err, "options.match", "should be any or all");
	return 0;
}

int segment_parse(struct db *db, int64_t list_id, const json_t *opts,
		  int64_t now_ms, struct arena *arena,
		  struct condition_tree *out, struct err *err)
{
	CLEANUP(vec_release) struct merge_defs defs = VEC_INIT;
	const json_t *conditions = NULL;
	struct parse p = { .db = db,
			   .list_id = list_id,
			   .now_ms = now_ms,
			   .arena = arena,
			   .defs = &defs,
			   .err = err };

	*out = (struct condition_tree){ .any = false };
	if (read_match(opts, &out->any, err) < 0 ||
	    json_get_array(opts, "conditions", &conditions, err) < 0)
		return -1;
	out->n = json_array_size(conditions);
	if (out->n > CONDITIONS_MAX)
		return err_field(err, "options.conditions",
				 "may hold at most %d conditions",
				 CONDITIONS_MAX);
	if (merge_field_list(db, list_id, arena, &defs, err) < 0)
		return -1;
	out->v = arena_array(arena, struct condition, out->n + 1);
	p.out = out->v;
	return parse_all(&p, conditions);
}
