#include "crm/import/import_fixture.h"

#include "crm/consent/consent.h"

/*
 * Taking an import back, where several rows of it are about one record: in one
 * batch, and each row in a batch of its own.
 */

#define HEAD "External key,First name,Last name,E-mail,City,Tags,Opt out\n"
#define ANN                                                                    \
	"SELECT p.first_name, p.city, p.opted_out,"                            \
	" (SELECT e.address FROM email e WHERE e.id = p.email_id),"            \
	" (SELECT COUNT(*) FROM email e WHERE e.entity = 1"                    \
	" AND e.record_id = p.id AND e.ended_ms IS NULL),"                     \
	" (SELECT MAX(t.name) FROM tag t JOIN record_tag r ON r.tag_id = t.id" \
	" WHERE r.entity = 1 AND r.record_id = p.id),"                         \
	" (SELECT COUNT(*) FROM record_tag r WHERE r.entity = 1"               \
	" AND r.record_id = p.id) FROM person p ORDER BY p.id"

static const struct actor actor = { .user_id = 1,
				    .name = "tester",
				    .now_ms = NOW };

static void go_on(struct setup *s, size_t batch_rows)
{
	CLEANUP(strbuf_release) struct strbuf result = STRBUF_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(try_run(s, import_steps, batch_rows, &result, &err),
			 1);
}

/* Each batch is of a later millisecond, as in a large file. */
static void age(struct setup *s)
{
	static const char *const tables[] = { "person", "lead", "company" };

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		exec(s, arena_printf(s->arena,
				     "UPDATE %s SET created_ms ="
				     " created_ms - 1000, updated_ms ="
				     " updated_ms - 1000",
				     tables[i]));
	exec(s, "UPDATE import_change SET written_ms = written_ms - 1000");
	exec(s, "UPDATE consent SET at_ms = at_ms - 1000");
}

/* Runs what was started, a row at a time. */
static void run_singly(struct setup *s)
{
	CLEANUP(strbuf_release) struct strbuf result = STRBUF_INIT;
	struct err err = ERR_INIT;
	int ended;

	do {
		s->stop_after = 2;
		ended = try_run(s, import_steps, 1, &result, &err);
		must(ended, &err);
		age(s);
	} while (ended == 0);
	s->stop_after = 0;
}

static void run_in(struct setup *s, const char *text, bool singly,
		   enum entity entity)
{
	start_with(s, text, (struct import_input){ .entity = entity });
	if (singly)
		run_singly(s);
	else
		go_on(s, 0);
}

/* --- what was there before --- */

static const char *const changes[] = {
	",Ann,Lee,ann@x.example,Paris,\"a,b\",\n"
	",Ann,Lee,ann@x.example,Berlin,,\n",
	",Ann,Lee,ann@x.example,Paris,,\n"
	"k1,Ann,Lee,new@x.example,Berlin,,\n",
	"k1,Ann,Lee,new@x.example,Paris,a,\n"
	"k1,Ann,Lee,newer@x.example,Berlin,b,\n"
	"k1,,,,,\"c,d\",\n",
	"k1,Ann,Lee,ann@x.example,Paris,,\n"
	"k1,Ann,Lee,other@x.example,Rome,z,\n"
	",Ann,Lee,ann@x.example,Rome,\"a,Z\",\n",
	"k1,Ann,Lee,ann@x.example,Paris,,\n"
	"k1,Ann,Lee,ann@x.example,Berlin,,yes\n",
	"k1,Ann,Lee,ann@x.example,Paris,,yes\n"
	"k1,Ann,Lee,ann@x.example,Berlin,a,yes\n",
};

static void what_rows_changed_together_is_restored(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_SIZE(changes); i++) {
		const char *before, *text = changes[i / 2];
		struct setup *s;
		void *own = NULL;

		open_setup(&own);
		s = own;
		import(s, HEAD "k1,Ann,Lee,ann@x.example,Rome,c,\n");
		age(s);
		before = table(s, ANN);
		run_in(s, arena_printf(s->arena, HEAD "%s", text), i % 2 == 1,
		       ENTITY_PERSON);
		assert_string_not_equal(table(s, ANN), before);
		undo(s);
		if (strcmp(table(s, ANN), before) != 0)
			fail_msg("%s: %s", text, table(s, ANN));
		free_setup(&own);
	}
}

static void leads_and_companies_lose_the_tags_too(void **state)
{
	static const struct {
		enum entity entity;
		const char *before, *text;
	} cases[] = {
		{ ENTITY_LEAD, HEAD "k1,Ann,Lee,l@x.example,Rome,c,\n",
		  HEAD ",Ann,Lee,l@x.example,Paris,a,\n"
		       ",Ann,Lee,l@x.example,Berlin,b,\n" },
		{ ENTITY_COMPANY, "External key,Name,City,Tags\nk1,Ga,Rome,c\n",
		  "External key,Name,City,Tags\nk1,,Paris,a\n,Ga,Berlin,b\n" },
	};

	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_SIZE(cases); i++) {
		struct setup *s;
		void *own = NULL;

		open_setup(&own);
		s = own;
		import_with(
			s, cases[i / 2].before,
			(struct import_input){ .entity = cases[i / 2].entity });
		age(s);
		run_in(s, cases[i / 2].text, i % 2 == 1, cases[i / 2].entity);
		assert_int_equal(number(s, "SELECT COUNT(*) FROM record_tag"),
				 3);
		undo(s);
		assert_string_equal(
			table(s, "SELECT t.name FROM record_tag r JOIN tag t"
				 " ON t.id = r.tag_id"),
			"c\n");
		free_setup(&own);
	}
}

