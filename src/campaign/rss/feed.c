#include "campaign/rss/feed.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "campaign/rss/feed_decode.h"
#include "campaign/rss/feed_html.h"
#include "campaign/rss/feed_name.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DEPTH_MAX 100
#define READ_MAX 5000                 /* items; the newest of them are kept */
#define LINE_MAX_BYTES 2000           /* of a title, an author */
#define TEXT_MAX_BYTES (1024u * 1024) /* of a text of an item */

/* How good a picture is: a better one takes its place. */
enum image_rank { IMAGE_NONE, IMAGE_THUMBNAIL, IMAGE_ENCLOSED, IMAGE_MEDIA };

struct entry {
	struct feed_item item;
	int64_t changed_ms;
	enum image_rank image_rank;
	bool guid_is_link;
};

struct reader {
	XML_Parser xml;
	struct arena *arena;
	const char *base;
	struct feed *feed;
	struct entry channel; /* what is told of the feed as of an item */
	struct entry entry;
	VEC(struct feed_item) items;
	int depth;
	int channel_depth, entry_depth; /* 0: we are in none */
	enum feed_field field;
	int field_depth;
	struct strbuf text;
	bool is_atom;
	bool is_html, is_xhtml; /* what the text of the field is */
	const char *why;        /* it is refused */
	int64_t until_ms;       /* of the monotonic clock */
	unsigned events;
};

static const char *attribute(const char **attributes, const char *name)
{
	for (size_t i = 0; attributes[i]; i += 2)
		if (strcmp(attributes[i], name) == 0)
			return attributes[i + 1];
	return "";
}

/* --- what a field says --- */

static const char *whole_url(const struct reader *r, const char *url)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

	if (!feed_url_add(r->base, str_of(url), false, &out))
		return "";
	return arena_str(r->arena, strbuf_str(&out));
}

static void take_link(struct reader *r, struct entry *e, const char *url)
{
	const char *whole = *e->item.url ? "" : whole_url(r, url);

	if (*whole)
		e->item.url = whole;
}

/* Between two characters. */
static void cut_line(struct strbuf *line)
{
	size_t n = LINE_MAX_BYTES;

	if (line->len <= n)
		return;
	while (n > 0 && ((unsigned char)line->buf[n] & 0xC0) == 0x80)
		n--;
	strbuf_truncate(line, n);
}

/* One line of words. */
static const char *line_of(struct reader *r, bool is_html)
{
	CLEANUP(strbuf_release) struct strbuf escaped = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

	if (!is_html)
		strbuf_add_html(&escaped, strbuf_str(&r->text));
	feed_plain_add(strbuf_str(is_html ? &r->text : &escaped), &out);
	cut_line(&out);
	return arena_str(r->arena, strbuf_str(&out));
}

static struct str html_of(struct reader *r)
{
	CLEANUP(strbuf_release) struct strbuf escaped = STRBUF_INIT;
	const struct strbuf *text = &r->text;

	if (!r->is_html && !r->is_xhtml) {
		strbuf_add_html(&escaped, strbuf_str(&r->text));
		text = &escaped;
	}
	return (struct str){ arena_strndup(r->arena, text->buf, text->len),
			     text->len };
}

static void take_date(struct reader *r, int64_t *out)
{
	int64_t ms;

	if (*out == 0 && feed_date_parse(r->text.buf, &ms) && ms > 0)
		*out = ms;
}

/* "ann@example.com (Ann Lee)" is Ann Lee; an address alone is nobody's name. */
static void take_person(struct reader *r, struct entry *e)
{
	const char *open = strchr(r->text.buf, '(');
	const char *close = open ? strrchr(open, ')') : NULL;

	if (*e->item.author)
		return;
	if (open && close && strchr(r->text.buf, '@') < open) {
		CLEANUP(strbuf_release) struct strbuf name = STRBUF_INIT;

		strbuf_add(&name, open + 1, (size_t)(close - open) - 1);
		strbuf_reset(&r->text);
		strbuf_addslice(&r->text, strbuf_str(&name));
	}
	if (!strchr(r->text.buf, '@'))
		e->item.author = line_of(r, true);
}

static void add_category(struct reader *r, struct entry *e, const char *name)
{
	const char *before = e->item.categories;

	if (!*name || strlen(before) + strlen(name) > LINE_MAX_BYTES)
		return;
	e->item.categories =
		*before ? arena_printf(r->arena, "%s, %s", before, name) : name;
}

static void take_guid(struct reader *r, struct entry *e)
{
	strbuf_trim(&r->text);
	if (*e->item.guid || r->text.len == 0)
		return;
	e->item.guid = arena_str(r->arena, strbuf_str(&r->text));
}

