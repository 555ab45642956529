/*
 * base/utf8.h - checks and case folding of UTF-8 text (libunistring)
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/strbuf.h"

/* Valid UTF-8 (no surrogates, no overlong forms). NUL bytes are valid. */
bool utf8_is_valid(struct str s);

/* Bytes of the character that s starts with (1-4); 0: not one, or s empty. */
size_t utf8_sequence(struct str s);

size_t utf8_length(struct str s); /* code points; s must be valid */

/* Bytes of the longest prefix of valid s with at most max bytes. */
size_t utf8_prefix(struct str s, size_t max);

/* NFC, then Unicode full case folding: for comparing and searching. */
void utf8_fold(struct str s, struct strbuf *out);
/*
 * The same without accents and ligatures, for knowing the words of people: the
 * letters of "Désabonné" become "desabonne", those of "Łukasz Groß" "lukasz
 * gross".
 */
void utf8_plain(struct str s, struct strbuf *out);

/* Bytes of the white or invisible character that s starts with (no-break and
 * ideographic spaces, byte order marks, zero-width spaces too); 0: none. */
size_t utf8_blank(struct str s);
struct str utf8_trim(struct str s); /* s without them at both ends */
/* Is there nothing to read in it, however many invisible characters? Of texts
 * that must be given; NULL is nothing. Not for trimming: what some of them do
 * to the letters around matters. */
bool utf8_is_blank(const char *text);

/* Language-neutral case mapping, to NFC. s must be valid, here and above. */
void utf8_upper(struct str s, struct strbuf *out);
void utf8_lower(struct str s, struct strbuf *out);
void utf8_title(struct str s, struct strbuf *out);

/* Windows-1252 (a superset of Latin-1 in practice) and UTF-16 to UTF-8. */
void utf8_from_cp1252(struct str s, struct strbuf *out);
/* And back, with its holes as C1 controls; what is no character is passed over.
 * false: it has others. */
bool utf8_to_cp1252(struct str s, struct strbuf *out);
void utf8_from_utf16(struct str s, bool big_endian, struct strbuf *out);

#endif
