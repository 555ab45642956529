#include "crm/import/read/import_row.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/csv/csv.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "base/text/shown_text.h"
#include "base/utf8.h"
#include "crm/import/import_plan.h"
#include "crm/import/read/import_seen.h"
#include "crm/tag.h"
#include "crm/words/import_date.h"
#include "crm/words/import_words.h"

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

/* ="01067": what stands between the quotes. */
static bool unwrap_formula(struct str *s, struct strbuf *buffer)
{
	struct str rest = *s;

	if (s->len < 3 || !str_starts(*s, "=\"") || s->s[s->len - 1] != '"')
		return false;
	rest.s += 2;
	rest.len -= 3;
	strbuf_reset(buffer);
	while (rest.s) {
		strbuf_addslice(buffer, str_cut(&rest, '"'));
		if (rest.s && rest.len > 0 && rest.s[0] == '"') {
			rest.s++; /* the second of the two */
			rest.len--;
			strbuf_addch(buffer, '"');
		} else if (rest.s) {
			return false;
		}
	}
	*s = utf8_trim(strbuf_str(buffer));
	return true;
}

/* What nobody sees in a sheet, and would be refused where it is written by
 * hand. */
static struct str drop_unshown(struct str s, struct strbuf *buffer)
{
	CLEANUP(strbuf_release) struct strbuf shown = STRBUF_INIT;

	if (!shown_text_fault(s, SHOWN_LINES))
		return s;
	shown_text_add(s, &shown);
	strbuf_reset(buffer);
	strbuf_addslice(buffer, strbuf_str(&shown));
	return utf8_trim(strbuf_str(buffer));
}

struct str import_clean(struct str cell, struct strbuf *buffer)
{
	struct str s = utf8_trim(cell);

	if (!unwrap_formula(&s, buffer))
		s = csv_undefuse(s);
	return drop_unshown(s, buffer);
}

bool import_row_is_too_wide(const struct str *cells, size_t n, size_t columns)
{
	for (size_t i = columns; i < n; i++) {
		if (utf8_trim(cells[i]).len > 0)
			return true;
	}
	return false;
}

/* A date as YYYY-MM-DD; what is none as it is, to be refused. */
static const char *iso_date(const struct import_plan *plan, struct str s,
			    struct arena *arena)
{
	struct import_date date;

	if (!import_date_parse(s, plan->date_order, &date) ||
	    !import_date_is_valid(&date))
		return arena_str(arena, s);
	return arena_printf(arena, "%04d-%02d-%02d", date.year, date.month,
			    date.day);
}

/* A number as programs write it; what is none as it is, to be refused. */
static const char *plain_number(const struct import_plan *plan, struct str s,
				struct arena *arena)
{
	struct import_number number;

	return import_number_parse(s, plan->decimal, &number)
		       ? arena_strdup(arena, number.text)
		       : arena_str(arena, s);
}

/* A choice in any case: "New" is "new". */
static const char *status_of(struct str cell, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf folded = STRBUF_INIT;

	utf8_fold(cell, &folded);
	return arena_str(arena, strbuf_str(&folded));
}

static void read_text(const struct import_plan *plan,
		      const struct import_column *column, struct str cell,
		      struct arena *arena, struct import_row *row)
{
	const struct field *field = field_of_text(column->text);
	const char *text = arena_str(arena, cell);
	struct err err = ERR_INIT;

	if (field->type == FIELD_DATE && import_date_lacks_year(cell))
		return; /* nothing is wrong with the person: see the result */
	if (field->type == FIELD_DATE)
		text = iso_date(plan, cell, arena);
	else if (column->text == TEXT_STATUS)
		text = status_of(cell, arena);
	if (field_check(field, text, arena, &row->given.text[column->text],
			&err) < 0)
		refuse_cell(row, column, err.text, arena);
}

/* Of no width: U+200B and the like, U+2060, U+FEFF, a soft hyphen. */
static bool is_invisible(struct str s, size_t len)
{
	return (len == 3 && (memcmp(s.s, "\xe2\x80\x8b", 3) == 0 ||
			     memcmp(s.s, "\xe2\x80\x8c", 3) == 0 ||
			     memcmp(s.s, "\xe2\x80\x8d", 3) == 0 ||
			     memcmp(s.s, "\xe2\x80\x8e", 3) == 0 ||
			     memcmp(s.s, "\xe2\x80\x8f", 3) == 0 ||
			     memcmp(s.s, "\xe2\x81\xa0", 3) == 0 ||
			     memcmp(s.s, "\xef\xbb\xbf", 3) == 0)) ||
	       (len == 2 && memcmp(s.s, "\xc2\xad", 2) == 0);
}

/* Is there a blank that can be seen, before anything else? */
static bool begins_with_blank(struct str s)
{
	for (size_t n; utf8_blank(s) > 0; s.s += n, s.len -= n) {
		n = utf8_sequence(s);
		if (!is_invisible(s, n))
			return true;
	}
	return false;
}

