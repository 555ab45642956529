/*
 * smtp/smtp_trial.h - can the relay be reached, and does it know us?
 *
 * Connects as the pool does (TLS, EHLO, AUTH), hands nothing over and says
 * QUIT. For `muster doctor`.
 */
#ifndef SMTP_SMTP_TRIAL_H
#define SMTP_SMTP_TRIAL_H

#include <stdint.h>

struct err;
struct smtp_relay;

/* Returns 0, or -1 with what went wrong: ERR_RETRY; within the time. */
int smtp_relay_try(const struct smtp_relay *relay, int64_t timeout_ms,
		   struct err *err);

#endif
