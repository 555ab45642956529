#include "delivery/returned/returned.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "delivery/recipient.h"
#include "delivery/track_token.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define CAMPAIGN 7
#define MEMBER 300
#define BOB "bob@mailbox.example"

/* What stands for a link in the sources below. */
#define HERS "{u}"     /* to unsubscribe, of this server */
#define PREFS "{p}"    /* preferences */
#define BROKEN "{q}"   /* broken by quoted-printable */
#define FOREIGN "{x}"  /* of somebody else's server */
#define NOBODYS "{0}"  /* of a test mail: of no member */
#define ANOTHER "{2}"  /* of another member */
#define ENCODED "{64}" /* a whole text with it, in base64 */

#define REPORT(from, subject)                                          \
	"Return-Path: <>\r\nFrom: " from "\r\nTo: news@us.example\r\n" \
	"Subject: " subject "\r\nMIME-Version: 1.0\r\n"                \
	"Content-Type: multipart/report; report-type=delivery-status;" \
	" boundary=\"cut\"\r\n\r\n--cut\r\nContent-Type: text/plain\r\n\r\n"
#define STATUS                                                       \
	"\r\n--cut\r\nContent-Type: message/delivery-status\r\n\r\n" \
	"Reporting-MTA: dns; out.relay.example\r\n\r\n"
#define FAILED(to, status, diagnostic)                          \
	"Final-Recipient: rfc822; " to "\r\nAction: failed\r\n" \
	"Status: " status "\r\nDiagnostic-Code: smtp; " diagnostic "\r\n"
#define HEADERS(link)                                                  \
	"\r\n--cut\r\nContent-Type: text/rfc822-headers\r\n\r\n"       \
	"From: Us <news@us.example>\r\nTo: " BOB "\r\n"                \
	"Message-ID: <1.2@us.example>\r\nList-Unsubscribe:\r\n <" link \
	">\r\n\r\n--cut--\r\n"
#define WHOLE(more)                                         \
	"\r\n--cut\r\nContent-Type: message/rfc822\r\n\r\n" \
	"From: Us <news@us.example>\r\nTo: " BOB "\r\n"     \
	"Subject: May\r\nMIME-Version: 1.0\r\n" more "\r\n\r\n--cut--\r\n"
#define POSTFIX                                                          \
	REPORT("MAILER-DAEMON@out.relay.example (Mail Delivery System)", \
	       "Undelivered Mail Returned to Sender")                    \
	"I could not deliver it.\r\n" STATUS
#define GONE FAILED(BOB, "5.1.1", "550 5.1.1 <" BOB ">: User unknown")
#define COMPLAINT(type)                                                   \
	"From: loop@provider.example\r\nSubject: complaint\r\n"           \
	"MIME-Version: 1.0\r\nContent-Type: multipart/report;"            \
	" report-type=feedback-report; boundary=\"cut\"\r\n\r\n"          \
	"--cut\r\nContent-Type: message/feedback-report\r\n\r\n"          \
	"Feedback-Type: " type "\r\nUser-Agent: loop/1\r\nVersion: 1\r\n" \
	"Original-Mail-From: <news@us.example>\r\n"

