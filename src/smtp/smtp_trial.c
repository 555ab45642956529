#include "smtp/smtp_trial.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/thread/wait.h"
#include "smtp/smtp_private.h"

#include <pthread.h>
#include <stdarg.h>

#define STOP_MS 500
/* What the pool's thread found out. */
struct smtp_trial {
	pthread_mutex_t lock; /* of all below; also of the arena */
	pthread_cond_t over;
	bool is_over, is_reached;
	struct err why;
	/* with a message; else NULL */
	struct arena *arena;
	struct smtp_trial_report *report;
};

static void trial_init(struct smtp_trial *trial, int64_t timeout_ms)
{
	*trial = (struct smtp_trial){ .is_over = false };
	(void)pthread_mutex_init(&trial->lock, NULL);
	wait_init(&trial->over);
	(void)err_set(&trial->why, ERR_RETRY, "no answer within %lld s",
		      (long long)(timeout_ms / 1000));
}

static void trial_release(struct smtp_trial *trial)
{
	(void)pthread_cond_destroy(&trial->over);
	(void)pthread_mutex_destroy(&trial->lock);
}

bool smtp_trial_has_message(const struct smtp_trial *trial)
{
	return trial->report != NULL; /* never changes */
}

void smtp_trial_end(struct smtp_trial *trial, const struct smtp_result *why)
{
	if (smtp_trial_has_message(trial))
		return; /* its result tells */
	(void)pthread_mutex_lock(&trial->lock);
	if (!trial->is_over && why)
		(void)err_set(&trial->why, ERR_RETRY, "%s", why->text);
	trial->is_reached = trial->is_reached || (!trial->is_over && !why);
	trial->is_over = true;
	(void)pthread_cond_signal(&trial->over);
	(void)pthread_mutex_unlock(&trial->lock);
}

/* Under lock. Nobody looks once it is over. */
static void add_step(struct smtp_trial *trial, const char *step)
{
	if (!trial->is_over)
		vec_push(&trial->report->steps,
			 arena_strdup(trial->arena, step));
}

void smtp_trial_note(struct smtp_trial *trial, const char *fmt, ...)
{
	CLEANUP(strbuf_release) struct strbuf step = STRBUF_INIT;
	va_list ap;

	if (!trial || !smtp_trial_has_message(trial))
		return;
	va_start(ap, fmt);
	strbuf_vaddf(&step, fmt, ap);
	va_end(ap);
	(void)pthread_mutex_lock(&trial->lock);
	add_step(trial, step.buf);
	(void)pthread_mutex_unlock(&trial->lock);
}

/* false: it took too long, and nothing is told any more. */
static bool await(struct smtp_trial *trial, int64_t timeout_ms)
{
	int64_t until_us = clock_monotonic_us() + timeout_ms * 1000;
	bool in_time = true;

	(void)pthread_mutex_lock(&trial->lock);
	while (!trial->is_over && in_time)
		in_time = wait_until(&trial->over, &trial->lock, until_us);
	in_time = trial->is_over;
	trial->is_over = true;
	(void)pthread_mutex_unlock(&trial->lock);
	return in_time;
}

static struct smtp_options trial_options(int64_t step_ms, int64_t timeout_ms)
{
	struct smtp_options options = SMTP_OPTIONS_DEFAULT;

	options.connections = 1;
	options.connect_timeout_ms = options.greeting_timeout_ms =
		options.command_timeout_ms = step_ms;
	options.content_timeout_ms = options.dot_timeout_ms = timeout_ms;
	options.stop_timeout_ms = STOP_MS;
	return options;
}

int smtp_relay_try(const struct smtp_relay *relay, int64_t timeout_ms,
		   struct err *err)
{
	struct smtp_options options = trial_options(timeout_ms, timeout_ms);
	struct smtp_pool *pool = NULL;
	struct smtp_trial trial;
	int ret;

	trial_init(&trial, timeout_ms);
	ret = smtp_pool_begin(relay, &options, NULL, NULL, &trial, &pool, err);
	if (ret == 0)
		(void)await(&trial, timeout_ms);
	smtp_pool_free(&pool);
	trial_release(&trial);
	if (ret < 0 || trial.is_reached)
		return ret;
	*err = trial.why;
	return -1;
}

/* --- with a message --- */

void smtp_trial_report_release(struct smtp_trial_report *report)
{
	vec_release(&report->steps);
}

/* On the pool's thread. */
static void on_result(void *context, const struct smtp_result *result)
{
	struct smtp_trial *trial = context;
	struct smtp_trial_report *report = trial->report;

	(void)pthread_mutex_lock(&trial->lock);
	if (!trial->is_over) {
		report->outcome = result->outcome;
		report->stage = result->stage;
		report->code = result->code;
		report->text = arena_printf(
			trial->arena, "%s%s%s", result->enhanced,
			*result->enhanced ? " " : "", result->text);
		if (result->code)
			add_step(trial,
				 arena_printf(trial->arena, "%d %s",
					      report->code, report->text));
		trial->is_over = true;
	}
	(void)pthread_cond_signal(&trial->over);
	(void)pthread_mutex_unlock(&trial->lock);
}

int smtp_trial_send(const struct smtp_relay *relay,
		    struct smtp_message *message, int64_t timeout_ms,
		    struct arena *arena, struct smtp_trial_report *out,
		    struct err *err)
{
	/* a server that says nothing is given up while there is time left to
	 * say so */
	struct smtp_options options = trial_options(timeout_ms / 2, timeout_ms);
	struct smtp_pool *pool = NULL;
	struct smtp_trial trial;
	int ret;

	*out = (struct smtp_trial_report){ .outcome = SMTP_UNREACHED,
					   .stage = SMTP_AT_CONNECT };
	trial_init(&trial, timeout_ms);
	trial.arena = arena;
	trial.report = out;
	ret = smtp_pool_begin(relay, &options, on_result, &trial, &trial, &pool,
			      err);
	if (ret == 0)
		ret = smtp_pool_submit(pool, message, err);
	if (ret == 0 && !await(&trial, timeout_ms))
		out->text = arena_strdup(arena, trial.why.text);
	smtp_pool_free(&pool);
	trial_release(&trial);
	return ret;
}
