#include "bridge/bridge_fixture.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/email.h"
#include "base/err.h"
#include "crm/consent/erase.h"
#include "crm/group/group.h"
#include "crm/person_merge.h"
#include "store/store.h"

#include <stdlib.h>
#include <string.h>

/* --- both sides --- */

int fake_mailed_wrongly(struct bridge_fixture *f, int64_t segment)
{
	const char *hash;
	json_t *m;
	int n = 0;

	json_object_foreach (f->members, hash, m) {
		CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT;

		if (!fake_is_tagged(m, segment) ||
		    strcmp(json_string_value(json_object_get(m, "status")),
			   "subscribed") != 0)
			continue;
		strbuf_addf(&sql,
			    "SELECT COUNT(*) FROM email e JOIN person p ON "
			    "p.email_id = e.id LEFT JOIN unclear_opt_out u ON "
			    "u.hash = e.hash WHERE p.opted_out = 0 AND e.held "
			    "= 0 AND u.hash IS NULL AND e.hash = '%s'",
			    hash);
		n += fake_number(f, sql.buf) == 0;
	}
	return n;
}

int fake_wrong(struct bridge_fixture *f)
{
	const char *hash;
	json_t *m;
	int n = 0;

	json_object_foreach (f->members, hash, m) {
		CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT;

		if (strcmp(json_string_value(json_object_get(m, "status")),
			   "subscribed") != 0)
			continue;
		strbuf_addf(&sql,
			    "SELECT COUNT(*) FROM email e JOIN person p ON "
			    "p.email_id = e.id WHERE p.opted_out = 0 AND "
			    "e.hash = '%s'",
			    hash);
		n += fake_number(f, sql.buf) == 0;
	}
	return n;
}

/* --- the CRM --- */

struct record fake_person(struct bridge_fixture *f, const char *address)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;

	strbuf_addf(&body, "{\"first_name\":\"P\",\"email\":\"%s\"}", address);
	return fixture_person(f->crm, body.buf);
}

void fake_patch(struct bridge_fixture *f, int64_t person_id, const char *body)
{
	struct err err = ERR_INIT;
	struct record r;

	f->crm->actor.now_ms = clock_now_ms();
	fake_must(
		fixture_patch(f->crm, ENTITY_PERSON, person_id, body, &r, &err),
		&err);
}

void fake_erase(struct bridge_fixture *f, int64_t person_id)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct err err = ERR_INIT;

	f->crm->actor.now_ms = clock_now_ms();
	fake_must(tx_begin(f->db, &tx, &err), &err);
	fake_must(person_erase(&tx, person_id, &f->crm->actor, arena, &err),
		  &err);
	fake_must(tx_commit(&tx, &err), &err);
}

void fake_delete(struct bridge_fixture *f, int64_t person_id)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	f->crm->actor.now_ms = clock_now_ms();
	fake_must(tx_begin(f->db, &tx, &err), &err);
	fake_must(record_remove(&tx, ENTITY_PERSON, person_id, &f->crm->actor,
				f->crm->arena, &err),
		  &err);
	fake_must(tx_commit(&tx, &err), &err);
}

void fake_merge(struct bridge_fixture *f, int64_t to, int64_t from)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	f->crm->actor.now_ms = clock_now_ms();
	fake_must(tx_begin(f->db, &tx, &err), &err);
	fake_must(person_merge(&tx, to, from, &f->crm->actor, f->crm->arena,
			       &err),
		  &err);
	fake_must(tx_commit(&tx, &err), &err);
}

int64_t fake_group(struct bridge_fixture *f, const char *name)
{
	CLEANUP(strbuf_release) struct strbuf body = STRBUF_INIT;
	CLEANUP(json_free) json_t *tree = NULL;
	struct group_input input = { NULL };
	struct err err = ERR_INIT;
	int64_t id = 0;

	strbuf_addf(&body,
		    "{\"name\":\"%s\",\"kind\":\"dynamic\",\"criteria\":{"
		    "\"match\":\"all\",\"conditions\":[]}}",
		    name);
	fake_must(json_parse(strbuf_str(&body), &tree, &err), &err);
	fake_must(group_input_parse(tree, &input, &err), &err);
	fake_must(group_add(f->db, &input, 1, &id, &err), &err);
	return id;
}

void fake_campaign(struct bridge_fixture *f)
{
	fake_person(f, "a@x.example");
	(void)fake_group(f, "G");
	fake_exec(f, "INSERT INTO campaign (name, group_id, subject, "
		     "from_name, from_email, html, status, created_ms, "
		     "updated_ms) VALUES ('May', 1, 'Hello', 'N', "
		     "'n@x.example', '<p>', 1, 1, 1)");
}

