/*
 * muster group ..., push rows
 */
#include "app/client.h"
#include "app/command.h"
#include "app/print.h"

#include "base/cleanup.h"
#include "base/err.h"

#include <string.h>

#define CRITERIA_MAX (1 << 20)

const struct flag group_create_flags[] = {
	{ "name", "NAME", "name of the group, and of its tag" },
	{ "kind", "KIND", "static (default) or dynamic" },
	{ "entity", "NAME", "people (default), leads or companies" },
	{ "criteria", "JSON",
	  "conditions; @FILE reads them from a file; none: a static group by "
	  "hand only" },
	JSON_FLAG,
	END,
};

const struct flag group_list_flags[] = {
	{ "q", "TEXT", "whose name contains it" },
	{ "kind", "KIND", "static or dynamic" },
	JSON_FLAG,
	END,
};

const struct flag group_update_flags[] = {
	{ "name", "NAME", "name of the group, and of its tag" },
	{ "criteria", "JSON",
	  "conditions; @FILE reads them from a file; null: by hand only" },
	JSON_FLAG,
	END,
};

const struct flag group_ids_flags[] = {
	{ "ids", "1,2,3", "these records" },
	JSON_FLAG,
	END,
};

const struct flag group_delete_flags[] = { END };

const struct flag push_rows_flags[] = {
	{ "action", "NAME", "add, update, tag, untag, unchanged or left_out" },
	{ "reason", "NAME", "of those left out: opted_out, no_address ..." },
	{ "limit", "N", "at most so many (default 100)" },
	JSON_FLAG,
	END,
};

const struct flag group_members_flags[] = {
	{ "how", "PART", "of a static one: hand, criteria or excluded" },
	{ "limit", "N", "at most so many (default 100)" },
	JSON_FLAG,
	END,
};

const struct flag push_flags[] = {
	{ "dry-run", NULL, "only make the plan" },
	{ "yes", NULL, "confirm a push that removes many" },
	JSON_FLAG,
	END,
};

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
	print_new_group(in, group);
	return 0;
}

/* /api/v1/groups/ID and what follows */
static void group_path(struct strbuf *path, const struct invocation *in,
		       const char *rest)
{
	strbuf_addstr(path, "/api/v1/groups/");
	strbuf_add_url(path, str_of(in->operands[0]));
	strbuf_addstr(path, rest);
}

int cmd_group_list(const struct invocation *in, struct err *err)
{
	static const struct column columns[] = {
		{ "id", "ID", 6 },          { "kind", "KIND", 8 },
		{ "entity", "ENTITY", 10 }, { "count", "COUNT", 9 },
		{ "name", "NAME", 0 },      { NULL, NULL, 0 },
	};
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;

	strbuf_addstr(&path, "/api/v1/groups?count=true");
	client_add_query(&path, "q", flag_value(in, "q"));
	client_add_query(&path, "kind", flag_value(in, "kind"));
	return print_list(in, path.buf, columns, err);
}

static void print_group(const struct invocation *in, const json_t *group)
{
	const json_t *hand = json_object_get(group, "by_hand");
	const json_t *push = json_object_get(group, "last_push");

	if (flag_is_set(in, "json")) {
		print_json(group);
		return;
	}
	printf("group %lld \"%s\": %s, %lld %s\n",
	       (long long)print_int(group, "id"), print_text(group, "name"),
	       print_text(group, "kind"), (long long)print_int(group, "count"),
	       print_text(group, "entity"));
	printf("criteria: ");
	print_json(json_object_get(group, "criteria"));
	if (json_is_object(hand))
		printf("by hand: %lld put in, %lld taken out\n",
		       (long long)print_int(hand, "included"),
		       (long long)print_int(hand, "excluded"));
	if (json_is_object(push))
		printf("last push: %lld, %s\n",
		       (long long)print_int(push, "id"),
		       print_text(push, "at"));
}

/* One call about a group, whose reply is the group. */
static int call_group(const struct invocation *in, const char *method,
		      const char *rest, const char *body, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	CLEANUP(json_free) json_t *group = NULL;

	group_path(&path, in, rest);
	if (client_open(&c, err) < 0 ||
	    client_call(c, method, path.buf, body, &group, err) < 0)
		return -1;
	print_group(in, group);
	return 0;
}

int cmd_group_show(const struct invocation *in, struct err *err)
{
	return call_group(in, "GET", "", NULL, err);
}

int cmd_group_refresh(const struct invocation *in, struct err *err)
{
	return call_group(in, "POST", "/refresh", "{}", err);
}

int cmd_group_update(const struct invocation *in, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&body);

	if (!flag_is_set(in, "name") && !flag_is_set(in, "criteria"))
		return err_field(err, "usage", "give --name or --criteria");
	json_begin_object(&w);
	if (flag_is_set(in, "name"))
		json_key_text(&w, "name", flag_value(in, "name"));
	if (add_criteria(&w, flag_value(in, "criteria"), err) < 0)
		return -1;
	json_end_object(&w);
	return call_group(in, "PATCH", "", body.buf, err);
}

