#include "base/cleanup.h"
#include "base/csv/csv.h"
#include "base/err.h"
#include "base/random.h"
#include "base/utf8.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#define BYTES(literal)                         \
	{                                      \
		(literal), sizeof(literal) - 1 \
	}

/* A file in memory, reached by a path. */
struct memory_file {
	int fd;
	char path[64];
};

static void memory_file_release(struct memory_file *f)
{
	fd_release(&f->fd);
}

static struct memory_file file_of(struct str bytes)
{
	struct memory_file f = { .fd = memfd_create("csv", MFD_CLOEXEC) };

	assert_true(f.fd >= 0);
	(void)snprintf(f.path, sizeof(f.path), "/proc/self/fd/%d", f.fd);
	while (bytes.len > 0) {
		ssize_t n = write(f.fd, bytes.s, bytes.len);

		assert_true(n > 0);
		bytes.s += n;
		bytes.len -= (size_t)n;
	}
	return f;
}

/* All rows as text: fields in [], a row a line, a bad row as "!". */
static void dump(struct csv_reader *r, struct strbuf *out)
{
	const struct str *fields;
	struct err err = ERR_INIT;
	size_t n;
	int rc;

	while ((rc = csv_next(r, &fields, &n, NULL, &err)) != 0) {
		if (rc < 0) {
			assert_int_equal(err.code, ERR_INVALID);
			strbuf_addstr(out, "!\n");
			continue;
		}
		for (size_t i = 0; i < n; i++) {
			strbuf_addch(out, '[');
			strbuf_addslice(out, fields[i]);
			strbuf_addch(out, ']');
		}
		strbuf_addch(out, '\n');
	}
}

static void assert_reads(struct str bytes, const char *expected)
{
	CLEANUP(memory_file_release) struct memory_file f = file_of(bytes);
	CLEANUP(csv_free) struct csv_reader *r = NULL;
	CLEANUP(strbuf_release) struct strbuf got = STRBUF_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(csv_open(f.path, NULL, 0, &r, &err), 0);
	dump(r, &got);
	assert_string_equal(got.buf, expected);
	assert_int_equal(csv_offset(r), (int64_t)bytes.len);
}

