#include "audience/blocked/blocked_address.h"

#include "audience/suppression.h"
#include "base/arena.h"
#include "base/err.h"
#include "sql/blocked.h"
#include "store/db.h"

#include <string.h>

/* --- reading --- */

static void read_found(const struct rows *rows, struct arena *arena, void *out)
{
	struct blocked_address *blocked = out;

	blocked->reason = rows_dup(rows, 0, arena);
	blocked->at_ms = rows_int(rows, 1);
	blocked->by = rows_dup(rows, 2, arena);
}

int blocked_find(struct db *db, const char *folded, struct arena *arena,
		 struct blocked_address *out, struct err *err)
{
	struct blocked_address found = { .address =
						 arena_strdup(arena, folded) };
	char hash[KEYED_HASH_HEX + 1];
	struct suppression_key key;
	int known = suppression_key_load(db, &key, err);

	if (known <= 0)
		return known;
	suppression_hash(&key, folded, hash);
	known = db_get(db, SQL_BLOCKED_FIND, SQL_ARGS(sql_text(hash)),
		       read_found, arena, &found, err);
	if (known > 0)
		*out = found;
	return known;
}

static void read_row(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct blocked_address *)out = (struct blocked_address){
		.address = rows_dup(rows, 0, arena),
		.reason = "manual",
		.at_ms = rows_int(rows, 1),
		.by = rows_dup(rows, 2, arena),
	};
}

int blocked_list(struct db *db, const char *after, int64_t count,
		 struct arena *arena, struct blocked_addresses *out,
		 int64_t *total_out, struct err *err)
{
	if (db_find_int(db, SQL_BLOCKED_COUNT, SQL_NO_ARGS, total_out, err) < 0)
		return -1;
	return db_list(db, SQL_BLOCKED_LIST,
		       SQL_ARGS(sql_text(after), sql_int(count)), read_row,
		       arena, out, err);
}

/* --- changes --- */

int blocked_add(struct tx *tx, const char *folded, const char *by,
		int64_t now_ms, struct err *err)
{
	char hash[KEYED_HASH_HEX + 1];
	struct suppression_key key;
	int added = suppression_add(tx, folded, "manual", now_ms, err);

	if (added < 0 || suppression_key_ensure(tx, &key, err) < 0)
		return -1;
	if (added == 0)
		return err_set(err, ERR_CONFLICT,
			       "this address is blocked already");
	suppression_hash(&key, folded, hash);
	return db_exec(tx, SQL_BLOCKED_ADD,
		       SQL_ARGS(sql_text(hash), sql_text(folded),
				sql_int(now_ms), sql_text(by)),
		       err) < 0
		       ? -1
		       : 0;
}

int blocked_lift(struct tx *tx, const char *folded, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	char hash[KEYED_HASH_HEX + 1];
	struct suppression_key key;
	const char *reason = NULL;
	int lifted;

	if (suppression_key_ensure(tx, &key, err) < 0)
		return -1;
	suppression_hash(&key, folded, hash);
	lifted = db_exec(tx, SQL_BLOCKED_LIFT, SQL_ARGS(sql_text(hash)), err);
	if (lifted < 0 ||
	    db_exec(tx, SQL_BLOCKED_REMOVE, SQL_ARGS(sql_text(hash)), err) < 0)
		return -1;
	if (lifted > 0)
		return 0;
	lifted = suppression_reason(tx->db, folded, arena, &reason, err);
	if (lifted < 0)
		return -1;
	if (lifted == 0)
		return err_set(err, ERR_NOT_FOUND,
			       "this address is not blocked");
	return err_set(err, ERR_CONFLICT,
		       "only whoever has the address can lift this, by "
		       "signing up");
}