static void take_field(struct reader *r, struct entry *e)
{
	struct feed_item *item = &e->item;

	switch (r->field) {
	case FIELD_TITLE:
		if (!*item->title)
			item->title = line_of(r, r->is_html || r->is_xhtml);
		break;
	case FIELD_LINK:
		take_link(r, e, r->text.buf);
		break;
	case FIELD_GUID:
		take_guid(r, e);
		break;
	case FIELD_DATE:
		take_date(r, &item->date_ms);
		break;
	case FIELD_CHANGED:
		take_date(r, &e->changed_ms);
		break;
	case FIELD_PERSON:
		take_person(r, e);
		break;
	case FIELD_NAME:
		item->author = line_of(r, true);
		break;
	case FIELD_CATEGORY:
		add_category(r, e, line_of(r, true));
		break;
	case FIELD_SUMMARY:
		if (item->summary.len == 0)
			item->summary = html_of(r);
		break;
	case FIELD_CONTENT:
		if (item->content.len == 0)
			item->content = html_of(r);
		break;
	case FIELD_NONE:
		break;
	}
}

/* --- elements --- */

static void begin_entry(struct entry *e)
{
	*e = (struct entry){ .item = { .title = "",
				       .author = "",
				       .categories = "",
				       .url = "",
				       .guid = "",
				       .image = "" } };
}

static void take_image(struct reader *r, enum image_rank rank, const char *url)
{
	struct entry *e = &r->entry;
	const char *whole;

	if (r->entry_depth == 0 || rank <= e->image_rank)
		return;
	whole = whole_url(r, url);
	if (!*whole)
		return;
	e->item.image = whole;
	e->image_rank = rank;
}

static bool is_image(const char **attributes)
{
	const char *type = attribute(attributes, "type");
	const char *medium = attribute(attributes, "medium");

	return strncasecmp(type, "image/", 6) == 0 ||
	       (!*type && strcmp(medium, "image") == 0);
}

/* Elements that say all in their attributes. */
static void take_attributes(struct reader *r, struct entry *e,
			    enum feed_space space, const char *name,
			    const char **attributes)
{
	const char *rel = attribute(attributes, "rel");
	const char *href = attribute(attributes, "href");

	if (space == SPACE_CORE && !strcmp(name, "link") && *href) {
		if (!*rel || !strcmp(rel, "alternate"))
			take_link(r, e, href);
		else if (!strcmp(rel, "enclosure") && is_image(attributes))
			take_image(r, IMAGE_ENCLOSED, href);
	} else if (space == SPACE_CORE && !strcmp(name, "enclosure") &&
		   is_image(attributes)) {
		take_image(r, IMAGE_ENCLOSED, attribute(attributes, "url"));
	} else if (space == SPACE_CORE && !strcmp(name, "category") &&
		   *attribute(attributes, "term")) {
		const char *label = attribute(attributes, "label");

		strbuf_reset(&r->text);
		strbuf_addstr(&r->text,
			      *label ? label : attribute(attributes, "term"));
		add_category(r, e, line_of(r, false));
	}
}

static void take_media(struct reader *r, enum feed_space space,
		       const char *name, const char **attributes)
{
	if (space == SPACE_MEDIA && !strcmp(name, "content") &&
	    is_image(attributes))
		take_image(r, IMAGE_MEDIA, attribute(attributes, "url"));
	else if (space == SPACE_MEDIA && !strcmp(name, "thumbnail"))
		take_image(r, IMAGE_THUMBNAIL, attribute(attributes, "url"));
	else if (space == SPACE_ITUNES && !strcmp(name, "image"))
		take_image(r, IMAGE_THUMBNAIL, attribute(attributes, "href"));
}

/* Where RSS says nothing, it is HTML; Atom, text. */
static void read_type(struct reader *r, const char **attributes)
{
	const char *type = attribute(attributes, "type");
	const char *mode = attribute(attributes, "mode"); /* of Atom 0.3 */

	r->is_xhtml = !strcmp(type, "xhtml") ||
		      (!strcmp(type, "application/xhtml+xml") &&
		       strcmp(mode, "escaped") != 0);
	r->is_html = *type ? strcmp(type, "text") != 0 &&
				     strcmp(type, "text/plain") != 0
			   : !r->is_atom;
}

static void add_markup(struct reader *r, const char *name,
		       const char **attributes)
{
	if (r->text.len > TEXT_MAX_BYTES)
		return;
	strbuf_addf(&r->text, "<%s", name);
	for (size_t i = 0; attributes[i]; i += 2) {
		if (strchr(attributes[i], FEED_SPACE))
			continue;
		strbuf_addf(&r->text, " %s=\"", attributes[i]);
		strbuf_add_html(&r->text, str_of(attributes[i + 1]));
		strbuf_addch(&r->text, '"');
	}
	strbuf_addch(&r->text, '>');
}

