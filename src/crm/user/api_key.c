#include "crm/user/api_key.h"

#include "base/arena.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/random.h"
#include "base/utf8.h"
#include "crm/audit.h"
#include "sql/user.h"

#include <string.h>

#define NAME_MAX_BYTES 200
#define HINT 4
#define SUFFIX "-us1"

static int check_key(struct db *db, const struct api_key *key,
		     struct arena *arena, struct err *err)
{
	struct user user;

	if (utf8_is_blank(key->name))
		return err_field(err, "name", "a key needs a name");
	if (strlen(key->name) > NAME_MAX_BYTES ||
	    !utf8_is_valid(str_of(key->name)))
		return err_field(err, "name", "at most %d bytes of UTF-8",
				 NAME_MAX_BYTES);
	if (key->role < ROLE_ADMINISTRATOR || key->role > ROLE_USER)
		return err_field(err, "role",
				 "not one of administrator, manager, user");
	if (key->user_id && user_get(db, key->user_id, arena, &user, err) < 0)
		return err->code == ERR_NOT_FOUND
			       ? err_field(err, "user_id", "no such user")
			       : -1;
	return 0;
}

int api_key_add(struct tx *tx, struct api_key *key, const struct actor *actor,
		char key_out[API_KEY_LENGTH + 1], struct arena *arena,
		struct err *err)
{
	char hash[SHA256_HEX + 1];

	if (check_key(tx->db, key, arena, err) < 0)
		return -1;
	random_hex(key_out, 32);
	memcpy(key_out + 32, SUFFIX, sizeof(SUFFIX));
	sha256_hex(str_of(key_out), hash);
	key->may_send = key->may_send || key->role == ROLE_ADMINISTRATOR;
	key->hint = arena_strndup(arena, key_out, HINT);
	key->created_ms = actor->now_ms;
	if (db_find_int(tx->db, SQL_API_KEY_ADD,
			SQL_ARGS(sql_text(key->name), sql_text(hash),
				 sql_text(key->hint), sql_int(key->role),
				 sql_int(key->may_send),
				 sql_id_or_null(key->user_id),
				 sql_int(key->created_ms)),
			&key->id, err) < 0)
		return -1;
	return audit_add(tx, actor, "key.add", (enum entity)0, key->id, NULL,
			 err);
}

static void read_key(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct api_key *)out = (struct api_key){
		.id = rows_int(rows, 0),
		.name = rows_dup(rows, 1, arena),
		.hint = rows_dup(rows, 2, arena),
		.role = (enum user_role)rows_int(rows, 3),
		.may_send = rows_int(rows, 4) != 0,
		.user_id = rows_int(rows, 5),
		.created_ms = rows_int(rows, 6),
		.used_ms = rows_int(rows, 7),
		.revoked_ms = rows_int(rows, 8),
	};
}

int api_key_list(struct db *db, struct arena *arena, struct api_keys *out,
		 struct err *err)
{
	return db_list(db, SQL_API_KEY_LIST, SQL_NO_ARGS, read_key, arena, out,
		       err);
}

int api_key_revoke(struct tx *tx, int64_t id, const struct actor *actor,
		   struct err *err)
{
	int64_t one;
	int changed =
		db_exec(tx, SQL_API_KEY_REVOKE,
			SQL_ARGS(sql_int(actor->now_ms), sql_int(id)), err);

	if (changed < 0)
		return -1;
	if (changed > 0)
		return audit_add(tx, actor, "key.revoke", (enum entity)0, id,
				 NULL, err);
	changed = db_find_int(tx->db, SQL_API_KEY_EXISTS, SQL_ARGS(sql_int(id)),
			      &one, err);
	if (changed == 0)
		return err_set(err, ERR_NOT_FOUND, "there is no key %lld",
			       (long long)id);
	return changed < 0 ? -1 : 0;
}
