#include "crm/import/import_answers.h"

#include "crm/import/import_fixture.h"

#define DAY 86400000
#define ROWS "SELECT COUNT(*) FROM import_mapping"
#define STORED                                               \
	"SELECT mapping FROM import_mapping WHERE name LIKE" \
	" 'answers:%'"
#define OUT                                                  \
	"SELECT p.opted_out FROM person p JOIN email e ON e" \
	".id = p.email_id ORDER BY e.address"
#define FILE_OF_STATES                                           \
	"email,Statut\na@x.example,Actif\nb@x.example,Inactif\n" \
	"c@x.example,INACTIF\n"

/* Answers are used for it, and the next import asks as if it had not been. */
static void a_dry_run_remembers_nothing(void **state)
{
	static const char file[] = "email,Erlaubnis\na@x.example,keine\n";
	CLEANUP(json_free)
	json_t *mapping = json_pack("{ssss}", "A", "email", "B", "city");
	struct setup *s = *state;
	const char *questions = asked(s, file, NULL);

	assert_string_equal(asked_at(s, file,
				     "{\"columns\":{\"Erlaubnis\":\"ignore\"}}",
				     NOW, true),
			    "");
	contains(result_of(s), "\"created\":1");
	assert_int_equal(number(s, ROWS), 0);
	assert_string_equal(asked(s, file, NULL), questions);

	start_with(s, "A,B\na@x.example,Bern\n",
		   (struct import_input){ .dry_run = true,
					  .mapping = mapping,
					  .mapping_name = "mine" });
	assert_int_equal(number(s, ROWS), 0);
}

static void the_last_answer_counts_in_any_case(void **state)
{
	static const struct {
		const char *answers, *out;
	} cases[] = {
		{ "{\"values\":{\"Statut:Inactif\":\"out\"}}", "0\n1\n1\n" },
		{ "{\"values\":{\"Statut:inactif\":\"ignore\"}}", "0\n0\n0\n" },
		{ "{\"values\":{\"STATUT: INACTIF \":\"out\","
		  "\"statut:Inactif\":\"ignore\"}}",
		  "0\n0\n0\n" },
		{ NULL, "0\n0\n0\n" },
		{ "{\"values\":{\"st\u00e1tut:inactif\":\"out\"}}",
		  "0\n1\n1\n" },
		{ NULL, "0\n1\n1\n" },
	};
	struct setup *s = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_string_equal(asked(s, FILE_OF_STATES, cases[i].answers),
				    "");
		finish(s);
		assert_string_equal(table(s, OUT), cases[i].out);
		exec(s, "DELETE FROM person");
		exec(s, "DELETE FROM email");
		exec(s, "DELETE FROM consent");
	}
	assert_int_equal(number(s, ROWS), 1);
	assert_null(strstr(table(s, STORED), "Inactif"));
}

/* What stands there from before, or was damaged, fails no import. */
static void stored_answers_that_are_none_are_not_answered(void **state)
{
	static const struct {
		const char *stored;
		bool answered;
	} cases[] = {
		{ "{\"values\":{\"Statut:Inactif\":\"out\"}}", true },
		{ "{\"columns\":{\"Statut\":\"ignore\"}}", true },
		{ "{\"values\":{\"Statut:Inactif\":\"out\","
		  "\"STATUT:inactif\":\"out\"}}",
		  true },
		{ "{\"values\":{\"Statut:Inactif\":\"out\","
		  "\"Statut:inactif\":\"ignore\"}}",
		  false },
		{ "{\"columns\":{\"Statut\":\"opt_in\",\"statut\":\"ignore\"}}",
		  false },
		{ "{\"values\":{\"Statut:Inactif\":\"out\",\"Statut:Inactif\":"
		  "\"out\"}}",
		  false },
		{ "{\"values\":{\"statut\":{\"inactif\":null}}}", false },
		{ "{\"values\":{\"statut\":{\"inactif\":{\"is\":7}}}}", false },
		{ "{\"values\":{\"Statut:Inactif\":\"perhaps\"}}", false },
		{ "{\"values\":[],\"columns\":3,\"date_order\":\"ymd\"}",
		  false },
		{ "{\"columns\":{\"statut\":{\"is\":\"nonsense\"}}}", false },
		{ "[]", false },
		{ "no JSON {", false },
		{ "", false },
	};
	struct setup *s = *state;

	assert_string_equal(asked(s, FILE_OF_STATES,
				  "{\"columns\":{\"Statut\":\"ignore\"}}"),
			    "");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *questions;

		exec(s, arena_printf(s->arena,
				     "UPDATE import_mapping SET mapping = '%s'",
				     cases[i].stored));
		questions = asked(s, FILE_OF_STATES, NULL);
		if (cases[i].answered != !*questions)
			fail_msg("%s: %s", cases[i].stored, questions);
		if (*questions)
			contains(questions, "\"kind\":\"value\"");
		/* and it can be mended by answering again */
		assert_string_equal(
			asked(s, FILE_OF_STATES,
			      "{\"values\":{\"Statut:Inactif\":\"out\"}}"),
			"");
		finish(s);
		contains(table(s, STORED), "\"inactif\":{\"is\":\"out\"");
	}
}

