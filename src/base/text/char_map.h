/*
 * base/text/char_map.h - a slow mapping of texts, kept character by character
 *
 * libunistring takes every text apart and puts it together again, some µs for a
 * name, and an import folds ten texts a row. Of nearly all texts each character
 * is mapped by itself: what becomes of it is asked once, and kept. Those with
 * marks that combine go through the slow mapping as they are.
 */
#ifndef BASE_TEXT_CHAR_MAP_H
#define BASE_TEXT_CHAR_MAP_H

#include "base/strbuf.h"

#include <stdatomic.h>

#define CHAR_MAP_BLOCKS 256 /* of 256 characters each: the basic plane */

struct char_block;

/*
 * Static; any thread may use it, nothing is freed. slow appends: it is a
 * mapping to one normal form (UAX #15) that looks at no neighbour but by what
 * combines, as full case folding does, and the lower case of a sigma does not.
 */
struct char_map {
	void (*slow)(struct str s, struct strbuf *out);
	bool composes; /* its form is NFC or NFKC */
	struct char_block *_Atomic blocks[CHAR_MAP_BLOCKS];
};

/* Appends what m->slow does. s: valid UTF-8. */
void char_map_add(struct char_map *m, struct str s, struct strbuf *out);

#endif
