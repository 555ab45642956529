/*
 * The fake audience's campaigns and their reports, and pages of anything.
 * Called by fake_audience.c, on the test's thread.
 */
#include "bridge/fake_audience.h"

#include "base/err.h"
#include "bridge/bridge_fixture.h"

#include <stdlib.h>
#include <string.h>

/* The number in the query, or `otherwise`. */
static size_t query_size(const char *path, const char *key, size_t otherwise)
{
	const char *at = strstr(path, key);

	return at ? (size_t)strtoull(at + strlen(key), NULL, 10) : otherwise;
}

void fake_answer_page(struct bridge_fixture *f, const char *path,
		      const char *key, json_t *items, struct mc_reply *reply)
{
	struct json_writer w = JSON_WRITER(&reply->body);
	size_t at = query_size(path, "offset=", 0);
	size_t n = query_size(path, "count=", SIZE_MAX);

	if (f->page_most && n > f->page_most &&
	    str_starts(str_of(path), "/reports"))
		n = f->page_most;
	reply->status = 200;
	json_begin_object(&w);
	json_key_begin_array(&w, key);
	for (; n > 0 && at < json_array_size(items); n--)
		json_tree(&w, json_array_get(items, at++));
	json_end_array(&w);
	json_end_object(&w);
}

/* Of "/campaigns/ID..."; NULL: it was deleted. */
static json_t *campaign_of(struct bridge_fixture *f, const char *path)
{
	struct str rest = str_of(path + strlen("/campaigns/"));
	json_t *c;
	size_t i;

	json_array_foreach (f->campaigns, i, c)
		if (str_starts(rest,
			       json_string_value(json_object_get(c, "id"))))
			return c;
	return NULL;
}

/* As our own audience does; Mailchimp's has no such action. */
static void choose_winner(struct bridge_fixture *f, const json_t *body,
			  struct mc_reply *reply)
{
	json_t *settings = json_object_get(json_array_get(f->campaigns, 0),
					   "variate_settings");

	if (f->is_mailchimp) {
		fake_answer_not_found(reply);
		return;
	}
	fake_say(settings, "winning_combination_id",
		 json_string_value(json_object_get(body, "combination_id")));
	reply->status = 204;
}

void fake_answer_campaigns(struct bridge_fixture *f, const char *method,
			   const char *path, const json_t *body,
			   struct mc_reply *reply)
{
	char id[16];
	json_t *c;

	reply->status = 200;
	if (str_starts(str_of(path), "/campaigns/") && !campaign_of(f, path)) {
		fake_answer_not_found(reply);
	} else if (strstr(path, "/actions/test")) {
		f->tests++;
		reply->status = 204;
	} else if (strstr(path, "/actions/choose-winner")) {
		choose_winner(f, body, reply);
	} else if (strstr(path, "/actions/send")) {
		f->sends++;
		fake_say(json_array_get(f->campaigns, 0), "status", "sending");
		reply->status = 204;
	} else if (strstr(path, "/actions/cancel-send")) {
		fake_say(json_array_get(f->campaigns, 0), "status", "canceled");
		reply->status = 204;
	} else if (str_starts(str_of(path), "/campaigns?")) {
		fake_answer_page(f, path, "campaigns", f->campaigns, reply);
	} else if (strcmp(path, "/campaigns") == 0) {
		c = json_deep_copy(body);
		snprintf(id, sizeof(id), "c%zu",
			 json_array_size(f->campaigns) + 1);
		fake_say(c, "id", id);
		fake_say(c, "status", "save");
		BUG_ON(json_array_append_new(f->campaigns, c) < 0);
		fake_answer_tree(reply, c);
	} else if (strstr(path, "/send-checklist")) {
		strbuf_addstr(&reply->body, "{\"is_ready\":true}");
	} else if (strcmp(method, "GET") == 0) {
		fake_answer_tree(reply, json_array_get(f->campaigns, 0));
	} else if (strcmp(method, "DELETE") == 0) {
		json_array_clear(f->campaigns);
		reply->status = 204;
	} else if (strcmp(method, "PATCH") == 0) {
		c = json_array_get(f->campaigns, 0);
		BUG_ON(json_object_update(c, (json_t *)(uintptr_t)body) < 0);
		fake_answer_tree(reply, c);
	} else if (strcmp(method, "PUT") == 0) { /* its content */
		json_free(&f->content);
		f->content = json_deep_copy(body);
		strbuf_addstr(&reply->body, "{}");
	} else {
		strbuf_addstr(&reply->body, "{}");
	}
}

static size_t count_complaints(const json_t *unsubscribes)
{
	json_t *u;
	size_t i, n = 0;

	json_array_foreach (unsubscribes, i, u)
		n += json_object_get(u, "reason") != NULL;
	return n;
}

void fake_answer_report(struct bridge_fixture *f, const char *path,
			struct mc_reply *reply)
{
	static const struct {
		const char *path, *key;
	} parts[] = { { "/sent-to", "sent_to" },
		      { "/email-activity", "emails" },
		      { "/sub-reports", "reports" },
		      { "/unsubscribed", "unsubscribes" } };
	const json_t *left = json_object_get(f->report, "unsubscribes");

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (strstr(path, parts[i].path)) {
			fake_answer_page(
				f, path, parts[i].key,
				json_object_get(f->report, parts[i].key),
				reply);
			return;
		}
	reply->status = 200;
	strbuf_addf(&reply->body,
		    "{\"unsubscribed\":%zu,\"abuse_reports\":%zu}",
		    json_array_size(left), count_complaints(left));
}

json_t *fake_reported(struct bridge_fixture *f, const char *key,
		      const char *address)
{
	json_t *o = json_object();

	fake_say(o, "email_id",
		 json_string_value(
			 json_object_get(fake_member(f, address), "id")));
	fake_say(o, "email_address", address);
	(void)json_array_append_new(json_object_get(f->report, key), o);
	return o;
}
