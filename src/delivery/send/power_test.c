#include "base/arena.h"
#include "base/cleanup.h"
#include "base/crypto.h"
#include "base/random.h"
#include "base/strbuf.h"
#include "delivery/apply/applier.h"
#include "delivery/delivery.h"
#include "delivery/delivery_fixture.h"
#include "delivery/event_writer.h"
#include "delivery/recipient.h"
#include "smtp/sink_fixture.h"
#include "store/power_fixture.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/*
 * What a power cut leaves: SQLite's files, each with or without what was not
 * synced. The sender that meets it is this program, started again.
 */

#define HTML "<body><p>*|FNAME|*</p></body>"
#define MEMBERS 2000
#define CUTS 4
#define UNSYNCED_MOST 200

struct world {
	struct store_fixture f;
	struct sink *sink;
	char relay[64];
	char root[64], now[96]; /* the folder of this life, within root */
	int life;
};

static void remove_all(const char *folder)
{
	CLEANUP(strbuf_release) struct strbuf command = STRBUF_INIT;

	strbuf_addf(&command, "rm -rf %s", folder);
	assert_int_equal(system(command.buf), 0);
}

static void next_life(struct world *w, char *folder, size_t size)
{
	(void)snprintf(folder, size, "%s/life%d", w->root, ++w->life);
}

static struct store *open_store(const char *folder, bool no_sync)
{
	struct store_options o = STORE_OPTIONS_DEFAULT;
	struct store *store = NULL;
	struct err err = ERR_INIT;

	o.data = folder;
	o.no_sync = no_sync;
	o.unprepared = true;
	if (store_open(&o, &store, &err) < 0)
		fail_msg("%s", err.text);
	return store;
}

static int64_t number(struct store *store, enum store_schema schema,
		      const char *sql)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct err err = ERR_INIT;

	if (store_get(store, schema, &db, &err) < 0 ||
	    db_query_text(db, sql, SQL_NO_ARGS, &rows, &err) < 0 ||
	    rows_next(rows, &err) <= 0)
		fail_msg("%s: %s", sql, err.text);
	return rows_int(rows, 0);
}

static pid_t start_child(const struct world *w, const char *how)
{
	pid_t pid = fork();

	if (pid == 0) {
		execl("/proc/self/exe", "power_test", how, w->now, w->relay,
		      (char *)NULL);
		_exit(127);
	}
	assert_true(pid > 0);
	return pid;
}

/* --- a log --- */

static struct event_writer *start_writer(struct store *store)
{
	const struct event_writer_setup setup = { .store = store,
						  .instance = "me",
						  .unsynced_most = 10 };
	struct event_writer *w = NULL;
	struct err err = ERR_INIT;

	assert_int_equal(event_writer_start(&setup, &w, &err), 0);
	return w;
}

static void add(struct event_writer *w, enum event_kind kind, int64_t member)
{
	const struct event event = {
		.at_ms = 1, .kind = kind, .campaign_id = 1, .member_id = member
	};
	struct err err = ERR_INIT;

	assert_int_equal(event_add_wait(w, &event, &err), 0);
}

static void make_root(struct world *w)
{
	(void)snprintf(w->root, sizeof(w->root), "/tmp/muster-power-XXXXXX");
	assert_non_null(mkdtemp(w->root));
}

/* What is left of the log if the cut takes everything it can. */
static int64_t left_of_log(struct world *w, const char *what)
{
	char folder[96];
	struct store *store;
	int64_t n;

	next_life(w, folder, sizeof(folder));
	power_cut(w->now, folder, ~0u);
	store = open_store(folder, true);
	n = number(store, STORE_EVENTS, what);
	store_free(&store);
	return n;
}

