/*
 * crm/words/import_refusal.h - phrases by which a text says that somebody
 * wants no mail, or has died
 *
 * "UNSUBSCRIBED - do not email" stands in notes, behind names, in any column,
 * and so does "deceased".
 * Only what can hardly mean anything else is a phrase ("no email" may say that
 * there is no address), and only as whole words. What has one is asked about,
 * never decided on.
 */
#ifndef CRM_IMPORT_REFUSAL_H
#define CRM_IMPORT_REFUSAL_H

#include "base/str.h"

struct strbuf;

bool import_refuses(struct str text);

/* A text as its folded words, without accents and punctuation, a blank before
 * and behind each. Appended. */
void import_plain_words(struct str text, struct strbuf *out);

#endif
