/*
 * The back end for PostgreSQL: prepared statements, pipelines, locks with
 * patience. Called by db.c; a connection is one thread's at a time.
 */
#include "store/db_private.h"

#include "base/err.h"
#include "base/strbuf.h"
#include "base/thread/patience.h"
#include "sql/sql_all.h"
#include "store/many.h"
#include "store/pg_args.h"
#include "store/pg_arrays.h"
#include "store/pg_link.h"
#include "store/pg_rows.h"

#include <stdlib.h>
#include <string.h>

/* Statements in the pipe before we read their results: both sides may block
 * on a full socket buffer if neither reads. */
#define PIPELINE_MAX 256
/* Or so many bytes of arrays, which libpq keeps until the server took them. */
#define PIPELINE_BYTES (4 << 20)

/* How a named query may be sent. */
enum form {
	FORM_PLAIN,
	FORM_LOCKING, /* in a transaction that writes: it locks its rows */
	FORM_MANY,    /* rows of an INSERT: see many.h */
	FORMS,
};

struct pg {
	struct db db;
	struct pg_link link;
	bool *prepared;      /* by FORMS * sql->index + enum form */
	struct pg_args args; /* of the statement that is sent */
	struct pg_arrays arrays;
	struct pg_types **types; /* of who has FORM_MANY, by sql->index */
	int64_t wait_ms;         /* for a lock, as the server knows */
	int in_pipe;             /* statements sent, results not yet read */
	size_t pipe_bytes;       /* of arrays among them */
};

static struct pg *pg_of(struct db *db)
{
	return (struct pg *)db;
}

static enum err_code code_of(const char *sqlstate)
{
	static const struct {
		const char *prefix;
		enum err_code code;
	} table[] = {
		{ "23505", ERR_CONFLICT }, { "23503", ERR_CONFLICT },
		{ "23", ERR_BUG },         { "40", ERR_RETRY },
		{ "55P03", ERR_RETRY },    { "57P", ERR_RETRY },
		{ "08", ERR_RETRY },       { "533", ERR_RETRY },
		{ "42", ERR_BUG },         { "22", ERR_BUG },
		{ "57014", ERR_RETRY }, /* canceled: we stop */
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (strncmp(sqlstate, table[i].prefix,
			    strlen(table[i].prefix)) == 0)
			return table[i].code;
	return ERR_IO;
}

static bool is_lost(const struct pg *pg)
{
	return pg->link.is_silent || PQstatus(pg->link.conn) == CONNECTION_BAD;
}

static int lost(const struct pg *pg, struct err *err)
{
	return err_set(err, ERR_RETRY, "%s",
		       pg->link.is_silent ? PG_SILENT
					  : "the database connection broke");
}

static int fail(struct pg *pg, const PGresult *result, struct err *err)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

	if (is_lost(pg))
		return lost(pg, err);
	if (!state)
		return err_inside(err, ERR_IO, "%s",
				  PQerrorMessage(pg->link.conn));
	if (strcmp(state, "53100") == 0)
		return err_set(err, ERR_FULL,
			       "the disk of the database server is full: free "
			       "some space there");
	if (strcmp(state, "55P03") == 0)
		return err_set(err, ERR_RETRY, DB_LOCKED);
	if (strncmp(state, "40", 2) == 0)
		return err_set(err, ERR_RETRY,
			       "somebody else wrote the same just now");
	return err_inside(err, code_of(state), "%s", text ? text : state);
}

/* Frees result; 0 if it is a success. */
static int check_result(struct pg *pg, PGresult *result, struct err *err)
{
	ExecStatusType status = PQresultStatus(result);
	int ret = 0;

	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		ret = fail(pg, result, err);
	PQclear(result);
	return ret;
}

/* --- statements --- */

/*
 * A named query as it is sent: that which locks its rows in a transaction that
 * writes, the plain one elsewhere.
 *
 * Statements that get a list of keys are planned each time they are used
 * (0.3 ms for a thousand keys). A prepared one would keep the plan that was
 * good while the tables were empty: a scan of the whole table for each key.
 */
