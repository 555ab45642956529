#include "base/csv/csv.h"

#include "base/cleanup.h"
#include "base/csv/csv_private.h"
#include "base/err.h"
#include "base/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* How the look for a row's end came out. */
enum scan {
	SCAN_ROW,
	SCAN_MORE,  /* the window ends before the row does */
	SCAN_QUOTE, /* text after a closing quote */
	SCAN_OPEN,  /* a quote that is never closed */
};

struct span {
	size_t end;  /* of the row's text in the window */
	size_t next; /* where the next row starts */
	size_t bad;  /* where the field starts that is wrong */
};

static struct csv_reader *reader_new(char delimiter)
{
	struct csv_reader *r = calloc(1, sizeof(*r));

	BUG_ON(!r);
	r->text = r->block = r->unescaped = r->shown =
		(struct strbuf)STRBUF_INIT;
	r->format.delimiter = delimiter;
	r->fd = -1;
	return r;
}

int csv_open(const char *path, const char *encoding, char delimiter,
	     struct csv_reader **out, struct err *err)
{
	CLEANUP(csv_free) struct csv_reader *r = reader_new(delimiter);
	struct stat st;

	r->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (r->fd < 0 && errno == ENOENT)
		return err_set(err, ERR_NOT_FOUND, "there is no file %s", path);
	if (r->fd < 0 || fstat(r->fd, &st) < 0)
		return err_errno(err, "opening %s", path);
	if (S_ISDIR(st.st_mode))
		return err_field(err, "file", "%s is a folder, not a file",
				 path);
	r->size = st.st_size;
	if (csv_detect(r, encoding, err) < 0)
		return -1;
	r->read_to = r->offset; /* behind the BOM */
	*out = TAKE(r);
	return 0;
}

struct csv_reader *csv_open_text(struct str text, char delimiter)
{
	struct csv_reader *r = reader_new(delimiter);

	strbuf_addslice(&r->text, text);
	r->size = r->read_to = (int64_t)text.len;
	r->at_end = true;
	csv_set_stops(r);
	return r;
}

void csv_free(struct csv_reader **reader)
{
	struct csv_reader *r = *reader;

	if (!r)
		return;
	fd_release(&r->fd);
	strbuf_release(&r->text);
	strbuf_release(&r->block);
	strbuf_release(&r->unescaped);
	strbuf_release(&r->shown);
	free(r->bytes);
	free(r);
	*reader = NULL;
}

const char *csv_encoding_name(enum csv_encoding encoding)
{
	static const char *const names[] = {
		[CSV_UTF8] = "utf-8",       [CSV_UTF16LE] = "utf-16le",
		[CSV_UTF16BE] = "utf-16be", [CSV_CP1252] = "windows-1252",
		[CSV_BYTES] = NULL,
	};

	return names[encoding];
}

struct csv_format csv_format(const struct csv_reader *r)
{
	return r->format;
}

int64_t csv_size_bytes(const struct csv_reader *r)
{
	return r->size;
}

int64_t csv_offset(const struct csv_reader *r)
{
	return r->offset;
}

bool csv_row_is_cut(const struct csv_reader *r)
{
	return r->is_cut;
}

int64_t csv_row_number(const struct csv_reader *r)
{
	return r->row_number;
}

int csv_seek(struct csv_reader *r, int64_t offset, int64_t row_number,
	     struct err *err)
{
	if (offset < 0 || offset > r->size)
		return err_set(err, ERR_INVALID,
			       "the CSV file ends before byte %lld",
			       (long long)offset);
	r->offset = offset < r->start ? r->start : offset;
	r->row_number = row_number;
	strbuf_reset(&r->text);
	strbuf_reset(&r->block);
	r->pos = 0;
	r->read_to = r->offset;
	r->at_end = false;
	return 0;
}

/* Bytes of the file that this text of the window was made of: a character is
 * one byte in Windows-1252 and the like, and one or two units of two bytes in
 * UTF-16. */
