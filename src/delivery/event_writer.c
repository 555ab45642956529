#include "delivery/event_writer.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/strbuf.h"
#include "base/thread/patience.h"
#include "base/thread/thread.h"
#include "base/thread/wait.h"
#include "store/store.h"

#include "sql/event.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

/* A transaction holds at most so many, so that none takes long. */
#define COMMIT_MAX 2000

struct pending {
	struct pending *next;
	int64_t until_us;         /* of a hit: waits at most so long */
	int64_t patient_until_us; /* for the lock of the database */
	struct event event;
	event_done_fn done;
	void *context;
	bool is_ours; /* else it lies in an arena */
	char text[];  /* ip, agent, detail */
};

struct pendings {
	struct pending *first, **last;
};

/* By which one of the last is known again. */
struct event_id {
	int64_t at_ms, kind, campaign_id, member_id;
};

/* What was written and not synced; of the writer's thread. */
struct unsynced {
	int64_t messages; /* handed over */
	int64_t due_us;   /* then it is to be synced; 0: there is nothing */
	bool is_doubtful; /* the connection broke since */
	struct event_id last;
};

struct event_writer {
	struct event_writer_setup setup;
	struct unsynced unsynced;
	/* Of its thread, too: how long what may wait for more does so. */
	int64_t next_us, next_hits_us;
	atomic_llong unsynced_from; /* see event_writer_unsynced */
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	/* under lock: */
	struct pendings hits, sending, others;
	int64_t sending_n, hits_n;
	int64_t hits_enough; /* half of those that were written last */
	bool is_behind;
	struct err full; /* code 0: there is room on the disk */
	bool stopping;
	bool ended; /* the thread takes nothing more */
};

static struct metric stored =
	METRIC_COUNTER("muster_events", "Events written to the log");
static struct metric commits =
	METRIC_COUNTER("muster_event_commits", "Transactions of the log");
static struct metric failures = METRIC_COUNTER(
	"muster_event_failures", "Transactions of the log that failed");
static struct metric commit_seconds = METRIC_HISTOGRAM(
	"muster_event_commit_seconds", "Time to write one group of events");

int64_t event_writer_unsynced(const struct event_writer *w)
{
	return atomic_load(&w->unsynced_from);
}

static void sync_later(struct event_writer *w)
{
	w->unsynced.due_us = clock_monotonic_us() + EVENT_SYNC_MS * 1000;
}

static bool is_sync_due(const struct event_writer *w)
{
	return w->unsynced.due_us && w->unsynced.due_us <= clock_monotonic_us();
}

static int64_t handed(const struct event *events, size_t n)
{
	int64_t found = 0;

	for (size_t i = 0; i < n; i++)
		found += events[i].kind == EVENT_HANDED;
	return found;
}

static bool may_be_unsynced(const struct event_writer *w,
			    const struct event *events, size_t n)
{
	if (w->unsynced.messages + handed(events, n) > w->setup.unsynced_most ||
	    w->setup.unsynced_most == 0 || w->unsynced.is_doubtful ||
	    is_sync_due(w))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!event_is_of_sending(&events[i]))
			return false;
	return true;
}

static void all_is_synced(struct event_writer *w)
{
	w->unsynced = (struct unsynced){ 0 };
	atomic_store(&w->unsynced_from, 0);
}

/* Said before anybody can see them. In the transaction that writes them, so
 * that nobody else takes an id meanwhile. */
static int begin_unsynced(struct event_writer *w, struct db *db,
			  struct err *err)
{
	int64_t last = 0;

	if (w->unsynced.due_us)
		return 0;
	if (db_backend(db) == DB_SQLITE &&
	    db_find_int(db, SQL_EVENT_LAST, SQL_NO_ARGS, &last, err) < 0)
		return -1;
	sync_later(w);
	if (db_backend(db) == DB_SQLITE)
		atomic_store(&w->unsynced_from, last + 1);
	return 0;
}

/* It is one of the very last as a rule: PostgreSQL reads as many as it is told
 * to look at. */
