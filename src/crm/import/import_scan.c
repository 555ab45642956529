#include "crm/import/import_scan.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/csv/csv.h"
#include "base/err.h"
#include "base/json.h"
#include "base/utf8.h"
#include "crm/import/import_answers.h"
#include "crm/import/import_date.h"
#include "crm/import/import_plan.h"
#include "crm/import/import_refusal.h"

#include <string.h>

#define VALUES_MAX 64   /* of a column that are counted one by one */
#define DATES_MAX 8     /* of them that are dates */
#define WATCHED_MAX 32  /* the same, of a column that is none of consent */
#define SHOWN_MAX 20    /* of them in a question */
#define SHOWN_BYTES 120 /* of a value in it */

/* A value as it is written, and how often. */
struct tally {
	struct str text;
	int64_t count;
	enum consent_word word;
};
struct tallies VEC_FIELDS(struct tally);

/* What is known of a column. */
struct look {
	struct import_column *column;
	enum import_consent header; /* what the header alone says */
	bool is_watched;            /* for words like "unsubscribed" */
	bool is_searched;           /* for phrases that refuse mail */
	bool is_date;
	struct tallies values, refusals;
	int64_t filled; /* cells that are not blank */
	int64_t refuse; /* cells that refuse mail in words */
	int64_t words[CONSENT_WORDS];
	int64_t others[CONSENT_WORDS]; /* those that are not in `values` */
	int dates_kept;
	struct str date; /* the first that can be read in two ways */
	int64_t dates, day_first, month_first;
};
struct looks VEC_FIELDS(struct look);

static void looks_release(struct looks *looks)
{
	vec_each (looks, look) {
		vec_release(&look->values);
		vec_release(&look->refusals);
	}
	vec_release(looks);
}

/* --- counting --- */

static struct tally *find_tally(struct tallies *tallies, struct str cell)
{
	vec_each (tallies, t) {
		if (str_eq(t->text, cell))
			return t;
	}
	return NULL;
}

static void count_cell(struct look *look, struct str cell, struct arena *arena)
{
	struct tally *known = find_tally(&look->values, cell);
	struct tally t = { .text = cell, .count = 1 };

	if (known) {
		known->count++;
		look->words[known->word]++;
		return;
	}
	if (look->is_watched && look->values.n == WATCHED_MAX) {
		look->is_watched = false; /* names, notes: no state */
		return;
	}
	t.word = import_consent_word(cell);
	look->words[t.word]++;
	look->dates_kept += t.word == CONSENT_DATE;
	if (look->values.n == VALUES_MAX || look->dates_kept > DATES_MAX) {
		look->others[t.word]++;
		look->dates_kept -= t.word == CONSENT_DATE;
		return;
	}
	t.text = str_of(arena_str(arena, cell));
	vec_push(&look->values, t);
}

/* In a text, somebody refuses. */
static void count_refusal(struct look *look, struct str cell,
			  struct arena *arena)
{
	struct tally t = { .text = cell, .count = 1 };
	struct tally *known;

	if (!import_refuses(cell) && (look->column->consent != CONSENT_PHRASE ||
				      import_consent_word(cell) != CONSENT_OUT))
		return;
	look->refuse++;
	known = find_tally(&look->refusals, cell);
	if (known) {
		known->count++;
	} else if (look->refusals.n < VALUES_MAX) {
		t.text = str_of(arena_str(arena, cell));
		vec_push(&look->refusals, t);
	}
}

static void count_date(struct look *look, struct str cell, struct arena *arena)
{
	struct import_date date;

	if (import_date_lacks_year(cell)) {
		look->column->yearless++;
		return;
	}
	if (!import_date_parse(cell, DATE_ORDER_UNKNOWN, &date))
		return;
	look->day_first += date.shows == DATE_DAY_FIRST;
	look->month_first += date.shows == DATE_MONTH_FIRST;
	look->dates += date.by_order;
	if (date.by_order && !look->date.s)
		look->date = str_of(arena_str(arena, cell));
}

static void look_at_row(struct looks *looks, const struct str *cells, size_t n,
			struct arena *arena)
{
	for (size_t i = 0; i < n && i < looks->n; i++) {
		struct look *look = &looks->v[i];
		CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
		bool counts = look->header != CONSENT_NO_COLUMN;
		struct str cell;

		if (!counts && !look->is_watched && !look->is_searched &&
		    !look->is_date)
			continue;
		cell = import_clean(cells[i], &text);
		if (cell.len == 0)
			continue;
		look->filled++;
		if (look->is_searched)
			count_refusal(look, cell, arena);
		if (counts || look->is_watched)
			count_cell(look, cell, arena);
		if (look->is_date)
			count_date(look, cell, arena);
	}
}

