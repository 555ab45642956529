#include "base/text/language_code.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void codes_and_names_are_known(void **state)
{
	static const char *const cases[][2] = {
		{ "de", "de" },
		{ "DE", "de" },
		{ " de-AT ", "de" },
		{ "de_CH", "de" },
		{ "zh-Hant-TW", "zh" },
		{ "pt", "pt" },
		{ "pt-BR", "pt" },
		{ "pt-PT", "pt_PT" },
		{ "FR_ca", "fr_CA" },
		{ "es-ES", "es_ES" },
		{ "es-MX", "es" },
		{ "iw", "he" },
		{ "nb-NO", "no" },
		{ "German", "de" },
		{ "DEUTSCH", "de" },
		{ "allemand", "de" },
		{ "Français", "fr" },
		{ "ÁRABE", "ar" },
		{ "العربية", "ar" },
		{ "日本語", "ja" },
		{ "Türkçe", "tr" },
		/* none of them */
		{ "", "" },
		{ "d", "" },
		{ "xx", "" },
		{ "Klingon", "" },
		{ "deu", "" },
		{ "de and fr", "" },
		{ "-de", "" },
		{ "\xff\xfe", "" },
		{ "Deutschdeutschdeutschdeutschdeutschdeutsch", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *found = language_code_parse(str_of(cases[i][0]));

		if (strcmp(found ? found : "", cases[i][1]) != 0)
			fail_msg("%s: %s", cases[i][0], found ? found : "-");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_and_names_are_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