static void what_was_answered_before_is_named(void **state)
{
	static const char file[] = "email,Newsletter,Abo\na@x.example,ja,\n";
	struct setup *s = *state;

	assert_string_equal(
		asked(s, file, "{\"columns\":{\"Newsletter\":\"ignore\"}}"),
		"");
	contains(result_of(s), "{\"column\":\"Newsletter\",\"as\":\"ignore\","
			       "\"answered_at\":null");
	assert_string_equal(asked_at(s, file, NULL, NOW + DAY, false), "");
	contains(result_of(s), "{\"column\":\"Newsletter\",\"as\":\"ignore\","
			       "\"answered_at\":\"2023-11-14T22:13:20");
}

static const char *listed(struct setup *s)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct err err = ERR_INIT;

	must(import_answers_list(s->db, 10, &out, &err), &err);
	return arena_strdup(s->arena, out.buf);
}

static void answers_can_be_forgotten(void **state)
{
	static const char file[] =
		"email,Newsletter,Status\na@x.example,ja,inaktiv\n";
	static const char answers[] =
		"{\"columns\":{\"Newsletter\":\"ignore\"},"
		"\"values\":{\"Status:inaktiv\":\"out\"}}";
	struct setup *s = *state;
	struct err err = ERR_INIT;
	const char *id;

	assert_string_equal(asked(s, file, answers), "");
	id = table(s, "SELECT name FROM import_mapping");
	id = arena_printf(s->arena, "%.64s", id + strlen("answers:header:"));
	contains(listed(s), id);
	contains(listed(s), "{\"column\":\"newsletter\",\"value\":null,"
			    "\"is\":\"ignore\"");
	contains(listed(s), "{\"column\":\"status\",\"value\":\"inaktiv\","
			    "\"is\":\"out\"");
	must(import_answers_forget(s->db, id, "NEWSLETTER", &err), &err);
	contains(asked(s, file, NULL), "\"column\":\"Newsletter\"");
	assert_null(strstr(asked(s, file, NULL), "\"column\":\"Status\""));
	assert_int_equal(import_answers_forget(s->db, id, "Newsletter", &err),
			 -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
	must(import_answers_forget(s->db, id, NULL, &err), &err);
	assert_int_equal(number(s, ROWS), 0);
	contains(asked(s, file, NULL), "\"column\":\"Status\"");
	assert_int_equal(import_answers_forget(s->db, id, NULL, &err), -1);
	assert_int_equal(err.code, ERR_NOT_FOUND);
}

/* Imports that were started with two answers to a value can be looked at. */
static void options_with_a_double_answer_can_be_read(void **state)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	CLEANUP(json_free) json_t *tree = NULL;
	struct setup *s = *state;
	struct import_run run;
	struct err err = ERR_INIT;

	assert_string_equal(asked(s, FILE_OF_STATES,
				  "{\"values\":{\"Statut:Inactif\":\"out\"}}"),
			    "");
	exec(s, "UPDATE import_run SET options = REPLACE(options,"
		" '{\"inactif\":', '{\"inactif\":\"ignore\",\"inactif\":')");
	contains(table(s, "SELECT options FROM import_run"), "ignore");
	must(import_get(s->db, s->id, s->arena, &run, &err), &err);
	import_format(&run, -1, &out);
	must(json_parse(strbuf_str(&out), &tree, &err), &err);
	finish(s);
	assert_string_equal(table(s, OUT), "0\n1\n1\n");
	contains(refused(s), "import_reason");
	undo(s);
}

