#include "base/vec.h"

#include "base/err.h"

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

void ids_release(struct ids *ids)
{
	vec_release(ids);
}

void texts_release(struct texts *texts)
{
	vec_release(texts);
}
