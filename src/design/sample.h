/*
 * design/sample.h - what the starters say, for their author to replace
 *
 * A mail that still says "A second story", or leads to example.org, was not
 * finished; nor is one with a placeholder of anybody's (design/placeholder.h).
 * What may well stay as it is (a salutation with a merge tag, "Kind regards",
 * the label of a button, the footer) is no sample. Pure; any thread.
 */
#ifndef DESIGN_SAMPLE_H
#define DESIGN_SAMPLE_H

#include "base/vec.h"

#include <jansson.h>

struct arena;
struct sample_list VEC_FIELDS(const char *);

/* A set of the words and links of all starters; to be released. */
json_t *samples_load(void);
/* Each of it that stands in this block, as its reader sees it, in its order and
 * once; appended to out, texts live in arena. The blocks in its columns do not
 * count. */
void samples_in(const json_t *samples, const json_t *block, struct arena *arena,
		struct sample_list *out);

#endif