/* Whatever fails, answers are kept whole or not at all. */
static void failures_lose_no_answer(void **state)
{
	static const char file[] = "email,Newsletter,Abo\na@x.example,ja,\n";
	struct setup *s = *state;
	const char *before, *id;
	int n = 0, ret = -1;

	assert_string_equal(
		asked(s, file, "{\"columns\":{\"Newsletter\":\"ignore\"}}"),
		"");
	before = table(s, STORED);
	while (*asked(s, file, NULL) == '\0' && n < 100) {
		const char *problem;

		db_fail_nth(s->db, ++n);
		problem = asked(s, file, "{\"columns\":{\"Abo\":\"ignore\"}}");
		db_fail_nth(s->db, 0);
		if (!*problem)
			break;
		assert_string_equal(table(s, STORED), before);
	}
	contains(table(s, STORED), "\"abo\"");
	contains(table(s, STORED), "\"newsletter\"");

	before = table(s, STORED);
	id = table(s, "SELECT name FROM import_mapping");
	id = arena_printf(s->arena, "%.64s", id + strlen("answers:header:"));
	for (n = 1; ret < 0 && n < 100; n++) {
		struct err err = ERR_INIT;

		db_fail_nth(s->db, n);
		ret = import_answers_forget(s->db, id, "Abo", &err);
		db_fail_nth(s->db, 0);
		if (ret < 0)
			assert_string_equal(table(s, STORED), before);
	}
	assert_null(strstr(table(s, STORED), "\"abo\""));
	contains(table(s, STORED), "\"newsletter\"");
}

/* --- what is asked, and what the answers do --- */

