#include "delivery/relay.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/thread/queue.h"
#include "base/thread/thread.h"
#include "delivery/outbox/outbox.h"
#include "delivery/relay_setting.h"
#include "smtp/smtp_pool.h"
#include "smtp/smtp_relay.h"

#include <pthread.h>
#include <stdatomic.h>

#define OUTBOX_GROUP 256
#define GATE_GROUP 64
/* For the answers to what was handed over when the program stops. */
#define STOP_MS 2000

struct relay {
	relay_result_fn fn;
	void *context;
	relay_gate_fn gate;
	struct smtp_pool *pool; /* NULL: the outbox */
	struct outbox *outbox;
	struct queue *queue;  /* of struct caught, or of struct smtp_job */
	pthread_t thread;     /* of the outbox, or of the gate */
	atomic_bool held_up;  /* the outbox cannot be written */
	atomic_llong in_hand; /* taken, and without a result */
	bool stopped;
};

/* A message on its way into the outbox. */
struct caught {
	struct outbox_new message;
	struct smtp_content content;
	void *cookie;
	char *texts[3];
};

static void tell_result(struct relay *r, const struct relay_result *result)
{
	r->fn(r->context, result);
	atomic_fetch_sub(&r->in_hand, 1);
}

/* --- the outbox --- */

static char *copy_text(const char *text)
{
	char *out = text ? strdup(text) : NULL;

	BUG_ON(text && !out);
	return out;
}

static void caught_free(struct caught *c)
{
	for (size_t i = 0; i < ARRAY_SIZE(c->texts); i++)
		free(c->texts[i]);
	smtp_content_release(&c->content);
	free(c);
}

static struct caught *caught_new(struct relay_message *m)
{
	struct caught *c = calloc(1, sizeof(*c));

	BUG_ON(!c);
	c->texts[0] = copy_text(m->sender);
	c->texts[1] = copy_text(m->rcpt);
	c->texts[2] = copy_text(m->subject);
	c->cookie = m->cookie;
	c->content = smtp_content_take(&m->content);
	c->message = (struct outbox_new){
		.campaign_id = m->campaign_id,
		.is_test = m->is_test,
		.sender = c->texts[0],
		.rcpt = c->texts[1],
		.subject = c->texts[2],
		.source = strbuf_str(&c->content.text),
	};
	return c;
}

static void tell_results(struct relay *r, struct caught **group, size_t n,
			 int rc, const struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		struct relay_result result = {
			.cookie = group[i]->cookie,
			.trouble = rc < 0 ? TROUBLE_RELAY : TROUBLE_NONE,
			.is_caught = rc >= 0,
			.code = rc < 0 ? 0 : 250,
			.detail = rc < 0 ? err->text : "caught",
		};

		tell_result(r, &result);
		caught_free(group[i]);
	}
}

/* Returns how many may go; the others have their result. */
static size_t keep_back(struct relay *r, struct caught **group, size_t n)
{
	struct relay_result kept = { .is_kept_back = true };
	void *cookies[OUTBOX_GROUP];
	bool may[OUTBOX_GROUP];
	size_t left = 0;

	if (!r->gate)
		return n;
	for (size_t i = 0; i < n; i++)
		cookies[i] = group[i]->cookie;
	r->gate(r->context, cookies, n, may);
	for (size_t i = 0; i < n; i++) {
		if (may[i]) {
			group[left++] = group[i];
			continue;
		}
		kept.cookie = group[i]->cookie;
		tell_result(r, &kept);
		caught_free(group[i]);
	}
	return left;
}

static void *outbox_main(void *arg)
{
	struct relay *r = arg;
	struct caught *group[OUTBOX_GROUP];
	struct outbox_new messages[OUTBOX_GROUP];
	size_t n;

	for (;;) {
		struct err err = ERR_INIT;
		int rc;

		n = queue_take(r->queue, (void **)group, OUTBOX_GROUP, -1);
		if (n == 0 && queue_is_closed(r->queue))
			return NULL;
		n = keep_back(r, group, n);
		if (n == 0)
			continue;
		for (size_t i = 0; i < n; i++)
			messages[i] = group[i]->message;
		rc = outbox_add(r->outbox, messages, n, clock_now_ms(), &err);
		if (rc < 0)
			log_error("outbox cannot be written", LOG_ERR(&err));
		atomic_store(&r->held_up, rc < 0);
		tell_results(r, group, n, rc, &err);
	}
}