static int64_t file_bytes(const struct csv_reader *r, struct str s)
{
	bool wide = csv_is_wide(r);
	int64_t n = 0;

	if (r->format.encoding == CSV_UTF8)
		return (int64_t)s.len;
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.s[i];

		n += (c & 0xC0) != 0x80;
		n += wide && c >= 0xF0;
	}
	return wide ? 2 * n : n;
}

/* Go on at `next`, a place in the window. */
static void advance(struct csv_reader *r, size_t next)
{
	struct str s = { r->text.buf + r->pos, next - r->pos };

	r->offset += file_bytes(r, s);
	/* an odd byte at the end of UTF-16 counts as two */
	if (r->offset > r->size)
		r->offset = r->size;
	r->pos = next;
}

/* Bytes of a block of UTF-16 that can be decoded: no half unit, no half pair
 * of surrogates. */
static size_t whole_units(enum csv_encoding encoding, struct str s)
{
	size_t len = s.len & ~(size_t)1;
	size_t high = encoding == CSV_UTF16BE ? 2 : 1;

	if (len >= 2 && ((unsigned char)s.s[len - high] & 0xFC) == 0xD8)
		len -= 2;
	return len;
}

/* The block at `offset`, appended to *out as text. Returns its bytes. */
static int64_t read_block(struct csv_reader *r, int64_t offset,
			  struct strbuf *out, bool *at_end, struct err *err)
{
	struct str bytes;

	if (csv_read_at(r->fd, offset, CSV_BLOCK, &r->block, err) < 0)
		return -1;
	bytes = strbuf_str(&r->block);
	*at_end = bytes.len < CSV_BLOCK;
	if (!*at_end && csv_is_wide(r))
		bytes.len = whole_units(r->format.encoding, bytes);
	if (r->format.encoding == CSV_UTF8)
		strbuf_addslice(out, bytes);
	else
		csv_decode(r, bytes, out);
	return (int64_t)bytes.len;
}

/* Reads the next block behind what the window holds from pos on. */
static int read_more(struct csv_reader *r, struct err *err)
{
	size_t keep = r->text.len - r->pos;
	int64_t n;

	if (r->pos > 0) {
		memmove(r->text.buf, r->text.buf + r->pos, keep);
		strbuf_truncate(&r->text, keep);
		r->pos = 0;
	}
	n = read_block(r, r->read_to, &r->text, &r->at_end, err);
	if (n < 0)
		return -1;
	r->read_to += n;
	return 0;
}

static void add_field(struct csv_reader *r, size_t from, size_t to,
		      bool escaped)
{
	if (r->n < CSV_COLUMNS_MAX) {
		r->fields[r->n] = (struct str){ r->text.buf + from, to - from };
		r->escaped[r->n] = escaped;
	}
	r->n++;
}

/* A quoted field from its quote at *p; leaves *p behind the closing one. */
static enum scan scan_quoted(struct csv_reader *r, size_t *p)
{
	const char *buf = r->text.buf;
	size_t from = *p + 1;
	size_t at = from;
	bool escaped = false;

	for (;;) {
		const char *quote = memchr(buf + at, '"', r->text.len - at);

		if (!quote)
			return r->at_end ? SCAN_OPEN : SCAN_MORE;
		at = (size_t)(quote - buf);
		if (at + 1 == r->text.len && !r->at_end)
			return SCAN_MORE;
		if (buf[at + 1] != '"')
			break;
		escaped = true;
		at += 2;
	}
	add_field(r, from, at, escaped);
	*p = at + 1;
	return SCAN_ROW;
}

/* Behind a field: 1 the row ends here, 0 another field follows, -1 neither
 * (text after a quote). *p moves behind a delimiter. */
static int end_of_field(struct csv_reader *r, size_t *p, struct span *span)
{
	const char *buf = r->text.buf;
	size_t at = *p;

	if (at < r->text.len && buf[at] == r->format.delimiter) {
		*p = at + 1;
		return 0;
	}
	span->end = at;
	if (at < r->text.len && buf[at] == '\r')
		at++;
	if (at < r->text.len && buf[at] == '\n')
		at++;
	span->next = at;
	return at > *p || at == r->text.len ? 1 : -1;
}

