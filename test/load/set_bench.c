/*
 * set_bench - how fast segments and tags are counted and read
 *
 *     set_bench MEMBERS [FOLDER | postgresql://...]
 *
 * A list, five campaigns that all of it was sent (three in ten opened, one
 * clicked), a tag of all, one of a hundredth, fifty of a fiftieth. Prints ms of
 * the wall and of our CPU: when nothing is kept, when it is, after changes; and
 * what the log of changes costs who writes.
 */
#include "bench.h"

#include "audience/member.h"
#include "audience/segment_target.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "sets/id_set.h"
#include "sets/set_cache.h"
#include "sql/list.h"
#include "sql/member.h"

#include <stdio.h>
#include <string.h>

#define TAGS 50
#define PAGE 1000
#define WARM 100

struct bench {
	struct store *store;
	struct db *db;
	int64_t list, members;
	bool pg;
};

static void make_tag(struct bench *b, int64_t id, int64_t part)
{
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT;

	strbuf_addf(&sql,
		    "INSERT INTO segment (id, list_id, name, kind, created_ms,"
		    " updated_ms) VALUES (%lld, %lld, 'tag %lld', 1, 1, 1)",
		    (long long)id, (long long)b->list, (long long)id);
	bench_run(b->db, sql.buf, SQL_NO_ARGS);
	strbuf_reset(&sql);
	strbuf_addf(&sql,
		    "INSERT INTO segment_member (segment_id, member_id, at_ms)"
		    " SELECT %lld, id, 1 FROM member WHERE id %% %lld = 0",
		    (long long)id, (long long)part);
	bench_run(b->db, sql.buf, SQL_NO_ARGS);
}

static void make_campaign(struct bench *b, int id)
{
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT;

	strbuf_addf(&sql,
		    "INSERT INTO campaign (id, hex, list_id, type, status,"
		    " settings, tracking, created_ms, updated_ms) VALUES"
		    " (%d, 'bench%d', %lld, 'regular', 5, '{}', '{}', 1, 1)",
		    id, id, (long long)b->list);
	bench_run(b->db, sql.buf, SQL_NO_ARGS);
}

/* Was it made by an earlier run? */
static bool is_made(struct bench *b)
{
	struct err err = ERR_INIT;

	return db_find_int(b->db, SQL_LIST_MASTER, SQL_NO_ARGS, &b->list,
			   &err) > 0;
}

