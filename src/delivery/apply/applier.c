#include "delivery/apply/applier.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/thread/stop.h"
#include "base/thread/thread.h"
#include "base/thread/wait.h"
#include "delivery/apply/apply_private.h"
#include "delivery/apply/cursor.h"
#include "delivery/apply/urgent.h"
#include "delivery/lease.h"
#include "store/store.h"

#include "sql/event.h"

#define BATCH_LEAST 1000
#define BATCH_MOST 16000
#define BATCH_FIRST 4000
/* A batch that took longer is too large; urgent events wait for it. */
#define BATCH_LONG_MS 400
#define BATCH_SHORT_MS 200
/* The same while somebody waits to write. */
#define BATCH_POLITE_MS 100
#define POLL_MS 250
/* Between the beginnings of two passes: each costs a commit of its own, however
 * little it has to apply. While many come, an event costs half in a batch ten
 * times as large, as it shares pages of the database with more of the others;
 * but what somebody did who leaves does not wait for that. */
#define PACE_MS 10
#define PACE_MANY_MS 500
#define MANY 200  /* events of a pass */
#define BULK 1000 /* so many change pages all over the ledger */

struct applier {
	struct store *store;
	struct applier_options options;
	struct apply_memory *memory; /* of the thread, with what follows */
	size_t batch;
	int64_t began_us; /* the last pass */
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake; /* there is something to do */
	bool is_woken, is_hurried;
	atomic_bool stopping;
	int64_t applied; /* up to this event */
	struct backlog backlog;
	bool joined;
};

static struct metric applied =
	METRIC_COUNTER("muster_events_applied", "Events applied to the ledger");
static struct metric behind_events = METRIC_GAUGE(
	"muster_events_behind", "Events of the log that are not applied");
static struct metric behind_seconds =
	METRIC_GAUGE("muster_events_behind_seconds",
		     "Age of the oldest event that is not applied");

/* --- one batch --- */

/* Events behind a place, which moves along. */
static int move_cursors(struct tx *tx, const struct cursors *from, int64_t to,
			struct err *err)
{
	int64_t urgent = cursors_urgent(from);

	if (cursor_move(tx, URGENT_CURSOR, from->urgent,
			urgent > to ? urgent : to, err) < 0)
		return -1;
	return cursor_move(tx, LEDGER_CURSOR, from->ledger, to, err);
}

int64_t applier_step(const struct applier_options *options, struct db *events,
		     struct db *audience, struct apply_memory *memory,
		     size_t most, int64_t now_ms, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(apply_end) struct batch_state *state = NULL;
	struct apply apply = { .options = options,
			       .memory = memory,
			       .arena = arena,
			       .now_ms = now_ms };
	CLEANUP(vec_release) struct events batch = VEC_INIT;
	struct cursors at;
	int64_t id;
	int ours;

	if (cursors_read(audience, &at, err) < 0 ||
	    apply_list(options, events, SQL_EVENT_AFTER, at.ledger, most, arena,
		       &batch, err) < 0)
		return -1;
	if (batch.n == 0)
		return 0;
	id = batch.v[batch.n - 1].id;
	apply.from = at.ledger;
	apply.urgent_until = cursors_urgent(&at);
	ours = lease_begin(audience, LEASE_DELIVERY, options->owner, &tx, err);
	if (ours <= 0)
		return ours;
	if (apply_batch(&apply, &tx, batch.v, batch.n, &state, err) < 0 ||
	    move_cursors(&tx, &at, id, err) < 0 || tx_commit(&tx, err) < 0)
		return -1;
	apply_remember(state, id);
	metric_add(&applied, (int64_t)batch.n);
	if (options->after)
		options->after(options->context);
	return (int64_t)batch.n;
}

/* --- the start --- */