/* Where a word such as "unsubscribed" would be nothing but a name. */
static bool may_hide_consent(const struct import_column *c)
{
	return c->target == IMPORT_IGNORED || c->target == IMPORT_TAGS ||
	       c->target == IMPORT_CUSTOM ||
	       (c->target == IMPORT_TEXT && c->text == TEXT_STATUS);
}

/* Where no phrase is sought: what is not text, or about consent anyway. */
static bool is_searched(const struct look *look)
{
	const struct import_column *c = look->column;

	return look->header != CONSENT_OTHER &&
	       !import_consent_is_sure(look->header) &&
	       c->target != IMPORT_EMAIL && c->target != IMPORT_ID &&
	       !(c->target == IMPORT_TEXT && c->text == TEXT_EXTERNAL_KEY);
}

static bool is_date(const struct import_column *c)
{
	return (c->target == IMPORT_TEXT && c->text == TEXT_BIRTHDAY) ||
	       (c->target == IMPORT_CUSTOM &&
		strcmp(c->custom->type, "date") == 0);
}

static void begin_looks(struct import_plan *plan, struct looks *out)
{
	vec_each (&plan->columns, c) {
		struct look look = { .column = c,
				     .values = VEC_INIT,
				     .refusals = VEC_INIT };

		look.header = plan->has_header
				      ? import_consent_header(str_of(c->header))
				      : CONSENT_NO_COLUMN;
		if (c->target == IMPORT_OPTED_OUT &&
		    !import_consent_is_sure(look.header))
			look.header = CONSENT_OPT_OUT; /* by the mapping */
		look.is_watched =
			look.header == CONSENT_NO_COLUMN && may_hide_consent(c);
		look.is_searched = is_searched(&look);
		look.is_date = is_date(c);
		if (look.header == CONSENT_OTHER)
			look.header = CONSENT_NO_COLUMN;
		vec_push(out, look);
	}
}

/* *rows: how many of them can be read. */
static int read_file(struct csv_reader *reader, struct looks *looks,
		     struct arena *arena, int64_t *rows, struct err *err)
{
	const struct str *cells;
	size_t n;
	int more;

	while ((more = csv_next(reader, &cells, &n, NULL, err)) != 0) {
		if (more < 0 && err->code != ERR_INVALID)
			return -1;
		if (more < 0 || import_row_is_too_wide(cells, n, looks->n))
			continue;
		look_at_row(looks, cells, n, arena);
		++*rows;
	}
	return 0;
}

/* --- answers --- */

/* "out" is what a column is asked about for: its yes, or its words. */
static enum import_consent consent_of(const struct look *look, const char *is)
{
	enum import_consent consent = CONSENT_PHRASE;

	if (strcmp(is, "out") != 0)
		(void)import_consent_named(str_of(is), &consent);
	else if (look->header != CONSENT_NO_COLUMN)
		consent = CONSENT_OPT_OUT;
	return consent;
}

static void answer_values(const json_t *values, struct look *look,
			  struct arena *arena, int64_t *at_ms)
{
	const char *key;
	json_t *leaf;

	json_object_foreach ((json_t *)values, key, leaf) {
		int64_t at;
		const char *is = import_answer_read(leaf, &at);
		struct import_answer answer;

		if (!is)
			continue;
		answer.key = arena_strdup(arena, key);
		answer.out = strcmp(is, "out") == 0;
		vec_push(&look->column->answers, answer);
		*at_ms = at > *at_ms ? at : *at_ms;
	}
}

static void answer_column(const struct import_scan *scan, struct look *look,
			  struct arena *arena)
{
	struct import_column *c = look->column;
	struct str header = str_of(c->header);
	int64_t at_ms = 0, column_ms;
	const char *is =
		import_answer_of_column(scan->answers, header, &column_ms);

	answer_values(import_answers_of_values(scan->answers, header), look,
		      arena, &at_ms);
	if (is)
		c->consent = consent_of(look, is);
	if (is && column_ms > at_ms)
		at_ms = column_ms;
	c->is_answered = is || c->answers.n > 0;
	c->remembered_ms = at_ms < scan->now_ms ? at_ms : 0;
}

