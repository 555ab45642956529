#include "base/email.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/text/idna.h"
#include "base/utf8.h"

#include <string.h>
#include <unictype.h>
#include <unistr.h>

#define LOCAL_MAX 64
#define DOMAIN_MAX 253
#define LABEL_MAX 63

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter_or_digit(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* atext of RFC 5322 section 3.2.3; RFC 6531 adds all that is not ASCII. */
static bool is_atext(char c)
{
	return is_letter_or_digit(c) || (unsigned char)c >= 0x80 ||
	       (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

static bool is_dot_string(struct str s)
{
	char before = '.';

	for (size_t i = 0; i < s.len; i++) {
		if (s.s[i] == '.' ? before == '.' : !is_atext(s.s[i]))
			return false;
		before = s.s[i];
	}
	return before != '.';
}

size_t email_quoted_length(struct str s)
{
	if (s.len == 0 || s.s[0] != '"')
		return 0;
	for (size_t i = 1; i < s.len; i++) {
		if (s.s[i] == '"')
			return i + 1;
		if (s.s[i] == '\\')
			i++;
	}
	return 0;
}

/* Quoted-string of RFC 5321 section 4.1.2: printable, no folding. */
static bool is_quoted_string(struct str s)
{
	if (s.len < 3 || email_quoted_length(s) != s.len)
		return false;
	for (size_t i = 1; i < s.len - 1; i++)
		if ((unsigned char)s.s[i] < ' ' || s.s[i] == 0x7f)
			return false;
	return true;
}

/*
 * Controls, spaces, invisible and unassigned characters: nobody has them in
 * an address, but texts copied from elsewhere do, and a mark that turns the
 * direction of writing makes one address look like another. The joiners of
 * Persian and Indic scripts are the exception.
 */
static bool is_strange(ucs4_t c)
{
	if (c < 0x80 || c == 0x200C || c == 0x200D)
		return false;
	return uc_is_general_category_withtable(c, UC_CATEGORY_MASK_C |
							   UC_CATEGORY_MASK_Z);
}

static bool has_strange_characters(struct str s)
{
	const uint8_t *p = (const uint8_t *)s.s;
	size_t left = s.len;

	while (left > 0) {
		ucs4_t c;
		int n = u8_mbtouc(&c, p, left);

		if (is_strange(c))
			return true;
		p += n;
		left -= (size_t)n;
	}
	return false;
}

static int check_local(struct str local, struct err *err)
{
	if (local.len == 0)
		return err_set(err, ERR_INVALID,
			       "the address has nothing before the @");
	if (local.len > LOCAL_MAX)
		return err_set(err, ERR_INVALID,
			       "the part before the @ is longer than %d bytes",
			       LOCAL_MAX);
	if (!is_dot_string(local) && !is_quoted_string(local))
		return err_set(err, ERR_INVALID,
			       "the part before the @ is not valid");
	if (has_strange_characters(local))
		return err_set(err, ERR_INVALID,
			       "the part before the @ has invisible or "
			       "unassigned characters");
	return 0;
}

/* RFC 1123 section 2.1: letters, digits and inner hyphens */
static bool is_label(struct str s)
{
	if (s.len == 0 || s.len > LABEL_MAX || s.s[0] == '-' ||
	    s.s[s.len - 1] == '-')
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (!is_letter_or_digit(s.s[i]) && s.s[i] != '-')
			return false;
	}
	return true;
}

static bool has_letter(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (!is_digit(s.s[i]))
			return true;
	}
	return false;
}

/* Labels, at least two, the last of which is not a number (no top domain
 * is: 10.0.0.1 is not a name). */
static bool is_domain(struct str s)
{
	struct str label = { NULL, 0 };
	int n = 0;

	if (s.len == 0 || s.len > DOMAIN_MAX)
		return false;
	while (s.s) {
		label = str_cut(&s, '.');
		if (!is_label(label))
			return false;
		n++;
	}
	return n >= 2 && has_letter(label);
}

static bool needs_idna(const char *domain)
{
	if (strstr(domain, "xn--"))
		return true;
	for (; *domain; domain++) {
		if ((unsigned char)*domain >= 0x80)
			return true;
	}
	return false;
}

/* domain in lower case to A-labels; checks those that are A-labels. */
static int to_ascii(const char *domain, struct strbuf *out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf ascii = STRBUF_INIT;
	const char *result = domain;

	if (needs_idna(domain)) {
		if (idna_to_ascii(domain, &ascii, err) < 0)
			return -1;
		result = ascii.buf;
	}
	if (!is_domain(str_of(result)))
		return err_set(err, ERR_INVALID,
			       "the domain of the address is not valid");
	strbuf_addstr(out, result);
	return 0;
}

static int split(struct str text, struct str *local, struct str *domain,
		 struct err *err)
{
	const char *at = text.len ? memrchr(text.s, '@', text.len) : NULL;

	if (text.len == 0)
		return err_set(err, ERR_INVALID, "the address is empty");
	if (text.len > EMAIL_MAX)
		return err_set(err, ERR_INVALID,
			       "the address is longer than %d bytes",
			       EMAIL_MAX);
	if (!utf8_is_valid(text))
		return err_set(err, ERR_INVALID,
			       "the address is not valid UTF-8");
	if (!at)
		return err_set(err, ERR_INVALID, "the address has no @");
	local->s = text.s;
	local->len = (size_t)(at - text.s);
	domain->s = at + 1;
	domain->len = text.len - local->len - 1;
	return 0;
}

/*
 * A quoted part as everybody would write it, since it is the same mailbox in
 * all spellings (RFC 5321 section 4.1.2): without quotes where they change
 * nothing, and with a backslash only before what needs one.
 */
static void add_plainly(struct str local, struct strbuf *out)
{
	CLEANUP(strbuf_release) struct strbuf inner = STRBUF_INIT;

	if (!is_quoted_string(local)) {
		strbuf_addslice(out, local);
		return;
	}
	for (size_t i = 1; i < local.len - 1; i++) {
		i += local.s[i] == '\\';
		strbuf_addch(&inner, local.s[i]);
	}
	if (is_dot_string(strbuf_str(&inner))) {
		strbuf_addslice(out, strbuf_str(&inner));
		return;
	}
	strbuf_addch(out, '"');
	for (size_t i = 0; i < inner.len; i++) {
		if (inner.buf[i] == '"' || inner.buf[i] == '\\')
			strbuf_addch(out, '\\');
		strbuf_addch(out, inner.buf[i]);
	}
	strbuf_addch(out, '"');
}

/* The folded address; *at_out: where in it the domain starts. */
static int fold(struct str text, struct strbuf *out, size_t *at_out,
		struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf lower = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf plain = STRBUF_INIT;
	struct str local = { NULL, 0 }, domain = { NULL, 0 };

	if (split(text, &local, &domain, err) < 0 ||
	    check_local(local, err) < 0)
		return -1;
	utf8_lower(domain, &lower);
	add_plainly(local, &plain);
	utf8_lower(strbuf_str(&plain), out);
	if (out->len > LOCAL_MAX) /* some grow: U+0130 becomes two */
		return err_set(err, ERR_INVALID,
			       "the part before the @ is longer than %d bytes",
			       LOCAL_MAX);
	strbuf_addch(out, '@');
	*at_out = out->len;
	if (to_ascii(lower.buf, out, err) < 0)
		return -1;
	if (out->len > EMAIL_MAX)
		return err_set(err, ERR_INVALID,
			       "the address is longer than %d bytes",
			       EMAIL_MAX);
	return 0;
}

/* As it was written before the @, with the domain that is asked for. */
static const char *wire_of(struct str address, const char *domain,
			   struct arena *arena)
{
	const char *at = memrchr(address.s, '@', address.len);
	size_t local = (size_t)(at + 1 - address.s), n = strlen(domain);
	char *wire = arena_alloc(arena, local + n + 1);

	memcpy(wire, address.s, local);
	memcpy(wire + local, domain, n);
	return wire;
}

int email_parse(const char *text, struct arena *arena, struct email *out,
		struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf folded = STRBUF_INIT;
	struct str address = str_trim(str_of(text));
	size_t at = 0;

	if (fold(address, &folded, &at, err) < 0)
		return -1;
	out->address = arena_str(arena, address);
	out->folded = arena_str(arena, strbuf_str(&folded));
	out->domain = out->folded + at;
	out->wire = wire_of(address, out->domain, arena);
	md5_hex(strbuf_str(&folded), out->hash);
	return 0;
}

bool email_is_valid(const char *text)
{
	CLEANUP(strbuf_release) struct strbuf folded = STRBUF_INIT;
	struct err err;
	size_t at;

	return fold(str_trim(str_of(text)), &folded, &at, &err) == 0;
}

/* What stands before an address: separators of any kind of file. */
static bool is_outside(char c)
{
	return (unsigned char)c <= ' ' || c == 0x7f ||
	       strchr(",;|\"<>()[]:\\@", c) != NULL;
}

static bool may_be_of_domain(char c)
{
	return is_letter_or_digit(c) || c == '-' || c == '.' ||
	       (unsigned char)c >= 0x80;
}

/* The longest run of characters of an address around the @ at s[at], that
 * begins at `from` or later. */
static struct str around(struct str s, size_t from, size_t at)
{
	size_t begin = at, end = at + 1;

	while (begin > from && !is_outside(s.s[begin - 1]))
		begin--;
	while (end < s.len && may_be_of_domain(s.s[end]))
		end++;
	while (begin < at && strchr("'./", s.s[begin]))
		begin++;
	while (end > at + 1 && strchr(".-", s.s[end - 1]))
		end--;
	return (struct str){ s.s + begin, end - begin };
}

bool email_next(struct str text, size_t *at, struct arena *arena,
		struct email *out)
{
	size_t from = *at;

	while (*at < text.len) {
		const char *found = memchr(text.s + *at, '@', text.len - *at);
		struct err ignored = ERR_INIT;
		struct str run;

		if (!found)
			return false;
		run = around(text, from, (size_t)(found - text.s));
		*at = (size_t)(found - text.s) + 1;
		if (email_parse(arena_str(arena, run), arena, out, &ignored) <
		    0)
			continue;
		*at = (size_t)(run.s + run.len - text.s);
		return true;
	}
	return false;
}

bool email_has_ascii_local(const char *text)
{
	const char *at = strrchr(text, '@');

	for (const char *p = text; *p && p != at; p++)
		if ((unsigned char)*p >= 0x80)
			return false;
	return true;
}

void email_hash(const char *text, char out[MD5_HEX + 1])
{
	CLEANUP(strbuf_release) struct strbuf lower = STRBUF_INIT;
	struct err ignored = ERR_INIT; /* any text has a hash */
	size_t at;

	if (fold(str_trim(str_of(text)), &lower, &at, &ignored) < 0) {
		strbuf_reset(&lower);
		if (utf8_is_valid(str_of(text)))
			utf8_lower(str_of(text), &lower);
		else
			strbuf_addstr(&lower, text);
	}
	md5_hex(strbuf_str(&lower), out);
}

bool email_shown(const char *folded, struct strbuf *out)
{
	CLEANUP(strbuf_release) struct strbuf letters = STRBUF_INIT;
	const char *at = strrchr(folded, '@');

	if (!at || !strstr(at, "xn--") || !idna_to_letters(at + 1, &letters))
		return false;
	strbuf_add(out, folded, (size_t)(at + 1 - folded));
	utf8_lower(strbuf_str(&letters), out);
	return true;
}

bool email_shown_hash(const char *folded, char out[MD5_HEX + 1])
{
	CLEANUP(strbuf_release) struct strbuf shown = STRBUF_INIT;

	if (!email_shown(folded, &shown))
		return false;
	md5_hex(strbuf_str(&shown), out);
	return true;
}
