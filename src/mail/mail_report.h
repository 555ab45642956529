/*
 * mail/mail_report.h - what a message that came back says
 *
 * Reads hostile input with GMime: bounces (delivery status notifications,
 * RFC 3464, and those of servers that write prose only), complaints (feedback
 * reports, RFC 5965) and automatic replies (RFC 3834).
 */
#ifndef MAIL_MAIL_REPORT_H
#define MAIL_MAIL_REPORT_H

#include "base/str.h"

struct arena;
struct err;
struct strbuf;

#define MAIL_REPORT_SOURCE_MAX                        \
	(4u * 1024 * 1024) /* bytes; more is not read \
			    */
#define MAIL_REPORT_RECIPIENTS_MAX 100

enum mail_report_kind {
	MAIL_REPORT_NONE,       /* an ordinary message: perhaps a reply */
	MAIL_REPORT_BOUNCE,     /* see action of each recipient */
	MAIL_REPORT_COMPLAINT,  /* feedback-type abuse, fraud, virus, other */
	MAIL_REPORT_AUTO_REPLY, /* out of office and the like */
};
const char *mail_report_kind_name(enum mail_report_kind kind);

enum mail_report_action {
	MAIL_ACTION_FAILED,
	MAIL_ACTION_DELAYED, /* still being tried */
	MAIL_ACTION_OTHER,   /* delivered, relayed, expanded */
};

struct mail_report_recipient {
	const char *address; /* original if told, else final; "" if unknown */
	enum mail_report_action action;
	const char *status;     /* "5.1.1", "" if none */
	int code;               /* of the diagnostic's SMTP reply; 0: none */
	const char *diagnostic; /* one line, UTF-8; "" */
};

/* All strings are "" rather than NULL. */
struct mail_report {
	enum mail_report_kind kind;
	const struct mail_report_recipient *recipients; /* bounce: at least 1 */
	size_t recipients_n;
	const char *message_id;    /* of our message, with <>; "" if unknown */
	const char *in_reply_to;   /* of ordinary messages and replies */
	const char *from;          /* address of who wrote this */
	const char *subject;       /* decoded */
	const char *feedback_type; /* complaint: "abuse" ... */
	const char *recipient;     /* complaint: who complained, if told */
};

/*
 * Never fails on what the message says, only on its size: ERR_LIMIT. Strings
 * live in arena.
 */
int mail_report_read(struct str source, struct arena *arena,
		     struct mail_report *out, struct err *err);

/* What is in its parts, decoded, and in those of the messages within it: each
 * behind a line feed. Appended. ERR_LIMIT as above. */
int mail_report_texts(struct str source, struct strbuf *out, struct err *err);

#endif
