#include "crm/import/import_question.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "base/utf8.h"

#include <string.h>

#define SHOWN_MAX 20 /* values in a question */

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
	value.len = utf8_prefix(value, IMPORT_VALUE_SHOWN);
	json_begin_object(w);
	json_key(w, "value");
	json_str(w, value);
	json_key_int(w, "count", count);
	json_end_object(w);
}

enum consent_meaning import_meaning_of(const struct import_column *c, int word)
{
	return import_consent_meaning(c->consent, (enum consent_word)word);
}

void import_find_torn(struct look *look)
{
	bool has_yes = false, has_plus = false;

	vec_each (&look->values, t) {
		enum consent_sign sign = import_consent_sign(t->text);

		has_yes |= t->word == CONSENT_YES && sign != SIGN_CROSS;
		has_plus |= sign == SIGN_PLUS;
	}
	vec_each (&look->values, t) {
		enum consent_sign sign = import_consent_sign(t->text);

		t->is_torn = (sign == SIGN_CROSS && has_yes) ||
			     (sign == SIGN_DASH && has_plus);
	}
}

/* Is it read by words of yes and no? */
static bool has_words(enum import_consent consent)
{
	return consent == CONSENT_OPT_OUT || consent == CONSENT_OPT_IN ||
	       consent == CONSENT_OPT_IN_ONLY || consent == CONSENT_STATUS;
}

/* A value, if that is what the column is. */
static enum consent_meaning meaning_as(const struct look *look,
				       enum import_consent as,
				       const struct tally *t)
{
	if (t->is_torn && has_words(as))
		return CONSENT_UNCLEAR;
	return import_consent_read(as, &look->column->answers, t->text);
}

enum consent_meaning import_meaning_of_value(const struct look *look,
					     const struct tally *t)
{
	return meaning_as(look, look->column->consent, t);
}

void import_count_meanings(const struct look *look, enum import_consent as,
			   int64_t cells[CONSENT_MEANINGS])
{
	memset(cells, 0, CONSENT_MEANINGS * sizeof(*cells));
	if (as == CONSENT_PHRASE) {
		cells[CONSENT_SAYS_OUT] = look->refuse + look->refusals_out;
		return;
	}
	if (as != CONSENT_NO_COLUMN && as != CONSENT_IGNORED)
		cells[CONSENT_SAYS_OUT] = look->said_out;
	cells[import_consent_meaning(as, CONSENT_BLANK)] += look->blank;
	vec_each (&look->values, t)
		cells[meaning_as(look, as, t)] += t->count;
	for (int word = 0; word < CONSENT_WORDS; word++)
		cells[import_consent_meaning(as, (enum consent_word)word)] +=
			look->others[word];
}

static bool is_aside(enum import_consent header)
{
	return header == CONSENT_ASIDE_OUT || header == CONSENT_ASIDE_IN;
}

/* "out" is what a column is asked about for: its yes, or its words. */
enum import_consent import_consent_of_answer(const struct look *look,
					     const char *is)
{
	enum import_consent consent = CONSENT_PHRASE;

	if (strcmp(is, "out") != 0)
		(void)import_consent_named(str_of(is), &consent);
	else if (look->header != CONSENT_NO_COLUMN && !is_aside(look->header))
		consent = CONSENT_OPT_OUT;
	return consent;
}

/* What an answer would make of the cells that were seen. */
static void write_effect(struct json_writer *w, const struct look *look,
			 const char *answer)
{
	int64_t cells[CONSENT_MEANINGS];

	import_count_meanings(look, import_consent_of_answer(look, answer),
			      cells);
	json_begin_object(w);
	json_key_text(w, "answer", answer);
	json_key_int(w, "out", cells[CONSENT_SAYS_OUT]);
	json_key_int(w, "unclear", cells[CONSENT_UNCLEAR]);
	json_end_object(w);
}

/* answers ends with NULL; of a column as a whole, each has an effect. */
static void end_question(struct json_writer *w, const struct look *look,
			 int64_t more, const char *parameter,
			 const char *const *answers)
{
	bool is_whole = strcmp(parameter, "consent") == 0;

	json_end_array(w);
	json_key_int(w, "more", more);
	json_key_text(w, "parameter", parameter);
	json_key_begin_array(w, "answers");
	for (size_t i = 0; answers[i]; i++)
		json_text(w, answers[i]);
	json_end_array(w);
	json_key_begin_array(w, "effects");
	for (size_t i = 0; is_whole && answers[i]; i++)
		write_effect(w, look, answers[i]);
	json_end_array(w);
	json_end_object(w);
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
		    import_meaning_of_value(look, t) != CONSENT_UNCLEAR)
			continue;
		if (shown++ < SHOWN_MAX)
			write_value(w, t->text, t->count);
		else
			more += t->count;
	}
	for (int word = 0; word < CONSENT_WORDS; word++) {
		if (!unclear_only ||
		    import_meaning_of(c, word) == CONSENT_UNCLEAR)
			more += look->others[word];
	}
	return more;
}

