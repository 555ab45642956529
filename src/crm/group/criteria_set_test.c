#include "crm/group/criteria_set.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/json.h"
#include "base/random.h"
#include "base/strbuf.h"
#include "crm/group/criteria_sql.h"
#include "crm/group/group.h"
#include "crm/group/record_change.h"
#include "sets/set_cache.h"
#include "store/sqlbuild.h"
#include "store/store_fixture.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TRIES 600
#define PEOPLE 200
#define NOW (40 * MS_DAY)

struct world {
	struct store_fixture store;
	struct db *db;
	struct arena *arena;
};

static void run(struct db *db, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void run(struct db *db, const char *fmt, ...)
{
	char sql[1024];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(sql, sizeof(sql), fmt, args);
	va_end(args);
	store_fixture_exec(db, sql);
}

/* --- records about whom any condition can be asked --- */

static const char *const records[] = {
	"INSERT INTO company (id, name, name_folded, city, created_ms,"
	" updated_ms) WITH RECURSIVE n(i) AS (SELECT CAST(1 AS BIGINT) UNION "
	"ALL SELECT i + 1"
	" FROM n WHERE i < 20) SELECT i, 'Firm ' || i % 5, 'firm ' || i % 5,"
	" CASE i % 3 WHEN 0 THEN 'Bern' WHEN 1 THEN 'Oslo' END, i * 90000000,"
	" 1 FROM n",
	"INSERT INTO person (id, first_name, last_name, name_folded, city,"
	" company_id, opted_out, custom, birthday, created_ms, updated_ms)"
	" WITH RECURSIVE n(i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i "
	"+ 1 FROM n"
	" WHERE i < 200) SELECT i, CASE i % 4 WHEN 0 THEN 'Ann' WHEN 1 THEN"
	" 'Zoë' WHEN 2 THEN '' END, 'Last' || i % 7, 'last' || i % 7,"
	" CASE i % 3 WHEN 0 THEN 'BERN' WHEN 1 THEN 'Oslo' END,"
	" CASE WHEN i % 3 > 0 THEN i % 20 + 1 END, i % 2,"
	" CASE i % 5 WHEN 0 THEN '{\"size\":3,\"flag\":true,\"note\":\"a\"}'"
	" WHEN 1 THEN '{\"size\":7}' END, CASE i % 2 WHEN 0 THEN '1970-02-0' ||"
	" (i % 8 + 1) END, i * 17280000, 1 FROM n",
	"INSERT INTO lead (id, first_name, name_folded, city, status, source,"
	" created_ms, updated_ms) WITH RECURSIVE n(i) AS (SELECT CAST(1 AS "
	"BIGINT) UNION ALL"
	" SELECT i + 1 FROM n WHERE i < 60) SELECT i, 'Lee', 'lee', CASE i % 3"
	" WHEN 0 THEN 'Bern' END, CASE i % 2 WHEN 0 THEN 'new' ELSE 'lost' END,"
	" 'fair', i * 57600000, 1 FROM n",
	"INSERT INTO email (id, entity, record_id, address, folded, hash,"
	" created_ms) SELECT id, 1, id, 'A' || id % 9 || '@x.example', 'a' ||"
	" id % 9 || '@x.example', 'h' || id % 9, 1 FROM person WHERE id % 6 > "
	"0",
	"INSERT INTO email (id, entity, record_id, address, folded, hash,"
	" created_ms) SELECT 1000 + id, 2, id, 'l' || id || '@x.example', 'l'"
	" || id || '@x.example', 'l' || id, 1 FROM lead",
	"INSERT INTO tag (id, name, name_folded) VALUES (1, 'VIP', 'vip'),"
	" (2, 'press', 'press'), (3, 'Ärzte', 'ärzte')",
	"INSERT INTO record_tag (entity, record_id, tag_id) SELECT 1, p.id, "
	"t.id"
	" FROM person p JOIN tag t ON p.id % (t.id + 2) = 0",
	"INSERT INTO record_tag (entity, record_id, tag_id) SELECT 2, p.id, "
	"t.id"
	" FROM lead p JOIN tag t ON p.id % (t.id + 1) = 0",
	"INSERT INTO record_tag (entity, record_id, tag_id) SELECT 3, p.id, "
	"t.id"
	" FROM company p JOIN tag t ON p.id % (t.id + 1) = 0",
	"INSERT INTO campaign (id, name, status, created_ms, updated_ms) VALUES"
	" (1, 'one', 5, 1, 1), (2, 'two', 5, 1, 1)",
	"INSERT INTO campaign_link (id, campaign_id, url) VALUES (1, 1,"
	" 'https://a.example/')",
	"INSERT INTO custom_field (entity, key, label, type, created_ms) VALUES"
	" (1, 'note', 'Note', 'text', 1), (1, 'size', 'Size', 'number', 1),"
	" (1, 'flag', 'Flag', 'boolean', 1)",
	"INSERT INTO campaign_recipient (campaign_id, person_id, company_id,"
	" state, at_ms, opened_ms, machine_opened_ms, clicked_ms, bounced)"
	" SELECT 1, id, company_id, id % 7 + 1, 1, CASE id % 3 WHEN 0 THEN 5"
	" END, CASE id % 4 WHEN 0 THEN 5 END, CASE id % 5 WHEN 0 THEN 5 END,"
	" CASE id % 9 WHEN 0 THEN 1 ELSE 0 END FROM person WHERE id % 5 < 4",
	"INSERT INTO campaign_recipient (campaign_id, person_id, company_id,"
	" state, at_ms, opened_ms) SELECT 2, id, company_id, 2, 1, CASE id % 2"
	" WHEN 0 THEN 5 END FROM person WHERE id % 3 = 0",
	"INSERT INTO campaign_activity (campaign_id, person_id, kind, at_ms,"
	" link_id) SELECT 1, id, 2, 5, 1 FROM person WHERE id % 10 = 0",
	"INSERT INTO crm_group (id, name, name_folded, entity, kind, criteria,"
	" created_ms, updated_ms, evaluated_ms) VALUES (1, 'hand', 'hand', 1, "
	"1,"
	" NULL, 1, 1, 1), (2, 'moving', 'moving', 1, 2, '{\"match\":\"any\","
	"\"conditions\":[{\"field\":\"city\",\"op\":\"is\",\"value\":\"bern\"},"
	"{\"field\":\"tag\",\"op\":\"is\",\"value\":\"vip\"}]}', 1, 1, NULL)",
	"INSERT INTO group_member (group_id, record_id, how) SELECT 1, id,"
	" 1 + id % 2 FROM person WHERE id % 4 = 1",
};

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	crypto_init();
	store_fixture_open(&w->store);
	w->db = w->store.crm;
	w->arena = arena_new();
	for (size_t i = 0; i < ARRAY_SIZE(records); i++)
		store_fixture_exec(w->db, records[i]);
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	arena_free(&w->arena);
	store_fixture_free(&w->store);
	free(w);
	return 0;
}