static void whatever_may_be_an_objection_is_asked_about(void **state)
{
	static const struct {
		const char *file; /* of a, b, c */
		const char *asks[3];
		const char *answers, *out;
	} cases[] = {
		{ "email,Notes\na@x.example,UNSUBSCRIBED - do not email\n"
		  "b@x.example,met in May\nc@x.example,yes\n",
		  { "\"kind\":\"phrase\",\"column\":\"Notes\"",
		    "{\"value\":\"UNSUBSCRIBED - do not email\",\"count\":1}",
		    "\"answers\":[\"out\",\"ignore\"]" },
		  "{\"columns\":{\"Notes\":\"out\"}}",
		  "1\n0\n0\n" },
		{ "email,Notes\na@x.example,keine E-Mails!\n"
		  "b@x.example,Keine E-Mails!\nc@x.example,opted out\n",
		  { "\"column\":\"Notes\"", "\"count\":1" },
		  "{\"values\":{\"Notes:keine E-Mails!\":\"ignore\","
		  "\"Notes:opted out\":\"out\"}}",
		  "0\n0\n1\n" },
		{ "email,Newsletter Name\na@x.example,Weekly\n"
		  "b@x.example,none\nc@x.example,\n",
		  { "\"kind\":\"column\",\"column\":\"Newsletter Name\"",
		    "{\"answer\":\"status\",\"out\":0,\"unclear\":2}" },
		  "{\"columns\":{\"Newsletter Name\":\"status\"},"
		  "\"values\":{\"Newsletter Name:Weekly\":\"ignore\","
		  "\"Newsletter Name:none\":\"out\"}}",
		  "0\n1\n0\n" },
		{ "email,Notes\na@x.example,verstorben 2024\n"
		  "b@x.example,met in May\nc@x.example,Deceased\n",
		  { "\"kind\":\"phrase\",\"column\":\"Notes\"",
		    "{\"answer\":\"out\",\"out\":2,\"unclear\":0}",
		    "{\"answer\":\"ignore\",\"out\":0,\"unclear\":0}" },
		  "{\"columns\":{\"Notes\":\"out\"}}",
		  "1\n0\n1\n" },
		{ "email,Last name\na@x.example,Smith (do not contact)\n"
		  "b@x.example,Miller\nc@x.example,Jones\n",
		  { "\"kind\":\"phrase\",\"column\":\"Last name\"" },
		  "{\"columns\":{\"Last name\":\"out\"}}",
		  "1\n0\n0\n" },
		{ "email,Notes\na@x.example,ne pas contacter\n"
		  "b@x.example,\nc@x.example,\n",
		  { "\"column\":\"Notes\"" },
		  "{\"columns\":{\"Notes\":\"ignore\"}}",
		  "0\n0\n0\n" },
		{ "email,Deceased\na@x.example,1\nb@x.example,0\n"
		  "c@x.example,\n",
		  { "\"kind\":\"gone\",\"column\":\"Deceased\"",
		    "{\"value\":\"1\",\"count\":1}", "[\"out\",\"ignore\"]" },
		  "{\"columns\":{\"Deceased\":\"out\"}}",
		  "1\n0\n0\n" },
		{ "email,Is Deceased\na@x.example,0\nb@x.example,No\n"
		  "c@x.example,\n",
		  { NULL },
		  NULL,
		  "0\n0\n0\n" },
		{ "email,Contact Is Deleted\na@x.example,1\nb@x.example,0\n"
		  "c@x.example,0\n",
		  { "\"kind\":\"gone\"" },
		  "{\"values\":{\"Contact Is Deleted:1\":\"out\","
		  "\"Contact Is Deleted:0\":\"ignore\"}}",
		  "1\n0\n0\n" },
		{ "email,Contact preferences\na@x.example,Post only\n"
		  "b@x.example,Email\nc@x.example,\n",
		  { "\"kind\":\"column\"", "\"value\":\"Post only\"" },
		  "{\"values\":{\"Contact preferences:Post only\":\"out\","
		  "\"Contact preferences:Email\":\"ignore\"}}",
		  "1\n0\n0\n" },
		{ "email,Lettre d\u2019information\na@x.example,oui\n"
		  "b@x.example,non\nc@x.example,\n",
		  { "\"kind\":\"column\"" },
		  "{\"columns\":{\"Lettre d\u2019information\":\"opt_in\"}}",
		  "0\n1\n0\n" },
		{ "email,Uitgeschreven\na@x.example,ja\nb@x.example,nee\n"
		  "c@x.example,\n",
		  { "\"kind\":\"column\"" },
		  "{\"columns\":{\"uitgeschreven\":\"opt_out\"}}",
		  "1\n0\n0\n" },
	};
	struct setup *s = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *questions = asked(s, cases[i].file, NULL);

		for (int j = 0; j < 3 && cases[i].asks[j]; j++)
			contains(questions, cases[i].asks[j]);
		if (cases[i].asks[0])
			questions = asked(s, cases[i].file, cases[i].answers);
		assert_string_equal(questions, "");
		finish(s);
		if (strcmp(table(s, OUT), cases[i].out) != 0)
			fail_msg("%s: %s", cases[i].file, table(s, OUT));
		exec(s, "DELETE FROM person");
		exec(s, "DELETE FROM email");
		exec(s, "DELETE FROM consent");
		exec(s, "DELETE FROM import_mapping");
	}
}

/* A note in one of thousands of cells is found as well. */
static void a_refusal_among_many_values_is_found(void **state)
{
	CLEANUP(strbuf_release) struct strbuf file = STRBUF_INIT;
	struct setup *s = *state;

	strbuf_addstr(&file, "email,Notes\n");
	for (int i = 0; i < 2000; i++)
		strbuf_addf(&file, "p%d@x.example,note %d%s\n", i, i,
			    i % 500 == 7 ? ": unsubscribed" : "");
	contains(asked(s, file.buf, NULL),
		 "{\"value\":\"note 7: unsubscribed\",\"count\":1}");
	assert_string_equal(
		asked(s, file.buf, "{\"columns\":{\"Notes\":\"out\"}}"), "");
	contains(result_of(s), "\"as\":\"phrase\",\"answered_at\":null,"
			       "\"out\":4,\"nothing\":1996,\"blank\":0");
	assert_int_equal(number(s, "SELECT COUNT(*) FROM person"
				   " WHERE opted_out = 1"),
			 4);
}

