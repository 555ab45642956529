#include "audience/side/member_many.h"

#include "audience/list.h"
#include "audience/member_private.h"
#include "audience/tag_members.h"
#include "base/arena.h"
#include "base/strbuf.h"

#include <string.h>

static const char *const act_names[] = {
	[MEMBER_ACT_TAG] = "tag",
	[MEMBER_ACT_UNTAG] = "untag",
	[MEMBER_ACT_UNSUBSCRIBE] = "unsubscribe",
	[MEMBER_ACT_ARCHIVE] = "archive",
};

bool member_act_parse(const char *name, enum member_act *out)
{
	for (size_t i = 0; name && i < ARRAY_SIZE(act_names); i++) {
		if (strcmp(act_names[i], name) == 0) {
			*out = (enum member_act)i;
			return true;
		}
	}
	return false;
}

const char *member_act_name(enum member_act act)
{
	return act_names[act];
}

/* --- who is meant --- */

static const char *not_to_unsubscribe(const struct member *m)
{
	switch (m->status) {
	case MEMBER_CLEANED:
		return "the address has bounced: it gets no campaigns";
	case MEMBER_TRANSACTIONAL:
		return "gets no campaigns, only single mails";
	case MEMBER_ARCHIVED:
		return "is archived: gets no campaigns";
	default:
		return NULL;
	}
}

static const char *not_to_archive(const struct member *m)
{
	switch (m->status) {
	case MEMBER_PENDING:
		return "has not confirmed yet: cannot be archived";
	case MEMBER_CLEANED:
		return "the address has bounced: cannot be archived";
	default:
		return NULL;
	}
}

static void refuse(struct member_refusals *refused, int64_t id, const char *why)
{
	vec_push(refused, ((struct member_refusal){ id, why }));
}

/* What is in the way of the act; NULL: nothing. */
static const char *obstacle(enum member_act act, const struct member *m)
{
	if (act == MEMBER_ACT_UNSUBSCRIBE)
		return not_to_unsubscribe(m);
	return act == MEMBER_ACT_ARCHIVE ? not_to_archive(m) : NULL;
}

static bool is_done(enum member_act act, const struct member *m)
{
	return (act == MEMBER_ACT_UNSUBSCRIBE &&
		m->status == MEMBER_UNSUBSCRIBED) ||
	       (act == MEMBER_ACT_ARCHIVE && m->status == MEMBER_ARCHIVED);
}

/* Those that the act is to change, locked; who cannot be is refused. */
static int choose(struct tx *tx, const struct list *list,
		  const struct member_many *what, struct arena *arena,
		  struct members *out, struct member_refusals *refused,
		  struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(vec_release) struct members found = VEC_INIT;
	size_t at = 0;

	if (member_list_by_ids(tx->db, sql_keys(what->ids, &keys), arena,
			       &found, err) < 0)
		return -1;
	vec_each (what->ids, id) {
		const struct member *m = at < found.n && found.v[at].id == *id
						 ? &found.v[at++]
						 : NULL;
		const char *why = m ? obstacle(what->act, m) : NULL;

		if (!m || m->list_id != list->id)
			refuse(refused, *id, "is no member any more");
		else if (why)
			refuse(refused, *id, why);
		else if (!is_done(what->act, m))
			vec_push(out, *m);
	}
	return 0;
}

/* --- what is done to them --- */

static int unsubscribe_all(struct tx *tx, const struct list *list,
			   const struct members *members,
			   const struct member_actor *actor,
			   struct arena *arena, struct err *err)
{
	CLEANUP(json_free)
	json_t *body = json_pack("{s:s}", "status", "unsubscribed");
	struct member_op *ops =
		arena_array(arena, struct member_op, members->n + 1);
	int ret;

	for (size_t i = 0; i < members->n; i++)
		ops[i] = (struct member_op){ .mode = MEMBER_PATCH,
					     .key = members->v[i].email_hash,
					     .body = body,
					     .skip_merge_validation = true };
	ret = member_apply(tx, list, ops, members->n, actor, arena, err);
	for (size_t i = 0; i < members->n; i++) {
		if (ret == 0 && ops[i].outcome == MEMBER_REFUSED) {
			*err = ops[i].err;
			ret = -1;
		}
		member_op_release(&ops[i]);
	}
	return ret < 0 ? -1 : (int)members->n;
}

static int archive_all(struct tx *tx, const struct list *list,
		       const struct members *members,
		       const struct member_actor *actor, struct arena *arena,
		       struct err *err)
{
	CLEANUP(member_run_release)
	struct member_run run = {
		.tx = tx, .list = list, .actor = actor, .arena = arena
	};

	return members_archive(&run, members, err) < 0 ? -1 : (int)members->n;
}

static int tag_all(struct tx *tx, const struct list *list,
		   const struct member_many *what,
		   const struct members *members,
		   const struct member_actor *actor, struct arena *arena,
		   struct err *err)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;

	vec_each (members, m)
		vec_push(&ids, m->id);
	return (what->act == MEMBER_ACT_TAG ? tag_members_add
					    : tag_members_remove)(
		tx, list, what->segment_id, &ids, actor->now_ms, arena, err);
}

int member_many(struct tx *tx, const struct list *list,
		const struct member_many *what,
		const struct member_actor *actor, struct arena *arena,
		struct member_refusals *refused, struct err *err)
{
	CLEANUP(vec_release) struct members chosen = VEC_INIT;

	if (choose(tx, list, what, arena, &chosen, refused, err) < 0)
		return -1;
	switch (what->act) {
	case MEMBER_ACT_TAG:
	case MEMBER_ACT_UNTAG:
		return tag_all(tx, list, what, &chosen, actor, arena, err);
	case MEMBER_ACT_UNSUBSCRIBE:
		return unsubscribe_all(tx, list, &chosen, actor, arena, err);
	case MEMBER_ACT_ARCHIVE:
		return archive_all(tx, list, &chosen, actor, arena, err);
	}
	return 0;
}