/* --- any conditions --- */

#define F(field, op, value) \
	"{\"field\":\"" field "\",\"op\":\"" op "\",\"value\":\"" value "\"}"
#define B(field, op) "{\"field\":\"" field "\",\"op\":\"" op "\"}"
#define R(op, more) "{\"field\":\"response\",\"op\":\"" op "\"" more "}"

/* `%s`: one of the conditions of other records as well. */
static const char *const of_people[] = {
	F("first_name", "is", "ann"),
	F("first_name", "not", "ZOË"),
	F("last_name", "contains", "T3"),
	F("name", "is", "last5"),
	F("name", "starts", "last"),
	F("company.name", "is", "firm 2"),
	F("company.city", "not", "bern"),
	B("company.city", "blank"),
	F("company.created_at", "less", "1970-01-10"),
	F("company_id", "greater", "12"),
	F("opted_out", "is", "true"),
	F("birthday", "within", "10 days"),
	F("birthday", "in_last", "9 days"),
	B("custom.note", "blank_not"),
	F("custom.size", "greater", "4"),
	F("custom.flag", "not", "true"),
	F("email", "is", "a3@x.example"),
	F("email", "notcontain", "a5"),
	B("email", "blank"),
	R("sent", ",\"campaign_id\":1"),
	R("opened", ""),
	R("opened", ",\"campaign_id\":1,\"machines\":true"),
	R("not_opened", ""),
	R("not_opened", ",\"campaign_id\":2"),
	R("clicked", ",\"campaign_id\":1"),
	R("clicked", ",\"url\":\"https://a.example/\""),
	R("not_clicked", ",\"campaign_id\":1"),
	R("not_sent", ",\"campaign_id\":2"),
	R("bounced", ""),
	R("not_unsubscribed", ",\"campaign_id\":1"),
	"{\"field\":\"group\",\"op\":\"is\",\"value\":1}",
	"{\"field\":\"group\",\"op\":\"not\",\"value\":2}",
	"{\"field\":\"group\",\"op\":\"is\",\"value\":2}",
	F("mail_status", "is", "open"),
	F("mail_status", "not", "opted_out"),
};
static const char *const of_leads[] = {
	F("status", "is", "new"),
	F("source", "starts", "FA"),
	F("email", "contains", "1"),
	F("first_name", "not", "x"),
};
static const char *const of_companies[] = {
	F("name", "is", "firm 3"),
	F("name", "ends", "4"),
	R("opened", ",\"campaign_id\":1"),
	R("not_opened", ""),
};
static const char *const of_all[] = {
	F("city", "is", "Bern"),
	B("city", "blank"),
	F("tag", "is", "vip"),
	F("tag", "not", "press"),
	F("tag", "contains", "e"),
	B("tag", "blank"),
	F("created_at", "greater", "1970-01-20"),
	F("created_at", "less", "1970-01-25"),
	F("created_at", "is", "1970-01-15"),
	F("created_at", "not", "1970-01-16"),
	F("created_at", "in_last", "30 hours"),
	F("created_at", "greater", "-10 days"),
	B("created_at", "blank_not"),
};

