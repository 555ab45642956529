/*
 * crm/identity.h - whom a key or a session stands for
 *
 * http/auth asks through a callback of app/, which copies this to its struct
 * caller (the same members): crm knows no HTTP.
 */
#ifndef CRM_IDENTITY_H
#define CRM_IDENTITY_H

#include "crm/user.h"
#include "store/db.h"

struct identity {
	int64_t user_id;     /* 0: a key that belongs to nobody */
	enum user_role role; /* 0: none */
	bool may_send;
	bool by_session;
	const char *csrf; /* of a session */
	const char *name; /* of the user, or of the key */
};

/*
 * key or session (or both NULL) as they came; strings of *out live in arena.
 * Returns 1, 0 if they are worth nothing (unknown, revoked, expired, a disabled
 * user), -1. Lengthens a session that is used; that write is at most one a
 * minute and session, and its failure does not keep anybody out.
 */
int identity_find(struct db *db, const char *key, const char *session,
		  int64_t now_ms, struct arena *arena, struct identity *out,
		  struct err *err);

#endif
