#include "crm/import/import_fixture.h"

#include "base/utf8.h"

/* --- who is who --- */

struct case_of_rows {
	const char *what;
	const char *before; /* a file imported first; NULL: none */
	const char *text;
	const char *counts, *people, *reasons;
};

#define HEAD "email,first name,last name,company,city\n"

static const struct case_of_rows cases[] = {
	{ "two people of one name are two",
	  HEAD "maria1@example.org,Maria,Silva,,Rio\n",
	  HEAD "maria2@example.org,Maria,Silva,,Lisbon\n",
	  "1 created 0 updated 0 unchanged 0 refused",
	  "Maria|Silva|maria1@example.org||Rio|0\n"
	  "Maria|Silva|maria2@example.org||Lisbon|0\n",
	  "" },
	{ "a name alone does not match",
	  HEAD "maria1@example.org,Maria,Silva,,Rio\n",
	  HEAD ",Maria,Silva,,Lisbon\n",
	  "1 created 0 updated 0 unchanged 0 refused",
	  "Maria|Silva|maria1@example.org||Rio|0\n"
	  "Maria|Silva|||Lisbon|0\n",
	  "" },
	{ "a name with nothing new is unchanged",
	  HEAD "maria1@example.org,Maria,Silva,,Rio\n",
	  HEAD ",Maria,Silva,,Rio\n",
	  "0 created 0 updated 1 unchanged 0 refused",
	  "Maria|Silva|maria1@example.org||Rio|0\n", "" },
	{ "two who have all of it are none",
	  HEAD "maria1@example.org,Maria,Silva,,Rio\n"
	       "maria2@example.org,Maria,Silva,,Rio\n",
	  HEAD ",Maria,Silva,,Rio\n",
	  "1 created 0 updated 0 unchanged 0 refused",
	  "Maria|Silva|maria1@example.org||Rio|0\n"
	  "Maria|Silva|maria2@example.org||Rio|0\n"
	  "Maria|Silva|||Rio|0\n",
	  "" },
	{ "equal rows are one record and a duplicate", NULL,
	  HEAD ",Maria,Silva,,Rio\n,Maria,Silva,,Rio\n,Maria,Silva,,Lisbon\n",
	  "2 created 0 updated 0 unchanged 1 refused",
	  "Maria|Silva|||Rio|0\nMaria|Silva|||Lisbon|0\n", "3|duplicate\n" },
	{ "name and company match one",
	  HEAD "kim@example.org,Kim,Reed,Ash,Rome\n",
	  HEAD ",KIM,reed,ASH,Oslo\n",
	  "0 created 1 updated 0 unchanged 0 refused",
	  "KIM|reed|kim@example.org|Ash|Oslo|0\n", "" },
	{ "of two it is ambiguous",
	  HEAD
	  "kim1@example.org,Kim,Reed,Ash,\nkim2@example.org,Kim,Reed,Ash,\n",
	  HEAD ",Kim,Reed,Ash,Oslo\n",
	  "0 created 0 updated 0 unchanged 1 refused",
	  "Kim|Reed|kim1@example.org|Ash||0\n"
	  "Kim|Reed|kim2@example.org|Ash||0\n",
	  "2|ambiguous\n" },
	{ "wherever the row stands in its file", NULL,
	  HEAD ",Kim,Reed,Ash,Oslo\nkim1@example.org,Kim,Reed,Ash,\n"
	       "kim2@example.org,Kim,Reed,Ash,\n",
	  "2 created 0 updated 0 unchanged 1 refused",
	  "Kim|Reed|kim1@example.org|Ash||0\n"
	  "Kim|Reed|kim2@example.org|Ash||0\n",
	  "2|ambiguous\n" },
	{ "a couple has one address", NULL,
	  HEAD "home@example.org,Ada,Ray,,\nhome@example.org,Ben,Ray,,\n",
	  "2 created 0 updated 0 unchanged 0 refused",
	  "Ada|Ray|home@example.org|||0\nBen|Ray|home@example.org|||0\n", "" },
	{ "the second row updates the first", NULL,
	  HEAD "a@example.org,Ada,,,Rome\nA@EXAMPLE.org,ADA,Ray,,\n"
	       "a@example.org,,,,Oslo\n",
	  "1 created 2 updated 0 unchanged 0 refused",
	  "ADA|Ray|a@example.org||Oslo|0\n", "" },
	{ "a first name fills a blank one", HEAD "a@example.org,,Ray,,\n",
	  HEAD "a@example.org,Ada,,,\na@example.org,Ben,,,\n",
	  "1 created 1 updated 0 unchanged 0 refused",
	  "Ben||a@example.org|||0\nAda|Ray|a@example.org|||0\n", "" },
	{ "rows that say the same change nothing", NULL,
	  HEAD "a@example.org,Ada,,,\na@example.org,Ada,,,\n",
	  "1 created 0 updated 1 unchanged 0 refused",
	  "Ada||a@example.org|||0\n", "" },
	{ "two of one name and company who differ may be two", NULL,
	  HEAD ",Uwe,Ray,Acme,Rome\n,Uwe,Ray,Acme,Oslo\n,Uwe,Ray,Acme,\n",
	  "1 created 0 updated 1 unchanged 1 refused", "Uwe|Ray||Acme|Rome|0\n",
	  "3|ambiguous\n" },
	{ "nor is one of them overwritten the next time",
	  HEAD ",Uwe,Ray,Acme,Rome\n,Uwe,Ray,Acme,Oslo\n",
	  HEAD ",Uwe,Ray,Acme,Rome\n,Uwe,Ray,Acme,Oslo\n",
	  "0 created 0 updated 1 unchanged 1 refused", "Uwe|Ray||Acme|Rome|0\n",
	  "3|ambiguous\n3|ambiguous\n" },
	{ "a row without first name is the elder's",
	  HEAD "home@example.org,Ada,Ray,,\nhome@example.org,Ben,Ray,,\n",
	  HEAD "home@example.org,,,,Oslo\n",
	  "0 created 1 updated 0 unchanged 0 refused",
	  "Ada|Ray|home@example.org||Oslo|0\nBen|Ray|home@example.org|||0\n",
	  "" },
};

