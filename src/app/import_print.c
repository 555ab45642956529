#include "app/import_print.h"

#include "app/print.h"
#include "base/cleanup.h"
#include "base/json.h"

#include <stdio.h>
#include <string.h>

static long long count(const json_t *object, const char *key)
{
	return (long long)print_int(object, key);
}

/* --- results --- */

/* A count of people, if there are any. */
static void print_people(const json_t *result, const char *key,
			 const char *what)
{
	if (count(result, key))
		printf("%lld %s\n", count(result, key), what);
}

/* How many it opts out: who took yes for no must notice. */
static void print_opt_outs(const json_t *result, bool dry_run)
{
	const json_t *unclear = json_object_get(result, "unclear_opt_outs");
	long long held = count(unclear, "count");

	printf("%lld %s\n", count(result, "opted_out"),
	       dry_run ? "would be opted out" : "opted out");
	print_people(result, "opted_out_before",
		     "said opted out who were already");
	print_people(result, "opt_outs_kept",
		     dry_run ? "opt-outs would be kept of addresses that "
			       "nobody has"
			     : "opt-outs kept of addresses that nobody has");
	print_people(result, "refused_opted_out",
		     dry_run ? "refused rows say opted out, which would be "
			       "heeded"
			     : "refused rows said opted out, which was heeded");
	print_people(result, "left_open",
		     dry_run ? "new ones would stay open: no column says that "
			       "they agreed"
			     : "new ones stay open: no column says that they "
			       "agreed");
	print_people(result, "sharing",
		     dry_run ? "new ones would share an address with somebody "
			       "else: one mail, and one opt-out, for all of it"
			     : "new ones share an address with somebody else: "
			       "one mail, and one opt-out, for all of it");
	print_people(
		result, "opted_out_by_name",
		dry_run ? "of them would be opted out by nothing but their "
			  "name"
			: "of them were opted out by nothing but their "
			  "name");
	print_people(result, "yes_unnoted",
		     dry_run ? "new ones say yes, which would not be noted: "
			       "give the ground with --opted-in"
			     : "new ones say yes, which was not noted: no "
			       "ground was given (--opted-in)");
	print_people(result, "short_rows",
		     "rows end before the last column: what is missing is "
		     "blank, and no yes");
	if (!held)
		return;
	printf("%lld addresses in malformed rows %s: it is unclear whether "
	       "they opted out.\n",
	       held, dry_run ? "would be held" : "are held");
	if (!dry_run)
		printf("Decide on them: muster import decide %lld --opt-out "
		       "(or --release)\n",
		       count(result, "import_id"));
}

static void print_names(const json_t *names, const char *what)
{
	const json_t *name;
	size_t i;

	json_array_foreach (names, i, name)
		fprintf(stderr, "%s%s\"%s\"",
			i > 0 ? ", " : "muster: ", i > 0 ? "" : what,
			json_string_value(name));
	if (i > 0)
		fputs("\n", stderr);
}

static void print_consent_column(const json_t *column)
{
	const char *name = print_text(column, "column");
	const char *as = print_text(column, "as");
	const char *at = print_text(column, "answered_at");

	if (strcmp(as, "ignore") == 0)
		fprintf(stderr, "muster: consent column \"%s\" is ignored",
			name);
	else
		fprintf(stderr, "muster: column \"%s\" read as %s", name, as);
	if (*at)
		fprintf(stderr,
			", as answered on %.10s (to be asked again: muster "
			"import answers)",
			at);
	if (strcmp(as, "ignore") != 0)
		fprintf(stderr,
			": %lld cells say no mail, %lld nothing, %lld are "
			"blank",
			count(column, "out"), count(column, "nothing"),
			count(column, "blank"));
	fputs("\n", stderr);
}

/* What nobody will find in the records: said aloud. */
static void print_columns(const json_t *result)
{
	const json_t *column;
	size_t i;

	print_names(json_object_get(result, "ignored_columns"),
		    "columns passed over, nothing of them was imported: ");
	print_names(json_object_get(result, "yes_no_columns"),
		    "these of them hold only yes and no; if one says who wants "
		    "mail, say so with --consent: ");
	json_array_foreach (json_object_get(result, "blanked_columns"), i,
			    column)
		fprintf(stderr,
			"muster: column \"%s\": %lld dates without a year "
			"were left blank\n",
			print_text(column, "column"), count(column, "count"));
	json_array_foreach (json_object_get(result, "consent_columns"), i,
			    column)
		print_consent_column(column);
}

