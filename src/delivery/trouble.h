/*
 * delivery/trouble.h - what an answer of a relay means: policy, in one place
 *
 * Protocol (smtp/) reports what was said and when; here alone is decided whom
 * it is about, what is done about it, and when it is tried again. A hard
 * bounce cleans an address, so it never rests on a doubt: it takes an answer
 * to RCPT (or a delivery report) with a status or with words that can only
 * mean that the mailbox is not there.
 *
 *     about the recipient   RETRY  HARD  SOFT  UNCLEAR
 *     about us              all from TROUBLE_RELAY on: nobody is to blame,
 *                           nobody is given up; sending is held (hold.h)
 */
#ifndef DELIVERY_TROUBLE_H
#define DELIVERY_TROUBLE_H

#include "delivery/recipient.h"

#include <stdbool.h>
#include <stdint.h>

struct strbuf;

enum trouble {
	TROUBLE_NONE,    /* accepted */
	TROUBLE_RETRY,   /* not now: this recipient, this message */
	TROUBLE_HARD,    /* never: there is no such mailbox */
	TROUBLE_SOFT,    /* refused for the mailbox: full, closed, picky */
	TROUBLE_UNCLEAR, /* refused, and not said for whose fault */
	TROUBLE_RELAY,   /* no connection, or none that takes messages */
	TROUBLE_SENDER,  /* our sender's address */
	TROUBLE_LIMIT,   /* so many an hour, a day, at once */
	TROUBLE_AUTH,    /* who we are */
	TROUBLE_DENIED,  /* does not relay for us; we are on a list */
	TROUBLE_CONTENT, /* what we send */
	TROUBLE_SIZE,    /* how large it is */
};
bool trouble_is_ours(enum trouble trouble);
/* How a message counts that was given up for it; BOUNCE_NONE: it says nothing
 * of the recipient. */
enum bounce_kind trouble_bounce(enum trouble trouble);
/* "hard", "limit" ... as campaigns and logs say it. */
const char *trouble_name(enum trouble trouble);

/* In which step it was said. */
enum trouble_stage {
	STAGE_CONNECT, /* and the greeting */
	STAGE_EHLO,
	STAGE_STARTTLS, /* and the handshake */
	STAGE_AUTH,
	STAGE_MAIL,
	STAGE_RCPT,
	STAGE_DATA,
	STAGE_DOT, /* after the content, in a transaction of one recipient */
	STAGE_DSN, /* in a report that came back later */
};

struct trouble_reply {
	enum trouble_stage stage;
	int code; /* 250, 452, 550 ...; 0: there was none, the connection broke,
		     or (with a status) we saw ourselves that it cannot be */
	const char *enhanced; /* RFC 3463 status, "5.1.1"; "" if none */
	const char *text;     /* what else it said */
	const char *sender,
		*rcpt; /* of the message; NULL: not known. What names
			  only the sender is about the sender */
};
enum trouble trouble_of(const struct trouble_reply *reply);

/* The text without what differs from message to message: words with a digit,
 * addresses, links. Appended. */
void trouble_mask(const char *text, struct strbuf *out);
/* The text, but for addresses, of which it says only that they are some. */
void trouble_hide_addresses(const char *text, struct strbuf *out);

/* How long to wait before try number `attempts` + 1, a quarter of it by
 * chance (the same for the same seed). first_ms: before the first retry. */
int64_t trouble_wait_ms(int64_t attempts, int64_t first_ms, uint64_t seed);

/* How long to leave a relay alone that failed so often in a row. */
int64_t trouble_relay_wait_ms(int64_t failures, uint64_t seed);

/* How long to hold a campaign that was refused so often in a row; nothing for
 * the first time, which may have been about that one message. */
int64_t trouble_hold_wait_ms(int64_t refusals, uint64_t seed);

#endif
