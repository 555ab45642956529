/*
 * The one-time link that makes the first administrator. Called by serve and the
 * set-up page; any thread.
 */
#include "base/arena.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/random.h"
#include "crm/user/user.h"
#include "sql/user.h"
#include "store/store.h"

#include <string.h>

#define SETTING "setup_token" /* SHA-256 of the token */

/* Can somebody sign in who may let others in? 1, 0, -1. */
static int is_taken(struct db *db, struct err *err)
{
	int64_t id;

	return db_find_int(db, SQL_USER_ABLE_ADMINISTRATORS, SQL_NO_ARGS, &id,
			   err);
}

int setup_begin(struct tx *tx, char token_out[SETUP_TOKEN + 1], struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf token = STRBUF_INIT;
	unsigned char bytes[32];
	char hash[SHA256_HEX + 1];
	int taken = is_taken(tx->db, err);

	if (taken != 0)
		return taken < 0 ? -1 : 0;
	random_bytes(bytes, sizeof(bytes));
	base64url_encode((struct str){ (const char *)bytes, sizeof(bytes) },
			 &token);
	BUG_ON(token.len != SETUP_TOKEN);
	memcpy(token_out, token.buf, SETUP_TOKEN + 1);
	sha256_hex(strbuf_str(&token), hash);
	return setting_put(tx, SETTING, hash, err) < 0 ? -1 : 1;
}

int setup_is_open(struct db *db, const char *token, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	char hash[SHA256_HEX + 1];
	const char *stored = NULL;
	int taken = is_taken(db, err);

	if (taken != 0)
		return taken < 0 ? -1 : 0;
	if (setting_find(db, SETTING, arena, &stored, err) < 0)
		return -1;
	if (!token || !stored || strlen(stored) != SHA256_HEX)
		return 0;
	sha256_hex(str_of(token), hash);
	return crypto_equal(hash, stored, SHA256_HEX);
}

int setup_finish(struct tx *tx, const char *token, struct user *user,
		 const char *hash, const struct actor *actor,
		 struct arena *arena, struct err *err)
{
	char token_hash[SHA256_HEX + 1];
	int taken = is_taken(tx->db, err), consumed;

	if (taken < 0)
		return -1;
	sha256_hex(str_of(token), token_hash);
	consumed = taken ? 0
			 : db_exec(tx, SQL_SETUP_CONSUME,
				   SQL_ARGS(sql_text(token_hash)), err);
	if (consumed < 0)
		return -1;
	if (consumed == 0)
		return err_set(err, ERR_DENIED,
			       "this set-up link is used or not the last one");
	user->role = ROLE_ADMINISTRATOR;
	return user_add(tx, user, hash, actor, arena, err);
}
