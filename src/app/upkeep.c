#include "app/upkeep.h"

#include "audience/batch/account_export.h"
#include "audience/batch/api_batch.h"
#include "audience/sets/member_change.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/thread/patience.h"
#include "base/thread/thread.h"
#include "base/thread/wait.h"
#include "bridge/push_plan.h"
#include "crm/group/record_change.h"
#include "crm/search/search.h"
#include "crm/user/last_use.h"
#include "store/store.h"

#include <pthread.h>
#include <stdlib.h>

#define LOOK_MS 1000
#define PLANS_MS MS_HOUR
#define CHANGES_MS MS_MINUTE
#define BATCHES_MS MS_HOUR

struct upkeep {
	struct store *store;
	struct last_use *last;
	int64_t plans_ms;   /* when old plans are to be looked for, monotonic */
	int64_t changes_ms; /* the same of old changes of members */
	int64_t batches_ms; /* the same of old batches */
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool stopping; /* under lock */
};

static void write_last_use(struct upkeep *u)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct err err = ERR_INIT;

	patience_begin(); /* a stop does not wait for a lock */
	if (store_get(u->store, STORE_CRM, &db, &err) < 0 ||
	    last_use_write(u->last, db, clock_now_ms(), &err) < 0)
		log_warn("last uses of keys and sessions are not written yet",
			 LOG_ERR(&err));
}

/* What was written may wait for the index of the search. */
static void wake_search(struct upkeep *u)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct err err = ERR_INIT;

	patience_begin();
	if (store_get(u->store, STORE_CRM, &db, &err) < 0 ||
	    search_wake(db, clock_now_ms(), &err) < 0)
		log_debug("the search index is not looked after now",
			  LOG_ERR(&err));
}

/* Of pushes that were only looked at; one at a time, as a stop waits for it. */
static void forget_plans(struct upkeep *u)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct err err = ERR_INIT;
	int64_t now_ms = clock_monotonic_ms();
	int removed = -1;

	if (now_ms < u->plans_ms)
		return;
	patience_begin();
	if (store_get(u->store, STORE_CRM, &db, &err) == 0)
		removed = push_plan_forget(db, 0, clock_now_ms(), &err);
	if (removed < 0)
		log_debug("old plans of pushes are not removed now",
			  LOG_ERR(&err));
	if (removed <= 0) /* else the next one, with the next look */
		u->plans_ms = now_ms + PLANS_MS;
}

static int prune(struct upkeep *u, enum store_schema schema,
		 const struct change_log *log)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct err err = ERR_INIT;
	int removed = -1;

	if (store_get(u->store, schema, &db, &err) == 0)
		removed = change_log_prune(db, log, CHANGE_LOG_KEPT, &err);
	if (removed < 0)
		log_debug("old changes are not removed now", LOG_ERR(&err));
	return removed;
}

/* Of which members and records changed: who was not told yet reads all of them
 * anew. */
static void forget_changes(struct upkeep *u)
{
	int64_t now_ms = clock_monotonic_ms();

	if (now_ms < u->changes_ms)
		return;
	patience_begin();
	if (prune(u, STORE_AUDIENCE, &member_change_log) <= 0 &&
	    prune(u, STORE_CRM, &record_change_log) <= 0)
		u->changes_ms = now_ms + CHANGES_MS;
}

/* With what was answered, and exports; one at a time. */
static void forget_batches(struct upkeep *u)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct err err = ERR_INIT;
	int64_t now_ms = clock_monotonic_ms();
	int removed = -1;

	if (now_ms < u->batches_ms)
		return;
	patience_begin();
	if (store_get(u->store, STORE_AUDIENCE, &db, &err) == 0)
		removed = api_batch_forget(db, clock_now_ms(), &err);
	if (removed == 0)
		removed = account_export_forget(db, clock_now_ms(), &err);
	if (removed < 0)
		log_debug("old batches and exports are not removed now",
			  LOG_ERR(&err));
	if (removed <= 0)
		u->batches_ms = now_ms + BATCHES_MS;
}

static bool wait_for_next(struct upkeep *u)
{
	bool go_on;

	(void)pthread_mutex_lock(&u->lock);
	if (!u->stopping)
		(void)wait_ms(&u->wake, &u->lock, LOOK_MS);
	go_on = !u->stopping;
	(void)pthread_mutex_unlock(&u->lock);
	return go_on;
}

static void *upkeep_main(void *arg)
{
	struct upkeep *u = arg;

	while (wait_for_next(u)) {
		if (last_use_is_due(u->last, clock_now_ms()))
			write_last_use(u);
		wake_search(u);
		forget_plans(u);
		forget_changes(u);
		forget_batches(u);
		store_trim_logs(u->store);
	}
	write_last_use(u);
	return NULL;
}

int upkeep_start(struct store *store, struct last_use *last,
		 struct upkeep **out, struct err *err)
{
	struct upkeep *u = calloc(1, sizeof(*u));

	BUG_ON(!u);
	u->store = store;
	u->last = last;
	(void)pthread_mutex_init(&u->lock, NULL);
	wait_init(&u->wake);
	if (thread_start(&u->thread, "upkeep", upkeep_main, u) != 0) {
		free(u);
		return err_set(err, ERR_IO, "no thread for upkeep");
	}
	*out = u;
	return 0;
}

void upkeep_free(struct upkeep **upkeep)
{
	struct upkeep *u = *upkeep;

	if (!u)
		return;
	(void)pthread_mutex_lock(&u->lock);
	u->stopping = true;
	(void)pthread_cond_signal(&u->wake);
	(void)pthread_mutex_unlock(&u->lock);
	(void)pthread_join(u->thread, NULL);
	(void)pthread_mutex_destroy(&u->lock);
	(void)pthread_cond_destroy(&u->wake);
	free(u);
	*upkeep = NULL;
}
