/*
 * delivery/returned/returned.h - a message that came back
 *
 * Bounces that come after a relay took the mail (RFC 3464, and prose) and
 * complaints of readers (RFC 5965). Whose it is says a signed token only: of
 * the address to unsubscribe or of the preferences, which header and footer of
 * our mail carry and the report returns. Never a Message-ID, nor an address
 * alone, which anybody could make up. docs/returned-mail.md tells users.
 */
#ifndef DELIVERY_RETURNED_RETURNED_H
#define DELIVERY_RETURNED_RETURNED_H

#include "mail/mail_report.h"

#include <stdbool.h>
#include <stdint.h>

struct event_writer;
struct store;
struct track_keys;

enum returned_kind {
	RETURNED_IGNORED,
	RETURNED_HARD, /* there is no such mailbox */
	RETURNED_SOFT,
	RETURNED_COMPLAINT,
};
const char *returned_kind_name(enum returned_kind kind); /* "hard" ... */

struct returned {
	enum returned_kind kind;
	const char *why;                    /* one sentence */
	int64_t campaign_id, member_id;     /* 0: of nobody */
	const char *campaign_hex, *address; /* by returned_take; else NULL */
	struct mail_report report;
	const struct mail_report_recipient *failed; /* of a bounce */
};

/* What it says by itself. Strings live in arena. ERR_LIMIT: larger than
 * MAIL_REPORT_SOURCE_MAX; nothing else that it says is an error. */
int returned_read(struct str source, const struct track_keys *keys,
		  struct arena *arena, struct returned *out, struct err *err);

/* What is known of whose it is. */
struct returned_whose {
	const char *address; /* now */
	bool is_moved;       /* it was another one when the mail went */
	const char *sender;  /* of the mail; NULL: not known */
	int64_t bounce;      /* enum bounce_kind of this mail, so far */
	bool has_complained; /* about this mail */
};
/*
 * What it says of them. A report about another address (their mail is
 * forwarded) is soft at most, and nothing once they have another address than
 * the mail went to. What was said before is ignored.
 */
void returned_weigh(struct returned *r, const struct returned_whose *whose,
		    struct arena *arena);

struct returned_setup {
	struct store *store;
	struct event_writer *writer;
	const struct track_keys *keys;
};
/* Both, with what the ledger knows; what it says is in the log of events
 * before this returns. Any thread that may wait. */
int returned_take(const struct returned_setup *setup, struct str source,
		  int64_t now_ms, struct arena *arena, struct returned *out,
		  struct err *err);

#endif
