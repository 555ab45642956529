/*
 * delivery/notice_mail.h - a plain mail of the program's to one of its users
 *
 * It goes as any single mail (send/outgoing.h), from the transaction that it is
 * about; with a relay of outbox: it stays there.
 */
#ifndef DELIVERY_NOTICE_MAIL_H
#define DELIVERY_NOTICE_MAIL_H

#include <stdint.h>

struct err;
struct tx;

struct notice_mail {
	const char *to;
	const char *from_name, *from_email;
	const char *subject, *text; /* UTF-8; the text's lines end with \n */
};
/* Of the schema audience. ERR_INVALID: one of the addresses is none. */
int notice_mail_add(struct tx *tx, const struct notice_mail *mail,
		    int64_t now_ms, struct err *err);

#endif
