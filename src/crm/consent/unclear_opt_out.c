#include "crm/consent/unclear_opt_out.h"

#include "base/arena.h"
#include "base/email.h"
#include "base/err.h"
#include "base/json.h"
#include "crm/consent/kept_opt_out.h"
#include "sql/unclear_opt_out.h"

#include <string.h>

#define SETTLE_AT_ONCE 200

int unclear_opt_outs_add(struct tx *tx, int64_t import_id, int64_t row_number,
			 struct str text, int64_t now_ms, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct email email;
	int added, n = 0;
	size_t at = 0;

	while (email_next(text, &at, arena, &email)) {
		added = db_exec(tx, SQL_UNCLEAR_OPT_OUT_ADD,
				SQL_ARGS(sql_int(import_id),
					 sql_text(email.hash),
					 sql_text(email.address),
					 sql_int(row_number), sql_int(now_ms)),
				err);
		if (added < 0)
			return -1;
		n += added;
	}
	return n;
}

/* --- reading --- */

int unclear_opt_out_find(struct db *db, const char *hash, int64_t *since_ms,
			 struct err *err)
{
	return db_find_int(db, SQL_UNCLEAR_OPT_OUT_FIND,
			   SQL_ARGS(sql_text(hash)), since_ms, err);
}

int unclear_opt_outs_format(struct db *db, int64_t import_id, int64_t limit,
			    struct json_writer *w, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (db_query(db, SQL_UNCLEAR_OPT_OUT_LIST,
		     SQL_ARGS(sql_int(import_id), sql_int(limit)), &rows,
		     err) < 0)
		return -1;
	json_begin_array(w);
	while ((more = rows_next(rows, err)) > 0) {
		json_begin_object(w);
		json_key_int(w, "row", rows_int(rows, 0));
		json_key_text(w, "address", rows_text(rows, 1));
		json_end_object(w);
	}
	json_end_array(w);
	return more;
}

/* --- settling --- */

static int settle_one(struct tx *tx, int64_t import_id, const char *address,
		      bool opt_out, const struct actor *actor,
		      struct arena *arena, struct err *err)
{
	struct consent consent = {
		.state = CONSENT_OPTED_OUT,
		.source = actor->user_id ? CONSENT_BY_USER : CONSENT_BY_API,
		.reason = "an unclear row of an import",
	};
	struct email email;

	if (email_parse(address, arena, &email, err) < 0)
		return -1;
	if (opt_out &&
	    kept_opt_out_by_address(tx, &email, &consent, 0, actor, err) < 0)
		return -1;
	return db_exec(tx, SQL_UNCLEAR_OPT_OUT_REMOVE,
		       SQL_ARGS(sql_int(import_id), sql_text(email.hash)), err);
}

int unclear_opt_outs_settle(struct tx *tx, int64_t import_id, bool opt_out,
			    const struct actor *actor, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct texts addresses = VEC_INIT;

	if (db_list_texts(tx->db, SQL_UNCLEAR_OPT_OUT_PAGE,
			  SQL_ARGS(sql_int(import_id), sql_int(SETTLE_AT_ONCE)),
			  arena, &addresses, err) < 0)
		return -1;
	vec_each (&addresses, address) {
		if (settle_one(tx, import_id, *address, opt_out, actor, arena,
			       err) < 0)
			return -1;
	}
	return (int)addresses.n;
}
