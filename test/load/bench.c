#include "bench.h"

#include "audience/list.h"
#include "base/arena.h"
#include "base/crypto.h"
#include "base/email.h"
#include "base/err.h"
#include "base/strbuf.h"

#include <errno.h>
#include <stdio.h>
#include <sys/resource.h>

void must(int rc, const struct err *err)
{
	if (rc >= 0)
		return;
	fprintf(stderr, "%s: %s\n", program_invocation_short_name, err->text);
	exit(1);
}

void bench_open(const char *where, struct store_options *options,
		struct store **out)
{
	static char folder[] = "/tmp/bench-store-XXXXXX";
	struct err err = ERR_INIT;

	options->data = mkdtemp(folder);
	if (where && strncmp(where, "postgresql:", 11) == 0)
		options->database = where;
	else if (where)
		options->data = where;
	must(store_open(options, out, &err), &err);
}

void bench_run(struct db *db, const char *sql, struct sql_args args)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	must(tx_begin(db, &tx, &err), &err);
	must(db_exec_text(&tx, sql, args, &err), &err);
	must(tx_commit(&tx, &err), &err);
}

static int64_t make_list(struct db *db)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct err err = ERR_INIT;
	struct list list;

	must(tx_begin(db, &tx, &err), &err);
	must(list_ensure_master(&tx, "Bench", BENCH_NOW, arena, &list, &err),
	     &err);
	must(tx_commit(&tx, &err), &err);
	return list.id;
}

static void add_member(int64_t list, int64_t i, struct strbuf *sql)
{
	char hash[MD5_HEX + 1], address[64];

	snprintf(address, sizeof(address), "m%lld@d%lld.example", (long long)i,
		 (long long)(i % 1000));
	email_hash(address, hash);
	strbuf_addf(sql,
		    "%s(%lld, %lld, '%s', '%s', 'u%lld', 1,"
		    " '{\"1\":\"Firstname%lld\",\"2\":\"Lastname\"}', 1)",
		    sql->len ? ", "
			     : "INSERT INTO member (id, list_id, address,"
			       " email_hash, unique_id, status, merge,"
			       " changed_ms) VALUES ",
		    (long long)i, (long long)list, address, hash, (long long)i,
		    (long long)i);
}

int64_t bench_members(struct db *audience, int64_t n)
{
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT;
	int64_t list = make_list(audience);

	for (int64_t i = 1; i <= n; i++) {
		add_member(list, i, &sql);
		if (i % BENCH_GROUP && i < n)
			continue;
		bench_run(audience, sql.buf, SQL_NO_ARGS);
		strbuf_reset(&sql);
	}
	return list;
}

double bench_cpu_s(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}
