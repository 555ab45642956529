#include "crm/bridge_job.h"

#include "base/strbuf.h"
#include "jobs/job.h"
#include "sql/bridge_job.h"

#include <inttypes.h>

static int add_job(struct tx *tx, const char *kind, const char *payload,
		   const char *single_key, int64_t now_ms, struct err *err)
{
	struct job_new job = {
		.kind = kind,
		.payload = payload,
		.run_at_ms = now_ms,
		.single_key = single_key,
	};
	int64_t id;

	return job_add(tx, &job, now_ms, &id, err);
}

int bridge_job_person(struct tx *tx, int64_t person_id, int64_t now_ms,
		      struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf payload = STRBUF_INIT;
	CLEANUP(strbuf_release) struct strbuf key = STRBUF_INIT;

	strbuf_addf(&payload, "{\"person_id\":%" PRId64 "}", person_id);
	strbuf_addf(&key, "bridge/person/%" PRId64, person_id);
	return add_job(tx, "bridge-person", payload.buf, key.buf, now_ms, err);
}

int bridge_job_people(struct tx *tx, const struct ids *people, int64_t now_ms,
		      struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf keys = STRBUF_INIT;

	return people->n == 0
		       ? 0
		       : db_exec(tx, SQL_BRIDGE_JOB_PEOPLE,
				 SQL_ARGS(sql_int(now_ms), sql_int(now_ms),
					  sql_keys(people, &keys)),
				 err);
}

int bridge_job_left(struct tx *tx, int64_t person_id, int64_t email_id,
		    int64_t now_ms, struct err *err)
{
	if (db_exec(tx, SQL_BRIDGE_JOB_LEFT,
		    SQL_ARGS(sql_int(now_ms), sql_int(email_id)), err) < 0)
		return -1;
	return bridge_job_person(tx, person_id, now_ms, err);
}

int bridge_job_left_out(struct tx *tx, int64_t person_id, int64_t email_id,
			int64_t now_ms, struct err *err)
{
	if (db_exec(tx, SQL_BRIDGE_JOB_LEFT_OUT,
		    SQL_ARGS(sql_int(now_ms), sql_int(person_id),
			     sql_int(email_id)),
		    err) < 0)
		return -1;
	return bridge_job_person(tx, person_id, now_ms, err);
}

int bridge_forget_member(struct tx *tx, const char *email_hash, int64_t now_ms,
			 struct err *err)
{
	if (db_exec(tx, SQL_BRIDGE_FORGET_MEMBER,
		    SQL_ARGS(sql_text(email_hash), sql_int(now_ms)), err) < 0)
		return -1;
	return db_exec(tx, SQL_BRIDGE_FORGET_MEMBER_ASIDE,
		       SQL_ARGS(sql_int(now_ms), sql_text(email_hash)), err);
}

int bridge_job_forget(struct tx *tx, int64_t now_ms, struct err *err)
{
	return add_job(tx, "bridge-forget", NULL, NULL, now_ms, err);
}

int bridge_job_organisation(struct tx *tx, int64_t now_ms, struct err *err)
{
	return add_job(tx, "bridge-organisation", NULL, "bridge/organisation",
		       now_ms, err);
}

int bridge_job_scrub(struct tx *tx, int64_t job_id, struct err *err)
{
	return db_exec(tx, SQL_BRIDGE_JOB_SCRUB, SQL_ARGS(sql_int(job_id)),
		       err);
}
