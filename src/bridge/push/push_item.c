/*
 * Rows of a push, see push_item.h.
 */
#include "bridge/push/push_item.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"

#include "sql/bridge.h"

#include <stdlib.h>
#include <string.h>

static void read_item(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct item *)out = (struct item){
		.person_id = rows_int(rows, 0),
		.email_id = rows_int(rows, 1),
		.address = rows_dup(rows, 2, arena),
		.hash = rows_dup(rows, 3, arena),
		.now_email_id = rows_int(rows, 4),
		.opted_out = rows_int(rows, 5) != 0,
		.held = rows_int(rows, 6) != 0,
		.status = (enum mirror_status)rows_int(rows, 7),
		.put_away = rows_int(rows, 8) != 0,
		.reached = rows_int(rows, 9) != 0,
		.shared = rows_int(rows, 9) > 1,
		.demo = rows_int(rows, 10) != 0,
		.others = rows_int(rows, 11) != 0,
		.known_language = rows_dup(rows, 12, arena),
		.outcome = PUSH_APPLIED,
	};
}

static int by_hash(const void *a, const void *b)
{
	return strcmp((*(struct item *const *)a)->hash,
		      (*(struct item *const *)b)->hash);
}

static int hash_of_item(const void *hash, const void *item)
{
	return strcmp(hash, (*(struct item *const *)item)->hash);
}

static void sort_by_hash(struct pusher *p)
{
	p->by_hash = arena_array(p->arena, struct item *, p->items.n + 1);
	p->by_hash_n = 0;
	vec_each (&p->items, it)
		if (it->hash)
			p->by_hash[p->by_hash_n++] = it;
	if (p->by_hash_n)
		qsort(p->by_hash, p->by_hash_n, sizeof(*p->by_hash), by_hash);
	for (size_t i = 1; i < p->by_hash_n; i++)
		if (strcmp(p->by_hash[i - 1]->hash, p->by_hash[i]->hash) == 0)
			p->by_hash[i - 1]->repeated = p->by_hash[i]->repeated =
				true;
}

int item_insert(struct batch *b, const struct sql *sql, const struct item *it,
		struct sql_args args, struct err *err)
{
	if (it->repeated && batch_flush(b, err) < 0)
		return -1;
	return batch_add(b, sql, args, err);
}

/* Few addresses are, or were, of several: only they are asked about by their
 * hash. */
static int load_shared(struct pusher *p, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(vec_release) struct items shared = VEC_INIT;
	CLEANUP(vec_release) struct ids ids = VEC_INIT;

	vec_each (&p->items, it)
		if (it->others)
			vec_push(&ids, it->person_id);
	if (ids.n &&
	    db_list(p->w->db, SQL_PUSH_ROW_SHARED,
		    SQL_ARGS(sql_int(p->push->id), sql_keys(&ids, &keys)),
		    read_item, p->arena, &shared, err) < 0)
		return -1;
	vec_each (&shared, it)
		p->items.v[vec_lower(&p->items, person_id, it->person_id)] =
			*it;
	return 0;
}

int items_load(struct pusher *p, enum push_action action, int64_t after,
	       struct err *err)
{
	arena_reset(p->arena);
	vec_reset(&p->items);
	if (db_list(p->w->db, SQL_PUSH_ROW_NEXT,
		    SQL_ARGS(sql_int(p->push->id), sql_int(action),
			     sql_int(after),
			     sql_int(p->w->bridge->setup.inside
					     ? ITEMS_INSIDE
					     : MEMBERS_A_CALL)),
		    read_item, p->arena, &p->items, err) < 0 ||
	    load_shared(p, err) < 0)
		return -1;
	sort_by_hash(p);
	return 0;
}

struct item *items_find(struct pusher *p, const char *hash)
{
	struct item **found =
		p->by_hash_n ? bsearch(hash, p->by_hash, p->by_hash_n,
				       sizeof(struct item *), hash_of_item)
			     : NULL;

	return found ? *found : NULL;
}

void item_refuse(struct item *it, enum left_out reason, const char *detail)
{
	it->outcome = PUSH_REFUSED;
	it->reason = reason;
	it->detail = detail;
}

int items_load_records(struct pusher *p, struct err *err)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	size_t at = 0;

	vec_each (&p->items, it)
		vec_push(&ids, it->person_id);
	vec_reset(&p->records);
	if (records_load(p->w->db, ENTITY_PERSON, &ids, p->arena, &p->records,
			 err) < 0 ||
	    records_add_companies(p->w->db, &p->records, p->arena, err) < 0)
		return -1;
	vec_each (&p->items, it) { /* records come in the same order */
		if (at < p->records.n && p->records.v[at].id == it->person_id)
			it->record = &p->records.v[at++];
		else if (it->outcome == PUSH_APPLIED)
			item_refuse(it, LEFT_OUT_NO_ADDRESS,
				    NULL); /* gone just now */
	}
	return 0;
}

static bool is_done(const struct item *it)
{
	return it->outcome == PUSH_APPLIED && !it->reason;
}

