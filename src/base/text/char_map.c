#include "base/text/char_map.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <unictype.h>
#include <unistr.h>

#define BLOCK 256
#define IMAGE_MAX 11   /* bytes */
#define NOT_ALONE 0xFF /* what becomes of it depends on its neighbours */

struct image {
	uint8_t len;
	char bytes[IMAGE_MAX];
};

struct char_block {
	struct image images[BLOCK];
};

/* Half a syllable: two or three of them are one. */
static bool is_jamo(ucs4_t c)
{
	return (c >= 0x1100 && c < 0x1200) || (c >= 0xA960 && c < 0xA980) ||
	       (c >= 0xD7B0 && c < 0xD800);
}

/* Everything that may be composed with what stands before it is a mark or a
 * jamo (NFC_Quick_Check=Maybe). */
static bool composes(ucs4_t c)
{
	return is_jamo(c) || uc_is_general_category(c, UC_MARK);
}

/* What does not compose still has its place among the marks around it. */
static bool is_placed(ucs4_t c)
{
	return uc_combining_class(c) != UC_CCC_NR;
}

static bool has(struct str text, bool (*is)(ucs4_t c))
{
	for (size_t at = 0; at < text.len;) {
		ucs4_t c;

		at += (size_t)u8_mbtouc(&c, (const uint8_t *)text.s + at,
					text.len - at);
		if (is(c))
			return true;
	}
	return false;
}

static bool stands_alone(const struct char_map *m, ucs4_t c, struct str mapped)
{
	struct str first = { mapped.s, utf8_sequence(mapped) };

	if (!m->composes)
		return !has(mapped, is_placed);
	return !composes(c) && !has(first, composes);
}

static struct image image_of(const struct char_map *m, ucs4_t c)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct image image = { .len = NOT_ALONE };
	uint8_t bytes[6];
	int n = u8_uctomb(bytes, c, sizeof(bytes));

	if (n <= 0)
		return image;
	m->slow((struct str){ (const char *)bytes, (size_t)n }, &out);
	if (out.len > IMAGE_MAX || !stands_alone(m, c, strbuf_str(&out)))
		return image;
	image.len = (uint8_t)out.len;
	if (out.len > 0)
		memcpy(image.bytes, out.buf, out.len);
	return image;
}

/* Two threads may make it at once: one of them keeps it. */
static struct char_block *make_block(struct char_map *m, size_t at)
{
	struct char_block *block = malloc(sizeof(*block)), *other = NULL;

	BUG_ON(!block);
	for (size_t i = 0; i < BLOCK; i++)
		block->images[i] = image_of(m, (ucs4_t)(at * BLOCK + i));
	if (atomic_compare_exchange_strong(&m->blocks[at], &other, block))
		return block;
	free(block);
	return other;
}

/* NULL: it is not in the basic plane. */
static const struct image *find_image(struct char_map *m, ucs4_t c)
{
	size_t at = c / BLOCK;
	struct char_block *block;

	if (at >= CHAR_MAP_BLOCKS)
		return NULL;
	block = atomic_load_explicit(&m->blocks[at], memory_order_acquire);
	if (!block)
		block = make_block(m, at);
	return &block->images[c % BLOCK];
}

/* The next character, of valid text. */
static ucs4_t take_character(struct str *s)
{
	unsigned char byte = (unsigned char)*s->s;
	ucs4_t c = byte;
	size_t n = 1;

	if (byte >= 0x80)
		n = (size_t)u8_mbtouc(&c, (const uint8_t *)s->s, s->len);
	s->s += n;
	s->len -= n;
	return c;
}

void char_map_add(struct char_map *m, struct str s, struct strbuf *out)
{
	size_t before = out->len;
	struct str rest = s;

	while (rest.len > 0) {
		const struct image *image =
			find_image(m, take_character(&rest));

		if (!image || image->len == NOT_ALONE) {
			strbuf_truncate(out, before);
			m->slow(s, out);
			return;
		}
		strbuf_add(out, image->bytes, image->len);
	}
}
