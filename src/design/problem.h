/*
 * design/problem.h - where what is wrong with a design is noted
 */
#ifndef DESIGN_PROBLEM_H
#define DESIGN_PROBLEM_H

#include "design/design.h"

struct problems {
	struct arena *arena;
	struct design_problems *list;
	const char *block; /* the one at hand; NULL: none */
};

/* Once a block, code and detail. */
void problem_warn(struct problems *p, const char *code, const char *detail,
		  const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* Something will be missing. */
void problem_fail(struct problems *p, const char *code, const char *detail,
		  const char *fmt, ...) __attribute__((format(printf, 4, 5)));

#endif
