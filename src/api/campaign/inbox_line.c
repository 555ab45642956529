#include "api/campaign/inbox_line.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "base/strbuf.h"
#include "base/utf8.h"

#include <string.h>

#define LINE_MAX_BYTES 160

/* "----": one sign again and again, none of a word. */
static bool is_rule(struct str word)
{
	if (word.len < 2 || !strchr("=-_*~#+", word.s[0]))
		return false;
	for (size_t i = 1; i < word.len; i++) {
		if (word.s[i] != word.s[0])
			return false;
	}
	return true;
}

/* Alone, or behind words of a link: "(https://...)". */
static bool is_address(struct str word)
{
	if (str_starts(word, "(") || str_starts(word, "<")) {
		word.s++;
		word.len--;
	}
	return str_starts(word, "https://") || str_starts(word, "http://") ||
	       str_starts(word, "mailto:") || str_starts(word, "tel:");
}

/* What stood behind an address ends the words before it: "(https://a)," */
static void end_address(struct str word, struct strbuf *out)
{
	char last = word.s[word.len - 1];

	/* of a button: "Shop: https://a" */
	if (out->len > 0 && out->buf[out->len - 1] == ':')
		strbuf_truncate(out, out->len - 1);
	if (out->len > 0 && word.s[0] == '(' && strchr(".,;:!?", last))
		strbuf_addch(out, last);
}

const char *inbox_line(const char *plain_text, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

	while (*plain_text && out.len < LINE_MAX_BYTES * 2) {
		size_t blanks = strspn(plain_text, " \t\r\n");
		struct str word = { plain_text + blanks,
				    strcspn(plain_text + blanks, " \t\r\n") };

		plain_text = word.s + word.len;
		if (word.len == 0 || is_rule(word))
			continue;
		if (is_address(word)) {
			end_address(word, &out);
			continue;
		}
		if (out.len > 0)
			strbuf_addch(&out, ' ');
		strbuf_addslice(&out, word);
	}
	strbuf_truncate(&out, utf8_prefix(strbuf_str(&out), LINE_MAX_BYTES));
	return arena_str(arena, str_trim(strbuf_str(&out)));
}
