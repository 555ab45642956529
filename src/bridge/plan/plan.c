/*
 * The plan of a push (rules 12 to 15): every person of the group with what is
 * to happen to them, and everybody who loses the tag.
 */
#include "bridge/plan/plan_again.h"
#include "bridge/plan/plan_private.h"

#include "base/arena.h"
#include "base/email.h"
#include "base/err.h"
#include "bridge/push_plan.h"

#include "sql/bridge.h"

#include <string.h>

#define IDS_A_PAGE 5000 /* of the audience inside */

/* What the page at hand needs to know of one address. */
struct facts {
	int64_t email_id;
	const char *hash, *folded;
	bool held, opted_out, shared, demo;
	bool others; /* have it too, or had it */
	enum mirror_status status;
	const char *merge_hash, *language;
	int64_t owner_id; /* of a shared address */
};
struct facts_list VEC_FIELDS(struct facts);

static void planner_release(struct planner *p)
{
	field_map_release(&p->map);
	hash_set_release(&p->tagged);
	hash_set_release(&p->perhaps);
	vec_release(&p->records);
	arena_free(&p->arena);
}

/* --- the tag as it is --- */

static int read_tag(struct planner *p, struct err *err)
{
	struct work *w = p->w;
	CLEANUP(mc_pages_release)
	struct mc_pages pages = { .items = "members", .count = ITEMS_A_PAGE };
	bool inside = w->bridge->setup.inside;
	const json_t *page;
	json_t *member;
	size_t i;
	int more = 0;

	if (p->push->segment_id > 0) {
		pages.path = list_path(w,
				       "/segments/%lld/members?include_cleaned="
				       "true&include_transactional=true&"
				       "include_unsubscribed=true&fields="
				       "members.id%s",
				       (long long)p->push->segment_id,
				       inside ? ",next_cursor" : "");
		if (inside) {
			pages.by_cursor = true;
			pages.count = IDS_A_PAGE;
		}
		while ((more = mc_next_page(w->client, &pages, &page, err)) > 0)
			json_array_foreach (page, i, member)
				(void)hash_set_add(
					&p->tagged,
					json_string_value(
						json_object_get(member, "id")));
	}
	hash_set_seal(&p->tagged);
	return more;
}

int plan_load_tagged(struct planner *p, struct err *err)
{
	const char *before = NULL, *after = NULL;

	p->digest = NULL;
	if (p->push->segment_id > 0 &&
	    tag_digest(p->w, p->push->segment_id, &before, err) < 0)
		return -1;
	if (read_tag(p, err) < 0 ||
	    (before && tag_digest(p->w, p->push->segment_id, &after, err) < 0))
		return -1;
	if (after && strcmp(before, after) == 0)
		p->digest = after;
	return 0;
}

/* --- facts of a page --- */

static void read_facts(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct facts *)out = (struct facts){
		.email_id = rows_int(rows, 0),
		.hash = rows_dup(rows, 1, arena),
		.folded = rows_dup(rows, 2, arena),
		.held = rows_int(rows, 3) != 0,
		.status = (enum mirror_status)rows_int(rows, 4),
		.merge_hash = rows_dup(rows, 5, arena),
		.opted_out = rows_int(rows, 6) != 0,
		.shared = rows_int(rows, 7) > 1,
		.demo = rows_int(rows, 8) != 0,
		.others = rows_int(rows, 9) != 0,
		.language = rows_dup(rows, 10, arena),
	};
}

/* Few addresses are, or were, of several: only they are asked about by their
 * hash. */
static int load_shared(struct planner *p, struct facts_list *all,
		       struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(vec_release) struct facts_list shared = VEC_INIT;
	CLEANUP(vec_release) struct ids ids = VEC_INIT;

	vec_each (all, f)
		if (f->others)
			vec_push(&ids, f->email_id);
	if (ids.n && db_list(p->w->db, SQL_PLAN_ADDRESSES_SHARED,
			     SQL_ARGS(sql_keys(&ids, &keys)), read_facts,
			     p->arena, &shared, err) < 0)
		return -1;
	vec_each (&shared, f)
		all->v[vec_lower(all, email_id, f->email_id)] = *f;
	return 0;
}

