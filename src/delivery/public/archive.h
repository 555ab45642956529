/*
 * delivery/public/archive.h - what a list was sent, as anybody may see it
 *
 * A mail is shown as a copy for everybody (mailing_get_copy), to whoever has
 * the link: its token cannot be made up, and is none of a recipient's. Those of
 * a public list are listed besides, if they went to all of it: what went to a
 * segment was not meant for everybody. See
 * docs/decisions/0063-what-a-stranger-sees-of-a-mail.md.
 */
#ifndef DELIVERY_ARCHIVE_H
#define DELIVERY_ARCHIVE_H

#include "base/vec.h"

#include <stdint.h>

struct arena;
struct db;
struct err;
struct mailing_setup;
struct mailing_view;
struct strbuf;

struct archive_entry {
	int64_t campaign_id, send_ms;
	const char *subject; /* for nobody */
};
struct archive_entries VEC_FIELDS(struct archive_entry);

/* Behind which a page begins. */
struct archive_mark {
	int64_t send_ms, campaign_id;
};
#define ARCHIVE_NEWEST ((struct archive_mark){ INT64_MAX, INT64_MAX })

/* The newest first, at most limit of them; appended. Whether the list is public
 * is the caller's to ask. Texts live in arena. */
int archive_list(struct db *db, const struct mailing_setup *setup,
		 int64_t list_id, const struct archive_mark *behind,
		 int64_t limit, int64_t now_ms, struct arena *arena,
		 struct archive_entries *out, struct err *err);

/* 1; 0: it was not sent to anybody, or is no more; -1. Texts live in arena. */
int archive_view(struct db *db, const struct mailing_setup *setup,
		 int64_t campaign_id, int64_t now_ms, struct arena *arena,
		 struct mailing_view *out, struct err *err);

/* Appends the address of its page. */
void archive_add_url(const struct mailing_setup *setup, int64_t campaign_id,
		     struct strbuf *out);

#endif
