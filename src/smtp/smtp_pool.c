#include "smtp/smtp_private.h"

#include "smtp/smtp_tls.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/thread/thread.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define EVENTS_MAX 64

const char *smtp_outcome_name(enum smtp_outcome outcome)
{
	static const char *const names[] = {
		[SMTP_ACCEPTED] = "accepted",   [SMTP_REFUSED] = "refused",
		[SMTP_TEMPORARY] = "temporary", [SMTP_UNREACHED] = "unreached",
		[SMTP_KEPT_BACK] = "kept_back",
	};

	return names[outcome];
}

const char *smtp_stage_name(enum smtp_stage stage)
{
	static const char *const names[] = {
		[SMTP_AT_CONNECT] = "connect", [SMTP_AT_GREETING] = "greeting",
		[SMTP_AT_EHLO] = "ehlo",       [SMTP_AT_TLS] = "tls",
		[SMTP_AT_AUTH] = "auth",       [SMTP_AT_MAIL] = "mail",
		[SMTP_AT_RCPT] = "rcpt",       [SMTP_AT_DATA] = "data",
		[SMTP_AT_CONTENT] = "content",
	};

	return names[stage];
}

/* --- results --- */

static atomic_llong *counter(struct smtp_pool *pool, enum smtp_outcome outcome)
{
	switch (outcome) {
	case SMTP_ACCEPTED:
		return &pool->accepted;
	case SMTP_REFUSED:
		return &pool->refused;
	case SMTP_TEMPORARY:
		return &pool->temporary;
	case SMTP_KEPT_BACK:
		return &pool->kept_back;
	default:
		return &pool->unreached;
	}
}

void smtp_pool_finish(struct smtp_pool *pool, struct smtp_job *job,
		      const struct smtp_result *why)
{
	struct smtp_result result = *why;

	result.cookie = job->cookie;
	result.sender = job->sender;
	result.rcpt = job->rcpt;
	atomic_fetch_add(counter(pool, result.outcome), 1);
	pool->fn(pool->context, &result);
	smtp_job_free(&job);
	(void)pthread_mutex_lock(&pool->lock);
	pool->unfinished--;
	(void)pthread_cond_signal(&pool->room);
	(void)pthread_mutex_unlock(&pool->lock);
}

void smtp_pool_finish_reply(struct smtp_pool *pool, struct smtp_job *job,
			    enum smtp_stage stage,
			    const struct smtp_reply *reply)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct smtp_result result = { .stage = stage,
				      .code = reply->code,
				      .enhanced = reply->enhanced };

	smtp_reply_describe(reply, SMTP_RESULT_TEXT_MAX, &text);
	result.text = text.buf;
	if (reply->code < 300)
		result.outcome = SMTP_ACCEPTED;
	else if (reply->code < 500)
		result.outcome = SMTP_TEMPORARY;
	else
		result.outcome = SMTP_REFUSED;
	smtp_pool_finish(pool, job, &result);
}

/* --- submitting --- */

static void wake(struct smtp_pool *pool)
{
	uint64_t one = 1;

	(void)!write(pool->wake_fd, &one, sizeof(one)); /* only full if awake */
}

static int enqueue(struct smtp_pool *pool, struct smtp_job *job,
		   struct err *err)
{
	bool was_asleep;

	(void)pthread_mutex_lock(&pool->lock);
	while (!pool->must_stop && !pool->must_leave &&
	       pool->unfinished >= pool->options.queue)
		(void)pthread_cond_wait(&pool->room, &pool->lock);
	if (pool->must_stop || pool->must_leave) {
		(void)pthread_mutex_unlock(&pool->lock);
		return err_set(err, ERR_RETRY, "the relay client is stopping");
	}
	smtp_jobs_add(&pool->submitted, job);
	pool->unfinished++;
	was_asleep = pool->is_asleep;
	pool->is_asleep = false;
	(void)pthread_mutex_unlock(&pool->lock);
	if (was_asleep)
		wake(pool);
	return 0;
}

void smtp_pool_answer(struct smtp_pool *pool, struct smtp_job *const *jobs,
		      const bool *may, size_t n)
{
	bool was_asleep;
	size_t i;

	(void)pthread_mutex_lock(&pool->lock);
	for (i = 0; i < n; i++) {
		jobs[i]->may_begin = may[i];
		smtp_jobs_add(&pool->answered, jobs[i]);
	}
	was_asleep = pool->is_asleep;
	pool->is_asleep = false;
	(void)pthread_mutex_unlock(&pool->lock);
	if (was_asleep)
		wake(pool);
}

