/* Imports from CSV files. */
#include "crm/import/import.h"

#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/arena.h"
#include "base/err.h"
#include "crm/consent/unclear_opt_out.h"
#include "crm/import/import_answers.h"
#include "http/problem.h"

#include <string.h>

static int read_delimiter(const struct request *rq, char *out, struct err *err)
{
	const char *name = request_query(rq, "delimiter");

	if (!name || !*name)
		*out = '\0';
	else if (strcmp(name, "tab") == 0)
		*out = '\t';
	else if (strlen(name) == 1 && strchr(",;|\t", name[0]))
		*out = name[0];
	else
		return err_field(err, "delimiter", "must be , ; | or tab");
	return 0;
}

static int read_header(const struct request *rq, enum import_header *out,
		       struct err *err)
{
	const char *name = request_query(rq, "header");

	if (!name || strcmp(name, "detect") == 0)
		*out = IMPORT_HEADER_DETECT;
	else if (strcmp(name, "true") == 0)
		*out = IMPORT_HEADER;
	else if (strcmp(name, "false") == 0)
		*out = IMPORT_NO_HEADER;
	else
		return err_field(err, "header",
				 "must be detect, true or false");
	return 0;
}

/* A parameter that is a JSON object. The tree is freed by the caller. */
static int read_object(const struct request *rq, const char *name, json_t **out,
		       struct err *err)
{
	const char *text = request_query(rq, name);
	struct err why = ERR_INIT;

	if (!text || !*text)
		return 0;
	if (json_parse(str_of(text), out, &why) < 0)
		return err_field(err, name, "is no JSON: %s", why.text);
	if (!json_is_object(*out))
		return err_field(err, name, "must be an object");
	return 0;
}

/* What a user says to the questions of a file: see crm/import/import_scan.h. */
static int read_answers(const struct request *rq, json_t *out, struct err *err)
{
	CLEANUP(json_free) json_t *columns = NULL;
	CLEANUP(json_free) json_t *values = NULL;
	const char *date_order = request_query(rq, "date_order");

	if (read_object(rq, "consent", &columns, err) < 0 ||
	    read_object(rq, "consent_values", &values, err) < 0)
		return -1;
	/* these fail only for want of memory */
	if (columns)
		(void)json_object_set(out, "columns", columns);
	if (values)
		(void)json_object_set(out, "values", values);
	if (date_order && *date_order)
		(void)json_object_set_new(out, "date_order",
					  json_string(date_order));
	return 0;
}

static const char *encoding(const struct request *rq)
{
	const char *name = request_query(rq, "encoding");

	return name && *name && strcmp(name, "detect") != 0 ? name : NULL;
}

/* Nothing was imported: 400, and what has to be answered first. */
static void ask(struct request *rq, struct response *rs,
		const struct strbuf *questions)
{
	struct problem p = {
		.status = 400,
		.title = "Questions",
		.detail = "The file leaves open who wants no mail, or what its "
			  "dates are: nothing was imported. Answer each of "
			  "`questions` with the parameter that it names. The "
			  "answers of an import, not of a dry run, are "
			  "remembered.",
		.extra = "questions",
		.extra_json = strbuf_str(questions),
	};

	problem_write(rq, rs, DIALECT_PLAIN, &p);
}

/* The mapping is the caller's, and so are the answers, an empty object. */
static int read_input(struct request *rq, struct import_input *out,
		      json_t **mapping, json_t *answers, struct err *err)
{
	const char *entity = request_query(rq, "entity");

	*out = (struct import_input){
		.entity = ENTITY_PERSON,
		.folder = api_of(rq)->data,
		.path = request_upload_path(rq),
		.file_name = request_query(rq, "file_name"),
		.match = request_query(rq, "match"),
		.encoding = encoding(rq),
		.mapping_name = request_query(rq, "mapping_name"),
		.opted_in = request_query(rq, "opted_in"),
		.dry_run = request_query_bool(rq, "dry_run", false),
		.user_id = rq->caller.user_id,
	};
	if (strcmp(rq->content_type, "multipart/form-data") == 0)
		return err_set(err, ERR_INVALID,
			       "send the file itself as the body, "
			       "text/csv, and the rest as parameters");
	if (entity && v1_entity(entity, &out->entity, err) < 0)
		return -1;
	if (read_header(rq, &out->header, err) < 0 ||
	    read_delimiter(rq, &out->delimiter, err) < 0 ||
	    read_object(rq, "mapping", mapping, err) < 0 ||
	    read_answers(rq, answers, err) < 0)
		return -1;
	out->mapping = *mapping;
	out->answers = answers;
	return 0;
}

