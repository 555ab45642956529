#include "crm/import/import_compare.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "crm/import/read/import_seen.h"

#include <stdlib.h>
#include <string.h>

static bool has_tag(const struct record *r, const char *name,
		    struct arena *arena)
{
	const char *wanted = field_text_folded(name, arena);

	for (size_t i = 0; i < r->tags_n; i++) {
		if (field_text_same(field_text_folded(r->tags[i], arena),
				    wanted))
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

/* --- what a later row will say again --- */

static uint64_t said_text(const char *whom, enum text_field t,
			  const char *value)
{
	CLEANUP(strbuf_release) struct strbuf what = STRBUF_INIT;

	strbuf_addf(&what, "%d=%s", (int)t, value);
	return import_fingerprint('t', str_of(whom), strbuf_str(&what));
}

static uint64_t said_value(const char *whom, const char *key, const char *json)
{
	CLEANUP(strbuf_release) struct strbuf what = STRBUF_INIT;

	strbuf_addf(&what, "%s=%s", key, json);
	return import_fingerprint('v', str_of(whom), strbuf_str(&what));
}

static const char *whom_of(const char *name, const char *company,
			   struct arena *arena)
{
	return arena_printf(arena, "%s\n%s", name, company);
}

void import_note_said(struct import_seen *said, const struct import_row *row,
		      const char *company, struct arena *arena)
{
	const char *whom = whom_of(row->given.name_folded, company, arena);

	for (enum text_field t = 0; t < TEXT_FIELDS; t++) {
		if (row->given.text[t])
			(void)import_seen_add(
				said, said_text(whom, t, row->given.text[t]));
	}
	for (size_t i = 0; i < row->values_n; i++)
		(void)import_seen_add(
			said, said_value(whom, row->values[i].custom->key,
					 row->values[i].json));
}

/* Who will be matched by name and company; NULL: nobody. */
static const char *late_whom(const struct import_batch *b,
			     const struct import_row *row)
{
	if (!b->said_late || b->said_late->n == 0 || !row->existing_company)
		return NULL;
	return whom_of(row->existing->name_folded, row->existing_company,
		       b->arena);
}

static void compare_texts(const struct import_batch *b, struct import_change *c)
{
	const struct record *given = &c->row->given;
	const char *whom = late_whom(b, c->row);

	for (enum text_field t = 0; t < TEXT_FIELDS; t++) {
		const char *now = c->after.text[t];

		if (!given->text[t] || field_text_same(given->text[t], now))
			continue;
		if (whom && now &&
		    field_text_same(now, c->row->existing->text[t]) &&
		    import_seen_has(b->said_late, said_text(whom, t, now)))
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

bool import_same_custom(const char *a, const char *b)
{
	json_t *x = a ? json_loads(a, 0, NULL) : json_object();
	json_t *y = b ? json_loads(b, 0, NULL) : json_object();
	bool equal = field_text_same(a, b) || json_equal(x, y);

	json_decref(x);
	json_decref(y);
	return equal;
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

static bool is_said_late(const struct import_batch *b, const char *whom,
			 const struct custom_field *custom,
			 const json_t *custom_now)
{
	CLEANUP(strbuf_release) struct strbuf now = STRBUF_INIT;
	const json_t *value = json_object_get(custom_now, custom->key);

	if (!whom || !value)
		return false;
	json_dump(value, &now);
	return import_seen_has(b->said_late,
			       said_value(whom, custom->key, now.buf));
}

static void compare_values(const struct import_batch *b,
			   struct import_change *c)
{
	const char *whom = late_whom(b, c->row), *merged;
	json_t *now =
		c->after.custom ? json_loads(c->after.custom, 0, NULL) : NULL;
	struct import_row row = *c->row;
	bool changed = false;

	row.values = arena_array(b->arena, struct import_value,
				 c->row->values_n + 1);
	row.values_n = 0;
	for (size_t i = 0; i < c->row->values_n; i++) {
		if (!is_said_late(b, whom, c->row->values[i].custom, now))
			row.values[row.values_n++] = c->row->values[i];
	}
	json_decref(now);
	if (row.values_n == 0)
		return;
	merged = import_merge_custom(c->after.custom, &row, b->arena, &changed);
	if (changed)
		c->after.custom = merged;
	c->changed |= changed;
}

static void compare_company(struct import_change *c)
{
	const struct import_row *row = c->row;

	if (!row->company || (row->new_company == c->new_company &&
			      row->company_id == c->after.company_id))
		return;
	c->new_company = row->new_company;
	c->after.company_id = row->company_id;
	c->changed = true;
}

static void compare_email(struct import_batch *b, struct import_change *c)
{
	const struct address *all;
	size_t n;

	if (!import_row_has_email(c->row))
		return;
	all = import_addresses_of(b, c->after.id, &n);
	for (size_t i = 0; i < n; i++) {
		if (field_text_same(all[i].hash, c->row->email.hash))
			return;
	}
	c->new_email = c->changed = true;
}

bool import_compare(struct import_batch *b, struct import_row *row,
		    const struct import_change *before,
		    struct import_change *out)
{
	struct import_change c = {
		.row = row,
		.after = before ? before->after : *row->existing,
		.new_company = before ? before->new_company : NULL,
		.new_tags = VEC_INIT
	};

	compare_texts(b, &c);
	compare_values(b, &c);
	compare_company(&c);
	c.opt_out = row->opted_out && !c.after.opted_out;
	c.after.opted_out |= c.opt_out;
	c.changed |= c.opt_out;
	compare_email(b, &c);
	compare_tags(b, &c);
	*out = c;
	return c.changed;
}

/* --- two rows --- */

bool import_row_says_all(const struct import_row *other,
			 const struct import_row *row)
{
	for (enum text_field t = 0; t < TEXT_FIELDS; t++) {
		if (row->given.text[t] &&
		    !field_text_same(row->given.text[t], other->given.text[t]))
			return false;
	}
	for (size_t i = 0; i < row->tags_n; i++) {
		bool there = false;

		for (size_t k = 0; k < other->tags_n; k++)
			there = there ||
				field_text_same(row->tags[i], other->tags[k]);
		if (!there)
			return false;
	}
	for (size_t i = 0; i < row->values_n; i++) {
		bool there = false;

		for (size_t k = 0; k < other->values_n; k++)
			there = there ||
				(row->values[i].custom ==
					 other->values[k].custom &&
				 field_text_same(row->values[i].json,
						 other->values[k].json));
		if (!there)
			return false;
	}
	return !row->opted_out || other->opted_out;
}

bool import_row_contradicts(const struct import_row *row,
			    const struct record *r)
{
	for (enum text_field f = 0; f < TEXT_FIELDS; f++) {
		if (f != TEXT_FIRST_NAME && f != TEXT_LAST_NAME &&
		    row->given.text[f] && r->text[f] &&
		    !field_text_same(row->given.text[f], r->text[f]))
			return true;
	}
	return false;
}

bool import_row_differs(const struct import_row *a, const struct import_row *b)
{
	if (import_row_contradicts(a, &b->given))
		return true;
	for (size_t i = 0; i < a->values_n; i++)
		for (size_t k = 0; k < b->values_n; k++)
			if (a->values[i].custom == b->values[k].custom &&
			    !field_text_same(a->values[i].json,
					     b->values[k].json))
				return true;
	return false;
}
