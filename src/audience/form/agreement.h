/*
 * audience/form/agreement.h - what who signed up agreed to: when, by which
 * form, in what words, and from where
 *
 * Whoever sends has to be able to show it (GDPR, article 7). So it is a row of
 * its own, which later changes of the member leave as it is; who unsubscribes
 * keeps it, since what was sent until then was sent with it. It goes with the
 * member. What is asked for and never confirmed goes with its link
 * (SIGNUP_DAYS). Each text is stored once, however many were shown it.
 * See docs/decisions/0080-proof-of-consent.md.
 */
#ifndef AUDIENCE_FORM_AGREEMENT_H
#define AUDIENCE_FORM_AGREEMENT_H

#include "base/vec.h"

#include <stdint.h>

struct arena;
struct db;
struct err;
struct sql_value;
struct tx;

struct agreement {
	int64_t member_id;
	const char *form; /* its name then; "": a program asked them */
	const char
		*text; /* what they were shown; NULL: nothing, or not known */
	int64_t asked_ms;     /* signed up */
	const char *asked_ip; /* "": not known */
	int64_t agreed_ms; /* the same if they were not asked to confirm; else
			      when they did; 0: not yet */
	const char *agreed_ip;
	const char *email_hash; /* of agreement_of_addresses only */
};
struct agreements VEC_FIELDS(struct agreement);

/* Somebody signed up; with agreed_ms it holds at once. text "": none. */
int agreement_ask(struct tx *tx, const struct agreement *a, struct err *err);
/* Of what was asked for at asked_ms, by whomever: it holds from now on. */
int agreement_confirm(struct tx *tx, int64_t member_id, int64_t asked_ms,
		      int64_t now_ms, const char *ip, struct err *err);

/* Those that hold, of these members (a JSON array of ids), by member, the
 * newest first. Appended; strings live in arena. */
int agreement_list(struct db *db, struct sql_value members, struct arena *arena,
		   struct agreements *out, struct err *err);
/* The newest of each of these addresses that is subscribed to that list, sorted
 * by email_hash. hashes: a JSON array. */
int agreement_of_addresses(struct db *db, int64_t list_id,
			   struct sql_value hashes, struct arena *arena,
			   struct agreements *out, struct err *err);

#endif
