/*
 * What bounce messages say: status parts, codes in prose, whose address. Called
 * by mail_report.c; pure.
 */
#include "mail/mail_report_private.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/utf8.h"

#define TEXT_MAX 1000
#define FIELD_MAX 8192 /* bytes of a field; more is cut */
#define FIELDS_MAX 2000

const char *report_text(struct str s, struct arena *arena)
{
	bool is_utf8 = utf8_is_valid(s);
	size_t len = 0, i;
	unsigned char c;
	char *out;

	if (s.len > TEXT_MAX)
		s.len = is_utf8 ? utf8_prefix(s, TEXT_MAX) : TEXT_MAX;
	out = arena_alloc(arena, s.len + 1);
	for (i = 0; i < s.len; i++) {
		c = (unsigned char)s.s[i];
		if (c > 127 && !is_utf8)
			c = '?';
		if (c > ' ' && c != 127)
			out[len++] = (char)c;
		else if (len > 0 && out[len - 1] != ' ')
			out[len++] = ' ';
	}
	if (len > 0 && out[len - 1] == ' ')
		len--;
	out[len] = '\0';
	return out;
}

static struct str cut_line(struct str *text)
{
	struct str line = str_cut(text, '\n');

	if (line.len > 0 && line.s[line.len - 1] == '\r')
		line.len--;
	return line;
}

static bool is_continued(struct str text)
{
	return text.len > 0 && (text.s[0] == ' ' || text.s[0] == '\t');
}

int report_field(struct str *text, struct arena *arena, struct str *name,
		 struct str *value)
{
	CLEANUP(strbuf_release) struct strbuf whole = STRBUF_INIT;
	struct str line;

	if (!text->s || text->len == 0)
		return 0;
	line = cut_line(text);
	if (str_trim(line).len == 0)
		return 0;
	strbuf_addslice(&whole, line);
	while (text->s && is_continued(*text)) {
		line = cut_line(text);
		if (whole.len + line.len < FIELD_MAX) {
			strbuf_addch(&whole, ' ');
			strbuf_addslice(&whole, str_trim(line));
		}
	}
	*value = str_of(arena_str(arena, strbuf_str(&whole)));
	*name = str_trim(str_cut(value, ':'));
	*value = str_trim(*value);
	return 1;
}

struct str report_address(struct str value)
{
	const char *semicolon =
		value.len > 0 ? memchr(value.s, ';', value.len) : NULL;
	struct str address = value;
	const char *angle;

	if (semicolon)
		address = (struct str){ semicolon + 1,
					(size_t)(value.s + value.len -
						 semicolon - 1) };
	address = str_trim(address);
	angle = address.len > 0 ? memchr(address.s, '<', address.len) : NULL;
	if (angle) {
		address.len -= (size_t)(angle + 1 - address.s);
		address.s = angle + 1;
		address = str_cut(&address, '>');
	}
	if (address.len == 0 || !memchr(address.s, '@', address.len))
		return (struct str){ NULL, 0 };
	return str_trim(address);
}

const char *report_message_id(struct str value, struct arena *arena)
{
	const char *start =
		value.len > 0 ? memchr(value.s, '<', value.len) : NULL;
	const char *end;

	if (!start)
		return "";
	end = memchr(start, '>', (size_t)(value.s + value.len - start));
	if (!end)
		return "";
	return report_text((struct str){ start, (size_t)(end + 1 - start) },
			   arena);
}

/* --- codes in prose --- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Length of d.d.d at s with the class 2, 4 or 5; 0: none. */
static size_t status_length(struct str s)
{
	size_t i = 1, start, part;

	if (s.len < 5 || (s.s[0] != '2' && s.s[0] != '4' && s.s[0] != '5'))
		return 0;
	for (part = 0; part < 2; part++) {
		if (i >= s.len || s.s[i] != '.')
			return 0;
		for (start = ++i; i < s.len && is_digit(s.s[i]); i++)
			;
		if (i == start || i - start > 3)
			return 0;
	}
	/* not a part of an IP address or of a longer number */
	return i < s.len && s.s[i] == '.' && i + 1 < s.len &&
			       is_digit(s.s[i + 1])
		       ? 0
		       : i;
}

static bool is_code(struct str s)
{
	return s.len >= 3 && (s.s[0] == '4' || s.s[0] == '5') &&
	       s.s[1] >= '0' && s.s[1] <= '5' && is_digit(s.s[2]) &&
	       (s.len == 3 || s.s[3] == ' ' || s.s[3] == '-');
}

void report_codes(struct str text, struct arena *arena, int *code,
		  const char **status)
{
	bool has_code = false, has_status = false;
	struct str rest;
	size_t i, len;

	for (i = 0; i < text.len && !(has_code && has_status); i++) {
		if (!is_digit(text.s[i]) ||
		    (i > 0 &&
		     (is_digit(text.s[i - 1]) || text.s[i - 1] == '.')))
			continue;
		rest = (struct str){ text.s + i, text.len - i };
		len = status_length(rest);
		if (len > 0 && !has_status) {
			has_status = true;
			if (status)
				*status = arena_strndup(arena, rest.s, len);
		} else if (is_code(rest) && !has_code) {
			has_code = true;
			*code = (rest.s[0] - '0') * 100 +
				(rest.s[1] - '0') * 10 + rest.s[2] - '0';
		}
	}
}

