/*
 * Takes the records of the demo away again: communications, people, leads and
 * companies, but for whom others did something. Steps of the job; each can be
 * done again.
 */
#include "api/demo/demo_private.h"
#include "base/arena.h"
#include "base/err.h"
#include "crm/communication.h"
#include "crm/consent/kept_opt_out.h"
#include "crm/record.h"

#include "sql/demo.h"

#include <string.h>

#define BATCH 20

int demo_unless_gone(int ret, struct err *err)
{
	if (ret >= 0 || err->code != ERR_NOT_FOUND)
		return ret;
	*err = (struct err)ERR_INIT;
	return 0;
}

int demo_drop_communications(struct demo *d, struct err *err)
{
	CLEANUP(vec_release) struct demo_rows rows = VEC_INIT;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct actor actor = demo_actor(d, d->now_ms);

	if (demo_rows_list(d, "communication", &rows, err) < 0 ||
	    tx_begin(d->db, &tx, err) < 0)
		return -1;
	vec_each (&rows, row)
		if (demo_unless_gone(communication_remove(&tx, row->record_id,
							  &actor, err),
				     err) < 0 ||
		    db_exec(&tx, SQL_DEMO_FORGET,
			    SQL_ARGS(sql_text("communication"),
				     sql_int(row->n)),
			    err) < 0)
			return -1;
	return tx_commit(&tx, err) < 0 ? -1 : 1;
}

/* Did nobody but the demo's campaigns opt the record out? Imports are asked for
 * each by itself (crm/consent/opt_out_witness.h). 1, 0, -1. */
static int is_only_ours(struct demo *d, enum entity entity, int64_t id,
			struct err *err)
{
	int64_t one;
	int found =
		db_find_int(d->db, SQL_DEMO_OTHERS_OPT_OUT,
			    SQL_ARGS(sql_int(entity), sql_int(id)), &one, err);

	return found < 0 ? -1 : found == 0;
}

/* Addresses of which nobody's word is kept yet but that of imports. */
static int list_not_kept(struct demo *d, enum entity entity, int64_t id,
			 struct texts *out, struct err *err)
{
	CLEANUP(vec_release) struct texts folded = VEC_INIT;
	CLEANUP(vec_release) struct ids witnesses = VEC_INIT;

	if (db_list_texts(d->db, SQL_DEMO_RECORD_ADDRESSES,
			  SQL_ARGS(sql_int(entity), sql_int(id)), d->arena,
			  &folded, err) < 0)
		return -1;
	vec_each (&folded, address) {
		vec_reset(&witnesses);
		if (kept_opt_out_witnesses(d->db, *address, &witnesses, err) <
		    0)
			return -1;
		if (witnesses.n == 0 || witnesses.v[0] != 0)
			vec_push(out, *address);
	}
	return 0;
}

/* What deleting the record will keep and the demo alone has said: it would opt
 * out the people of the next demo. */
static int list_ours(struct demo *d, enum entity entity, int64_t id,
		     struct texts *out, struct err *err)
{
	int ours;

	if (entity == ENTITY_COMPANY)
		return 0;
	ours = is_only_ours(d, entity, id, err);
	return ours <= 0 ? ours : list_not_kept(d, entity, id, out, err);
}

static int forget_kept(struct tx *tx, const struct texts *folded,
		       struct err *err)
{
	vec_each (folded, address)
		if (kept_opt_out_take_back(tx, *address, 0, err) < 0)
			return -1;
	return 0;
}

static int drop_record(struct demo *d, struct tx *tx, enum entity entity,
		       int64_t id, struct err *err)
{
	CLEANUP(vec_release) struct texts folded = VEC_INIT;
	struct actor actor = demo_actor(d, d->now_ms);
	struct sql_args of = SQL_ARGS(sql_int(entity), sql_int(id));

	if (list_ours(d, entity, id, &folded, err) < 0 ||
	    demo_unless_gone(
		    record_remove(tx, entity, id, &actor, d->arena, err), err) <
		    0)
		return -1;
	if (entity == ENTITY_COMPANY)
		return 0;
	if (db_exec(tx, SQL_DEMO_RECORD_DROP_ADDRESSES, of, err) < 0 ||
	    forget_kept(tx, &folded, err) < 0)
		return -1;
	return entity == ENTITY_PERSON &&
			       db_exec(tx, SQL_DEMO_PERSON_DROP_PARKED,
				       SQL_ARGS(sql_int(id)), err) < 0
		       ? -1
		       : 0;
}

/* Of a lead of the demo, a user may have made a person and a company. */
int demo_note_converted(struct demo *d, struct err *err)
{
	if (db_write(d->db, SQL_DEMO_NOTE_CONVERTED_PEOPLE, SQL_NO_ARGS, err) <
		    0 ||
	    db_write(d->db, SQL_DEMO_NOTE_CONVERTED_COMPANIES, SQL_NO_ARGS,
		     err) < 0)
		return -1;
	return 1;
}

/* Whom somebody else was merged into is somebody else. */
static int is_joined(struct demo *d, enum entity entity, int64_t id,
		     struct err *err)
{
	int64_t one;

	return entity == ENTITY_PERSON
		       ? db_find_int(d->db, SQL_DEMO_IS_JOINED,
				     SQL_ARGS(sql_int(id)), &one, err)
		       : 0;
}

static int drop_batch(struct demo *d, enum entity entity, const char *kind,
		      const struct demo_row *rows, size_t n, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(d->db, &tx, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		int64_t id = rows[i].record_id;
		int joined = is_joined(d, entity, id, err);

		if (joined < 0 ||
		    (joined > 0 ? demo_row_add(&tx, "kept", id, id, NULL, err)
				: drop_record(d, &tx, entity, id, err)) < 0 ||
		    db_exec(&tx, SQL_DEMO_FORGET,
			    SQL_ARGS(sql_text(kind), sql_int(rows[i].n)),
			    err) < 0)
			return -1;
	}
	return tx_commit(&tx, err);
}

static int drop_records(struct demo *d, enum entity entity, const char *kind,
			struct err *err)
{
	CLEANUP(vec_release) struct demo_rows rows = VEC_INIT;

	if (demo_rows_list(d, kind, &rows, err) < 0)
		return -1;
	for (size_t i = 0; i < rows.n; i += BATCH) {
		size_t n = rows.n - i < BATCH ? rows.n - i : BATCH;

		if (drop_batch(d, entity, kind, rows.v + i, n, err) < 0)
			return -1;
		if (job_is_stopping(d->run))
			return 0;
	}
	return 1;
}

int demo_drop_records(struct demo *d, struct err *err)
{
	int done = drop_records(d, ENTITY_PERSON, "person", err);

	if (done > 0)
		done = drop_records(d, ENTITY_LEAD, "lead", err);
	if (done > 0)
		done = drop_records(d, ENTITY_COMPANY, "company", err);
	return done;
}
