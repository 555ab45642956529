/*
 * design/placeholder.h - what somebody meant to write, and has not yet
 *
 * "Your name here", "Lorem ipsum", [Name], a link to example.com: words and
 * links that stand in templates all over the world. What may be meant ("tell
 * us your name") is none; when in doubt nothing is one. Pure; any thread.
 */
#ifndef DESIGN_PLACEHOLDER_H
#define DESIGN_PLACEHOLDER_H

#include "base/str.h"

/* In a line that is read: without tags, references decoded. The next one from
 * *at on, which then stands behind it; false: there is none. *at is 0 at first.
 * A link is one if it has a scheme, or begins with www. */
bool placeholder_next(struct str line, size_t *at, struct str *found);
/* An address as a reader's program gets it. */
bool placeholder_is_link(const char *href);
bool placeholder_is_picture(const char *src);

#endif
