#include "mail/mail_report.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define POSTFIX_TOP                                                        \
	"Return-Path: <>\r\n"                                              \
	"From: MAILER-DAEMON@mx.example.net (Mail Delivery System)\r\n"    \
	"Subject: Undelivered Mail Returned to Sender\r\n"                 \
	"Auto-Submitted: auto-replied\r\n"                                 \
	"MIME-Version: 1.0\r\n"                                            \
	"Content-Type: multipart/report; report-type=delivery-status;\r\n" \
	"\tboundary=\"B\"\r\n\r\n"                                         \
	"--B\r\nContent-Type: text/plain\r\n\r\nThis is the mail system.\r\n"
#define POSTFIX_STATUS                                             \
	"\r\n--B\r\nContent-Type: message/delivery-status\r\n\r\n" \
	"Reporting-MTA: dns; mx.example.net\r\n\r\n"
#define OUR_HEADERS                                                  \
	"From: News <news@example.org>\r\nTo: <bob@example.net>\r\n" \
	"Subject: Hello\r\nMessage-ID: <77.1@example.org>\r\n"

static const char postfix[] = POSTFIX_TOP POSTFIX_STATUS
	"Final-Recipient: rfc822; bob@example.net\r\n"
	"Original-Recipient: rfc822;Bob@example.net\r\n"
	"Action: failed\r\nStatus: 5.1.1\r\n"
	"Remote-MTA: dns; mx.example.net\r\n"
	"Diagnostic-Code: smtp; 550 5.1.1 <bob@example.net>: Recipient\r\n"
	"    address rejected: User unknown\r\n"
	"\r\n--B\r\nContent-Type: message/rfc822\r\n\r\n" OUR_HEADERS
	"\r\nbody\r\n\r\n--B--\r\n";

static const char delayed[] = POSTFIX_TOP POSTFIX_STATUS
	"Final-Recipient: rfc822; bob@example.net\r\n"
	"Action: delayed\r\nStatus: 4.4.1\r\n"
	"\r\n--B\r\nContent-Type: text/rfc822-headers\r\n\r\n" OUR_HEADERS
	"\r\n--B--\r\n";

static const char two_recipients[] = POSTFIX_TOP POSTFIX_STATUS
	"Final-Recipient: rfc822; bob@example.net\r\n"
	"Action: failed\r\nStatus: 5.2.2 (mailbox full)\r\n\r\n"
	"Final-Recipient: utf-8; \xc3\xa9va@example.net\r\n"
	"Action: delivered\r\nStatus: 2.0.0\r\n"
	"\r\n--B--\r\n";

static const char base64_status[] = POSTFIX_TOP
	"\r\n--B\r\nContent-Type: message/delivery-status\r\n"
	"Content-Transfer-Encoding: base64\r\n\r\n"
	"UmVwb3J0aW5nLU1UQTogZG5zOyB4DQoNCkZpbmFsLVJlY2lwaWVudDogcmZjODIyOyBh"
	"QGIuYw0K\r\n"
	"QWN0aW9uOiBmYWlsZWQNClN0YXR1czogNS4wLjANCg==\r\n"
	"\r\n--B--\r\n";

static const char qmail[] =
	"Return-Path: <>\r\n"
	"From: MAILER-DAEMON@isp.example\r\n"
	"To: bounce@example.org\r\nSubject: failure notice\r\n\r\n"
	"Hi. This is the qmail-send program at isp.example.\r\n\r\n"
	"<bob@example.net>:\r\n"
	"192.0.2.1 does not like recipient.\r\n"
	"Remote host said: 550 5.1.1 no mailbox here by that name\r\n"
	"Giving up.\r\n\r\n"
	"--- Below this line is a copy of the message.\r\n\r\n"
	"Return-Path: <bounce@example.org>\r\n" OUR_HEADERS "\r\nbody\r\n";