/* Values alone do not make a column of "Newsletter" one of states. */
static void answers_to_values_are_no_answer_to_the_column(void **state)
{
	static const char file[] = "email,Newsletter\na@x.example,ja\n"
				   "b@x.example,nein\nc@x.example,\n";
	struct setup *s = *state;

	contains(asked(s, file, "{\"values\":{\"Newsletter:nein\":\"out\"}}"),
		 "\"kind\":\"column\"");
	assert_string_equal(asked(s, file,
				  "{\"values\":{\"Newsletter:nein\":\"out\","
				  "\"Newsletter:ja\":\"ignore\"}}"),
			    "");
	contains(result_of(s), "\"as\":\"values\"");
	assert_string_equal(table(s, OUT), "0\n1\n0\n");
	contains(asked(s,
		       "email,Newsletter\na@x.example,ja\n"
		       "b@x.example,vielleicht\n",
		       NULL),
		 "\"vielleicht\"");
}

static void columns_of_yes_and_no_are_named(void **state)
{
	struct setup *s = *state;

	import(s, "email,Shoes,Hats,City\na@x.example,yes,red,Bern\n"
		  "b@x.example,no,yes,Bern\nc@x.example,,,\n");
	assert_string_equal(asked(s,
				  "email,Shoes,Hats,City\na@x.example,yes,red,"
				  "Bern\nb@x.example,no,yes,Bern\n",
				  NULL),
			    "");
	contains(result_of(s), "\"yes_no_columns\":[\"Shoes\"]");
}

/* --- imports that wait --- */

static int64_t files_of(struct setup *s)
{
	CLEANUP(strbuf_release) struct strbuf command = STRBUF_INIT;
	FILE *out;
	int n = -1;

	strbuf_addf(&command, "ls %s/imports | wc -l", s->folder);
	out = popen(command.buf, "r");
	assert_non_null(out);
	assert_int_equal(fscanf(out, "%d", &n), 1);
	pclose(out);
	return n;
}

static void a_file_that_comes_again_ends_the_import_that_waits(void **state)
{
	static const char file[] = "email,opt out\na@x.example,yes\n";
	struct setup *s = *state;
	const char *waiting;

	assert_string_equal(asked(s, file, NULL), "");
	exec(s, "UPDATE job SET state = 3");
	waiting = arena_printf(s->arena, "SELECT state FROM job WHERE id = %d",
			       (int)s->job_id);
	assert_string_equal(asked(s, "email,opt out\nb@x.example,yes\n", NULL),
			    "");
	assert_string_equal(asked_at(s, file, NULL, NOW, true), "");
	assert_int_equal(number(s, waiting), 3);
	assert_int_equal(files_of(s), 3);
	assert_string_equal(asked(s, file, NULL), "");
	assert_int_equal(number(s, waiting), 6);
	contains(table(s, "SELECT error FROM job WHERE state = 6"),
		 "its file was imported again: import 4");
	assert_int_equal(files_of(s), 3);
	/* what was confirmed meanwhile is let be */
	exec(s, "UPDATE job SET state = 1");
	assert_string_equal(asked(s, file, NULL), "");
	assert_int_equal(number(s, waiting), 1);
}

/* --- what is asked about --- */

/* A header, its values, and whether a file with it asks. */
struct column_case {
	const char *header, *values; /* between bars */
	bool asks;
};