int v1_imports_create(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(json_free) json_t *mapping = NULL;
	CLEANUP(json_free) json_t *answers = json_object();
	CLEANUP(strbuf_release) struct strbuf questions = STRBUF_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	struct import_input input;
	int64_t id, job_id;
	int started;

	if (read_input(rq, &input, &mapping, answers, err) < 0)
		return -1;
	input.questions = &questions;
	if (v1_db(rq, &db, err) < 0)
		return -1;
	started = import_start(db, &input, rq->now_ms, &id, &job_id, err);
	if (started < 0)
		return -1;
	if (!started) {
		ask(rq, rs, &questions);
		return 0;
	}
	v1_wake(rq);
	rs->status = 202;
	json_begin_object(&w);
	json_key_int(&w, "job_id", job_id);
	json_key_int(&w, "import_id", id);
	json_end_object(&w);
	return 0;
}

int v1_imports_look(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(json_free) json_t *mapping = NULL;
	CLEANUP(json_free) json_t *answers = json_object();
	struct import_input input;

	if (read_input(rq, &input, &mapping, answers, err) < 0)
		return -1;
	if (v1_db(rq, &db, err) < 0)
		return -1;
	return import_look(db, &input, rq->now_ms, &rs->body, err);
}

int v1_imports_list(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct import_runs runs = VEC_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	int64_t limit, before, total;
	const char *next;

	if (v1_limit(rq, &limit, err) < 0 || v1_before(rq, &before, err) < 0 ||
	    v1_db(rq, &db, err) < 0 || import_list_count(db, &total, err) < 0 ||
	    import_list(db, before, limit + 1, rq->arena, &runs, err) < 0)
		return -1;
	next = v1_cut(rq, &runs, limit, id);
	v1_list_begin(&w);
	vec_each (&runs, run) {
		CLEANUP(strbuf_release) struct strbuf one = STRBUF_INIT;

		import_format(run, -1, &one);
		json_raw(&w, strbuf_str(&one));
	}
	v1_list_end(&w, total, next);
	return 0;
}

int v1_imports_get(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct import_run run;
	int64_t id, opt_outs = -1;

	if (request_param_id(rq, "import_id", &id, err) < 0 ||
	    v1_db(rq, &db, err) < 0 ||
	    import_get(db, id, rq->arena, &run, err) < 0 ||
	    (import_is_undoable(&run) &&
	     import_opt_outs_count(db, &run, &opt_outs, err) < 0))
		return -1;
	import_format(&run, opt_outs, &rs->body);
	return 0;
}

static int read_undo(struct request *rq, bool *keep, struct err *err)
{
	static const char *const known[] = { "keep_opt_outs", NULL };
	const json_t *body;

	if (rq->body.len == 0)
		return 0;
	if (request_json(rq, &body, err) < 0 || v1_only(body, known, err) < 0)
		return -1;
	return json_get_bool(body, "keep_opt_outs", keep, err) < 0 ? -1 : 0;
}

int v1_imports_undo(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	int64_t id, job_id;
	bool keep = false;

	if (request_param_id(rq, "import_id", &id, err) < 0 ||
	    read_undo(rq, &keep, err) < 0 || v1_db(rq, &db, err) < 0 ||
	    import_undo_start(db, id, keep, rq->caller.user_id, rq->now_ms,
			      &job_id, err) < 0)
		return -1;
	v1_wake(rq);
	v1_accepted(rs, job_id);
	return 0;
}

