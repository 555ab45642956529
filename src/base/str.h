/*
 * base/str.h - a slice of somebody else's text: pointer and length
 *
 * Not NUL-terminated, owns nothing. str.s may be NULL if len is 0.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
	const char *s;
	size_t len;
};

#define STR(literal) ((struct str){ (literal), sizeof(literal) - 1 })

struct str str_of(const char *s); /* NULL gives the empty slice */
bool str_eq(struct str a, struct str b);
bool str_is(struct str a, const char *literal);
bool str_starts(struct str s, const char *prefix);
bool str_ends(struct str s, const char *suffix);
bool str_ieq(struct str a, const char *ascii);      /* ASCII case folded */
bool str_has_word(struct str s, const char *ascii); /* anywhere, ditto */
bool str_is_ascii(struct str s);                    /* no byte above 127 */
struct str str_trim(struct str s);                  /* ASCII white space */

/*
 * Cut s at the first `separator`: returns the part before it and leaves the
 * rest in *s. Without one, returns all and leaves *s with s == NULL.
 */
struct str str_cut(struct str *s, char separator);

/* A whole decimal number, nothing else. false (and *out untouched) if not. */
bool str_to_int(struct str s, int64_t *out);
bool str_to_double(struct str s, double *out);
bool text_to_int(const char *s, int64_t *out); /* the same for C strings */

#endif