struct statement {
	const char *text;
	char name[24];
	bool *prepared; /* NULL: planned anew */
};

static struct statement form_of(struct pg *pg, const struct sql *sql,
				enum form form)
{
	size_t at = (size_t)sql->index * FORMS + form;
	struct statement s = {
		.text = form == FORM_LOCKING ? sql->pg_locked : sql->pg,
		.prepared = sql->has_keys ? NULL : &pg->prepared[at],
	};

	snprintf(s.name, sizeof(s.name), "q%zu", at);
	return s;
}

static struct statement statement_of(struct pg *pg, const struct sql *sql)
{
	return form_of(pg, sql,
		       sql->pg_locked && pg->db.writes ? FORM_LOCKING
						       : FORM_PLAIN);
}

static int prepare(struct pg *pg, struct statement *s, struct err *err)
{
	int sent;

	if (!s->prepared || *s->prepared)
		return 0;
	sent = PQsendPrepare(pg->link.conn, s->name, s->text, 0, NULL);
	if (check_result(pg, pg_link_result(&pg->link, sent), err) < 0)
		return -1;
	*s->prepared = true;
	return 0;
}

/* `?` outside of quotes becomes $1, $2 ... */
static void number_args(const char *text, struct strbuf *out)
{
	bool quoted = false;
	int n = 0;

	for (; *text; text++) {
		if (*text == '\'')
			quoted = !quoted;
		if (*text == '?' && !quoted)
			strbuf_addf(out, "$%d", ++n);
		else
			strbuf_addch(out, *text);
	}
}

/* As PQexecPrepared and PQexecParams. */
static int send_statement(struct pg *pg, const struct statement *s,
			  struct sql_args args)
{
	const char *const *values;

	pg_args_reset(&pg->args);
	pg_args_add(&pg->args, args);
	values = pg_args_values(&pg->args);
	return s->prepared
		       ? PQsendQueryPrepared(pg->link.conn, s->name,
					     (int)args.n, values, NULL, NULL, 0)
		       : PQsendQueryParams(pg->link.conn, s->text, (int)args.n,
					   NULL, values, NULL, NULL, 0);
}

static int execute(struct pg *pg, const struct sql *sql, const char *text,
		   struct sql_args args, PGresult **out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf numbered = STRBUF_INIT;
	struct statement s = { .text = text };
	PGresult *result;

	BUG_ON(pg->in_pipe > 0);
	if (sql) {
		s = statement_of(pg, sql);
		if (prepare(pg, &s, err) < 0)
			return -1;
	} else {
		number_args(text, &numbered);
		s.text = numbered.buf;
	}
	result = pg_link_result(&pg->link, send_statement(pg, &s, args));
	if (PQresultStatus(result) == PGRES_COMMAND_OK ||
	    PQresultStatus(result) == PGRES_TUPLES_OK) {
		*out = result;
		return 0;
	}
	return check_result(pg, result, err);
}

/* --- running them --- */

static int pg_query(struct db *db, const struct sql *sql, const char *text,
		    struct sql_args args, struct rows **out, struct err *err)
{
	PGresult *result;

	if (execute(pg_of(db), sql, text, args, &result, err) < 0)
		return -1;
	*out = pg_rows_new(result);
	return 0;
}

static int64_t changed_by(PGresult *result)
{
	int64_t n = 0;

	(void)text_to_int(PQcmdTuples(result), &n); /* "": none */
	return n;
}

static int pg_exec(struct db *db, const struct sql *sql, const char *text,
		   struct sql_args args, struct err *err)
{
	PGresult *result;
	int changed;

	if (execute(pg_of(db), sql, text, args, &result, err) < 0)
		return -1;
	changed = (int)changed_by(result);
	PQclear(result);
	return changed;
}

static int pg_script(struct db *db, const char *text, struct err *err)
{
	struct pg *pg = pg_of(db);

	return check_result(
		pg, pg_link_result(&pg->link, PQsendQuery(pg->link.conn, text)),
		err);
}

/* --- pipeline --- */