static void what_was_answered_is_there_with_all_before_it(void **state)
{
	struct world w = { 0 };
	struct store *store;
	struct event_writer *writer;
	struct err err = ERR_INIT;

	(void)state;
	make_root(&w);
	next_life(&w, w.now, sizeof(w.now));
	store = open_store(w.now, true);
	store_free(&store);
	power_begin(w.now);
	store = open_store(w.now, false);
	assert_int_equal(applier_prepare_log(store, &err), 0);
	writer = start_writer(store);
	for (int i = 1; i <= 5; i++)
		add(writer, EVENT_HANDED, i);
	add(writer, EVENT_UNSUBSCRIBED, 6);
	assert_int_equal(event_writer_unsynced(writer), 0);
	assert_int_equal(left_of_log(&w, "SELECT COUNT(*) FROM event"), 6);
	for (int i = 7; i <= 40; i++) {
		add(writer, EVENT_HANDED, i);
		/* never more than ten are at stake */
		assert_true(left_of_log(&w, "SELECT COUNT(*) FROM event") >=
			    i - 10);
	}
	event_writer_free(&writer);
	assert_int_equal(left_of_log(&w, "SELECT COUNT(*) FROM event"), 40);
	store_free(&store);
	remove_all(w.root);
}

#define RETURNED 77

/* Whoever clicked to leave must not be told that it is done. */
static _Noreturn void run_broken_child(char **argv)
{
	const struct event event = { .at_ms = 1,
				     .kind = EVENT_UNSUBSCRIBED,
				     .campaign_id = 1,
				     .member_id = 2 };
	struct err err = ERR_INIT;
	struct event_writer *writer;
	struct store *store;

	power_begin(argv[2]);
	store = open_store(argv[2], false);
	writer = start_writer(store);
	add(writer, EVENT_UNSUBSCRIBED, 1);
	power_break();
	(void)event_add_wait(writer, &event, &err);
	_exit(RETURNED);
}

static void a_failed_sync_ends_the_process(void **state)
{
	struct world w = { 0 };
	struct store *store;
	int status;
	pid_t pid;

	(void)state;
	make_root(&w);
	next_life(&w, w.now, sizeof(w.now));
	store = open_store(w.now, true);
	store_free(&store);
	pid = start_child(&w, "--broken");
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), EXIT_FAILURE);
	assert_int_equal(left_of_log(&w, "SELECT COUNT(*) FROM event"), 1);
	remove_all(w.root);
}

static void ids_are_not_given_again(void **state)
{
	struct world w = { 0 };
	struct store *store;
	struct event_writer *writer;
	struct err err = ERR_INIT;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(store_put) struct db *db = NULL;

	(void)state;
	make_root(&w);
	next_life(&w, w.now, sizeof(w.now));
	store = open_store(w.now, true);
	assert_int_equal(store_get(store, STORE_AUDIENCE, &db, &err), 0);
	assert_int_equal(tx_begin(db, &tx, &err), 0);
	assert_true(db_exec_text(&tx,
				 "INSERT INTO event_cursor (name, xid, "
				 "event_id) VALUES ('ledger', 0, 700) "
				 "ON CONFLICT (name) DO UPDATE SET "
				 "event_id = excluded.event_id",
				 SQL_NO_ARGS, &err) > 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
	assert_int_equal(applier_prepare_log(store, &err), 0);
	writer = start_writer(store);
	add(writer, EVENT_UNSUBSCRIBED, 1);
	event_writer_free(&writer);
	assert_int_equal(number(store, STORE_EVENTS, "SELECT id FROM event"),
			 701);
	store_put(&db);
	store_free(&store);
	remove_all(w.root);
}

/* --- a sender --- */

static void start_service(struct store *store, const char *data,
			  const char *relay, struct delivery **out)
{
	struct delivery_options options = DELIVERY_OPTIONS_DEFAULT;
	struct delivery_setup setup = {
		.store = store,
		.options = &options,
		.instance = "test",
		.data = data,
		.public_url = "http://t.example",
		.has_public_url = true,
		.organisation = "Acme",
		.postal_address = "1 Road, Town",
		.send = true,
		.track = true,
	};
	static struct delivery_options kept;
	struct err err = ERR_INIT;

	options.relay = relay;
	options.unsynced_max = UNSYNCED_MOST;
	kept = options;
	setup.options = &kept;
	if (delivery_start(&setup, out, &err) < 0)
		fail_msg("%s", err.text);
}

static _Noreturn void run_child(char **argv)
{
	struct delivery *d = NULL;

	crypto_init();
	power_begin(argv[2]);
	start_service(open_store(argv[2], false), argv[2], argv[3], &d);
	for (;;)
		pause();
}

/* The machine starts again: its life is another one. */
static void begin_life(const char *folder)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct store *store = open_store(folder, true);
	struct err err = ERR_INIT;

	assert_int_equal(store_get(store, STORE_AUDIENCE, &db, &err), 0);
	assert_int_equal(tx_begin(db, &tx, &err), 0);
	assert_true(db_exec_text(&tx,
				 "UPDATE delivery_lease SET life = 'then' "
				 "WHERE life IS NOT NULL",
				 SQL_NO_ARGS, &err) > 0);
	assert_int_equal(tx_commit(&tx, &err), 0);
	store_put(&db);
	store_free(&store);
}

