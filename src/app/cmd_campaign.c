/*
 * muster campaign ...
 */
#include "app/client.h"
#include "app/command.h"
#include "app/print.h"

#include "base/charset.h"
#include "base/cleanup.h"
#include "base/err.h"

#include <string.h>
#include <time.h>

#define CONTENT_MAX (8 << 20)
#define POLL_MS 500

static void campaign_path(const struct invocation *in, const char *rest,
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

int cmd_campaign_create(const struct invocation *in, struct err *err)
{
	static const char *const texts[][2] = {
		{ "name", "name" },
		{ "subject", "subject" },
		{ "from-name", "from_name" },
		{ "from-email", "from_email" },
	};
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	CLEANUP(json_free) json_t *campaign = NULL;
	struct json_writer w = JSON_WRITER(&body);

	if (!flag_is_set(in, "name"))
		return err_field(err, "usage", "--name is missing");
	json_begin_object(&w);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (flag_is_set(in, texts[i][0]))
			json_key_text(&w, texts[i][1],
				      flag_value(in, texts[i][0]));
	if (add_group(in, &w, err) < 0 ||
	    add_file(in, &w, "html", "html", err) < 0 ||
	    add_file(in, &w, "text", "plain_text", err) < 0)
		return -1;
	json_end_object(&w);
	if (client_open(&c, err) < 0 ||
	    client_call(c, "POST", "/api/v1/campaigns", body.buf, &campaign,
			err) < 0)
		return -1;
	if (flag_is_set(in, "json"))
		print_json(campaign);
	else
		printf("campaign %lld \"%s\": %s\n",
		       (long long)print_int(campaign, "id"),
		       print_text(campaign, "name"),
		       print_text(campaign, "status"));
	return 0;
}

int cmd_campaign_list(const struct invocation *in, struct err *err)
{
	static const struct column columns[] = {
		{ "id", "ID", 6 },      { "status", "STATUS", 10 },
		{ "name", "NAME", 30 }, { "subject", "SUBJECT", 0 },
		{ NULL, NULL, 0 },
	};

	return print_list(in, "/api/v1/campaigns", columns, err);
}

static void print_checklist(const json_t *list)
{
	json_t *item;
	size_t i;

	json_array_foreach (json_object_get(list, "items"), i, item)
		printf("%-8s %-16s %s\n", print_text(item, "type"),
		       print_text(item, "heading"),
		       print_text(item, "details"));
}

int cmd_campaign_check(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	CLEANUP(json_free) json_t *reply = NULL;

	campaign_path(in, "/checklist", &path);
	if (client_open(&c, err) < 0 ||
	    client_call(c, "GET", path.buf, NULL, &reply, err) < 0)
		return -1;
	if (flag_is_set(in, "json"))
		print_json(reply);
	else
		print_checklist(reply);
	if (!json_is_true(json_object_get(reply, "is_ready")))
		return err_set(err, ERR_CONFLICT,
			       "campaign %s is not ready to send",
			       in->operands[0]);
	if (!flag_is_set(in, "json"))
		puts("ready to send");
	return 0;
}

int cmd_campaign_test(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	CLEANUP(json_free) json_t *reply = NULL;
	CLEANUP(json_free) json_t *job = NULL;
	struct json_writer w = JSON_WRITER(&body);
	int64_t id;

	if (!flag_is_set(in, "to"))
		return err_field(err, "usage", "--to is missing");
	json_begin_object(&w);
	json_key_begin_array(&w, "to");
	json_text(&w, flag_value(in, "to"));
	json_end_array(&w);
	json_end_object(&w);
	campaign_path(in, "/test", &path);
	if (client_open(&c, err) < 0 ||
	    client_call(c, "POST", path.buf, body.buf, &reply, err) < 0 ||
	    client_job_id(reply, &id, err) < 0 ||
	    client_wait_job(c, id, "test", false, &job, err) < 0)
		return -1;
	if (flag_is_set(in, "json"))
		print_json(json_object_get(job, "result"));
	else
		printf("test to %s is queued: it goes to the relay next, and "
		       "is tried again if that refuses it for now\n",
		       flag_value(in, "to"));
	return 0;
}

/* Once, when it begins: `said` is what was said last. */
static void say_why_it_waits(const json_t *report, struct strbuf *said)
{
	const json_t *hold = json_object_get(report, "hold");
	const char *why = "";

	if (json_is_object(hold))
		why = print_text(hold, "detail");
	else if (json_is_false(json_object_get(report, "relay_is_reached")))
		why = "the relay cannot be reached; nothing is lost, it is "
		      "tried again and again";
	if (strcmp(said->buf, why) == 0)
		return;
	strbuf_reset(said);
	strbuf_addstr(said, why);
	if (*why)
		fprintf(stderr, "%ssending waits: %s\n",
			isatty(STDERR_FILENO) ? "\r\033[K" : "", why);
}

static void show_sending(const json_t *report)
{
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r\033[Ksending: %lld of %lld",
			(long long)print_int(report, "sent"),
			(long long)print_int(report, "recipients"));
}

/* Until the campaign is neither scheduled nor sending. */
static int wait_until_sent(const struct invocation *in, struct client *c,
			   json_t **campaign, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf report_path = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf said = STRBUF_INIT;
	struct timespec pause = { .tv_nsec = POLL_MS * 1000000 };

	campaign_path(in, "", &path);
	campaign_path(in, "/report", &report_path);
	for (;;) {
		CLEANUP(json_free) json_t *report = NULL;
		const char *status;

		json_free(campaign);
		if (client_call(c, "GET", path.buf, NULL, campaign, err) < 0)
			return -1;
		status = print_text(*campaign, "status");
		if (!flag_is_set(in, "wait") ||
		    (strcmp(status, "sending") && strcmp(status, "scheduled")))
			break;
		if (client_call(c, "GET", report_path.buf, NULL, &report, err) <
		    0)
			return -1;
		say_why_it_waits(report, &said);
		show_sending(report);
		nanosleep(&pause, NULL);
	}
	if (flag_is_set(in, "wait") && isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
	return 0;
}

static void print_campaign(const struct invocation *in, const json_t *campaign)
{
	if (flag_is_set(in, "json"))
		print_json(campaign);
	else
		printf("campaign %lld is %s\n",
		       (long long)print_int(campaign, "id"),
		       print_text(campaign, "status"));
}

int cmd_campaign_send(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	CLEANUP(json_free) json_t *reply = NULL;
	CLEANUP(json_free) json_t *job = NULL;
	CLEANUP(json_free) json_t *campaign = NULL;
	int64_t id;

	campaign_path(in, "/send", &path);
	if (client_open(&c, err) < 0 ||
	    client_call(c, "POST", path.buf, "{}", &reply, err) < 0 ||
	    client_job_id(reply, &id, err) < 0 ||
	    client_wait_job(c, id, "send", flag_is_set(in, "yes"), &job, err) <
		    0 ||
	    wait_until_sent(in, c, &campaign, err) < 0)
		return -1;
	print_campaign(in, campaign);
	return 0;
}

/* pause, resume, cancel, finish: the word is the path. */
int cmd_campaign_act(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf act_path = STRBUF_INIT;
	CLEANUP(json_free) json_t *reply = NULL;
	CLEANUP(json_free) json_t *job = NULL;
	CLEANUP(json_free) json_t *campaign = NULL;
	const char *act = strrchr(in->command->name, ' ') + 1;
	int64_t id;

	campaign_path(in, "", &path);
	strbuf_addf(&act_path, "%s/%s", path.buf, act);
	if (client_open(&c, err) < 0 ||
	    client_call(c, "POST", act_path.buf, "{}", &reply, err) < 0 ||
	    client_job_id(reply, &id, err) < 0 ||
	    client_wait_job(c, id, act, false, &job, err) < 0 ||
	    client_call(c, "GET", path.buf, NULL, &campaign, err) < 0)
		return -1;
	print_campaign(in, campaign);
	return 0;
}

static void print_pair(const json_t *report, const char *key, const char *a,
		       const char *b)
{
	const json_t *pair = json_object_get(report, key);

	printf("%-12s %lld %s, %lld %s\n", key, (long long)print_int(pair, a),
	       a, (long long)print_int(pair, b), b);
}

static void print_hold(const json_t *report)
{
	const json_t *hold = json_object_get(report, "hold");
	const char *reason = print_text(hold, "reason");
	bool by_itself = strcmp(reason, "bounces") == 0 ||
			 strcmp(reason, "refusals") == 0;

	if (!json_is_object(hold))
		return;
	printf("%-12s %s (%s): %s\n", by_itself ? "paused" : "held",
	       by_itself ? "by itself" : "by the relay", reason,
	       print_text(hold, "detail"));
}

static void print_report(const json_t *report)
{
	static const char *const plain[] = { "recipients", "sent", "waiting",
					     "unsubscribed", "complained" };
	const char *reason;
	json_t *n, *link;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(plain); i++)
		printf("%-12s %lld\n", plain[i],
		       (long long)print_int(report, plain[i]));
	print_hold(report);
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

int cmd_campaign_report(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	CLEANUP(json_free) json_t *report = NULL;

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
	CLEANUP(json_free) json_t *reply = NULL;
	CLEANUP(json_free) json_t *job = NULL;
	int64_t id;

	campaign_path(in, "/undo-cleans", &path);
	if (client_open(&c, err) < 0 ||
	    client_call(c, "POST", path.buf,
			flag_is_set(in, "dry-run") ? "{\"dry_run\":true}"
						   : "{\"dry_run\":false}",
			&reply, err) < 0 ||
	    client_job_id(reply, &id, err) < 0 ||
	    client_wait_job(c, id, "undo", false, &job, err) < 0)
		return -1;
	if (flag_is_set(in, "json"))
		print_json(json_object_get(job, "result"));
	else
		print_undone(json_object_get(job, "result"));
	return 0;
}