static void apply_answers(const struct import_scan *scan, struct looks *looks,
			  struct arena *arena, struct import_plan *plan)
{
	const char *order = import_answer_of_dates(scan->answers);
	struct err ignored = ERR_INIT; /* it was checked when it came in */

	if (order)
		(void)import_date_order_parse(order, &plan->date_order,
					      &ignored);
	vec_each (looks, look)
		answer_column(scan, look, arena);
}

/* --- questions --- */

static void begin_question(struct json_writer *w, const char *kind,
			   const struct look *look)
{
	enum import_consent as = look->column->consent;

	json_begin_object(w);
	json_key_text(w, "kind", kind);
	json_key_text(w, "column", look->column->header);
	json_key_text(w, "as",
		      as == CONSENT_NO_COLUMN ? NULL : import_consent_name(as));
	json_key_begin_array(w, "values");
}

static void write_value(struct json_writer *w, struct str value, int64_t count)
{
	value.len = utf8_prefix(value, SHOWN_BYTES);
	json_begin_object(w);
	json_key(w, "value");
	json_str(w, value);
	json_key_int(w, "count", count);
	json_end_object(w);
}

static void end_question(struct json_writer *w, int64_t more,
			 const char *parameter, const char *answers)
{
	json_end_array(w);
	json_key_int(w, "more", more);
	json_key_text(w, "parameter", parameter);
	json_key_raw(w, "answers", str_of(answers));
	json_end_object(w);
}

static enum consent_meaning meaning_of(const struct import_column *c, int word)
{
	return import_consent_meaning(c->consent, (enum consent_word)word);
}

/* Cells of a column, or those of one meaning, with their counts. */
static int64_t write_values(struct json_writer *w, const struct look *look,
			    bool unclear_only)
{
	const struct import_column *c = look->column;
	int64_t more = 0;
	int shown = 0;

	vec_each (&look->values, t) {
		if (unclear_only &&
		    import_consent_read(c->consent, &c->answers, t->text) !=
			    CONSENT_UNCLEAR)
			continue;
		if (shown++ < SHOWN_MAX)
			write_value(w, t->text, t->count);
		else
			more += t->count;
	}
	for (int word = 0; word < CONSENT_WORDS; word++) {
		if (!unclear_only || meaning_of(c, word) == CONSENT_UNCLEAR)
			more += look->others[word];
	}
	return more;
}

static void ask_column(struct json_writer *w, const struct look *look)
{
	begin_question(w, "column", look);
	end_question(w, write_values(w, look, false), "consent",
		     "[\"opt_out\",\"opt_in\",\"status\",\"reason\","
		     "\"out\",\"ignore\"]");
}

/* Of a death or a deletion, or where a text says that somebody refuses. */
#define OUT_OR_IGNORE "[\"out\",\"ignore\"]"

static void ask_gone(struct json_writer *w, const struct look *look)
{
	begin_question(w, "gone", look);
	end_question(w, write_values(w, look, false), "consent", OUT_OR_IGNORE);
}

static void ask_phrase(struct json_writer *w, const struct look *look)
{
	int64_t more = look->refuse;
	size_t n = look->refusals.n < SHOWN_MAX ? look->refusals.n : SHOWN_MAX;

	begin_question(w, "phrase", look);
	for (size_t i = 0; i < n; i++) {
		const struct tally *t = &look->refusals.v[i];

		write_value(w, t->text, t->count);
		more -= t->count;
	}
	end_question(w, more, "consent", OUT_OR_IGNORE);
}

static void ask_values(struct json_writer *w, const struct look *look)
{
	begin_question(w, "value", look);
	end_question(w, write_values(w, look, true), "consent_values",
		     "[\"out\",\"ignore\"]");
}

static void ask_date_order(struct json_writer *w, const struct look *look)
{
	begin_question(w, "date_order", look);
	write_value(w, look->date, look->dates);
	end_question(w, 0, "date_order", "[\"dmy\",\"mdy\"]");
}

/* --- deciding --- */

static bool is_mapped_to_nothing(const struct import_scan *scan,
				 const struct look *look)
{
	return scan->mapping && json_is_null(json_object_get(
					scan->mapping, look->column->header));
}

static bool has_opt_out(const struct looks *looks)
{
	vec_each (looks, look) {
		if (look->header == CONSENT_OPT_OUT)
			return true;
	}
	return false;
}

