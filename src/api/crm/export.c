/* Exports to CSV, streamed. */
#include "crm/export.h"

#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/arena.h"
#include "base/err.h"
#include "bridge/push_list.h"

struct stream {
	struct store *store;
	struct export export;
	bool with_bom;
};

static int next(void *context, struct strbuf *out, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct stream *stream = context;

	if (store_get(stream->store, STORE_CRM, &db, err) < 0)
		return -1;
	v1_csv_mark(&stream->with_bom, out);
	return export_next(&stream->export, db, out, err);
}

static void end(void *context)
{
	struct stream *stream = context;

	export_release(&stream->export);
}

/* `1,2,3` */
static int read_ids(const struct request *rq, struct ids *out, struct err *err)
{
	const char *text = request_query(rq, "ids");
	struct str rest = str_of(text);
	int64_t id;

	if (text && rest.len == 0)
		return err_field(err, "ids", "must not be empty");
	while (rest.len > 0) {
		if (!str_to_int(str_trim(str_cut(&rest, ',')), &id) || id <= 0)
			return err_field(err, "ids",
					 "must be ids with commas between");
		vec_push(out, id);
	}
	return 0;
}

static int open_stream(struct request *rq, struct stream *stream,
		       struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	struct export_choice choice = { .how = request_query(rq, "how"),
					.q = request_query(rq, "q"),
					.filter = request_query(rq, "filter"),
					.ids = &ids };

	stream->store = api_of(rq)->store;
	stream->with_bom = request_query_bool(rq, "bom", false);
	if (request_query_int(rq, "group_id", 1, INT64_MAX, &choice.group_id,
			      err) < 0 ||
	    read_ids(rq, &ids, err) < 0 || v1_db(rq, &db, err) < 0)
		return -1;
	return export_open(db, (enum entity)rq->argument, &choice, rq->now_ms,
			   &stream->export, err);
}

static void begin_file(const struct request *rq, struct response *rs,
		       const char *name)
{
	rs->content_type = "text/csv; charset=utf-8";
	response_header(rs, "Content-Disposition",
			arena_printf(rq->arena,
				     "attachment; filename=\"%s.csv\"", name));
}

int v1_record_export(struct request *rq, struct response *rs, struct err *err)
{
	struct stream *stream = arena_new_of(rq->arena, struct stream);

	if (open_stream(rq, stream, err) < 0)
		return -1;
	begin_file(rq, rs, entity_name((enum entity)rq->argument));
	response_stream(rs, next, end, stream);
	return 0;
}

/* --- rows of a push --- */

struct push_stream {
	struct store *store;
	struct push_row_filter filter;
	bool with_bom, at_end;
};

static int next_rows(void *context, struct strbuf *out, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct push_stream *stream = context;
	int more;

	if (stream->at_end)
		return 0;
	if (store_get(stream->store, STORE_CRM, &db, err) < 0)
		return -1;
	v1_csv_mark(&stream->with_bom, out);
	more = push_rows_csv(db, &stream->filter, out, err);
	if (more < 0)
		return -1;
	stream->at_end = !more;
	return out->len > 0;
}

int v1_export_push(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct push_stream *stream =
		arena_new_of(rq->arena, struct push_stream);
	struct push_info push;
	int64_t id;

	stream->store = api_of(rq)->store;
	stream->with_bom = request_query_bool(rq, "bom", false);
	if (request_param_id(rq, "push_id", &id, err) < 0 ||
	    v1_db(rq, &db, err) < 0 ||
	    push_get(db, id, rq->arena, &push, err) < 0)
		return -1;
	stream->filter = (struct push_row_filter){
		.push_id = id,
		.action = request_query(rq, "action"),
		.reason = request_query(rq, "reason"),
		.outcome = request_query(rq, "outcome"),
	};
	begin_file(rq, rs, arena_printf(rq->arena, "push-%lld", (long long)id));
	response_stream(rs, next_rows, NULL, stream);
	return 0;
}
