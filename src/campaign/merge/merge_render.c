/*
 * Runs a program for one recipient. Called by the threads that render; the
 * program is shared, the output is the caller's.
 */
#include "base/cleanup.h"
#include "base/utf8.h"
#include "campaign/merge/merge_private.h"

static bool all_digits(struct str s, size_t from, size_t n)
{
	for (size_t i = from; i < from + n; i++)
		if (s.s[i] < '0' || s.s[i] > '9')
			return false;
	return true;
}

struct date_parts {
	struct str year, month, day; /* year empty: it has none */
};

static bool read_date(struct str value, struct date_parts *out)
{
	if (value.len == 10 && value.s[4] == '-' && value.s[7] == '-' &&
	    all_digits(value, 0, 4)) {
		out->year = (struct str){ value.s, 4 };
		out->month = (struct str){ value.s + 5, 2 };
		out->day = (struct str){ value.s + 8, 2 };
		return true;
	}
	if (value.len == 5 && value.s[2] == '/') {
		out->year = STR("");
		out->month = (struct str){ value.s, 2 };
		out->day = (struct str){ value.s + 3, 2 };
		return true;
	}
	return false;
}

/* The letters of the format become the parts: MM/DD/YYYY. */
static void format_date(const struct merge_value *how, struct str value,
			struct strbuf *out)
{
	struct date_parts date;
	const char *f;

	if (!read_date(value, &date)) {
		strbuf_addslice(out, value);
		return;
	}
	f = date.year.len > 0 ? how->date_format : how->day_format;
	if (!f || !*f) {
		strbuf_addslice(out, value);
		return;
	}
	while (*f) {
		if (!strncmp(f, "YYYY", 4)) {
			strbuf_addslice(out, date.year);
			f += 4;
		} else if (!strncmp(f, "MM", 2)) {
			strbuf_addslice(out, date.month);
			f += 2;
		} else if (!strncmp(f, "DD", 2)) {
			strbuf_addslice(out, date.day);
			f += 2;
		} else {
			strbuf_addch(out, *f++);
		}
	}
}

/* "-199.5" and the like; not "1e9", which is no number to a reader. */
static bool is_decimal(struct str value)
{
	size_t points = 0, digits = 0;

	for (size_t i = 0; i < value.len; i++) {
		char c = value.s[i];

		if (c >= '0' && c <= '9')
			digits++;
		else if (c == '.')
			points++;
		else if (c != '-' || i > 0)
			return false;
	}
	return digits > 0 && points == 1;
}

static void format_number(const struct merge_value *how, struct str value,
			  struct strbuf *out)
{
	if (!how->decimal || !is_decimal(value)) {
		strbuf_addslice(out, value);
		return;
	}
	for (size_t i = 0; i < value.len; i++) {
		if (value.s[i] == '.')
			strbuf_addstr(out, how->decimal);
		else
			strbuf_addch(out, value.s[i]);
	}
}

void merge_format_value(const struct merge_value *how, struct str value,
			struct strbuf *out)
{
	if (how->form == FORM_DATE)
		format_date(how, value, out);
	else
		format_number(how, value, out);
}

struct str merge_source_text(const struct merge_person *person,
			     enum merge_source source, int index,
			     struct strbuf *scratch)
{
	switch (source) {
	case SOURCE_FIELD:
		return person->values ? person->values[index] : STR("");
	case SOURCE_ADDRESS:
		return person->address;
	case SOURCE_UNIQUE_ID:
		return person->unique_id;
	case SOURCE_OPTIN_DATE:
		strbuf_reset(scratch);
		if (person->optin_ms)
			merge_date("m/d/Y", person->optin_ms, NULL, scratch);
		return strbuf_str(scratch);
	case SOURCE_LANGUAGE:
		return person->language;
	case SOURCE_LANGUAGE_LABEL:
		return merge_language_label(person->language);
	case SOURCE_ARCHIVE_PAGE:
		return person->archive_page ? STR("1") : STR("");
	case SOURCE_INTERESTS:
	case SOURCE_CONSTANT:
		break;
	}
	return STR("");
}

static int order_of(struct str value, struct str with, bool is_number,
		    double number)
{
	CLEANUP(strbuf_release) struct strbuf folded = STRBUF_INIT;
	double mine;
	size_t least;
	int order;

	if (is_number && str_to_double(str_trim(value), &mine))
		return mine < number ? -1 : mine > number;
	utf8_fold(str_trim(value), &folded);
	least = folded.len < with.len ? folded.len : with.len;
	order = least ? memcmp(folded.buf, with.s, least) : 0;
	if (order != 0)
		return order;
	return folded.len < with.len ? -1 : folded.len > with.len;
}

