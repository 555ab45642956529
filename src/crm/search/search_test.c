#include "crm/search/search.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/utf8.h"
#include "crm/browse/record_list.h"
#include "crm/consent/erase.h"
#include "crm/crm_fixture.h"
#include "crm/person_merge.h"
#include "crm/search/search_gram.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void index_all(struct crm_fixture *f)
{
	struct err err = ERR_INIT;
	int more;

	do
		more = search_index_page(f->db, &err);
	while (more > 0);
	if (more < 0)
		fail_msg("%s", err.text);
}

/* --- pieces --- */

static size_t pieces(const char *text, bool of_word)
{
	CLEANUP(vec_release) struct grams g = VEC_INIT;

	(of_word ? grams_of_word : grams_of_text)(str_of(text), &g);
	return g.n;
}

static void a_word_is_looked_for_by_its_longest_pieces(void **state)
{
	static const struct {
		const char *text;
		size_t of_text, of_word;
	} cases[] = {
		{ "", 0, 0 },      { "a", 0, 0 },    /* in everything */
		{ "ab", 1, 1 },                      /* ab */
		{ "abcd", 5, 2 },                    /* ab bc cd abc bcd */
		{ "王", 1, 1 },    { "王伟", 3, 1 }, /* 王 伟 王伟 */
		{ "王 伟", 2, 2 }, /* nothing goes over white space */
		{ "aä", 2, 1 },    /* ä aä */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(pieces(cases[i].text, false),
				 cases[i].of_text);
		if (!strchr(cases[i].text, ' '))
			assert_int_equal(pieces(cases[i].text, true),
					 cases[i].of_word);
	}
}

static void pieces_are_written_once(void **state)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	uint32_t v[] = { 7, 3, 7 };
	struct grams g = { .v = v, .n = 3 };
	struct grams none = { .n = 0 };

	(void)state;
	grams_format(&g, DB_SQLITE, &out);
	assert_string_equal(out.buf, "3 7");
	grams_format(&g, DB_PG, &out);
	assert_string_equal(out.buf, "{3,7}");
	grams_format(&none, DB_PG, &out);
	assert_string_equal(out.buf, "{}");
}

/* --- index and scan --- */

#define COMPANIES 3

struct world {
	struct crm_fixture *f;
	uint64_t seed;
};

static uint32_t below(struct world *w, uint32_t n)
{
	w->seed = w->seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(w->seed >> 33) % n;
}

static const char *const parts[] = {
	"Müller", "Straße", "O'Neil", "an",   "Ann",
	"nan",    "%_",     "王",     "伟",   "王伟",
	"Щерба",  "ков",    "ЁЖ",     "İpek", "Çağlar",
	"الخ",    "كهن",    "ΟΔΥΣΣ",  "ευς",  "e\xcc\x81tude",
	"ﬁn",     "Æsir",   "x",      "Żu",   "raw",
	"Nguyễn", "ß",
};

static const char *part(struct world *w)
{
	return parts[below(w, ARRAY_SIZE(parts))];
}

static const char *const hosts[] = { "x.example", "straße.example", "пример.рф",
				     "EXAMPLE.test" };

static const char *const phones[] = { "+49 (0)30 123456", "0049 40 99887766",
				      "030/123 456", "+1 555 0100",
				      "Büro: 089-4711, mobil 0170 4711" };

static const char *body_of(struct world *w)
{
	const char *sep = below(w, 2) ? " " : "";

	if (below(w, 5) == 0)
		return arena_printf(w->f->arena,
				    "{\"last_name\":\"%s\",\"city\":\"%s\","
				    "\"phone\":\"%s\"}",
				    part(w), part(w),
				    phones[below(w, ARRAY_SIZE(phones))]);
	if (below(w, 5) == 0)
		return arena_printf(w->f->arena,
				    "{\"last_name\":\"%s\",\"company_id\":%u}",
				    part(w), 1 + below(w, COMPANIES));

	if (below(w, 4) == 0)
		return arena_printf(w->f->arena, "{\"email\":\"%s%u@%s\"}",
				    below(w, 2) ? "an" : "Qz", below(w, 99),
				    hosts[below(w, ARRAY_SIZE(hosts))]);
	if (below(w, 5) == 0)
		return arena_printf(w->f->arena, "{\"last_name\":\"%s%s%s\"}",
				    part(w), sep, part(w));
	return arena_printf(w->f->arena,
			    "{\"first_name\":\"%s\",\"last_name\":\"%s%s%s\","
			    "\"email\":\"%s%u@%s\"}",
			    part(w), part(w), sep, part(w),
			    below(w, 2) ? "an" : "Qz", below(w, 99),
			    hosts[below(w, ARRAY_SIZE(hosts))]);
}