/* Of the records' addresses, to the places of the records. */
static int load_facts(struct planner *p, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(vec_release) struct facts_list found = VEC_INIT;

	if (db_list(p->w->db, SQL_PLAN_ADDRESSES,
		    SQL_ARGS(sql_keys_of(&p->records, email_id, &keys)),
		    read_facts, p->arena, &found, err) < 0 ||
	    load_shared(p, &found, err) < 0)
		return -1;
	for (size_t i = 0; i < p->records.n; i++) {
		int64_t email_id = p->records.v[i].email_id;
		size_t at = vec_lower(&found, email_id, email_id);

		if (at < found.n && found.v[at].email_id == email_id)
			p->facts[i] = found.v[at];
	}
	return 0;
}

/* Rule 3: flagged as the owner, else whose primary address it is, else the
 * newest; of those who are in the group. */
static int choose_owner(struct planner *p, struct facts *f, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more, is_member;

	if (db_query(p->w->db, SQL_PLAN_SHARERS, SQL_ARGS(sql_text(f->hash)),
		     &rows, err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		is_member =
			group_has(p->w->db, &p->group, rows_int(rows, 0), err);
		if (is_member < 0)
			return -1;
		if (is_member > 0) {
			f->owner_id = rows_int(rows, 0);
			return 0;
		}
	}
	return more;
}

/* --- decisions --- */

static enum left_out why_left_out(const struct record *r, const struct facts *f)
{
	if (!f->hash)
		return LEFT_OUT_NO_ADDRESS;
	if (!email_is_valid(f->folded))
		return LEFT_OUT_INVALID;
	if (r->opted_out || f->opted_out)
		return LEFT_OUT_OPTED_OUT;
	if (f->held)
		return LEFT_OUT_HELD;
	if (f->demo)
		return LEFT_OUT_DEMO;
	if (f->shared && f->owner_id != 0 && f->owner_id != r->id)
		return LEFT_OUT_DUPLICATE;
	return mirror_reason(f->status);
}

/* Who is found here is not left unseen: they keep the tag, or have a row. */
static bool has_tag(struct planner *p, const char *hash, bool *perhaps)
{
	*perhaps = hash_set_see(&p->perhaps, hash);
	return hash_set_see(&p->tagged, hash);
}

/* One that the CRM does not know stays as it is over there, and so does that of
 * an address that several have. */
static bool has_language(const struct facts *f, const struct record *r)
{
	const char *wanted = language_of_record(r);

	return !wanted ||
	       (f->language && (f->shared || strcmp(f->language, wanted) == 0));
}

static enum push_action choose_action(struct planner *p, const struct record *r,
				      const struct facts *f, uint64_t *dropped)
{
	CLEANUP(strbuf_release) struct strbuf merge = STRBUF_INIT;
	char merge_hash[MD5_HEX + 1];
	bool perhaps, tagged = has_tag(p, f->hash, &perhaps);

	*dropped = field_map_write(&p->map, r, 0, &merge);
	if (f->status == MIRROR_NONE)
		return PUSH_ADD;
	md5_hex(strbuf_str(&merge), merge_hash);
	if (!f->merge_hash || strcmp(f->merge_hash, merge_hash) != 0 ||
	    !has_language(f, r))
		return PUSH_UPDATE;
	return tagged ? PUSH_UNCHANGED : PUSH_TAG;
}

/* Whom the audience would mail all the same loses the tag (rule 7). Whom it
 * does not mail, and the owner of a shared address, keep it (rule 18). */
static int keep_or_untag(struct planner *p, struct batch *b,
			 const struct record *r, const struct facts *f,
			 enum left_out reason, struct err *err)
{
	bool perhaps = false, tagged = f->hash && has_tag(p, f->hash, &perhaps);

	if ((!tagged && !perhaps) || reason == LEFT_OUT_DUPLICATE ||
	    mirror_reason(f->status))
		return 0;
	return push_row_untag(b, p->push->id, r->email_id, reason, f->hash,
			      err);
}

static int plan_person(struct planner *p, struct batch *b,
		       const struct record *r, const struct facts *f,
		       struct err *err)
{
	enum left_out reason = why_left_out(r, f);
	enum push_action action = PUSH_LEFT_OUT;
	uint64_t dropped = 0;

	if (!reason)
		action = choose_action(p, r, f, &dropped);
	else if (keep_or_untag(p, b, r, f, reason, err) < 0)
		return -1;
	return batch_add(
		b, SQL_PUSH_ROW_ADD,
		SQL_ARGS(sql_int(p->push->id), sql_int(r->id),
			 sql_id_or_null(r->email_id), sql_int(action),
			 sql_int(action == PUSH_UNCHANGED || reason
					 ? PUSH_APPLIED
					 : PUSH_INTENDED),
			 sql_text(left_out_name(reason)), sql_null(),
			 sql_text(field_map_tags(&p->map, dropped, p->arena))),
		err);
}

/* Who is still subscribed there although they opted out: their own job has not
 * done it yet, or could not. */
static int tell_opted_out(struct planner *p, struct tx *tx, struct err *err)
{
	if (p->push->dry_run)
		return 0;
	for (size_t i = 0; i < p->records.n; i++) {
		const struct facts *f = &p->facts[i];

		if ((f->opted_out || p->records.v[i].opted_out) &&
		    (f->status == MIRROR_SUBSCRIBED ||
		     f->status == MIRROR_PENDING) &&
		    opted_out_tell(tx, f->hash, p->w->actor.now_ms, err) < 0)
			return -1;
	}
	return 0;
}

static int write_page(struct planner *p, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct batch b;

	if (tx_begin(p->w->db, &tx, err) < 0)
		return -1;
	batch_begin(&tx, &b);
	for (size_t i = 0; i < p->records.n; i++)
		if (plan_person(p, &b, &p->records.v[i], &p->facts[i], err) < 0)
			return -1;
	if (batch_end(&b, err) < 0 || tell_opted_out(p, &tx, err) < 0)
		return -1;
	p->done += (int64_t)p->records.n;
	if (job_progress(p->w->run, &tx, p->done, p->w->run->job->total, NULL,
			 err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

int plan_people(struct planner *p, const struct ids *ids, struct err *err)
{
	arena_reset(p->arena);
	vec_reset(&p->records);
	if (records_load(p->w->db, ENTITY_PERSON, ids, p->arena, &p->records,
			 err) < 0 ||
	    records_add_companies(p->w->db, &p->records, p->arena, err) < 0)
		return -1;
	p->facts = arena_array(p->arena, struct facts, p->records.n + 1);
	if (load_facts(p, err) < 0)
		return -1;
	for (size_t i = 0; i < p->records.n; i++)
		if (p->facts[i].shared &&
		    choose_owner(p, &p->facts[i], err) < 0)
			return -1;
	return write_page(p, err);
}

static int plan_members(struct planner *p, struct err *err)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	int64_t after = 0;
	int n;

	do {
		vec_reset(&ids);
		n = group_walk(p->w->db, &p->group, after, GROUP_WALK_LONG,
			       &ids, err);
		if (n < 0 || (n > 0 && plan_people(p, &ids, err) < 0))
			return -1;
		if (n > 0)
			after = ids.v[ids.n - 1];
	} while (n == GROUP_WALK_LONG);
	return 0;
}

/* --- who loses the tag --- */

/* 1, or 0: the person has a row already. */
static int add_untag(struct planner *p, struct tx *tx, int64_t person_id,
		     const char *hash, struct err *err)
{
	return db_exec(tx, SQL_PUSH_ROW_ADD,
		       SQL_ARGS(sql_int(p->push->id), sql_int(person_id),
				sql_null(), sql_int(PUSH_UNTAG),
				sql_int(PUSH_INTENDED), sql_null(),
				sql_text(hash), sql_null()),
		       err);
}

/* Rows of people that are in the group with another address, of a second
 * address of one person, and of members that nobody in the CRM has, stand under
 * a negative number. */
static int plan_untag(struct planner *p, struct tx *tx, const char *hash,
		      int64_t nth, struct err *err)
{
	int64_t person_id = 0;
	int taken = 0, added;

	if (db_find_int(tx->db, SQL_PLAN_PERSON_OF_HASH,
			SQL_ARGS(sql_text(hash)), &person_id, err) < 0)
		return -1;
	if (person_id > 0)
		taken = group_has(tx->db, &p->group, person_id, err);
	if (taken < 0)
		return -1;
	added = person_id > 0 && taken == 0
			? add_untag(p, tx, person_id, hash, err)
			: 0;
	if (added == 0)
		added = add_untag(p, tx, -nth, hash, err);
	return added < 0 ? -1 : 0;
}

/* Who was not seen in a set. nth: of their rows, in both sets. */
static int plan_unseen(struct planner *p, const struct hash_set *set,
		       int64_t nth, struct err *err)
{
	size_t i = 0;

	while (i < set->n) {
		CLEANUP(tx_release) struct tx tx = TX_INIT;

		if (tx_begin(p->w->db, &tx, err) < 0)
			return -1;
		for (int n = 0; n < ITEMS_A_PAGE && i < set->n; i++) {
			char hash[MD5_HEX + 1];

			if (set->seen[i])
				continue;
			n++;
			hash_set_get(set, i, hash);
			if (plan_untag(p, &tx, hash, nth + (int64_t)i, err) < 0)
				return -1;
		}
		if (tx_commit(&tx, err) < 0)
			return -1;
	}
	return 0;
}

static int plan_leavers(struct planner *p, struct err *err)
{
	if (plan_unseen(p, &p->tagged, 1, err) < 0)
		return -1;
	return plan_unseen(p, &p->perhaps, 1 + (int64_t)p->tagged.n, err);
}

static int begin_anew(struct planner *p, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int64_t total = 0;

	if (group_count(p->w->db, &p->group, &total, err) < 0 ||
	    push_rows_remove(p->w->db, p->push->id, err) < 0 ||
	    tx_begin(p->w->db, &tx, err) < 0 ||
	    db_exec(&tx, SQL_PUSH_PLAN_BEGIN,
		    SQL_ARGS(sql_int(p->w->actor.now_ms),
			     sql_text(p->fields_hash), sql_int(p->push->id)),
		    err) < 0 ||
	    job_progress(p->w->run, &tx, 0, total, NULL, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* What of the mapping, and of what the audience takes, the members depend on.
 */
static void hash_fields(struct planner *p)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	strbuf_addstr(&text, "language "); /* goes along since 0088 */
	vec_each (&p->map.fields, f) {
		struct json_writer j = JSON_WRITER(&text);

		strbuf_addf(&text, "%s %s %s %d %d %s ", f->target.tag,
			    f->target.type, f->field ? f->field->name : "",
			    f->is_address, f->is_company,
			    f->custom ? f->custom : "");
		if (f->target.options)
			json_tree(&j, f->target.options);
	}
	md5_hex(strbuf_str(&text), p->fields_hash);
}

/* All of the group, and all of the tag. */
static int plan_whole(struct planner *p, struct err *err)
{
	return plan_load_tagged(p, err) < 0 || plan_members(p, err) < 0 ? -1
									: 0;
}

int plan_make(struct work *w, struct push *push, struct err *err)
{
	CLEANUP(planner_release)
	struct planner p = {
		.w = w,
		.push = push,
		.tagged = HASH_SET_INIT,
		.perhaps = HASH_SET_INIT,
		.records = VEC_INIT,
		.arena = arena_new(),
	};
	int again;

	if (group_get(w->db, push->group_id, w->arena, &p.group, err) < 0)
		return -1;
	if (p.group.entity != ENTITY_PERSON)
		return err_set(err, ERR_INVALID,
			       "only groups of people can be pushed");
	if (field_map_load(w, &p.map, err) < 0 ||
	    mirror_refresh(w, &p.map, false, err) < 0 ||
	    tag_find(w, push, err) < 0)
		return -1;
	hash_fields(&p);
	if (begin_anew(&p, err) < 0)
		return -1;
	again = plan_again(&p, err);
	if (again < 0 || (again == 0 && plan_whole(&p, err) < 0) ||
	    plan_leavers(&p, err) < 0 ||
	    db_write(w->db, SQL_PUSH_TAG_TOLD,
		     SQL_ARGS(sql_text(p.digest), sql_int(push->id)), err) < 0)
		return -1;
	push->state = "planned";
	return push_store(w, push, err);
}
