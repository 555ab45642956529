/*
 * campaign/html/html_scan.h - where in HTML a byte stands
 *
 * The tokeniser of browsers (HTML Living Standard, section 13.2.5) cut down to
 * what escaping and finding links need: fed byte by byte, never fails. Merge
 * tags must not be fed as text: see merge_tag_length.
 */
#ifndef CAMPAIGN_HTML_SCAN_H
#define CAMPAIGN_HTML_SCAN_H

#include "base/str.h"

enum html_place {
	HTML_TEXT,
	HTML_TAG_OPEN,   /* behind < */
	HTML_END_OPEN,   /* behind </ */
	HTML_TAG_NAME,   /* in the name of a tag */
	HTML_IN_TAG,     /* between attributes */
	HTML_ATTR_NAME,  /* in the name of an attribute */
	HTML_AFTER_NAME, /* behind it, = may come */
	HTML_BEFORE_VALUE,
	HTML_VALUE_DOUBLE, /* in "..." */
	HTML_VALUE_SINGLE, /* in '...' */
	HTML_VALUE_BARE,
	HTML_DECLARATION, /* behind <! */
	HTML_COMMENT,
	HTML_BOGUS,  /* <?...> and the like */
	HTML_RCDATA, /* title, textarea: entities, no tags */
	HTML_RAW,    /* style, script ...: neither */
};

struct html_scan {
	enum html_place place;
	bool end_tag;
	char tag[16]; /* lower case, cut to this */
	char attr[16];
	char value[16];  /* how the present value begins, white space skipped */
	char raw[16];    /* element whose raw text we are in */
	size_t matched;  /* of the end of a comment or of raw text */
	bool past_query; /* the value holds a ? */
};

#define HTML_SCAN_INIT             \
	{                          \
		.place = HTML_TEXT \
	}

/* The next byte of the source; *scan then says where the one behind it is. */
void html_scan_byte(struct html_scan *scan, char c);
/* A merge tag stands here that will become text. */
void html_scan_value(struct html_scan *scan);

/* The value of this attribute is a URL. */
bool html_scan_in_url(const struct html_scan *scan);
/* In the value of an attribute, quoted or bare. */
bool html_scan_in_value(const struct html_scan *scan);

/*
 * Length of the merge tag that begins at s[0], `*|` and `|*` with it; 0 if
 * there is none: no end in its line, markup inside, longer than 500 bytes.
 */
size_t merge_tag_length(struct str s);
/* It is a conditional's: it becomes no text. s: the whole tag. */
bool merge_tag_is_structure(struct str s);

#endif