static const char *any_of(struct prng *prng, enum entity entity)
{
	if (prng_below(prng, 3) == 0)
		return of_all[prng_below(prng, ARRAY_SIZE(of_all))];
	if (entity == ENTITY_PERSON)
		return of_people[prng_below(prng, ARRAY_SIZE(of_people))];
	if (entity == ENTITY_LEAD)
		return of_leads[prng_below(prng, ARRAY_SIZE(of_leads))];
	return of_companies[prng_below(prng, ARRAY_SIZE(of_companies))];
}

static void add_tree(struct prng *prng, enum entity entity, int depth,
		     struct strbuf *out)
{
	uint64_t n = prng_below(prng, 4) + (depth == 2);

	strbuf_addf(out, "{\"match\":\"%s\",\"conditions\":[",
		    prng_below(prng, 2) ? "any" : "all");
	for (uint64_t i = 0; i < n; i++) {
		if (i)
			strbuf_addch(out, ',');
		if (depth > 0 && prng_below(prng, 4) == 0)
			add_tree(prng, entity, depth - 1, out);
		else
			strbuf_addstr(out, any_of(prng, entity));
	}
	strbuf_addstr(out, "]}");
}

/* --- kept sets are what SQL says --- */

static void parse(struct world *w, enum entity entity, const char *text,
		  int64_t now_ms, const struct criteria **out)
{
	CLEANUP(json_free) json_t *json = NULL;
	struct criteria *parsed;
	struct err err = ERR_INIT;

	if (json_parse(str_of(text), &json, &err) < 0 ||
	    criteria_parse(w->db, entity, "criteria", json, now_ms, w->arena,
			   &parsed, &err) < 0)
		fail_msg("%s: %s %s", text, err.field, err.text);
	*out = parsed;
}

static void ask_rows(struct world *w, struct db *db, const struct criteria *c,
		     struct id_set *out)
{
	CLEANUP(sqlbuild_release) struct sqlbuild b = SQLBUILD(db, w->arena);
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct err err = ERR_INIT;
	int more;

	sqlbuild_add(&b, "SELECT r.id");
	criteria_sql_from(c, &b);
	criteria_sql_where(c, CRITERIA_SET, &b);
	assert_int_equal(sqlbuild_query(&b, db, &rows, &err), 0);
	while ((more = rows_next(rows, &err)) > 0)
		id_set_add(out, rows_int(rows, 0));
	assert_int_equal(more, 0);
}

/* How many; kept sets of `db` and plain SQL must agree. */
static int64_t compare(struct world *w, struct db *db, enum entity entity,
		       const char *text, int64_t now_ms)
{
	CLEANUP(id_set_release) struct id_set a = ID_SET_INIT;
	CLEANUP(id_set_release) struct id_set b = ID_SET_INIT;
	const struct criteria *c;
	struct err err = ERR_INIT;

	parse(w, entity, text, now_ms, &c);
	if (criteria_set(db, c, &a, &err) < 0)
		fail_msg("%s: %s", text, err.text);
	ask_rows(w, db, c, &b);
	if (!id_set_equal(&a, &b))
		fail_msg("%s: sets %lld, SQL %lld", text,
			 (long long)id_set_count(&a),
			 (long long)id_set_count(&b));
	return id_set_count(&a);
}

