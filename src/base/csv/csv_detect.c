/*
 * What a file of unknown origin is: encoding, delimiter, where lines end.
 * Called by csv_open before the first row; one thread a reader.
 */
#include "base/cleanup.h"
#include "base/csv/csv_private.h"
#include "base/err.h"
#include "base/utf8.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define ROWS_LOOKED_AT 50

int csv_read_at(int fd, int64_t offset, size_t most, struct strbuf *out,
		struct err *err)
{
	strbuf_reset(out);
	strbuf_reserve(out, most);
	while (out->len < most) {
		ssize_t n = pread(fd, out->buf + out->len, most - out->len,
				  offset + (int64_t)out->len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(err, "reading a CSV file");
		if (n == 0)
			break;
		out->len += (size_t)n;
	}
	out->buf[out->len] = '\0';
	return 0;
}

static void decode_bytes(const struct csv_reader *r, struct str s,
			 struct strbuf *out)
{
	strbuf_reserve(out, s.len);
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.s[i];

		if (c < 0x80)
			strbuf_addch(out, s.s[i]);
		else
			strbuf_addstr(out, r->bytes[c - 0x80]);
	}
}

void csv_decode(const struct csv_reader *r, struct str bytes,
		struct strbuf *out)
{
	if (r->format.encoding == CSV_CP1252)
		utf8_from_cp1252(bytes, out);
	else if (r->format.encoding == CSV_BYTES)
		decode_bytes(r, bytes, out);
	else
		utf8_from_utf16(bytes, r->format.encoding == CSV_UTF16BE, out);
}