#define REASONS                                         \
	"SELECT row_number, reason FROM import_refused" \
	" ORDER BY import_id, row_number"
#define BY_ID                                                                 \
	"SELECT p.first_name, p.last_name, e.address, c.name, p.city,"        \
	" p.opted_out FROM person p LEFT JOIN email e ON e.id = p.email_id"   \
	" LEFT JOIN company c ON c.id = p.company_id ORDER BY p.name_folded," \
	" p.id"

static void rows_find_their_record(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct case_of_rows *c = &cases[i];
		struct setup *s;
		void *own = NULL;

		open_setup(&own);
		s = own;
		print_message("  %s\n", c->what);
		if (c->before)
			import(s, c->before);
		assert_string_equal(import(s, c->text), c->counts);
		assert_string_equal(table(s, BY_ID), c->people);
		assert_string_equal(table(s, REASONS), c->reasons);
		free_setup(&own);
	}
}

static void a_company_is_its_name(void **state)
{
	static const struct import_input companies = { .entity =
							       ENTITY_COMPANY };
	struct setup *s = *state;

	assert_string_equal(import_with(s,
					"key,name,city\n1,Ash,Rome\n2,Ash,\n"
					",Ash,Oslo\n,Oak,\n3,Oak,Bonn\n",
					companies),
			    "3 created 0 updated 1 unchanged 1 refused");
	assert_string_equal(table(s, REASONS), "4|ambiguous\n");
	assert_string_equal(table(s, "SELECT external_key, name, city FROM"
				     " company ORDER BY external_key"),
			    "1|Ash|Rome\n2|Ash|\n3|Oak|Bonn\n");
}