static void cut_power(struct world *w, pid_t pid, unsigned lost)
{
	char folder[96];
	int status;

	assert_int_equal(kill(pid, SIGSTOP), 0);
	assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
	next_life(w, folder, sizeof(folder));
	power_cut(w->now, folder, lost);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	memcpy(w->now, folder, sizeof(folder));
	begin_life(w->now);
}

static int64_t accepted(struct world *w)
{
	return sink_totals(w->sink).accepted;
}

static void live_and_die(struct world *w, struct prng *chance)
{
	int64_t until = accepted(w) + 100 + (int64_t)prng_below(chance, 250);
	pid_t pid = start_child(w, "--child");

	while (accepted(w) < until)
		sink_wait(w->sink);
	cut_power(w, pid, (unsigned)prng_next(chance));
}

static bool is_sent(struct store *store)
{
	return number(store, STORE_AUDIENCE, "SELECT status FROM campaign") ==
	       5;
}

/* Who got it twice is marked, and was among those that were not synced. */
static void check_doubles(struct world *w, struct store *store)
{
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT;
	int64_t doubles = 0;

	for (int i = 1; i <= MEMBERS; i++) {
		int n = sink_count(w->sink, i);

		assert_true(n >= 1);
		if (n == 1)
			continue;
		doubles += n - 1;
		strbuf_reset(&sql);
		strbuf_addf(&sql,
			    "SELECT uncertain FROM recipient "
			    "WHERE member_id = %d",
			    i);
		assert_int_equal(number(store, STORE_AUDIENCE, sql.buf), 1);
	}
	print_message("%d cuts, %lld doubles\n", CUTS, (long long)doubles);
	assert_true(doubles <= CUTS * (UNSYNCED_MOST + 32));
}

static void a_power_cut_loses_nobody(void **state)
{
	struct delivery_fixture f;
	struct world w = { 0 };
	struct prng chance = { random_u64() };
	struct delivery *d = NULL;
	struct store *store;

	(void)state;
	if (store_fixture_on_server())
		skip(); /* it is SQLite's files that lose something */
	print_message("seed %llu\n", (unsigned long long)chance.state);
	make_root(&w);
	delivery_fixture_open(&f, MEMBERS, HTML);
	next_life(&w, w.now, sizeof(w.now));
	power_cut(f.store.where, w.now, 0);
	delivery_fixture_free(&f);
	w.sink = sink_start(&(struct sink_options){ 0 });
	snprintf(w.relay, sizeof(w.relay), "smtp://127.0.0.1:%d?tls=off",
		 sink_port(w.sink));
	for (int i = 0; i < CUTS; i++)
		live_and_die(&w, &chance);
	store = open_store(w.now, true);
	start_service(store, w.now, w.relay, &d);
	while (!is_sent(store))
		sink_wait(w.sink);
	assert_int_equal(number(store, STORE_AUDIENCE,
				"SELECT COUNT(*) FROM recipient "
				"WHERE state = 4"),
			 MEMBERS);
	check_doubles(&w, store);
	delivery_free(&d);
	store_free(&store);
	sink_free(&w.sink);
	remove_all(w.root);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_are_not_given_again),
		cmocka_unit_test(a_failed_sync_ends_the_process),
		cmocka_unit_test(a_power_cut_loses_nobody),
		cmocka_unit_test(what_was_answered_is_there_with_all_before_it),
	};

	if (argc == 4 && strcmp(argv[1], "--child") == 0)
		run_child(argv);
	if (argc == 4 && strcmp(argv[1], "--broken") == 0)
		run_broken_child(argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
