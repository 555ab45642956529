/*
 * The tag of a group: made once, under a name that nobody else's tag has, and
 * named like the group. A tag that is not ours is an administrator's and is
 * left alone (rule 15), so ours may have to take the next free name. The name
 * is stored before the tag is asked for: if the answer is lost, or the process
 * dies, a tag of that name is ours.
 */
#include "bridge/bridge_private.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"

#include "sql/bridge.h"

#include <string.h>

#define NAME_MAX_CHARS 80 /* of a group's in the name of a tag */
#define NAMES_MAX 50

static const char *shortened(struct work *w, const char *name)
{
	const char *end = name;
	int chars = 0;

	for (; *end; end++)
		if ((*end & 0xc0) != 0x80 && ++chars > NAME_MAX_CHARS)
			break;
	return arena_str(w->arena, (struct str){ name, (size_t)(end - name) });
}

/* The names to try, in order. */
static const char *nth_name(struct work *w, const struct push *push, int n)
{
	const char *name = shortened(w, push->group_name);

	if (n == 0)
		return push->group_name;
	if (n == 1)
		return arena_printf(w->arena, "%s (CRM group %lld)", name,
				    (long long)push->group_id);
	return arena_printf(w->arena, "%s (CRM group %lld, %d)", name,
			    (long long)push->group_id, n);
}

/* The tag, or segment, of that name: 1 and its id, 0, -1. */
static int look(struct work *w, const char *name, int64_t *out, struct err *err)
{
	struct mc_pages pages = {
		.path = list_path(w, "/segments?fields=segments.id,"
				     "segments.name,total_items"),
		.items = "segments",
		.count = ITEMS_A_PAGE,
	};
	const json_t *page;
	json_t *segment;
	size_t i;
	int more, found = 0;

	while (!found &&
	       (more = mc_next_page(w->client, &pages, &page, err)) != 0) {
		if (more < 0)
			found = -1;
		else
			json_array_foreach (page, i, segment) {
				const char *is = json_string_value(
					json_object_get(segment, "name"));

				if (!is || strcmp(is, name) != 0)
					continue;
				*out = json_integer_value(
					json_object_get(segment, "id"));
				found = 1;
			}
	}
	mc_pages_release(&pages);
	return found;
}

/* --- making it --- */

static int intend(struct work *w, struct push *push, const char *name,
		  struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(w->db, &tx, err) < 0 ||
	    db_exec(&tx, SQL_PUSH_SET_TAG_NAME,
		    SQL_ARGS(sql_text(name), sql_int(push->id)), err) < 0)
		return -1;
	push->tag_name = name;
	return tx_commit(&tx, err);
}

/* 1, 0: the name is not taken by the audience, -1. */
static int ask_for(struct work *w, struct push *push, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	CLEANUP(json_free) json_t *reply = NULL;
	struct json_writer j = JSON_WRITER(&body);
	struct err why = ERR_INIT;

	json_begin_object(&j);
	json_key_text(&j, "name", push->tag_name);
	json_key_begin_array(&j, "static_segment");
	json_end_array(&j);
	json_end_object(&j);
	if (mc_call_once(w->client, "POST", list_path(w, "/segments"), body.buf,
			 &reply, &why) < 0) {
		if (why.code == ERR_INVALID)
			return 0;
		if (mc_is_lost(&why)) /* it may have been made */
			return look(w, push->tag_name, &push->segment_id,
				    err) == 1
				       ? 1
				       : (*err = why, -1);
		*err = why;
		return -1;
	}
	push->segment_id = json_integer_value(json_object_get(reply, "id"));
	return push->segment_id > 0
		       ? 1
		       : err_set(err, ERR_RETRY, "the new tag has no id");
}

/* 1, 0: taken, try another name; -1. */
static int try_name(struct work *w, struct push *push, const char *name,
		    struct err *err)
{
	bool is_intended = push->tag_name && strcmp(push->tag_name, name) == 0;
	int64_t id = 0;
	int found = look(w, name, &id, err);

