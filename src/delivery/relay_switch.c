/*
 * Another relay is in force: the sender's is exchanged while it works. The new
 * one takes the place first, and gets nothing until the last one has answered
 * what it had begun, so nothing is lost, and nothing is sent by both. Called by
 * the claiming thread.
 */
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "delivery/hold.h"
#include "delivery/relay_setting.h"
#include "delivery/sender_private.h"

/* A relay that does not answer for so long is taken for gone. */
#define LAST_MS (30 * MS_SECOND)

static int start(struct sender *s, const char *url, struct relay **out,
		 struct err *err)
{
	const struct delivery_options *o = s->setup.options;
	struct relay_options relay = {
		.url = url,
		.connections = o->connections,
		/* never waits: single mails come on top of the window */
		.queue = o->uncertain_max + 1000,
		.gate = last_look,
	};

	return relay_start(&relay, s->setup.outbox, handover_result, s, out,
			   err);
}

static void keep_url(struct sender *s, const char *url)
{
	free(s->relay_url);
	s->relay_url = strdup(url);
	BUG_ON(!s->relay_url);
}

int relay_switch_begin(struct sender *s, struct db *db, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const char *url;

	if (relay_in_force(db, s->setup.options->relay, arena, &url, err) < 0 ||
	    start(s, url, &s->relay, err) < 0)
		return -1;
	keep_url(s, url);
	return 0;
}

/* What is rendered and not handed over goes back: whether it may leave by the
 * new relay is asked anew. */
static void call_back(struct sender *s)
{
	vec_each (&s->mailings, m)
		atomic_store(&(*m)->stopped, true);
}

static void log_switch(const char *url)
{
	CLEANUP(strbuf_release) struct strbuf name = STRBUF_INIT;

	relay_url_describe(url, &name);
	log_info("another relay is in force", LOG_TEXT("relay", name.buf));
}

static int begin(struct sender *s, const char *url, struct err *err)
{
	struct relay *relay;

	if (start(s, url, &relay, err) < 0)
		return -1;
	log_switch(url);
	call_back(s);
	atomic_store(&s->switching, true);
	pthread_rwlock_wrlock(&s->relay_lock);
	s->last_relay = s->relay;
	s->relay = relay;
	pthread_rwlock_unlock(&s->relay_lock);
	keep_url(s, url);
	s->last_until_us = monotonic_us_in(LAST_MS);
	relay_leave(s->last_relay);
	return 0;
}

/* Nothing that is known of the last one is true of the new one. */
static void end(struct sender *s)
{
	relay_free(&s->last_relay);
	holds_restart(s->holds);
	atomic_store(&s->switching, false);
	handover_relay_works(s);
}

int relay_switch_round(struct sender *s, struct db *db, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const char *url;

	if (s->last_relay) {
		if (relay_is_idle(s->last_relay) ||
		    s->last_until_us <= clock_monotonic_us())
			end(s);
		return 0;
	}
	if (relay_in_force(db, s->setup.options->relay, arena, &url, err) < 0)
		return -1;
	return strcmp(url, s->relay_url) == 0 ? 0 : begin(s, url, err);
}

void relay_switch_free(struct sender *s)
{
	relay_free(&s->last_relay);
	relay_free(&s->relay);
	free(s->relay_url);
	pthread_rwlock_destroy(&s->relay_lock);
}
