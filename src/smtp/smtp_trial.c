#include "smtp/smtp_trial.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/thread/wait.h"
#include "smtp/smtp_private.h"

#include <pthread.h>

/* What the pool's thread found out. */
struct smtp_trial {
	pthread_mutex_t lock;
	pthread_cond_t over;
	bool is_over, is_reached;
	struct err why;
};

void smtp_trial_end(struct smtp_trial *trial, const struct smtp_result *why)
{
	(void)pthread_mutex_lock(&trial->lock);
	if (!trial->is_over && why)
		(void)err_set(&trial->why, ERR_RETRY, "%s", why->text);
	trial->is_reached = trial->is_reached || (!trial->is_over && !why);
	trial->is_over = true;
	(void)pthread_cond_signal(&trial->over);
	(void)pthread_mutex_unlock(&trial->lock);
}

static void await(struct smtp_trial *trial, int64_t timeout_ms)
{
	int64_t until_us = clock_monotonic_us() + timeout_ms * 1000;
	bool late = false;

	(void)pthread_mutex_lock(&trial->lock);
	while (!trial->is_over && !late)
		late = !wait_until(&trial->over, &trial->lock, until_us);
	(void)pthread_mutex_unlock(&trial->lock);
}

int smtp_relay_try(const struct smtp_relay *relay, int64_t timeout_ms,
		   struct err *err)
{
	struct smtp_options options = SMTP_OPTIONS_DEFAULT;
	struct smtp_trial trial = { .lock = PTHREAD_MUTEX_INITIALIZER };
	struct smtp_pool *pool = NULL;
	int ret;

	options.connections = 1;
	options.connect_timeout_ms = options.greeting_timeout_ms =
		options.command_timeout_ms = timeout_ms;
	options.stop_timeout_ms = timeout_ms < 1000 ? timeout_ms : 1000;
	(void)err_set(&trial.why, ERR_RETRY, "no answer within %lld s",
		      (long long)(timeout_ms / 1000));
	wait_init(&trial.over);
	ret = smtp_pool_begin(relay, &options, NULL, NULL, &trial, &pool, err);
	if (ret == 0)
		await(&trial, timeout_ms);
	smtp_pool_free(&pool);
	(void)pthread_cond_destroy(&trial.over);
	(void)pthread_mutex_destroy(&trial.lock);
	if (ret < 0 || trial.is_reached)
		return ret;
	*err = trial.why;
	return -1;
}
