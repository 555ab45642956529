#include "audience/audience_fixture.h"

#include "base/arena.h"
#include "base/crypto.h"
#include "base/strbuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

void audience_fixture_open(struct audience_fixture *f)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	crypto_init();
	store_fixture_open(&f->store);
	f->db = f->store.audience;
	f->arena = arena_new();
	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_int_equal(list_ensure_master(&tx, "Acme", FIXTURE_NOW, f->arena,
					    &f->list, &err),
			 1);
	assert_int_equal(tx_commit(&tx, &err), 0);
}

void audience_fixture_free(struct audience_fixture *f)
{
	arena_free(&f->arena);
	store_fixture_free(&f->store);
}

int audience_fixture_set_up(void **state)
{
	struct audience_fixture *f = calloc(1, sizeof(*f));

	audience_fixture_open(f);
	*state = f;
	return 0;
}

int audience_fixture_tear_down(void **state)
{
	audience_fixture_free(*state);
	free(*state);
	return 0;
}

int64_t audience_fixture_int(struct audience_fixture *f, const char *sql)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct err err = ERR_INIT;

	if (db_query_text(f->db, sql, SQL_NO_ARGS, &rows, &err) < 0 ||
	    rows_next(rows, &err) <= 0)
		fail_msg("%s: %s", sql, err.text);
	return rows_int(rows, 0);
}

int audience_fixture_apply(struct audience_fixture *f, enum member_mode mode,
			   const char *key, const char *body, int64_t now_ms,
			   struct member *out, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(json_free) json_t *tree = NULL;
	struct member_actor actor = { .source = SOURCE_API, .now_ms = now_ms };
	struct member_op op = { .mode = mode, .key = key };
	int done;

	assert_int_equal(json_parse(str_of(body), &tree, err), 0);
	op.body = tree;
	assert_int_equal(tx_begin(f->db, &tx, err), 0);
	done = member_apply(&tx, &f->list, &op, 1, &actor, f->arena, err);
	if (done == 0 && op.outcome == MEMBER_REFUSED) {
		*err = op.err;
		done = -1;
	} else if (done == 0) {
		done = tx_commit(&tx, err);
		if (out)
			*out = op.member;
	}
	member_op_release(&op);
	return done;
}

int64_t audience_fixture_subscribe(struct audience_fixture *f,
				   const char *address)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	struct err err = ERR_INIT;
	struct member member;

	strbuf_addf(&body,
		    "{\"email_address\":\"%s\",\"status\":\"subscribed\"}",
		    address);
	if (audience_fixture_apply(f, MEMBER_POST, NULL, body.buf, FIXTURE_NOW,
				   &member, &err) < 0)
		fail_msg("%s: %s", address, err.text);
	return member.id;
}

void audience_fixture_depart(struct audience_fixture *f, int64_t member_id,
			     enum departure_how how, int64_t at_ms)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct member_departure d = { .member_id = member_id,
				      .how = how,
				      .at_ms = at_ms };
	struct err err = ERR_INIT;

	assert_int_equal(tx_begin(f->db, &tx, &err), 0);
	assert_int_equal(member_depart(&tx, &d, 1, FIXTURE_NOW, &err), 1);
	assert_int_equal(tx_commit(&tx, &err), 0);
}
