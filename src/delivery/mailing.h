/*
 * delivery/mailing.h - a campaign made ready to be rendered for each recipient
 *
 * Compiled once: merge tags of subject, name and both bodies, rewritten links,
 * the frame of the message. What the law wants is added to what the author
 * wrote: the footer with postal address and unsubscribe link comes in unless
 * the text rendered for this very recipient has both where they are seen. It
 * stands behind all that the author left open. It is in the language that the
 * HTML says it is in, else in that of the audience's campaigns.
 *
 * In the HTML the author's links come first and in his order, then the hidden
 * link (see verdict.h) and those of the footer, the open pixel last.
 *
 * One that is shown instead of sent has neither pixel nor hidden link, its
 * links lead where the author's lead, and those to unsubscribe are a test's:
 * looking at it changes nothing.
 *
 * A mailing is immutable but for `stopped`: any number of threads render it.
 * Counted references; the last mailing_put frees it.
 */
#ifndef DELIVERY_MAILING_H
#define DELIVERY_MAILING_H

#include "base/strbuf.h"

#include <stdatomic.h>

struct arena;
struct db;
struct content;
struct dkim_key;
struct err;
struct merge_facts;
struct merge_fields;
struct merge_person;
struct reader_language;
struct track_keys;

/* What all mailings share; outlives them. */
struct mailing_setup {
	const struct track_keys *keys;
	const struct dkim_key *dkim; /* NULL: not signed here */
	const char *public_url;      /* without final slash */
	const char *organisation;    /* "": that of the audience */
	const char *postal_address;  /* same */
};

struct mailing {
	int64_t campaign_id;
	int variant;  /* of a test, from 1; else 0 */
	int variants; /* how many it has; else 0 */
	const char *hex;
	const char *sender;  /* envelope */
	atomic_bool stopped; /* paused or canceled: hand over no more */
	struct mailing_private *private;
};

/* Of each message: the campaign, by its hexadecimal id. */
#define MAILING_CAMPAIGN_FIELD "X-Campaign"

struct mailing_person {
	int64_t member_id;
	const char *address, *unique_id;
	const char *merge; /* JSON by merge field id */
	int64_t optin_ms;
	const char *language;  /* as a member has it; NULL or "": not known */
	const char *interests; /* ids of those chosen, "3 17"; NULL: none */
	bool is_test;          /* its subject says so */
};
#define MAILING_NOBODY                                                        \
	{                                                                     \
		.address = "", .unique_id = "", .merge = "{}", .language = "" \
	}

/* db: audience. variant: of a test, as recipient.variant has it; 0: its first.
 * What is no test has none. ERR_NOT_FOUND: no such campaign; ERR_INVALID: it
 * cannot be made into a message, and why. */
int mailing_get(struct db *db, const struct mailing_setup *setup,
		int64_t campaign_id, int variant, int64_t now_ms,
		struct mailing **out, struct err *err);
/* With other texts than it has: what a feed says now. They must outlive it. */
struct mailing_text {
	const char *subject_line, *preview_text;
	const struct content *content;
};
int mailing_get_text(struct db *db, const struct mailing_setup *setup,
		     int64_t campaign_id, const struct mailing_text *text,
		     int64_t now_ms, struct mailing **out, struct err *err);
/* The same, to be shown: for mailing_render_view alone. */
int mailing_get_shown(struct db *db, const struct mailing_setup *setup,
		      int64_t campaign_id, int variant, int64_t now_ms,
		      struct mailing **out, struct err *err);
/* Which variant somebody gets, as recipient.variant has it; 0: none, or nobody
 * of the ledger. */
int mailing_variant_of(struct db *db, int64_t campaign_id, int64_t member_id,
		       int *out, struct err *err);
/*
 * The same as a copy for everybody, to be rendered for MAILING_NOBODY: nothing
 * of it is somebody's. Its links to unsubscribe and the like say so, that to
 * forward it shows it. note: HTML that stands before it, with no tags in it;
 * "": nothing. It must outlive the mailing.
 */
int mailing_get_copy(struct db *db, const struct mailing_setup *setup,
		     int64_t campaign_id, int variant, const char *note,
		     int64_t now_ms, struct mailing **out, struct err *err);

/*
 * A campaign that is not here, or not yet: shown as it would be sent. All texts
 * must outlive it.
 */
struct mailing_draft {
	const char *subject, *from_name, *from_email; /* "": not given */
	struct str html, plain_text;
	const struct merge_fields *fields;
	const struct merge_facts *facts;
};
int mailing_get_draft(const struct mailing_setup *setup,
		      const struct mailing_draft *draft, struct mailing **out,
		      struct err *err);
/* In which a campaign is, so far as its HTML or else its audience says; *out is
 * NULL where it does not, or there is no such campaign. */
int mailing_language(struct db *db, int64_t campaign_id, struct arena *arena,
		     const struct reader_language **out, struct err *err);
/* The facts say how readers of that language write dates and numbers; returns
 * it. The language is what the HTML says, else that of the facts; NULL: neither
 * says one, and nothing is changed. */
const struct reader_language *mailing_speak(struct str html,
					    struct merge_facts *facts);
struct mailing *mailing_hold(struct mailing *mailing);
void mailing_put(struct mailing **mailing); /* NULL is fine */

/* What merge tags know of one; lives in arena, and with the texts of person. */
struct merge_person mailing_merge_person(const struct mailing_person *person,
					 const struct merge_fields *fields,
					 struct arena *arena);
/* Does a message of it ask for interests? */
bool mailing_wants_interests(const struct mailing *mailing);
/* Those that a member has chosen; lives in arena. db: audience. */
int mailing_load_interests(struct db *db, int64_t member_id,
			   struct arena *arena, const char **out,
			   struct err *err);

/* The whole message, signed if there is a key. subject: decoded. Both are
 * reset first. */
int mailing_render(const struct mailing *mailing,
		   const struct mailing_person *person, int64_t now_ms,
		   struct strbuf *message, struct strbuf *subject,
		   struct err *err);

/* The HTML as a page for the browser: links tracked, no pixel. */
int mailing_render_page(const struct mailing *mailing,
			const struct mailing_person *person,
			struct strbuf *html, struct err *err);

/* What the person read, of a mailing that is shown; texts live in arena. */
struct mailing_view {
	const char *subject, *to_name, *from_name, *from_email;
	const char *text;
	const char *html; /* NULL: it has none */
};
int mailing_render_view(const struct mailing *mailing,
			const struct mailing_person *person,
			struct arena *arena, struct mailing_view *out,
			struct err *err);

/*
 * Where a link leads for this person. text: the stored target, which may hold
 * merge tags; NULL: look it up by link_id in the mailing itself (a test, whose
 * links are not fixed yet). 1, 0: no such link, -1.
 */
int mailing_render_link(const struct mailing *mailing,
			const struct mailing_person *person, int64_t link_id,
			const char *text, struct strbuf *out, struct err *err);

#endif
