#include "audience/batch/api_forget.h"

#include "audience/batch/account_export.h"
#include "audience/batch/verified_domain.h"
#include "base/archive/deflate.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/email.h"
#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "base/thread/stop.h"
#include "sql/api_batch.h"
#include "store/db.h"

#include <string.h>

#define JOB "api_forget"
#define ATTEMPTS 100 /* what a user asked for once */
#define ROWS 200
#define PIECE_MAX ((size_t)256 << 20)
#define AGAIN_MS (2 * MS_SECOND)

int api_forget_enqueue(struct tx *tx, const char *folded, int64_t now_ms,
		       struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf payload = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&payload);
	int64_t kept = 0, job_id;

	if (verified_domain_forget(tx, folded, err) < 0 ||
	    db_find_int(tx->db, SQL_API_BATCH_ANY, SQL_NO_ARGS, &kept, err) < 0)
		return -1;
	if (!kept)
		return 0;
	json_begin_object(&w);
	json_key_text(&w, "address", folded);
	json_key_int(&w, "at_ms", now_ms);
	json_end_object(&w);
	return job_add(tx,
		       &(struct job_new){ .kind = JOB, .payload = payload.buf },
		       now_ms, &job_id, err);
}

struct work {
	struct job_run *run;
	const char *address;
	char hash[MD5_HEX + 1];
	int64_t at_ms;
	int64_t done;
};

/* --- answers --- */

static bool tells_of(const struct work *w, const char *text)
{
	return text &&
	       (strcasestr(text, w->address) || strcasestr(text, w->hash));
}

static void silence(const struct work *w, json_t *answer)
{
	const char *said =
		json_string_value(json_object_get(answer, "response"));
	const char *id =
		json_string_value(json_object_get(answer, "operation_id"));

	if (tells_of(w, said))
		(void)json_object_set_new(answer, "response", json_string(""));
	if (tells_of(w, id))
		(void)json_object_set_new(answer, "operation_id",
					  json_string(""));
}

/* plain: members of an array. */
static int without(const struct work *w, const struct strbuf *plain,
		   struct strbuf *out, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf array = STRBUF_INIT;
	CLEANUP(json_free) json_t *tree = NULL;
	json_t *answer;
	size_t i;

	strbuf_addch(&array, '[');
	strbuf_addslice(&array, strbuf_str(plain));
	strbuf_addch(&array, ']');
	if (json_parse(strbuf_str(&array), &tree, err) < 0)
		return -1;
	json_array_foreach (tree, i, answer) {
		silence(w, answer);
		if (i > 0)
			strbuf_addch(out, ',');
		json_dump(answer, out);
	}
	return 0;
}

static int write_piece(struct work *w, int64_t batch_id, int64_t nr,
		       const struct strbuf *plain, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf packed = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;

	deflate_all(strbuf_str(plain), &packed);
	base64_encode(strbuf_str(&packed), &text);
	return db_write(w->run->db, SQL_API_BATCH_ANSWER_PUT,
			SQL_ARGS(sql_int((int64_t)plain->len),
				 sql_str(strbuf_str(&text)), sql_int(batch_id),
				 sql_int(nr)),
			err);
}

static int look_at(struct work *w, int64_t batch_id, int64_t nr,
		   struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	CLEANUP(strbuf_release) struct strbuf packed = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf plain = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf now = STRBUF_INIT;
	int found;

	if (db_query(w->run->db, SQL_API_BATCH_ANSWER_GET,
		     SQL_ARGS(sql_int(batch_id), sql_int(nr)), &rows, err) < 0)
		return -1;
	found = rows_next(rows, err);
	if (found <= 0)
		return found; /* removed meanwhile */
	if (!base64_decode(rows_str(rows, 1), &packed) ||
	    inflate_all(strbuf_str(&packed), PIECE_MAX, &plain, err) < 0)
		return err_set(err, ERR_BUG, "an answer is damaged");
	rows_free(&rows);
	if (!tells_of(w, plain.buf))
		return 0;
	return without(w, &plain, &now, err) < 0 ||
			       write_piece(w, batch_id, nr, &now, err) < 0
		       ? -1
		       : 0;
}

static int next_rows(struct work *w, int64_t batch_id, int64_t from,
		     struct ids *out, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;

	vec_reset(out);
	if (db_query(w->run->db, SQL_API_BATCH_ANSWER_SIZES,
		     SQL_ARGS(sql_int(batch_id), sql_int(from), sql_int(ROWS)),
		     &rows, err) < 0)
		return -1;
	return rows_ids(rows, out, err);
}

static int look_through(struct work *w, int64_t batch_id, struct err *err)
{
	CLEANUP(vec_release) struct ids rows = VEC_INIT;
	int64_t from = 0;
	int n;

	while ((n = next_rows(w, batch_id, from, &rows, err)) > 0) {
		vec_each (&rows, nr)
			if (look_at(w, batch_id, *nr, err) < 0)
				return -1;
		from = rows.v[rows.n - 1] + 1;
		if (stop_check(err) < 0)
			return -1;
	}
	return n < 0 ? -1 : job_progress(w->run, NULL, ++w->done, 0, NULL, err);
}

/* --- exports --- */

/* 1: one is being made, and may tell of it. */
static int remove_exports(struct work *w, struct err *err)
{
	CLEANUP(vec_release) struct account_exports exports = VEC_INIT;
	int64_t total;
	int waits = 0;

	if (account_export_list(w->run->db, INT32_MAX, 0, &exports, &total,
				err) < 0)
		return -1;
	vec_each (&exports, e) {
		if (e->started_ms > w->at_ms)
			continue;
		waits += e->is_open;
		if (!e->is_open &&
		    account_export_empty(w->run->db, e->id, err) < 0)
			return -1;
	}
	return waits > 0;
}

static int forget(struct job_run *run, struct err *err)
{
	CLEANUP(json_free) json_t *tree = NULL;
	CLEANUP(vec_release) struct ids batches = VEC_INIT;
	struct work w = { .run = run, .address = "" };
	int waits;

	if (json_parse(str_of(run->job->payload), &tree, err) < 0 ||
	    json_get_text(tree, "address", &w.address, err) < 0 ||
	    json_get_int(tree, "at_ms", &w.at_ms, err) < 0 ||
	    db_list_ids(run->db, SQL_API_BATCH_IDS, SQL_NO_ARGS, &batches,
			err) < 0)
		return -1;
	email_hash(w.address, w.hash);
	vec_each (&batches, id)
		if (look_through(&w, *id, err) < 0)
			return -1;
	waits = remove_exports(&w, err);
	return waits > 0 ? job_again(run, clock_now_ms() + AGAIN_MS) : waits;
}

struct job_kind api_forget_kind(void)
{
	return (struct job_kind){ .name = JOB,
				  .fn = forget,
				  .max_attempts = ATTEMPTS,
				  .forgets = true,
				  .stays = true };
}
