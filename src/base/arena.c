#include "base/arena.h"

#include "base/err.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE ((size_t)16 * 1024)
#define ALIGNMENT alignof(max_align_t)

struct block {
	struct block *next;
	size_t size;
	size_t used;
	alignas(max_align_t) char data[];
};

/* The first block is the one that is being filled. */
struct arena {
	struct block *blocks;
};

static struct block *block_new(size_t size)
{
	struct block *b = malloc(sizeof(*b) + size);

	BUG_ON(!b);
	b->next = NULL;
	b->size = size;
	b->used = 0;
	return b;
}

struct arena *arena_new(void)
{
	struct arena *arena = calloc(1, sizeof(*arena));

	BUG_ON(!arena);
	return arena;
}

static void free_blocks(struct block *b)
{
	while (b) {
		struct block *next = b->next;

		free(b);
		b = next;
	}
}

void arena_free(struct arena **arena)
{
	if (!*arena)
		return;
	free_blocks((*arena)->blocks);
	free(*arena);
	*arena = NULL;
}

/* Keeps one block of the common size, so that a loop of batches that resets
 * its arena does not go through malloc each time. */
void arena_reset(struct arena *arena)
{
	struct block *b = arena->blocks;

	if (!b)
		return;
	free_blocks(b->next);
	b->next = NULL;
	b->used = 0;
	if (b->size > 64 * BLOCK_SIZE) {
		free(b);
		arena->blocks = NULL;
	}
}

bool arena_is_small(const struct arena *arena)
{
	const struct block *b = arena->blocks;

	return !b || (!b->next && b->size == BLOCK_SIZE);
}

/* Blocks grow with the arena: half as large as all before, within limits. */
static struct block *add_block(struct arena *arena, size_t size)
{
	struct block *first = arena->blocks;
	size_t want = first ? first->size * 2 : BLOCK_SIZE;
	struct block *b;

	if (want > 64 * BLOCK_SIZE)
		want = 64 * BLOCK_SIZE;
	if (size > want / 4 && first) {
		/* a large piece gets its own; go on filling the first */
		b = block_new(size);
		b->next = first->next;
		first->next = b;
		return b;
	}
	b = block_new(size > want ? size : want);
	b->next = first;
	arena->blocks = b;
	return b;
}

static void *take(struct arena *arena, size_t size)
{
	size_t rounded = (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
	struct block *b = arena->blocks;
	void *p;

	BUG_ON(rounded < size);
	if (!b || b->size - b->used < rounded)
		b = add_block(arena, rounded);
	p = b->data + b->used;
	b->used += rounded;
	return p;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	return memset(take(arena, size), 0, size);
}

char *arena_strndup(struct arena *arena, const char *s, size_t len)
{
	char *copy = take(arena, len + 1);

	if (len)
		memcpy(copy, s, len);
	copy[len] = '\0';
	return copy;
}

char *arena_strdup(struct arena *arena, const char *s)
{
	return s ? arena_strndup(arena, s, strlen(s)) : NULL;
}

char *arena_str(struct arena *arena, struct str s)
{
	return arena_strndup(arena, s.s, s.len);
}

char *arena_printf(struct arena *arena, const char *fmt, ...)
{
	va_list ap;
	va_list again;
	char *text;
	int len;

	va_start(ap, fmt);
	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, ap);
	BUG_ON(len < 0);
	text = take(arena, (size_t)len + 1);
	(void)vsnprintf(text, (size_t)len + 1, fmt, again);
	va_end(again);
	va_end(ap);
	return text;
}
