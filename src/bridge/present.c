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
			 int64_t email, int64_t now_ms, struct err *err)
{
	vec_each (all, a)
		if (a->email_id == email &&
		    bridge_forget_member(tx, a->hash, now_ms, err) < 0)
			return -1;
	return bridge_job_forget(tx, now_ms, err);
}

/* One row of what has changed. */
struct changed {
	int64_t email;
	bool is_erased;
	int64_t person; /* whose member is to be settled; 0: nobody's */
	bool is_marketing;
};
struct changes VEC_FIELDS(struct changed);

static void read_changed(const struct rows *rows, struct arena *arena,
			 void *out)
{
	(void)arena;
	*(struct changed *)out = (struct changed){
		.email = rows_int(rows, 0),
		.is_erased = rows_int(rows, 1) != 0,
		.person = rows_int(rows, 2),
		.is_marketing = rows_int(rows, 3) != 0,
	};
}

static int tell_changed(struct tx *tx, const struct changed *c, int64_t now_ms,
			struct err *err)
{
	if (!c->person)
		return 0;
	return c->is_marketing
		       ? bridge_job_person(tx, c->person, now_ms, err)
		       : bridge_job_left(tx, c->person, c->email, now_ms, err);
}

int present_check(struct tx *tx, const struct written *all, int64_t now_ms,
		  struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT;
	CLEANUP(vec_release) struct changes changes = VEC_INIT;

	if (db_list(tx->db, SQL_PRESENT_CHANGED,
		    SQL_ARGS(sql_keys_of(all, email_id, &buf)), read_changed,
		    NULL, &changes, err) < 0)
		return -1;
	vec_each (&changes, c)
		if ((c->is_erased &&
		     forget_erased(tx, all, c->email, now_ms, err) < 0) ||
		    tell_changed(tx, c, now_ms, err) < 0)
			return -1;
	return 0;
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
