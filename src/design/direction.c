#include "design/direction.h"

#include "base/cleanup.h"
#include "base/utf8.h"
#include "design/link.h"

#include <string.h>
#include <strings.h>

static const char *const direction_names[] = { "auto", "ltr", "rtl" };

bool design_direction_parse(const char *name, enum design_direction *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(direction_names); i++)
		if (strcmp(direction_names[i], name) == 0) {
			*out = (enum design_direction)i;
			return true;
		}
	return false;
}

/* Languages that are usually written from right to left. */
static bool is_rtl_language(const char *language)
{
	static const char *const rtl[] = {
		"ar", "arc", "ckb", "dv", "fa", "he",
		"iw", "ps",  "sd",  "ug", "ur", "yi"
	};
	size_t n = strcspn(language, "-_");

	for (size_t i = 0; i < ARRAY_SIZE(rtl); i++)
		if (strlen(rtl[i]) == n &&
		    strncasecmp(rtl[i], language, n) == 0)
			return true;
	return false;
}

static unsigned long code_point(struct str s, size_t n)
{
	static const unsigned char first[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	unsigned long code = (unsigned char)s.s[0] & first[n];

	for (size_t i = 1; i < n; i++)
		code = code << 6 | ((unsigned char)s.s[i] & 0x3f);
	return code;
}

static bool is_rtl_letter(unsigned long c)
{
	return (c >= 0x590 && c <= 0x8ff) || (c >= 0xfb1d && c <= 0xfdff) ||
	       (c >= 0xfe70 && c <= 0xfefc) || (c >= 0x10800 && c <= 0x10fff) ||
	       (c >= 0x1e800 && c <= 0x1efff);
}

static bool is_ltr_letter(unsigned long c)
{
	if (c < 0x80)
		return (c | 32) >= 'a' && (c | 32) <= 'z';
	return c >= 0xc0 && (c < 0x2000 || c > 0x2bff) && c < 0x1f000 &&
	       !is_rtl_letter(c);
}

/* Of the first letter: 1 right to left, -1 left to right, 0 there is none. */
static int first_letter(struct str s)
{
	while (s.len > 0) {
		size_t n = link_merge_tag(s);
		const char *end = NULL;
		unsigned long c;

		if (*s.s == '<')
			end = memchr(s.s, '>', s.len);
		else if (*s.s == '&')
			end = memchr(s.s, ';', s.len);
		if (end)
			n = (size_t)(end - s.s) + 1;
		if (n == 0) {
			n = utf8_sequence(s);
			c = n ? code_point(s, n) : 0;
			if (is_rtl_letter(c))
				return 1;
			if (is_ltr_letter(c))
				return -1;
		}
		n = n ? n : 1;
		s = (struct str){ s.s + n, s.len - n };
	}
	return 0;
}

static int first_letter_of_blocks(const json_t *blocks)
{
	static const char *const keys[] = { "text", "html", "label" };
	json_t *block, *column;
	size_t i, k;
	int found = 0;

	json_array_foreach ((json_t *)(uintptr_t)blocks, i, block) {
		for (k = 0; k < ARRAY_SIZE(keys) && found == 0; k++)
			found = first_letter(str_of(json_string_value(
				json_object_get(block, keys[k]))));
		json_array_foreach (json_object_get(block, "columns"), k,
				    column)
			if (found == 0)
				found = first_letter_of_blocks(column);
		if (found != 0)
			break;
	}
	return found;
}

bool direction_is_rtl(const json_t *doc, const struct design_options *o)
{
	if (o->direction != DESIGN_AUTO)
		return o->direction == DESIGN_RTL;
	if (o->language && *o->language)
		return is_rtl_language(o->language);
	return first_letter_of_blocks(json_object_get(doc, "blocks")) > 0;
}
