#include "audience/batch/api_operation.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"

#include <string.h>
#include <strings.h>

#define ROOT "/3.0"
#define PATH_MAX_BYTES 8000
#define ID_MAX_BYTES 1000
#define BODY_MAX_BYTES (4 << 20)

struct place {
	size_t index;
	struct err *err;
};

static int wrong(const struct place *at, const char *member, const char *why)
{
	char field[64];

	(void)snprintf(field, sizeof(field), "operations.%zu%s%s", at->index,
		       *member ? "." : "", member);
	return err_field(at->err, field, "%s", why);
}

static int text_of(const json_t *given, const char *key, size_t most,
		   const struct place *at, const char **out)
{
	struct err why = ERR_INIT;

	if (json_get_text(given, key, out, &why) < 0)
		return wrong(at, key, "This value should be a string");
	if (strlen(*out) > most)
		return wrong(at, key, "is too long");
	return 0;
}

static int read_method(const char *name, const struct place *at,
		       const char **out)
{
	static const char *const known[] = { "GET", "POST", "PUT", "PATCH",
					     "DELETE" };

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		*out = known[i];
		if (strcasecmp(name, known[i]) == 0)
			return 0;
	}
	return wrong(at, "method", "should be GET, POST, PUT, PATCH or DELETE");
}

/* From /3.0 on, whatever stands before; the query apart. */
static int read_path(const char *text, const struct place *at,
		     struct arena *arena, struct api_operation *out)
{
	struct str rest = str_of(text), path = str_cut(&rest, '?');

	while (path.len > 0 && path.s[0] == '/') {
		path.s++;
		path.len--;
	}
	if (!*text)
		return wrong(at, "path", "This value should not be blank.");
	if (str_starts(path, "3.0") && (path.len == 3 || path.s[3] == '/'))
		out->path = arena_printf(arena, "/%.*s", (int)path.len, path.s);
	else
		out->path = arena_printf(arena, ROOT "/%.*s", (int)path.len,
					 path.s);
	out->query = rest.len > 0 ? arena_str(arena, rest) : "";
	return 0;
}

static bool add_value(struct strbuf *query, const json_t *value)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	if (json_is_string(value))
		strbuf_addstr(&text, json_string_value(value));
	else if (json_is_number(value) || json_is_boolean(value))
		json_dump(value, &text);
	else if (!json_is_null(value))
		return false;
	strbuf_add_url(query, strbuf_str(&text));
	return true;
}

static int read_params(const json_t *given, const struct place *at,
		       struct arena *arena, struct api_operation *out)
{
	CLEANUP(strbuf_release) struct strbuf query = STRBUF_INIT;
	const json_t *params = json_object_get(given, "params");
	const char *name;
	const json_t *value;

	/* an empty array is what PHP makes of an empty object */
	if (!params || json_is_null(params) ||
	    (json_is_array(params) && json_array_size(params) == 0))
		return 0;
	if (!json_is_object(params))
		return wrong(at, "params", "should be an object");
	strbuf_addstr(&query, out->query);
	json_object_foreach ((json_t *)params, name, value) {
		if (query.len > 0)
			strbuf_addch(&query, '&');
		strbuf_add_url(&query, str_of(name));
		strbuf_addch(&query, '=');
		if (!add_value(&query, value))
			return wrong(at, "params",
				     "should hold texts, numbers and booleans");
	}
	if (query.len > PATH_MAX_BYTES)
		return wrong(at, "params", "is too long");
	out->query = arena_str(arena, strbuf_str(&query));
	return 0;
}

int api_operation_read(const json_t *given, size_t index, struct arena *arena,
		       struct api_operation *out, struct err *err)
{
	struct place at = { index, err };
	const char *method = "", *path = "";

	*out = (struct api_operation){ .nr = (int64_t)index,
				       .operation_id = "",
				       .body = "" };
	if (!json_is_object(given))
		return wrong(&at, "", "should be an object");
	if (text_of(given, "method", PATH_MAX_BYTES, &at, &method) < 0 ||
	    text_of(given, "path", PATH_MAX_BYTES, &at, &path) < 0 ||
	    text_of(given, "operation_id", ID_MAX_BYTES, &at,
		    &out->operation_id) < 0 ||
	    text_of(given, "body", BODY_MAX_BYTES, &at, &out->body) < 0)
		return -1;
	if (read_method(method, &at, &out->method) < 0 ||
	    read_path(path, &at, arena, out) < 0)
		return -1;
	return read_params(given, &at, arena, out);
}
