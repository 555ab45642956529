#include "audience/batch/api_answer.h"

#include "base/archive/deflate.h"
#include "base/archive/tar.h"
#include "base/crypto.h"
#include "base/err.h"
#include "sql/api_batch.h"
#include "store/db.h"

#include <stdlib.h>

#define FILE_BYTES ((int64_t)1 << 20)
#define ROWS_MAX 2000
#define ANSWER_MAX ((size_t)256 << 20)

struct api_answers {
	int64_t batch_id, completed_ms;
	struct deflater *gzip;
	struct ids rows; /* of the file in hand */
	size_t at;       /* the next of them */
	int64_t bytes;   /* of the file in hand */
	int64_t next_nr;
	int files;
	bool ended;
};

struct api_answers *api_answers_open(const struct api_batch *batch)
{
	struct api_answers *a = calloc(1, sizeof(*a));

	BUG_ON(!a);
	a->batch_id = batch->id;
	a->completed_ms = batch->completed_ms;
	a->gzip = deflater_new(DEFLATE_GZIP);
	return a;
}

void api_answers_free(struct api_answers **answers)
{
	if (!*answers)
		return;
	deflater_free(&(*answers)->gzip);
	vec_release(&(*answers)->rows);
	free(*answers);
	*answers = NULL;
}

/* The rows of the next file: 1, 0 if there are none. */
static int plan_file(struct api_answers *a, struct db *db, struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	int more;

	vec_reset(&a->rows);
	a->at = 0;
	a->bytes = 0;
	if (db_query(db, SQL_API_BATCH_ANSWER_SIZES,
		     SQL_ARGS(sql_int(a->batch_id), sql_int(a->next_nr),
			      sql_int(ROWS_MAX)),
		     &rows, err) < 0)
		return -1;
	while (a->bytes < FILE_BYTES && (more = rows_next(rows, err)) != 0) {
		if (more < 0)
			return -1;
		vec_push(&a->rows, rows_int(rows, 0));
		a->bytes += rows_int(rows, 1) + 1; /* and a comma */
		a->next_nr = rows_int(rows, 0) + 1;
	}
	a->bytes += 1; /* two brackets, one comma less */
	return a->rows.n > 0;
}

static void begin_file(struct api_answers *a, struct strbuf *tar)
{
	char name[40];

	(void)snprintf(name, sizeof(name), "%04d.json", ++a->files);
	tar_begin_file(tar, name, a->bytes, a->completed_ms);
}

static int add_row(struct api_answers *a, struct db *db, struct strbuf *tar,
		   struct err *err)
{
	CLEANUP(rows_free) struct rows *rows = NULL;
	CLEANUP(strbuf_release) struct strbuf packed = STRBUF_INIT;
	size_t from;
	int found;

	if (db_query(db, SQL_API_BATCH_ANSWER_GET,
		     SQL_ARGS(sql_int(a->batch_id), sql_int(a->rows.v[a->at])),
		     &rows, err) < 0)
		return -1;
	found = rows_next(rows, err);
	if (found == 0)
		return err_set(err, ERR_NOT_FOUND, "the batch was removed");
	strbuf_addch(tar, a->at == 0 ? '[' : ',');
	from = tar->len;
	if (found < 0)
		return -1;
	if (!base64_decode(rows_str(rows, 1), &packed) ||
	    inflate_all(strbuf_str(&packed), ANSWER_MAX, tar, err) < 0 ||
	    (int64_t)(tar->len - from) != rows_int(rows, 0))
		return err_set(err, ERR_BUG, "an answer is damaged");
	a->at++;
	return 0;
}

static int next_of_tar(struct api_answers *a, struct db *db, struct strbuf *tar,
		       struct err *err)
{
	int more = 1;

	if (a->at == a->rows.n) {
		more = plan_file(a, db, err);
		if (more > 0)
			begin_file(a, tar);
	}
	if (more <= 0)
		return more;
	if (add_row(a, db, tar, err) < 0)
		return -1;
	if (a->at == a->rows.n) {
		strbuf_addch(tar, ']');
		tar_end_file(tar, a->bytes);
	}
	return 1;
}

int api_answers_next(struct api_answers *a, struct db *db, struct strbuf *out,
		     struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf tar = STRBUF_INIT;
	size_t from = out->len;
	int more = 1;

	while (!a->ended && out->len == from) {
		strbuf_reset(&tar);
		more = next_of_tar(a, db, &tar, err);
		if (more < 0)
			return -1;
		if (more == 0) {
			tar_end(&tar);
			a->ended = true;
		}
		deflater_add(a->gzip, strbuf_str(&tar), out);
		if (a->ended)
			deflater_end(a->gzip, out);
	}
	return out->len > from;
}
