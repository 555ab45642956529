/*
 * group_bench - how fast the groups of the CRM are counted and read
 *
 *     group_bench PEOPLE [FOLDER | postgresql://...]
 *
 * People with a company, an address and tags (a tenth, a hundredth, fifty of a
 * fiftieth), five campaigns that all of them got (three in ten opened, one
 * clicked). Prints ms of the wall and of our CPU, for a group of three
 * conditions, its members, and the counts of a thousand groups: when nothing is
 * kept, when it is, after changes; and what the log of changes costs who
 * writes.
 */
#include "bench.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/random.h"
#include "base/strbuf.h"
#include "crm/group/group.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#define WARM 20
#define GROUPS 1000
#define PAGE 1000

struct bench {
	struct store *store;
	struct db *db;
	int64_t people;
	bool pg;
};

static void run(struct bench *b, const char *format, long long n)
{
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT;
	const char *at = strstr(format, "%d");

	if (!at) {
		strbuf_addstr(&sql, format);
	} else {
		strbuf_addslice(&sql,
				(struct str){ format, (size_t)(at - format) });
		strbuf_addf(&sql, "%lld%s", n, at + 2);
	}
	bench_run(b->db, sql.buf, SQL_NO_ARGS);
}

static int64_t find(struct bench *b, const char *sql)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct err err = ERR_INIT;

	must(db_query_text(b->db, sql, SQL_NO_ARGS, &rows, &err), &err);
	must(rows_next(rows, &err), &err);
	return rows_int(rows, 0);
}

static void make_people(struct bench *b)
{
	run(b,
	    "INSERT INTO company (id, name, name_folded, industry, created_ms,"
	    " updated_ms) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT"
	    " i + 1 FROM n WHERE i < 20000) SELECT i, 'Steel ' || i,"
	    " 'steel ' || i, CASE i % 5 WHEN 0 THEN 'Steel' ELSE 'Trade' END,"
	    " 1, 1 FROM n",
	    0);
	run(b,
	    "INSERT INTO person (id, first_name, last_name, name_folded, plain,"
	    " job_title, company_id, email_id, city, country, language, phone,"
	    " street, created_ms, updated_ms)"
	    " WITH RECURSIVE n(i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT"
	    " i + 1 FROM n WHERE i < %d) SELECT i, 'Firstname' || (i % 5000),"
	    " 'Lastname' || i, 'lastname' || i || ' firstname' || (i % 5000),"
	    " 'lastname' || i, 'Head of ' || (i % 50),"
	    " CASE i % 2 WHEN 0 THEN i % 20000 + 1 END, i, CASE i % 8 WHEN 0"
	    " THEN 'Bern' WHEN 1 THEN 'Berlin' WHEN 2 THEN 'Köln' ELSE 'Oslo'"
	    " END, CASE i % 7 WHEN 0 THEN 'Germany' WHEN 1 THEN 'Ireland' ELSE"
	    " 'China' END, 'en', '+41 31 ' || i, 'Main Street ' || (i % 100),"
	    " 1690000000000 + i * 10000, 1690000000000 + i * 10000 FROM n",
	    (long long)b->people);
	run(b,
	    "INSERT INTO email (id, entity, record_id, address, folded, hash,"
	    " created_ms) SELECT id, 1, id, 'm' || id || '@d' || (id % 1000) ||"
	    " '.example', 'm' || id || '@d' || (id % 1000) || '.example', 'h' ||"
	    " id, 1 FROM person",
	    0);
}

static void make_tag(struct bench *b, long long id, long long part)
{
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT;

	strbuf_addf(&sql,
		    "INSERT INTO tag (id, name, name_folded) VALUES (%lld,"
		    " 'tag %lld', 'tag %lld')",
		    id, id, id);
	run(b, sql.buf, 0);
	strbuf_reset(&sql);
	strbuf_addf(&sql,
		    "INSERT INTO record_tag (entity, record_id, tag_id)"
		    " SELECT 1, id, %lld FROM person WHERE id %% %lld = 0",
		    id, part);
	run(b, sql.buf, 0);
}