static int start_outbox(struct relay *r, const struct relay_options *options,
			struct err *err)
{
	r->queue = queue_new((size_t)options->queue);
	if (thread_start(&r->thread, "outbox", outbox_main, r) == 0)
		return 0;
	queue_free(&r->queue);
	return err_set(err, ERR_IO, "no thread for the outbox");
}

/* --- SMTP --- */

static enum trouble trouble_of_result(const struct smtp_result *result)
{
	static const enum trouble_stage stages[] = {
		[SMTP_AT_CONNECT] = STAGE_CONNECT,
		[SMTP_AT_GREETING] = STAGE_CONNECT,
		[SMTP_AT_EHLO] = STAGE_EHLO,
		[SMTP_AT_TLS] = STAGE_STARTTLS,
		[SMTP_AT_AUTH] = STAGE_AUTH,
		[SMTP_AT_MAIL] = STAGE_MAIL,
		[SMTP_AT_RCPT] = STAGE_RCPT,
		[SMTP_AT_DATA] = STAGE_DATA,
		[SMTP_AT_CONTENT] = STAGE_DOT,
	};

	if (result->outcome == SMTP_ACCEPTED)
		return TROUBLE_NONE;
	if (result->maybe_sent) /* whatever was said, it was not the answer */
		return trouble_of(&(struct trouble_reply){
			.stage = STAGE_DOT, .enhanced = "", .text = "" });
	return trouble_of(&(struct trouble_reply){
		.stage = stages[result->stage],
		.code = result->code,
		.enhanced = result->enhanced,
		.text = result->text,
		.sender = result->sender,
		.rcpt = result->rcpt,
	});
}

static void on_smtp_result(void *context, const struct smtp_result *result)
{
	struct relay *r = context;
	CLEANUP(strbuf_release) struct strbuf detail = STRBUF_INIT;
	struct relay_result out = {
		.cookie = result->cookie,
		.trouble = trouble_of_result(result),
		.is_kept_back = result->outcome == SMTP_KEPT_BACK,
		.maybe_sent = result->maybe_sent,
		.code = result->code,
	};

	if (result->code)
		strbuf_addf(&detail, "%d ", result->code);
	if (*result->enhanced)
		strbuf_addf(&detail, "%s ", result->enhanced);
	strbuf_addstr(&detail, result->text);
	out.detail = detail.buf;
	tell_result(r, &out);
}

/* Never full: it holds all that the pool does. */
static void on_gate(void *context, struct smtp_job *job)
{
	struct relay *r = context;

	BUG_ON(!queue_try_push(r->queue, job));
}

static void *gate_main(void *arg)
{
	struct relay *r = arg;
	struct smtp_job *jobs[GATE_GROUP];
	void *cookies[GATE_GROUP];
	bool may[GATE_GROUP];
	size_t n;

	while ((n = queue_take(r->queue, (void **)jobs, GATE_GROUP, -1)) > 0) {
		for (size_t i = 0; i < n; i++)
			cookies[i] = smtp_job_cookie(jobs[i]);
		r->gate(r->context, cookies, n, may);
		smtp_pool_answer(r->pool, jobs, may, n);
	}
	return NULL;
}

static void stop_gate(struct relay *r)
{
	if (!r->queue)
		return;
	queue_close(r->queue);
	pthread_join(r->thread, NULL);
}

/* Nothing comes through it before the pool got a message. */
static int start_gate(struct relay *r, const struct relay_options *options,
		      struct err *err)
{
	r->queue = queue_new((size_t)options->queue);
	if (thread_start(&r->thread, "relay gate", gate_main, r) == 0)
		return 0;
	queue_free(&r->queue);
	return err_set(err, ERR_IO, "no thread for the relay's gate");
}

