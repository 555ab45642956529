#include "campaign/html/html_colour.h"

#include "base/cleanup.h"
#include "campaign/html/html_style.h"

#include <stdlib.h>
#include <strings.h>

#define SAME_COLOUR 24    /* of 255, in each of red, green and blue */
#define UNKNOWN (1 << 24) /* the rest is a hash of how it is written */
#define SEEN_FROM 0.2     /* alpha */

static bool hex_colour(struct str s, int *out)
{
	char digits[9] = "";
	char *end;
	unsigned long all;

	if (s.len == 3 || s.len == 4)
		for (size_t i = 0; i < 2 * s.len; i++)
			digits[i] = s.s[i / 2];
	else if (s.len == 6 || s.len == 8)
		memcpy(digits, s.s, s.len);
	else
		return false;
	all = strtoul(digits, &end, 16);
	if (s.len == 4 || s.len == 8) {
		*out = (all & 255) < SEEN_FROM * 255 ? HTML_CLEAR
						     : (int)(all >> 8);
		return *end == '\0';
	}
	*out = (int)all;
	return *end == '\0';
}

/* The alpha behind the third separator or the slash is nothing. */
static bool is_clear(struct str s)
{
	int separators = 0;
	bool in_number = false;

	for (size_t i = 0; i < s.len; i++) {
		bool digit = strchr("0123456789.%-", s.s[i]) != NULL;
		struct str alpha = { s.s + i, s.len - i };
		double n;

		if (digit && !in_number && separators++ == 3) {
			alpha.len = strspn(alpha.s, "0123456789.");
			return str_to_double(alpha, &n) &&
			       (alpha.s[alpha.len] == '%' ? n / 100 : n) <
				       SEEN_FROM;
		}
		in_number = digit;
	}
	return false;
}

static bool rgb_colour(struct str s, int *out)
{
	int parts[3] = { 0 };
	size_t at = 0;

	for (int i = 0; i < 3; i++) {
		while (at < s.len && (s.s[at] < '0' || s.s[at] > '9'))
			at++;
		while (at < s.len && s.s[at] >= '0' && s.s[at] <= '9' &&
		       parts[i] < 256)
			parts[i] = parts[i] * 10 + s.s[at++] - '0';
		if (at < s.len && s.s[at] == '%' && parts[i] <= 100)
			parts[i] = parts[i] * 255 / 100;
	}
	*out = parts[0] << 16 | parts[1] << 8 | parts[2];
	return parts[0] < 256 && parts[1] < 256 && parts[2] < 256;
}

static bool named_colour(struct str s, int *out)
{
	static const struct {
		const char *name;
		int colour;
	} names[] = {
		{ "white", 0xffffff },     { "black", 0x000000 },
		{ "gray", 0x808080 },      { "grey", 0x808080 },
		{ "silver", 0xc0c0c0 },    { "whitesmoke", 0xf5f5f5 },
		{ "lightgray", 0xd3d3d3 }, { "lightgrey", 0xd3d3d3 },
		{ "red", 0xff0000 },       { "blue", 0x0000ff },
		{ "navy", 0x000080 },      { "yellow", 0xffff00 },
		{ "snow", 0xfffafa },      { "ivory", 0xfffff0 },
		{ "azure", 0xf0ffff },     { "ghostwhite", 0xf8f8ff },
		{ "mintcream", 0xf5fffa }, { "floralwhite", 0xfffaf0 },
		{ "seashell", 0xfff5ee },  { "aliceblue", 0xf0f8ff },
		{ "honeydew", 0xf0fff0 },  { "lavenderblush", 0xfff0f5 },
		{ "linen", 0xfaf0e6 },     { "oldlace", 0xfdf5e6 },
		{ "gainsboro", 0xdcdcdc }, { "transparent", HTML_CLEAR },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (str_ieq(s, names[i].name)) {
			*out = names[i].colour;
			return true;
		}
	return false;
}

static bool is_that_around(struct str s)
{
	static const char *const words[] = { "inherit", "initial",
					     "unset",   "revert",
					     "none",    "currentcolor",
					     "" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (str_ieq(s, words[i]))
			return true;
	return false;
}

static int unknown_colour(struct str s)
{
	unsigned hash = 5381;

	for (size_t i = 0; i < s.len; i++)
		hash = hash * 33 + (unsigned char)(s.s[i] | 32);
	return UNKNOWN | (int)(hash & 0xffffff);
}

bool html_colour_read(struct str s, int *out)
{
	s = str_trim(s);
	if (is_that_around(s))
		return false;
	if (str_starts(s, "#") &&
	    hex_colour((struct str){ s.s + 1, s.len - 1 }, out))
		return true;
	if (s.len > 4 && !strncasecmp(s.s, "rgb", 3)) {
		if (!is_clear(s))
			return rgb_colour(s, out);
		*out = HTML_CLEAR;
		return true;
	}
	if (s.len > 4 && !strncasecmp(s.s, "hsl", 3) && is_clear(s)) {
		*out = HTML_CLEAR;
		return true;
	}
	if (named_colour(s, out))
		return true;
	/* of a whole background, the first that is one */
	while (memchr(s.s, ' ', s.len) && !memchr(s.s, '(', s.len)) {
		struct str part = str_cut(&s, ' ');

		if (str_starts(part, "#") || named_colour(part, out))
			return html_colour_read(part, out);
	}
	*out = unknown_colour(s);
	return true;
}

bool html_colour_is_same(int a, int b)
{
	if (a == b)
		return true;
	if ((a | b) & UNKNOWN)
		return false;
	for (int shift = 0; shift <= 16; shift += 8)
		if (abs((a >> shift & 255) - (b >> shift & 255)) > SAME_COLOUR)
			return false;
	return true;
}
