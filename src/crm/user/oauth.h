/*
 * crm/user/oauth.h - programs of others that users let in (RFC 6749, the
 * authorisation code flow)
 *
 * An administrator makes the program known: its name, and the one address that
 * browsers are sent back to. A user who lets it in sends it a code, which it
 * exchanges, with its secret, for a key of that user (crm/user/api_key.h): that
 * is the access token, worth what the user may do, and revoked like any key.
 * Secrets and codes are told once; the database knows their SHA-256.
 */
#ifndef CRM_OAUTH_H
#define CRM_OAUTH_H

#include "base/vec.h"
#include "crm/user/api_key.h"

#define OAUTH_CLIENT_HEX 20
#define OAUTH_SECRET_HEX 48
#define OAUTH_CODE_HEX 48
#define OAUTH_CODE_MS (10 * INT64_C(60000)) /* RFC 6749, 4.1.2 */

struct oauth_app {
	int64_t id;
	const char *client_id;
	const char *name;
	const char *redirect_uri;
	int64_t created_ms;
	int64_t users; /* keys that it was given and has */
};
struct oauth_apps VEC_FIELDS(struct oauth_app);

/* Sets id, client_id and time. ERR_INVALID with the field: https, or http to
 * this machine, and no fragment (RFC 6749, 3.1.2). */
int oauth_app_add(struct tx *tx, struct oauth_app *app,
		  const struct actor *actor,
		  char secret_out[OAUTH_SECRET_HEX + 1], struct arena *arena,
		  struct err *err);
/* All, by id; appended, strings live in arena. */
int oauth_app_list(struct db *db, struct arena *arena, struct oauth_apps *out,
		   struct err *err);
/* Addresses of the users who have let it in; appended, in arena. */
int oauth_app_users(struct db *db, int64_t id, struct arena *arena,
		    struct texts *out, struct err *err);
/* 1, 0, -1. */
int oauth_app_find(struct db *db, const char *client_id, struct arena *arena,
		   struct oauth_app *out, struct err *err);
/* With all keys that it was given. ERR_NOT_FOUND. */
int oauth_app_remove(struct tx *tx, int64_t id, const struct actor *actor,
		     struct err *err);

/* The user of actor lets it in. */
int oauth_code_make(struct tx *tx, int64_t app_id, const struct actor *actor,
		    char code_out[OAUTH_CODE_HEX + 1], struct err *err);

struct oauth_exchange {
	const char *client_id, *secret, *code;
	const char *redirect_uri; /* NULL: not given */
};
/*
 * A code for a key, once. 1, or 0: *error_out is the error of RFC 6749, 5.2;
 * the transaction is committed in any case, since the code is taken. -1.
 */
int oauth_exchange(struct tx *tx, const struct oauth_exchange *in,
		   int64_t now_ms, char key_out[API_KEY_LENGTH + 1],
		   const char **error_out, struct arena *arena,
		   struct err *err);

#endif
