/*
 * campaign/html/html_walk.h - which elements are open at each place of HTML
 *
 * Elements end where browsers end them (HTML Living Standard, section 13.2.6),
 * as far as that can be said without building a tree. When in doubt they stay
 * open: what stands behind is taken for something inside. So do those whose end
 * tag some recipients do not get, by a conditional. Never fails.
 */
#ifndef CAMPAIGN_HTML_WALK_H
#define CAMPAIGN_HTML_WALK_H

#include "base/vec.h"
#include "campaign/html/html_scan.h"
#include "campaign/html/html_style.h"

struct html_element {
	struct str name;   /* as written */
	struct str source; /* the whole start tag */
	size_t at;         /* where that begins */
	bool is_optional;  /* opened inside of a conditional */
	unsigned kinds;    /* html_walk.c's */
	/* Kept by who looks; see html_look.c. */
	bool is_read;
	struct html_style style;
	const char *classes, *id;
};

struct html_walk;
struct html_seer {
	/* An element was opened: the last of walk->open; one that has no
	 * content is no more open thereafter. */
	void (*open)(void *owner, struct html_walk *walk, bool is_void);
	/* Text, and merge tags that stand in it. */
	void (*words)(void *owner, struct html_walk *walk, struct str text);
	void (*tag)(void *owner, struct html_walk *walk, struct str tag);
	/* An element ends, before walk->tag_at; not called for those that have
	 * no content, or are open at the end. NULL: nobody asks. */
	void (*close)(void *owner, struct html_walk *walk,
		      const struct html_element *element);
};

/* A conditional that is open. */
struct html_floor {
	size_t open;  /* how many elements were open before it */
	bool is_sure; /* it holds for every mail */
	enum html_place place;
};

struct html_walk {
	struct str html;
	struct html_scan scan; /* what is open at the end */
	struct VEC_FIELDS(struct html_element) open;
	struct VEC_FIELDS(struct html_floor) floors;
	size_t plain_at;   /* of <plaintext> or <frameset>, else SIZE_MAX */
	size_t tag_at;     /* of the tag or comment that is read */
	size_t words_at;   /* of the text that is read */
	size_t conditions; /* floors that are not sure */
	bool has_conditions;
	bool is_odd;         /* browsers may read it in another way */
	bool is_lost;        /* too many are open to follow */
	bool is_unsure;      /* a conditional begins or ends a comment, say */
	bool in_conditional; /* of Outlook: <!--[if ...]><!--> */
	const struct html_seer *seer;
	void *owner;
};

/* seer may be NULL. To be released. */
void html_walk_all(struct str html, const struct html_seer *seer, void *owner,
		   struct html_walk *out);
/* More bytes, behind the end: they belong to no text. */
void html_walk_more(struct html_walk *walk, const char *bytes);
void html_walk_release(struct html_walk *walk);

/* The value of an attribute of a start tag, without references; conditionals in
 * it become semicolons. Appends; false: it has none. */
bool html_tag_attr(struct str source, const char *name, struct strbuf *out);
bool html_name_is_one_of(struct str name, const char *const *names, size_t n);

#endif
