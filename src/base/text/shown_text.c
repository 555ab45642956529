#include "base/text/shown_text.h"

#include "base/strbuf.h"

#include <string.h>

/* C0, DEL, and C1 as UTF-8 (C2 80 to C2 9F). */
static bool is_control(const unsigned char *s, size_t left)
{
	return s[0] < 0x20 || s[0] == 0x7f ||
	       (s[0] == 0xc2 && left > 1 && s[1] < 0xa0);
}

/* U+202A to U+202E: E2 80 AA to AE; U+2066 to U+2069: E2 81 A6 to A9. */
static bool turns_direction(const unsigned char *s, size_t left)
{
	if (s[0] != 0xe2 || left < 3)
		return false;
	return (s[1] == 0x80 && s[2] >= 0xaa && s[2] <= 0xae) ||
	       (s[1] == 0x81 && s[2] >= 0xa6 && s[2] <= 0xa9);
}

static bool is_layout(unsigned char c)
{
	return c == '\t' || c == '\n' || c == '\r';
}

const char *shown_text_fault(struct str text, enum shown_text kind)
{
	for (size_t i = 0; i < text.len; i++) {
		const unsigned char *s = (const unsigned char *)text.s + i;

		if (is_layout(*s)) {
			if (kind == SHOWN_LINE)
				return "must be one line";
		} else if (is_control(s, text.len - i)) {
			return "holds a control character";
		} else if (turns_direction(s, text.len - i)) {
			return "holds a character that turns the direction of "
			       "writing";
		}
	}
	return NULL;
}

/* Bytes of the character there, if it is not to be shown; else 0. */
static size_t unshown(const unsigned char *s, size_t left)
{
	if (turns_direction(s, left))
		return 3;
	if (is_layout(*s) || !is_control(s, left))
		return 0;
	return *s == 0xc2 ? 2 : 1;
}

void shown_text_add(struct str text, struct strbuf *out)
{
	for (size_t i = 0; i < text.len;) {
		size_t n = unshown((const unsigned char *)text.s + i,
				   text.len - i);

		if (n == 0)
			strbuf_addch(out, text.s[i]);
		i += n ? n : 1;
	}
}
