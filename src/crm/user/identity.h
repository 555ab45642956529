/*
 * crm/user/identity.h - whom a key or a session stands for
 *
 * http/auth asks through a callback of app/, which copies this to its struct
 * caller (the same members): crm knows no HTTP.
 */
#ifndef CRM_IDENTITY_H
#define CRM_IDENTITY_H

#include "crm/user/user.h"
#include "store/db.h"

struct arena;
struct last_use;

struct identity {
	int64_t user_id;     /* 0: a key that belongs to nobody */
	int64_t key_id;      /* 0: by no key */
	enum user_role role; /* 0: none */
	bool may_send;
	bool by_session;
	const char *csrf; /* of a session */
	const char *name; /* of the user, or of the key */
};

struct identity_claim {
	const char *key, *session; /* as they came; or both NULL */
	int64_t now_ms;
};

/*
 * Strings of *out live in arena. Returns 1, 0 if the claim is worth nothing
 * (unknown, revoked, expired, a disabled user), -1. Writes nothing: that it was
 * used, which lengthens a session, is noted in last.
 */
int identity_find(struct db *db, const struct identity_claim *claim,
		  struct last_use *last, struct arena *arena,
		  struct identity *out, struct err *err);

/*
 * Whom those ids, of an identity that asked for something earlier, stand for
 * now. key_id 0: it was a session of that user's, and *out is as of one.
 * Returns as identity_find.
 */
int identity_find_later(struct db *db, int64_t user_id, int64_t key_id,
			struct arena *arena, struct identity *out,
			struct err *err);

/*
 * May who ordered something send campaigns now? key_id 0: it was not by a key;
 * both 0: nobody knows who it was, so that it may. 1, 0: *why_out says why not
 * (in arena), -1.
 */
int identity_may_send(struct db *db, int64_t user_id, int64_t key_id,
		      struct arena *arena, const char **why_out,
		      struct err *err);

#endif