void fake_send_campaign(struct bridge_fixture *f)
{
	struct err err = ERR_INIT;
	int64_t job = fake_add_job(f, "campaign-send", "{\"campaign_id\":1}");

	fake_must(fake_run(f, job, &err), &err);
	fake_say(json_array_get(f->campaigns, 0), "status", "sent");
}

int64_t fake_number(struct bridge_fixture *f, const char *sql)
{
	return fixture_number(f->crm, sql);
}

const char *fake_text(struct bridge_fixture *f, const char *sql)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct err err = ERR_INIT;
	const char *text = NULL;

	fake_must(db_query_text(f->db, sql, SQL_NO_ARGS, &rows, &err), &err);
	if (rows_next(rows, &err) > 0)
		text = rows_dup(rows, 0, f->crm->arena);
	return text ? text : "";
}

/* --- jobs --- */

static void exec(struct bridge_fixture *f, const char *sql,
		 struct sql_args args)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	fake_must(tx_begin(f->db, &tx, &err), &err);
	fake_must(db_exec_text(&tx, sql, args, &err), &err);
	fake_must(tx_commit(&tx, &err), &err);
}

void fake_exec(struct bridge_fixture *f, const char *sql)
{
	exec(f, sql, SQL_NO_ARGS);
}

int64_t fake_add_job(struct bridge_fixture *f, const char *kind,
		     const char *payload)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct job_new job = { .kind = kind, .payload = payload };
	struct err err = ERR_INIT;
	int64_t id = 0;

	fake_must(tx_begin(f->db, &tx, &err), &err);
	fake_must(job_add(&tx, &job, clock_now_ms(), &id, &err), &err);
	fake_must(tx_commit(&tx, &err), &err);
	return id;
}

static job_fn function_of(struct bridge_fixture *f, const char *kind)
{
	struct job_kind kinds[20];
	size_t n = bridge_job_kinds(&f->bridge, kinds, ARRAY_SIZE(kinds));

	for (size_t i = 0; i < n; i++)
		if (strcmp(kinds[i].name, kind) == 0)
			return kinds[i].fn;
	return NULL;
}

static void set_state(struct bridge_fixture *f, int64_t job_id, int state)
{
	exec(f,
	     "UPDATE job SET state = ?, lease_owner = 'test', lease_until_ms = "
	     "? WHERE id = ?",
	     SQL_ARGS(sql_int(state), sql_int(INT64_MAX / 2), sql_int(job_id)));
}

int fake_run_once(struct bridge_fixture *f, int64_t job_id, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(strbuf_release) struct strbuf result = STRBUF_INIT;
	struct err look = ERR_INIT;
	struct job job;
	struct job_run run = { .job = &job,
			       .store = f->crm->store.store,
			       .db = f->db,
			       .arena = arena,
			       .result = &result,
			       .context = &f->bridge,
			       .runner = f->runner };
	job_fn fn;
	int ret;

	set_state(f, job_id, JOB_RUNNING);
	exec(f, "UPDATE job SET attempts = attempts + 1 WHERE id = ?",
	     SQL_ARGS(sql_int(job_id)));
	fake_must(job_get(f->db, job_id, arena, &job, &look), &look);
	(f->is_conflict ? db_conflict_nth : db_fail_nth)(f->db,
							 f->statement_at);
	f->statement_at = 0;
	f->is_conflict = false;
	fn = function_of(f, job.kind);
	ret = fn ? fn(&run, err) : 0; /* not the bridge's */
	db_fail_nth(f->db, 0);
	set_state(f, job_id,
		  ret == 0   ? JOB_DONE
		  : ret == 1 ? JOB_NEEDS_CONFIRMATION
		  : ret < 0 && err->code != ERR_RETRY && err->code != ERR_IO
			  ? JOB_FAILED
			  : JOB_QUEUED);
	return ret;
}

int fake_run(struct bridge_fixture *f, int64_t job_id, struct err *err)
{
	int ret = -1;

	for (int i = 0; i < 5; i++) {
		ret = fake_run_once(f, job_id, err);
		if (ret >= 0 || (err->code != ERR_RETRY && err->code != ERR_IO))
			return ret;
	}
	return ret;
}

void fake_run_all(struct bridge_fixture *f)
{
	int64_t id;

	for (int i = 0; i < 200; i++) {
		struct err err = ERR_INIT;

		id = fake_number(f, "SELECT COALESCE(MIN(id), 0) FROM job "
				    "WHERE state IN (1, 2)");
		if (id == 0)
			return;
		if (fake_run(f, id, &err) < 0)
			set_state(f, id, JOB_FAILED);
	}
	abort();
}

