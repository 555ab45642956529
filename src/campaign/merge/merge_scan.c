/*
 * What looks like a merge tag: tags, those that an editor has split, and what
 * is none. Called by merge_compile.c and merge_mend.c; pure, one pass.
 */
#include "base/cleanup.h"
#include "base/text/html_entity.h"
#include "base/utf8.h"
#include "campaign/merge/merge_private.h"

#include <strings.h>

#define SPAN_MAX 1500 /* from *| to |*, with the markup of an editor */
#define NAME_LONGEST 200
#define MARKUP_MAX 500

enum unit_kind {
	UNIT_END,
	UNIT_CHAR,
	UNIT_STAR,
	UNIT_BAR,
	UNIT_SPACE,
	UNIT_NOTHING, /* nobody sees it: zero-width, soft hyphen */
	UNIT_MARKUP,  /* of words: <b>, </span>, <!-- --> */
	UNIT_BLOCK,   /* any other */
};

/* What a reader takes for one sign. */
struct unit {
	enum unit_kind kind;
	size_t len;
	bool is_spelt; /* not by itself: &#124;, %7C, fullwidth */
};

/* --- units --- */

static bool is_letter(char c)
{
	return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static bool is_word(char c)
{
	return is_letter(c) || (c >= '0' && c <= '9');
}

static bool is_name(char c)
{
	return is_word(c) || c == '_' || c == ':';
}

static bool is_inline(struct str name)
{
	static const char *const names[] = {
		"a",    "abbr",  "b",      "bdi",  "bdo", "big",
		"cite", "code",  "del",    "dfn",  "em",  "font",
		"i",    "ins",   "kbd",    "mark", "o:p", "q",
		"s",    "small", "span",   "samp", "sub", "strike",
		"sup",  "tt",    "strong", "u",    "var", "wbr",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (str_ieq(name, names[i]))
			return true;
	return false;
}

/* s begins with <. It ends where another begins, or a sign of a tag: so each is
 * read once. */
static struct unit markup_unit(struct str s)
{
	size_t slash = s.len > 1 && s.s[1] == '/' ? 1 : 0;
	size_t name = 1 + slash, end = name;

	if (s.len <= name || (!is_letter(s.s[name]) && s.s[name] != '!'))
		return (struct unit){ slash ? UNIT_BLOCK : UNIT_CHAR, 1,
				      false };
	while (end < s.len && end < MARKUP_MAX && !strchr("<>*|", s.s[end]))
		end++;
	if (end == s.len || s.s[end] != '>')
		return (struct unit){ UNIT_BLOCK, 1, false };
	if (s.s[name] == '!')
		return (struct unit){ UNIT_MARKUP, end + 1, false };
	s.s += name;
	s.len = 0;
	while (is_name(s.s[s.len]))
		s.len++;
	return (struct unit){ is_inline(s) ? UNIT_MARKUP : UNIT_BLOCK, end + 1,
			      false };
}

/* Of the blank ones, those without a width. */
static bool is_invisible(struct str s)
{
	static const char *const ranges[][2] = {
		{ "\xC2\xAD", "\xC2\xAD" },
		{ "\xE1\xA0\x8E", "\xE1\xA0\x8E" },
		{ "\xE2\x80\x8B", "\xE2\x80\x8F" },
		{ "\xE2\x80\xAA", "\xE2\x80\xAE" },
		{ "\xE2\x81\xA0", "\xE2\x81\xA4" },
		{ "\xEF\xBB\xBF", "\xEF\xBB\xBF" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++)
		if (s.len == strlen(ranges[i][0]) &&
		    memcmp(s.s, ranges[i][0], s.len) >= 0 &&
		    memcmp(s.s, ranges[i][1], s.len) <= 0)
			return true;
	return false;
}

/* What stands there as it is; s is not empty. */
static struct unit plain_unit(struct str s)
{
	size_t n = utf8_blank(s);

	if (n > 0)
		return (struct unit){ is_invisible((struct str){ s.s, n })
					      ? UNIT_NOTHING
					      : UNIT_SPACE,
				      n, false };
	if (s.s[0] == '*' || s.s[0] == '|')
		return (struct unit){ s.s[0] == '*' ? UNIT_STAR : UNIT_BAR, 1,
				      false };
	if (str_starts(s, "\xEF\xBC\x8A"))
		return (struct unit){ UNIT_STAR, 3, true };
	if (str_starts(s, "\xEF\xBD\x9C"))
		return (struct unit){ UNIT_BAR, 3, true };
	n = utf8_sequence(s);
	return (struct unit){ UNIT_CHAR, n > 0 ? n : 1, false };
}

/* s begins with &. */
static struct unit entity_unit(struct str s)
{
	static const struct {
		const char *text;
		enum unit_kind kind;
	} others[] = {
		{ "&ast;", UNIT_STAR },
		{ "&vert;", UNIT_BAR },
		{ "&verbar;", UNIT_BAR },
		{ "&VerticalLine;", UNIT_BAR },
		{ "&ZeroWidthSpace;", UNIT_NOTHING },
		{ "&NoBreak;", UNIT_NOTHING },
	};
	CLEANUP(strbuf_release) struct strbuf decoded = STRBUF_INIT;
	struct unit unit;
	size_t n = 1;

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (str_starts(s, others[i].text))
			return (struct unit){ others[i].kind,
					      strlen(others[i].text), true };
	while (n < s.len && n < 12 && (is_word(s.s[n]) || s.s[n] == '#'))
		n++;
	n += n < s.len && s.s[n] == ';';
	html_decode((struct str){ s.s, n }, &decoded);
	if (decoded.len == n) /* it is none */
		return (struct unit){ UNIT_CHAR, 1, false };
	unit = plain_unit(strbuf_str(&decoded));
	return (struct unit){ unit.kind, n, true };
}

static struct unit unit_at(const struct merge_scan *scan, size_t at)
{
	struct str s = { scan->text.s + at, scan->text.len - at };

	if (s.len == 0)
		return (struct unit){ .kind = UNIT_END };
	if (s.s[0] == '&' && scan->is_html)
		return entity_unit(s);
	if (s.s[0] == '<' && scan->is_html)
		return markup_unit(s);
	if (str_starts(s, "%2A") || str_starts(s, "%2a"))
		return (struct unit){ UNIT_STAR, 3, true };
	if (str_starts(s, "%7C") || str_starts(s, "%7c"))
		return (struct unit){ UNIT_BAR, 3, true };
	return plain_unit(s);
}

/* --- names --- */

/* Of at least two letters, so that "A|*" is none. */
static bool is_capitals(struct str name)
{
	if (name.len < 2 || !is_letter(name.s[0]))
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (!is_name(name.s[i]) ||
		    (name.s[i] >= 'a' && name.s[i] <= 'z'))
			return false;
	return true;
}

static bool is_known(const struct merge_scan *scan, struct str name)
{
	CLEANUP(strbuf_release) struct strbuf decoded = STRBUF_INIT;

	if (!scan->is_html)
		return merge_name_is_known(name, scan->how);
	html_decode(name, &decoded);
	return merge_name_is_known(strbuf_str(&decoded), scan->how);
}

/* Where only half a tag stands, its name must look like one. */
static bool is_firm(const struct merge_scan *scan, struct str name)
{
	return name.len > 0 && (is_capitals(name) || is_known(scan, name));
}

static bool has_word(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (is_word(s.s[i]) || (unsigned char)s.s[i] >= 0x80)
			return true;
	return false;
}

/* --- a candidate --- */

static void take_markup(struct merge_scan *scan, struct str markup)
{
	bool ends = str_starts(markup, "</");

	if (ends && scan->last_end == 0)
		scan->first_end = scan->markup.len;
	strbuf_addslice(&scan->markup, markup);
	if (ends)
		scan->last_end = scan->markup.len;
}

/* What opens before a value ends behind it; in a conditional it ends where it
 * began: outside, or in its branch. */
static size_t markup_before(const struct merge_scan *scan)
{
	if (merge_name_is_conditional(strbuf_str(&scan->name)))
		return scan->last_end;
	return scan->last_end > 0 ? scan->first_end : scan->markup.len;
}

/* `first` and `second`, with nothing seen between. Returns what is behind
 * them, 0: they are not there. */
static size_t take_sign(struct merge_scan *scan, size_t at,
			enum unit_kind first, enum unit_kind second)
{
	struct unit unit = unit_at(scan, at);
	size_t limit = at + SPAN_MAX;
	bool is_spelt = unit.is_spelt;

	if (unit.kind != first)
		return 0;
	for (at += unit.len; at < limit; at += unit.len) {
		unit = unit_at(scan, at);
		if (unit.kind == UNIT_MARKUP)
			take_markup(scan, (struct str){ scan->text.s + at,
							unit.len });
		else if (unit.kind != UNIT_NOTHING)
			break;
	}
	if (unit.kind != second)
		return 0;
	scan->is_spelt |= is_spelt || unit.is_spelt;
	return at + unit.len;
}

/* How far it reads as one word behind the *|. */
struct word {
	size_t len; /* of scan->name */
	size_t end; /* in the text */
	bool is_over;
};

/* What is between the signs goes to scan->name. Returns what is behind it. */
static size_t take_name(struct merge_scan *scan, size_t at, struct word *word)
{
	size_t limit = at + SPAN_MAX;
	struct unit unit;

	for (; at < limit && scan->name.len < NAME_LONGEST; at += unit.len) {
		struct str s = { scan->text.s + at, 0 };

		unit = unit_at(scan, at);
		s.len = unit.len;
		if (unit.kind == UNIT_MARKUP) {
			take_markup(scan, s);
		} else if (unit.kind == UNIT_SPACE) {
			strbuf_addch(&scan->name, ' ');
			word->is_over = true;
		} else if (unit.kind == UNIT_CHAR) {
			strbuf_addslice(&scan->name, s);
			word->is_over |= !is_name(s.s[0]);
			if (!word->is_over)
				*word = (struct word){ scan->name.len,
						       at + s.len, false };
		} else if (unit.kind != UNIT_NOTHING) {
			break;
		}
	}
	return at;
}

static void reset(struct merge_scan *scan)
{
	strbuf_reset(&scan->name);
	strbuf_reset(&scan->markup);
	scan->first_end = scan->last_end = 0;
	scan->is_spelt = false;
}

/* Without what nobody sees, and with plain spaces, none at the ends. */
static void add_clean(const struct merge_scan *scan, struct str name,
		      struct strbuf *out)
{
	struct merge_scan within = { .text = name, .is_html = scan->is_html };
	struct unit unit;

	for (size_t at = 0; at < name.len; at += unit.len) {
		unit = unit_at(&within, at);
		if (unit.kind == UNIT_SPACE)
			strbuf_addch(out, ' ');
		else if (unit.kind != UNIT_NOTHING)
			strbuf_add(out, name.s + at, unit.len);
	}
	strbuf_trim(out);
}

/* The name in scan->name makes a tag that is known, and is clean: what was
 * taken out may have split a reference. */
static bool makes_a_tag(const struct merge_scan *scan)
{
	CLEANUP(strbuf_release) struct strbuf clean = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf tag = STRBUF_INIT;

	if (scan->is_spelt || !is_known(scan, strbuf_str(&scan->name)))
		return false;
	add_clean(scan, strbuf_str(&scan->name), &clean);
	if (!str_eq(strbuf_str(&clean), strbuf_str(&scan->name)))
		return false;
	strbuf_addstr(&tag, "*|");
	strbuf_addslice(&tag, strbuf_str(&scan->name));
	strbuf_addstr(&tag, "|*");
	return merge_tag_length(strbuf_str(&tag)) == tag.len;
}

static bool found(struct merge_scan *scan, enum merge_likeness likeness,
		  size_t at, size_t end)
{
	scan->likeness = likeness;
	scan->found = at;
	scan->written = (struct str){ scan->text.s + at, end - at };
	scan->at = end;
	scan->before = markup_before(scan);
	return true;
}

/* A tag as it should be; within, it may have blanks that it should not. */
static bool find_tag(struct merge_scan *scan, size_t at)
{
	size_t n = merge_tag_length(
		(struct str){ scan->text.s + at, scan->text.len - at });
	struct str inner = { scan->text.s + at + 2, n - 4 };

	if (n == 0)
		return false;
	reset(scan);
	add_clean(scan, inner, &scan->name);
	if (str_eq(strbuf_str(&scan->name), inner) || !makes_a_tag(scan))
		return found(scan, MERGE_LIKE_TAG, at, at + n);
	return found(scan, MERGE_LIKE_SPLIT, at, at + n);
}

static bool begins_freely(const struct merge_scan *scan, size_t at)
{
	return at == 0 || !is_word(scan->text.s[at - 1]);
}

/* *|FNAME| and *|FNAME*; but in "*|FNAME *|LNAME|*" the second star begins. */
static size_t behind_half(struct merge_scan *scan, size_t at)
{
	struct unit unit = unit_at(scan, at);

	if (unit.kind == UNIT_BAR ||
	    (unit.kind == UNIT_STAR &&
	     take_sign(scan, at, UNIT_STAR, UNIT_BAR) == 0))
		return at + unit.len;
	return 0;
}

static bool find_opened(struct merge_scan *scan, size_t at)
{
	struct word word = { .len = 0 };
	size_t name, end, whole, half;

	reset(scan);
	name = take_sign(scan, at, UNIT_STAR, UNIT_BAR);
	if (name == 0)
		return false;
	end = take_name(scan, name, &word);
	strbuf_trim(&scan->name);
	whole = take_sign(scan, end, UNIT_BAR, UNIT_STAR);
	if (whole > 0 && makes_a_tag(scan))
		return found(scan, MERGE_LIKE_SPLIT, at, whole);
	if (whole > 0)
		return has_word(strbuf_str(&scan->name)) &&
		       found(scan, MERGE_LIKE_NONE, at, whole);
	if (!begins_freely(scan, at))
		return false;
	half = behind_half(scan, end);
	if (half > 0 && is_firm(scan, strbuf_str(&scan->name)))
		return found(scan, MERGE_LIKE_NONE, at, half);
	return word.len <= scan->name.len &&
	       is_firm(scan, (struct str){ scan->name.buf, word.len }) &&
	       found(scan, MERGE_LIKE_NONE, at, word.end);
}

/* Back over the markup that ends before `at`, not before `from`. */
static size_t before_markup(const struct merge_scan *scan, size_t at,
			    size_t from)
{
	while (scan->is_html && at > from && scan->text.s[at - 1] == '>') {
		size_t begin = at - 1;

		while (begin > from && at - begin < MARKUP_MAX &&
		       scan->text.s[begin] != '<')
			begin--;
		if (unit_at(scan, begin).kind != UNIT_MARKUP)
			return at;
		at = begin;
	}
	return at;
}

/* FNAME|*, |FNAME|*, *FNAME|* */
static bool find_closed(struct merge_scan *scan, size_t at)
{
	size_t from = scan->done, end, begin, behind;

	reset(scan);
	behind = take_sign(scan, at, UNIT_BAR, UNIT_STAR);
	if (behind == 0 ||
	    (behind < scan->text.len && is_word(scan->text.s[behind])))
		return false;
	if (at > SPAN_MAX && from < at - SPAN_MAX)
		from = at - SPAN_MAX;
	begin = end = before_markup(scan, at, from);
	while (begin > from && is_name(scan->text.s[begin - 1]))
		begin--;
	if (!is_firm(scan, (struct str){ scan->text.s + begin, end - begin }))
		return false;
	if (begin > from &&
	    (scan->text.s[begin - 1] == '*' || scan->text.s[begin - 1] == '|'))
		begin--;
	return found(scan, MERGE_LIKE_NONE, begin, behind);
}

/* Where a sign may begin. */
static bool may_begin(char c)
{
	return c == '*' || c == '|' || c == '&' || c == '%' || c == '\xEF';
}

bool merge_scan_next(struct merge_scan *scan)
{
	scan->done = scan->at;
	while (scan->at < scan->text.len) {
		struct unit unit;
		size_t at = scan->at;

		if (!may_begin(scan->text.s[at])) {
			scan->at++;
			continue;
		}
		unit = unit_at(scan, at);
		if (unit.kind == UNIT_STAR &&
		    (find_tag(scan, at) || find_opened(scan, at)))
			return true;
		if (unit.kind == UNIT_BAR && find_closed(scan, at))
			return true;
		scan->at += unit.len;
	}
	return false;
}

void merge_scan_release(struct merge_scan *scan)
{
	strbuf_release(&scan->name);
	strbuf_release(&scan->markup);
}
