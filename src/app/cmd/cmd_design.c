/*
 * muster campaign design, muster template ...
 */
#include "app/client.h"
#include "app/command.h"
#include "app/print.h"

#include "base/charset.h"
#include "base/cleanup.h"
#include "base/err.h"

#define DESIGN_FILE_MAX (2 << 20)

static void path_of(const struct invocation *in, const char *before,
		    const char *behind, struct strbuf *out)
{
	strbuf_addstr(out, before);
	strbuf_add_url(out, str_of(in->operands[0]));
	strbuf_addstr(out, behind);
}

/* Over lines, as people edit it. */
static void print_document(const json_t *doc)
{
	json_dumpf(doc, stdout, JSON_INDENT(2));
	putchar('\n');
}

/* --- campaign design --- */

static void print_problems(const json_t *reply)
{
	json_t *problem;
	size_t i;

	json_array_foreach (json_object_get(reply, "problems"), i, problem) {
		const char *block = print_text(problem, "block");
		const char *detail = print_text(problem, "detail");

		fprintf(stderr, "%s: %s: %s%s%s%s\n",
			print_text(problem, "type"), *block ? block : "design",
			print_text(problem, "text"), *detail ? " (" : "",
			detail, *detail ? ")" : "");
	}
}

static int read_design(const char *file, json_t **out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf bytes = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	if (strbuf_add_file(&bytes, file, DESIGN_FILE_MAX, err) < 0)
		return -1;
	if (charset_decode(strbuf_str(&bytes), &text, err) < 0 ||
	    json_parse(strbuf_str(&text), out, err) < 0)
		return err_prefix(err, "%s", file);
	return 0;
}

/* However deep it is: the server says what is too deep. */
static void add_design(struct json_writer *w, const json_t *design)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	json_dump(design, &text);
	json_key_raw(w, "design", strbuf_str(&text));
}

/* A plain text that its author wrote stays. */
static void write_body(const json_t *design, const json_t *now,
		       struct strbuf *out)
{
	bool own = json_is_object(json_object_get(now, "design")) &&
		   !json_is_true(json_object_get(now, "plain_text_is_made"));
	struct json_writer w = JSON_WRITER(out);

	json_begin_object(&w);
	add_design(&w, design);
	if (own)
		json_key_text(&w, "plain_text", print_text(now, "plain_text"));
	json_end_object(&w);
}

static int set_design(const struct invocation *in, struct client *c,
		      const char *path, json_t **reply, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	CLEANUP(json_free) json_t *design = NULL;
	CLEANUP(json_free) json_t *now = NULL;

	if (read_design(flag_value(in, "set"), &design, err) < 0 ||
	    client_call(c, "GET", path, NULL, &now, err) < 0)
		return -1;
	write_body(design, now, &body);
	return client_call(c, "PUT", path, body.buf, reply, err);
}

static int print_design(const struct invocation *in, const json_t *reply,
			struct err *err)
{
	const json_t *design = json_object_get(reply, "design");

	if (!json_is_object(design))
		return err_set(
			err, ERR_NOT_FOUND,
			"campaign %s has no design: its content is HTML, "
			"plain text, or nothing yet",
			in->operands[0]);
	print_document(design);
	return 0;
}

int cmd_campaign_design(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	CLEANUP(json_free) json_t *reply = NULL;
	bool set = flag_is_set(in, "set");

	path_of(in, "/api/v1/campaigns/", "/design", &path);
	if (client_open(&c, err) < 0 ||
	    (set ? set_design(in, c, path.buf, &reply, err)
		 : client_call(c, "GET", path.buf, NULL, &reply, err)) < 0)
		return -1;
	if (flag_is_set(in, "json")) {
		print_json(reply);
		return 0;
	}
	print_problems(reply);
	if (!set)
		return print_design(in, reply, err);
	printf("campaign %s: %lld bytes of HTML\n", in->operands[0],
	       (long long)print_int(reply, "size"));
	return 0;
}

/* --- template --- */

int cmd_template_list(const struct invocation *in, struct err *err)
{
	static const struct column columns[] = {
		{ "id", "ID", 22 },
		{ "name", "NAME", 24 },
		{ "about", "ABOUT", 0 },
		{ NULL, NULL, 0 },
	};

	return print_list(in, "/api/v1/templates", columns, err);
}

int cmd_template_show(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	CLEANUP(json_free) json_t *reply = NULL;

	path_of(in, "/api/v1/templates/", "", &path);
	client_add_query(&path, "lang", flag_value(in, "lang"));
	if (client_open(&c, err) < 0 ||
	    client_call(c, "GET", path.buf, NULL, &reply, err) < 0)
		return -1;
	if (flag_is_set(in, "json"))
		print_json(reply);
	else
		print_document(json_object_get(reply, "design"));
	return 0;
}

int cmd_template_create(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	CLEANUP(json_free) json_t *design = NULL;
	CLEANUP(json_free) json_t *reply = NULL;
	struct json_writer w = JSON_WRITER(&body);

	if (!flag_is_set(in, "name"))
		return err_field(err, "usage", "--name is missing");
	if (read_design(in->operands[0], &design, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_text(&w, "name", flag_value(in, "name"));
	if (flag_is_set(in, "about"))
		json_key_text(&w, "about", flag_value(in, "about"));
	add_design(&w, design);
	json_end_object(&w);
	if (client_open(&c, err) < 0 ||
	    client_call(c, "POST", "/api/v1/templates", body.buf, &reply, err) <
		    0)
		return -1;
	if (flag_is_set(in, "json"))
		print_json(reply);
	else
		printf("template %s \"%s\"\n", print_text(reply, "id"),
		       print_text(reply, "name"));
	return 0;
}

int cmd_template_delete(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;

	path_of(in, "/api/v1/templates/", "", &path);
	if (client_open(&c, err) < 0 ||
	    client_call(c, "DELETE", path.buf, NULL, NULL, err) < 0)
		return -1;
	if (!flag_is_set(in, "json"))
		printf("template %s is removed\n", in->operands[0]);
	return 0;
}
