#include "crm/import_compare.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

static bool same(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

static const char *folded(const char *s, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

	utf8_fold(str_of(s), &out);
	return arena_str(arena, strbuf_str(&out));
}

static bool has_tag(const struct record *r, const char *name,
		    struct arena *arena)
{
	const char *wanted = folded(name, arena);

	for (size_t i = 0; i < r->tags_n; i++) {
		if (same(folded(r->tags[i], arena), wanted))
			return true;
	}
	return false;
}

static void compare_tags(struct import_batch *b, struct import_change *c)
{
	for (size_t i = 0; i < c->row->tags_n; i++) {
		if (!has_tag(c->row->existing, c->row->tags[i], b->arena))
			vec_push(&c->new_tags, c->row->tags[i]);
	}
	c->changed |= c->new_tags.n > 0;
}

static void compare_texts(struct import_change *c)
{
	const struct record *given = &c->row->given;

	for (enum text_field t = 0; t < TEXT_FIELDS; t++) {
		if (!given->text[t] || same(given->text[t], c->after.text[t]))
			continue;
		c->after.text[t] = given->text[t];
		c->changed = true;
	}
}

/* The values put into a JSON object (NULL: empty); *changed says if any
 * differed. */
const char *import_merge_custom(const char *before,
				const struct import_row *row,
				struct arena *arena, bool *changed)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	json_t *object = before ? json_loads(before, 0, NULL) : NULL;

	if (!json_is_object(object)) {
		json_decref(object);
		object = json_object();
	}
	for (size_t i = 0; i < row->values_n; i++) {
		const struct import_value *v = &row->values[i];
		json_t *value = json_loads(v->json, JSON_DECODE_ANY, NULL);

		if (json_equal(value,
			       json_object_get(object, v->custom->key))) {
			json_decref(value);
			continue;
		}
		json_object_set_new(object, v->custom->key, value);
		*changed = true;
	}
	json_dump(object, &out);
	json_decref(object);
	return arena_str(arena, strbuf_str(&out));
}

static int by_record(const void *a, const void *b)
{
	const struct address *x = a, *y = b;

	return x->record_id < y->record_id ? -1 : x->record_id > y->record_id;
}

/* The live addresses of a record: a part of the batch's. */
const struct address *import_addresses_of(const struct import_batch *b,
					  int64_t record_id, size_t *n)
{
	struct address key = { .record_id = record_id };
	const struct address *first, *end = b->addresses.v + b->addresses.n;

	*n = 0;
	if (b->addresses.n == 0)
		return NULL;
	first = bsearch(&key, b->addresses.v, b->addresses.n, sizeof(key),
			by_record);
	if (!first)
		return NULL;
	while (first > b->addresses.v && first[-1].record_id == record_id)
		first--;
	while (first + *n < end && first[*n].record_id == record_id)
		++*n;
	return first;
}

static void compare_email(struct import_batch *b, struct import_change *c)
{
	const struct address *all;
	size_t n;

	if (!import_row_has_email(c->row))
		return;
	all = import_addresses_of(b, c->after.id, &n);
	for (size_t i = 0; i < n; i++) {
		if (same(all[i].hash, c->row->email.hash))
			return;
	}
	c->new_email = c->changed = true;
}

bool import_compare(struct import_batch *b, struct import_row *row,
		    const struct import_change *before,
		    struct import_change *out)
{
	struct import_change c = { .row = row,
				   .after = before ? before->after
						   : *row->existing,
				   .new_tags = VEC_INIT };
	bool custom = false;

	compare_texts(&c);
	if (row->values_n > 0) {
		const char *merged = import_merge_custom(c.after.custom, row,
							 b->arena, &custom);

		if (custom)
			c.after.custom = merged;
		c.changed |= custom;
	}
	if (row->company &&
	    (row->new_company || row->company_id != c.after.company_id))
		c.changed = true;
	c.opt_out = row->opted_out && !c.after.opted_out;
	c.after.opted_out |= c.opt_out;
	c.changed |= c.opt_out;
	compare_email(b, &c);
	compare_tags(b, &c);
	*out = c;
	return c.changed;
}
