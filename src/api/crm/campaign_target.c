/* Whom a campaign can go to, and who would get it now. */
#include "api/crm/campaign.h"
#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/arena.h"
#include "base/err.h"
#include "bridge/target/audience_target.h"

#include <stdint.h>

int campaign_name_target(struct db *db, struct arena *arena,
			 struct crm_campaign *c, struct err *err)
{
	CLEANUP(json_free) json_t *seen = NULL;
	const json_t *target;

	if (c->to_kind <= CRM_CAMPAIGN_TO_GROUP)
		return 0;
	if (audience_targets_load(db, &seen, err) < 0)
		return -1;
	target = audience_target_find(seen, c->to_kind, c->segment_id);
	if (seen && !target)
		return err_field(err, "to",
				 "the audience had no such %s when it was "
				 "looked at last",
				 crm_campaign_to_name(c->to_kind));
	c->to_name = arena_strdup(
		arena, json_string_value(json_object_get(target, "name")));
	return 0;
}

static int queue_look(struct request *rq, struct db *db, const json_t *seen,
		      int64_t *job_out, struct err *err)
{
	CLEANUP(tx_release) struct tx tx = TX_INIT;

	if (tx_begin(db, &tx, err) < 0 ||
	    audience_targets_renew(&tx, seen, rq->caller.user_id, rq->now_ms,
				   job_out, err) < 0)
		return -1;
	return v1_commit(rq, &tx, err);
}

/* The job that looks again; 0: there is no need, or others write for long, who
 * keep nobody from reading what was seen last. */
static int renew(struct request *rq, struct db *db, const json_t *seen,
		 int64_t *job_out, struct err *err)
{
	struct err why = ERR_INIT;

	*job_out = 0;
	if (!audience_targets_are_due(seen, rq->now_ms) ||
	    queue_look(rq, db, seen, job_out, &why) == 0)
		return 0;
	*job_out = 0;
	if (why.code == ERR_RETRY)
		return 0;
	*err = why;
	return -1;
}

static void write_list(struct json_writer *w, const char *key,
		       const json_t *seen)
{
	const json_t *list = json_object_get(seen, key);

	json_key(w, key);
	if (list)
		json_tree(w, list);
	else
		json_raw(w, STR("[]"));
}

static void write_look(struct json_writer *w, const json_t *seen,
		       int64_t job_id)
{
	json_key_time_or_null(w, "as_of",
			      json_integer_value(json_object_get(seen, "at")));
	json_key_id(w, "job_id", job_id);
}

/* What was seen last, if it will do: somebody may have made a segment since,
 * and ask for it. */
static int take_seen(struct request *rq, const json_t *seen, const json_t **out,
		     struct err *err)
{
	int64_t id = 0;

	if (request_query_int(rq, "segment_id", 1, INT64_MAX, &id, err) < 0)
		return -1;
	*out = id == 0 || audience_target_find(seen, CRM_CAMPAIGN_TO_SEGMENT,
					       id)
		       ? seen
		       : NULL;
	return 0;
}

int v1_audience_targets(struct request *rq, struct response *rs,
			struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(json_free) json_t *seen = NULL;
	struct json_writer w = JSON_WRITER(&rs->body);
	const json_t *audience, *enough;
	int64_t job_id;

	if (v1_db(rq, &db, err) < 0 ||
	    audience_targets_load(db, &seen, err) < 0 ||
	    take_seen(rq, seen, &enough, err) < 0 ||
	    renew(rq, db, enough, &job_id, err) < 0)
		return -1;
	audience = json_object_get(seen, "audience");
	json_begin_object(&w);
	write_list(&w, "tags", seen);
	write_list(&w, "segments", seen);
	json_key(&w, "audience");
	if (audience)
		json_tree(&w, audience);
	else
		json_nothing(&w);
	write_look(&w, seen, job_id);
	json_end_object(&w);
	return 0;
}

int v1_campaigns_estimate(struct request *rq, struct response *rs,
			  struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(json_free) json_t *seen = NULL;
	struct json_writer w = JSON_WRITER(&rs->body);
	struct crm_campaign c;
	struct estimate e;
	int64_t job_id = 0;

	if (campaign_of(rq, &db, &c, err) < 0 ||
	    audience_targets_load(db, &seen, err) < 0 ||
	    (c.to_kind > CRM_CAMPAIGN_TO_GROUP &&
	     renew(rq, db, seen, &job_id, err) < 0) ||
	    estimate_make(db, &c, seen, &e, err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_int(&w, "total", e.total);
	json_key_int(&w, "goes", e.goes);
	json_key_begin_object(&w, "left_out");
	for (int i = 0; i < LEFT_OUT_REASONS; i++)
		if (e.left_out[i] > 0)
			json_key_int(&w, left_out_name((enum left_out)i),
				     e.left_out[i]);
	json_end_object(&w);
	json_key_int(&w, "unknown", e.unknown);
	write_look(&w, seen, job_id);
	json_end_object(&w);
	return 0;
}