static const char exim[] =
	"From: Mail Delivery System <Mailer-Daemon@host.example>\r\n"
	"X-Failed-Recipients: bob@example.net\r\n"
	"Auto-Submitted: auto-replied\r\n"
	"Subject: Mail delivery failed: returning message to sender\r\n\r\n"
	"A message that you sent could not be delivered:\r\n\r\n"
	"  bob@example.net\r\n"
	"    SMTP error from remote mail server: 452 4.2.2 mailbox full\r\n";

static const char complaint[] =
	"From: <feedback@isp.example>\r\nSubject: FW: Hello\r\n"
	"MIME-Version: 1.0\r\n"
	"Content-Type: multipart/report; report-type=feedback-report;\r\n"
	" boundary=\"B\"\r\n\r\n"
	"--B\r\nContent-Type: text/plain\r\n\r\nAn abuse report.\r\n"
	"--B\r\nContent-Type: message/feedback-report\r\n\r\n"
	"Feedback-Type: abuse\r\nUser-Agent: X/1\r\nVersion: 1\r\n"
	"Original-Rcpt-To: <bob@example.net>\r\n"
	"\r\n--B\r\nContent-Type: message/rfc822\r\n\r\n" OUR_HEADERS
	"\r\nbody\r\n--B--\r\n";

static const char not_spam[] =
	"From: <feedback@isp.example>\r\nSubject: x\r\n"
	"Content-Type: multipart/report; boundary=\"B\"\r\n\r\n"
	"--B\r\nContent-Type: message/feedback-report\r\n\r\n"
	"Feedback-Type: not-spam\r\n\r\n--B--\r\n";

static const char out_of_office[] =
	"From: Bob <bob@example.net>\r\nAuto-Submitted: auto-replied\r\n"
	"In-Reply-To: <77.1@example.org>\r\n"
	"Subject: =?utf-8?q?Abwesend=3A_Gr=C3=BC=C3=9Fe?=\r\n\r\nI am "
	"away.\r\n";

static const char reply[] =
	"From: Bob <bob@example.net>\r\nSubject: Re: Hello\r\n"
	"References: <77.1@example.org> <2@x>\r\n\r\nThank you!\r\n";

struct expected {
	const char *source;
	enum mail_report_kind kind;
	const char *message_id;
	size_t n;
	struct mail_report_recipient first;
};

static const struct expected cases[] = {
	{ postfix,
	  MAIL_REPORT_BOUNCE,
	  "<77.1@example.org>",
	  1,
	  { "Bob@example.net", MAIL_ACTION_FAILED, "5.1.1", 550,
	    "smtp; 550 5.1.1 <bob@example.net>: Recipient address rejected: "
	    "User unknown" } },
	{ delayed,
	  MAIL_REPORT_BOUNCE,
	  "<77.1@example.org>",
	  1,
	  { "bob@example.net", MAIL_ACTION_DELAYED, "4.4.1", 0, "" } },
	{ two_recipients,
	  MAIL_REPORT_BOUNCE,
	  "",
	  2,
	  { "bob@example.net", MAIL_ACTION_FAILED, "5.2.2", 0, "" } },
	{ base64_status,
	  MAIL_REPORT_BOUNCE,
	  "",
	  1,
	  { "a@b.c", MAIL_ACTION_FAILED, "5.0.0", 0, "" } },
	{ qmail,
	  MAIL_REPORT_BOUNCE,
	  "<77.1@example.org>",
	  1,
	  { "bob@example.net", MAIL_ACTION_FAILED, "5.1.1", 550,
	    "192.0.2.1 does not like recipient. Remote host said: 550 5.1.1 "
	    "no mailbox here by that name Giving up." } },
	{ exim,
	  MAIL_REPORT_BOUNCE,
	  "",
	  1,
	  { "bob@example.net", MAIL_ACTION_FAILED, "4.2.2", 452,
	    "SMTP error from remote mail server: 452 4.2.2 mailbox full" } },
	{ complaint, MAIL_REPORT_COMPLAINT, "<77.1@example.org>", 0, { 0 } },
	{ not_spam, MAIL_REPORT_NONE, "", 0, { 0 } },
	{ out_of_office,
	  MAIL_REPORT_AUTO_REPLY,
	  "<77.1@example.org>",
	  0,
	  { 0 } },
	{ reply, MAIL_REPORT_NONE, "", 0, { 0 } },
	{ "", MAIL_REPORT_NONE, "", 0, { 0 } },
	{ "nonsense", MAIL_REPORT_NONE, "", 0, { 0 } },
	{ "\r\n\r\n", MAIL_REPORT_NONE, "", 0, { 0 } },
};

