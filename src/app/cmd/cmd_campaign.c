/*
 * muster campaign ...: what it says, and whether it may be sent; see
 * cmd_campaign_send.c and cmd_campaign_report.c for what becomes of it
 */
#include "app/client.h"
#include "app/cmd/cmd_campaign_private.h"
#include "app/command.h"
#include "app/print.h"

#include "base/charset.h"
#include "base/cleanup.h"
#include "base/err.h"

#include <string.h>

#define CONTENT_MAX (8 << 20)

void campaign_path(const struct invocation *in, const char *rest,
		   struct strbuf *out)
{
	strbuf_addstr(out, "/api/v1/campaigns/");
	strbuf_add_url(out, str_of(in->operands[0]));
	strbuf_addstr(out, rest);
}

/* A file's text as a member, if the flag was given. */
static int add_file(const struct invocation *in, struct json_writer *w,
		    const char *flag, const char *key, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf bytes = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	const char *path = flag_value(in, flag);

	if (!flag_is_set(in, flag))
		return 0;
	if (strbuf_add_file(&bytes, path, CONTENT_MAX, err) < 0)
		return -1;
	if (charset_decode(strbuf_str(&bytes), &text, err) < 0)
		return err_prefix(err, "%s", path);
	json_key(w, key);
	json_str(w, strbuf_str(&text));
	return 0;
}

static int add_group(const struct invocation *in, struct json_writer *w,
		     struct err *err)
{
	int64_t id;

	if (!flag_is_set(in, "group"))
		return 0;
	if (!text_to_int(flag_value(in, "group"), &id))
		return err_field(err, "usage", "--group takes a number");
	json_key_int(w, "group_id", id);
	return 0;
}

/* The members that flags give. */
static int add_members(const struct invocation *in, struct json_writer *w,
		       struct err *err)
{
	static const char *const texts[][2] = {
		{ "name", "name" },
		{ "subject", "subject" },
		{ "preview", "preview_text" },
		{ "from-name", "from_name" },
		{ "from-email", "from_email" },
		{ "reply-to", "reply_to" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (flag_is_set(in, texts[i][0]))
			json_key_text(w, texts[i][1],
				      flag_value(in, texts[i][0]));
	if (add_group(in, w, err) < 0 ||
	    add_file(in, w, "html", "html", err) < 0)
		return -1;
	return add_file(in, w, "text", "plain_text", err);
}

static void print_campaign(const struct invocation *in, const json_t *campaign)
{
	if (flag_is_set(in, "json"))
		print_json(campaign);
	else
		printf("campaign %lld \"%s\": %s\n",
		       (long long)print_int(campaign, "id"),
		       print_text(campaign, "name"),
		       print_text(campaign, "status"));
}

/* Calls, and says what the campaign is then. */
static int change(const struct invocation *in, const char *method,
		  const char *path, const char *body, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(json_free) json_t *campaign = NULL;

	if (client_open(&c, err) < 0 ||
	    client_call(c, method, path, body, &campaign, err) < 0)
		return -1;
	print_campaign(in, campaign);
	return 0;
}

int cmd_campaign_create(const struct invocation *in, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&body);

	if (!flag_is_set(in, "name"))
		return err_field(err, "usage", "--name is missing");
	json_begin_object(&w);
	if (add_members(in, &w, err) < 0)
		return -1;
	json_end_object(&w);
	return change(in, "POST", "/api/v1/campaigns", body.buf, err);
}

int cmd_campaign_update(const struct invocation *in, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&body);

	json_begin_object(&w);
	if (add_members(in, &w, err) < 0)
		return -1;
	json_end_object(&w);
	if (strcmp(body.buf, "{}") == 0)
		return err_field(err, "usage", "say what to change");
	campaign_path(in, "", &path);
	return change(in, "PATCH", path.buf, body.buf, err);
}

int cmd_campaign_schedule(const struct invocation *in, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&body);

	if (!flag_is_set(in, "at"))
		return err_field(err, "usage", "--at is missing");
	json_begin_object(&w);
	json_key_text(&w, "at", flag_value(in, "at"));
	json_end_object(&w);
	campaign_path(in, "/schedule", &path);
	return change(in, "POST", path.buf, body.buf, err);
}

/* unschedule, replicate: the word is the path. */
int cmd_campaign_do(const struct invocation *in, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;

	campaign_path(in, "/", &path);
	strbuf_addstr(&path, strrchr(in->command->name, ' ') + 1);
	return change(in, "POST", path.buf, "{}", err);
}

int cmd_campaign_delete(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;

	campaign_path(in, "", &path);
	if (client_open(&c, err) < 0 ||
	    client_call(c, "DELETE", path.buf, NULL, NULL, err) < 0)
		return -1;
	if (!flag_is_set(in, "json"))
		printf("campaign %s is removed\n", in->operands[0]);
	return 0;
}

int cmd_campaign_list(const struct invocation *in, struct err *err)
{
	static const struct column columns[] = {
		{ "id", "ID", 6, NULL },
		{ "status", "STATUS", 10, NULL },
		{ "recipients", "PEOPLE", 9, "figures" },
		{ "sent", "SENT", 9, "figures" },
		{ "opened", "OPENED", 9, "figures" },
		{ "clicked", "CLICKED", 9, "figures" },
		{ "name", "NAME", 30, NULL },
		{ "subject", "SUBJECT", 0, NULL },
		{ NULL, NULL, 0, NULL },
	};
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;

	strbuf_addstr(&path, "/api/v1/campaigns");
	client_add_query(&path, "q", flag_value(in, "q"));
	client_add_query(&path, "status", flag_value(in, "status"));
	client_add_query(&path, "sort", flag_value(in, "sort"));
	client_add_query(&path, "limit", flag_value(in, "limit"));
	return print_list(in, path.buf, columns, err);
}