static bool begins_channel(const struct reader *r, const char *name)
{
	if (r->channel_depth > 0 || r->entry_depth > 0)
		return false;
	return (r->depth == 1 && !strcmp(name, "feed")) ||
	       (r->depth <= 2 && !strcmp(name, "channel"));
}

static bool begins_entry(const struct reader *r, const char *name)
{
	return r->entry_depth == 0 && r->depth <= 3 &&
	       (!strcmp(name, "item") || !strcmp(name, "entry"));
}

/* Of whom an element at this depth tells; NULL: of nobody. */
static struct entry *told_of(struct reader *r)
{
	if (r->entry_depth > 0)
		return r->depth == r->entry_depth + 1 ? &r->entry : NULL;
	return r->channel_depth > 0 && r->depth == r->channel_depth + 1
		       ? &r->channel
		       : NULL;
}

static void begin_field(struct reader *r, enum feed_field field,
			const char **attributes)
{
	r->field = field;
	r->field_depth = r->depth;
	strbuf_reset(&r->text);
	read_type(r, attributes);
}

/* Inside of a field: markup of its text, or the name of its person. */
static void inside_field(struct reader *r, enum feed_space space,
			 const char *name, const char **attributes)
{
	if (r->is_xhtml)
		add_markup(r, name, attributes);
	else if (r->field == FIELD_PERSON && space == SPACE_CORE &&
		 !strcmp(name, "name"))
		begin_field(r, FIELD_NAME, attributes);
}

static void refuse(struct reader *r, const char *why)
{
	r->why = why;
	(void)XML_StopParser(r->xml, XML_FALSE);
}

/* Whoever writes it may know what is slow to read. */
static void check_time(struct reader *r)
{
	if (r->events++ % 64 == 0 && clock_monotonic_ms() >= r->until_ms)
		refuse(r, "it takes too long to read");
}

static void XMLCALL on_start(void *context, const char *full,
			     const char **attributes)
{
	struct reader *r = context;
	enum feed_space space;
	const char *name = feed_local_name(full, &space);
	struct entry *e;

	if (++r->depth > DEPTH_MAX) {
		refuse(r, "its elements are nested too deep");
		return;
	}
	check_time(r);
	if (r->field) {
		inside_field(r, space, name, attributes);
		return;
	}
	if (space == SPACE_CORE && begins_channel(r, name)) {
		r->channel_depth = r->depth;
		r->is_atom = !strcmp(name, "feed");
		return;
	}
	if (space == SPACE_CORE && begins_entry(r, name)) {
		r->entry_depth = r->depth;
		begin_entry(&r->entry);
		return;
	}
	take_media(r, space, name, attributes);
	e = told_of(r);
	if (!e)
		return;
	take_attributes(r, e, space, name, attributes);
	if (feed_field_of(space, name)) {
		begin_field(r, feed_field_of(space, name), attributes);
		e->guid_is_link |=
			r->field == FIELD_GUID && !strcmp(name, "guid") &&
			strcmp(attribute(attributes, "isPermaLink"), "false") !=
				0;
	}
}

/* What tells it from others, where it does not say. */
static const char *made_guid(const struct reader *r, const struct feed_item *i)
{
	if (*i->url)
		return i->url;
	return arena_printf(r->arena, "%s %lld", i->title,
			    (long long)i->date_ms);
}

static void end_entry(struct reader *r)
{
	struct entry *e = &r->entry;
	struct feed_item *i = &e->item;

	r->entry_depth = 0;
	if (i->date_ms == 0)
		i->date_ms = e->changed_ms;
	if (!*i->url && e->guid_is_link)
		take_link(r, e, i->guid);
	if (!*i->guid)
		i->guid = made_guid(r, i);
	if (i->content.len == 0)
		i->content = i->summary;
	else if (i->summary.len == 0)
		i->summary = i->content;
	if (*i->title || *i->url || i->content.len > 0)
		if (r->items.n < READ_MAX)
			vec_push(&r->items, *i);
}

static void XMLCALL on_end(void *context, const char *full)
{
	struct reader *r = context;
	enum feed_space space;
	const char *name = feed_local_name(full, &space);

	if (r->field && r->depth == r->field_depth) {
		take_field(r, r->entry_depth > 0 ? &r->entry : &r->channel);
		r->field = FIELD_NONE;
		r->is_xhtml = false;
	} else if (r->field && r->is_xhtml) {
		strbuf_addf(&r->text, "</%s>", name);
	} else if (r->depth == r->entry_depth) {
		end_entry(r);
	}
	r->depth--;
}

static void XMLCALL on_text(void *context, const char *s, int len)
{
	struct reader *r = context;
	struct str text = { s, (size_t)len };

	check_time(r);
	if (!r->field || r->text.len > TEXT_MAX_BYTES)
		return;
	if (r->is_xhtml)
		strbuf_add_html(&r->text, text);
	else
		strbuf_addslice(&r->text, text);
}

