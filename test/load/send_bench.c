/*
 * send_bench - how fast a campaign goes out, from the ledger to the relay
 *
 *     send_bench [-k KEY] [-u UNCERTAIN_MAX] RELAY MEMBERS
 *                [FOLDER | postgresql://...]
 *
 * Makes an audience of so many members in a fresh database and sends them a
 * message of 30 KB with 10 merge tags, 8 links and the open pixel: freezing,
 * claims, rendering, hand-over and outcomes, all durable. RELAY is outbox: or
 * smtp://127.0.0.1:PORT?tls=off (see smtp_sink; compare with smtp-source -d).
 * KEY: a PEM file; each message is signed by DKIM with it.
 */
#include "bench.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "delivery/delivery.h"

#include <sys/resource.h>
#include <unistd.h>

static int64_t one(struct db *db, const char *sql)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct err err = ERR_INIT;

	must(db_query_text(db, sql, SQL_NO_ARGS, &rows, &err), &err);
	must(rows_next(rows, &err) - 1, &err);
	return rows_int(rows, 0);
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
	bench_run(
		db,
		"INSERT INTO campaign (hex, list_id, type, status, settings,"
		" tracking, html, plain_text, send_ms, created_ms, updated_ms)"
		" VALUES ('c0ffee0001', ?, 'regular', 4, ?, ?, ?, 'Text', 1, "
		"1, 1)",
		SQL_ARGS(sql_int(list),
			 sql_text("{\"subject_line\":\"Hello *|FNAME|*\","
				  "\"from_name\":\"Bench\","
				  "\"reply_to\":\"bench@example.org\","
				  "\"to_name\":\"*|FNAME|*\"}"),
			 sql_text("{\"opens\":true,\"html_clicks\":true}"),
			 sql_str(strbuf_str(&html))));
}

static void report(int64_t n, int64_t since_us, double cpu)
{
	double s = (double)(clock_monotonic_us() - since_us) / 1e6;
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	printf("%lld messages in %.2f s: %.0f a second, %.0f us CPU each, "
	       "%ld MB at most\n",
	       (long long)n, s, (double)n / s,
	       (bench_cpu_s() - cpu) * 1e6 / (double)n, u.ru_maxrss / 1024);
}

static int usage(void)
{
	fprintf(stderr, "usage: send_bench [-k KEY] [-u UNCERTAIN_MAX] RELAY "
			"MEMBERS [FOLDER | URL]\n");
	return 2;
}

/* Returns what stands behind them; nothing, if one is not known. */
static char **read_options(int argc, char **argv,
			   struct delivery_options *options)
{
	int option;

	while ((option = getopt(argc, argv, "k:u:")) != -1) {
		if (option == 'k') {
			options->dkim_key_file = optarg;
			options->dkim_domain = "example.org";
			options->dkim_selector = "bench";
		} else if (option != 'u' ||
			   !text_to_int(optarg, &options->uncertain_max)) {
			return argv + argc;
		}
	}
	return argv + optind;
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
	struct delivery *d = NULL;
	struct db *db = NULL;
	struct err err = ERR_INIT;
	int64_t n, since_us;
	double cpu;

	argv = read_options(argc, argv, &options);
	if (!argv[0] || !argv[1] || !text_to_int(argv[1], &n))
		return usage();
	crypto_init();
	options.relay = argv[0];
	bench_open(argv[2], &store_options, &setup.store);
	setup.data = store_options.data;
	must(store_get(setup.store, STORE_AUDIENCE, &db, &err), &err);
	make_campaign(db, bench_members(db, n));
	cpu = bench_cpu_s();
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
