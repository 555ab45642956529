/*
 * The tag of a group: made once, under a name that nobody else's tag has, and
 * named like the group. A tag that is not ours is an administrator's and is
 * left alone (rule 15), so ours may have to take the next free name. The name
 * is stored with the group before the tag is asked for: if the answer is lost,
 * the process dies, or the push is canceled, a tag of that name is ours as long
 * as nobody is in it.
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

/* What is known of the tag of a group. */
struct kept {
	int64_t segment_id; /* 0: none */
	const char *asked;  /* its name, if the answer is not known; NULL */
};

static void read_kept(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct kept *)out =
		(struct kept){ .segment_id = rows_int(rows, 0),
			       .asked = rows_dup(rows, 1, arena) };
}

static int load_kept(struct work *w, const struct push *push, struct kept *out,
		     struct err *err)
{
	*out = (struct kept){ 0 };
	return db_get(w->db, SQL_GROUP_TAG_GET,
		      SQL_ARGS(sql_int(push->group_id), sql_text(w->audience)),
		      read_kept, w->arena, out, err) < 0
		       ? -1
		       : 0;
}

/* A tag, or segment, of the audience. */
struct tag {
	int64_t id;
	const char *name;
	int64_t members;
};

static void read_listed(struct work *w, const json_t *segment, struct tag *out)
{
	*out = (struct tag){
		.id = json_integer_value(json_object_get(segment, "id")),
		.name = arena_strdup(
			w->arena,
			json_string_value(json_object_get(segment, "name"))),
		.members = json_integer_value(
			json_object_get(segment, "member_count")),
	};
}

/* Among all of them: that of a name, or (name NULL) of a number. 1, 0, -1. */
static int look_for_tag(struct work *w, const char *name, int64_t id,
			struct tag *out, struct err *err)
{
	CLEANUP(mc_pages_release)
	struct mc_pages pages = {
		.path = list_path(w,
				  "/segments?fields=segments.id,segments.name,"
				  "segments.member_count,total_items"),
		.items = "segments",
		.count = ITEMS_A_PAGE,
	};
	const json_t *page;
	json_t *segment;
	size_t i;
	int more;

	while ((more = mc_next_page(w->client, &pages, &page, err)) > 0) {
		json_array_foreach (page, i, segment) {
			struct tag t;

			read_listed(w, segment, &t);
			if (name ? t.name && strcmp(t.name, name) == 0
				 : t.id == id) {
				*out = t;
				return 1;
			}
		}
	}
	return more;
}

/* --- making it --- */

static int keep_asked(struct work *w, const struct push *push, const char *name,
		      struct err *err)
{
	return db_write(w->db, SQL_GROUP_TAG_ASK,
			SQL_ARGS(sql_int(push->group_id), sql_text(w->audience),
				 sql_text(name)),
			err);
}

static int keep_made(struct work *w, const struct push *push, struct err *err)
{
	return db_write(w->db, SQL_GROUP_TAG_PUT,
			SQL_ARGS(sql_int(push->group_id), sql_text(w->audience),
				 sql_int(push->segment_id)),
			err);
}

/* Its answer was lost: it may have been made. */
static int look_again(struct work *w, struct push *push, const char *name,
		      const struct err *why, struct err *err)
{
	struct tag made = { 0 };
	int found = look_for_tag(w, name, 0, &made, err);

	if (found > 0)
		push->segment_id = made.id;
	else if (found == 0)
		*err = *why;
	return found > 0 ? 1 : -1;
}

/* 1, 0: the name is not taken by the audience, -1. */
static int ask_for(struct work *w, struct push *push, const char *name,
		   struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	CLEANUP(json_free) json_t *reply = NULL;
	struct json_writer j = JSON_WRITER(&body);
	struct err why = ERR_INIT;

	json_begin_object(&j);
	json_key_text(&j, "name", name);
	json_key_begin_array(&j, "static_segment");
	json_end_array(&j);
	json_end_object(&j);
	if (mc_call_once(w->client, "POST", list_path(w, "/segments"), body.buf,
			 &reply, &why) < 0) {
		if (why.code == ERR_INVALID)
			return 0;
		if (mc_is_lost(&why))
			return look_again(w, push, name, &why, err);
		*err = why;
		return -1;
	}
	push->segment_id = json_integer_value(json_object_get(reply, "id"));
	return push->segment_id > 0
		       ? 1
		       : err_set(err, ERR_RETRY, "the new tag has no id");
}

