/*
 * delivery/sent_mail.h - what a campaign sent to somebody, shown again
 *
 * Rendered anew for the member that was sent it: with the fields that they have
 * now, to the address that they had then. Looking at it changes nothing (see
 * mailing_get_shown). It can be shown as long as the campaign and the member
 * are known here; what another account sent cannot.
 *
 * The member is found by the subscriber hash of the time when it was sent; if
 * they have moved to another address since, by the hashes of those that they
 * have had. Somebody else who has the old address by now is not taken for them.
 */
#ifndef DELIVERY_SENT_MAIL_H
#define DELIVERY_SENT_MAIL_H

#include "delivery/mailing.h"

struct sent_mail {
	/* What is asked for; texts may be NULL: not known. */
	const char *campaign;      /* hex */
	const char *audience;      /* hex of its list */
	const char *hash;          /* the recipient's, when it was sent */
	const char *address;       /* the same, as it is written */
	const char *const *hashes; /* others that they have or had */
	size_t hashes_n;
	/* What is found. */
	const char *subject; /* as they got it; NULL: it cannot be shown */
	int64_t campaign_id;
	struct mailing_person person;
};

/* Finds all of them with a few queries, however many. Texts live in arena. */
int sent_mails_find(struct db *db, const struct mailing_setup *setup,
		    struct sent_mail *mails, size_t n, int64_t now_ms,
		    struct arena *arena, struct err *err);
/* One that was found. Texts live in arena. */
int sent_mail_view(struct db *db, const struct mailing_setup *setup,
		   const struct sent_mail *mail, int64_t now_ms,
		   struct arena *arena, struct mailing_view *out,
		   struct err *err);

#endif
