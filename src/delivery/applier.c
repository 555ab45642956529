#include "delivery/applier.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/wait.h"
#include "delivery/apply.h"
#include "delivery/lease.h"
#include "delivery/verdict.h"
#include "store/store.h"

#include "sql/event.h"
#include "sql/recipient.h"

#define BATCH 1000
#define POLL_MS 250
/* Between two passes: each costs a commit of its own, however little it has
 * to apply. */
#define PACE_MS 10
#define DRAIN_MS 8000
#define CURSOR "ledger"

struct applier {
	struct store *store;
	struct applier_options options;
	struct verdict_bursts *bursts;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;    /* there is something to do */
	pthread_cond_t drained; /* a pass is over */
	bool is_woken, is_urgent, stopping;
	int64_t next_us;       /* pass, not before; of the thread */
	int64_t applied_below; /* all transactions below are applied */
	int64_t passes;        /* that found nothing more */
	bool joined;
};

static struct metric applied =
	METRIC_COUNTER("muster_events_applied", "Events applied to the ledger");

/* --- one batch --- */

static int read_cursor(struct db *audience, int64_t *xid, int64_t *id,
		       struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int found;

	if (db_query(audience, SQL_EVENT_CURSOR_GET, SQL_ARGS(sql_text(CURSOR)),
		     &rows, err) < 0)
		return -1;
	found = rows_next(rows, err);
	*xid = found > 0 ? rows_int(rows, 0) : 0;
	*id = found > 0 ? rows_int(rows, 1) : 0;
	return found < 0 ? -1 : 0;
}

static void read_event(const struct rows *rows, struct arena *arena,
		       struct event *out)
{
	*out = (struct event){
		.id = rows_int(rows, 0),
		.at_ms = rows_int(rows, 2),
		.kind = (enum event_kind)rows_int(rows, 3),
		.campaign_id = rows_int(rows, 4),
		.member_id = rows_int(rows, 5),
		.link_id = rows_int(rows, 6),
		.code = rows_int(rows, 7),
		.ip = rows_dup(rows, 8, arena),
		.agent = rows_dup(rows, 9, arena),
		.detail = rows_dup(rows, 10, arena),
	};
}

