#include "crm/import_row.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "crm/import_seen.h"
#include "crm/tag.h"

#include <string.h>

int import_refuse(struct import_row *row, const char *reason,
		  const char *detail)
{
	if (!row->reason) {
		row->reason = reason;
		row->detail = detail;
	}
	return 0;
}

static void refuse_cell(struct import_row *row,
			const struct import_column *column, const char *what,
			struct arena *arena)
{
	import_refuse(row, "invalid_value",
		      arena_printf(arena, "%s: %s", column->field, what));
}

/*
 * The cell without white space around it, and without the quote that exports
 * put before what a spreadsheet would take for a formula.
 */
static struct str clean(struct str cell)
{
	struct str s = str_trim(cell);
	size_t quotes = 0;

	while (quotes < s.len && s.s[quotes] == '\'')
		quotes++;
	if (quotes > 0 && quotes < s.len && strchr("=+-@\t\r", s.s[quotes])) {
		s.s++;
		s.len--;
	}
	return s;
}

static int two_digits(const char *s)
{
	if (s[0] < '0' || s[0] > '9' || s[1] < '0' || s[1] > '9')
		return -1;
	return (s[0] - '0') * 10 + s[1] - '0';
}

/* 31.12.1999 as 1999-12-31; anything else as it is. 12/31 and 31/12 cannot be
 * told apart, and so are no dates. */
static const char *iso_date(struct str s, struct arena *arena)
{
	const char *text = arena_str(arena, s);

	if (s.len == 10 && s.s[2] == '.' && s.s[5] == '.' &&
	    two_digits(s.s) > 0 && two_digits(s.s + 3) > 0)
		return arena_printf(arena, "%.4s-%.2s-%.2s", text + 6, text + 3,
				    text);
	if (s.len == 10 && s.s[4] == '/' && s.s[7] == '/')
		return arena_printf(arena, "%.4s-%.2s-%.2s", text, text + 5,
				    text + 8);
	return text;
}

static void read_text(const struct import_column *column, struct str cell,
		      struct arena *arena, struct import_row *row)
{
	const struct field *field = field_of_text(column->text);
	const char *text = field->type == FIELD_DATE ? iso_date(cell, arena)
						     : arena_str(arena, cell);
	struct err err = ERR_INIT;

	if (field_check(field, text, arena, &row->given.text[column->text],
			&err) < 0)
		refuse_cell(row, column, err.text, arena);
}

static void read_email(struct str cell, struct arena *arena,
		       struct import_row *row)
{
	struct err err = ERR_INIT;

	if (email_parse(arena_str(arena, cell), arena, &row->email, &err) == 0)
		return;
	row->email.hash[0] = '\0';
	import_refuse(row, "invalid_address", arena_strdup(arena, err.text));
}

/* "Ada Lovelace" or "Lovelace, Ada". */
static void read_full_name(struct str cell, struct arena *arena,
			   struct import_row *row)
{
	struct str rest = cell, first = cell, last = STR("");
	const char *space = memrchr(cell.s, ' ', cell.len);

	if (memchr(cell.s, ',', cell.len)) {
		last = str_trim(str_cut(&rest, ','));
		first = str_trim(rest);
	} else if (space) {
		first = str_trim(
			(struct str){ cell.s, (size_t)(space - cell.s) });
		last = (struct str){ space + 1, cell.len - first.len - 1 };
		last.len = (size_t)(cell.s + cell.len - last.s);
	}
	if (first.len > 0)
		row->given.text[TEXT_FIRST_NAME] = arena_str(arena, first);
	if (last.len > 0)
		row->given.text[TEXT_LAST_NAME] = arena_str(arena, last);
}

static bool is_one_of(const char *words, struct str cell)
{
	CLEANUP(strbuf_release) struct strbuf word = STRBUF_INIT;

	strbuf_addch(&word, ' ');
	utf8_fold(cell, &word);
	strbuf_addch(&word, ' ');
	return strstr(words, word.buf) != NULL;
}

static bool read_bool(struct str cell, bool *out)
{
	if (is_one_of(" 1 true yes y t x ja j wahr oui o vrai si s\xc3\xad "
		      "verdadero optedout opted_out opt-out unsubscribed "
		      "abgemeldet ",
		      cell))
		*out = true;
	else if (is_one_of(" 0 false no n f nein falsch non faux falso "
			   "subscribed ",
			   cell))
		*out = false;
	else
		return false;
	return true;
}

/* The next tag of a list "VIP, press; \"a, b\"": false at the end. */
static bool next_tag(struct str *rest, struct arena *arena, struct str *out)
{
	CLEANUP(strbuf_release) struct strbuf tag = STRBUF_INIT;
	bool quoted = false;
	size_t i;

	*rest = str_trim(*rest);
	if (rest->len == 0)
		return false;
	for (i = 0; i < rest->len; i++) {
		char c = rest->s[i];

		if (!quoted && strchr(",;|", c))
			break;
		if (c != '"') {
			strbuf_addch(&tag, c);
		} else if (quoted && i + 1 < rest->len &&
			   rest->s[i + 1] == '"') {
			strbuf_addch(&tag, c);
			i++;
		} else {
			quoted = !quoted;
		}
	}
	rest->s += i < rest->len ? i + 1 : i;
	rest->len -= i < rest->len ? i + 1 : i;
	*out = str_trim(str_of(arena_str(arena, strbuf_str(&tag))));
	return true;
}

