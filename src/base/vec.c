#include "base/vec.h"

#include "base/err.h"

#include <string.h>

void *vec_grow(void *v, size_t *cap, size_t need, size_t size)
{
	size_t wanted = *cap ? *cap + *cap / 2 : 8;

	if (need <= *cap)
		return v;
	if (wanted < need)
		wanted = need;
	v = reallocarray(v, wanted, size);
	BUG_ON(!v);
	*cap = wanted;
	return v;
}

void *vec_any_add(struct vec_any vec)
{
	char *v, *added;

	memcpy(&v, vec.v, sizeof(v));
	v = vec_grow(v, vec.cap, *vec.n + 1, vec.size);
	memcpy(vec.v, &v, sizeof(v));
	added = v + (*vec.n)++ * vec.size;
	memset(added, 0, vec.size);
	return added;
}

size_t vec_lower_any(const int64_t *first, size_t n, size_t stride, int64_t key)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const char *at = (const char *)first + middle * stride;

		if (*(const int64_t *)at < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Every VEC_FIELDS begins with its pointer; the rest of them is numbers. */
void(vec_release)(void *vec)
{
	VEC(char) any;

	memcpy(&any, vec, sizeof(any));
	free(any.v);
	memset(vec, 0, sizeof(any));
}

static int by_number(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

void ids_sort(struct ids *ids)
{
	size_t n = 0;

	if (ids->n == 0)
		return;
	qsort(ids->v, ids->n, sizeof(*ids->v), by_number);
	for (size_t i = 0; i < ids->n; i++) {
		if (n == 0 || ids->v[i] != ids->v[n - 1])
			ids->v[n++] = ids->v[i];
	}
	ids->n = n;
}

bool ids_has(const struct ids *ids, int64_t id)
{
	size_t at =
		ids->n ? vec_lower_any(ids->v, ids->n, sizeof(*ids->v), id) : 0;

	return at < ids->n && ids->v[at] == id;
}
