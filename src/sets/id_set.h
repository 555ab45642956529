/*
 * sets/id_set.h - a set of ids of rows: the engine of segments and groups
 *
 * Sorted ids while it is sparse, a plain bitset when that is smaller; callers
 * never notice. Union, intersection and difference of sets of a million take
 * well under a millisecond. Ids are positive. Belongs to one thread; one that
 * is settled and not changed any more may be read by many.
 *
 *     CLEANUP(id_set_release) struct id_set set = ID_SET_INIT;
 *
 *     for (int64_t id = 0; (id = id_set_next(&set, id)) > 0;)
 *             use(id);
 */
#ifndef SETS_ID_SET_H
#define SETS_ID_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct id_set {
	uint64_t *bits; /* of ids 0 .. 64 * words - 1; NULL while sparse */
	size_t words;
	int64_t *ids; /* while sparse; sorted unless `messy` */
	size_t n, cap;
	bool messy;
};
#define ID_SET_INIT                                                      \
	{                                                                \
		.bits = NULL, .words = 0, .ids = NULL, .n = 0, .cap = 0, \
		.messy = false                                           \
	}
void id_set_release(struct id_set *set);

void id_set_add(struct id_set *set, int64_t id); /* any order, twice */
void id_set_remove(struct id_set *set, int64_t id);
/* Not const: a sparse set sorts itself when it is first read. */
bool id_set_has(struct id_set *set, int64_t id);
int64_t id_set_count(struct id_set *set);
/* The smallest id greater than `after`; 0 if there is none. */
int64_t id_set_next(struct id_set *set, int64_t after);
/* The greatest id smaller than `before`; 0 if there is none. */
int64_t id_set_before(struct id_set *set, int64_t before);
/* The id that has so many smaller ones; 0 if there is none. */
int64_t id_set_nth(struct id_set *set, int64_t n);
/* Adds the ids 64 * word + the places of the bits of `bits`, but 0. */
void id_set_add_word(struct id_set *set, int64_t word, uint64_t bits);

/* *a becomes the result; *b keeps its ids. */
void id_set_or(struct id_set *a, struct id_set *b);
void id_set_and(struct id_set *a, struct id_set *b);
void id_set_subtract(struct id_set *a, struct id_set *b);
void id_set_copy(struct id_set *to, struct id_set *from);
bool id_set_equal(struct id_set *a, struct id_set *b);
/* Takes the form that is smaller for what it holds now, and no more memory than
 * that needs. */
void id_set_settle(struct id_set *set);
size_t id_set_bytes(const struct id_set *set);

#endif
