/*
 * Which waiting message goes to which connection, and when a relay is tried
 * again. Called by the pool's loop; its thread.
 */
#include "smtp/smtp_private.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"

#define ADDRESSES_TTL_MS MS_MINUTE

/* --- messages that wait for a connection --- */

/* Answers that are too old are none. */
static void drop_old_answers(struct smtp_pool *pool)
{
	while (pool->let.first &&
	       pool->now_ms - pool->let.first->asked_ms > SMTP_LET_MS)
		smtp_jobs_add_first(&pool->waiting, smtp_jobs_take(&pool->let));
}

struct smtp_job *smtp_dispatch_take(struct smtp_pool *pool)
{
	if (!pool->options.gate)
		return smtp_jobs_take(&pool->waiting);
	drop_old_answers(pool);
	return smtp_jobs_take(&pool->let);
}

void smtp_dispatch_let(struct smtp_pool *pool, struct smtp_job *job)
{
	static const struct smtp_result kept_back = {
		.outcome = SMTP_KEPT_BACK,
		.stage = SMTP_AT_MAIL,
		.enhanced = "",
		.text = "",
	};

	pool->asked_n--;
	if (job->may_begin)
		smtp_jobs_add(&pool->let, job);
	else
		smtp_pool_finish(pool, job, &kept_back);
}

void smtp_waiting_again(struct smtp_pool *pool, struct smtp_job *job,
			bool may_be_why, const struct smtp_result *why)
{
	job->tries += may_be_why;
	if (job->tries >= SMTP_TRIES) {
		smtp_pool_finish(pool, job, why);
		return;
	}
	smtp_jobs_add_first(&pool->waiting, job);
}

void smtp_waiting_give_back(struct smtp_pool *pool,
			    const struct smtp_result *why)
{
	struct smtp_job *job;

	while ((job = smtp_jobs_take(&pool->let)) ||
	       (job = smtp_jobs_take(&pool->waiting)))
		smtp_pool_finish(pool, job, why);
}

/* --- reaching the relay --- */

void smtp_dispatch_reached(struct smtp_pool *pool)
{
	pool->backoff_ms = 0;
	pool->next_attempt_ms = 0;
	atomic_store(&pool->opening_ms, 0);
	if (pool->trial)
		smtp_trial_end(pool->trial, NULL);
	if (atomic_exchange(&pool->held_up, false) && !pool->trial)
		log_info("relay reached again",
			 LOG_TEXT("relay", pool->relay.host));
}

/* Doubled up to the most, less up to a quarter so that many do not come at
 * once. Attempts that fail together count once. Nobody minds being asked for
 * often who is not there; who answers with a refusal does. */
static void back_off(struct smtp_pool *pool, bool is_answer)
{
	const struct smtp_options *o = &pool->options;
	int64_t most = is_answer ? o->backoff_most_ms : o->backoff_silent_ms;
	int64_t wait;

	if (pool->now_ms < pool->next_attempt_ms)
		return;
	wait = pool->backoff_ms ? pool->backoff_ms * 2 : o->backoff_least_ms;
	if (wait > most)
		wait = most;
	pool->backoff_ms = wait;
	wait -= (int64_t)prng_below(&pool->jitter, (uint64_t)wait / 4 + 1);
	pool->next_attempt_ms = pool->now_ms + wait;
}

void smtp_dispatch_failed(struct smtp_pool *pool, const struct smtp_result *why)
{
	back_off(pool, why->code != 0);
	atomic_store(&pool->opening_ms, 0);
	pool->addresses_until_ms = 0; /* they may be what is wrong */
	if (pool->trial)
		smtp_trial_end(pool->trial, why);
	if (atomic_load(&pool->open_n) > 0)
		return; /* others work, or may yet */
	if (!atomic_exchange(&pool->held_up, true) && !pool->is_stopping &&
	    !pool->is_leaving && !pool->trial)
		log_warn("relay not reached",
			 LOG_TEXT("relay", pool->relay.host),
			 LOG_TEXT("stage", smtp_stage_name(why->stage)),
			 LOG_INT("code", why->code),
			 LOG_TEXT("reason", why->text));
	smtp_waiting_give_back(pool, why);
}

