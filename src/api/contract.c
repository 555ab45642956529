#include "api/contract.h"

#include "api/routes.h"
#include "api/shown_texts.h"
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/email.h"
#include "base/err.h"
#include "base/json.h"
#include "base/text/near.h"
#include "base/text/shown_text.h"
#include "base/vec.h"
#include "http/params.h"
#include "http/problem.h"

#include <stdlib.h>
#include <string.h>

#define PREFIX "/api/v1"
#define PROBLEMS_MAX 50
#define DEPTH_MAX 16

struct contract {
	json_t *document;
};

struct contract *contract_new(void)
{
	struct contract *c = calloc(1, sizeof(*c));
	struct err err = ERR_INIT;

	BUG_ON(!c);
	if (json_parse(str_of(openapi_v1), &c->document, &err) < 0)
		BUG_ON("openapi_v1 is made at build time");
	return c;
}

void contract_free(struct contract **contract)
{
	if (!*contract)
		return;
	json_free(&(*contract)->document);
	free(*contract);
	*contract = NULL;
}

/* --- what is wrong --- */

struct report {
	const struct contract *contract;
	struct arena *arena;
	struct strbuf json; /* [{field, message, pointer}, ...] */
	struct json_writer w;
	int n;
	const char *first;
};

static void report_release(struct report *r)
{
	strbuf_release(&r->json);
}

static void wrong(struct report *r, const char *field, const char *message)
{
	if (r->n++ == 0)
		r->first = arena_strdup(r->arena, message);
	if (r->n <= PROBLEMS_MAX)
		problem_write_field(&r->w, field, message);
}

static const char *below(struct report *r, const char *at, const char *key)
{
	return *at ? arena_printf(r->arena, "%s.%s", at, key)
		   : arena_strdup(r->arena, key);
}

/* What a value of this enum must be; lives in the arena. */
static const char *one_of(struct report *r, const json_t *all)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	json_t *one;
	size_t i;

	json_array_foreach ((json_t *)(uintptr_t)all, i, one) {
		if (json_is_string(one)) /* null is as if it were not there */
			strbuf_addf(&text, "%s%s", i ? ", " : "not one of ",
				    json_string_value(one));
	}
	return arena_str(r->arena, strbuf_str(&text));
}

/* --- queries --- */

/* Of parameters in the query: of all, or of those that must be given. */
static const char **query_names(const json_t *parameters, bool required_only,
				struct arena *arena)
{
	size_t i, n = 0, size = json_array_size(parameters) + 1;
	const char **names = arena_array(arena, const char *, size);
	json_t *parameter;

	json_array_foreach ((json_t *)(uintptr_t)parameters, i, parameter) {
		const char *in =
			json_string_value(json_object_get(parameter, "in"));

		if (strcmp(in, "query") == 0 &&
		    (!required_only ||
		     json_is_true(json_object_get(parameter, "required"))))
			names[n++] = json_string_value(
				json_object_get(parameter, "name"));
	}
	names[n] = NULL;
	return names;
}

/* Of the parameter in a query; NULL if there is none of that name. */
static const json_t *query_schema(const json_t *parameters, const char *name)
{
	json_t *parameter;
	size_t i;

	json_array_foreach ((json_t *)(uintptr_t)parameters, i, parameter) {
		if (strcmp(json_string_value(json_object_get(parameter, "in")),
			   "query") == 0 &&
		    strcmp(json_string_value(
				   json_object_get(parameter, "name")),
			   name) == 0)
			return json_object_get(parameter, "schema");
	}
	return NULL;
}

static const char *unknown_parameter(struct report *r, const char *name,
				     const json_t *parameters)
{
	const char *near =
		near_name(name, query_names(parameters, false, r->arena));

	return near ? arena_printf(r->arena,
				   "there is no such parameter; did you "
				   "mean %s?",
				   near)
		    : "there is no such parameter";
}

static bool is_in(const json_t *all, const char *text)
{
	json_t *one;
	size_t i;

	json_array_foreach ((json_t *)(uintptr_t)all, i, one) {
		if (strcmp(json_string_value(one), text) == 0)
			return true;
	}
	return false;
}