static const char *company_of(struct world *w)
{
	return arena_printf(w->f->arena, "{\"name\":\"%s%s\",\"city\":\"%s\"}",
			    part(w), part(w), part(w));
}

static void change(struct world *w)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct crm_fixture *f = w->f;
	struct err err = ERR_INIT;
	int64_t id = 1 + below(w, 40), other = 1 + below(w, 40);
	struct record r;

	switch (below(w, 9)) {
	case 0: /* gone ones and odd addresses are refused: never mind */
		if (tx_begin(f->db, &tx, &err) == 0 &&
		    record_remove(&tx, ENTITY_PERSON, id, &f->actor, f->arena,
				  &err) == 0)
			(void)tx_commit(&tx, &err);
		break;
	case 1:
		if (tx_begin(f->db, &tx, &err) == 0 &&
		    person_merge(&tx, id, other, &f->actor, f->arena, &err) ==
			    0)
			(void)tx_commit(&tx, &err);
		break;
	case 2:
		if (tx_begin(f->db, &tx, &err) == 0 &&
		    person_erase(&tx, id, &f->actor, f->arena, &err) == 0)
			(void)tx_commit(&tx, &err);
		break;
	case 3:
	case 4:
		(void)fixture_patch(f, ENTITY_PERSON, id, body_of(w), &r, &err);
		break;
	case 5:
		(void)search_index_page(f->db, &err);
		break;
	case 6:
		(void)fixture_patch(f, ENTITY_COMPANY, 1 + below(w, COMPANIES),
				    company_of(w), &r, &err);
		break;
	default:
		(void)fixture_create(f, ENTITY_PERSON, body_of(w), &r, &err);
		break;
	}
}

/* Some characters out of the middle of what is there, or not. */
static const char *word_of(struct world *w)
{
	CLEANUP(strbuf_release) struct strbuf whole = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct str rest;
	uint32_t skip, take;

	if (below(w, 6) == 0)
		strbuf_addstr(&whole, phones[below(w, ARRAY_SIZE(phones))]);
	else if (below(w, 3) == 0)
		strbuf_addf(&whole, "Qz%u@%s", below(w, 99),
			    hosts[below(w, ARRAY_SIZE(hosts))]);
	else
		strbuf_addf(&whole, "%s%s", part(w), part(w));
	rest = strbuf_str(&whole);
	skip = below(w, (uint32_t)utf8_length(rest));
	take = 1 + below(w, 9);
	while (rest.len > 0 && take > 0) {
		size_t n = utf8_sequence(rest);

		if (skip > 0)
			skip--;
		else {
			strbuf_add(&out, rest.s, n);
			take--;
		}
		rest.s += n;
		rest.len -= n;
	}
	return arena_strdup(w->f->arena, out.buf);
}

static void compare(struct world *w, const char *q)
{
	CLEANUP(record_page_release) struct record_page page = { .next = NULL };
	CLEANUP(vec_release) struct ids scanned = VEC_INIT;
	struct crm_fixture *f = w->f;
	struct record_query query = { .limit = RECORD_PAGE_MOST,
				      .selection = { .entity = ENTITY_PERSON,
						     .q = q } };
	struct err err = ERR_INIT;

	assert_int_equal(
		selection_read(&query.selection, f->db, 1, f->arena, &err), 0);
	assert_true(selection_walk(f->db, &query.selection, 0, 10000, &scanned,
				   &err) >= 0);
	assert_int_equal(record_list(f->db, &query, f->arena, &page, &err), 0);
	if (page.items.n != scanned.n)
		fail_msg("seed %llu: %s: index %zu, scan %zu",
			 (unsigned long long)w->seed, q, page.items.n,
			 scanned.n);
	for (size_t i = 0; i < scanned.n; i++)
		assert_int_equal(page.items.v[i].id, scanned.v[i]);
	assert_int_equal(page.total, scanned.n);
}

