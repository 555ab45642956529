/*
 * audience/member_set.h - a set of member ids: the engine of segments
 *
 * Sorted ids while it is sparse, a plain bitset when that is smaller; callers
 * never notice. Union, intersection and difference of sets of a million take
 * well under a millisecond. Ids are positive. Belongs to one thread; one that
 * is settled and not changed any more may be read by many.
 *
 *     CLEANUP(member_set_release) struct member_set set = MEMBER_SET_INIT;
 *
 *     for (int64_t id = 0; (id = member_set_next(&set, id)) > 0;)
 *             use(id);
 */
#ifndef AUDIENCE_MEMBER_SET_H
#define AUDIENCE_MEMBER_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct member_set {
	uint64_t *bits; /* of ids 0 .. 64 * words - 1; NULL while sparse */
	size_t words;
	int64_t *ids; /* while sparse; sorted unless `messy` */
	size_t n, cap;
	bool messy;
};
#define MEMBER_SET_INIT                                                  \
	{                                                                \
		.bits = NULL, .words = 0, .ids = NULL, .n = 0, .cap = 0, \
		.messy = false                                           \
	}
void member_set_release(struct member_set *set);

void member_set_add(struct member_set *set, int64_t id); /* any order, twice */
void member_set_remove(struct member_set *set, int64_t id);
/* Not const: a sparse set sorts itself when it is first read. */
bool member_set_has(struct member_set *set, int64_t id);
int64_t member_set_count(struct member_set *set);
/* The smallest id greater than `after`; 0 if there is none. */
int64_t member_set_next(struct member_set *set, int64_t after);
/* The id that has so many smaller ones; 0 if there is none. */
int64_t member_set_nth(struct member_set *set, int64_t n);
/* Adds the ids 64 * word + the places of the bits of `bits`, but 0. */
void member_set_add_word(struct member_set *set, int64_t word, uint64_t bits);

/* *a becomes the result; *b keeps its ids. */
void member_set_or(struct member_set *a, struct member_set *b);
void member_set_and(struct member_set *a, struct member_set *b);
void member_set_subtract(struct member_set *a, struct member_set *b);
void member_set_copy(struct member_set *to, struct member_set *from);
bool member_set_equal(struct member_set *a, struct member_set *b);
/* Takes the form that is smaller for what it holds now, and no more memory than
 * that needs. */
void member_set_settle(struct member_set *set);
size_t member_set_bytes(const struct member_set *set);

#endif