static int is_there(struct db *db, const struct event_id *e, struct err *err)
{
	static const int64_t of_the_last[] = { 500, 20000 };
	int64_t one;
	int there = 0;

	for (size_t i = 0; i < ARRAY_SIZE(of_the_last) && there == 0; i++)
		there = db_find_int(
			db, SQL_EVENT_IS_THERE,
			SQL_ARGS(sql_int(of_the_last[i]), sql_int(e->at_ms),
				 sql_int(e->kind), sql_int(e->campaign_id),
				 sql_int(e->member_id)),
			&one, err);
	return there;
}

/*
 * PostgreSQL's server may end while we live, and lose what it had not synced.
 * What we hold in memory was built on that: what comes next cannot be known.
 */
static int check_untorn(struct event_writer *w, struct db *db, struct err *err)
{
	int there;

	if (db_backend(db) == DB_SQLITE || w->unsynced.messages == 0)
		return 0;
	there = is_there(db, &w->unsynced.last, err);
	if (there != 0)
		return there < 0 ? -1 : 0;
	log_error("the database server lost what it had written: the program "
		  "ends, and sends again what may have been lost");
	if (w->setup.torn)
		w->setup.torn(w->setup.context);
	_exit(EXIT_FAILURE);
}

static int sync_now(struct event_writer *w, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;

	if (store_get(w->setup.store, STORE_EVENTS, &db, err) < 0 ||
	    db_sync(db, err) < 0 || check_untorn(w, db, err) < 0)
		return -1;
	all_is_synced(w);
	return 0;
}

static int commit_unsynced(struct event_writer *w, const struct event *events,
			   size_t n, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (store_get(w->setup.store, STORE_EVENTS, &db, err) < 0 ||
	    tx_begin_unsynced(db, &tx, err) < 0 ||
	    event_insert(&tx, w->setup.instance, events, n, err) < 0 ||
	    begin_unsynced(w, db, err) < 0)
		return -1;
	w->unsynced.messages += handed(events, n);
	if (tx_commit(&tx, err) < 0)
		return -1;
	w->unsynced.last =
		(struct event_id){ events[n - 1].at_ms, events[n - 1].kind,
				   events[n - 1].campaign_id,
				   events[n - 1].member_id };
	return 0;
}

static int commit_synced(struct event_writer *w, const struct event *events,
			 size_t n, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (store_get(w->setup.store, STORE_EVENTS, &db, err) < 0 ||
	    tx_begin(db, &tx, err) < 0 ||
	    event_insert(&tx, w->setup.instance, events, n, err) < 0 ||
	    tx_commit(&tx, err) < 0 || check_untorn(w, db, err) < 0)
		return -1;
	all_is_synced(w);
	return 0;
}

static int commit_group(struct event_writer *w, const struct event *events,
			size_t n, struct err *err)
{
	return may_be_unsynced(w, events, n)
		       ? commit_unsynced(w, events, n, err)
		       : commit_synced(w, events, n, err);
}

void event_writer_note(struct event_writer *w, const struct err *why)
{
	if (why && why->code != ERR_FULL)
		return;
	pthread_mutex_lock(&w->lock);
	w->full = why ? *why : (struct err)ERR_INIT;
	pthread_mutex_unlock(&w->lock);
}

bool event_writer_is_full(struct event_writer *w, struct strbuf *out)
{
	bool is_full;

	pthread_mutex_lock(&w->lock);
	is_full = w->full.code == ERR_FULL;
	if (is_full)
		strbuf_addstr(out, w->full.text);
	pthread_mutex_unlock(&w->lock);
	return is_full;
}

/* What somebody says who wants no mail, above all. */
static bool is_urgent(const struct event *event)
{
	return !event_is_hit(event) && !event_is_of_sending(event);
}

/*
 * A lost connection: at once again, then give up; so does a lock for longer
 * than they may wait. What the database said is for the log.
 */
