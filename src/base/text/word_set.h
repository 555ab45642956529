/*
 * base/text/word_set.h - is a word one of a list's?
 *
 * Lists of words stand in the source as texts; where every cell of a file is
 * held against one, reading the list each time is most of an import. A set is
 * made of it when it is first asked, by whatever thread.
 */
#ifndef BASE_TEXT_WORD_SET_H
#define BASE_TEXT_WORD_SET_H

#include "base/str.h"

#include <pthread.h>
#include <stdatomic.h>

struct word_set {
	void (*fill)(struct word_set *set); /* by word_set_add*, once */
	pthread_mutex_t lock;
	_Atomic bool is_filled;
	struct str *slots; /* their texts are those of the lists; or NULL */
	size_t cap, n;
};
/* Static; never freed. */
#define WORD_SET(fill_)                                            \
	{                                                          \
		.fill = (fill_), .lock = PTHREAD_MUTEX_INITIALIZER \
	}

/* One that is there already is not added again; word: not empty, and lives as
 * long as the set. */
void word_set_add(struct word_set *set, struct str word);

/* All words of a list " one two " or "|one|two and three|". */
void word_set_add_list(struct word_set *set, const char *list, char mark);

bool word_set_has(struct word_set *set, struct str word);

#endif
