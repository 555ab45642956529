#include "crm/group/group.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/utf8.h"
#include "crm/group/group_graph.h"
#include "crm/group/group_private.h"
#include "sql/group.h"
#include "store/db.h"
#include "store/update.h"

#include <string.h>

#define REMOVE_PAGE 5000

const char *group_kind_name(enum group_kind kind)
{
	return kind == GROUP_STATIC ? "static" : "dynamic";
}

int group_kind_parse(const char *name, enum group_kind *out, struct err *err)
{
	if (strcmp(name, "static") == 0)
		*out = GROUP_STATIC;
	else if (strcmp(name, "dynamic") == 0)
		*out = GROUP_DYNAMIC;
	else
		return err_field(err, "kind", "must be static or dynamic");
	return 0;
}

int group_input_parse(const json_t *json, struct group_input *out,
		      struct err *err)
{
	const char *entity = NULL, *kind = NULL;
	const json_t *criteria = NULL;

	if (json_get_text(json, "name", &out->name, err) < 0 ||
	    json_get_text(json, "entity", &entity, err) < 0 ||
	    json_get_text(json, "kind", &kind, err) < 0 ||
	    json_get_object(json, "criteria", &criteria, err) < 0)
		return -1;
	if (entity && !entity_parse(entity, &out->entity))
		return err_field(err, "entity",
				 "must be people, leads or companies");
	if (kind && group_kind_parse(kind, &out->kind, err) < 0)
		return -1;
	out->criteria = criteria;
	out->has_criteria = json_object_get(json, "criteria") != NULL;
	return 0;
}

static int check_name(const char *name, struct err *err)
{
	struct str trimmed = str_trim(str_of(name));

	if (utf8_is_blank(name))
		return err_field(err, "name", "must be given");
	if (utf8_length(trimmed) > GROUP_NAME_MAX)
		return err_field(err, "name", "must have at most %d characters",
				 GROUP_NAME_MAX);
	return 0;
}

/* After a write: somebody else took it since it was looked for. */
static int name_taken(struct err *err)
{
	return db_conflict(err, "another group has that name already");
}

static int check_name_is_free(struct db *db, const char *folded, int64_t id,
			      struct err *err)
{
	int64_t other;
	int taken = db_find_int(db, SQL_GROUP_NAME_TAKEN,
				SQL_ARGS(sql_text(folded), sql_int(id)), &other,
				err);

	if (taken <= 0)
		return taken;
	return err_set(err, ERR_CONFLICT, "group %lld has that name already",
		       (long long)other);
}

/* Trimmed name and its folded form. */
static void fold_name(const char *name, struct strbuf *trimmed,
		      struct strbuf *folded)
{
	strbuf_addslice(trimmed, str_trim(str_of(name)));
	utf8_fold(strbuf_str(trimmed), folded);
}

static int remove_pages(struct db *db, int64_t id, struct err *err)
{
	int n;

	do {
		CLEANUP(tx_release) struct tx tx = TX_INIT;

		if (tx_begin(db, &tx, err) < 0)
			return -1;
		n = db_exec(&tx, SQL_GROUP_MEMBERS_REMOVE,
			    SQL_ARGS(sql_int(id), sql_int(id),
				     sql_int(REMOVE_PAGE)),
			    err);
		if (n < 0 || tx_commit(&tx, err) < 0)
			return -1;
	} while (n == REMOVE_PAGE);
	return 0;
}

/* Nothing is added any more: what came in since the pages goes, too. */
static int remove_rest(struct tx *tx, int64_t id, struct err *err)
{
	const struct sql_args page =
		SQL_ARGS(sql_int(id), sql_int(id), sql_int(REMOVE_PAGE));
	int64_t locked;
	int n = db_find_int(tx->db, SQL_GROUP_LOCK, SQL_ARGS(sql_int(id)),
			    &locked, err);

	if (n < 0)
		return -1;
	do {
		n = db_exec(tx, SQL_GROUP_MEMBERS_REMOVE, page, err);
		if (n < 0)
			return -1;
	} while (n == REMOVE_PAGE);
	if (db_exec(tx, SQL_GROUP_EXCLUSIONS_REMOVE, SQL_ARGS(sql_int(id)),
		    err) < 0 ||
	    db_exec(tx, SQL_GROUP_REFERENCES_REMOVE, SQL_ARGS(sql_int(id)),
		    err) < 0)
		return -1;
	return db_exec(tx, SQL_GROUP_REMOVE, SQL_ARGS(sql_int(id)), err);
}

