#include "mail/message.h"

#include "mail/gmime_own.h"
#include "mail/qp.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <sys/wait.h>

#include <cmocka.h>

#define EMOJI "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7"

/* Names and subjects in many scripts; each is used for everything. */
static const char *const texts[] = {
	"plain ASCII",
	"Zo\xc3\xab \xc3\x85ngstr\xc3\xb6m",
	"\xd0\x90\xd0\xbd\xd0\xbd\xd0\xb0 \xd0\x9a\xd0\xb0\xd1\x80\xd0\xb5",
	"\xe5\xb1\xb1\xe7\x94\xb0 \xe5\xa4\xaa\xe9\x83\x8e",
	"\xd9\x85\xd8\xad\xd9\x85\xd8\xaf \xd8\xb9\xd9\x84\xd9\x8a",
	"\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d",
	EMOJI " family " EMOJI,
	"O'Neil & \"Sons\", Ltd. <x@y>; (c)",
	"back\\slash, =?UTF-8?Q?no?= = _ ?",
	"\xe0\xa4\xb9\xe0\xa4\xbf\xe0\xa4\xa8\xe0\xa5\x8d\xe0\xa4\xa6\xe0\xa5"
	"\x80",
	"a very long line of ASCII that goes on and on and must be folded "
	"somewhere, as lines of more than 78 columns are frowned upon",
};

static struct message message_with(struct str text)
{
	struct message m = {
		.layout = { .from = { text, STR("from@example.org") },
			    .reply_to = { text, STR("reply@example.org") },
			    .list_name = text,
			    .list_id = STR("a1.list.example.org") },
		.fields = { .to = { text, STR("to@example.net") },
			    .subject = text,
			    .message_id = STR("<1.2@example.org>"),
			    .date_ms = 1637707916000,
			    .unsubscribe_url = STR("https://example.org/u/1"),
			    .unsubscribe_mailto = STR("mailto:u@example.org") },
		.text = text,
		.html = text,
	};

	return m;
}

/* --- GMime as the reader --- */

static GMimeMessage *parse(const struct strbuf *source)
{
	CLEANUP(gmime_unref)
	GMimeStream *stream =
		g_mime_stream_mem_new_with_buffer(source->buf, source->len);
	CLEANUP(gmime_unref)
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);

	return g_mime_parser_construct_message(parser, NULL);
}

static void assert_mailbox(InternetAddressList *list, struct str name,
			   const char *address)
{
	InternetAddress *a = internet_address_list_get_address(list, 0);

	assert_int_equal(internet_address_list_length(list), 1);
	if (!str_is(name, internet_address_get_name(a)))
		fail_msg("%s", internet_address_get_name(a));
	assert_string_equal(
		internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(a)),
		address);
}

static void assert_part(GMimeObject *part, struct str text)
{
	CLEANUP(gmime_text_free)
	char *got = g_mime_text_part_get_text(GMIME_TEXT_PART(part));
	CLEANUP(strbuf_release) struct strbuf plain = STRBUF_INIT;
	const char *p;

	assert_non_null(got);
	for (p = got; *p; p++)
		if (*p != '\r')
			strbuf_addch(&plain, *p);
	assert_true(str_eq(text, strbuf_str(&plain)));
}

static void assert_headers(GMimeMessage *message, struct str text)
{
	GMimeObject *o = GMIME_OBJECT(message);

	assert_true(str_is(text, g_mime_message_get_subject(message)));
	assert_mailbox(g_mime_message_get_from(message), text,
		       "from@example.org");
	assert_mailbox(g_mime_message_get_to(message), text, "to@example.net");
	assert_mailbox(g_mime_message_get_reply_to(message), text,
		       "reply@example.org");
	assert_string_equal(g_mime_message_get_message_id(message),
			    "1.2@example.org");
	assert_string_equal(g_mime_object_get_header(o, "List-Unsubscribe"),
			    "<https://example.org/u/1>, "
			    "<mailto:u@example.org>");
	assert_string_equal(
		g_mime_object_get_header(o, "List-Unsubscribe-Post"),
		"List-Unsubscribe=One-Click");
	assert_int_equal(g_date_time_to_unix(g_mime_message_get_date(message)),
			 1637707916);
}

