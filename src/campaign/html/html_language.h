/*
 * campaign/html/html_language.h - which language HTML says that it is in
 */
#ifndef CAMPAIGN_HTML_LANGUAGE_H
#define CAMPAIGN_HTML_LANGUAGE_H

#include "base/str.h"

struct arena;

/* `lang` of its first element that has one: of <html>, as a rule. Cut at 15
 * bytes; "" if none has. Lives in arena. */
const char *html_language(struct str html, struct arena *arena);

#endif
