#include "design/sample.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "base/text/html_entity.h"
#include "design/placeholder.h"
#include "design/starter.h"

#include <ctype.h>
#include <string.h>

/* --- a block in pieces --- */

/* false: no more of them. */
typedef bool piece_fn(const char *piece, void *context);

static bool is_words(const char *text)
{
	if (strstr(text, "*|"))
		return false;
	while (*text && !isalpha((unsigned char)*text))
		text++;
	return *text != '\0';
}

static void add_without_tags(struct str html, struct strbuf *out)
{
	bool in_tag = false;

	for (size_t i = 0; i < html.len; i++) {
		if (html.s[i] == '<')
			in_tag = true;
		else if (html.s[i] == '>')
			in_tag = false;
		else if (!in_tag)
			strbuf_addch(out, html.s[i]);
	}
}

/* Where a line ends: at the first of these tags. */
static const char *line_end(const char *html)
{
	static const char *const ends[] = { "</p>", "<br", "</li>" };
	const char *first = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		const char *at = strstr(html, ends[i]);

		if (at && (!first || at < first))
			first = at;
	}
	return first;
}

/* Line by line: some may have been written, others not. */
static bool each_line(const char *html, piece_fn *fn, void *context)
{
	CLEANUP(strbuf_release) struct strbuf words = STRBUF_INIT;
	const char *end;

	for (; html; html = end ? strchr(end, '>') : NULL) {
		end = line_end(html);
		strbuf_reset(&words);
		add_without_tags(
			end ? (struct str){ html, (size_t)(end - html) }
			    : str_of(html),
			&words);
		if (words.len > 0 && !fn(words.buf, context))
			return false;
	}
	return true;
}

static bool each_link(const char *html, piece_fn *fn, void *context)
{
	static const char before[] = "href=\"";
	CLEANUP(strbuf_release) struct strbuf link = STRBUF_INIT;
	const char *end;

	while ((html = strstr(html, before)) != NULL) {
		html += sizeof(before) - 1;
		end = strchr(html, '"');
		if (!end)
			break;
		strbuf_reset(&link);
		strbuf_add(&link, html, (size_t)(end - html));
		if (link.len > 0 && !strstr(link.buf, "*|") &&
		    !fn(link.buf, context))
			return false;
	}
	return true;
}

static const char *text_of(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

static bool is_type(const json_t *block, const char *type)
{
	const char *is = text_of(block, "type");

	return is && strcmp(is, type) == 0;
}

static void each_piece(const json_t *block, piece_fn *fn, void *context)
{
	const char *html = text_of(block, "html");
	const char *text = text_of(block, "text");
	const char *href = text_of(block, "href");
	json_t *link;
	size_t i;

	if (is_type(block, "footer") || is_type(block, "html"))
		return;
	if ((html && (!each_line(html, fn, context) ||
		      !each_link(html, fn, context))) ||
	    (text && !fn(text, context)) ||
	    (href && *href && !fn(href, context)))
		return;
	json_array_foreach (json_object_get(block, "links"), i, link) {
		href = text_of(link, "href");
		if (href && *href && !fn(href, context))
			return;
	}
}

/* --- those of the starters --- */

/* Who has nothing else to say there says this. */
static const char *const fine[] = {
	"Mit freundlichen Grüßen",
	"Kind regards,",
	"Wir laden Sie ein",
	"You are invited",
	"Was Sie erwartet",
	"What to expect",
	"Wann",
	"When",
	"Wo",
	"Where",
	"Das war dieser Monat",
	"What happened this month",
	"Genauer hingesehen",
	"A closer look",
	"18 bis 21 Uhr",
	"6 to 9 p.m.",
};

static bool is_fine(const char *piece)
{
	for (size_t i = 0; i < ARRAY_SIZE(fine); i++)
		if (strcmp(piece, fine[i]) == 0)
			return true;
	return false;
}

static bool add_piece(const char *piece, void *context)
{
	if (is_words(piece) && !is_fine(piece))
		(void)json_object_set_new(context, piece, json_true());
	return true;
}

static void add_blocks(json_t *samples, const json_t *blocks)
{
	json_t *block, *column;
	size_t i, k;

	json_array_foreach ((json_t *)(uintptr_t)blocks, i, block) {
		each_piece(block, add_piece, samples);
		json_array_foreach (json_object_get(block, "columns"), k,
				    column)
			add_blocks(samples, column);
	}
}

json_t *samples_load(void)
{
	static const char *const languages[] = { "en", "de" };
	json_t *samples = json_object();

	for (size_t l = 0; l < ARRAY_SIZE(languages); l++) {
		CLEANUP(arena_free) struct arena *arena = arena_new();
		struct starter all[STARTERS];

		starter_list(languages[l], arena, all);
		for (size_t i = 0; i < STARTERS; i++) {
			CLEANUP(json_free) json_t *doc = NULL;
			struct err err = ERR_INIT;

			BUG_ON(json_parse(str_of(all[i].design), &doc, &err) <
			       0);
			add_blocks(samples, json_object_get(doc, "blocks"));
		}
	}
	return samples;
}

/* --- in a block --- */

struct search {
	const json_t *samples;
	struct arena *arena;
	struct sample_list *found;
};

static void add_found(struct search *s, const char *text)
{
	vec_each (s->found, one)
		if (strcmp(*one, text) == 0)
			return;
	vec_push(s->found, text);
}

/* References mean what they stand for; "*|" is left as it is. */
static void look_for_words(struct search *s, const char *piece)
{
	CLEANUP(strbuf_release) struct strbuf words = STRBUF_INIT;
	struct str found;
	size_t at = 0;

	html_decode(str_of(piece), &words);
	while (placeholder_next(strbuf_str(&words), &at, &found))
		add_found(s, arena_str(s->arena, found));
}

static bool look_for(const char *piece, void *context)
{
	struct search *s = context;

	if (json_object_get(s->samples, piece) || placeholder_is_link(piece))
		add_found(s, arena_strdup(s->arena, piece));
	else
		look_for_words(s, piece);
	return true;
}

void samples_in(const json_t *samples, const json_t *block, struct arena *arena,
		struct sample_list *out)
{
	struct search s = { samples, arena, out };

	each_piece(block, look_for, &s);
}