/* 7-bit, CRLF, lines of at most 78 columns but for a long quoted name. */
static void assert_fit_for_the_wire(const struct strbuf *source)
{
	struct str rest = strbuf_str(source), line;
	size_t i;

	for (i = 0; i < source->len; i++)
		assert_true(source->buf[i] > 0 && source->buf[i] < 127);
	assert_true(str_ends(rest, "\r\n"));
	while (rest.len > 0) {
		line = str_cut(&rest, '\n');
		assert_true(str_ends(line, "\r"));
		assert_true(line.len - 1 <= 78 || memchr(line.s, '"', 12));
		assert_null(memchr(line.s, '\r', line.len - 1));
	}
}

static void gmime_reads_what_was_meant(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
		CLEANUP(gmime_unref) GMimeMessage *parsed = NULL;
		struct message m = message_with(str_of(texts[i]));
		struct err err = ERR_INIT;
		GMimeMultipart *parts;

		assert_int_equal(message_build(&m, &out, &err), 0);
		assert_fit_for_the_wire(&out);
		parsed = parse(&out);
		assert_headers(parsed, m.text);
		parts = GMIME_MULTIPART(g_mime_message_get_mime_part(parsed));
		assert_int_equal(g_mime_multipart_get_count(parts), 2);
		assert_part(g_mime_multipart_get_part(parts, 0), m.text);
		assert_part(g_mime_multipart_get_part(parts, 1), m.html);
	}
}

static void one_part_needs_no_multipart(void **state)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct message m = message_with(STR("x"));
	struct err err = ERR_INIT;

	(void)state;
	m.text = (struct str){ NULL, 0 };
	assert_int_equal(message_build(&m, &out, &err), 0);
	assert_non_null(strstr(out.buf, "Content-Type: text/html;"));
	assert_null(strstr(out.buf, "multipart"));
	assert_true(str_ends(strbuf_str(&out), "\r\n\r\nx\r\n"));
}

static void carries_two_megabytes(void **state)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	CLEANUP(gmime_unref) GMimeMessage *parsed = NULL;
	struct message m = message_with(STR("large"));
	struct err err = ERR_INIT;

	(void)state;
	while (body.len < 2 * 1024 * 1024)
		strbuf_addstr(&body, "<p>O'Neil's \xe5\xb1\xb1 " EMOJI
				     " = . </p> From \n.\nFrom here\n");
	m.text = (struct str){ NULL, 0 };
	m.html = strbuf_str(&body);
	assert_int_equal(message_build(&m, &out, &err), 0);
	assert_fit_for_the_wire(&out);
	parsed = parse(&out);
	assert_part(g_mime_message_get_mime_part(parsed), m.html);
}

static void nothing_can_be_injected(void **state)
{
	static const char evil[] = "x\r\nBcc: victim@example.com\r\n\r\n"
				   "<script>\n\rX: y\n";
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	CLEANUP(gmime_unref) GMimeMessage *parsed = NULL;
	struct message m = message_with(str_of(evil));
	struct message_header extra = { "X-Extra", str_of(evil), true };
	struct err err = ERR_INIT;

	(void)state;
	m.layout.list_id = m.fields.message_id = str_of(evil);
	m.fields.unsubscribe_url = str_of(evil);
	m.fields.unsubscribe_mailto = str_of(evil);
	m.fields.to.address = str_of(evil);
	m.layout.from.address = str_of(evil);
	m.fields.extra = m.layout.extra = &extra;
	m.fields.extra_n = m.layout.extra_n = 1;
	m.text = m.html = STR("body");
	assert_int_equal(message_build(&m, &out, &err), 0);
	parsed = parse(&out);
	assert_null(g_mime_object_get_header(GMIME_OBJECT(parsed), "Bcc"));
	assert_null(g_mime_object_get_header(GMIME_OBJECT(parsed), "X"));
	assert_null(strstr(out.buf, "\r\nBcc"));
	assert_null(strstr(out.buf, "\r\n<script"));
}

