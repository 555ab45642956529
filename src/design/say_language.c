#include "design/say_language.h"

#include "base/arena.h"
#include "base/str.h"

#include <string.h>

/* Where the attributes of <html> begin; NULL: there is no such tag. */
static const char *attributes_of_html(const char *html)
{
	const char *at = html;

	while ((at = strcasestr(at, "<html"))) {
		at += strlen("<html");
		if (strchr(" \t\r\n>/", *at))
			return at;
	}
	return NULL;
}

static bool has_lang(const char *attributes)
{
	size_t n = strcspn(attributes, ">");
	const char *at = attributes;

	while ((at = strcasestr(at, "lang")) && at < attributes + n) {
		const char *value = at + strlen("lang");

		value += strspn(value, " \t\r\n");
		if (strchr(" \t\r\n", at[-1]) && *value == '=')
			return true;
		at++;
	}
	return false;
}

static const char *behind_doctype(const char *html)
{
	const char *at = html + strspn(html, " \t\r\n");
	const char *end = strchr(at, '>');

	return end && strncasecmp(at, "<!doctype", 9) == 0 ? end + 1 : html;
}

const char *say_language(const char *html, const char *language,
			 struct arena *arena)
{
	const char *attributes, *rest;

	if (!html || !language || !*language)
		return html;
	attributes = attributes_of_html(html);
	if (attributes && has_lang(attributes))
		return html;
	if (attributes)
		return arena_printf(arena, "%.*s lang=\"%s\"%s",
				    (int)(attributes - html), html, language,
				    attributes);
	rest = behind_doctype(html);
	return arena_printf(arena, "%.*s<html lang=\"%s\">%s",
			    (int)(rest - html), html, language, rest);
}
