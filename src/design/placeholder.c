#include "design/placeholder.h"

#include "base/cleanup.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define LINK_MAX 300 /* bytes that are looked at in a line */

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
	"your subject",
	"your subject line",
	"subject line",
	"your preview text",
	"your message",
	"enter text",
	"enter your text",
	"enter your name",
	"insert text",
	"add text",
	"click to edit",
	"text goes here",
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
	"ihr betreff",
	"betreffzeile",
	"text eingeben",
	"text einfügen",
	"ihre nachricht",
	"votre nom",
	"votre texte",
	"votre titre",
	"votre entreprise",
	"votre objet",
	"saisissez votre texte",
	"su nombre",
	"su texto",
	"su empresa",
	"tu nombre",
	"il tuo nome",
	"il tuo testo",
	"o seu nome",
	"o seu texto",
	"uw naam",
	"uw tekst",
	"jouw naam",
	"jouw tekst",
};

/* Nobody means them. */
static const char *const phrases[] = {
	"lorem ipsum",
	"dolor sit amet",
	"your name here",
	"your text here",
	"your company here",
	"your headline here",
	"insert text here",
	"insert your text",
	"insert name here",
	"add your text here",
	"write your text here",
	"type your text here",
	"placeholder text",
	"text hier einfügen",
	"hier text einfügen",
	"hier ihren text",
	"hier steht ihr text",
	"hier kommt ihr text",
	"ihr text hier",
	"ihr name hier",
	"platzhaltertext",
	"blindtext",
	"max mustermann",
	"musterstraße",
	"musterstadt",
	"your subject here",
	"subject line here",
	"your message here",
	"your link here",
	"preview text here",
	"enter text here",
	"enter your text here",
	"enter your name here",
	"your button here",
	"your content here",
	"your content goes here",
	"your text goes here",
	"ihr betreff hier",
	"betreff hier eingeben",
	"text hier eingeben",
	"hier text eingeben",
	"hier ihren betreff",
	"ihre überschrift hier",
	"ihre nachricht hier",
	"ihr link hier",
	"votre nom ici",
	"votre texte ici",
	"votre titre ici",
	"insérez votre texte",
	"votre objet ici",
	"su nombre aquí",
	"tu nombre aquí",
	"su texto aquí",
	"tu texto aquí",
	"su asunto aquí",
	"escriba su texto aquí",
	"il tuo nome qui",
	"il tuo testo qui",
	"inserisci qui il testo",
	"o seu nome aqui",
	"o seu texto aqui",
	"seu texto aqui",
	"uw naam hier",
	"uw tekst hier",
	"jouw naam hier",
	"jouw tekst hier",
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

/* Bytes of the one that stands there; 0: none does. */
static size_t phrase_at(struct str line, size_t at)
{
	for (size_t i = 0; i < ARRAY_SIZE(phrases); i++) {
		size_t n = strlen(phrases[i]);

		if (n <= line.len - at &&
		    strncasecmp(line.s + at, phrases[i], n) == 0 &&
		    is_apart(line, at, n))
			return n;
	}
	return 0;
}

static bool is_name(struct str inside)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (same(str_trim(inside), names[i]))
			return true;
	return false;
}

/* Of braces, the innermost. */
static size_t name_at(struct str line, size_t at)
{
	size_t end = at + 1;

	if (line.s[at] != '[' && line.s[at] != '{')
		return 0;
	while (end < line.len && !strchr("[]{}", line.s[end]))
		end++;
	if (end == line.len || (line.s[end] != ']' && line.s[end] != '}') ||
	    !is_name((struct str){ line.s + at + 1, end - at - 1 }))
		return 0;
	return end + 1 - at;
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

/* --- in a line --- */

static bool begins(struct str text, const char *with)
{
	size_t n = strlen(with);

	return text.len >= n && strncasecmp(text.s, with, n) == 0;
}

/* What of a text that begins there is its address. */
static size_t address_length(struct str text)
{
	size_t n = 0;

	while (n < text.len && (unsigned char)text.s[n] > ' ' &&
	       !strchr("<>()[]{}\"'|", text.s[n]))
		n++;
	while (n > 0 && strchr(".,;:!?*", text.s[n - 1]))
		n--;
	return n;
}

/* Bytes of the link that begins there; 0: none does. */
static size_t link_at(struct str line, size_t at)
{
	struct str rest = { line.s + at, line.len - at };

	return begins(rest, "www.") || begins(rest, "http://") ||
			       begins(rest, "https://")
		       ? address_length(rest)
		       : 0;
}

static bool leads_nowhere(struct str link)
{
	char href[LINK_MAX];

	if (link.len + 3 > sizeof(href))
		return false;
	(void)snprintf(href, sizeof(href), "%s%.*s",
		       begins(link, "www.") ? "//" : "", (int)link.len, link.s);
	return placeholder_is_link(href);
}

static bool is_begin(struct str line, size_t at)
{
	struct str before = { line.s, at };

	return at == 0 || edge(before, true) > 0;
}

/* What stands there, as far as it is one thing: *is_one, is it a placeholder?
 * 0: it is just a letter. */
static size_t thing_at(struct str line, size_t at, bool *is_one)
{
	size_t n = name_at(line, at);

	*is_one = true;
	if (n > 0 || !is_begin(line, at))
		return n;
	n = link_at(line, at);
	if (n == 0)
		return phrase_at(line, at);
	*is_one = leads_nowhere((struct str){ line.s + at, n });
	return n;
}

static bool is_line(struct str all)
{
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		if (same(all, lines[i]))
			return true;
	return false;
}

bool placeholder_next(struct str line, size_t *at, struct str *found)
{
	if (*at == 0 && is_line(bare(line))) {
		*found = bare(line);
		*at = line.len;
		return true;
	}
	for (size_t i = *at, n; i < line.len; i += n ? n : 1) {
		bool is_one;

		n = thing_at(line, i, &is_one);
		if (n == 0 || !is_one)
			continue;
		*found = (struct str){ line.s + i, n };
		*at = i + n;
		return true;
	}
	return false;
}
