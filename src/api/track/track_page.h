/*
 * api/track/track_page.h - the pages behind the links of mails
 *
 * What the handlers (track.c, preferences.c) share: whom a link is about, and
 * the parts of a page that say so.
 */
#ifndef API_TRACK_PAGE_H
#define API_TRACK_PAGE_H

#include "delivery/track.h"
#include "delivery/track_token.h"

struct request;
struct response;

/* A page about the reader's subscription. */
struct track_page {
	const char *farewell; /* of the list's form; NULL, "": none */
	const struct reader_language *language;
	struct track_subject subject;
	struct strbuf *out;
};

/* Fills all but out. Fails with ERR_NOT_FOUND if the token is not ours. */
int track_page_find(struct request *rq, enum track_purpose purpose,
		    struct track_page *out, struct err *err);
/* The list, and the address with most of it hidden. */
void track_page_add_who(const struct track_page *page);
/* The button by which they subscribe again, if they may. */
void track_page_add_taking_back(const struct request *rq,
				const struct track_page *page);
/* The button by which they unsubscribe, and reasons to choose from. */
void track_page_add_leaving(const struct track_page *page);
/* The reason that was chosen, in English, as one text for all who say the same;
 * NULL: they did not say. */
const char *track_page_reason(struct request *rq);
void track_page_forbid_cache(struct response *rs);

/* The whole of a page with a button to unsubscribe; it changes nothing. */
int track_page_show(struct request *rq, struct response *rs,
		    enum track_purpose purpose, struct err *err);
/* Unsubscribes, and says so. reason: of track_page_reason. */
int track_page_leave(struct request *rq, struct response *rs,
		     enum track_purpose purpose, const char *reason,
		     struct err *err);

#endif
