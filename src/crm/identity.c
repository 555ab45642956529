#include "crm/identity.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/err.h"
#include "crm/session_private.h"
#include "sql/user.h"

#define TOUCH_MS MS_MINUTE

/* Says that it was used. That it cannot be said keeps nobody out. */
static void touch(struct db *db, const struct sql *sql, struct sql_args args)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err ignored = ERR_INIT;

	if (tx_begin(db, &tx, &ignored) < 0 ||
	    db_exec(&tx, sql, args, &ignored) < 0)
		return;
	(void)tx_commit(&tx, &ignored);
}

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
		.user_id = rows_int(rows, 4),
		.role = role,
		.may_send = may_send || role == ROLE_ADMINISTRATOR,
	};
	return true;
}

static int find_key(struct db *db, const char *key, int64_t now_ms,
		    struct arena *arena, struct identity *out, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	char hash[SHA256_HEX + 1];
	int64_t id, used_ms;
	int found;

	sha256_hex(str_of(key), hash);
	if (db_query(db, SQL_API_KEY_FIND, SQL_ARGS(sql_text(hash)), &rows,
		     err) < 0)
		return -1;
	found = rows_next(rows, err);
	if (found <= 0)
		return found;
	if (!key_rights(rows, out))
		return 0;
	id = rows_int(rows, 0);
	used_ms = rows_int(rows, 5);
	out->name = rows_dup(rows, 1, arena);
	rows_free(&rows);
	if (now_ms - used_ms > TOUCH_MS)
		touch(db, SQL_API_KEY_USE,
		      SQL_ARGS(sql_int(now_ms), sql_int(id)));
	return 1;
}

static int find_session(struct db *db, const char *token, int64_t now_ms,
			struct arena *arena, struct identity *out,
			struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	char hash[SHA256_HEX + 1];
	int64_t created_ms, used_ms;
	int found;

	sha256_hex(str_of(token), hash);
	if (db_query(db, SQL_SESSION_FIND,
		     SQL_ARGS(sql_text(hash), sql_int(now_ms)), &rows, err) < 0)
		return -1;
	found = rows_next(rows, err);
	if (found <= 0)
		return found;
	created_ms = rows_int(rows, 2);
	used_ms = rows_int(rows, 3);
	*out = (struct identity){
		.user_id = rows_int(rows, 0),
		.role = (enum user_role)rows_int(rows, 4),
		.may_send = rows_int(rows, 4) == ROLE_ADMINISTRATOR ||
			    rows_int(rows, 5) != 0,
		.by_session = true,
		.csrf = rows_dup(rows, 1, arena),
		.name = rows_dup(rows, 6, arena),
	};
	rows_free(&rows);
	if (now_ms - used_ms > TOUCH_MS)
		touch(db, SQL_SESSION_USE,
		      SQL_ARGS(sql_int(now_ms),
			       sql_int(session_end(created_ms, now_ms)),
			       sql_text(hash)));
	return 1;
}

int identity_find(struct db *db, const char *key, const char *session,
		  int64_t now_ms, struct arena *arena, struct identity *out,
		  struct err *err)
{
	if (key)
		return find_key(db, key, now_ms, arena, out, err);
	if (session)
		return find_session(db, session, now_ms, arena, out, err);
	return 0;
}