static int store_group(struct event_writer *w, const struct event *events,
		       size_t n, struct err *why)
{
	struct err err = ERR_INIT;
	int64_t since_us = clock_monotonic_us();
	int tries = 0;

	do {
		if (commit_group(w, events, n, &err) == 0) {
			metric_add(&stored, (int64_t)n);
			metric_add(&commits, 1);
			event_writer_note(w, NULL);
			metric_observe_us(&commit_seconds,
					  clock_monotonic_us() - since_us);
			return 0;
		}
		metric_add(&failures, 1);
		w->unsynced.is_doubtful = w->unsynced.due_us != 0;
		if (err.code != ERR_RETRY)
			break;
	} while (++tries < 3 && !patience_is_over());
	event_writer_note(w, &err);
	log_error("events cannot be stored", LOG_ERR(&err),
		  LOG_INT("events", (int64_t)n));
	if (err.code == ERR_FULL)
		return err_set(why, ERR_FULL, "%s", err.text);
	return err_set(why, ERR_RETRY, "cannot be stored now, try again");
}

static void tell_done(struct pending *p, size_t n, const struct err *why)
{
	while (n-- > 0) {
		struct pending *next = p->next;
		bool is_ours = p->is_ours;

		if (p->done)
			p->done(p->context, why);
		if (is_ours)
			free(p);
		p = next;
	}
}

static void pendings_reset(struct pendings *p)
{
	p->first = NULL;
	p->last = &p->first;
}

static void pendings_move(struct pendings *from, struct pendings *to)
{
	if (!from->first)
		return;
	*to->last = from->first;
	to->last = from->last;
	pendings_reset(from);
}

/* While the log is behind, only the hits that have waited. Under lock. */
static void take_hits(struct event_writer *w, struct pendings *out)
{
	int64_t now_us;

	if (!w->is_behind || w->stopping) {
		pendings_move(&w->hits, out);
		w->hits_enough = w->hits_n / 2;
		w->hits_n = 0;
		return;
	}
	now_us = clock_monotonic_us();
	while (w->hits.first && w->hits.first->until_us <= now_us) {
		struct pending *p = w->hits.first;

		w->hits.first = p->next;
		w->hits_n--;
		if (!p->next)
			pendings_reset(&w->hits);
		p->next = NULL;
		*out->last = p;
		out->last = &p->next;
	}
}

/*
 * Few cost as much as many. For events of sending nobody waits but the next
 * messages. Of hits, a half comes while the other half is synced: without this
 * most would come behind a group of few. 0: it should not; else until when.
 * Under lock.
 */
static int64_t wait_for_more(const struct event_writer *w)
{
	int64_t until_us = 0;

	if (w->others.first || w->stopping)
		return 0;
	if (w->hits.first && w->hits_n < w->hits_enough)
		until_us = w->next_hits_us;
	else if (!w->hits.first && w->sending.first &&
		 w->sending_n < w->setup.enough)
		until_us = w->next_us;
	return until_us > clock_monotonic_us() ? until_us : 0;
}

/* Until something comes, a hit has waited for long enough, or what is unsynced
 * has. Under lock. */
static void wait_for_some(struct event_writer *w)
{
	int64_t until_us = w->unsynced.due_us;

	if (w->hits.first &&
	    (until_us == 0 || w->hits.first->until_us < until_us))
		until_us = w->hits.first->until_us;
	if (until_us)
		(void)wait_until(&w->wake, &w->lock, until_us);
	else
		pthread_cond_wait(&w->wake, &w->lock);
}

/* NULL: nothing, but something is to be synced. false: the end. */
static bool take_all(struct event_writer *w, struct pending **out)
{
	struct pendings taken;
	bool has_ended;

	pendings_reset(&taken);
	pthread_mutex_lock(&w->lock);
	for (;;) {
		int64_t until_us = wait_for_more(w);

		if (until_us) {
			(void)wait_until(&w->wake, &w->lock, until_us);
			continue;
		}
		pendings_move(&w->sending, &taken);
		w->sending_n = 0;
		pendings_move(&w->others, &taken);
		take_hits(w, &taken);
		if (taken.first || w->stopping || is_sync_due(w))
			break;
		wait_for_some(w);
	}
	has_ended = !taken.first && w->stopping;
	w->ended = has_ended; /* from here on nothing is taken */
	pthread_mutex_unlock(&w->lock);
	*out = taken.first;
	return !has_ended;
}

