/*
 * How members leave: archived, forgotten, unsubscribed by themselves or by a
 * complaint, cleaned after bounces.
 */
#include "audience/list.h"
#include "audience/member_private.h"
#include "audience/suppression.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "sql/member.h"
#include "sql/member_restore.h"
#include "sql/suppression.h"

#include <stdlib.h>
#include <string.h>

static int load_run(struct member_run *run, struct err *err)
{
	vec_reset(&run->defs);
	vec_reset(&run->listeners);
	if (merge_field_list(run->tx->db, run->list->id, run->arena, &run->defs,
			     err) < 0)
		return -1;
	return webhook_listeners(run->tx->db, run->list->id, run->actor->source,
				 run->arena, &run->listeners, err);
}

static void release_run(struct member_run *run)
{
	merge_defs_release(&run->defs);
	webhooks_release(&run->listeners);
}

static int update_one(struct tx *tx, const struct member *old,
		      const struct member *now, struct err *err)
{
	struct batch batch;

	batch_begin(tx, &batch);
	if (member_write(&batch, old, now, err) < 0)
		return -1;
	return batch_end(&batch, err) < 0 ? -1 : 0;
}

static int tell_deleted(struct member_run *run, const struct member *m,
			struct err *err)
{
	struct webhook_fact fact = {
		.event = WEBHOOK_UNSUBSCRIBE,
		.member = m,
		.defs = &run->defs,
		.action = "delete",
		.reason = "manual",
	};

	if (m->status != MEMBER_SUBSCRIBED)
		return 0;
	return webhook_tell(run->tx, &run->listeners, run->list->hex, &fact,
			    run->actor->now_ms, err);
}

static int archive(struct member_run *run, struct member *m, struct err *err)
{
	struct member before = *m;

	m->status = MEMBER_ARCHIVED;
	m->changed_ms = run->actor->now_ms;
	if (load_run(run, err) < 0 || update_one(run->tx, &before, m, err) < 0)
		return -1;
	return tell_deleted(run, &before, err);
}

