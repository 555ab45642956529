/*
 * crm/search/search_text.h - what a search compares: plain texts
 *
 * Words and records are compared without case, accents and ligatures (see
 * utf8_plain), so "muller" finds Müller, and "müller" Muller, on both
 * databases. Each record keeps its own text so, in the column `plain`: its
 * name, town and, of a lead, its company, a line each, then its telephone
 * numbers. An address keeps it only where it has other letters than ASCII. NULL
 * in a record's column: made before there was one; the job of the index fills
 * it in.
 *
 * A telephone number is its digits: "+4930123456" with the country's,
 * "030123456" without, however it was written.
 */
#ifndef CRM_SEARCH_TEXT_H
#define CRM_SEARCH_TEXT_H

#include "base/str.h"

struct record;
struct strbuf;

/* The record's own text, appended. */
void search_text_of(const struct record *r, struct strbuf *out);
/* Of a folded address, appended. False: it needs none. */
bool search_text_of_address(const char *folded, struct strbuf *out);

/* Each telephone number in the text, after a line break, appended. */
void search_phones(struct str text, struct strbuf *out);
/* The number without the country's digits, or the 0 before it; all of it if it
 * is not known where those end. */
const char *search_phone_own(const char *phone);

#endif
