/* Languages by the codes that members have. Pure. */
#include "base/cleanup.h"
#include "campaign/merge/merge_private.h"

struct str merge_language_label(struct str code)
{
	static const struct {
		const char *code, *label;
	} known[] = {
		{ "ar", "Arabic" },     { "af", "Afrikaans" },
		{ "be", "Belarusian" }, { "bg", "Bulgarian" },
		{ "ca", "Catalan" },    { "cs", "Czech" },
		{ "da", "Danish" },     { "de", "German" },
		{ "el", "Greek" },      { "en", "English" },
		{ "es", "Spanish" },    { "et", "Estonian" },
		{ "eu", "Basque" },     { "fa", "Persian" },
		{ "fi", "Finnish" },    { "fr", "French" },
		{ "ga", "Irish" },      { "gl", "Galician" },
		{ "he", "Hebrew" },     { "hi", "Hindi" },
		{ "hr", "Croatian" },   { "hu", "Hungarian" },
		{ "id", "Indonesian" }, { "is", "Icelandic" },
		{ "it", "Italian" },    { "ja", "Japanese" },
		{ "ka", "Georgian" },   { "km", "Khmer" },
		{ "ko", "Korean" },     { "lt", "Lithuanian" },
		{ "lv", "Latvian" },    { "mk", "Macedonian" },
		{ "ms", "Malay" },      { "mt", "Maltese" },
		{ "nl", "Dutch" },      { "no", "Norwegian" },
		{ "nb", "Norwegian" },  { "nn", "Norwegian" },
		{ "pl", "Polish" },     { "pt", "Portuguese" },
		{ "ro", "Romanian" },   { "ru", "Russian" },
		{ "sk", "Slovak" },     { "sl", "Slovenian" },
		{ "sq", "Albanian" },   { "sr", "Serbian" },
		{ "sv", "Swedish" },    { "sw", "Swahili" },
		{ "ta", "Tamil" },      { "th", "Thai" },
		{ "tr", "Turkish" },    { "uk", "Ukrainian" },
		{ "ur", "Urdu" },       { "vi", "Vietnamese" },
		{ "zh", "Chinese" },
	};
	struct str first = code;

	for (size_t i = 0; i < code.len; i++)
		if (code.s[i] == '-' || code.s[i] == '_') {
			first.len = i;
			break;
		}
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (str_ieq(first, known[i].code))
			return str_of(known[i].label);
	return code;
}
