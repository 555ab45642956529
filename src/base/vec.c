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

/* Every VEC_FIELDS begins with its pointer; the rest of them is numbers. */
void(vec_release)(void *vec)
{
	VEC(char) any;

	memcpy(&any, vec, sizeof(any));
	free(any.v);
	memset(vec, 0, sizeof(any));
}
