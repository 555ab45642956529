/*
 * A trial says what the import does, wherever batches end: files at random, of
 * few names, addresses, companies and keys, so that rows often mean the same.
 */
#include "crm/import/import_fixture.h"

#include "crm/record.h"
#include "store/scratch.h"

#include <inttypes.h>

#define FILES 300
#define ROWS_MOST 8

/* --- chance, the same in every run --- */

struct chance {
	uint64_t state;
};

static unsigned roll(struct chance *c, unsigned sides)
{
	c->state = c->state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (unsigned)(c->state >> 33) % sides;
}

static const char *pick(struct chance *c, const char *const *of)
{
	unsigned n = 0;

	while (of[n])
		n++;
	return of[roll(c, n)];
}

struct column {
	const char *header;
	const char *values[9];
	unsigned in_ten; /* files have it */
	enum { NO_COMPANIES, ALL, ONLY_COMPANIES } of;
};

static const struct column columns[] = {
	{ "first_name", { "Ann", "Ann", "Bob", "ann", "" }, 10 },
	{ "last_name", { "Amber", "Amber", "Berg", "" }, 10 },
	{ "email",
	  { "a@x.example", "b@x.example", "c@x.example", "A@X.example", "", "",
	    "none at all" },
	  8 },
	{ "email 2", { "b@x.example", "c@x.example", "", "", "mail?" }, 3 },
	{ "company", { "Firm", "Firm", "Works", "", "" }, 8 },
	{ "name", { "Firm", "Works", "firm", "" }, 10, ONLY_COMPANIES },
	{ "opted_out", { "yes", "no", "", "" }, 9, ALL },
	{ "opt-in", { "yes", "no", "", "" }, 2, ALL },
	{ "external_key", { "k1", "k2", "k3", "", "", "" }, 4, ALL },
	{ "nr", { "1", "2", "3", "77", "", "", "" }, 3, ALL },
	{ "city", { "Bern", "Ulm", "", "" }, 4, ALL },
	{ "tags", { "gold", "Gold", "", "" }, 2, ALL },
};

struct layout {
	const struct column *columns[ARRAY_SIZE(columns)];
	size_t n;
};

static bool is_of(const struct column *column, enum entity entity)
{
	return column->of == ALL ||
	       (column->of == ONLY_COMPANIES) == (entity == ENTITY_COMPANY);
}

static struct layout make_layout(struct chance *c, enum entity entity)
{
	struct layout l = { .n = 0 };

	for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
		if (is_of(&columns[i], entity) &&
		    roll(c, 10) < columns[i].in_ten)
			l.columns[l.n++] = &columns[i];
	}
	return l;
}

static void add_row(struct chance *c, const struct layout *l,
		    struct strbuf *out)
{
	for (size_t i = 0; i < l->n; i++)
		strbuf_addf(out, "%s%s", i ? "," : "",
			    pick(c, l->columns[i]->values));
	if (roll(c, 25) == 0)
		strbuf_addstr(out, ",b@x.example"); /* too wide */
	strbuf_addstr(out, "\n");
}

static const char *make_file(struct chance *c, enum entity entity,
			     struct arena *arena)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct layout l = make_layout(c, entity);
	unsigned rows = 1 + roll(c, ROWS_MOST);

	for (size_t i = 0; i < l.n; i++)
		strbuf_addf(&out, "%s%s", i ? "," : "", l.columns[i]->header);
	strbuf_addstr(&out, "\n");
	while (rows-- > 0)
		add_row(c, &l, &out);
	return arena_strdup(arena, out.buf);
}

/* --- who is there before --- */

static const char *const tables[] = {
	"person",
	"lead",
	"company",
	"email",
	"consent",
	"opt_out_witness",
	"kept_opt_out",
	"unclear_opt_out",
	"tag",
	"record_tag",
	"record_count",
	"sequence",
	"setting",
	"import_run",
	"import_change",
	"import_refused",
	"import_unchanged",
	"job",
	NULL,
};

static const char *replaced(struct setup *s, const char *text, const char *from,
			    const char *to)
{
	const char *at;

	while ((at = strstr(text, from)))
		text = arena_printf(s->arena, "%.*s%s%s", (int)(at - text),
				    text, to, at + strlen(from));
	return text;
}

/* Copies of the tables, all in one transaction. */
static void for_tables(struct setup *s, struct db *db, const char *format)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	must(tx_begin(db, &tx, &err), &err);
	for (const char *const *t = tables; *t; t++)
		must(db_exec_text(&tx, replaced(s, format, "TABLE_", *t),
				  SQL_NO_ARGS, &err),
		     &err);
	must(tx_commit(&tx, &err), &err);
}

static void copy_tables(struct setup *s, struct db *db, const char *to,
			const char *from)
{
	for_tables(s, db, arena_printf(s->arena, "DELETE FROM %sTABLE_", to));
	for_tables(s, db,
		   arena_printf(s->arena,
				"INSERT INTO %sTABLE_"
				" SELECT * FROM %sTABLE_",
				to, from));
}

