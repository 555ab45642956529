#include "campaign/html/html_style.h"

#include "base/cleanup.h"
#include "campaign/html/html_colour.h"

#include <math.h>
#include <strings.h>

/* --- values --- */

enum verdict {
	SAYS_NOTHING, /* what was so before stays */
	SHOWS,
	HIDES,
};

/* A number and what is behind it; false: there is none. */
static bool read_number(struct str value, double *n, struct str *unit)
{
	size_t len = 0;

	while (len < value.len && strchr("0123456789.+-", value.s[len]))
		len++;
	*unit = (struct str){ value.s + len, value.len - len };
	if (value.len > 0 && value.s[0] == '+') {
		value.s++;
		len--;
	}
	return len > 0 && str_to_double((struct str){ value.s, len }, n);
}

static enum verdict hides_if(bool hides)
{
	return hides ? HIDES : SHOWS;
}

static enum verdict of_none(struct str value)
{
	return hides_if(str_ieq(value, "none"));
}

static enum verdict of_visibility(struct str value)
{
	return hides_if(str_ieq(value, "hidden") || str_ieq(value, "collapse"));
}

static enum verdict of_opacity(struct str value)
{
	struct str unit;
	double n;

	return hides_if(read_number(value, &n, &unit) &&
			(str_is(unit, "%") ? n / 100 : n) < 0.2);
}

/* Anything but the word, which is what none do in mails. */
static enum verdict of_any(struct str value)
{
	return hides_if(!str_ieq(value, "none") && !str_ieq(value, "auto") &&
			!str_ieq(value, "normal"));
}

static enum verdict of_transform(struct str value)
{
	static const char *const words[] = { "scale",       "translate",
					     "matrix",      "rotatex",
					     "rotatey",     "rotate3d",
					     "perspective", "skew" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (str_has_word(value, words[i]))
			return HIDES;
	return SHOWS;
}

/* Far off to a side: nobody scrolls there. */
static enum verdict of_place(struct str value)
{
	while (value.s && value.len > 0) {
		struct str part = str_cut(&value, ' '), unit;
		double n, far = 1000;

		if (!read_number(part, &n, &unit))
			continue;
		if (str_ieq(unit, "em") || str_ieq(unit, "rem") ||
		    str_ieq(unit, "in") || str_ieq(unit, "cm"))
			far = 30;
		else if (str_is(unit, "%") || str_ieq(unit, "vw") ||
			 str_ieq(unit, "vh"))
			far = 100;
		if (n <= -far || (n >= far && far != 100) || n > 100 * far)
			return HIDES;
	}
	return SHOWS;
}

static enum verdict of_indent(struct str value)
{
	struct str unit;
	double n;

	if (read_number(value, &n, &unit) && str_is(unit, "%") && n >= 100)
		return HIDES;
	return of_place(value);
}

static enum verdict of_spacing(struct str value)
{
	struct str unit;
	double n;

	if (!read_number(value, &n, &unit))
		return SHOWS;
	return hides_if(n < (str_ieq(unit, "em") ? -0.3 : -4) || n > 200);
}

static enum verdict of_extent(struct str value)
{
	struct str unit;
	double n;

	return hides_if(read_number(value, &n, &unit) && n < 0.1);
}

static enum verdict of_size(struct str value)
{
	bool relative = str_ends(value, "em") || str_ends(value, "%") ||
			str_ends(value, "ex") || str_ends(value, "ch");
	struct str unit;
	double n;