/* 1: the pool has addresses to connect to. */
static bool have_addresses(struct smtp_pool *pool)
{
	struct smtp_result why = { .outcome = SMTP_UNREACHED,
				   .stage = SMTP_AT_CONNECT,
				   .enhanced = "" };
	struct err err = ERR_INIT;
	int found;

	if (!pool->resolver && pool->now_ms < pool->addresses_until_ms)
		return true;
	if (!pool->resolver)
		pool->resolver = smtp_resolver_start(
			pool->relay.host, pool->relay.port, pool->wake_fd);
	found = smtp_resolver_poll(pool->resolver, pool->addresses,
				   &pool->addresses_n, &err);
	if (found == 0)
		return false;
	smtp_resolver_free(&pool->resolver);
	if (found < 0) {
		why.text = err.text;
		smtp_dispatch_failed(pool, &why);
		return false;
	}
	pool->addresses_until_ms = pool->now_ms + ADDRESSES_TTL_MS;
	return true;
}

static struct smtp_conn *find_closed(struct smtp_pool *pool)
{
	size_t i;

	for (i = 0; i < pool->conns_n; i++)
		if (pool->conns[i].phase == SMTP_CLOSED)
			return &pool->conns[i];
	return NULL;
}

static size_t count_opening(const struct smtp_pool *pool)
{
	size_t n = 0, i;

	for (i = 0; i < pool->conns_n; i++)
		if (pool->conns[i].phase != SMTP_CLOSED &&
		    !pool->conns[i].is_ready)
			n++;
	return n;
}

/* Whether one more connection is of use now, when n are being opened. */
static bool wants_connection(const struct smtp_pool *pool, size_t n)
{
	if (pool->now_ms < pool->next_attempt_ms)
		return false;
	if (atomic_load(&pool->held_up)) /* one probe, messages or not */
		return n == 0 && !pool->is_stopping && !pool->is_leaving;
	return pool->waiting.n + pool->let.n > n;
}

static void open_connections(struct smtp_pool *pool)
{
	size_t opening = count_opening(pool);
	struct smtp_conn *conn;

	while (wants_connection(pool, opening)) {
		if (atomic_load(&pool->open_n) == 0 &&
		    atomic_load(&pool->opening_ms) == 0)
			atomic_store(&pool->opening_ms, pool->now_ms);
		conn = find_closed(pool);
		if (!conn || !have_addresses(pool))
			return;
		conn->address = 0;
		smtp_conn_open(conn);
		opening++;
	}
}

static void begin_on(struct smtp_conn *conn)
{
	bool was_idle = smtp_conn_is_idle(conn);
	struct smtp_job *job;

	while (!conn->open && (job = smtp_dispatch_take(conn->pool)))
		smtp_mail_begin(conn, job);
	if (was_idle)
		smtp_conn_touch(conn);
	smtp_conn_flush(conn);
}

static void use_free(struct smtp_pool *pool)
{
	struct smtp_jobs *jobs =
		pool->options.gate ? &pool->let : &pool->waiting;
	size_t i;

	for (i = 0; i < pool->conns_n && jobs->first; i++)
		if (smtp_conn_is_free(&pool->conns[i]))
			begin_on(&pool->conns[i]);
}

static size_t count_ready(const struct smtp_pool *pool)
{
	size_t n = 0, i;

	for (i = 0; i < pool->conns_n; i++)
		n += pool->conns[i].is_ready;
	return n;
}

/* The next two of each connection, many at once. */
static void ask(struct smtp_pool *pool)
{
	size_t n = count_ready(pool);
	struct smtp_job *job;

	drop_old_answers(pool);
	if (pool->asked_n + pool->let.n > n)
		return;
	while (pool->asked_n + pool->let.n < 2 * n &&
	       (job = smtp_jobs_take(&pool->waiting))) {
		pool->asked_n++;
		job->asked_ms = pool->now_ms;
		pool->options.gate(pool->context, job);
	}
}

void smtp_dispatch(struct smtp_pool *pool)
{
	use_free(pool);
	if (pool->options.gate)
		ask(pool);
	open_connections(pool);
}

int64_t smtp_dispatch_due_ms(const struct smtp_pool *pool)
{
	if (pool->next_attempt_ms == 0 ||
	    (!pool->waiting.first && !pool->let.first &&
	     !atomic_load(&pool->held_up)))
		return INT64_MAX;
	return pool->next_attempt_ms;
}
