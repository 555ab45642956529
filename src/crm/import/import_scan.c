#include "crm/import/import_scan.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/csv/csv.h"
#include "base/err.h"
#include "base/json.h"
#include "base/utf8.h"
#include "crm/import/import_answers.h"
#include "crm/import/import_plan.h"
#include "crm/import/import_question.h"
#include "crm/words/import_date.h"
#include "crm/words/import_refusal.h"
#include "crm/words/import_words.h"

#include <string.h>

#define VALUES_MAX 64  /* of a column that are counted one by one */
#define DATES_MAX 8    /* of them that are dates */
#define WATCHED_MAX 32 /* the same, of a column that is none of consent */

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

/* Is there an answer for that value? Adds to *out if it is that. */
static bool read_answer(const struct look *look, struct str cell, int64_t *out)
{
	bool is_out;

	if (!import_consent_answer(&look->column->answers, cell, &is_out))
		return false;
	*out += is_out;
	return true;
}

static void count_word(struct look *look, struct str cell,
		       enum consent_word word)
{
	look->words[word]++;
	look->spelled += (word == CONSENT_YES || word == CONSENT_NO ||
			  word == CONSENT_EITHER) &&
			 !strchr("0123456789-", cell.s[0]);
}

static void count_cell(struct look *look, struct str cell, struct arena *arena)
{
	struct tally *known = find_tally(&look->values, cell);
	struct tally t = { .text = cell, .count = 1 };

	if (known) {
		known->count++;
		count_word(look, cell, known->word);
		return;
	}
	if (look->is_watched && look->values.n == WATCHED_MAX) {
		look->is_watched = false; /* names, notes: no state */
		return;
	}
	t.word = import_consent_word(cell);
	count_word(look, cell, t.word);
	/* what is answered takes no place: a file with any number of values is
	 * asked about to its end */
	if (look->column->answers.n > 0 &&
	    read_answer(look, cell, &look->said_out)) {
		look->words[CONSENT_BLANK] -= t.word == CONSENT_BLANK;
		return;
	}
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

	if (look->column->answers.n > 0 &&
	    read_answer(look, cell, &look->refusals_out))
		return;
	if (!import_refuses(cell) &&
	    !(look->has_states && import_consent_has_out(cell)))
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

static void count_number(struct look *look, struct str cell)
{
	struct import_number number;

	if (!import_number_parse(cell, DECIMAL_UNKNOWN, &number))
		return;
	look->by_mark += number.by_mark;
	look->points += number.shows == DECIMAL_POINT;
	look->commas += number.shows == DECIMAL_COMMA;
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
		    !look->is_date && !look->is_number)
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
		if (look->is_number)
			count_number(look, cell);
	}
}

/* A word such as "baja" would be nothing but a name, or a place. */
static bool has_states(const struct import_column *c)
{
	if (c->target == IMPORT_FULL_NAME || c->target == IMPORT_COMPANY)
		return false;
	return c->target != IMPORT_TEXT ||
	       (c->text != TEXT_FIRST_NAME && c->text != TEXT_LAST_NAME &&
		c->text != TEXT_NAME && c->text != TEXT_COMPANY_NAME &&
		c->text != TEXT_STREET && c->text != TEXT_CITY &&
		c->text != TEXT_REGION);
}

/* What nobody needs as a field may be anything. */
static bool may_hide_consent(const struct import_column *c)
{
	return c->target == IMPORT_IGNORED || c->target == IMPORT_TAGS ||
	       c->target == IMPORT_CUSTOM ||
	       (c->target == IMPORT_TEXT && c->text == TEXT_STATUS);
}

/* Where no phrase is sought: what is no text, or about consent anyway (letters,
 * and another channel, are not). */
static bool is_searched(const struct look *look)
{
	const struct import_column *c = look->column;

	return (look->header == CONSENT_LETTERS ||
		!import_consent_is_sure(look->header)) &&
	       c->target != IMPORT_EMAIL && c->target != IMPORT_ID &&
	       !(c->target == IMPORT_TEXT && c->text == TEXT_EXTERNAL_KEY);
}

