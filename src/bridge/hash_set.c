#include "bridge/hash_set.h"

#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

#define BYTES (MD5_HEX / 2)

void hash_set_release(struct hash_set *s)
{
	free(s->v);
	free(s->seen);
	*s = (struct hash_set)HASH_SET_INIT;
}

bool hash_set_add(struct hash_set *s, const char *hex)
{
	unsigned char bytes[BYTES];

	if (!hex || strlen(hex) != MD5_HEX || !hex_decode(str_of(hex), bytes))
		return false;
	s->v = vec_grow(s->v, &s->cap, s->n + 1, sizeof(*s->v));
	memcpy(s->v[s->n++], bytes, BYTES);
	return true;
}

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, BYTES);
}

void hash_set_seal(struct hash_set *s)
{
	size_t kept = 0, cap = 0;

	if (s->n > 0)
		qsort(s->v, s->n, BYTES, compare);
	for (size_t i = 0; i < s->n; i++) {
		if (kept > 0 && compare(s->v[kept - 1], s->v[i]) == 0)
			continue;
		memmove(s->v[kept++], s->v[i], BYTES);
	}
	s->n = kept;
	s->seen = vec_grow(s->seen, &cap, kept + 1, sizeof(*s->seen));
	memset(s->seen, 0, (kept + 1) * sizeof(*s->seen));
}

bool hash_set_see(struct hash_set *s, const char *hex)
{
	unsigned char bytes[BYTES];
	unsigned char(*found)[BYTES];

	if (s->n == 0 || strlen(hex) != MD5_HEX ||
	    !hex_decode(str_of(hex), bytes))
		return false;
	found = bsearch(bytes, s->v, s->n, BYTES, compare);
	if (found)
		s->seen[found - s->v] = true;
	return found != NULL;
}

void hash_set_get(const struct hash_set *s, size_t i, char out[MD5_HEX + 1])
{
	hex_encode(s->v[i], BYTES, out);
}
