/*
 * crm/import/import_fixture.h - what the tests of imports share: a data folder,
 * files as texts, the steps of a job run as a runner would, and looks at tables
 *
 * A header alone, since each test uses some of it.
 */
#ifndef CRM_IMPORT_FIXTURE_H
#define CRM_IMPORT_FIXTURE_H

#include "crm/import/import.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "crm/import/import_steps.h"
#include "store/store_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOW 1700000000000

struct setup {
	struct store_fixture fixture;
	struct db *db;
	struct arena *arena;
	char folder[64];
	int64_t id, job_id;
	const json_t *mapping;
	int stop_after;     /* batches; 0: never */
	struct db *scratch; /* for trials; NULL: each makes one */
};

static inline void must(int ret, const struct err *err)
{
	if (ret < 0)
		fail_msg("%s: %s", err->field, err->text);
}

static inline void contains(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no %s in %s", part, text);
}

static inline int open_setup(void **state)
{
	struct setup *s = calloc(1, sizeof(*s));

	crypto_init();
	store_fixture_open(&s->fixture);
	s->db = s->fixture.crm;
	s->arena = arena_new();
	snprintf(s->folder, sizeof(s->folder), "/tmp/muster-import-XXXXXX");
	assert_non_null(mkdtemp(s->folder));
	*state = s;
	return 0;
}

static inline int free_setup(void **state)
{
	struct setup *s = *state;
	CLEANUP(strbuf_release) struct strbuf command = STRBUF_INIT;

	strbuf_addf(&command, "rm -rf %s", s->folder);
	assert_int_equal(system(command.buf), 0);
	arena_free(&s->arena);
	store_fixture_free(&s->fixture);
	free(s);
	return 0;
}

static inline const char *write_file(struct setup *s, const char *text)
{
	const char *path = arena_printf(s->arena, "%s/upload.csv", s->folder);
	CLEANUP(file_free) FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
	return path;
}

/* --- running --- */

static inline int save(void *context, struct tx *tx, int64_t done,
		       int64_t total, const char *state_json, struct err *err)
{
	struct setup *s = context;

	return db_exec_text(tx,
			    "UPDATE job SET done = ?, total = ?,"
			    " state_json = COALESCE(?, state_json)"
			    " WHERE id = ?",
			    SQL_ARGS(sql_int(done), sql_int(total),
				     sql_text(state_json), sql_int(s->job_id)),
			    err);
}

static inline bool is_stopping(void *context)
{
	struct setup *s = context;

	return s->stop_after > 0 && --s->stop_after == 0;
}

typedef int (*steps_fn)(struct import_steps *steps, struct strbuf *result,
			struct err *err);

/* One run of the job, as a runner that was killed before would start it. */
static inline int try_run(struct setup *s, steps_fn fn, size_t batch_rows,
			  struct strbuf *result, struct err *err)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct import_steps steps = {
		.db = s->db,
		.folder = s->folder,
		.import_id = s->id,
		.batch_rows = batch_rows,
		.scratch = s->scratch,
		.save = save,
		.is_stopping = is_stopping,
		.context = s,
	};
	struct job job;

	if (job_get(s->db, s->job_id, arena, &job, err) < 0)
		return -1;
	steps.state_json = job.state_json;
	return fn(&steps, result, err);
}

static inline void start_with(struct setup *s, const char *text,
			      struct import_input input)
{
	struct err err = ERR_INIT;

	if (!input.entity)
		input.entity = ENTITY_PERSON;
	input.folder = s->folder;
	input.path = write_file(s, text);
	must(import_start(s->db, &input, NOW, &s->id, &s->job_id, &err), &err);
}

static inline const char *finish(struct setup *s)
{
	CLEANUP(strbuf_release) struct strbuf result = STRBUF_INIT;
	CLEANUP(json_free) json_t *json = NULL;
	struct err err = ERR_INIT;
	int64_t n[4];
	static const char *const keys[] = { "created", "updated", "unchanged",
					    "refused" };

	assert_int_equal(try_run(s, import_steps, 0, &result, &err), 1);
	must(json_parse(strbuf_str(&result), &json, &err), &err);
	for (int i = 0; i < 4; i++)
		assert_int_equal(json_get_int(json, keys[i], &n[i], &err), 1);
	return arena_printf(s->arena,
			    "%d created %d updated %d unchanged "
			    "%d refused",
			    (int)n[0], (int)n[1], (int)n[2], (int)n[3]);
}

