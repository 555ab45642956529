#include "reader/reader_text.h"

#include "base/str.h"
#include "base/strbuf.h"
#include "reader/languages.h"

#include <stddef.h>
#include <string.h>

#define COMPANY "*|LIST:COMPANY|*"

const struct reader_language *const reader_languages[] = {
	&reader_english, &reader_german, &reader_french,     &reader_spanish,
	&reader_italian, &reader_dutch,  &reader_portuguese, &reader_arabic,
	&reader_hebrew,  NULL,
};

const char *reader_direction(const struct reader_language *language)
{
	return language->rtl ? "rtl" : "ltr";
}

void reader_text_fill(const char *text, const char *company, struct strbuf *out)
{
	const char *at;

	while ((at = strstr(text, COMPANY)) != NULL) {
		strbuf_add(out, text, (size_t)(at - text));
		strbuf_addstr(out, company);
		text = at + strlen(COMPANY);
		/* a sentence that ends with "e.V." ends there */
		if (*text == '.' && str_ends(str_of(company), "."))
			text++;
	}
	strbuf_addstr(out, text);
}

int reader_language_place(const struct reader_language *language)
{
	int at = 0;

	while (reader_languages[at] && reader_languages[at] != language)
		at++;
	return at;
}

const struct reader_language *reader_language_english(void)
{
	return &reader_english;
}

static const struct reader_language *find(struct str tag)
{
	size_t n = 0;

	while (n < tag.len && tag.s[n] != '-' && tag.s[n] != '_')
		n++;
	tag.len = n;
	if (str_ieq(tag, "iw")) /* as Java says Hebrew to this day */
		return &reader_hebrew;
	for (const struct reader_language *const *l = reader_languages; *l; l++)
		if (str_ieq(tag, (*l)->tag))
			return *l;
	return NULL;
}

const struct reader_language *reader_language_find(const char *tag)
{
	return find(str_trim(str_of(tag)));
}

/* Of "de;q=0.8"; 1 if nothing is said, 0 (not wanted) if it is no number. */
static double liking(struct str parameters)
{
	double q = 1;

	while (parameters.len) {
		struct str value = str_trim(str_cut(&parameters, ';'));
		struct str name = str_trim(str_cut(&value, '='));

		if (str_ieq(name, "q") && !str_to_double(str_trim(value), &q))
			return 0;
	}
	return q;
}

const struct reader_language *reader_language_accepted(const char *header)
{
	const struct reader_language *best = &reader_english;
	struct str rest = str_of(header);
	double best_q = 0;

	while (rest.len) {
		struct str parameters = str_cut(&rest, ',');
		struct str tag = str_trim(str_cut(&parameters, ';'));
		const struct reader_language *language = find(tag);
		double q = liking(parameters);

		if (language && q > best_q) {
			best = language;
			best_q = q;
		}
	}
	return best;
}
