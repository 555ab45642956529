#include "campaign/rss/feed_name.h"

#include "base/cleanup.h"
#include "base/str.h"

#include <string.h>

static enum feed_space space_of(struct str uri)
{
	static const struct {
		const char *uri;
		enum feed_space space;
	} spaces[] = {
		{ "", SPACE_CORE },
		{ "http://purl.org/rss/1.0/", SPACE_CORE },
		{ "http://my.netscape.com/rdf/simple/0.9/", SPACE_CORE },
		{ "http://www.w3.org/2005/Atom", SPACE_CORE },
		{ "http://purl.org/atom/ns#", SPACE_CORE },
		{ "http://backend.userland.com/rss2", SPACE_CORE },
		{ "http://purl.org/rss/1.0/modules/content/", SPACE_CONTENT },
		{ "http://purl.org/dc/elements/1.1/", SPACE_DC },
		{ "http://search.yahoo.com/mrss/", SPACE_MEDIA },
		{ "http://search.yahoo.com/mrss", SPACE_MEDIA },
		{ "http://www.itunes.com/dtds/podcast-1.0.dtd", SPACE_ITUNES },
	};

	for (size_t i = 0; i < ARRAY_SIZE(spaces); i++)
		if (str_is(uri, spaces[i].uri))
			return spaces[i].space;
	return SPACE_OTHER;
}

const char *feed_local_name(const char *name, enum feed_space *space)
{
	const char *cut = strrchr(name, FEED_SPACE);
	struct str uri = { name, cut ? (size_t)(cut - name) : 0 };

	*space = space_of(uri);
	return cut ? cut + 1 : name;
}

enum feed_field feed_field_of(enum feed_space space, const char *name)
{
	static const struct {
		enum feed_space space;
		const char *name;
		enum feed_field field;
	} fields[] = {
		{ SPACE_CORE, "title", FIELD_TITLE },
		{ SPACE_CORE, "link", FIELD_LINK },
		{ SPACE_CORE, "guid", FIELD_GUID },
		{ SPACE_CORE, "id", FIELD_GUID },
		{ SPACE_CORE, "pubDate", FIELD_DATE },
		{ SPACE_CORE, "lastBuildDate", FIELD_CHANGED },
		{ SPACE_CORE, "published", FIELD_DATE },
		{ SPACE_CORE, "issued", FIELD_DATE },
		{ SPACE_CORE, "updated", FIELD_CHANGED },
		{ SPACE_CORE, "modified", FIELD_CHANGED },
		{ SPACE_DC, "date", FIELD_DATE },
		{ SPACE_CORE, "author", FIELD_PERSON },
		{ SPACE_DC, "creator", FIELD_NAME },
		{ SPACE_CORE, "category", FIELD_CATEGORY },
		{ SPACE_DC, "subject", FIELD_CATEGORY },
		{ SPACE_CORE, "description", FIELD_SUMMARY },
		{ SPACE_CORE, "summary", FIELD_SUMMARY },
		{ SPACE_CORE, "subtitle", FIELD_SUMMARY },
		{ SPACE_CORE, "tagline", FIELD_SUMMARY },
		{ SPACE_CONTENT, "encoded", FIELD_CONTENT },
		{ SPACE_CORE, "content", FIELD_CONTENT },
	};

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if (fields[i].space == space &&
		    strcmp(fields[i].name, name) == 0)
			return fields[i].field;
	return FIELD_NONE;
}