/* Who changed it while the import ran is not overwritten. */
static void what_others_changed_meanwhile_stays(void **state)
{
	CLEANUP(strbuf_release) struct strbuf result = STRBUF_INIT;
	struct setup *s = *state;
	struct err err = ERR_INIT;

	import(s, HEAD "k1,Ann,Lee,ann@x.example,Rome,,\n");
	age(s);
	start_with(s,
		   HEAD ",Ann,Lee,ann@x.example,Paris,,\n"
			"k2,Bob,Lee,bob@x.example,Paris,,\n"
			"k1,Ann,Lee,new@x.example,Berlin,a,\n",
		   (struct import_input){ 0 });
	s->stop_after = 2;
	assert_int_equal(try_run(s, import_steps, 1, &result, &err), 0);
	s->stop_after = 0;
	contains(table(s, ANN), "Ann|Paris|");
	exec(s, "UPDATE person SET city = 'Oslo', updated_ms = updated_ms + 7"
		" WHERE first_name = 'Ann'");
	age(s);
	go_on(s, 1);
	undo(s);
	contains(table(s, ANN), "Ann|Berlin|");
}

/* --- whom only the import made --- */

#define LEFT                                                         \
	"SELECT (SELECT COUNT(*) FROM person),"                      \
	" (SELECT COUNT(*) FROM opt_out_witness WHERE entity <> 3)," \
	" (SELECT COUNT(*) FROM kept_opt_out)"

static const char *const made[] = {
	/* the second is refused: what it says is heeded */
	"k1,Ann,Lee,ann@x.example,,,\nk2,Bob,Ray,bob@x.example,,,\n"
	"k1,Ann,Lee,ann@x.example,,,yes\n",
	/* of one who shares the address */
	"k1,Ann,Lee,ann@x.example,,,\nk2,Bob,Ray,ann@x.example,,,\n"
	"k1,Ann,Lee,ann@x.example,,,yes\n",
	"k1,Ann,Lee,ann@x.example,,,\nk2,Bob,Ray,ann@x.example,,,yes\n",
	/* a name alone */
	"k1,Ann,Lee,ann@x.example,,,\nk2,Ann,Lee,bob@x.example,,,\n"
	",Ann,Lee,,,,yes\n",
};

static void whom_the_import_made_and_opted_out_goes(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_SIZE(made); i++) {
		struct setup *s;
		void *own = NULL;

		open_setup(&own);
		s = own;
		run_in(s, arena_printf(s->arena, HEAD "%s", made[i / 2]),
		       i % 2 == 1, ENTITY_PERSON);
		assert_int_equal(number(s, "SELECT MAX(opted_out) FROM person"),
				 1);
		undo(s);
		if (strcmp(table(s, LEFT), "0|0|0\n") != 0)
			fail_msg("%d %s: %s", (int)i, made[i / 2],
				 table(s, LEFT));
		free_setup(&own);
	}
}

/* A group of more rows than are written at once. It is the import that sends
 * them to a company that is out. */
static void whom_it_sent_to_a_company_goes(void **state)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct setup *s = *state;

	import_with(s, "Name,Opt out\nACME,yes\n",
		    (struct import_input){ .entity = ENTITY_COMPANY });
	exec(s, "UPDATE opt_out_witness SET import_id = 0");
	strbuf_addstr(&text, "First name,E-mail,City,Company\n");
	for (int i = 0; i < 1000; i++)
		strbuf_addf(&text, "Ann,ann@x.example,City %d,\n", i);
	strbuf_addstr(&text, "Ann,ann@x.example,Rome,ACME\n");
	run_in(s, text.buf, true, ENTITY_PERSON);
	assert_int_equal(number(s, "SELECT MAX(opted_out) FROM person"), 1);
	assert_int_equal(number(s, "SELECT COUNT(*) FROM consent c"
				   " JOIN person p ON p.id = c.record_id"
				   " WHERE c.entity = 1"
				   " AND c.at_ms > p.created_ms"),
			 1);
	undo(s);
	assert_int_equal(number(s, "SELECT COUNT(*) FROM person"), 0);
}

static void opt_out(struct setup *s, struct consent consent)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	consent.entity = ENTITY_PERSON;
	consent.record_id = number(s, "SELECT MIN(id) FROM person");
	consent.state = CONSENT_OPTED_OUT;
	must(tx_begin(s->db, &tx, &err), &err);
	must(consent_add(&tx, &consent, &actor, &err), &err);
	must(tx_commit(&tx, &err), &err);
}

/* What anybody else says is an answer, and stays: also if the import said it
 * before, so that nothing of the record changed. */
static void what_others_say_stays(void **state)
{
	static const struct consent words[] = {
		{ .source = CONSENT_BY_USER, .reason = "by phone" },
		{ .source = CONSENT_BY_PERSON },
		{ .source = CONSENT_BY_COMPLAINT },
	};

	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_SIZE(words); i++) {
		struct consent word = words[i / 2];
		struct setup *s;
		void *own = NULL;

		open_setup(&own);
		s = own;
		run_in(s, arena_printf(s->arena, HEAD "%s", made[0]),
		       i % 2 == 1, ENTITY_PERSON);
		word.at_ms =
			number(s, "SELECT MAX(updated_ms) FROM person") + 60000;
		opt_out(s, word);
		undo(s);
		assert_string_equal(table(s, "SELECT first_name, opted_out"
					     " FROM person"),
				    "Ann|1\n");
		free_setup(&own);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_rows_changed_together_is_restored),
		TEST(leads_and_companies_lose_the_tags_too),
		TEST(what_others_changed_meanwhile_stays),
		TEST(whom_the_import_made_and_opted_out_goes),
		TEST(whom_it_sent_to_a_company_goes),
		TEST(what_others_say_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