static inline const char *import_with(struct setup *s, const char *text,
				      struct import_input input)
{
	start_with(s, text, input);
	return finish(s);
}

static inline const char *import(struct setup *s, const char *text)
{
	return import_with(s, text, (struct import_input){ 0 });
}

/* The questions of a file, or the error; "": the import was started. */
static inline const char *asked_at(struct setup *s, const char *text,
				   const char *answers, int64_t now_ms,
				   bool dry_run)
{
	CLEANUP(strbuf_release) struct strbuf questions = STRBUF_INIT;
	CLEANUP(json_free) json_t *tree = NULL;
	struct import_input input = { .entity = ENTITY_PERSON,
				      .folder = s->folder,
				      .dry_run = dry_run,
				      .questions = &questions };
	struct err err = ERR_INIT;

	if (answers)
		must(json_parse(str_of(answers), &tree, &err), &err);
	input.answers = tree;
	input.path = write_file(s, text);
	if (import_start(s->db, &input, now_ms, &s->id, &s->job_id, &err) < 0)
		return arena_printf(s->arena, "%s: %s", err.field, err.text);
	return arena_strdup(s->arena, questions.buf);
}

static inline const char *asked(struct setup *s, const char *text,
				const char *answers)
{
	return asked_at(s, text, answers, NOW, false);
}

/* Runs what was started; the result of its job. */
static inline const char *result_of(struct setup *s)
{
	CLEANUP(strbuf_release) struct strbuf result = STRBUF_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(try_run(s, import_steps, 0, &result, &err), 1);
	return arena_strdup(s->arena, result.buf);
}

static inline void undo(struct setup *s)
{
	CLEANUP(strbuf_release) struct strbuf result = STRBUF_INIT;
	struct err err = ERR_INIT;

	must(import_undo_start(s->db, s->id, false, 0, NOW, &s->job_id, &err),
	     &err);
	assert_int_equal(try_run(s, import_undo_steps, 0, &result, &err), 1);
}

/* --- looking --- */

static inline int64_t number(struct setup *s, const char *sql)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct err err = ERR_INIT;

	must(db_query_text(s->db, sql, SQL_NO_ARGS, &rows, &err), &err);
	assert_int_equal(rows_next(rows, &err), 1);
	return rows_int(rows, 0);
}

/* All rows of a query, `|` between columns, newline after rows. */
static inline const char *table(struct setup *s, const char *sql)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	CLEANUP(rows_free) struct rows *rows = NULL;
	struct err err = ERR_INIT;

	must(db_query_text(s->db, sql, SQL_NO_ARGS, &rows, &err), &err);
	while (rows_next(rows, &err) > 0) {
		for (int i = 0; i < rows_columns(rows); i++) {
			if (i > 0)
				strbuf_addch(&out, '|');
			strbuf_addslice(&out, rows_str(rows, i));
		}
		strbuf_addch(&out, '\n');
	}
	return arena_strdup(s->arena, out.buf);
}

#define PEOPLE                                                              \
	"SELECT p.first_name, p.last_name, e.address, c.name, p.city,"      \
	" p.opted_out FROM person p LEFT JOIN email e ON e.id = p.email_id" \
	" LEFT JOIN company c ON c.id = p.company_id"                       \
	" ORDER BY p.name_folded, e.address"

static inline const char *people(struct setup *s)
{
	return table(s, PEOPLE);
}

static inline void exec(struct setup *s, const char *sql)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct err err = ERR_INIT;

	must(tx_begin(s->db, &tx, &err), &err);
	must(db_exec_text(&tx, sql, SQL_NO_ARGS, &err), &err);
	must(tx_commit(&tx, &err), &err);
}

static inline const char *refused(struct setup *s)
{
	CLEANUP(strbuf_release) struct strbuf out = STRBUF_INIT;
	struct import_run run;
	struct err err = ERR_INIT;
	int64_t after = 0;

	must(import_get(s->db, s->id, s->arena, &run, &err), &err);
	assert_int_equal(import_refused_csv(s->db, &run, &after, &out, &err),
			 0);
	return arena_strdup(s->arena, out.buf);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_setup, free_setup)

#endif
