#include "campaign/campaign_fixture.h"

#include "base/arena.h"
#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

void campaign_fixture_exec(struct campaign_fixture *f, const char *fmt, ...)
{
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(&sql, fmt, ap);
	va_end(ap);
	if (tx_begin(f->db, &tx, &f->err) < 0 ||
	    db_exec_text(&tx, sql.buf, SQL_NO_ARGS, &f->err) < 0 ||
	    tx_commit(&tx, &f->err) < 0)
		fail_msg("%s: %s", sql.buf, f->err.text);
}

int64_t campaign_fixture_int(struct campaign_fixture *f, const char *sql)
{
	CLEANUP(rows_free) struct rows *rows = NULL;

	if (db_query_text(f->db, sql, SQL_NO_ARGS, &rows, &f->err) < 0 ||
	    rows_next(rows, &f->err) <= 0)
		fail_msg("%s: %s", sql, f->err.text);
	return rows_int(rows, 0);
}

void campaign_fixture_open(struct campaign_fixture *f, int members)
{
	*f = (struct campaign_fixture){ .err = ERR_INIT };
	store_fixture_open(&f->store);
	f->db = f->store.audience;
	f->arena = arena_new();
	campaign_fixture_exec(
		f,
		"INSERT INTO list (hex, name, contact, permission_reminder,"
		" campaign_defaults, created_ms) VALUES ('%s', 'Friends',"
		" '{\"company\":\"ACME\",\"address1\":\"\"}', 'You asked',"
		" '{}', 1)",
		FIXTURE_LIST_HEX);
	f->list_id = campaign_fixture_int(f, "SELECT id FROM list");
	campaign_fixture_exec(f,
			      "INSERT INTO merge_field (list_id, merge_id,"
			      " tag, name, type) VALUES"
			      " (%lld, 1, 'FNAME', 'First', 'text')",
			      (long long)f->list_id);
	for (int i = 1; i <= members; i++)
		campaign_fixture_exec(
			f,
			"INSERT INTO member (id, list_id, address, email_hash,"
			" unique_id, status, merge, changed_ms) VALUES (%d,"
			" %lld, 'm%d@d%d.example', 'hash%d', 'u%d', 1,"
			" '{\"1\":\"M%d\"}', 1)",
			i, (long long)f->list_id, i, i % 3, i, i, i);
}

void campaign_fixture_free(struct campaign_fixture *f)
{
	arena_free(&f->arena);
	store_fixture_free(&f->store);
}

json_t *campaign_fixture_json(const char *text)
{
	CLEANUP(strbuf_release) struct strbuf sb = STRBUF_INIT;
	struct err err = ERR_INIT;
	json_t *tree = NULL;

	strbuf_addstr(&sb, text);
	for (size_t i = 0; i < sb.len; i++)
		if (sb.buf[i] == '\'')
			sb.buf[i] = '"';
	if (json_parse(strbuf_str(&sb), &tree, &err) < 0)
		fail_msg("%s: %s", text, err.text);
	return tree;
}