static void the_index_finds_what_a_scan_finds(void **state)
{
	struct world w = { .f = *state, .seed = 8 };
	struct err err = ERR_INIT;
	struct record r;

	for (int i = 0; i < COMPANIES; i++)
		assert_int_equal(fixture_create(w.f, ENTITY_COMPANY,
						company_of(&w), &r, &err),
				 0);
	for (int round = 0; round < 60; round++) {
		for (int i = 0; i < 8; i++)
			change(&w);
		if (below(&w, 3) == 0)
			index_all(w.f);
		for (int i = 0; i < 12; i++) {
			const char *q = word_of(&w);

			if (below(&w, 3) == 0)
				q = arena_printf(w.f->arena, "%s %s", q,
						 word_of(&w));
			compare(&w, q);
		}
	}
}

static int64_t found(struct crm_fixture *f, enum entity entity, const char *q)
{
	CLEANUP(record_page_release) struct record_page page = { .next = NULL };
	struct record_query query = {
		.limit = 1, .selection = { .entity = entity, .q = q }
	};
	struct err err = ERR_INIT;

	assert_int_equal(
		selection_read(&query.selection, f->db, 1, f->arena, &err), 0);
	assert_int_equal(record_list(f->db, &query, f->arena, &page, &err), 0);
	return page.total;
}

/* Those of the people that q finds, as digits: "13". */
static const char *whom(struct crm_fixture *f, const char *q)
{
	CLEANUP(record_page_release) struct record_page page = { .next = NULL };
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct record_query query = {
		.limit = 50, .selection = { .entity = ENTITY_PERSON, .q = q }
	};
	struct err err = ERR_INIT;

	assert_int_equal(
		selection_read(&query.selection, f->db, 1, f->arena, &err), 0);
	assert_int_equal(record_list(f->db, &query, f->arena, &page, &err), 0);
	vec_each (&page.items, r)
		strbuf_addint(&out, r->id);
	return arena_strdup(f->arena, out.buf);
}

static const char *const people[] = {
	/* 1 */ "{\"first_name\":\"José\",\"last_name\":\"Müller\","
		"\"email\":\"jörg.groß@bücher.example\"}",
	/* 2 */
	"{\"first_name\":\"Jose\",\"last_name\":\"Muller\","
	"\"email\":\"jorg.gross@bucher.example\"}",
	/* 3 */
	"{\"first_name\":\"Łukasz\",\"last_name\":\"Đorđević\","
	"\"city\":\"Kraków\",\"phone\":\"+49 (0)30 123456\"}",
	/* 4 */
	"{\"first_name\":\"Lukasz\",\"last_name\":\"Dordevic\","
	"\"city\":\"KRAKOW\",\"phone\":\"030 / 123 456\"}",
	/* 5 */
	"{\"first_name\":\"Søren\",\"last_name\":\"Ægirsson\","
	"\"company_id\":1}",
	/* 6 */
	"{\"last_name\":\"Щербаков\",\"city\":\"Орёл\","
	"\"email\":\"почта@пример.рф\",\"phone\":"
	"\"Büro 0049 89 4711 00, mobil +43 660 7654321\"}",
	/* 7 */
	"{\"last_name\":\"王伟\",\"email\":"
	"\"wang@xn--bcher-kva.example\"}",
};

