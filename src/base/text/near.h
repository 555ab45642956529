/*
 * base/text/near.h - the name that was meant by a misspelt one
 *
 *     near_name("contry", names)   "country"
 */
#ifndef BASE_TEXT_NEAR_H
#define BASE_TEXT_NEAR_H

#include <stddef.h>

/* How many letters are wrong, missing, too many or swapped with their
 * neighbour; at most `most` + 1. Case counts not. */
size_t near_distance(const char *a, const char *b, size_t most);

/* Of names, which end with NULL, the nearest one that is near enough to be
 * meant: a third of its letters may be wrong. NULL: none is. */
const char *near_name(const char *given, const char *const *names);

#endif
