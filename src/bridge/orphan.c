/*
 * Members that the bridge subscribed and nobody in the CRM has any more. Called
 * by the reconcile and by jobs of people who were deleted.
 */
#include "bridge/bridge_private.h"

#include "base/arena.h"
#include "base/err.h"
#include "crm/address.h"
#include "crm/bridge_job.h"

#include "sql/bridge.h"

/* Somebody who had the address has another now: their member is that. */
static void read_last_owner(const struct rows *rows, struct arena *arena,
			    void *out)
{
	(void)arena;
	*(struct last_owner *)out = (struct last_owner){
		.email_id = rows_int(rows, 0),
		.person_id = rows_int(rows, 1),
		.has_address = rows_int(rows, 2) != 0,
	};
}

int last_owner_find(struct db *db, const char *hash, struct last_owner *out,
		    struct err *err)
{
	return db_get(db, SQL_PERSON_LAST_OF, SQL_ARGS(sql_text(hash)),
		      read_last_owner, NULL, out, err);
}

/* Somebody who had the address has another now: their member is that. */
static int leave_to_owner(struct work *w, const char *hash, int64_t *person_id,
			  struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct last_owner last;
	int found = last_owner_find(w->db, hash, &last, err);

	if (found <= 0 || !last.has_address)
		return found < 0 ? -1 : 0;
	*person_id = last.person_id;
	if (tx_begin(w->db, &tx, err) < 0 ||
	    bridge_job_left(&tx, last.person_id, last.email_id, w->actor.now_ms,
			    err) < 0)
		return -1;
	return tx_commit(&tx, err) < 0 ? -1 : 1;
}

int orphan_settle(struct work *w, const char *hash, struct err *err)
{
	CLEANUP(json_free) json_t *member = NULL;
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	struct mirrored m = { 0 };
	int64_t person_id;
	int found;

	if (address_find_records(w->db, ENTITY_PERSON, hash, &ids, err) < 0)
		return -1;
	if (ids.n > 0)
		return 0; /* somebody has it again */
	found = member_read(w, hash, &member, err);
	if (found < 0 || (found == 0 && mirror_follow(w, err) < 0) ||
	    mirror_find(w->db, hash, w->arena, &m, err) < 0)
		return -1;
	if (found && mirrored_is_gone(&m))
		return 0;
	if (m.archived_ms && member_status(member) == MIRROR_ARCHIVED)
		return member_last_word(w, hash, 0, err) < 0 ? -1 : 0;
	if (found == 0 || member_status(member) != MIRROR_SUBSCRIBED ||
	    !was_added_by_program(member))
		return member_let_go(w, hash, member, err);
	found = leave_to_owner(w, hash, &person_id, err);
	if (found < 0)
		return -1;
	return found ? person_settle(w, person_id, err)
		     : archive_member(w, hash, 0, err);
}
