/*
 * crm/user/api_key.h - keys for programs, good for both APIs
 *
 * A key is `<32 hex>-us1`, so that Mailchimp clients take it. It is shown once;
 * the database knows its SHA-256, and its first digits as a hint. One that
 * belongs to a user is worth what the key and the user both may do, at each
 * request; one that belongs to nobody, a program's, outlives who made it.
 */
#ifndef CRM_API_KEY_H
#define CRM_API_KEY_H

#include "base/vec.h"
#include "crm/user/user.h"

#define API_KEY_LENGTH 36 /* 32 + "-us1" */

struct api_key {
	int64_t id;
	const char *name;
	const char *hint; /* its first digits */
	enum user_role role;
	bool may_send;
	int64_t user_id;                         /* 0: belongs to nobody */
	int64_t created_ms, used_ms, revoked_ms; /* 0: never */
};
struct api_keys VEC_FIELDS(struct api_key);

/* Sets key->id, hint and time; key_out is the only place where the key itself
 * is ever told. Administrators' keys may always send. ERR_INVALID with field
 * `name`, `role` or `user_id`. */
int api_key_add(struct tx *tx, struct api_key *key, const struct actor *actor,
		char key_out[API_KEY_LENGTH + 1], struct arena *arena,
		struct err *err);
/* All, by id, also revoked ones; appended, strings live in arena. */
int api_key_list(struct db *db, struct arena *arena, struct api_keys *out,
		 struct err *err);
/* ERR_NOT_FOUND. Twice is fine. */
int api_key_revoke(struct tx *tx, int64_t id, const struct actor *actor,
		   struct err *err);

#endif
