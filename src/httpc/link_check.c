#include "httpc/link_check.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/thread/stop.h"
#include "base/thread/thread.h"
#include "httpc/httpc.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#define THREADS 6
#define REDIRECTS 8
#define CONNECT_MS 4000
#define BODY_MAX (64 << 10) /* more than that needs not be seen */
#define LEAST_MS 200        /* less is no fair try */
#define LOOK_MS 100

/* What the threads share. */
struct work {
	const struct link_check_options *options;
	struct link_check *links;
	size_t n;
	int64_t end_us;
	atomic_size_t next, done;
	atomic_bool stop;
	pthread_mutex_t lock; /* of arena */
	struct arena *arena;
};

static const char no_time[] = "there was no time to try it";

static int64_t time_left_ms(const struct work *w)
{
	return (w->end_us - clock_monotonic_us()) / 1000;
}

const char *link_state_name(enum link_state state)
{
	static const char *const names[] = { "good", "broken", "unknown" };

	return names[state];
}

static void judge(struct link_check *l, enum link_state state,
		  const char *problem)
{
	l->state = state;
	l->problem = problem;
}

/* --- an answer --- */

/* Sites that want people only answer programs so: that says nothing. */
static bool is_for_people_only(int status)
{
	return status == 401 || status == 403 || status == 405 ||
	       status == 406 || status == 407 || status == 429 ||
	       status == 451 || status == 503 || status == 999;
}

static void judge_status(struct link_check *l)
{
	int s = l->status;

	if (s >= 200 && s < 300)
		judge(l, LINK_GOOD, NULL);
	else if (is_for_people_only(s))
		judge(l, LINK_UNKNOWN,
		      "the site does not answer programs: open the link "
		      "yourself");
	else if (s == 404 || s == 410)
		judge(l, LINK_BROKEN, "there is no such page");
	else if (s >= 500)
		judge(l, LINK_BROKEN, "the site fails to show the page");
	else if (s >= 400)
		judge(l, LINK_BROKEN, "the site refuses the address");
	else
		judge(l, LINK_UNKNOWN,
		      "the site's answer says neither yes nor no");
}

/* Returns whether it may be another answer next time. */
static bool judge_failure(struct work *w, struct link_check *l,
			  const struct err *err)
{
	if (err->code == ERR_LIMIT && l->status >= 200 && l->status < 300) {
		judge(l, LINK_GOOD, NULL); /* a long page is one */
	} else if (err->code == ERR_DENIED) {
		judge(l, LINK_UNKNOWN,
		      "it leads into a private network, where it was not "
		      "tried: others may not get there");
		return false;
	} else if (err->code == ERR_INVALID) {
		judge(l, LINK_BROKEN, "this is no address of a page");
		return false;
	} else if (time_left_ms(w) < LEAST_MS || atomic_load(&w->stop)) {
		judge(l, LINK_UNKNOWN, no_time);
	} else {
		(void)pthread_mutex_lock(&w->lock);
		judge(l, LINK_BROKEN,
		      arena_printf(w->arena, "there is no answer: %s",
				   err->text));
		(void)pthread_mutex_unlock(&w->lock);
	}
	return l->state != LINK_GOOD;
}

/* --- a link --- */

/* Returns whether another way to ask may do better. */
static bool ask(struct work *w, const char *method, struct link_check *l)
{
	int64_t left = time_left_ms(w), one = w->options->one_ms;
	struct httpc_options o = {
		.connect_ms = left < CONNECT_MS ? left : CONNECT_MS,
		.total_ms = left < one ? left : one,
		.body_max = BODY_MAX,
		.allow_private = w->options->allow_private,
		.redirects = REDIRECTS,
	};
	CLEANUP(httpc_free) struct httpc *client = NULL;
	CLEANUP(httpc_response_release)
	struct httpc_response reply = HTTPC_RESPONSE_INIT;
	struct httpc_request request = { .method = method, .url = l->url };
	struct err err = ERR_INIT;
	int ret;

	if (left < LEAST_MS || atomic_load(&w->stop)) {
		if (!l->problem)
			judge(l, LINK_UNKNOWN, no_time);
		return false;
	}
	client = httpc_new(&o);
	ret = httpc_send(client, &request, &reply, &err);
	l->status = reply.status;
	if (ret < 0)
		return judge_failure(w, l, &err);
	judge_status(l);
	return l->state != LINK_GOOD;
}

static void try_link(struct work *w, struct link_check *l)
{
	if (ask(w, "HEAD", l))
		(void)ask(w, "GET", l);
}

static void *thread_main(void *arg)
{
	struct work *w = arg;

	stop_bind(&w->stop);
	for (;;) {
		size_t i = atomic_fetch_add(&w->next, 1);

		if (i >= w->n)
			break;
		try_link(w, &w->links[i]);
		atomic_fetch_add(&w->done, 1);
	}
	stop_bind(NULL);
	return NULL;
}

/* --- all --- */

static void watch(struct work *w)
{
	size_t told = 0;

	while (atomic_load(&w->done) < w->n) {
		size_t done = atomic_load(&w->done);

		if (stop_is_asked())
			atomic_store(&w->stop, true);
		if (done > told && w->options->progress)
			w->options->progress(w->options->context, done);
		told = done;
		clock_sleep_us(LOOK_MS * 1000);
	}
}

void link_check_all(const struct link_check_options *options,
		    struct link_check *links, size_t n, struct arena *arena)
{
	struct work w = {
		.options = options,
		.links = links,
		.n = n,
		.end_us = clock_monotonic_us() + options->all_ms * 1000,
		.arena = arena,
	};
	pthread_t threads[THREADS];
	size_t started = 0;

	(void)pthread_mutex_init(&w.lock, NULL);
	for (size_t i = 0; i < n; i++)
		links[i] = (struct link_check){ .url = links[i].url };
	while (started < THREADS && started < n &&
	       thread_start(&threads[started], "link check", thread_main, &w) ==
		       0)
		started++;
	if (started > 0)
		watch(&w);
	else if (n > 0) /* no threads are to be had: this one */
		(void)thread_main(&w);
	for (size_t i = 0; i < started; i++)
		(void)pthread_join(threads[i], NULL);
	(void)pthread_mutex_destroy(&w.lock);
}
