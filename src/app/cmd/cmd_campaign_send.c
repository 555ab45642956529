/*
 * muster campaign send, watch, pause, resume, cancel, finish
 */
#include "app/client.h"
#include "app/cmd/cmd_campaign_private.h"
#include "app/command.h"
#include "app/print.h"

#include "base/cleanup.h"
#include "base/err.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#define POLL_MS 500

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

/* "12 min" */
static void format_span(int64_t seconds, struct strbuf *out)
{
	if (seconds < 60)
		strbuf_addf(out, "%lld s", (long long)seconds);
	else if (seconds < 3600)
		strbuf_addf(out, "%lld min", (long long)(seconds + 59) / 60);
	else
		strbuf_addf(out, "%lld h %lld min", (long long)seconds / 3600,
			    (long long)seconds % 3600 / 60);
}

static void show_sending(const json_t *campaign)
{
	CLEANUP(strbuf_release) struct strbuf left = STRBUF_INIT;
	const json_t *figures = json_object_get(campaign, "figures");
	const json_t *rate = json_object_get(campaign, "rate");

	if (!isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\r\033[K%s: %lld of %lld",
		print_text(campaign, "status"),
		(long long)print_int(figures, "sent"),
		(long long)print_int(figures, "recipients"));
	if (!json_is_number(rate))
		return;
	format_span(print_int(campaign, "seconds_left"), &left);
	fprintf(stderr, ", %.0f a minute, %s left", json_number_value(rate),
		left.buf);
}

static bool is_under_way(const json_t *campaign)
{
	const char *status = print_text(campaign, "status");

	return strcmp(status, "sending") == 0 ||
	       strcmp(status, "scheduled") == 0;
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

		json_free(campaign);
		if (client_call(c, "GET", path.buf, NULL, campaign, err) < 0)
			return -1;
		if (!is_under_way(*campaign))
			break;
		if (client_call(c, "GET", report_path.buf, NULL, &report, err) <
		    0)
			return -1;
		say_why_it_waits(report, &said);
		show_sending(*campaign);
		nanosleep(&pause, NULL);
	}
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
	return 0;
}

static void print_status(const struct invocation *in, const json_t *campaign)
{
	if (flag_is_set(in, "json"))
		print_json(campaign);
	else
		printf("campaign %lld is %s\n",
		       (long long)print_int(campaign, "id"),
		       print_text(campaign, "status"));
}

void campaign_print_hold(const json_t *report)
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

int cmd_campaign_watch(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(json_free) json_t *campaign = NULL;

	if (client_open(&c, err) < 0 ||
	    wait_until_sent(in, c, &campaign, err) < 0)
		return -1;
	print_status(in, campaign);
	if (flag_is_set(in, "json"))
		return 0;
	campaign_print_hold(campaign);
	if (*print_text(campaign, "paused_because"))
		printf("paused: %s\n", print_text(campaign, "paused_because"));
	return 0;
}

int cmd_campaign_send(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf send_path = STRBUF_INIT;
	CLEANUP(json_free) json_t *job = NULL;
	CLEANUP(json_free) json_t *campaign = NULL;

	campaign_path(in, "", &path);
	strbuf_addf(&send_path, "%s/send", path.buf);
	if (client_open(&c, err) < 0 ||
	    client_run_job(c, "POST", send_path.buf, "{}", "send",
			   flag_is_set(in, "yes"), &job, err) < 0 ||
	    (flag_is_set(in, "wait") ? wait_until_sent(in, c, &campaign, err)
				     : client_call(c, "GET", path.buf, NULL,
						   &campaign, err)) < 0)
		return -1;
	print_status(in, campaign);
	return 0;
}

/* pause, resume, cancel, finish: the word is the path. */
int cmd_campaign_act(const struct invocation *in, struct err *err)
{
	CLEANUP(client_free) struct client *c = NULL;
	CLEANUP(strbuf_release) struct strbuf path = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf act_path = STRBUF_INIT;
	CLEANUP(json_free) json_t *job = NULL;
	CLEANUP(json_free) json_t *campaign = NULL;
	const char *act = strrchr(in->command->name, ' ') + 1;

	campaign_path(in, "", &path);
	strbuf_addf(&act_path, "%s/%s", path.buf, act);
	if (client_open(&c, err) < 0 ||
	    client_run_job(c, "POST", act_path.buf, "{}", act, false, &job,
			   err) < 0 ||
	    client_call(c, "GET", path.buf, NULL, &campaign, err) < 0)
		return -1;
	print_status(in, campaign);
	return 0;
}
