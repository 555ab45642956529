/*
 * Which elements and attributes of authors get through, and with what values.
 * Asked by the reader in markup.c; pure.
 */
#include "base/arena.h"
#include "base/cleanup.h"
#include "design/colour.h"
#include "design/link.h"
#include "design/markup_private.h"

#include <string.h>

/* --- elements --- */

static const struct markup_tag tags[] = {
	{ "a", ELEMENT_A, MARKUP_LINE, false },
	{ "br", ELEMENT_BR, MARKUP_LINE, true },
	{ "em", ELEMENT_OTHER, MARKUP_LINE, false },
	{ "s", ELEMENT_OTHER, MARKUP_LINE, false },
	{ "span", ELEMENT_OTHER, MARKUP_LINE, false },
	{ "strong", ELEMENT_OTHER, MARKUP_LINE, false },
	{ "sub", ELEMENT_OTHER, MARKUP_LINE, false },
	{ "sup", ELEMENT_OTHER, MARKUP_LINE, false },
	{ "u", ELEMENT_OTHER, MARKUP_LINE, false },

	{ "li", ELEMENT_ITEM, MARKUP_TEXT, false },
	{ "ol", ELEMENT_LIST, MARKUP_TEXT, false },
	{ "p", ELEMENT_P, MARKUP_TEXT, false },
	{ "ul", ELEMENT_LIST, MARKUP_TEXT, false },

	{ "abbr", ELEMENT_OTHER, MARKUP_ANY, false },
	{ "bdi", ELEMENT_OTHER, MARKUP_ANY, false },
	{ "bdo", ELEMENT_OTHER, MARKUP_ANY, false },
	{ "big", ELEMENT_OTHER, MARKUP_ANY, false },
	{ "blockquote", ELEMENT_BLOCK, MARKUP_ANY, false },
	{ "center", ELEMENT_BLOCK, MARKUP_ANY, false },
	{ "cite", ELEMENT_OTHER, MARKUP_ANY, false },
	{ "code", ELEMENT_OTHER, MARKUP_ANY, false },
	{ "div", ELEMENT_BLOCK, MARKUP_ANY, false },
	{ "font", ELEMENT_OTHER, MARKUP_ANY, false },
	{ "h1", ELEMENT_HEADING, MARKUP_ANY, false },
	{ "h2", ELEMENT_HEADING, MARKUP_ANY, false },
	{ "h3", ELEMENT_HEADING, MARKUP_ANY, false },
	{ "h4", ELEMENT_HEADING, MARKUP_ANY, false },
	{ "h5", ELEMENT_HEADING, MARKUP_ANY, false },
	{ "h6", ELEMENT_HEADING, MARKUP_ANY, false },
	{ "hr", ELEMENT_HR, MARKUP_ANY, true },
	{ "img", ELEMENT_IMG, MARKUP_ANY, true },
	{ "kbd", ELEMENT_OTHER, MARKUP_ANY, false },
	{ "mark", ELEMENT_OTHER, MARKUP_ANY, false },
	{ "pre", ELEMENT_BLOCK, MARKUP_ANY, false },
	{ "q", ELEMENT_OTHER, MARKUP_ANY, false },
	{ "small", ELEMENT_OTHER, MARKUP_ANY, false },
	{ "table", ELEMENT_TABLE, MARKUP_ANY, false },
	{ "tbody", ELEMENT_OTHER, MARKUP_ANY, false },
	{ "td", ELEMENT_CELL, MARKUP_ANY, false },
	{ "tfoot", ELEMENT_OTHER, MARKUP_ANY, false },
	{ "th", ELEMENT_CELL, MARKUP_ANY, false },
	{ "thead", ELEMENT_OTHER, MARKUP_ANY, false },
	{ "tr", ELEMENT_ROW, MARKUP_ANY, false },
};

/* What editors and word processors write for the same. */
static const char *const same[][2] = {
	{ "b", "strong" }, { "i", "em" },     { "del", "s" },
	{ "ins", "u" },    { "strike", "s" },
};

static bool is_one_of(const char *name, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(name, list[i]) == 0)
			return true;
	return false;
}

