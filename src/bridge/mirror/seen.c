/*
 * Members that the mirror has exactly as the audience inside has them: by the
 * time of their last change, of which each change has its own. What a push of
 * ours wrote, or a page told, is known until somebody changes it again, and is
 * not read a second time.
 */
#include "bridge/bridge_private.h"

#include "base/arena.h"
#include "base/clock.h"
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

/* What the mirror has, told as the audience tells it. */
static int tell_seen(struct work *w, int64_t since_ms, struct strbuf *out,
		     int64_t *count, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	*count = 0;
	if (db_query(w->db, SQL_BRIDGE_MEMBERS_SEEN,
		     SQL_ARGS(sql_int(since_ms), sql_int(since_ms)), &rows,
		     err) < 0)
		return -1;
	while ((more = rows_next(rows, err)) > 0) {
		strbuf_addf(out, "%lld:%lld:%lld ",
			    (long long)rows_int(rows, 0),
			    (long long)rows_int(rows, 1),
			    (long long)rows_int(rows, 2));
		*count += rows_int(rows, 1);
	}
	return more;
}

/* A change has a later time than the one before, so what the mirror has is
 * never of a later one than the audience: with the same sum, each is of the
 * same. */
int members_are_seen(struct work *w, int64_t since_ms, int64_t *out,
		     struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf seen = STRBUF_INIT;
	CLEANUP(json_free) json_t *reply = NULL;
	const char *told;

	if (mc_get(w->client,
		   list_path(w,
			     "/members?since_last_changed=%s&sort_field=last_"
			     "changed&sort_dir=ASC&count=1&cursor=&fields="
			     "changes_digest",
			     time_param(since_ms, w->arena)),
		   &reply, err) < 0)
		return -1;
	told = json_string_value(json_object_get(reply, "changes_digest"));
	if (!told || !*told)
		return 0;
	if (tell_seen(w, since_ms, &seen, out, err) < 0)
		return -1;
	return seen.len > 0 && strcmp(seen.buf, told) == 0;
}
