#include "store/tally.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "store/db.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS_FIRST 64 /* a power of two */

void tally_release(struct tally *t)
{
	vec_release(&t->rows);
	free(t->slots);
	arena_free(&t->arena);
	*t = (struct tally)TALLY_INIT;
}

static uint64_t hash_of(const struct tally_row *key)
{
	uint64_t h = (uint64_t)key->owner * UINT64_C(0x9e3779b97f4a7c15);

	h = (h ^ (uint64_t)key->kind) * UINT64_C(0x9e3779b97f4a7c15);
	h = (h ^ (uint64_t)key->part) * UINT64_C(0x9e3779b97f4a7c15);
	for (const char *c = key->name; *c; c++)
		h = (h ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
	return h ^ h >> 29;
}

static int compare(const void *a, const void *b)
{
	const struct tally_row *x = a, *y = b;

	if (x->owner != y->owner)
		return x->owner < y->owner ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->part != y->part)
		return x->part < y->part ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* The slot of a row, or the empty one where it would be. */
static uint32_t *slot_of(const struct tally *t, const struct tally_row *key)
{
	size_t at = (size_t)hash_of(key) & (t->slots_n - 1);

	while (t->slots[at] && compare(&t->rows.v[t->slots[at] - 1], key) != 0)
		at = (at + 1) & (t->slots_n - 1);
	return &t->slots[at];
}

static void index_rows(struct tally *t, size_t slots)
{
	free(t->slots);
	t->slots = calloc(slots, sizeof(*t->slots));
	BUG_ON(!t->slots);
	t->slots_n = slots;
	for (size_t i = 0; i < t->rows.n; i++)
		*slot_of(t, &t->rows.v[i]) = (uint32_t)i + 1;
}

/* Valid until the next one. */
static int64_t *number_of(struct tally *t, const struct tally_row *key)
{
	struct tally_row row = *key;
	uint32_t *slot;

	if (t->rows.n * 2 >= t->slots_n)
		index_rows(t, t->slots_n ? t->slots_n * 2 : SLOTS_FIRST);
	slot = slot_of(t, key);
	if (*slot)
		return &t->rows.v[*slot - 1].n;
	if (*row.name) {
		t->arena = t->arena ? t->arena : arena_new();
		row.name = arena_strdup(t->arena, row.name);
	}
	vec_push(&t->rows, row);
	*slot = (uint32_t)t->rows.n;
	return &t->rows.v[t->rows.n - 1].n;
}

void tally_add(struct tally *t, int64_t owner, int kind, int64_t part,
	       int64_t n)
{
	struct tally_row key = {
		.owner = owner, .kind = kind, .part = part, .name = ""
	};

	if (n)
		*number_of(t, &key) += n;
}

void tally_add_name(struct tally *t, int64_t owner, int kind, const char *name,
		    int64_t n)
{
	struct tally_row key = { .owner = owner,
				 .kind = kind,
				 .name = name ? name : "" };

	if (n)
		*number_of(t, &key) += n;
}

void tally_max(struct tally *t, int64_t owner, int kind, int64_t part,
	       int64_t n)
{
	struct tally_row key = {
		.owner = owner, .kind = kind, .part = part, .name = ""
	};
	int64_t *most = number_of(t, &key);

	if (n > *most)
		*most = n;
}

static void write_rows(const struct tally *t, struct json_writer *w)
{
	json_begin_array(w);
	vec_each (&t->rows, row) {
		if (row->n == 0)
			continue;
		json_begin_array(w);
		json_int(w, row->owner);
		json_int(w, row->kind);
		json_int(w, row->part);
		json_text(w, row->name);
		json_int(w, row->n);
		json_end_array(w);
	}
	json_end_array(w);
}

static bool is_nothing(const struct tally *t)
{
	vec_each (&t->rows, row)
		if (row->n)
			return false;
	return true;
}

int tally_write(struct tally *t, struct tx *tx, const struct sql *add,
		struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf json = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&json);

	if (is_nothing(t))
		return 0;
	qsort(t->rows.v, t->rows.n, sizeof(*t->rows.v), compare);
	index_rows(t, t->slots_n);
	write_rows(t, &w);
	return db_exec(tx, add, SQL_ARGS(sql_str(strbuf_str(&json))), err) < 0
		       ? -1
		       : 0;
}
