/*
 * delivery/send/relays.h - the relay in force, and those that leave
 *
 * Which one is in force is a setting (delivery/relay_setting.h), looked up by
 * relays_look. When it is another one, that one takes the place first, and gets
 * nothing until those before it have answered what they had begun: nothing is
 * lost, and nothing is sent by both.
 */
#ifndef DELIVERY_RELAYS_H
#define DELIVERY_RELAYS_H

#include "delivery/relay.h"

#include <stdbool.h>

struct db;
struct delivery_options;
struct relays;

struct relays_setup {
	const struct delivery_options *options;
	struct outbox *outbox;
	relay_result_fn result;
	relay_gate_fn gate;
	void *context; /* of both */
};

/* Starts the one in force. db: audience. ERR_INVALID: its URL; ERR_IO:
 * threads. */
int relays_open(const struct relays_setup *setup, struct db *db,
		struct relays **out, struct err *err);
/* Returns when all results are delivered. */
void relays_stop(struct relays *r);
void relays_free(struct relays **r); /* stops them; NULL is fine */

/* --- any thread --- */

/* relay_send of the one in force; ERR_RETRY also while it is exchanged. */
int relays_send(struct relays *r, struct relay_message *message,
		struct err *err);
/* From the exchange until those before it have answered. */
bool relays_are_changing(const struct relays *r);
/* The one in force takes nothing now. */
bool relays_are_held_up(struct relays *r);
void relays_describe(struct relays *r, struct strbuf *out);

/* --- the claiming thread --- */

enum relays_news {
	RELAYS_NO_NEWS,
	RELAYS_CHANGE, /* another took the place: call back what is rendered */
	RELAYS_CHANGED /* those before it are gone: what was known of them
			  says nothing any more */
};
int relays_look(struct relays *r, struct db *db, enum relays_news *out,
		struct err *err);
/* Does a mail go to people? Else the catcher takes it. */
bool relays_mails_leave(const struct relays *r);

#endif
