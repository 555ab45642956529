/* How far the set-up has come. Handlers; any worker. */
#include "api/crm/v1.h"
#include "api/handlers.h"
#include "base/err.h"
#include "crm/setting/setup_step.h"

static int load(const struct request *rq, struct db *db,
		struct setup_progress *out, struct err *err)
{
	const struct api *api = api_of(rq);
	const bool given[SETUP_STEPS] = {
		[SETUP_ORGANISATION] =
			*api->organisation && *api->postal_address,
		[SETUP_RELAY] = *api->relay,
	};

	return setup_progress_load(db, given, out, err);
}

static int reply(struct request *rq, struct response *rs, struct db *db,
		 struct err *err)
{
	struct json_writer w = JSON_WRITER(&rs->body);
	struct setup_progress p;

	if (load(rq, db, &p, err) < 0)
		return -1;
	json_begin_object(&w);
	for (int i = 0; i < SETUP_STEPS; i++)
		json_key_text(&w, setup_step_name((enum setup_step)i),
			      setup_state_name(p.steps[i]));
	json_key_bool(&w, "finished", p.finished);
	json_end_object(&w);
	return 0;
}

static int put_step(struct tx *tx, const json_t *body, enum setup_step step,
		    struct err *err)
{
	const char *key = setup_step_name(step), *name = NULL;
	enum setup_state state;
	int given = json_get_text(body, key, &name, err);

	if (given <= 0)
		return given;
	if (!setup_state_parse(name, &state))
		return err_field(err, key, "not one of open, done, skipped");
	return setup_step_put(tx, step, state, err);
}

static int put_all(struct tx *tx, const json_t *body, struct err *err)
{
	bool finished = false;
	int given = json_get_bool(body, "finished", &finished, err);

	if (given < 0 || (given && setup_finished_put(tx, finished, err) < 0))
		return -1;
	for (int i = 0; i < SETUP_STEPS; i++)
		if (put_step(tx, body, (enum setup_step)i, err) < 0)
			return -1;
	return 0;
}

int v1_setup_steps_get(struct request *rq, struct response *rs, struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;

	if (v1_db(rq, &db, err) < 0)
		return -1;
	return reply(rq, rs, db, err);
}

int v1_setup_steps_patch(struct request *rq, struct response *rs,
			 struct err *err)
{
	CLEANUP(store_put) struct db *db = NULL;
	CLEANUP(tx_release) struct tx tx = TX_INIT;
	const json_t *body;

	if (request_json(rq, &body, err) < 0 ||
	    v1_begin(rq, &db, &tx, err) < 0 || put_all(&tx, body, err) < 0 ||
	    v1_commit(rq, &tx, err) < 0)
		return -1;
	return reply(rq, rs, db, err);
}
