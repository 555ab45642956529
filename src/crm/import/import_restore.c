#include "crm/import/import_restore.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "crm/consent/consent.h"
#include "crm/import/import.h"
#include "crm/import/import_lookup.h"
#include "crm/record.h"
#include "crm/tag.h"
#include "sql/import.h"

#define PAGE 1000

/* A record before the import changed it. */
struct before {
	int64_t id, written_ms;
	const char *json;
	struct record *now; /* NULL: somebody changed it since */
	bool keeps_key;     /* the one before is somebody else's now */
};
struct befores VEC_FIELDS(struct before);

void import_restored_release(struct import_restored *restored)
{
	vec_release(&restored->kept);
}

static void read_before(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct before *)out = (struct before){
		.id = rows_int(rows, 0),
		.json = rows_dup(rows, 1, arena),
		.written_ms = rows_int(rows, 2),
	};
}

static const char *text_member(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

/* The record's fields as they were. */
static void restore_fields(struct record *r, const json_t *before,
			   struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf custom = STRBUF_INIT;
	const json_t *object = json_object_get(before, "custom");

	for (enum text_field t = 0; t < TEXT_FIELDS; t++) {
		if (field_is_of(field_of_text(t), r->entity))
			r->text[t] =
				text_member(before, field_of_text(t)->name);
	}
	r->company_id =
		json_integer_value(json_object_get(before, "company_id"));
	r->custom = NULL;
	if (object) {
		json_dump(object, &custom);
		r->custom = arena_str(arena, strbuf_str(&custom));
	}
}

static int restore_emails(struct tx *tx, const struct record *r,
			  const json_t *list, const struct actor *actor,
			  struct arena *arena, struct err *err)
{
	size_t n = json_array_size(list), i;
	struct address *wanted = arena_array(arena, struct address, n + 1);
	const json_t *item;

	if (!list)
		return 0;
	json_array_foreach (list, i, item) {
		wanted[i] = (struct address){
			.address = text_member(item, "address"),
			.type = text_member(item, "type"),
			.is_primary =
				json_is_true(json_object_get(item, "primary")),
			.is_marketing = json_is_true(
				json_object_get(item, "marketing")),
		};
		if (json_is_true(json_object_get(item, "held")))
			wanted[i].held = HELD_BY_HAND;
	}
	return addresses_put(tx, r->entity, r->id, wanted, n, actor, arena,
			     err);
}

static int restore_tags(struct tx *tx, const struct record *r,
			const json_t *list, struct arena *arena,
			struct err *err)
{
	const json_t *name;
	int64_t tag;
	size_t i;

	json_array_foreach (list, i, name) {
		if (tag_put(tx, json_string_value(name), arena, &tag, err) <
			    0 ||
		    db_exec(tx, SQL_IMPORT_UNTAG,
			    SQL_ARGS(sql_int(r->entity), sql_int(r->id),
				     sql_int(tag)),
			    err) < 0)
			return -1;
	}
	return 0;
}

/* Addresses and tags, as far as the import touched them; few have that. */
static int restore_rest(struct tx *tx, const struct record *r, const char *json,
			struct arena *arena, struct err *err)
{
	struct actor actor = { .name = IMPORT_UNDO_JOB,
			       .now_ms = clock_now_ms() };
	CLEANUP(json_free) json_t *before = NULL;

	if (json_parse(str_of(json), &before, err) < 0)
		return -1;
	if (restore_emails(tx, r, json_object_get(before, "emails"), &actor,
			   arena, err) < 0)
		return -1;
	return restore_tags(tx, r, json_object_get(before, "new_tags"), arena,
			    err);
}

/* Has somebody else got the key that the record had? Then it keeps what it has
 * now. */
static int check_key(struct tx *tx, const struct record *r, struct before *b,
		     struct err *err)
{
	CLEANUP(json_free) json_t *before = NULL;
	const char *key;
	int64_t id = r->id;

	if (json_parse(str_of(b->json), &before, err) < 0)
		return -1;
	key = text_member(before, field_of_text(TEXT_EXTERNAL_KEY)->name);
	if (key && import_find_key(tx->db, r->entity, key, &id, err) < 0)
		return -1;
	b->keeps_key = id != r->id;
	return 0;
}

static int restore_record(struct record *r, const struct before *b,
			  int64_t now_ms, struct arena *arena,
			  struct batch *batch, struct err *err)
{
	CLEANUP(json_free) json_t *before = NULL;
	const char *key = r->text[TEXT_EXTERNAL_KEY];

	if (json_parse(str_of(b->json), &before, err) < 0)
		return -1;
	restore_fields(r, before, arena);
	if (b->keeps_key)
		r->text[TEXT_EXTERNAL_KEY] = key;
	r->updated_ms = now_ms;
	record_fold(r, arena);
	return record_batch_update(batch, r, err);
}

/* Who is back at a company that opted out meanwhile is out. */
static int rejoin_companies(struct tx *tx, const struct records *restored,
			    struct err *err)
{
	struct actor actor = { .name = IMPORT_UNDO_JOB,
			       .now_ms = clock_now_ms() };

	vec_each (restored, r) {
		if (r->company_id && r->company_id != r->before->company_id &&
		    consent_join_company(tx, r->id, r->company_id, &actor,
					 err) < 0)
			return -1;
	}
	return 0;
}

/* Both are in the order of ids; records may lack some. */
static void find_unchanged(struct befores *list, struct records *records)
{
	struct record *r = records->v, *end = records->v + records->n;

	vec_each (list, b) {
		while (r < end && r->id < b->id)
			r++;
		if (r < end && r->id == b->id && r->updated_ms == b->written_ms)
			b->now = r;
	}
}

static int load_page(struct tx *tx, const struct import_run *run, int64_t after,
		     struct arena *arena, struct befores *out,
		     struct records *records, struct err *err)
{
	CLEANUP(vec_release) struct ids ids = VEC_INIT;

	if (db_list(tx->db, SQL_IMPORT_CHANGES,
		    SQL_ARGS(sql_int(run->id), sql_int(run->entity),
			     sql_int(after), sql_int(PAGE)),
		    read_before, arena, out, err) < 0)
		return -1;
	vec_each (out, b)
		vec_push(&ids, b->id);
	if (records_load(tx->db, run->entity, &ids, arena, records, err) < 0)
		return -1;
	find_unchanged(out, records);
	return 0;
}

/* Rows of the records themselves travel together, after all else. */
static int restore_all(struct tx *tx, struct befores *list, struct arena *arena,
		       struct err *err)
{
	int64_t now_ms = clock_now_ms();
	struct batch batch;

	vec_each (list, b)
		if (b->now &&
		    (restore_rest(tx, b->now, b->json, arena, err) < 0 ||
		     check_key(tx, b->now, b, err) < 0))
			return -1;
	batch_begin(tx, &batch);
	vec_each (list, b)
		if (b->now &&
		    restore_record(b->now, b, now_ms, arena, &batch, err) < 0)
			return -1;
	return batch_end(&batch, err) < 0 ? -1 : 0;
}

int import_restore(struct tx *tx, const struct import_run *run, int64_t after,
		   struct arena *arena, struct import_restored *out,
		   struct err *err)
{
	CLEANUP(vec_release) struct befores list = VEC_INIT;
	CLEANUP(vec_release) struct records records = VEC_INIT;

	if (load_page(tx, run, after, arena, &list, &records, err) < 0 ||
	    restore_all(tx, &list, arena, err) < 0 ||
	    rejoin_companies(tx, &records, err) < 0)
		return -1;
	out->last_id = after;
	vec_each (&list, b) {
		out->last_id = b->id;
		if (b->now)
			out->restored++;
		else
			vec_push(&out->kept, b->id);
	}
	return list.n == PAGE;
}
