/*
 * Members that the mirror has exactly as the audience inside has them: by the
 * time of their last change, of which each change has its own. What a push of
 * ours wrote, or a page told, is known until somebody changes it again, and is
 * not read a second time.
 */
#include "bridge/bridge_private.h"

#include "base/arena.h"
#include "base/err.h"

#include "sql/bridge.h"

#include <stdlib.h>
#include <string.h>

struct seen {
	const char *hash;
	enum mirror_status status;
	const char *contact_id; /* NULL: not known */
	int64_t version;
};
struct seens VEC_FIELDS(struct seen);

static void read_seen(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct seen *)out = (struct seen){
		.hash = rows_dup(rows, 0, arena),
		.status = (enum mirror_status)rows_int(rows, 1),
		.contact_id = rows_dup(rows, 2, arena),
		.version = rows_int(rows, 3),
	};
}

static int by_hash(const void *key, const void *seen)
{
	return strcmp(key, ((const struct seen *)seen)->hash);
}

static bool is_seen(const struct seens *all, const json_t *member)
{
	const char *hash = json_string_value(json_object_get(member, "id"));
	const struct seen *s = NULL;

	if (hash && all->n)
		s = bsearch(hash, all->v, all->n, sizeof(*all->v), by_hash);
	return s && s->version == member_version(member) &&
	       s->status == member_status(member) &&
	       is_contact(member, s->contact_id);
}

int members_unseen(struct work *w, const json_t *members, json_t *out,
		   struct err *err)
{
	CLEANUP(vec_release) struct texts hashes = VEC_INIT;
	CLEANUP(vec_release) struct seens seen = VEC_INIT;
	CLEANUP(strbuf_release) struct strbuf buf = STRBUF_INIT;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	json_t *member;
	size_t i;

	json_array_foreach (members, i, member) {
		const char *hash =
			json_string_value(json_object_get(member, "id"));

		if (hash && member_version(member))
			vec_push(&hashes, hash);
	}
	if (hashes.n && db_list(w->db, SQL_BRIDGE_MEMBER_SEEN,
				SQL_ARGS(sql_texts(&hashes, &buf)), read_seen,
				arena, &seen, err) < 0)
		return -1;
	json_array_foreach (members, i, member)
		if (!is_seen(&seen, member))
			BUG_ON(json_array_append(out, member) < 0);
	return 0;
}
