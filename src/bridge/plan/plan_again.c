#include "bridge/plan/plan_again.h"

#include "base/arena.h"
#include "base/err.h"
#include "bridge/plan/plan_private.h"
#include "sets/id_set.h"

#include "sql/bridge.h"

#include <string.h>

#define ROWS_A_PAGE 20000
#define COPIED_A_STEP 10000
#define ASKED_MIN                                                  \
	1000 /* so many may be asked about however small the group \
	      */

/* --- the push to begin with --- */

struct base {
	int64_t push_id, planned_ms, segment_id;
	const char *fields_hash, *tag_digest, *audience;
	bool done;
};

static void read_base(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct base *)out = (struct base){
		.push_id = rows_int(rows, 0),
		.planned_ms = rows_int(rows, 1),
		.fields_hash = rows_dup(rows, 2, arena),
		.tag_digest = rows_dup(rows, 3, arena),
		.segment_id = rows_int(rows, 4),
		.audience = rows_dup(rows, 5, arena),
		.done = rows_int(rows, 6) != 0,
	};
}

static bool is_usable(const struct planner *p, const struct base *b)
{
	return b->done && b->fields_hash && b->audience &&
	       b->segment_id == p->push->segment_id &&
	       strcmp(b->fields_hash, p->fields_hash) == 0 &&
	       strcmp(b->audience, p->w->audience) == 0;
}

static int64_t since_of(const struct planner *p, const struct base *b)
{
	return b->planned_ms - p->w->bridge->plan_overlap_ms;
}

/* 1: *out, 0: there is none to begin with, -1. */
static int find_base(struct planner *p, struct base *out, struct err *err)
{
	int64_t one;
	int found = db_get(
		p->w->db, SQL_PLAN_BASE,
		SQL_ARGS(sql_int(p->push->group_id), sql_int(p->push->id)),
		read_base, p->w->arena, out, err);

	if (found <= 0 || !is_usable(p, out))
		return found < 0 ? -1 : 0;
	found = db_find_int(p->w->db, SQL_PLAN_IMPORT_SINCE,
			    SQL_ARGS(sql_int(out->planned_ms)), &one, err);
	if (found < 0)
		return -1;
	return !found;
}

/* --- who may differ --- */

struct difference {
	struct base base;
	struct id_set group;   /* who is in it now */
	struct id_set tagged;  /* who has the tag by the base, ... */
	struct id_set sharers; /* ... whose address is another's, ... */
	struct id_set others;  /* ... and who else has a row of it */
	struct id_set changed; /* whose fields, or members, are others */
	struct id_set asked;   /* to be planned: all of the group but ... */
	struct id_set stays;   /* ... who keeps the row of the base */
};
#define DIFFERENCE                                             \
	{                                                      \
		.group = ID_SET_INIT, .tagged = ID_SET_INIT,   \
		.sharers = ID_SET_INIT, .others = ID_SET_INIT, \
		.changed = ID_SET_INIT, .asked = ID_SET_INIT,  \
		.stays = ID_SET_INIT                           \
	}
static void difference_release(struct difference *d)
{
	id_set_release(&d->group);
	id_set_release(&d->tagged);
	id_set_release(&d->sharers);
	id_set_release(&d->others);
	id_set_release(&d->changed);
	id_set_release(&d->asked);
	id_set_release(&d->stays);
}

static int read_group(struct planner *p, struct difference *d, struct err *err)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	int64_t after = 0;
	int n;

	do {
		vec_reset(&ids);
		n = group_walk(p->w->db, &p->group, after, ROWS_A_PAGE, &ids,
			       err);
		if (n < 0)
			return -1;
		vec_each (&ids, id)
			id_set_add(&d->group, after = *id);
	} while (n == ROWS_A_PAGE);
	return 0;
}

static struct id_set *set_of_row(struct difference *d, const struct rows *row)
{
	switch (rows_int(row, 1)) {
	case 1:
		return &d->tagged;
	case 2:
		return &d->sharers;
	default:
		return &d->others;
	}
}

/* How many there were, or -1. */
static int read_page(struct planner *p, struct difference *d, int64_t *after,
		     struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more, n = 0;

	if (db_query(p->w->db, SQL_PLAN_BASE_WALK,
		     SQL_ARGS(sql_int(d->base.push_id), sql_int(*after),
			      sql_int(ROWS_A_PAGE)),
		     &rows, err) < 0)
		return -1;
	for (; (more = rows_next(rows, err)) > 0; n++) {
		*after = rows_int(rows, 0);
		id_set_add(set_of_row(d, rows), *after);
	}
	return more < 0 ? -1 : n;
}