static void rows_are_read_as_spreadsheets_write_them(void **state)
{
	static const struct {
		struct str bytes;
		const char *rows;
	} cases[] = {
		{ BYTES(""), "" },
		{ BYTES("\n\r\n\n"), "" },
		{ BYTES("a,b\n1,2\n"), "[a][b]\n[1][2]\n" },
		{ BYTES("a,b\r\n1,2\r\n"), "[a][b]\n[1][2]\n" },
		{ BYTES("a,b\r1,2\r"), "[a][b]\n[1][2]\n" },
		{ BYTES("a,b\n1,2"), "[a][b]\n[1][2]\n" },
		{ BYTES("a,b\r\n1,2\r"), "[a][b]\n[1][2]\n" },
		{ BYTES("a,b\n1,"), "[a][b]\n[1][]\n" },
		{ BYTES("a;b\n1,5;2\n"), "[a][b]\n[1,5][2]\n" },
		{ BYTES("a\tb\n1;5\t2\n"), "[a][b]\n[1;5][2]\n" },
		{ BYTES("a|b\n1|2\n"), "[a][b]\n[1][2]\n" },
		{ BYTES("a\n1;2\n"), "[a]\n[1;2]\n" },
		{ BYTES("\xEF\xBB\xBF"
			"a,b\n1,2\n"),
		  "[a][b]\n[1][2]\n" },
		{ BYTES("a,b\n\"x, y\",\"p \"\"q\"\"\"\n"),
		  "[a][b]\n[x, y][p \"q\"]\n" },
		{ BYTES("a,b\n\"x\ny\",\"\"\n"), "[a][b]\n[x\ny][]\n" },
		{ BYTES("a,b\n\"x\r\ny\",2\r\n"), "[a][b]\n[x\r\ny][2]\n" },
		{ BYTES("a,b\nx\"y,2\n"), "[a][b]\n[x\"y][2]\n" },
		{ BYTES("a,b\n\n,\n1,2\n"), "[a][b]\n[1][2]\n" },
		{ BYTES("a,b\n1\n1,2,3\n"), "[a][b]\n[1]\n[1][2][3]\n" },
		/* Windows-1252: J\xF6rg, and the euro sign at 0x80 */
		{ BYTES("a;b\nJ\xF6rg;\x80\n"), "[a][b]\n[Jörg][€]\n" },
		{ BYTES("a,b\nJ\xC3\xB6rg,2\n"), "[a][b]\n[Jörg][2]\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_reads(cases[i].bytes, cases[i].rows);
}

static void a_malformed_row_costs_only_itself(void **state)
{
	static const struct {
		struct str bytes;
		const char *rows;
	} cases[] = {
		{ BYTES("a,b\n\"x\"y,2\n3,4\n"), "[a][b]\n!\n[3][4]\n" },
		{ BYTES("a,b\n\"x,2\n3,4\n"), "[a][b]\n!\n[3][4]\n" },
		{ BYTES("a,b\n\"x,2\n3,\"4\"\n"), "[a][b]\n!\n[3][4]\n" },
		{ BYTES("a,b\n1,x\0y\n3,4\n"), "[a][b]\n!\n[3][4]\n" },
		{ BYTES("a,b\nä,ö\n1,\xFF\n3,4\n"),
		  "[a][b]\n[ä][ö]\n!\n[3][4]\n" },
		{ BYTES("a,b\n1,2\n3,\""), "[a][b]\n[1][2]\n!\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_reads(cases[i].bytes, cases[i].rows);
}

static void utf16_is_read_in_both_byte_orders(void **state)
{
	static const char little[] = "\xFF\xFE"
				     "a\0,\0b\0\r\0\n\0"
				     "\xE4\0,\0\x3D\xD8\x00\xDE\r\0\n\0";
	static const char big[] = "\xFE\xFF"
				  "\0a\0,\0b\0\r\0\n"
				  "\0\xE4\0,\xD8\x3D\xDE\x00\0\r\0\n";

	(void)state;
	assert_reads((struct str){ little, sizeof(little) - 1 },
		     "[a][b]\n[ä][😀]\n");
	assert_reads((struct str){ big, sizeof(big) - 1 }, "[a][b]\n[ä][😀]\n");
}

static void a_late_accent_still_decides_the_encoding(void **state)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(memory_file_release) struct memory_file f = { .fd = -1 };
	CLEANUP(csv_free) struct csv_reader *r = NULL;
	struct err err = ERR_INIT;

	(void)state;
	strbuf_addstr(&text, "a,b\n");
	for (int i = 0; i < 20000; i++)
		strbuf_addf(&text, "%d,plain\n", i);
	strbuf_addstr(&text, "x,J\xF6rg\n");
	f = file_of(strbuf_str(&text));
	assert_int_equal(csv_open(f.path, NULL, 0, &r, &err), 0);
	assert_int_equal(csv_format(r).encoding, CSV_CP1252);
	assert_int_equal(csv_format(r).delimiter, ',');
	assert_false(csv_format(r).has_bom);
}

static void a_row_that_is_too_long_or_too_wide_is_refused(void **state)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf got = STRBUF_INIT;
	CLEANUP(memory_file_release) struct memory_file f = { .fd = -1 };
	CLEANUP(csv_free) struct csv_reader *r = NULL;
	struct err err = ERR_INIT;

	(void)state;
	strbuf_addstr(&text, "a,b\n1,");
	for (int i = 0; i < 3 * CSV_ROW_MAX; i++)
		strbuf_addch(&text, 'x');
	strbuf_addstr(&text, "\n3,4\n");
	for (int i = 0; i < CSV_COLUMNS_MAX; i++)
		strbuf_addstr(&text, "y,");
	strbuf_addstr(&text, "\n5,6\n");
	f = file_of(strbuf_str(&text));
	assert_int_equal(csv_open(f.path, NULL, 0, &r, &err), 0);
	dump(r, &got);
	assert_string_equal(got.buf, "[a][b]\n!\n[3][4]\n!\n[5][6]\n");
	assert_int_equal(csv_row_number(r), 5);
}

static void the_text_of_a_bad_row_is_shown(void **state)
{
	CLEANUP(memory_file_release)
	struct memory_file f = file_of(STR("a,b\n\"x\"y,2\nx\0,y\n"));
	CLEANUP(csv_free) struct csv_reader *r = NULL;
	const struct str *fields;
	struct err err = ERR_INIT;
	struct str raw;
	size_t n;

	(void)state;
	assert_int_equal(csv_open(f.path, NULL, 0, &r, &err), 0);
	assert_int_equal(csv_next(r, &fields, &n, &raw, &err), 1);
	assert_true(str_is(raw, "a,b"));
	assert_int_equal(csv_next(r, &fields, &n, &raw, &err), -1);
	assert_true(str_is(raw, "\"x\"y,2"));
	assert_int_equal(csv_row_number(r), 2);
	assert_false(csv_row_is_cut(r));
	assert_int_equal(csv_next(r, &fields, &n, &raw, &err), -1);
	assert_true(str_is(raw, "x ,y"));
	assert_int_equal(csv_next(r, &fields, &n, &raw, &err), 0);
}

/* A file with all that is special, long enough for several blocks. */
static void make_text(struct strbuf *out)
{
	struct prng dice = { .state = 7 };

	strbuf_addstr(out, "email;näme;note\r\n");
	for (int i = 0; i < 12000; i++) {
		strbuf_addf(out, "p%d@example.com;", i);
		for (uint64_t j = prng_below(&dice, 9); j > 0; j--)
			strbuf_addstr(out, "é€ x");
		strbuf_addstr(out, prng_below(&dice, 3) ? ";plain"
							: ";\"a\r\n\"\"b\"");
		strbuf_addstr(out, prng_below(&dice, 50) ? "\r\n" : "\r\n\r\n");
	}
}

static void add_utf16(struct str s, struct strbuf *out)
{
	strbuf_add(out, "\xFF\xFE", 2);
	for (size_t i = 0; i < s.len;) {
		unsigned char c = (unsigned char)s.s[i];
		unsigned int u = c;

		if (c >= 0xE0)
			u = (c & 15u) << 12 | (s.s[i + 1] & 63u) << 6 |
			    (s.s[i + 2] & 63u);
		else if (c >= 0xC0)
			u = (c & 31u) << 6 | (s.s[i + 1] & 63u);
		strbuf_addch(out, (char)(u & 255));
		strbuf_addch(out, (char)(u >> 8));
		i += c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1;
	}
}

static void add_cp1252(struct str s, struct strbuf *out)
{
	for (size_t i = 0; i < s.len; i++) {
		if (str_starts((struct str){ s.s + i, s.len - i }, "€")) {
			strbuf_addch(out, '\x80');
			i += 2;
		} else if ((unsigned char)s.s[i] == 0xC3) {
			strbuf_addch(out, (char)(s.s[++i] + 0x40));
		} else {
			strbuf_addch(out, s.s[i]);
		}
	}
}

/* Reads with a fresh reader for every row: each resumes where the one before
 * said it was. */
static void read_with_resume(const char *path, struct strbuf *out)
{
	int64_t offset = 0;
	int64_t row = 0;

	for (int i = 0; i < 400; i++) {
		CLEANUP(csv_free) struct csv_reader *r = NULL;
		const struct str *fields;
		struct err err = ERR_INIT;
		size_t n;

		assert_int_equal(csv_open(path, NULL, 0, &r, &err), 0);
		assert_int_equal(csv_seek(r, offset, row, &err), 0);
		for (int j = 0; j <= i; j++) {
			if (csv_next(r, &fields, &n, NULL, &err) == 0)
				return;
			assert_int_equal(n, 3);
			strbuf_addf(out, "%lld ", (long long)csv_row_number(r));
			strbuf_addslice(out, fields[0]);
			strbuf_addslice(out, fields[1]);
			strbuf_addslice(out, fields[2]);
		}
		offset = csv_offset(r);
		row = csv_row_number(r);
	}
	fail();
}

static void read_at_once(const char *path, struct strbuf *out)
{
	CLEANUP(csv_free) struct csv_reader *r = NULL;
	const struct str *fields;
	struct err err = ERR_INIT;
	size_t n;

	assert_int_equal(csv_open(path, NULL, 0, &r, &err), 0);
	while (csv_next(r, &fields, &n, NULL, &err) == 1) {
		strbuf_addf(out, "%lld ", (long long)csv_row_number(r));
		strbuf_addslice(out, fields[0]);
		strbuf_addslice(out, fields[1]);
		strbuf_addslice(out, fields[2]);
	}
	assert_int_equal(csv_offset(r), csv_size_bytes(r));
}

static void reading_resumes_at_an_offset_in_every_encoding(void **state)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf expected = STRBUF_INIT;

	(void)state;
	make_text(&text);
	for (int encoding = 0; encoding < 3; encoding++) {
		CLEANUP(strbuf_release) struct strbuf bytes = STRBUF_INIT;
		CLEANUP(strbuf_release) struct strbuf got = STRBUF_INIT;
		CLEANUP(strbuf_release) struct strbuf resumed = STRBUF_INIT;
		CLEANUP(memory_file_release) struct memory_file f = { -1, "" };

		if (encoding == 0)
			strbuf_addslice(&bytes, strbuf_str(&text));
		else if (encoding == 1)
			add_utf16(strbuf_str(&text), &bytes);
		else
			add_cp1252(strbuf_str(&text), &bytes);
		f = file_of(strbuf_str(&bytes));
		read_at_once(f.path, &got);
		read_with_resume(f.path, &resumed);
		if (encoding == 0)
			strbuf_addslice(&expected, strbuf_str(&got));
		assert_true(str_eq(strbuf_str(&got), strbuf_str(&expected)));
		assert_true(str_eq(strbuf_str(&got), strbuf_str(&resumed)));
	}
}

/* A file of three rows, the middle one with a quoted field of `lines` lines. */
static void add_long_row(struct strbuf *out, int lines, const char *behind)
{
	strbuf_addstr(out, "a,b\n1,\"");
	for (int i = 0; i < lines; i++)
		strbuf_addstr(out, "mallory@example.org,x\n");
	strbuf_addstr(out, behind);
	strbuf_addstr(out, "\n3,4\n");
}

static void a_quoted_field_that_is_too_long_is_skipped_as_a_whole(void **state)
{
	static const char *const ends[] = {
		"\"",        "\",\"\"", "\",c", "said \"\"hello\"\"\",\"x\ny\"",
		"\",\"p\"q",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
		CLEANUP(strbuf_release) struct strbuf wide = STRBUF_INIT;

		add_long_row(&text, 150000, ends[i]);
		assert_reads(strbuf_str(&text), "[a][b]\n!\n[3][4]\n");
		/* in UTF-16 too */
		strbuf_add(&wide, "\xFF\xFE", 2);
		for (size_t k = 0; k < text.len; k++) {
			strbuf_addch(&wide, text.buf[k]);
			strbuf_addch(&wide, '\0');
		}
		assert_reads(strbuf_str(&wide), "[a][b]\n!\n[3][4]\n");
	}
}

/* A quote that opens nothing costs its own line, however far the next is. */
static void a_stray_quote_costs_its_line_in_a_long_file_too(void **state)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf rows = STRBUF_INIT;

	(void)state;
	strbuf_addstr(&text, "a,b\n1,\"x\n");
	strbuf_addstr(&rows, "[a][b]\n!\n");
	for (int i = 0; i < 200000; i++) {
		strbuf_addstr(&text, "22222,33333\n");
		strbuf_addstr(&rows, "[22222][33333]\n");
	}
	strbuf_addstr(&text, "5,\"six\"\n");
	strbuf_addstr(&rows, "[5][six]\n");
	assert_reads(strbuf_str(&text), rows.buf);
}