static bool find_bom(struct csv_reader *r, struct str sample)
{
	static const struct {
		const char *bytes;
		int len;
		enum csv_encoding encoding;
	} boms[] = {
		{ "\xEF\xBB\xBF", 3, CSV_UTF8 },
		{ "\xFF\xFE", 2, CSV_UTF16LE },
		{ "\xFE\xFF", 2, CSV_UTF16BE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(boms); i++) {
		if (!str_starts(sample, boms[i].bytes))
			continue;
		r->format.encoding = boms[i].encoding;
		r->format.has_bom = true;
		r->offset = boms[i].len;
		return true;
	}
	return false;
}

/*
 * Text of Windows-1252 hardly ever forms a character of UTF-8 by chance. So
 * one broken row does not make a file of UTF-8 into something else: the more
 * frequent wins. A character cut by the end of the sample says nothing.
 */
static enum csv_encoding judge(struct str s, bool is_cut)
{
	size_t good = 0;
	size_t bad = 0;

	while (s.len > 0) {
		size_t n = utf8_sequence(s);

		if (n > 1)
			good++;
		else if (n == 0 && (s.len >= 4 || !is_cut))
			bad++;
		n = n ? n : 1;
		s.s += n;
		s.len -= n;
	}
	return bad > good ? CSV_CP1252 : CSV_UTF8;
}

/* --- is it Western at all? --- */

static bool is_ascii_letter(unsigned char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool is_letter_or_high(unsigned char c)
{
	return is_ascii_letter(c) || c >= 0x80;
}

/* Bytes that are hardly ever typed in Windows-1252, but are letters, or halves
 * of them, in Shift JIS and the encodings of DOS. */
static bool is_hardly_typed(unsigned char c)
{
	return strchr("\x81\x82\x83\x86\x87\x88\x89\x8B\x8D\x8F\x90\x98\x9B"
		      "\x9D",
		      c) != NULL;
}

/* Of Windows-1252. */
static bool is_upper(unsigned char c)
{
	return c == 0x8A || c == 0x8C || c == 0x8E || c == 0x9F ||
	       (c >= 0xC0 && c <= 0xDE && c != 0xD7) || (c >= 'A' && c <= 'Z');
}

static bool is_lower(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || c == 0x9A || c == 0x9C || c == 0x9E ||
	       (c >= 0xDF && c != 0xF7);
}

/* What stands inside words all the same: ordinals, l·l, apostrophes. */
static bool is_inside_words(unsigned char c)
{
	return strchr("\xAA\xAD\xB4\xB7\xBA\x91\x92", c) != NULL;
}

/* And before them: quotes, dashes, dots of lists, ¿ and ¡, §, ©, €. */
static bool is_before_words(unsigned char c)
{
	return strchr("\x80\x82\x84\x85\x8B\x91\x93\x94\x95\x96\x97\xA1\xA7"
		      "\xA9\xAA\xAB\xB4\xBA\xBF",
		      c) != NULL;
}

/*
 * Where no byte of Windows-1252 stands: a symbol, or a dash, in a word or as
 * its first letter, a capital behind a small letter, or alone among small ones.
 * In Mac Roman, DOS and the encodings of two bytes that is a letter.
 */
static bool is_out_of_place(unsigned char before, unsigned char c,
			    unsigned char after)
{
	bool begins = !is_letter_or_high(before);

	if (is_upper(c))
		return !begins && (is_lower(before) || is_lower(after));
	if (is_lower(c) || !is_letter_or_high(after) || before == c ||
	    after == c)
		return false;
	return begins ? !is_before_words(c) : !is_inside_words(c);
}

static bool is_odd(struct str s, size_t i)
{
	unsigned char c = (unsigned char)s.s[i];
	unsigned char before = i > 0 ? (unsigned char)s.s[i - 1] : '\0';
	unsigned char after = i + 1 < s.len ? (unsigned char)s.s[i + 1] : '\0';

	return c >= 0x80 &&
	       (is_hardly_typed(c) || is_out_of_place(before, c, after));
}

/*
 * Accents stand between other letters; words of other alphabets, of one byte a
 * letter or of two, have nothing else. Read as Western, nothing of them is
 * understood, nor who wants no mail. A line of dashes is no word.
 */
static bool is_western(struct str s)
{
	size_t high = 0, odd = 0, foreign_words = 0, western_words = 0;

	for (size_t i = 0, n; i < s.len; i += n ? n : 1) {
		size_t letters = 0;
		bool differ = false;

		for (n = 0; i + n < s.len; n++) {
			unsigned char c = (unsigned char)s.s[i + n];

			if (!is_letter_or_high(c))
				break;
			letters += c >= 0xA1;
			odd += is_odd(s, i + n);
			high += c >= 0x80;
			differ = differ || s.s[i + n] != s.s[i];
		}
		foreign_words += n >= 3 && letters == n && differ;
		western_words += letters > 0 && letters < n;
	}
	return foreign_words <= western_words && odd * 4 <= high;
}

/* Of bytes of ASCII that mean other letters: ISO 2022 of Japan, China and
 * Korea, and HZ. */
static bool switches_letters(struct str s)
{
	return memmem(s.s, s.len, "\x1B$", 2) ||
	       memmem(s.s, s.len, "\x1B(", 2) ||
	       (memmem(s.s, s.len, "~{", 2) && memmem(s.s, s.len, "~}", 2));
}

/* UTF-8 that was taken for Windows-1252 and made UTF-8 once more: what was two
 * letters then is one. */
static bool is_converted_twice(struct str s)
{
	CLEANUP(strbuf_release) struct strbuf once = STRBUF_INIT;

	return utf8_to_cp1252(s, &once) && !str_is_ascii(strbuf_str(&once)) &&
	       judge(strbuf_str(&once), true) == CSV_UTF8;
}

static int use_found(struct csv_reader *r, struct str sample, struct err *err)
{
	r->format.encoding = judge(sample, sample.len == CSV_SAMPLE);
	if (r->format.encoding == CSV_UTF8 && is_converted_twice(sample))
		return err_field(err, "encoding",
				 "its letters were converted to UTF-8 twice "
				 "(an e with an accent is two signs): export "
				 "it again, or say that it is utf-8 after all");
	if (r->format.encoding == CSV_UTF8 || is_western(sample))
		return 0;
	return err_field(err, "encoding",
			 "the letters are not of Western Europe, or of a Mac: "
			 "say which encoding it is (windows-1251 is Cyrillic, "
			 "1253 Greek, 1255 Hebrew, 1256 Arabic, ibm850 of DOS, "
			 "macintosh of old Macs), or save the file as CSV "
			 "UTF-8");
}

/* UTF-16 without a BOM: every other byte of Western text is NUL. */
static bool find_utf16(struct csv_reader *r, struct str s)
{
	size_t nuls[2] = { 0, 0 };

	for (size_t i = 0; i < s.len; i++)
		nuls[i % 2] += s.s[i] == '\0';
	if (s.len < 8 || (nuls[0] > 0 && nuls[1] > 0) ||
	    (nuls[0] + nuls[1]) * 5 < s.len)
		return false;
	r->format.encoding = nuls[1] > 0 ? CSV_UTF16LE : CSV_UTF16BE;
	return true;
}

/*
 * Without a BOM, the first 64 KiB with something else than ASCII decide:
 * many a list has its first accent on a late page.
 */
static int find_encoding(struct csv_reader *r, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf sample = STRBUF_INIT;

	for (int64_t at = 0; at < r->size; at += (int64_t)sample.len) {
		if (csv_read_at(r->fd, at, CSV_SAMPLE, &sample, err) < 0)
			return -1;
		if (at == 0 && (find_bom(r, strbuf_str(&sample)) ||
				find_utf16(r, strbuf_str(&sample))))
			return 0;
		if (switches_letters(strbuf_str(&sample)))
			return err_field(err, "encoding",
					 "it is written in signs of ASCII that "
					 "stand for other letters (ISO 2022, "
					 "HZ): save it as CSV UTF-8");
		if (!str_is_ascii(strbuf_str(&sample))) {
			/* the block's start may cut a character in two */
			int64_t from = at > 3 ? at - 3 : 0;

			if (csv_read_at(r->fd, from, CSV_SAMPLE, &sample, err) <
			    0)
				return -1;
			return use_found(r, strbuf_str(&sample), err);
		}
		if (sample.len == 0)
			break;
	}
	r->format.encoding = CSV_UTF8;
	return 0;
}

static int read_sample(struct csv_reader *r, struct strbuf *out,
		       struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf bytes = STRBUF_INIT;

	if (csv_read_at(r->fd, r->offset, CSV_SAMPLE, &bytes, err) < 0)
		return -1;
	if (r->format.encoding == CSV_UTF8)
		strbuf_addslice(out, strbuf_str(&bytes));
	else
		csv_decode(r, strbuf_str(&bytes), out);
	return 0;
}

/* The first line end outside of quotes is a CR that no LF follows. */
static bool ends_rows_with_cr(struct str s)
{
	bool quoted = false;

	for (size_t i = 0; i < s.len; i++) {
		if (s.s[i] == '"')
			quoted = !quoted;
		if (quoted)
			continue;
		if (s.s[i] == '\n')
			return false;
		if (s.s[i] == '\r' && i + 1 < s.len)
			return s.s[i + 1] != '\n';
	}
	return false;
}

/* Counts the columns of the next row of *s and moves behind it. */
static int count_columns(struct str *s, char delimiter)
{
	bool quoted = false;
	char before = delimiter;
	int n = 1;
	size_t i;

	for (i = 0; i < s->len; i++) {
		char c = s->s[i];

		if (c == '"' && (quoted || before == delimiter))
			quoted = !quoted;
		else if (!quoted && (c == '\n' || c == '\r'))
			break;
		else if (!quoted && c == delimiter)
			n++;
		before = c;
	}
	while (i < s->len && (s->s[i] == '\n' || s->s[i] == '\r'))
		i++;
	s->s += i;
	s->len -= i;
	return n;
}

/* How many of the first rows in a hundred have as many columns as the
 * header, then how many columns; 0 if the header is one column. */
static int score(struct str s, char delimiter)
{
	int header = count_columns(&s, delimiter);
	int same = 1;
	int rows = 1;

	if (header < 2)
		return 0;
	while (s.len > 0 && rows < ROWS_LOOKED_AT) {
		int n = count_columns(&s, delimiter);

		if (s.len == 0 && n != header)
			break; /* the sample ends in the middle of it */
		same += n == header;
		rows++;
	}
	return same * 100 / rows * 1000 + header;
}

static char find_delimiter(struct str s)
{
	static const char candidates[] = { ',', ';', '\t', '|' };
	char best = ',';
	int best_score = 0;

	for (size_t i = 0; i < sizeof(candidates); i++) {
		int n = score(s, candidates[i]);

		if (n > best_score) {
			best_score = n;
			best = candidates[i];
		}
	}
	return best;
}

void csv_set_stops(struct csv_reader *r)
{
	r->stops['\n'] = true;
	r->stops['\r'] = r->cr_ends_row;
	r->stops[(unsigned char)r->format.delimiter] = true;
}

/* Excel's first line, "sep=;", is about the rows and none of them. */
static void take_separator(struct csv_reader *r, struct str *s)
{
	int64_t width = csv_is_wide(r) ? 2 : 1;
	size_t n = 5;

	if (s->len < 6 || !str_ieq((struct str){ s->s, 4 }, "sep=") ||
	    (unsigned char)s->s[4] >= 0x80 ||
	    (s->s[5] != '\r' && s->s[5] != '\n'))
		return;
	if (!r->format.delimiter)
		r->format.delimiter = s->s[4];
	n += s->s[n] == '\r';
	n += n < s->len && s->s[n] == '\n';
	s->s += n;
	s->len -= n;
	r->offset += width * (int64_t)n;
	r->row_number = 1;
}

static int name_encoding(struct csv_reader *r, const char *name,
			 struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf sample = STRBUF_INIT;
	bool is_wide, named_utf8, found;

	if (csv_name_encoding(r, name, err) < 0 ||
	    csv_read_at(r->fd, 0, 4, &sample, err) < 0)
		return -1;
	is_wide = csv_is_wide(r);
	named_utf8 = r->format.encoding == CSV_UTF8;
	found = find_bom(r, strbuf_str(&sample));
	if (found && (csv_is_wide(r) != is_wide || (!is_wide && !named_utf8)))
		return err_field(err, "encoding",
				 "the file says itself that it is UTF-%s",
				 r->format.encoding == CSV_UTF8 ? "8" : "16");
	return 0;
}

static int check_kind(struct csv_reader *r, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf sample = STRBUF_INIT;

	if (csv_read_at(r->fd, 0, CSV_SAMPLE, &sample, err) < 0)
		return -1;
	return csv_check_kind(strbuf_str(&sample), err);
}

int csv_detect(struct csv_reader *r, const char *encoding, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf sample = STRBUF_INIT;
	struct str text;

	if (check_kind(r, err) < 0 ||
	    (encoding ? name_encoding(r, encoding, err)
		      : find_encoding(r, err)) < 0 ||
	    read_sample(r, &sample, err) < 0)
		return -1;
	text = strbuf_str(&sample);
	take_separator(r, &text);
	r->start = r->offset;
	r->cr_ends_row = ends_rows_with_cr(text);
	if (!r->format.delimiter)
		r->format.delimiter = find_delimiter(text);
	csv_set_stops(r);
	return 0;
}