/* The tag that the group had, after all, or one that a push asked for. */
static bool is_ours(const struct kept *kept, const struct tag *t)
{
	return t->id == kept->segment_id || (t->members == 0 && kept->asked &&
					     strcmp(kept->asked, t->name) == 0);
}

/* 1, 0: taken, try another name; -1. */
static int try_name(struct work *w, struct push *push, const struct kept *kept,
		    const char *name, struct err *err)
{
	struct tag t = { 0 };
	int found = look_for_tag(w, name, 0, &t, err);

	if (found < 0)
		return -1;
	if (found > 0 && !is_ours(kept, &t))
		return 0;
	if (found > 0) {
		push->segment_id = t.id;
		return 1;
	}
	if (keep_asked(w, push, name, err) < 0)
		return -1;
	return ask_for(w, push, name, err);
}

static int make_tag(struct work *w, struct push *push, struct err *err)
{
	struct kept kept;
	int made;

	if (load_kept(w, push, &kept, err) < 0)
		return -1;
	for (int n = 0; n < NAMES_MAX; n++) {
		made = try_name(w, push, &kept, nth_name(w, push, n), err);
		if (made < 0)
			return -1;
		if (made > 0)
			return keep_made(w, push, err) < 0
				       ? -1
				       : push_store(w, push, err);
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
	struct tag other;

	if (is_named(w, push, name))
		return 0;
	for (int n = 0; n < NAMES_MAX; n++) {
		const char *next = nth_name(w, push, n);
		int taken = look_for_tag(w, next, 0, &other, err);

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

/* A 404 is not believed, it would make a second tag: the list of all tags
 * tells. */
int tag_read(struct work *w, int64_t id, const char **name, struct err *err)
{
	CLEANUP(json_free) json_t *reply = NULL;
	struct err why = ERR_INIT;
	struct tag t = { 0 };
	int found;

	if (mc_get(w->client,
		   list_path(w, "/segments/%lld?fields=id,name", (long long)id),
		   &reply, &why) == 0) {
		*name = arena_strdup(
			w->arena,
			json_string_value(json_object_get(reply, "name")));
		return 1;
	}
	if (why.code != ERR_NOT_FOUND) {
		*err = why;
		return -1;
	}
	found = look_for_tag(w, NULL, id, &t, err);
	*name = t.name;
	return found;
}

int tag_find(struct work *w, struct push *push, struct err *err)
{
	const char *name;
	struct kept kept;
	int found;

	push->segment_id = 0;
	if (load_kept(w, push, &kept, err) < 0)
		return -1;
	if (kept.segment_id == 0)
		return 0;
	found = tag_read(w, kept.segment_id, &name, err);
	if (found > 0)
		push->segment_id = kept.segment_id;
	return found < 0 ? -1 : 0;
}

int tag_ensure(struct work *w, struct push *push, struct err *err)
{
	const char *name = NULL;
	int found;

	if (push->segment_id == 0)
		return make_tag(w, push, err);
	found = tag_read(w, push->segment_id, &name, err);
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

int tag_digest(struct work *w, int64_t segment_id, const char **out,
	       struct err *err)
{
	CLEANUP(json_free) json_t *reply = NULL;
	struct err why = ERR_INIT;
	const char *digest;

	*out = NULL;
	if (mc_get(w->client,
		   list_path(w, "/segments/%lld?fields=members_digest",
			     (long long)segment_id),
		   &reply, &why) < 0) {
		if (why.code == ERR_NOT_FOUND)
			return 0;
		*err = why;
		return -1;
	}
	digest = json_string_value(json_object_get(reply, "members_digest"));
	*out = digest ? arena_strdup(w->arena, digest) : NULL;
	return 0;
}