static const struct column_case column_cases[] = {
	/* a harmless word beside one of consent */
	{ "Newsletter opt-in at signup", "No|Yes", true },
	{ "Lead Email Opt In", "No", true },
	{ "Email opt-in (on website)", "no|yes", true },
	{ "First opt-in newsletter", "nein", true },
	{ "Marketing consent by user", "false", true },
	{ "Accepts marketing source country", "no", true },
	{ "Total opt-out", "yes", true },
	{ "Total opt-out", "1|0", true },
	{ "Unsubscribed from list ID 7", "yes", true },
	{ "Unsubscribed from list ID 7", "2024-03-01 10:00:00", true },
	{ "Unsubscribed (form page)", "yes", true },
	{ "Notification opt-out", "yes", true },
	{ "Unsubscribed from all (SMS\\, WhatsApp)", "yes", true },
	{ "SMS / Marketing", "unsubscribed", true },
	{ "Optin Date", "2024-03-01|unsubscribed", true },
	{ "Opt-in time", "no|2020-01-01", true },
	{ "Newsletter since", "no", true },
	{ "Newsletter title", "weekly|do not email", true },
	{ "Phone opt-in", "yes|do not email", true },
	{ "Cookie consent", "no", true },
	/* the same, harmless */
	{ "Optin Date", "2024-03-01|2024-03-02", false },
	{ "opt_in_ip", "192.0.2.1", false },
	{ "Opt-in source", "web|fair", false },
	{ "Newsletter title", "weekly|monthly", true },
	{ "Email type", "html|text", false },
	{ "Mailing Street", "High Street 1", false },
	{ "Marketing emails opened", "0|1|5", false },
	{ "Nombre de desinscriptions", "0|2|1", false },
	{ "Unsubscribe link", "https://example.org/u/1", false },
	{ "Phone opt-in", "yes|no", false },
	{ "Do Not Call", "1|0", false },
	{ "SMS_BLACKLISTED", "yes", false },
	{ "WhatsApp opt-in", "no", false },
	{ "Fax Opt Out", "1", false },
	{ "VIP", "yes|no", false },
	{ "Paid", "1|0", false },
	/* questions, and scripts that nobody here reads */
	{ "May we write to you?", "No", true },
	{ "D\u00fcrfen wir Sie anschreiben?", "nein|ja", true },
	{ "Tilladelse", "nej", true },
	{ "Pozwolenie", "nie", true },
	{ "\uad11\uace0 \uc218\uc2e0", "\uac70\ubd80", true },
	{ "\u30e1\u30fc\u30eb", "\u62d2\u5426", true },
	{ "\u63a5\u6536\u90ae\u4ef6", "\u5426", true },
	{ "\u05d3\u05d9\u05d5\u05d5\u05e8", "\u05dc\u05d0", true },
	{ "\u0938\u0939\u092e\u0924\u093f", "\u0928\u0939\u0940\u0902", true },
	{ "\u0110\u1ed3ng \u00fd nh\u1eadn th\u01b0", "Kh\u00f4ng", true },
	{ "\u043f\u0438\u0441\u044c\u043c\u0430?", "\u043d\u0435\u0442", true },
	/* a word of a state, alone or as one of several */
	{ "Segment", "A|Unsubscribed", true },
	{ "Segment", "A|Baja", true },
	{ "Memo", "vip; baja", true },
	{ "Memo", "vip;cleaned", true },
	{ "Memo", "vip, bounced", true },
	{ "Memo", "STOP", true },
	{ "Memo", "has a Spam filter|bounced cheque 3", false },
	{ "Memo", "Baja California|stop over in Bonn", false },
	{ "Job title", "Opted Out", true },
	{ "Country", "UNSUBSCRIBED", true },
	{ "Last name", "Smith (unsubscribed)", true },
	{ "Last name", "Baja", false },
	{ "City", "Baja", false },
};

/* Rows of one value each; *filler before them, all different. */
static const char *file_of(struct setup *s, const struct column_case *c,
			   int filler)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct str rest = str_of(c->values);
	int n = 0;

	strbuf_addstr(&text, "email,key,\"");
	for (const char *at = c->header; *at; at++)
		if (*at != '\\')
			strbuf_addch(&text, *at);
	strbuf_addstr(&text, "\"\n");
	while (n < filler) {
		strbuf_addf(&text, "a%d@x.example,k%d,value %d\n", n, n, n);
		n++;
	}
	while (rest.s) {
		struct str value = str_cut(&rest, '|');

		strbuf_addf(&text, "a%d@x.example,k%d,\"%.*s\"\n", n, n,
			    (int)value.len, value.s);
		n++;
	}
	return arena_str(s->arena, strbuf_str(&text));
}