int smtp_pool_submit(struct smtp_pool *pool, struct smtp_message *message,
		     struct err *err)
{
	CLEANUP(smtp_job_free) struct smtp_job *job = NULL;

	if (smtp_job_new(message, &job, err) < 0)
		return -1;
	if (enqueue(pool, job, err) < 0) {
		message->content = smtp_content_take(&job->content);
		return -1;
	}
	(void)TAKE(job);
	return 0;
}

/* --- the loop --- */

/* Take over what was submitted and answered. From here on the loop is awake,
 * or, if there was nothing and may_sleep, has to be woken. */
static bool take_new(struct smtp_pool *pool, bool may_sleep)
{
	struct smtp_jobs submitted, answered;
	struct smtp_job *job;
	bool has_new;

	(void)pthread_mutex_lock(&pool->lock);
	submitted = pool->submitted;
	answered = pool->answered;
	pool->submitted = pool->answered = (struct smtp_jobs){ 0 };
	has_new = submitted.n + answered.n > 0;
	pool->is_leaving = pool->must_leave;
	if (pool->must_stop && !pool->is_stopping) {
		pool->is_stopping = true;
		pool->stop_deadline_ms =
			pool->now_ms + pool->options.stop_timeout_ms;
		may_sleep = false;
	}
	pool->is_asleep = may_sleep && !has_new;
	(void)pthread_mutex_unlock(&pool->lock);

	while ((job = smtp_jobs_take(&submitted)))
		smtp_jobs_add(&pool->waiting, job);
	while ((job = smtp_jobs_take(&answered)))
		smtp_dispatch_let(pool, job);
	return has_new;
}

static int64_t next_deadline_ms(const struct smtp_pool *pool)
{
	int64_t due = smtp_dispatch_due_ms(pool);
	size_t i;

	for (i = 0; i < pool->conns_n; i++)
		if (pool->conns[i].phase != SMTP_CLOSED &&
		    pool->conns[i].deadline_ms < due)
			due = pool->conns[i].deadline_ms;
	/* past it, only the gate is waited for */
	if (pool->is_stopping && pool->stop_deadline_ms < due &&
	    (pool->asked_n == 0 || pool->stop_deadline_ms > pool->now_ms))
		due = pool->stop_deadline_ms;
	return due;
}

static int sleep_ms(const struct smtp_pool *pool)
{
	int64_t due = next_deadline_ms(pool);

	if (due == INT64_MAX)
		return -1;
	if (due <= pool->now_ms)
		return 0;
	return due - pool->now_ms > INT32_MAX ? INT32_MAX
					      : (int)(due - pool->now_ms);
}

static void clear_wake(struct smtp_pool *pool)
{
	uint64_t n;

	(void)!read(pool->wake_fd, &n, sizeof(n)); /* may be read already */
}

static void wait_and_serve(struct smtp_pool *pool, bool may_sleep)
{
	struct epoll_event events[EVENTS_MAX];
	int n, i;

	n = epoll_wait(pool->epoll_fd, events, EVENTS_MAX,
		       may_sleep ? sleep_ms(pool) : 0);
	pool->now_ms = clock_monotonic_ms();
	for (i = 0; i < n; i++) {
		if (!events[i].data.ptr)
			clear_wake(pool);
		else
			smtp_conn_on_event(events[i].data.ptr,
					   events[i].events);
	}
}

static void check_timeouts(struct smtp_pool *pool)
{
	size_t i;

	for (i = 0; i < pool->conns_n; i++)
		if (pool->conns[i].phase != SMTP_CLOSED &&
		    pool->now_ms >= pool->conns[i].deadline_ms)
			smtp_conn_on_timeout(&pool->conns[i]);
}

static void give_back_waiting(struct smtp_pool *pool)
{
	static const struct smtp_result stopped = {
		.outcome = SMTP_UNREACHED,
		.stage = SMTP_AT_CONNECT,
		.enhanced = "",
		.text = "stopped before it was sent",
	};

	smtp_waiting_give_back(pool, &stopped);
}

static void give_up(struct smtp_pool *pool)
{
	size_t i;

	for (i = 0; i < pool->conns_n; i++)
		if (pool->conns[i].phase != SMTP_CLOSED)
			smtp_conn_fail(&pool->conns[i], SMTP_AT_CONTENT,
				       "stopped before the relay answered");
	give_back_waiting(pool);
}

