/*
 * Doing what a plan says, 500 members a call. A row whose outcome is stored is
 * never done again; what was done but not stored is done twice, which changes
 * nothing.
 */
#include "bridge/push/push_item.h"

#include "base/arena.h"
#include "base/err.h"
#include "bridge/push/ahead.h"

#include "sql/bridge.h"

static void pusher_release(struct pusher *p)
{
	vec_release(&p->items);
	vec_release(&p->records);
	arena_free(&p->arena);
}

static void pushing_release(struct pushing *all)
{
	ahead_free(&all->ahead);
	field_map_release(&all->map);
}

int push_store(struct work *w, const struct push *push, struct err *err)
{
	return db_write(w->db, SQL_PUSH_SET,
			SQL_ARGS(sql_text(push->state),
				 sql_id_or_null(push->segment_id),
				 sql_text(w->audience), sql_int(push->id)),
			err);
}

/* Written before the call: a member that the bridge subscribed is known as
 * such, even if the answer, or this process, is lost. */
static int note_intent(struct pusher *p, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct batch b;

	if (tx_begin(p->w->db, &tx, err) < 0)
		return -1;
	batch_begin(&tx, &b);
	for (size_t i = 0; i < p->by_hash_n; i++)
		if (item_is_to_write(p->by_hash[i]) &&
		    item_insert(&b, SQL_BRIDGE_MEMBER_INTEND, p->by_hash[i],
				SQL_ARGS(sql_text(p->by_hash[i]->hash),
					 sql_int(p->w->actor.now_ms)),
				err) < 0)
			return -1;
	if (batch_end(&b, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* Nobody's address was archived, and somebody has it again: the contact may
 * have said no before. */
static int hear_last_words(struct pusher *p, struct err *err)
{
	vec_each (&p->items, it) {
		int said;

		if (!it->put_away || !item_is_to_write(it))
			continue;
		said = member_last_word(p->w, it->hash, it->person_id, err);
		if (said < 0)
			return -1;
		if (said > 0)
			item_refuse(it, LEFT_OUT_UNSUBSCRIBED, NULL);
	}
	return 0;
}

static bool writes_members(enum push_action action)
{
	return action == PUSH_ADD || action == PUSH_UPDATE;
}

/* All but the calls themselves, which may be on their way when it returns.
 * *after: the last row that was loaded before, and then the last of these. */
static int prepare(struct pusher *p, enum push_action action, int64_t *after,
		   struct err *err)
{
	p->action = action;
	p->sent_n = p->answered = 0;
	if (items_load(p, action, *after, err) < 0)
		return -1;
	p->is_ready = true;
	if (p->items.n == 0)
		return 0;
	*after = p->items.v[p->items.n - 1].person_id;
	if (action != PUSH_UNTAG)
		items_check_present(p);
	if (!writes_members(action))
		return 0;
	if (items_load_records(p, err) < 0 ||
	    (action == PUSH_ADD &&
	     (hear_last_words(p, err) < 0 || note_intent(p, err) < 0)))
		return -1;
	if (p->all->ahead)
		items_send_ahead(p);
	return 0;
}

/* While the calls of p are on their way, the batch behind it is prepared, and
 * its calls follow. */
static int carry_out(struct pusher *p, struct pusher *next, int64_t *after,
		     struct err *err)
{
	if (p->all->ahead && writes_members(p->action) &&
	    prepare(next, p->action, after, err) < 0)
		return -1;
	if (writes_members(p->action) && items_write(p, err) < 0)
		return -1;
	return items_tag(p, err);
}

#define LOOKS_MOST 5

/* It is not known whether they were added: the mirror is, before it is tried
 * again, and with it who left since. */
static int look_again(struct pusher *p, int *looks, struct err *err)
{
	struct err lost = *err;

	if (p->action != PUSH_ADD || err->code != ERR_RETRY ||
	    job_is_stopping(p->w->run))
		return -1;
	if (++*looks > LOOKS_MOST)
		return -1;
	*err = (struct err)ERR_INIT;
	if (mirror_follow(p->w, err) == 0)
		return 0;
	*err = lost;
	return -1;
}

/* What is prepared, or on its way, is forgotten: it is still to be done. */
static void put_back(struct pusher *p, struct pusher *next)
{
	if (p->all->ahead)
		ahead_drop(p->all->ahead);
	p->is_ready = next->is_ready = false;
}

#define BEFORE_ALL INT64_MIN

/* Batch after batch; those that the calls left to be done come at the end. */
static int do_action(struct pusher *p, struct pusher *next,
		     enum push_action action, struct err *err)
{
	struct pusher *turn;
	int64_t after = BEFORE_ALL;
	int looks = 0;

	for (;;) {
		if ((!p->is_ready && prepare(p, action, &after, err) < 0) ||
		    (p->items.n > 0 && carry_out(p, next, &after, err) < 0)) {
			put_back(p, next);
			if (look_again(p, &looks, err) < 0)
				return -1;
			after = BEFORE_ALL;
			continue;
		}
		p->is_ready = false;
		if (p->items.n == 0 && after == BEFORE_ALL)
			return 0;
		if (p->items.n == 0) {
			after = BEFORE_ALL;
			continue;
		}
		looks = 0;
		if (items_store(p, err) < 0)
			return -1;
		if (job_is_stopping(p->w->run))
			return err_set(err, ERR_RETRY, "the server stops");
		turn = p;
		p = next;
		next = turn;
	}
}

/* A row may turn out to be another action's. */
static int is_left(struct work *w, const struct push *push, struct err *err)
{
	int64_t one;

	return db_find_int(w->db, SQL_PUSH_ROW_TODO,
			   SQL_ARGS(sql_int(push->id)), &one, err);
}

static struct pusher pusher_of(struct work *w, struct push *push,
			       struct pushing *all)
{
	return (struct pusher){
		.w = w,
		.push = push,
		.all = all,
		.items = VEC_INIT,
		.records = VEC_INIT,
		.arena = arena_new(),
	};
}

/* Without a second thread all of it is done all the same. A fake of tests is
 * called by one thread only. */
static int begin(struct work *w, struct push *push, struct pushing *all,
		 struct err *err)
{
	if (tag_ensure(w, push, err) < 0 ||
	    field_map_load(w, &all->map, err) < 0)
		return -1;
	if (!w->bridge->send)
		all->ahead = ahead_new(bridge_client(w->bridge));
	return 0;
}

int push_apply(struct work *w, struct push *push, struct err *err)
{
	CLEANUP(pushing_release) struct pushing all = { .done = 0 };
	CLEANUP(pusher_release) struct pusher a = pusher_of(w, push, &all);
	CLEANUP(pusher_release) struct pusher b = pusher_of(w, push, &all);
	int more;

	if (db_write(w->db, SQL_PUSH_TAG_FORGET,
		     SQL_ARGS(sql_int(push->id), sql_int(push->id)), err) < 0 ||
	    begin(w, push, &all, err) < 0)
		return -1;
	do {
		if (do_action(&a, &b, PUSH_ADD, err) < 0 ||
		    do_action(&a, &b, PUSH_UPDATE, err) < 0 ||
		    do_action(&a, &b, PUSH_TAG, err) < 0)
			return -1;
		more = is_left(w, push, err);
	} while (more > 0);
	if (more < 0 || do_action(&a, &b, PUSH_UNTAG, err) < 0)
		return -1;
	push->state = "done";
	return push_store(w, push, err);
}
