/* What only leads have: conversion. */
#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/err.h"
#include "crm/lead_convert.h"
#include "crm/record_json.h"

static int write_reply(struct request *rq, struct db *db,
		       const struct lead_conversion *c, struct response *rs,
		       struct err *err)
{
	struct json_writer w = JSON_WRITER(&rs->body);
	struct record person, company;

	if (record_get_whole(db, ENTITY_PERSON, c->person_id, rq->arena,
			     &person, err) < 0 ||
	    (c->company_id &&
	     record_get_whole(db, ENTITY_COMPANY, c->company_id, rq->arena,
			      &company, err) < 0))
		return -1;
	json_begin_object(&w);
	json_key(&w, "person");
	record_format(&person, &w);
	json_key(&w, "company");
	if (c->company_id)
		record_format(&company, &w);
	else
		json_nothing(&w);
	json_key_begin_object(&w, "matched");
	json_key_bool(&w, "person", c->person_matched);
	json_key_bool(&w, "company", c->company_matched);
	json_end_object(&w);
	json_end_object(&w);
	return 0;
}

int v1_leads_convert(struct request *rq, struct response *rs, struct err *err)
{
	static const char *const known[] = { "person_id", "company_id", NULL };
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	struct actor actor = v1_actor(rq);
	struct lead_conversion c = { .person_id = 0 };
	const json_t *body;
	int64_t id;

	if (request_param_id(rq, "record_id", &id, err) < 0 ||
	    request_json(rq, &body, err) < 0 || v1_only(body, known, err) < 0 ||
	    json_get_int(body, "person_id", &c.person_id, err) < 0 ||
	    json_get_int(body, "company_id", &c.company_id, err) < 0 ||
	    v1_begin(rq, &db, &tx, err) < 0 ||
	    lead_convert(&tx, id, &c, &actor, rq->arena, err) < 0 ||
	    write_reply(rq, db, &c, rs, err) < 0)
		return -1;
	return v1_commit(rq, &tx, err);
}
