/*
 * base/text/shown_text.h - what a text that is shown elsewhere may not hold
 *
 * Names, subjects, notes and the like go into headers of mails, cells of files
 * and pages, where control characters do what nobody sees, and where signs that
 * override the direction of writing make a text look like another one. Marks
 * that some languages are written with (ZWJ, ZWNJ, LRM, RLM) are no such signs.
 */
#ifndef BASE_TEXT_SHOWN_TEXT_H
#define BASE_TEXT_SHOWN_TEXT_H

#include "base/str.h"

struct strbuf;

enum shown_text {
	SHOWN_LINE,  /* one line: no tab and no line break either */
	SHOWN_LINES, /* both */
};

/* What is wrong with a valid UTF-8 text, for people; NULL: nothing. */
const char *shown_text_fault(struct str text, enum shown_text kind);

/* Appends the text without what SHOWN_LINES does not allow: of files, whose
 * cells hold such characters by accident. */
void shown_text_add(struct str text, struct strbuf *out);

#endif
