#include "delivery/lease.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/still.h"
#include "store/db.h"

#include "sql/delivery_lease.h"

int lease_take(struct tx *tx, const char *name, const char *owner,
	       int64_t until_ms, int64_t dead_ms, struct err *err)
{
	int changed = db_exec(tx, SQL_DELIVERY_LEASE_TAKE,
			      SQL_ARGS(sql_text(name), sql_text(owner),
				       sql_int(until_ms), sql_int(dead_ms)),
			      err);

	return changed < 0 ? err_prefix(err, "lease %s", name) : changed > 0;
}

int lease_look(struct db *db, const char *name, const char *owner,
	       int64_t *until_ms, struct err *err)
{
	*until_ms = 0;
	return db_find_int(db, SQL_DELIVERY_LEASE_LOOK,
			   SQL_ARGS(sql_text(name), sql_text(owner)), until_ms,
			   err) < 0
		       ? -1
		       : 0;
}

int lease_check(struct tx *tx, const char *name, const char *owner,
		struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int found;

	if (db_query(tx->db, SQL_DELIVERY_LEASE_CHECK, SQL_ARGS(sql_text(name)),
		     &rows, err) < 0)
		return -1;
	found = rows_next(rows, err);
	if (found <= 0)
		return found;
	return str_is(rows_str(rows, 0), owner);
}

int lease_begin(struct db *db, const char *name, const char *owner,
		struct tx *out, struct err *err)
{
	if (tx_begin(db, out, err) < 0)
		return -1;
	return lease_check(out, name, owner, err);
}

int lease_drop(struct tx *tx, const char *name, const char *owner,
	       struct err *err)
{
	return db_exec(tx, SQL_DELIVERY_LEASE_DROP,
		       SQL_ARGS(sql_text(name), sql_text(owner)), err);
}

int lease_set_life(struct tx *tx, const char *name, const char *owner,
		   const char *life, struct err *err)
{
	return db_exec(
		tx, SQL_DELIVERY_LEASE_LIVE,
		SQL_ARGS(sql_text(life), sql_text(name), sql_text(owner)), err);
}

int lease_is_torn(struct db *db, const char *name, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const char *then = NULL, *now;

	if (db_find_text(db, SQL_DELIVERY_LEASE_LIFE, SQL_ARGS(sql_text(name)),
			 arena, &then, err) < 0)
		return -1;
	if (!then)
		return 0;
	return db_life(db, arena, &now, err) < 0 ? -1 : strcmp(then, now) != 0;
}

int lease_expire_own(struct tx *tx, const char *instance, const char *owner,
		     struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const char *prefix = arena_printf(arena, "%s/", instance);

	/* counted in bytes by us, in characters by the database */
	for (const char *p = instance; *p; p++)
		if ((unsigned char)*p > 0x7e)
			return err_set(err, ERR_INVALID,
				       "the name of an instance is ASCII");
	return db_exec(tx, SQL_DELIVERY_LEASE_EXPIRE_OWN,
		       SQL_ARGS(sql_int((int64_t)strlen(prefix)),
				sql_text(prefix), sql_text(owner)),
		       err);
}

int lease_list_dead(struct db *db, struct still *others, int64_t now_us,
		    struct arena *arena, struct texts *out, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (db_query(db, SQL_DELIVERY_LEASE_SENDERS, SQL_NO_ARGS, &rows, err) <
	    0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		const char *owner = rows_dup(rows, 0, arena);
		int64_t until_ms = rows_int(rows, 1);

		if (until_ms == 0 ||
		    (others && still_for(others, owner, until_ms, now_us) >
				       LEASE_MS * 1000))
			vec_push(out, owner);
	}
	return more;
}
