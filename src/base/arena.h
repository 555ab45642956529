/*
 * base/arena.h - memory that is freed all at once
 *
 * An arena belongs to a request, a job or a batch and to one thread. What is
 * taken from it lives until arena_reset() or arena_free(). Memory is zeroed.
 * Running out of memory ends the process.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/str.h"

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena **arena);
void arena_reset(struct arena *arena); /* everything taken becomes invalid */
/* Little was ever taken from it: worth keeping for another of many. */
bool arena_is_small(const struct arena *arena);

void *arena_alloc(struct arena *arena, size_t size); /* aligned for any type */
char *arena_strdup(struct arena *arena, const char *s); /* NULL gives NULL */
char *arena_strndup(struct arena *arena, const char *s, size_t len);
char *arena_str(struct arena *arena, struct str s);
char *arena_printf(struct arena *arena, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#define arena_new_of(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define arena_array(arena, type, n) \
	((type *)arena_alloc((arena), sizeof(type) * (n)))

#endif
