/*
 * apply_bench - how fast the log is applied
 *
 *     apply_bench HITS MEMBERS [FOLDER | postgresql://... [BATCH]]
 *
 * Puts so many opens and clicks of a campaign's recipients, in no order, into
 * the log of a fresh database and applies them. Prints hits a second, CPU, and
 * the slowest batch: so long does an unsubscribe wait at most.
 */
#include "bench.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/random.h"
#include "base/strbuf.h"
#include "delivery/apply/applier.h"
#include "delivery/event.h"
#include "delivery/lease.h"

#define HOUR 3600000
#define LINKS 8
#define BATCH 16000

/* Of readers, in no order: most of what opens a mail says what it is. */
static const char *const agents[] = {
	"Mozilla/5.0 (X11; Linux x86_64; rv:115.0) Gecko/20100101 "
	"Firefox/115.0",
	"Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via "
	"ggpht.com GoogleImageProxy)",
	"Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) "
	"AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
	"Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; Trident/7.0; "
	"Microsoft Outlook 16.0.4266; ms-office; MSOffice 16)",
};

static void make_campaign(struct db *db, int64_t list)
{
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT;

	strbuf_addf(&sql,
		    "INSERT INTO campaign (hex, list_id, type, status,"
		    " settings, tracking, created_ms, updated_ms)"
		    " VALUES ('c0ffee0001', %lld, 'regular', 5, '{}', '{}',"
		    " 1, 1)",
		    (long long)list);
	bench_run(db, sql.buf, SQL_NO_ARGS);
	bench_run(db,
		  "INSERT INTO recipient (campaign_id, member_id, state, at_ms,"
		  " sent_seq) SELECT 1, id, 4, 1700000000000, id FROM member",
		  SQL_NO_ARGS);
}

static void make_hits(struct db *db, int64_t n, int64_t members)
{
	struct event *group = calloc(BENCH_GROUP, sizeof(*group));
	struct prng random = { 1 };
	char(*ips)[16] = calloc(BENCH_GROUP, sizeof(*ips));
	struct err err = ERR_INIT;

	for (int64_t done = 0; done < n; done += BENCH_GROUP) {
		CLEANUP(tx_release) struct tx tx = TX_INIT;

		for (int64_t i = 0; i < BENCH_GROUP; i++) {
			int64_t link = (int64_t)prng_below(&random, LINKS * 2);

			snprintf(ips[i], sizeof(ips[i]), "10.%d.%d.%d",
				 (int)prng_below(&random, 256),
				 (int)prng_below(&random, 256),
				 (int)prng_below(&random, 256));
			group[i] = (struct event){
				.at_ms = BENCH_NOW + HOUR + (done + i) / 20,
				.kind = link > LINKS ? EVENT_OPENED
						     : EVENT_CLICKED,
				.link_id = link > LINKS ? 0 : link,
				.campaign_id = 1,
				.member_id =
					1 + (int64_t)prng_below(
						    &random, (uint64_t)members),
				.ip = ips[i],
				.agent = agents[prng_below(&random,
							   ARRAY_SIZE(agents))],
			};
		}
		must(tx_begin(db, &tx, &err), &err);
		must(event_insert(&tx, "bench", group, BENCH_GROUP, &err),
		     &err);
		must(tx_commit(&tx, &err), &err);
	}
	free(group);
	free(ips);
}

static void hold_lease(struct db *db)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	must(tx_begin(db, &tx, &err), &err);
	must(lease_take(&tx, LEASE_DELIVERY, "bench/1", BENCH_NOW * 2, 0, &err),
	     &err);
	must(tx_commit(&tx, &err), &err);
}

static void apply(struct db *events, struct db *audience, size_t most)
{
	struct applier_options options = { .owner = "bench/1",
					   .early_ms = 10000,
					   .burst = 50,
					   .retry_first_ms = 15000 };
	struct apply_memory *memory = apply_memory_new(options.burst);
	struct err err = ERR_INIT;
	int64_t began = clock_monotonic_us(), slowest = 0, total = 0, n = 1;
	double cpu = bench_cpu_s(), seconds;

	while (n > 0) {
		int64_t since = clock_monotonic_us();

		n = applier_step(&options, events, audience, memory, most,
				 clock_now_ms(), &err);
		must((int)n, &err);
		total += n;
		since = clock_monotonic_us() - since;
		if (since > slowest)
			slowest = since;
	}
	seconds = (double)(clock_monotonic_us() - began) / 1e6;
	cpu = bench_cpu_s() - cpu;
	printf("%lld hits in %.1f s: %.0f hits/s, %.1f us CPU a hit, slowest "
	       "batch %.0f ms\n",
	       (long long)total, seconds, (double)total / seconds,
	       cpu * 1e6 / (double)total, (double)slowest / 1e3);
	apply_memory_free(&memory);
}

int main(int argc, char **argv)
{
	struct store_options o = STORE_OPTIONS_DEFAULT;
	struct store *store = NULL;
	struct db *events = NULL, *audience = NULL;
	struct err err = ERR_INIT;
	int64_t members;

	if (argc < 3) {
		fprintf(stderr, "apply_bench HITS MEMBERS "
				"[FOLDER | postgresql://... [BATCH]]\n");
		return 2;
	}
	crypto_init();
	bench_open(argc > 3 ? argv[3] : NULL, &o, &store);
	members = strtoll(argv[2], NULL, 10);
	must(store_get(store, STORE_EVENTS, &events, &err), &err);
	must(store_get(store, STORE_AUDIENCE, &audience, &err), &err);
	make_campaign(audience, bench_members(audience, members));
	make_hits(events, strtoll(argv[1], NULL, 10), members);
	hold_lease(audience);
	db_set_bulk(audience, true); /* as the applier does */
	apply(events, audience,
	      argc > 4 ? (size_t)strtoll(argv[4], NULL, 10) : BATCH);
	store_put(&events);
	store_put(&audience);
	store_free(&store);
	return 0;
}
