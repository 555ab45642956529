/*
 * JSON text to trees, with a bound on what they take, and members by name and
 * type. Any thread.
 */
#include "base/json_private.h"

#include "base/err.h"

#define PARSE_DEPTH_MAX 64

void json_free(json_t **tree)
{
	json_decref(*tree);
	*tree = NULL;
}

/*
 * What a tree would cost is known before anything is built, by the marks
 * outside of texts. jansson allows 2048 levels and frees a tree by recursion;
 * and {"a":1}, has 8 bytes but takes 300 in a tree: a body of 16 MiB would be
 * half a gigabyte.
 */
static int check_size(struct str text, struct err *err)
{
	int depth = 0;
	size_t marks = 0;
	bool quoted = false;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.s[i];

		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		if (quoted)
			continue;
		depth += (c == '[' || c == '{') - (c == ']' || c == '}');
		marks += c == '[' || c == '{' || c == ',' || c == ':';
		if (depth > PARSE_DEPTH_MAX)
			return err_set(err, ERR_INVALID,
				       "JSON is nested more than %d levels "
				       "deep",
				       PARSE_DEPTH_MAX);
		if (marks > JSON_MARKS_MAX)
			return err_set(err, ERR_INVALID,
				       "JSON holds too much at once: more than "
				       "%d members and values; send it in "
				       "parts",
				       JSON_MARKS_MAX);
	}
	return 0;
}

int json_parse(struct str text, json_t **out, struct err *err)
{
	json_error_t why;
	json_t *tree;

	if (str_starts(text, "\xEF\xBB\xBF")) /* RFC 8259 section 8.1 */
		text = (struct str){ text.s + 3, text.len - 3 };
	if (check_size(text, err) < 0)
		return -1;
	tree = json_quick(text);
	if (!tree)
		tree = json_loadb(text.s ? text.s : "", text.len,
				  JSON_REJECT_DUPLICATES | JSON_DECODE_ANY,
				  &why);
	if (!tree)
		return err_set(err, ERR_INVALID,
			       "not valid JSON: %s (line %d, column %d)",
			       why.text, why.line, why.column);
	*out = tree;
	return 0;
}

/* 1: there. 0: absent or null. */
static int member(const json_t *o, const char *key, const json_t **out)
{
	*out = json_object_get(o, key);
	return *out && !json_is_null(*out);
}

int json_get_text(const json_t *o, const char *key, const char **out,
		  struct err *err)
{
	const json_t *v;

	if (!member(o, key, &v))
		return 0;
	if (!json_is_string(v))
		return err_field(err, key, "must be a string");
	*out = json_string_value(v);
	return 1;
}

int json_get_int(const json_t *o, const char *key, int64_t *out,
		 struct err *err)
{
	const json_t *v;

	if (!member(o, key, &v))
		return 0;
	if (!json_is_integer(v))
		return err_field(err, key, "must be an integer");
	*out = json_integer_value(v);
	return 1;
}

int json_get_bool(const json_t *o, const char *key, bool *out, struct err *err)
{
	const json_t *v;

	if (!member(o, key, &v))
		return 0;
	if (!json_is_boolean(v))
		return err_field(err, key, "must be true or false");
	*out = json_is_true(v);
	return 1;
}

int json_get_object(const json_t *o, const char *key, const json_t **out,
		    struct err *err)
{
	const json_t *v;

	if (!member(o, key, &v))
		return 0;
	if (!json_is_object(v))
		return err_field(err, key, "must be an object");
	*out = v;
	return 1;
}

int json_get_array(const json_t *o, const char *key, const json_t **out,
		   struct err *err)
{
	const json_t *v;

	if (!member(o, key, &v))
		return 0;
	if (!json_is_array(v))
		return err_field(err, key, "must be an array");
	*out = v;
	return 1;
}

static int append(const char *buffer, size_t size, void *data)
{
	strbuf_add(data, buffer, size);
	return 0;
}

void json_dump(const json_t *tree, struct strbuf *out)
{
	int done = json_dump_callback(tree, append, out,
				      JSON_COMPACT | JSON_ENCODE_ANY);

	BUG_ON(done < 0);
}
