#include "design/markup.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/text/html_entity.h"
#include "design/link.h"
#include "design/markup_private.h"

#include <string.h>
#include <strings.h>

#define DEPTH_MAX 40 /* elements in one another; clients give up on more */
#define NAME_MAX 24
#define ATTRS_MAX 40

struct reader {
	struct str s; /* what is left */
	enum markup_kind kind;
	struct problems *p;
	struct markup *out;
	const struct markup_tag *open[DEPTH_MAX];
	size_t depth;
};

/* --- letters --- */

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static void skip(struct reader *r, size_t n)
{
	n = n < r->s.len ? n : r->s.len;
	r->s = (struct str){ r->s.s + n, r->s.len - n };
}

static char peek(const struct reader *r, size_t at)
{
	return at < r->s.len ? r->s.s[at] : '\0';
}

static void skip_spaces(struct reader *r)
{
	while (r->s.len > 0 && is_space(*r->s.s))
		skip(r, 1);
}

void markup_escape(struct str s, bool in_attribute, struct strbuf *out)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.s[i];

		if (c == '&')
			strbuf_addstr(out, "&amp;");
		else if (c == '<')
			strbuf_addstr(out, "&lt;");
		else if (c == '>')
			strbuf_addstr(out, "&gt;");
		else if (c == '"' && in_attribute)
			strbuf_addstr(out, "&quot;");
		else
			strbuf_addch(out, c);
	}
}

/* Without references, and without what is no character of a text. */
static struct str decode(struct str raw, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf sb = STRBUF_INIT;
	size_t n = 0;

	html_decode(raw, &sb);
	for (size_t i = 0; i < sb.len; i++) {
		unsigned char c = (unsigned char)sb.buf[i];

		if (c >= ' ' || is_space((char)c))
			sb.buf[n++] = (char)c;
	}
	return (struct str){ arena_strndup(arena, sb.buf, n), n };
}

/* --- the tree --- */

static enum markup_element element_at(const struct reader *r, size_t i)
{
	return r->open[i]->element;
}

static bool is_named(const struct markup_tag *tag, const char *name)
{
	return strcmp(tag->name, name) == 0;
}

/* No end tag reaches out of a cell or table, but their own. */
static bool is_barrier(const struct markup_tag *open,
		       const struct markup_tag *tag)
{
	if (is_named(open, "table"))
		return true;
	return open->element == ELEMENT_CELL && tag->element != ELEMENT_ROW &&
	       tag->element != ELEMENT_TABLE && !is_named(tag, "tbody") &&
	       !is_named(tag, "thead") && !is_named(tag, "tfoot");
}

static void close_top(struct reader *r)
{
	struct markup_piece piece = { .kind = MARKUP_CLOSE,
				      .tag = r->open[--r->depth] };

	vec_push(r->out, piece);
}

/* The innermost open one of this element (and name, if given), if it can be
 * reached: 1 + its place, or 0. */
static size_t reach(const struct reader *r, const struct markup_tag *tag)
{
	for (size_t i = r->depth; i > 0; i--) {
		if (r->open[i - 1] == tag)
			return i;
		if (is_barrier(r->open[i - 1], tag))
			break;
	}
	return 0;
}

static void close_to(struct reader *r, size_t depth)
{
	while (r->depth > depth)
		close_top(r);
}

/* What a start tag closes before it: the innermost open element of a kind, up
 * to one that keeps it open. */
static void close_before(struct reader *r, enum markup_element what,
			 enum markup_element keeper)
{
	for (size_t i = r->depth; i > 0; i--) {
		enum markup_element e = element_at(r, i - 1);

		if (e == what) {
			close_to(r, i - 1);
			return;
		}
		if (e == keeper || e == ELEMENT_CELL || e == ELEMENT_TABLE)
			return;
	}
}

static bool is_section(const struct markup_tag *tag)
{
	return is_named(tag, "tbody") || is_named(tag, "thead") ||
	       is_named(tag, "tfoot");
}

/* Only cells and what is outside of tables hold content. */
static bool in_table_frame(const struct reader *r)
{
	const struct markup_tag *top = r->depth ? r->open[r->depth - 1] : NULL;

	return top && (top->element == ELEMENT_TABLE ||
		       top->element == ELEMENT_ROW || is_section(top));
}

