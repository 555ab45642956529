/*
 * design/link.h - where a link or a picture of a design leads
 *
 * Only addresses that do no harm in a mail get through: http, https, mailto,
 * tel, sms, a place in the mail, and merge tags. How browsers read an address
 * counts: what they skip in it hides no scheme here.
 */
#ifndef DESIGN_LINK_H
#define DESIGN_LINK_H

#include "design/problem.h"

enum link_use { LINK_HREF, LINK_SRC };

/*
 * raw: without references, as an author wrote it. Returns what may be written
 * into the attribute (escaped as any text), or NULL: nothing that may. Notes
 * bad_link, http_link, completed_link; nothing for an empty one, nor for what
 * was put right and can mean nothing else.
 */
const char *link_read(struct str raw, enum link_use use, struct problems *p);

/* Length of the merge tag at the start of s, 0: there is none. */
size_t link_merge_tag(struct str s);

#endif
