/*
 * base/archive/zip.h - a zip file, written from its begin to its end
 *
 * What comes of each call is appended to `out`, so that a file of any length
 * needs no more than that. Names are UTF-8. Neither a file nor the whole may
 * reach 4 GiB, nor may there be 65,535 files: see zip_is_full.
 *
 *     CLEANUP(zip_free) struct zip *zip = zip_new();
 *
 *     zip_begin_file(zip, "lists/news.csv", now_ms, &out);
 *     zip_add(zip, text, &out);
 *     zip_end_file(zip, &out);
 *     zip_end(zip, &out);
 */
#ifndef BASE_ZIP_H
#define BASE_ZIP_H

#include "base/strbuf.h"

#include <stdint.h>

struct zip;

struct zip *zip_new(void);
void zip_free(struct zip **zip);
void zip_begin_file(struct zip *zip, const char *name, int64_t changed_ms,
		    struct strbuf *out);
void zip_add(struct zip *zip, struct str plain, struct strbuf *out);
void zip_end_file(struct zip *zip, struct strbuf *out);
void zip_end(struct zip *zip, struct strbuf *out);
/* Hardly anything more fits in. */
bool zip_is_full(const struct zip *zip);

#endif