/* Leaves open only what may stand around a part of a table; false: there is no
 * table that this could be a part of. */
static bool fit_in_table(struct reader *r, const struct markup_tag *tag)
{
	size_t i = r->depth;

	while (i > 0 && element_at(r, i - 1) != ELEMENT_TABLE) {
		const struct markup_tag *open = r->open[i - 1];

		if (tag->element == ELEMENT_CELL &&
		    open->element == ELEMENT_ROW)
			break;
		if (tag->element == ELEMENT_ROW && is_section(open))
			break;
		i--;
	}
	if (i == 0 || (tag->element == ELEMENT_CELL &&
		       element_at(r, i - 1) == ELEMENT_TABLE))
		return false;
	close_to(r, i);
	return true;
}

static bool is_table_part(const struct markup_tag *tag)
{
	return tag->element == ELEMENT_ROW || tag->element == ELEMENT_CELL ||
	       is_section(tag);
}

static bool is_block(const struct markup_tag *tag)
{
	switch (tag->element) {
	case ELEMENT_BLOCK:
	case ELEMENT_HEADING:
	case ELEMENT_HR:
	case ELEMENT_LIST:
	case ELEMENT_P:
	case ELEMENT_TABLE:
	case ELEMENT_ITEM:
		return true;
	default:
		return false;
	}
}

static bool is_open(const struct reader *r, enum markup_element element)
{
	for (size_t i = 0; i < r->depth; i++)
		if (element_at(r, i) == element)
			return true;
	return false;
}

/* Closes what browsers would close; false: it cannot stand here. */
static bool make_room(struct reader *r, const struct markup_tag *tag)
{
	if (is_table_part(tag))
		return fit_in_table(r, tag);
	if (in_table_frame(r))
		return false;
	if (tag->element == ELEMENT_A && is_open(r, ELEMENT_A))
		return false;
	if (tag->element == ELEMENT_ITEM) {
		if (!is_open(r, ELEMENT_LIST))
			return false;
		close_before(r, ELEMENT_ITEM, ELEMENT_LIST);
	}
	if (is_block(tag))
		close_before(r, ELEMENT_P, ELEMENT_TABLE);
	if (tag->element == ELEMENT_HEADING)
		close_before(r, ELEMENT_HEADING, ELEMENT_TABLE);
	return true;
}

static void open_tag(struct reader *r, const struct markup_tag *tag,
		     const struct markup_attr *attrs)
{
	struct markup_piece piece = { .kind = MARKUP_OPEN,
				      .tag = tag,
				      .attrs = attrs };

	if (!make_room(r, tag) || (!tag->is_void && r->depth >= DEPTH_MAX))
		return;
	vec_push(r->out, piece);
	if (!tag->is_void)
		r->open[r->depth++] = tag;
}

static void close_tag(struct reader *r, const struct markup_tag *tag)
{
	size_t place = reach(r, tag);

	if (place > 0)
		close_to(r, place - 1);
}

/* Only merge tags and white space: what may stand between rows and in
 * comments. */
static bool is_only_tags(struct str s)
{
	while (s.len > 0) {
		size_t n = is_space(*s.s) ? 1 : link_merge_tag(s);

		if (n == 0)
			return false;
		s = (struct str){ s.s + n, s.len - n };
	}
	return true;
}

static void add_words(struct reader *r, struct str raw)
{
	struct markup_piece piece = { .kind = MARKUP_WORDS };

	if (raw.len == 0)
		return;
	piece.text = decode(raw, r->p->arena);
	if (in_table_frame(r) && !is_only_tags(piece.text))
		return;
	vec_push(r->out, piece);
}

/* --- tags --- */

/* Lower case, cut to the room; takes it from the source. */
static void read_name(struct reader *r, char *out, const char *ends)
{
	size_t n = 0;

	while (r->s.len > 0 && !is_space(*r->s.s) &&
	       (*r->s.s == '\0' || !strchr(ends, *r->s.s))) {
		char c = *r->s.s;

		/* no name that we know has others */
		if ((unsigned char)c <= ' ' || (unsigned char)c > '~')
			c = '?';
		if (n + 1 < NAME_MAX)
			out[n++] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
		skip(r, 1);
	}
	out[n] = '\0';
}

