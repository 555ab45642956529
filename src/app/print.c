#include "app/print.h"

#include "app/client.h"
#include "base/cleanup.h"
#include "base/err.h"

#include <stdlib.h>

int64_t print_int(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

const char *print_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

void print_json(const json_t *tree)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

	json_dump(tree, &out);
	puts(out.buf);
}

void print_new_group(const struct invocation *in, const json_t *group)
{
	if (flag_is_set(in, "json"))
		print_json(group);
	else
		printf("group %lld \"%s\": %lld members\n",
		       (long long)print_int(group, "id"),
		       print_text(group, "name"),
		       (long long)print_int(group, "count"));
}

static void print_cell(const json_t *item, const struct column *c)
{
	const json_t *value = json_object_get(
		c->of ? json_object_get(item, c->of) : item, c->key);
	const char *text = json_string_value(value);

	if (json_is_integer(value))
		printf("%-*lld ", c->width,
		       (long long)json_integer_value(value));
	else
		printf("%-*s ", c->width, text ? text : "");
}

static void print_table(const json_t *items, const struct column *columns)
{
	json_t *item;
	size_t i;

	for (const struct column *c = columns; c->key; c++)
		printf("%-*s ", c->width, c->title);
	putchar('\n');
	json_array_foreach (items, i, item) {
		for (const struct column *c = columns; c->key; c++)
			print_cell(item, c);
		putchar('\n');
	}
}

int print_list(const struct invocation *in, const char *path,
	       const struct column *columns, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(json_free) json_t *reply = NULL;

	if (client_open(&c, err) < 0 ||
	    client_call(c, "GET", path, NULL, &reply, err) < 0)
		return -1;
	if (flag_is_set(in, "json"))
		print_json(reply);
	else
		print_table(json_object_get(reply, "items"), columns);
	return 0;
}
