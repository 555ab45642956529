/*
 * campaign/html/html_colour.h - colours, as far as who looks at a mail needs to
 * tell one from another
 */
#ifndef CAMPAIGN_HTML_COLOUR_H
#define CAMPAIGN_HTML_COLOUR_H

#include "base/str.h"

/* *out: HTML_CLEAR if nothing of it is seen. A name or notation that is not
 * known is a colour of its own, equal to itself. false: it is no colour, or
 * that of what is around. */
bool html_colour_read(struct str value, int *out);
bool html_colour_is_same(int a, int b);

#endif
