/*
 * The claiming thread exchanges the relay, under a lock that all who send hold
 * to read; those that leave are its own.
 */
#include "delivery/send/relays.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/vec.h"
#include "delivery/delivery.h"
#include "delivery/relay_setting.h"

#include <pthread.h>
#include <stdatomic.h>

/* A relay that does not answer for so long is taken for gone. */
#define LEAVING_MS (30 * MS_SECOND)

struct leaving {
	struct relay *relay;
	int64_t until_us; /* monotonic */
};

struct relays {
	struct relays_setup setup;
	/* Whoever uses it holds the lock to read; it is only exchanged under
	 * the lock to write. */
	struct relay *in_force;
	pthread_rwlock_t lock;
	atomic_bool are_changing;
	/* of the claiming thread */
	char *url; /* of the one in force */
	VEC(struct leaving) leaving;
};

static int start(struct relays *r, const char *url, struct relay **out,
		 struct err *err)
{
	const struct delivery_options *o = r->setup.options;
	struct relay_options relay = {
		.url = url,
		.connections = o->connections,
		/* never waits: single mails come on top of the window */
		.queue = o->uncertain_max + 1000,
		.gate = r->setup.gate,
	};

	return relay_start(&relay, r->setup.outbox, r->setup.result,
			   r->setup.context, out, err);
}

static void keep_url(struct relays *r, const char *url)
{
	free(r->url);
	r->url = strdup(url);
	BUG_ON(!r->url);
}

int relays_open(const struct relays_setup *setup, struct db *db,
		struct relays **out, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(relays_free) struct relays *r = calloc(1, sizeof(*r));
	const char *url;

	BUG_ON(!r);
	r->setup = *setup;
	pthread_rwlock_init(&r->lock, NULL);
	if (relay_in_force(db, setup->options->relay, arena, &url, err) < 0 ||
	    start(r, url, &r->in_force, err) < 0)
		return -1;
	keep_url(r, url);
	*out = TAKE(r);
	return 0;
}

void relays_stop(struct relays *r)
{
	vec_each (&r->leaving, l)
		relay_stop(l->relay);
	if (r->in_force)
		relay_stop(r->in_force);
}

void relays_free(struct relays **relays)
{
	struct relays *r = *relays;

	if (!r)
		return;
	vec_each (&r->leaving, l)
		relay_free(&l->relay);
	vec_release(&r->leaving);
	relay_free(&r->in_force);
	free(r->url);
	pthread_rwlock_destroy(&r->lock);
	free(r);
	*relays = NULL;
}

/* --- any thread --- */

int relays_send(struct relays *r, struct relay_message *message,
		struct err *err)
{
	int ret;

	pthread_rwlock_rdlock(&r->lock);
	ret = atomic_load(&r->are_changing)
		      ? err_set(err, ERR_RETRY, "another relay is in force")
		      : relay_send(r->in_force, message, err);
	pthread_rwlock_unlock(&r->lock);
	return ret;
}

bool relays_are_changing(const struct relays *r)
{
	return atomic_load(&r->are_changing);
}

bool relays_are_held_up(struct relays *r)
{
	bool are;

	pthread_rwlock_rdlock(&r->lock);
	are = relay_is_held_up(r->in_force);
	pthread_rwlock_unlock(&r->lock);
	return are;
}

void relays_describe(struct relays *r, struct strbuf *out)
{
	pthread_rwlock_rdlock(&r->lock);
	relay_describe(r->in_force, out);
	pthread_rwlock_unlock(&r->lock);
}

/* --- exchanging it --- */

static void log_change(const char *url)
{
	CLEANUP(strbuf_release) struct strbuf name = STRBUF_INIT;

	relay_url_describe(url, &name);
	log_info("another relay is in force", LOG_TEXT("relay", name.buf));
}

static int change(struct relays *r, const char *url, struct err *err)
{
	struct leaving last;
	struct relay *next;

	if (start(r, url, &next, err) < 0)
		return -1;
	log_change(url);
	atomic_store(&r->are_changing, true);
	pthread_rwlock_wrlock(&r->lock);
	last.relay = r->in_force;
	r->in_force = next;
	pthread_rwlock_unlock(&r->lock);
	keep_url(r, url);
	last.until_us = clock_monotonic_us() + LEAVING_MS * 1000;
	vec_push(&r->leaving, last);
	relay_leave(last.relay);
	return 0;
}

static void free_those_gone(struct relays *r)
{
	size_t kept = 0;

	for (size_t i = 0; i < r->leaving.n; i++) {
		struct leaving *l = &r->leaving.v[i];

		if (relay_is_idle(l->relay) ||
		    l->until_us <= clock_monotonic_us())
			relay_free(&l->relay);
		else
			r->leaving.v[kept++] = *l;
	}
	r->leaving.n = kept;
}

int relays_look(struct relays *r, struct db *db, enum relays_news *out,
		struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const char *url;

	*out = RELAYS_NO_NEWS;
	if (relay_in_force(db, r->setup.options->relay, arena, &url, err) < 0)
		return -1;
	if (strcmp(url, r->url) != 0) {
		*out = RELAYS_CHANGE;
		return change(r, url, err);
	}
	free_those_gone(r);
	if (atomic_load(&r->are_changing) && r->leaving.n == 0) {
		atomic_store(&r->are_changing, false);
		*out = RELAYS_CHANGED;
	}
	return 0;
}

bool relays_mails_leave(const struct relays *r)
{
	return !relay_is_outbox_url(r->url);
}
