#include "crm/import/read/import_seen.h"

#include "base/err.h"

#include <stdlib.h>
#include <string.h>

#define CAP_LEAST 1024

void import_seen_release(struct import_seen *seen)
{
	free(seen->slots);
	*seen = (struct import_seen)IMPORT_SEEN_INIT;
}

static uint64_t mix_bits(uint64_t h)
{
	h ^= h >> 33;
	h *= 0xff51afd7ed558ccdULL;
	h ^= h >> 33;
	h *= 0xc4ceb9fe1a85ec53ULL;
	return h ^ h >> 33;
}

static uint64_t add_bytes(uint64_t h, struct str s)
{
	while (s.len >= 8) {
		uint64_t word;

		memcpy(&word, s.s, 8);
		h = mix_bits(h ^ word);
		s.s += 8;
		s.len -= 8;
	}
	for (size_t i = 0; i < s.len; i++)
		h = h << 8 ^ (unsigned char)s.s[i] ^ h >> 56;
	return mix_bits(h + s.len);
}

uint64_t import_fingerprint(char kind, struct str a, struct str b)
{
	uint64_t h = mix_bits((unsigned char)kind + 0x9e3779b97f4a7c15ULL);

	h = add_bytes(add_bytes(h, a), b);
	return h ? h : 1;
}

/* Where it stands, or the free slot where it would. */
static size_t slot_of(const struct import_seen *seen, uint64_t fingerprint)
{
	size_t at = fingerprint & (seen->cap - 1);

	while (seen->slots[at] && seen->slots[at] != fingerprint)
		at = (at + 1) & (seen->cap - 1);
	return at;
}

static void grow_slots(struct import_seen *seen)
{
	struct import_seen more = { .cap = seen->cap ? seen->cap * 2
						     : CAP_LEAST };

	more.slots = calloc(more.cap, sizeof(*more.slots));
	BUG_ON(!more.slots);
	for (size_t i = 0; i < seen->cap; i++) {
		if (seen->slots[i])
			more.slots[slot_of(&more, seen->slots[i])] =
				seen->slots[i];
	}
	free(seen->slots);
	seen->slots = more.slots;
	seen->cap = more.cap;
}

bool import_seen_has(const struct import_seen *seen, uint64_t fingerprint)
{
	return seen->n > 0 && seen->slots[slot_of(seen, fingerprint)] != 0;
}

bool import_seen_add(struct import_seen *seen, uint64_t fingerprint)
{
	size_t at;

	if (seen->n * 4 >= seen->cap * 3)
		grow_slots(seen);
	at = slot_of(seen, fingerprint);
	if (seen->slots[at])
		return false;
	seen->slots[at] = fingerprint;
	seen->n++;
	return true;
}