	if (found < 0)
		return -1;
	if (found > 0 && !is_intended)
		return 0;
	if (found > 0) {
		push->segment_id = id;
		return 1;
	}
	if (!is_intended && intend(w, push, name, err) < 0)
		return -1;
	return ask_for(w, push, err);
}

static int make(struct work *w, struct push *push, struct err *err)
{
	int made;

	for (int n = 0; n < NAMES_MAX; n++) {
		made = try_name(w, push, nth_name(w, push, n), err);
		if (made < 0)
			return -1;
		if (made > 0)
			return push_store(w, push, err);
	}
	return err_set(err, ERR_CONFLICT,
		       "the audience takes no name for the tag of this group "
		       "(\"%s\" and others are tags there already): rename the "
		       "group, or those tags",
		       shortened(w, push->group_name));
}

/* --- its name --- */

/* The group's, or the one that it got because that was taken. */
static bool is_named(struct work *w, const struct push *push, const char *name)
{
	for (int n = 0; n < NAMES_MAX; n++)
		if (strcmp(nth_name(w, push, n), name) == 0)
			return true;
	return false;
}

static int rename_to(struct work *w, const struct push *push, const char *name,
		     struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	struct json_writer j = JSON_WRITER(&body);

	json_begin_object(&j);
	json_key_text(&j, "name", name);
	json_end_object(&j);
	return mc_call(
		w->client, "PATCH",
		list_path(w, "/segments/%lld", (long long)push->segment_id),
		body.buf, NULL, err);
}

/* A tag that cannot be renamed still does its work. */
static int follow_name(struct work *w, const struct push *push,
		       const char *name, struct err *err)
{
	struct err why = ERR_INIT;
	int64_t id = 0;

	if (is_named(w, push, name))
		return 0;
	for (int n = 0; n < NAMES_MAX; n++) {
		const char *next = nth_name(w, push, n);
		int taken = look(w, next, &id, err);

		if (taken < 0)
			return -1;
		if (taken > 0)
			continue;
		if (rename_to(w, push, next, &why) == 0)
			return 0;
		if (why.code != ERR_INVALID) {
			*err = why;
			return -1;
		}
	}
	log_warn("a tag could not be renamed like its group",
		 LOG_INT("group", push->group_id), LOG_ERR(&why));
	return 0;
}

/* --- finding it --- */

/* 1 and its name, 0 if there is no such tag, -1. A 404 alone is not believed:
 * it would make a second tag. */
static int read_tag(struct work *w, int64_t id, const char **name,
		    struct err *err)
{
	CLEANUP(json_free) json_t *reply = NULL;
	const char *path =
		list_path(w, "/segments/%lld?fields=id,name", (long long)id);
	struct err why = ERR_INIT;

	if (mc_get(w->client, path, &reply, &why) < 0 &&
	    (why.code != ERR_NOT_FOUND ||
	     mc_get(w->client, path, &reply, &why) < 0)) {
		if (why.code == ERR_NOT_FOUND)
			return 0;
		*err = why;
		return -1;
	}
	*name = arena_strdup(w->arena,
			     json_string_value(json_object_get(reply, "name")));
	return 1;
}

int tag_find(struct work *w, struct push *push, struct err *err)
{
	const char *name;
	int64_t id = 0;
	int found;

	if (db_find_int(
		    w->db, SQL_PUSH_LAST_SEGMENT,
		    SQL_ARGS(sql_int(push->group_id), sql_text(w->audience)),
		    &id, err) < 0)
		return -1;
	if (id == 0)
		return 0;
	found = read_tag(w, id, &name, err);
	if (found > 0)
		push->segment_id = id;
	return found < 0 ? -1 : 0;
}

int tag_ensure(struct work *w, struct push *push, struct err *err)
{
	const char *name = NULL;
	int found;

	if (push->segment_id == 0)
		return make(w, push, err);
	found = read_tag(w, push->segment_id, &name, err);
	if (found < 0)
		return -1;
	if (found > 0)
		return name ? follow_name(w, push, name, err) : 0;
	push->segment_id = 0;
	push->state = "planning";
	if (push_store(w, push, err) < 0)
		return -1;
	return err_set(err, ERR_RETRY,
		       "the tag was removed from the audience: planning again");
}
