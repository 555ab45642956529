#include "campaign/html/html_rules.h"

#include "base/arena.h"
#include "base/cleanup.h"

#include <strings.h>

#define RULES_MAX 2000
#define TRIES_MAX 2000000
#define DEPTH_MAX 16

/* --- reading --- */

struct reader {
	struct str css;
	size_t at;
	struct arena *arena;
	struct html_rules *out;
};

/* To the next of ; { } that is neither in quotes nor in brackets. */
static struct str next_part(struct reader *r, char *end)
{
	size_t from = r->at < r->css.len ? r->at : r->css.len;
	char quote = '\0';
	int brackets = 0;

	for (; r->at < r->css.len; r->at++) {
		char c = r->css.s[r->at];

		if (quote)
			quote = c == quote ? '\0' : quote;
		else if (c == '"' || c == '\'')
			quote = c;
		else if (c == '(' || c == '[')
			brackets++;
		else if ((c == ')' || c == ']') && brackets > 0)
			brackets--;
		else if (c == '{' || c == '}' || (c == ';' && !brackets))
			break;
	}
	*end = r->at < r->css.len ? r->css.s[r->at] : '\0';
	if (r->at > r->css.len)
		r->at = r->css.len;
	return str_trim((struct str){ r->css.s + from, r->at++ - from });
}

static void skip_block(struct reader *r)
{
	int depth = 1;
	char end;

	do {
		(void)next_part(r, &end);
		depth += end == '{' ? 1 : end == '}' ? -1 : 0;
	} while (end != '\0' && depth > 0);
}

static void add_rule(struct reader *r, struct str selectors, bool is_dark,
		     const struct strbuf *declarations)
{
	struct html_cascade cascade = { .given = 0 };
	struct html_rule rule = { .selectors = selectors, .is_dark = is_dark };

	html_style_take(&cascade, strbuf_str(declarations), false);
	if (selectors.len == 0 || (!html_style_says_something(&cascade) &&
				   !cascade.is_small && !cascade.clips))
		return;
	rule.declarations =
		str_of(arena_str(r->arena, strbuf_str(declarations)));
	if (r->out->rules.n < RULES_MAX)
		vec_push(&r->out->rules, rule);
	else
		r->out->is_lost = true;
}

/* Blocks whose rules hold, if the condition does. */
static bool is_group(struct str prelude)
{
	static const char *const names[] = { "@media",         "@supports",
					     "@layer",         "@container",
					     "@scope",         "@document",
					     "@starting-style" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (prelude.len >= strlen(names[i]) &&
		    !strncasecmp(prelude.s, names[i], strlen(names[i])))
			return true;
	return false;
}

static bool is_print(struct str prelude)
{
	return str_ieq(prelude, "@media print") ||
	       str_ieq(prelude, "@media only print");
}

static void read_block(struct reader *r, struct str selectors, bool is_dark,
		       int depth)
{
	CLEANUP(strbuf_release) struct strbuf declarations = STRBUF_INIT;
	char end = ';';

	while (end != '\0' && end != '}') {
		struct str part = next_part(r, &end);
		bool group = str_starts(part, "@");

		if (end != '{') {
			strbuf_addslice(&declarations, part);
			strbuf_addch(&declarations, ';');
		} else if (depth == DEPTH_MAX || is_print(part) ||
			   (group && !is_group(part))) {
			r->out->is_lost |= depth == DEPTH_MAX;
			skip_block(r);
		} else {
			read_block(r, group ? selectors : part,
				   is_dark || memmem(part.s, part.len,
						     "prefers-color-scheme",
						     20) != NULL,
				   depth + 1);
		}
		if (depth == 0 && end == '}') /* one too many */
			end = ';';
		else if (end == '{')
			end = ';';
	}
	add_rule(r, selectors, is_dark, &declarations);
}

static void read_sheet(struct str css, struct arena *arena,
		       struct html_rules *out)
{
	CLEANUP(strbuf_release) struct strbuf plain = STRBUF_INIT;
	struct reader r = { .arena = arena, .out = out };
	struct str none = { "", 0 };

	/* of a merge tag nobody knows what becomes */
	for (size_t i = 0; i < css.len; i++)
		out->is_lost |= merge_tag_length((struct str){
					css.s + i, css.len - i }) > 0;
	html_css_plain(css, &plain);
	/* <!-- and --> say nothing in a style sheet */
	for (char *c = plain.buf; (c = strstr(c, "<!--")) != NULL;)
		memset(c, ' ', 4);
	for (char *c = plain.buf; (c = strstr(c, "-->")) != NULL;)
		memset(c, ' ', 3);
	r.css = str_of(arena_str(arena, strbuf_str(&plain)));
	read_block(&r, none, false, 0);
}

/* Also in what browsers may read in another way. */
void html_rules_read(struct str html, struct arena *arena,
		     struct html_rules *out)
{
	struct html_scan scan = HTML_SCAN_INIT;
	size_t from = 0;

	*out = (struct html_rules){ .tries = 0 };
	for (size_t i = 0; i < html.len; i++) {
		bool was_in =
			scan.place == HTML_RAW && !strcmp(scan.raw, "style");
		bool is_in;
		size_t tag = was_in ? 0
				    : merge_tag_length((struct str){
					      html.s + i, html.len - i });

		if (tag > 0) {
			i += tag - 1;
			continue;
		}
		html_scan_byte(&scan, html.s[i]);
		is_in = scan.place == HTML_RAW && !strcmp(scan.raw, "style");
		if (is_in && !was_in)
			from = i + 1;
		else if (was_in && (!is_in || i + 1 == html.len))
			read_sheet((struct str){ html.s + from, i - from },
				   arena, out);
	}
}

void html_rules_release(struct html_rules *rules)
{
	vec_release(&rules->rules);
}

/* --- what they hit --- */

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '_' || c < 0;
}

