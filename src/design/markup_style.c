/*
 * Inline styles of authors, declaration by declaration. Called by
 * markup_tag.c; pure.
 */
#include "base/arena.h"
#include "base/cleanup.h"
#include "design/link.h"
#include "design/markup_private.h"

#include <string.h>
#include <strings.h>

/* Nothing may lie over what we add, or hide it. */
static bool is_refused_name(struct str name)
{
	static const char *const refused[] = { "behavior", "-moz-binding",
					       "position", "z-index" };

	if (name.len == 0 || str_has_word(name, "script"))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		if (str_ieq(name, refused[i]))
			return true;
	for (size_t i = 0; i < name.len; i++)
		if (!((name.s[i] | 32) >= 'a' && (name.s[i] | 32) <= 'z') &&
		    name.s[i] != '-')
			return true;
	return false;
}

/* url(...) of a picture of the web. */
static bool has_good_urls(struct str value, struct problems *p)
{
	for (size_t i = 0; i + 4 <= value.len; i++) {
		struct str inner;
		const char *end;

		if (strncasecmp(value.s + i, "url(", 4) != 0)
			continue;
		inner = (struct str){ value.s + i + 4, value.len - i - 4 };
		end = memchr(inner.s, ')', inner.len);
		if (!end)
			return false;
		inner.len = (size_t)(end - inner.s);
		inner = str_trim(inner);
		if (inner.len >= 2 && (inner.s[0] == '"' || inner.s[0] == '\''))
			inner = (struct str){ inner.s + 1, inner.len - 2 };
		if (!link_read(inner, LINK_SRC, p))
			return false;
	}
	return true;
}

/* Escapes and comments are how words are hidden from whoever looks for them. */
static bool is_refused_value(struct str value, struct problems *p)
{
	static const char *const words[] = {
		"expression", "javascript:", "vbscript:", "binding",
		"behavior",   "/*",          "image-set"
	};

	for (size_t i = 0; i < value.len; i++) {
		unsigned char c = (unsigned char)value.s[i];

		if ((c < ' ' && !strchr("\t\r\n", c)) || c == '\0' ||
		    strchr("\\<>{}@", c))
			return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (str_has_word(value, words[i]))
			return true;
	return !has_good_urls(value, p);
}

/* Up to the next ; that stands outside of quotes and brackets. */
static struct str cut_declaration(struct str *s)
{
	char quote = '\0';
	int depth = 0;
	size_t i;
	struct str out;

	for (i = 0; i < s->len; i++) {
		char c = s->s[i];

		if (quote)
			quote = c == quote ? '\0' : quote;
		else if (c == '"' || c == '\'')
			quote = c;
		else if (c == '(' || c == ')')
			depth += c == '(' ? 1 : -1;
		else if (c == ';' && depth <= 0)
			break;
	}
	out = (struct str){ s->s, i };
	*s = i < s->len ? (struct str){ s->s + i + 1, s->len - i - 1 }
			: (struct str){ NULL, 0 };
	return out;
}

const char *markup_style_read(struct str style, struct problems *p)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

	while (style.s) {
		struct str value = cut_declaration(&style);
		struct str name = str_trim(str_cut(&value, ':'));

		value = str_trim(value);
		if (name.len == 0 || value.len == 0)
			continue;
		if (is_refused_name(name) || is_refused_value(value, p)) {
			const char *what = arena_str(p->arena, name);

			problem_warn(p, "removed_html", what,
				     "The style “%s” could do harm in a mail "
				     "and was left out.",
				     what);
			continue;
		}
		if (out.len > 0)
			strbuf_addch(&out, ';');
		strbuf_addslice(&out, name);
		strbuf_addch(&out, ':');
		strbuf_addslice(&out, value);
	}
	return arena_str(p->arena, strbuf_str(&out));
}
