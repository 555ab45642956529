/*
 * crm/user/session.h - signing in with a browser
 *
 * The cookie is a random token; the database knows its hash. A session ends
 * 12 hours after its last use, 30 days after it began, with the user's
 * password, or by signing out. Writes with a session need its csrf token.
 *
 * After 5 failures within 15 minutes for an address from one source (an IP, or
 * the /64 of an IPv6 one), or 50 from a source, signing in is refused
 * (ERR_LIMIT) without looking at the password; subjects are keyed hashes. After
 * 200 for an address, wherever from, it is flooded: one failure of a source is
 * enough then, and 5 of an IPv6 /48, which anybody gets who asks. So whoever
 * guesses keeps out nobody but themselves: who has not failed is served, and a
 * browser in which the user signed in before (crm/user/device.h) has 20
 * failures of its own and is held up by nobody else's. An unknown address costs
 * as much time, and is limited as much, as a wrong password.
 *
 * Of an address, somebody who guesses from n IPv4 addresses (or n /48) gets
 * 200 tries and then 4n (20n) an hour, and no more than the processors can
 * hash: from 1,000 machines 4,000 an hour, of passwords of 10 characters.
 */
#ifndef CRM_SESSION_H
#define CRM_SESSION_H

#include "crm/user/device.h"
#include "crm/user/user.h"

#define SESSION_TOKEN 43 /* characters of base64url */

struct session {
	char token[SESSION_TOKEN + 1];
	char csrf[33];
	char device[DEVICE_MAX + 1]; /* for the browser to keep */
	int64_t expires_ms;
	struct user user;
};

struct sign_in {
	const char *email, *password;
	const char *device; /* what the browser kept; NULL: nothing */
};

/*
 * Opens its own transactions: a failure must be remembered though the caller
 * is told an error. ERR_DENIED: wrong address or password (never which).
 * ERR_LIMIT: *wait_ms says for how long. *out counts only on success; strings
 * of out->user live in arena.
 */
int session_sign_in(struct db *db, const struct sign_in *in,
		    const struct actor *actor, struct arena *arena,
		    struct session *out, int64_t *wait_ms, struct err *err);
/*
 * The user of a session proves once more to be the one: tries count as those to
 * sign in. in->email: the user's. ERR_DENIED: wrong password; ERR_LIMIT as
 * above.
 */
int session_prove(struct db *db, const struct sign_in *in,
		  const struct actor *actor, struct arena *arena,
		  int64_t *wait_ms, struct err *err);
/* For whoever just proved who they are (set-up, command line). *out is good
 * once tx is committed; out->user is a copy of *user. */
int session_open(struct tx *tx, const struct user *user,
		 const struct actor *actor, struct session *out,
		 struct err *err);
/* Signs out. Returns 1, 0 if there is no such session, or -1. */
int session_close(struct tx *tx, const char *token, struct err *err);
/* Removes what is over; each try to sign in does it. */
int session_sweep(struct tx *tx, int64_t now_ms, struct err *err);

#endif