void event_writer_behind(struct event_writer *w, int64_t behind_ms)
{
	bool is_behind = behind_ms >= EVENT_BEHIND_MS;

	pthread_mutex_lock(&w->lock);
	if (w->is_behind && !is_behind)
		pthread_cond_signal(&w->wake);
	w->is_behind = is_behind;
	pthread_mutex_unlock(&w->lock);
}

static void tell_synced(struct event_writer *w, bool is_urgent)
{
	if (w->unsynced.due_us == 0 && w->setup.after_commit)
		w->setup.after_commit(w->setup.context, is_urgent);
}

/* What follows is synced again, if this fails. */
static void sync_or_log(struct event_writer *w)
{
	struct err err = ERR_INIT;

	if (w->unsynced.due_us == 0)
		return;
	patience_set(clock_monotonic_us() + PATIENCE_MS * 1000);
	if (sync_now(w, &err) == 0) {
		tell_synced(w, false);
		return;
	}
	w->unsynced.is_doubtful = true;
	sync_later(w);
	log_error("the log cannot be synced", LOG_ERR(&err));
}

static bool are_urgent(const struct event *events, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (is_urgent(&events[i]))
			return true;
	return false;
}

/* A group waits for a lock as long as the most patient of it. */
static void write_all(struct event_writer *w, struct pending *first,
		      struct event *group)
{
	while (first) {
		struct pending *p = first;
		struct err err = ERR_INIT;
		int64_t until_us = 0;
		size_t n = 0;
		int ret;

		for (; p && n < COMMIT_MAX; p = p->next) {
			group[n++] = p->event;
			if (p->patient_until_us > until_us)
				until_us = p->patient_until_us;
		}
		patience_set(until_us);
		ret = store_group(w, group, n, &err);
		tell_done(first, n, ret < 0 ? &err : NULL);
		if (ret == 0)
			tell_synced(w, are_urgent(group, n));
		first = p;
	}
	w->next_us = clock_monotonic_us() + EVENT_PACE_MS * 1000;
	w->next_hits_us = clock_monotonic_us() + EVENT_HIT_PACE_MS * 1000;
}

static void *writer_main(void *arg)
{
	struct event_writer *w = arg;
	struct event *group = calloc(COMMIT_MAX, sizeof(*group));
	struct pending *first;

	BUG_ON(!group);
	while (take_all(w, &first)) {
		write_all(w, first, group);
		if (!first)
			sync_or_log(w);
	}
	sync_or_log(w);
	free(group);
	return NULL;
}

int event_writer_start(const struct event_writer_setup *setup,
		       struct event_writer **out, struct err *err)
{
	struct event_writer *w = calloc(1, sizeof(*w));

	BUG_ON(!w);
	w->setup = *setup;
	pendings_reset(&w->hits);
	pendings_reset(&w->sending);
	pendings_reset(&w->others);
	pthread_mutex_init(&w->lock, NULL);
	wait_init(&w->wake);
	if (thread_start(&w->thread, "log writer", writer_main, w) != 0) {
		free(w);
		return err_set(err, ERR_IO, "no thread for the event writer");
	}
	*out = w;
	return 0;
}

static char *keep_text(char *at, const char *text, const char **out)
{
	size_t size;

	if (!text) {
		*out = NULL;
		return at;
	}
	size = strlen(text) + 1;
	memcpy(at, text, size);
	*out = at;
	return at + size;
}

static size_t text_size(const char *text)
{
	return text ? strlen(text) + 1 : 0;
}