/* "Bob Jones @example.org": whose address that is, nobody knows. */
static bool is_parted(struct str address)
{
	const char *at = memrchr(address.s, '@', address.len);
	struct str before, behind;

	if (!at)
		return false;
	before = (struct str){ address.s, (size_t)(at - address.s) };
	behind = (struct str){ at + 1, address.len - before.len - 1 };
	before.s += utf8_trim(before).len;
	before.len = (size_t)(at - before.s);
	return begins_with_blank(before) || begins_with_blank(behind);
}

/*
 * Blanks come with addresses that are copied. Those at the ends, and those that
 * nobody sees, are no part of them; one within the domain parts it from
 * something else, which is not to be glued to it. Only the joiners of Indic and
 * Persian scripts can be part of a domain.
 */
static const char *without_blanks(struct str address, struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	const char *at = memrchr(address.s, '@', address.len);
	bool joins = false, begun = false;
	struct str s;

	if (!at)
		return arena_str(arena, address);
	strbuf_add(&out, address.s, (size_t)(at - address.s));
	strbuf_truncate(&out, utf8_trim(strbuf_str(&out)).len);
	strbuf_addch(&out, '@');
	s = (struct str){ at + 1, address.len - (size_t)(at + 1 - address.s) };
	while (s.len > 0) {
		size_t n = utf8_sequence(s), blank = utf8_blank(s);
		bool joiner =
			blank == 3 && (memcmp(s.s, "\xe2\x80\x8c", 3) == 0 ||
				       memcmp(s.s, "\xe2\x80\x8d", 3) == 0);

		if (!blank || (joiner && joins) ||
		    (begun && !is_invisible(s, n)))
			strbuf_add(&out, s.s, n);
		joins = !blank && n > 1;
		begun |= !blank;
		s.s += n;
		s.len -= n;
	}
	return arena_str(arena, utf8_trim(strbuf_str(&out)));
}

static bool has_several(struct str cell, struct arena *arena)
{
	struct email one;
	size_t at = 0;

	return email_next(cell, &at, arena, &one) &&
	       email_next(cell, &at, arena, &one);
}

/* Its opt-out is heeded with the addresses that stand there, too. */
static void read_further(struct str cell, struct arena *arena,
			 struct import_row *row)
{
	if (memchr(cell.s, '@', cell.len))
		row->not_email = arena_printf(
			arena, "%s %.*s", row->not_email ? row->not_email : "",
			(int)cell.len, cell.s);
}

static void read_email(struct str cell, struct arena *arena,
		       struct import_row *row)
{
	const char *text = without_blanks(cell, arena);
	bool parted = is_parted(cell);
	struct err err = ERR_INIT;

	if (email_parse(text, arena, &row->email, &err) == 0 && !parted)
		return;
	row->email.hash[0] = '\0';
	read_further(parted ? str_of(text) : cell, arena, row);
	if (has_several(cell, arena))
		import_refuse(row, "invalid_address",
			      "more than one address in one cell");
	else if (parted)
		import_refuse(row, "invalid_address",
			      "the address has a blank in it");
	else
		import_refuse(row, "invalid_address",
			      arena_strdup(arena, err.text));
}

static void put_name(const struct import_column *column, enum text_field text,
		     struct str name, struct arena *arena,
		     struct import_row *row)
{
	struct err err = ERR_INIT;

	if (name.len > 0 &&
	    field_check(field_of_text(text), arena_str(arena, name), arena,
			&row->given.text[text], &err) < 0)
		refuse_cell(row, column, err.text, arena);
}

/* "Ada Lovelace" or "Lovelace, Ada". */
static void read_full_name(const struct import_column *column, struct str cell,
			   struct arena *arena, struct import_row *row)
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
	put_name(column, TEXT_FIRST_NAME, first, arena, row);
	put_name(column, TEXT_LAST_NAME, last, arena, row);
}

/* An opt-out is never loosened by another column or by a blank. */
static void read_consent(const struct import_column *column, struct str cell,
			 struct arena *arena, struct import_row *row)
{
	row->agreed |=
		import_consent_agrees(column->consent, &column->answers, cell);
	switch (import_consent_read(column->consent, &column->answers, cell)) {
	case CONSENT_SAYS_OUT:
		row->opted_out = true;
		break;
	case CONSENT_NOTHING:
		break;
	case CONSENT_UNCLEAR: /* the file changed since it was scanned */
		import_refuse(row, "invalid_value",
			      arena_printf(arena, "%s: neither yes nor no",
					   column->header));
		break;
	}
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

/* The choice as its field spells it. */
static const char *choice_of(const struct custom_field *field, struct str cell,
			     struct arena *arena)
{
	const char *text = arena_str(arena, cell);
	const char *choice = custom_field_choice(field, cell, arena);