static void add_somebody(struct setup *s, struct chance *c)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	const struct actor actor = { .now_ms = NOW };
	struct address emails[2] = {
		{ .address =
			  pick(c, (const char *const[]){ "a@x.example",
							 "b@x.example", NULL }),
		  .is_primary = true },
		{ .address = pick(c, (const char *const[]){ "c@x.example",
							    "d@x.example",
							    NULL }) },
	};
	struct record r = {
		.entity = roll(c, 4) ? ENTITY_PERSON : ENTITY_LEAD,
		.emails = emails,
		.emails_n = roll(c, 3),
	};
	struct err err = ERR_INIT;

	r.text[TEXT_FIRST_NAME] =
		pick(c, (const char *const[]){ "Ann", "Bob", NULL });
	r.text[TEXT_LAST_NAME] =
		pick(c, (const char *const[]){ "Amber", "Berg", NULL });
	must(tx_begin(s->db, &tx, &err), &err);
	must(record_add(&tx, &r, &actor, s->arena, &err), &err);
	must(tx_commit(&tx, &err), &err);
}

static void add_people(struct setup *s, struct chance *c)
{
	unsigned n = roll(c, 4);

	while (n-- > 0)
		add_somebody(s, c);
	if (roll(c, 2))
		(void)import(s, make_file(c, ENTITY_PERSON, s->arena));
	if (roll(c, 3) == 0)
		(void)import_with(
			s, make_file(c, ENTITY_COMPANY, s->arena),
			(struct import_input){ .entity = ENTITY_COMPANY });
	if (roll(c, 4) == 0)
		exec(s, "UPDATE person SET opted_out = 1 WHERE id = 2");
}

/* --- the two ways --- */

