#include "mail/header.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/email.h"
#include "base/utf8.h"

#define LINE_MAX_COLUMNS 78
#define ENCODED_LINE_MAX 76 /* of lines with encoded words, RFC 2047 2 */
#define WORD_FRAME 12       /* =?UTF-8?B? and ?= */
#define WORD_ROOM_LEAST 20  /* less is not worth starting a word for */
#define WORD_MAX 900        /* a longer one could not stay on a line */
#define QUOTED_MAX 200      /* display names; longer ones are encoded */

/* A field being written: where its present line ends. */
struct field {
	struct strbuf *out;
	size_t column;
};

static struct field begin(struct strbuf *out, const char *name)
{
	struct field f = { .out = out, .column = strlen(name) + 1 };

	strbuf_addstr(out, name);
	strbuf_addch(out, ':');
	return f;
}

static void add_text(struct field *f, struct str s)
{
	strbuf_addslice(f->out, s);
	f->column += s.len;
}

static void fold(struct field *f)
{
	strbuf_addstr(f->out, MAIL_CRLF " ");
	f->column = 1;
}

/* A space, or a new line if a word of that length would not fit. The first
 * word stays beside the name: some readers lose it otherwise. */
static void space_before(struct field *f, size_t len)
{
	bool is_first = f->out->buf[f->out->len - 1] == ':';

	if (!is_first && f->column + 1 + len > LINE_MAX_COLUMNS) {
		fold(f);
		return;
	}
	add_text(f, STR(" "));
}

static void end(struct field *f)
{
	strbuf_addstr(f->out, MAIL_CRLF);
}

/* --- what comes from outside --- */

static bool is_clean(struct str s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if ((unsigned char)s.s[i] < ' ' || s.s[i] == 127)
			return false;
	return utf8_is_valid(s);
}

/* Bytes of the character at s, 0 if it is not UTF-8. */
static size_t char_length(struct str s)
{
	size_t n;

	for (n = 1; n <= 4 && n <= s.len; n++)
		if (utf8_is_valid((struct str){ s.s, n }))
			return n;
	return 0;
}

static void clean_into(struct str s, struct strbuf *out)
{
	size_t i = 0, n;

	while (i < s.len) {
		n = char_length((struct str){ s.s + i, s.len - i });
		if (n == 0) {
			strbuf_addstr(out, "\xef\xbf\xbd");
			i++;
			continue;
		}
		if ((unsigned char)s.s[i] < ' ' || s.s[i] == 127)
			strbuf_addch(out, ' ');
		else
			strbuf_add(out, s.s + i, n);
		i += n;
	}
}

/* Valid UTF-8 without control characters and outer spaces; in s or spare. */
static struct str clean(struct str s, struct strbuf *spare)
{
	if (is_clean(s))
		return str_trim(s);
	clean_into(s, spare);
	return str_trim(strbuf_str(spare));
}

static bool is_ascii(struct str s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if ((unsigned char)s.s[i] > 126)
			return false;
	return true;
}

/* --- encoded words (RFC 2047) --- */

/* Allowed as itself in the Q encoding, even inside a phrase. */
static bool is_q_plain(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || (c && strchr("!*+-/", c));
}

static size_t q_cost(struct str s)
{
	size_t cost = 0, i;

	for (i = 0; i < s.len; i++)
		cost += is_q_plain((unsigned char)s.s[i]) || s.s[i] == ' ' ? 1
									   : 3;
	return cost;
}

static size_t b_cost(size_t len)
{
	return (len + 2) / 3 * 4;
}

