/*
 * audience/kept/list_country.h - in which countries the members of a list are
 *
 * The country stands in the row of a member (member_decide.c says whence), and
 * an index of those that have one is all that is read to count them.
 */
#ifndef AUDIENCE_LIST_COUNTRY_H
#define AUDIENCE_LIST_COUNTRY_H

#include "base/vec.h"

#include <stdint.h>

struct arena;
struct db;
struct err;

struct list_country {
	const char *code; /* two capitals */
	int64_t members;  /* who are subscribed */
};
struct list_countries VEC_FIELDS(struct list_country);

/* The most members first. Appends. */
int list_countries(struct db *db, int64_t list_id, struct arena *arena,
		   struct list_countries *out, struct err *err);

#endif