void item_again(struct item *it, enum push_action action)
{
	it->outcome = PUSH_INTENDED;
	it->again = action;
}

/*
 * The row is held against the present: since the plan, and until a push that
 * was killed goes on, people opt out and change their addresses.
 */
static void check_present(struct item *it, enum push_action action)
{
	enum left_out left_out = mirror_reason(it->status);

	if (it->now_email_id == 0)
		item_refuse(it, LEFT_OUT_NO_ADDRESS, NULL);
	else if (it->now_email_id != it->email_id)
		item_again(it, PUSH_UPDATE); /* with the address of now */
	else if (it->opted_out)
		item_refuse(it, LEFT_OUT_OPTED_OUT, NULL);
	else if (it->held)
		item_refuse(it, LEFT_OUT_HELD, NULL);
	else if (it->demo)
		item_refuse(it, LEFT_OUT_DEMO, NULL);
	else if (left_out)
		item_refuse(it, left_out, NULL);
	else if (it->status == MIRROR_NONE && action != PUSH_ADD)
		item_again(it, PUSH_ADD);
	else if (it->status != MIRROR_NONE && action == PUSH_ADD)
		item_again(it, PUSH_UPDATE);
}

void items_check_present(struct pusher *p)
{
	vec_each (&p->items, it)
		check_present(it, p->action);
}

/* In the order in which they stand in the mirror. */
static int store_written(struct batch *b, struct pusher *p, struct err *err)
{
	for (size_t i = 0; i < p->by_hash_n; i++) {
		const struct item *it = p->by_hash[i];

		if (it->merge_hash[0] && is_done(it) &&
		    item_insert(b, SQL_BRIDGE_MEMBER_PUT, it,
				SQL_ARGS(sql_text(it->hash),
					 sql_int(MIRROR_SUBSCRIBED),
					 sql_text(it->merge_hash),
					 sql_int(p->w->actor.now_ms),
					 sql_text(it->contact_id),
					 sql_id_or_null(it->version),
					 sql_null()),
				err) < 0)
			return -1;
	}
	return 0;
}

/* In the same order, behind the rows that they are in. */
static int store_languages(struct batch *b, struct pusher *p, struct err *err)
{
	for (size_t i = 0; i < p->by_hash_n; i++) {
		const struct item *it = p->by_hash[i];

		if (it->language && it->merge_hash[0] && is_done(it) &&
		    language_note(b, it->hash, it->language, err) < 0)
			return -1;
	}
	return 0;
}

/* What else there is to say of a member. */
static int store_member(struct batch *b, struct pusher *p, struct item *it,
			struct err *err)
{
	int64_t now_ms = p->w->actor.now_ms;

	if (it->foreign &&
	    batch_add(b, SQL_BRIDGE_MEMBER_OWN,
		      SQL_ARGS(sql_null(), sql_text(it->hash)), err) < 0)
		return -1;
	/* the audience says that there is none, where the mirror had one */
	if (it->outcome == PUSH_INTENDED && it->again == PUSH_ADD &&
	    it->status != MIRROR_NONE &&
	    batch_add(b, SQL_BRIDGE_MEMBER_REMOVE,
		      SQL_ARGS(sql_int(now_ms), sql_int(now_ms),
			       sql_text(it->hash)),
		      err) < 0)
		return -1;
	if (it->reason == LEFT_OUT_FORGOTTEN && it->hash)
		return batch_add(b, SQL_BRIDGE_MEMBER_PUT,
				 SQL_ARGS(sql_text(it->hash),
					  sql_int(MIRROR_FORGOTTEN), sql_null(),
					  sql_int(now_ms), sql_null(),
					  sql_null(), sql_int(now_ms)),
				 err);
	return 0;
}

int push_row_untag(struct batch *b, int64_t push_id, int64_t email_id,
		   enum left_out reason, const char *hash, struct err *err)
{
	return batch_add(b, SQL_PUSH_ROW_UNTAG,
			 SQL_ARGS(sql_int(push_id),
				  sql_int(-(INT64_C(1) << 40) - email_id),
				  sql_int(email_id),
				  sql_text(left_out_name(reason)),
				  sql_text(hash)),
			 err);
}

/* A try of before, or an earlier push, may have tagged whom the present leaves
 * out, and the audience would mail them. */
static int lose_tag(struct batch *b, struct pusher *p, const struct item *it,
		    struct err *err)
{
	bool moved = it->outcome == PUSH_INTENDED &&
		     it->now_email_id != it->email_id;
	bool gone = moved || it->now_email_id == 0;

	if ((!moved && it->outcome != PUSH_REFUSED) || !it->email_id ||
	    !it->hash || mirror_reason(it->status) || (gone && it->reached) ||
	    (!gone && left_out_by_audience(it->reason)))
		return 0;
	return push_row_untag(b, p->push->id, it->email_id,
			      gone ? LEFT_OUT_NO_ADDRESS : it->reason, it->hash,
			      err);
}

