/*
 * Conditions on groups: who is in another group. Called by the parser of
 * criteria and by selections; any thread.
 */
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "crm/group/criteria_private.h"
#include "crm/group/group.h"
#include "sql/criteria.h"
#include "store/db.h"

struct found {
	const char *name;
	enum entity entity;
	enum group_kind kind;
	const char *criteria;
};

static void read_found(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct found *)out = (struct found){
		.name = rows_dup(rows, 0, arena),
		.entity = (enum entity)rows_int(rows, 1),
		.kind = (enum group_kind)rows_int(rows, 2),
		.criteria = rows_dup(rows, 3, arena),
	};
}

static int find_group(const struct parser *p, int64_t id, struct found *out,
		      struct err *err)
{
	return db_get(p->db, SQL_CRITERIA_GROUP, SQL_ARGS(sql_int(id)),
		      read_found, p->arena, out, err);
}

static void name_chain(const struct chain *chain, struct strbuf *out)
{
	if (!chain)
		return;
	name_chain(chain->up, out);
	strbuf_addf(out, "\"%s\" > ", chain->name);
}

/* Neither in a ring, nor too long. */
static int check_chain(const struct parser *p, const struct chain *next,
		       const char *path, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf names = STRBUF_INIT;
	int depth = 0;
	bool is_ring = false;

	for (const struct chain *c = next->up; c; c = c->up) {
		is_ring = is_ring || c->id == next->id;
		depth++;
	}
	if (!is_ring && depth <= CRITERIA_CHAIN_MAX)
		return 0;
	name_chain(next->up, &names);
	strbuf_addf(&names, "\"%s\"", next->name);
	if (is_ring)
		return err_set(err, ERR_CONFLICT,
			       "a group cannot refer to itself: %s", names.buf);
	return criteria_refuse(err, path, "value",
			       arena_printf(p->arena,
					    "groups refer to each other at "
					    "most %d deep: %s",
					    CRITERIA_CHAIN_MAX, names.buf));
}

/* The tree of a group that is referred to. */
static int parse_inner(struct parser *p, const struct found *group, int64_t id,
		       const char *path, struct criterion *out, struct err *err)
{
	CLEANUP(json_free) json_t *json = NULL;
	struct chain link = { id, group->name, p->chain };
	struct parser inner = *p;
	int ret;

	if (check_chain(p, &link, path, err) < 0)
		return -1;
	if (!group->criteria)
		return 0;
	if (json_parse(str_of(group->criteria), &json, err) < 0)
		return err_prefix(err, "group %lld", (long long)id);
	inner.strict = false;
	inner.chain = &link;
	inner.conditions = 0;
	ret = criteria_parse_branch(&inner, json, path, 1, out, err);
	p->all = inner.all;
	return ret;
}

/* What a static group refers to says nothing of who is in it now. */
static int parse_members(struct parser *p, const struct found *group,
			 const char *path, struct criterion *c, struct err *err)
{
	struct criterion *tree = arena_new_of(p->arena, struct criterion);

	if (group->kind == GROUP_DYNAMIC)
		c->members = tree;
	else if (!p->checks)
		return 0;
	return parse_inner(p, group, c->number, path, tree, err);
}

int criteria_parse_group(struct parser *p, struct criterion *c,
			 const char *path, struct err *err)
{
	struct found group;
	int found = find_group(p, c->number, &group, err);

	if (found < 0)
		return -1;
	if (!found)
		return p->strict ? criteria_refuse(err, path, "value",
						   "is no group that there is")
				 : 0;
	if (group.entity != p->entity)
		return criteria_refuse(err, path, "value",
				       arena_printf(p->arena,
						    "is a group of %s",
						    entity_name(group.entity)));
	return parse_members(p, &group, path, c, err);
}

int criteria_within(struct db *db, struct criteria *c, int64_t group_id,
		    enum criteria_part part, int64_t now_ms,
		    struct arena *arena, struct err *err)
{
	struct parser p = { .db = db,
			    .root = "group_id",
			    .entity = c->entity,
			    .arena = arena,
			    .now_ms = now_ms };
	struct criterion *both = arena_array(arena, struct criterion, 2);
	struct found group;
	int found = find_group(&p, group_id, &group, err);

	if (found < 0)
		return -1;
	if (!found)
		return err_set(err, ERR_NOT_FOUND, "there is no group %lld",
			       (long long)group_id);
	if (group.entity != c->entity)
		return err_field(err, "group_id", "is a group of %s",
				 entity_name(group.entity));
	if (part != CRITERIA_MEMBERS && group.kind != GROUP_STATIC)
		return err_set(err, ERR_CONFLICT,
			       "group %lld is dynamic: nobody is put in or "
			       "taken out by hand",
			       (long long)group_id);
	both[0] = (struct criterion){ .is_condition = true,
				      .field = "group",
				      .type = CRITERIA_GROUP,
				      .op = CRITERIA_IS,
				      .number = group_id,
				      .part = part };
	both[1] = c->root;
	c->root = (struct criterion){ .children = both, .n = 2 };
	return parse_members(&p, &group, p.root, &both[0], err);
}