static void a_key_is_one_records(void **state)
{
	struct setup *s = *state;
	json_t *mapping;

	import(s, "key,email,first name\n1,a@example.org,A\n2,b@example.org,B\n"
		  ",c@example.org,C\n");
	/* by address first: the key is that of somebody else */
	assert_string_equal(
		import_with(s,
			    "key,email\n2,c@example.org\n9,d@example.org\n"
			    "9,e@example.org\n",
			    (struct import_input){ .match = "email" }),
		"1 created 0 updated 0 unchanged 2 refused");
	assert_string_equal(table(s, REASONS), "2|conflict\n4|conflict\n");
	mapping = json_pack("{s:s, s:s}", "Nr", "id", "key", "external_key");
	import_with(s, "Nr,key\n1,2\n",
		    (struct import_input){ .mapping = mapping });
	json_decref(mapping);
	assert_string_equal(table(s, REASONS),
			    "2|conflict\n4|conflict\n2|conflict\n");
	assert_string_equal(table(s, "SELECT external_key, id FROM person"
				     " ORDER BY external_key IS NULL,"
				     " external_key"),
			    "1|1\n2|2\n9|4\n|3\n");
}

/* --- the second import --- */

static const char *pick(unsigned *seed, const char *const *list, size_t n)
{
	*seed = *seed * 1103515245 + 12345;
	return list[(*seed >> 16) % n];
}
#define PICK(seed, ...)                                     \
	pick((seed), (const char *const[]){ __VA_ARGS__ },  \
	     sizeof((const char *const[]){ __VA_ARGS__ }) / \
		     sizeof(const char *))

/* Few names, addresses and cities: rows meet in every way. */
static const char *random_file(struct setup *s, unsigned seed, int rows,
			       bool with_keys)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	strbuf_addstr(&text, "key,email,first name,last name,company,city,"
			     "tags,opted out\n");
	for (int i = 0; i < rows; i++) {
		/* a key stands for one address: that is what it is for */
		const char *key = PICK(&seed, "", "", "", "1", "2", "3");
		const char *email =
			PICK(&seed, "", "", "a@example.org", "b@example.org",
			     "B@Example.org", "c@example.org", "nonsense");

		if (with_keys && *key)
			strbuf_addf(&text, "%s,k%s@example.org,", key, key);
		else
			strbuf_addf(&text, ",%s,", email);
		strbuf_addf(&text, "%s,%s,%s,%s,%s,%s\n",
			    PICK(&seed, "", "Ada", "ADA", "Ben", "Cy"),
			    PICK(&seed, "Ray", "Ray", "Silva", ""),
			    PICK(&seed, "", "", "Ash", "ash", "Oak"),
			    PICK(&seed, "", "Rome", "Oslo", "Bonn"),
			    PICK(&seed, "", "", "x", "y", "x;y"),
			    PICK(&seed, "", "", "", "no", "yes"));
	}
	return arena_strdup(s->arena, text.buf);
}

/* All that an import may write, with ids and times. */
static const char *const tables[] = {
	"SELECT * FROM person ORDER BY id",
	"SELECT * FROM company ORDER BY id",
	"SELECT * FROM email ORDER BY id",
	"SELECT * FROM consent ORDER BY id",
	"SELECT * FROM record_tag ORDER BY entity, record_id, tag_id",
	"SELECT * FROM record_count ORDER BY entity",
	"SELECT * FROM kept_opt_out ORDER BY hash",
	"SELECT * FROM import_change ORDER BY import_id, record_id",
	REASONS,
};

static void import_twice(struct setup *s, const char *text)
{
	const char *before[ARRAY_SIZE(tables)], *counts;

	import(s, text);
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		before[i] = table(s, tables[i]);
	exec(s, "DELETE FROM import_refused");
	counts = import(s, text);
	if (strncmp(counts, "0 created 0 updated ", 20) != 0)
		fail_msg("%s of\n%s", counts, text);
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		assert_string_equal(table(s, tables[i]), before[i]);
}

