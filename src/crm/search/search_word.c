#include "crm/search/search_word.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "crm/field.h"
#include "crm/search/search_text.h"
#include "store/sqlbuild.h"

#include <string.h>

#define Q_MAX 200
#define NUMBER_LEAST 5 /* digits; fewer are a piece of anything */
#define OWN_LEAST 6    /* so many tell a number without its country */

/* --- reading --- */

static struct str next_word(struct str *rest)
{
	struct str word = { NULL, 0 };

	while (rest->s && word.len == 0)
		word = str_trim(str_cut(rest, ' '));
	return word;
}

static size_t count_digits(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += s.s[i] >= '0' && s.s[i] <= '9';
	return n;
}

static bool is_number(struct str word)
{
	for (size_t i = 0; i < word.len; i++) {
		if (word.s[i] == '\0' || !strchr("+0123456789()-./", word.s[i]))
			return false;
	}
	return count_digits(word) > 0;
}

static bool starts_number(struct str word)
{
	return word.len > 0 && strchr("+0(", *word.s) && is_number(word);
}

/* The word and those behind it that are the same number; they leave rest. */
static struct str whole_number(struct str word, struct str *rest)
{
	struct str behind = *rest, next;

	while ((next = next_word(&behind)).len > 0 && is_number(next) &&
	       *next.s != '+') {
		word.len = (size_t)(next.s + next.len - word.s);
		*rest = behind;
	}
	return word;
}

/* As it was given, and as who did not say which country wrote it: with a 0
 * before it, or at the start of a line. */
static void read_number(struct str word, struct arena *arena,
			struct search_word *out)
{
	CLEANUP(strbuf_release) struct strbuf phone = STRBUF_INIT;
	const char *all, *own;

	search_phones(word, &phone);
	if (phone.len == 0)
		return;
	all = arena_strdup(arena, phone.buf + 1); /* after the line break */
	own = search_phone_own(all);
	out->number = out->phone[0] = *all == '0' ? own : all;
	if (*all != '+' || strlen(own) < OWN_LEAST)
		return;
	out->number = own;
	out->phone[1] = arena_printf(arena, "0%s", own);
	out->phone[2] = arena_printf(arena, "\n%s", own);
}

static void read_text(struct str word, struct arena *arena,
		      struct search_word *out)
{
	CLEANUP(strbuf_release) struct strbuf plain = STRBUF_INIT;

	utf8_plain(word, &plain);
	out->plain = arena_str(arena, strbuf_str(&plain));
	out->folded = field_text_folded(arena_str(arena, word), arena);
}

static void read_word(struct str word, struct str *rest, struct arena *arena,
		      struct search_word *out)
{
	struct str number = word, behind = *rest;

	*out = (struct search_word){ .plain = NULL };
	if (starts_number(word))
		number = whole_number(word, &behind);
	if (is_number(word) &&
	    (count_digits(number) >= NUMBER_LEAST || *number.s == '+'))
		read_number(number, arena, out);
	if (out->number)
		*rest = behind;
	if (!out->number || number.len == word.len)
		read_text(word, arena, out);
}

/* A word of accents only. */
static bool is_nothing(const struct search_word *word)
{
	return word->plain && !*word->plain;
}

int search_words_read(const char *q, struct arena *arena,
		      struct search_word *out, size_t *n, struct err *err)
{
	struct str rest = str_trim(str_of(q)), word;

	if (rest.len > Q_MAX)
		return err_field(err, "q", "longer than %d bytes", Q_MAX);
	if (!utf8_is_valid(rest))
		return err_field(err, "q", "not valid UTF-8");
	*n = 0;
	while (*n < SEARCH_WORDS_MAX && (word = next_word(&rest)).len > 0) {
		read_word(word, &rest, arena, &out[*n]);
		*n += !is_nothing(&out[*n]);
	}
	return 0;
}

/* --- SQL --- */

/* What the row has as plain text; an address, or a record of before, may have
 * none. */
struct columns {
	const char *plain, *folded;
};

static void add_plain(const struct columns *c, const char *text,
		      struct sqlbuild *b)
{
	sqlbuild_add(b, "COALESCE(");
	sqlbuild_add(b, c->plain);
	sqlbuild_add(b, ",");
	sqlbuild_add(b, c->folded);
	sqlbuild_add(b, ") ");
	sqlbuild_like(b, true, text, true);
}

void search_word_sql(const struct search_word *word, const char *plain,
		     const char *folded, struct sqlbuild *b)
{
	const struct columns columns = { plain, folded };
	const char *before = "(";

	if (word->plain) {
		sqlbuild_add(b, before);
		add_plain(&columns, word->plain, b);
		sqlbuild_add(b, " OR ");
		sqlbuild_add(b, folded);
		sqlbuild_add(b, " ");
		sqlbuild_like(b, true, word->folded, true);
		before = " OR ";
	}
	for (size_t i = 0; i < ARRAY_SIZE(word->phone) && word->phone[i]; i++) {
		sqlbuild_add(b, before);
		add_plain(&columns, word->phone[i], b);
		before = " OR ";
	}
	sqlbuild_add(b, ")");
}
