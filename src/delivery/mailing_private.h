/*
 * delivery/mailing_private.h - what a mailing is made of
 */
#ifndef DELIVERY_MAILING_PRIVATE_H
#define DELIVERY_MAILING_PRIVATE_H

#include "audience/list.h"
#include "campaign/campaign.h"
#include "campaign/content.h"
#include "campaign/html/html_links.h"
#include "campaign/merge/merge_tag.h"
#include "delivery/mailing.h"
#include "reader/reader_text.h"

struct message_frame;

/* One body: what the author wrote, and the two ways to end it. */
struct mailing_body {
	struct merge_program *content;
	struct merge_program *end; /* honeypot, pixel, </body> */
	/* The same behind our footer, by the place of its language. */
	struct merge_program *footer_end[READER_LANGUAGES];
	/* What the author gave himself, where everybody sees it: the postal
	 * address, and a link to unsubscribe for who gets one. */
	bool has_address, has_link;
};

struct mailing_private {
	atomic_int refs;
	struct mailing mailing; /* what callers see */
	struct arena *arena;    /* keeps the texts */
	const struct mailing_setup *setup;
	bool is_shown; /* to be looked at, not to be sent */
	/* Of a copy for everybody: stands before it; NULL: it is no copy. */
	const char *note;
	struct campaign campaign;
	struct list list;
	struct merge_fields fields;
	struct merge_facts facts;
	struct message_frame *frame;
	/* Of our footer, unless a recipient is known to have another. */
	const struct reader_language *language;
	struct merge_program *subject, *to_name;
	bool has_text, has_html;
	/* Quoted-printable; of one that is shown, the text as it is, and no
	 * HTML but the page. */
	struct mailing_body text, html;
	struct mailing_body page; /* html again, for browsers */
	/* Of a test: the links of the contents before this one, whose ids come
	 * first. */
	struct html_links before;
	/* Of the distinct links of all its contents, by link_id - 1. */
	const char **targets;
	size_t targets_n;
	const char *message_domain; /* of Message-ID */
};

/* One rendering: the owner of a merge_person. */
struct rendering {
	const struct mailing_private *mailing;
	int64_t member_id;
	int footer; /* which one: the place of its language */
	bool is_test;
	bool has_unsubscribe; /* the link was put out */
};

/* The merge_slot_fn of all programs of a mailing. */
void mailing_slot(void *owner, enum merge_slot slot, int number,
		  struct strbuf *out);

#endif
