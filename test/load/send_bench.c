/*
 * send_bench - how fast a campaign goes out, from the ledger to the relay
 *
 *     send_bench RELAY MEMBERS [FOLDER | postgresql://...] [UNCERTAIN_MAX]
 *
 * Makes an audience of so many members in a fresh database and sends them a
 * message of 30 KB with 10 merge tags, 8 links and the open pixel: freezing,
 * claims, rendering, hand-over and outcomes, all durable. RELAY is outbox: or
 * smtp://127.0.0.1:PORT?tls=off (see smtp_sink; compare with smtp-source -d).
 */
#include "audience/list.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/email.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "delivery/delivery.h"
#include "store/store.h"

#include <sys/resource.h>
#include <unistd.h>

#define GROUP 2000
#define NOW INT64_C(1700000000000)

static void must(int rc, const struct err *err)
{
	if (rc >= 0)
		return;
	fprintf(stderr, "send_bench: %s\n", err->text);
	exit(1);
}

static void run(struct db *db, const char *sql, struct sql_args args)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	must(tx_begin(db, &tx, &err), &err);
	must(db_exec_text(&tx, sql, args, &err), &err);
	must(tx_commit(&tx, &err), &err);
}

static int64_t one(struct db *db, const char *sql)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct err err = ERR_INIT;

	must(db_query_text(db, sql, SQL_NO_ARGS, &rows, &err), &err);
	must(rows_next(rows, &err) - 1, &err);
	return rows_int(rows, 0);
}

static int64_t make_list(struct db *db, struct arena *arena)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;
	struct list list;

	must(tx_begin(db, &tx, &err), &err);
	must(list_ensure_master(&tx, "Bench", NOW, arena, &list, &err), &err);
	must(tx_commit(&tx, &err), &err);
	return list.id;
}

static void make_members(struct db *db, int64_t list, int64_t n)
{
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT;

	for (int64_t i = 1; i <= n; i++) {
		char hash[MD5_HEX + 1], address[64];

		snprintf(address, sizeof(address), "m%lld@d%lld.example",
			 (long long)i, (long long)(i % 1000));
		email_hash(address, hash);
		strbuf_addf(&sql,
			    "%s(%lld, %lld, '%s', '%s', 'u%lld', 1,"
			    " '{\"1\":\"Firstname%lld\",\"2\":\"Lastname\"}',"
			    " 1)",
			    sql.len ? ", "
				    : "INSERT INTO member (id, list_id,"
				      " address, email_hash, unique_id, status,"
				      " merge, changed_ms) VALUES ",
			    (long long)i, (long long)list, address, hash,
			    (long long)i, (long long)i);
		if (i % GROUP && i < n)
			continue;
		run(db, sql.buf, SQL_NO_ARGS);
		strbuf_reset(&sql);
	}
}

/* About 30 KB as sent: 10 merge tags, 8 links. */
static void make_html(struct strbuf *out)
{
	strbuf_addstr(out, "<html><body>");
	for (int i = 0; i < 10; i++) {
		strbuf_addstr(out, i % 2 ? "<h2>*|FNAME|*</h2>"
					 : "<h2>*|LNAME|* *|EMAIL|*</h2>");
		if (i < 8)
			strbuf_addf(out,
				    "<a href=\"https://x.example/%d\">"
				    "link</a>",
				    i);
		for (int k = 0; k < 33; k++)
			strbuf_addstr(out, "<p>Lorem ipsum dolor sit amet, "
					   "consectetur adipiscing elit, sed "
					   "do.</p>");
	}
	strbuf_addstr(out, "</body></html>");
}

static void make_campaign(struct db *db, int64_t list)
{
	CLEANUP(strbuf_release) struct strbuf html = STRBUF_INIT;

	make_html(&html);
	run(db,
	    "INSERT INTO campaign (hex, list_id, type, status, settings,"
	    " tracking, html, plain_text, send_ms, created_ms, updated_ms)"
	    " VALUES ('c0ffee0001', ?, 'regular', 4, ?, ?, ?, 'Text', 1, 1, 1)",
	    SQL_ARGS(sql_int(list),
		     sql_text("{\"subject_line\":\"Hello *|FNAME|*\","
			      "\"from_name\":\"Bench\","
			      "\"reply_to\":\"bench@example.org\","
			      "\"to_name\":\"*|FNAME|*\"}"),
		     sql_text("{\"opens\":true,\"html_clicks\":true}"),
		     sql_str(strbuf_str(&html))));
}

static double cpu_s(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static void report(int64_t n, int64_t since_us, double cpu)
{
	double s = (double)(clock_monotonic_us() - since_us) / 1e6;
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	printf("%lld messages in %.2f s: %.0f a second, %.0f us CPU each, "
	       "%ld MB at most\n",
	       (long long)n, s, (double)n / s,
	       (cpu_s() - cpu) * 1e6 / (double)n, u.ru_maxrss / 1024);
}

int main(int argc, char **argv)
{
	struct store_options store_options = STORE_OPTIONS_DEFAULT;
	struct delivery_options options = DELIVERY_OPTIONS_DEFAULT;
	struct delivery_setup setup = { .options = &options,
					.instance = "bench",
					.public_url = "http://t.example",
					.has_public_url = true,
					.organisation = "Bench",
					.postal_address = "1 Road, Town",
					.send = true };
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct delivery *d = NULL;
	struct db *db = NULL;
	struct err err = ERR_INIT;
	char folder[] = "/tmp/send-bench-XXXXXX";
	int64_t n, since_us, list;
	double cpu;

	if (argc < 3 || !text_to_int(argv[2], &n) || !mkdtemp(folder)) {
		fprintf(stderr, "usage: send_bench RELAY MEMBERS [FOLDER | "
				"URL] [UNCERTAIN_MAX]\n");
		return 2;
	}
	crypto_init();
	options.relay = argv[1];
	setup.data = store_options.data = folder;
	if (argc > 3 && strncmp(argv[3], "postgresql:", 11) == 0)
		store_options.database = argv[3];
	else if (argc > 3)
		setup.data = store_options.data = argv[3];
	if (argc > 4)
		(void)text_to_int(argv[4], &options.uncertain_max);
	must(store_open(&store_options, &setup.store, &err), &err);
	must(store_get(setup.store, STORE_AUDIENCE, &db, &err), &err);
	list = make_list(db, arena);
	make_members(db, list, n);
	make_campaign(db, list);
	cpu = cpu_s();
	since_us = clock_monotonic_us();
	must(delivery_start(&setup, &d, &err), &err);
	while (one(db, "SELECT status FROM campaign") != 5)
		usleep(20000);
	report(n, since_us, cpu);
	delivery_free(&d);
	store_put(&db);
	store_free(&setup.store);
	return 0;
}
