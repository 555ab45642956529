/*
 * design/starter.h - designs to begin with, in English and German
 *
 * Files of starters/, one a design and language, taken into the program when it
 * is built: {"name", "about", "design"}.
 */
#ifndef DESIGN_STARTER_H
#define DESIGN_STARTER_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

struct starter {
	const char *key; /* "newsletter" */
	const char *name, *about;
	const char *design; /* JSON */
};

#define STARTERS 6

/* In the order that they are shown in. language: BCP 47, NULL for English,
 * which also stands in for those that there are none in. Strings live in
 * arena. */
void starter_list(const char *language, struct arena *arena,
		  struct starter out[STARTERS]);
/* false: there is none of that key. */
bool starter_find(const char *key, const char *language, struct arena *arena,
		  struct starter *out);

#endif
