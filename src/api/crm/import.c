/* Imports of CSV files: the body is the file. */
#include "crm/import.h"

#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/arena.h"
#include "base/err.h"

#include <string.h>

static int read_delimiter(const char *text, char *out, struct err *err)
{
	if (!text || !*text)
		return 0;
	if (text[1] != '\0')
		return err_field(err, "delimiter", "is one character");
	*out = text[0];
	return 0;
}

static int read_header(const char *text, enum import_header *out,
		       struct err *err)
{
	if (!text || !*text || strcmp(text, "detect") == 0)
		*out = IMPORT_HEADER_DETECT;
	else if (strcmp(text, "true") == 0)
		*out = IMPORT_HEADER;
	else if (strcmp(text, "false") == 0)
		*out = IMPORT_NO_HEADER;
	else
		return err_field(err, "header", "is true, false or detect");
	return 0;
}

static int read_mapping(struct request *rq, json_t **out, struct err *err)
{
	const char *text = request_query(rq, "mapping");

	if (!text || !*text)
		return 0;
	if (json_parse(str_of(text), out, err) < 0)
		return err_field(err, "mapping", "not a JSON object");
	return 0;
}

static int read_input(struct request *rq, struct import_input *in,
		      struct err *err)
{
	const char *entity = request_query(rq, "entity");

	in->entity = ENTITY_PERSON;
	in->folder = api_of(rq)->data;
	in->path = request_upload_path(rq);
	in->file_name = request_query(rq, "file_name");
	in->match = request_query(rq, "match");
	in->mapping_name = request_query(rq, "mapping_name");
	in->opted_in = request_query(rq, "opted_in");
	in->dry_run = request_query_bool(rq, "dry_run", false);
	in->user_id = rq->caller.user_id;
	if (entity && v1_entity(entity, &in->entity, err) < 0)
		return -1;
	if (read_delimiter(request_query(rq, "delimiter"), &in->delimiter,
			   err) < 0)
		return -1;
	return read_header(request_query(rq, "header"), &in->header, err);
}

int v1_imports_create(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(json_free) json_t *mapping = NULL;
	struct import_input in = { .match = NULL };
	int64_t id, job_id;

	if (read_input(rq, &in, err) < 0 || read_mapping(rq, &mapping, err) < 0)
		return -1;
	in.mapping = mapping;
	if (v1_db(rq, &db, err) < 0 ||
	    import_start(db, &in, rq->now_ms, &id, &job_id, err) < 0)
		return -1;
	runner_wake(api_of(rq)->crm_jobs);
	v1_accepted(rs, job_id);
	return 0;
}

int v1_imports_list(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct json_writer w = JSON_WRITER(&rs->body);
	struct import_runs list = VEC_INIT;
	int64_t before, limit, total = 0;
	const char *next = NULL;
	int ret = -1;

	if (v1_limit(rq, &limit, err) < 0 || v1_before(rq, &before, err) < 0 ||
	    v1_db(rq, &db, err) < 0)
		return -1;
	if (import_list(db, before, limit + 1, rq->arena, &list, err) == 0 &&
	    import_list_count(db, &total, err) == 0)
		ret = 0;
	if ((int64_t)list.n > limit) {
		list.n = (size_t)limit;
		next = arena_printf(rq->arena, "%lld",
				    (long long)list.v[list.n - 1].id);
	}
	v1_list_begin(&w);
	vec_each (&list, run) {
		CLEANUP(strbuf_release) struct strbuf one = STRBUF_INIT;

		import_format(run, &one);
		json_raw(&w, strbuf_str(&one));
	}
	v1_list_end(&w, total, next);
	vec_release(&list);
	return ret;
}

static int load(struct request *rq, struct db **db, struct import_run *out,
		struct err *err)
{
	int64_t id;

	if (request_param_id(rq, "import_id", &id, err) < 0 ||
	    v1_db(rq, db, err) < 0)
		return -1;
	return import_get(*db, id, rq->arena, out, err);
}

int v1_imports_get(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct import_run run;

	if (load(rq, &db, &run, err) < 0)
		return -1;
	import_format(&run, &rs->body);
	return 0;
}

int v1_imports_undo(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	int64_t id, job_id;

	if (request_param_id(rq, "import_id", &id, err) < 0 ||
	    v1_db(rq, &db, err) < 0 ||
	    import_undo_start(db, id, rq->caller.user_id, rq->now_ms, &job_id,
			      err) < 0)
		return -1;
	runner_wake(api_of(rq)->crm_jobs);
	v1_accepted(rs, job_id);
	return 0;
}

/* --- the refused rows, a thousand at a time --- */

struct refused {
	struct db *db;
	struct import_run run;
	int64_t after;
};

static int next_refused(void *context, struct strbuf *out, struct err *err)
{
	struct refused *r = context;

	return import_refused_csv(r->db, &r->run, &r->after, out, err);
}

static void end_refused(void *context)
{
	struct refused *r = context;

	store_put(&r->db);
}

int v1_imports_refused(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct refused *r = arena_new_of(rq->arena, struct refused);

	if (load(rq, &db, &r->run, err) < 0)
		return -1;
	r->db = TAKE(db);
	rs->content_type = "text/csv; charset=utf-8";
	response_header(rs, "Content-Disposition",
			"attachment; filename=\"refused.csv\"");
	response_stream(rs, next_refused, end_refused, r);
	return 0;
}