static void make_all(struct bench *b)
{
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT;

	if (is_made(b))
		return;
	b->list = bench_members(b->db, b->members);
	bench_run(b->db,
		  "UPDATE member SET opt_ms = 1690000000000 + id * 10000",
		  SQL_NO_ARGS);
	for (int i = 1; i <= 5; i++) {
		make_campaign(b, i);
		strbuf_reset(&sql);
		strbuf_addf(&sql,
			    "INSERT INTO recipient (campaign_id, member_id,"
			    " state, at_ms, sent_seq, opens, clicks)"
			    " SELECT %d, id, 4, 1700000000000, id,"
			    " CASE WHEN id * 7919 %% 10 < 3 THEN 1 ELSE 0 END,"
			    " CASE WHEN id * 7907 %% 10 = %d THEN 1 ELSE 0 END"
			    " FROM member",
			    i, i);
		bench_run(b->db, sql.buf, SQL_NO_ARGS);
	}
	make_tag(b, 1, 1);
	make_tag(b, 2, 100);
	for (int i = 0; i < TAGS; i++)
		make_tag(b, 3 + i, TAGS);
	if (b->pg)
		bench_run(b->db, "ANALYZE", SQL_NO_ARGS);
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

static void forget(struct bench *b)
{
	struct set_cache *cache = set_cache_of(b->db);

	set_cache_limit(cache, 0);
	set_cache_limit(cache, SET_CACHE_BYTES);
}

static int64_t count(struct bench *b, int64_t tag, const char *opts)
{
	struct segment_target target = { .list_id = b->list,
					 .segment_id = tag,
					 .opts = opts };
	struct err err = ERR_INIT;
	int64_t n = 0;

	must(segment_count(b->db, &target, BENCH_NOW, &n, &err), &err);
	return n;
}

static void counts(struct bench *b, const char *what, const char *opts)
{
	struct watch w;
	int64_t n = 0;

	forget(b);
	printf("%s\n", what);
	w = start();
	n = count(b, 0, opts);
	stop(w, 1, "cold", n);
	w = start();
	for (int i = 0; i < WARM; i++)
		n = count(b, 0, opts);
	stop(w, WARM, "warm", n);
	bench_run(b->db, "UPDATE member SET vip = 1 - vip WHERE id = 77",
		  SQL_NO_ARGS);
	w = start();
	n = count(b, 0, opts);
	stop(w, 1, "one member changed", n);
	bench_run(b->db, "UPDATE member SET vip = 1 - vip WHERE id <= 10000",
		  SQL_NO_ARGS);
	w = start();
	n = count(b, 0, opts);
	stop(w, 1, "10,000 members changed", n);
}

static void page(struct bench *b, int64_t tag, int64_t offset)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(id_set_release) struct id_set set = ID_SET_INIT;
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;
	CLEANUP(vec_release) struct members members = VEC_INIT;
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	struct segment_target target = { .list_id = b->list,
					 .segment_id = tag };
	struct watch w = start();
	struct err err = ERR_INIT;
	int64_t id;
	char what[64];

	must(segment_members(b->db, &target, BENCH_NOW, &set, &err), &err);
	id = id_set_nth(&set, offset);
	for (; id > 0 && ids.n < PAGE; id = id_set_next(&set, id))
		vec_push(&ids, id);
	snprintf(what, sizeof(what), "ids of a page at %lld",
		 (long long)offset);
	stop(w, 1, what, (int64_t)ids.n);
	w = start();
	must(member_list_by_ids(b->db, sql_keys(&ids, &keys), arena, &members,
				&err),
	     &err);
	stop(w, 1, "their rows", (int64_t)members.n);
}

static void pages(struct bench *b)
{
	struct watch w;
	int64_t n = 0;

	printf("tags\n");
	forget(b);
	w = start();
	n = count(b, 1, NULL);
	stop(w, 1, "tag of all, cold", n);
	page(b, 1, 0);
	page(b, 1, b->members / 2);
	page(b, 1, b->members - PAGE);
	w = start();
	for (int i = 0; i < TAGS; i++)
		n = count(b, 3 + i, NULL);
	stop(w, TAGS, "each of fifty tags, cold", n);
	w = start();
	for (int i = 0; i < TAGS; i++)
		n = count(b, 3 + i, NULL);
	stop(w, TAGS, "each of fifty tags, warm", n);
	printf("%zu bytes are kept\n", set_cache_bytes(set_cache_of(b->db)));
}

/* --- what writing costs --- */

static void write_tags(struct bench *b, const char *what, int64_t n)
{
	struct watch w = start();
	struct err err = ERR_INIT;

	for (int64_t i = 0; i < n; i += 500) {
		CLEANUP(tx_release) struct tx tx = TX_INIT;
		struct batch batch;

		must(tx_begin(b->db, &tx, &err), &err);
		batch_begin(&tx, &batch);
		for (int64_t j = 1; j <= 500; j++)
			must(batch_add(&batch, SQL_MEMBER_TAG,
				       SQL_ARGS(sql_int(999), sql_int(i + j),
						sql_int(1)),
				       &err),
			     &err);
		must((int)batch_end(&batch, &err), &err);
		must(tx_commit(&tx, &err), &err);
	}
	stop(w, (int)(n / 1000), what, n);
	bench_run(b->db, "DELETE FROM segment_member WHERE segment_id = 999",
		  SQL_NO_ARGS);
}

static void write_members(struct bench *b, const char *what, int64_t n)
{
	struct watch w = start();
	struct err err = ERR_INIT;

	for (int64_t i = 0; i < n; i += 500) {
		CLEANUP(tx_release) struct tx tx = TX_INIT;
		struct batch batch;

		must(tx_begin(b->db, &tx, &err), &err);
		batch_begin(&tx, &batch);
		for (int64_t j = 1; j <= 500; j++)
			must(batch_add_text(&batch,
					    "UPDATE member SET rating = 3 -"
					    " rating WHERE id = ?",
					    SQL_ARGS(sql_int(i + j)), &err),
			     &err);
		must((int)batch_end(&batch, &err), &err);
		must(tx_commit(&tx, &err), &err);
	}
	stop(w, (int)(n / 1000), what, n);
}

