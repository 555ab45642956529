#include "crm/user/identity.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/err.h"
#include "crm/user/last_use.h"
#include "crm/user/session_private.h"
#include "sql/user.h"

#define NOTE_MS MS_MINUTE

/*
 * What a key may do: never more than the user whom it belongs to may do now.
 * Returns false if that user is disabled or gone.
 */
static bool key_rights(const struct rows *rows, struct identity *out)
{
	enum user_role role = (enum user_role)rows_int(rows, 2);
	bool may_send = rows_int(rows, 3) != 0;

	if (!rows_is_null(rows, 4)) {
		enum user_role of_user = (enum user_role)rows_int(rows, 7);

		if (rows_is_null(rows, 6) || !rows_is_null(rows, 9))
			return false;
		role = of_user > role ? of_user : role; /* 1 may the most */
		may_send = may_send && (of_user == ROLE_ADMINISTRATOR ||
					rows_int(rows, 8) != 0);
	}
	*out = (struct identity){
		.key_id = rows_int(rows, 0),
		.user_id = rows_int(rows, 4),
		.role = role,
		.may_send = may_send || role == ROLE_ADMINISTRATOR,
	};
	return true;
}

/* Of a query whose columns key_rights reads: 1, 0: no such key, or it has no
 * right any more, -1. */
static int take_key(struct rows *rows, struct arena *arena,
		    struct identity *out, struct err *err)
{
	int found = rows_next(rows, err);

	if (found <= 0)
		return found;
	if (!key_rights(rows, out))
		return 0;
	out->name = rows_dup(rows, 1, arena);
	return 1;
}

static int find_key(struct db *db, const struct identity_claim *claim,
		    struct last_use *last, struct arena *arena,
		    struct identity *out, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	char hash[SHA256_HEX + 1];
	int found;

	sha256_hex(str_of(claim->key), hash);
	if (db_query(db, SQL_API_KEY_FIND, SQL_ARGS(sql_text(hash)), &rows,
		     err) < 0)
		return -1;
	found = take_key(rows, arena, out, err);
	if (found > 0 && claim->now_ms - rows_int(rows, 5) > NOTE_MS)
		last_use_key(last, rows_int(rows, 0), claim->now_ms);
	return found;
}

/* A use that is not written yet may have lengthened it. */
static bool has_ended(const struct rows *rows, int64_t unwritten_ms,
		      int64_t now_ms)
{
	return rows_int(rows, 7) <= now_ms &&
	       session_end(rows_int(rows, 2), unwritten_ms) <= now_ms;
}

static int find_session(struct db *db, const struct identity_claim *claim,
			struct last_use *last, struct arena *arena,
			struct identity *out, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	char hash[SHA256_HEX + 1];
	int64_t unwritten_ms;
	int found;

	sha256_hex(str_of(claim->session), hash);
	unwritten_ms = last_use_of_session(last, hash);
	if (db_query(db, SQL_SESSION_FIND,
		     SQL_ARGS(sql_text(hash),
			      sql_int(unwritten_ms ? unwritten_ms
						   : claim->now_ms)),
		     &rows, err) < 0)
		return -1;
	found = rows_next(rows, err);
	if (found <= 0)
		return found;
	if (has_ended(rows, unwritten_ms, claim->now_ms))
		return 0;
	*out = (struct identity){
		.user_id = rows_int(rows, 0),
		.role = (enum user_role)rows_int(rows, 4),
		.may_send = rows_int(rows, 4) == ROLE_ADMINISTRATOR ||
			    rows_int(rows, 5) != 0,
		.by_session = true,
		.csrf = rows_dup(rows, 1, arena),
		.name = rows_dup(rows, 6, arena),
	};
	if (claim->now_ms - rows_int(rows, 3) > NOTE_MS)
		last_use_session(last, hash, rows_int(rows, 2),
				 rows_int(rows, 7), claim->now_ms);
	return 1;
}

int identity_find(struct db *db, const struct identity_claim *claim,
		  struct last_use *last, struct arena *arena,
		  struct identity *out, struct err *err)
{
	if (claim->key)
		return find_key(db, claim, last, arena, out, err);
	if (claim->session)
		return find_session(db, claim, last, arena, out, err);
	return 0;
}

/* --- later --- */

static int find_key_later(struct db *db, int64_t id, struct arena *arena,
			  struct identity *out, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;

	return db_query(db, SQL_API_KEY_RIGHTS, SQL_ARGS(sql_int(id)), &rows,
			err) < 0
		       ? -1
		       : take_key(rows, arena, out, err);
}

static int find_user_later(struct db *db, int64_t id, struct arena *arena,
			   struct identity *out, struct err *err)
{
	struct err why = ERR_INIT;
	struct user user;

	if (user_get(db, id, arena, &user, &why) < 0) {
		if (why.code == ERR_NOT_FOUND)
			return 0;
		*err = why;
		return -1;
	}
	if (user.disabled_ms)
		return 0;
	*out = (struct identity){ .user_id = id,
				  .role = user.role,
				  .may_send = user.may_send,
				  .by_session = true,
				  .name = user.name };
	return 1;
}

int identity_find_later(struct db *db, int64_t user_id, int64_t key_id,
			struct arena *arena, struct identity *out,
			struct err *err)
{
	if (key_id)
		return find_key_later(db, key_id, arena, out, err);
	return user_id ? find_user_later(db, user_id, arena, out, err) : 0;
}

static int user_may_send(struct db *db, int64_t id, struct arena *arena,
			 const char **why_out, struct err *err)
{
	struct err why = ERR_INIT;
	struct user user;

	if (user_get(db, id, arena, &user, &why) < 0) {
		if (why.code != ERR_NOT_FOUND) {
			*err = why;
			return -1;
		}
		*why_out = "the user who ordered it was removed";
		return 0;
	}
	if (user.disabled_ms)
		*why_out = arena_printf(arena, "the user %s is disabled",
					user.name);
	else if (!user.may_send)
		*why_out = arena_printf(
			arena, "the user %s may not send campaigns any more",
			user.name);
	else
		return 1;
	return 0;
}

/* 1, 0: it was revoked, or is gone; *user_out: whose it is. */
static int key_is_good(struct db *db, int64_t id, int64_t *user_out,
		       struct arena *arena, const char **why_out,
		       struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int found;

	if (db_query(db, SQL_API_KEY_OF_ORDER, SQL_ARGS(sql_int(id)), &rows,
		     err) < 0)
		return -1;
	found = rows_next(rows, err);
	if (found > 0 && rows_is_null(rows, 2)) {
		*user_out = rows_int(rows, 1);
		return 1;
	}
	if (found >= 0)
		*why_out = found ? arena_printf(arena, "the key %s was revoked",
						rows_text(rows, 0))
				 : "the key that ordered it is gone";
	return found < 0 ? -1 : 0;
}

int identity_may_send(struct db *db, int64_t user_id, int64_t key_id,
		      struct arena *arena, const char **why_out,
		      struct err *err)
{
	int64_t of_key = 0;
	int may = 1;

	/* first: whose keys were revoked is gone, maybe */
	if (user_id)
		may = user_may_send(db, user_id, arena, why_out, err);
	if (may > 0 && key_id)
		may = key_is_good(db, key_id, &of_key, arena, why_out, err);
	if (may > 0 && of_key && of_key != user_id)
		may = user_may_send(db, of_key, arena, why_out, err);
	return may;
}