static bool is_date(const struct import_column *c)
{
	return (c->target == IMPORT_TEXT && c->text == TEXT_BIRTHDAY) ||
	       (c->target == IMPORT_CUSTOM &&
		strcmp(c->custom->type, "date") == 0);
}

static bool is_number(const struct import_column *c)
{
	return c->target == IMPORT_CUSTOM &&
	       strcmp(c->custom->type, "number") == 0;
}

static bool is_mapped_to_nothing(const json_t *mapping,
				 const struct import_column *c)
{
	return mapping && json_is_null(json_object_get(mapping, c->header));
}

/* All that our own export tells of consent is there. */
static bool is_told(const struct import_plan *plan)
{
	size_t n = 0;

	vec_each (&plan->columns, c)
		n += import_consent_is_told(str_of(c->header));
	return plan->has_header && n == CONSENT_TOLD_COLUMNS;
}

static bool is_of_our_own(struct str header)
{
	return import_consent_is_told(header) ||
	       import_consent_is_proof(header);
}

static void begin_looks(struct import_plan *plan, const json_t *mapping,
			struct looks *out)
{
	bool told = is_told(plan);

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
		look.has_states = has_states(c);
		look.is_left_out = is_mapped_to_nothing(mapping, c);
		look.is_date = is_date(c);
		look.is_number = is_number(c);
		if ((told && is_of_our_own(str_of(c->header))) ||
		    import_word_is_of_refused(str_of(c->header))) {
			look.is_watched = look.is_searched = false;
			look.header = CONSENT_OTHER;
		}
		if (look.header == CONSENT_OTHER)
			look.header = CONSENT_NO_COLUMN;
		vec_push(out, look);
	}
}

static bool is_blank_row(const struct str *cells, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (utf8_trim(cells[i]).len > 0)
			return false;
	}
	return true;
}

static bool has_consent(const struct looks *looks)
{
	vec_each (looks, look)
		if (look->header != CONSENT_NO_COLUMN)
			return true;
	return false;
}

/* What a row says of whom cannot be held back if it is not seen. */
static int refuse_cut(const struct csv_reader *reader, struct err *err)
{
	return err_field(err, "file",
			 "row %lld is longer than a megabyte: who is named at "
			 "its end, and may want no mail, is not seen; mend or "
			 "remove it, nothing was imported",
			 (long long)csv_row_number(reader));
}

/* *rows: how many of them can be read, and say anything. */
static int read_file(struct csv_reader *reader, struct looks *looks,
		     struct arena *arena, int64_t *rows, struct err *err)
{
	const struct str *cells;
	size_t n;
	int more;

	while ((more = csv_next(reader, &cells, &n, NULL, err)) != 0) {
		if (more < 0 && err->code != ERR_INVALID)
			return -1;
		if (more < 0 && csv_row_is_cut(reader) && has_consent(looks))
			return refuse_cut(reader, err);
		if (more < 0 || is_blank_row(cells, n) ||
		    import_row_is_too_wide(cells, n, looks->n))
			continue;
		look_at_row(looks, cells, n, arena);
		++*rows;
	}
	vec_each (looks, look)
		look->blank = *rows - look->filled;
	return 0;
}

/* --- answers --- */

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
		c->consent = import_consent_of_answer(look, is);
	look->is_remembered = is && column_ms < scan->now_ms;
	import_answer_seen(scan->answers, header, arena, &c->seen);
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

/* --- deciding --- */

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

	for (int word = CONSENT_BLANK + 1; word < CONSENT_WORDS; word++) {
		if (word != CONSENT_NONE)
			n += look->words[word];
	}
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

/* All it holds is yes and no, and nobody knows what about. */
static bool is_yes_no(const struct look *look)
{
	const int64_t *n = look->words;
	int64_t known = n[CONSENT_YES] + n[CONSENT_NO] + n[CONSENT_EITHER];

	return look->column->target == IMPORT_IGNORED && look->is_watched &&
	       known > 0 &&
	       known + n[CONSENT_BLANK] + n[CONSENT_NONE] == look->filled;
}

/* Of such a column: is it in a language whose headers are not all known, or
 * could its header ask for consent? */