void import_ask_column(struct json_writer *w, const struct look *look)
{
	static const char *const answers[] = { "opt_out",     "opt_in",
					       "opt_in_only", "status",
					       "reason",      "out",
					       "ignore",      NULL };

	begin_question(w, "column", look);
	end_question(w, look, write_values(w, look, false), "consent", answers);
}

/* Of a death or a deletion, where a text says that somebody refuses, and of a
 * value. */
static const char *const out_or_ignore[] = { "out", "ignore", NULL };

void import_ask_gone(struct json_writer *w, const struct look *look)
{
	begin_question(w, "gone", look);
	end_question(w, look, write_values(w, look, false), "consent",
		     out_or_ignore);
}

void import_ask_phrase(struct json_writer *w, const struct look *look)
{
	int64_t more = look->refuse;
	size_t n = look->refusals.n < SHOWN_MAX ? look->refusals.n : SHOWN_MAX;

	begin_question(w, "phrase", look);
	for (size_t i = 0; i < n; i++) {
		const struct tally *t = &look->refusals.v[i];

		write_value(w, t->text, t->count);
		more -= t->count;
	}
	end_question(w, look, more, "consent", out_or_ignore);
}

void import_ask_values(struct json_writer *w, const struct look *look)
{
	begin_question(w, "value", look);
	end_question(w, look, write_values(w, look, true), "consent_values",
		     out_or_ignore);
}

void import_ask_date_order(struct json_writer *w, const struct look *look)
{
	static const char *const answers[] = { "dmy", "mdy", NULL };

	begin_question(w, "date_order", look);
	write_value(w, look->date, look->dates);
	end_question(w, look, 0, "date_order", answers);
}

/* --- what an answer is for --- */

/* Would a column with that header say "out" by such a word? */
static bool refuses_by(enum import_consent header, enum consent_word word)
{
	switch (header) {
	case CONSENT_OPT_OUT:
	case CONSENT_REASON:
	case CONSENT_LETTERS:
	case CONSENT_MAYBE_OUT:
	case CONSENT_MAYBE_GONE:
	case CONSENT_ASIDE_OUT:
		return word == CONSENT_YES || word == CONSENT_DATE ||
		       word == CONSENT_OUT || word == CONSENT_INACTIVE ||
		       word == CONSENT_WORD_UNKNOWN || word == CONSENT_EITHER;
	case CONSENT_OPT_IN:
	case CONSENT_MAYBE_IN:
	case CONSENT_ASIDE_IN:
	case CONSENT_WHICH:
		return word == CONSENT_NO || word == CONSENT_OUT ||
		       word == CONSENT_INACTIVE || word == CONSENT_NONE ||
		       word == CONSENT_EITHER;
	default:
		return word == CONSENT_OUT || word == CONSENT_INACTIVE;
	}
}

/* Each yes, no or date is as good as another. */
static void refusing_key(const struct tally *t, struct strbuf *out)
{
	static const char *const classes[CONSENT_WORDS] = {
		[CONSENT_YES] = "(yes)",
		[CONSENT_NO] = "(no)",
		[CONSENT_DATE] = "(date)",
	};

	if (classes[t->word])
		strbuf_addstr(out, classes[t->word]);
	else
		import_consent_value_key(t->text, out);
}

static void add_refusing(struct look *look, const struct tally *t,
			 struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf key = STRBUF_INIT;
	struct texts *all = &look->column->refusing;

	refusing_key(t, &key);
	vec_each (all, known) {
		if (strcmp(*known, key.buf) == 0)
			return;
	}
	vec_push(all, arena_str(arena, strbuf_str(&key)));
}

void import_find_refusing(struct look *look, struct arena *arena)
{
	vec_each (&look->values, t) {
		if (refuses_by(look->header, t->word))
			add_refusing(look, t, arena);
	}
	vec_each (&look->refusals, t)
		add_refusing(look, t, arena);
}

static bool is_seen(const struct import_column *c, const char *key)
{
	vec_each (&c->seen, seen) {
		if (strcmp(*seen, key) == 0)
			return true;
	}
	return false;
}

/* Those that are not kept one by one may be new. */
bool import_is_unseen(const struct look *look)
{
	const struct import_column *c = look->column;
	int64_t kept = 0;

	vec_each (&c->refusing, key) {
		if (!is_seen(c, *key))
			return true;
	}
	vec_each (&look->refusals, t)
		kept += t->count;
	if (look->refuse > kept)
		return true;
	for (int word = 0; word < CONSENT_WORDS; word++) {
		if (word != CONSENT_DATE && look->others[word] > 0 &&
		    refuses_by(look->header, (enum consent_word)word))
			return true;
	}
	return false;
}