static void compare_any(struct world *w, struct db *db, struct prng *prng,
			int *told_apart)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	enum entity entity = prng_below(prng, 3)
				     ? ENTITY_PERSON
				     : 1 + (enum entity)prng_below(prng, 3);
	int64_t n;

	add_tree(prng, entity, 2, &text);
	n = compare(w, db, entity, text.buf,
		    NOW + (int64_t)prng_below(prng, 2 * MS_HOUR));
	*told_apart += n > 0 && n < PEOPLE;
}

/* Whatever may be written: id is a record's, n any number. */
static const char *const changes[] = {
	"UPDATE person SET first_name = 'ann' WHERE id = %1$d",
	"UPDATE person SET city = CASE %2$d %% 3 WHEN 0 THEN 'Bern' WHEN 1"
	" THEN '' END WHERE id %% 9 = %1$d %% 9",
	"UPDATE person SET company_id = %2$d %% 22 WHERE id = %1$d",
	"UPDATE person SET company_id = NULL WHERE id = %1$d",
	"UPDATE person SET opted_out = 1 - opted_out WHERE id = %1$d",
	"UPDATE person SET custom = '{\"size\":%2$d,\"note\":\"n\"}'"
	" WHERE id = %1$d",
	"UPDATE person SET birthday = '1980-02-1%2$d' WHERE id = %1$d"
	" AND %2$d < 10",
	"UPDATE person SET created_ms = %2$d * CAST(17000000 AS BIGINT) WHERE "
	"id = %1$d",
	"UPDATE person SET erased_ms = 5 WHERE id = %1$d AND %2$d %% 4 = 0",
	"UPDATE person SET erased_ms = NULL WHERE id = %1$d",
	"DELETE FROM person WHERE id = %1$d AND %2$d %% 5 = 0",
	"INSERT INTO person (id, first_name, name_folded, city, created_ms,"
	" updated_ms) SELECT %1$d, 'new', 'last5', 'Bern', %2$d * "
	"CAST(17000000 AS BIGINT), 1"
	" WHERE NOT EXISTS (SELECT 1 FROM person WHERE id = %1$d)",
	"UPDATE company SET name = 'Firm 2', name_folded = 'firm 2'"
	" WHERE id = %1$d %% 20",
	"UPDATE company SET city = 'Bern', created_ms = %2$d * CAST(17000000 "
	"AS BIGINT)"
	" WHERE id = %1$d %% 20",
	"UPDATE company SET city = NULL WHERE id = %1$d %% 20",
	"DELETE FROM company WHERE id = %1$d AND %2$d %% 9 = 0",
	"UPDATE lead SET status = 'new', city = 'Bern' WHERE id = %1$d %% 60",
	"UPDATE lead SET source = NULL, status = 'lost' WHERE id = %1$d %% 60",
	"DELETE FROM lead WHERE id = %1$d AND %2$d %% 9 = 0",
	"UPDATE email SET ended_ms = 5 WHERE record_id = %1$d",
	"UPDATE email SET ended_ms = NULL, folded = 'a5', hash = 'h'"
	" WHERE record_id = %1$d",
	"UPDATE email SET record_id = %2$d WHERE id = %1$d",
	"DELETE FROM email WHERE record_id = %1$d AND %2$d %% 3 = 0",
	"INSERT INTO email (id, entity, record_id, address, folded, hash,"
	" created_ms) SELECT 2000 + COALESCE(MAX(id), 0), 1, %1$d,"
	" 'a3@x.example', 'a3@x.example', '%2$d', 1 FROM email",
	"DELETE FROM record_tag WHERE record_id = %1$d",
	"INSERT INTO record_tag (entity, record_id, tag_id) SELECT e.id,"
	" 1 + %1$d %% 60, 1 + %2$d %% 3 FROM (SELECT 1 AS id UNION SELECT 2 "
	"UNION"
	" SELECT 3) AS e WHERE TRUE ON CONFLICT DO NOTHING",
	"UPDATE tag SET name_folded = 'x' || id WHERE id = 1 + %2$d %% 3"
	" AND %1$d %% 3 = 0",
	"UPDATE tag SET name_folded = CASE id WHEN 1 THEN 'vip' WHEN 2 THEN"
	" 'press' ELSE 'rest' END WHERE id = 1 + %2$d %% 3",
	"INSERT INTO group_member (group_id, record_id, how) SELECT 1, id, 2"
	" FROM person WHERE id %% 11 = %1$d %% 11 ON CONFLICT DO NOTHING",
	"DELETE FROM group_member WHERE record_id %% 5 = %1$d %% 5",
	"UPDATE campaign_recipient SET state = 1 + %2$d %% 7"
	" WHERE person_id = %1$d",
	"UPDATE campaign_recipient SET opened_ms = CASE %2$d %% 2 WHEN 0 THEN"
	" 5 END, clicked_ms = CASE %2$d %% 3 WHEN 0 THEN 5 END"
	" WHERE person_id = %1$d",
	"UPDATE campaign_recipient SET machine_opened_ms = CASE %2$d %% 2 WHEN"
	" 0 THEN 5 END, bounced = %2$d %% 3, unsubscribed_ms = CASE %2$d %% 2"
	" WHEN 0 THEN 5 END WHERE person_id = %1$d",
	"DELETE FROM campaign_recipient WHERE person_id = %1$d",
	"UPDATE campaign_recipient SET person_id = %1$d + 1000"
	" WHERE person_id = %1$d",
	"INSERT INTO campaign_recipient (campaign_id, person_id, state, at_ms,"
	" opened_ms, clicked_ms) SELECT 1 + %2$d %% 2, id, 1 + %2$d %% 4, 1,"
	" CASE %2$d %% 2 WHEN 0 THEN 5 END, 5 FROM person WHERE id = %1$d"
	" ON CONFLICT DO NOTHING",
	"DELETE FROM campaign_activity WHERE person_id = %1$d",
};

