/*
 * smtp/smtp_trial.h - can the relay be reached, does it know us, and does it
 * take a message?
 *
 * Connects as the pool does (TLS, EHLO, AUTH) and says QUIT at the end. For
 * `muster doctor`, and for a user who has entered a relay.
 */
#ifndef SMTP_SMTP_TRIAL_H
#define SMTP_SMTP_TRIAL_H

#include "base/vec.h"
#include "smtp/smtp_pool.h"

struct arena;
struct err;
struct smtp_relay;

/* Hands nothing over. Returns 0, or -1 with what went wrong: ERR_RETRY; within
 * the time. */
int smtp_relay_try(const struct smtp_relay *relay, int64_t timeout_ms,
		   struct err *err);

/* What became of a message. Texts live in the arena. */
struct smtp_trial_report {
	enum smtp_outcome outcome;
	enum smtp_stage stage;
	int code;           /* 0: no answer of the relay */
	const char *text;   /* "5.1.1 No such user": its words, or ours */
	struct texts steps; /* "connected to host:587", "STARTTLS" ... */
};
void smtp_trial_report_release(struct smtp_trial_report *report);

/*
 * Hands one message over, as the pool does, and returns within timeout_ms and
 * half a second. 0: *out says what happened; -1: nothing was tried
 * (ERR_INVALID: an address, the content; ERR_IO). message as for
 * smtp_pool_submit.
 */
int smtp_trial_send(const struct smtp_relay *relay,
		    struct smtp_message *message, int64_t timeout_ms,
		    struct arena *arena, struct smtp_trial_report *out,
		    struct err *err);

#endif