static const struct {
	const char *q, *found;
} cases[] = {
	/* accents, either way round */
	{ "muller", "12" },
	{ "MÜLLER", "12" },
	{ "ülle", "12" },
	{ "jose", "12" },
	{ "josé", "12" },
	{ "lukasz", "34" },
	{ "Łukasz", "34" },
	{ "đorđ", "34" },
	{ "soren", "5" },
	{ "aegir", "5" },
	{ "æg", "5" },
	{ "орел", "6" },
	{ "щербаков", "6" },
	{ "王", "7" },
	/* pieces of addresses */
	{ "jörg.gr", "12" },
	{ "jorg.gross@b", "12" },
	{ "groß@bücher.ex", "12" },
	{ "bücher.example", "127" },
	{ "xn--bcher-kva", "17" },
	{ "org.gross@bucher.example", "12" },
	{ "почт", "6" },
	{ "та@прим", "6" },
	{ "пример.рф", "6" },
	/* towns and companies */
	{ "krakow", "34" },
	{ "KRAKÓW", "34" },
	{ "cafe zuri", "5" },
	{ "Café", "5" },
	{ "søren café", "5" },
	{ "zürich", "5" },
	/* telephone numbers */
	{ "030 123456", "34" },
	{ "030123456", "34" },
	{ "(030) 123-456", "34" },
	{ "+49 30 123456", "34" },
	{ "+4930123456", "34" },
	{ "+49 (0)30 123456", "34" },
	{ "0049 30 123456", "34" },
	{ "004930123456", "34" },
	{ "30123456", "34" },
	{ "30 123456", "34" },
	{ "4930123456", "3" },
	{ "lukasz 030 123456", "34" },
	{ "+49 89 471100", "6" },
	{ "0660 7654321", "6" },
	{ "+43", "6" },
	{ "044 4711", "5" },
	/* not */
	{ "+41 30 123456", "4" }, /* theirs does not say which country */
	{ "030 1234567", "" },
	{ "mueller", "" },
	{ "muller krakow", "" },
};

static void each_case(struct crm_fixture *f)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *found = whom(f, cases[i].q);

		if (strcmp(found, cases[i].found) != 0)
			fail_msg("%s: %s, not %s", cases[i].q, found,
				 cases[i].found);
	}
}

static void make_people(struct crm_fixture *f)
{
	struct err err = ERR_INIT;
	struct record r;

	assert_int_equal(fixture_create(f, ENTITY_COMPANY,
					"{\"name\":\"Café Zürich\","
					"\"phone\":\"+41 44 471 12 13\"}",
					&r, &err),
			 0);
	for (size_t i = 0; i < ARRAY_SIZE(people); i++)
		(void)fixture_person(f, people[i]);
}

static void is_found_however_it_is_written(void **state)
{
	struct crm_fixture *f = *state;

	make_people(f);
	each_case(f); /* looked through */
	index_all(f);
	each_case(f);
}

/* As after the migration. */
static void what_was_there_before_gets_its_text_from_the_job(void **state)
{
	static const char *const tables[] = { "person", "company", "email" };
	struct crm_fixture *f = *state;

	make_people(f);
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		store_fixture_exec(f->db,
				   arena_printf(f->arena,
						"UPDATE %s SET plain = NULL",
						tables[i]));
	/* as they are written */
	assert_string_equal(whom(f, "Müller"), "12");
	assert_string_equal(whom(f, "muller"), "2");
	assert_string_equal(whom(f, "jörg"), "12");
	index_all(f);
	each_case(f);
	assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM email"
					   " WHERE plain IS NOT NULL"),
			 3);
}

static void a_company_that_is_renamed_takes_its_people_along(void **state)
{
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;
	struct record r;

	make_people(f);
	index_all(f);
	assert_int_equal(fixture_patch(f, ENTITY_COMPANY, 1,
				       "{\"name\":\"Bäckerei\"}", &r, &err),
			 0);
	assert_string_equal(whom(f, "baeckerei"), "");
	assert_string_equal(whom(f, "backerei"), "5");
	assert_string_equal(whom(f, "cafe"), "");
	index_all(f);
	assert_string_equal(whom(f, "backerei"), "5");
	assert_string_equal(whom(f, "cafe"), "");
	assert_int_equal(fixture_patch(f, ENTITY_PERSON, 1,
				       "{\"company_id\":1}", &r, &err),
			 0);
	assert_string_equal(whom(f, "backerei"), "15");
	index_all(f);
	assert_string_equal(whom(f, "backerei"), "15");
	assert_int_equal(fixture_patch(f, ENTITY_PERSON, 5,
				       "{\"phone\":\"0711 654321\","
				       "\"city\":\"Ulm\"}",
				       &r, &err),
			 0);
	index_all(f);
	assert_string_equal(whom(f, "+49 711 654321"), "5");
	assert_string_equal(whom(f, "ulm"), "5");
}

