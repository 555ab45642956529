/*
 * Members whose owner was erased: deleted for good, wherever they are by now.
 * The job bridge-forget does it, and each sync what is left of it.
 */
#include "bridge/bridge_private.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "crm/bridge_job.h"

#include "sql/bridge.h"

/* So long after the audience said that there is no such member, it is asked
 * again: a call that subscribes it may have been under way. */
#define GONE_AFTER_MS MS_HOUR

struct to_forget {
	const char *hash, *contact_id;
	const char *strayed_contact_id;
	int64_t gone_ms; /* since when there is none; 0: not known */
};
struct to_forget_list VEC_FIELDS(struct to_forget);

static void read_to_forget(const struct rows *rows, struct arena *arena,
			   void *out)
{
	*(struct to_forget *)out = (struct to_forget){
		.hash = rows_dup(rows, 0, arena),
		.contact_id = rows_dup(rows, 1, arena),
		.gone_ms = rows_int(rows, 2),
		.strayed_contact_id = rows_dup(rows, 3, arena),
	};
}

/* 1, or 0: there is no such member. */
static int delete_for_good(struct work *w, const char *hash, struct err *err)
{
	struct err why = ERR_INIT;

	if (mc_call(w->client, "POST",
		    list_path(w, "/members/%s/actions/delete-permanent", hash),
		    NULL, NULL, &why) == 0)
		return 1;
	if (why.code == ERR_NOT_FOUND)
		return 0;
	*err = why;
	return -1;
}

/* The contact may have another address there, as the mirror tells. */
static int find_elsewhere(struct work *w, const struct to_forget *m,
			  const char **out, struct err *err)
{
	if (mirror_follow(w, err) < 0)
		return -1;
	return db_find_text(w->db, SQL_BRIDGE_MEMBER_ELSEWHERE,
			    SQL_ARGS(sql_text(m->contact_id),
				     sql_text(m->strayed_contact_id),
				     sql_text(m->hash)),
			    w->arena, out, err);
}

/* One row of the mirror, and a line of the journal (NULL: none). */
static int note_forget(struct work *w, const struct sql *sql, const char *hash,
		       const char *kind, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(w->db, &tx, err) < 0 ||
	    db_exec(&tx, sql, SQL_ARGS(sql_int(clock_now_ms()), sql_text(hash)),
		    err) < 0 ||
	    (kind && journal(&tx, w, kind, 0, NULL, err) < 0))
		return -1;
	return tx_commit(&tx, err);
}

static int forget_elsewhere(struct work *w, const char *hash, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(w->db, &tx, err) < 0 ||
	    bridge_forget_member(&tx, hash, w->actor.now_ms, err) < 0 ||
	    bridge_job_forget(&tx, w->actor.now_ms, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* What is not there is looked for once more, later. */
static int forget(struct work *w, const struct to_forget *m, struct err *err)
{
	const char *elsewhere = NULL;
	int deleted = delete_for_good(w, m->hash, err);
	bool is_gone =
		m->gone_ms > 0 && clock_now_ms() - m->gone_ms >= GONE_AFTER_MS;

	if (((deleted == 0 && m->contact_id) || m->strayed_contact_id) &&
	    find_elsewhere(w, m, &elsewhere, err) < 0)
		return -1;
	if (deleted < 0 ||
	    (elsewhere && forget_elsewhere(w, elsewhere, err) < 0))
		return -1;
	if (deleted == 0 && !is_gone)
		return note_forget(w, SQL_BRIDGE_MEMBER_MISSING, m->hash, NULL,
				   err);
	return note_forget(w, SQL_BRIDGE_MEMBER_FORGOTTEN, m->hash, "forget",
			   err);
}

int members_forget(struct work *w, struct err *err)
{
	CLEANUP(vec_release) struct to_forget_list list = VEC_INIT;
	struct err refused = ERR_INIT;

	if (db_list(w->db, SQL_BRIDGE_MEMBER_TO_FORGET, SQL_NO_ARGS,
		    read_to_forget, w->arena, &list, err) < 0)
		return -1;
	vec_each (&list, m) {
		struct err why = ERR_INIT;

		if (forget(w, m, &why) == 0)
			continue;
		if (is_passing(&why)) {
			*err = why;
			return -1;
		}
		refused = why; /* stops none of the others */
	}
	*err = refused;
	return refused.code == ERR_NONE ? 0 : -1;
}

/* An earlier version left the hashes in the job. */
static int take_over(struct job_run *run, struct err *err)
{
	CLEANUP(json_free) json_t *payload = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	json_t *hash;
	size_t i;

	if (json_parse(str_of(run->job->payload), &payload, err) < 0)
		return -1;
	if (!json_object_get(payload, "email_hashes"))
		return 0;
	if (tx_begin(run->db, &tx, err) < 0)
		return -1;
	json_array_foreach (json_object_get(payload, "email_hashes"), i, hash)
		if (bridge_forget_member(&tx, json_string_value(hash),
					 clock_now_ms(), err) < 0)
			return -1;
	if (bridge_job_scrub(&tx, run->job->id, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* A key that is refused now is mended, and a sync goes on in any case. */
int job_forget(struct job_run *run, struct err *err)
{
	CLEANUP(work_release) struct work w = { 0 };

	if (take_over(run, err) == 0 && work_begin(run, &w, err) == 0 &&
	    members_forget(&w, err) == 0)
		return 0;
	if (err->code == ERR_DENIED)
		err->code = ERR_RETRY;
	return -1;
}