/* What is empty is left out; content has commands of its own. */
static void print_members(json_t *object)
{
	const char *key;
	json_t *value;

	json_object_foreach (object, key, value) {
		if (strcmp(key, "html") == 0 || strcmp(key, "plain_text") == 0)
			printf("%-22s %zu bytes\n", key,
			       json_string_length(value));
		else if (json_is_string(value))
			printf("%-22s %s\n", key, json_string_value(value));
		else if (json_is_integer(value))
			printf("%-22s %lld\n", key,
			       (long long)json_integer_value(value));
		else if (json_is_real(value))
			printf("%-22s %.1f\n", key, json_real_value(value));
	}
}

int cmd_campaign_show(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	CLEANUP(json_free) json_t *campaign = NULL;
	const json_t *to;

	campaign_path(in, "", &path);
	if (client_open(&c, err) < 0 ||
	    client_call(c, "GET", path.buf, NULL, &campaign, err) < 0)
		return -1;
	if (flag_is_set(in, "json")) {
		print_json(campaign);
		return 0;
	}
	print_members(campaign);
	to = json_object_get(campaign, "to");
	if (json_is_object(to))
		printf("%-22s %s %s\n", "to", print_text(to, "kind"),
		       print_text(to, "name"));
	print_members(json_object_get(campaign, "figures"));
	return 0;
}

static void print_checklist(const json_t *list)
{
	json_t *item;
	size_t i;

	json_array_foreach (json_object_get(list, "items"), i, item) {
		const char *details = print_text(item, "details");
		const char *about = print_text(item, "about");

		printf("%-8s %-16s %s%s%s\n", print_text(item, "type"),
		       print_text(item, "heading"), details,
		       strstr(details, about) ? "" : " ",
		       strstr(details, about) ? "" : about);
	}
}

static void print_links(const json_t *list)
{
	json_t *link;
	size_t i;

	json_array_foreach (json_object_get(list, "links"), i, link)
		printf("%-8s %-16s %s%s%s\n", print_text(link, "state"),
		       strcmp(print_text(link, "kind"), "image") == 0
			       ? "Picture"
			       : "Link",
		       print_text(link, "url"),
		       *print_text(link, "problem") ? ": " : "",
		       print_text(link, "problem"));
}

static void print_domain(const json_t *domain)
{
	static const char *const facts[][2] = { { "spf", "SPF" },
						{ "dkim", "DKIM" },
						{ "dmarc", "DMARC" } };

	for (size_t i = 0; domain && i < ARRAY_SIZE(facts); i++) {
		const json_t *fact = json_object_get(domain, facts[i][0]);

		if (fact)
			printf("%-8s %-16s %s\n", print_text(fact, "state"),
			       facts[i][1], print_text(fact, "about"));
	}
}

/* The checklist, or that of the job that also asks others. */
static int get_check(const struct invocation *in, struct client *c,
		     json_t **out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	CLEANUP(json_free) json_t *job = NULL;

	if (!flag_is_set(in, "links")) {
		campaign_path(in, "/checklist", &path);
		return client_call(c, "GET", path.buf, NULL, out, err);
	}
	campaign_path(in, "/check", &path);
	if (client_run_job(c, "POST", path.buf, "{}", "check", false, &job,
			   err) < 0)
		return -1;
	*out = json_incref(json_object_get(job, "result"));
	return 0;
}

int cmd_campaign_check(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(json_free) json_t *reply = NULL;

	if (client_open(&c, err) < 0 || get_check(in, c, &reply, err) < 0)
		return -1;
	if (flag_is_set(in, "json")) {
		print_json(reply);
	} else {
		print_checklist(reply);
		print_links(reply);
		print_domain(json_object_get(reply, "domain"));
	}
	if (!json_is_true(json_object_get(reply, "is_ready")))
		return err_set(err, ERR_CONFLICT,
			       "campaign %s is not ready to send",
			       in->operands[0]);
	if (!flag_is_set(in, "json"))
		puts("ready to send");
	return 0;
}

int cmd_campaign_preview(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;

	strbuf_addstr(&path, "/campaigns/");
	strbuf_add_url(&path, str_of(in->operands[0]));
	strbuf_addstr(&path, "/preview");
	client_add_query(&path, "person_id", flag_value(in, "person"));
	client_add_query(&path, "text",
			 flag_is_set(in, "text") ? "true" : NULL);
	if (client_open(&c, err) < 0)
		return -1;
	return client_download(c, path.buf, flag_value(in, "output"), err);
}

int cmd_campaign_test(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	CLEANUP(json_free) json_t *job = NULL;
	struct json_writer w = JSON_WRITER(&body);

	if (!flag_is_set(in, "to"))
		return err_field(err, "usage", "--to is missing");
	json_begin_object(&w);
	json_key_begin_array(&w, "to");
	json_text(&w, flag_value(in, "to"));
	json_end_array(&w);
	json_end_object(&w);
	campaign_path(in, "/test", &path);
	if (client_open(&c, err) < 0 ||
	    client_run_job(c, "POST", path.buf, body.buf, "test", false, &job,
			   err) < 0)
		return -1;
	if (flag_is_set(in, "json"))
		print_json(json_object_get(job, "result"));
	else
		printf("test to %s is queued: it goes to the relay next, and "
		       "is tried again if that refuses it for now\n",
		       flag_value(in, "to"));
	return 0;
}
