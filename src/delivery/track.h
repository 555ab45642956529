/*
 * delivery/track.h - opens, clicks and unsubscribes, as the endpoints see them
 *
 * A hit is checked by its token alone, and by the links of its campaign, which
 * never change once it sends and are loaded once. It counts when it is durable
 * in the log: `done` tells, on the log's thread. Nothing here changes by
 * looking: only track_store changes anything. Any thread.
 */
#ifndef DELIVERY_TRACK_H
#define DELIVERY_TRACK_H

#include "delivery/event_writer.h"

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct err;
struct mailing_setup;
struct reader_language;
struct store;
struct strbuf;
struct track;
struct track_keys;

struct track_setup {
	struct store *store;
	struct event_writer *writer;
	const struct mailing_setup *mailing; /* keys, URLs, organisation */
};
/* setup is copied; what it points to must outlive it. */
struct track *track_new(const struct track_setup *setup);
void track_free(struct track **track);

/* Those of its setup, for other links that are signed. */
const struct track_keys *track_signing_keys(const struct track *track);

/* A hit as it came in; agents are cut at 500 bytes. */
struct hit {
	char purpose; /* enum track_purpose: open, click, unsubscribe ... */
	const char *token;
	const char *ip, *agent;
	bool is_head;
	bool may_wait; /* for the database */
	int64_t now_ms;
};

/* What it is about, once its token was found to be ours. */
struct track_hit {
	struct event event;
	const char *target; /* of a click: where the link leads */
};

/* 1 and *out (texts live in arena or in hit), 0: no token of ours, -1: cannot
 * look now. TRACK_WOULD_WAIT: a click of whose campaign the links are not known
 * yet, or whose target is made for the reader. */
#define TRACK_WOULD_WAIT 2
int track_check(struct track *track, const struct hit *hit, struct arena *arena,
		struct track_hit *out, struct err *err);
/* Store it; a hit of a test is nobody's and `done` at once. The arena must live
 * until then. */
void track_store(struct track *track, const struct track_hit *hit,
		 struct arena *arena, event_done_fn done, void *context);

/* Whom an unsubscribe or preferences link is about. Texts are never NULL. */
struct track_subject {
	int64_t campaign_id, member_id; /* member 0: of a test */
	const char *address; /* "" if the member is gone, or has another one
				than the message went to */
	const char *list_name;
	const char *organisation;
	bool is_subscribed;
	/* Whoever has the message may take back that they unsubscribed, once
	 * they did (it may not be applied yet). */
	bool may_take_back;
	int64_t list_id; /* 0: the campaign is not known any more */
	bool is_copy;    /* of a copy for everybody; member 0, too */
	/* Their own; else that of the mail; NULL: not known. */
	const struct reader_language *language;
};
/* purpose: enum track_purpose. 1, 0: no token of ours, -1. */
int track_subject(struct track *track, const char *token, char purpose,
		  struct arena *arena, struct track_subject *out,
		  struct err *err);

/* Appends the token of another link of theirs; purpose: enum track_purpose. */
void track_format_other(const struct track *track,
			const struct track_subject *subject, char purpose,
			struct strbuf *out);

/* The same of a copy for everybody (public/archive.h): 1; 0: the token is of
 * none, or it is not to be seen; -1. Texts live in arena. */
struct mailing_view;
int track_copy(struct track *track, const char *token, struct arena *arena,
	       struct mailing_view *out, struct err *err);
/* Appends the address of a copy. */
void track_add_copy_url(const struct track *track, int64_t campaign_id,
			struct strbuf *out);
/* What was sent to a list: see public/archive.h. */
struct archive_entries;
struct archive_mark;
int track_list_copies(struct track *track, int64_t list_id,
		      const struct archive_mark *behind, int64_t limit,
		      struct arena *arena, struct archive_entries *out,
		      struct err *err);

/* The message as this recipient got it, as a page. 1, 0, -1. */
int track_archive(struct track *track, const char *token,
		  struct strbuf *html_out, struct err *err);

#endif