static void read_tags(const struct import_column *column, struct str cell,
		      struct arena *arena, struct import_row *row)
{
	struct str rest = cell, tag;

	row->tags = arena_array(arena, const char *, IMPORT_TAGS_MAX);
	while (next_tag(&rest, arena, &tag)) {
		if (tag.len == 0)
			continue;
		if (tag.len > TAG_NAME_MAX || row->tags_n == IMPORT_TAGS_MAX) {
			refuse_cell(row, column, "too long or too many", arena);
			return;
		}
		row->tags[row->tags_n++] = arena_str(arena, tag);
	}
}

/* Booleans and dates in the words of lists, else as the field reads them. */
static const char *custom_text(const struct custom_field *field,
			       struct str cell, struct arena *arena)
{
	bool yes;

	if (strcmp(field->type, "boolean") == 0 && read_bool(cell, &yes))
		return yes ? "true" : "false";
	if (strcmp(field->type, "date") == 0)
		return iso_date(cell, arena);
	return arena_str(arena, cell);
}

static void read_custom(const struct import_plan *plan,
			const struct import_column *column, struct str cell,
			struct arena *arena, struct import_row *row)
{
	const char *text = custom_text(column->custom, cell, arena);
	struct err err = ERR_INIT;
	const char *json;

	if (custom_field_read(column->custom, text, arena, &json, &err) < 0) {
		refuse_cell(row, column, err.text, arena);
		return;
	}
	if (!row->values)
		row->values = arena_array(arena, struct import_value,
					  plan->columns.n);
	row->values[row->values_n++] =
		(struct import_value){ column->custom, json };
}

static void read_cell(const struct import_plan *plan,
		      const struct import_column *column, struct str cell,
		      struct arena *arena, struct import_row *row)
{
	switch (column->target) {
	case IMPORT_IGNORED:
		break;
	case IMPORT_TEXT:
		read_text(column, cell, arena, row);
		break;
	case IMPORT_ID:
		if (!str_to_int(cell, &row->id) || row->id <= 0)
			refuse_cell(row, column, "not an id", arena);
		break;
	case IMPORT_EMAIL:
		read_email(cell, arena, row);
		break;
	case IMPORT_COMPANY:
		row->company = arena_str(arena, cell);
		if (cell.len > field_of_text(TEXT_NAME)->max)
			refuse_cell(row, column, "too long", arena);
		break;
	case IMPORT_FULL_NAME:
		read_full_name(cell, arena, row);
		break;
	case IMPORT_TAGS:
		read_tags(column, cell, arena, row);
		break;
	case IMPORT_OPTED_OUT:
		/* never pass over what might be an opt-out */
		if (!read_bool(cell, &row->opted_out))
			refuse_cell(row, column, "neither yes nor no", arena);
		break;
	case IMPORT_CUSTOM:
		read_custom(plan, column, cell, arena, row);
		break;
	}
}

static const char *fold(const char *text, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;

	utf8_fold(str_of(text), &out);
	return arena_str(arena, strbuf_str(&out));
}

static const char *company_of(const struct import_row *row)
{
	return row->given.entity == ENTITY_LEAD
		       ? row->given.text[TEXT_COMPANY_NAME]
		       : row->company_folded;
}

static uint64_t identity_of(const struct import_plan *plan,
			    const struct import_row *row)
{
	struct str id = { (const char *)&row->id, sizeof(row->id) };
	struct str key = str_of(row->given.text[TEXT_EXTERNAL_KEY]);
	struct str hash = str_of(row->email.hash);

	if (plan->match == IMPORT_BY_KEY && key.len > 0)
		return import_fingerprint('k', key, STR(""));
	if (plan->match == IMPORT_BY_EMAIL && hash.len > 0)
		return import_fingerprint('e', hash, STR(""));
	if (row->id)
		return import_fingerprint('i', id, STR(""));
	if (key.len > 0)
		return import_fingerprint('k', key, STR(""));
	if (hash.len > 0)
		return import_fingerprint('e', hash, STR(""));
	return import_fingerprint('n', str_of(row->given.name_folded),
				  str_of(company_of(row)));
}

static bool is_nobody(const struct import_row *row)
{
	return !*row->given.name_folded && !import_row_has_email(row) &&
	       !row->given.text[TEXT_COMPANY_NAME] && !row->id &&
	       !row->given.text[TEXT_EXTERNAL_KEY];
}

void import_row_read(const struct import_plan *plan, const struct str *cells,
		     size_t n, struct arena *arena, struct import_row *row)
{
	row->given.entity = plan->entity;
	for (size_t i = 0; i < n && i < plan->columns.n; i++) {
		const struct import_column *column = &plan->columns.v[i];
		struct str cell;

		if (column->target == IMPORT_IGNORED)
			continue;
		cell = clean(cells[i]);
		if (cell.len > 0)
			read_cell(plan, column, cell, arena, row);
	}
	if (row->reason)
		return;
	record_fold(&row->given, arena);
	if (row->company)
		row->company_folded = fold(row->company, arena);
	if (is_nobody(row)) {
		import_refuse(row, "no_name", "neither a name nor an address");
		return;
	}
	row->identity = identity_of(plan, row);
}