int member_archive(struct tx *tx, const struct list *list, const char *key,
		   const struct member_actor *actor, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(release_run)
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
	return archive(&run, &m, err);
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

static int forget_rows(struct tx *tx, const struct member *m, int64_t now_ms,
		       struct err *err)
{
	char hash[KEYED_HASH_HEX + 1];
	struct suppression_key key;

	if (suppression_key_ensure(tx, &key, err) < 0)
		return -1;
	suppression_hash(&key, m->address, hash);
	if (db_exec(tx, SQL_FORGOTTEN_ADD,
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
	CLEANUP(release_run)
	struct member_run run = {
		.tx = tx, .list = list, .actor = actor, .arena = arena
	};
	struct member m;

	if (member_get(tx->db, list->id, key, arena, &m, err) < 0 ||
	    load_run(&run, err) < 0 ||
	    forget_rows(tx, &m, actor->now_ms, err) < 0)
		return -1;
	return tell_deleted(&run, &m, err);
}

/* --- what delivery brings --- */

static const struct member_departure *departure_of(
	const struct member_departure *all, size_t n, int64_t member_id)
{
	for (size_t i = 0; i < n; i++)
		if (all[i].member_id == member_id)
			return &all[i];
	return NULL;
}

static int load_members(struct tx *tx, const struct member_departure *all,
			size_t n, struct arena *arena, struct members *out,
			struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf json = STRBUF_INIT;

	strbuf_addch(&json, '[');
	for (size_t i = 0; i < n; i++) {
		if (i)
			strbuf_addch(&json, ',');
		strbuf_addint(&json, all[i].member_id);
	}
	strbuf_addch(&json, ']');
	return member_list_by_ids(tx->db, json.buf, arena, out, err);
}

static const char *campaign_hex(struct member_run *run, int64_t campaign_id)
{
	struct err ignored = ERR_INIT;
	const char *hex = "";

	/* Only for the webhook's text: an unknown campaign is "". */
	if (campaign_id)
		(void)db_find_text(run->tx->db, SQL_MEMBER_CAMPAIGN_HEX,
				   SQL_ARGS(sql_int(campaign_id)), run->arena,
				   &hex, &ignored);
	return hex;
}

/* A member before and after it left. */
struct left {
	struct member old, now;
};
struct lefts VEC_FIELDS(struct left);

static void lefts_release(struct lefts *lefts)
{
	vec_release(lefts);
}

/* How it leaves, and what the webhooks are told about it. */
struct leaving {
	enum member_status to;
	enum unsubscribed_by by;
	struct webhook_fact fact;
};

/*
 * Who is archived, bounced or was unsubscribed by others says no all the same,
 * by a link of before: it is kept, so that nobody else brings them back. A
 * complaint says more than an unsubscribe.
 */
static bool outranks(enum unsubscribed_by by, const struct member *m)
{
	if (m->list_id <= 0 || m->unsubscribed_by == UNSUBSCRIBED_BY_COMPLAINT)
		return false;
	return m->unsubscribed_by != by;
}

static bool leave(struct member *m, const struct member_departure *d,
		  const struct leaving *how, int64_t now_ms)
{
	bool there = m->list_id > 0 && (m->status == MEMBER_SUBSCRIBED ||
					m->status == MEMBER_PENDING);

	if (how->to == MEMBER_CLEANED) {
		if (m->list_id < 0 || m->status == MEMBER_CLEANED ||
		    m->status == MEMBER_ARCHIVED)
			return false;
		m->status = MEMBER_CLEANED;
		m->changed_ms = now_ms;
		return true;
	}
	if (!there && !outranks(how->by, m))
		return false;
	if (there)
		m->status = MEMBER_UNSUBSCRIBED;
	m->unsubscribed_by = how->by;
	m->unsubscribe_reason = d->reason ? d->reason : "";
	m->unsubscribed_ms = d->at_ms;
	m->unsubscribed_campaign_id = d->campaign_id;
	m->changed_ms = now_ms;
	return true;
}

static int tell_left(struct member_run *run, const struct member *m,
		     const struct member_departure *d,
		     const struct leaving *how, struct err *err)
{
	struct webhook_fact fact = how->fact;

	if (run->listeners.n == 0)
		return 0;
	fact.member = m;
	fact.defs = &run->defs;
	fact.campaign_hex = campaign_hex(run, d->campaign_id);
	return webhook_tell(run->tx, &run->listeners, run->list->hex, &fact,
			    run->actor->now_ms, err);
}

/* Members of several lists may come mixed; usually they are of one. */
static int use_list(struct member_run *run, struct list *list, int64_t id,
		    struct err *err)
{
	if (run->list && list->id == id)
		return 0;
	if (list_get_by_id(run->tx->db, id, run->arena, list, err) < 0)
		return -1;
	run->list = list;
	return load_run(run, err);
}

static int write_left(struct member_run *run, const struct lefts *left,
		      enum unsubscribed_by by, struct err *err)
{
	struct batch batch;

	batch_begin(run->tx, &batch);
	vec_each (left, l)
		if (member_write(&batch, &l->old, &l->now, err) < 0)
			return -1;
	if (batch_end(&batch, err) < 0)
		return -1;
	if (by != UNSUBSCRIBED_BY_COMPLAINT)
		return 0;
	vec_each (left, l)
		if (suppression_add(run->tx, l->now.address, "complaint",
				    run->actor->now_ms, err) < 0)
			return -1;
	return 0;
}

/* So that it can be undone, see member_restore.h. */
static int keep_cleaned(struct tx *tx, const struct member_departure *all,
			size_t n, const struct lefts *left, struct err *err)
{
	struct batch batch;

	batch_begin(tx, &batch);
	vec_each (left, l) {
		const struct member_departure *d =
			departure_of(all, n, l->now.id);

		if (d->campaign_id == 0)
			continue;
		if (batch_add(&batch, SQL_MEMBER_CLEANED_ADD,
			      SQL_ARGS(sql_int(d->campaign_id),
				       sql_int(l->now.id),
				       sql_int(l->old.status),
				       sql_int(l->now.changed_ms)),
			      err) < 0)
			return -1;
	}
	return batch_end(&batch, err) < 0 ? -1 : 0;
}

static int leave_all(struct tx *tx, const struct member_departure *all,
		     size_t n, const struct leaving *how, int64_t now_ms,
		     struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(members_release) struct members members = VEC_INIT;
	CLEANUP(lefts_release) struct lefts left = VEC_INIT;
	struct member_actor actor = { .source = SOURCE_USER, .now_ms = now_ms };
	CLEANUP(release_run)
	struct member_run run = { .tx = tx, .actor = &actor, .arena = arena };
	struct list list;

	if (load_members(tx, all, n, arena, &members, err) < 0)
		return -1;
	vec_each (&members, m) {
		struct left l = { .old = *m, .now = *m };

		if (leave(&l.now, departure_of(all, n, m->id), how, now_ms))
			vec_push(&left, l);
	}
	if (left.n == 0)
		return 0;
	if (write_left(&run, &left, how->by, err) < 0)
		return -1;
	if (how->to == MEMBER_CLEANED &&
	    keep_cleaned(tx, all, n, &left, err) < 0)
		return -1;
	vec_each (&left, l)
		if (use_list(&run, &list, l->now.list_id, err) < 0 ||
		    tell_left(&run, &l->now, departure_of(all, n, l->now.id),
			      how, err) < 0)
			return -1;
	return (int)left.n;
}

int member_unsubscribe(struct tx *tx, const struct member_departure *departures,
		       size_t n, enum unsubscribed_by by, int64_t now_ms,
		       struct err *err)
{
	bool abuse = by == UNSUBSCRIBED_BY_COMPLAINT;
	struct leaving how = {
		.to = MEMBER_UNSUBSCRIBED,
		.by = by,
		.fact = { .event = WEBHOOK_UNSUBSCRIBE,
			  .action = "unsub",
			  .reason = abuse ? "abuse" : "manual" },
	};

	return leave_all(tx, departures, n, &how, now_ms, err);
}

int member_clean(struct tx *tx, const struct member_departure *departures,
		 size_t n, int64_t now_ms, struct err *err)
{
	struct leaving how = {
		.to = MEMBER_CLEANED,
		.fact = { .event = WEBHOOK_CLEANED, .reason = "hard" },
	};

	return leave_all(tx, departures, n, &how, now_ms, err);
}

static int count_bounces(struct tx *tx, const struct member_departure *all,
			 size_t n, struct strbuf *json, struct err *err)
{
	struct batch batch;

	batch_begin(tx, &batch);
	for (size_t i = 0; i < n; i++) {
		strbuf_addch(json, i ? ',' : '[');
		strbuf_addint(json, all[i].member_id);
		if (batch_add(&batch, SQL_MEMBER_SOFT_BOUNCE,
			      SQL_ARGS(sql_int(all[i].member_id)), err) < 0)
			return -1;
	}
	strbuf_addch(json, ']');
	return batch_end(&batch, err) < 0 ? -1 : 0;
}

int member_soft_bounce(struct tx *tx, const struct member_departure *bounces,
		       size_t n, int64_t now_ms, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(strbuf_release) struct strbuf json = STRBUF_INIT;
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct member_departure *enough =
		arena_array(arena, struct member_departure, n + 1);
	size_t enough_n = 0;
	int more;

	if (n == 0)
		return 0;
	if (count_bounces(tx, bounces, n, &json, err) < 0 ||
	    db_query(tx->db, SQL_MEMBER_SOFT_BOUNCED,
		     SQL_ARGS(sql_text(json.buf)), &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0 && enough_n < n) {
		const struct member_departure *d =
			departure_of(bounces, n, rows_int(rows, 0));

		if (d)
			enough[enough_n++] = *d;
	}
	if (more < 0 || enough_n == 0)
		return more < 0 ? -1 : 0;
	return member_clean(tx, enough, enough_n, now_ms, err);
}