static struct str cut_name(struct str *s)
{
	struct str name = { s->s, 0 };

	while (name.len < s->len && is_name_char(s->s[name.len]))
		name.len++;
	*s = (struct str){ s->s + name.len, s->len - name.len };
	return name;
}

static bool has_word(const char *text, struct str word)
{
	struct str rest = str_of(text);

	while (rest.len > 0 && rest.s) {
		struct str next = str_cut(&rest, ' ');

		if (next.len == word.len && word.len > 0 &&
		    !strncasecmp(next.s, word.s, word.len))
			return true;
	}
	return false;
}

/* Behind the bracket that ends what s begins with. */
static struct str behind_bracket(struct str s, struct str *inside)
{
	int depth = 0;

	for (size_t i = 0; i < s.len; i++) {
		depth += s.s[i] == '(' || s.s[i] == '[';
		depth -= s.s[i] == ')' || s.s[i] == ']';
		if (depth == 0) {
			*inside = (struct str){ s.s + 1, i - 1 };
			return (struct str){ s.s + i + 1, s.len - i - 1 };
		}
	}
	*inside = s;
	return (struct str){ s.s + s.len, 0 };
}

/* [class~="x"]: whether it is there; of classes, whether it holds that. */
static bool has_attribute(const struct html_element *e, struct str inside)
{
	CLEANUP(strbuf_release) struct strbuf value = STRBUF_INIT;
	char name[32] = "";
	struct str given;

	inside = str_trim(inside);
	given = cut_name(&inside);
	if (given.len == 0 || given.len >= sizeof(name))
		return true;
	for (size_t i = 0; i < given.len; i++)
		name[i] = (char)(given.s[i] >= 'A' && given.s[i] <= 'Z'
					 ? given.s[i] + 32
					 : given.s[i]);
	if (given.len >= sizeof(e->name)) /* cut, as names of attributes are */
		name[15] = '\0';
	if (!html_tag_attr(e->source, name, &value))
		return false;
	while (inside.len > 0 && !is_name_char(inside.s[0]))
		inside = (struct str){ inside.s + 1, inside.len - 1 };
	given = cut_name(&inside);
	return strcmp(name, "class") != 0 || given.len == 0 ||
	       memmem(value.buf, value.len, given.s, given.len);
}