/* Of one that is not seen. */
static int remove_hidden(struct db *db, int64_t id, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (remove_pages(db, id, err) < 0 || tx_begin(db, &tx, err) < 0 ||
	    remove_rest(&tx, id, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static int remove_half_made(struct db *db, int64_t now_ms, struct err *err)
{
	int64_t id;
	int found;

	for (;;) {
		found = db_find_int(db, SQL_GROUP_HALF_MADE,
				    SQL_ARGS(sql_int(now_ms - MS_HOUR)), &id,
				    err);
		if (found <= 0)
			return found;
		if (remove_hidden(db, id, err) < 0)
			return -1;
	}
}

/*
 * The criteria that a group gets, checked by parsing: the text to store, NULL
 * if there are none. The graph is locked.
 */
static int read_criteria(struct db *db, const struct group *group,
			 const json_t *criteria, struct arena *arena,
			 struct criteria **parsed, const char **text_out,
			 struct err *err)
{
	const struct criteria_owner owner = { group->id, group->name };
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	*text_out = NULL;
	*parsed = NULL;
	if (!criteria && group->kind == GROUP_STATIC)
		return 0;
	if (!criteria)
		return err_field(err, "criteria",
				 "must be given for a dynamic group; everybody "
				 "is {\"match\": \"all\", \"conditions\": []}");
	if (criteria_parse_of(db, group->entity, &owner, criteria,
			      clock_now_ms(), arena, parsed, err) < 0)
		return -1;
	json_dump(criteria, &text);
	*text_out = arena_strdup(arena, text.buf);
	return 0;
}

/* group: name, entity, kind; gets its criteria and id. */
static int insert_group(struct db *db, const struct group_input *input,
			struct group *group, int64_t now_ms,
			struct arena *arena, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf name = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf folded = STRBUF_INIT;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct criteria *parsed;

	fold_name(input->name, &name, &folded);
	if (tx_begin(db, &tx, err) < 0 || group_graph_lock(&tx, err) < 0 ||
	    read_criteria(db, group, input->criteria, arena, &parsed,
			  &group->criteria, err) < 0 ||
	    check_name_is_free(db, folded.buf, 0, err) < 0)
		return -1;
	if (db_find_int(db, SQL_GROUP_ADD,
			SQL_ARGS(sql_str(strbuf_str(&name)),
				 sql_str(strbuf_str(&folded)),
				 sql_int(group->entity), sql_int(group->kind),
				 sql_text(group->criteria),
				 sql_id_or_null(input->user_id),
				 sql_id_or_null(input->campaign_id),
				 sql_int(now_ms), sql_int(now_ms)),
			&group->id, err) < 0)
		return name_taken(err);
	if (group_graph_put(&tx, group->id, parsed, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

static int check_ids(const struct group_input *input, enum group_kind kind,
		     struct err *err)
{
	if (!input->ids)
		return 0;
	return kind == GROUP_STATIC
		       ? 0
		       : err_field(err, "ids", "are for static groups only");
}

/* Page by page: nobody sees the group yet. */
static int put_in(struct db *db, const struct group *group,
		  const struct ids *ids, int64_t now_ms, struct err *err)
{
	for (size_t at = 0; ids && at < ids->n; at += GROUP_IDS_MAX) {
		CLEANUP(tx_release) struct tx tx = TX_INIT;
		struct ids page = vec_page(ids, at, GROUP_IDS_MAX);

		if (tx_begin(db, &tx, err) < 0 ||
		    group_include_in(&tx, group, &page, now_ms, err) < 0 ||
		    tx_commit(&tx, err) < 0)
			return -1;
	}
	return 0;
}

/* A new static group gets its members, and is seen. */
static int fill(struct db *db, const struct group *group, const struct ids *ids,
		int64_t now_ms, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (group_evaluate(db, group->id, group->entity, group->criteria, err) <
		    0 ||
	    put_in(db, group, ids, now_ms, err) < 0 ||
	    tx_begin(db, &tx, err) < 0 ||
	    db_exec(&tx, SQL_GROUP_EVALUATED,
		    SQL_ARGS(sql_int(now_ms), sql_int(group->id)), err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

int group_add(struct db *db, const struct group_input *input, int64_t now_ms,
	      int64_t *id_out, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct group made = {
		.name = input->name,
		.entity = input->entity ? input->entity : ENTITY_PERSON,
		.kind = input->kind ? input->kind : GROUP_STATIC,
	};

	if (check_name(input->name, err) < 0 ||
	    check_ids(input, made.kind, err) < 0 ||
	    remove_half_made(db, now_ms, err) < 0 ||
	    insert_group(db, input, &made, now_ms, arena, err) < 0)
		return -1;
	*id_out = made.id;
	if (made.kind == GROUP_DYNAMIC)
		return 0;
	if (fill(db, &made, input->ids, now_ms, err) < 0) {
		struct err ignored = ERR_INIT; /* removed an hour later then */

		(void)remove_hidden(db, made.id, &ignored);
		return name_taken(err);
	}
	return 0;
}

/* May this group become what is wanted? */
static int check_change(const struct group *old,
			const struct group_input *input, struct err *err)
{
	if (input->check && input->check(input->check_context, old, err) < 0)
		return -1;
	if (input->entity && input->entity != old->entity)
		return err_field(err, "entity", "cannot be changed");
	if (input->kind && input->kind != old->kind)
		return err_field(err, "kind", "cannot be changed");
	return input->name ? check_name(input->name, err) : 0;
}

/* Its new criteria, and what follows for groups. */
static int change_criteria(struct tx *tx, const struct group *old,
			   const struct group_input *input, struct arena *arena,
			   struct update *u, const char **text, struct err *err)
{
	struct group now = *old;
	struct criteria *parsed;

	*text = old->criteria;
	if (!input->has_criteria)
		return 0;
	if (input->name)
		now.name = input->name;
	if (read_criteria(tx->db, &now, input->criteria, arena, &parsed, text,
			  err) < 0)
		return -1;
	update_text(u, "criteria", old->criteria, *text);
	return group_graph_put(tx, old->id, parsed, err);
}

int group_update(struct db *db, int64_t id, const struct group_input *input,
		 int64_t now_ms, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf name = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf folded = STRBUF_INIT;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(update_release) struct update u = UPDATE_OF("crm_group");
	struct group old;
	const char *criteria;

	if (tx_begin(db, &tx, err) < 0 ||
	    (input->has_criteria && group_graph_lock(&tx, err) < 0) ||
	    group_get(db, id, arena, &old, err) < 0 ||
	    check_change(&old, input, err) < 0 ||
	    change_criteria(&tx, &old, input, arena, &u, &criteria, err) < 0)
		return -1;

	fold_name(input->name ? input->name : old.name, &name, &folded);
	if (check_name_is_free(db, folded.buf, id, err) < 0)
		return -1;
	if (strcmp(old.name, name.buf) != 0) {
		update_text(&u, "name", NULL, name.buf);
		update_text(&u, "name_folded", NULL, folded.buf);
	}
	update_int(&u, "updated_ms", old.updated_ms, now_ms);
	if (update_run(&u, &tx, "id = ?", SQL_ARGS(sql_int(id)), err) < 0)
		return name_taken(err);
	if ((input->has_criteria &&
	     group_graph_check(&tx, id, now_ms, arena, err) < 0) ||
	    tx_commit(&tx, err) < 0)
		return -1;
	if (!input->has_criteria || old.kind == GROUP_DYNAMIC)
		return 0;
	return group_evaluate_again(db, id, old.entity, criteria, now_ms, err);
}

/* Else it would not go out, and nobody would be asked. */
static int check_not_awaited(struct tx *tx, int64_t id, struct arena *arena,
			     struct err *err)
{
	const char *campaign;
	int found = db_find_text(tx->db, SQL_GROUP_SCHEDULED_TO,
				 SQL_ARGS(sql_int(id)), arena, &campaign, err);

	if (found <= 0)
		return found;
	return err_set(err, ERR_CONFLICT,
		       "the campaign \"%s\" is scheduled for this group: take "
		       "the schedule back first, or give it other recipients",
		       campaign);
}

static int hide(struct db *db, int64_t id, const struct group_input *input,
		struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct group group;

	if (tx_begin(db, &tx, err) < 0 || group_graph_lock(&tx, err) < 0 ||
	    group_get(db, id, arena, &group, err) < 0 ||
	    (input && check_change(&group, input, err) < 0) ||
	    group_graph_check_free(&tx, id, arena, err) < 0 ||
	    check_not_awaited(&tx, id, arena, err) < 0 ||
	    group_graph_put(&tx, id, NULL, err) < 0 ||
	    db_exec(&tx, SQL_GROUP_HIDE, SQL_ARGS(sql_int(id)), err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

int group_remove(struct db *db, int64_t id, const struct group_input *input,
		 struct err *err)
{
	return hide(db, id, input, err) < 0 ? -1 : remove_hidden(db, id, err);
}

void group_read(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct group *)out = (struct group){
		.id = rows_int(rows, 0),
		.name = rows_dup(rows, 1, arena),
		.entity = (enum entity)rows_int(rows, 2),
		.kind = (enum group_kind)rows_int(rows, 3),
		.criteria = rows_dup(rows, 4, arena),
		.created_by = rows_int(rows, 5),
		.created_ms = rows_int(rows, 6),
		.updated_ms = rows_int(rows, 7),
		.evaluated_ms = rows_int(rows, 8),
		.user_name = rows_dup(rows, 9, arena),
		.campaign_id = rows_int(rows, 10),
		.campaign_name = rows_dup(rows, 11, arena),
	};
}

int group_get(struct db *db, int64_t id, struct arena *arena, struct group *out,
	      struct err *err)
{
	int found = db_get(db, SQL_GROUP_FIND, SQL_ARGS(sql_int(id)),
			   group_read, arena, out, err);

	if (found == 0)
		return err_set(err, ERR_NOT_FOUND, "there is no group %lld",
			       (long long)id);
	return found < 0 ? -1 : 0;
}

static void format_by_hand(const struct group_more *more, struct json_writer *w)
{
	json_key(w, "by_hand");
	if (!more->by_hand) {
		json_nothing(w);
		return;
	}
	json_begin_object(w);
	json_key_int(w, "included", more->included);
	json_key_int(w, "excluded", more->excluded);
	json_end_object(w);
}

static void format_more(const struct group *group,
			const struct group_more *more, struct json_writer *w)
{
	json_key_count(w, "count", more->count);
	format_by_hand(more, w);
	json_key_text(w, "created_by", group->user_name);
	json_key_id(w, "campaign_id", group->campaign_id);
	json_key_text(w, "campaign_name", group->campaign_name);
	json_key_stored(w, "last_push", more->last_push);
}

void group_format(const struct group *group, const struct group_more *more,
		  struct strbuf *out)
{
	struct json_writer w = JSON_WRITER(out);

	json_begin_object(&w);
	json_key_int(&w, "id", group->id);
	json_key_text(&w, "name", group->name);
	json_key_text(&w, "entity", entity_name(group->entity));
	json_key_text(&w, "kind", group_kind_name(group->kind));
	json_key_stored(&w, "criteria", group->criteria);
	if (more)
		format_more(group, more, &w);
	json_key_time(&w, "created_at", group->created_ms);
	json_key_time(&w, "updated_at", group->updated_ms);
	json_key_time_or_null(&w, "evaluated_at", group->evaluated_ms);
	json_end_object(&w);
}
