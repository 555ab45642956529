/*
 * audience/form/signup_limit.h - how often something may be done
 *
 * Sign-ups by client, confirmation mails by address. Counted in the database by
 * keyed hashes, so that all processes count together and no address is kept.
 */
#ifndef AUDIENCE_FORM_SIGNUP_LIMIT_H
#define AUDIENCE_FORM_SIGNUP_LIMIT_H

#include <stdint.h>

struct arena;
struct err;
struct tx;

struct signup_limit {
	int64_t an_hour, a_day; /* at most; 0: no limit */
};

/* 1: it may be done, and is counted; 0: it was done too often; -1. Whoever
 * counts the same waits for the end of tx. */
int signup_limit_take(struct tx *tx, const char *what,
		      const struct signup_limit *limit, int64_t now_ms,
		      struct err *err);

/* What mails to an address are counted by, in arena: with a + people have as
 * many addresses as they like, and one mailbox. */
const char *signup_limit_name(const char *address, struct arena *arena);

#endif
