/*
 * Telling a program that a batch is finished: the job of batch webhooks, of the
 * runner that tells webhooks.
 */
#include "api/mc30/account/account_jobs.h"

#include "api/api.h"
#include "api/mc30/account/batch_job.h"
#include "api/mc30/account/capability.h"
#include "audience/batch/batch_webhook.h"
#include "audience/webhook_post.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/strbuf.h"

static void add_int(struct strbuf *form, const char *name, int64_t n)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%lld", (long long)n);
	webhook_form_add_data(form, name, text);
}

static void add_time(struct strbuf *form, const char *name, int64_t ms)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	time_format_iso(ms, &text);
	webhook_form_add_data(form, name, text.buf);
}

static void add_links(struct strbuf *form, const char *base, const char *hex)
{
	CLEANUP(strbuf_release) struct strbuf href = STRBUF_INIT;

	strbuf_addf(&href, "%s/batches", base);
	webhook_form_add(form, "data[_links][0][rel]", "parent");
	webhook_form_add(form, "data[_links][0][href]", href.buf);
	webhook_form_add(form, "data[_links][0][method]", "GET");
	strbuf_addf(&href, "/%s", hex);
	webhook_form_add(form, "data[_links][1][rel]", "self");
	webhook_form_add(form, "data[_links][1][href]", href.buf);
	webhook_form_add(form, "data[_links][1][method]", "GET");
}

static int write_form(struct job_run *run, const struct batch_news *news,
		      struct strbuf *form, struct err *err)
{
	const struct api *api = run->context;
	const struct api_batch *b = &news->batch;
	CLEANUP(strbuf_release) struct strbuf fired = STRBUF_INIT;
	const char *base = arena_printf(run->arena, "%s/3.0", api->public_url);
	const char *url;

	if (capability_url_at(run->db, base,
			      batch_answers_path(run->arena, b->hex),
			      clock_now_ms(), run->arena, &url, err) < 0)
		return -1;
	time_format_sql(news->fired_ms, &fired);
	webhook_form_add(form, "type", "batch_operation_completed");
	webhook_form_add(form, "fired_at", fired.buf);
	webhook_form_add_data(form, "id", b->hex);
	webhook_form_add_data(form, "status", api_batch_status(b));
	add_int(form, "total_operations", b->total);
	add_int(form, "finished_operations", b->finished);
	add_int(form, "errored_operations", b->errored);
	add_time(form, "submitted_at", b->submitted_ms);
	add_time(form, "completed_at", b->completed_ms);
	webhook_form_add_data(form, "response_body_url", url);
	add_links(form, base, b->hex);
	return 0;
}

static int tell(struct job_run *run, struct err *err)
{
	const struct api *api = run->context;
	CLEANUP(strbuf_release) struct strbuf form = STRBUF_INIT;
	struct batch_news news = { .fired_ms = 0 };
	bool gone = false;
	int ret = batch_webhook_news(run->db, run->job->payload, run->arena,
				     &news, err);

	if (ret <= 0)
		return ret;
	if (write_form(run, &news, &form, err) < 0)
		return -1;
	ret = webhook_post(run, api->webhooks, news.hook.url, form.buf, &gone,
			   err);
	return gone ? batch_webhook_disable(run->db, news.hook.id, err) : ret;
}

struct job_kind batch_tell_kind(const struct api *api)
{
	return (struct job_kind){ .name = BATCH_WEBHOOK_JOB,
				  .fn = tell,
				  .context = (void *)api };
}
