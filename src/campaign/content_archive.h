/*
 * campaign/content_archive.h - a page in an archive, with its pictures
 *
 * As programs that make mails save them: one HTML file, and beside it the
 * pictures that it names by where they lie. Those that it shows go into the
 * store of files (file/file.h), drawn anew, and the HTML gets their public
 * addresses; what else is in the archive is left. Nothing touches the disk.
 *
 * The page is the only HTML file, or of those that lie highest the one named
 * index.html. What it names and the archive lacks stays as it is, as does what
 * is no picture.
 */
#ifndef CAMPAIGN_CONTENT_ARCHIVE_H
#define CAMPAIGN_CONTENT_ARCHIVE_H

#include "base/json.h"

#include <stddef.h>

struct arena;
struct err;
struct tx;
struct content_archive;

#define CONTENT_ARCHIVE_PICTURES 100
/* Of all pictures together, and the one that goes beyond: a second or two. */
#define CONTENT_ARCHIVE_PIXELS (60 * 1000 * 1000)

/*
 * 1 and the archive that a body of content.h gives for one of its contents
 * (from 0; its own is the first), 0: it gives none, -1: ERR_INVALID, in words
 * for people. Takes its time: before any connection of the database is held.
 */
int content_archive_open(const json_t *body, size_t content,
			 struct arena *arena, struct content_archive **out,
			 struct err *err);
void content_archive_free(struct content_archive **archive);

/* *html_out: its page; lives in arena. ERR_RETRY: somebody else has added one
 * of the pictures just now. */
int content_archive_store(const struct content_archive *archive, struct tx *tx,
			  const char *public_url, int64_t now_ms,
			  struct arena *arena, const char **html_out,
			  struct err *err);

#endif