int v1_imports_undo_expect(struct request *rq, struct response *rs,
			   struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct import_undo_counts counts = { 0 };
	struct json_writer w = JSON_WRITER(&rs->body);
	struct import_run run;
	int64_t id;
	int counted;

	if (request_param_id(rq, "import_id", &id, err) < 0 ||
	    v1_db(rq, &db, err) < 0 ||
	    import_get(db, id, rq->arena, &run, err) < 0)
		return -1;
	counted = import_undo_expect(db, &run, &counts, err);
	if (counted < 0)
		return -1;
	json_begin_object(&w);
	json_key_bool(&w, "counted", counted);
	json_key_int(&w, "removed", counts.removed);
	json_key_int(&w, "restored", counts.restored);
	json_key_int(&w, "kept", counts.kept);
	json_key_int(&w, "kept_opted_out", counts.opted_out);
	json_key_int(&w, "kept_used", counts.used);
	json_end_object(&w);
	return 0;
}

static int read_outcome(const struct request *rq, enum import_outcome *out,
			struct err *err)
{
	static const char *const names[] = {
		[IMPORT_CREATED] = "created",
		[IMPORT_UPDATED] = "updated",
		[IMPORT_UNCHANGED] = "unchanged",
		[IMPORT_OPTED_THEM_OUT] = "opted_out",
		[IMPORT_OUT_BEFORE] = "already_out",
		[IMPORT_SHARING] = "shares_address",
	};
	const char *name = request_query(rq, "outcome");

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (name && strcmp(name, names[i]) == 0) {
			*out = (enum import_outcome)i;
			return 0;
		}
	}
	return err_field(err, "outcome",
			 "must be created, updated, unchanged, opted_out, "
			 "already_out or shares_address");
}

int v1_imports_people(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct import_people all = VEC_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	int64_t id, limit, after, total;
	enum import_outcome outcome = IMPORT_CREATED;
	struct import_run run;
	const char *next;

	if (request_param_id(rq, "import_id", &id, err) < 0 ||
	    read_outcome(rq, &outcome, err) < 0 ||
	    v1_limit(rq, &limit, err) < 0 || v1_before(rq, &after, err) < 0 ||
	    v1_db(rq, &db, err) < 0 ||
	    import_get(db, id, rq->arena, &run, err) < 0 ||
	    import_people(db, &run, outcome, after, limit + 1, rq->arena, &all,
			  &total, err) < 0)
		return -1;
	next = v1_cut(rq, &all, limit, place);
	v1_list_begin(&w);
	vec_each (&all, one)
		if (import_touched_format(db, one, rq->arena, &w, err) < 0)
			return -1;
	v1_list_end(&w, total, next);
	return 0;
}