static bool may_ask_for_consent(const struct look *look)
{
	vec_each (&look->values, t) {
		if (import_consent_is_foreign(t->text))
			return true;
	}
	return import_consent_asks(str_of(look->column->header));
}

/* A word of consent beside one that has nothing to do with it: what it holds
 * tells. Numbers may be how many: then there are others than 0 and 1. */
static bool speaks_of_consent(const struct look *look)
{
	const int64_t *n = look->words;
	int64_t yes_no = n[CONSENT_YES] + n[CONSENT_NO] + n[CONSENT_EITHER];

	if (n[CONSENT_OUT] || n[CONSENT_IN] || n[CONSENT_INACTIVE] ||
	    look->spelled > 0)
		return true;
	if (look->header == CONSENT_ASIDE_OUT && n[CONSENT_DATE] > 0)
		return true;
	return yes_no > 0 && yes_no == filled_cells(look);
}

/* A column that was left out as a field: does it say "out" all the same? */
static bool says_out(const struct look *look, bool has_mail)
{
	enum import_consent as = look->header == CONSENT_LETTERS
					 ? CONSENT_OPT_OUT
					 : look->header;

	if (has_mail &&
	    (look->header == CONSENT_LETTERS || look->header == CONSENT_REASON))
		return false;
	for (int word = 0; word < CONSENT_WORDS; word++) {
		if (look->words[word] > 0 &&
		    import_consent_meaning(as, (enum consent_word)word) !=
			    CONSENT_NOTHING)
			return true;
	}
	return false;
}

