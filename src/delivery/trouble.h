/*
 * delivery/trouble.h - what an answer of a relay means: policy, in one place
 *
 * Protocol (smtp/) reports what was said and when; here alone is decided what
 * is done about it, and when a message is tried again.
 */
#ifndef DELIVERY_TROUBLE_H
#define DELIVERY_TROUBLE_H

#include <stdint.h>

enum trouble {
	TROUBLE_NONE,  /* accepted */
	TROUBLE_RETRY, /* not now */
	TROUBLE_HARD,  /* never: the address does not work */
	TROUBLE_SOFT,  /* refused: this message, or the mailbox */
	TROUBLE_RELAY, /* not about this message: the relay takes none */
};

/* In which command of a session it was said. */
enum trouble_stage {
	STAGE_CONNECT, /* also greeting, EHLO, TLS, AUTH */
	STAGE_MAIL,
	STAGE_RCPT,
	STAGE_DATA, /* DATA and after the final dot */
};

/*
 * code: the reply (250, 452, 550 ...), 0 if the connection broke. enhanced:
 * RFC 3463 status of the reply, "5.1.1"; "" if it had none. text: what else
 * it said.
 */
enum trouble trouble_of(enum trouble_stage stage, int code,
			const char *enhanced, const char *text);

/* How long to wait before try number `attempts` + 1, a quarter of it by
 * chance (the same for the same seed). first_ms: before the first retry. */
int64_t trouble_wait_ms(int64_t attempts, int64_t first_ms, uint64_t seed);

/* How long to leave a relay alone that failed so often in a row. */
int64_t trouble_relay_wait_ms(int64_t failures, uint64_t seed);

#endif
