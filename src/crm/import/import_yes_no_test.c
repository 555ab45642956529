/*
 * Columns that hold but yes and no, in words and signs of any language: which
 * of them are asked about, and that no "no" is passed over.
 */
#include "crm/import/import_fixture.h"

#define OUT                                                     \
	"SELECT p.opted_out FROM person p JOIN email e ON e.id" \
	" = p.email_id ORDER BY e.address"

/* A file with a column of that header, and cells between bars. */
static const char *file_of(struct setup *s, const char *header,
			   const char *cells)
{
	CLEANUP(strbuf_release) struct strbuf file = STRBUF_INIT;
	struct str rest = str_of(cells);
	int row = 0;

	strbuf_addf(&file, "email,%s\n", header);
	while (rest.s) {
		struct str cell = str_cut(&rest, '|');

		strbuf_addf(&file, "p%d@x.example,%.*s\n", row++, (int)cell.len,
			    cell.s);
	}
	return arena_str(s->arena, strbuf_str(&file));
}

static void are_asked_about_where_no_header_is_certain(void **state)
{
	static const struct {
		const char *header, *cells;
		bool is_asked;
	} cases[] = {
		/* answers of a language, or a header of a script, or mail */
		{ "Haluaako", "kyllä|ei", true },
		{ "Neco", "ano|ne", true },
		{ "Xyz", "да|не", true },
		{ "Xyz", "po|jo", true },
		{ "Ναι ή όχι", "1|0", true },
		{ "Раз", "x|", true },
		{ "Pošta", "da|ne", true },
		{ "Mail it", "☑|☐", true },
		{ "Mail", "✓|✗", true },
		{ "§ 7", "ja|nein", true },
		{ "Wirklich?", "ja|nein", true },
		/* named in the result, no more */
		{ "VIP", "yes|no", false },
		{ "Hund", "ja|nein", false },
		{ "Dog", "☑|☐", false },
		{ "Dog", "✓|✗", false },
		{ "Membre", "oui|non", false },
		{ "Email verified", "yes|no", false },
		/* no yes and no at all */
		{ "Ville2", "Nem|Zug", false },
		{ "Sukupuoli", "mies|nainen", false },
	};
	struct setup *s = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *file = file_of(s, cases[i].header, cases[i].cells);
		const char *questions = asked(s, file, NULL);

		if ((*questions != '\0') != cases[i].is_asked)
			fail_msg("%s: %s", cases[i].header, questions);
		if (!cases[i].is_asked)
			finish(s);
	}
}

static void no_sign_that_may_say_no_is_passed_over(void **state)
{
	static const struct {
		const char *header, *cells;
		const char *column;       /* what it is */
		const char *asked, *more; /* of values; one by one */
		const char *out;
	} cases[] = {
		{ "Send Mail", "☑|☐|✗|✓|☒|", "opt_in",
		  "[{\"value\":\"✗\",\"count\":1},"
		  "{\"value\":\"☒\",\"count\":1}]",
		  "\"Send Mail:✗\":\"out\",\"Send Mail:☒\":\"ignore\"",
		  "0\n1\n1\n0\n0\n0\n" },
		/* as they write in Korea */
		{ "수신동의", "O|X|", "opt_in",
		  "[{\"value\":\"X\",\"count\":1}]", "\"수신동의:X\":\"out\"",
		  "0\n1\n0\n" },
		/* a cross alone is a mark */
		{ "Newsletter", "X||", "opt_in", NULL, "", "0\n0\n0\n" },
		{ "Newsletter", "+|-|", "opt_in",
		  "[{\"value\":\"-\",\"count\":1}]", "\"Newsletter:-\":\"out\"",
		  "0\n1\n0\n" },
		{ "Newsletter", "ja|-|", "opt_in", NULL, "", "0\n0\n0\n" },
		{ "Toiliú", "tá|níl|", "opt_in",
		  "[{\"value\":\"níl\",\"count\":1}]", "\"Toiliú:níl\":\"out\"",
		  "0\n1\n0\n" },
		{ "Kielto", "kyllä|ei|", "opt_out", NULL, "", "1\n0\n0\n" },
	};
	struct setup *s = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *h = cases[i].header;
		const char *file = file_of(s, h, cases[i].cells);
		const char *said = arena_printf(
			s->arena, "{\"columns\":{\"%s\":\"%s\"},\"values\":{",
			h, cases[i].column);
		const char *half = arena_printf(s->arena, "%s}}", said);
		const char *all =
			arena_printf(s->arena, "%s%s}}", said, cases[i].more);

		contains(asked(s, file, NULL), "\"kind\":\"column\"");
		if (cases[i].asked)
			contains(asked(s, file, half), cases[i].asked);
		assert_string_equal(asked(s, file, all), "");
		contains(result_of(s), cases[i].asked ? "\"blank\":1" : "");
		if (strcmp(table(s, OUT), cases[i].out) != 0)
			fail_msg("%s: %s", h, table(s, OUT));
		exec(s, "DELETE FROM person");
		exec(s, "DELETE FROM email");
		exec(s, "DELETE FROM consent");
		exec(s, "DELETE FROM import_mapping");
	}
}

/* What an answer would do is told with those that are asked about next. */
static void effects_count_what_is_unclear_beside_others(void **state)
{
	struct setup *s = *state;

	contains(asked(s, file_of(s, "수신동의", "O|X|X"), NULL),
		 "{\"answer\":\"opt_in\",\"out\":0,\"unclear\":2}");
}

