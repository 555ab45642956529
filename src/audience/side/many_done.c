#include "audience/side/many_done.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/json.h"
#include "base/strbuf.h"
#include "sql/member_many.h"
#include "store/db.h"

static void write_refused(const struct member_refusals *refused,
			  struct strbuf *out)
{
	struct json_writer w = JSON_WRITER(out);

	json_begin_array(&w);
	vec_each (refused, r) {
		json_begin_object(&w);
		json_key_int(&w, "id", r->id);
		json_key_text(&w, "why", r->why);
		json_end_object(&w);
	}
	json_end_array(&w);
}

int many_done_put(struct tx *tx, int64_t job_id, const struct many_done *done,
		  const struct member_refusals *refused, int64_t now_ms,
		  struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf text = STRBUF_INIT;
	int n;

	write_refused(refused, &text);
	n = db_exec(tx, SQL_MEMBER_MANY_DONE_PUT,
		    SQL_ARGS(sql_int(job_id), sql_int(done->through_id),
			     sql_int(done->changed), sql_text(text.buf),
			     sql_int(now_ms)),
		    err);
	if (n < 0)
		return -1;
	return n > 0 ? 0
		     : err_set(err, ERR_RETRY,
			       "another process did these meanwhile");
}

struct row {
	struct many_done done;
	const char *refused;
};

static void read_row(const struct rows *rows, struct arena *arena, void *out)
{
	*(struct row *)out = (struct row){
		.done = { .through_id = rows_int(rows, 0),
			  .changed = rows_int(rows, 1) },
		.refused = rows_dup(rows, 2, arena),
	};
}

static int read_refused(const char *text, struct arena *arena,
			struct member_refusals *out, struct err *err)
{
	CLEANUP(json_free) json_t *list = NULL;
	const json_t *item;
	size_t i;

	if (json_parse(str_of(text), &list, err) < 0)
		return -1;
	json_array_foreach (list, i, item) {
		struct member_refusal r = { 0 };

		if (json_get_int(item, "id", &r.id, err) < 0 ||
		    json_get_text(item, "why", &r.why, err) < 0)
			return -1;
		r.why = arena_strdup(arena, r.why);
		vec_push(out, r);
	}
	return 0;
}

int many_done_find(struct db *db, int64_t job_id, struct arena *arena,
		   struct many_done *out, struct member_refusals *refused,
		   struct err *err)
{
	struct row row;
	int found =
		db_get(db, SQL_MEMBER_MANY_DONE_FIND, SQL_ARGS(sql_int(job_id)),
		       read_row, arena, &row, err);

	if (found <= 0)
		return found;
	if (read_refused(row.refused, arena, refused, err) < 0)
		return -1;
	*out = row.done;
	return 1;
}

int many_done_remove(struct db *db, int64_t job_id, int64_t now_ms,
		     struct err *err)
{
	return db_write(db, SQL_MEMBER_MANY_DONE_REMOVE,
			SQL_ARGS(sql_int(job_id), sql_int(now_ms - 7 * MS_DAY)),
			err);
}
