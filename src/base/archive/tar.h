/*
 * base/archive/tar.h - files one after the other (POSIX ustar)
 *
 * Each file is a head, its bytes, and tar_end_file(); the size is said before
 * the bytes. Names are ASCII, at most 100 bytes.
 */
#ifndef BASE_TAR_H
#define BASE_TAR_H

#include "base/strbuf.h"

#include <stdint.h>

void tar_begin_file(struct strbuf *out, const char *name, int64_t size_bytes,
		    int64_t changed_ms);
void tar_end_file(struct strbuf *out, int64_t size_bytes);
void tar_end(struct strbuf *out);

#endif
