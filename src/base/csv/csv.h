/*
 * base/csv/csv.h - comma separated values (RFC 4180), as spreadsheets write
 * them
 *
 * Reading: detects encoding (UTF-8 and UTF-16 with or without BOM, else
 * Windows-1252), the delimiter (, ; tab |; Excel's first line "sep=;" counts
 * and is no row) and the line end (LF, CRLF, CR) from the first 64 KiB. Quoted
 * fields may hold delimiters, line ends and doubled quotes. A row may hold at
 * most CSV_ROW_MAX bytes and CSV_COLUMNS_MAX fields. A malformed row is
 * reported as such and reading goes on after it: after its last line if a
 * quoted field is too long, else after its own line.
 *
 * A cursor (csv_offset) is a byte position in the file at a row's start:
 * reading can be resumed there.
 */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include "base/strbuf.h"

struct csv_reader;
struct err;

#define CSV_ROW_MAX (1 << 20)
#define CSV_COLUMNS_MAX 500

enum csv_encoding {
	CSV_UTF8,
	CSV_UTF16LE,
	CSV_UTF16BE,
	CSV_CP1252,
	CSV_BYTES, /* another one of a byte a character, by its name */
};

struct csv_format {
	enum csv_encoding encoding;
	char delimiter;
	bool has_bom;
};

/*
 * Opens path and detects its format. encoding NULL (or a name such as "utf-8",
 * "windows-1250", "iso-8859-15") and delimiter 0 mean detect. ERR_NOT_FOUND;
 * ERR_INVALID with field `file`: a folder, a workbook, a picture ... and what
 * to do; with field `encoding`: there is none of that name.
 */
int csv_open(const char *path, const char *encoding, char delimiter,
	     struct csv_reader **out, struct err *err);
/* A reader of text in UTF-8, which must outlive it. */
struct csv_reader *csv_open_text(struct str text, char delimiter);
void csv_free(struct csv_reader **reader);
struct csv_format csv_format(const struct csv_reader *reader);
/* As csv_open takes it, of those that are detected; else NULL. */
const char *csv_encoding_name(enum csv_encoding encoding);

int64_t csv_size_bytes(const struct csv_reader *reader);
int64_t csv_offset(const struct csv_reader *reader); /* of the next row */
int csv_seek(struct csv_reader *reader, int64_t offset, int64_t row_number,
	     struct err *err);
int64_t csv_row_number(const struct csv_reader *reader); /* of last row, 1.. */
/* The last row was malformed, and too long to be seen to its end. */
bool csv_row_is_cut(const struct csv_reader *reader);

/*
 * Next row that is not empty. Returns 1 and fields (valid UTF-8, valid until
 * the next call), 0 at the end, or -1. ERR_INVALID: this row is malformed
 * (the next call goes on with the next row); anything else is final.
 * raw_out (may be NULL) is the row as UTF-8 text without its line end.
 */
int csv_next(struct csv_reader *reader, const struct str **fields_out,
	     size_t *n_out, struct str *raw_out, struct err *err);
/* The next row that is not malformed; -1 is final. */
int csv_next_whole(struct csv_reader *reader, const struct str **fields_out,
		   size_t *n_out, struct err *err);

/*
 * Writing: one field, quoted where needed, behind the character `before` (0:
 * it is the first). With `defuse`, what a spreadsheet would take for a formula
 * (= + - @ and their full-width forms, tab, CR, LF at the start, whatever
 * quotes stand before it) gets a leading ' more. csv_undefuse takes it away.
 */
void csv_add_field(struct strbuf *out, struct str field, char before,
		   bool defuse);
struct str csv_undefuse(struct str field);
void csv_end_row(struct strbuf *out); /* CRLF */
/* In what was written with commas from byte `from` on, another delimiter
 * between the fields. *in_quotes: false at the begin of a file, and kept from
 * one piece of it to the next. */
void csv_exchange_commas(struct strbuf *text, size_t from, char delimiter,
			 bool *in_quotes);

#endif