/* A cell of every kind, twice, a row that ends before it, and one that is
 * blank as a whole. */
#define EVERY                                                               \
	"ja|ja|nein|nein|-|-|||none|none|n/a|n/a|2024-01-01|2024-01-01|"    \
	"abgemeldet|abgemeldet|angemeldet|angemeldet|aktiv|aktiv|"          \
	"inaktiv|inaktiv|manchmal|manchmal|0000-00-00|0000-00-00|x|x|+|+\n" \
	"short@x.example\n , "

/* What the dry run says of it; what is asked about is no opt-out. */
static int64_t tried(struct setup *s, const char *file, const char *answer,
		     int64_t *unclear)
{
	CLEANUP(strbuf_release) struct strbuf said = STRBUF_INIT;
	CLEANUP(json_free) json_t *questions = NULL, *result = NULL;
	struct err err = ERR_INIT;
	const char *text;
	const json_t *value;
	int64_t out;
	size_t i;

	strbuf_addf(&said, "{\"columns\":{\"Newsletter\":\"%s\"},\"values\":{",
		    answer);
	text = asked_at(s, file, arena_printf(s->arena, "%s}}", said.buf), NOW,
			true);
	*unclear = 0;
	if (*text) {
		must(json_parse(str_of(text), &questions, &err), &err);
		json_array_foreach (
			json_object_get(json_array_get(questions, 0), "values"),
			i, value) {
			strbuf_addf(&said, "%s\"Newsletter:%s\":\"ignore\"",
				    i > 0 ? "," : "",
				    json_string_value(
					    json_object_get(value, "value")));
			*unclear += json_integer_value(
				json_object_get(value, "count"));
		}
		strbuf_addstr(&said, "}}");
		assert_string_equal(asked_at(s, file, said.buf, NOW, true), "");
	}
	must(json_parse(str_of(result_of(s)), &result, &err), &err);
	must(json_get_int(result, "opted_out", &out, &err), &err);
	return out;
}

static void effects_are_what_the_dry_run_does(void **state)
{
	struct setup *s = *state;
	CLEANUP(json_free) json_t *questions = NULL;
	const char *file = file_of(s, "Newsletter", EVERY);
	struct err err = ERR_INIT;
	const json_t *effect;
	size_t i;

	must(json_parse(str_of(asked(s, file, NULL)), &questions, &err), &err);
	json_array_foreach (
		json_object_get(json_array_get(questions, 0), "effects"), i,
		effect) {
		const char *answer =
			json_string_value(json_object_get(effect, "answer"));
		int64_t out =
			json_integer_value(json_object_get(effect, "out"));
		int64_t unclear;

		if (tried(s, file, answer, &unclear) != out ||
		    unclear != json_integer_value(
				       json_object_get(effect, "unclear")))
			fail_msg("%s: %d out, %d unclear", answer, (int)out,
				 (int)unclear);
	}
	assert_int_equal(i, 7);
}

/* The association: only who says yes may get mail. */
static void only_who_says_yes_may_get_mail(void **state)
{
	struct setup *s = *state;
	const char *file = "email,Newsletter,city\na@x.example,ja,\n"
			   "b@x.example,nein,\nc@x.example,,Ulm\n"
			   "d@x.example\ne@x.example,none,\n , , \n"
			   "f@x.example,2024-02-01,\ng@x.example,mal,\n";
	const char *only = "{\"columns\":{\"Newsletter\":\"opt_in_only\"}}";
	const char *all = "{\"columns\":{\"Newsletter\":\"opt_in_only\"},"
			  "\"values\":{\"Newsletter:mal\":\"ignore\"}}";

	contains(asked(s, file, NULL),
		 "{\"answer\":\"opt_in_only\",\"out\":4,\"unclear\":1}");
	contains(asked(s, file, only),
		 "\"values\":[{\"value\":\"mal\",\"count\":1}]");
	assert_string_equal(asked(s, file, all), "");
	contains(result_of(s), "\"out\":4,\"nothing\":3,\"blank\":0");
	assert_string_equal(table(s, OUT), "0\n1\n1\n1\n1\n0\n0\n");
	/* and remembered, also for blanks */
	assert_string_equal(
		asked(s, "email,Newsletter,city\nh@x.example\n", NULL), "");
	result_of(s);
	assert_string_equal(table(s, OUT), "0\n1\n1\n1\n1\n0\n0\n1\n");
}

static void an_edition_is_asked_about_if_some_get_none(void **state)
{
	struct setup *s = *state;

	assert_string_equal(
		asked(s, file_of(s, "Newsletter edition", "weekly|May"), NULL),
		"");
	finish(s);
	contains(
		asked(s, file_of(s, "Newsletter edition", "weekly|none"), NULL),
		"\"kind\":\"column\"");
}

static void states_of_orders_are_no_consent(void **state)
{
	struct setup *s = *state;

	assert_string_equal(
		asked(s, file_of(s, "Order status", "shipped|cancelled"), NULL),
		"");
	finish(s);
	contains(asked(s, file_of(s, "Order status", "shipped|unsubscribed"),
		       NULL),
		 "\"kind\":\"column\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(are_asked_about_where_no_header_is_certain),
		TEST(no_sign_that_may_say_no_is_passed_over),
		TEST(effects_count_what_is_unclear_beside_others),
		TEST(effects_are_what_the_dry_run_does),
		TEST(only_who_says_yes_may_get_mail),
		TEST(an_edition_is_asked_about_if_some_get_none),
		TEST(states_of_orders_are_no_consent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
