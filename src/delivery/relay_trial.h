/*
 * delivery/relay_trial.h - a mail to try a relay with, and its own words
 *
 * For a user who has entered a relay and wants to know whether it takes mails
 * before anything depends on it. The mail is about nobody and links nowhere,
 * so it needs no public URL. Any thread; blocks until the relay has answered.
 */
#ifndef DELIVERY_RELAY_TRIAL_H
#define DELIVERY_RELAY_TRIAL_H

#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct err;
struct outbox;

struct relay_trial_mail {
	const char *url; /* outbox:, smtp://..., smtps://... */
	const char *to;
	const char *from_name, *from_email; /* "": to, to himself */
	int64_t now_ms;
};

/* Texts live in the arena. */
struct relay_trial {
	bool accepted;
	int code;         /* of the relay; 0: it did not answer */
	const char *text; /* its words, or what went wrong and what to do */
	struct texts steps;
};
void relay_trial_release(struct relay_trial *trial);

/* Within 20 s. ERR_INVALID: an address (field `to`), or the URL. Whatever
 * became of the mail is no error. */
int relay_trial_run(const struct relay_trial_mail *mail, struct outbox *outbox,
		    struct arena *arena, struct relay_trial *out,
		    struct err *err);

#endif