	if (!read_number(value, &n, &unit))
		return str_ieq(value, "smaller") || str_ieq(value, "larger")
			       ? SAYS_NOTHING
			       : SHOWS;
	if (str_is(unit, "%"))
		n /= 100;
	if (n < (relative ? 0.3 : 5))
		return HIDES;
	/* of what is nothing it is nothing; rem is of the page */
	return relative && !str_ieq(unit, "rem") ? SAYS_NOTHING : SHOWS;
}

/* --- properties --- */

static const struct property {
	const char *name;
	enum verdict (*judge)(struct str value);
	bool is_inherited; /* what is inside may undo it */
} properties[] = {
	{ "display", of_none, false },
	{ "visibility", of_visibility, true },
	{ "content-visibility", of_visibility, false },
	{ "opacity", of_opacity, false },
	{ "left", of_place, false },
	{ "right", of_place, false },
	{ "top", of_place, false },
	{ "bottom", of_place, false },
	{ "inset", of_place, false },
	{ "margin", of_place, false },
	{ "margin-left", of_place, false },
	{ "margin-top", of_place, false },
	{ "margin-right", of_place, false },
	{ "padding-left", of_place, false },
	{ "text-indent", of_indent, true },
	{ "letter-spacing", of_spacing, true },
	{ "word-spacing", of_place, true },
	{ "font-size", of_size, true },
	{ "width", of_extent, false },
	{ "height", of_extent, false },
	{ "max-width", of_extent, false },
	{ "max-height", of_extent, false },
	{ "zoom", of_opacity, false },
	{ "scale", of_opacity, false },
	{ "translate", of_place, false },
	{ "rotate", of_transform, false },
	{ "transform", of_transform, false },
	{ "-webkit-transform", of_transform, false },
	{ "clip", of_any, false },
	{ "clip-path", of_any, false },
	{ "-webkit-clip-path", of_any, false },
	{ "filter", of_any, false },
	{ "-webkit-filter", of_any, false },
	{ "mask", of_any, false },
	{ "mask-image", of_any, false },
	{ "-webkit-mask", of_any, false },
	{ "-webkit-mask-image", of_any, false },
	{ "animation", of_any, false },
	{ "animation-name", of_any, false },
	{ "-webkit-animation", of_any, false },
	{ "pointer-events", of_none, true },
	/* small and cut off */
	{ "overflow", NULL, false },
};

#define SMALL_BIT (ARRAY_SIZE(properties) - 1)

_Static_assert(ARRAY_SIZE(properties) <= HTML_PROPERTIES_MAX, "bits");

static void decide(struct html_cascade *c, size_t i, enum verdict verdict,
		   int weight)
{
	uint64_t bit = UINT64_C(1) << i;

	if (verdict == SAYS_NOTHING || weight < c->weight[i] ||
	    (verdict == SHOWS && weight == c->weight[i] && (c->bad & bit)))
		return;
	c->weight[i] = (uint8_t)weight;
	c->given |= bit;
	c->bad = verdict == HIDES ? c->bad | bit : c->bad & ~bit;
}

/* "all: revert" and the like: as if nothing of less weight were said. */
static void take_all(struct html_cascade *c, int weight)
{
	for (size_t i = 0; i < ARRAY_SIZE(properties); i++) {
		uint64_t bit = UINT64_C(1) << i;

		if (weight < c->weight[i])
			continue;
		c->weight[i] = (uint8_t)weight;
		c->given &= ~bit;
		c->bad &= ~bit;
	}
	if (weight >= c->colour.weight)
		c->colour = (struct html_paint){ .weight = (uint8_t)weight };
	if (weight >= c->behind.weight)
		c->behind = (struct html_paint){ .weight = (uint8_t)weight };
	c->is_small = c->clips = false;
}

static void paint(struct html_paint *p, struct str value, int weight)
{
	int colour;

	if (weight >= p->weight && html_colour_read(value, &colour))
		*p = (struct html_paint){ true, (uint8_t)weight, colour };
}

/* Of a whole font, what says its size. */
static struct str size_in_font(struct str value)
{
	while (value.s && value.len > 0) {
		struct str part = str_cut(&value, ' '), unit;
		struct str size = str_cut(&part, '/');
		double n;

		if (read_number(size, &n, &unit) &&
		    (unit.len > 0 || part.s || (n > -1 && n < 1)))
			return size;
	}
	return STR("medium");
}

static bool is_inherit(struct str value)
{
	return str_ieq(value, "inherit") || str_ieq(value, "unset") ||
	       str_ieq(value, "initial") || str_ieq(value, "revert");
}

static void judge(struct html_cascade *c, struct str name, struct str value,
		  int weight)
{
	for (size_t i = 0; i < SMALL_BIT; i++) {
		const struct property *p = &properties[i];
		enum verdict verdict;

		if (!str_ieq(name, p->name))
			continue;
		verdict =
			str_has_word(value, "var(") || str_has_word(value, "*|")
				? HIDES
			: !is_inherit(value) ? p->judge(value)
			: p->is_inherited    ? SAYS_NOTHING
					     : SHOWS;
		decide(c, i, verdict, weight);
	}
}

static void take_small(struct html_cascade *c, struct str name,
		       struct str value)
{
	struct str unit;
	double n;