/* What holds only for a while, or for what is put beside. */
static bool is_of_another(struct str name)
{
	static const char *const names[] = {
		"hover",       "active",       "focus",         "visited",
		"before",      "after",        "first-letter",  "first-line",
		"marker",      "focus-within", "focus-visible", "selection",
		"placeholder", "target",       "checked",
	};

	return html_name_is_one_of(name, names, ARRAY_SIZE(names));
}

static bool match_pseudo(struct str *s, const struct html_element *e)
{
	struct str name, inside;

	while (s->len > 0 && s->s[0] == ':')
		*s = (struct str){ s->s + 1, s->len - 1 };
	name = cut_name(s);
	if (s->len > 0 && s->s[0] == '(')
		*s = behind_bracket(*s, &inside);
	if (str_ieq(name, "root"))
		return str_ieq(e->name, "html");
	return !is_of_another(name);
}

static bool match_one(struct str s, const struct html_element *e)
{
	while (s.len > 0) {
		char c = s.s[0];
		struct str rest = { s.s + 1, s.len - 1 }, inside;
		bool good = true;

		if (c == '.')
			good = has_word(e->classes, cut_name(&rest));
		else if (c == '#')
			good = str_ieq(cut_name(&rest), e->id);
		else if (c == ':')
			good = match_pseudo(&rest, e);
		else if (c == '[')
			rest = behind_bracket(s, &inside),
			good = has_attribute(e, inside);
		else if (is_name_char(c)) {
			rest = s;
			inside = cut_name(&rest);
			good = inside.len == e->name.len &&
			       !strncasecmp(inside.s, e->name.s, inside.len);
		}
		if (!good)
			return false;
		s = rest;
	}
	return true;
}

/* The last compound of a selector, and what stands between it and the rest. */
static struct str cut_last(struct str *s, bool *beside)
{
	size_t from = s->len, end = s->len;
	int depth = 0;

	while (from > 0) {
		char c = s->s[from - 1];

		depth += c == ')' || c == ']';
		depth -= c == '(' || c == '[';
		if (depth <= 0 && strchr(" >+~", c))
			break;
		from--;
	}
	end = from;
	*beside = false;
	while (end > 0 && strchr(" >+~", s->s[end - 1]))
		*beside |= s->s[--end] == '+' || s->s[end] == '~';
	struct str last = { s->s + from, s->len - from };
	s->len = end;
	return last;
}

/* Elements that are there without being written. */
static bool is_implied(struct str compound)
{
	static const char *const names[] = { "html", "body", "tbody", ":root",
					     "*" };

	return html_name_is_one_of(compound, names, ARRAY_SIZE(names));
}

static bool match(struct str selector, const struct html_element *v, size_t n)
{
	bool beside, next_beside;
	struct str one;

	selector = str_trim(selector);
	if (selector.len == 0)
		return false;
	one = cut_last(&selector, &beside);
	if (!match_one(one, &v[n - 1]))
		return false;
	while (selector.len > 0) {
		bool found;

		one = cut_last(&selector, &next_beside);
		found = is_implied(one);
		for (size_t i = 0; i < n && !found; i++)
			found = match_one(one, &v[i]);
		if (!found && !beside)
			return false;
		beside = next_beside;
	}
	return true;
}

static bool match_any(struct str selectors, const struct html_element *v,
		      size_t n)
{
	size_t from = 0;
	int depth = 0;

	for (size_t i = 0; i <= selectors.len; i++) {
		char c = i < selectors.len ? selectors.s[i] : ',';

		depth += c == '(' || c == '[';
		depth -= c == ')' || c == ']';
		if (c != ',' || (depth > 0 && i < selectors.len))
			continue;
		if (match((struct str){ selectors.s + from, i - from }, v, n))
			return true;
		from = i + 1;
	}
	return false;
}

void html_rules_apply(struct html_rules *rules, const struct html_element *v,
		      size_t n, struct html_cascade *out)
{
	vec_each (&rules->rules, rule) {
		struct html_paint colour = out->colour, behind = out->behind;

		if (++rules->tries > TRIES_MAX) {
			rules->is_lost = true;
			return;
		}
		if (!match_any(rule->selectors, v, n))
			continue;
		html_style_take(out, rule->declarations, false);
		if (!rule->is_dark)
			continue;
		out->colour = colour;
		out->behind = behind;
	}
}
