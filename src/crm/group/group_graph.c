#include "crm/group/group_graph.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "sql/group.h"
#include "store/db.h"

#define NAMED_MAX 5

struct referrer {
	struct criteria_owner group;
	enum entity entity;
	const char *criteria;
};
struct referrers VEC_FIELDS(struct referrer);

int group_graph_lock(struct tx *tx, struct err *err)
{
	int64_t locked;

	return db_find_int(tx->db, SQL_GROUP_GRAPH_LOCK, SQL_NO_ARGS, &locked,
			   err) < 0
		       ? -1
		       : 0;
}

int group_graph_put(struct tx *tx, int64_t group_id,
		    const struct criteria *criteria, struct err *err)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;

	if (db_exec(tx, SQL_GROUP_REFERENCES_REMOVE,
		    SQL_ARGS(sql_int(group_id)), err) < 0)
		return -1;
	if (criteria)
		criteria_references(criteria, &ids);
	vec_each (&ids, id)
		if (db_exec(tx, SQL_GROUP_REFERENCE_ADD,
			    SQL_ARGS(sql_int(group_id), sql_int(*id)), err) < 0)
			return -1;
	return 0;
}

static void read_referrer(const struct rows *rows, struct arena *arena,
			  void *out)
{
	*(struct referrer *)out = (struct referrer){
		.group = { rows_int(rows, 0), rows_dup(rows, 1, arena) },
		.entity = (enum entity)rows_int(rows, 2),
		.criteria = rows_dup(rows, 3, arena),
	};
}

static int list_referrers(struct tx *tx, int64_t group_id, struct arena *arena,
			  struct referrers *out, struct err *err)
{
	return db_list(tx->db, SQL_GROUP_REFERRERS, SQL_ARGS(sql_int(group_id)),
		       read_referrer, arena, out, err);
}

static bool is_among(const struct referrers *all, int64_t id)
{
	vec_each (all, r)
		if (r->group.id == id)
			return true;
	return false;
}

/* Those that refer to it through others, too, each once. */
static int list_all_referrers(struct tx *tx, int64_t group_id,
			      struct arena *arena, struct referrers *out,
			      struct err *err)
{
	if (list_referrers(tx, group_id, arena, out, err) < 0)
		return -1;
	for (size_t i = 0; i < out->n; i++) {
		CLEANUP(vec_release) struct referrers more = VEC_INIT;

		if (list_referrers(tx, out->v[i].group.id, arena, &more, err) <
		    0)
			return -1;
		vec_each (&more, r)
			if (!is_among(out, r->group.id))
				vec_push(out, *r);
	}
	return 0;
}

int group_graph_check(struct tx *tx, int64_t group_id, int64_t now_ms,
		      struct arena *arena, struct err *err)
{
	CLEANUP(vec_release) struct referrers all = VEC_INIT;

	if (list_all_referrers(tx, group_id, arena, &all, err) < 0)
		return -1;
	vec_each (&all, r) {
		struct err why = ERR_INIT;

		if (criteria_check(tx->db, r->entity, &r->group, r->criteria,
				   now_ms, arena, &why) == 0)
			continue;
		if (why.code == ERR_INVALID)
			return err_field(err, "criteria",
					 "group \"%s\" refers to this one: %s",
					 r->group.name, why.text);
		*err = why;
		return -1;
	}
	return 0;
}

int group_graph_check_free(struct tx *tx, int64_t group_id, struct arena *arena,
			   struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf names = STRBUF_INIT;
	CLEANUP(vec_release) struct referrers all = VEC_INIT;
	size_t n;

	if (list_referrers(tx, group_id, arena, &all, err) < 0)
		return -1;
	if (all.n == 0)
		return 0;
	n = all.n < NAMED_MAX ? all.n : NAMED_MAX;
	for (size_t i = 0; i < n; i++)
		strbuf_addf(&names, "%s\"%s\"", i ? ", " : "",
			    all.v[i].group.name);
	if (all.n > n)
		strbuf_addf(&names, " and %zu more", all.n - n);
	return err_set(err, ERR_CONFLICT,
		       "the criteria of other groups refer to this one: %s. "
		       "Change them first; nothing was removed",
		       names.buf);
}
