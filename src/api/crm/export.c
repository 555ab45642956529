/* Exports to CSV, streamed. */
#include "crm/export.h"

#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/arena.h"
#include "base/err.h"
#include "bridge/push_list.h"

static int next(void *context, struct db *db, struct strbuf *out,
		struct err *err)
{
	return export_next(context, db, out, err);
}

static void end(void *context)
{
	export_release(context);
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

static int open_export(struct request *rq, struct export *out, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct ids ids = VEC_INIT;
	struct export_choice choice = { .how = request_query(rq, "how"),
					.q = request_query(rq, "q"),
					.filter = request_query(rq, "filter"),
					.ids = &ids };

	if (request_query_int(rq, "group_id", 1, INT64_MAX, &choice.group_id,
			      err) < 0 ||
	    read_ids(rq, &ids, err) < 0 || v1_db(rq, &db, err) < 0)
		return -1;
	return export_open(db, (enum entity)rq->argument, &choice, rq->now_ms,
			   out, err);
}

int v1_record_export(struct request *rq, struct response *rs, struct err *err)
{
	struct export *export = arena_new_of(rq->arena, struct export);

	if (open_export(rq, export, err) < 0)
		return -1;
	return v1_csv_begin(
		rq, rs,
		&(struct v1_csv){
			.name = entity_name((enum entity)rq->argument),
			.fn = next,
			.free_fn = end,
			.context = export },
		err);
}

/* --- rows of a push --- */

static int next_rows(void *context, struct db *db, struct strbuf *out,
		     struct err *err)
{
	return push_rows_csv(db, context, out, err);
}

int v1_export_push(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct push_row_filter *filter =
		arena_new_of(rq->arena, struct push_row_filter);
	struct push_info push;
	int64_t id;

	if (request_param_id(rq, "push_id", &id, err) < 0 ||
	    v1_db(rq, &db, err) < 0 ||
	    push_get(db, id, rq->arena, &push, err) < 0)
		return -1;
	*filter = (struct push_row_filter){
		.push_id = id,
		.action = request_query(rq, "action"),
		.reason = request_query(rq, "reason"),
		.outcome = request_query(rq, "outcome"),
	};
	return v1_csv_begin(
		rq, rs,
		&(struct v1_csv){ .name = arena_printf(rq->arena, "push-%lld",
						       (long long)id),
				  .fn = next_rows,
				  .context = filter },
		err);
}