static int64_t filled_cells(const struct look *look)
{
	int64_t n = 0;

	for (int word = CONSENT_BLANK + 1; word < CONSENT_WORDS; word++)
		n += look->words[word];
	return n;
}

/* States as numbers (Mailtrain: 2 is unsubscribed): whose, nobody knows. */
static bool has_codes(const struct look *look)
{
	vec_each (&look->values, t) {
		int64_t n;

		if (t->text.len <= 2 && str_to_int(t->text, &n) && n > 1)
			return true;
	}
	return false;
}

/* A column that nobody answered for. Returns whether it must be asked. */
static bool decide_unanswered(struct look *look, bool has_mail)
{
	const int64_t *n = look->words;
	struct import_column *c = look->column;

	switch (look->header) {
	case CONSENT_LETTERS:
		c->consent = has_mail ? CONSENT_NO_COLUMN : CONSENT_OPT_OUT;
		return false;
	case CONSENT_REASON: /* the opt-out itself stands beside it */
		c->consent = has_mail ? CONSENT_NO_COLUMN : CONSENT_REASON;
		return false;
	case CONSENT_MAYBE_OUT:
	case CONSENT_MAYBE_GONE:
		return filled_cells(look) > n[CONSENT_NO];
	case CONSENT_MAYBE_IN:
		return filled_cells(look) > 0;
	case CONSENT_MAYBE_STATE:
		if (n[CONSENT_OUT] || n[CONSENT_IN] || n[CONSENT_INACTIVE])
			c->consent = CONSENT_STATUS;
		return c->consent == CONSENT_NO_COLUMN &&
		       (n[CONSENT_NO] > 0 || has_codes(look));
	case CONSENT_NO_COLUMN:
		return look->is_watched && n[CONSENT_OUT] > 0;
	default:
		c->consent = look->header;
		return false;
	}
}

/* The field of a column follows what it was found to be. */
static void set_target(struct import_column *c)
{
	bool consents = c->consent != CONSENT_NO_COLUMN &&
			c->consent != CONSENT_IGNORED;
	bool is_free = c->target == IMPORT_IGNORED ||
		       (c->target == IMPORT_TEXT && c->text == TEXT_STATUS);

	if (consents && is_free) {
		c->target = IMPORT_OPTED_OUT;
		c->field = "opted_out";
	} else if (!consents && c->target == IMPORT_OPTED_OUT) {
		c->target = IMPORT_IGNORED;
		c->field = NULL;
	}
}

/* Cells of a text that refuse, but for those that a user said are nothing. */
static int64_t count_refusals(const struct look *look)
{
	const struct import_column *c = look->column;
	int64_t out = look->refuse;

	vec_each (&look->refusals, t) {
		if (import_consent_read(c->consent, &c->answers, t->text) ==
		    CONSENT_NOTHING)
			out -= t->count;
	}
	return out;
}

/* Are there values that are not understood? Counts those that say "out". */
static bool has_unclear(struct look *look)
{
	struct import_column *c = look->column;
	bool unclear = false;

	c->cells.out = 0;
	if (c->consent == CONSENT_PHRASE && !look->is_watched) {
		c->cells.out = count_refusals(look);
		return false;
	}
	vec_each (&look->values, t) {
		switch (import_consent_read(c->consent, &c->answers, t->text)) {
		case CONSENT_SAYS_OUT:
			c->cells.out += t->count;
			break;
		case CONSENT_UNCLEAR:
			unclear = true;
			break;
		case CONSENT_NOTHING:
			break;
		}
	}
	for (int word = 0; word < CONSENT_WORDS; word++) {
		if (look->others[word] == 0)
			continue;
		if (meaning_of(c, word) == CONSENT_SAYS_OUT)
			c->cells.out += look->others[word];
		unclear |= meaning_of(c, word) == CONSENT_UNCLEAR;
	}
	return unclear;
}

static bool is_value_answered(const struct look *look, struct str cell)
{
	return import_consent_read(CONSENT_VALUES, &look->column->answers,
				   cell) != CONSENT_UNCLEAR;
}

/*
 * Nobody said what the column is, only what its values say. If that is all of
 * them (of a text: all that refuse), it is enough.
 */
static enum import_consent consent_by_values(const struct look *look)
{
	bool is_text = look->header == CONSENT_NO_COLUMN;
	int64_t answered = 0;

