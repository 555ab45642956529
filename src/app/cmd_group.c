/*
 * muster group ...
 */
#include "app/client.h"
#include "app/command.h"
#include "app/print.h"

#include "base/cleanup.h"
#include "base/err.h"

#include <string.h>

#define CRITERIA_MAX (1 << 20)

/* JSON as it stands, or @FILE. */
static int add_criteria(struct json_writer *w, const char *given,
			struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(json_free) json_t *tree = NULL;

	if (!given)
		return 0;
	if (given[0] == '@') {
		if (strbuf_add_file(&text, given + 1, CRITERIA_MAX, err) < 0)
			return -1;
	} else {
		strbuf_addstr(&text, given);
	}
	if (json_parse(strbuf_str(&text), &tree, err) < 0)
		return err_prefix(err, "--criteria");
	json_key(w, "criteria");
	json_tree(w, tree);
	return 0;
}

static const char *or_else(const char *value, const char *otherwise)
{
	return value ? value : otherwise;
}

int cmd_group_create(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	CLEANUP(json_free) json_t *group = NULL;
	struct json_writer w = JSON_WRITER(&body);

	if (!flag_is_set(in, "name"))
		return err_field(err, "usage", "--name is missing");
	json_begin_object(&w);
	json_key_text(&w, "name", flag_value(in, "name"));
	json_key_text(&w, "kind", or_else(flag_value(in, "kind"), "static"));
	json_key_text(&w, "entity",
		      or_else(flag_value(in, "entity"), "people"));
	if (add_criteria(&w, flag_value(in, "criteria"), err) < 0)
		return -1;
	json_end_object(&w);
	if (client_open(&c, err) < 0 ||
	    client_call(c, "POST", "/api/v1/groups", body.buf, &group, err) < 0)
		return -1;
	if (flag_is_set(in, "json"))
		print_json(group);
	else
		printf("group %lld \"%s\": %lld members\n",
		       (long long)print_int(group, "id"),
		       print_text(group, "name"),
		       (long long)print_int(group, "count"));
	return 0;
}

int cmd_group_list(const struct invocation *in, struct err *err)
{
	static const struct column columns[] = {
		{ "id", "ID", 6 },          { "kind", "KIND", 8 },
		{ "entity", "ENTITY", 10 }, { "count", "COUNT", 9 },
		{ "name", "NAME", 0 },      { NULL, NULL, 0 },
	};

	return print_list(in, "/api/v1/groups?count=true", columns, err);
}

int cmd_group_members(const struct invocation *in, struct err *err)
{
	static const struct column columns[] = {
		{ "id", "ID", 9 },
		{ "first_name", "FIRST NAME", 18 },
		{ "last_name", "LAST NAME", 22 },
		{ "email", "E-MAIL", 0 },
		{ NULL, NULL, 0 },
	};
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;

	strbuf_addstr(&path, "/api/v1/groups/");
	strbuf_add_url(&path, str_of(in->operands[0]));
	strbuf_addf(&path, "/members?limit=%s",
		    or_else(flag_value(in, "limit"), "100"));
	return print_list(in, path.buf, columns, err);
}

static void print_plan(const json_t *job)
{
	static const char *const keys[] = { "add", "update", "tag", "untag",
					    "unchanged" };
	const json_t *result = json_object_get(job, "result");
	json_t *left_out = json_object_get(result, "left_out");
	const char *reason, *tag;
	json_t *n;

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		printf("%-12s %lld\n", keys[i],
		       (long long)print_int(result, keys[i]));
	json_object_foreach (left_out, reason, n)
		printf("left out     %lld (%s)\n",
		       (long long)json_integer_value(n), reason);
	json_object_foreach (json_object_get(result, "dropped"), tag, n)
		printf("dropped      %lld (%s did not fit)\n",
		       (long long)json_integer_value(n), tag);
}

int cmd_group_push(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	CLEANUP(json_free) json_t *reply = NULL;
	CLEANUP(json_free) json_t *job = NULL;
	int64_t id;

	strbuf_addstr(&path, "/api/v1/groups/");
	strbuf_add_url(&path, str_of(in->operands[0]));
	strbuf_addstr(&path, "/push");
	if (client_open(&c, err) < 0 ||
	    client_call(c, "POST", path.buf,
			flag_is_set(in, "dry-run") ? "{\"dry_run\":true}"
						   : "{\"dry_run\":false}",
			&reply, err) < 0 ||
	    client_job_id(reply, &id, err) < 0 ||
	    client_wait_job(c, id, "push", flag_is_set(in, "yes"), &job, err) <
		    0)
		return -1;
	if (flag_is_set(in, "json"))
		print_json(json_object_get(job, "result"));
	else
		print_plan(job);
	return 0;
}
