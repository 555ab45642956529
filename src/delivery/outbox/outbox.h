/*
 * delivery/outbox/outbox.h - the built-in mail catcher: relay `outbox:`
 *
 * Messages are appended to segment files <data>/outbox/NNNNNN.mail and listed
 * in events.outbox_message. Both are durable (file first, synced once a group)
 * before a message counts as accepted. Segments have numbers of their own in
 * the whole database: processes with folders of their own list each other's
 * mails, and can show only those that they caught. Any thread.
 */
#ifndef DELIVERY_OUTBOX_H
#define DELIVERY_OUTBOX_H

#include "base/str.h"

struct arena;
struct db;
struct err;
struct outbox;
struct store;
struct strbuf;

struct outbox_new {
	int64_t campaign_id;       /* 0: none */
	bool is_test;              /* of that campaign; none of its mails */
	const char *sender, *rcpt; /* envelope */
	const char *subject;       /* decoded, for lists; may be NULL */
	struct str source;         /* the whole message, CRLF */
};

struct outbox_message {
	int64_t id, at_ms, campaign_id, size_bytes;
	bool is_test;
	const char *sender, *rcpt;
	const char *subject; /* decoded, UTF-8; may be NULL */
	int64_t file, file_offset;
};

struct outbox_query {
	const char *rcpt;  /* NULL: everybody; upper or lower case */
	const char *q;     /* part of an address or the subject; NULL: all */
	int64_t before_id; /* 0: the newest */
	int64_t limit;
};

/*
 * Opens (and makes) folder; cuts nothing, goes on in a new segment. store must
 * outlive it. ERR_IO: the folder, with its name.
 */
int outbox_open(struct store *store, const char *folder, struct outbox **out,
		struct err *err);
void outbox_free(struct outbox **outbox);

/*
 * Stores n messages, all or none in the list; returns when all are durable.
 * now_ms is their time. ERR_FULL: no room on the disk; others as in store/db.h.
 */
int outbox_add(struct outbox *outbox, const struct outbox_new *messages,
	       size_t n, int64_t now_ms, struct err *err);

/*
 * Newest first, at most query->limit. Returns how many; *out is an array in
 * arena, *total_out how many there are that fit, before_id or not.
 */
int64_t outbox_list(struct outbox *outbox, const struct outbox_query *query,
		    struct arena *arena, struct outbox_message **out,
		    int64_t *total_out, struct err *err);
/* Texts in arena. ERR_NOT_FOUND. */
int outbox_get(struct outbox *outbox, int64_t id, struct arena *arena,
	       struct outbox_message *out, struct err *err);
/* Appends the whole message as it came. ERR_NOT_FOUND: its segment is in the
 * folder of another process, or gone; ERR_IO: it is cut short, and source_out
 * may hold a part. */
int outbox_read(struct outbox *outbox, const struct outbox_message *message,
		struct strbuf *source_out, struct err *err);

/* What a person reads of it; NULL: it has none. Texts live in arena. */
struct outbox_view {
	const char *from, *to, *html, *text;
	const struct outbox_field {
		const char *name, *value; /* of its head */
	} * fields;
	size_t fields_n;
};
/* ERR_LIMIT: too large to be shown (MAIL_VIEW_SOURCE_MAX). */
int outbox_view(struct str source, struct arena *arena, struct outbox_view *out,
		struct err *err);

#endif
