/*
 * campaign/file/file.h - the store of pictures that campaigns show
 *
 * A picture is drawn anew when it comes in (image/image.h), and never changes
 * after that: its public address names the hash of its bytes, so readers may
 * keep it for good. The same file given twice is one picture. Bytes stand in
 * the database, so that a backup has them.
 */
#ifndef CAMPAIGN_FILE_FILE_H
#define CAMPAIGN_FILE_FILE_H

#include "base/strbuf.h"
#include "base/vec.h"
#include "image/image.h"

struct arena;
struct db;
struct err;
struct tx;

#define FILE_NAME_MAX 200 /* characters */

struct file {
	int64_t id;
	const char *hash;
	const char *name; /* as its user calls it */
	enum image_type type;
	int width, height;
	int64_t size_bytes, created_ms;
};
struct files VEC_FIELDS(struct file);

/* The picture that was made of just these bytes before: 1, 0, -1. */
int file_find(struct db *db, struct str source, struct arena *arena,
	      struct file *out, struct err *err);
/*
 * image: what image_make has made of source. name: of a file, also with its
 * folders; "": none. Texts live in arena. ERR_RETRY: somebody else has added
 * it just now.
 */
int file_add(struct tx *tx, struct str source, const struct image *image,
	     const char *name, int64_t now_ms, struct arena *arena,
	     struct file *out, struct err *err);
/* ERR_NOT_FOUND. Locked in a transaction that writes. */
int file_get(struct db *db, int64_t id, struct arena *arena, struct file *out,
	     struct err *err);
int file_remove(struct tx *tx, int64_t id, struct err *err);

struct file_filter {
	const char *q;     /* part of the name; NULL: all */
	int64_t before_id; /* 0: from the newest */
	int64_t limit;
};
/* Newest first, appended. *total_out: all that fit, whatever the page. */
int file_list(struct db *db, const struct file_filter *filter,
	      struct arena *arena, struct files *out, int64_t *total_out,
	      struct err *err);

/* For readers: 1 and the bytes appended, 0: there is none, -1. */
int file_read(struct db *db, const char *hash, enum image_type *type,
	      struct strbuf *out, struct err *err);

/* Below the public address of the server: /files/HASH/summer-sale.jpg */
void file_path(const struct file *file, struct strbuf *out);

/* Campaigns of the engine that show it, the newest first, 100 at most. */
struct file_user {
	const char *hex, *title;
};
struct file_users VEC_FIELDS(struct file_user);
int file_list_users(struct db *db, const struct file *file, struct arena *arena,
		    struct file_users *out, struct err *err);
/* What stands in the HTML of whoever shows it, as a pattern of LIKE. */
const char *file_use_pattern(const struct file *file, struct arena *arena);

#endif
