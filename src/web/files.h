/*
 * web/files.h - the files of the web app, compiled into the program
 *
 * web/tools/pack.ts makes the table web_files at build time of what Vite built:
 * each file as it is, and compressed by brotli and gzip where that is worth it.
 * Names hold a hash of the content, except that of the page itself: such a file
 * never changes, and browsers may keep it for ever. Nothing is allocated; any
 * thread may ask.
 */
#ifndef WEB_FILES_H
#define WEB_FILES_H

#include "base/str.h"

enum web_encoding { WEB_PLAIN, WEB_GZIP, WEB_BROTLI, WEB_ENCODINGS };

struct web_file {
	const char *name; /* "index.html", "index-4fK2.js": no folders */
	const char *type; /* Content-Type */
	const char *etag; /* with its quotes */
	bool is_immutable;
	/* In the pack; a length of 0: not kept in this encoding. */
	struct {
		size_t offset, length;
	} body[WEB_ENCODINGS];
};

#define WEB_PAGE "index.html"

/* NULL: there is no such file. */
const struct web_file *web_find(const char *name);

/* The smallest form in one of the encodings that a client takes (bits
 * 1 << enum web_encoding; plain is always taken); *encoding_out says which. */
struct str web_body(const struct web_file *file, unsigned takes,
		    enum web_encoding *encoding_out);

#endif
