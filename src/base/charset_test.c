#include "base/charset.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define META(name) "<meta charset=\"" name "\">"
#define EQUIV(name)                        \
	"<META http-equiv='Content-Type' " \
	"content='text/html; charset=" name "'>"

struct sample {
	const char *name;
	struct str bytes;
	const char *text; /* NULL: refused */
};

#define SAMPLE(name, bytes, text)      \
	{                              \
		name, STR(bytes), text \
	}

static const struct sample samples[] = {
	SAMPLE("nothing", "", ""),
	SAMPLE("ASCII", "<p>a</p>", "<p>a</p>"),
	SAMPLE("UTF-8",
	       "Gr\xC3\xBC\xC3\x9F"
	       "e",
	       "Grüße"),
	SAMPLE("UTF-8 with a mark",
	       "\xEF\xBB\xBF"
	       "ü",
	       "ü"),
	SAMPLE("UTF-8 that calls itself another", META("windows-1252") "ü",
	       META("windows-1252") "ü"),
	SAMPLE("UTF-16, little end first", "\xFF\xFE\x61\0\xFC\0\x13\x20",
	       "aü–"),
	SAMPLE("UTF-16, big end first", "\xFE\xFF\0\x61\0\xFC\xD8\x3D\xDE\0",
	       "aü😀"),
	SAMPLE("UTF-32", "\xFF\xFE\0\0\x61\0\0\0", "a"),
	SAMPLE("the mark wins", "\xFF\xFE<\0p\0>\0\xE4\0", "<p>ä"),
	SAMPLE("Windows-1252", META("windows-1252") "\x84\xFC\x93 \x96",
	       META("windows-1252") "„ü“ –"),
	SAMPLE("Latin-1 is Windows-1252", EQUIV("iso-8859-1") "\x80",
	       EQUIV("iso-8859-1") "€"),
	SAMPLE("Latin-9", EQUIV("ISO-8859-15") "\xA4",
	       EQUIV("ISO-8859-15") "€"),
	SAMPLE("Latin-2", META("iso-8859-2") "\xB1", META("iso-8859-2") "ą"),
	SAMPLE("KOI8-R", META("koi8-r") "\xC1", META("koi8-r") "а"),
	SAMPLE("Windows-1251", META("windows-1251") "\xE0",
	       META("windows-1251") "а"),
	SAMPLE("Shift_JIS", META("Shift_JIS") "\x82\xA0",
	       META("Shift_JIS") "あ"),
	SAMPLE("ISO-2022-JP", META("iso-2022-jp") "\033$B$\"\033(B",
	       META("iso-2022-jp") "あ"),
	SAMPLE("without quotes", "<meta charset=latin1>\xE9",
	       "<meta charset=latin1>é"),
	SAMPLE("says nothing", "<p>Gr\xFC\xDF</p>", NULL),
	SAMPLE("says what nobody knows", META("x-mine") "\xFC", NULL),
	SAMPLE("says UTF-8 and is not", META("utf-8") "\xFC", NULL),
	SAMPLE("says UTF-16 and is not", META("utf-16") "\xFC", NULL),
	SAMPLE("no character of it", META("windows-1252") "\x81", NULL),
	SAMPLE("UTF-16 without a mark", "a\0b\0", NULL),
	SAMPLE("UTF-16 cut short", "\xFF\xFE\x61", NULL),
	SAMPLE("a picture", "\x89PNG\r\n\x1a\n\0\0\0", NULL),
};

static void a_file_is_decoded_or_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
		const struct sample *s = &samples[i];
		struct err err = ERR_INIT;
		int rc = charset_decode(s->bytes, &out, &err);

		if (rc == 0 && (!s->text || strcmp(out.buf, s->text) != 0))
			fail_msg("%s: gives %s", s->name, out.buf);
		if (rc < 0 && (s->text || err.code != ERR_INVALID ||
			       !strstr(err.text, "UTF-8")))
			fail_msg("%s: %s", s->name, err.text);
	}
}

static void a_wrong_charset_is_mended(void **state)
{
	static const char *const cases[][2] = {
		{ "", "" },
		{ "<p>charset=latin1</p>", "<p>charset=latin1</p>" },
		{ META("windows-1252"), META("utf-8") },
		{ META("UTF-8"), META("UTF-8") },
		{ EQUIV("unicode") "x", EQUIV("utf-8") "x" },
		{ "<meta charset = latin1 />", "<meta charset = utf-8 />" },
		{ "<meta\ncharset='koi8-r'>", "<meta\ncharset='utf-8'>" },
		{ "<meta name=x>" META("a") "<b>" META("b"),
		  "<meta name=x>" META("utf-8") "<b>" META("utf-8") },
		{ "<metal charset=a>", "<metal charset=a>" },
		{ "\xEF\xBB\xBF<p>", "<p>" },
		{ "<meta charset=", "<meta charset=" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

		charset_mend(str_of(cases[i][0]), &out);
		assert_string_equal(out.buf, cases[i][1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_decoded_or_refused),
		cmocka_unit_test(a_wrong_charset_is_mended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