static void make_campaign(struct bench *b, long long id)
{
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT;

	strbuf_addf(&sql,
		    "INSERT INTO campaign_recipient (campaign_id, person_id,"
		    " email_id, email_hash, company_id, state, at_ms,"
		    " accepted_ms, opened_ms, opens, clicked_ms, clicks)"
		    " SELECT %lld, id, id, 'h' || id, company_id, 2, 1, 1,"
		    " CASE WHEN id * 7919 %% 10 < 3 THEN 1 END,"
		    " CASE WHEN id * 7919 %% 10 < 3 THEN 1 ELSE 0 END,"
		    " CASE WHEN id * 7907 %% 10 = %lld THEN 1 END,"
		    " CASE WHEN id * 7907 %% 10 = %lld THEN 1 ELSE 0 END"
		    " FROM person",
		    id, id, id);
	run(b, sql.buf, 0);
}

static void random_condition(struct prng *prng, struct strbuf *out)
{
	static const char *const fields[][2] = {
		{ "city", "starts" },      { "company.name", "contains" },
		{ "last_name", "starts" }, { "job_title", "contains" },
		{ "email", "contains" },   { "country", "is" },
	};
	static const char *const values[] = { "a",     "M",       "ö",
					      "Kö",    "Ireland", "Germany",
					      "Steel", "example" };
	static const char *const answers[] = { "opened", "not_opened",
					       "clicked", "sent" };
	uint64_t pick = prng_below(prng, 8);

	if (pick < ARRAY_SIZE(fields))
		strbuf_addf(out,
			    "{\"field\":\"%s\",\"op\":\"%s\",\"value\":\"%s\"}",
			    fields[pick][0], fields[pick][1],
			    values[prng_below(prng, ARRAY_SIZE(values))]);
	else if (pick == 6)
		strbuf_addf(out,
			    "{\"field\":\"tag\",\"op\":\"is\",\"value\":"
			    "\"tag %d\"}",
			    (int)prng_below(prng, 50) + 1);
	else
		strbuf_addf(out,
			    "{\"field\":\"response\",\"op\":\"%s\","
			    "\"campaign_id\":%d}",
			    answers[prng_below(prng, ARRAY_SIZE(answers))],
			    (int)prng_below(prng, 5) + 1);
}

static void make_groups(struct bench *b)
{
	struct prng prng = { 5 };

	for (int i = 1; i <= GROUPS; i++) {
		CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

		strbuf_addf(&text, "{\"match\":\"%s\",\"conditions\":[",
			    prng_below(&prng, 2) ? "any" : "all");
		for (int n = 0; n < 3; n++) {
			if (n)
				strbuf_addch(&text, ',');
			random_condition(&prng, &text);
		}
		strbuf_addstr(&text, "]}");
		bench_run(b->db,
			  "INSERT INTO crm_group (name, name_folded, entity,"
			  " kind, criteria, created_ms, updated_ms)"
			  " VALUES ('group ' || CAST(? AS TEXT), 'group ' ||"
			  " CAST(? AS TEXT), 1, 2, ?, 1, 1)",
			  SQL_ARGS(sql_int(i), sql_int(i), sql_text(text.buf)));
	}
}

static void make_all(struct bench *b)
{
	if (find(b, "SELECT COUNT(*) FROM crm_group") > 0)
		return;
	make_people(b);
	make_tag(b, 1, 10);
	make_tag(b, 2, 100);
	for (int i = 3; i <= 52; i++)
		make_tag(b, i, 50);
	for (int i = 1; i <= 5; i++)
		make_campaign(b, i);
	make_groups(b);
	if (b->pg)
		run(b, "ANALYZE", 0);
}

/* --- measuring --- */

struct watch {
	int64_t us;
	double cpu;
};

static struct watch start(void)
{
	return (struct watch){ clock_monotonic_us(), bench_cpu_s() };
}

static void stop(struct watch w, int times, const char *what, int64_t n)
{
	printf("%10.3f ms %10.3f ms CPU  %s: %lld\n",
	       (double)(clock_monotonic_us() - w.us) / 1e3 / times,
	       (bench_cpu_s() - w.cpu) * 1e3 / times, what, (long long)n);
	fflush(stdout);
}

static int64_t count(struct bench *b, const char *criteria)
{
	struct group group = { .entity = ENTITY_PERSON,
			       .kind = GROUP_DYNAMIC,
			       .criteria = criteria };
	struct err err = ERR_INIT;
	int64_t n = 0;

	must(group_count(b->db, &group, &n, &err), &err);
	return n;
}

static void counted(struct bench *b, const char *what, const char *criteria)
{
	struct watch w = start();
	int64_t n = count(b, criteria);

	stop(w, 1, what, n);
}

