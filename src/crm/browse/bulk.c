#include "crm/browse/bulk_private.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/utf8.h"
#include "crm/group/group.h"
#include "crm/record_json.h"
#include "crm/tag.h"

#include <stdlib.h>
#include <string.h>

static const char *const act_names[] = {
	[BULK_TAG] = "tag",
	[BULK_UNTAG] = "untag",
	[BULK_OPT_OUT] = "opt_out",
	[BULK_ADD_TO_GROUP] = "add_to_group",
	[BULK_DELETE] = "delete",
	[BULK_REMOVE_FROM_GROUP] = "remove_from_group",
};

void bulk_release(struct bulk *bulk)
{
	bulk_choice_release(&bulk->choice);
}

bool bulk_is_of_group(const struct bulk *bulk)
{
	return bulk->act == BULK_ADD_TO_GROUP ||
	       bulk->act == BULK_REMOVE_FROM_GROUP;
}

/* --- reading --- */

static int parse_act(const char *name, enum bulk_act *out, struct err *err)
{
	for (size_t i = 0; name && i < ARRAY_SIZE(act_names); i++) {
		if (strcmp(act_names[i], name) == 0) {
			*out = (enum bulk_act)i;
			return 0;
		}
	}
	return err_field(err, "act",
			 "not one of tag, untag, add_to_group, "
			 "remove_from_group, opt_out, delete");
}

static int parse_all(const json_t *all, struct arena *arena, struct bulk *out,
		     struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	const json_t *filter = NULL;

	if (json_get_text(all, "q", &out->q, err) < 0 ||
	    json_get_object(all, "filter", &filter, err) < 0 ||
	    json_get_int(all, "group_id", &out->in_group, err) < 0 ||
	    json_get_text(all, "how", &out->how, err) < 0)
		return -1;
	if (!filter)
		return 0;
	json_dump(filter, &text);
	out->filter = arena_str(arena, strbuf_str(&text));
	return 0;
}

int bulk_parse(enum entity entity, const json_t *body, struct arena *arena,
	       struct bulk *out, struct err *err)
{
	CLEANUP(bulk_release) struct bulk b = { .entity = entity };
	const json_t *all;
	const char *act = NULL;

	if (json_get_text(body, "act", &act, err) < 0 ||
	    parse_act(act, &b.act, err) < 0 ||
	    json_get_text(body, "tag", &b.tag, err) < 0 ||
	    json_get_int(body, "group_id", &b.group_id, err) < 0 ||
	    json_get_text(body, "reason", &b.reason, err) < 0 ||
	    bulk_choice_parse(body, &b.choice, &all, err) < 0 ||
	    (all && parse_all(all, arena, &b, err) < 0))
		return -1;
	*out = b;
	b.choice.ids = (struct ids)VEC_INIT;
	return 0;
}

/* --- as a job's payload --- */

static void write_all(const struct bulk *b, struct json_writer *w)
{
	json_key_begin_object(w, "all");
	json_key_text(w, "q", b->q);
	json_key_stored(w, "filter", b->filter);
	json_key_id(w, "group_id", b->in_group);
	json_key_text(w, "how", b->how);
	json_end_object(w);
}

const char *bulk_payload(const struct bulk *b, const struct actor *actor,
			 bool with_choice, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&text);

	json_begin_object(&w);
	json_key_text(&w, "entity", entity_name(b->entity));
	json_key_text(&w, "act", act_names[b->act]);
	json_key_text(&w, "tag", b->tag);
	json_key_id(&w, "group_id", b->group_id);
	json_key_text(&w, "reason", b->reason);
	bulk_choice_write(&b->choice, with_choice, &w);
	json_key_text(&w, "actor", actor->name);
	json_key_text(&w, "ip", actor->ip);
	if (with_choice && !b->choice.by_ids)
		write_all(b, &w);
	json_end_object(&w);
	return arena_str(arena, strbuf_str(&text));
}

/* --- asking --- */

int bulk_selection(struct db *db, const struct bulk *bulk, int64_t now_ms,
		   struct arena *arena, struct selection *out, struct err *err)
{
	struct err why = ERR_INIT;

	*out = (struct selection){ .entity = bulk->entity,
				   .q = bulk->q,
				   .filter = bulk->filter,
				   .group_id = bulk->in_group,
				   .how = bulk->how };
	if (selection_read(out, db, now_ms, arena, &why) == 0)
		return selection_narrow(out, db, arena, err);
	*err = why;
	if (why.code != ERR_INVALID)
		return -1;
	return err_field(err, arena_printf(arena, "all.%s", why.field), "%s",
			 why.text);
}

int bulk_group(struct db *db, const struct bulk *bulk, struct arena *arena,
	       struct group *out, struct err *err)
{
	if (group_get_static(db, bulk->group_id, arena, out, err) < 0)
		return -1;
	if (out->entity != bulk->entity)
		return err_field(err, "group_id", "is a group of %s",
				 entity_name(out->entity));
	return 0;
}

static int check_tag(const struct bulk *b, struct arena *arena, struct err *err)
{
	const char *name, *folded;
	struct err why = ERR_INIT;

	if (tag_check_name(b->tag, arena, &name, &folded, &why) == 0)
		return 0;
	return err_field(err, "tag", "%s", why.text);
}

static int check_act(struct db *db, const struct bulk *b, struct arena *arena,
		     struct err *err)
{
	struct group group;

	switch (b->act) {
	case BULK_TAG:
	case BULK_UNTAG:
		return check_tag(b, arena, err);
	case BULK_ADD_TO_GROUP:
	case BULK_REMOVE_FROM_GROUP:
		if (!b->group_id)
			return err_field(err, "group_id", "must be given");
		return bulk_group(db, b, arena, &group, err);
	case BULK_OPT_OUT:
		if (utf8_is_blank(b->reason))
			return err_field(err, "reason",
					 "opting out many needs a ground");
		if (strlen(b->reason) > RECORD_REASON_MAX)
			return err_field(err, "reason", "longer than %d bytes",
					 RECORD_REASON_MAX);
		return 0;
	case BULK_DELETE:
		break;
	}
	return 0;
}

static int count(struct db *db, const struct bulk *b, int64_t now_ms,
		 struct arena *arena, int64_t *out, struct err *err)
{
	struct selection s;

	*out = (int64_t)b->choice.ids.n;
	if (b->choice.by_ids)
		return bulk_choice_check_any(&b->choice, err);
	if (bulk_selection(db, b, now_ms, arena, &s, err) < 0)
		return -1;
	return selection_count(db, &s, 0, out, err);
}

int bulk_ask(struct tx *tx, const struct bulk *bulk, const struct actor *actor,
	     struct arena *arena, int64_t *job_id, struct err *err)
{
	const struct job_new job = {
		.kind = BULK_JOB,
		.user_id = actor->user_id,
		.payload = bulk_payload(bulk, actor, true, arena),
	};
	bool takes_away = bulk->act == BULK_OPT_OUT || bulk->act == BULK_DELETE;
	int64_t n;

	if (check_act(tx->db, bulk, arena, err) < 0 ||
	    count(tx->db, bulk, actor->now_ms, arena, &n, err) < 0 ||
	    bulk_choice_confirm(&bulk->choice, takes_away, n, err) < 0)
		return -1;
	return job_add(tx, &job, actor->now_ms, job_id, err);
}
