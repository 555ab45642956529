#include "base/csv.h"

#include <string.h>

static bool needs_quotes(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.s[i] && strchr(",;\t\"\r\n", s.s[i]))
			return true;
	}
	return s.len > 0 && (s.s[0] == ' ' || s.s[s.len - 1] == ' ');
}

void csv_add_field(struct strbuf *out, struct str field, bool first,
		   bool defuse)
{
	bool is_formula = defuse && field.len > 0 && field.s[0] &&
			  strchr("=+-@\t\r", field.s[0]);

	if (!first)
		strbuf_addch(out, ',');
	if (!needs_quotes(field)) {
		if (is_formula)
			strbuf_addch(out, '\'');
		strbuf_addslice(out, field);
		return;
	}
	strbuf_addch(out, '"');
	if (is_formula)
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