static void XMLCALL on_entity(void *context, const char *name, int is_parameter,
			      const char *value, int length, const char *base,
			      const char *system_id, const char *public_id,
			      const char *notation)
{
	struct reader *r = context;

	(void)name, (void)is_parameter, (void)value, (void)length, (void)base;
	(void)system_id, (void)public_id, (void)notation;
	refuse(r, "it declares entities");
}

/* Each element gets the defaults of all: a few bytes make much work. */
static void XMLCALL on_attributes(void *context, const char *element,
				  const char *attribute, const char *type,
				  const char *value, int is_required)
{
	struct reader *r = context;

	(void)element, (void)attribute, (void)type, (void)value;
	(void)is_required;
	refuse(r, "it declares attributes");
}

/* --- bytes --- */

static int no_feed(struct err *err, const char *why)
{
	return err_field(err, "feed_url", "There is no feed at this URL: %s",
			 why);
}

static int newest_first(const void *a, const void *b)
{
	const struct feed_item *x = *(const struct feed_item *const *)a;
	const struct feed_item *y = *(const struct feed_item *const *)b;

	if (x->date_ms != y->date_ms)
		return x->date_ms > y->date_ms ? -1 : 1;
	return (x > y) - (x < y); /* as they stand */
}

/* The newest first; those of one date keep their order, and all do if one has
 * no date. Returns how many are kept. */
static size_t sort_items(const struct reader *r, struct feed_item *out)
{
	size_t n = r->items.n, kept = n < FEED_ITEMS_MAX ? n : FEED_ITEMS_MAX;
	const struct feed_item **sorted =
		arena_array(r->arena, const struct feed_item *, n + 1);
	bool has_dates = true;

	for (size_t i = 0; i < n; i++) {
		sorted[i] = &r->items.v[i];
		has_dates &= r->items.v[i].date_ms != 0;
	}
	if (has_dates)
		qsort(sorted, n, sizeof(*sorted), newest_first);
	for (size_t i = 0; i < kept; i++)
		out[i] = *sorted[i];
	return kept;
}

static void fill(struct reader *r, struct feed *out)
{
	CLEANUP(strbuf_release) struct strbuf about = STRBUF_INIT;
	struct feed_item *items =
		arena_array(r->arena, struct feed_item, FEED_ITEMS_MAX);
	size_t n = sort_items(r, items);

	feed_plain_add(r->channel.item.summary, &about);
	*out = (struct feed){
		.title = r->channel.item.title,
		.url = r->channel.item.url,
		.description = arena_str(r->arena, strbuf_str(&about)),
		.date_ms = r->channel.item.date_ms ? r->channel.item.date_ms
						   : r->channel.changed_ms,
		.items = items,
		.n = n,
	};
}

static int run(struct reader *r, struct str text, struct err *err)
{
	char why[200];

	XML_SetUserData(r->xml, r);
	XML_SetElementHandler(r->xml, on_start, on_end);
	XML_SetCharacterDataHandler(r->xml, on_text);
	XML_SetEntityDeclHandler(r->xml, on_entity);
	XML_SetAttlistDeclHandler(r->xml, on_attributes);
	if (XML_Parse(r->xml, text.s, (int)text.len, XML_TRUE) ==
	    XML_STATUS_OK) {
		return r->channel_depth > 0 ? 0
					    : no_feed(err, "it is neither RSS "
							   "nor Atom");
	}
	if (r->why)
		return no_feed(err, r->why);
	(void)snprintf(why, sizeof(why), "it is no XML (line %d: %s)",
		       (int)XML_GetCurrentLineNumber(r->xml),
		       XML_ErrorString(XML_GetErrorCode(r->xml)));
	return no_feed(err, why);
}

int feed_parse_until(struct str bytes, const char *base, const char *said,
		     int64_t until_ms, struct arena *arena, struct feed *out,
		     struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct reader r = { .arena = arena, .base = base };
	struct err why = ERR_INIT;
	int ret;

	bytes = str_trim(bytes);
	if (bytes.len == 0)
		return no_feed(err, "it is empty");
	if (bytes.len > FEED_MAX)
		return no_feed(err, "it is larger than 4 MB");
	if (feed_decode(bytes, said, &text, &why) < 0)
		return no_feed(err, why.text);
	r.until_ms = until_ms;
	r.text = (struct strbuf)STRBUF_INIT;
	r.xml = XML_ParserCreateNS("UTF-8", FEED_SPACE);
	BUG_ON(!r.xml);
	begin_entry(&r.channel);
	ret = run(&r, strbuf_str(&text), err);
	if (ret == 0)
		fill(&r, out);
	XML_ParserFree(r.xml);
	strbuf_release(&r.text);
	vec_release(&r.items);
	return ret;
}