static void print_result_json(const json_t *job)
{
	static const char *const keys[] = {
		"created",     "updated",          "unchanged",
		"refused",     "repeated",         "refused_opted_out",
		"opted_out",   "opted_out_before", "opt_outs_kept",
		"left_open",   "sharing",          "opted_out_by_name",
		"yes_unnoted", "short_rows",       "import_id",
	};
	static const char *const lists[] = { "ignored_columns",
					     "yes_no_columns",
					     "blanked_columns",
					     "consent_columns" };
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&out);
	const json_t *result = json_object_get(job, "result");

	json_begin_object(&w);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		json_key_int(&w, keys[i], count(result, keys[i]));
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		json_key(&w, lists[i]);
		json_tree(&w, json_object_get(result, lists[i]));
	}
	json_key_int(
		&w, "unclear_opt_outs",
		count(json_object_get(result, "unclear_opt_outs"), "count"));
	json_key_bool(&w, "dry_run",
		      json_is_true(json_object_get(result, "dry_run")));
	json_key_int(&w, "job_id", count(job, "id"));
	json_end_object(&w);
	puts(out.buf);
}

void import_print_result(const json_t *job, bool as_json)
{
	const json_t *result = json_object_get(job, "result");
	bool dry_run = json_is_true(json_object_get(result, "dry_run"));

	print_columns(result);
	if (as_json) {
		print_result_json(job);
		return;
	}
	printf("%s%lld created, %lld updated, %lld unchanged, %lld "
	       "refused (import %lld, job %lld)\n",
	       dry_run ? "dry run: " : "", count(result, "created"),
	       count(result, "updated"), count(result, "unchanged"),
	       count(result, "refused"), count(result, "import_id"),
	       count(job, "id"));
	print_opt_outs(result, dry_run);
}

/* --- questions --- */

static void print_values(const json_t *question)
{
	const json_t *value;
	size_t i;

	json_array_foreach (json_object_get(question, "values"), i, value)
		fprintf(stderr, "    %8lld  %s\n", count(value, "count"),
			print_text(value, "value"));
	if (count(question, "more") > 0)
		fprintf(stderr, "    %8lld  others\n", count(question, "more"));
}

static void answer_dates(const char *column, const char *value)
{
	(void)column;
	(void)value;
	fputs("  answer with --date-order dmy or --date-order mdy\n", stderr);
}

static void answer_values(const char *column, const char *value)
{
	fprintf(stderr,
		"  answer each with --consent-value \"%s:%s=out\" (no mail) "
		"or \"...=ignore\",\n  or the column with --consent "
		"\"%s=ignore\"\n",
		column, value, column);
}

static void answer_out(const char *column, const char *value)
{
	(void)value;
	fprintf(stderr,
		"  answer with --consent \"%s=out\" (they get no mail) or "
		"\"%s=ignore\"\n",
		column, column);
}

static void answer_column(const char *column, const char *value)
{
	static const char *const ways[][2] = {
		{ "opt_out", "a yes, or a date, in it means no mail" },
		{ "opt_in", "a no in it means no mail; blank may get it" },
		{ "opt_in_only", "only a yes may get mail; blank may not" },
		{ "status", "words in it do, such as \"unsubscribed\"" },
		{ "reason", "a text in it means no mail: why somebody left" },
		{ "ignore", "it is about something else" },
	};

	fputs("  answer with one of\n", stderr);
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
		fprintf(stderr, "    --consent \"%s=%s\"  %s\n", column,
			ways[i][0], ways[i][1]);
	fprintf(stderr,
		"  or, if none of them fits, each value with --consent-value "
		"\"%s:%s=out\" (no mail) or \"...=ignore\"\n",
		column, value);
}

static const struct kind {
	const char *name, *question;
	void (*answer)(const char *column, const char *value);
} kinds[] = {
	{ "date_order", "is the day or the month first?", answer_dates },
	{ "value", "do these say that somebody wants no mail?", answer_values },
	{ "gone", "are those with a yes or a date to get no mail?",
	  answer_out },
	{ "phrase", "are those whose text refuses mail to get none?",
	  answer_out },
	{ "column", "does it say who wants no mail?", answer_column },
};

static void print_question(const json_t *q)
{
	const char *column = print_text(q, "column"), *as = print_text(q, "as");
	const json_t *first = json_array_get(json_object_get(q, "values"), 0);
	const struct kind *kind = kinds;

	while (kind < kinds + ARRAY_SIZE(kinds) - 1 &&
	       strcmp(print_text(q, "kind"), kind->name) != 0)
		kind++;
	fprintf(stderr, "Column \"%s\"%s%s%s: %s\n", column, *as ? " (" : "",
		as, *as ? ")" : "", kind->question);
	print_values(q);
	kind->answer(column, print_text(first, "value"));
}

size_t import_print_questions(const json_t *questions)
{
	const json_t *question;
	size_t i;

	json_array_foreach (questions, i, question)
		print_question(question);
	return i;
}
