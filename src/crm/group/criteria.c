#include "crm/group/criteria.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/email.h"
#include "base/err.h"
#include "base/json.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "crm/field.h"
#include "crm/group/criteria_private.h"
#include "sql/criteria.h"
#include "store/db.h"

#include <string.h>

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
/* Of those that are dates. */
#define OPS_DATE (OPS_ORDER | OP(IN_LAST) | OP(WITHIN))
#define OPS_BLANK (OP(BLANK) | OP(BLANK_NOT))

static const unsigned ops_of_type[] = {
	[CRITERIA_TEXT] = OPS_IS | OPS_PART | OPS_BLANK,
	[CRITERIA_FOLDED] = OPS_IS | OPS_PART | OPS_BLANK,
	[CRITERIA_BOOL] = OPS_IS,
	[CRITERIA_TIME] = OPS_IS | OPS_ORDER | OPS_BLANK | OP(IN_LAST),
	[CRITERIA_INT] = OPS_IS | OPS_ORDER | OPS_BLANK,
	[CRITERIA_EMAIL] = OPS_IS | OPS_PART | OPS_BLANK,
	[CRITERIA_TAG] = OPS_IS | OPS_PART | OPS_BLANK,
	[CRITERIA_CUSTOM_TEXT] = OPS_IS | OPS_PART | OPS_BLANK,
	[CRITERIA_CUSTOM_NUMBER] = OPS_IS | OPS_ORDER | OPS_BLANK,
	[CRITERIA_CUSTOM_BOOL] = OPS_IS | OPS_BLANK,
	[CRITERIA_GROUP] = OPS_IS,
	[CRITERIA_MAIL_STATUS] = OPS_IS,
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

int criteria_refuse(struct err *err, const char *path, const char *key,
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

enum criteria_type criteria_type_of(const struct field *field)
{
	static const enum criteria_type types[] = {
		[FIELD_TEXT] = CRITERIA_TEXT, [FIELD_DATE] = CRITERIA_TEXT,
		[FIELD_ID] = CRITERIA_INT,    [FIELD_BOOL] = CRITERIA_BOOL,
		[FIELD_TIME] = CRITERIA_TIME, [FIELD_ADDRESS] = CRITERIA_EMAIL,
	};

	return types[field->type];
}

enum criteria_type criteria_type_of_custom(const char *type)
{
	if (strcmp(type, "number") == 0)
		return CRITERIA_CUSTOM_NUMBER;
	return strcmp(type, "boolean") == 0 ? CRITERIA_CUSTOM_BOOL
					    : CRITERIA_CUSTOM_TEXT;
}

static const char **add_responses(const char **out, struct arena *arena)
{
	for (size_t i = 0; i < ARRAY_SIZE(response_names); i++) {
		*out++ = response_names[i];
		*out++ = arena_printf(arena, "not_%s", response_names[i]);
	}
	return out;
}

const char *const *criteria_ops(enum criteria_type type, bool is_date,
				struct arena *arena)
{
	const char **ops = arena_array(
		arena, const char *,
		ARRAY_SIZE(op_names) + 2 * ARRAY_SIZE(response_names) + 1);
	const char **end = ops;
	unsigned fit = is_date ? OPS_DATE : 0;

	if (type == CRITERIA_RESPONSE)
		end = add_responses(end, arena);
	else
		fit |= ops_of_type[type];
	for (size_t i = 0; i < ARRAY_SIZE(op_names); i++) {
		if (fit & 1u << i)
			*end++ = op_names[i];
	}
	*end = NULL;
	return ops;
}

/* A field of crm/field.h: false if such records do not have it. */
static bool find_field(enum entity entity, const char *name,
		       struct criterion *c)
{
	const struct field *f = field_find(entity, name);

	if (strcmp(name, "name") == 0) { /* of people: last and first */
		c->type = CRITERIA_FOLDED;
		c->column = "name_folded";
		return true;
	}
	if (!f)
		return false;
	c->type = criteria_type_of(f);
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
	c->type = criteria_type_of_custom(type);
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
	if (!c->of_company && strcmp(name, "group") == 0) {
		c->type = CRITERIA_GROUP;
		return 1;
	}
	if (!c->of_company && p->entity != ENTITY_COMPANY &&
	    strcmp(name, "mail_status") == 0) {
		c->type = CRITERIA_MAIL_STATUS;
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
	return found == 0 ? criteria_refuse(err, path, key,
					    "is of none that there is")
			  : found;
}

static int check_reference(struct parser *p, struct criterion *c,
			   const char *path, struct err *err)
{
	const struct sql *has = NULL;

	if (c->type == CRITERIA_GROUP)
		return criteria_parse_group(p, c, path, err);
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

/* Texts had an order once, by which "1000" is less than "9": it is not given
 * any more, but what is stored means what it did. */
static bool op_fits(const struct parser *p, const struct criterion *c)
{
	bool is_text = c->type == CRITERIA_TEXT || c->type == CRITERIA_FOLDED ||
		       c->type == CRITERIA_CUSTOM_TEXT;
	unsigned fit = ops_of_type[c->type];

	if (c->is_date)
		fit |= OPS_DATE;
	if (is_text && !p->strict)
		fit |= OPS_ORDER;
	return fit & (1u << c->op);
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
		return criteria_refuse(err, path, "field",
				       "is no field of this entity");
	if (!parse_op(op, &c->op))
		return criteria_refuse(err, path, "op", "is not known");
	if (!op_fits(p, c))
		return criteria_refuse(err, path, "op",
				       "does not fit this field");
	if (c->op == CRITERIA_BLANK || c->op == CRITERIA_BLANK_NOT)
		return 0;
	text = value_text(p, value);
	if (!text)
		return criteria_refuse(err, path, "value",
				       "must be a text, number or boolean");
	if (strlen(text) > CRITERIA_VALUE_MAX)
		return criteria_refuse(err, path, "value", "is too long");
	problem = criteria_parse_value(p, text, c);
	return problem ? criteria_refuse(err, path, "value", problem)
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
		return criteria_refuse(err, path, "op", "is no response");
	if (campaign && !json_is_null(campaign)) {
		c->campaign_id = json_integer_value(campaign);
		if (c->campaign_id <= 0)
			return criteria_refuse(
				err, path, "campaign_id",
				"must be the number of a campaign");
		if (check_there(p, SQL_CRITERIA_HAS_CAMPAIGN, c->campaign_id,
				path, "campaign_id", err) < 0)
			return -1;
	}
	if (url && !json_is_null(url)) {
		if (!json_is_string(url) || c->response != RESPONSE_CLICKED)
			return criteria_refuse(
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
	if (++p->all > CRITERIA_ALL_MAX)
		return err_field(err, path,
				 "more than %d conditions, with those of the "
				 "groups that are referred to",
				 CRITERIA_ALL_MAX);
	if (!field)
		return criteria_refuse(err, path, "field", "must be given");
	if (!op)
		return criteria_refuse(err, path, "op", "must be given");
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
		return criteria_refuse(err, path, "match",
				       "must be all or any");
	*any = true;
	return 0;
}

#define LEFT_OUT "must be given; [] is everybody"

static int parse_child(struct parser *p, const json_t *json, const char *path,
		       int depth, struct criterion *out, struct err *err)
{
	if (!json_is_object(json))
		return err_field(err, path, "must be an object");
	if (json_object_get(json, "conditions"))
		return criteria_parse_branch(p, json, path, depth + 1, out,
					     err);
	return parse_condition(p, json, path, out, err);
}

int criteria_parse_branch(struct parser *p, const json_t *json,
			  const char *path, int depth, struct criterion *out,
			  struct err *err)
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
		return criteria_refuse(err, path, "conditions", LEFT_OUT);
	if (list && !json_is_null(list) && !json_is_array(list))
		return criteria_refuse(err, path, "conditions",
				       "must be a list");
	if (n > CRITERIA_CONDITIONS_MAX)
		return criteria_refuse(err, path, "conditions", "are too many");

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
			return err_field(err, p->root, "must be an object");
		if (criteria_parse_branch(p, json, p->root, 1, &c->root, err) <
		    0)
			return -1;
	} else if (p->strict) {
		return err_field(err, p->root,
				 "must be given; {\"conditions\": []} is "
				 "everybody");
	}
	*out = c;
	return 0;
}

int criteria_parse(struct db *db, enum entity entity, const char *root,
		   const json_t *json, int64_t now_ms, struct arena *arena,
		   struct criteria **out, struct err *err)
{
	struct parser parser = { .db = db,
				 .root = root,
				 .entity = entity,
				 .arena = arena,
				 .strict = true,
				 .now_ms = now_ms };

	return parse_criteria(&parser, json, out, err);
}

/* Of a group's criteria, as they are stored. */
static struct parser stored_parser(struct db *db, enum entity entity,
				   int64_t now_ms, struct arena *arena)
{
	return (struct parser){ .db = db,
				.root = "criteria",
				.entity = entity,
				.arena = arena,
				.now_ms = now_ms };
}

int criteria_parse_of(struct db *db, enum entity entity,
		      const struct criteria_owner *group, const json_t *json,
		      int64_t now_ms, struct arena *arena,
		      struct criteria **out, struct err *err)
{
	const struct chain self = { .id = group->id, .name = group->name };
	struct parser parser = stored_parser(db, entity, now_ms, arena);

	parser.strict = true;
	parser.checks = true;
	parser.chain = &self;
	return parse_criteria(&parser, json, out, err);
}

static int parse_text(struct parser *p, const char *text, struct criteria **out,
		      struct err *err)
{
	CLEANUP(json_free) json_t *json = NULL;

	if (text && json_parse(str_of(text), &json, err) < 0)
		return -1;
	return parse_criteria(p, json, out, err);
}

int criteria_check(struct db *db, enum entity entity,
		   const struct criteria_owner *group, const char *text,
		   int64_t now_ms, struct arena *arena, struct err *err)
{
	const struct chain self = { .id = group->id, .name = group->name };
	struct parser parser = stored_parser(db, entity, now_ms, arena);
	struct criteria *parsed;

	parser.checks = true;
	parser.chain = &self;
	return parse_text(&parser, text, &parsed, err);
}

int criteria_parse_text(struct db *db, enum entity entity, const char *text,
			int64_t now_ms, struct arena *arena,
			struct criteria **out, struct err *err)
{
	struct parser parser = stored_parser(db, entity, now_ms, arena);

	return parse_text(&parser, text, out, err);
}

static void add_references(const struct criterion *c, struct ids *out)
{
	if (c->is_condition && c->type == CRITERIA_GROUP)
		vec_push(out, c->number);
	for (size_t i = 0; i < c->n; i++)
		add_references(&c->children[i], out);
}

void criteria_references(const struct criteria *c, struct ids *out)
{
	add_references(&c->root, out);
}