static void columns_that_could_be_of_consent_are_asked_about(void **state)
{
	struct setup *s = *state;
	int wrong = 0;

	for (size_t i = 0; i < ARRAY_SIZE(column_cases); i++) {
		const struct column_case *c = &column_cases[i];
		const char *questions = asked(s, file_of(s, c, 0), NULL);

		if (c->asks ? *questions == '[' : *questions == '\0')
			continue;
		print_error("%s (%s): %s\n", c->header, c->values, questions);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

/* However many other values a column has. */
static void words_that_refuse_are_found_among_many(void **state)
{
	static const struct column_case cases[] = {
		{ "Memo", "baja", true },
		{ "Memo", "vip; cleaned", true },
		{ "Tags", "vip;bounced", true },
		{ "Memo", "please do not email", true },
		{ "Memo", "GDPR objection", true },
		{ "Memo", "gelöscht auf Wunsch", true },
		{ "Memo", "telephone only", true },
		{ "Memo", "nur per Post", true },
		{ "Memo", "likes mail", false },
	};
	struct setup *s = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *questions =
			asked(s, file_of(s, &cases[i], 200), NULL);

		if (cases[i].asks)
			contains(questions, "\"kind\":\"phrase\"");
		else
			assert_string_equal(questions, "");
	}
}

/* A header whose words stand far behind is read, too. */
static void long_headers_are_read(void **state)
{
	struct setup *s = *state;

	for (int len = 150; len < 10000; len = len * 3) {
		const struct column_case c = {
			arena_printf(s->arena, "%0*d and our newsletter", len,
				     0),
			"No", true
		};

		contains(asked(s, file_of(s, &c, 0), NULL), "\"No\"");
	}
}

/* --- columns that are left out --- */

/* That a column is no field says nothing about consent; nor does that somebody
 * left it out before. */
static void what_is_left_out_is_asked_about(void **state)
{
	static const struct {
		const char *header, *harmless, *refusing;
	} cases[] = {
		{ "Opted out", "no", "yes" },
		{ "Unsubscribed", "", "2024-03-01" },
		{ "Opt-in", "yes", "no" },
		{ "Email status", "subscribed", "unsubscribed" },
		{ "Remark", "", "please do not email" },
		{ "Segment", "A", "unsubscribed" },
		{ "Blocked", "no", "yes" },
	};
	struct setup *s = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(json_free)
		json_t *mapping = json_pack("{s:s,s:n}", "email", "email",
					    cases[i].header);
		CLEANUP(json_free)
		json_t *ignore = json_pack("{s:{s:s}}", "columns",
					   cases[i].header, "ignore");
		CLEANUP(strbuf_release) struct strbuf answers = STRBUF_INIT;
		const char *good = arena_printf(
			s->arena, "email,%s,x%d\na@x.example,%s,\n",
			cases[i].header, (int)i, cases[i].harmless);
		const char *bad = arena_printf(
			s->arena, "email,%s,x%d\nb@x.example,%s,\n",
			cases[i].header, (int)i, cases[i].refusing);

		start_with(s, good,
			   (struct import_input){ .mapping = mapping });
		if (!*asked(s, bad, NULL))
			fail_msg("%s: %s is not asked about", cases[i].header,
				 cases[i].refusing);
		json_dump(ignore, &answers);
		assert_string_equal(asked(s, bad, answers.buf), "");
		assert_string_equal(asked_at(s, bad, NULL, NOW + DAY, false),
				    "");
	}
}

/* What was ignored before is asked about again if there is something new that
 * refuses. */