/* People 2 to n + 1 of company 1, in the index. */
static void make_staff(struct crm_fixture *f, const char *company, int n)
{
	struct err err = ERR_INIT;
	struct record r;

	assert_int_equal(fixture_create(f, ENTITY_COMPANY, company, &r, &err),
			 0);
	(void)fixture_person(f, "{\"last_name\":\"Other\"}");
	store_fixture_exec(
		f->db,
		arena_printf(f->arena,
			     "INSERT INTO person (id, last_name, name_folded,"
			     " plain, company_id, created_ms, updated_ms) WITH"
			     " RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT"
			     " i + 1 FROM n WHERE i <= %d) SELECT i, 'Own',"
			     " 'own', 'own', 1, i, i FROM n",
			     n));
	store_fixture_exec(f->db, arena_printf(f->arena,
					       "UPDATE sequence SET next = %d"
					       " WHERE name = 'person'",
					       n + 2));
	index_all(f);
}

static bool is_indexed(struct crm_fixture *f, const char *q)
{
	CLEANUP(search_found_release) struct search_found in_it = { 0 };
	struct search_word words[SEARCH_WORDS_MAX];
	struct err err = ERR_INIT;
	size_t n = 0;

	assert_int_equal(search_words_read(q, f->arena, words, &n, &err), 0);
	return search_find(f->db, ENTITY_PERSON, words, n, SEARCH_MOST, &in_it,
			   &err) == SEARCH_FOUND;
}

static void rename_company(struct crm_fixture *f, const char *name)
{
	struct err err = ERR_INIT;
	struct record r;

	assert_int_equal(
		fixture_patch(f, ENTITY_COMPANY, 1,
			      arena_printf(f->arena, "{\"name\":\"%s\"}", name),
			      &r, &err),
		0);
}

/* One mark, whatever the number of its people; the job takes them in page by
 * page, and the answers are those of a scan all the time, also if it is renamed
 * again before that is done. */
static void a_large_company_is_renamed_page_by_page(void **state)
{
	static const char *const names[] = { "steel", "brass", "tin" };
	static const int renamed[] = { [0] = 1, [3] = 2, [6] = 1, [9] = 0 };
	struct crm_fixture *f = *state;
	const int staff = SEARCH_BEHIND_MOST + 100;
	struct err err = ERR_INIT;
	int now = 0, more = 1;

	make_staff(f, "{\"name\":\"Steel\"}", staff);
	for (size_t page = 0; more > 0; page++) {
		if (page < ARRAY_SIZE(renamed) && page % 3 == 0) {
			now = renamed[page];
			rename_company(f, names[now]);
			assert_int_equal(fixture_number(f,
							"SELECT COUNT(*) FROM"
							" search_stale"),
					 1);
		}
		for (int i = 0; i < (int)ARRAY_SIZE(names); i++)
			assert_int_equal(found(f, ENTITY_PERSON, names[i]),
					 i == now ? staff : 0);
		assert_int_equal(found(f, ENTITY_PERSON, "own"), staff);
		assert_true(is_indexed(f, "own")); /* nobody's new name */
		more = search_index_page(f->db, &err);
	}
	assert_int_equal(more, 0);
	assert_true(is_indexed(f, "steel"));
	assert_int_equal(found(f, ENTITY_COMPANY, "steel"), 1);
	assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM search_doc"
					   " WHERE text LIKE '%tin%'"
					   " OR text LIKE '%brass%'"),
			 0);
}

static void a_company_that_goes_is_nobodys_name(void **state)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;

	make_staff(f, "{\"name\":\"Steel\"}", 20);
	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_int_equal(record_remove(&tx, ENTITY_COMPANY, 1, &f->actor,
				       f->arena, &err),
			 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
	assert_int_equal(found(f, ENTITY_PERSON, "steel"), 0);
	index_all(f);
	assert_int_equal(found(f, ENTITY_PERSON, "steel"), 0);
}

/* How many are on all pages, which tell that total; by id, the last first. */
static int64_t walk(struct crm_fixture *f, struct record_query *query,
		    int64_t total, bool is_least)
{
	int64_t seen = 0, last = INT64_MAX;
	struct err err = ERR_INIT;

	query->cursor = NULL;
	do {
		CLEANUP(record_page_release)
		struct record_page page = { .next = NULL };

		assert_int_equal(
			record_list(f->db, query, f->arena, &page, &err), 0);
		assert_int_equal(page.total, total);
		assert_int_equal(page.total_is_least, is_least);
		vec_each (&page.items, r) {
			assert_true(r->id < last);
			last = r->id;
			seen++;
		}
		query->cursor = page.next;
	} while (query->cursor);
	return seen;
}