static void counts(struct bench *b, const char *what, const char *criteria)
{
	struct group group = { .entity = ENTITY_PERSON,
			       .kind = GROUP_DYNAMIC,
			       .criteria = criteria };
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	struct err err = ERR_INIT;
	struct watch w;
	int64_t n = 0;

	printf("%s\n", what);
	counted(b, "first", criteria);
	w = start();
	for (int i = 0; i < WARM; i++)
		n = count(b, criteria);
	stop(w, WARM, "again", n);
	run(b, "UPDATE person SET country = 'Ireland' WHERE id = 70", 0);
	counted(b, "one person changed", criteria);
	run(b, "UPDATE person SET job_title = 'Boss' WHERE id <= 10000", 0);
	counted(b, "10,000 people changed", criteria);
	w = start();
	must(group_walk(b->db, &group, b->people / 2, PAGE, &ids, &err), &err);
	stop(w, 1, "a page of 1,000 from the middle", (int64_t)ids.n);
	w = start();
	n = 0;
	for (int64_t after = 0; after >= 0;) {
		vec_reset(&ids);
		must(group_walk(b->db, &group, after, 10000, &ids, &err), &err);
		n += (int64_t)ids.n;
		after = ids.n == 10000 ? ids.v[ids.n - 1] : -1;
	}
	stop(w, 1, "all, 10,000 a page", n);
}

static void page_of_groups(struct bench *b, const char *what)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(vec_release) struct groups groups = VEC_INIT;
	struct group_filter filter = { .limit = GROUPS };
	struct err err = ERR_INIT;
	const char *next;
	struct watch w;
	int64_t counts[GROUPS], sum = 0;

	must(group_list(b->db, &filter, arena, &groups, &next, &err), &err);
	w = start();
	must(group_counts(b->db, &groups, counts, &err), &err);
	for (size_t i = 0; i < groups.n; i++)
		sum += counts[i];
	stop(w, 1, what, sum);
}

static void memory(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	printf("%ld MiB at most\n", u.ru_maxrss / 1024);
}

int main(int argc, char **argv)
{
	struct store_options o = STORE_OPTIONS_DEFAULT;
	struct bench b = { 0 };
	struct err err = ERR_INIT;

	if (argc < 2) {
		fprintf(stderr, "group_bench PEOPLE [FOLDER | "
				"postgresql://...]\n");
		return 2;
	}
	crypto_init();
	bench_open(argc > 2 ? argv[2] : NULL, &o, &b.store);
	b.people = strtoll(argv[1], NULL, 10);
	b.pg = store_backend(b.store) == DB_PG;
	must(store_get(b.store, STORE_CRM, &b.db, &err), &err);
	make_all(&b);
	counts(&b, "a country, a tag, opened a campaign",
	       "{\"conditions\":[{\"field\":\"country\",\"op\":\"is\","
	       "\"value\":"
	       "\"Germany\"},{\"field\":\"tag\",\"op\":\"is\",\"value\":\"tag "
	       "1\"},{\"field\":\"response\",\"op\":\"opened\","
	       "\"campaign_id\":1}]}");
	counts(&b,
	       "a last name, a company's trade, opened none of all campaigns",
	       "{\"conditions\":[{\"field\":\"last_name\",\"op\":\"starts\","
	       "\"value\":\"Lastname1\"},{\"field\":\"company.industry\","
	       "\"op\":\"is\",\"value\":\"Steel\"},{\"field\":\"response\","
	       "\"op\":\"not_opened\"}]}");
	counts(&b, "a town, or clicked a campaign, or created lately",
	       "{\"match\":\"any\",\"conditions\":[{\"field\":\"city\",\"op\":"
	       "\"starts\",\"value\":\"ber\"},{\"field\":\"response\",\"op\":"
	       "\"clicked\",\"campaign_id\":2},{\"field\":\"created_at\","
	       "\"op\":\"greater\",\"value\":\"2023-08-01\"}]}");
	memory();
	if (argc > 3)
		return 0;
	printf("counts of a thousand groups\n");
	page_of_groups(&b, "first");
	page_of_groups(&b, "again");
	run(&b, "UPDATE person SET city = 'Bern' WHERE id = 71", 0);
	page_of_groups(&b, "one person changed");
	memory();
	store_put(&b.db);
	store_free(&b.store);
	return 0;
}