static void refuses_messages_that_are_none(void **state)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct message_header extra = { "Bad name", STR("x"), false };
	struct message m = message_with(STR("x"));
	struct err err = ERR_INIT;

	(void)state;
	m.layout.extra = &extra;
	m.layout.extra_n = 1;
	assert_int_equal(message_build(&m, &out, &err), -1);
	m = message_with(STR("x"));
	m.layout.from.address.len = 0;
	assert_int_equal(message_build(&m, &out, &err), -1);
	m = message_with(STR("x"));
	m.text.len = m.html.len = 0;
	assert_int_equal(message_build(&m, &out, &err), -1);
	assert_int_equal(err.code, ERR_INVALID);
	assert_int_equal(out.len, 0);
}

/* --- Python's email package as the reader --- */

static const char python_script[] =
	"import email, email.policy, sys\n"
	"raw = open(sys.argv[1], 'rb').read()\n"
	"want = open(sys.argv[2], 'rb').read().decode()\n"
	"m = email.message_from_bytes(raw, policy=email.policy.default)\n"
	"assert not m.defects, m.defects\n"
	"assert m['subject'] == want, m['subject']\n"
	"for f, a in (('from', 'from@example.org'), ('to', 'to@example.net'),\n"
	"             ('reply-to', 'reply@example.org')):\n"
	"    assert not m[f].defects, m[f].defects\n"
	"    assert len(m[f].addresses) == 1\n"
	"    assert m[f].addresses[0].display_name == want, m[f]\n"
	"    assert m[f].addresses[0].addr_spec == a, m[f]\n"
	"assert m['date'].datetime.timestamp() == 1637707916\n"
	"for kind in 'plain', 'html':\n"
	"    part = m.get_body((kind,))\n"
	"    assert not part.defects, part.defects\n"
	"    assert part.get_content().rstrip('\\n') == want, kind\n";

static void write_file(const char *path, struct str s)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(s.s, 1, s.len, f), s.len);
	assert_int_equal(fclose(f), 0);
}

static int run_python(const char *script, const char *mail, const char *want)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		execlp("python3", "python3", script, mail, want, (char *)NULL);
		_exit(127);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 126;
}

static void python_reads_what_was_meant(void **state)
{
	char folder[] = "/tmp/muster-mail-XXXXXX";
	char script[64], mail[64], want[64];
	int exit_code = 0;
	size_t i;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(script, sizeof(script), "%s/check.py", folder);
	snprintf(mail, sizeof(mail), "%s/mail", folder);
	snprintf(want, sizeof(want), "%s/want", folder);
	write_file(script, str_of(python_script));
	for (i = 0; i < ARRAY_SIZE(texts) && exit_code == 0; i++) {
		CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
		struct message m = message_with(str_of(texts[i]));
		struct err err = ERR_INIT;

		assert_int_equal(message_build(&m, &out, &err), 0);
		write_file(mail, strbuf_str(&out));
		write_file(want, m.text);
		exit_code = run_python(script, mail, want);
	}
	(void)unlink(script);
	(void)unlink(mail);
	(void)unlink(want);
	(void)rmdir(folder);
	if (exit_code == 127)
		skip();
	assert_int_equal(exit_code, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gmime_reads_what_was_meant),
		cmocka_unit_test(one_part_needs_no_multipart),
		cmocka_unit_test(carries_two_megabytes),
		cmocka_unit_test(nothing_can_be_injected),
		cmocka_unit_test(refuses_messages_that_are_none),
		cmocka_unit_test(python_reads_what_was_meant),
	};

	gmime_begin();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