static void send(struct bench *b, const char *what, int64_t n)
{
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT;
	struct watch w;

	strbuf_addf(&sql,
		    "INSERT INTO recipient (campaign_id, member_id, state,"
		    " at_ms) SELECT 9, id, 1, 1 FROM member WHERE id <= %lld",
		    (long long)n);
	bench_run(b->db, sql.buf, SQL_NO_ARGS);
	w = start();
	bench_run(b->db,
		  "UPDATE recipient SET state = 4, sent_seq = member_id"
		  " WHERE campaign_id = 9",
		  SQL_NO_ARGS);
	stop(w, (int)(n / 1000), what, n);
	bench_run(b->db, "DELETE FROM recipient WHERE campaign_id = 9",
		  SQL_NO_ARGS);
}

static void drop_triggers(struct bench *b)
{
	static const char *const triggers[][2] = {
		{ "member_written", "member" },
		{ "segment_member_added", "segment_member" },
		{ "segment_member_removed", "segment_member" },
		{ "recipient_written", "recipient" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(triggers); i++) {
		CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT;

		strbuf_addf(&sql, "DROP TRIGGER %s", triggers[i][0]);
		if (b->pg)
			strbuf_addf(&sql, " ON %s", triggers[i][1]);
		bench_run(b->db, sql.buf, SQL_NO_ARGS);
	}
}

static void writes(struct bench *b)
{
	int64_t n = b->members < 100000 ? b->members / 1000 * 1000 : 100000;

	write_tags(b, "(for the first time)", n);
	printf("writing: a thousand each, with the log of changes\n");
	write_tags(b, "tagged", n);
	write_members(b, "members", n);
	send(b, "sent, by one statement", n);
	printf("... and without\n");
	drop_triggers(b);
	write_tags(b, "tagged", n);
	write_members(b, "members", n);
	send(b, "sent, by one statement", n);
}

int main(int argc, char **argv)
{
	struct store_options o = STORE_OPTIONS_DEFAULT;
	struct bench b = { 0 };
	struct err err = ERR_INIT;

	if (argc < 2) {
		fprintf(stderr, "set_bench MEMBERS [FOLDER | "
				"postgresql://...]\n");
		return 2;
	}
	crypto_init();
	bench_open(argc > 2 ? argv[2] : NULL, &o, &b.store);
	b.members = strtoll(argv[1], NULL, 10);
	b.pg = store_backend(b.store) == DB_PG;
	must(store_get(b.store, STORE_AUDIENCE, &b.db, &err), &err);
	make_all(&b);
	counts(&b, "a first name, opened a campaign, joined since",
	       "{\"conditions\":[{\"field\":\"FNAME\",\"op\":\"starts\","
	       "\"value\":\"firstname1\"},{\"field\":\"aim\",\"op\":\"open\","
	       "\"value\":\"1\"},{\"field\":\"timestamp_opt\",\"op\":"
	       "\"greater\",\"value\":\"date\",\"extra\":\"2023-08-01\"}]}");
	counts(&b, "a tag, clicked one campaign, did not open another",
	       "{\"conditions\":[{\"field\":\"static_segment\",\"op\":"
	       "\"static_is\",\"value\":2},{\"field\":\"aim\",\"op\":\"click\","
	       "\"value\":\"2\"},{\"field\":\"aim\",\"op\":\"noopen\","
	       "\"value\":\"1\"}]}");
	counts(&b, "opened any campaign, or clicked one, or has no name",
	       "{\"match\":\"any\",\"conditions\":[{\"field\":\"aim\",\"op\":"
	       "\"open\",\"value\":\"any\"},{\"field\":\"aim\",\"op\":"
	       "\"click\","
	       "\"value\":\"1\"},{\"field\":\"FNAME\",\"op\":\"blank\"}]}");
	pages(&b);
	writes(&b);
	store_put(&b.db);
	store_free(&b.store);
	return 0;
}
