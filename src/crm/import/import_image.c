#include "crm/import/import_image.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "crm/import/import_compare.h"
#include "crm/import/import_plan.h"
#include "sql/import.h"
#include "store/db.h"

static void read_image(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct import_image *)out = (struct import_image){
		.id = rows_int(rows, 0),
		.json = rows_dup(rows, 1, arena),
		.written_ms = rows_int(rows, 2),
	};
}

int import_images_load(struct db *db, const struct import_batch *b,
		       const struct ids *ids, struct import_images *out,
		       struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;

	if (ids->n == 0)
		return 0;
	return db_list(db, SQL_IMPORT_CHANGES_OF,
		       SQL_ARGS(sql_keys(ids, &keys),
				sql_int(b->plan->import_id),
				sql_int(b->plan->entity)),
		       read_image, b->arena, out, err);
}

static const struct import_image *find_image(const struct import_images *all,
					     int64_t id)
{
	size_t at = vec_lower(all, id, id);

	return at < all->n && all->v[at].id == id ? &all->v[at] : NULL;
}

/* --- what the rows of a batch do to a record --- */

static const struct import_change *change_before(
	const struct import_change *all, const struct import_change *c)
{
	return c->before ? &all[c->before - 1] : NULL;
}

static bool gets_email(const struct import_change *all,
		       const struct import_change *last)
{
	for (const struct import_change *c = last; c; c = change_before(all, c))
		if (c->new_email)
			return true;
	return false;
}

static bool gets_tags(const struct import_change *all,
		      const struct import_change *last)
{
	for (const struct import_change *c = last; c; c = change_before(all, c))
		if (c->new_tags.n > 0)
			return true;
	return false;
}

static void format_emails(struct json_writer *j, const struct import_batch *b,
			  int64_t id)
{
	size_t n;
	const struct address *all = import_addresses_of(b, id, &n);

	json_begin_array(j);
	for (size_t i = 0; i < n; i++) {
		json_begin_object(j);
		json_key_text(j, "address", all[i].address);
		json_key_text(j, "type", all[i].type);
		json_key_bool(j, "primary", all[i].is_primary);
		json_key_bool(j, "marketing", all[i].is_marketing);
		json_key_bool(j, "held", all[i].held == HELD_BY_HAND);
		json_end_object(j);
	}
	json_end_array(j);
}

static void format_tags(struct json_writer *j, const struct import_change *all,
			const struct import_change *last)
{
	json_begin_array(j);
	for (const struct import_change *c = last; c;
	     c = change_before(all, c)) {
		vec_each (&c->new_tags, name)
			json_text(j, *name);
	}
	json_end_array(j);
}

/* What the record was before the batch. */
static const char *first_image(const struct import_batch *b,
			       const struct import_change *all,
			       const struct import_change *last)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct json_writer j = JSON_WRITER(&out);
	const struct record *r = last->row->existing;

	json_begin_object(&j);
	for (enum text_field t = 0; t < TEXT_FIELDS; t++) {
		if (r->text[t])
			json_key_text(&j, field_of_text(t)->name, r->text[t]);
	}
	json_key_int(&j, "company_id", r->company_id);
	if (r->custom)
		json_key_raw(&j, "custom", str_of(r->custom));
	json_key(&j, "new_tags");
	format_tags(&j, all, last);
	if (gets_email(all, last)) {
		json_key(&j, "emails");
		format_emails(&j, b, r->id);
	}
	json_end_object(&j);
	return arena_str(b->arena, strbuf_str(&out));
}

/* An image of before, and what of tags and addresses this batch adds to it. */
static int next_image(const struct import_batch *b,
		      const struct import_change *all,
		      const struct import_change *last, const char *before,
		      const char **out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf tags = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf emails = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(json_free) json_t *image = NULL, *added = NULL;
	struct json_writer tags_writer = JSON_WRITER(&tags);
	struct json_writer emails_writer = JSON_WRITER(&emails);

	*out = before;
	if (!gets_email(all, last) && !gets_tags(all, last))
		return 0;
	format_tags(&tags_writer, all, last);
	format_emails(&emails_writer, b, last->after.id);
	if (json_parse(str_of(before), &image, err) < 0 ||
	    json_parse(strbuf_str(&tags), &added, err) < 0)
		return -1;
	json_array_extend(json_object_get(image, "new_tags"), added);
	if (gets_email(all, last) && !json_object_get(image, "emails"))
		json_object_set_new(image, "emails",
				    json_loads(emails.buf, 0, NULL));
	json_dump(image, &text);
	*out = arena_str(b->arena, strbuf_str(&text));
	return 0;
}

int import_image_write(struct batch *batch, const struct import_batch *b,
		       const struct import_change *all,
		       const struct import_change *last,
		       const struct import_images *earlier, struct err *err)
{
	const struct record *was = last->row->existing, *r = &last->after;
	const struct import_image *image = find_image(earlier, r->id);
	struct sql_value import = sql_int(b->plan->import_id);
	const char *before;

	if (!image)
		return batch_add(batch, SQL_IMPORT_CHANGE_ADD,
				 SQL_ARGS(import, sql_int(r->entity),
					  sql_int(r->id),
					  sql_text(first_image(b, all, last)),
					  sql_int(r->updated_ms)),
				 err);
	if (image->written_ms != was->updated_ms)
		return 0;
	if (next_image(b, all, last, image->json, &before, err) < 0)
		return -1;
	return batch_add(batch, SQL_IMPORT_CHANGE_AGAIN,
			 SQL_ARGS(sql_text(before), sql_int(r->updated_ms),
				  import, sql_int(r->entity), sql_int(r->id)),
			 err);
}