static void change_any(struct db *db, struct prng *prng)
{
	const char *fmt = changes[prng_below(prng, ARRAY_SIZE(changes))];
	char sql[1024];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	(void)snprintf(sql, sizeof(sql), fmt, 1 + (int)prng_below(prng, PEOPLE),
		       1 + (int)prng_below(prng, PEOPLE));
#pragma GCC diagnostic pop
	store_fixture_exec(db, sql);
}

static void are_what_sql_says_by_any_tree_after_any_change(void **state)
{
	struct world *w = *state;
	struct prng prng = { 20260101 };
	int told_apart = 0;

	for (int i = 0; i < TRIES; i++) {
		compare_any(w, w->db, &prng, &told_apart);
		for (uint64_t n = prng_below(&prng, 3); n > 0; n--)
			change_any(w->db, &prng);
	}
	assert_true(told_apart > TRIES / 3);
}

static void each_condition_follows_each_change(void **state)
{
	struct world *w = *state;
	struct prng prng = { 3 };

	for (int i = 0; i < 3 * (int)ARRAY_SIZE(changes); i++) {
		change_any(w->db, &prng);
		for (size_t j = 0; j < ARRAY_SIZE(of_people); j++) {
			CLEANUP(strbuf_release)
			struct strbuf text = STRBUF_INIT;

			strbuf_addf(&text, "{\"conditions\":[%s]}",
				    of_people[j]);
			(void)compare(w, w->db, ENTITY_PERSON, text.buf, NOW);
		}
	}
}

/* Another process has a store of its own. */
static void open_other(struct world *w, struct store **store, struct db **db)
{
	struct store_options o = STORE_OPTIONS_DEFAULT;
	struct err err = ERR_INIT;

	o.unprepared = o.no_sync = true;
	*(strstr(w->store.where, "://") ? &o.database : &o.data) =
		w->store.where;
	assert_int_equal(store_open(&o, store, &err), 0);
	assert_int_equal(store_get(*store, STORE_CRM, db, &err), 0);
}

static void see_at_once_what_other_processes_wrote(void **state)
{
	struct world *w = *state;
	CLEANUP(store_free) struct store *store = NULL;
	CLEANUP(store_put) struct db *other = NULL;
	struct prng prng = { 7 };
	int told_apart = 0;

	open_other(w, &store, &other);
	for (int i = 0; i < TRIES / 2; i++) {
		change_any(prng_below(&prng, 2) ? other : w->db, &prng);
		compare_any(w, prng_below(&prng, 2) ? other : w->db, &prng,
			    &told_apart);
	}
	assert_true(told_apart > TRIES / 6);
}

