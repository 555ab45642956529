/*
 * sets/set_whom.h - whom a query of a fill is about (set_source of set_bring.h)
 */
#ifndef SETS_SET_WHOM_H
#define SETS_SET_WHOM_H

#include "sets/set_bring.h"

struct sqlbuild;
struct strbuf;

struct set_whom {
	const char *among; /* JSON of ids; NULL: all */
	int64_t from, to;  /* all: the range of ids; to 0: any */
};

/* keys: holds the text of among. */
struct set_whom set_whom_of(const struct set_part *part, struct strbuf *keys);
/* " AND ...", of the column id; nothing, if it is about all. */
void set_whom_add(const struct set_whom *whom, const char *id,
		  struct sqlbuild *b);

#endif