/* What stopping asks of each connection. true: nothing is left to do. */
static bool wind_down(struct smtp_pool *pool)
{
	struct smtp_conn *conn;
	size_t i;

	if (pool->now_ms >= pool->stop_deadline_ms ||
	    (atomic_load(&pool->held_up) && atomic_load(&pool->open_n) == 0))
		give_up(pool);
	if (pool->waiting.first || pool->let.first || pool->asked_n > 0)
		return false;
	for (i = 0; i < pool->conns_n; i++) {
		conn = &pool->conns[i];
		if (conn->phase != SMTP_CLOSED && !conn->is_ready) {
			smtp_conn_close(conn);
		} else if (smtp_conn_is_idle(conn)) {
			smtp_session_quit(conn);
			smtp_conn_flush(conn);
		}
	}
	return atomic_load(&pool->open_n) == 0;
}

static void *run(void *arg)
{
	struct smtp_pool *pool = arg;
	bool has_new;

	for (;;) {
		pool->now_ms = clock_monotonic_ms();
		has_new = take_new(pool, true);
		if (pool->is_leaving)
			give_back_waiting(pool);
		smtp_dispatch(pool);
		if (pool->is_stopping && wind_down(pool))
			return NULL;
		wait_and_serve(pool, !has_new);
		check_timeouts(pool);
	}
}

/* --- starting and stopping --- */

static bool is_ehlo_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || strchr(".-_[]:", c);
}

static int set_ehlo_name(struct smtp_pool *pool, struct err *err)
{
	const char *name = pool->options.ehlo_name, *p;
	char host[65] = "";

	if (!name) {
		(void)gethostname(host, sizeof(host) - 1); /* "" then */
		name = strchr(host, '.') ? host : "[127.0.0.1]";
	}
	pool->options.ehlo_name = NULL; /* the caller's; copied here */
	for (p = name; *p; p++)
		if (!is_ehlo_char(*p))
			return err_field(err, "ehlo_name",
					 "EHLO name: is no host name");
	if (p == name || p - name >= (long)sizeof(pool->ehlo_name))
		return err_field(err, "ehlo_name",
				 "EHLO name: has no length "
				 "from 1 to 255");
	memcpy(pool->ehlo_name, name, (size_t)(p - name) + 1);
	return 0;
}

static int check_options(const struct smtp_options *o, struct err *err)
{
	if (o->connections < 1 || o->connections > SMTP_CONNECTIONS_MAX)
		return err_field(err, "connections",
				 "connections: must be 1 to %d",
				 SMTP_CONNECTIONS_MAX);
	if (o->queue < 1 || o->messages_each < 0)
		return err_field(err, "queue",
				 "queue and messages each: must be positive");
	if (o->connect_timeout_ms < 1 || o->greeting_timeout_ms < 1 ||
	    o->command_timeout_ms < 1 || o->content_timeout_ms < 1 ||
	    o->dot_timeout_ms < 1 || o->idle_timeout_ms < 1 ||
	    o->stop_timeout_ms < 0 || o->backoff_least_ms < 1 ||
	    o->backoff_most_ms < o->backoff_least_ms ||
	    o->backoff_silent_ms < o->backoff_least_ms)
		return err_field(err, "timeout", "a time-out is not positive");
	return 0;
}

static void copy_relay(struct smtp_pool *pool, const struct smtp_relay *relay)
{
	pool->arena = arena_new();
	pool->relay = *relay;
	pool->relay.host = arena_strdup(pool->arena, relay->host);
	pool->relay.user = arena_strdup(pool->arena, relay->user);
	pool->relay.password = arena_strdup(pool->arena, relay->password);
	pool->relay.ca_file = NULL; /* read by now */
}

static int open_descriptors(struct smtp_pool *pool, struct err *err)
{
	struct epoll_event event = { .events = EPOLLIN };

	pool->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	pool->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (pool->epoll_fd < 0 || pool->wake_fd < 0 ||
	    epoll_ctl(pool->epoll_fd, EPOLL_CTL_ADD, pool->wake_fd, &event) < 0)
		return err_errno(err, "relay client");
	return 0;
}

