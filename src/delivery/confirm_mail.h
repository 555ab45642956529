/*
 * delivery/confirm_mail.h - the mails about sign-ups
 *
 * The job CONFIRM_MAIL_JOB of the audience: it writes one mail to one member,
 * which asks to confirm or says that nothing is to be confirmed, and hands it
 * to outgoing_message, from where it goes like any single mail. Job and mail
 * are one transaction, so that no request is written to twice. While no mail
 * can go (sending is off, nobody to come from, no public address) it waits, for
 * a day at most. The mail holds nothing that whoever signed up has typed.
 */
#ifndef DELIVERY_CONFIRM_MAIL_H
#define DELIVERY_CONFIRM_MAIL_H

#include "jobs/runner.h"

#include <stdbool.h>

struct confirm_mail;
struct delivery_options;
struct err;

struct confirm_mail_setup {
	struct store *store;
	const struct delivery_options *options; /* relay, DKIM */
	const char *public_url;                 /* without final slash */
	bool has_public_url;
	const char *organisation, *postal_address; /* "": of the audience */
};
/* setup is copied, what it points to must outlive it. ERR_INVALID: the key. */
int confirm_mail_new(const struct confirm_mail_setup *setup,
		     struct confirm_mail **out, struct err *err);
void confirm_mail_free(struct confirm_mail **cm);
struct job_kind confirm_mail_job_kind(struct confirm_mail *cm);

#endif