/* More are counted on demand, and all of them are on the pages. One letter is
 * in no index. */
static void what_very_many_have_is_not_counted(void **state)
{
	static const char *const words[] = { "tee", "o" };
	struct crm_fixture *f = *state;
	const int64_t staff = RECORD_COUNT_MOST + 50;

	make_staff(f, "{\"name\":\"Steel\"}", (int)staff);
	store_fixture_exec(f->db, "UPDATE person SET name_folded = 'x',"
				  " plain = 'x' WHERE id = 1");
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		struct record_query query = {
			.limit = 1000,
			.sort = "-created_at",
			.selection = { .entity = ENTITY_PERSON, .q = words[i] },
		};
		struct err err = ERR_INIT;

		assert_int_equal(selection_read(&query.selection, f->db, 1,
						f->arena, &err),
				 0);
		assert_int_equal(walk(f, &query, RECORD_COUNT_MOST, true),
				 staff);
		query.counts_all = true;
		assert_int_equal(walk(f, &query, staff, false), staff);
	}
}

/* Edited after the update, before the job came: the record had its text by
 * then, its addresses had not. */
static void an_address_of_before_gets_its_text_too(void **state)
{
	struct crm_fixture *f = *state;

	(void)fixture_person(f, "{\"last_name\":\"A\",\"email\":"
				"\"jörg@bücher.example\"}");
	for (int i = 0; i < 2; i++) {
		store_fixture_exec(f->db, "UPDATE email SET plain = NULL");
		if (i > 0) /* as the update marks it */
			store_fixture_exec(f->db,
					   "INSERT INTO search_stale (entity,"
					   " record_id) VALUES (1, 1)");
		index_all(f);
		assert_string_equal(whom(f, "bucher"), "1");
		assert_string_equal(whom(f, "bücher"), "1");
		assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM email"
						   " WHERE plain IS NOT NULL"),
				 1);
	}
}

static void a_change_is_found_at_once_and_nothing_old(void **state)
{
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;
	struct record r = fixture_person(
		f, "{\"last_name\":\"Schmidt\",\"email\":\"old@x.example\"}");
	struct record c;

	index_all(f);
	assert_int_equal(found(f, ENTITY_PERSON, "chmid"), 1);
	assert_int_equal(fixture_patch(f, ENTITY_PERSON, r.id,
				       "{\"last_name\":\"王伟\"}", &r, &err),
			 0);
	assert_int_equal(found(f, ENTITY_PERSON, "chmid"), 0);
	assert_int_equal(found(f, ENTITY_PERSON, "伟"), 1);
	index_all(f);
	assert_int_equal(fixture_patch(f, ENTITY_PERSON, r.id,
				       "{\"email\":\"new@x.example\"}", &r,
				       &err),
			 0);
	assert_int_equal(found(f, ENTITY_PERSON, "old@"), 0);
	assert_int_equal(found(f, ENTITY_PERSON, "new@"), 1);
	index_all(f);
	assert_int_equal(found(f, ENTITY_PERSON, "old@"), 0);
	assert_int_equal(found(f, ENTITY_PERSON, "new@"), 1);
	assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM search_stale"),
			 0);
	assert_int_equal(fixture_create(f, ENTITY_COMPANY,
					"{\"name\":\"Wang Steel\"}", &c, &err),
			 0);
	assert_int_equal(fixture_create(f, ENTITY_LEAD,
					"{\"last_name\":\"Wang\"}", &c, &err),
			 0);
	index_all(f);
	assert_int_equal(found(f, ENTITY_COMPANY, "ang st"), 1);
	assert_int_equal(found(f, ENTITY_LEAD, "ang"), 1);
	assert_int_equal(found(f, ENTITY_PERSON, "ang"), 0);
}