/* A field without quotes. In a file of CRLF the CR is seen as its last byte;
 * it is taken off, and *p stays before it. */
static enum scan scan_plain(struct csv_reader *r, size_t *p)
{
	const unsigned char *buf = (const unsigned char *)r->text.buf;
	size_t at = *p;
	size_t end;

	while (at < r->text.len && !r->stops[buf[at]])
		at++;
	if (at == r->text.len && !r->at_end)
		return SCAN_MORE;
	end = at;
	if (!r->cr_ends_row && end > *p && buf[end - 1] == '\r' &&
	    (at == r->text.len || buf[at] == '\n'))
		end--;
	add_field(r, *p, end, false);
	*p = end;
	return SCAN_ROW;
}

/* Takes the row at pos apart. */
static enum scan scan_row(struct csv_reader *r, struct span *span)
{
	size_t p = r->pos;

	r->n = 0;
	for (;;) {
		bool quoted = p < r->text.len && r->text.buf[p] == '"';
		enum scan got;
		int ended;

		span->bad = p;
		got = quoted ? scan_quoted(r, &p) : scan_plain(r, &p);
		if (got != SCAN_ROW)
			return got;
		/* a CR at the window's end may have its LF behind it */
		if (p + 1 >= r->text.len && !r->at_end)
			return SCAN_MORE;
		ended = end_of_field(r, &p, span);
		if (ended > 0)
			return SCAN_ROW;
		if (ended < 0)
			return SCAN_QUOTE;
	}
}

/*
 * Skips to behind the next line end at or after `from`, reading on if it
 * must: how reading goes on after a row that cannot be understood. From the
 * start of the broken field: a stray quote costs its own line, not all up to
 * the next quote.
 */
static int skip_line(struct csv_reader *r, size_t from, struct err *err)
{
	for (;;) {
		const char *buf = r->text.buf;
		size_t at = from;

		while (at < r->text.len && buf[at] != '\n' &&
		       !(r->cr_ends_row && buf[at] == '\r'))
			at++;
		if (at < r->text.len) {
			advance(r, at + 1);
			return 0;
		}
		advance(r, at);
		if (r->at_end)
			return 0;
		if (read_more(r, err) < 0)
			return -1;
		from = r->pos;
	}
}

/* The text of a row that is refused, to be shown to people. All of it: who is
 * named at its end is not to be overlooked, nor behind a NUL. */
static struct str show(struct csv_reader *r, struct str raw)
{
	raw.len = utf8_prefix(raw, CSV_ROW_MAX);
	if (utf8_is_valid(raw) && (!raw.len || !memchr(raw.s, '\0', raw.len)))
		return raw;
	strbuf_reset(&r->shown);
	if (utf8_is_valid(raw))
		strbuf_addslice(&r->shown, raw);
	else
		utf8_from_cp1252(raw, &r->shown);
	for (size_t i = 0; i < r->shown.len; i++)
		if (r->shown.buf[i] == '\0')
			r->shown.buf[i] = ' ';
	return strbuf_str(&r->shown);
}

static int refuse(struct csv_reader *r, const char *why, struct err *err)
{
	return err_set(err, ERR_INVALID, "row %lld %s",
		       (long long)r->row_number, why);
}

/* The row at pos is broken at `bad` in the window. */
static int refuse_broken(struct csv_reader *r, size_t bad, const char *why,
			 struct str *raw_out, struct err *err)
{
	size_t end = bad;

	while (end < r->text.len && r->text.buf[end] != '\n' &&
	       !(r->cr_ends_row && r->text.buf[end] == '\r'))
		end++;
	r->is_cut = (end == r->text.len && !r->at_end) ||
		    end - r->pos > CSV_ROW_MAX;
	strbuf_reset(&r->unescaped);
	strbuf_add(&r->unescaped, r->text.buf + r->pos, end - r->pos);
	if (skip_line(r, bad, err) < 0)
		return -1;
	if (raw_out)
		*raw_out = show(r, strbuf_str(&r->unescaped));
	return refuse(r, why, err);
}