static int read_base_rows(struct planner *p, struct difference *d,
			  struct err *err)
{
	int64_t after = 0; /* negative ones are no people */
	int n;

	do
		n = read_page(p, d, &after, err);
	while (n == ROWS_A_PAGE);
	return n < 0 ? -1 : 0;
}

/* How many may be asked about. */
static int64_t most_of(struct difference *d)
{
	int64_t third = id_set_count(&d->group) / 3;

	return third > ASKED_MIN ? third : ASKED_MIN;
}

/* 1, 0: they are too many, -1. */
static int read_changed(struct planner *p, struct difference *d,
			struct err *err)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	const struct sql_value since = sql_int(since_of(p, &d->base));
	const struct sql_value planned = sql_int(d->base.planned_ms);
	int64_t most = most_of(d);

	if (db_list_ids(p->w->db, SQL_PLAN_CHANGED,
			SQL_ARGS(since, planned, since, planned, since,
				 sql_int(most + 1)),
			&ids, err) < 0)
		return -1;
	if ((int64_t)ids.n > most)
		return 0;
	if (db_list_ids(p->w->db, SQL_PLAN_BARRED, SQL_NO_ARGS, &ids, err) < 0)
		return -1;
	vec_each (&ids, id)
		id_set_add(&d->changed, *id);
	return 1;
}

/* asked and stays, by what is known to have changed. */
static void divide(struct difference *d)
{
	id_set_copy(&d->stays, &d->tagged);
	id_set_or(&d->stays, &d->sharers);
	id_set_and(&d->stays, &d->group);
	id_set_subtract(&d->stays, &d->changed);
	id_set_copy(&d->asked, &d->group);
	id_set_subtract(&d->asked, &d->stays);
}

/* The next ids of a set after *after, as keys; how many. */
static size_t next_ids(struct id_set *set, int64_t *after, size_t most,
		       struct ids *out)
{
	int64_t id;

	vec_reset(out);
	while (out->n < most && (id = id_set_next(set, *after)) > 0) {
		vec_push(out, id);
		*after = id;
	}
	return out->n;
}

/* Who came, left, or changed: somebody's address may be theirs, or not be
 * theirs any more. */
static void find_moving(struct difference *d, struct id_set *out)
{
	id_set_copy(out, &d->tagged);
	id_set_or(out, &d->sharers);
	id_set_or(out, &d->others);
	id_set_subtract(out, &d->group);
	id_set_or(out, &d->asked);
	id_set_or(out, &d->changed);
}

/* Whoever shares an address with those is asked about, too; if one of them had
 * an address that is gone, whoever shares any. */
static int add_sharing(struct planner *p, struct difference *d, struct err *err)
{
	CLEANUP(id_set_release) struct id_set moving = ID_SET_INIT;
	CLEANUP(vec_release) struct ids page = VEC_INIT;
	int64_t after = 0;

	find_moving(d, &moving);
	while (next_ids(&moving, &after, ITEMS_A_PAGE, &page) > 0) {
		CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
		CLEANUP(vec_release) struct ids found = VEC_INIT;
		struct sql_value people = sql_keys(&page, &keys);

		if (db_list_ids(
			    p->w->db, SQL_PLAN_SHARING,
			    SQL_ARGS(people, sql_int(d->base.push_id), people),
			    &found, err) < 0)
			return -1;
		vec_each (&found, id) {
			if (*id > 0)
				id_set_add(&d->changed, *id);
			else
				id_set_or(&d->changed, &d->sharers);
		}
	}
	divide(d);
	return 0;
}

/* 1, 0: they are too many, -1. */
static int find_difference(struct planner *p, struct difference *d,
			   struct err *err)
{
	int few;

	if (read_group(p, d, err) < 0 || read_base_rows(p, d, err) < 0)
		return -1;
	few = read_changed(p, d, err);
	if (few <= 0)
		return few;
	divide(d);
	if (id_set_count(&d->asked) > most_of(d))
		return 0;
	return add_sharing(p, d, err) < 0 ? -1 : 1;
}

/* --- what stays --- */