static struct pending *pending_new(const struct event *event,
				   struct arena *arena, event_done_fn done,
				   void *context)
{
	size_t size = sizeof(struct pending) + text_size(event->ip) +
		      text_size(event->agent) + text_size(event->detail);
	struct pending *p = arena ? arena_alloc(arena, size) : malloc(size);
	char *at;

	BUG_ON(!p);
	p->next = NULL;
	p->is_ours = !arena;
	p->event = *event;
	p->done = done;
	p->context = context;
	at = keep_text(p->text, event->ip, &p->event.ip);
	at = keep_text(at, event->agent, &p->event.agent);
	keep_text(at, event->detail, &p->event.detail);
	return p;
}

/* Under lock. Returns whether the writer is to be woken. */
static bool put_in_queue(struct event_writer *w, struct pending *p)
{
	bool is_sending = event_is_of_sending(&p->event);
	struct pendings *queue = is_sending                ? &w->sending
				 : event_is_hit(&p->event) ? &w->hits
							   : &w->others;
	bool was_empty = !queue->first;

	*queue->last = p;
	queue->last = &p->next;
	if (is_sending)
		return ++w->sending_n == w->setup.enough || was_empty;
	if (event_is_hit(&p->event))
		return ++w->hits_n == w->hits_enough || was_empty;
	return was_empty;
}

void event_add(struct event_writer *w, const struct event *event,
	       struct arena *arena, event_done_fn done, void *context)
{
	struct pending *p = pending_new(event, arena, done, context);
	struct err stopping = ERR_INIT;
	bool must_wake, is_late;

	p->until_us = clock_monotonic_us() + EVENT_HIT_WAIT_MS * 1000;
	p->patient_until_us =
		clock_monotonic_us() +
		(is_urgent(event) ? PATIENCE_LONG_MS : PATIENCE_MS) * 1000;
	pthread_mutex_lock(&w->lock);
	is_late = w->ended;
	must_wake = !is_late && put_in_queue(w, p);
	pthread_mutex_unlock(&w->lock);
	if (is_late) {
		(void)err_set(&stopping, ERR_RETRY, "the program stops");
		tell_done(p, 1, &stopping);
	} else if (must_wake) {
		pthread_cond_signal(&w->wake);
	}
}

struct waiter {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool is_done;
	struct err err; /* ERR_NONE: it is durable */
};

static void wake_waiter(void *context, const struct err *why)
{
	struct waiter *waiter = context;

	pthread_mutex_lock(&waiter->lock);
	waiter->is_done = true;
	if (why)
		waiter->err = *why;
	/* under the lock: the waiter's frame is gone once it is released */
	pthread_cond_signal(&waiter->wake);
	pthread_mutex_unlock(&waiter->lock);
}

int event_add_wait(struct event_writer *w, const struct event *event,
		   struct err *err)
{
	struct waiter waiter = { .lock = PTHREAD_MUTEX_INITIALIZER,
				 .wake = PTHREAD_COND_INITIALIZER,
				 .err = ERR_INIT };

	event_add(w, event, NULL, wake_waiter, &waiter);
	pthread_mutex_lock(&waiter.lock);
	while (!waiter.is_done)
		pthread_cond_wait(&waiter.wake, &waiter.lock);
	pthread_mutex_unlock(&waiter.lock);
	pthread_mutex_destroy(&waiter.lock);
	pthread_cond_destroy(&waiter.wake);
	if (waiter.err.code == ERR_NONE)
		return 0;
	*err = waiter.err;
	return -1;
}

void event_writer_stop(struct event_writer *w)
{
	bool was_stopping;

	pthread_mutex_lock(&w->lock);
	was_stopping = w->stopping;
	w->stopping = true;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
	if (!was_stopping)
		pthread_join(w->thread, NULL);
}

void event_writer_free(struct event_writer **w)
{
	if (!*w)
		return;
	event_writer_stop(*w);
	pthread_mutex_destroy(&(*w)->lock);
	pthread_cond_destroy(&(*w)->wake);
	free(*w);
	*w = NULL;
}
