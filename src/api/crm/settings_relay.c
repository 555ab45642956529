/* A mail to try a relay with, in force or not. A handler; any worker, which
 * waits for the relay. */
#include "api/crm/settings.h"
#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/err.h"
#include "crm/setting/organisation.h"
#include "delivery/delivery.h"
#include "delivery/relay_setting.h"
#include "delivery/relay_trial.h"

/* No connection to a database is kept while the relay takes its time. */
static int read_mail(struct request *rq, struct relay_trial_mail *out,
		     struct err *err)
{
	CLEANUP(store_put) struct db *crm = NULL;
	CLEANUP(store_put) struct db *audience = NULL;
	const struct api *api = api_of(rq);
	struct relay_parts relay;
	struct organisation o;
	const json_t *body;
	int given;

	if (request_json(rq, &body, err) < 0 ||
	    json_get_text(body, "to", &out->to, err) < 0 ||
	    v1_db(rq, &crm, err) < 0 || v1_organisation(rq, crm, &o, err) < 0 ||
	    store_get(api->store, STORE_AUDIENCE, &audience, err) < 0 ||
	    relay_in_force(audience, api->relay, rq->arena, &out->url, err) <
		    0 ||
	    relay_parts_of(out->url, rq->arena, &relay, err) < 0)
		return -1;
	out->from_name = o.sender_name;
	out->from_email = o.sender_email;
	out->now_ms = rq->now_ms;
	given = relay_read(body, &relay, err);
	if (given <= 0) /* an option may say what these parts do not */
		return given;
	return relay_parts_url(&relay, rq->arena, &out->url, err);
}

int v1_relay_test(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(relay_trial_release) struct relay_trial trial = { .code = 0 };
	struct json_writer w = JSON_WRITER(&rs->body);
	struct relay_trial_mail mail = { .to = "" };

	if (read_mail(rq, &mail, err) < 0 ||
	    delivery_try_relay(api_of(rq)->delivery, &mail, rq->arena, &trial,
			       err) < 0)
		return -1;
	json_begin_object(&w);
	json_key_bool(&w, "accepted", trial.accepted);
	json_key_id(&w, "code", trial.code);
	json_key_text(&w, "text", trial.text);
	json_key_begin_array(&w, "steps");
	vec_each (&trial.steps, step)
		json_text(&w, *step);
	json_end_array(&w);
	json_end_object(&w);
	return 0;
}