static void a_second_import_changes_nothing(void **state)
{
	(void)state;
	for (unsigned seed = 1; seed <= 12; seed++) {
		struct setup *s;
		void *own = NULL;

		open_setup(&own);
		s = own;
		import_twice(
			s, random_file(s, seed, 5 + (int)seed % 60, seed % 2));
		free_setup(&own);
	}
}

/* Which of those who have the address is meant must not depend on whether they
 * were there before. */
static void a_row_that_does_not_say_which_finds_the_same(void **state)
{
	static const char *const files[] = {
		"K1,Bobby,Ng,u@x.example,Co43,Berlin\n"
		",,Ng,u@x.example,Co21,Paris\nK2,,Ng,u@x.example,Street,\n",
		"K1,Bobby,Ng,u@x.example,A,Berlin\n"
		",,Ng,u@x.example,B,Paris\n,Zoe,Ng,u@x.example,C,Rome\n",
		",,Ng,u@x.example,B,Paris\n,,,u@x.example,D,\n"
		"K1,,Lee,u@x.example,A,Berlin\nK2,,Ng,u@x.example,C,\n",
		",,Ng,u@x.example,B,Paris\nK1,Ann,Ng,u@x.example,A,Rome\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		struct setup *s;
		void *own = NULL;

		open_setup(&own);
		s = own;
		import_twice(s, arena_printf(s->arena,
					     "External key,First name,Last name"
					     ",E-mail,Company,City\n%s",
					     files[i]));
		/* one person alone: the last row counts */
		if (i == 3)
			assert_string_equal(table(s, "SELECT city FROM person"),
					    "Rome\n");
		free_setup(&own);
	}
}

static void batches_of_any_size_find_the_same(void **state)
{
	static const size_t sizes[] = { 1, 3, 1000 };

	(void)state;
	for (unsigned seed = 1; seed <= 3; seed++) {
		CLEANUP(strbuf_release) struct strbuf expected = STRBUF_INIT;

		for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
			CLEANUP(strbuf_release)
			struct strbuf result = STRBUF_INIT;
			struct err err = ERR_INIT;
			struct setup *s;
			void *own = NULL;

			open_setup(&own);
			s = own;
			start_with(s, random_file(s, seed, 50, seed % 2),
				   (struct import_input){ 0 });
			assert_int_equal(try_run(s, import_steps, sizes[i],
						 &result, &err),
					 1);
			if (i == 0)
				strbuf_addstr(&expected, table(s, BY_ID));
			assert_string_equal(table(s, BY_ID), expected.buf);
			free_setup(&own);
		}
	}
}

/* --- what no database takes --- */

#define BYTES(text)                    \
	{                              \
		text, sizeof(text) - 1 \
	}

/* Rows of "key,email,first name,id,birthday,tags,n": each is taken or refused,
 * and the job ends well. */
static const struct bytes {
	const char *text;
	size_t n;
} odd_rows[] = {
	BYTES("a\0b,a@example.org,A\0B,,,x\0y,1\n"),
	BYTES("k,a@exa\0mple.org,A,,,,\n"),
	BYTES("\xed\xa0\x80,a@example.org,\xed\xbf\xbf,,,\xed\xa0\x80,\n"),
	BYTES("\xff,\xff@example.org,\xc3\x28,,,\xf8\x88,\n"),
	BYTES("\xef\xbf\xbe,a@example.org,\xf4\x90\x80\x80,,,,\n"),
	BYTES(",a@example.org,A,99999999999999999999,,,\n"),
	BYTES(",a@example.org,A,9223372036854775807,,,\n"),
	BYTES(",a@example.org,A,-1,,,\n"),
	BYTES(",a@example.org,A,,,,1e999\n"),
	BYTES(",a@example.org,A,,,,NaN\n"),
	BYTES(",a@example.org,A,,,,-Infinity\n"),
	BYTES(",a@example.org,A,,,,99999999999999999999999999999999999\n"),
	BYTES(",a@example.org,A,,0000-00-00,,\n"),
	BYTES(",a@example.org,A,,99999-01-01,,\n"),
	BYTES(",\"a@example.org,A\n"),
	BYTES(",@,,,,\",\",\n"),
	BYTES("9,,,,,,\n"),
	BYTES(",,,7,,,\n"),
	BYTES(",,\x7f\x01\x1b[0m,,,\x01,\n"),
};