static struct str read_value(struct reader *r)
{
	char quote = peek(r, 0);
	struct str value = r->s;
	size_t n = 0;

	if (quote == '"' || quote == '\'') {
		skip(r, 1);
		value = r->s;
		while (n < value.len && value.s[n] != quote)
			n++;
		skip(r, n + 1);
	} else {
		while (n < value.len && !is_space(value.s[n]) &&
		       value.s[n] != '>')
			n++;
		skip(r, n);
	}
	value.len = n;
	return value;
}

struct attr_list {
	struct markup_attr *first, **end;
	size_t n;
};

static bool has_attr(const struct attr_list *list, const char *name)
{
	for (const struct markup_attr *a = list->first; a; a = a->next)
		if (strcmp(a->name, name) == 0)
			return true;
	return false;
}

static void add_attr(struct reader *r, const struct markup_tag *tag,
		     const char *name, struct str raw, struct attr_list *list)
{
	struct str value = decode(raw, r->p->arena);
	struct markup_attr *attr;
	const char *good;

	if (!tag || !*name || list->n >= ATTRS_MAX || has_attr(list, name))
		return;
	good = markup_attr_read(tag, name, value, r->kind, r->p);
	if (!good || (!*good && strcmp(name, "alt") != 0))
		return;
	attr = arena_new_of(r->p->arena, struct markup_attr);
	*attr = (struct markup_attr){ .name = arena_strdup(r->p->arena, name),
				      .value = good };
	*list->end = attr;
	list->end = &attr->next;
	list->n++;
}

/* Behind the name of a tag, up to its end; tag NULL: nothing is kept. */
static void read_attrs(struct reader *r, const struct markup_tag *tag,
		       struct attr_list *list)
{
	*list = (struct attr_list){ .first = NULL };
	list->end = &list->first;
	for (;;) {
		char name[NAME_MAX];
		struct str value = { NULL, 0 };

		while (r->s.len > 0 && (is_space(*r->s.s) || *r->s.s == '/'))
			skip(r, 1);
		if (r->s.len == 0)
			return;
		if (*r->s.s == '>') {
			skip(r, 1);
			return;
		}
		read_name(r, name, peek(r, 0) == '=' ? ">/" : "=>/");
		skip_spaces(r);
		if (peek(r, 0) == '=') {
			skip(r, 1);
			skip_spaces(r);
			value = read_value(r);
		}
		add_attr(r, tag, name, value, list);
	}
}

/* Up to the end tag of this name, and past it; the rest, if there is none. */
static void skip_element(struct reader *r, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i + n + 2 <= r->s.len; i++) {
		const char *at = r->s.s + i;
		char next = peek(r, i + n + 2);

		if (at[0] == '<' && at[1] == '/' &&
		    strncasecmp(at + 2, name, n) == 0 &&
		    (is_space(next) || next == '/' || next == '>' ||
		     i + n + 2 == r->s.len)) {
			struct attr_list none;

			skip(r, i + n + 2);
			read_attrs(r, NULL, &none);
			return;
		}
	}
	skip(r, r->s.len);
}

/* Paragraphs where there are none, and frames of whole documents. */
static bool is_quietly_unwrapped(const char *name)
{
	return markup_tag_is_frame(name) || strcmp(name, "p") == 0 ||
	       strcmp(name, "div") == 0 || strcmp(name, "font") == 0;
}

static void note_removed(struct reader *r, const char *name)
{
	bool is_known = markup_tag_find(str_of(name), MARKUP_ANY) != NULL;
	const char *what = arena_strdup(r->p->arena, name);

	if (is_quietly_unwrapped(name))
		return;
	problem_warn(r->p, "removed_html", what,
		     is_known ? "<%s> has no place in this block and was left "
				"out; the words in it stay."
			      : "<%s> does not work in a mail and was left "
				"out.",
		     what);
}

/* An image without a text for those who do not see it. */
static void check_image(struct reader *r, struct attr_list *list)
{
	if (has_attr(list, "alt"))
		return;
	problem_warn(r->p, "missing_alt", NULL,
		     "A picture has no text for those who do not see it.");
	add_attr(r, markup_tag_find(STR("img"), r->kind), "alt", STR(""), list);
}