	vec_each (&look->values, t) {
		if (is_text ? t->word != CONSENT_OUT ||
				      is_value_answered(look, t->text)
			    : is_value_answered(look, t->text))
			answered += t->count;
		else
			return CONSENT_NO_COLUMN;
	}
	if (!is_text)
		return answered == look->filled ? CONSENT_VALUES
						: CONSENT_NO_COLUMN;
	answered = 0;
	vec_each (&look->refusals, t)
		answered += is_value_answered(look, t->text) ? t->count : 0;
	return answered == look->refuse ? CONSENT_PHRASE : CONSENT_NO_COLUMN;
}

/* All it holds is yes and no, and nobody knows what about. */
static bool is_yes_no(const struct look *look)
{
	const int64_t *n = look->words;
	int64_t known = n[CONSENT_YES] + n[CONSENT_NO];

	return look->column->target == IMPORT_IGNORED && look->is_watched &&
	       known > 0 && known + n[CONSENT_BLANK] == look->filled;
}

static void count_cells(struct look *look, int64_t rows,
			struct import_plan *plan)
{
	struct import_column *c = look->column;

	c->cells.blank = rows - look->filled + look->words[CONSENT_BLANK];
	c->cells.nothing = rows - c->cells.blank - c->cells.out;
	plan->opt_outs += c->cells.out;
}

/* What is asked about a column; NULL: nothing. */
typedef void (*ask_fn)(struct json_writer *w, const struct look *look);

static ask_fn decide_column(const struct import_scan *scan, struct look *look,
			    bool has_mail)
{
	struct import_column *c = look->column;
	ask_fn ask = NULL;

	if (c->consent == CONSENT_NO_COLUMN && is_mapped_to_nothing(scan, look))
		c->consent = CONSENT_IGNORED;
	if (c->consent == CONSENT_NO_COLUMN &&
	    decide_unanswered(look, has_mail))
		ask = look->header == CONSENT_MAYBE_GONE ? ask_gone
							 : ask_column;
	if (c->consent == CONSENT_NO_COLUMN && !ask && look->refuse > 0)
		ask = ask_phrase;
	if (c->consent == CONSENT_NO_COLUMN && c->answers.n > 0) {
		c->consent = consent_by_values(look);
		ask = ask ? ask : ask_column;
	}
	if (c->consent != CONSENT_NO_COLUMN)
		ask = NULL;
	c->is_yes_no = c->consent == CONSENT_NO_COLUMN &&
		       look->header == CONSENT_NO_COLUMN && is_yes_no(look);
	set_target(c);
	if (!ask && has_unclear(look))
		ask = ask_values;
	return ask;
}

/* The rows as a whole say it, or a user. */
static void decide_dates(struct looks *looks, struct import_plan *plan,
			 struct json_writer *w)
{
	int64_t day_first = 0, month_first = 0;

	if (plan->date_order != DATE_ORDER_UNKNOWN)
		return;
	vec_each (looks, look) {
		day_first += look->day_first;
		month_first += look->month_first;
	}
	if (day_first > 0 && month_first == 0)
		plan->date_order = DATE_DAY_FIRST;
	else if (month_first > 0 && day_first == 0)
		plan->date_order = DATE_MONTH_FIRST;
	vec_each (looks, look) {
		if (plan->date_order == DATE_ORDER_UNKNOWN && look->dates > 0)
			ask_date_order(w, look);
	}
}

int import_scan(struct import_scan *scan, struct csv_reader *reader,
		struct arena *arena, struct import_plan *plan, struct err *err)
{
	CLEANUP(looks_release) struct looks looks = VEC_INIT;
	CLEANUP(strbuf_release) struct strbuf questions = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&questions);
	int64_t rows = 0;
	bool has_mail;

	begin_looks(plan, &looks);
	apply_answers(scan, &looks, arena, plan);
	if (read_file(reader, &looks, arena, &rows, err) < 0)
		return -1;
	has_mail = has_opt_out(&looks);
	json_begin_array(&w);
	vec_each (&looks, look) {
		ask_fn ask = decide_column(scan, look, has_mail);

		if (ask)
			ask(&w, look);
		count_cells(look, rows, plan);
	}
	decide_dates(&looks, plan, &w);
	json_end_array(&w);
	if (questions.len > 2)
		strbuf_addslice(scan->questions, strbuf_str(&questions));
	return 0;
}