static void write_bytes(struct setup *s, const char *head,
			const struct bytes *rows, size_t n)
{
	const char *path = arena_printf(s->arena, "%s/upload.csv", s->folder);
	CLEANUP(file_free) FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(head, 1, strlen(head), f), strlen(head));
	for (size_t i = 0; i < n; i++)
		assert_int_equal(fwrite(rows[i].text, 1, rows[i].n, f),
				 rows[i].n);
}

static void no_row_fails_an_import(void **state)
{
	static const enum entity kinds[] = { ENTITY_PERSON, ENTITY_LEAD,
					     ENTITY_COMPANY };
	CLEANUP(json_free)
	json_t *mapping = json_pack(
		"{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "key", "external_key",
		"email", "email", "first name", "first_name", "nr", "id",
		"birthday", "birthday", "tags", "tags", "n", "custom.n");
	CLEANUP(strbuf_release) struct strbuf name = STRBUF_INIT;
	struct setup *s = *state;
	struct bytes longest;

	/* folded, it is half as long again */
	strbuf_addstr(&name, "k,a@example.org,");
	for (int i = 0; i < 100; i++)
		strbuf_addstr(&name, "\xc4\xb0");
	strbuf_addstr(&name, ",,,,\n");
	longest = (struct bytes){ name.buf, name.len };
	exec(s, "INSERT INTO custom_field (entity, key, label, type,"
		" created_ms) VALUES (1, 'n', 'n', 'number', 1),"
		" (2, 'n', 'n', 'number', 1), (3, 'n', 'n', 'number', 1)");
	for (size_t i = 0; i <= ARRAY_SIZE(odd_rows); i++) {
		const struct bytes *row =
			i < ARRAY_SIZE(odd_rows) ? &odd_rows[i] : &longest;

		for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
			struct import_input input = {
				.entity = kinds[k],
				.mapping = k == 0 ? mapping : NULL,
				.folder = s->folder,
				.header = IMPORT_HEADER,
				.encoding = utf8_is_valid((struct str){
						    row->text, row->n })
						    ? NULL
						    : "windows-1252",
			};
			struct err err = ERR_INIT;

			write_bytes(s,
				    k == 2 ? "key,website,name,nr,city,tags,n\n"
					   : "key,email,first name,nr,birthday,"
					     "tags,n\n",
				    row, 1);
			input.path = arena_printf(s->arena, "%s/upload.csv",
						  s->folder);
			must(import_start(s->db, &input, NOW, &s->id,
					  &s->job_id, &err),
			     &err);
			(void)finish(s);
		}
	}
}

static void undo_takes_back_what_later_rows_added(void **state)
{
	struct setup *s = *state;

	import(s, HEAD "a@example.org,Ada,,,Rome\na@example.org,Ada,,,Oslo\n"
		       ",Ben,Ray,Ash,Rome\n,Ben,Ray,Ash,Oslo\n");
	undo(s);
	assert_string_equal(people(s), "");
}

int main(void)
{
	const struct CMUnitTest list[] = {
		TEST(rows_find_their_record),
		TEST(a_company_is_its_name),
		TEST(a_key_is_one_records),
		TEST(a_second_import_changes_nothing),
		TEST(a_row_that_does_not_say_which_finds_the_same),
		TEST(batches_of_any_size_find_the_same),
		TEST(no_row_fails_an_import),
		TEST(undo_takes_back_what_later_rows_added),
	};

	return cmocka_run_group_tests(list, NULL, NULL);
}
