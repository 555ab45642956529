#include "delivery/event_writer.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "store/store_fixture.h"

#include "sql/event.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static int open_fixture(void **state)
{
	static struct store_fixture f;

	store_fixture_open(&f);
	*state = &f;
	return 0;
}

static int close_fixture(void **state)
{
	store_fixture_free(*state);
	return 0;
}

static struct event_writer *start_writer(struct store_fixture *f)
{
	const struct event_writer_setup setup = { .store = f->store,
						  .instance = "me" };
	struct event_writer *w = NULL;
	struct err err = ERR_INIT;

	assert_int_equal(event_writer_start(&setup, &w, &err), 0);
	return w;
}

static int64_t count(struct store_fixture *f)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct err err = ERR_INIT;

	assert_int_equal(db_query_text(f->events, "SELECT COUNT(*) FROM event",
				       SQL_NO_ARGS, &rows, &err),
			 0);
	assert_int_equal(rows_next(rows, &err), 1);
	return rows_int(rows, 0);
}

static const struct event click = {
	.at_ms = 1000,
	.kind = EVENT_CLICKED,
	.campaign_id = 7,
	.member_id = 8,
	.link_id = 3,
	.code = EVENT_HIT_HEAD,
	.ip = "192.0.2.1",
	.agent = "Zoë's \"browser\"\\",
	.detail = NULL,
};

/* What else writes by the log says so, too. */
static void a_full_disk_is_known_until_something_is_stored(void **state)
{
	struct store_fixture *f = *state;
	CLEANUP(strbuf_release) struct strbuf said = STRBUF_INIT;
	struct err full = ERR_INIT, locked = ERR_INIT, err = ERR_INIT;
	struct event_writer *w;

	(void)err_set(&full, ERR_FULL, "no room");
	(void)err_set(&locked, ERR_RETRY, "locked");
	w = start_writer(f);
	assert_false(event_writer_is_full(w, &said));
	event_writer_note(w, &full);
	event_writer_note(w, &locked);
	assert_true(event_writer_is_full(w, &said));
	assert_string_equal(said.buf, "no room");
	assert_int_equal(event_add_wait(w, &click, &err), 0);
	assert_false(event_writer_is_full(w, &said));
	event_writer_stop(w);
	event_writer_free(&w);
}

static void events_come_back_as_written(void **state)
{
	struct store_fixture *f = *state;
	struct event three[] = { click, click, click };

	three[1].agent = NULL;
	three[2].member_id = 9;
	for (int n = 1; n <= 3; n += 2) {
		CLEANUP(tx_release) struct tx tx = TX_INIT;
		struct err err = ERR_INIT;

		assert_int_equal(tx_begin(f->events, &tx, &err), 0);
		assert_int_equal(event_insert(&tx, "a", three, (size_t)n, &err),
				 0);
		assert_int_equal(tx_commit(&tx, &err), 0);
	}
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct err err = ERR_INIT;
	struct event event;

	assert_int_equal(db_query(f->events, SQL_EVENT_AFTER,
				  SQL_ARGS(sql_int(0), sql_int(9)), &rows,
				  &err),
			 0);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(rows_next(rows, &err), 1);
		event_read(rows, arena, &event);
		assert_int_equal(event.kind, EVENT_CLICKED);
		assert_int_equal(event.member_id, i == 3 ? 9 : 8);
		assert_int_equal(event.link_id, 3);
		if (i == 2)
			assert_null(event.agent);
		else
			assert_string_equal(event.agent, click.agent);
		assert_null(event.detail);
	}
	assert_int_equal(rows_next(rows, &err), 0);
}

static void any_number_comes_back_in_its_order(void **state)
{
	static const size_t groups[] = { 7, 8, 9, 17, 1 };
	struct store_fixture *f = *state;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct err err = ERR_INIT;
	struct event events[17], event;
	int64_t written = 0, read = 0;

	for (size_t g = 0; g < ARRAY_SIZE(groups); g++) {
		CLEANUP(tx_release) struct tx tx = TX_INIT;

		for (size_t i = 0; i < groups[g]; i++) {
			events[i] = click;
			events[i].member_id = ++written;
		}
		assert_int_equal(tx_begin(f->events, &tx, &err), 0);
		assert_int_equal(
			event_insert(&tx, "a", events, groups[g], &err), 0);
		assert_int_equal(tx_commit(&tx, &err), 0);
	}
	assert_int_equal(db_query(f->events, SQL_EVENT_AFTER,
				  SQL_ARGS(sql_int(0), sql_int(100)), &rows,
				  &err),
			 0);
	while (rows_next(rows, &err) > 0) {
		event_read(rows, arena, &event);
		assert_int_equal(event.member_id, ++read);
		assert_string_equal(event.agent, click.agent);
	}
	assert_int_equal(read, written);
}