/* What a trial would do, as the import says it. */
static const char *as_of_import(struct setup *s, const char *text)
{
	static const char *const words[][2] = {
		{ "would be heeded", "was heeded" },
		{ "would be kept", "is kept" },
		{ "1 address would be held", "1 address is held" },
		{ "would be held", "are held" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		text = replaced(s, text, words[i][0], words[i][1]);
	return text;
}

/* The result, but for the words that tell the one from the other. */
static const char *run_import(struct setup *s, const char *file,
			      struct import_input input, size_t batch_rows)
{
	CLEANUP(strbuf_release) struct strbuf result = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	CLEANUP(json_free) json_t *json = NULL;
	CLEANUP(json_free) json_t *ids = json_pack("{s:s}", "nr", "id");
	struct err err = ERR_INIT;
	int done;

	if (strstr(file, ",nr"))
		input.mapping = ids;
	start_with(s, file, input);
	s->stop_after = (int)batch_rows + 1; /* once, somewhere */
	do {
		if (input.dry_run)
			copy_tables(s, s->scratch, "", "empty_");
		done = try_run(s, import_steps, batch_rows, &result, &err);
	} while (done == 0);
	s->stop_after = 0;
	must(done, &err);
	must(json_parse(strbuf_str(&result), &json, &err), &err);
	json_object_del(json, "import_id");
	json_object_del(json, "dry_run");
	json_object_del(json, "undo");
	/* only counted */
	(void)json_object_set_new(
		json, "unclear_opt_outs",
		json_incref(json_object_get(
			json_object_get(json, "unclear_opt_outs"), "count")));
	json_dump(json, &out);
	strbuf_addstr(&out, "\n");
	strbuf_addstr(&out, table(s, arena_printf(s->arena,
						  "SELECT row_number, reason"
						  " FROM import_refused WHERE"
						  " import_id = %" PRId64
						  " ORDER BY row_number",
						  s->id)));
	return as_of_import(s, arena_strdup(s->arena, out.buf));
}

static const char *everybody(struct setup *s)
{
	return arena_printf(
		s->arena, "%s--\n%s--\n%s--\n%s",
		table(s, "SELECT p.id, first_name, last_name, c.name, p.city,"
			 " p.external_key, e.address, p.opted_out FROM person p"
			 " LEFT JOIN company c ON c.id = p.company_id"
			 " LEFT JOIN email e ON e.id = p.email_id"
			 " ORDER BY p.id"),
		table(s, "SELECT id, first_name, last_name, company_name, city,"
			 " external_key, opted_out FROM lead ORDER BY id"),
		table(s, "SELECT name, city, external_key, opted_out"
			 " FROM company ORDER BY name, external_key, city"),
		table(s, "SELECT record_id, entity, hash, is_primary,"
			 " CASE WHEN ended_ms IS NULL THEN 1 ELSE 0 END"
			 " FROM email ORDER BY entity, record_id, hash, 5"));
}

static void equal(const char *a, const char *b, const char *what, unsigned seed,
		  const char *before, const char *file)
{
	if (strcmp(a, b) == 0)
		return;
	fprintf(stderr, "seed %u\n%s\n%s\nbefore:\n%s\nfile:\n%s", seed, a, b,
		before, file); /* more than a message holds */
	fail_msg("%s", what);
}

static void try_file(struct setup *s, unsigned seed)
{
	static const char *const matches[] = { "auto", "id", "key", "email",
					       NULL };
	const size_t sizes[] = { 0, 1 + seed % 3 };
	struct chance c = { .state = seed * 7919 + 1 };
	struct import_input input = { .entity = ENTITY_PERSON };
	const char *before, *file, *trial, *first = NULL, *after = NULL;

	add_people(s, &c);
	copy_tables(s, s->db, "before_", "");
	before = everybody(s);
	if (roll(&c, 3) == 0)
		input.entity = roll(&c, 2) ? ENTITY_LEAD : ENTITY_COMPANY;
	file = make_file(&c, input.entity, s->arena);
	input.match = pick(&c, matches);

	input.dry_run = true;
	trial = run_import(s, file, input, sizes[seed % ARRAY_SIZE(sizes)]);
	equal(everybody(s), before, "the trial wrote", seed, before, file);
	input.dry_run = false;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		const char *result;

		copy_tables(s, s->db, "", "before_");
		result = run_import(s, file, input, sizes[i]);
		if (!first)
			first = result;
		if (!after)
			after = everybody(s);
		equal(result, first, "batches", seed, before, file);
		equal(everybody(s), after, "people", seed, before, file);
	}
	equal(trial, first, "trial and import", seed, before, file);
}

static void make_scratch(struct setup *s)
{
	struct err err = ERR_INIT;

	must(scratch_open(arena_printf(s->arena, "%s/scratch.db", s->folder),
			  STORE_CRM, &s->scratch, &err),
	     &err);
	for_tables(s, s->scratch,
		   "CREATE TABLE empty_TABLE_ AS SELECT * FROM TABLE_");
}

static void a_trial_says_what_the_import_does(void **state)
{
	const char *wanted = getenv("MUSTER_TEST_FILES"); /* more, by hand */
	int64_t files = FILES / store_fixture_stride();
	struct setup *s = *state;

	if (wanted)
		assert_true(str_to_int(str_of(wanted), &files));
	make_scratch(s);
	for_tables(s, s->db,
		   "CREATE TABLE empty_TABLE_ AS SELECT * FROM TABLE_");
	for_tables(s, s->db,
		   "CREATE TABLE before_TABLE_ AS SELECT * FROM TABLE_");
	for (unsigned seed = 1; seed <= files; seed++) {
		copy_tables(s, s->db, "", "empty_");
		try_file(s, seed);
		arena_reset(s->arena);
	}
	scratch_close(&s->scratch);
}

/* Of people who are there, in several ways, and of a company. */
#define TANGLED                                                            \
	"first_name,last_name,email,company,opted_out,tags\n"              \
	"Ann,Amber,a@x.example,Firm,,gold\nBob,Berg,b@x.example,Firm,yes," \
	"\nAnn,Amber,A@x.example,Works,,\n,,none at all,,,\nEve,Ems,,,yes,\n"

/* A trial whose nth statement in one of its databases fails; it begins again,
 * as its job does. false: none did. */
static bool fail_trial(struct setup *s, struct db *failing, int n,
		       const char *expected)
{
	CLEANUP(strbuf_release) struct strbuf result = STRBUF_INIT;
	const char *before = everybody(s);
	struct err err = ERR_INIT;
	int ret;

	copy_tables(s, s->scratch, "", "empty_");
	start_with(s, TANGLED, (struct import_input){ .dry_run = true });
	db_fail_nth(failing, n);
	ret = try_run(s, import_steps, 2, &result, &err);
	db_fail_nth(failing, 0);
	assert_string_equal(everybody(s), before);
	assert_int_equal(ret < 0, err.code != ERR_NONE);
	if (ret < 0) {
		copy_tables(s, s->scratch, "", "empty_");
		assert_int_equal(try_run(s, import_steps, 2, &result, &err), 1);
	}
	assert_string_equal(run_import(s, TANGLED,
				       (struct import_input){ .dry_run = true },
				       2),
			    expected);
	return ret < 0;
}

static void a_trial_that_fails_wrote_nothing_and_begins_again(void **state)
{
	struct setup *s = *state;
	const char *expected;

	(void)import(s, "first_name,last_name,email\nAnn,Amber,a@x.example\n"
			"Eve,Ems,e@x.example\n");
	make_scratch(s);
	expected = run_import(s, TANGLED,
			      (struct import_input){ .dry_run = true }, 2);
	for (int which = 0; which < 2; which++) {
		struct db *failing = which ? s->scratch : s->db;
		int n = 1;

		while (fail_trial(s, failing, n, expected))
			n += store_fixture_stride();
		assert_true(n > 20);
	}
	scratch_close(&s->scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_trial_says_what_the_import_does),
		TEST(a_trial_that_fails_wrote_nothing_and_begins_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