static void start_tag(struct reader *r)
{
	const struct markup_tag *tag;
	struct attr_list attrs;
	char name[NAME_MAX];

	skip(r, 1);
	read_name(r, name, "/>");
	tag = markup_tag_find(str_of(name), r->kind);
	read_attrs(r, tag, &attrs);
	if (tag && tag->element == ELEMENT_IMG) {
		check_image(r, &attrs);
		if (has_attr(&attrs, "src"))
			open_tag(r, tag, attrs.first);
	} else if (tag) {
		open_tag(r, tag, attrs.first);
	} else {
		note_removed(r, name);
		if (markup_tag_is_raw(name) || markup_tag_hides(name))
			skip_element(r, name);
	}
}

static void end_tag(struct reader *r)
{
	const struct markup_tag *tag;
	struct attr_list none;
	char name[NAME_MAX];

	skip(r, 2);
	read_name(r, name, "/>");
	read_attrs(r, NULL, &none);
	tag = markup_tag_find(str_of(name), r->kind);
	if (tag && !tag->is_void)
		close_tag(r, tag);
}

/* Bytes of the end of a comment that stands there; 0: none does. */
static size_t comment_end(struct str s, size_t at)
{
	struct str rest = { s.s + at, s.len - at };

	if (str_starts(rest, "-->"))
		return 3;
	return str_starts(rest, "--!>") ? 4 : 0;
}

/* <!-- up to -->; one that holds merge tags only stays, it is a conditional's.
 */
static void comment(struct reader *r)
{
	struct str inner = { r->s.s + 4, r->s.len - 4 };
	struct markup_piece piece = { .kind = MARKUP_WORDS,
				      .is_comment = true };
	size_t n = 0;

	while (n < inner.len && comment_end(inner, n) == 0)
		n++;
	skip(r, 4 + n + comment_end(inner, n));
	if (n == inner.len)
		return;
	inner.len = n;
	if (str_starts(inner, "[if"))
		note_removed(r, "!--[if]");
	if (inner.len == 0 || !is_only_tags(inner) || memchr(inner.s, '<', n) ||
	    memchr(inner.s, '>', n))
		return;
	piece.text = (struct str){
		arena_printf(r->p->arena, "<!--%.*s-->", (int)n, inner.s), n + 7
	};
	vec_push(r->out, piece);
}

static void skip_bogus(struct reader *r)
{
	const char *end = memchr(r->s.s, '>', r->s.len);

	skip(r, end ? (size_t)(end - r->s.s) + 1 : r->s.len);
}

/* At a <: false if it begins no tag. */
static bool tag_or_comment(struct reader *r)
{
	char next = peek(r, 1);

	if (is_letter(next))
		start_tag(r);
	else if (next == '/' && is_letter(peek(r, 2)))
		end_tag(r);
	else if (r->s.len >= 4 && strncmp(r->s.s, "<!--", 4) == 0)
		comment(r);
	else if (next == '!' || next == '?' || next == '/')
		skip_bogus(r);
	else
		return false;
	return true;
}

void markup_read(struct str html, enum markup_kind kind, struct problems *p,
		 struct markup *out)
{
	struct reader r = { .s = html, .kind = kind, .p = p, .out = out };

	while (r.s.len > 0) {
		size_t from = 0;
		const char *less;

		if (*r.s.s == '<' && tag_or_comment(&r))
			continue;
		from = *r.s.s == '<';
		less = memchr(r.s.s + from, '<', r.s.len - from);
		from = less ? (size_t)(less - r.s.s) : r.s.len;
		add_words(&r, (struct str){ r.s.s, from });
		skip(&r, from);
	}
	close_to(&r, 0);
}

/* --- asking --- */

const char *markup_attr(const struct markup_piece *piece, const char *name)
{
	for (const struct markup_attr *a = piece->attrs; a; a = a->next)
		if (strcmp(a->name, name) == 0)
			return a->value;
	return NULL;
}

bool markup_says_something(const struct markup *m)
{
	vec_each (m, piece) {
		if (piece->tag && piece->kind == MARKUP_OPEN &&
		    (piece->tag->element == ELEMENT_IMG ||
		     piece->tag->element == ELEMENT_HR))
			return true;
		if (piece->kind == MARKUP_WORDS && !piece->is_comment &&
		    str_trim(piece->text).len > 0)
			return true;
	}
	return false;
}
