#include "campaign/rss/feed_show.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/utf8.h"
#include "campaign/campaign.h"
#include "campaign/rss/feed_fetch.h"
#include "campaign/rss/feed_tags.h"

#include <string.h>

#define LINE_BYTES 400 /* of a subject */

void feed_show_urls(const struct content *content, struct arena *arena,
		    struct texts *out)
{
	feed_tags_urls(content->html, FEED_HTML, arena, out);
	if (!content->plain_is_made)
		feed_tags_urls(content->plain_text, FEED_PLAIN, arena, out);
}

bool feed_show_is_needed(const struct content *content)
{
	return feed_tags_are_in(content->html, false) ||
	       feed_tags_are_in(content->plain_text, false);
}

static void add_once(struct texts *out, const char *why)
{
	vec_each (out, one)
		if (strcmp(*one, why) == 0)
			return;
	vec_push(out, why);
}

/* They are fetched for one content alone, and so many at once; for a line,
 * nobody would fetch any. */
void feed_show_problems(const struct content *content, bool is_test,
			const char *const *lines, size_t n, struct arena *arena,
			struct texts *out)
{
	CLEANUP(vec_release) struct texts urls = VEC_INIT;

	if (is_test && feed_show_is_needed(content))
		add_once(out, "A test shows no feeds: take the FEEDBLOCK out "
			      "of it.");
	feed_show_urls(content, arena, &urls);
	if (urls.n > FEED_BLOCKS_MAX)
		add_once(out, arena_printf(arena,
					   "A campaign reads at most %d feeds.",
					   FEED_BLOCKS_MAX));
	for (size_t i = 0; i < n; i++)
		if (lines[i] && feed_tags_are_in(str_of(lines[i]), false))
			add_once(out, "A subject and a preview text show no "
				      "FEEDBLOCK.");
}

static int show_text(const struct feed_shown *shown, struct str text,
		     enum feed_context context, struct arena *arena,
		     struct str *out, struct err *err)
{
	struct feed_tags_how how = {
		.context = context,
		.feed = shown->feed,
		.items = shown->items,
		.n = shown->n,
		.blocks = shown->blocks,
		.constrain = shown->constrain_images,
	};
	CLEANUP(strbuf_release) struct strbuf expanded = STRBUF_INIT;

	if (!feed_tags_are_in(text, shown->feed != NULL)) {
		*out = text;
		return 0;
	}
	if (feed_tags_expand(text, &how, &expanded, err) < 0)
		return -1;
	*out = (struct str){ arena_strndup(arena, expanded.buf, expanded.len),
			     expanded.len };
	return 0;
}

static int show_line(const struct feed_shown *shown, const char **line,
		     struct arena *arena, struct err *err)
{
	struct str before = str_of(*line), text;

	if (show_text(shown, before, FEED_LINE, arena, &text, err) < 0)
		return -1;
	if (text.s != before.s && text.len > LINE_BYTES)
		text.len = utf8_prefix(text, LINE_BYTES);
	*line = arena_str(arena, text);
	return 0;
}

int feed_show(const struct feed_shown *shown, struct campaign_settings *s,
	      struct content *content, struct arena *arena, struct err *err)
{
	struct str html, plain = STR("");

	if (show_line(shown, &s->subject_line, arena, err) < 0 ||
	    show_line(shown, &s->preview_text, arena, err) < 0 ||
	    show_text(shown, content->html, FEED_HTML, arena, &html, err) < 0)
		return -1;
	if (!content->plain_is_made &&
	    show_text(shown, content->plain_text, FEED_PLAIN, arena, &plain,
		      err) < 0)
		return -1;
	content_make(html, plain, arena, content);
	return 0;
}