static void a_failed_insert_leaves_nothing(void **state)
{
	struct store_fixture *f = *state;
	struct event two[] = { click, click };
	int failures = 0;

	for (int n = 1; n < 20; n++) {
		CLEANUP(tx_release) struct tx tx = TX_INIT;
		struct err err = ERR_INIT;
		int rc;

		db_fail_nth(f->events, n);
		rc = tx_begin(f->events, &tx, &err);
		if (rc == 0)
			rc = event_insert(&tx, "a", two, 2, &err);
		if (rc == 0)
			rc = tx_commit(&tx, &err);
		db_fail_nth(f->events, 0);
		tx_release(&tx);
		if (rc == 0)
			break;
		failures++;
		assert_int_equal(err.code, ERR_IO);
		assert_int_equal(count(f), 0);
	}
	assert_true(failures >= 3);
	assert_int_equal(count(f), 2);
}

struct tally {
	atomic_int durable, failed, commits;
};

static void on_done(void *context, const struct err *why)
{
	struct tally *t = context;

	atomic_fetch_add(why ? &t->failed : &t->durable, 1);
}

static void on_commit(void *context, bool is_urgent)
{
	(void)is_urgent;
	atomic_fetch_add(&((struct tally *)context)->commits, 1);
}

struct adder {
	struct event_writer *w;
	struct tally *tally;
};

#define EACH 300
#define THREADS 4

static void *add_many(void *arg)
{
	struct adder *a = arg;
	struct err err = ERR_INIT;

	for (int i = 0; i < EACH; i++)
		event_add(a->w, &click, NULL, on_done, a->tally);
	assert_int_equal(event_add_wait(a->w, &click, &err), 0);
	return NULL;
}

static void all_that_is_added_becomes_durable_in_groups(void **state)
{
	struct store_fixture *f = *state;
	CLEANUP(event_writer_free) struct event_writer *w = NULL;
	struct tally tally = { 0 };
	const struct event_writer_setup setup = { .store = f->store,
						  .instance = "me",
						  .after_commit = on_commit,
						  .context = &tally };
	struct adder adder;
	pthread_t threads[THREADS];
	struct err err = ERR_INIT;

	assert_int_equal(event_writer_start(&setup, &w, &err), 0);
	adder = (struct adder){ w, &tally };
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, add_many, &adder);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	event_writer_stop(w);
	assert_int_equal(tally.durable, THREADS * EACH);
	assert_int_equal(tally.failed, 0);
	assert_int_equal(count(f), THREADS * (EACH + 1));
	assert_true(tally.commits >= 1);
	assert_true(tally.commits <= THREADS * (EACH + 1));
}

static void what_comes_after_the_end_is_refused(void **state)
{
	struct store_fixture *f = *state;
	CLEANUP(event_writer_free) struct event_writer *w = NULL;
	struct tally tally = { 0 };
	struct err err = ERR_INIT;

	w = start_writer(f);
	event_writer_stop(w);
	event_add(w, &click, NULL, on_done, &tally);
	assert_int_equal(tally.failed, 1);
	assert_int_equal(event_add_wait(w, &click, &err), -1);
	assert_int_equal(err.code, ERR_RETRY);
	assert_int_equal(count(f), 0);
}

/* The log is behind: whoever sends hits is answered later; nobody else is, and
 * nothing is lost. */
static void hits_wait_while_the_log_is_behind(void **state)
{
	struct store_fixture *f = *state;
	CLEANUP(event_writer_free) struct event_writer *w = NULL;
	struct event leaving = { .at_ms = 1, .kind = EVENT_UNSUBSCRIBED };
	struct tally tally = { 0 };
	struct err err = ERR_INIT;

	w = start_writer(f);
	event_writer_behind(w, EVENT_BEHIND_MS);
	event_add(w, &click, NULL, on_done, &tally);
	assert_int_equal(event_add_wait(w, &leaving, &err), 0);
	assert_int_equal(tally.durable, 0);
	assert_int_equal(count(f), 1);
	event_writer_behind(w, EVENT_BEHIND_MS - 1);
	assert_int_equal(event_add_wait(w, &click, &err), 0);
	assert_int_equal(tally.durable, 1);
	event_writer_behind(w, EVENT_BEHIND_MS);
	event_add(w, &click, NULL, on_done, &tally);
	event_writer_stop(w);
	assert_int_equal(tally.durable, 2);
	assert_int_equal(count(f), 4);
}

/* Though nobody applies the log, as while another process takes over. */
static void no_hit_waits_for_ever(void **state)
{
	struct store_fixture *f = *state;
	CLEANUP(event_writer_free) struct event_writer *w = NULL;
	struct err err = ERR_INIT;

	w = start_writer(f);
	event_writer_behind(w, MS_DAY);
	assert_int_equal(event_add_wait(w, &click, &err), 0);
	assert_int_equal(count(f), 1);
}

