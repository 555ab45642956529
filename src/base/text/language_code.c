#include "base/text/language_code.h"

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "base/utf8.h"

#include <string.h>

#define TEXT_MAX_BYTES 40

static const char *const codes[] = {
	"af", "ar", "be", "bg",    "ca",    "cs",    "da", "de", "el",
	"en", "es", "et", "fa",    "fi",    "fr",    "ga", "he", "hi",
	"hr", "hu", "id", "is",    "it",    "ja",    "km", "ko", "lt",
	"lv", "mk", "ms", "mt",    "nl",    "no",    "pl", "pt", "ro",
	"ru", "sk", "sl", "sr",    "sv",    "sw",    "ta", "th", "tr",
	"uk", "vi", "zh", "es_ES", "fr_CA", "pt_PT",
};

/* Codes of others for the same. */
static const char *const aliases[][2] = {
	{ "iw", "he" },
	{ "in", "id" },
	{ "nb", "no" },
	{ "nn", "no" },
};

/* Folded: in their own language, in English, and as neighbours call them. */
static const char *const names[][2] = {
	{ "ar", "arabic" },         { "ar", "arabisch" },
	{ "ar", "arabe" },          { "ar", "árabe" },
	{ "ar", "arabo" },          { "ar", "العربية" },
	{ "ar", "عربي" },           { "bg", "bulgarian" },
	{ "bg", "bulgarisch" },     { "bg", "български" },
	{ "ca", "catalan" },        { "ca", "català" },
	{ "ca", "katalanisch" },    { "cs", "czech" },
	{ "cs", "tschechisch" },    { "cs", "čeština" },
	{ "da", "danish" },         { "da", "dänisch" },
	{ "da", "dansk" },          { "de", "german" },
	{ "de", "deutsch" },        { "de", "allemand" },
	{ "de", "alemán" },         { "de", "aleman" },
	{ "de", "tedesco" },        { "de", "alemão" },
	{ "de", "duits" },          { "el", "greek" },
	{ "el", "griechisch" },     { "el", "ελληνικά" },
	{ "en", "english" },        { "en", "englisch" },
	{ "en", "anglais" },        { "en", "inglés" },
	{ "en", "ingles" },         { "en", "inglese" },
	{ "en", "inglês" },         { "en", "engels" },
	{ "es", "spanish" },        { "es", "spanisch" },
	{ "es", "espagnol" },       { "es", "español" },
	{ "es", "espanol" },        { "es", "castellano" },
	{ "es", "spagnolo" },       { "es", "espanhol" },
	{ "es", "spaans" },         { "et", "estonian" },
	{ "fa", "persian" },        { "fa", "farsi" },
	{ "fa", "persisch" },       { "fa", "فارسی" },
	{ "fi", "finnish" },        { "fi", "finnisch" },
	{ "fi", "suomi" },          { "fr", "french" },
	{ "fr", "französisch" },    { "fr", "franzoesisch" },
	{ "fr", "français" },       { "fr", "francais" },
	{ "fr", "francés" },        { "fr", "frances" },
	{ "fr", "francese" },       { "fr", "francês" },
	{ "fr", "frans" },          { "he", "hebrew" },
	{ "he", "hebräisch" },      { "he", "hébreu" },
	{ "he", "עברית" },          { "hr", "croatian" },
	{ "hr", "kroatisch" },      { "hr", "hrvatski" },
	{ "hu", "hungarian" },      { "hu", "ungarisch" },
	{ "hu", "magyar" },         { "it", "italian" },
	{ "it", "italienisch" },    { "it", "italien" },
	{ "it", "italiano" },       { "it", "italiaans" },
	{ "ja", "japanese" },       { "ja", "japanisch" },
	{ "ja", "日本語" },         { "ko", "korean" },
	{ "ko", "koreanisch" },     { "nl", "dutch" },
	{ "nl", "niederländisch" }, { "nl", "holländisch" },
	{ "nl", "néerlandais" },    { "nl", "neerlandés" },
	{ "nl", "olandese" },       { "nl", "holandês" },
	{ "nl", "nederlands" },     { "no", "norwegian" },
	{ "no", "norwegisch" },     { "no", "norsk" },
	{ "pl", "polish" },         { "pl", "polnisch" },
	{ "pl", "polonais" },       { "pl", "polski" },
	{ "pt", "portuguese" },     { "pt", "portugiesisch" },
	{ "pt", "portugais" },      { "pt", "portugués" },
	{ "pt", "portoghese" },     { "pt", "português" },
	{ "pt", "portugees" },      { "ro", "romanian" },
	{ "ro", "rumänisch" },      { "ro", "română" },
	{ "ru", "russian" },        { "ru", "russisch" },
	{ "ru", "russe" },          { "ru", "русский" },
	{ "sk", "slovak" },         { "sk", "slowakisch" },
	{ "sl", "slovenian" },      { "sl", "slowenisch" },
	{ "sr", "serbian" },        { "sr", "serbisch" },
	{ "sv", "swedish" },        { "sv", "schwedisch" },
	{ "sv", "svenska" },        { "tr", "turkish" },
	{ "tr", "türkisch" },       { "tr", "turc" },
	{ "tr", "türkçe" },         { "uk", "ukrainian" },
	{ "uk", "ukrainisch" },     { "uk", "українська" },
	{ "vi", "vietnamese" },     { "zh", "chinese" },
	{ "zh", "chinesisch" },     { "zh", "chinois" },
	{ "zh", "中文" },
};

static const char *find_code(struct str text)
{
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		if (str_ieq(text, codes[i]))
			return codes[i];
	for (size_t i = 0; i < ARRAY_SIZE(aliases); i++)
		if (str_ieq(text, aliases[i][0]))
			return aliases[i][1];
	return NULL;
}

/* With its country, if that makes another code of it; else without. */
static const char *find_tag(struct str text)
{
	char tag[LANGUAGE_CODE_MAX];
	size_t n = 0;

	while (n < text.len && text.s[n] != '-' && text.s[n] != '_')
		n++;
	if (n < 2 || n > 3)
		return NULL;
	if (n == 2 && text.len == sizeof(tag)) {
		const char *found;

		memcpy(tag, text.s, sizeof(tag));
		tag[2] = '_';
		found = find_code((struct str){ tag, sizeof(tag) });
		if (found)
			return found;
	}
	return find_code((struct str){ text.s, n });
}

static const char *find_name(struct str text)
{
	CLEANUP(strbuf_release) struct strbuf folded = STRBUF_INIT;

	utf8_fold(text, &folded);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(names[i][1], folded.buf) == 0)
			return names[i][0];
	return NULL;
}

const char *language_code_parse(struct str text)
{
	const char *found;

	text = str_trim(text);
	if (text.len < 2 || text.len > TEXT_MAX_BYTES || !utf8_is_valid(text))
		return NULL;
	found = find_tag(text);
	return found ? found : find_name(text);
}