static int start_smtp(struct relay *r, const struct relay_options *options,
		      struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct smtp_options smtp = SMTP_OPTIONS_DEFAULT;
	struct smtp_relay relay;

	if (smtp_relay_parse(options->url, arena, &relay, err) < 0)
		return -1;
	smtp.connections = options->connections;
	smtp.queue = options->queue;
	smtp.stop_timeout_ms = STOP_MS;
	smtp.gate = r->gate ? on_gate : NULL;
	if (r->gate && start_gate(r, options, err) < 0)
		return -1;
	if (smtp_pool_start(&relay, &smtp, on_smtp_result, r, &r->pool, err) ==
	    0)
		return 0;
	stop_gate(r);
	queue_free(&r->queue);
	return -1;
}

/* --- both --- */

void relay_url_describe(const char *url, struct strbuf *out)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct err ignored = ERR_INIT; /* then it has no name */
	struct smtp_relay relay;

	if (relay_is_outbox_url(url))
		strbuf_addstr(out, url);
	else if (smtp_relay_parse(url, arena, &relay, &ignored) == 0)
		smtp_relay_describe(&relay, out);
}

int relay_start(const struct relay_options *options, struct outbox *outbox,
		relay_result_fn fn, void *context, struct relay **out,
		struct err *err)
{
	struct relay *r = calloc(1, sizeof(*r));
	int rc;

	BUG_ON(!r);
	r->fn = fn;
	r->context = context;
	r->gate = options->gate;
	r->outbox = outbox;
	rc = relay_is_outbox_url(options->url) ? start_outbox(r, options, err)
					       : start_smtp(r, options, err);
	if (rc < 0) {
		free(r);
		return err_prefix(err, "relay");
	}
	*out = r;
	return 0;
}

static int take(struct relay *r, struct relay_message *m, struct err *err)
{
	struct smtp_message smtp = { .sender = m->sender,
				     .rcpt = m->rcpt,
				     .cookie = m->cookie };
	struct caught *c;

	if (r->pool) {
		smtp.content = smtp_content_take(&m->content);
		if (smtp_pool_submit(r->pool, &smtp, err) == 0)
			return 0;
		m->content = smtp.content;
		return -1;
	}
	c = caught_new(m);
	if (queue_push(r->queue, c))
		return 0;
	caught_free(c);
	return err_set(err, ERR_RETRY, "the outbox is being closed");
}

int relay_send(struct relay *r, struct relay_message *m, struct err *err)
{
	int ret;

	atomic_fetch_add(&r->in_hand, 1); /* before its result can come */
	ret = take(r, m, err);
	if (ret < 0)
		atomic_fetch_sub(&r->in_hand, 1);
	return ret;
}

void relay_leave(struct relay *r)
{
	if (r->pool)
		smtp_pool_leave(r->pool);
	else
		queue_close(r->queue);
}

bool relay_is_idle(const struct relay *r)
{
	return atomic_load(&r->in_hand) == 0;
}

bool relay_is_held_up(const struct relay *r)
{
	return r->pool ? smtp_pool_is_held_up(r->pool)
		       : atomic_load(&r->held_up);
}

void relay_stop(struct relay *r)
{
	if (r->stopped)
		return;
	r->stopped = true;
	if (r->pool) {
		smtp_pool_stop(r->pool);
		stop_gate(r);
		return;
	}
	queue_close(r->queue);
	pthread_join(r->thread, NULL);
}

void relay_free(struct relay **relay)
{
	struct relay *r = *relay;

	if (!r)
		return;
	relay_stop(r);
	smtp_pool_free(&r->pool);
	queue_free(&r->queue);
	free(r);
	*relay = NULL;
}

void relay_describe(const struct relay *r, struct strbuf *out)
{
	if (r->pool)
		smtp_pool_describe(r->pool, out);
	else
		strbuf_addf(out, "relay=outbox waiting=%zu",
			    queue_size(r->queue));
}
