/*
 * campaign/file/file.h - the store of pictures and documents of campaigns
 *
 * A picture is drawn anew when it comes in (image/image.h), a document is one
 * of few kinds (file_type.h); neither changes after that: its public address
 * names the hash of its bytes, so readers may keep it for good. In the editor,
 * the same picture given twice is one; the Marketing API makes a file of each.
 * Bytes stand in the database, so that a backup has them.
 */
#ifndef CAMPAIGN_FILE_FILE_H
#define CAMPAIGN_FILE_FILE_H

#include "base/strbuf.h"
#include "base/vec.h"
#include "campaign/file/file_type.h"
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
	enum file_type type;
	int width, height; /* 0: it is no picture */
	int64_t size_bytes, created_ms;
	int64_t user_id;   /* of the customer records; 0: nobody's */
	int64_t folder_id; /* 0: in none */
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
/*
 * A file of its own, whatever else holds the same. bytes: what readers get.
 * *file says name, type, width, height, user and folder; gets the rest.
 */
int file_add_own(struct tx *tx, struct str bytes, struct file *file,
		 int64_t now_ms, struct arena *arena, struct err *err);
/* What of name and folder differs from `before`, of file_get in this
 * transaction. *file gets the name as it is kept. */
int file_update(struct tx *tx, const struct file *before, struct file *file,
		struct arena *arena, struct err *err);
/* ERR_NOT_FOUND. Locked in a transaction that writes. */
int file_get(struct db *db, int64_t id, struct arena *arena, struct file *out,
	     struct err *err);
int file_remove(struct tx *tx, int64_t id, struct err *err);

struct file_filter {
	const char *q;     /* part of the name; NULL: all */
	int64_t before_id; /* 0: from the newest */
	int64_t limit;
};
/* Pictures, newest first, appended. *total_out: all that fit, whatever the
 * page. */
int file_list(struct db *db, const struct file_filter *filter,
	      struct arena *arena, struct files *out, int64_t *total_out,
	      struct err *err);

enum file_sort {
	FILE_BY_ADDED,
	FILE_BY_NAME,
	FILE_BY_SIZE,
};
struct file_search {
	bool only_images, only_documents;
	int64_t user_id;             /* who gave it; 0: anybody */
	int64_t folder_id;           /* 0: any or none */
	int64_t since_ms, before_ms; /* given after, before; 0: not asked */
	enum file_sort sort;
	bool descending;
	int64_t count, offset;
};
/* Appended. *total_out: how many fit; *bytes_out: how large all files are
 * together. */
int file_search(struct db *db, const struct file_search *search,
		struct arena *arena, struct files *out, int64_t *total_out,
		int64_t *bytes_out, struct err *err);

/* For readers: 1 and the bytes appended, 0: there is none, -1. */
int file_read(struct db *db, const char *hash, enum file_type *type,
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