/* Of the base's rows in (after, until], all that stay. */
static int copy_span(struct planner *p, struct difference *d,
		     struct id_set *falls, int64_t after, int64_t until,
		     struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(vec_release) struct ids not = VEC_INIT;
	int n;

	for (int64_t id = after;
	     (id = id_set_next(falls, id)) > 0 && id <= until;)
		vec_push(&not, id);
	if (tx_begin(p->w->db, &tx, err) < 0)
		return -1;
	n = db_exec(&tx, SQL_PLAN_COPY,
		    SQL_ARGS(sql_int(p->push->id), sql_int(d->base.push_id),
			     sql_int(after), sql_int(until),
			     sql_keys(&not, &keys)),
		    err);
	if (n < 0)
		return -1;
	p->done += n;
	if (job_progress(p->w->run, &tx, p->done, p->w->run->job->total, NULL,
			 err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static int copy_rows(struct planner *p, struct difference *d, struct err *err)
{
	CLEANUP(id_set_release) struct id_set all = ID_SET_INIT;
	CLEANUP(id_set_release) struct id_set falls = ID_SET_INIT;
	int64_t n, after = 0;

	id_set_copy(&all, &d->tagged);
	id_set_or(&all, &d->sharers);
	id_set_copy(&falls, &all);
	id_set_subtract(&falls, &d->stays);
	n = id_set_count(&all);
	for (int64_t at = 0; at < n; at += COPIED_A_STEP) {
		int64_t last = at + COPIED_A_STEP < n ? at + COPIED_A_STEP : n;
		int64_t until = id_set_nth(&all, last - 1);

		if (copy_span(p, d, &falls, after, until, err) < 0)
			return -1;
		after = until;
	}
	return 0;
}

/* --- who has the tag --- */

/* May such a member have a tag that a segment's list would tell? */
static bool is_listed(enum mirror_status status)
{
	return status != MIRROR_NONE && status != MIRROR_ARCHIVED &&
	       status != MIRROR_FORGOTTEN;
}

/*
 * Where the address of a row of the base belongs that does not stay. Who was
 * left out perhaps has the tag: it matters if they get mail, and is to be known
 * once they have left the group, or that address. NULL: it does not matter, or
 * *unknown is set.
 */
static struct hash_set *place_of(struct planner *p, struct difference *d,
				 struct rows *rows, bool *unknown)
{
	bool tagged = rows_int(rows, 1) != 0;
	enum mirror_status status = (enum mirror_status)rows_int(rows, 2);
	bool left = !id_set_has(&d->group, rows_int(rows, 3)) ||
		    rows_int(rows, 4) == 0;

	*unknown = tagged ? !is_listed(status) : left && is_listed(status);
	if (*unknown)
		return NULL;
	if (tagged)
		return &p->tagged;
	return status == MIRROR_SUBSCRIBED || status == MIRROR_PENDING
		       ? &p->perhaps
		       : NULL;
}

/* 1, 0: of one of them nobody knows whether it has the tag still, -1. */
static int read_hashes(struct planner *p, struct difference *d,
		       const struct ids *people, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	if (db_query(
		    p->w->db, SQL_PLAN_BASE_HASHES,
		    SQL_ARGS(sql_int(d->base.push_id), sql_keys(people, &keys)),
		    &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		bool unknown;
		struct hash_set *set = place_of(p, d, rows, &unknown);

		if (unknown)
			return 0;
		if (set)
			(void)hash_set_add(set, rows_text(rows, 0));
	}
	return more < 0 ? -1 : 1;
}

/* The addresses whose rows of the base do not stay. 1, 0, -1 as above. */
static int load_fallen(struct planner *p, struct difference *d, struct err *err)
{
	CLEANUP(id_set_release) struct id_set fallen = ID_SET_INIT;
	CLEANUP(vec_release) struct ids page = VEC_INIT;
	int64_t after = 0;
	int known = 1;

	id_set_copy(&fallen, &d->tagged);
	id_set_or(&fallen, &d->others);
	id_set_subtract(&fallen, &d->stays);
	while (known > 0 && next_ids(&fallen, &after, ITEMS_A_PAGE, &page) > 0)
		known = read_hashes(p, d, &page, err);
	hash_set_seal(&p->tagged);
	hash_set_seal(&p->perhaps);
	return known;
}

/* Without a look at all who have it: if the audience says that they are the
 * same as when the base was done. 1, 0: a look is needed, -1. */
static int know_tag(struct planner *p, struct difference *d, struct err *err)
{
	const struct base *b = &d->base;
	const char *digest = NULL;
	int64_t kept = 0;

	if (b->tag_digest && tag_digest(p->w, b->segment_id, &digest, err) < 0)
		return -1;
	if (!digest || strcmp(digest, b->tag_digest) != 0)
		return 0;
	if (db_find_int(p->w->db, SQL_PUSH_STILL_TAGGED,
			SQL_ARGS(sql_int(b->push_id)), &kept, err) < 0)
		return -1;
	p->digest = digest;
	return kept > 0 ? 0 : load_fallen(p, d, err);
}

/* What is to be known of people and their addresses, who come by id. */
typedef void (*seen_fn)(void *context, int64_t person_id, const char *hash,
			bool is_tagged);

/* How many there were, or -1. */
static int walk_page(struct planner *p, int64_t push_id, int64_t *after,
		     seen_fn fn, void *context, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more, n = 0;

	if (db_query(p->w->db, SQL_PLAN_ROW_HASHES,
		     SQL_ARGS(sql_int(push_id), sql_int(*after),
			      sql_int(ROWS_A_PAGE)),
		     &rows, err) < 0)
		return -1;
	for (; (more = rows_next(rows, err)) > 0; n++) {
		*after = rows_int(rows, 0);
		fn(context, *after, rows_text(rows, 1), rows_int(rows, 2) != 0);
	}
	return more < 0 ? -1 : n;
}

static int walk_rows(struct planner *p, int64_t push_id, seen_fn fn,
		     void *context, struct err *err)
{
	int64_t after = 0;
	int n;

	do
		n = walk_page(p, push_id, &after, fn, context, err);
	while (n == ROWS_A_PAGE);
	return n < 0 ? -1 : 0;
}

struct look {
	struct planner *p;
	struct difference *d;
	bool is_so; /* everybody has the tag who should */
};

/* Whoever stays has the tag, or is asked about. */
static void see_stay(void *context, int64_t person_id, const char *hash,
		     bool is_tagged)
{
	struct look *l = context;

	if (!is_tagged || !id_set_has(&l->d->stays, person_id) ||
	    (hash && hash_set_see(&l->p->tagged, hash)))
		return;
	id_set_remove(&l->d->stays, person_id);
	id_set_add(&l->d->asked, person_id);
}

/* All of the tag is read, as a whole plan does. */
static int look_at_tag(struct planner *p, struct difference *d, struct err *err)
{
	struct look l = { .p = p, .d = d };

	hash_set_release(&p->tagged);
	hash_set_release(&p->perhaps);
	if (plan_load_tagged(p, err) < 0)
		return -1;
	return walk_rows(p, d->base.push_id, see_stay, &l, err);
}

static int plan_asked(struct planner *p, struct difference *d, struct err *err)
{
	CLEANUP(vec_release) struct ids page = VEC_INIT;
	int64_t after = 0;

	while (next_ids(&d->asked, &after, GROUP_WALK_LONG, &page) > 0)
		if (plan_people(p, &page, err) < 0)
			return -1;
	return 0;
}

int plan_again(struct planner *p, struct err *err)
{
	CLEANUP(difference_release) struct difference d = DIFFERENCE;
	int found = find_base(p, &d.base, err), known;

	if (found > 0)
		found = find_difference(p, &d, err);
	if (found <= 0)
		return found;
	known = know_tag(p, &d, err);
	if (known < 0 || (known == 0 && look_at_tag(p, &d, err) < 0))
		return -1;
	if (copy_rows(p, &d, err) < 0 || plan_asked(p, &d, err) < 0)
		return -1;
	return 1;
}

/* --- after a push --- */

static void see_row(void *context, int64_t person_id, const char *hash,
		    bool is_tagged)
{
	struct look *l = context;
	bool has = hash && hash_set_see(&l->p->tagged, hash);

	(void)person_id;
	if (is_tagged && !has)
		l->is_so = false;
}

/* Has just everybody the tag whose row says so, but for those who were left out
 * and keep it? Then *digest, else NULL. */
static int confirm(struct planner *p, const char **digest, struct err *err)
{
	struct look l = { .p = p, .is_so = true };

	if (plan_load_tagged(p, err) < 0 ||
	    walk_rows(p, p->push->id, see_row, &l, err) < 0)
		return -1;
	for (size_t i = 0; i < p->tagged.n; i++)
		l.is_so &= p->tagged.seen[i];
	*digest = l.is_so ? p->digest : NULL;
	return 0;
}

int plan_confirm_tag(struct work *w, struct push *push, struct err *err)
{
	struct planner p = { .w = w, .push = push, .tagged = HASH_SET_INIT };
	const char *digest = NULL;
	int64_t one;
	int told = db_find_int(w->db, SQL_PUSH_TAG_IS_TOLD,
			       SQL_ARGS(sql_int(push->id)), &one, err);
	int ret;

	if (told != 0 || push->dry_run || push->segment_id == 0)
		return told < 0 ? -1 : 0;
	ret = tag_digest(w, push->segment_id, &digest, err);
	if (ret == 0 && digest)
		ret = confirm(&p, &digest, err);
	hash_set_release(&p.tagged);
	if (ret < 0 || !digest)
		return ret;
	return db_write(w->db, SQL_PUSH_TAG_TOLD,
			SQL_ARGS(sql_text(digest), sql_int(push->id)), err);
}
