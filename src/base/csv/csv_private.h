/*
 * base/csv/csv_private.h - what csv.c and csv_detect.c share: the reader
 *
 * `text` is a window of the file as UTF-8; the next row starts at `pos` in
 * it, and at byte `offset` of the file. Other encodings are decoded a block at
 * a time. How many bytes of the file a piece of text took follows from the
 * text itself, so no map between the two is kept.
 */
#ifndef BASE_CSV_PRIVATE_H
#define BASE_CSV_PRIVATE_H

#include "base/csv/csv.h"

#define CSV_BLOCK ((size_t)128 * 1024)
#define CSV_SAMPLE ((size_t)64 * 1024)

struct csv_reader {
	int fd;
	struct csv_format format;
	bool cr_ends_row; /* old Macintosh files: CR alone */
	bool stops[256];  /* bytes that may end an unquoted field */
	int64_t size;
	int64_t start;    /* of the first row: behind BOM and "sep=" */
	char (*bytes)[4]; /* CSV_BYTES: the characters from 0x80 on, as UTF-8 */

	struct strbuf text;
	size_t pos;
	int64_t offset;
	int64_t row_number;
	int64_t read_to;     /* the window holds the file up to here */
	bool at_end;         /* and that is its end */
	struct strbuf block; /* the bytes last read */

	struct str fields[CSV_COLUMNS_MAX];
	bool escaped[CSV_COLUMNS_MAX]; /* the field has doubled quotes */
	size_t n;
	struct strbuf unescaped;
	struct strbuf shown; /* a row that is no text, to be shown */
	bool is_cut;         /* the last row, in what was shown of it */
};

/* Finds encoding (if it is not named), BOM, delimiter (if it is 0) and line
 * end, and where the first row starts. */
int csv_detect(struct csv_reader *reader, const char *encoding,
	       struct err *err);
static inline bool csv_is_wide(const struct csv_reader *reader)
{
	return reader->format.encoding == CSV_UTF16LE ||
	       reader->format.encoding == CSV_UTF16BE;
}

/* What ends a row, and a field. */
void csv_set_stops(struct csv_reader *reader);

/* Refuses what is known to be no CSV by its first bytes, with advice. */
int csv_check_kind(struct str bytes, struct err *err);
/* Sets the encoding of that name. */
int csv_name_encoding(struct csv_reader *reader, const char *name,
		      struct err *err);

/* Up to `most` bytes from byte `offset` of the file, in place of *out. */
int csv_read_at(int fd, int64_t offset, size_t most, struct strbuf *out,
		struct err *err);

/* bytes to UTF-8, for encodings other than UTF-8 */
void csv_decode(const struct csv_reader *reader, struct str bytes,
		struct strbuf *out);

#endif