/* A column that nobody answered for. Returns whether it must be asked. */
static bool decide_unanswered(struct look *look, bool has_mail)
{
	const int64_t *n = look->words;
	struct import_column *c = look->column;

	if (look->is_left_out && import_consent_is_sure(look->header))
		return says_out(look, has_mail);
	switch (look->header) {
	case CONSENT_ASIDE_OUT:
	case CONSENT_ASIDE_IN:
		return speaks_of_consent(look);
	case CONSENT_WHICH:
		return n[CONSENT_NONE] > 0 || speaks_of_consent(look);
	case CONSENT_LETTERS:
		c->consent = has_mail ? CONSENT_NO_COLUMN : CONSENT_OPT_OUT;
		return false;
	case CONSENT_REASON: /* the opt-out itself stands beside it */
		c->consent = has_mail ? CONSENT_NO_COLUMN : CONSENT_REASON;
		return false;
	case CONSENT_MAYBE_OUT:
	case CONSENT_MAYBE_GONE:
		return filled_cells(look) > n[CONSENT_NO];
	case CONSENT_MAYBE_IN: /* "none" may be which newsletter they want */
		return filled_cells(look) + n[CONSENT_NONE] > 0;
	case CONSENT_MAYBE_STATE:
		if (n[CONSENT_OUT] || n[CONSENT_IN] || n[CONSENT_INACTIVE])
			c->consent = CONSENT_STATUS;
		return c->consent == CONSENT_NO_COLUMN &&
		       (n[CONSENT_NO] > 0 || has_codes(look));
	case CONSENT_NO_COLUMN:
		return look->is_watched &&
		       (n[CONSENT_OUT] > 0 ||
			(is_yes_no(look) && may_ask_for_consent(look)));
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

/* Are there values that are not understood? Counts those that say "out". */
static bool has_unclear(struct look *look)
{
	struct import_column *c = look->column;
	int64_t cells[CONSENT_MEANINGS];

	import_count_meanings(look, c->consent, cells);
	c->cells.out = cells[CONSENT_SAYS_OUT];
	return cells[CONSENT_UNCLEAR] > 0;
}

/*
 * Nobody said what the column is, only what its values say. If that is all of
 * them (of a text: all that refuse), it is enough.
 */
static enum import_consent consent_by_values(const struct look *look)
{
	bool is_text = look->header == CONSENT_NO_COLUMN;

	for (int word = CONSENT_BLANK + 1; word < CONSENT_WORDS; word++) {
		if (look->others[word] > 0 && (!is_text || word == CONSENT_OUT))
			return CONSENT_NO_COLUMN;
	}
	vec_each (&look->values, t) {
		if (t->word == CONSENT_BLANK && !t->is_torn)
			continue;
		if (!is_text || t->word == CONSENT_OUT)
			return CONSENT_NO_COLUMN;
	}
	if (!is_text)
		return CONSENT_VALUES;
	return look->refuse == 0 ? CONSENT_PHRASE : CONSENT_NO_COLUMN;
}

static void count_cells(struct look *look, int64_t rows,
			struct import_plan *plan)
{
	struct import_column *c = look->column;

	if (import_meaning_of(c, CONSENT_BLANK) == CONSENT_NOTHING)
		c->cells.blank = look->blank + look->words[CONSENT_BLANK];
	c->cells.nothing = rows - c->cells.blank - c->cells.out;
	plan->opt_outs += c->cells.out;
}

/* What is asked about a column; NULL: nothing. */
typedef void (*ask_fn)(struct json_writer *w, const struct look *look);

/* What was answered before is for what was seen then. */
static void take_stale_back(struct look *look, struct arena *arena)
{
	struct import_column *c = look->column;

	import_find_refusing(look, arena);
	look->is_stale = c->consent == CONSENT_IGNORED && look->is_remembered &&
			 import_is_unseen(look);
	if (look->is_stale)
		c->consent = CONSENT_NO_COLUMN;
}

static ask_fn decide_column(struct look *look, bool has_mail,
			    struct arena *arena)
{
	struct import_column *c = look->column;
	ask_fn ask = NULL;

	import_find_torn(look);
	take_stale_back(look, arena);
	if (c->consent == CONSENT_NO_COLUMN &&
	    decide_unanswered(look, has_mail))
		ask = look->header == CONSENT_MAYBE_GONE ? import_ask_gone
							 : import_ask_column;
	if (c->consent == CONSENT_NO_COLUMN && !ask && look->refuse > 0)
		ask = import_ask_phrase;
	if (c->consent == CONSENT_NO_COLUMN && c->answers.n > 0) {
		c->consent = consent_by_values(look);
		ask = ask ? ask : import_ask_column;
	}
	if (c->consent != CONSENT_NO_COLUMN)
		ask = NULL;
	c->is_yes_no = c->consent == CONSENT_NO_COLUMN &&
		       look->header == CONSENT_NO_COLUMN && is_yes_no(look);
	set_target(c);
	if (!ask && has_unclear(look))
		ask = import_ask_values;
	return ask || !look->is_stale ? ask : import_ask_column;
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
			import_ask_date_order(w, look);
	}
}

/* What most of the numbers show. Where none does, a semicolon between cells
 * says that commas are in them. */
static void decide_numbers(const struct looks *looks, struct import_plan *plan)
{
	int64_t by_mark = 0, points = 0, commas = 0;

	vec_each (looks, look) {
		by_mark += look->by_mark;
		points += look->points;
		commas += look->commas;
	}
	if (points != commas)
		plan->decimal = commas > points ? DECIMAL_COMMA : DECIMAL_POINT;
	else if (by_mark > 0)
		plan->decimal =
			plan->delimiter == ';' ? DECIMAL_COMMA : DECIMAL_POINT;
}

int import_scan(struct import_scan *scan, struct csv_reader *reader,
		struct arena *arena, struct import_plan *plan, struct err *err)
{
	CLEANUP(looks_release) struct looks looks = VEC_INIT;
	CLEANUP(strbuf_release) struct strbuf questions = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&questions);
	int64_t rows = 0;
	bool has_mail;

	begin_looks(plan, scan->mapping, &looks);
	apply_answers(scan, &looks, arena, plan);
	if (read_file(reader, &looks, arena, &rows, err) < 0)
		return -1;
	has_mail = has_opt_out(&looks);
	json_begin_array(&w);
	vec_each (&looks, look) {
		ask_fn ask = decide_column(look, has_mail, arena);

		if (ask)
			ask(&w, look);
		count_cells(look, rows, plan);
	}
	decide_dates(&looks, plan, &w);
	decide_numbers(&looks, plan);
	json_end_array(&w);
	if (questions.len > 2)
		strbuf_addslice(scan->questions, strbuf_str(&questions));
	return 0;
}
