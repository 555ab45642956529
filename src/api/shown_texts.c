#include "api/shown_texts.h"

#include "api/routes.h"
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/text/shown_text.h"
#include "http/request.h"
#include "http/response.h"

#include <string.h>

/* By the last key on the way to a text. */
static const char *const one_line[] = {
	"name",          "title",        "subject",    "subject_line",
	"subject_lines", "from_name",    "from_names", "to_name",
	"sender_name",   "preview_text", "label",      "content_label",
	"choices",       "organisation", "company",    "tag",
	"tags",          "company_name",
};

/* With all that is below. */
static const char *const left_alone[] = {
	"html",   "plain_text", "archive",          "file_data", "sections",
	"design", "password",   "current_password", "members",   "merge_fields",
};

static bool is_among(const char *key, const char *const *all, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(key, all[i]) == 0)
			return true;
	return false;
}

static bool stands_in(const json_t *text, const json_t *known)
{
	json_t *item;
	size_t i;

	if (json_equal((json_t *)(uintptr_t)text, (json_t *)(uintptr_t)known))
		return true;
	json_array_foreach (known, i, item)
		if (json_equal((json_t *)(uintptr_t)text, item))
			return true;
	return false;
}

/* Names of properties are the caller's, whatever they read. */
static const char *key_below(const char *key, const char *name)
{
	return strcmp(key, "properties") == 0 ? key : name;
}

/* key: the last one that is a name; known: what stands in that place, for texts
 * in a list the list; NULL: nothing. */
static int check(const json_t *value, const json_t *known, const char *key,
		 const char *at, struct arena *arena, struct err *err)
{
	const char *fault, *name;
	json_t *below;
	size_t i;

	if (is_among(key, left_alone, ARRAY_SIZE(left_alone)))
		return 0;
	if (json_is_string(value)) {
		fault = shown_text_fault(
			(struct str){ json_string_value(value),
				      json_string_length(value) },
			is_among(key, one_line, ARRAY_SIZE(one_line))
				? SHOWN_LINE
				: SHOWN_LINES);
		return fault && !(known && stands_in(value, known))
			       ? err_field(err, at, "%s", fault)
			       : 0;
	}
	json_object_foreach ((json_t *)(uintptr_t)value, name, below)
		if ((json_is_string(below) || json_is_array(below) ||
		     json_is_object(below)) &&
		    check(below, json_object_get(known, name),
			  key_below(key, name),
			  *at ? arena_printf(arena, "%s.%s", at, name) : name,
			  arena, err) < 0)
			return -1;
	json_array_foreach (value, i, below)
		if (check(below,
			  json_is_string(below) ? known
						: json_array_get(known, i),
			  key, arena_printf(arena, "%s[%zu]", at, i), arena,
			  err) < 0)
			return -1;
	return 0;
}

int shown_texts_check_body(const json_t *body, const json_t *known,
			   struct arena *arena, struct err *err)
{
	return check(body, known, "", "", arena, err);
}

/* --- what stands there --- */

/* Whoever may change it by this route can read it by that one; NULL: there is
 * none. */
static const struct route *reading(const struct route *changing)
{
	for (size_t i = 0; i < api_tables_count; i++) {
		const struct route_table *t = &api_tables[i];

		for (size_t k = 0; k < t->n; k++)
			if (t->routes[k].method == HTTP_GET &&
			    strcmp(t->routes[k].path, changing->path) == 0)
				return &t->routes[k];
	}
	return NULL;
}

/* As a GET tells it; the caller's, NULL: it cannot be known. */
static json_t *read_known(const struct route *changing, struct request *rq,
			  struct response *rs)
{
	const struct route *get = reading(changing);
	enum http_method method = rq->method;
	int argument = rq->argument;
	struct err ignored = ERR_INIT;
	json_t *out = NULL;

	if (!get || (method != HTTP_PATCH && method != HTTP_PUT))
		return NULL;
	rq->method = HTTP_GET;
	rq->argument = get->argument;
	if (get->fn(rq, rs, &ignored) >= 0)
		(void)json_parse(strbuf_str(&rs->body), &out, &ignored);
	response_reset(rs);
	rq->method = method;
	rq->argument = argument;
	return out;
}

int shown_texts_check(const struct route *route, struct request *rq,
		      struct response *rs, struct err *err)
{
	CLEANUP(json_free) json_t *known = NULL;
	struct err ignored = ERR_INIT;
	const json_t *body;

	if (route->upload || request_json(rq, &body, &ignored) < 0 ||
	    shown_texts_check_body(body, NULL, rq->arena, err) == 0)
		return 0;
	known = read_known(route, rq, rs);
	if (!known)
		return -1;
	*err = (struct err)ERR_INIT;
	return shown_texts_check_body(body, known, rq->arena, err);
}
