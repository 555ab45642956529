/*
 * Which items of a feed are new, by what was seen of it. Called by rss.c; pure.
 */
#include "base/cleanup.h"
#include "base/crypto.h"
#include "base/json.h"
#include "campaign/rss/feed.h"
#include "campaign/rss/rss.h"
#include "campaign/rss/rss_private.h"

#define SEEN_MAX 1000
#define MARK_LENGTH 16 /* of a hash of what tells an item from others */

static void mark_of(const struct feed_item *item, char out[SHA256_HEX + 1])
{
	sha256_hex(str_of(item->guid), out);
	out[MARK_LENGTH] = '\0';
}

static json_t *marks_of(const char *seen)
{
	json_t *list = json_loads(seen ? seen : "[]", 0, NULL);
	json_t *marks = json_object();
	const json_t *mark;
	size_t i;

	json_array_foreach (list, i, mark)
		if (json_is_string(mark))
			(void)json_object_set_new(
				marks, json_string_value(mark), json_true());
	json_free(&list);
	return marks;
}

static bool is_new(const struct rss_state *state, const struct feed_item *item,
		   const json_t *marks, int64_t period_ms)
{
	char mark[SHA256_HEX + 1];

	/* Nothing is known but dates. */
	if (state->is_first)
		return item->date_ms > state->since_ms;
	mark_of(item, mark);
	if (json_object_get(marks, mark))
		return false;
	/* An old one comes up again where newer ones were taken out. */
	return item->date_ms == 0 ||
	       item->date_ms > state->since_ms - period_ms;
}

size_t rss_pick_new(const struct rss_state *state, const struct feed *feed,
		    int64_t period_ms, struct feed_item *out)
{
	CLEANUP(json_free) json_t *marks = marks_of(state->seen);
	size_t n = 0;

	for (size_t i = 0; i < feed->n; i++) {
		char mark[SHA256_HEX + 1];

		if (!is_new(state, &feed->items[i], marks, period_ms))
			continue;
		mark_of(&feed->items[i], mark);
		/* twice in one feed it is one */
		(void)json_object_set_new(marks, mark, json_true());
		if (state->is_first) {
			bool twice = false;

			for (size_t j = 0; j < n; j++)
				twice |= !strcmp(out[j].guid,
						 feed->items[i].guid);
			if (twice)
				continue;
		}
		out[n++] = feed->items[i];
	}
	return n;
}

static void add_mark(struct json_writer *w, json_t *written, const char *mark)
{
	if (json_object_size(written) >= SEEN_MAX ||
	    json_object_get(written, mark))
		return;
	(void)json_object_set_new(written, mark, json_true());
	json_text(w, mark);
}

void rss_seen_add(const char *seen, const struct feed *feed, struct strbuf *out)
{
	CLEANUP(json_free)
	json_t *before = json_loads(seen ? seen : "[]", 0, NULL);
	CLEANUP(json_free) json_t *written = json_object();
	struct json_writer w = JSON_WRITER(out);
	const json_t *mark;
	size_t i;

	json_begin_array(&w);
	for (i = 0; i < feed->n; i++) {
		char text[SHA256_HEX + 1];

		mark_of(&feed->items[i], text);
		add_mark(&w, written, text);
	}
	json_array_foreach (before, i, mark)
		if (json_is_string(mark))
			add_mark(&w, written, json_string_value(mark));
	json_end_array(&w);
}
