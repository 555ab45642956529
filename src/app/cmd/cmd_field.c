/*
 * muster field ...: fields of people and merge fields of the audience
 */
#include "app/client.h"
#include "app/command.h"
#include "app/print.h"

#include "base/cleanup.h"
#include "base/err.h"

static void print_fields(const json_t *reply)
{
	const json_t *item;
	size_t i;

	printf("%-12s %-20s %-10s %s\n", "MERGE TAG", "FIELD OF PEOPLE", "TYPE",
	       "NAME");
	json_array_foreach (json_object_get(reply, "items"), i, item) {
		const char *field = print_text(item, "person_field");
		const char *type = print_text(item, "type");

		printf("%-12s %-20s %-10s %s\n", print_text(item, "merge_tag"),
		       *field ? field : "-", *type ? type : "(missing)",
		       print_text(item, "name"));
	}
}

static void print_reply(const struct invocation *in, const json_t *reply)
{
	if (flag_is_set(in, "json"))
		print_json(reply);
	else
		print_fields(reply);
}

int cmd_field_list(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(json_free) json_t *reply = NULL;

	if (client_open(&c, err) < 0 ||
	    client_call(c, "GET", "/api/v1/bridge/fields", NULL, &reply, err) <
		    0)
		return -1;
	print_reply(in, reply);
	return 0;
}

static void add_text(struct json_writer *w, const char *key, struct str value)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	strbuf_addslice(&text, str_trim(value));
	json_key_text(w, key, text.buf);
}

/* TAG=field,TAG=field */
static int write_map(const char *map, struct strbuf *body, struct err *err)
{
	struct json_writer w = JSON_WRITER(body);
	struct str rest = str_of(map);

	json_begin_object(&w);
	json_key_begin_array(&w, "fields");
	while (rest.s) {
		struct str field = str_cut(&rest, ',');
		struct str tag = str_cut(&field, '=');

		if (!field.s)
			return err_field(err, "usage", "%.*s is not TAG=FIELD",
					 (int)tag.len, tag.s);
		json_begin_object(&w);
		add_text(&w, "merge_tag", tag);
		add_text(&w, "person_field", field);
		json_end_object(&w);
	}
	json_end_array(&w);
	json_end_object(&w);
	return 0;
}

int cmd_field_set(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	CLEANUP(json_free) json_t *reply = NULL;

	if (write_map(in->operands[0], &body, err) < 0 ||
	    client_open(&c, err) < 0 ||
	    client_call(c, "PUT", "/api/v1/bridge/fields", body.buf, &reply,
			err) < 0)
		return -1;
	print_reply(in, reply);
	return 0;
}

int cmd_field_read(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(json_free) json_t *job = NULL;

	if (client_open(&c, err) < 0 ||
	    client_run_job(c, "POST", "/api/v1/bridge/fields/read",
			   flag_is_set(in, "create") ? "{\"create\":true}"
						     : "{}",
			   "field read", false, &job, err) < 0)
		return -1;
	return cmd_field_list(in, err);
}