/* What is wrong with one that is given; NULL: nothing. `?dry_run=yes`, or true
 * and false at once, must not be the deed, and `?kind=dynamci` not all kinds.
 * An empty text is as if it were not there. */
static const char *query_problem(struct report *r, const struct params *params,
				 const struct param *p, const json_t *schema)
{
	const char *type = json_string_value(json_object_get(schema, "type"));
	const json_t *all = json_object_get(schema, "enum");
	bool flag;

	if (params_find(params, p->name) != p->value)
		return "is given twice";
	if (type && strcmp(type, "boolean") == 0 &&
	    !request_flag_parse(p->value, &flag))
		return "must be true or false";
	if (all && *p->value && !is_in(all, p->value))
		return one_of(r, all);
	return NULL;
}

static void check_query(struct report *r, const json_t *operation,
			const struct request *rq)
{
	const json_t *parameters = json_object_get(operation, "parameters");
	const char **required = query_names(parameters, true, r->arena);
	struct params params = { .first = NULL };

	params_add_form(&params, str_of(rq->query), r->arena);
	for (const struct param *p = params.first; p; p = p->next) {
		const json_t *schema = query_schema(parameters, p->name);
		/* The key may stand in the query: http/auth.h. */
		const char *why =
			!schema && strcmp(p->name, "apikey") != 0
				? unknown_parameter(r, p->name, parameters)
				: query_problem(r, &params, p, schema);

		if (why)
			wrong(r, p->name, why);
	}
	for (; *required; required++) {
		if (!params_find(&params, *required))
			wrong(r, *required, "must be given");
	}
	if (params.left_out > 0)
		wrong(r, "query", "must be UTF-8, of at most 1000 parameters");
}

/* --- bodies --- */

static const json_t *resolve(const struct report *r, const json_t *schema)
{
	const char *ref = json_string_value(json_object_get(schema, "$ref"));
	const json_t *components, *named;

	if (!ref)
		return schema;
	components = json_object_get(r->contract->document, "components");
	named = json_object_get(json_object_get(components, "schemas"),
				strrchr(ref, '/') + 1);
	BUG_ON(!named);
	return named;
}

static bool is_of_type(const json_t *value, const char *type)
{
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		return strcmp(type, "object") == 0;
	case JSON_ARRAY:
		return strcmp(type, "array") == 0;
	case JSON_STRING:
		return strcmp(type, "string") == 0;
	case JSON_INTEGER:
		return strcmp(type, "integer") == 0 ||
		       strcmp(type, "number") == 0;
	case JSON_REAL:
		return strcmp(type, "number") == 0;
	case JSON_TRUE:
	case JSON_FALSE:
		return strcmp(type, "boolean") == 0;
	case JSON_NULL:
		return true; /* as if it were not there */
	}
	return false;
}

/* NULL if the value is of such a type, else what it must be. */
static const char *wrong_type(const json_t *schema, const json_t *value)
{
	static const char *const words[][2] = {
		{ "object", "must be an object" },
		{ "array", "must be an array" },
		{ "string", "must be a string" },
		{ "integer", "must be an integer" },
		{ "number", "must be a number" },
		{ "boolean", "must be true or false" },
	};
	const json_t *type = json_object_get(schema, "type");
	const char *first = json_string_value(
		json_is_array(type) ? json_array_get(type, 0) : type);

	if (!first || is_of_type(value, first))
		return NULL;
	for (size_t i = 1; i < json_array_size(type); i++)
		if (is_of_type(value,
			       json_string_value(json_array_get(type, i))))
			return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(words[i][0], first) == 0)
			return words[i][1];
	return "is of the wrong type";
}

static json_int_t count_characters(const char *text)
{
	json_int_t n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xC0) != 0x80;
	return n;
}

static bool is_date(const char *text)
{
	int64_t ms;

	return strlen(text) == strlen("YYYY-MM-DD") &&
	       time_parse_iso(text, &ms);
}

