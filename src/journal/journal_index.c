/*
 * Entries by hash: what was said last about an address. Called by the sides
 * while they apply; one thread.
 */
#include "base/cleanup.h"
#include "base/err.h"
#include "journal/journal.h"

#include <string.h>

struct place {
	const struct journal_entry *entry;
	bool found;
};

struct journal_index {
	VEC(struct place) places;
};

void journal_hash(const unsigned char key[JOURNAL_KEY], const char *text,
		  char out[SHA256_HEX + 1])
{
	unsigned char mac[SHA256_BYTES];

	hmac_sha256((struct str){ (const char *)key, JOURNAL_KEY },
		    str_of(text), mac);
	hex_encode(mac, sizeof(mac), out);
}

static int compare_keys(const struct journal_entry *a, const char *hash,
			const char *ref)
{
	int order = strcmp(a->hash, hash);

	return order != 0 || !ref ? order : strcmp(a->ref, ref);
}

static int compare_places(const void *a, const void *b)
{
	const struct journal_entry *x = ((const struct place *)a)->entry;
	const struct journal_entry *y = ((const struct place *)b)->entry;
	int order = compare_keys(x, y->hash, y->ref);

	return order != 0 ? order : (x->seq > y->seq) - (x->seq < y->seq);
}

/* Of several with the same hash and ref the last stays. */
static void keep_last(struct journal_index *index)
{
	size_t kept = 0;

	for (size_t i = 0; i < index->places.n; i++) {
		const struct journal_entry *e = index->places.v[i].entry;

		if (kept > 0 && compare_keys(index->places.v[kept - 1].entry,
					     e->hash, e->ref) == 0)
			kept--;
		index->places.v[kept++].entry = e;
	}
	index->places.n = kept;
}

struct journal_index *journal_index_new(const struct journal_entries *entries)
{
	struct journal_index *index = calloc(1, sizeof(*index));

	BUG_ON(!index);
	vec_each (entries, e) {
		struct place place = { .entry = e };

		vec_push(&index->places, place);
	}
	if (index->places.n > 0)
		qsort(index->places.v, index->places.n,
		      sizeof(*index->places.v), compare_places);
	keep_last(index);
	return index;
}

void journal_index_free(struct journal_index **index)
{
	if (!*index)
		return;
	vec_release(&(*index)->places);
	free(*index);
	*index = NULL;
}

const struct journal_entry *journal_index_find(struct journal_index *index,
					       const char *hash,
					       const char *ref)
{
	const struct journal_entry *last = NULL;
	size_t low = 0, high = index->places.n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (compare_keys(index->places.v[mid].entry, hash, ref) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < index->places.n &&
	       compare_keys(index->places.v[low].entry, hash, ref) == 0;
	     low++) {
		index->places.v[low].found = true;
		if (!last || last->kind == JOURNAL_OPT_IN)
			last = index->places.v[low].entry;
	}
	return last;
}

size_t journal_index_count(const struct journal_index *index)
{
	return index->places.n;
}

const struct journal_entry *journal_index_at(const struct journal_index *index,
					     size_t i, bool *found_out)
{
	*found_out = index->places.v[i].found;
	return index->places.v[i].entry;
}