static void an_ignored_column_is_asked_about_when_it_refuses(void **state)
{
	static const struct {
		const char *header, *seen, *same, *fresh;
	} cases[] = {
		{ "Status", "inactive", "Inactive", "unsubscribed" },
		{ "Newsletter", "yes", "ja", "no" },
		{ "Newsletter", "no", "Nein", "unsubscribed" },
		{ "Blocked", "2024-01-01", "2024-05-05", "by customer" },
		{ "Remark", "do not email", "Do not email", "unsubscribe me" },
		{ "Segment", "cleaned", "cleaned", "baja" },
		{ "Is Deceased", "yes", "1", "2024-01-01" },
	};
	struct setup *s = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CLEANUP(json_free)
		json_t *ignore = json_pack("{s:{s:s}}", "columns",
					   cases[i].header, "ignore");
		CLEANUP(strbuf_release) struct strbuf answers = STRBUF_INIT;
		const char *head =
			arena_printf(s->arena, "email,%s,y%d\na@x.example,",
				     cases[i].header, (int)i);
		const char *fresh =
			arena_printf(s->arena, "%s%s,\n", head, cases[i].fresh);

		json_dump(ignore, &answers);
		assert_string_equal(asked(s,
					  arena_printf(s->arena, "%s%s,\n",
						       head, cases[i].seen),
					  answers.buf),
				    "");
		assert_string_equal(asked_at(s,
					     arena_printf(s->arena, "%s%s,\n",
							  head, cases[i].same),
					     NULL, NOW + DAY, false),
				    "");
		if (!*asked_at(s, fresh, NULL, NOW + DAY, false))
			fail_msg("%s: %s is not asked about", cases[i].header,
				 cases[i].fresh);
		/* answered again, it is known too; what was seen first still is
		 */
		assert_string_equal(
			asked_at(s, fresh, answers.buf, NOW + DAY, false), "");
		assert_string_equal(asked_at(s,
					     arena_printf(s->arena, "%s%s,\n",
							  head, cases[i].seen),
					     NULL, NOW + 2 * DAY, false),
				    "");
	}
}

/* --- questions that can be answered --- */

/* Answers every value that is named until nothing is asked: how often? */
static int rounds(struct setup *s, const char *text)
{
	CLEANUP(json_free) json_t *answers = json_pack("{s:{}}", "values");
	json_t *values = json_object_get(answers, "values");

	for (int n = 0; n < 20; n++) {
		CLEANUP(strbuf_release) struct strbuf given = STRBUF_INIT;
		CLEANUP(json_free) json_t *questions = NULL;
		const json_t *question, *value;
		struct err err = ERR_INIT;
		const char *reply;
		size_t i, k;

		json_dump(answers, &given);
		reply = asked(s, text, given.buf);
		if (!*reply)
			return n;
		must(json_parse(str_of(reply), &questions, &err), &err);
		json_array_foreach (questions, i, question) {
			json_array_foreach (json_object_get(question, "values"),
					    k, value) {
				const char *name = arena_printf(
					s->arena, "%s:%s",
					json_string_value(json_object_get(
						question, "column")),
					json_string_value(json_object_get(
						value, "value")));

				json_object_set_new(values, name,
						    json_string("ignore"));
			}
		}
	}
	return -1;
}

static void questions_about_values_come_to_an_end(void **state)
{
	CLEANUP(strbuf_release) struct strbuf many = STRBUF_INIT;
	struct setup *s = *state;

	assert_int_equal(
		rounds(s, arena_printf(s->arena,
				       "email,Email status\na@x.example,%s "
				       "%0150d\n",
				       "active since", 7)),
		1);
	strbuf_addstr(&many, "email,Opted out\n");
	for (int i = 0; i < 150; i++)
		strbuf_addf(&many, "m%d@x.example,see letter %d\n", i, i);
	assert_int_equal(rounds(s, many.buf), 8); /* 20 each */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_dry_run_remembers_nothing),
		TEST(the_last_answer_counts_in_any_case),
		TEST(stored_answers_that_are_none_are_not_answered),
		TEST(what_was_answered_before_is_named),
		TEST(answers_can_be_forgotten),
		TEST(options_with_a_double_answer_can_be_read),
		TEST(failures_lose_no_answer),
		TEST(whatever_may_be_an_objection_is_asked_about),
		TEST(a_refusal_among_many_values_is_found),
		TEST(answers_to_values_are_no_answer_to_the_column),
		TEST(columns_of_yes_and_no_are_named),
		TEST(a_file_that_comes_again_ends_the_import_that_waits),
		TEST(columns_that_could_be_of_consent_are_asked_about),
		TEST(words_that_refuse_are_found_among_many),
		TEST(long_headers_are_read),
		TEST(what_is_left_out_is_asked_about),
		TEST(an_ignored_column_is_asked_about_when_it_refuses),
		TEST(questions_about_values_come_to_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