/*
 * Read the results of all that is in the pipe. The first failure is reported;
 * the server skips what comes after it until the synchronisation point.
 */
static int drain(struct pg *pg, int64_t *changed, struct err *err)
{
	int ret = 0;

	if (PQpipelineSync(pg->link.conn) != 1)
		return lost(pg, err);
	for (;;) {
		PGresult *result = pg_link_next(&pg->link);
		ExecStatusType status;

		if (!result) { /* the end of one statement's results */
			if (is_lost(pg))
				return lost(pg, err);
			continue;
		}
		status = PQresultStatus(result);
		if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
			*changed += changed_by(result);
		else if (status == PGRES_FATAL_ERROR && ret == 0)
			ret = fail(pg, result, err);
		PQclear(result);
		if (status == PGRES_PIPELINE_SYNC)
			break;
	}
	pg->in_pipe = 0;
	pg->pipe_bytes = 0;
	return ret;
}

static int leave_pipeline(struct pg *pg, int64_t *changed, struct err *err)
{
	int ret = 0;

	if (PQpipelineStatus(pg->link.conn) == PQ_PIPELINE_OFF)
		return 0;
	if (pg->in_pipe > 0)
		ret = drain(pg, changed, err);
	pg->in_pipe = 0;
	pg->pipe_bytes = 0;
	if (PQexitPipelineMode(pg->link.conn) != 1 && ret == 0)
		ret = err_inside(err, ERR_IO, "%s",
				 PQerrorMessage(pg->link.conn));
	return ret;
}

/* Its own types of arguments are asked for once, when it is first used. */
static int find_types(struct pg *pg, const struct sql *sql, struct err *err)
{
	struct statement one = form_of(pg, sql, FORM_PLAIN);
	PGresult *result;

	if (pg->types[sql->index])
		return 0;
	if (prepare(pg, &one, err) < 0)
		return -1;
	result = pg_link_result(
		&pg->link, PQsendDescribePrepared(pg->link.conn, one.name));
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		return check_result(pg, result, err);
	pg->types[sql->index] = pg_types_of(result);
	PQclear(result);
	return 0;
}

/* Outside of the pipe. Afterwards there are types, and if they are fit for it
 * the statement. */
static int prepare_many(struct pg *pg, const struct sql *sql, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	struct statement many = form_of(pg, sql, FORM_MANY);

	if (find_types(pg, sql, err) < 0)
		return -1;
	if (!pg_types_fit(pg->types[sql->index]))
		return 0;
	pg_arrays_format(sql, pg->types[sql->index], &text);
	many.text = text.buf;
	return prepare(pg, &many, err);
}

static bool is_prepared(struct pg *pg, const struct sql *sql)
{
	const struct pg_types *types = pg->types[sql->index];

	return types &&
	       (!pg_types_fit(types) || *form_of(pg, sql, FORM_MANY).prepared);
}

static int enter_pipeline(struct pg *pg, struct err *err)
{
	if (PQpipelineStatus(pg->link.conn) != PQ_PIPELINE_OFF ||
	    PQenterPipelineMode(pg->link.conn) == 1)
		return 0;
	return err_inside(err, ERR_IO, "%s", PQerrorMessage(pg->link.conn));
}

static int into_pipe(struct pg *pg, int sent, int64_t *changed, struct err *err)
{
	if (!sent)
		return err_inside(err, ERR_RETRY, "%s",
				  PQerrorMessage(pg->link.conn));
	if (++pg->in_pipe < PIPELINE_MAX && pg->pipe_bytes < PIPELINE_BYTES)
		return 0;
	return drain(pg, changed, err);
}

static int add_one(struct pg *pg, const struct sql *sql, const char *text,
		   struct sql_args args, int64_t *changed, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf made = STRBUF_INIT;
	struct statement s = { .text = text };

	if (sql) {
		s = statement_of(pg, sql);
	} else {
		number_args(text, &made);
		s.text = made.buf;
	}
	if (s.prepared && !*s.prepared &&
	    (leave_pipeline(pg, changed, err) < 0 || prepare(pg, &s, err) < 0))
		return -1;
	if (enter_pipeline(pg, err) < 0)
		return -1;
	return into_pipe(pg, send_statement(pg, &s, args), changed, err);
}

