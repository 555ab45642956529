/*
 * delivery/send/window.h - how many messages may be between their `handed` and
 * a stored outcome
 *
 * Those are the ones that a kill can double. A slot is taken before a message
 * is handed over, and released when its outcome is stored. Fewer are open while
 * the relay takes nothing: none for a while, then one, to probe. The set rate
 * is kept to here as well. Any thread, but window_take and window_keep_to_rate,
 * which are of the one that hands over.
 */
#ifndef DELIVERY_WINDOW_H
#define DELIVERY_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

struct relays;
struct window;

/* most: slots. rate: messages a second; 0: no limit. */
struct window *window_new(int64_t most, int64_t rate);
void window_free(struct window **w); /* NULL is fine */

/* Waits for a slot; false: the window is closed. */
bool window_take(struct window *w, struct relays *relays);
void window_release(struct window *w);
/* Waits until the next may go; what was not used is not saved up. */
void window_keep_to_rate(struct window *w);
/* No more slots; whoever waits is woken. */
void window_close(struct window *w);
/* Until all are released, for so long at most. false: they are not. */
bool window_wait_empty(struct window *w, int64_t ms);

/* The relay takes nothing (is_answer: it says so): left alone for a while, ever
 * longer. What fails together counts once. */
void window_relay_failed(struct window *w, bool is_answer);
void window_relay_works(struct window *w);
/* Another relay: nothing that was known of the last one is true of it. */
void window_forget(struct window *w);
/* Nothing is handed over for so long. */
void window_pause(struct window *w, int64_t ms);

struct window_state {
	int64_t taken, relay_failures; /* in a row */
};
struct window_state window_state(struct window *w);

#endif
