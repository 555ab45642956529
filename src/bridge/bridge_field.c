#include "bridge/bridge_field.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "bridge/bridge_private.h"
#include "crm/field.h"
#include "store/store.h"

#include "sql/bridge.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define SEEN "bridge.merge_fields" /* {"at": ms, "fields": [...]} */
#define TAG_MAX 10

/* --- reading --- */

static struct bridge_field *find(struct bridge_fields *all, const char *tag)
{
	vec_each (all, f)
		if (strcmp(f->merge_tag, tag) == 0)
			return f;
	return NULL;
}

static const char *text(const json_t *object, const char *key,
			struct arena *arena)
{
	const char *s = json_string_value(json_object_get(object, key));

	return s ? arena_strdup(arena, s) : NULL;
}

static void add_seen(const json_t *seen, struct arena *arena,
		     struct bridge_fields *out)
{
	const json_t *item;
	size_t i;

	json_array_foreach (json_object_get(seen, "fields"), i, item) {
		struct bridge_field new = { .merge_tag =
						    text(item, "tag", arena) };
		struct bridge_field *f;

		if (!new.merge_tag)
			continue;
		f = find(out, new.merge_tag);
		if (!f) {
			vec_push(out, new);
			f = &out->v[out->n - 1];
		}
		f->name = text(item, "name", arena);
		f->type = text(item, "type", arena);
		f->required = json_is_true(json_object_get(item, "required"));
	}
}

static int by_tag(const void *a, const void *b)
{
	return strcmp(((const struct bridge_field *)a)->merge_tag,
		      ((const struct bridge_field *)b)->merge_tag);
}

int bridge_field_seen(struct db *db, struct arena *arena, json_t **out,
		      struct err *err)
{
	const char *seen = NULL;

	if (setting_find(db, SEEN, arena, &seen, err) < 0)
		return -1;
	return seen ? json_parse(str_of(seen), out, err) : 0;
}

static void read_field(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct bridge_field *)out = (struct bridge_field){
		.merge_tag = rows_dup(rows, 0, arena),
		.person_field = rows_dup(rows, 1, arena),
	};
}

int bridge_field_list(struct db *db, struct arena *arena,
		      struct bridge_fields *out, int64_t *read_ms,
		      struct err *err)
{
	CLEANUP(json_free) json_t *seen = NULL;

	if (bridge_field_seen(db, arena, &seen, err) < 0 ||
	    db_list(db, SQL_BRIDGE_FIELD_LIST, SQL_NO_ARGS, read_field, arena,
		    out, err) < 0)
		return -1;
	add_seen(seen, arena, out);
	if (out->n > 1)
		qsort(out->v, out->n, sizeof(*out->v), by_tag);
	*read_ms = json_integer_value(json_object_get(seen, "at"));
	return 0;
}

int bridge_field_saw(struct db *db, const char *merge_fields_json,
		     int64_t now_ms, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(strbuf_release) struct strbuf kept = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf seen_text = STRBUF_INIT;
	CLEANUP(json_free) json_t *seen = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (bridge_field_seen(db, arena, &seen, err) < 0)
		return -1;
	if (seen)
		json_dump(json_object_get(seen, "fields"), &kept);
	if (strcmp(kept.buf, merge_fields_json) == 0)
		return 0;
	strbuf_addf(&seen_text, "{\"at\":%lld,\"fields\":%s}",
		    (long long)now_ms, merge_fields_json);
	if (tx_begin(db, &tx, err) < 0 ||
	    setting_put(&tx, SEEN, seen_text.buf, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

/* --- writing --- */

static bool is_tag(const char *tag)
{
	size_t n = strlen(tag);

	for (size_t i = 0; i < n; i++)
		if (!isupper((unsigned char)tag[i]) &&
		    !isdigit((unsigned char)tag[i]) && tag[i] != '_')
			return false;
	return n > 0 && n <= TAG_MAX && strcmp(tag, "EMAIL") != 0;
}

static int check_tag(const char *tag, struct err *err)
{
	if (is_tag(tag))
		return 0;
	return err_field(err, "merge_tag",
			 "%.40s is no tag of a merge field: A to Z, 0 to 9 and "
			 "_, at most %d, not EMAIL",
			 tag, TAG_MAX);
}

static int check_person_field(struct db *db, const char *name, struct err *err)
{
	const struct field *f = field_find(ENTITY_PERSON, name);
	int64_t one;
	int found = (f && f->text != TEXT_NONE) ||
		    strcmp(name, "address") == 0 ||
		    strcmp(name, "company") == 0;

	if (!found && strncmp(name, "custom.", 7) == 0)
		found = db_find_int(db, SQL_BRIDGE_FIELD_CUSTOM,
				    SQL_ARGS(sql_text(name + 7)), &one, err);
	if (found == 0)
		return err_field(err, "person_field",
				 "people have no text field %.60s", name);
	return found < 0 ? -1 : 0;
}

int bridge_field_put(struct tx *tx, const struct bridge_field *fields, size_t n,
		     struct err *err)
{
	CLEANUP(vec_release) struct bridge_fields done = VEC_INIT;

	if (n > BRIDGE_FIELDS_MAX)
		return err_field(err, "fields", "more than %d",
				 BRIDGE_FIELDS_MAX);
	if (db_exec(tx, SQL_BRIDGE_FIELD_REMOVE_ALL, SQL_NO_ARGS, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		const struct bridge_field *f = &fields[i];

		if (check_tag(f->merge_tag, err) < 0 ||
		    check_person_field(tx->db, f->person_field, err) < 0)
			return -1;
		if (find(&done, f->merge_tag))
			return err_field(err, "merge_tag", "%s stands twice",
					 f->merge_tag);
		vec_push(&done, *f);
		if (db_exec(tx, SQL_BRIDGE_FIELD_PUT,
			    SQL_ARGS(sql_text(f->merge_tag),
				     sql_text(f->person_field)),
			    err) < 0)
			return -1;
	}
	/* an empty table would get the defaults again */
	return setting_put(tx, "bridge.fields_chosen", "1", err) < 0 ? -1 : 0;
}