	return choice ? choice : text;
}

/* Booleans, dates, numbers and choices as lists have them, else as the field
 * reads. */
static const char *custom_text(const struct import_plan *plan,
			       const struct custom_field *field,
			       struct str cell, struct arena *arena)
{
	enum consent_word word = CONSENT_WORD_UNKNOWN;

	if (strcmp(field->type, "boolean") == 0)
		word = import_consent_word(cell);
	if (word == CONSENT_YES || word == CONSENT_NO)
		return word == CONSENT_YES ? "true" : "false";
	if (strcmp(field->type, "date") == 0)
		return iso_date(plan, cell, arena);
	if (strcmp(field->type, "number") == 0)
		return plain_number(plan, cell, arena);
	if (strcmp(field->type, "choice") == 0)
		return choice_of(field, cell, arena);
	return arena_str(arena, cell);
}

static void read_custom(const struct import_plan *plan,
			const struct import_column *column, struct str cell,
			struct arena *arena, struct import_row *row)
{
	const char *text = custom_text(plan, column->custom, cell, arena);
	struct err err = ERR_INIT;
	const char *json;

	if (strcmp(column->custom->type, "date") == 0 &&
	    import_date_lacks_year(cell))
		return;
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

/* Another word leaves it to the column of addresses. */
static void read_email_type(struct str cell, struct import_row *row)
{
	CLEANUP(strbuf_release) struct strbuf word = STRBUF_INIT;
	const char *type;

	import_word(cell, &word);
	type = import_word_address_type(word.buf);
	if (type)
		row->email_type = type;
}

static void read_cell(const struct import_plan *plan,
		      const struct import_column *column, struct str cell,
		      struct arena *arena, struct import_row *row)
{
	switch (column->target) {
	case IMPORT_IGNORED:
	case IMPORT_OPTED_OUT: /* see read_consent */
		break;
	case IMPORT_TEXT:
		read_text(plan, column, cell, arena, row);
		break;
	case IMPORT_ID:
		if (!str_to_int(cell, &row->id) || row->id <= 0)
			refuse_cell(row, column, "not an id", arena);
		break;
	case IMPORT_EMAIL:
		read_email(cell, arena, row);
		if (!row->email_type)
			row->email_type = column->address_type;
		break;
	case IMPORT_EMAIL_TYPE:
		read_email_type(cell, row);
		break;
	case IMPORT_COMPANY:
		row->company = arena_str(arena, cell);
		if (cell.len > field_of_text(TEXT_NAME)->max)
			refuse_cell(row, column, "too long", arena);
		break;
	case IMPORT_FULL_NAME:
		read_full_name(column, cell, arena, row);
		break;
	case IMPORT_TAGS:
		read_tags(column, cell, arena, row);
		break;
	case IMPORT_CUSTOM:
		read_custom(plan, column, cell, arena, row);
		break;
	}
}

const char *import_row_company(const struct import_row *row,
			       struct arena *arena)
{
	const char *company = row->given.text[TEXT_COMPANY_NAME];

