#include "crm/crm_fixture.h"

#include "base/arena.h"
#include "base/crypto.h"
#include "base/err.h"
#include "crm/campaign_figures.h"

static void must(int ret, const struct err *err)
{
	if (ret >= 0)
		return;
	fprintf(stderr, "crm_fixture: %s\n", err->text);
	abort();
}

int crm_fixture_open(void **state)
{
	static struct crm_fixture f;

	f = (struct crm_fixture){ .arena = arena_new() };
	crypto_init();
	store_fixture_open(&f.store);
	f.db = f.store.crm;
	f.actor = (struct actor){ .user_id = 1,
				  .name = "tester",
				  .ip = "192.0.2.1",
				  .now_ms = 1000000 };
	*state = &f;
	return 0;
}

int crm_fixture_close(void **state)
{
	struct crm_fixture *f = *state;

	store_fixture_free(&f->store);
	arena_free(&f->arena);
	return 0;
}

static json_t *tree_of(const char *body)
{
	struct err err = ERR_INIT;
	json_t *tree = NULL;

	must(json_parse(str_of(body), &tree, &err), &err);
	return tree;
}

int fixture_create(struct crm_fixture *f, enum entity entity, const char *body,
		   struct record *out, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(json_free) json_t *tree = tree_of(body);

	if (tx_begin(f->db, &tx, err) < 0 ||
	    record_create(&tx, entity, tree, &f->actor, f->arena, out, err) < 0)
		return -1;
	return tx_commit(&tx, err);
}

int fixture_patch(struct crm_fixture *f, enum entity entity, int64_t id,
		  const char *body, struct record *out, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(json_free) json_t *tree = tree_of(body);

	if (tx_begin(f->db, &tx, err) < 0 ||
	    record_patch(&tx, entity, id, tree, &f->actor, f->arena, out, err) <
		    0)
		return -1;
	return tx_commit(&tx, err);
}

struct record fixture_person(struct crm_fixture *f, const char *body)
{
	struct err err = ERR_INIT;
	struct record r;

	must(fixture_create(f, ENTITY_PERSON, body, &r, &err), &err);
	return r;
}

static int64_t number(struct crm_fixture *f, const char *sql,
		      struct sql_args args)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct err err = ERR_INIT;

	must(db_query_text(f->db, sql, args, &rows, &err), &err);
	must(rows_next(rows, &err), &err);
	return rows_int(rows, 0);
}

int64_t fixture_number(struct crm_fixture *f, const char *sql)
{
	return number(f, sql, SQL_NO_ARGS);
}

int64_t fixture_jobs(struct crm_fixture *f, const char *kind)
{
	return number(f, "SELECT COUNT(*) FROM job WHERE kind = ?",
		      SQL_ARGS(sql_text(kind)));
}

void fixture_keep_figures(struct crm_fixture *f, int64_t campaign_id)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	must(tx_begin(f->db, &tx, &err), &err);
	must(figures_renew(&tx, campaign_id, &err), &err);
	must(tx_commit(&tx, &err), &err);
}
