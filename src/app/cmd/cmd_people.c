/*
 * muster people ...
 */
#include "app/client.h"
#include "app/command.h"
#include "app/print.h"

#include "base/cleanup.h"
#include "base/err.h"

int cmd_people_list(const struct invocation *in, struct err *err)
{
	static const struct column columns[] = {
		{ "id", "ID", 9 },
		{ "first_name", "FIRST NAME", 18 },
		{ "last_name", "LAST NAME", 22 },
		{ "company_name", "COMPANY", 22 },
		{ "email", "E-MAIL", 0 },
		{ NULL, NULL, 0 },
	};
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;

	strbuf_addstr(&path, "/api/v1/people");
	client_add_query(&path, "q", flag_value(in, "q"));
	client_add_query(&path, "filter", flag_value(in, "filter"));
	client_add_query(&path, "sort", flag_value(in, "sort"));
	client_add_query(&path, "limit", flag_value(in, "limit"));
	return print_list(in, path.buf, columns, err);
}

static void print_addresses(const json_t *emails)
{
	const json_t *e;
	size_t i;

	json_array_foreach (emails, i, e)
		printf("%-16s %s (%s%s%s)\n", "address",
		       print_text(e, "address"), print_text(e, "type"),
		       json_is_true(json_object_get(e, "marketing"))
			       ? ", marketing"
			       : "",
		       json_is_true(json_object_get(e, "held")) ? ", held"
								: "");
}

/* What is empty is left out. */
static void print_person(json_t *person)
{
	const char *key;
	json_t *value, *tag;
	size_t i;

	json_object_foreach (person, key, value) {
		if (json_is_string(value))
			printf("%-16s %s\n", key, json_string_value(value));
		else if (json_is_integer(value))
			printf("%-16s %lld\n", key,
			       (long long)json_integer_value(value));
		else if (json_is_boolean(value))
			printf("%-16s %s\n", key,
			       json_is_true(value) ? "yes" : "no");
	}
	print_addresses(json_object_get(person, "emails"));
	json_array_foreach (json_object_get(person, "tags"), i, tag)
		printf("%-16s %s\n", "tag", json_string_value(tag));
	json_object_foreach (json_object_get(person, "custom"), key, value) {
		CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

		json_dump(value, &text);
		printf("%-16s %s\n", key, text.buf);
	}
}

static void person_path(const struct invocation *in, struct strbuf *out)
{
	strbuf_addstr(out, "/api/v1/people/");
	strbuf_add_url(out, str_of(in->operands[0]));
}

int cmd_people_show(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	CLEANUP(json_free) json_t *person = NULL;

	person_path(in, &path);
	if (client_open(&c, err) < 0 ||
	    client_call(c, "GET", path.buf, NULL, &person, err) < 0)
		return -1;
	if (flag_is_set(in, "json"))
		print_json(person);
	else
		print_person(person);
	return 0;
}

int cmd_people_opt_out(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	CLEANUP(json_free) json_t *person = NULL;
	struct json_writer w = JSON_WRITER(&body);

	if (!flag_is_set(in, "reason"))
		return err_field(err, "usage", "--reason is missing");
	json_begin_object(&w);
	json_key_bool(&w, "opted_out", true);
	json_key_text(&w, "reason", flag_value(in, "reason"));
	json_end_object(&w);
	person_path(in, &path);
	if (client_open(&c, err) < 0 ||
	    client_call(c, "PATCH", path.buf, body.buf, &person, err) < 0)
		return -1;
	if (flag_is_set(in, "json"))
		print_json(person);
	else
		printf("person %lld is opted out\n",
		       (long long)print_int(person, "id"));
	return 0;
}