static int add_arrays(struct pg *pg, const struct sql *sql, int64_t *changed,
		      struct err *err)
{
	struct statement s = form_of(pg, sql, FORM_MANY);
	const struct pg_arrays *a = &pg->arrays;
	int sent;

	if (enter_pipeline(pg, err) < 0)
		return -1;
	sent = PQsendQueryPrepared(pg->link.conn, s.name, sql->args,
				   a->values.v, a->lengths.v, a->formats.v, 0);
	if (sent)
		(void)PQflush(pg->link.conn); /* it begins at once */
	pg->pipe_bytes += a->bytes.len;
	return into_pipe(pg, sent, changed, err);
}

static int add_many(struct pg *pg, const struct sql *sql, struct sql_args args,
		    int64_t *changed, struct err *err)
{
	size_t a_row = (size_t)sql->args;
	const struct pg_types *types;

	if (!is_prepared(pg, sql) && (leave_pipeline(pg, changed, err) < 0 ||
				      prepare_many(pg, sql, err) < 0))
		return -1;
	types = pg->types[sql->index];
	if (pg_types_fit(types) && pg_arrays_set(&pg->arrays, types, args))
		return add_arrays(pg, sql, changed, err);
	for (size_t i = 0; i < args.n; i += a_row)
		if (add_one(pg, sql, NULL,
			    (struct sql_args){ args.v + i, a_row }, changed,
			    err) < 0)
			return -1;
	return 0;
}

static int pg_batch_add(struct db *db, const struct sql *sql, const char *text,
			size_t rows, struct sql_args args, int64_t *changed,
			struct err *err)
{
	return rows > 1 ? add_many(pg_of(db), sql, args, changed, err)
			: add_one(pg_of(db), sql, text, args, changed, err);
}

/* In all its forms: that they are understood is found out at the start. */
static int pg_prepare(struct db *db, const struct sql *sql, struct err *err)
{
	struct pg *pg = pg_of(db);
	struct statement plain = form_of(pg, sql, FORM_PLAIN);
	struct statement locking = form_of(pg, sql, FORM_LOCKING);

	if (prepare(pg, &plain, err) < 0 ||
	    (many_is_fit(sql) && prepare_many(pg, sql, err) < 0))
		return -1;
	return sql->pg_locked ? prepare(pg, &locking, err) : 0;
}

static int pg_batch_end(struct db *db, int64_t *changed, struct err *err)
{
	return leave_pipeline(pg_of(db), changed, err);
}

/* --- transactions --- */

static void pg_rollback(struct db *db)
{
	struct pg *pg = pg_of(db);
	struct err ignored = ERR_INIT;
	int64_t changed = 0;

	/* A failure here breaks the connection, which the pool then drops. */
	if (!is_lost(pg))
		(void)leave_pipeline(pg, &changed, &ignored);
	if (!is_lost(pg) && PQtransactionStatus(pg->link.conn) != PQTRANS_IDLE)
		PQclear(pg_link_finish(&pg->link, "ROLLBACK"));
}

static int pg_begin(struct db *db, enum tx_mode mode, struct err *err)
{
	static const char *const texts[] = {
		[TX_WRITE] = "BEGIN",
		[TX_WRITE_UNSYNCED] =
			"BEGIN; SET LOCAL synchronous_commit = off",
		[TX_SNAPSHOT] =
			"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
	};

	return pg_script(db, texts[mode], err);
}

/* One that writes to the server's log: its commit waits for all before it. */
static int pg_sync(struct db *db, struct err *err)
{
	return pg_script(
		db, "SELECT pg_logical_emit_message(true, 'muster', '')", err);
}

