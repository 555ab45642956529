/*
 * delivery/track_token.h - signed names of a campaign's recipient and link
 *
 * The last part of each tracking URL: base64url of
 *
 *     version and key id (1 byte), campaign, member, link (varints),
 *     HMAC-SHA256 of purpose and these, cut to 16 bytes
 *
 * so that a hit is checked without the database and nobody can make one up.
 * Each value has one spelling: slack bits, overlong varints and padding are
 * refused. Keys lie in audience.setting ("track.keys"); a new one may be put
 * in front, the old ones still verify. Immutable after loading: any thread.
 */
#ifndef DELIVERY_TRACK_TOKEN_H
#define DELIVERY_TRACK_TOKEN_H

#include "base/strbuf.h"

struct err;
struct store;
struct track_keys;

enum track_purpose {
	TRACK_OPEN = 'o',
	TRACK_CLICK = 'c',
	TRACK_UNSUBSCRIBE = 'u',
	TRACK_ARCHIVE = 'a', /* the message in the browser */
	TRACK_FORWARD = 'w', /* to friends */
	TRACK_PREFERENCES = 'p',
	TRACK_TAKE_BACK = 's', /* an unsubscribe: subscribes again */
	/* Of sign-ups; campaign_id: since when, in ms. */
	TRACK_CONFIRM = 'y', /* member_id asked for mail */
	TRACK_MOVE = 'm',    /* the same, from another address */
	TRACK_FORM = 'f',    /* member_id: the list whose form was shown;
				link_id: its words */
};

/* link_id of links that are in a copy for everybody: nobody's, as a test's. */
#define TRACK_COPY 1

struct track_token {
	enum track_purpose purpose;
	int64_t campaign_id, member_id;
	int64_t link_id; /* of clicks and forms; TRACK_COPY; else 0 */
};

/* Loads the keys, making the first one. ERR_INVALID: the setting. */
int track_keys_load(struct store *store, struct track_keys **out,
		    struct err *err);
/* Of the setting's text: {"current": 1, "keys": {"1": "<64 hex>"}}. */
int track_keys_parse(const char *setting, struct track_keys **out,
		     struct err *err);
void track_keys_free(struct track_keys **keys);

/* Appended. */
void track_token_format(const struct track_keys *keys,
			const struct track_token *token, struct strbuf *out);
/* false: not one of ours for this purpose; *out is untouched. */
bool track_token_parse(const struct track_keys *keys, struct str text,
		       enum track_purpose purpose, struct track_token *out);

#endif
