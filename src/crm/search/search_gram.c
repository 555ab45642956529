#include "crm/search/search_gram.h"

#include "base/strbuf.h"
#include "base/utf8.h"

#include <stdlib.h>

#define LONGEST 3 /* characters */

/* FNV-1a, of 31 bits: both databases have signed numbers. */
static uint32_t hash(const char *s, size_t len)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)s[i]) * 16777619u;
	return h & 0x7fffffff;
}

static void add(const char *from, const char *to, struct grams *out)
{
	vec_push(out, hash(from, (size_t)(to - from)));
}

static bool is_white(const char *s)
{
	return *s == ' ' || *s == '\n' || *s == '\t';
}

/*
 * Calls add for the pieces of least to LONGEST characters that end at each
 * character. starts: of the last LONGEST characters, the newest first.
 */
static void add_pieces(struct str text, int least, struct grams *out)
{
	const char *starts[LONGEST] = { NULL };
	const char *s = text.s, *end = text.s + text.len;
	int run = 0; /* characters since white space */

	while (s < end) {
		size_t len =
			utf8_sequence((struct str){ s, (size_t)(end - s) });
		const char *next = s + (len ? len : 1);

		run = is_white(s) ? 0 : run + 1;
		starts[2] = starts[1];
		starts[1] = starts[0];
		starts[0] = s;
		for (int n = least; n <= LONGEST && n <= run; n++) {
			if (n > 1 || (unsigned char)*s >= 0x80)
				add(starts[n - 1], next, out);
		}
		s = next;
	}
}

void grams_of_text(struct str text, struct grams *out)
{
	add_pieces(text, 1, out);
}

void grams_of_word(struct str word, struct grams *out)
{
	size_t n = utf8_length(word);

	add_pieces(word, n < LONGEST ? (int)n : LONGEST, out);
}

static int by_number(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

void grams_format(struct grams *grams, enum db_backend backend,
		  struct strbuf *out)
{
	bool pg = backend == DB_PG;

	strbuf_reset(out);
	if (grams->n > 0)
		qsort(grams->v, grams->n, sizeof(*grams->v), by_number);
	if (pg)
		strbuf_addch(out, '{');
	for (size_t i = 0; i < grams->n; i++) {
		if (i > 0 && grams->v[i] == grams->v[i - 1])
			continue;
		if (i > 0)
			strbuf_addch(out, pg ? ',' : ' ');
		strbuf_addint(out, grams->v[i]);
	}
	if (pg)
		strbuf_addch(out, '}');
}
