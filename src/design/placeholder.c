#include "design/placeholder.h"

#include "base/cleanup.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* --- words --- */

/* Somebody else may write them in a sentence: only as all of a line. */
static const char *const lines[] = {
	"your name",
	"your company",
	"your company name",
	"company name",
	"your text",
	"your headline",
	"your heading",
	"your title",
	"your title here",
	"headline here",
	"your button text",
	"your address",
	"first name last name",
	"john doe",
	"jane doe",
	"ihr name",
	"ihre firma",
	"ihr unternehmen",
	"ihr firmenname",
	"firmenname",
	"ihr text",
	"ihre überschrift",
	"ihr titel",
	"ihre adresse",
	"text hier",
	"titel hier",
	"überschrift hier",
	"vorname nachname",
	"erika mustermann",
};

/* Nobody means them. */
static const char *const phrases[] = {
	"lorem ipsum",        "dolor sit amet",       "your name here",
	"your text here",     "your company here",    "your headline here",
	"insert text here",   "insert your text",     "insert name here",
	"add your text here", "write your text here", "type your text here",
	"placeholder text",   "text hier einfügen",   "hier text einfügen",
	"hier ihren text",    "hier steht ihr text",  "hier kommt ihr text",
	"ihr text hier",      "ihr name hier",        "platzhaltertext",
	"blindtext",          "max mustermann",       "musterstraße",
	"musterstadt",
};

/* In brackets or braces. */
static const char *const names[] = {
	"name",          "your name",    "first name",    "firstname",
	"last name",     "lastname",     "full name",     "company",
	"company name",  "your company", "date",          "time",
	"place",         "location",     "event",         "event name",
	"product",       "product name", "amount",        "price",
	"link",          "url",          "insert link",   "insert name",
	"email",         "e-mail",       "phone",         "address",
	"placeholder",   "text",         "title",         "ihr name",
	"vorname",       "nachname",     "firma",         "firmenname",
	"ihre firma",    "datum",        "uhrzeit",       "ort",
	"veranstaltung", "produkt",      "produktname",   "betrag",
	"preis",         "telefon",      "adresse",       "platzhalter",
	"titel",         "anrede",       "link einfügen", "name einfügen",
};

static bool same(struct str a, const char *b)
{
	return a.len == strlen(b) && strncasecmp(a.s, b, a.len) == 0;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* Dashes, quotes and the like, and a space that does not break. */
static const char *const marks[] = { "\xe2\x80", "\xc2\xa0", "\xc2\xab",
				     "\xc2\xbb" };

/* Bytes of what is no letter at the beginning, or at the end. */
static size_t edge(struct str s, bool at_end)
{
	for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
		size_t n = i == 0 ? 3 : 2;

		if (s.len >= n &&
		    memcmp(at_end ? s.s + s.len - n : s.s, marks[i], 2) == 0)
			return n;
	}
	return s.len && !is_word(at_end ? s.s[s.len - 1] : s.s[0]);
}

/* What stands around it is punctuation. */
static struct str bare(struct str s)
{
	size_t n;

	while ((n = edge(s, false)) > 0)
		s = (struct str){ s.s + n, s.len - n };
	while ((n = edge(s, true)) > 0)
		s.len -= n;
	return s;
}

/* No letters of the same word stand before or behind it. */
static bool is_apart(struct str line, size_t at, size_t n)
{
	struct str before = { line.s, at };
	struct str behind = { line.s + at + n, line.len - at - n };

	return (before.len == 0 || edge(before, true) > 0) &&
	       (behind.len == 0 || edge(behind, false) > 0);
}

static struct str find_phrase(struct str line, const char *phrase)
{
	size_t n = strlen(phrase);

	for (size_t i = 0; i + n <= line.len; i++)
		if (strncasecmp(line.s + i, phrase, n) == 0 &&
		    is_apart(line, i, n))
			return (struct str){ line.s + i, n };
	return STR("");
}

static bool is_name(struct str inside)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (same(str_trim(inside), names[i]))
			return true;
	return false;
}

/* Of braces, the innermost. */
static struct str find_name(struct str line)
{
	size_t open = line.len;

	for (size_t i = 0; i < line.len; i++) {
		if (line.s[i] == '[' || line.s[i] == '{') {
			open = i;
		} else if ((line.s[i] == ']' || line.s[i] == '}') && open < i) {
			if (is_name((struct str){ line.s + open + 1,
						  i - open - 1 }))
				return (struct str){ line.s + open,
						     i + 1 - open };
			open = line.len;
		}
	}
	return STR("");
}

struct str placeholder_in_words(struct str line)
{
	struct str all = bare(line);

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		if (same(all, lines[i]))
			return all;
	for (size_t i = 0; i < ARRAY_SIZE(phrases); i++) {
		struct str found = find_phrase(line, phrases[i]);

		if (found.len)
			return found;
	}
	return find_name(line);
}

/* --- links --- */

/* And what is below them. */
static const char *const hosts[] = {
	"example.com",        "example.org",      "example.net",
	"yourwebsite.com",    "your-website.com", "yoursite.com",
	"your-site.com",      "yourdomain.com",   "your-domain.com",
	"yourcompany.com",    "your-company.com", "ihrewebsite.de",
	"ihre-website.de",    "ihredomain.de",    "ihre-domain.de",
	"ihre-seite.de",      "ihre-firma.de",    "ihrefirma.de",
	"ihr-unternehmen.de", "musterfirma.de",
};

static const char *const picture_hosts[] = {
	"via.placeholder.com", "placeholder.com", "placehold.it",
	"placehold.co",        "dummyimage.com",
};

/* Begun, and led nowhere. */
static const char *const nowhere[] = {
	"#",
	"http://",
	"https://",
	"http://www.",
	"https://www.",
	"javascript:void(0)",
	"javascript:void(0);",
	"javascript:;",
};

/* Behind the scheme, or the @ of a mail's address. */
static struct str host_of(const char *href)
{
	const char *at = strstr(href, "//");
	struct str host;

	if (strncasecmp(href, "mailto:", 7) == 0) {
		at = strchr(href, '@');
		host = str_of(at ? at + 1 : "");
	} else {
		host = str_of(at && at - href <= 6 ? at + 2 : "");
	}
	host.len = strcspn(host.s, "/:?#");
	return host;
}

static bool is_below(struct str host, const char *name)
{
	size_t n = strlen(name);

	return host.len >= n &&
	       strncasecmp(host.s + host.len - n, name, n) == 0 &&
	       (host.len == n || host.s[host.len - n - 1] == '.');
}

static bool is_one_of(const char *href, const char *const *of, size_t n)
{
	struct str host = host_of(href);

	for (size_t i = 0; i < n; i++)
		if (is_below(host, of[i]))
			return true;
	return false;
}

bool placeholder_is_link(const char *href)
{
	for (size_t i = 0; i < ARRAY_SIZE(nowhere); i++)
		if (same(str_trim(str_of(href)), nowhere[i]))
			return true;
	return is_one_of(href, hosts, ARRAY_SIZE(hosts));
}

bool placeholder_is_picture(const char *src)
{
	return is_one_of(src, picture_hosts, ARRAY_SIZE(picture_hosts)) ||
	       is_one_of(src, hosts, ARRAY_SIZE(hosts));
}