/* Up to BATCH events behind the cursor, which moves along. */
static int64_t read_events(struct db *events, int64_t *xid, int64_t *id,
			   struct arena *arena, struct event *out,
			   struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int64_t n = 0;
	int more;

	if (db_query(events, SQL_EVENT_AFTER,
		     SQL_ARGS(sql_int(*xid), sql_int(*id), sql_int(BATCH)),
		     &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		read_event(rows, arena, &out[n++]);
		*id = rows_int(rows, 0);
		*xid = rows_int(rows, 1);
	}
	return more < 0 ? -1 : n;
}

int64_t applier_step(const struct applier_options *options, struct db *events,
		     struct db *audience, struct verdict_bursts *bursts,
		     int64_t now_ms, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct apply apply = { .options = options,
			       .bursts = bursts,
			       .arena = arena,
			       .now_ms = now_ms };
	struct event *batch = arena_array(arena, struct event, BATCH);
	int64_t xid, id, n;
	int ours;

	if (read_cursor(audience, &xid, &id, err) < 0)
		return -1;
	n = read_events(events, &xid, &id, arena, batch, err);
	if (n <= 0)
		return n;
	if (tx_begin(audience, &tx, err) < 0)
		return -1;
	ours = lease_check(&tx, LEASE_DELIVERY, options->owner, err);
	if (ours <= 0)
		return ours;
	if (apply_batch(&apply, &tx, batch, (size_t)n, err) < 0 ||
	    db_exec(&tx, SQL_EVENT_CURSOR_PUT,
		    SQL_ARGS(sql_text(CURSOR), sql_int(xid), sql_int(id)),
		    err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	metric_add(&applied, n);
	if (options->after)
		options->after(options->context);
	return n;
}

/* --- the thread --- */

/* Applies all there is. *below_out: transactions below are applied. */
static int run_dry(struct applier *a, int64_t *below_out, struct err *err)
{
	CLEANUP(store_put) struct db *events = NULL;
	CLEANUP(store_put) struct db *audience = NULL;
	int64_t below = 0, n;

	if (store_get(a->store, STORE_EVENTS, &events, err) < 0 ||
	    store_get(a->store, STORE_AUDIENCE, &audience, err) < 0)
		return -1;
	do {
		if (db_find_int(events, SQL_EVENT_HORIZON, SQL_NO_ARGS, &below,
				err) < 0)
			return -1;
		n = applier_step(&a->options, events, audience, a->bursts,
				 clock_now_ms(), err);
	} while (n > 0);
	*below_out = below;
	return (int)n;
}

/* Until there is something to do; false: stopping. */
static bool wait_for_work(struct applier *a)
{
	int64_t until_us = clock_monotonic_us() + POLL_MS * 1000;
	bool go_on;

	pthread_mutex_lock(&a->lock);
	while (!a->is_woken && !a->stopping)
		if (!wait_until(&a->wake, &a->lock, until_us))
			break;
	while (!a->is_urgent && !a->stopping)
		if (!wait_until(&a->wake, &a->lock, a->next_us))
			break;
	a->is_woken = a->is_urgent = false;
	go_on = !a->stopping;
	pthread_mutex_unlock(&a->lock);
	a->next_us = clock_monotonic_us() + PACE_MS * 1000;
	return go_on;
}

static void tell_drained(struct applier *a, int64_t below)
{
	pthread_mutex_lock(&a->lock);
	a->applied_below = below;
	a->passes++;
	pthread_cond_broadcast(&a->drained);
	pthread_mutex_unlock(&a->lock);
}

static void *applier_main(void *arg)
{
	struct applier *a = arg;
	bool go_on = true;

	while (go_on) {
		struct err err = ERR_INIT;
		int64_t below = 0;

		go_on = wait_for_work(a);
		if (run_dry(a, &below, &err) < 0)
			log_error("events cannot be applied", LOG_ERR(&err));
		else
			tell_drained(a, below);
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
	a->bursts = verdict_bursts_new(options->burst);
	pthread_mutex_init(&a->lock, NULL);
	wait_init(&a->wake);
	wait_init(&a->drained);
	if (pthread_create(&a->thread, NULL, applier_main, a) != 0) {
		verdict_bursts_free(&a->bursts);
		free(a);
		return err_set(err, ERR_IO, "no thread for the applier");
	}
	*out = a;
	return 0;
}

void applier_wake(struct applier *a)
{
	pthread_mutex_lock(&a->lock);
	if (!a->is_woken)
		pthread_cond_signal(&a->wake);
	a->is_woken = true;
	pthread_mutex_unlock(&a->lock);
}

/* PostgreSQL: a transaction id that all commits before now are below. */
static int horizon_now(struct applier *a, int64_t *out, struct err *err)
{
	CLEANUP(store_put) struct db *events = NULL;

	if (store_get(a->store, STORE_EVENTS, &events, err) < 0)
		return -1;
	return db_find_int(events, SQL_EVENT_NOW, SQL_NO_ARGS, out, err);
}

static bool is_drained(const struct applier *a, int64_t target, int64_t passes)
{
	/* the pass that runs now may have begun before: wait for the next */
	return a->passes >= passes + 2 && a->applied_below > target;
}

int applier_drain(struct applier *a, struct err *err)
{
	int64_t until_us = clock_monotonic_us() + DRAIN_MS * 1000;
	int64_t target = 0, passes;
	bool late = false;

	if (horizon_now(a, &target, err) < 0)
		return -1;
	pthread_mutex_lock(&a->lock);
	passes = a->passes;
	while (!is_drained(a, target, passes) && !late) {
		a->is_woken = a->is_urgent = true;
		pthread_cond_signal(&a->wake);
		late = !wait_until(&a->drained, &a->lock, until_us);
	}
	pthread_mutex_unlock(&a->lock);
	if (late)
		return err_set(err, ERR_RETRY, "the log is not applied yet");
	return 0;
}

void applier_stop(struct applier *a)
{
	if (a->joined)
		return;
	pthread_mutex_lock(&a->lock);
	a->stopping = true;
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
	verdict_bursts_free(&(*a)->bursts);
	pthread_mutex_destroy(&(*a)->lock);
	pthread_cond_destroy(&(*a)->wake);
	pthread_cond_destroy(&(*a)->drained);
	free(*a);
	*a = NULL;
}