/* Bytes of the character that begins so, in valid UTF-8. */
static size_t lead_length(unsigned char c)
{
	return c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

/* Bytes of the longest start of s, whole characters, that fits into room. */
static size_t fitting(struct str s, bool use_q, size_t room)
{
	size_t n = 0, used = 0, len, cost;

	while (n < s.len) {
		len = lead_length((unsigned char)s.s[n]);
		cost = use_q ? used + q_cost((struct str){ s.s + n, len })
			     : b_cost(n + len);
		if (cost > room)
			break;
		used = cost;
		n += len;
	}
	return n;
}

static void add_q(struct strbuf *out, struct str s)
{
	size_t i;

	for (i = 0; i < s.len; i++) {
		if (s.s[i] == ' ')
			strbuf_addch(out, '_');
		else if (is_q_plain((unsigned char)s.s[i]))
			strbuf_addch(out, s.s[i]);
		else
			strbuf_addf(out, "=%02X", (unsigned char)s.s[i]);
	}
}

static void add_encoded_word(struct field *f, struct str s, bool use_q)
{
	size_t before = f->out->len;

	strbuf_addstr(f->out, use_q ? "=?UTF-8?Q?" : "=?UTF-8?B?");
	if (use_q)
		add_q(f->out, s);
	else
		base64_encode(s, f->out);
	strbuf_addstr(f->out, "?=");
	f->column += f->out->len - before;
}

/* Readers join neighbouring words without the space between them. */
static void add_encoded(struct field *f, struct str s)
{
	bool use_q = q_cost(s) <= b_cost(s.len);
	size_t used, n;

	while (s.len > 0) {
		used = f->column + 1 + WORD_FRAME;
		if (used + WORD_ROOM_LEAST > ENCODED_LINE_MAX && f->column > 1)
			fold(f);
		else
			add_text(f, STR(" "));
		n = fitting(s, use_q,
			    ENCODED_LINE_MAX - f->column - WORD_FRAME);
		add_encoded_word(f, (struct str){ s.s, n }, use_q);
		s.s += n;
		s.len -= n;
	}
}

/* --- unstructured text and tokens --- */

/*
 * Plain words, folded before a space that a word follows; further spaces stay
 * where they are, so that nothing is lost.
 */
static void add_words(struct field *f, struct str s)
{
	size_t start = 0, i;

	for (i = 0; i < s.len; i = start) {
		while (start < s.len && s.s[start] == ' ')
			start++;
		while (start < s.len && s.s[start] != ' ')
			start++;
		if (i == 0) {
			space_before(f, start);
		} else if (f->column + start - i > LINE_MAX_COLUMNS) {
			/* the first of its spaces begins the line */
			strbuf_addstr(f->out, MAIL_CRLF);
			f->column = 0;
		}
		add_text(f, (struct str){ s.s + i, start - i });
	}
}

static bool has_long_word(struct str s)
{
	struct str word;

	while (s.s) {
		word = str_cut(&s, ' ');
		if (word.len > WORD_MAX)
			return true;
	}
	return false;
}

static bool may_be_plain(struct str s)
{
	return is_ascii(s) && !memmem(s.s ? s.s : "", s.len, "=?", 2) &&
	       !has_long_word(s);
}

void header_add_text(struct strbuf *out, const char *name, struct str value)
{
	CLEANUP(strbuf_release) struct strbuf spare = STRBUF_INIT;
	struct str s = clean(value, &spare);
	struct field f = begin(out, name);

	if (s.len == 0)
		add_text(&f, STR(" "));
	else if (may_be_plain(s))
		add_words(&f, s);
	else
		add_encoded(&f, s);
	end(&f);
}

static void add_token_byte(struct strbuf *out, unsigned char c)
{
	if (c > 126)
		strbuf_addf(out, "%%%02X", c);
	else if (c >= ' ')
		strbuf_addch(out, (char)c);
}

void header_add_token(struct strbuf *out, const char *name, struct str value)
{
	CLEANUP(strbuf_release) struct strbuf plain = STRBUF_INIT;
	struct field f = begin(out, name);
	size_t i;

	for (i = 0; i < value.len; i++)
		add_token_byte(&plain, (unsigned char)value.s[i]);
	strbuf_trim(&plain);
	if (plain.len == 0)
		add_text(&f, STR(" "));
	add_words(&f, strbuf_str(&plain));
	end(&f);
}

/* --- addresses --- */

static bool is_atext(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') ||
	       (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

/* Atoms with one space between them: readers make one of several. */
static bool is_phrase(struct str s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (!is_atext(s.s[i]) && (s.s[i] != ' ' || s.s[i - 1] == ' '))
			return false;
	return true;
}

/* On one line, even a long one: some readers keep folds within quotes. */
static void add_quoted(struct field *f, struct str s)
{
	CLEANUP(strbuf_release) struct strbuf quoted = STRBUF_INIT;
	size_t i;

	strbuf_addch(&quoted, '"');
	for (i = 0; i < s.len; i++) {
		if (s.s[i] == '"' || s.s[i] == '\\')
			strbuf_addch(&quoted, '\\');
		strbuf_addch(&quoted, s.s[i]);
	}
	strbuf_addch(&quoted, '"');
	space_before(f, quoted.len);
	add_text(f, strbuf_str(&quoted));
}

static void add_display_name(struct field *f, struct str s)
{
	if (may_be_plain(s) && is_phrase(s))
		add_words(f, s);
	else if (may_be_plain(s) && s.len <= QUOTED_MAX)
		add_quoted(f, s);
	else
		add_encoded(f, s);
}

/* name <address>, or the address alone. */
static void add_address(struct field *f, const struct mail_address *a,
			bool always_angle)
{
	CLEANUP(strbuf_release) struct strbuf spare = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf address = STRBUF_INIT;
	struct str name = clean(a->name, &spare);
	bool angle = always_angle || name.len > 0;
	size_t quoted = email_quoted_length(a->address);
	unsigned char c;
	size_t i;

	if (name.len > 0)
		add_display_name(f, name);
	if (angle)
		strbuf_addch(&address, '<');
	for (i = 0; i < a->address.len; i++) {
		c = (unsigned char)a->address.s[i];
		if (c >= ' ' && c != 127 &&
		    (i < quoted || !strchr(" <>,;()", c)))
			strbuf_addch(&address, (char)c);
	}
	if (angle)
		strbuf_addch(&address, '>');
	space_before(f, address.len);
	add_text(f, strbuf_str(&address));
}

void header_add_addresses(struct strbuf *out, const char *name,
			  const struct mail_address *addresses, size_t n)
{
	struct field f = begin(out, name);
	size_t i;

	for (i = 0; i < n; i++) {
		if (i > 0)
			add_text(&f, STR(","));
		add_address(&f, &addresses[i], false);
	}
	end(&f);
}

void header_add_list_id(struct strbuf *out, struct str name, struct str id)
{
	struct mail_address list = { .name = name, .address = id };
	struct field f = begin(out, "List-ID");

	add_address(&f, &list, true);
	end(&f);
}

void header_add_date(struct strbuf *out, int64_t ms)
{
	strbuf_addstr(out, "Date: ");
	time_format_mail(ms, out);
	strbuf_addstr(out, MAIL_CRLF);
}

/* --- Message-ID --- */

static void add_dot_atom(struct strbuf *out, struct str s)
{
	size_t i, start = out->len;

	for (i = 0; i < s.len; i++)
		if (is_atext(s.s[i]) ||
		    (s.s[i] == '.' && out->len > start &&
		     out->buf[out->len - 1] != '.' && i + 1 < s.len))
			strbuf_addch(out, s.s[i]);
	if (out->len == start)
		strbuf_addch(out, 'x');
}

void message_id_format(struct str local, struct str domain, struct strbuf *out)
{
	strbuf_addch(out, '<');
	add_dot_atom(out, local);
	strbuf_addch(out, '@');
	add_dot_atom(out, domain);
	strbuf_addch(out, '>');
}
