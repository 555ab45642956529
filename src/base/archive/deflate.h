/*
 * base/archive/deflate.h - making bytes fewer, and what they were again
 *
 * All at once, or as a stream of which each call gives what is ready:
 *
 *     CLEANUP(deflater_free) struct deflater *d = deflater_new(DEFLATE_GZIP);
 *
 *     deflater_add(d, piece, &out);
 *     deflater_end(d, &out);
 */
#ifndef BASE_DEFLATE_H
#define BASE_DEFLATE_H

#include "base/strbuf.h"

#include <stdint.h>

struct deflater;
struct err;

enum deflate_form {
	DEFLATE_RAW,  /* RFC 1951, for what has a head of its own (zip) */
	DEFLATE_GZIP, /* RFC 1952: a file.gz */
};

struct deflater *deflater_new(enum deflate_form form);
/* Both append to out. */
void deflater_add(struct deflater *d, struct str plain, struct strbuf *out);
void deflater_end(struct deflater *d, struct strbuf *out);
void deflater_free(struct deflater **d);

/* The raw form, appended. */
void deflate_all(struct str plain, struct strbuf *out);
/* Of deflate_all, appended. ERR_BUG: it is not, or longer than `most`. */
int inflate_all(struct str packed, size_t most, struct strbuf *out,
		struct err *err);

/* The check sum that zip files carry; begin with 0. */
uint32_t crc32_add(uint32_t crc, struct str bytes);

#endif
