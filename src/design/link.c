#include "design/link.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/email.h"

#include <string.h>

#define TAG_MAX 500

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

size_t link_merge_tag(struct str s)
{
	size_t most = s.len < TAG_MAX ? s.len : TAG_MAX;

	if (s.len < 5 || s.s[0] != '*' || s.s[1] != '|' || !is_letter(s.s[2]))
		return 0;
	for (size_t i = 2; i + 1 < most; i++) {
		if (s.s[i] == '|' && s.s[i + 1] == '*')
			return i + 2;
		if (s.s[i] == '*' || s.s[i] == '\n' || s.s[i] == '\r')
			return 0;
	}
	return 0;
}

/* Without tags, and without what browsers skip: a tag may become nothing. */
static void strip(struct str s, struct strbuf *out)
{
	for (size_t i = 0; i < s.len;) {
		size_t n = link_merge_tag((struct str){ s.s + i, s.len - i });

		if (n == 0 && (unsigned char)s.s[i] > ' ')
			strbuf_addch(out, s.s[i]);
		i += n ? n : 1;
	}
}

/* Line breaks and tabs are no part of an address, spaces around it neither. */
static struct str clean(struct str raw, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf sb = STRBUF_INIT;

	for (size_t i = 0; i < raw.len; i++)
		if ((unsigned char)raw.s[i] >= ' ' && raw.s[i] != 0x7f)
			strbuf_addch(&sb, raw.s[i]);
	strbuf_trim(&sb);
	return str_of(arena_str(arena, strbuf_str(&sb)));
}

/* What stands before the first colon, if that may be read as a scheme: nothing
 * that only stands in a path or query. */
static struct str scheme_of(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.s[i] == ':')
			return (struct str){ s.s, i };
		if (s.s[i] == '/' || s.s[i] == '?' || s.s[i] == '#')
			break;
	}
	return (struct str){ NULL, 0 };
}

static bool is_allowed(struct str scheme, enum link_use use)
{
	static const char *const allowed[] = { "https", "http", "mailto", "tel",
					       "sms" };
	size_t n = use == LINK_SRC ? 2 : ARRAY_SIZE(allowed);

	for (size_t i = 0; i < n; i++)
		if (str_ieq(scheme, allowed[i]))
			return true;
	return false;
}

/* "example.org/path": a name with a dot, before anything else. */
static bool is_host(struct str s)
{
	bool dot = false;
	size_t i;

	for (i = 0;
	     i < s.len && s.s[i] != '/' && s.s[i] != '?' && s.s[i] != '#';
	     i++) {
		unsigned char c = (unsigned char)s.s[i];

		if (c < 0x80 && !is_letter((char)c) && !is_digit((char)c) &&
		    c != '.' && c != '-')
			return false;
		dot |= c == '.' && i > 0;
	}
	return dot && s.s[i - 1] != '.';
}

static const char *refuse(struct str s, enum link_use use, struct problems *p)
{
	const char *what = arena_str(p->arena, s);

	problem_fail(p, "bad_link", what,
		     use == LINK_SRC
			     ? "The picture's address cannot be used in "
			       "a mail, so it is left out."
			     : "The link leads nowhere in a mail, so it "
			       "is left out.");
	return NULL;
}

/* Browsers put it before as well: told only where something else may be meant.
 */
static const char *complete(const char *before, struct str s, bool is_certain,
			    struct problems *p)
{
	const char *whole =
		arena_printf(p->arena, "%s%.*s", before, (int)s.len, s.s);

	if (!is_certain)
		problem_warn(p, "completed_link", whole,
			     "The address had no beginning; %s was put before "
			     "it.",
			     before);
	return whole;
}

static const char *without_scheme(struct str s, struct str bare,
				  enum link_use use, struct problems *p)
{
	bool begins_with_tag = link_merge_tag(s) > 0;

	if (use == LINK_HREF && s.s[0] == '#')
		return arena_str(p->arena, s);
	if (str_starts(s, "//") && s.len > 2)
		return arena_printf(p->arena, "https:%s", s.s);
	/* a colon is behind a path or query: it is no scheme's */
	if (begins_with_tag)
		return arena_str(p->arena, s);
	if (use == LINK_HREF && email_is_valid(s.s))
		return complete("mailto:", s, true, p);
	if (is_host(bare) && !memchr(s.s, ' ', s.len))
		return complete("https://", s, str_starts(bare, "www."), p);
	return refuse(s, use, p);
}

const char *link_read(struct str raw, enum link_use use, struct problems *p)
{
	CLEANUP(strbuf_release) struct strbuf bare = STRBUF_INIT;
	struct str s = clean(raw, p->arena);
	struct str scheme;

	if (s.len == 0)
		return NULL;
	strip(s, &bare);
	scheme = scheme_of(strbuf_str(&bare));
	if (!scheme.s)
		return without_scheme(s, strbuf_str(&bare), use, p);
	if (!is_allowed(scheme, use))
		return refuse(s, use, p);
	if (str_ieq(scheme, "http"))
		problem_warn(p, "http_link", s.s,
			     "The address is not encrypted (http): use https "
			     "if the site has it.");
	return arena_str(p->arena, s);
}
