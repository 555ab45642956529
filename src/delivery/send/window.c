#include "delivery/send/window.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/random.h"
#include "base/thread/wait.h"
#include "delivery/send/relays.h"
#include "delivery/trouble.h"

#include <stdatomic.h>
#include <stdlib.h>

#define HELD_UP_LOOK_MS 200

struct window {
	int64_t most, rate;
	int64_t next_us; /* by the rate; of the thread that hands over */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* under lock */
	int64_t taken;
	int64_t pause_until_us; /* monotonic */
	bool is_closed;
	atomic_llong relay_failures; /* in a row; written under lock */
};

static struct metric uncertain_now = METRIC_GAUGE(
	"muster_messages_handed", "Messages handed over without an outcome");
static struct metric held_up =
	METRIC_GAUGE("muster_relay_held_up", "1 while the relay takes nothing");

struct window *window_new(int64_t most, int64_t rate)
{
	struct window *w = calloc(1, sizeof(*w));

	BUG_ON(!w);
	w->most = most;
	w->rate = rate;
	pthread_mutex_init(&w->lock, NULL);
	wait_init(&w->changed);
	return w;
}

void window_free(struct window **window)
{
	struct window *w = *window;

	if (!w)
		return;
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->changed);
	free(w);
	*window = NULL;
}

/* Under lock. */
static int64_t open_slots(const struct window *w, struct relays *relays)
{
	if (relays_are_changing(relays) ||
	    w->pause_until_us > clock_monotonic_us())
		return 0;
	if (atomic_load(&w->relay_failures) > 0 || relays_are_held_up(relays))
		return 1;
	return w->most;
}

bool window_take(struct window *w, struct relays *relays)
{
	bool taken;

	pthread_mutex_lock(&w->lock);
	while (!w->is_closed && w->taken >= open_slots(w, relays))
		(void)wait_ms(&w->changed, &w->lock, HELD_UP_LOOK_MS);
	taken = !w->is_closed;
	if (taken)
		metric_set(&uncertain_now, ++w->taken);
	pthread_mutex_unlock(&w->lock);
	return taken;
}

void window_release(struct window *w)
{
	pthread_mutex_lock(&w->lock);
	metric_set(&uncertain_now, --w->taken);
	pthread_cond_signal(&w->changed);
	pthread_mutex_unlock(&w->lock);
}

void window_keep_to_rate(struct window *w)
{
	int64_t now_us = clock_monotonic_us();

	if (w->rate <= 0)
		return;
	if (w->next_us < now_us)
		w->next_us = now_us;
	w->next_us += 1000000 / w->rate;
	pthread_mutex_lock(&w->lock);
	while (!w->is_closed && w->next_us > clock_monotonic_us())
		(void)wait_until(&w->changed, &w->lock, w->next_us);
	pthread_mutex_unlock(&w->lock);
}

void window_close(struct window *w)
{
	pthread_mutex_lock(&w->lock);
	w->is_closed = true;
	pthread_cond_broadcast(&w->changed);
	pthread_mutex_unlock(&w->lock);
}

bool window_wait_empty(struct window *w, int64_t ms)
{
	int64_t until_us = clock_monotonic_us() + ms * 1000;
	bool is_empty;

	pthread_mutex_lock(&w->lock);
	while (w->taken > 0 && wait_until(&w->changed, &w->lock, until_us))
		;
	is_empty = w->taken == 0;
	pthread_mutex_unlock(&w->lock);
	return is_empty;
}

/* Under lock. */
static void pause_until(struct window *w, int64_t ms)
{
	int64_t until_us = clock_monotonic_us() + ms * 1000;

	if (w->pause_until_us < until_us)
		w->pause_until_us = until_us;
}

void window_relay_failed(struct window *w, bool is_answer)
{
	int64_t failures = 0;

	pthread_mutex_lock(&w->lock);
	if (w->pause_until_us <= clock_monotonic_us()) {
		failures = atomic_fetch_add(&w->relay_failures, 1) + 1;
		/* when it is not there, the relay waits for it by itself */
		pause_until(w, trouble_relay_wait_ms(is_answer ? failures : 1,
						     random_u64()));
	}
	pthread_mutex_unlock(&w->lock);
	if (failures == 0)
		return;
	metric_set(&held_up, 1);
	if (failures == 1)
		log_warn("relay takes no messages");
}

void window_relay_works(struct window *w)
{
	if (atomic_load(&w->relay_failures) > 0)
		window_forget(w);
}

void window_forget(struct window *w)
{
	pthread_mutex_lock(&w->lock);
	atomic_store(&w->relay_failures, 0);
	w->pause_until_us = 0;
	pthread_cond_signal(&w->changed);
	pthread_mutex_unlock(&w->lock);
	metric_set(&held_up, 0);
}

void window_pause(struct window *w, int64_t ms)
{
	pthread_mutex_lock(&w->lock);
	pause_until(w, ms);
	pthread_mutex_unlock(&w->lock);
}

struct window_state window_state(struct window *w)
{
	struct window_state out;

	pthread_mutex_lock(&w->lock);
	out.taken = w->taken;
	out.relay_failures = atomic_load(&w->relay_failures);
	pthread_mutex_unlock(&w->lock);
	return out;
}
