/*
 * http/params.h - names and values out of queries, forms and cookies
 *
 * All input is hostile. Text that is not valid UTF-8, or holds a NUL, after
 * decoding is left out and counted, so that the caller can refuse it. An
 * escape that is none ("100%") stays as it is. Everything lives in the arena.
 */
#ifndef HTTP_PARAMS_H
#define HTTP_PARAMS_H

#include "base/str.h"

struct arena;

#define PARAMS_MAX 1000 /* of one text; the rest is left out */

struct param {
	const char *name;
	const char *value;
	struct param *next;
};

struct params {
	struct param *first;
	struct param **last; /* NULL while empty */
	int n;
	int left_out;
};

/* "a=1&b=x+y%21": queries and application/x-www-form-urlencoded. */
void params_add_form(struct params *params, struct str text,
		     struct arena *arena);
/* "a=1; b=2": the Cookie header; nothing is decoded. */
void params_add_cookies(struct params *params, struct str text,
			struct arena *arena);

const char *params_find(const struct params *params, const char *name);

/* Percent-decoding; NULL if the result is not UTF-8 or holds a NUL. */
const char *params_decode(struct str text, bool plus_is_space,
			  struct arena *arena);

#endif
