#include "sets/id_set.h"

#include "base/err.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

/* A sorted id takes 64 bits, a bit of a bitset one: the bitset is smaller as
 * soon as more than one id in 64 of the range is in the set. Small sets stay
 * sorted ids whatever their range. */
#define SPARSE_ALWAYS 256

void id_set_release(struct id_set *set)
{
	free(set->bits);
	free(set->ids);
	*set = (struct id_set)ID_SET_INIT;
}

static int compare_ids(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void grow_bits(struct id_set *set, size_t words)
{
	size_t cap = set->words;

	if (words <= set->words)
		return;
	words = words + words / 4;
	set->bits = vec_grow(set->bits, &cap, words, sizeof(*set->bits));
	memset(set->bits + set->words, 0,
	       (cap - set->words) * sizeof(*set->bits));
	set->words = cap;
}

static void set_bit(struct id_set *set, int64_t id)
{
	size_t word = (size_t)id / 64;

	if (word >= set->words)
		grow_bits(set, word + 1);
	set->bits[word] |= UINT64_C(1) << (id % 64);
}

static void make_dense(struct id_set *set)
{
	struct id_set dense = ID_SET_INIT;

	if (set->bits)
		return;
	grow_bits(&dense, 1);
	for (size_t i = 0; i < set->n; i++)
		set_bit(&dense, set->ids[i]);
	id_set_release(set);
	*set = dense;
}

static void sort_sparse(struct id_set *set)
{
	size_t kept = 0;

	if (set->bits || !set->messy)
		return;
	qsort(set->ids, set->n, sizeof(*set->ids), compare_ids);
	for (size_t i = 0; i < set->n; i++)
		if (kept == 0 || set->ids[kept - 1] != set->ids[i])
			set->ids[kept++] = set->ids[i];
	set->n = kept;
	set->messy = false;
}

void id_set_add(struct id_set *set, int64_t id)
{
	BUG_ON(id <= 0);
	if (set->bits) {
		set_bit(set, id);
		return;
	}
	if (set->n && set->ids[set->n - 1] >= id) {
		if (set->ids[set->n - 1] == id)
			return;
		set->messy = true;
	}
	set->ids = vec_grow(set->ids, &set->cap, set->n + 1, sizeof(*set->ids));
	set->ids[set->n++] = id;
	if (set->n < SPARSE_ALWAYS || (set->n & (set->n - 1)))
		return;
	/* Doubled: time to look which form is smaller. */
	sort_sparse(set);
	if ((int64_t)set->n * 64 > set->ids[set->n - 1])
		make_dense(set);
}

/* Index of the first id >= wanted. */
static size_t place_of(const struct id_set *set, int64_t wanted)
{
	return vec_lower_any(set->ids, set->n, sizeof(*set->ids), wanted);
}

void id_set_remove(struct id_set *set, int64_t id)
{
	size_t place;

	if (set->bits) {
		if (id > 0 && (size_t)id / 64 < set->words)
			set->bits[id / 64] &= ~(UINT64_C(1) << (id % 64));
		return;
	}
	sort_sparse(set);
	place = place_of(set, id);
	if (place == set->n || set->ids[place] != id)
		return;
	memmove(set->ids + place, set->ids + place + 1,
		(set->n - place - 1) * sizeof(*set->ids));
	set->n--;
}

bool id_set_has(struct id_set *set, int64_t id)
{
	size_t place;

	if (id <= 0)
		return false;
	if (set->bits)
		return (size_t)id / 64 < set->words &&
		       (set->bits[id / 64] >> (id % 64) & 1);
	sort_sparse(set);
	place = place_of(set, id);
	return place < set->n && set->ids[place] == id;
}

int64_t id_set_count(struct id_set *set)
{
	int64_t n = 0;

	sort_sparse(set);
	if (!set->bits)
		return (int64_t)set->n;
	for (size_t i = 0; i < set->words; i++)
		n += __builtin_popcountll(set->bits[i]);
	return n;
}

int64_t id_set_next(struct id_set *set, int64_t after)
{
	size_t word = (size_t)(after + 1) / 64;
	uint64_t rest;

	if (!set->bits) {
		size_t place;

		sort_sparse(set);
		place = place_of(set, after + 1);
		return place < set->n ? set->ids[place] : 0;
	}
	if (word >= set->words)
		return 0;
	rest = set->bits[word] & (~UINT64_C(0) << ((after + 1) % 64));
	while (!rest) {
		if (++word >= set->words)
			return 0;
		rest = set->bits[word];
	}
	return (int64_t)(word * 64) + __builtin_ctzll(rest);
}

int64_t id_set_before(struct id_set *set, int64_t before)
{
	int64_t last = before - 1;
	size_t word;
	uint64_t rest;

	if (last <= 0)
		return 0;
	if (!set->bits) {
		size_t place;

		sort_sparse(set);
		place = place_of(set, before);
		return place ? set->ids[place - 1] : 0;
	}
	if (!set->words)
		return 0;
	if ((size_t)last / 64 >= set->words)
		last = (int64_t)set->words * 64 - 1;
	word = (size_t)last / 64;
	rest = set->bits[word] & (~UINT64_C(0) >> (63 - last % 64));
	while (!rest) {
		if (!word)
			return 0;
		rest = set->bits[--word];
	}
	return (int64_t)(word * 64) + 63 - __builtin_clzll(rest);
}

/* Of a word the place of the bit that has so many lower ones. */
static int place_in_word(uint64_t word, int64_t n)
{
	while (n-- > 0)
		word &= word - 1;
	return __builtin_ctzll(word);
}

int64_t id_set_nth(struct id_set *set, int64_t n)
{
	if (n < 0)
		return 0;
	sort_sparse(set);
	if (!set->bits)
		return (size_t)n < set->n ? set->ids[n] : 0;
	for (size_t i = 0; i < set->words; i++) {
		int here = __builtin_popcountll(set->bits[i]);

		if (n < here)
			return (int64_t)(i * 64) +
			       place_in_word(set->bits[i], n);
		n -= here;
	}
	return 0;
}

void id_set_add_word(struct id_set *set, int64_t word, uint64_t bits)
{
	if (word == 0)
		bits &= ~UINT64_C(1);
	if (set->bits) {
		grow_bits(set, (size_t)word + 1);
		set->bits[word] |= bits;
		return;
	}
	for (; bits; bits &= bits - 1)
		id_set_add(set, word * 64 + __builtin_ctzll(bits));
}

void id_set_or(struct id_set *a, struct id_set *b)
{
	if (!b->bits) {
		for (size_t i = 0; i < b->n; i++)
			id_set_add(a, b->ids[i]);
		return;
	}
	make_dense(a);
	grow_bits(a, b->words);
	for (size_t i = 0; i < b->words; i++)
		a->bits[i] |= b->bits[i];
}

/* Keep in sparse *a only what is (or is not) in *b. */
static void sieve(struct id_set *a, struct id_set *b, bool wanted)
{
	size_t kept = 0;

	sort_sparse(a);
	for (size_t i = 0; i < a->n; i++)
		if (id_set_has(b, a->ids[i]) == wanted)
			a->ids[kept++] = a->ids[i];
	a->n = kept;
}

void id_set_and(struct id_set *a, struct id_set *b)
{
	if (!a->bits) {
		sieve(a, b, true);
		return;
	}
	if (!b->bits) {
		struct id_set copy = ID_SET_INIT;

		id_set_copy(&copy, b);
		sieve(&copy, a, true);
		id_set_release(a);
		*a = copy;
		return;
	}
	for (size_t i = 0; i < a->words; i++)
		a->bits[i] &= i < b->words ? b->bits[i] : 0;
}

void id_set_subtract(struct id_set *a, struct id_set *b)
{
	if (!a->bits) {
		sieve(a, b, false);
		return;
	}
	if (!b->bits) {
		for (size_t i = 0; i < b->n; i++)
			id_set_remove(a, b->ids[i]);
		return;
	}
	for (size_t i = 0; i < a->words && i < b->words; i++)
		a->bits[i] &= ~b->bits[i];
}

void id_set_copy(struct id_set *to, struct id_set *from)
{
	BUG_ON(to == from);
	id_set_release(to);
	sort_sparse(from);
	if (from->bits) {
		to->bits = vec_grow(NULL, &to->words, from->words,
				    sizeof(*to->bits));
		memset(to->bits, 0, to->words * sizeof(*to->bits));
		memcpy(to->bits, from->bits, from->words * sizeof(*from->bits));
		return;
	}
	to->ids = vec_grow(NULL, &to->cap, from->n, sizeof(*to->ids));
	if (from->n)
		memcpy(to->ids, from->ids, from->n * sizeof(*from->ids));
	to->n = from->n;
}

bool id_set_equal(struct id_set *a, struct id_set *b)
{
	int64_t x = 0, y = 0;

	do {
		x = id_set_next(a, x);
		y = id_set_next(b, y);
		if (x != y)
			return false;
	} while (x);
	return true;
}

static void make_sparse(struct id_set *set, size_t n)
{
	struct id_set sparse = ID_SET_INIT;

	sparse.ids = vec_grow(NULL, &sparse.cap, n, sizeof(*sparse.ids));
	for (int64_t id = 0; (id = id_set_next(set, id)) > 0;)
		sparse.ids[sparse.n++] = id;
	id_set_release(set);
	*set = sparse;
}

void id_set_settle(struct id_set *set)
{
	struct id_set fitting = ID_SET_INIT;
	size_t n = (size_t)id_set_count(set);

	while (set->words && !set->bits[set->words - 1])
		set->words--;
	if (set->bits && (n < SPARSE_ALWAYS || n < set->words))
		make_sparse(set, n);
	else if (!set->bits && n >= SPARSE_ALWAYS &&
		 (int64_t)n * 64 > set->ids[n - 1])
		make_dense(set);
	id_set_copy(&fitting, set);
	id_set_release(set);
	*set = fitting;
}

size_t id_set_bytes(const struct id_set *set)
{
	return set->words * sizeof(*set->bits) + set->cap * sizeof(*set->ids);
}
