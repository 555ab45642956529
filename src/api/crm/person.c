/* What only people have: consent, merge, erasure, export. */
#include "api/agreement_json.h"
#include "api/crm/person_mail.h"
#include "api/crm/v1.h"
#include "api/handlers.h"
#include "audience/form/agreement.h"
#include "base/arena.h"
#include "base/err.h"
#include "crm/consent/consent.h"
#include "crm/consent/erase.h"
#include "crm/person_merge.h"
#include "crm/record_json.h"

/* What shows that they agreed. */
static void format_signup(const struct consent *c, struct json_writer *w)
{
	const struct consent_signup *s = &c->signup;

	if (!s->asked_ms) {
		json_key_text(w, "signup", NULL);
		return;
	}
	agreement_format(w, "signup",
			 &(struct agreement){ .form = s->form,
					      .text = s->text,
					      .asked_ms = s->asked_ms,
					      .asked_ip = s->asked_ip,
					      .agreed_ms = c->at_ms,
					      .agreed_ip = c->ip });
}

static void format_consent(const struct consent *c, struct json_writer *w)
{
	json_begin_object(w);
	json_key_int(w, "id", c->id);
	json_key_text(w, "state", consent_state_name(c->state));
	json_key_text(w, "source", consent_source_name(c->source));
	json_key_text(w, "reason", c->reason);
	json_key_id(w, "email_id", c->email_id);
	json_key_text(w, "email", c->address);
	json_key_id(w, "campaign_id", c->campaign_id);
	json_key_text(w, "campaign_name", c->campaign_name);
	json_key_id(w, "import_id", c->import_id);
	json_key_text(w, "import_name", c->import_name);
	json_key_id(w, "user_id", c->user_id);
	json_key_text(w, "user_name", c->user_name);
	json_key_text(w, "ip", c->ip);
	json_key_time(w, "at", c->at_ms);
	format_signup(c, w);
	json_end_object(w);
}

int v1_record_consent(struct request *rq, struct response *rs, struct err *err)
{
	enum entity entity = (enum entity)rq->argument;
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(vec_release) struct consents list = VEC_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	struct record r;
	int64_t id;

	if (request_param_id(rq, "record_id", &id, err) < 0 ||
	    v1_db(rq, &db, err) < 0 ||
	    record_get(db, entity, id, rq->arena, &r, err) < 0 ||
	    consent_list(db, entity, id, rq->arena, &list, err) < 0)
		return -1;
	v1_list_begin(&w);
	vec_each (&list, c)
		format_consent(c, &w);
	v1_list_end(&w, (int64_t)list.n, NULL);
	return 0;
}

int v1_people_merge(struct request *rq, struct response *rs, struct err *err)
{
	static const char *const known[] = { "other_id", NULL };
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct json_writer w = JSON_WRITER(&rs->body);
	struct actor actor = v1_actor(rq);
	int64_t id, other_id = 0;
	const json_t *body;
	struct record r;

	if (request_param_id(rq, "record_id", &id, err) < 0 ||
	    request_json(rq, &body, err) < 0 || v1_only(body, known, err) < 0 ||
	    json_get_int(body, "other_id", &other_id, err) < 0)
		return -1;
	if (!other_id)
		return err_field(err, "other_id", "missing");
	if (v1_begin(rq, &db, &tx, err) < 0 ||
	    person_merge(&tx, id, other_id, &actor, rq->arena, err) < 0 ||
	    record_get_whole(db, ENTITY_PERSON, id, rq->arena, &r, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	record_format(&r, &w);
	return 0;
}

int v1_people_erase(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct actor actor = v1_actor(rq);
	int64_t id;

	if (request_param_id(rq, "record_id", &id, err) < 0 ||
	    v1_begin(rq, &db, &tx, err) < 0 ||
	    person_erase(&tx, id, &actor, rq->arena, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	response_empty(rs, 204);
	return 0;
}

int v1_people_export(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	CLEANUP(vec_release) struct export_subjects subjects = VEC_INIT;
	int64_t id;

	if (request_param_id(rq, "record_id", &id, err) < 0 ||
	    v1_db(rq, &db, err) < 0 || tx_begin_snapshot(db, &tx, err) < 0 ||
	    person_mails_subjects(rq, db, id, &subjects, err) < 0 ||
	    person_export(db, id, &subjects, rq->arena, &rs->body, err) < 0)
		return -1;
	response_header(
		rs, "Content-Disposition",
		arena_printf(rq->arena,
			     "attachment; filename=\"person-%lld.json\"",
			     (long long)id));
	return 0;
}