/* --- many writers --- */

struct writer {
	struct world *w;
	const struct criteria *criteria;
	int64_t id;
	bool wrong;
};

static bool write_once(struct writer *me, struct db *db, bool in)
{
	CLEANUP(id_set_release) struct id_set set = ID_SET_INIT;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct sql_value id = sql_int(me->id);
	struct err err = ERR_INIT;

	if (tx_begin(db, &tx, &err) < 0 ||
	    db_exec_text(&tx, "UPDATE person SET city = ? WHERE id = ?",
			 SQL_ARGS(sql_text(in ? "Bern" : "Rome"), id),
			 &err) < 0 ||
	    db_exec_text(&tx,
			 "UPDATE campaign_recipient SET opened_ms = ? WHERE"
			 " person_id = ? AND campaign_id = 1",
			 SQL_ARGS(in ? sql_int(5) : sql_null(), id),
			 &err) < 0 ||
	    tx_commit(&tx, &err) < 0 ||
	    criteria_set(db, me->criteria, &set, &err) < 0)
		return false;
	return id_set_has(&set, me->id) == in;
}

static void *write_on(void *arg)
{
	struct writer *me = arg;
	CLEANUP(store_put) struct db *db = NULL;
	struct err err = ERR_INIT;

	if (store_get(me->w->store.store, STORE_CRM, &db, &err) < 0)
		me->wrong = true;
	for (int i = 0; i < 150 && !me->wrong; i++)
		me->wrong = !write_once(me, db, i % 2);
	return NULL;
}

/* What it has committed itself, each sees at once, whoever else writes. */
static void see_each_commit(struct world *w)
{
	struct writer writers[4];
	pthread_t threads[ARRAY_SIZE(writers)];
	const struct criteria *c;

	run(w->db, "UPDATE person SET erased_ms = NULL");
	run(w->db, "DELETE FROM campaign_recipient WHERE campaign_id = 1");
	run(w->db, "INSERT INTO campaign_recipient (campaign_id, person_id,"
		   " state, at_ms) SELECT 1, id, 2, 1 FROM person");
	parse(w, ENTITY_PERSON,
	      "{\"conditions\":[" F("city", "is", "bern") "," R(
		      "opened", ",\"campaign_id\":1") "]}",
	      NOW, &c);
	for (size_t i = 0; i < ARRAY_SIZE(writers); i++) {
		writers[i] = (struct writer){ w, c, 10 + (int64_t)i, false };
		assert_int_equal(pthread_create(&threads[i], NULL, write_on,
						&writers[i]),
				 0);
	}
	for (size_t i = 0; i < ARRAY_SIZE(writers); i++) {
		(void)pthread_join(threads[i], NULL);
		assert_false(writers[i].wrong);
	}
}

static void miss_no_commit_that_came_before(void **state)
{
	struct world *w = *state;

	see_each_commit(w);
	set_cache_set_split_from(set_cache_of(w->db), 1);
	set_cache_limit(set_cache_of(w->db), 0);
	see_each_commit(w);
}

#define BERN "{\"conditions\":[" F("city", "is", "bern") "]}"

static void skip_nobody_who_commits_late(void **state)
{
	struct world *w = *state;
	CLEANUP(store_put) struct db *late = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;
	int64_t before;

	if (db_backend(w->db) == DB_SQLITE)
		return; /* one writer */
	run(w->db, "UPDATE person SET city = 'Rome' WHERE id <= 20");
	before = compare(w, w->db, ENTITY_PERSON, BERN, NOW);
	assert_int_equal(store_get(w->store.store, STORE_CRM, &late, &err), 0);
	assert_int_equal(tx_begin(late, &tx, &err), 0);
	assert_int_equal(
		db_exec_text(&tx,
			     "UPDATE person SET city = 'Bern' WHERE id = 1",
			     SQL_NO_ARGS, &err),
		1);
	for (int i = 1; i <= 3; i++) {
		run(w->db, "UPDATE person SET city = 'Bern' WHERE id = %d",
		    10 + i);
		assert_int_equal(compare(w, w->db, ENTITY_PERSON, BERN, NOW),
				 before + i);
	}
	assert_int_equal(tx_commit(&tx, &err), 0);
	assert_int_equal(compare(w, w->db, ENTITY_PERSON, BERN, NOW),
			 before + 4);
}

/* --- limits --- */