/* An empty text stands for none: whether there must be one is said by the
 * handler. */
static void check_text(struct report *r, const json_t *schema, const char *at,
		       const char *text)
{
	const char *format =
		json_string_value(json_object_get(schema, "format"));
	const json_t *most = json_object_get(schema, "maxLength");
	struct err err = ERR_INIT;
	struct email email;
	int64_t ms;

	text = arena_str(r->arena, str_trim(str_of(text)));
	if (most && count_characters(text) > json_integer_value(most))
		wrong(r, at,
		      arena_printf(r->arena, "longer than %lld characters",
				   (long long)json_integer_value(most)));
	else if (!format || !*text)
		return;
	else if (strcmp(format, "email") == 0 &&
		 email_parse(text, r->arena, &email, &err) < 0)
		wrong(r, at, err.text);
	else if (strcmp(format, "date") == 0 && !is_date(text))
		wrong(r, at, "not a date (YYYY-MM-DD)");
	else if (strcmp(format, "date-time") == 0 && !time_parse_iso(text, &ms))
		wrong(r, at, "not a time (ISO 8601)");
}

static void check_enum(struct report *r, const json_t *all, const char *at,
		       const json_t *value)
{
	json_t *one;
	size_t i;

	json_array_foreach ((json_t *)(uintptr_t)all, i, one) {
		if (json_equal(one, value))
			return;
	}
	wrong(r, at, one_of(r, all));
}

static void check_value(struct report *r, const json_t *schema, const char *at,
			const json_t *value, int depth);

static void check_array(struct report *r, const json_t *schema, const char *at,
			const json_t *value, int depth)
{
	const json_t *items = json_object_get(schema, "items");
	const json_t *most = json_object_get(schema, "maxItems");
	const json_t *least = json_object_get(schema, "minItems");
	json_int_t n = (json_int_t)json_array_size(value);

	if (most && n > json_integer_value(most)) {
		wrong(r, at,
		      arena_printf(r->arena, "at most %lld at once",
				   (long long)json_integer_value(most)));
		return;
	}
	if (least && n < json_integer_value(least))
		wrong(r, at, "must not be empty");
	for (json_int_t i = 0; items && i < n && r->n < PROBLEMS_MAX; i++)
		check_value(
			r, items,
			arena_printf(r->arena, "%s[%lld]", at, (long long)i),
			json_array_get(value, (size_t)i), depth + 1);
}

static const char *no_such_field(struct report *r, const json_t *properties,
				 const char *key)
{
	size_t n = 0, size = json_object_size(properties) + 1;
	const char **names = arena_array(r->arena, const char *, size);
	const char *name, *near;
	json_t *schema;

	json_object_foreach ((json_t *)(uintptr_t)properties, name, schema)
		names[n++] = name;
	names[n] = NULL;
	near = near_name(key, names);
	return near ? arena_printf(r->arena,
				   "there is no such field; did you mean %s?",
				   near)
		    : "there is no such field";
}

static void check_object(struct report *r, const json_t *schema, const char *at,
			 const json_t *value, int depth)
{
	const json_t *properties = json_object_get(schema, "properties");
	bool closed =
		json_is_false(json_object_get(schema, "additionalProperties"));
	const char *key;
	json_t *member;
	size_t i;

	json_object_foreach ((json_t *)(uintptr_t)value, key, member) {
		const json_t *known = json_object_get(properties, key);

		if (known)
			check_value(r, known, below(r, at, key), member,
				    depth + 1);
		else if (closed)
			wrong(r, below(r, at, key),
			      no_such_field(r, properties, key));
	}
	json_array_foreach (json_object_get(schema, "required"), i, member) {
		const json_t *given;

		key = json_string_value(member);
		given = json_object_get(value, key);
		if (!given || json_is_null(given))
			wrong(r, below(r, at, key), "must be given");
	}
}

