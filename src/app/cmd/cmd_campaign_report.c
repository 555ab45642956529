/*
 * muster campaign report, undo-cleans
 */
#include "app/client.h"
#include "app/cmd/cmd_campaign_private.h"
#include "app/command.h"
#include "app/print.h"

#include "base/cleanup.h"
#include "base/err.h"

static void print_pair(const json_t *report, const char *key, const char *a,
		       const char *b)
{
	const json_t *pair = json_object_get(report, key);

	printf("%-12s %lld %s, %lld %s\n", key, (long long)print_int(pair, a),
	       a, (long long)print_int(pair, b), b);
}

static void print_caught(const json_t *report)
{
	int64_t caught = print_int(report, "caught");

	if (caught > 0)
		printf("%-12s %lld kept in the outbox: nobody was mailed\n",
		       "caught", (long long)caught);
}

static void print_report(const json_t *report)
{
	static const char *const plain[] = { "recipients",   "sent",
					     "delivered",    "waiting",
					     "unsubscribed", "complained" };
	const char *reason;
	json_t *n, *link;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(plain); i++)
		printf("%-12s %lld\n", plain[i],
		       (long long)print_int(report, plain[i]));
	if (print_int(report, "taken_back") > 0)
		printf("%-12s %lld of those who unsubscribed\n", "taken back",
		       (long long)print_int(report, "taken_back"));
	print_caught(report);
	campaign_print_hold(report);
	json_object_foreach (json_object_get(report, "left_out"), reason, n)
		printf("%-12s %lld (%s)\n", "left out",
		       (long long)json_integer_value(n), reason);
	print_pair(report, "bounced", "hard", "soft");
	print_pair(report, "opened", "people", "machines");
	print_pair(report, "clicked", "people", "machines");
	json_array_foreach (json_object_get(report, "links"), i, link)
		printf("  %6lld people, %lld machines  %s\n",
		       (long long)print_int(link, "people"),
		       (long long)print_int(link, "machines"),
		       print_text(link, "url"));
}

/* Why it is paused, if there is more to say than that somebody did so. */
static int print_pause(const struct invocation *in, struct client *c,
		       struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	CLEANUP(json_free) json_t *campaign = NULL;
	const char *why;

	campaign_path(in, "", &path);
	if (client_call(c, "GET", path.buf, NULL, &campaign, err) < 0)
		return -1;
	why = print_text(campaign, "paused_because");
	if (*why)
		printf("paused: %s\n", why);
	return 0;
}

static int print_series(const struct invocation *in, struct err *err)
{
	static const struct column columns[] = {
		{ "at", "AT", 26, NULL },
		{ "sent", "SENT", 9, NULL },
		{ "opened", "OPENED", 9, NULL },
		{ "clicked", "CLICKED", 9, NULL },
		{ "unsubscribed", "LEFT", 9, NULL },
		{ "bounced", "BOUNCED", 0, NULL },
		{ NULL, NULL, 0, NULL },
	};
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;

	campaign_path(in, "/report/series", &path);
	client_add_query(&path, "by", flag_value(in, "by"));
	return print_list(in, path.buf, columns, err);
}

int cmd_campaign_report(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	CLEANUP(json_free) json_t *report = NULL;

	if (flag_is_set(in, "by"))
		return print_series(in, err);
	campaign_path(in, "/report", &path);
	if (client_open(&c, err) < 0 ||
	    client_call(c, "GET", path.buf, NULL, &report, err) < 0)
		return -1;
	if (flag_is_set(in, "json"))
		print_json(report);
	else
		print_report(report);
	return flag_is_set(in, "json") ? 0 : print_pause(in, c, err);
}

static void print_undone(const json_t *result)
{
	const char *reason;
	json_t *n, *person;
	size_t i;

	printf("%-12s %lld members, %lld addresses%s\n",
	       json_is_true(json_object_get(result, "dry_run"))
		       ? "would restore"
		       : "restored",
	       (long long)print_int(result, "restored"),
	       (long long)print_int(result, "addresses"),
	       json_array_size(json_object_get(result, "people"))
		       ? ", of people"
		       : "");
	json_array_foreach (json_object_get(result, "people"), i, person)
		printf("  %lld\n", (long long)json_integer_value(person));
	json_object_foreach (json_object_get(result, "kept"), reason, n)
		printf("%-12s %lld (%s)\n", "kept",
		       (long long)json_integer_value(n), reason);
}

int cmd_campaign_undo_cleans(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	CLEANUP(json_free) json_t *job = NULL;

	campaign_path(in, "/undo-cleans", &path);
	if (client_open(&c, err) < 0 ||
	    client_run_job(c, "POST", path.buf,
			   flag_is_set(in, "dry-run") ? "{\"dry_run\":true}"
						      : "{\"dry_run\":false}",
			   "undo", false, &job, err) < 0)
		return -1;
	if (flag_is_set(in, "json"))
		print_json(json_object_get(job, "result"));
	else
		print_undone(json_object_get(job, "result"));
	return 0;
}
