/*
 * base/text/language_tag.h - names of languages: en, de-AT, zh-Hant (RFC 5646)
 */
#ifndef BASE_TEXT_LANGUAGE_TAG_H
#define BASE_TEXT_LANGUAGE_TAG_H

#include <stdbool.h>

#define LANGUAGE_TAG_MAX 35 /* bytes */

/* As far as it can be seen: subtags of letters and digits, no registry. */
bool language_tag_is_valid(const char *text);

#endif
