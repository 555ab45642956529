#include "base/text/word_set.h"

#include "base/err.h"

#include <stdint.h>
#include <stdlib.h>

#define CAP_LEAST 256

/* FNV-1a: words are short, and nobody chooses those of a list. */
static uint64_t hash_of(struct str word)
{
	uint64_t h = 0xcbf29ce484222325ULL;

	for (size_t i = 0; i < word.len; i++)
		h = (h ^ (unsigned char)word.s[i]) * 0x100000001b3ULL;
	return h;
}

/* Where it stands, or the free slot where it would. */
static struct str *slot_of(const struct word_set *set, struct str word)
{
	size_t at = hash_of(word) & (set->cap - 1);

	while (set->slots[at].s && !str_eq(set->slots[at], word))
		at = (at + 1) & (set->cap - 1);
	return &set->slots[at];
}

static void grow(struct word_set *set)
{
	struct str *before = set->slots;
	size_t n = set->cap;

	set->cap = n ? n * 2 : CAP_LEAST;
	set->slots = calloc(set->cap, sizeof(*set->slots));
	BUG_ON(!set->slots);
	for (size_t i = 0; i < n; i++) {
		if (before[i].s)
			*slot_of(set, before[i]) = before[i];
	}
	free(before);
}

void word_set_add(struct word_set *set, struct str word)
{
	struct str *slot;

	if (set->n * 2 >= set->cap)
		grow(set);
	slot = slot_of(set, word);
	set->n += !slot->s;
	*slot = word;
}

void word_set_add_list(struct word_set *set, const char *list, char mark)
{
	struct str rest = str_of(list);

	while (rest.s) {
		struct str word = str_cut(&rest, mark);

		if (word.len > 0)
			word_set_add(set, word);
	}
}

static void fill(struct word_set *set)
{
	pthread_mutex_lock(&set->lock);
	if (!atomic_load(&set->is_filled))
		set->fill(set);
	atomic_store(&set->is_filled, true);
	pthread_mutex_unlock(&set->lock);
}

bool word_set_has(struct word_set *set, struct str word)
{
	if (!atomic_load_explicit(&set->is_filled, memory_order_acquire))
		fill(set);
	return set->n > 0 && slot_of(set, word)->s;
}
