#include "crm/group/group.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/utf8.h"
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

static int parse_kind(const char *name, enum group_kind *out, struct err *err)
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
	if (kind && parse_kind(kind, &out->kind, err) < 0)
		return -1;
	out->criteria = criteria;
	return 0;
}

static int check_name(const char *name, struct err *err)
{
	struct str trimmed = str_trim(str_of(name));

	if (trimmed.len == 0)
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

/* Members first: what is left by a failure is a group that is empty. */
static int remove_group(struct db *db, int64_t id, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (remove_pages(db, id, err) < 0 || tx_begin(db, &tx, err) < 0)
		return -1;
	if (db_exec(&tx, SQL_GROUP_EXCLUSIONS_REMOVE, SQL_ARGS(sql_int(id)),
		    err) < 0 ||
	    db_exec(&tx, SQL_GROUP_REMOVE, SQL_ARGS(sql_int(id)), err) < 0)
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
		if (remove_group(db, id, err) < 0)
			return -1;
	}
}

static int insert_group(struct db *db, const struct group_input *input,
			const char *criteria, int64_t now_ms, int64_t *id_out,
			struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf name = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf folded = STRBUF_INIT;
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	fold_name(input->name, &name, &folded);
	if (tx_begin(db, &tx, err) < 0 ||
	    check_name_is_free(db, folded.buf, 0, err) < 0)
		return -1;
	if (db_find_int(db, SQL_GROUP_ADD,
			SQL_ARGS(sql_str(strbuf_str(&name)),
				 sql_str(strbuf_str(&folded)),
				 sql_int(input->entity), sql_int(input->kind),
				 sql_text(criteria),
				 sql_id_or_null(input->user_id),
				 sql_int(now_ms), sql_int(now_ms)),
			id_out, err) < 0)
		return name_taken(err);
	return tx_commit(&tx, err);
}

/* The JSON text to store; NULL for everybody. Checked by parsing. */
static int criteria_text(struct db *db, enum entity entity,
			 const json_t *criteria, struct arena *arena,
			 const char **out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct criteria *parsed;

	if (criteria_parse(db, entity, criteria, clock_now_ms(), arena, &parsed,
			   err) < 0)
		return -1;
	*out = NULL;
	if (parsed->root.n > 0) {
		json_dump(criteria, &text);
		*out = arena_strdup(arena, text.buf);
	}
	return 0;
}

int group_add(struct db *db, const struct group_input *input, int64_t now_ms,
	      int64_t *id_out, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct group_input wanted = *input;
	const char *criteria;

	if (!wanted.entity)
		wanted.entity = ENTITY_PERSON;
	if (!wanted.kind)
		wanted.kind = GROUP_STATIC;
	if (check_name(input->name, err) < 0 ||
	    criteria_text(db, wanted.entity, input->criteria, arena, &criteria,
			  err) < 0 ||
	    remove_half_made(db, now_ms, err) < 0 ||
	    insert_group(db, &wanted, criteria, now_ms, id_out, err) < 0)
		return -1;
	if (wanted.kind == GROUP_DYNAMIC)
		return 0;
	if (group_evaluate(db, *id_out, wanted.entity, criteria, now_ms, err) <
	    0) {
		struct err ignored = ERR_INIT; /* removed an hour later then */

		(void)remove_group(db, *id_out, &ignored);
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
	    group_get(db, id, arena, &old, err) < 0 ||
	    check_change(&old, input, err) < 0)
		return -1;
	criteria = old.criteria;
	if (input->criteria && criteria_text(db, old.entity, input->criteria,
					     arena, &criteria, err) < 0)
		return -1;

	fold_name(input->name ? input->name : old.name, &name, &folded);
	if (check_name_is_free(db, folded.buf, id, err) < 0)
		return -1;
	if (strcmp(old.name, name.buf) != 0) {
		update_text(&u, "name", NULL, name.buf);
		update_text(&u, "name_folded", NULL, folded.buf);
	}
	update_text(&u, "criteria", old.criteria, criteria);
	update_int(&u, "updated_ms", old.updated_ms, now_ms);
	if (update_run(&u, &tx, "id = ?", SQL_ARGS(sql_int(id)), err) < 0)
		return name_taken(err);
	if (tx_commit(&tx, err) < 0)
		return -1;
	if (!input->criteria || old.kind == GROUP_DYNAMIC)
		return 0;
	return group_evaluate(db, id, old.entity, criteria, now_ms, err);
}

int group_remove(struct db *db, int64_t id, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct group group;

	if (group_get(db, id, arena, &group, err) < 0)
		return -1;
	return remove_group(db, id, err);
}

static void read_group(const struct rows *rows, struct arena *arena, void *out)
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
	};
}

int group_get(struct db *db, int64_t id, struct arena *arena, struct group *out,
	      struct err *err)
{
	int found = db_get(db, SQL_GROUP_FIND, SQL_ARGS(sql_int(id)),
			   read_group, arena, out, err);

	if (found == 0)
		return err_set(err, ERR_NOT_FOUND, "there is no group %lld",
			       (long long)id);
	return found < 0 ? -1 : 0;
}

/* A LIKE pattern for a part of the name; NULL for all. */
static const char *name_pattern(const char *q, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf folded = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf pattern = STRBUF_INIT;

	if (!q || !*q)
		return NULL;
	utf8_fold(str_of(q), &folded);
	strbuf_addch(&pattern, '%');
	for (const char *c = folded.buf; *c; c++) {
		if (strchr("%_\\", *c))
			strbuf_addch(&pattern, '\\');
		strbuf_addch(&pattern, *c);
	}
	strbuf_addch(&pattern, '%');
	return arena_strdup(arena, pattern.buf);
}

int group_list(struct db *db, const struct group_filter *filter,
	       struct arena *arena, struct groups *out, struct err *err)
{
	struct sql_value q = sql_text(name_pattern(filter->q, arena));
	struct sql_value entity = sql_int(filter->entity);

	return db_list(db, SQL_GROUP_LIST,
		       SQL_ARGS(sql_int(filter->after_id), entity, entity, q, q,
				sql_int(filter->limit)),
		       read_group, arena, out, err);
}

int group_list_count(struct db *db, const struct group_filter *filter,
		     int64_t *out, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct sql_value q = sql_text(name_pattern(filter->q, arena));
	struct sql_value entity = sql_int(filter->entity);

	if (db_find_int(db, SQL_GROUP_LIST_COUNT,
			SQL_ARGS(entity, entity, q, q), out, err) < 0)
		return -1;
	return 0;
}

void group_format(const struct group *group, int64_t count, struct strbuf *out)
{
	struct json_writer w = JSON_WRITER(out);

	json_begin_object(&w);
	json_key_int(&w, "id", group->id);
	json_key_text(&w, "name", group->name);
	json_key_text(&w, "entity", entity_name(group->entity));
	json_key_text(&w, "kind", group_kind_name(group->kind));
	json_key(&w, "criteria");
	if (group->criteria)
		json_raw(&w, str_of(group->criteria));
	else
		json_raw(&w, STR("{\"match\":\"all\",\"conditions\":[]}"));
	json_key(&w, "count");
	if (count >= 0)
		json_int(&w, count);
	else
		json_nothing(&w);
	json_key_time(&w, "created_at", group->created_ms);
	json_key_time(&w, "updated_at", group->updated_ms);
	json_key_time_or_null(&w, "evaluated_at", group->evaluated_ms);
	json_end_object(&w);
}