static void make_conns(struct smtp_pool *pool)
{
	size_t i;

	pool->conns_n = (size_t)pool->options.connections;
	pool->conns = calloc(pool->conns_n, sizeof(*pool->conns));
	BUG_ON(!pool->conns);
	for (i = 0; i < pool->conns_n; i++) {
		pool->conns[i].pool = pool;
		pool->conns[i].fd = -1;
		pool->conns[i].out = (struct strbuf)STRBUF_INIT;
		pool->conns[i].reply = (struct smtp_reply)SMTP_REPLY_INIT;
	}
}

/* SIGPIPE of a dead TLS peer is for nobody: no thread of ours gets it. */
static int start_thread(struct smtp_pool *pool, struct err *err)
{
	if (thread_start(&pool->thread, "smtp", run, pool) != 0)
		return err_set(err, ERR_IO, "relay client: no thread");
	pool->is_started = true;
	return 0;
}

int smtp_pool_begin(const struct smtp_relay *relay,
		    const struct smtp_options *options, smtp_result_fn fn,
		    void *context, struct smtp_trial *trial,
		    struct smtp_pool **out, struct err *err)
{
	CLEANUP(smtp_pool_free) struct smtp_pool *pool = NULL;

	if (check_options(options, err) < 0)
		return -1;
	pool = calloc(1, sizeof(*pool));
	BUG_ON(!pool);
	pool->options = *options;
	pool->fn = fn;
	pool->context = context;
	pool->trial = trial;
	/* it is probed then */
	pool->held_up = trial && !smtp_trial_has_message(trial);
	pool->epoll_fd = pool->wake_fd = -1;
	pool->jitter.state = random_u64();
	(void)pthread_mutex_init(&pool->lock, NULL);
	(void)pthread_cond_init(&pool->room, NULL);
	copy_relay(pool, relay);
	make_conns(pool);
	if (set_ehlo_name(pool, err) < 0 ||
	    smtp_tls_context_new(relay->ca_file, &pool->tls, err) < 0 ||
	    open_descriptors(pool, err) < 0 || start_thread(pool, err) < 0)
		return -1;
	*out = TAKE(pool);
	return 0;
}

int smtp_pool_start(const struct smtp_relay *relay,
		    const struct smtp_options *options, smtp_result_fn fn,
		    void *context, struct smtp_pool **out, struct err *err)
{
	return smtp_pool_begin(relay, options, fn, context, NULL, out, err);
}

void smtp_pool_leave(struct smtp_pool *pool)
{
	(void)pthread_mutex_lock(&pool->lock);
	pool->must_leave = true;
	(void)pthread_cond_broadcast(&pool->room);
	(void)pthread_mutex_unlock(&pool->lock);
	wake(pool);
}

void smtp_pool_stop(struct smtp_pool *pool)
{
	if (!pool->is_started)
		return;
	(void)pthread_mutex_lock(&pool->lock);
	pool->must_stop = true;
	(void)pthread_cond_broadcast(&pool->room);
	(void)pthread_mutex_unlock(&pool->lock);
	wake(pool);
	(void)pthread_join(pool->thread, NULL);
	pool->is_started = false;
}

void smtp_pool_free(struct smtp_pool **pool)
{
	struct smtp_pool *p = *pool;

	if (!p)
		return;
	smtp_pool_stop(p);
	smtp_resolver_free(&p->resolver);
	smtp_tls_context_free(&p->tls);
	fd_release(&p->epoll_fd);
	fd_release(&p->wake_fd);
	(void)pthread_cond_destroy(&p->room);
	(void)pthread_mutex_destroy(&p->lock);
	arena_free(&p->arena);
	free(p->conns);
	free(p);
	*pool = NULL;
}

bool smtp_pool_is_held_up(const struct smtp_pool *pool)
{
	int64_t since_ms = atomic_load(&pool->opening_ms);

	return atomic_load(&pool->held_up) ||
	       (since_ms &&
		clock_monotonic_ms() - since_ms >= pool->options.slow_ms);
}

void smtp_pool_describe(const struct smtp_pool *pool, struct strbuf *out)
{
	strbuf_addstr(out, "relay=");
	smtp_relay_describe(&pool->relay, out);
	strbuf_addf(out,
		    " held_up=%s connections=%d accepted=%lld refused=%lld "
		    "temporary=%lld unreached=%lld kept_back=%lld",
		    atomic_load(&pool->held_up) ? "yes" : "no",
		    atomic_load(&pool->open_n), atomic_load(&pool->accepted),
		    atomic_load(&pool->refused), atomic_load(&pool->temporary),
		    atomic_load(&pool->unreached),
		    atomic_load(&pool->kept_back));
}
