#include "base/text/uri.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "base/text/idna.h"

#include <string.h>
#include <strings.h>

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

static void add_host(struct str host, struct strbuf *out)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct err why = ERR_INIT; /* then it is no domain */

	strbuf_addslice(&text, host);
	if (str_is_ascii(host) || memchr(host.s, '\0', host.len) ||
	    idna_to_ascii(text.buf, out, &why) < 0)
		add_encoded(host, out);
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

static bool begins(struct str s, const char *scheme)
{
	size_t n = strlen(scheme);

	return s.len >= n && strncasecmp(s.s, scheme, n) == 0;
}

bool uri_is_web(struct str uri)
{
	size_t start, end;

	if (!begins(uri, "http://") && !begins(uri, "https://"))
		return false;
	find_host(uri, &start, &end);
	return end > start;
}