static int raise_ids(struct store *store, int64_t above, struct err *err)
{
	CLEANUP(store_put) struct db *events = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (store_get(store, STORE_EVENTS, &events, err) < 0 ||
	    db_sync(events, err) < 0 || tx_begin(events, &tx, err) < 0 ||
	    event_raise(&tx, above, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

int applier_prepare_log(struct store *store, struct err *err)
{
	CLEANUP(store_put) struct db *audience = NULL;
	struct cursors at;

	if (store_get(store, STORE_AUDIENCE, &audience, err) < 0 ||
	    cursors_read(audience, &at, err) < 0)
		return -1;
	return raise_ids(store, cursors_urgent(&at), err);
}

/* --- the thread --- */

/* How far the log is applied, by whomever. */
static int look_behind(struct applier *a, struct db *events,
		       struct db *audience, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct cursors at;
	struct backlog backlog = { 0 };

	if (cursors_read(audience, &at, err) < 0 ||
	    db_query(events, SQL_EVENT_BEHIND, SQL_ARGS(sql_int(at.ledger)),
		     &rows, err) < 0 ||
	    rows_next(rows, err) < 0)
		return -1;
	if (rows_int(rows, 1)) {
		backlog.events = rows_int(rows, 0) - at.ledger;
		backlog.behind_ms = clock_now_ms() - rows_int(rows, 1);
	}
	metric_set(&behind_events, backlog.events);
	metric_set(&behind_seconds, backlog.behind_ms / 1000);
	pthread_mutex_lock(&a->lock);
	a->applied = at.ledger;
	a->backlog = backlog;
	pthread_mutex_unlock(&a->lock);
	if (a->options.behind)
		a->options.behind(a->options.context, backlog.behind_ms);
	return 0;
}

/* Larger while that is quick and nobody else wants to write. */
static void adapt(struct applier *a, struct db *audience, int64_t n,
		  int64_t took_us)
{
	bool is_polite = db_is_awaited(audience);
	int64_t long_ms = is_polite ? BATCH_POLITE_MS : BATCH_LONG_MS;

	if (took_us > long_ms * 1000)
		a->batch /= 2;
	else if (took_us < BATCH_SHORT_MS * 1000 && !is_polite &&
		 n == (int64_t)a->batch)
		a->batch *= 2;
	if (a->batch < BATCH_LEAST)
		a->batch = BATCH_LEAST;
	if (a->batch > BATCH_MOST)
		a->batch = BATCH_MOST;
}

/* Urgent ones first, all of them, then a batch of all. */
static int64_t apply_some(struct applier *a, struct db *events,
			  struct db *audience, struct err *err)
{
	int64_t n, since_us;

	do
		n = urgent_step(&a->options, events, audience, clock_now_ms(),
				err);
	while (n > 0 && !stop_is_asked());
	if (n < 0)
		return -1;
	since_us = clock_monotonic_us();
	n = applier_step(&a->options, events, audience, a->memory, a->batch,
			 clock_now_ms(), err);
	if (n > 0)
		adapt(a, audience, n, clock_monotonic_us() - since_us);
	return n;
}

/* While many come: until there is a batch that is worth it. */
static void rest(struct applier *a)
{
	int64_t until_us = a->began_us + PACE_MANY_MS * 1000;

	pthread_mutex_lock(&a->lock);
	while (!a->is_hurried && !stop_is_asked())
		if (!wait_until(&a->wake, &a->lock, until_us))
			break;
	a->is_hurried = false;
	pthread_mutex_unlock(&a->lock);
}

/* Passes, until one had not many. */
static int64_t run_passes(struct applier *a, struct db *events,
			  struct db *audience, struct err *err)
{
	bool is_bulk = false;

	for (;;) {
		size_t most = a->batch;
		int64_t n;

		a->began_us = clock_monotonic_us();
		n = apply_some(a, events, audience, err);
		if (n >= 0 && look_behind(a, events, audience, err) < 0)
			n = -1;
		if (n < MANY || stop_is_asked()) {
			if (is_bulk)
				db_set_bulk(audience, false);
			return n;
		}
		if (n >= BULK && !is_bulk) {
			is_bulk = true;
			db_set_bulk(audience, true);
		}
		if (n < (int64_t)most) /* else there is a backlog */
			rest(a);
	}
}

static int run_dry(struct applier *a, struct err *err)
{
	CLEANUP(store_put) struct db *events = NULL;
	CLEANUP(store_put) struct db *audience = NULL;

	if (store_get(a->store, STORE_EVENTS, &events, err) < 0 ||
	    store_get(a->store, STORE_AUDIENCE, &audience, err) < 0)
		return -1;
	return run_passes(a, events, audience, err) < 0 ? -1 : 0;
}

/* Until there is something to do; false: stopping. */
static bool wait_for_work(struct applier *a)
{
	int64_t until_us = clock_monotonic_us() + POLL_MS * 1000;
	int64_t next_us = a->began_us + PACE_MS * 1000;

	pthread_mutex_lock(&a->lock);
	while (!a->is_woken && !stop_is_asked())
		if (!wait_until(&a->wake, &a->lock, until_us))
			break;
	while (!stop_is_asked())
		if (!wait_until(&a->wake, &a->lock, next_us))
			break;
	a->is_woken = a->is_hurried = false;
	pthread_mutex_unlock(&a->lock);
	return !stop_is_asked();
}

static void *applier_main(void *arg)
{
	struct applier *a = arg;

	stop_bind(&a->stopping);
	while (wait_for_work(a)) {
		struct err err = ERR_INIT;

		if (run_dry(a, &err) < 0 && !stop_is_asked())
			log_error("events cannot be applied", LOG_ERR(&err));
	}
	return NULL;
}

int applier_start(struct store *store, const struct applier_options *options,
		  struct applier **out, struct err *err)
{
	struct applier *a = calloc(1, sizeof(*a));

	BUG_ON(!a);
	a->store = store;
	a->options = *options;
	a->batch = BATCH_FIRST;
	a->memory = apply_memory_new(options->burst);
	pthread_mutex_init(&a->lock, NULL);
	wait_init(&a->wake);
	if (thread_start(&a->thread, "applier", applier_main, a) != 0) {
		apply_memory_free(&a->memory);
		free(a);
		return err_set(err, ERR_IO, "no thread for the applier");
	}
	*out = a;
	return 0;
}

void applier_wake(struct applier *a, bool is_urgent)
{
	pthread_mutex_lock(&a->lock);
	if (!a->is_woken || (is_urgent && !a->is_hurried))
		pthread_cond_signal(&a->wake);
	a->is_woken = true;
	a->is_hurried |= is_urgent;
	pthread_mutex_unlock(&a->lock);
}

int applier_mark(struct applier *a, int64_t *mark_out, struct err *err)
{
	CLEANUP(store_put) struct db *events = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int64_t ignored;

	/* behind whoever writes now, see event_insert */
	if (store_get(a->store, STORE_EVENTS, &events, err) < 0 ||
	    tx_begin(events, &tx, err) < 0 ||
	    db_find_int(events, SQL_EVENT_LOCK, SQL_NO_ARGS, &ignored, err) < 0)
		return -1;
	return db_find_int(events, SQL_EVENT_LAST, SQL_NO_ARGS, mark_out, err) <
			       0
		       ? -1
		       : 0;
}

bool applier_is_past(struct applier *a, int64_t mark)
{
	bool is_past;

	pthread_mutex_lock(&a->lock);
	is_past = a->applied >= mark;
	pthread_mutex_unlock(&a->lock);
	return is_past;
}

struct backlog applier_backlog(struct applier *a)
{
	struct backlog backlog;

	pthread_mutex_lock(&a->lock);
	backlog = a->backlog;
	pthread_mutex_unlock(&a->lock);
	return backlog;
}

void applier_stop(struct applier *a)
{
	if (a->joined)
		return;
	atomic_store(&a->stopping, true);
	pthread_mutex_lock(&a->lock);
	pthread_cond_signal(&a->wake);
	pthread_mutex_unlock(&a->lock);
	pthread_join(a->thread, NULL);
	a->joined = true;
}

void applier_free(struct applier **a)
{
	if (!*a)
		return;
	applier_stop(*a);
	apply_memory_free(&(*a)->memory);
	pthread_mutex_destroy(&(*a)->lock);
	pthread_cond_destroy(&(*a)->wake);
	free(*a);
	*a = NULL;
}
