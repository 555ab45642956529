#include "campaign/rss/feed_tag.h"

#include "base/cleanup.h"
#include "base/text/uri.h"
#include "campaign/html/html_scan.h"

#include <string.h>
#include <strings.h>

#define COUNT_MAX 200

static bool cut_word(struct str *s, const char *word)
{
	size_t n = strlen(word);

	if (s->len < n || strncasecmp(s->s, word, n) != 0)
		return false;
	*s = (struct str){ s->s + n, s->len - n };
	return true;
}

static struct feed_tag broken(const char *why)
{
	return (struct feed_tag){ .kind = TAG_BROKEN, .why = why };
}

/* "TITLE", "DATE:d.m.Y" */
static struct feed_tag read_value(struct str name, enum feed_tag_kind kind)
{
	static const struct {
		const char *name;
		enum feed_value value;
	} values[] = {
		{ "TITLE", VALUE_TITLE },
		{ "URL", VALUE_URL },
		{ "DATE", VALUE_DATE },
		{ "DESCRIPTION", VALUE_DESCRIPTION },
		{ "AUTHOR", VALUE_AUTHOR },
		{ "CATEGORIES", VALUE_CATEGORIES },
		{ "CONTENT", VALUE_CONTENT },
		{ "CONTENT_FULL", VALUE_CONTENT_FULL },
		{ "IMAGE", VALUE_IMAGE },
	};
	struct feed_tag tag = { .kind = kind };

	if (cut_word(&name, "DATE:")) {
		tag.value = VALUE_DATE;
		tag.format = name;
		return tag;
	}
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		bool fits = kind == TAG_FEED
				    ? values[i].value <= VALUE_DESCRIPTION
				    : values[i].value != VALUE_DESCRIPTION;

		if (!fits || !str_ieq(name, values[i].name))
			continue;
		tag.value = values[i].value;
		return tag;
	}
	return broken(kind == TAG_FEED
			      ? "A feed has only TITLE, URL, DATE and "
				"DESCRIPTION"
			      : "An item has only TITLE, URL, DATE, AUTHOR, "
				"CATEGORIES, CONTENT, CONTENT_FULL and IMAGE");
}

/* "", "[$count=3]", "[$count=3,$other=x]" */
static struct feed_tag read_items(struct str options)
{
	struct feed_tag tag = { .kind = TAG_ITEMS };

	options = str_trim(options);
	if (options.len == 0)
		return tag;
	if (!cut_word(&options, "[") || !str_ends(options, "]"))
		return broken("Write it as RSSITEMS:[$count=3]");
	options.len--;
	while (options.s && options.len > 0) {
		struct str option = str_trim(str_cut(&options, ','));

		if (!cut_word(&option, "$count="))
			continue;
		if (!str_to_int(str_trim(option), &tag.count) ||
		    tag.count < 1 || tag.count > COUNT_MAX)
			return broken("$count is a number from 1 to 200");
	}
	return tag;
}

static struct feed_tag read_rss(struct str name)
{
	if (cut_word(&name, "RSSFEED:"))
		return read_value(name, TAG_FEED);
	if (cut_word(&name, "RSSITEM:"))
		return read_value(name, TAG_ITEM);
	if (cut_word(&name, "RSSITEMS:") || str_ieq(name, "RSSITEMS"))
		return read_items(str_ieq(name, "RSSITEMS") ? STR("") : name);
	if (str_ieq(name, "END:RSSITEMS"))
		return (struct feed_tag){ .kind = TAG_END_ITEMS };
	return (struct feed_tag){ .kind = TAG_NONE };
}

static struct feed_tag read_block(struct str name)
{
	struct feed_tag tag = { .kind = TAG_NONE };

	if (cut_word(&name, "FEEDBLOCK:")) {
		name = str_trim(name);
		if (!uri_is_web(name))
			return broken("A FEEDBLOCK needs the address of its "
				      "feed: FEEDBLOCK:https://...");
		tag.kind = TAG_BLOCK;
		tag.url = name;
	} else if (cut_word(&name, "FEED:")) {
		tag = read_value(name, TAG_FEED);
	} else if (cut_word(&name, "FEEDITEM:")) {
		tag = read_value(name, TAG_ITEM);
	} else if (cut_word(&name, "FEEDITEMS:")) {
		tag = read_items(name);
	} else if (str_ieq(name, "END:FEEDITEMS")) {
		tag.kind = TAG_END_ITEMS;
	} else if (str_ieq(name, "END:FEEDBLOCK")) {
		tag.kind = TAG_END_BLOCK;
	}
	tag.of_block = true;
	return tag;
}

struct feed_tag feed_tag_read(struct str text, bool is_rss)
{
	struct feed_tag tag = { .kind = TAG_NONE };
	size_t n =
		text.len > 4 && text.s[0] == '*' ? merge_tag_length(text) : 0;
	struct str name = { text.s + 2, n - 4 };
	bool encode;

	if (n < 4)
		return tag;
	name = str_trim(name);
	encode = cut_word(&name, "URL:");
	if (is_rss)
		tag = read_rss(name);
	if (tag.kind == TAG_NONE)
		tag = read_block(name);
	tag.encode = encode;
	tag.len = n;
	return tag;
}

size_t feed_tag_find_end(struct str text, const struct feed_tag *begin,
			 bool is_rss)
{
	enum feed_tag_kind end =
		begin->kind == TAG_BLOCK ? TAG_END_BLOCK : TAG_END_ITEMS;
	size_t depth = 1;

	for (size_t at = 0; at < text.len; at++) {
		struct feed_tag tag;

		if (text.s[at] != '*')
			continue;
		tag = feed_tag_read((struct str){ text.s + at, text.len - at },
				    is_rss);
		if (tag.kind == TAG_NONE || tag.of_block != begin->of_block)
			continue;
		if (tag.kind == begin->kind)
			depth++;
		else if (tag.kind == end && --depth == 0)
			return at;
		at += tag.len - 1;
	}
	return text.len;
}
