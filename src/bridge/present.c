/*
 * The present of addresses for which something was written just now: who has
 * changed meanwhile gets a job. Called in the transaction that stores what was
 * done, by whichever job did it.
 */
#include "bridge/bridge_private.h"

#include "base/err.h"
#include "crm/bridge_job.h"

#include "sql/bridge.h"

static int forget_erased(struct tx *tx, const struct written *all,
			 struct sql_value keys, int64_t now_ms, struct err *err)
{
	CLEANUP(vec_release) struct ids erased = VEC_INIT;

	if (db_list_ids(tx->db, SQL_PRESENT_ERASED, SQL_ARGS(keys), &erased,
			err) < 0)
		return -1;
	vec_each (&erased, id)
		vec_each (all, a)
			if (a->email_id == *id &&
			    bridge_forget_member(tx, a->hash, now_ms, err) < 0)
				return -1;
	return erased.n ? bridge_job_forget(tx, now_ms, err) : 0;
}

static int tell_changed(struct tx *tx, struct sql_value keys, int64_t now_ms,
			struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (db_query(tx->db, SQL_PRESENT_CHANGED, SQL_ARGS(keys), &rows, err) <
	    0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		int64_t email = rows_int(rows, 0), person = rows_int(rows, 1);

		if ((rows_int(rows, 2)
			     ? bridge_job_person(tx, person, now_ms, err)
			     : bridge_job_left(tx, person, email, now_ms,
					       err)) < 0)
			return -1;
	}
	return more;
}

int present_check(struct tx *tx, const struct written *all, int64_t now_ms,
		  struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT;
	struct sql_value keys = sql_keys_of(all, email_id, &buf);

	if (forget_erased(tx, all, keys, now_ms, err) < 0)
		return -1;
	return tell_changed(tx, keys, now_ms, err);
}

int opted_out_tell(struct tx *tx, const char *hash, int64_t now_ms,
		   struct err *err)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;

	if (db_list_ids(tx->db, SQL_PERSON_OPTED_OUT, SQL_ARGS(sql_text(hash)),
			&ids, err) < 0)
		return -1;
	vec_each (&ids, id)
		if (bridge_job_person(tx, *id, now_ms, err) < 0)
			return -1;
	return 0;
}
