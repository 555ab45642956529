/*
 * httpc/link_check.h - do links lead anywhere?
 *
 * Each is asked for by HEAD, then by GET if that is not answered well; a few
 * at a time, and within limits of time for each and for all. They come from
 * authors: private addresses are refused as everywhere (httpc/httpc.h), after
 * each redirect too, on the address that is connected to.
 */
#ifndef HTTPC_LINK_CHECK_H
#define HTTPC_LINK_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

enum link_state {
	LINK_GOOD,
	LINK_BROKEN,
	LINK_UNKNOWN, /* some answer programs otherwise than people */
};
const char *link_state_name(enum link_state state); /* "good" */

struct link_check {
	const char *url;
	enum link_state state;
	int status;          /* of the last answer; 0: none */
	const char *problem; /* NULL: good */
};

struct link_check_options {
	int64_t one_ms, all_ms; /* a request; all of them */
	bool allow_private;
	/* Called on the caller's thread as links are done. May be NULL. */
	void (*progress)(void *context, size_t done);
	void *context;
};

/* Fills what follows the url of each. Texts live in arena. A stop
 * (base/thread/stop.h) ends it early: what is left is LINK_UNKNOWN. */
void link_check_all(const struct link_check_options *options,
		    struct link_check *links, size_t n, struct arena *arena);

#endif
