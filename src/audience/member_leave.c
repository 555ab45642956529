/*
 * How a user or the API has members leave: archived, forgotten. What delivery
 * brings is in member_depart.c.
 */
#include "audience/batch/api_forget.h"
#include "audience/kept/list_history.h"
#include "audience/kept/list_kept.h"
#include "audience/list.h"
#include "audience/member_private.h"
#include "audience/side/side.h"
#include "audience/suppression.h"

#include "base/arena.h"
#include "base/err.h"
#include "sql/member.h"
#include "sql/suppression.h"
#include "store/sqlbuild.h"
#include "store/tally.h"

static int tell_deleted(struct member_run *run, const struct member *m,
			struct err *err)
{
	struct webhook_fact fact = {
		.event = WEBHOOK_UNSUBSCRIBE,
		.action = "delete",
		.reason = "manual",
	};

	if (m->status != MEMBER_SUBSCRIBED)
		return 0;
	return member_tell_fact(run, m, fact, run->actor->now_ms, err);
}

static int write_archived(struct member_run *run, const struct members *members,
			  struct err *err)
{
	CLEANUP(tally_release) struct tally kept = TALLY_INIT;
	struct batch batch;

	batch_begin(run->tx, &batch);
	vec_each (members, m) {
		struct member now = *m;

		now.status = MEMBER_ARCHIVED;
		now.changed_ms = member_change_ms(m, run->actor->now_ms);
		list_kept_change(&kept, m, &now);
		if (member_write(&batch, m, &now, err) < 0)
			return -1;
	}
	if (batch_end(&batch, err) < 0)
		return -1;
	return list_kept_write(&kept, run->tx, err);
}

int members_archive(struct member_run *run, const struct members *members,
		    struct err *err)
{
	if (members->n == 0)
		return 0;
	if (member_run_load(run, err) < 0 ||
	    write_archived(run, members, err) < 0)
		return -1;
	vec_each (members, m)
		if (tell_deleted(run, m, err) < 0)
			return -1;
	return 0;
}

int member_archive(struct tx *tx, const struct list *list, const char *key,
		   const struct member_actor *actor, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(member_run_release)
	struct member_run run = {
		.tx = tx, .list = list, .actor = actor, .arena = arena
	};
	struct member m;

	if (member_get(tx->db, list->id, key, arena, &m, err) < 0)
		return -1;
	if (m.status == MEMBER_ARCHIVED || m.status == MEMBER_PENDING ||
	    m.status == MEMBER_CLEANED)
		return err_title(err, ERR_CONFLICT, "Method Not Allowed",
				 "This list member cannot be removed. Can not "
				 "archive a contact that is bounced, pending "
				 "or archived");
	return members_archive(&run, &(struct members){ .v = &m, .n = 1 }, err);
}

static int remove_address(struct tx *tx, const struct member *m,
			  struct err *err)
{
	struct batch batch;

	batch_begin(tx, &batch);
	if (member_forget_address(&batch, m, err) < 0)
		return -1;
	return batch_end(&batch, err) < 0 ? -1 : 0;
}

/* What hooks were told of it, in forms: there it is called by its address and,
 * whatever that was before, by its id. */
static int forget_told(struct tx *tx, const struct member *m,
		       struct arena *arena, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf address = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf id = STRBUF_INIT;

	strbuf_add_url(&address, str_of(m->address));
	strbuf_tolower(&address);
	strbuf_addf(&id, "id%%5d=%s", m->unique_id); /* id], new_id] */
	return db_exec(tx, SQL_MEMBER_FORGET_JOBS,
		       SQL_ARGS(sql_text(sql_part_pattern(address.buf, arena)),
				sql_text(sql_part_pattern(id.buf, arena))),
		       err);
}

static int forget_rows(struct tx *tx, const struct member *m, int64_t now_ms,
		       struct err *err)
{
	CLEANUP(tally_release) struct tally kept = TALLY_INIT;
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	char hash[KEYED_HASH_HEX + 1];
	struct suppression_key key;

	list_kept_change(&kept, m, NULL);
	list_history_delete(&kept, m, now_ms);
	if (suppression_key_ensure(tx, &key, err) < 0 ||
	    list_kept_write(&kept, tx, err) < 0 ||
	    member_sides_drop(tx, sql_keys_strided(&m->id, 1, 0, &keys), err) <
		    0)
		return -1;
	suppression_hash(&key, m->address, hash);
	if (db_exec(tx, SQL_MEMBER_FORGET_MAILS, SQL_ARGS(sql_text(m->address)),
		    err) < 0 ||
	    db_exec(tx, SQL_FORGOTTEN_ADD,
		    SQL_ARGS(sql_int(m->list_id), sql_text(hash),
			     sql_int(now_ms)),
		    err) < 0 ||
	    remove_address(tx, m, err) < 0 ||
	    db_exec(tx, SQL_MEMBER_UNTAG_ALL, SQL_ARGS(sql_int(m->id)), err) <
		    0 ||
	    db_exec(tx, SQL_MEMBER_FORGET,
		    SQL_ARGS(sql_text(hash), sql_text(hash), sql_int(now_ms),
			     sql_int(m->id)),
		    err) < 0)
		return -1;
	return suppression_add(tx, m->address, "erasure", now_ms, err) < 0 ? -1
									   : 0;
}

int member_forget(struct tx *tx, const struct list *list, const char *key,
		  const struct member_actor *actor, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(member_run_release)
	struct member_run run = {
		.tx = tx, .list = list, .actor = actor, .arena = arena
	};
	struct member m;

	if (member_get(tx->db, list->id, key, arena, &m, err) < 0 ||
	    member_run_load(&run, err) < 0 ||
	    forget_told(tx, &m, arena, err) < 0 ||
	    api_forget_enqueue(tx, m.address, actor->now_ms, err) < 0 ||
	    tell_deleted(&run, &m, err) < 0)
		return -1;
	return forget_rows(tx, &m, actor->now_ms, err);
}

int members_drop(struct tx *tx, const struct ids *ids, struct err *err)
{
	static const struct sql *const queries[] = { SQL_MEMBER_DROP_TAGS,
						     SQL_MEMBER_DROP_CLEANED,
						     SQL_MEMBER_DROP,
						     SQL_MEMBER_DROP_EMPTY };
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(vec_release) struct members members = VEC_INIT;
	CLEANUP(tally_release) struct tally kept = TALLY_INIT;
	struct sql_value of = sql_keys(ids, &keys);
	struct batch batch;

	if (member_list_by_ids(tx->db, of, arena, &members, err) < 0)
		return -1;
	batch_begin(tx, &batch);
	vec_each (&members, m) {
		list_kept_change(&kept, m, NULL);
		list_history_undo(&kept, m);
		if (member_forget_address(&batch, m, err) < 0)
			return -1;
	}
	if (batch_end(&batch, err) < 0 || list_kept_write(&kept, tx, err) < 0 ||
	    member_sides_drop(tx, of, err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(queries); i++)
		if (db_exec(tx, queries[i], SQL_ARGS(of), err) < 0)
			return -1;
	return 0;
}
