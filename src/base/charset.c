#include "base/charset.h"

#include "base/cleanup.h"
#include "base/err.h"
#include "base/utf8.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>
#include <strings.h>

#define NAME_MAX_LENGTH 40
#define SAVE_AS_UTF8 "save the file as UTF-8"

static struct str from(struct str s, size_t n)
{
	return (struct str){ s.s + n, s.len - n };
}

/* --- what it says --- */

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || (c != '\0' && strchr("-_.:", c));
}

static struct str skip_spaces(struct str s)
{
	while (s.len > 0 && is_space(s.s[0]))
		s = from(s, 1);
	return s;
}

static bool begins(struct str s, const char *word)
{
	size_t n = strlen(word);

	return s.len >= n && strncasecmp(s.s, word, n) == 0;
}

/* "charset = name" or charset="name", somewhere in a tag. */
static bool find_value(struct str tag, struct str *out)
{
	for (; tag.len > 0; tag = from(tag, 1)) {
		struct str value;
		size_t n = 0;

		if (!begins(tag, "charset"))
			continue;
		value = skip_spaces(from(tag, strlen("charset")));
		if (value.len == 0 || value.s[0] != '=')
			continue;
		value = skip_spaces(from(value, 1));
		if (value.len > 0 && strchr("\"'", value.s[0]))
			value = skip_spaces(from(value, 1));
		while (n < value.len && is_name_char(value.s[n]))
			n++;
		*out = (struct str){ value.s, n };
		return n > 0 && n <= NAME_MAX_LENGTH;
	}
	return false;
}

/* The charset of the next <meta> that names one; moves *html behind it. */
static bool next_charset(struct str *html, struct str *out)
{
	while (html->len > 0) {
		const char *lt = memchr(html->s, '<', html->len);
		const char *gt;
		struct str tag;

		if (!lt)
			return false;
		*html = from(*html, (size_t)(lt - html->s));
		gt = memchr(html->s, '>', html->len);
		if (!gt)
			return false;
		tag = (struct str){ html->s, (size_t)(gt - html->s) };
		if (!begins(tag, "<meta") || tag.len == strlen("<meta") ||
		    is_name_char(tag.s[strlen("<meta")])) {
			*html = from(*html, 1);
			continue;
		}
		*html = from(*html, tag.len);
		if (find_value(tag, out))
			return true;
	}
	return false;
}

static bool is_utf8_name(struct str name)
{
	return str_ieq(name, "utf-8") || str_ieq(name, "utf8");
}

/* --- decoding --- */

/* As browsers do: what calls itself Latin-1 or ASCII is Windows-1252. */
static const char *known_as(const char *name)
{
	static const char *const latin[] = { "iso-8859-1", "iso8859-1",
					     "latin1",     "l1",
					     "us-ascii",   "ascii" };

	for (size_t i = 0; i < ARRAY_SIZE(latin); i++)
		if (strcasecmp(name, latin[i]) == 0)
			return "WINDOWS-1252";
	return name;
}

static int convert_all(iconv_t cd, struct str bytes, struct strbuf *out)
{
	char *in = (char *)(uintptr_t)bytes.s; /* iconv does not write there */
	size_t left = bytes.len;

	while (left > 0) {
		char chunk[4096];
		char *to = chunk;
		size_t room = sizeof(chunk);
		size_t rc = iconv(cd, &in, &left, &to, &room);

		strbuf_add(out, chunk, sizeof(chunk) - room);
		if (rc == (size_t)-1 && errno != E2BIG)
			return -1;
	}
	return 0;
}

static int convert(const char *name, struct str bytes, struct strbuf *out,
		   struct err *err)
{
	iconv_t cd = iconv_open("UTF-8", known_as(name));
	int rc;

	if (cd == (iconv_t)-1)
		return err_set(
			err, ERR_INVALID,
			"the charset %s is not known here: " SAVE_AS_UTF8,
			name);
	rc = convert_all(cd, bytes, out);
	(void)iconv_close(cd); /* nothing is left in it */
	if (rc < 0)
		return err_set(err, ERR_INVALID,
			       "it says that its charset is %s, but it is "
			       "not: " SAVE_AS_UTF8,
			       name);
	return 0;
}

/* The charset that a byte order mark means; NULL: there is none. */
static const char *mark_of(struct str bytes, size_t *length)
{
	static const struct {
		const char *bytes;
		size_t length;
		const char *name;
	} marks[] = {
		{ "\xFF\xFE\0\0", 4, "UTF-32LE" }, /* before the next */
		{ "\xFF\xFE", 2, "UTF-16LE" },
		{ "\xFE\xFF", 2, "UTF-16BE" },
		{ "\0\0\xFE\xFF", 4, "UTF-32BE" },
		{ "\xEF\xBB\xBF", 3, "UTF-8" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		if (bytes.len >= marks[i].length &&
		    memcmp(bytes.s, marks[i].bytes, marks[i].length) == 0) {
			*length = marks[i].length;
			return marks[i].name;
		}
	return NULL;
}

static bool holds(struct str bytes, char c)
{
	return bytes.len > 0 && memchr(bytes.s, c, bytes.len);
}

/* Texts of seven bits that switch alphabets: they look like UTF-8. */
static bool switches(struct str bytes)
{
	return holds(bytes, '\033');
}

static int decode_by_meta(struct str bytes, struct strbuf *out, struct err *err)
{
	char name[NAME_MAX_LENGTH + 1] = "";
	struct str rest = bytes, said;

	if (!next_charset(&rest, &said))
		return err_set(err, ERR_INVALID,
			       "it is not UTF-8 and does not say what it "
			       "is: " SAVE_AS_UTF8);
	memcpy(name, said.s, said.len);
	/* found in bytes that begin with ASCII: not what it says */
	if (strncasecmp(name, "utf-16", 6) == 0 ||
	    strncasecmp(name, "utf-32", 6) == 0)
		return err_set(err, ERR_INVALID,
			       "it says that its charset is %s, but it is "
			       "not: " SAVE_AS_UTF8,
			       name);
	return convert(name, bytes, out, err);
}

int charset_decode(struct str bytes, struct strbuf *out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	size_t mark = 0;
	const char *name = mark_of(bytes, &mark);
	int rc = 0;

	if (name)
		rc = convert(name, from(bytes, mark), &text, err);
	else if (utf8_is_valid(bytes) && !switches(bytes))
		strbuf_addslice(&text, bytes);
	else
		rc = decode_by_meta(bytes, &text, err);
	if (rc < 0)
		return -1;
	if (holds(strbuf_str(&text), '\0'))
		return err_set(
			err, ERR_INVALID,
			"it holds NUL bytes: it is no text, or "
			"UTF-16 without a byte order mark: " SAVE_AS_UTF8);
	strbuf_addslice(out, strbuf_str(&text));
	return 0;
}

/* --- mending --- */

void charset_mend(struct str html, struct strbuf *out)
{
	struct str rest, said;

	while (str_starts(html, "\xEF\xBB\xBF"))
		html = from(html, 3);
	rest = html;
	while (next_charset(&rest, &said)) {
		if (is_utf8_name(said))
			continue;
		strbuf_add(out, html.s, (size_t)(said.s - html.s));
		strbuf_addstr(out, "utf-8");
		html = from(html, (size_t)(said.s + said.len - html.s));
	}
	strbuf_addslice(out, html);
}
