/*
 * delivery/public/forward.h - a reader sends a mail on to friends
 *
 * Each gets a copy for everybody, below a note that says who it is from, as
 * they call themselves, and that nobody is subscribed by it. Nothing in it is
 * the reader's, so that no friend can unsubscribe or change them.
 *
 * What it says depends on the reader alone: who said no, is suppressed, barred
 * or was sent on to lately gets none, and nobody is told. Addresses are kept in
 * the mails that wait to go out, and nowhere else; limits count keyed hashes
 * (audience/form/signup_limit.h).
 */
#ifndef DELIVERY_FORWARD_H
#define DELIVERY_FORWARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct barred;
struct db;
struct err;
struct mailing_setup;
struct reader_language;

#define FORWARD_MOST 5        /* friends at once */
#define FORWARD_NAME_MAX 60   /* characters */
#define FORWARD_WORDS_MAX 500 /* same */

/* What somebody has typed, without control characters and signs that turn the
 * text around them. breaks: lines stay lines, else they become blanks. */
const char *forward_clean(const char *text, bool breaks, struct arena *arena);

struct forward {
	int64_t campaign_id, member_id;
	const char *name;             /* clean, not empty */
	const char *words;            /* of their own, clean; "": none */
	const char *const *addresses; /* at most FORWARD_MOST, valid */
	size_t n;
	const struct reader_language *language;
	const char *client; /* by which they are counted */
	int64_t per_client; /* in an hour; 0: no limit */
};

/* barred: NULL where mails go nowhere. ERR_LIMIT: too often by this reader, or
 * from there. Commits by itself; mails are due at once. db: audience. */
int forward_send(struct db *db, const struct mailing_setup *setup,
		 const struct barred *barred, const struct forward *forward,
		 int64_t now_ms, struct err *err);

#endif
