/* Cells and rows of CSV that no spreadsheet takes for a formula. Pure. */
#include "base/csv/csv.h"

#include "base/cleanup.h"

#include <string.h>

static bool needs_quotes(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.s[i] && strchr(",;|\t\"\r\n", s.s[i]))
			return true;
	}
	return s.len > 0 && (s.s[0] == ' ' || s.s[s.len - 1] == ' ');
}

/* What begins a formula in some spreadsheet; of full width, too. */
static bool begins_formula(struct str s)
{
	static const char *const wide[] = { "\xEF\xBC\x9D" /* = */,
					    "\xEF\xBC\x8B" /* + */,
					    "\xEF\xBC\x8D" /* - */,
					    "\xEF\xBC\xA0" /* @ */ };

	if (s.len == 0)
		return false;
	if (s.s[0] != '\xEF')
		return memchr("=+-@\t\r\n", s.s[0], 7) != NULL;
	for (size_t i = 0; i < ARRAY_SIZE(wide); i++) {
		if (str_starts(s, wide[i]))
			return true;
	}
	return false;
}

/* So it is behind any number of quotes. */
static bool is_formula(struct str s, size_t *quotes)
{
	*quotes = 0;
	while (s.len > 0 && s.s[0] == '\'') {
		++*quotes;
		s.s++;
		s.len--;
	}
	return begins_formula(s);
}

struct str csv_undefuse(struct str field)
{
	size_t quotes;

	if (field.len > 0 && field.s[0] == '\'' && is_formula(field, &quotes)) {
		field.s++;
		field.len--;
	}
	return field;
}

void csv_add_field(struct strbuf *out, struct str field, char before,
		   bool defuse)
{
	size_t quotes;
	bool defused = defuse && is_formula(field, &quotes);

	if (before)
		strbuf_addch(out, before);
	if (!needs_quotes(field)) {
		if (defused)
			strbuf_addch(out, '\'');
		strbuf_addslice(out, field);
		return;
	}
	strbuf_addch(out, '"');
	if (defused)
		strbuf_addch(out, '\'');
	for (size_t i = 0; i < field.len; i++) {
		if (field.s[i] == '"')
			strbuf_addch(out, '"');
		strbuf_addch(out, field.s[i]);
	}
	strbuf_addch(out, '"');
}

void csv_end_row(struct strbuf *out)
{
	strbuf_add(out, "\r\n", 2);
}

void csv_exchange_commas(struct strbuf *text, size_t from, char delimiter,
			 bool *in_quotes)
{
	for (size_t i = from; i < text->len; i++) {
		if (text->buf[i] == '"')
			*in_quotes = !*in_quotes;
		else if (text->buf[i] == ',' && !*in_quotes)
			text->buf[i] = delimiter;
	}
}