static const struct {
	const char *name, *source;
	enum returned_kind kind;
} cases[] = {
	{ "Postfix", POSTFIX GONE HEADERS(HERS), RETURNED_HARD },
	{ "preferences", POSTFIX GONE HEADERS(PREFS), RETURNED_HARD },
	{ "Postfix, full",
	  POSTFIX FAILED(BOB, "5.2.2", "552 5.2.2 Mailbox full") HEADERS(HERS),
	  RETURNED_SOFT },
	{ "given up",
	  POSTFIX FAILED(BOB, "4.4.1", "connect: timed out") HEADERS(HERS),
	  RETURNED_SOFT },
	{ "greylisted for days",
	  POSTFIX FAILED(BOB, "4.2.0", "450 4.2.0 Try later") HEADERS(HERS),
	  RETURNED_SOFT },
	{ "refused, nobody knows why",
	  POSTFIX FAILED(BOB, "5.0.0", "554 Transaction failed") HEADERS(HERS),
	  RETURNED_SOFT },
	{ "Gmail",
	  REPORT("Mail Delivery Subsystem <mailer-daemon@big.example>",
		 "Delivery Status Notification (Failure)") "** Address not "
							   "found "
							   "**\r\n" STATUS FAILED(
								   BOB,
								   "5.1."
								   "1",
								   "550-"
								   "5.1."
								   "1 "
								   "The "
								   "emai"
								   "l "
								   "acco"
								   "unt "
								   "that"
								   " you"
								   " tri"
								   "ed "
								   "to "
								   "reac"
								   "h\r"
								   "\n"
								   " doe"
								   "s "
								   "not "
								   "exis"
								   "t. "
								   "550 "
								   "5.1."
								   "1 "
								   "gsmt"
								   "p - "
								   "12si"
								   "345")
								   HEADERS(HERS),
	  RETURNED_HARD },
	{ "Exchange, its own words and code only in the status",
	  REPORT("postmaster@corp.example",
		 "Undeliverable: May") "Your message couldn't be "
				       "delivered.\r\n" STATUS FAILED(
					       BOB, "5.1.10",
					       "550 5.1.10 "
					       "RESOLVER.ADR."
					       "RecipientNotFound; "
					       "Recipient not found by "
					       "SMTP lookup") HEADERS(HERS),
	  RETURNED_HARD },
	{ "Exchange, not allowed to write to a group",
	  REPORT("postmaster@corp.example", "Undeliverable: May") "x\r\n" STATUS
		  FAILED(BOB, "5.7.1",
			 "550 5.7.1 RESOLVER.RST.AuthRequired; authentication "
			 "required") HEADERS(HERS),
	  RETURNED_SOFT },
	{ "we are on a list",
	  POSTFIX FAILED(BOB, "5.7.1",
			 "554 5.7.1 Service unavailable; Client host "
			 "[192.0.2.1] blocked using zen.list.example")
		  HEADERS(HERS),
	  RETURNED_IGNORED },
	{ "it is spam to them",
	  POSTFIX FAILED(BOB, "5.7.1", "550 5.7.1 Message rejected as spam")
		  HEADERS(HERS),
	  RETURNED_IGNORED },
	{ "Exim, prose",
	  "From: Mail Delivery System <Mailer-Daemon@host.example>\r\n"
	  "X-Failed-Recipients: " BOB "\r\nAuto-Submitted: auto-replied\r\n"
	  "Subject: Mail delivery failed: returning message to sender\r\n\r\n"
	  "This could not be delivered to\r\n\r\n  " BOB "\r\n"
	  "    host mx.example: 550 5.1.1 unknown user\r\n\r\n"
	  "------ The message's headers: ------\r\n\r\n"
	  "To: " BOB "\r\nList-Unsubscribe: <" HERS ">\r\n",
	  RETURNED_HARD },
	{ "Exim, prose of a delay",
	  "From: Mail Delivery System <Mailer-Daemon@host.example>\r\n"
	  "Subject: Warning: message 1x delayed 24 hours\r\n\r\n"
	  "It has not been delivered to\r\n\r\n  " BOB "\r\n"
	  "    host mx.example: 451 4.7.1 later\r\n\r\n" HERS "\r\n",
	  RETURNED_IGNORED },
	{ "qmail",
	  "From: MAILER-DAEMON@isp.example\r\nSubject: failure notice\r\n\r\n"
	  "Hi. This is the qmail-send program at isp.example.\r\n\r\n"
	  "<" BOB ">:\r\nSorry, no mailbox here by that name. (#5.1.1)\r\n\r\n"
	  "--- Below this line is a copy of the message.\r\n\r\n"
	  "To: " BOB "\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
	  "<a href=3D\"" BROKEN "\">leave</a>\r\n",
	  RETURNED_HARD },
	{ "the mail whole, base64",
	  POSTFIX GONE WHOLE(
		  "Content-Type: text/html\r\n"
		  "Content-Transfer-Encoding: base64\r\n\r\n" ENCODED),
	  RETURNED_HARD },
	{ "the mail whole, quoted-printable",
	  POSTFIX GONE WHOLE(
		  "Content-Type: text/html\r\n"
		  "Content-Transfer-Encoding: quoted-printable\r\n\r\n" BROKEN),
	  RETURNED_HARD },
	{ "delayed",
	  POSTFIX "Final-Recipient: rfc822; " BOB "\r\nAction: delayed\r\n"
		  "Status: 4.4.1\r\n" HEADERS(HERS),
	  RETURNED_IGNORED },
	{ "delivered",
	  POSTFIX "Final-Recipient: rfc822; " BOB "\r\nAction: delivered\r\n"
		  "Status: 2.0.0\r\n" HEADERS(HERS),
	  RETURNED_IGNORED },
	{ "complaint", COMPLAINT("abuse") HEADERS(HERS), RETURNED_COMPLAINT },
	{ "complaint, the mail whole",
	  COMPLAINT("fraud")
		  WHOLE("Content-Type: text/plain\r\n"
			"Content-Transfer-Encoding: base64\r\n\r\n" ENCODED),
	  RETURNED_COMPLAINT },
	{ "no spam after all", COMPLAINT("not-spam") HEADERS(HERS),
	  RETURNED_IGNORED },
	{ "a report on DMARC", COMPLAINT("auth-failure") HEADERS(HERS),
	  RETURNED_IGNORED },
	{ "complaint, forged", COMPLAINT("abuse") HEADERS(FOREIGN),
	  RETURNED_IGNORED },
	{ "out of office",
	  "From: Bob <" BOB ">\r\nAuto-Submitted: auto-replied\r\n"
	  "Subject: Away\r\n\r\nI am away.\r\n> " HERS "\r\n",
	  RETURNED_IGNORED },
	{ "an answer that quotes us",
	  "From: Bob <" BOB ">\r\nSubject: Re: May\r\n\r\nuser unknown? 550 "
	  "5.1.1\r\n> " HERS "\r\n",
	  RETURNED_IGNORED },
	{ "an answer with a subject of theirs",
	  "From: Bob <" BOB ">\r\nSubject: Re: Mail delivery in May\r\n\r\n"
	  "Please leave mine at the door.\r\n> " HERS "\r\n",
	  RETURNED_IGNORED },
	{ "forged: the address and a Message-ID alone",
	  POSTFIX GONE HEADERS("https://us.example/"), RETURNED_IGNORED },
	{ "of somebody else's server", POSTFIX GONE HEADERS(FOREIGN),
	  RETURNED_IGNORED },
	{ "of a test mail", POSTFIX GONE HEADERS(NOBODYS), RETURNED_IGNORED },
	{ "of two at once", POSTFIX GONE HEADERS(HERS "> <" ANOTHER),
	  RETURNED_IGNORED },
	{ "nothing", "", RETURNED_IGNORED },
	{ "nonsense", "\r\n/t/u/", RETURNED_IGNORED },
};