/* Whoever waits for a hit to be durable is told within 2 s that it is not. */
static void a_locked_log_is_told_at_once(void **state)
{
	struct store_fixture *f = *state;
	CLEANUP(event_writer_free) struct event_writer *w = NULL;
	CLEANUP(tx_release) struct tx held = TX_INIT;
	struct event leaving = { .at_ms = 1, .kind = EVENT_UNSUBSCRIBED };
	struct err err = ERR_INIT;
	int64_t since_us = clock_monotonic_us();

	w = start_writer(f);
	assert_int_equal(tx_begin(f->events, &held, &err), 0);
	assert_int_equal(event_insert(&held, "other", &click, 1, &err), 0);
	assert_int_equal(event_add_wait(w, &leaving, &err), -1);
	assert_int_equal(err.code, ERR_RETRY);
	assert_in_range(clock_monotonic_us() - since_us, 1, 19000000);
	tx_release(&held);
	assert_int_equal(event_add_wait(w, &leaving, &err), 0);
	assert_int_equal(count(f), 1);
}

/* --- a server that lost what it had written (PostgreSQL) --- */

static void say_torn(void *context)
{
	(void)context;
	(void)!write(STDOUT_FILENO, "torn", 4);
}

/* As its end would: rows are gone, and connections since then broken. */
static void lose(struct db *db, const char *since)
{
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT;

	store_fixture_exec(db, "DELETE FROM event");
	strbuf_addf(&sql,
		    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
		    "WHERE datname = current_database() "
		    "AND pid <> pg_backend_pid() "
		    "AND backend_start > to_timestamp(%s)",
		    since);
	store_fixture_exec(db, sql.buf);
}

/* Again and again, until something was lost before it was synced. */
static int run_child(const char *where, const char *since)
{
	struct store_options o = STORE_OPTIONS_DEFAULT;
	struct event_writer_setup setup = { .instance = "me",
					    .unsynced_most = 1000,
					    .torn = say_torn };
	struct event handed = { .kind = EVENT_HANDED, .campaign_id = 1 };
	struct event_writer *w = NULL;
	struct err err = ERR_INIT;
	struct db *db = NULL;

	o.database = where;
	o.unprepared = true;
	if (store_open(&o, &setup.store, &err) < 0 ||
	    store_get(setup.store, STORE_EVENTS, &db, &err) < 0 ||
	    event_writer_start(&setup, &w, &err) < 0)
		return 2;
	for (handed.at_ms = 1; handed.at_ms < 500; handed.at_ms++) {
		if (event_add_wait(w, &handed, &err) < 0)
			return 3;
		lose(db, since);
	}
	return 0;
}

static void what_a_server_lost_ends_the_process(void **state)
{
	struct store_fixture *f = *state;
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct err err = ERR_INIT;
	char said[8] = "";
	int status, way[2];
	pid_t pid;

	if (db_backend(f->events) != DB_PG)
		skip();
	assert_int_equal(db_query_text(f->events,
				       "SELECT CAST(EXTRACT(EPOCH FROM "
				       "clock_timestamp()) AS TEXT)",
				       SQL_NO_ARGS, &rows, &err),
			 0);
	assert_int_equal(rows_next(rows, &err), 1);
	assert_int_equal(pipe(way), 0);
	pid = fork();
	if (pid == 0) {
		(void)dup2(way[1], STDOUT_FILENO);
		execl("/proc/self/exe", "event_test", "--child", f->where,
		      rows_text(rows, 0), (char *)NULL);
		_exit(127);
	}
	(void)close(way[1]);
	assert_int_equal(read(way[0], said, sizeof(said) - 1), 4);
	assert_string_equal(said, "torn");
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WEXITSTATUS(status), EXIT_FAILURE);
	(void)close(way[0]);
}

#define FIXED(test) \
	cmocka_unit_test_setup_teardown(test, open_fixture, close_fixture)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		FIXED(events_come_back_as_written),
		FIXED(any_number_comes_back_in_its_order),
		FIXED(a_full_disk_is_known_until_something_is_stored),
		FIXED(a_failed_insert_leaves_nothing),
		FIXED(all_that_is_added_becomes_durable_in_groups),
		FIXED(what_comes_after_the_end_is_refused),
		FIXED(hits_wait_while_the_log_is_behind),
		FIXED(no_hit_waits_for_ever),
		FIXED(a_locked_log_is_told_at_once),
		FIXED(what_a_server_lost_ends_the_process),
	};

	if (argc == 4 && strcmp(argv[1], "--child") == 0)
		return run_child(argv[2], argv[3]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
