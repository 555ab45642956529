#include "delivery/delivery_fixture.h"

#include "audience/list.h"
#include "base/arena.h"
#include "base/crypto.h"
#include "base/strbuf.h"
#include "delivery/lease.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void run(struct delivery_fixture *f, const char *sql,
		struct sql_args args)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	if (tx_begin(f->store.audience, &tx, &err) < 0 ||
	    db_exec_text(&tx, sql, args, &err) < 0 || tx_commit(&tx, &err) < 0)
		fail_msg("%s: %s", sql, err.text);
}

void fixture_exec(struct delivery_fixture *f, const char *fmt, ...)
{
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(&sql, fmt, ap);
	va_end(ap);
	run(f, sql.buf, SQL_NO_ARGS);
}

int64_t fixture_int(struct delivery_fixture *f, const char *fmt, ...)
{
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT;
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct err err = ERR_INIT;
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(&sql, fmt, ap);
	va_end(ap);
	if (db_query_text(f->store.audience, sql.buf, SQL_NO_ARGS, &rows,
			  &err) < 0 ||
	    rows_next(rows, &err) <= 0)
		fail_msg("%s: %s", sql.buf, err.text);
	return rows_int(rows, 0);
}

static void make_list(struct delivery_fixture *f)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;
	struct list list;

	if (tx_begin(f->store.audience, &tx, &err) < 0 ||
	    list_ensure_master(&tx, "Acme", FIXTURE_NOW, f->arena, &list,
			       &err) < 0 ||
	    tx_commit(&tx, &err) < 0)
		fail_msg("list: %s", err.text);
	f->list_id = list.id;
}

static void make_members(struct delivery_fixture *f, int members)
{
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT;

	for (int i = 1; i <= members; i++) {
		CLEANUP(strbuf_release) struct strbuf address = STRBUF_INIT;
		char hash[MD5_HEX + 1];

		strbuf_addf(&address, "m%d@d%d.example", i, i % 7);
		md5_hex(strbuf_str(&address), hash);
		strbuf_addf(&sql,
			    "%s(%d, %lld, '%s', '%s', 'u%d', 1,"
			    " '{\"1\":\"M%d\"}', 1)",
			    sql.len ? ", " : "", i, (long long)f->list_id,
			    address.buf, hash, i, i);
		if (i % 500 && i < members)
			continue;
		fixture_exec(f,
			     "INSERT INTO member (id, list_id, address,"
			     " email_hash, unique_id, status, merge,"
			     " changed_ms) VALUES %s",
			     sql.buf);
		strbuf_reset(&sql);
	}
}

#define SETTINGS                                                        \
	"{\"subject_line\":\"Hello *|FNAME|*\",\"from_name\":\"Zoë\"," \
	"\"reply_to\":\"news@example.org\",\"to_name\":\"*|FNAME|*\"}"

static void make_campaign(struct delivery_fixture *f, const char *html)
{
	run(f,
	    "INSERT INTO campaign (hex, list_id, type, status, settings,"
	    " tracking, html, send_ms, created_ms, updated_ms)"
	    " VALUES ('c0ffee0001', ?, 'regular', 4, ?, ?, ?, ?, 1, 1)",
	    SQL_ARGS(sql_int(f->list_id), sql_text(SETTINGS),
		     sql_text("{\"opens\":true,\"html_clicks\":true}"),
		     sql_text(html), sql_int(FIXTURE_NOW)));
	f->campaign_id = fixture_int(f, "SELECT id FROM campaign");
}

void delivery_fixture_open(struct delivery_fixture *f, int members,
			   const char *html)
{
	*f = (struct delivery_fixture){ .arena = arena_new() };
	crypto_init();
	store_fixture_open(&f->store);
	make_list(f);
	make_members(f, members);
	make_campaign(f, html);
}

void delivery_fixture_free(struct delivery_fixture *f)
{
	arena_free(&f->arena);
	store_fixture_free(&f->store);
}

void fixture_queue_all(struct delivery_fixture *f)
{
	fixture_exec(f,
		     "INSERT INTO recipient (campaign_id, member_id, state,"
		     " at_ms) SELECT %lld, id, 1, 1 FROM member",
		     (long long)f->campaign_id);
	fixture_exec(f, "UPDATE campaign SET frozen = 1,"
			" recipients = (SELECT COUNT(*) FROM recipient)");
}

void fixture_hold_lease(struct delivery_fixture *f, const char *owner)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(tx_begin(f->store.audience, &tx, &err), 0);
	assert_int_equal(lease_take(&tx, LEASE_DELIVERY, owner, FIXTURE_NOW * 2,
				    FIXTURE_NOW, &err),
			 1);
	assert_int_equal(tx_commit(&tx, &err), 0);
}

void fixture_event(struct delivery_fixture *f, struct event event)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	event.campaign_id = f->campaign_id;
	if (tx_begin(f->store.events, &tx, &err) < 0 ||
	    event_insert(&tx, "test", &event, 1, &err) < 0 ||
	    tx_commit(&tx, &err) < 0)
		fail_msg("event: %s", err.text);
}