struct world {
	struct track_keys *ours, *theirs;
	struct arena *arena;
};

static void load(const char *digit, struct track_keys **out)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct err err = ERR_INIT;

	strbuf_addstr(&text, "{\"current\": 1, \"keys\": {\"1\": \"");
	for (int i = 0; i < 64; i++)
		strbuf_addstr(&text, digit);
	strbuf_addstr(&text, "\"}}");
	assert_int_equal(track_keys_parse(text.buf, out, &err), 0);
}

static int open_world(void **state)
{
	static struct world w;

	w = (struct world){ .arena = arena_new() };
	load("a", &w.ours);
	load("b", &w.theirs);
	*state = &w;
	return 0;
}

static int close_world(void **state)
{
	struct world *w = *state;

	track_keys_free(&w->ours);
	track_keys_free(&w->theirs);
	arena_free(&w->arena);
	return 0;
}

static void add_link(const struct world *w, char what, struct strbuf *out)
{
	struct track_token token = {
		.purpose = what == 'p' ? TRACK_PREFERENCES : TRACK_UNSUBSCRIBE,
		.campaign_id = CAMPAIGN,
		.member_id = what == '0' ? 0 : MEMBER + (what == '2'),
	};
	size_t from = out->len;

	strbuf_addf(out, "https://us.example/t/%c/", what == 'p' ? 'p' : 'u');
	track_token_format(what == 'x' ? w->theirs : w->ours, &token, out);
	if (what == 'q') {
		CLEANUP(strbuf_release) struct strbuf end = STRBUF_INIT;

		strbuf_addstr(&end, out->buf + from + 30);
		strbuf_truncate(out, from + 30);
		strbuf_addf(out, "=\r\n%s", end.buf);
	}
}

static void add_encoded(const struct world *w, struct strbuf *out)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	strbuf_addstr(&text, "<a href=\"");
	add_link(w, 'u', &text);
	strbuf_addstr(&text, "\">leave</a>");
	base64_encode(strbuf_str(&text), out);
}

static struct str source_of(const struct world *w, const char *text)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

	for (const char *at = text; *at; at++) {
		if (strncmp(at, ENCODED, 4) == 0)
			add_encoded(w, &out);
		else if (*at == '{' && at[1] && at[2] == '}')
			add_link(w, at[1], &out);
		else {
			strbuf_addch(&out, *at);
			continue;
		}
		at = strchr(at, '}');
	}
	return str_of(arena_strdup(w->arena, out.buf ? out.buf : ""));
}

static struct returned read_case(const struct world *w, const char *source)
{
	struct returned r;
	struct err err = ERR_INIT;