int fake_push(struct bridge_fixture *f, int64_t group_id, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf payload = STRBUF_INIT;

	strbuf_addf(&payload, "{\"group_id\":%lld,\"dry_run\":false}",
		    (long long)group_id);
	return fake_run(f, fake_add_job(f, "push", payload.buf), err);
}

int64_t fake_pushed(struct bridge_fixture *f, const char *address)
{
	struct err err = ERR_INIT;
	int64_t id = fake_person(f, address).id;

	fake_must(fake_push(f, fake_group(f, "G"), &err), &err);
	fake_run_all(f);
	return id;
}

void fake_sync(struct bridge_fixture *f)
{
	struct err err = ERR_INIT;

	fake_must(fake_run(f, fake_add_job(f, "sync", "{\"full\":true}"), &err),
		  &err);
}

void fake_hook(struct bridge_fixture *f, const char *type, const char *data,
	       const char *fired_at)
{
	CLEANUP(strbuf_release) struct strbuf payload = STRBUF_INIT;
	struct err err = ERR_INIT;

	strbuf_addf(&payload,
		    "{\"type\":\"%s\",\"data[list_id]\":\"" FAKE_LIST
		    "\",\"fired_at\":\"%s\",%s}",
		    type, fired_at ? fired_at : "", data);
	fake_must(
		fake_run(f, fake_add_job(f, "bridge-hook", payload.buf), &err),
		&err);
}

/* --- the whole --- */

static void begin(struct bridge_fixture *f)
{
	struct runner_options o = { .schema = STORE_CRM,
				    .threads = 1,
				    .instance = "test" };
	struct job_kind none = { .name = "none" };
	struct err err = ERR_INIT;

	fake_audience_begin(f);
	f->bridge = (struct bridge){
		.setup = { .store = f->crm->store.store,
			   .url = "http://fake/3.0",
			   .key = "key",
			   .inside = true,
			   .hook_url = "",
			   .reconcile_at = "02:00" },
		.send = fake_send,
		.send_context = f,
		.tries = 1,
	};
	fake_must(runner_start(f->crm->store.store, &o, &none, 1, &f->runner,
			       &err),
		  &err);
}

int bridge_fixture_open(void **state)
{
	static struct bridge_fixture f;

	f = (struct bridge_fixture){ .creates = 0 };
	(void)crm_fixture_open((void **)&f.crm);
	f.db = f.crm->db;
	begin(&f);
	*state = &f;
	return 0;
}

int bridge_fixture_close(void **state)
{
	struct bridge_fixture *f = *state;

	runner_stop(f->runner);
	runner_free(&f->runner);
	fake_audience_end(f);
	return crm_fixture_close((void **)&f->crm);
}

/* What TRUNCATE ... RESTART IDENTITY does in twenty times as long. */
static void restart_ids(struct bridge_fixture *f, const char *table)
{
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT;

	strbuf_addf(&sql,
		    "DO $$ BEGIN PERFORM"
		    " setval(to_regclass('%s_id_seq'), 1, false); END $$",
		    table);
	exec(f, sql.buf, SQL_NO_ARGS);
}

/* A fresh database a case would take minutes on PostgreSQL. */
void bridge_fixture_renew(struct bridge_fixture *f)
{
	static const char *const tables[] = {
		"email",
		"person",
		"lead",
		"consent",
		"job",
		"push",
		"push_row",
		"push_turn",
		"group_tag",
		"bridge_member",
		"bridge_member_aside",
		"bridge_parked",
		"bridge_journal",
		"crm_group",
		"campaign",
		"campaign_recipient",
		"campaign_figures",
		"campaign_kept",
		"campaign_activity",
		"campaign_link",
		"bridge_field",
		"kept_opt_out",
		"unclear_opt_out",
	};
	CLEANUP(strbuf_release) struct strbuf sql = STRBUF_INIT;
	bool is_pg = db_backend(f->db) == DB_PG;

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		strbuf_reset(&sql);
		strbuf_addf(&sql, "DELETE FROM %s", tables[i]);
		exec(f, sql.buf, SQL_NO_ARGS);
		if (is_pg)
			restart_ids(f, tables[i]);
	}
	if (!is_pg)
		exec(f, "DELETE FROM sqlite_sequence", SQL_NO_ARGS);
	exec(f, "DELETE FROM sequence", SQL_NO_ARGS);
	exec(f, "DELETE FROM setting WHERE key LIKE 'bridge.%'", SQL_NO_ARGS);
	exec(f, "UPDATE record_count SET n = 0", SQL_NO_ARGS);
	f->crm->actor.now_ms = 1000000;
	fake_audience_end(f);
	fake_audience_begin(f);
}