static void tells_reports_apart(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct expected *e = &cases[i];
		struct mail_report r;
		struct err err = ERR_INIT;

		assert_int_equal(
			mail_report_read(str_of(e->source), arena, &r, &err),
			0);
		assert_string_equal(mail_report_kind_name(r.kind),
				    mail_report_kind_name(e->kind));
		assert_string_equal(r.message_id, e->message_id);
		assert_int_equal(r.recipients_n, e->n);
		if (e->n == 0)
			continue;
		assert_string_equal(r.recipients[0].address, e->first.address);
		assert_int_equal(r.recipients[0].action, e->first.action);
		assert_string_equal(r.recipients[0].status, e->first.status);
		assert_int_equal(r.recipients[0].code, e->first.code);
		assert_string_equal(r.recipients[0].diagnostic,
				    e->first.diagnostic);
	}
}

static void tells_who_complained_and_who_wrote(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct mail_report r;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(mail_report_read(str_of(complaint), arena, &r, &err),
			 0);
	assert_string_equal(r.feedback_type, "abuse");
	assert_string_equal(r.recipient, "bob@example.net");
	assert_int_equal(
		mail_report_read(str_of(two_recipients), arena, &r, &err), 0);
	assert_string_equal(r.recipients[1].address, "\xc3\xa9va@example.net");
	assert_int_equal(r.recipients[1].action, MAIL_ACTION_OTHER);
	assert_int_equal(mail_report_read(str_of(reply), arena, &r, &err), 0);
	assert_string_equal(r.from, "bob@example.net");
	assert_string_equal(r.in_reply_to, "<77.1@example.org>");
	assert_int_equal(
		mail_report_read(str_of(out_of_office), arena, &r, &err), 0);
	assert_string_equal(r.subject, "Abwesend: Gr\xc3\xbc\xc3\x9f"
				       "e");
}

static void survives_bombs(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(strbuf_release) struct strbuf nested = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf wide = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf fields = STRBUF_INIT;
	struct mail_report r;
	struct err err = ERR_INIT;
	int i;

	(void)state;
	for (i = 0; i < 50000; i++)
		strbuf_addf(&nested,
			    "Content-Type: multipart/mixed; boundary=%d\r\n\r\n"
			    "--%d\r\n",
			    i, i);
	assert_int_equal(mail_report_read(strbuf_str(&nested), arena, &r, &err),
			 0);
	strbuf_addstr(&wide,
		      "Content-Type: multipart/mixed; boundary=b\r\n\r\n");
	for (i = 0; i < 100000; i++)
		strbuf_addstr(&wide, "--b\r\n\r\nx\r\n");
	assert_int_equal(mail_report_read(strbuf_str(&wide), arena, &r, &err),
			 0);
	strbuf_addstr(&fields, POSTFIX_TOP POSTFIX_STATUS);
	for (i = 0; i < 20000; i++)
		strbuf_addf(&fields,
			    "Final-Recipient: rfc822; a%d@b.c\r\n"
			    "Status: 5.0.0\r\n\r\n",
			    i);
	assert_int_equal(mail_report_read(strbuf_str(&fields), arena, &r, &err),
			 0);
	assert_int_equal(r.recipients_n, MAIL_REPORT_RECIPIENTS_MAX);
}

static void refuses_what_is_too_large(void **state)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct mail_report r;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(
		mail_report_read((struct str){ "", 1u << 30 }, arena, &r, &err),
		-1);
	assert_int_equal(err.code, ERR_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_reports_apart),
		cmocka_unit_test(tells_who_complained_and_who_wrote),
		cmocka_unit_test(survives_bombs),
		cmocka_unit_test(refuses_what_is_too_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