static int pg_life(struct db *db, struct arena *arena, const char **out,
		   struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;

	if (db_query_text(db,
			  "SELECT CAST(EXTRACT(EPOCH FROM "
			  "pg_postmaster_start_time()) AS TEXT)",
			  SQL_NO_ARGS, &rows, err) < 0 ||
	    rows_next(rows, err) <= 0)
		return -1;
	*out = rows_dup(rows, 0, arena);
	return 0;
}

static int pg_commit(struct db *db, struct err *err)
{
	struct pg *pg = pg_of(db);
	PGresult *result;
	bool rolled_back;

	BUG_ON(PQpipelineStatus(pg->link.conn) != PQ_PIPELINE_OFF);
	result = pg_link_finish(&pg->link, "COMMIT");
	/* COMMIT of a failed transaction "succeeds" as ROLLBACK. */
	rolled_back = result && strcmp(PQcmdStatus(result), "ROLLBACK") == 0;
	if (check_result(pg, result, err) < 0) {
		pg_rollback(db);
		return -1;
	}
	return rolled_back ? err_set(err, ERR_IO,
				     "the transaction had failed before")
			   : 0;
}

static void pg_close(struct db *db)
{
	struct pg *pg = pg_of(db);

	pg_link_close(&pg->link);
	pg_args_release(&pg->args);
	pg_arrays_release(&pg->arrays);
	many_release(&pg->db.many);
	for (size_t i = 0; i < sql_all_count; i++)
		free(pg->types[i]);
	free(pg->types);
	free(pg->prepared);
	free(pg);
}

static bool pg_is_broken(const struct db *db)
{
	const struct pg *pg = (const struct pg *)db;

	return is_lost(pg) ||
	       PQtransactionStatus(pg->link.conn) != PQTRANS_IDLE;
}

static int pg_borrowed(struct db *db, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf set = STRBUF_INIT;
	struct pg *pg = pg_of(db);
	int64_t wanted = patience_lock_ms(DB_WAIT_MS);

	db_set_bulk(db, false); /* if its last user could not */
	if (pg->wait_ms == wanted)
		return 0;
	strbuf_addf(&set, "SET lock_timeout = %lld", (long long)wanted);
	if (pg_script(db, set.buf, err) < 0)
		return -1;
	pg->wait_ms = wanted;
	return 0;
}

static const struct db_ops pg_ops = {
	.query = pg_query,
	.exec = pg_exec,
	.begin = pg_begin,
	.commit = pg_commit,
	.rollback = pg_rollback,
	.batch_add = pg_batch_add,
	.batch_end = pg_batch_end,
	.script = pg_script,
	.prepare = pg_prepare,
	.close = pg_close,
	.is_broken = pg_is_broken,
	.sync = pg_sync,
	.life = pg_life,
	.borrowed = pg_borrowed,
};

int db_pg_open(const char *url, enum store_schema schema, struct db **out,
	       struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf setup = STRBUF_INIT;
	struct pg_link link;
	struct pg *pg;
	int ret = pg_link_open(&link, url, err);

	if (ret != 0)
		return ret;
	pg = calloc(1, sizeof(*pg));
	BUG_ON(!pg);
	pg->db = (struct db){ .ops = &pg_ops,
			      .backend = DB_PG,
			      .schema = schema };
	pg->link = link;
	pg->prepared = calloc(FORMS * sql_all_count + 1, sizeof(*pg->prepared));
	pg->types = calloc(sql_all_count + 1, sizeof(struct pg_types *));
	BUG_ON(!pg->prepared || !pg->types);
	pg->db.many.as_arrays = true;
	/* Statements here are short, and often thought to be long: compiling
	 * one takes longer than running it. */
	strbuf_addf(&setup,
		    "SET client_encoding = 'UTF8';"
		    "SET search_path = %s;"
		    "SET jit = off;"
		    "SET application_name = 'muster';"
		    "SELECT set_config('synchronous_commit', 'on', false)"
		    " WHERE current_setting('synchronous_commit') = 'off'",
		    schema_name(schema));
	if (pg_script(&pg->db, setup.buf, err) < 0) {
		pg_close(&pg->db);
		return -1;
	}
	*out = &pg->db;
	return 0;
}