	if (str_ieq(name, "overflow") || str_ieq(name, "overflow-y") ||
	    str_ieq(name, "overflow-x"))
		c->clips |= str_ieq(value, "hidden") || str_ieq(value, "clip");
	else if ((str_ends(name, "height") || str_ends(name, "width")) &&
		 !str_starts(name, "line") && !str_starts(name, "b") &&
		 !str_starts(name, "min") && read_number(value, &n, &unit) &&
		 str_ieq(unit, "px") && n < 5)
		c->is_small = true;
}

static void take(struct html_cascade *c, struct str name, struct str value,
		 int weight)
{
	if (str_ieq(name, "all") && is_inherit(value))
		take_all(c, weight);
	else if (str_ieq(name, "color") ||
		 str_ieq(name, "-webkit-text-fill-color"))
		paint(&c->colour, value, weight);
	else if (str_ieq(name, "background") ||
		 str_ieq(name, "background-color"))
		paint(&c->behind, value, weight);
	else if (str_ieq(name, "font"))
		judge(c, STR("font-size"), size_in_font(value), weight);
	else if (str_ieq(name, "mso-hide"))
		decide(c, 0, hides_if(str_ieq(value, "all")), weight);
	else
		judge(c, name, value, weight);
	take_small(c, name, value);
}

void html_style_take(struct html_cascade *c, struct str declarations,
		     bool is_inline)
{
	while (declarations.s) {
		struct str property = str_cut(&declarations, ';');
		struct str name = str_trim(str_cut(&property, ':'));
		struct str value = str_trim(property);
		int weight = is_inline ? 2 : 1;

		if (!property.s)
			continue;
		for (size_t i = 0; i < value.len; i++)
			if (value.s[i] == '!') {
				value = str_trim((struct str){ value.s, i });
				weight += 2;
			}
		if (value.len > 0)
			take(c, name, value, weight);
	}
}

void html_style_take_one(struct html_cascade *c, const char *property,
			 struct str value)
{
	take(c, str_of(property), str_trim(value), 0);
}

bool html_style_says_something(const struct html_cascade *c)
{
	return c->given || c->colour.is_given || c->behind.is_given ||
	       (c->is_small && c->clips);
}

struct html_style html_style_inside(const struct html_style *around,
				    const struct html_cascade *c)
{
	struct html_style style = *around;

	for (size_t i = 0; i < SMALL_BIT; i++) {
		uint64_t bit = UINT64_C(1) << i;

		if (properties[i].is_inherited && (c->given & bit))
			style.hides &= ~bit;
	}
	style.hides |= c->bad;
	if (c->is_small && c->clips)
		style.hides |= UINT64_C(1) << SMALL_BIT;
	if (c->colour.is_given)
		style.colour = c->colour.colour;
	if (c->behind.is_given && c->behind.colour != HTML_CLEAR)
		style.behind = c->behind.colour;
	return style;
}

bool html_style_has_colour_of_behind(const struct html_style *style)
{
	return style->colour == HTML_CLEAR ||
	       html_colour_is_same(style->colour, style->behind);
}

/* --- CSS as text --- */

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
	       (c >= 'A' && c <= 'F');
}

/* \6e and \n; what would be punctuation becomes a letter. Returns its length,
 * behind the backslash. */
static size_t add_escaped(struct str s, struct strbuf *out)
{
	char digits[7] = "";
	size_t n = 0;
	long code;

	while (n < 6 && n < s.len && is_hex(s.s[n])) {
		digits[n] = s.s[n];
		n++;
	}
	code = n > 0 ? strtol(digits, NULL, 16) : s.len > 0 ? s.s[0] : 'x';
	strbuf_addch(out, (code >= '0' && code <= '9') || code == '-' ||
					  (code >= 'A' && code <= 'Z') ||
					  (code >= 'a' && code <= 'z')
				  ? (char)code
				  : 'x');
	if (n == 0)
		return s.len > 0;
	return n + (n < s.len && strchr(" \t\n\r\f", s.s[n]) != NULL);
}

void html_css_plain(struct str css, struct strbuf *out)
{
	for (size_t i = 0; i < css.len; i++) {
		struct str rest = { css.s + i, css.len - i };
		const char *end;

		if (str_starts(rest, "/*")) {
			end = memmem(rest.s + 2, rest.len - 2, "*/", 2);
			i = end ? (size_t)(end - css.s) + 1 : css.len;
		} else if (css.s[i] == '\\') {
			i += add_escaped(
				(struct str){ rest.s + 1, rest.len - 1 }, out);
		} else {
			strbuf_addch(out, strchr("\t\n\r\f", css.s[i])
						  ? ' '
						  : css.s[i]);
		}
	}
}