/* --- a quoted field that is too long --- */

enum place { IN_QUOTES, BEHIND_QUOTE, FIELD_START, IN_FIELD, BROKEN };

/* Where a walk through a long row is. */
struct walk {
	enum place place;
	bool closed; /* the first quoted field, as it should be */
	bool ended;  /* the row */
};

static void walk_on(const struct csv_reader *r, struct walk *w, char c)
{
	bool ends = c == '\n' || (c == '\r' && r->cr_ends_row);

	if (w->place == IN_QUOTES) {
		w->place = c == '"' ? BEHIND_QUOTE : IN_QUOTES;
		return;
	}
	if (c == '"' && w->place == BEHIND_QUOTE) { /* it was doubled */
		w->place = IN_QUOTES;
		return;
	}
	w->ended = ends && w->place != BROKEN;
	if (w->place == BEHIND_QUOTE && c != r->format.delimiter && !ends &&
	    c != '\r') /* of CRLF */
		w->place = w->closed ? IN_FIELD : BROKEN;
	else if (c == r->format.delimiter)
		w->place = FIELD_START;
	else if (c == '"' && w->place == FIELD_START)
		w->place = IN_QUOTES;
	else if (w->place != BROKEN && w->place != BEHIND_QUOTE)
		w->place = IN_FIELD;
	w->closed |= w->place == FIELD_START || w->ended;
}

/* Walks through text; returns how much of it belongs to the row. */
static size_t walk_text(const struct csv_reader *r, struct walk *w,
			struct str s)
{
	size_t i = 0;

	while (i < s.len && !w->ended && w->place != BROKEN) {
		if (w->place == IN_QUOTES) {
			const char *quote = memchr(s.s + i, '"', s.len - i);

			if (!quote)
				return s.len;
			i = (size_t)(quote - s.s);
		}
		walk_on(r, w, s.s[i++]);
	}
	return i;
}

/*
 * The row at pos has a quoted field from `bad` on that is longer than a row may
 * be. Skips to behind the row's real end, so that the lines in the field are
 * not taken for rows. 0: there is none, the quote is a stray one.
 */
static int skip_long(struct csv_reader *r, size_t bad, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct walk w = { .place = IN_QUOTES };
	struct str rest = { r->text.buf + bad + 1, r->text.len - bad - 1 };
	int64_t offset = r->read_to, n = 0;
	bool at_end = r->at_end;
	size_t used = walk_text(r, &w, rest);

	if (w.ended) {
		advance(r, bad + 1 + used);
		return 1;
	}
	while (!w.ended && w.place != BROKEN && !at_end) {
		offset += n;
		strbuf_reset(&text);
		n = read_block(r, offset, &text, &at_end, err);
		if (n < 0)
			return -1;
		used = walk_text(r, &w, strbuf_str(&text));
	}
	if (w.place == BROKEN || (!w.ended && w.place == IN_QUOTES))
		return 0;
	offset += w.ended ? file_bytes(r, (struct str){ text.buf, used }) : n;
	return csv_seek(r, offset > r->size ? r->size : offset, r->row_number,
			err) < 0
		       ? -1
		       : 1;
}

static int refuse_long(struct csv_reader *r, size_t bad, struct str *raw_out,
		       struct err *err)
{
	const char *why = "is longer than a megabyte";
	struct str raw = { r->text.buf + r->pos, CSV_ROW_MAX };
	int skipped = 0;

	strbuf_reset(&r->unescaped);
	strbuf_addslice(&r->unescaped, raw);
	if (r->text.buf[bad] == '"')
		skipped = skip_long(r, bad, err);
	if (skipped < 0)
		return -1;
	if (!skipped)
		return refuse_broken(r, bad, why, raw_out, err);
	r->is_cut = true;
	if (raw_out)
		*raw_out = show(r, strbuf_str(&r->unescaped));
	return refuse(r, why, err);
}