/* Not as text, and not as pieces. */
static void what_is_erased_leaves_the_index(void **state)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(search_found_release) struct search_found in_it = { 0 };
	static const struct search_word word = { .plain = "schmidt",
						 .folded = "schmidt" };
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;
	struct record r = fixture_person(
		f, "{\"last_name\":\"Schmidt\",\"email\":\"old@x.example\"}");

	index_all(f);
	assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM search_doc"),
			 1);
	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_int_equal(person_erase(&tx, r.id, &f->actor, f->arena, &err), 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
	assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM search_doc"),
			 0);
	index_all(f);
	assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM search_doc"),
			 0);
	assert_int_equal(
		search_find(f->db, ENTITY_PERSON, &word, 1, 9, &in_it, &err),
		SEARCH_FOUND);
	assert_int_equal(in_it.ids.n, 0);
}

static void what_is_removed_leaves_it_with_the_job(void **state)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;
	struct record r = fixture_person(f, "{\"last_name\":\"Schmidt\"}");

	index_all(f);
	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_int_equal(record_remove(&tx, ENTITY_PERSON, r.id, &f->actor,
				       f->arena, &err),
			 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
	assert_int_equal(found(f, ENTITY_PERSON, "schmidt"), 0);
	index_all(f);
	assert_int_equal(fixture_number(f, "SELECT COUNT(*) FROM search_doc"),
			 0);
}

static void the_job_is_added_when_there_is_something_to_do(void **state)
{
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;

	assert_int_equal(search_wake(f->db, 5, &err), 0);
	assert_int_equal(fixture_jobs(f, SEARCH_JOB), 0);
	(void)fixture_person(f, "{\"last_name\":\"A\"}");
	assert_int_equal(search_wake(f->db, 5, &err), 0);
	assert_int_equal(fixture_jobs(f, SEARCH_JOB), 1);
	store_fixture_exec(f->db, "UPDATE job SET run_at_ms = 99");
	assert_int_equal(search_wake(f->db, 7, &err), 0);
	assert_int_equal(fixture_number(f, "SELECT run_at_ms FROM job"), 7);
	index_all(f);
	store_fixture_exec(f->db, "UPDATE job SET run_at_ms = 99");
	assert_int_equal(search_wake(f->db, 8, &err), 0);
	assert_int_equal(fixture_number(f, "SELECT run_at_ms FROM job"), 99);
}

static void a_page_that_fails_is_done_again(void **state)
{
	struct crm_fixture *f = *state;
	struct err err = ERR_INIT;
	struct record r;
	int failures = 0;

	r = fixture_person(f,
			   "{\"last_name\":\"A\",\"email\":\"a@x.example\"}");
	index_all(f);
	assert_int_equal(fixture_patch(f, ENTITY_PERSON, r.id,
				       "{\"last_name\":\"Bcd\"}", &r, &err),
			 0);
	for (int n = 1;; n++) {
		int ret;

		err = (struct err)ERR_INIT;
		db_fail_nth(f->db, n);
		ret = search_index_page(f->db, &err);
		db_fail_nth(f->db, 0);
		if (ret > 0)
			break;
		failures++;
		assert_int_equal(err.code, ERR_IO);
		assert_int_equal(found(f, ENTITY_PERSON, "bcd"), 1);
	}
	assert_true(failures > 4);
	index_all(f);
	assert_int_equal(found(f, ENTITY_PERSON, "bcd"), 1);
}

#define FIXED(test)                                             \
	cmocka_unit_test_setup_teardown(test, crm_fixture_open, \
					crm_fixture_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_word_is_looked_for_by_its_longest_pieces),
		cmocka_unit_test(pieces_are_written_once),
		FIXED(the_index_finds_what_a_scan_finds),
		FIXED(is_found_however_it_is_written),
		FIXED(what_was_there_before_gets_its_text_from_the_job),
		FIXED(a_company_that_is_renamed_takes_its_people_along),
		FIXED(a_large_company_is_renamed_page_by_page),
		FIXED(a_company_that_goes_is_nobodys_name),
		FIXED(what_very_many_have_is_not_counted),
		FIXED(an_address_of_before_gets_its_text_too),
		FIXED(a_change_is_found_at_once_and_nothing_old),
		FIXED(what_is_erased_leaves_the_index),
		FIXED(what_is_removed_leaves_it_with_the_job),
		FIXED(the_job_is_added_when_there_is_something_to_do),
		FIXED(a_page_that_fails_is_done_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
