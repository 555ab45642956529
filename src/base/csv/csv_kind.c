/*
 * What a file is before it is read as CSV: other kinds that people take for
 * one, and encodings by their names. Called by csv_detect.c.
 */
#include "base/cleanup.h"
#include "base/csv/csv_private.h"
#include "base/err.h"
#include "base/utf8.h"

#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#define SAVE_AS "open it there and save it as \"CSV UTF-8\", then import that"

/* Their first bytes, and words further on that tell containers apart. */
static const struct {
	const char *start, *inside;
	const char *what, *advice;
} kinds[] = {
	{ "PK\3\4", "xl/", "an Excel workbook (.xlsx)", SAVE_AS },
	{ "PK\3\4", "opendocument.spreadsheet",
	  "an OpenDocument spreadsheet (.ods)", SAVE_AS },
	{ "PK\3\4", "Index/", "a Numbers document", SAVE_AS },
	{ "PK\3\4", "word/", "a Word document", SAVE_AS },
	{ "PK\3\4", NULL, "a ZIP archive",
	  "unpack it, and import the CSV file in it" },
	{ "\xD0\xCF\x11\xE0", NULL, "an old Excel workbook (.xls)", SAVE_AS },
	{ "\x1F\x8B", NULL, "compressed (gzip)", "unpack it first" },
	{ "BZh", "1AY", "compressed (bzip2)", "unpack it first" },
	{ "7z\xBC\xAF", NULL, "a 7z archive", "unpack it first" },
	{ "Rar!", NULL, "a RAR archive", "unpack it first" },
	{ "\xFD"
	  "7zXZ",
	  NULL, "compressed (xz)", "unpack it first" },
	{ "\x28\xB5\x2F\xFD", NULL, "compressed (zstd)", "unpack it first" },
	{ "%PDF", NULL, "a PDF", "ask for the list as CSV" },
	{ "\x89PNG", NULL, "a picture", "ask for the list as CSV" },
	{ "\xFF\xD8\xFF", NULL, "a picture", "ask for the list as CSV" },
	{ "GIF8", NULL, "a picture", "ask for the list as CSV" },
	{ "SQLite format 3", NULL, "a SQLite database",
	  "export the table as CSV" },
	{ "{\\rtf", NULL, "a text with formats (.rtf)", SAVE_AS },
	{ "<!DOCTYPE html", NULL, "an HTML page",
	  "some programs call it .xls: " SAVE_AS },
	{ "<html", NULL, "an HTML page",
	  "some programs call it .xls: " SAVE_AS },
	{ "<?xml", NULL, "an XML document", "ask for the list as CSV" },
	{ "BEGIN:VCARD", NULL, "a file of business cards (vCard)",
	  "export the contacts as CSV" },
	{ "{\"", NULL, "JSON", "ask for the list as CSV" },
	{ "[{", NULL, "JSON", "ask for the list as CSV" },
};

static bool starts_like(struct str bytes, const char *start)
{
	struct str head = { bytes.s, strlen(start) };

	return bytes.len >= head.len && str_ieq(head, start);
}

static struct str without_bom(struct str s)
{
	if (str_starts(s, "\xEF\xBB\xBF")) {
		s.s += 3;
		s.len -= 3;
	}
	return str_trim(s);
}

/* Control characters that no text has, and no UTF-16 either. */
static bool is_binary(struct str s)
{
	size_t odd = 0;

	if (str_starts(s, "\xFF\xFE") || str_starts(s, "\xFE\xFF"))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.s[i];

		odd += c > 0 && c < ' ' && !strchr("\t\n\v\f\r\x1A\x1B", c);
	}
	return odd * 20 > s.len;
}

int csv_check_kind(struct str bytes, struct err *err)
{
	struct str text = without_bom(bytes);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const char *inside = kinds[i].inside;

		if (!starts_like(text, kinds[i].start) ||
		    (inside &&
		     !memmem(text.s, text.len, inside, strlen(inside))))
			continue;
		return err_field(err, "file", "this is %s, not CSV: %s",
				 kinds[i].what, kinds[i].advice);
	}
	if (is_binary(bytes))
		return err_field(
			err, "file",
			"this is a binary file, not CSV: open it in the "
			"program that made it and save it as CSV "
			"UTF-8");
	return 0;
}

/* --- encodings --- */

static void converter_release(iconv_t *converter)
{
	if (*converter != (iconv_t)-1)
		(void)iconv_close(*converter); /* nothing to lose */
}

/* One byte as UTF-8: 1, 0 if it is no character by itself. */
static int convert(iconv_t converter, char byte, char out[4])
{
	char *from = &byte, *to = out;
	size_t left = 1, room = 3;

	memset(out, 0, 4);
	(void)iconv(converter, NULL, NULL, NULL, NULL); /* cannot fail */
	if (iconv(converter, &from, &left, &to, &room) == (size_t)-1)
		return 0;
	(void)iconv(converter, NULL, NULL, &to, &room); /* what it holds back */
	return utf8_length(str_of(out)) == 1;
}

/* All encodings of one byte a character that the system knows. */
static int read_table(struct csv_reader *r, const char *name, struct err *err)
{
	CLEANUP(converter_release)
	iconv_t converter = iconv_open("UTF-8", name);
	char c[4];
	int known = 0;

	if (converter == (iconv_t)-1)
		return err_field(err, "encoding",
				 "\"%s\" is not known here: use utf-8, utf-16, "
				 "windows-1252, iso-8859-15 ...",
				 name);
	for (int i = ' '; i < 0x7F; i++) {
		if (!convert(converter, (char)i, c) || c[0] != (char)i)
			return err_field(err, "encoding",
					 "\"%s\" is not read here: convert the "
					 "file to UTF-8",
					 name);
	}
	r->bytes = calloc(128, sizeof(*r->bytes));
	BUG_ON(!r->bytes);
	for (int i = 0; i < 128; i++) {
		if (convert(converter, (char)(i + 128), r->bytes[i]))
			known++;
		else
			memcpy(r->bytes[i], "\xEF\xBF\xBD", 4);
	}
	if (known < 32)
		return err_field(err, "encoding",
				 "\"%s\" has several bytes a character: "
				 "convert the file to UTF-8",
				 name);
	r->format.encoding = CSV_BYTES;
	return 0;
}

int csv_name_encoding(struct csv_reader *r, const char *name, struct err *err)
{
	static const struct {
		const char *name;
		enum csv_encoding encoding;
	} known[] = {
		{ "utf-8", CSV_UTF8 },        { "utf8", CSV_UTF8 },
		{ "utf-8-sig", CSV_UTF8 },    { "ascii", CSV_UTF8 },
		{ "us-ascii", CSV_UTF8 },     { "utf-16", CSV_UTF16LE },
		{ "utf16", CSV_UTF16LE },     { "utf-16le", CSV_UTF16LE },
		{ "utf-16be", CSV_UTF16BE },  { "windows-1252", CSV_CP1252 },
		{ "cp1252", CSV_CP1252 },     { "ansi", CSV_CP1252 },
		{ "latin1", CSV_CP1252 },     { "latin-1", CSV_CP1252 },
		{ "iso-8859-1", CSV_CP1252 },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (str_ieq(str_of(name), known[i].name)) {
			r->format.encoding = known[i].encoding;
			return 0;
		}
	}
	return read_table(r, name, err);
}
