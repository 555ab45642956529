/*
 * campaign/rss/feed_name.h - what the elements of a feed are called
 *
 * RSS of all versions, Atom, and the modules of both name the same things
 * differently; here they become one field each.
 */
#ifndef CAMPAIGN_FEED_NAME_H
#define CAMPAIGN_FEED_NAME_H

#define FEED_SPACE '\n' /* between a namespace and a name */

/* What the names of elements belong to, as far as it matters. */
enum feed_space {
	SPACE_CORE, /* RSS, Atom */
	SPACE_CONTENT,
	SPACE_DC,
	SPACE_MEDIA,
	SPACE_ITUNES,
	SPACE_OTHER,
};

enum feed_field {
	FIELD_NONE,
	FIELD_TITLE,
	FIELD_LINK,
	FIELD_GUID,
	FIELD_DATE,    /* when it was published */
	FIELD_CHANGED, /* else when it was changed */
	FIELD_PERSON,  /* RSS: an address (and a name) */
	FIELD_NAME,
	FIELD_CATEGORY,
	FIELD_SUMMARY,
	FIELD_CONTENT,
};

/* What stands behind the namespace of a name, which is in *space. */
const char *feed_local_name(const char *name, enum feed_space *space);
/* FIELD_NONE: nothing that we read. */
enum feed_field feed_field_of(enum feed_space space, const char *local_name);

#endif