	if (returned_read(source_of(w, source), w->ours, w->arena, &r, &err) <
	    0)
		fail_msg("%s", err.text);
	return r;
}

static void a_report_says_what_and_of_whom(void **state)
{
	const struct world *w = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct returned r = read_case(w, cases[i].source);

		if (r.kind != cases[i].kind)
			fail_msg("%s: %s (%s)", cases[i].name,
				 returned_kind_name(r.kind), r.why);
		assert_true(r.why && *r.why);
		if (r.kind == RETURNED_IGNORED)
			continue;
		assert_int_equal(r.campaign_id, CAMPAIGN);
		assert_int_equal(r.member_id, MEMBER);
	}
}

#define TOLD_US                                        \
	POSTFIX FAILED(BOB, "5.1.1",                   \
		       "550 5.1.1 <news@us.example>: " \
		       "Sender is unknown user here") HEADERS(HERS)
#define GONE_ELSEWHERE                                                       \
	POSTFIX FAILED("b@other.example", "5.1.1", "550 5.1.1 User unknown") \
		HEADERS(HERS)

static const struct {
	const char *source;
	struct returned_whose whose;
	enum returned_kind kind;
} weighed[] = {
	{ POSTFIX GONE HEADERS(HERS), { .address = BOB }, RETURNED_HARD },
	{ POSTFIX GONE HEADERS(HERS),
	  { .address = "BOB@Mailbox.example", .is_moved = true },
	  RETURNED_HARD },
	/* forwarded */
	{ GONE_ELSEWHERE, { .address = BOB }, RETURNED_SOFT },
	/* the old address is not there any more */
	{ POSTFIX GONE HEADERS(HERS),
	  { .address = "new@mailbox.example", .is_moved = true },
	  RETURNED_IGNORED },
	/* several, of whom one is theirs */
	{ POSTFIX FAILED("b@other.example", "5.2.2",
			 "552 full") "\r\n" GONE HEADERS(HERS),
	  { .address = BOB },
	  RETURNED_HARD },
	/* said before */
	{ POSTFIX GONE HEADERS(HERS),
	  { .address = BOB, .bounce = BOUNCE_HARD },
	  RETURNED_IGNORED },
	{ POSTFIX GONE HEADERS(HERS),
	  { .address = BOB, .bounce = BOUNCE_SOFT },
	  RETURNED_HARD },
	{ GONE_ELSEWHERE,
	  { .address = BOB, .bounce = BOUNCE_SOFT },
	  RETURNED_IGNORED },
	/* their server asked ours about us */
	{ TOLD_US,
	  { .address = BOB, .sender = "news@us.example" },
	  RETURNED_IGNORED },
	{ COMPLAINT("abuse") HEADERS(HERS),
	  { .address = "new@mailbox.example", .is_moved = true },
	  RETURNED_COMPLAINT },
	{ COMPLAINT("abuse") HEADERS(HERS),
	  { .address = BOB, .has_complained = true },
	  RETURNED_IGNORED },
};

static void the_ledger_has_a_say(void **state)
{
	const struct world *w = *state;

	for (size_t i = 0; i < ARRAY_SIZE(weighed); i++) {
		struct returned r = read_case(w, weighed[i].source);

		returned_weigh(&r, &weighed[i].whose, w->arena);
		if (r.kind != weighed[i].kind)
			fail_msg("%zu: %s (%s)", i, returned_kind_name(r.kind),
				 r.why);
	}
}

static void links_without_end_are_not_all_looked_at(void **state)
{
	const struct world *w = *state;
	CLEANUP(strbuf_release) struct strbuf source = STRBUF_INIT;
	struct returned r;
	struct err err = ERR_INIT;

	strbuf_addstr(&source, POSTFIX GONE "\r\n--cut\r\n\r\n");
	while (source.len < MAIL_REPORT_SOURCE_MAX - 10)
		strbuf_addstr(&source, "/t/u/A=\r\n");
	assert_int_equal(
		returned_read(strbuf_str(&source), w->ours, w->arena, &r, &err),
		0);
	assert_int_equal(r.kind, RETURNED_IGNORED);
	strbuf_addstr(&source, "too much of it");
	assert_int_equal(
		returned_read(strbuf_str(&source), w->ours, w->arena, &r, &err),
		-1);
	assert_int_equal(err.code, ERR_LIMIT);
}

#define TEST(function) \
	cmocka_unit_test_setup_teardown(function, open_world, close_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_report_says_what_and_of_whom),
		TEST(the_ledger_has_a_say),
		TEST(links_without_end_are_not_all_looked_at),
	};

	crypto_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
