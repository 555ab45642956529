#include "store/pg_link.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "base/thread/patience.h"
#include "base/thread/stop.h"
#include "store/db_private.h"

#include <poll.h>
#include <string.h>

#define STOP_LOOK_MS 100
/* How long a sign of life may take: of somebody who is waited for, of others.
 */
#define SIGN_MS 400
#define SIGN_PATIENT_MS 5000
/* The next sign of life is asked for so long after the last. */
#define SIGN_AGAIN_US 1000000
/* The code of "too many clients already", which it says in any language. */
#define NO_SLOT "53300:"

/* Until the socket is ready; false: out of time, or (if it is heeded) the
 * thread is to stop. */
static bool is_ready(PGconn *conn, short events, int64_t until_us,
		     bool heeds_stop)
{
	struct pollfd wanted = { .fd = PQsocket(conn), .events = events };

	for (;;) {
		int64_t left_us = until_us - clock_monotonic_us();
		int64_t step_ms = (left_us + 999) / 1000;

		if (left_us <= 0 || (heeds_stop && stop_is_asked()))
			return false;
		if (heeds_stop && stop_is_bound() && step_ms > STOP_LOOK_MS)
			step_ms = STOP_LOOK_MS;
		if (poll(&wanted, 1, (int)step_ms) > 0)
			return true;
	}
}

/* --- connecting --- */

/* What the URL does not say: a peer whose machine or network is gone is given
 * up by TCP after 30 s, also one that only listens. */
static PGconn *begin(const char *url)
{
	static const char *const names[] = {
		"keepalives_idle",  "keepalives_interval",
		"keepalives_count", "tcp_user_timeout",
		"dbname",           NULL
	};
	const char *const values[] = { "10", "5", "4", "30000", url, NULL };

	return PQconnectStartParams(names, values, 1);
}

/* Goes on connecting: until that is done, has failed or takes too long, or,
 * if a sign of life is all that is wanted, until the server says anything. */
static PostgresPollingStatusType go_on(PGconn *conn, int64_t until_us,
				       bool sign_will_do)
{
	PostgresPollingStatusType wants = PGRES_POLLING_WRITING;
	bool heeds_stop = !stop_is_asked();

	if (PQstatus(conn) == CONNECTION_BAD)
		return PGRES_POLLING_FAILED;
	while (wants == PGRES_POLLING_WRITING ||
	       wants == PGRES_POLLING_READING) {
		bool reads = wants == PGRES_POLLING_READING;

		if (!is_ready(conn, reads ? POLLIN : POLLOUT, until_us,
			      heeds_stop))
			return wants;
		if (reads && sign_will_do)
			return PGRES_POLLING_OK;
		wants = PQconnectPoll(conn);
	}
	return wants;
}

static bool gives_sign(const struct pg_link *l)
{
	int64_t ms = patience_is_bound() || stop_is_asked() ? SIGN_MS
							    : SIGN_PATIENT_MS;
	PGconn *conn;
	bool given;

	if (patience_is_given_up())
		return false;
	conn = begin(l->url);
	given = go_on(conn, clock_monotonic_us() + ms * 1000, true) ==
		PGRES_POLLING_OK;
	PQfinish(conn);
	if (!given)
		patience_give_up();
	return given;
}

/* Returns 1 or -1. */
static int why_not(PGconn *conn, PostgresPollingStatusType state,
		   struct err *err)
{
	const char *text = PQerrorMessage(conn);
	const char *place = strstr(text, "\nLOCATION:"); /* in its source */

	if (state != PGRES_POLLING_FAILED)
		return stop_check(err) < 0 ? -1
					   : err_set(err, ERR_RETRY, PG_SILENT);
	if (strstr(text, NO_SLOT)) {
		(void)err_set(err, ERR_RETRY,
			      "the database server takes no more connections: "
			      "raise its max_connections, or try again");
		return 1;
	}
	return err_inside(err, ERR_RETRY, "connecting to PostgreSQL: %.*s",
			  (int)(place ? place - text : (long)strlen(text)),
			  text);
}

static void drop_notice(void *arg, const char *message)
{
	(void)arg;
	(void)message; /* "relation exists, skipping" and the like */
}

int pg_link_open(struct pg_link *l, const char *url, struct err *err)
{
	int64_t until_us = patience_until_us(DB_WAIT_MS);
	PGconn *conn = begin(url);
	PostgresPollingStatusType state;
	int ret;

	(void)PQsetErrorVerbosity(conn, PQERRORS_VERBOSE); /* with its code */
	state = go_on(conn, until_us, false);
	(void)PQsetErrorVerbosity(conn, PQERRORS_DEFAULT);
	if (state != PGRES_POLLING_OK) {
		ret = why_not(conn, state, err);
		PQfinish(conn);
		return ret;
	}
	(void)PQsetNoticeProcessor(conn, drop_notice, NULL);
	(void)PQsetnonblocking(conn, 1); /* nothing is to be sent yet */
	*l = (struct pg_link){ .conn = conn, .url = url };
	return 0;
}

void pg_link_close(struct pg_link *l)
{
	PQfinish(l->conn); /* says good-bye only if that can be sent at once */
}

/* --- waiting --- */

/* A server that does not answer is not asked, since PQcancel waits. */
static bool has_given_up(const struct pg_link *l)
{
	char ignored[64]; /* then it goes on to its end */
	PGcancel *cancel;

	if (!gives_sign(l))
		return false;
	cancel = PQgetCancel(l->conn);
	(void)PQcancel(cancel, ignored, sizeof(ignored));
	PQfreeCancel(cancel);
	return true;
}

/* Until there is a result or the connection is lost; or it is silent. */
static void await(struct pg_link *l, bool may_cancel)
{
	int64_t look_us = patience_until_us(DB_WAIT_MS);

	while (!l->is_silent && PQconsumeInput(l->conn) && PQisBusy(l->conn)) {
		short out = PQflush(l->conn) > 0 ? POLLOUT : 0;

		if (is_ready(l->conn, POLLIN | out, look_us, may_cancel))
			continue;
		if (may_cancel && stop_is_asked()) {
			l->is_silent = !has_given_up(l);
			may_cancel = false;
		} else {
			l->is_silent = !gives_sign(l);
		}
		look_us = clock_monotonic_us() + SIGN_AGAIN_US;
	}
}

static PGresult *next(struct pg_link *l, bool may_cancel)
{
	await(l, may_cancel);
	return l->is_silent ? NULL : PQgetResult(l->conn);
}

/* All results are taken, so that the next statement can be sent. */
static PGresult *last(struct pg_link *l, int sent, bool may_cancel)
{
	PGresult *result = NULL, *more;

	while (sent && (more = next(l, may_cancel))) {
		PQclear(result);
		result = more;
	}
	if (!l->is_silent)
		return result;
	PQclear(result);
	return NULL;
}

PGresult *pg_link_next(struct pg_link *l)
{
	return next(l, true);
}

PGresult *pg_link_result(struct pg_link *l, int sent)
{
	return last(l, sent, true);
}

PGresult *pg_link_finish(struct pg_link *l, const char *text)
{
	return last(l, !l->is_silent && PQsendQuery(l->conn, text), false);
}