static void unescape(struct csv_reader *r, size_t row_len)
{
	strbuf_reset(&r->unescaped);
	strbuf_reserve(&r->unescaped, row_len); /* so that it never moves */
	for (size_t i = 0; i < r->n; i++) {
		struct str rest = r->fields[i];
		size_t start = r->unescaped.len;

		if (!r->escaped[i])
			continue;
		while (rest.s) {
			strbuf_addslice(&r->unescaped, str_cut(&rest, '"'));
			if (!rest.s)
				break;
			strbuf_addch(&r->unescaped, '"');
			rest.s++; /* the second of the two */
			rest.len--;
		}
		r->fields[i] = (struct str){ r->unescaped.buf + start,
					     r->unescaped.len - start };
	}
}

static bool is_blank(const struct csv_reader *r)
{
	for (size_t i = 0; i < r->n; i++) {
		if (r->fields[i].len > 0)
			return false;
	}
	return true;
}

static const char *find_fault(const struct csv_reader *r, struct str raw)
{
	if (raw.len > CSV_ROW_MAX)
		return "is longer than a megabyte";
	if (r->n > CSV_COLUMNS_MAX)
		return "has more than 500 columns";
	if (raw.len && memchr(raw.s, '\0', raw.len))
		return "holds a NUL byte";
	if (r->format.encoding == CSV_UTF8 && !utf8_is_valid(raw))
		return "is not valid UTF-8";
	return NULL;
}

/* A row between pos and span: 1, 0 if it is blank, -1 if it is refused. */
static int take_row(struct csv_reader *r, const struct span *span,
		    struct str *raw_out, struct err *err)
{
	struct str raw = { r->text.buf + r->pos, span->end - r->pos };
	const char *fault = find_fault(r, raw);

	r->row_number++;
	advance(r, span->next);
	if (fault) {
		r->is_cut = raw.len > CSV_ROW_MAX;
		if (raw_out)
			*raw_out = show(r, raw);
		return refuse(r, fault, err);
	}
	if (is_blank(r))
		return 0;
	unescape(r, raw.len);
	if (raw_out)
		*raw_out = raw;
	return 1;
}

/* One step: 1 a row, 0 nothing yet (more was read, or a blank row). */
static int step(struct csv_reader *r, struct str *raw_out, struct err *err)
{
	struct span span = { 0, 0, 0 };
	bool is_long = r->text.len - r->pos > CSV_ROW_MAX;

	switch (scan_row(r, &span)) {
	case SCAN_ROW:
		return take_row(r, &span, raw_out, err);
	case SCAN_MORE:
		if (!is_long)
			return read_more(r, err);
		r->row_number++;
		return refuse_long(r, span.bad, raw_out, err);
	case SCAN_QUOTE:
		r->row_number++;
		return refuse_broken(r, span.bad, "has text after a quote",
				     raw_out, err);
	case SCAN_OPEN:
		r->row_number++;
		return refuse_broken(r, span.bad,
				     "has a quote that is never closed",
				     raw_out, err);
	}
	return err_set(err, ERR_BUG, "impossible state of a CSV reader");
}

int csv_next(struct csv_reader *r, const struct str **fields_out, size_t *n_out,
	     struct str *raw_out, struct err *err)
{
	r->is_cut = false;
	for (;;) {
		int got;

		if (r->at_end && r->pos == r->text.len)
			return 0;
		got = step(r, raw_out, err);
		if (got < 0)
			return -1;
		if (got > 0) {
			*fields_out = r->fields;
			*n_out = r->n;
			return 1;
		}
	}
}

int csv_next_whole(struct csv_reader *r, const struct str **fields_out,
		   size_t *n_out, struct err *err)
{
	for (;;) {
		struct err why = ERR_INIT;
		int found = csv_next(r, fields_out, n_out, NULL, &why);

		if (found >= 0)
			return found;
		if (why.code != ERR_INVALID) {
			*err = why;
			return -1;
		}
	}
}