int cmd_group_delete(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;

	group_path(&path, in, "");
	if (client_open(&c, err) < 0 ||
	    client_call(c, "DELETE", path.buf, NULL, NULL, err) < 0)
		return -1;
	printf("group %s is removed; its members stay\n", in->operands[0]);
	return 0;
}

/* --ids 1,2,3 */
static int add_ids(struct json_writer *w, const struct invocation *in,
		   struct err *err)
{
	struct str rest = str_of(flag_value(in, "ids"));
	int64_t id;

	if (rest.len == 0)
		return err_field(err, "usage", "--ids is missing");
	json_key_begin_array(w, "ids");
	while (rest.len > 0) {
		if (!str_to_int(str_trim(str_cut(&rest, ',')), &id))
			return err_field(err, "usage",
					 "--ids: ids with commas between");
		json_int(w, id);
	}
	json_end_array(w);
	return 0;
}

static int change_by_hand(const struct invocation *in, const char *rest,
			  struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	CLEANUP(json_free) json_t *reply = NULL;
	struct json_writer w = JSON_WRITER(&body);

	group_path(&path, in, rest);
	json_begin_object(&w);
	if (add_ids(&w, in, err) < 0)
		return -1;
	json_end_object(&w);
	if (client_open(&c, err) < 0 ||
	    client_call(c, "POST", path.buf, body.buf, &reply, err) < 0)
		return -1;
	if (flag_is_set(in, "json"))
		print_json(reply);
	else
		printf("%lld changed, %lld members\n",
		       (long long)print_int(reply, "changed"),
		       (long long)print_int(reply, "count"));
	return 0;
}

int cmd_group_include(const struct invocation *in, struct err *err)
{
	return change_by_hand(in, "/include", err);
}

int cmd_group_exclude(const struct invocation *in, struct err *err)
{
	return change_by_hand(in, "/exclude", err);
}

/* A part of a group is a list of its records. */
static int part_path(const struct invocation *in, struct strbuf *path,
		     struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(strbuf_release) struct strbuf group = STRBUF_INIT;
	CLEANUP(json_free) json_t *reply = NULL;

	group_path(&group, in, "?count=false");
	if (client_open(&c, err) < 0 ||
	    client_call(c, "GET", group.buf, NULL, &reply, err) < 0)
		return -1;
	strbuf_addf(path, "/api/v1/%s?group_id=%lld",
		    print_text(reply, "entity"),
		    (long long)print_int(reply, "id"));
	client_add_query(path, "how", flag_value(in, "how"));
	return 0;
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

	if (!flag_is_set(in, "how"))
		group_path(&path, in, "/members");
	else if (part_path(in, &path, err) < 0)
		return -1;
	client_add_query(&path, "limit",
			 or_else(flag_value(in, "limit"), "100"));
	return print_list(in, path.buf, columns, err);
}

int cmd_group_pushes(const struct invocation *in, struct err *err)
{
	static const struct column columns[] = {
		{ "id", "ID", 6 },         { "at", "AT", 26 },
		{ "state", "STATE", 10 },  { "job_state", "JOB", 20 },
		{ "user_name", "BY", 20 }, { "error", "ERROR", 0 },
		{ NULL, NULL, 0 },
	};
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;

	group_path(&path, in, "/pushes");
	return print_list(in, path.buf, columns, err);
}

int cmd_push_rows(const struct invocation *in, struct err *err)
{
	static const struct column columns[] = {
		{ "person_id", "PERSON", 9 },
		{ "action", "ACTION", 10 },
		{ "outcome", "OUTCOME", 10 },
		{ "reason", "REASON", 14 },
		{ "address", "E-MAIL", 34 },
		{ "name", "NAME", 0 },
		{ NULL, NULL, 0 },
	};
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;

	strbuf_addstr(&path, "/api/v1/pushes/");
	strbuf_add_url(&path, str_of(in->operands[0]));
	strbuf_addf(&path, "/rows?limit=%s",
		    or_else(flag_value(in, "limit"), "100"));
	client_add_query(&path, "action", flag_value(in, "action"));
	client_add_query(&path, "reason", flag_value(in, "reason"));
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
	CLEANUP(json_free) json_t *job = NULL;

	group_path(&path, in, "/push");
	if (client_open(&c, err) < 0 ||
	    client_run_job(c, "POST", path.buf,
			   flag_is_set(in, "dry-run") ? "{\"dry_run\":true}"
						      : "{\"dry_run\":false}",
			   "push", flag_is_set(in, "yes"), &job, err) < 0)
		return -1;
	if (flag_is_set(in, "json"))
		print_json(json_object_get(job, "result"));
	else
		print_plan(job);
	return 0;
}