static const struct markup_tag *find(struct str name, enum markup_kind kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(tags); i++)
		if (tags[i].from <= kind && str_ieq(name, tags[i].name))
			return &tags[i];
	return NULL;
}

const struct markup_tag *markup_tag_find(struct str name, enum markup_kind kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(same); i++)
		if (str_ieq(name, same[i][0]))
			return find(str_of(same[i][1]), kind);
	/* a paragraph by any other name */
	if (kind == MARKUP_TEXT && str_ieq(name, "div"))
		return find(STR("p"), kind);
	return find(name, kind);
}

bool markup_tag_is_raw(const char *name)
{
	static const char *const raw[] = { "script",   "style",   "xmp",
					   "iframe",   "noembed", "noframes",
					   "textarea", "title",   "noscript",
					   "plaintext" };

	return is_one_of(name, raw, ARRAY_SIZE(raw));
}

bool markup_tag_hides(const char *name)
{
	static const char *const hidden[] = { "applet", "audio",    "canvas",
					      "math",   "object",   "select",
					      "svg",    "template", "video" };

	return is_one_of(name, hidden, ARRAY_SIZE(hidden));
}

bool markup_tag_is_frame(const char *name)
{
	static const char *const frames[] = { "html", "head", "body" };

	return is_one_of(name, frames, ARRAY_SIZE(frames));
}

/* --- attributes --- */

static const char *direction_of(struct str value, struct arena *arena)
{
	return str_ieq(value, "ltr") || str_ieq(value, "rtl") ||
			       str_ieq(value, "auto")
		       ? arena_str(arena, value)
		       : NULL;
}

/* Letters, digits and what numbers, colours and sizes are written with. */
static const char *plain_value(struct str value, struct arena *arena)
{
	if (value.len > 60)
		return NULL;
	for (size_t i = 0; i < value.len; i++) {
		char c = value.s[i];
		bool good = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
			    (c >= 'A' && c <= 'Z') || strchr("#%.,- ", c);

		if (!good || c == '\0')
			return NULL;
	}
	return arena_str(arena, value);
}

/* Of an editor: only the colour. */
static const char *colour_style(struct str style, struct problems *p)
{
	while (style.s) {
		struct str value = str_cut(&style, ';');
		struct str name = str_trim(str_cut(&value, ':'));
		struct colour c;

		if (str_ieq(name, "color") && value.s &&
		    colour_parse(value, &c))
			return arena_printf(p->arena, "color:#%02x%02x%02x",
					    c.r, c.g, c.b);
	}
	return NULL;
}

static bool is_plain_attr(const char *name)
{
	static const char *const plain[] = {
		"align",       "bgcolor", "border",  "cellpadding",
		"cellspacing", "color",   "colspan", "height",
		"lang",        "role",    "rowspan", "size",
		"start",       "type",    "valign",  "width",
	};

	return is_one_of(name, plain, ARRAY_SIZE(plain));
}

static void note_handler(const char *name, struct problems *p)
{
	if (strncmp(name, "on", 2) == 0 || strcmp(name, "srcdoc") == 0 ||
	    strcmp(name, "formaction") == 0)
		problem_warn(p, "removed_html", name,
			     "“%s” runs nothing in a mail and was left out.",
			     name);
}

const char *markup_attr_read(const struct markup_tag *tag, const char *name,
			     struct str value, enum markup_kind kind,
			     struct problems *p)
{
	if (strcmp(name, "dir") == 0)
		return direction_of(value, p->arena);
	if (strcmp(name, "href") == 0)
		return tag->element == ELEMENT_A
			       ? link_read(value, LINK_HREF, p)
			       : NULL;
	if (strcmp(name, "src") == 0)
		return tag->element == ELEMENT_IMG
			       ? link_read(value, LINK_SRC, p)
			       : NULL;
	if (strcmp(name, "style") == 0)
		return kind == MARKUP_ANY ? markup_style_read(value, p)
					  : colour_style(value, p);
	if (strcmp(name, "title") == 0 || strcmp(name, "alt") == 0)
		return arena_str(p->arena, value);
	if (is_plain_attr(name) &&
	    (kind == MARKUP_ANY || *name == 'l' || strcmp(name, "start") == 0))
		return plain_value(value, p->arena);
	note_handler(name, p);
	return NULL;
}
