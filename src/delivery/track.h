/*
 * delivery/track.h - opens, clicks and unsubscribes, as the endpoints see them
 *
 * A hit is checked by its token alone, and by the links of its campaign, which
 * never change once it sends and are loaded once. It counts when it is durable
 * in the log: `done` tells, on the log's thread, so that a handler can block
 * (track_wait) or answer later. Nothing here changes by looking: only
 * track_unsubscribe changes anything. Any thread.
 */
#ifndef DELIVERY_TRACK_H
#define DELIVERY_TRACK_H

#include "delivery/event.h"

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct err;
struct mailing_setup;
struct store;
struct strbuf;
struct track;

struct track_setup {
	struct store *store;
	struct event_writer *writer;
	const struct mailing_setup *mailing; /* keys, URLs, organisation */
};
struct track *track_new(const struct track_setup *setup);
void track_free(struct track **track);

struct hit {
	const char *token;
	const char *ip, *agent; /* of the client; agents are cut at 500 bytes */
	bool is_head;
	int64_t now_ms;
};

/* All: 1 and `done` is called once, 0 and it is never: no token of ours. */
int track_open(struct track *track, const struct hit *hit, event_done_fn done,
	       void *context);
/* *target_out, in arena: where the link leads. -1: cannot look now. */
int track_click(struct track *track, const struct hit *hit, struct arena *arena,
		const char **target_out, event_done_fn done, void *context,
		struct err *err);
int track_unsubscribe(struct track *track, const struct hit *hit,
		      event_done_fn done, void *context);

/* Whom an unsubscribe or preferences link is about. Texts are never NULL. */
struct track_subject {
	int64_t campaign_id, member_id; /* member 0: of a test */
	const char *address;            /* "" if the member is gone */
	const char *list_name;
	const char *organisation;
	bool is_subscribed;
};
/* purpose: enum track_purpose. 1, 0: no token of ours, -1. */
int track_subject(struct track *track, const char *token, char purpose,
		  struct arena *arena, struct track_subject *out,
		  struct err *err);

/* The message as this recipient got it, as a page. 1, 0, -1. */
int track_archive(struct track *track, const char *token,
		  struct strbuf *html_out, struct err *err);

#endif