static void the_line_that_names_the_separator_is_no_row(void **state)
{
	static const struct {
		struct str bytes;
		const char *rows;
	} cases[] = {
		{ BYTES("sep=;\r\na;b,c\r\n1;2\r\n"), "[a][b,c]\n[1][2]\n" },
		{ BYTES("SEP=,\na,b;c\n"), "[a][b;c]\n" },
		{ BYTES("sep=\t\na\tb\n"), "[a][b]\n" },
		{ BYTES("\xEF\xBB\xBF"
			"sep=|\ra|b\r1|2\r"),
		  "[a][b]\n[1][2]\n" },
		{ BYTES("\xFF\xFEs\0e\0p\0=\0;\0\r\0\n\0a\0;\0b\0"),
		  "[a][b]\n" },
		{ BYTES("sep,x\n1,2\n"), "[sep][x]\n[1][2]\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_reads(cases[i].bytes, cases[i].rows);
}

static void utf16_without_a_mark_is_known_by_its_zeros(void **state)
{
	static const struct {
		struct str bytes;
	} cases[] = { { BYTES("a\0,\0b\0\n\0\x31\0,\0\x32\0\n\0") },
		      { BYTES("\0a\0,\0b\0\n\0\x31\0,\0\x32\0\n") } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_reads(cases[i].bytes, "[a][b]\n[1][2]\n");
}

static void encodings_can_be_named(void **state)
{
	static const struct {
		const char *name; /* NULL: as it is detected */
		struct str bytes;
		const char *rows; /* NULL: refused */
	} cases[] = {
		{ "windows-1252", BYTES("J\xF6rg;\x80\n"), "[Jörg][€]\n" },
		{ "ISO-8859-1", BYTES("J\xF6rg;x\n"), "[Jörg][x]\n" },
		{ "iso-8859-15", BYTES("\xA4;x\n"), "[€][x]\n" },
		{ "windows-1250", BYTES("\xB3;x\n"), "[ł][x]\n" },
		{ "utf-8", BYTES("J\xC3\xB6rg;x\n"), "[Jörg][x]\n" },
		/* what one character of it looks like, is two of another */
		{ "windows-1252", BYTES("J\xC3\xB6rg;x\n"), "[JÃ¶rg][x]\n" },
		{ "utf-16le", BYTES("a\0;\0b\0\n\0"), "[a][b]\n" },
		{ "utf-16be", BYTES("\0a\0;\0b\0\n"), "[a][b]\n" },
		{ "utf-16", BYTES("\xFE\xFF\0a\0;\0b\0\n"), "[a][b]\n" },
		{ "windows-1252",
		  BYTES("\xEF\xBB\xBF"
			"a;b\n"),
		  NULL },
		{ "klingon", BYTES("a;b\n"), NULL },
		{ NULL,
		  BYTES("Z\xFC"
			"rich;G\xEE\xE2"
			"n\n"),
		  "[Zürich][Gîân]\n" },
		{ NULL, BYTES("\x95\x95\x95;\x96\x96\x96\x96;J\xF6rg\n"),
		  "[•••][––––][Jörg]\n" },
		{ NULL,
		  BYTES("\xC4\xD6\xDC"
			"BER;\xE9t\xE9;fr\xE8re;\xE0;No\xEBl\n"),
		  "[ÄÖÜBER][été][frère][à][Noël]\n" },
		{ NULL,
		  BYTES("\xD1\xC1\xD1"
			"EZ;\xDE\xF3r\xF0ur;\xC6\xF0"
			"a\n"),
		  "[ÑÁÑEZ][Þórður][Æða]\n" },
		/* Cyrillic, Greek, Hebrew, Arabic, Japanese, Chinese, Korean,
		   DOS */
		{ NULL, BYTES("\xCE\xF2\xEF\xE8\xF1\xE0\xED;x\n"), NULL },
		{ NULL, BYTES("\xC4\xE9\xE1\xE3\xF1\xE1\xF6\xDE;x\n"), NULL },
		{ NULL, BYTES("\xE3\xE5\xE0\xF8;x\n"), NULL },
		{ NULL, BYTES("\xC8\xD1\xED\xCF;x\n"), NULL },
		{ NULL, BYTES("\x83\x81\x81\x5B\x83\x8B;x\n"), NULL },
		{ NULL, BYTES("\xD3\xCA\xBC\xFE;x\n"), NULL },
		{ NULL, BYTES("\xC0\xCC\xB8\xDE;x\n"), NULL },
		{ NULL, BYTES("M\x81ller;Zo\x89\n"), NULL },
		/* Macs, DOS, Taiwan, ISO 2022, HZ, UTF-8 made of UTF-8 */
		{ NULL, BYTES("D\x8Esabonn\x8E;Andr\x8E;non\n"), NULL },
		{ NULL, BYTES("H\x8Fl\x8Fne;J\x8Er\x99me\n"), NULL },
		{ NULL, BYTES("M\x9Fller;J\x9Frgen;K\x9Ahler;J\x8Ager\n"),
		  NULL },
		{ NULL, BYTES("\x8Esa;M\x8Arta;G\x9Aran\n"), NULL },
		{ NULL, BYTES("\x88\xA2\xA0\xAD;\x80\xAD\xAD\xA0\n"), NULL },
		{ NULL, BYTES("\xB0\x68\xAD\x71;\xA4\xFD\xB0\xB6;\xAC\x4F\n"),
		  NULL },
		{ NULL, BYTES("\x1B$BG[?.Dd;_\x1B(B;a\n"), NULL },
		{ NULL, BYTES("~{MK6)~};a\n"), NULL },
		{ NULL, BYTES("D\xC3\x83\xC2\xA9sabonn\xC3\x83\xC2\xA9;x\n"),
		  NULL },
		{ "utf-8", BYTES("\xC3\x83\xC2\xA9;x\n"), "[Ã©][x]\n" },
		{ NULL, BYTES("\x8Eiga;Jo\x9At;\x8Aibenik;LE\x8A\n"),
		  "[Žiga][Jošt][Šibenik][LEŠ]\n" },
		{ NULL,
		  BYTES("1\xAA;n\xBA "
			"5;col\xB7lectiu;O\x92Neill;L\x92\xC9t\xE9\n"),
		  "[1ª][nº 5][col·lectiu][O’Neill][L’Été]\n" },
		{ NULL,
		  BYTES("2019\x96"
			"2020;\xABpeut-\xEAtre\xBB;M\x8E\n"),
		  "[2019–2020][«peut-être»][MŽ]\n" },
		{ "windows-1251", BYTES("\xC4\xE0;x\n"), "[Да][x]\n" },
		{ "windows-1255", BYTES("\xE3\xE5;x\n"), "[דו][x]\n" },
		{ "ibm850", BYTES("M\x81ller;x\n"), "[Müller][x]\n" },
		{ "macintosh", BYTES("M\x9Fller;x\n"), "[Müller][x]\n" },
		{ "shift_jis", BYTES("a;b\n"), NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(memory_file_release)
		struct memory_file f = file_of(cases[i].bytes);
		CLEANUP(csv_free) struct csv_reader *r = NULL;
		CLEANUP(strbuf_release) struct strbuf got = STRBUF_INIT;
		struct err err = ERR_INIT;
		int rc = csv_open(f.path, cases[i].name, 0, &r, &err);

		if (!cases[i].rows && rc < 0) {
			assert_string_equal(err.field, "encoding");
			continue;
		}
		if (rc < 0)
			fail_msg("%s: %s", cases[i].name, err.text);
		if (!cases[i].rows)
			fail_msg("case %zu is taken", i);
		dump(r, &got);
		assert_string_equal(got.buf, cases[i].rows);
		assert_int_equal(csv_offset(r), (int64_t)cases[i].bytes.len);
	}
}

static void other_kinds_of_files_are_named(void **state)
{
	static const struct {
		struct str bytes;
		const char *what;
	} cases[] = {
		{ BYTES("PK\3\4\0\0 xl/workbook.xml"),
		  "Excel workbook (.xlsx)" },
		{ BYTES("PK\3\4\0\0 mimetypeapplication/"
			"vnd.oasis.opendocument.spreadsheet"),
		  "(.ods)" },
		{ BYTES("PK\3\4\0\0 people.csv"), "ZIP archive" },
		{ BYTES("\xD0\xCF\x11\xE0\xA1\xB1"), "(.xls)" },
		{ BYTES("%PDF-1.7\n"), "a PDF" },
		{ BYTES("\x1F\x8B\x08"), "gzip" },
		{ BYTES("\x89PNG\r\n"), "a picture" },
		{ BYTES("<!doctype HTML><table>"), "HTML" },
		{ BYTES("\xEF\xBB\xBF\n<html>"), "HTML" },
		{ BYTES("<?xml version=\"1.0\"?>"), "XML" },
		{ BYTES("BEGIN:VCARD\r\n"), "vCard" },
		{ BYTES("[{\"a\":1}]"), "JSON" },
		{ BYTES("SQLite format 3\0"), "SQLite" },
		{ BYTES("\1\2\3\4\5\6\7\x8\1\2\3\4\5\6"), "binary" },
	};
	CLEANUP(csv_free) struct csv_reader *r = NULL;
	struct err err = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(memory_file_release)
		struct memory_file f = file_of(cases[i].bytes);

		assert_int_equal(csv_open(f.path, NULL, 0, &r, &err), -1);
		assert_int_equal(err.code, ERR_INVALID);
		assert_string_equal(err.field, "file");
		if (!strstr(err.text, cases[i].what))
			fail_msg("%s: %s", cases[i].what, err.text);
	}
	assert_int_equal(csv_open("/tmp", NULL, 0, &r, &err), -1);
	assert_non_null(strstr(err.text, "is a folder"));
}

/* Taking the quote away gives what was there, whatever that was. */
static void formulas_are_defused_and_come_back(void **state)
{
	static const struct {
		const char *text, *written;
	} cases[] = {
		{ "=1", "'=1" },
		{ "'=1", "''=1" },
		{ "''=1", "'''=1" },
		{ "'tis", "'tis" },
		{ "'", "'" },
		{ "+1", "'+1" },
		{ "-", "'-" },
		{ "@a", "'@a" },
		{ "\xEF\xBC\x9D 1", "'\xEF\xBC\x9D 1" },
		{ "\xEF\xBC\x8B 1", "'\xEF\xBC\x8B 1" },
		{ "\xEF\xBC\x8D 1", "'\xEF\xBC\x8D 1" },
		{ "\xEF\xBC\xA0 1", "'\xEF\xBC\xA0 1" },
		{ "\n=1", "\"'\n=1\"" },
		{ "a=1", "a=1" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
		CLEANUP(csv_free) struct csv_reader *r = NULL;
		const struct str *cells;
		struct err err = ERR_INIT;
		size_t n;

		csv_add_field(&out, str_of(cases[i].text), 0, true);
		assert_string_equal(out.buf, cases[i].written);
		r = csv_open_text(strbuf_str(&out), ',');
		assert_int_equal(csv_next(r, &cells, &n, NULL, &err), 1);
		assert_true(str_is(csv_undefuse(cells[0]), cases[i].text));
	}
}

static void a_missing_file_is_an_error(void **state)
{
	CLEANUP(csv_free) struct csv_reader *r = NULL;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(csv_open("/nonexistent/x.csv", NULL, 0, &r, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
}

static void seeking_behind_the_end_is_refused(void **state)
{
	CLEANUP(memory_file_release) struct memory_file f = file_of(STR("a\n"));
	CLEANUP(csv_free) struct csv_reader *r = NULL;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(csv_open(f.path, NULL, 0, &r, &err), 0);
	assert_int_equal(csv_seek(r, 3, 0, &err), -1);
	assert_int_equal(err.code, ERR_INVALID);
}

static void fields_are_quoted_and_formulas_defused(void **state)
{
	static const struct {
		const char *field;
		bool defuse;
		const char *written;
	} cases[] = {
		{ "plain", true, "plain" },
		{ "", true, "" },
		{ "a,b", true, "\"a,b\"" },
		{ "a\"b", true, "\"a\"\"b\"" },
		{ "a\nb", true, "\"a\nb\"" },
		{ " a", true, "\" a\"" },
		{ "=1+1", true, "'=1+1" },
		{ "=1+1", false, "=1+1" },
		{ "=cmd|'/c calc'!A0,\"x\"", true,
		  "\"'=cmd|'/c calc'!A0,\"\"x\"\"\"" },
		{ "+49 30 1", true, "'+49 30 1" },
		{ "-5", false, "-5" },
		{ "@SUM(1)", true, "'@SUM(1)" },
		{ "\tx", true, "\"'\tx\"" },
		{ "\rx", true, "\"'\rx\"" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

		csv_add_field(&out, str_of(cases[i].field), 0, cases[i].defuse);
		assert_string_equal(out.buf, cases[i].written);
	}
}

static void what_is_written_is_read_back(void **state)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

	(void)state;
	csv_add_field(&out, STR("a"), 0, false);
	csv_add_field(&out, STR("b\r\n\"c\""), ',', false);
	csv_end_row(&out);
	csv_add_field(&out, STR("x;y"), 0, false);
	csv_add_field(&out, STR(""), ',', false);
	csv_end_row(&out);
	assert_reads(strbuf_str(&out), "[a][b\r\n\"c\"]\n[x;y][]\n");
}

/* Wherever a piece of it ends. */
static void another_delimiter_changes_no_field(void **state)
{
	static const char written[] =
		"a,\"b,\"\"c\"\"\",\r\n\"x;y\",\"1\t,\n2\",z\r\n";

	(void)state;
	for (size_t cut = 0; cut < sizeof(written); cut++) {
		CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
		bool in_quotes = false;

		strbuf_add(&out, written, cut);
		csv_exchange_commas(&out, 0, ';', &in_quotes);
		strbuf_addstr(&out, written + cut);
		csv_exchange_commas(&out, cut, ';', &in_quotes);
		assert_string_equal(out.buf, "a;\"b,\"\"c\"\"\";\r\n\"x;y\";"
					     "\"1\t,\n2\";z\r\n");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_read_as_spreadsheets_write_them),
		cmocka_unit_test(a_malformed_row_costs_only_itself),
		cmocka_unit_test(utf16_is_read_in_both_byte_orders),
		cmocka_unit_test(a_late_accent_still_decides_the_encoding),
		cmocka_unit_test(a_row_that_is_too_long_or_too_wide_is_refused),
		cmocka_unit_test(the_text_of_a_bad_row_is_shown),
		cmocka_unit_test(
			reading_resumes_at_an_offset_in_every_encoding),
		cmocka_unit_test(
			a_quoted_field_that_is_too_long_is_skipped_as_a_whole),
		cmocka_unit_test(
			a_stray_quote_costs_its_line_in_a_long_file_too),
		cmocka_unit_test(the_line_that_names_the_separator_is_no_row),
		cmocka_unit_test(utf16_without_a_mark_is_known_by_its_zeros),
		cmocka_unit_test(encodings_can_be_named),
		cmocka_unit_test(other_kinds_of_files_are_named),
		cmocka_unit_test(formulas_are_defused_and_come_back),
		cmocka_unit_test(a_missing_file_is_an_error),
		cmocka_unit_test(seeking_behind_the_end_is_refused),
		cmocka_unit_test(fields_are_quoted_and_formulas_defused),
		cmocka_unit_test(what_is_written_is_read_back),
		cmocka_unit_test(another_delimiter_changes_no_field),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