/* Rows of untagged addresses may stand under negative numbers. */
static int find_person(struct tx *tx, const struct item *it, int64_t *out,
		       struct err *err)
{
	*out = it->person_id > 0 ? it->person_id : 0;
	if (*out > 0)
		return 0;
	return db_find_int(tx->db, SQL_PLAN_PERSON_OF_HASH,
			   SQL_ARGS(sql_text(it->hash)), out, err) < 0
		       ? -1
		       : 0;
}

/* The audience's words are where a user sees them. */
static int park_untag(struct pusher *p, struct tx *tx, struct err *err)
{
	vec_each (&p->items, it) {
		struct err why = ERR_INIT;
		int64_t person_id;

		if (it->outcome != PUSH_REFUSED)
			continue;
		err_set(&why, ERR_INVALID,
			"the tag of the group \"%s\" stays: %s",
			p->push->group_name, it->detail);
		if (find_person(tx, it, &person_id, err) < 0 ||
		    park(tx, p->w, "untag", person_id, it->email_id, &why,
			 err) < 0)
			return -1;
	}
	return 0;
}

/* Done, and there is nothing to say of it: stored with the others of the kind.
 */
static bool is_plain(const struct item *it)
{
	return is_done(it) && !it->detail && !it->dropped;
}

static int store_plain(struct pusher *p, struct tx *tx, struct err *err)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;

	vec_each (&p->items, it)
		if (is_plain(it))
			vec_push(&ids, it->person_id);
	if (ids.n == 0)
		return 0;
	if (ids.n == p->items.n) /* all that were loaded, in their order */
		return db_exec(tx, SQL_PUSH_ROWS_APPLIED_ALL,
			       SQL_ARGS(sql_int(p->push->id),
					sql_int(p->action), sql_int(ids.v[0]),
					sql_int(ids.v[ids.n - 1])),
			       err) < 0
			       ? -1
			       : 0;
	return db_exec(tx, SQL_PUSH_ROWS_APPLIED,
		       SQL_ARGS(sql_int(p->push->id), sql_keys(&ids, &keys)),
		       err) < 0
		       ? -1
		       : 0;
}

static int store_item(struct batch *b, struct pusher *p, struct item *it,
		      struct err *err)
{
	bool untag = p->action == PUSH_UNTAG;
	int64_t action =
		it->outcome == PUSH_REFUSED && !untag ? PUSH_LEFT_OUT : 0;

	if (store_member(b, p, it, err) < 0 ||
	    (!untag && lose_tag(b, p, it, err) < 0))
		return -1;
	if (is_plain(it))
		return 0;
	if (it->outcome == PUSH_INTENDED)
		return batch_add(
			b, SQL_PUSH_ROW_AGAIN,
			SQL_ARGS(sql_int(it->again), sql_int(it->now_email_id),
				 sql_int(p->push->id), sql_int(it->person_id)),
			err);
	return batch_add(b, SQL_PUSH_ROW_END,
			 SQL_ARGS(sql_int(it->outcome),
				  sql_text(left_out_name(it->reason)),
				  sql_text(untag ? NULL : it->detail),
				  sql_text(field_map_tags(
					  &p->all->map, it->dropped, p->arena)),
				  sql_int(action), sql_int(action),
				  sql_int(p->push->id), sql_int(it->person_id)),
			 err);
}

/* Whoever changed while the call was under way gets a job of their own; so does
 * who may be a member by a try of before, which was killed. */
static int check_again(struct pusher *p, struct tx *tx, struct err *err)
{
	CLEANUP(vec_release) struct written all = VEC_INIT;
	bool was_killed = p->w->run->job->attempts > 1;

	vec_each (&p->items, it)
		if ((is_done(it) || was_killed) && it->email_id && it->hash)
			vec_push(&all, ((struct written_address){ it->email_id,
								  it->hash }));
	if (present_check(tx, &all, p->w->actor.now_ms, err) < 0)
		return -1;
	/* those who were refused may be members by a try of before */
	vec_each (&p->items, it)
		if (it->outcome == PUSH_REFUSED && it->opted_out && it->hash &&
		    opted_out_tell(tx, it->hash, p->w->actor.now_ms, err) < 0)
			return -1;
	return 0;
}

int items_store(struct pusher *p, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct batch b;

	if (tx_begin(p->w->db, &tx, err) < 0)
		return -1;
	batch_begin(&tx, &b);
	if (store_written(&b, p, err) < 0 || store_languages(&b, p, err) < 0)
		return -1;
	vec_each (&p->items, it)
		if (store_item(&b, p, it, err) < 0)
			return -1;
	if (batch_end(&b, err) < 0 || store_plain(p, &tx, err) < 0 ||
	    (p->action == PUSH_UNTAG ? park_untag(p, &tx, err)
				     : check_again(p, &tx, err)) < 0)
		return -1;
	vec_each (&p->items, it)
		p->all->done += it->outcome != PUSH_INTENDED;
	if (job_progress(p->w->run, &tx, p->all->done, p->w->run->job->total,
			 NULL, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}