bool merge_compare_text(struct str value, enum merge_compare compare,
			struct str with, bool is_number, double number)
{
	int order;

	/* A comparison with a missing value is false, also !=. */
	if (str_trim(value).len == 0)
		return false;
	if (compare == COMPARE_SET)
		return true;

	order = order_of(value, with, is_number, number);
	switch (compare) {
	case COMPARE_EQUAL:
		return order == 0;
	case COMPARE_UNEQUAL:
		return order != 0;
	case COMPARE_LESS:
		return order < 0;
	case COMPARE_AT_MOST:
		return order <= 0;
	case COMPARE_MORE:
		return order > 0;
	case COMPARE_AT_LEAST:
		return order >= 0;
	case COMPARE_SET:
		break;
	}
	return true;
}

static bool condition_holds(const struct merge_program *program,
			    const struct merge_condition *condition,
			    const struct merge_person *person)
{
	CLEANUP(strbuf_release) struct strbuf scratch = STRBUF_INIT;
	struct str value, with;

	if (condition->source == SOURCE_INTERESTS)
		return merge_has_chosen(program, condition, person);
	value = merge_source_text(person, condition->source, condition->index,
				  &scratch);
	with = (struct str){ program->text.buf + condition->start,
			     condition->len };
	return merge_compare_text(value, condition->compare, with,
				  condition->is_number,
				  condition->number) != condition->negated;
}

bool merge_wants_interests(const struct merge_program *program)
{
	return program->interests.n > 0;
}

/* Bytes that a line of quoted-printable takes as they are. */
static bool is_clean_line(const char *s, size_t len)
{
	if (len > 70)
		return false;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)s[i] <= 32 || (unsigned char)s[i] > 126 ||
		    s[i] == '=')
			return false;
	return true;
}

/* Encode what was put behind `start`; literals expect to begin a line. */
static void quote_from(struct strbuf *out, size_t start)
{
	CLEANUP(strbuf_release) struct strbuf raw = STRBUF_INIT;

	if (out->len == start)
		return;
	if (is_clean_line(out->buf + start, out->len - start)) {
		strbuf_add(out, "=\r\n", 3);
		return;
	}
	strbuf_add(&raw, out->buf + start, out->len - start);
	strbuf_truncate(out, start);
	merge_quote_printable(strbuf_str(&raw), out);
}

static void render_value(const struct merge_program *program,
			 const struct merge_value *value,
			 const struct merge_person *person, struct strbuf *out)
{
	CLEANUP(strbuf_release) struct strbuf scratch = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf changed = STRBUF_INIT;
	struct str text = merge_source_text(person, value->source, value->index,
					    &scratch);

	if (text.len == 0) {
		strbuf_add(out, program->text.buf + value->start, value->len);
		return;
	}
	if (value->form != FORM_TEXT) {
		merge_format_value(value, text, &scratch);
		text = strbuf_str(&scratch);
	}
	if (value->letters != CASE_AS_IS) {
		merge_change_case(text, value->letters, &changed);
		text = strbuf_str(&changed);
	}
	merge_escape_value(text, value->escape, out);
}

int merge_render(const struct merge_program *program,
		 const struct merge_person *person, struct strbuf *out)
{
	size_t first = out->len, at = 0;

	while (at < program->ops.n) {
		const struct merge_op *op = &program->ops.v[at++];
		size_t start = out->len;

		switch (op->kind) {
		case OP_LITERAL:
			strbuf_add(out, program->text.buf + op->start, op->len);
			break;
		case OP_VALUE:
			render_value(program, &program->values.v[op->index],
				     person, out);
			break;
		case OP_SLOT:
			if (program->slot_fn)
				program->slot_fn(person->owner, op->slot,
						 op->index, out);
			break;
		case OP_JUMP:
			at = op->target;
			continue;
		case OP_UNLESS:
			if (!condition_holds(program,
					     &program->conditions.v[op->index],
					     person))
				at = op->target;
			continue;
		}
		if (program->quoted_printable && op->kind != OP_LITERAL)
			quote_from(out, start);
		if (out->len - first > MERGE_OUTPUT_MAX)
			return -1;
	}
	return 0;
}
