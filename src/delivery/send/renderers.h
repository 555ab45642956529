/*
 * delivery/send/renderers.h - the threads that render and sign messages
 *
 * They take claimed shipments and pass them on to the queue `ready`, in any
 * order. What was called back meanwhile goes back unrendered.
 */
#ifndef DELIVERY_RENDERERS_H
#define DELIVERY_RENDERERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct permit;
struct queue;
struct renderers;
struct shipment;
struct shipment_bin;

struct renderers_setup {
	const struct permit *permit;
	int64_t threads;
	size_t room;         /* shipments that wait to be rendered, at most */
	struct queue *ready; /* waits while it is full */
	struct shipment_bin *back;
	/* There is room again for whoever was told that there is none. */
	void (*on_room)(void *context);
	void *context;
};

/* ERR_IO: no threads. */
int renderers_start(const struct renderers_setup *setup, struct renderers **out,
		    struct err *err);
/* Is there room for n more? If not, on_room will be called once there is. */
bool renderers_have_room(struct renderers *r, size_t n);
void renderers_take(struct renderers *r, struct shipment *p);
/* What waits goes back. */
void renderers_stop(struct renderers *r);
void renderers_free(struct renderers **r); /* stops them; NULL is fine */

#endif