int v1_imports_unclear(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct json_writer w = JSON_WRITER(&rs->body);
	struct import_run run;
	int64_t id, limit;

	if (request_param_id(rq, "import_id", &id, err) < 0 ||
	    v1_limit(rq, &limit, err) < 0 || v1_db(rq, &db, err) < 0 ||
	    import_get(db, id, rq->arena, &run, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_text(&w, "decision", run.unclear_decision);
	json_key_int(&w, "total", run.unclear);
	json_key(&w, "items");
	if (unclear_opt_outs_format(db, id, limit, &w, err) < 0)
		return -1;
	json_end_object(&w);
	return 0;
}

static int read_decision(struct request *rq, bool *opt_out, struct err *err)
{
	static const char *const known[] = { "decision", NULL };
	const char *decision = NULL;
	const json_t *body;

	if (request_json(rq, &body, err) < 0 || v1_only(body, known, err) < 0 ||
	    json_get_text(body, "decision", &decision, err) < 0)
		return -1;
	*opt_out = decision && strcmp(decision, "opt_out") == 0;
	if (!*opt_out && (!decision || strcmp(decision, "release") != 0))
		return err_field(err, "decision", "must be opt_out or release");
	return 0;
}

int v1_imports_decide(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	int64_t id, job_id;
	bool opt_out;

	if (request_param_id(rq, "import_id", &id, err) < 0 ||
	    read_decision(rq, &opt_out, err) < 0 || v1_db(rq, &db, err) < 0 ||
	    import_decide(db, id, opt_out, rq->caller.user_id, rq->now_ms,
			  &job_id, err) < 0)
		return -1;
	v1_wake(rq);
	v1_accepted(rs, job_id);
	return 0;
}

static int64_t count_of(const struct import_reasons *all, const char *reason)
{
	int64_t n = 0;

	vec_each (all, r)
		if (!reason || strcmp(r->reason, reason) == 0)
			n += r->count;
	return n;
}

int v1_imports_refusals(struct request *rq, struct response *rs,
			struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct import_reasons reasons = VEC_INIT;
	CLEANUP(vec_release) struct import_refusals all = VEC_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	const char *reason = request_query(rq, "reason");
	struct import_run run;
	int64_t id, limit, after;
	const char *next;

	if (request_param_id(rq, "import_id", &id, err) < 0 ||
	    v1_limit(rq, &limit, err) < 0 || v1_before(rq, &after, err) < 0 ||
	    v1_db(rq, &db, err) < 0 ||
	    import_get(db, id, rq->arena, &run, err) < 0 ||
	    import_reasons(db, id, rq->arena, &reasons, err) < 0 ||
	    import_refusals(db, &run, reason, after, limit + 1, rq->arena, &all,
			    err) < 0)
		return -1;
	next = v1_cut(rq, &all, limit, row);
	v1_list_begin(&w);
	vec_each (&all, r) {
		json_begin_object(&w);
		json_key_int(&w, "row", r->row);
		json_key_text(&w, "reason", r->reason);
		json_key_text(&w, "detail", r->detail);
		json_key_text(&w, "text", r->text);
		json_end_object(&w);
	}
	v1_list_end(&w, count_of(&reasons, reason), next);
	return 0;
}

int v1_imports_reasons(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct import_reasons reasons = VEC_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	struct import_run run;
	int64_t id;

	if (request_param_id(rq, "import_id", &id, err) < 0 ||
	    v1_db(rq, &db, err) < 0 ||
	    import_get(db, id, rq->arena, &run, err) < 0 ||
	    import_reasons(db, id, rq->arena, &reasons, err) < 0)
		return -1;
	v1_list_begin(&w);
	vec_each (&reasons, r) {
		json_begin_object(&w);
		json_key_text(&w, "reason", r->reason);
		json_key_int(&w, "count", r->count);
		json_end_object(&w);
	}
	v1_list_end(&w, (int64_t)reasons.n, NULL);
	return 0;
}

struct refused {
	struct import_run run;
	int64_t after;
};

static int next_refused(void *context, struct db *db, struct strbuf *out,
			struct err *err)
{
	struct refused *refused = context;

	return import_refused_csv(db, &refused->run, &refused->after, out, err);
}

int v1_imports_refused(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct refused *refused = arena_new_of(rq->arena, struct refused);
	int64_t id;

	if (request_param_id(rq, "import_id", &id, err) < 0 ||
	    v1_db(rq, &db, err) < 0 ||
	    import_get(db, id, rq->arena, &refused->run, err) < 0)
		return -1;
	return v1_csv_begin(rq, rs,
			    &(struct v1_csv){ .name = "refused",
					      .fn = next_refused,
					      .context = refused },
			    err);
}

/* --- what was answered for files --- */

int v1_import_answers_list(struct request *rq, struct response *rs,
			   struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	struct json_writer w = JSON_WRITER(&rs->body);
	CLEANUP(strbuf_release) struct strbuf items = STRBUF_INIT;
	int64_t limit, total;

	if (v1_limit(rq, &limit, err) < 0 || v1_db(rq, &db, err) < 0 ||
	    import_answers_count(db, &total, err) < 0 ||
	    import_answers_list(db, limit, &items, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_raw(&w, "items", strbuf_str(&items));
	json_key_int(&w, "total", total);
	json_end_object(&w);
	return 0;
}

int v1_import_answers_forget(struct request *rq, struct response *rs,
			     struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;

	if (v1_db(rq, &db, err) < 0 ||
	    import_answers_forget(db, request_param(rq, "answers_id"),
				  request_query(rq, "column"), err) < 0)
		return -1;
	response_empty(rs, 204);
	return 0;
}
