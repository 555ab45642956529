/*
 * base/option.h - options of a module as data
 *
 * A module keeps its options in one struct with a default initialiser and
 * describes them in a table; app/config.c alone reads file, environment and
 * flags into them. The environment name of `send.uncertain_max` is
 * MUSTER_SEND_UNCERTAIN_MAX, the flag --send-uncertain-max.
 */
#ifndef BASE_OPTION_H
#define BASE_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct strbuf;

enum option_type {
	OPTION_TEXT, /* const char * */
	OPTION_INT,  /* int64_t, least..most */
	OPTION_BOOL, /* bool */
	OPTION_TIME, /* int64_t ms; written 30s, 5m, 2h, 1d; least..most ms */
};

struct option {
	const char *name; /* "send.uncertain_max" */
	enum option_type type;
	size_t offset; /* in the module's struct */
	int64_t least, most;
	bool secret; /* config --print shows *** */
	/* Of a text with a secret in it: appends what may be shown. NULL: all,
	 * or ***. */
	void (*show)(const char *text, struct strbuf *out);
	/* What the type cannot say, of a text: -1, and what is wrong with it.
	 * Asks nobody outside of the program. NULL: any text is right. */
	int (*check)(const char *text, struct err *err);
	const char *help; /* one sentence */
};

#endif