static void check_value(struct report *r, const json_t *schema, const char *at,
			const json_t *value, int depth)
{
	const char *type;

	schema = resolve(r, schema);
	type = wrong_type(schema, value);
	if (type) {
		wrong(r, at, type);
		return;
	}
	if (json_is_null(value) || depth > DEPTH_MAX)
		return;
	if (json_object_get(schema, "enum"))
		check_enum(r, json_object_get(schema, "enum"), at, value);
	else if (json_is_string(value))
		check_text(r, schema, at, json_string_value(value));
	else if (json_is_array(value))
		check_array(r, schema, at, value, depth);
	else if (json_is_object(value))
		check_object(r, schema, at, value, depth);
}

/* --- requests --- */

static const json_t *operation_of(const struct contract *c,
				  const struct route *route)
{
	static const char *const methods[] = {
		[HTTP_GET] = "get",         [HTTP_HEAD] = "get",
		[HTTP_POST] = "post",       [HTTP_PUT] = "put",
		[HTTP_PATCH] = "patch",     [HTTP_DELETE] = "delete",
		[HTTP_OPTIONS] = "options",
	};
	const json_t *paths = json_object_get(c->document, "paths");
	const json_t *path =
		json_object_get(paths, route->path + strlen(PREFIX));

	return json_object_get(path, methods[route->method]);
}

/* Of a request that needs no body: nothing of one would be heeded. */
static void check_no_members(struct report *r, const json_t *body)
{
	const char *key;
	json_t *member;

	json_object_foreach ((json_t *)(uintptr_t)body, key, member)
		wrong(r, below(r, "", key), "there is no such field");
}

static int check_body(struct report *r, const json_t *operation,
		      struct request *rq, struct err *err)
{
	const json_t *content = json_object_get(
		json_object_get(operation, "requestBody"), "content");
	const json_t *schema = json_object_get(
		json_object_get(content, "application/json"), "schema");
	const json_t *body;

	if (!schema && (content || rq->body.len == 0))
		return 0; /* not JSON, or nothing */
	if (request_json(rq, &body, err) < 0)
		return -1;
	if (schema)
		check_value(r, schema, "", body, 0);
	else
		check_no_members(r, body);
	return 0;
}

/* What a GET looks for is stored and shown nowhere. */
static int check_query_texts(const struct request *rq, struct err *err)
{
	struct params params = { .first = NULL };

	if (rq->method == HTTP_GET || rq->method == HTTP_HEAD)
		return 0;
	params_add_form(&params, str_of(rq->query), rq->arena);
	for (const struct param *p = params.first; p; p = p->next) {
		const char *fault =
			shown_text_fault(str_of(p->value), SHOWN_LINES);

		if (fault)
			return err_field(err, p->name, "%s", fault);
	}
	return 0;
}

/* 1, -1 */
static int check_texts(const json_t *operation, const struct route *route,
		       struct request *rq, struct response *rs, struct err *err)
{
	const json_t *content = json_object_get(
		json_object_get(operation, "requestBody"), "content");

	if (check_query_texts(rq, err) < 0)
		return -1;
	if (!json_object_get(content, "application/json"))
		return 1;
	return shown_texts_check(route, rq, rs, err) < 0 ? -1 : 1;
}

static void refuse(struct report *r, struct request *rq, struct response *rs)
{
	struct problem problem = { .status = 400, .extra = "errors" };

	json_end_array(&r->w);
	problem.extra_json = strbuf_str(&r->json);
	problem.detail =
		r->n == 1 ? r->first
			  : arena_printf(r->arena, "%d fields are wrong", r->n);
	problem_write(rq, rs, DIALECT_PLAIN, &problem);
}

int contract_check(const struct contract *contract, const struct route *route,
		   struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(report_release)
	struct report r = { .contract = contract,
			    .arena = rq->arena,
			    .json = STRBUF_INIT };
	const json_t *operation = operation_of(contract, route);

	r.w = (struct json_writer)JSON_WRITER(&r.json);
	json_begin_array(&r.w);
	check_query(&r, operation, rq);
	if (check_body(&r, operation, rq, err) < 0)
		return -1;
	if (r.n == 0)
		return check_texts(operation, route, rq, rs, err);
	refuse(&r, rq, rs);
	return 0;
}
