#include "campaign/file/file_type.h"

#include "base/cleanup.h"
#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define ZIP "PK\003\004................"

static void bytes_say_what_a_file_is(void **state)
{
	static const struct {
		const char *bytes, *name;
		int found;
		enum file_type type;
	} cases[] = {
		{ "%PDF-1.7 ...", "x.html", 1, FILE_PDF },
		{ ZIP "word/document.xml", "x", 1, FILE_DOCX },
		{ ZIP "xl/workbook.xml", "x.zip", 1, FILE_XLSX },
		{ ZIP "ppt/presentation.xml", "x", 1, FILE_PPTX },
		{ ZIP "mimetypeapplication/vnd.oasis.opendocument.text", "x", 1,
		  FILE_ODT },
		{ "a,b\n1,2\n", "x.CSV", 1, FILE_CSV },
		{ "a,b\n1,2\n", "x.pdf", 1, FILE_TXT },
		{ "BEGIN:VCALENDAR\r\n", "x.txt", 1, FILE_ICS },
		{ "\xEF\xBB\xBF"
		  "BEGIN:VCARD\r\n",
		  "x", 1, FILE_VCF },
		{ "مرحبا", "x", 1, FILE_TXT },
		{ "1 < 2", "x", 1, FILE_TXT },
		/* not taken */
		{ "  <p>x</p>", "x.txt", -1, 0 },
		{ "hello <SCRIPT>x", "x.txt", -1, 0 },
		{ "hello <?xml ?><svg/>", "x.txt", -1, 0 },
		{ "alert(1)", "x.js", -1, 0 },
		{ "alert(1)", "x.SVG", -1, 0 },
		{ ZIP "word/document.xml word/vbaProject.bin", "x", -1, 0 },
		{ ZIP "setup.exe", "x.docx", -1, 0 },
		{ "\xD0\xCF\x11\xE0\xA1", "x.doc", -1, 0 },
		/* another's */
		{ "\x89PNG\r\n\x1a\n", "x.txt", 0, 0 },
		{ "MZ\x90\x01", "x.txt", 0, 0 },
		{ "\xff\xfe"
		  "a",
		  "x.txt", 0, 0 },
		{ "", "x.txt", 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		enum file_type type = 0;
		struct err err = ERR_INIT;
		int found = file_type_of_document(str_of(cases[i].bytes),
						  cases[i].name, &type, &err);

		if (found != cases[i].found || type != cases[i].type)
			fail_msg("%zu: %d, type %d", i, found, (int)type);
		assert_int_equal(err.code, found < 0 ? ERR_INVALID : 0);
	}
}

static void each_kind_is_served_as_it_is_called(void **state)
{
	(void)state;
	for (int type = FILE_PDF; type <= FILE_VCF; type++) {
		assert_false(file_type_is_image((enum file_type)type));
		assert_true(*file_type_ending((enum file_type)type));
		assert_null(
			strstr(file_type_mime((enum file_type)type), "html"));
	}
	assert_true(file_type_is_image(FILE_GIF));
	assert_string_equal(file_type_mime(FILE_GIF), "image/gif");
	assert_string_equal(file_type_ending(FILE_JPEG), "jpg");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_say_what_a_file_is),
		cmocka_unit_test(each_kind_is_served_as_it_is_called),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