	if (row->given.entity == ENTITY_LEAD)
		return company ? field_text_folded(company, arena) : NULL;
	return row->company_folded;
}

/* Of a row that is nothing but a name: all that it says. */
static uint64_t content_of(const struct str *cells, size_t n)
{
	CLEANUP(strbuf_release) struct strbuf all = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf buffer = STRBUF_INIT;

	for (size_t i = 0; i < n; i++) {
		strbuf_addslice(&all, import_clean(cells[i], &buffer));
		strbuf_addch(&all, '\n');
	}
	return import_fingerprint('c', strbuf_str(&all), STR(""));
}

/* What says outright that two rows mean the same record. */
static uint64_t identity_of(const struct import_plan *plan,
			    const struct import_row *row,
			    const struct str *cells, size_t n)
{
	struct str id = { (const char *)&row->id, sizeof(row->id) };
	struct str key = str_of(row->given.text[TEXT_EXTERNAL_KEY]);

	if (plan->match == IMPORT_BY_KEY && key.len > 0)
		return import_fingerprint('k', key, STR(""));
	if (plan->match == IMPORT_BY_EMAIL && import_row_has_email(row))
		return 0;
	if (row->id)
		return import_fingerprint('i', id, STR(""));
	if (key.len > 0)
		return import_fingerprint('k', key, STR(""));
	if (import_row_has_email(row))
		return 0;
	if (plan->entity == ENTITY_COMPANY)
		return import_fingerprint('n', str_of(row->given.name_folded),
					  STR(""));
	return content_of(cells, n);
}

/* What two rows must have in common to be about the same record. Rows of one
 * are read in one pass (import_steps.c). */
static uint64_t group_of(const struct import_row *row, struct arena *arena)
{
	struct str name = str_of(row->given.name_folded), company;

	if (import_row_has_email(row))
		return import_fingerprint('e', str_of(row->email.hash),
					  STR(""));
	if (row->given.entity == ENTITY_COMPANY)
		return import_fingerprint(import_row_has_name_only(row) ? 'n'
									: 'N',
					  name, STR(""));
	if (!import_row_has_name_only(row))
		return 0;
	company = str_of(import_row_company(row, arena));
	return import_fingerprint(company.len > 0 ? 'n' : 'b', name,
				  name.len > 0 ? STR("") : company);
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
	CLEANUP(strbuf_release) struct strbuf buffer = STRBUF_INIT;

	row->given.entity = plan->entity;
	if (import_row_is_too_wide(cells, n, plan->columns.n)) {
		import_refuse(row, "malformed",
			      arena_printf(arena,
					   "%zu cells under %zu headers: a "
					   "delimiter within a value must "
					   "stand in quotes",
					   n, plan->columns.n));
		return; /* which cell is whose cannot be known */
	}
	row->is_short = n < plan->columns.n;
	for (size_t i = 0; i < plan->columns.n; i++) {
		const struct import_column *column = &plan->columns.v[i];
		struct str cell = STR(""); /* of a row that ends before it */

		if (column->is_further_address && i < n && cells[i].len > 0)
			read_further(cells[i], arena, row);
		if (column->target == IMPORT_IGNORED)
			continue;
		if (i < n)
			cell = import_clean(cells[i], &buffer);
		if (cell.len > 0)
			read_cell(plan, column, cell, arena, row);
		if (column->consent != CONSENT_NO_COLUMN) /* blank, too */
			read_consent(column, cell, arena, row);
	}
	if (row->reason)
		return;
	record_fold(&row->given, arena);
	if (row->company)
		row->company_folded = field_text_folded(row->company, arena);
	if (is_nobody(row)) {
		import_refuse(row, "no_name", "neither a name nor an address");
		return;
	}
	row->identity = identity_of(plan, row, cells, n);
	row->group = group_of(row, arena);
}

/* --- two rows of one record --- */

static bool add_tag(struct import_row *fresh, const char *tag)
{
	for (size_t i = 0; i < fresh->tags_n; i++) {
		if (field_text_same(fresh->tags[i], tag))
			return false;
	}
	fresh->tags[fresh->tags_n++] = tag;
	return true;
}

static bool merge_tags(struct import_row *fresh, const struct import_row *row,
		       struct arena *arena)
{
	const char **all = arena_array(arena, const char *,
				       fresh->tags_n + row->tags_n + 1);
	bool changed = false;

	if (row->tags_n == 0)
		return false;
	for (size_t i = 0; i < fresh->tags_n; i++)
		all[i] = fresh->tags[i];
	fresh->tags = all;
	for (size_t i = 0; i < row->tags_n; i++)
		changed |= add_tag(fresh, row->tags[i]);
	return changed;
}

static bool put_value(struct import_row *fresh, const struct import_value *v)
{
	for (size_t i = 0; i < fresh->values_n; i++) {
		struct import_value *old = &fresh->values[i];

		if (old->custom != v->custom)
			continue;
		if (field_text_same(old->json, v->json))
			return false;
		old->json = v->json;
		return true;
	}
	fresh->values[fresh->values_n++] = *v;
	return true;
}

static bool merge_values(struct import_row *fresh, const struct import_row *row,
			 struct arena *arena)
{
	struct import_value *all =
		arena_array(arena, struct import_value,
			    fresh->values_n + row->values_n + 1);
	bool changed = false;

	for (size_t i = 0; i < fresh->values_n; i++)
		all[i] = fresh->values[i];
	fresh->values = all;
	for (size_t i = 0; i < row->values_n; i++)
		changed |= put_value(fresh, &row->values[i]);
	return changed;
}

void import_row_merge(struct import_row *fresh, const struct import_row *row,
		      struct arena *arena, bool *changed)
{
	bool differs = false;

	for (enum text_field t = 0; t < TEXT_FIELDS; t++) {
		if (!row->given.text[t] ||
		    field_text_same(row->given.text[t], fresh->given.text[t]))
			continue;
		fresh->given.text[t] = row->given.text[t];
		differs = true;
	}
	if (row->company &&
	    !field_text_same(row->company_folded, fresh->company_folded)) {
		fresh->company = row->company;
		fresh->company_folded = row->company_folded;
		differs = true;
	}
	differs |= row->opted_out && !fresh->opted_out;
	fresh->opted_out |= row->opted_out;
	fresh->agreed |= row->agreed;
	differs |= merge_tags(fresh, row, arena);
	if (row->values_n > 0)
		differs |= merge_values(fresh, row, arena);
	record_fold(&fresh->given, arena);
	*changed = differs;
}
