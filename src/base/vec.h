/*
 * base/vec.h - a growing array of any type
 *
 *     CLEANUP(vec_release) VEC(int64_t) ids = VEC_INIT;
 *
 *     vec_push(&ids, 7);
 *     vec_each (&ids, id) use(*id);
 *
 * A named type for parameters: `struct ids VEC_FIELDS(int64_t);`. Releasing
 * frees the items' place, not what they point to. Running out of memory ends
 * the process.
 */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#define VEC_FIELDS(type)    \
	{                   \
		type *v;    \
		size_t n;   \
		size_t cap; \
	}
#define VEC(type) struct VEC_FIELDS(type)
#define VEC_INIT           \
	{                  \
		NULL, 0, 0 \
	}

void *vec_grow(void *v, size_t *cap, size_t need, size_t size);

#define vec_reserve(vec, need) \
	((vec)->v = vec_grow((vec)->v, &(vec)->cap, (need), sizeof(*(vec)->v)))
#define vec_push(vec, item) \
	(vec_reserve((vec), (vec)->n + 1), (vec)->v[(vec)->n++] = (item))
/* An empty one may have no place at all, to which nothing can be added. */
#define vec_each(vec, it)                          \
	for (__typeof__(&*(vec)->v) it = (vec)->v; \
	     it && it < (vec)->v + (vec)->n; it++)
#define vec_reset(vec) ((vec)->n = 0)
/* The items from there on, `most` at most, as a vector of the same type; not to
 * be released: they are still the other's. */
#define vec_page(vec, from, most)                               \
	((__typeof__(*(vec))){ .v = (vec)->v + (from),          \
			       .n = (vec)->n - (from) < (most)  \
					    ? (vec)->n - (from) \
					    : (most) })

void vec_release(void *vec);
/* Called by name, it takes vectors only. */
#define vec_release(vec) ((void)(vec)->cap, (vec_release)(vec))

/* A vector of whatever type, for functions that add to any. */
struct vec_any {
	void **v;
	size_t *n, *cap, size;
};
#define VEC_ANY(vec)                                                           \
	((struct vec_any){ (void **)(void *)&(vec)->v, &(vec)->n, &(vec)->cap, \
			   sizeof(*(vec)->v) })
/* One more, zeroed. */
void *vec_any_add(struct vec_any vec);

/* Where the first item stands whose member is the key or more; items are in the
 * order of that member, an int64_t. The end, if there is none. */
#define vec_lower(vec, member, key)                                  \
	vec_lower_any((vec)->n ? &(vec)->v->member : NULL, (vec)->n, \
		      sizeof(*(vec)->v), (key))
size_t vec_lower_any(const int64_t *first, size_t n, size_t stride,
		     int64_t key);

/* The two lists of plain values that half of the program needs. */
struct ids VEC_FIELDS(int64_t);
struct texts VEC_FIELDS(const char *);

/* In order, each once. */
void ids_sort(struct ids *ids);
/* Is it one of them, which are in order? */
bool ids_has(const struct ids *ids, int64_t id);

#endif
