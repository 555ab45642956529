/*
 * http/chunked.h - a body in chunks (RFC 9112 section 7.1), piece by piece
 *
 * As strict as head.h, and for the same reason. Extensions and trailers are
 * checked and dropped. Pure; fuzzed.
 *
 *     struct chunked chunked = CHUNKED_INIT;
 *     int more = chunked_read(&chunked, &rest, &body);
 */
#ifndef HTTP_CHUNKED_H
#define HTTP_CHUNKED_H

#include "base/strbuf.h"

struct chunked {
	int state;
	int digits;     /* of the size */
	int64_t left;   /* of the chunk */
	size_t dropped; /* bytes of this extension, or of the trailers */
};
#define CHUNKED_INIT       \
	{                  \
		.state = 0 \
	}

/* Moves what it can from in to out. 1: the body is whole, in begins behind it;
 * 0: more must come; -1: these are no chunks. */
int chunked_read(struct chunked *c, struct str *in, struct strbuf *out);

#endif
