/* Exports to CSV, streamed. */
#include "crm/export.h"

#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/arena.h"
#include "base/err.h"

struct stream {
	struct store *store;
	struct export export;
};

static int next(void *context, struct strbuf *out, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct stream *stream = context;

	if (store_get(stream->store, STORE_CRM, &db, err) < 0)
		return -1;
	return export_next(&stream->export, db, out, err);
}

static void end(void *context)
{
	struct stream *stream = context;

	export_release(&stream->export);
}

int v1_record_export(struct request *rq, struct response *rs, struct err *err)
{
	enum entity entity = (enum entity)rq->argument;
	CLEANUP(store_put) struct db *db = NULL;
	struct stream *stream = arena_new_of(rq->arena, struct stream);
	int64_t group_id = 0;

	stream->store = api_of(rq)->store;
	if (request_query_int(rq, "group_id", 1, INT64_MAX, &group_id, err) <
		    0 ||
	    v1_db(rq, &db, err) < 0 ||
	    export_open(db, entity, group_id, &stream->export, err) < 0)
		return -1;
	rs->content_type = "text/csv; charset=utf-8";
	response_header(rs, "Content-Disposition",
			arena_printf(rq->arena,
				     "attachment; filename=\"%s.csv\"",
				     entity_name(entity)));
	response_stream(rs, next, end, stream);
	return 0;
}
