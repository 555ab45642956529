/*
 * http/head.h - the head of a request, out of the bytes that came
 *
 * Pure: no socket, no server; fuzzed. Strict where two readers of the same
 * bytes could disagree about where a request ends, since whoever can make a
 * proxy and us disagree can slip in requests of his own: lines end with CRLF
 * only, nothing but a name stands before a colon, a line is one line, there is
 * one Host and one way to know the length of the body. What is refused is
 * answered, and the connection closed: nobody knows what the rest means.
 *
 *     size_t at = 0;
 *     int found = head_find(text, &at);
 *
 *     if (found > 0 && head_read((struct str){ text.s, at }, arena, &head))
 *             ... head is whole; the body begins at `at`
 */
#ifndef HTTP_HEAD_H
#define HTTP_HEAD_H

#include "base/str.h"

struct arena;

#define HEAD_MAX (64 << 10)
#define HEAD_LINES_MAX 1000

struct header {
	const char *name;
	const char *value;
	struct header *next;
};

struct head {
	const char *method; /* as it came; any token */
	const char *target;
	struct header *headers; /* in their order */
	int64_t length;         /* of the body; chunked: 0 */
	bool chunked;
	bool keeps;   /* the client wants the connection to stay */
	bool expects; /* to be told to go on: 100-continue */
	bool is_1_0;
	/* Of a head that is refused: */
	int status;
	const char *why;
};

/*
 * Looks for the end, from *at on, where an earlier call stopped. 1: *at is
 * behind the empty line; 0: it has not come yet; -1: no head goes on like that
 * (a NUL, a CR or LF alone, nothing at all).
 */
int head_find(struct str text, size_t *at);

/* true; or false, with out->status and out->why. Strings live in the arena. */
bool head_read(struct str text, struct arena *arena, struct head *out);

/* The first of that name, in any case; NULL if there is none. */
const char *head_header(const struct head *head, const char *name);

#endif
