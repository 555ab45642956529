#include "crm/import/read/import_groups.h"

#include "base/arena.h"
#include "base/err.h"
#include "crm/import/read/import_seen.h"

#include <string.h>

#define CAP_LEAST 256

/* A group of two rows and more. */
struct group {
	uint64_t id;   /* 0: a free slot */
	uint32_t left; /* rows not read yet */
	struct import_rows waiting;
};

struct import_groups {
	struct import_seen once;
	struct group *slots;
	size_t cap, n;
	size_t waiting; /* rows of all groups */
	uint32_t handed_out;
	struct arena *arena;
};

struct import_groups *import_groups_new(void)
{
	struct import_groups *g = calloc(1, sizeof(*g));

	BUG_ON(!g);
	g->arena = arena_new();
	return g;
}

void import_groups_free(struct import_groups **groups)
{
	struct import_groups *g = *groups;

	if (!g)
		return;
	for (size_t i = 0; i < g->cap; i++)
		vec_release(&g->slots[i].waiting);
	free(g->slots);
	import_seen_release(&g->once);
	arena_free(&g->arena);
	free(g);
	*groups = NULL;
}

struct arena *import_groups_arena(struct import_groups *g)
{
	return g->arena;
}

/* Its slot, or the free one where it would stand. */
static struct group *slot_of(const struct import_groups *g, uint64_t id)
{
	size_t at = id & (g->cap - 1);

	while (g->slots[at].id && g->slots[at].id != id)
		at = (at + 1) & (g->cap - 1);
	return &g->slots[at];
}

static void grow_slots(struct import_groups *g)
{
	struct import_groups more = { .cap = g->cap ? g->cap * 2 : CAP_LEAST };

	more.slots = calloc(more.cap, sizeof(*more.slots));
	BUG_ON(!more.slots);
	for (size_t i = 0; i < g->cap; i++) {
		if (g->slots[i].id)
			*slot_of(&more, g->slots[i].id) = g->slots[i];
	}
	free(g->slots);
	g->slots = more.slots;
	g->cap = more.cap;
}

void import_groups_count(struct import_groups *g, uint64_t id)
{
	struct group *group;

	if (import_seen_add(&g->once, id))
		return;
	if (g->n * 4 >= g->cap * 3)
		grow_slots(g);
	group = slot_of(g, id);
	if (!group->id) {
		*group = (struct group){ .id = id, .left = 1 };
		g->n++;
	}
	group->left++;
}

bool import_groups_has(const struct import_groups *g, uint64_t id)
{
	return id && g->n > 0 && slot_of(g, id)->id;
}

/* --- the order of a group --- */

static bool differ(const char *a, const char *b)
{
	return a && b && *a && *b && strcmp(a, b) != 0;
}

/* Do the rows name more than one, by key or by first name? */
static bool names_several(const struct group *group, struct arena *arena)
{
	const char *one_key = NULL, *one_first = NULL;

	vec_each (&group->waiting, row) {
		const char *key = row->given.text[TEXT_EXTERNAL_KEY];
		const char *first = field_text_folded(
			row->given.text[TEXT_FIRST_NAME], arena);

		if (differ(key, one_key) || differ(first, one_first))
			return true;
		one_key = key ? key : one_key;
		one_first = first && *first ? first : one_first;
	}
	return false;
}

/* Nothing but its address, and a last name at most, says who it is about. */
static bool is_vague(const struct import_row *row)
{
	return import_row_has_email(row) && !row->id &&
	       !row->given.text[TEXT_EXTERNAL_KEY] &&
	       !row->given.text[TEXT_FIRST_NAME];
}

static void hand_out_those(const struct import_groups *g,
			   const struct group *group, bool several, bool vague,
			   struct import_rows *out)
{
	vec_each (&group->waiting, row) {
		if ((several && is_vague(row)) != vague)
			continue;
		row->part = g->handed_out;
		vec_push(out, *row);
	}
}

static void hand_out(struct import_groups *g, struct group *group,
		     struct import_rows *out)
{
	bool several = names_several(group, g->arena);

	g->handed_out++;
	hand_out_those(g, group, several, false, out);
	hand_out_those(g, group, several, true, out);
	g->waiting -= group->waiting.n;
	vec_release(&group->waiting);
}

void import_groups_put(struct import_groups *g, const struct import_row *row,
		       struct import_rows *out)
{
	struct group *group = slot_of(g, row->group);

	vec_push(&group->waiting, *row);
	g->waiting++;
	if (group->left > 0)
		group->left--;
	if (group->left == 0 || group->waiting.n >= IMPORT_GROUP_MOST)
		hand_out(g, group, out);
	if (g->waiting < IMPORT_WAITING_MOST)
		return;
	for (size_t i = 0; i < g->cap; i++)
		hand_out(g, &g->slots[i], out);
}

void import_groups_tidy(struct import_groups *g)
{
	if (g->waiting == 0)
		arena_reset(g->arena);
}
