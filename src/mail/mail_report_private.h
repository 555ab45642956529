/*
 * mail/mail_report_private.h - pieces of reading reports
 *
 * mail_report.c finds the parts with GMime and hands over plain text; what is
 * in them is read here without it.
 */
#ifndef MAIL_MAIL_REPORT_PRIVATE_H
#define MAIL_MAIL_REPORT_PRIVATE_H

#include "mail/mail_report.h"

#include "base/strbuf.h"
#include "base/vec.h"

struct arena;

struct report_recipients VEC_FIELDS(struct mail_report_recipient);

/* One line of valid UTF-8 with single spaces and no control characters, of at
 * most 1,000 bytes. */
const char *report_text(struct str s, struct arena *arena);

/*
 * The next field of a block such as those of RFC 3464, unfolded (the value in
 * arena). 1: a field; 0: the end of a block or of the text.
 */
int report_field(struct str *text, struct arena *arena, struct str *name,
		 struct str *value);

/* "rfc822; a@b" or "<a@b>" to a@b. */
struct str report_address(struct str value);
/* "<1@2>" out of a value, in arena; "". */
const char *report_message_id(struct str value, struct arena *arena);
/* Code and status out of "smtp; 550-5.1.1 no such user"; *status may be NULL.
 * What is not there is left alone. */
void report_codes(struct str text, struct arena *arena, int *code,
		  const char **status);

/* message/delivery-status */
void report_read_status(struct str text, struct arena *arena,
			struct report_recipients *out);
/* message/feedback-report */
void report_read_feedback(struct str text, struct arena *arena,
			  struct mail_report *out);
/* A header block of our message: its Message-ID, "" if none. */
const char *report_read_original(struct str text, struct arena *arena);

/* A bounce without a status part: the address that failed, and why. */
void report_read_prose(struct str text, struct arena *arena,
		       struct mail_report_recipient *out);
/* Whether sender and subject are those of a mail system. */
bool report_is_by_mailer(const char *from, const char *subject);

#endif
