/*
 * smtp/smtp_reply.h - replies of a server that may be anything
 *
 * Lines end in LF or CRLF, `250-text` ... `250 text` (RFC 5321 section
 * 4.2.1). Everything is bounded: what is too long or no reply is malformed,
 * and the connection has no future.
 */
#ifndef SMTP_SMTP_REPLY_H
#define SMTP_SMTP_REPLY_H

#include "base/strbuf.h"

#define SMTP_LINE_MAX 4096   /* RFC 5321 says 512; some write more */
#define SMTP_LINES_MAX 10000 /* who takes a message may say much */
#define SMTP_TEXT_MAX 8192   /* kept of a reply; the rest is dropped */
#define SMTP_ENHANCED_MAX 12

struct smtp_reply {
	int code; /* 0: no line yet */
	int lines;
	char enhanced[SMTP_ENHANCED_MAX]; /* "5.1.1"; "" */
	struct strbuf text; /* of all lines, each ended by LF; raw bytes */
};

#define SMTP_REPLY_INIT             \
	{                           \
		.text = STRBUF_INIT \
	}

void smtp_reply_reset(struct smtp_reply *reply);
void smtp_reply_release(struct smtp_reply *reply);

/*
 * Take lines from the front of *in until the reply is whole. 1: it is; 0: more
 * is needed (an incomplete line is left in *in); -1: malformed.
 */
int smtp_reply_read(struct smtp_reply *reply, struct str *in);

/* The text as one line of valid UTF-8 without codes and control characters,
 * at most max bytes, appended. */
void smtp_reply_describe(const struct smtp_reply *reply, size_t max,
			 struct strbuf *out);

#endif
