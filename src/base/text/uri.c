#include "base/text/uri.h"

#include "base/cleanup.h"

#include <idn2.h>
#include <string.h>

static bool is_ascii(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.s[i] >= 0x80)
			return false;
	return true;
}

/* RFC 3986, section 2: unreserved, reserved, and what begins an escape. */
static bool may_stand(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') ||
	       (c != '\0' && strchr("-._~:/?#[]@!$&'()*+,;=%", c));
}

static void add_encoded(struct str s, struct strbuf *out)
{
	for (size_t i = 0; i < s.len; i++) {
		if (may_stand(s.s[i]))
			strbuf_addch(out, s.s[i]);
		else
			strbuf_add_url(out, (struct str){ s.s + i, 1 });
	}
}

static void label_free(char **s)
{
	idn2_free(*s);
	*s = NULL;
}

static void add_host(struct str host, struct strbuf *out)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(label_free) char *ascii = NULL;

	strbuf_addslice(&text, host);
	if (is_ascii(host) || memchr(host.s, '\0', host.len) ||
	    idn2_to_ascii_8z(text.buf, &ascii,
			     IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) != IDN2_OK)
		add_encoded(host, out);
	else
		strbuf_addstr(out, ascii);
}

static size_t find(struct str s, size_t from, const char *any)
{
	while (from < s.len && (s.s[from] == '\0' || !strchr(any, s.s[from])))
		from++;
	return from;
}

/* Of the host: behind "//" and who logs in there, before the port and what
 * follows. None: both are 0. */
static void find_host(struct str text, size_t *start, size_t *end)
{
	const char *slashes =
		text.len ? memmem(text.s, text.len, "//", 2) : NULL;
	size_t at;

	*start = *end = 0;
	if (!slashes || find(text, 0, "/?#") < (size_t)(slashes - text.s))
		return;
	*start = (size_t)(slashes - text.s) + 2;
	*end = find(text, *start, "/?#");
	at = find((struct str){ text.s, *end }, *start, "@");
	if (at < *end)
		*start = at + 1;
	*end = find((struct str){ text.s, *end }, *start, ":");
}

void uri_of_text(struct str text, struct strbuf *out)
{
	size_t start, end;

	find_host(text, &start, &end);
	add_encoded((struct str){ text.s, start }, out);
	add_host((struct str){ text.s + start, end - start }, out);
	add_encoded((struct str){ text.s + end, text.len - end }, out);
}