static void a_group_in_a_transaction_has_what_it_wrote(void **state)
{
	struct world *w = *state;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct group group = { .entity = ENTITY_PERSON,
			       .kind = GROUP_DYNAMIC,
			       .criteria = BERN };
	struct err err = ERR_INIT;
	int64_t before, inside;

	run(w->db, "UPDATE person SET city = 'Rome' WHERE id = 7");
	before = compare(w, w->db, ENTITY_PERSON, BERN, NOW);
	assert_int_equal(tx_begin(w->db, &tx, &err), 0);
	assert_int_equal(
		db_exec_text(&tx,
			     "UPDATE person SET city = 'Bern' WHERE id = 7",
			     SQL_NO_ARGS, &err),
		1);
	assert_int_equal(group_count(w->db, &group, &inside, &err), 0);
	assert_int_equal(inside, before + 1);
	assert_int_equal(group_has(w->db, &group, 7, &err), 1);
	tx_release(&tx);
	assert_int_equal(group_has(w->db, &group, 7, &err), 0);
	assert_int_equal(compare(w, w->db, ENTITY_PERSON, BERN, NOW), before);
}

static void are_read_anew_when_the_log_does_not_reach_back(void **state)
{
	struct world *w = *state;
	struct prng prng = { 3 };
	struct err err = ERR_INIT;
	int told_apart = 0;

	for (int i = 0; i < 100; i++) {
		int more;

		compare_any(w, w->db, &prng, &told_apart);
		for (int n = 0; n < 5; n++)
			change_any(w->db, &prng);
		do
			more = change_log_prune(
				w->db, &record_change_log,
				1 + (int64_t)prng_below(&prng, 20), &err);
		while (more > 0);
		assert_int_equal(more, 0);
	}
	assert_true(told_apart > 30);
}

static void take_no_more_memory_than_they_may(void **state)
{
	struct world *w = *state;
	struct set_cache *cache = set_cache_of(w->db);
	struct prng prng = { 5 };
	int told_apart = 0;

	set_cache_limit(cache, 5000);
	for (int i = 0; i < 100; i++) {
		compare_any(w, w->db, &prng, &told_apart);
		change_any(w->db, &prng);
		assert_true(set_cache_bytes(cache) <= 5000);
	}
}

/* Of many ids two threads read a half each, whoever writes meanwhile. */
static void are_the_same_if_two_threads_read_them(void **state)
{
	struct world *w = *state;
	struct set_cache *cache = set_cache_of(w->db);
	struct prng prng = { 17 };
	int told_apart = 0;

	set_cache_set_split_from(cache, 1);
	for (int i = 0; i < 150; i++) {
		set_cache_limit(cache, i % 3 ? 0 : SET_CACHE_BYTES);
		compare_any(w, w->db, &prng, &told_apart);
		change_any(w->db, &prng);
	}
	assert_true(told_apart > 50);
}

static void keep_nothing_that_was_read_by_half(void **state)
{
	struct world *w = *state;
	struct prng prng = { 13 };
	const struct criteria *c;
	int done = -1, failed = -1;
	static const char text[] =
		"{\"conditions\":[" F("city", "is", "bern") "," F(
			"tag", "is", "vip") "," F("created_at", "greater",
						  "-20 days") "]}";

	parse(w, ENTITY_PERSON, text, NOW, &c);
	for (int n = 1; done < 0; n++) {
		CLEANUP(id_set_release) struct id_set set = ID_SET_INIT;
		struct err err = ERR_INIT;

		change_any(w->db, &prng);
		run(w->db, "UPDATE person SET opted_out = 1 - opted_out");
		db_fail_nth(w->db, n);
		done = criteria_set(w->db, c, &set, &err);
		db_fail_nth(w->db, 0);
		failed++;
		(void)compare(w, w->db, ENTITY_PERSON, text, NOW);
	}
	assert_true(failed > 4);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(are_what_sql_says_by_any_tree_after_any_change),
		TEST(each_condition_follows_each_change),
		TEST(see_at_once_what_other_processes_wrote),
		TEST(miss_no_commit_that_came_before),
		TEST(skip_nobody_who_commits_late),
		TEST(a_group_in_a_transaction_has_what_it_wrote),
		TEST(are_read_anew_when_the_log_does_not_reach_back),
		TEST(take_no_more_memory_than_they_may),
		TEST(are_the_same_if_two_threads_read_them),
		TEST(keep_nothing_that_was_read_by_half),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
