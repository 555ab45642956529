/*
 * Takes the demo away again, in an order in which nothing of it makes others do
 * something. Steps of the job; each can be done again.
 */
#include "api/demo/demo_private.h"
#include "audience/list.h"
#include "audience/member.h"
#include "audience/segment.h"
#include "base/arena.h"
#include "base/err.h"
#include "campaign/report_kept.h"
#include "crm/campaign_figures.h"
#include "crm/group/group.h"
#include "crm/tag.h"
#include "store/store.h"

#include "sql/demo.h"
#include "sql/demo_audience.h"
#include "sql/demo_events.h"

#include <string.h>

/* --- campaigns --- */

/* The bridge looks at its campaigns no more, and nobody is made a member. */
int demo_stop_pull(struct demo *d, struct err *err)
{
	int pushing = demo_is_pushing(d, err);

	if (pushing != 0)
		return pushing < 0 ? -1 : 0;
	return db_write(d->db, SQL_DEMO_PULL_STOP, SQL_NO_ARGS, err) < 0 ? -1
									 : 1;
}

static int drop_engine_rows(struct tx *tx, int64_t id, struct err *err)
{
	static const struct sql *const queries[] = {
		SQL_DEMO_ENGINE_DROP_RECIPIENTS, SQL_DEMO_ENGINE_DROP_CLEANED,
		SQL_DEMO_ENGINE_DROP_LINKS, SQL_DEMO_ENGINE_DROP
	};
	CLEANUP(vec_release) struct ids members = VEC_INIT;
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;

	/* activity is found by its members, who are few */
	if (db_list_ids(tx->db, SQL_DEMO_ENGINE_MEMBERS, SQL_ARGS(sql_int(id)),
			&members, err) < 0 ||
	    db_exec(tx, SQL_DEMO_ENGINE_DROP_ACTIVITY,
		    SQL_ARGS(sql_int(id), sql_keys(&members, &keys)), err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(queries); i++)
		if (db_exec(tx, queries[i], SQL_ARGS(sql_int(id)), err) < 0)
			return -1;
	return report_kept_remove(tx, id, err);
}

int demo_drop_engine(struct demo *d, struct err *err)
{
	CLEANUP(store_put) struct db *audience = NULL;

	if (store_get(d->run->store, STORE_AUDIENCE, &audience, err) < 0)
		return -1;
	for (int k = 0; k < DEMO_CAMPAIGNS; k++) {
		CLEANUP(tx_release) struct tx tx = TX_INIT;
		const char *text;
		int64_t id;
		int found = setting_find(audience, demo_campaign_key(k),
					 d->arena, &text, err);

		if (found < 0)
			return -1;
		if (found == 0 || !text_to_int(text, &id))
			continue;
		if (tx_begin(audience, &tx, err) < 0 ||
		    drop_engine_rows(&tx, id, err) < 0 ||
		    setting_remove(&tx, demo_campaign_key(k), err) < 0 ||
		    tx_commit(&tx, err) < 0)
			return -1;
	}
	return 1;
}

/* Ids are never given again, so that no cursor is beyond what comes. */
int demo_drop_events(struct demo *d, struct err *err)
{
	CLEANUP(store_put) struct db *events = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	const char *text;
	struct str rest;
	int64_t first, last;
	int found;

	if (store_get(d->run->store, STORE_EVENTS, &events, err) < 0)
		return -1;
	found = setting_find(events, DEMO_EVENTS_KEY, d->arena, &text, err);
	if (found <= 0)
		return found < 0 ? -1 : 1;
	rest = str_of(text);
	if (!str_to_int(str_cut(&rest, ' '), &first) ||
	    !str_to_int(rest, &last))
		return err_set(err, ERR_BUG, "the setting %s is broken",
			       DEMO_EVENTS_KEY);
	if (tx_begin(events, &tx, err) < 0 ||
	    db_exec(&tx, SQL_DEMO_EVENTS_DROP,
		    SQL_ARGS(sql_int(first), sql_int(last),
			     sql_text(DEMO_EVENTS_INSTANCE)),
		    err) < 0 ||
	    setting_remove(&tx, DEMO_EVENTS_KEY, err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	return 1;
}

static int drop_campaign(struct demo *d, const struct demo_row *row,
			 struct err *err)
{
	static const struct sql *const queries[] = {
		SQL_DEMO_CAMPAIGN_DROP_ACTIVITY, SQL_DEMO_CAMPAIGN_DROP_LINKS,
		SQL_DEMO_CAMPAIGN_DROP_RECIPIENTS, SQL_DEMO_CAMPAIGN_DROP
	};
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(d->db, &tx, err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(queries); i++)
		if (db_exec(&tx, queries[i], SQL_ARGS(sql_int(row->record_id)),
			    err) < 0)
			return -1;
	if (figures_remove(&tx, row->record_id, err) < 0 ||
	    db_exec(&tx, SQL_DEMO_FORGET,
		    SQL_ARGS(sql_text("campaign"), sql_int(row->n)), err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

int demo_drop_campaigns(struct demo *d, struct err *err)
{
	CLEANUP(vec_release) struct demo_rows rows = VEC_INIT;

	if (demo_rows_list(d, "campaign", &rows, err) < 0)
		return -1;
	vec_each (&rows, row)
		if (drop_campaign(d, row, err) < 0)
			return -1;
	return 1;
}

/* --- members --- */

static void read_member(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct demo_row *)out = (struct demo_row){
		.name = rows_dup(rows, 0, arena),
		.record_id = rows_int(rows, 1),
	};
}

static bool holds(const struct texts *texts, const char *text)
{
	vec_each (texts, it)
		if (strcmp(*it, text) == 0)
			return true;
	return false;
}

/* Those that the demo's push made, wherever they have moved, and those that the
 * bridge subscribed for its people since: name is their hash. */
static int list_members(struct demo *d, struct db *audience, int64_t list_id,
			struct demo_rows *out, struct err *err)
{
	CLEANUP(vec_release) struct demo_rows noted = VEC_INIT;
	CLEANUP(vec_release) struct texts hashes = VEC_INIT;
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf json = STRBUF_INIT;

	if (demo_rows_list(d, "member", &noted, err) < 0 ||
	    db_list_texts(d->db, SQL_DEMO_SUBSCRIBED_HASHES, SQL_NO_ARGS,
			  d->arena, &hashes, err) < 0 ||
	    db_list(audience, SQL_DEMO_MEMBERS_BY_ID,
		    SQL_ARGS(sql_keys_of(&noted, record_id, &keys)),
		    read_member, d->arena, out, err) < 0)
		return -1;
	return db_list(audience, SQL_DEMO_MEMBERS_BY_HASH,
		       SQL_ARGS(sql_int(list_id), sql_texts(&hashes, &json)),
		       read_member, d->arena, out, err);
}

/* Of addresses that somebody else has, the member is theirs by now. */
static int list_shared(struct demo *d, const struct demo_rows *members,
		       struct texts *out, struct err *err)
{
	CLEANUP(vec_release) struct texts hashes = VEC_INIT;
	CLEANUP(strbuf_release) struct strbuf json = STRBUF_INIT;

	if (db_list_texts(d->db, SQL_DEMO_ALL_HASHES, SQL_NO_ARGS, d->arena,
			  &hashes, err) < 0)
		return -1;
	vec_each (members, m)
		vec_push(&hashes, m->name);
	return db_list_texts(d->db, SQL_DEMO_SHARED_HASHES,
			     SQL_ARGS(sql_texts(&hashes, &json)), d->arena, out,
			     err);
}

static int drop_members(struct db *audience, const struct demo_rows *members,
			const struct texts *shared, struct err *err)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	vec_each (members, m)
		if (!holds(shared, m->name))
			vec_push(&ids, m->record_id);
	if (tx_begin(audience, &tx, err) < 0 ||
	    members_drop(&tx, &ids, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* What the bridge knew of them; the addresses are noted, because it may hear of
 * them once more before all is done. */
static int note_hashes(struct demo *d, const struct demo_rows *members,
		       const struct texts *shared, struct err *err)
{
	CLEANUP(vec_release) struct texts all = VEC_INIT;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	int64_t next = 0;

	if (db_list_texts(d->db, SQL_DEMO_ALL_HASHES, SQL_NO_ARGS, d->arena,
			  &all, err) < 0 ||
	    tx_begin(d->db, &tx, err) < 0 ||
	    db_find_int(d->db, SQL_DEMO_NEXT, SQL_ARGS(sql_text("hash")), &next,
			err) < 0)
		return -1;
	vec_each (members, m)
		vec_push(&all, m->name);
	vec_each (&all, hash)
		if (!holds(shared, *hash) &&
		    demo_row_add(&tx, "hash", next++, 0, *hash, err) < 0)
			return -1;
	return tx_commit(&tx, err);
}

static int forget_mirror(struct demo *d, struct err *err)
{
	CLEANUP(vec_release) struct demo_rows rows = VEC_INIT;
	CLEANUP(vec_release) struct texts hashes = VEC_INIT;
	CLEANUP(strbuf_release) struct strbuf json = STRBUF_INIT;

	if (demo_rows_list(d, "hash", &rows, err) < 0)
		return -1;
	vec_each (&rows, row)
		vec_push(&hashes, row->name);
	return db_write(d->db, SQL_DEMO_MIRROR_DROP,
			SQL_ARGS(sql_texts(&hashes, &json)), err);
}

int demo_drop_members(struct demo *d, struct err *err)
{
	CLEANUP(store_put) struct db *audience = NULL;
	CLEANUP(vec_release) struct demo_rows members = VEC_INIT;
	CLEANUP(vec_release) struct texts shared = VEC_INIT;
	struct demo_push push;
	int found = demo_push_find_any(d, &push, err);

	if (found <= 0) /* nobody was made a member, or all is done */
		return found < 0 ? -1 : 1;
	if (store_get(d->run->store, STORE_AUDIENCE, &audience, err) < 0 ||
	    list_members(d, audience, push.list_id, &members, err) < 0 ||
	    list_shared(d, &members, &shared, err) < 0 ||
	    note_hashes(d, &members, &shared, err) < 0 ||
	    drop_members(audience, &members, &shared, err) < 0)
		return -1;
	return forget_mirror(d, err) < 0 ? -1 : 1;
}

/* --- group --- */

struct group_tag {
	const char *audience;
	int64_t segment_id;
};
struct group_tags VEC_FIELDS(struct group_tag);

static void read_group_tag(const struct rows *rows, struct arena *arena,
			   void *out)
{
	*(struct group_tag *)out = (struct group_tag){
		.audience = rows_dup(rows, 0, arena),
		.segment_id = rows_int(rows, 1),
	};
}

static int drop_segment(struct demo *d, struct db *audience,
			const struct group_tag *tag, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct list list;
	int found = list_find(audience, tag->audience, d->arena, &list, err);

	if (found <= 0)
		return found;
	if (tx_begin(audience, &tx, err) < 0 ||
	    demo_unless_gone(segment_remove(&tx, list.id, tag->segment_id, err),
			     err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static int drop_segments(struct demo *d, int64_t group_id, struct err *err)
{
	CLEANUP(store_put) struct db *audience = NULL;
	CLEANUP(vec_release) struct group_tags tags = VEC_INIT;

	if (store_get(d->run->store, STORE_AUDIENCE, &audience, err) < 0 ||
	    db_list(d->db, SQL_DEMO_GROUP_TAGS, SQL_ARGS(sql_int(group_id)),
		    read_group_tag, d->arena, &tags, err) < 0)
		return -1;
	vec_each (&tags, tag)
		if (drop_segment(d, audience, tag, err) < 0)
			return -1;
	return 0;
}

static int drop_pushes(struct demo *d, int64_t group_id, struct err *err)
{
	static const struct sql *const queries[] = { SQL_DEMO_GROUP_DROP_ROWS,
						     SQL_DEMO_GROUP_DROP_PUSHES,
						     SQL_DEMO_GROUP_DROP_TURN,
						     SQL_DEMO_GROUP_DROP_TAG };
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(d->db, &tx, err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(queries); i++)
		if (db_exec(&tx, queries[i], SQL_ARGS(sql_int(group_id)), err) <
		    0)
			return -1;
	return tx_commit(&tx, err);
}

static int forget_row(struct demo *d, const char *kind, int64_t n,
		      struct err *err)
{
	return db_write(d->db, SQL_DEMO_FORGET,
			SQL_ARGS(sql_text(kind), sql_int(n)), err);
}

/* What a kill left of it while it was made: nobody else sees such a group. */
static int drop_half(struct demo *d, const char *folded, struct err *err)
{
	if (db_write(d->db, SQL_DEMO_GROUP_DROP_HALF_MEMBERS,
		     SQL_ARGS(sql_text(folded)), err) < 0)
		return -1;
	return db_write(d->db, SQL_DEMO_GROUP_DROP_HALF,
			SQL_ARGS(sql_text(folded)), err);
}

static int drop_group(struct demo *d, int64_t id, struct err *err)
{
	if (drop_segments(d, id, err) < 0 || drop_pushes(d, id, err) < 0)
		return -1;
	return demo_unless_gone(group_remove(d->db, id, NULL, err), err);
}

/* Of the name that was noted, there may be one that was made and not noted. */
static int drop_named(struct demo *d, const char *name, bool is_noted,
		      struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf folded = STRBUF_INIT;
	int64_t id;
	int found = 0;

	strbuf_addstr(&folded, name);
	strbuf_tolower(&folded);
	/* one that is noted may have another name by now, and another group
	 * its name */
	if (!is_noted)
		found = db_find_int(d->db, SQL_DEMO_GROUP_NAMED,
				    SQL_ARGS(sql_text(folded.buf)), &id, err);
	if (found < 0 || (found > 0 && drop_group(d, id, err) < 0))
		return -1;
	return drop_half(d, folded.buf, err);
}

int demo_drop_group(struct demo *d, struct err *err)
{
	struct demo_row group, name;
	int found = demo_row_find(d, "group", &group, err);
	int named = demo_row_find(d, "group-name", &name, err);

	if (found < 0 || named < 0)
		return -1;
	/* a kill may leave half of it, which is found by the name only */
	if (found > 0 && drop_group(d, group.record_id, err) < 0)
		return -1;
	if (named > 0 && (drop_named(d, name.name, found > 0, err) < 0 ||
			  forget_row(d, "group-name", 0, err) < 0))
		return -1;
	if (found > 0 && forget_row(d, "group", 0, err) < 0)
		return -1;
	return 1;
}

/* --- the rest --- */

int demo_drop_tag(struct demo *d, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct actor actor = demo_actor(d, d->now_ms);
	struct demo_row tag;
	int found = demo_row_find(d, "tag", &tag, err);

	if (found <= 0)
		return found < 0 ? -1 : 1;
	if (tx_begin(d->db, &tx, err) < 0 ||
	    demo_unless_gone(tag_remove(&tx, tag.record_id, &actor, err), err) <
		    0 ||
	    db_exec(&tx, SQL_DEMO_FORGET, SQL_ARGS(sql_text("tag"), sql_int(0)),
		    err) < 0 ||
	    tx_commit(&tx, err) < 0)
		return -1;
	return 1;
}

int demo_drop_rest(struct demo *d, struct err *err)
{
	if (forget_mirror(d, err) < 0 ||
	    db_find_int(d->db, SQL_DEMO_KEPT, SQL_NO_ARGS, &d->kept, err) < 0)
		return -1;
	return db_write(d->db, SQL_DEMO_FORGET_ALL, SQL_NO_ARGS, err) < 0 ? -1
									  : 1;
}