/* --- the parts of reports --- */

static enum mail_report_action action_of(struct str value)
{
	if (str_ieq(value, "failed"))
		return MAIL_ACTION_FAILED;
	if (str_ieq(value, "delayed"))
		return MAIL_ACTION_DELAYED;
	return MAIL_ACTION_OTHER;
}

static void status_field(struct str name, struct str value, struct arena *arena,
			 struct mail_report_recipient *r)
{
	const char *ignored = NULL;

	if (str_ieq(name, "Original-Recipient")) {
		if (report_address(value).len > 0)
			r->address = report_text(report_address(value), arena);
	} else if (str_ieq(name, "Final-Recipient")) {
		if (r->address[0] == '\0')
			r->address = report_text(report_address(value), arena);
	} else if (str_ieq(name, "Action")) {
		r->action = action_of(value);
	} else if (str_ieq(name, "Status")) {
		if (status_length(value) > 0)
			r->status = arena_strndup(arena, value.s,
						  status_length(value));
	} else if (str_ieq(name, "Diagnostic-Code")) {
		r->diagnostic = report_text(value, arena);
		report_codes(value, arena, &r->code, &ignored);
	}
}

void report_read_status(struct str text, struct arena *arena,
			struct report_recipients *out)
{
	struct mail_report_recipient r;
	struct str name, value;
	int fields, all = 0;

	while (text.s && text.len > 0 && all < FIELDS_MAX &&
	       out->n < MAIL_REPORT_RECIPIENTS_MAX) {
		r = (struct mail_report_recipient){ .address = "",
						    .status = "",
						    .diagnostic = "" };
		for (fields = 0; all < FIELDS_MAX &&
				 report_field(&text, arena, &name, &value) > 0;
		     fields++, all++)
			status_field(name, value, arena, &r);
		if (fields > 0 && (r.address[0] != '\0' || r.status[0] != '\0'))
			vec_push(out, r);
	}
}

void report_read_feedback(struct str text, struct arena *arena,
			  struct mail_report *out)
{
	struct str name, value;
	int n = 0;

	while (n++ < FIELDS_MAX &&
	       report_field(&text, arena, &name, &value) > 0) {
		if (str_ieq(name, "Feedback-Type"))
			out->feedback_type = report_text(value, arena);
		else if (str_ieq(name, "Original-Rcpt-To") ||
			 str_ieq(name, "Removal-Recipient"))
			out->recipient =
				report_text(report_address(value), arena);
	}
}

const char *report_read_original(struct str text, struct arena *arena)
{
	struct str name, value;
	int n = 0;

	while (n++ < FIELDS_MAX &&
	       report_field(&text, arena, &name, &value) > 0)
		if (str_ieq(name, "Message-ID"))
			return report_message_id(value, arena);
	return "";
}

/* --- bounces in prose --- */

static bool is_address_char(char c)
{
	return c > ' ' && c != '<' && c != '>' && c != '"' && c != '(' &&
	       c != ')' && c != ',' && c != ';' && c != ':' && c != 127;
}

/* The first thing with an @ that is not of the mail system itself. */
static struct str find_address(struct str text)
{
	size_t at, start, end;

	for (at = 1; at + 1 < text.len; at++) {
		if (text.s[at] != '@')
			continue;
		for (start = at;
		     start > 0 && is_address_char(text.s[start - 1]);)
			start--;
		for (end = at + 1;
		     end < text.len && is_address_char(text.s[end]);)
			end++;
		while (end > at + 1 && text.s[end - 1] == '.')
			end--;
		if (start < at && end > at + 1 && end - start <= 254)
			return (struct str){ text.s + start, end - start };
		at = end;
	}
	return (struct str){ NULL, 0 };
}

/* From the address on, to the end of the paragraph: "why". */
static struct str reason_at(struct str text, struct str address)
{
	const char *from = address.s ? address.s + address.len : text.s;
	struct str rest = { from, (size_t)(text.s + text.len - from) };
	const char *blank =
		rest.len > 0 ? memmem(rest.s, rest.len, "\n\n", 2) : NULL;

	if (blank)
		rest.len = (size_t)(blank - rest.s);
	while (rest.len > 0 && strchr(" >:\n\r", rest.s[0]))
		rest.s++, rest.len--;
	return rest;
}

void report_read_prose(struct str text, struct arena *arena,
		       struct mail_report_recipient *out)
{
	struct str address = find_address(text);

	if (out->address[0] == '\0' && address.len > 0)
		out->address = report_text(address, arena);
	out->diagnostic = report_text(reason_at(text, address), arena);
	report_codes(text, arena, &out->code, &out->status);
}

bool report_is_by_mailer(const char *from, const char *subject)
{
	static const char *const senders[] = { "mailer-daemon", "postmaster@",
					       "mail-daemon", "mdaemon@" };
	static const char *const subjects[] = {
		"undeliver",     "delivery status",     "failure notice",
		"returned mail", "delivery fail",       "delivery notification",
		"mail delivery", "returned to sender",  "unzustellbar",
		"non remis",     "delivery has failed",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(senders); i++)
		if (strcasestr(from, senders[i]))
			return true;
	for (i = 0; i < ARRAY_SIZE(subjects); i++)
		if (strcasestr(subject, subjects[i]))
			return true;
	return false;
}
